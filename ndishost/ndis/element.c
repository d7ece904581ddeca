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

// IRQL DISPATCH_LEVEL.
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
    KeAcquireSpinLockAtDpcLevel(&Pool->Lock);
    Element->NextAll = Pool->All;
    Pool->All = Element;
    KeReleaseSpinLockFromDpcLevel(&Pool->Lock);
    return Element;
}

// The processor's list is empty: one block for the caller, the rest of a batch for the list.
static DECLSPEC_NOINLINE ELEMENT *NTAPI ElementRefill(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    KeAcquireSpinLockAtDpcLevel(&Pool->Lock);
    ELEMENT *Element = Pool->Batches;
    if (Element != NULL) {
        Pool->Batches = Element->NextBatch;
    }
    KeReleaseSpinLockFromDpcLevel(&Pool->Lock);
    if (Element == NULL) {
        return ElementMake(Pool);
    }
    List->First = Element->Next;
    List->Length = ELEMENT_BATCH - 1;
    return Element;
}

static DECLSPEC_NOINLINE void NTAPI ElementFlush(ELEMENT_POOL *Pool, ELEMENT_LIST *List)
{
    ELEMENT *First = List->First;
    ELEMENT *Last = First;
    for (ULONG i = 1; i < ELEMENT_BATCH; i++) {
        Last = Last->Next;
    }
    List->First = Last->Next;
    List->Length -= ELEMENT_BATCH;
    Last->Next = NULL;
    KeAcquireSpinLockAtDpcLevel(&Pool->Lock);
    First->NextBatch = Pool->Batches;
    Pool->Batches = First;
    KeReleaseSpinLockFromDpcLevel(&Pool->Lock);
}

void *NTAPI SimElementTake(ELEMENT_POOL *Pool)
{
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    ELEMENT_LIST *List = &Pool->Lists[KeGetCurrentProcessorIndex()];
    ELEMENT *Element = List->First;
    if (Element != NULL) {
        List->First = Element->Next;
        List->Length--;
    } else {
        Element = ElementRefill(Pool, List);
    }
    if (Element != NULL) {
        WriteNoFence(&List->Live, List->Live + 1);
    }
    KeLowerIrql(Irql);
    if (Element == NULL) {
        return NULL;
    }
    Element->State = ELEMENT_TAKEN;
    return Element + 1;
}

void NTAPI SimElementGive(ELEMENT_POOL *Pool, void *Body)
{
    ELEMENT *Element = (ELEMENT *)Body - 1;
    Element->State = ELEMENT_FREE;
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    ELEMENT_LIST *List = &Pool->Lists[KeGetCurrentProcessorIndex()];
    if (FreeAtOnce) {
        WriteNoFence(&List->Live, List->Live - 1);
        KeLowerIrql(Irql);
        ExFreePoolWithTag(Element, Pool->Tag);
        return;
    }
    Element->Next = List->First;
    List->First = Element;
    WriteNoFence(&List->Live, List->Live - 1);
    if (++List->Length == 2 * ELEMENT_BATCH) {
        ElementFlush(Pool, List);
    }
    KeLowerIrql(Irql);
}
