// SPDX-License-Identifier: MIT
#include "element.h"

// Half of what a processor keeps: after a flush or a refill it is far from both ends.
#define ELEMENT_BATCH 32

static BOOLEAN FreeAtOnce; // constant while NDIS runs

void SimNdisSetFreeAtOnce(BOOLEAN Enable)
{
    FreeAtOnce = Enable;
}

NTSTATUS SimElementPoolCreate(ELEMENT_POOL *Pool, SIZE_T BodyBytes, ULONG Tag)
{
    Pool->Lists = SimNdisAllocate(SimNdis.Processors * sizeof(ELEMENT_LIST));
    if (Pool->Lists == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Pool->BodyBytes = BodyBytes;
    Pool->Tag = Tag;
    KeInitializeSpinLock(&Pool->Lock);
    return STATUS_SUCCESS;
}

void SimElementPoolDestroy(ELEMENT_POOL *Pool)
{
    while (Pool->All != NULL) {
        ELEMENT *Element = Pool->All;
        Pool->All = Element->NextAll;
        ExFreePoolWithTag(Element, Pool->Tag);
    }
    SimNdisFree(Pool->Lists);
    Pool->Lists = NULL;
}

LONG64 SimElementPoolLive(const ELEMENT_POOL *Pool)
{
    LONG64 Live = 0;
    for (ULONG i = 0; i < SimNdis.Processors; i++) {
        Live += ReadNoFence(&Pool->Lists[i].Live);
    }
    return Live;
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
    if (FreeAtOnce) {
        return Element; // Live is all that the pool knows of it
    }
    KIRQL Irql;
    KeAcquireSpinLock(&Pool->Lock, &Irql);
    Element->NextAll = Pool->All;
    Pool->All = Element;
    KeReleaseSpinLock(&Pool->Lock, Irql);
    return Element;
}

// One block for the caller, the rest of a batch for the list.
static ELEMENT *ElementRefill(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Pool->Lock, &Irql);
    ELEMENT *Element = Pool->Batches;
    if (Element != NULL) {
        Pool->Batches = Element->NextBatch;
    }
    KeReleaseSpinLock(&Pool->Lock, Irql);
    if (Element == NULL) {
        return ElementMake(Pool);
    }
    List->First = Element->Next;
    List->Length = ELEMENT_BATCH - 1;
    return Element;
}

static void ElementFlush(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    ELEMENT *First = List->First;
    ELEMENT *Last = First;
    for (ULONG i = 1; i < ELEMENT_BATCH; i++) {
        Last = Last->Next;
    }
    List->First = Last->Next;
    List->Length -= ELEMENT_BATCH;
    Last->Next = NULL;
    KIRQL Irql;
    KeAcquireSpinLock(&Pool->Lock, &Irql);
    First->NextBatch = Pool->Batches;
    Pool->Batches = First;
    KeReleaseSpinLock(&Pool->Lock, Irql);
}

// ---- taking and giving: the rare ways are calls in tail position, so that they cost nothing else

static ELEMENT_LIST *ElementListEnter(ELEMENT_POOL *Pool)
{
    ULONG Index = KeGetCurrentProcessorIndex();
    while (InterlockedExchange(&Pool->Lists[Index].Entered, 1) != 0) {
        YieldProcessor();
        Index = (Index + 1) % SimNdis.Processors;
    }
    return &Pool->Lists[Index];
}

static void ElementListLeave(ELEMENT_LIST *List)
{
    WriteRelease(&List->Entered, 0);
}

static void *ElementHandOut(ELEMENT_LIST *List, ELEMENT *Element)
{
    WriteNoFence(&List->Live, List->Live + 1);
    ElementListLeave(List);
    Element->State = ELEMENT_TAKEN;
    return Element + 1;
}

static DECLSPEC_NOINLINE void *NTAPI ElementTakeSlow(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    ELEMENT *Element = ElementRefill(Pool, List);
    if (Element == NULL) {
        ElementListLeave(List);
        return NULL;
    }
    return ElementHandOut(List, Element);
}

void *NTAPI SimElementTake(ELEMENT_POOL *Pool)
{
    ELEMENT_LIST *List = ElementListEnter(Pool);
    ELEMENT *Element = List->First;
    if (Element == NULL) {
        return ElementTakeSlow(Pool, List);
    }
    List->First = Element->Next;
    List->Length--;
    return ElementHandOut(List, Element);
}

static DECLSPEC_NOINLINE void NTAPI ElementFlushAndLeave(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    ElementFlush(Pool, List);
    ElementListLeave(List);
}

void NTAPI SimElementGive(ELEMENT_POOL *Pool, void *Body)
{
    ELEMENT *Element = (ELEMENT *)Body - 1;
    Element->State = ELEMENT_FREE;
    ELEMENT_LIST *List = ElementListEnter(Pool);
    WriteNoFence(&List->Live, List->Live - 1);
    if (FreeAtOnce) {
        ElementListLeave(List);
        ExFreePoolWithTag(Element, Pool->Tag);
        return;
    }
    Element->Next = List->First;
    List->First = Element;
    if (++List->Length == 2 * ELEMENT_BATCH) {
        ElementFlushAndLeave(Pool, List);
        return;
    }
    ElementListLeave(List);
}
