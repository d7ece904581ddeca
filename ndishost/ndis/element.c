// SPDX-License-Identifier: MIT
#include "element.h"

// Half of what a processor keeps: after a flush or a refill it is far from both ends.
#define ELEMENT_BATCH 32
#define LIST_ROOM (2 * ELEMENT_BATCH)

static BOOLEAN FreeAtOnce; // constant while NDIS runs

void SimNdisSetFreeAtOnce(BOOLEAN Enable)
{
    FreeAtOnce = Enable;
}

NTSTATUS SimElementPoolCreate(ELEMENT_POOL *Pool, SIZE_T BodyBytes, ULONG Tag)
{
    SIZE_T Bytes = sizeof(ELEMENT_DEPOT) + SimNdis.Processors * sizeof(ELEMENT_LIST);
    Pool->Depot = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, Bytes, NDIS_TAG);
    if (Pool->Depot == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Pool->Lists = (ELEMENT_LIST *)(Pool->Depot + 1);
    Pool->UsualLists = SimNdisHooks == NULL && !FreeAtOnce ? SimNdis.Processors : 0;
    Pool->BodyBytes = BodyBytes;
    Pool->Tag = Tag;
    KeInitializeSpinLock(&Pool->Depot->Lock);
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        Pool->Lists[i].Free = 1;
        Pool->Lists[i].Room = LIST_ROOM;
    }
    return STATUS_SUCCESS;
}

void SimElementPoolDestroy(ELEMENT_POOL *Pool)
{
    ELEMENT_DEPOT *Depot = Pool->Depot;
    while (Depot->All != NULL) {
        ELEMENT *Element = Depot->All;
        Depot->All = Element->NextAll;
        ExFreePoolWithTag(Element, Pool->Tag);
    }
    SimNdisFree(Depot);
    Pool->Depot = NULL;
    Pool->Lists = NULL;
}

static ELEMENT *ElementMake(ELEMENT_POOL *Pool)
{
    ELEMENT *Element = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(ELEMENT) + Pool->BodyBytes,
                                       Pool->Tag);
    if (Element == NULL) {
        return NULL;
    }
    if (Pool->Construct != NULL) {
        Pool->Construct(Pool, Element + 1);
    }
    ELEMENT_DEPOT *Depot = Pool->Depot;
    KIRQL Irql;
    KeAcquireSpinLock(&Depot->Lock, &Irql);
    Depot->Made++;
    if (!FreeAtOnce) {
        Element->NextAll = Depot->All;
        Depot->All = Element;
    }
    KeReleaseSpinLock(&Depot->Lock, Irql);
    return Element;
}

static void ElementUnmake(ELEMENT_POOL *Pool, ELEMENT *Element)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Pool->Depot->Lock, &Irql);
    Pool->Depot->Made--;
    KeReleaseSpinLock(&Pool->Depot->Lock, Irql);
    ExFreePoolWithTag(Element, Pool->Tag);
}

// One block for the caller, the rest of a batch for the list.
static ELEMENT *ElementRefill(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    ELEMENT_DEPOT *Depot = Pool->Depot;
    KIRQL Irql;
    KeAcquireSpinLock(&Depot->Lock, &Irql);
    ELEMENT *Element = Depot->Batches;
    if (Element != NULL) {
        Depot->Batches = Element->NextBatch;
    }
    KeReleaseSpinLock(&Depot->Lock, Irql);
    if (Element == NULL) {
        return ElementMake(Pool);
    }
    List->First = Element->Next;
    List->Room -= ELEMENT_BATCH - 1;
    return Element;
}

static void ElementFlush(ELEMENT_DEPOT *Depot, ELEMENT_LIST *List)
{
    ELEMENT *First = List->First;
    ELEMENT *Last = First;
    for (ULONG i = 1; i < ELEMENT_BATCH; i++) {
        Last = Last->Next;
    }
    List->First = Last->Next;
    List->Room += ELEMENT_BATCH;
    Last->Next = NULL;
    KIRQL Irql;
    KeAcquireSpinLock(&Depot->Lock, &Irql);
    First->NextBatch = Depot->Batches;
    Depot->Batches = First;
    KeReleaseSpinLock(&Depot->Lock, Irql);
}

static ELEMENT_LIST *ElementListEnter(const ELEMENT_POOL *Pool)
{
    ULONG Index = KeGetCurrentProcessorIndex();
    while (InterlockedDecrement(&Pool->Lists[Index].Free) != 0) {
        YieldProcessor();
        Index = (Index + 1) % SimNdis.Processors;
    }
    return &Pool->Lists[Index];
}

LONG64 SimElementPoolLive(const ELEMENT_POOL *Pool)
{
    ELEMENT_DEPOT *Depot = Pool->Depot;
    KIRQL Irql;
    KeAcquireSpinLock(&Depot->Lock, &Irql);
    LONG64 Live = Depot->Made;
    for (const ELEMENT *Batch = Depot->Batches; Batch != NULL; Batch = Batch->NextBatch) {
        Live -= ELEMENT_BATCH;
    }
    KeReleaseSpinLock(&Depot->Lock, Irql);
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        Live -= LIST_ROOM - Pool->Lists[i].Room;
    }
    return Live;
}

void *NTAPI SimElementTake(ELEMENT_POOL *Pool)
{
    ELEMENT_LIST *List = ElementListEnter(Pool);
    ELEMENT *Element = List->First;
    if (Element != NULL) {
        List->First = Element->Next;
        List->Room++;
    } else {
        Element = ElementRefill(Pool, List);
    }
    ElementListLeave(List);
    if (Element == NULL) {
        return NULL;
    }
    Element->TakenFrom = Pool;
    return Element + 1;
}

void NTAPI SimElementGive(ELEMENT_POOL *Pool, void *Body)
{
    ELEMENT *Element = (ELEMENT *)Body - 1;
    Element->TakenFrom = NULL;
    if (FreeAtOnce) {
        ElementUnmake(Pool, Element);
        return;
    }
    ELEMENT_LIST *List = ElementListEnter(Pool);
    Element->Next = List->First;
    List->First = Element;
    if (--List->Room == 0) {
        ElementFlush(Pool->Depot, List);
    }
    ElementListLeave(List);
}
