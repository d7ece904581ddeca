// SPDX-License-Identifier: MIT

// See binding.h: the list of bindings, references, state, properties. bind.c has what NDIS does to
// one.

#include "binding.h"

#include "tags.h"

static struct {
    FAST_MUTEX Lock; // guards Head, and Handles and Exclusive of each binding
    LIST_ENTRY Head;
} Bindings;

VOID BindingStart(VOID)
{
    ExInitializeFastMutex(&Bindings.Lock);
    InitializeListHead(&Bindings.Head);
}

// ---- list and references

VOID BindingReference(BINDING *Binding)
{
    InterlockedIncrement(&Binding->References);
}

VOID BindingRelease(BINDING *Binding)
{
    if (InterlockedDecrement(&Binding->References) != 0) {
        return;
    }
    ASSERT(Binding->Pool == NULL);
    StatisticsDestroy(&Binding->Statistics);
    if (Binding->SendGate != NULL) {
        ExFreePoolWithTag(Binding->SendGate, TAG_GATE);
    }
    ExFreePoolWithTag(Binding, TAG_BINDING);
}

VOID BindingInsert(BINDING *Binding)
{
    ExAcquireFastMutex(&Bindings.Lock);
    InsertTailList(&Bindings.Head, &Binding->Link);
    ExReleaseFastMutex(&Bindings.Lock);
}

VOID BindingRemove(BINDING *Binding)
{
    ExAcquireFastMutex(&Bindings.Lock);
    RemoveEntryList(&Binding->Link);
    ExReleaseFastMutex(&Bindings.Lock);
}

static BINDING *BindingFind(PCUNICODE_STRING UpcasedName) _Requires_lock_held_(Bindings.Lock)
{
    for (LIST_ENTRY *Entry = Bindings.Head.Flink; Entry != &Bindings.Head; Entry = Entry->Flink) {
        BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, Link);

        if (Binding->UpcasedName.Length == UpcasedName->Length &&
            RtlEqualMemory(Binding->UpcasedName.Buffer, UpcasedName->Buffer, UpcasedName->Length)) {
            return Binding;
        }
    }
    return NULL;
}

NTSTATUS BindingShareByName(PCUNICODE_STRING Name, BOOLEAN Exclusive, BINDING **Shared)
{
    WCHAR Buffer[SHUTTLE_MAX_NAME];
    UNICODE_STRING Upcased = {0, sizeof(Buffer), Buffer};
    BINDING *Binding;
    NTSTATUS Status;

    Status = RtlUpcaseUnicodeString(&Upcased, Name, FALSE);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }

    ExAcquireFastMutex(&Bindings.Lock);
    Binding = BindingFind(&Upcased);
    if (Binding == NULL) {
        Status = STATUS_NO_SUCH_DEVICE;
    } else if (Binding->Exclusive || (Exclusive && Binding->Handles != 0)) {
        Status = STATUS_SHARING_VIOLATION;
    } else {
        Binding->Handles++;
        Binding->Exclusive = Exclusive;
        BindingReference(Binding);
        *Shared = Binding;
    }
    ExReleaseFastMutex(&Bindings.Lock);
    return Status;
}

VOID BindingUnshare(BINDING *Binding)
{
    ExAcquireFastMutex(&Bindings.Lock);
    Binding->Handles--;
    Binding->Exclusive = FALSE; // whoever had it exclusively was the only one
    ExReleaseFastMutex(&Bindings.Lock);
}

// ---- state

VOID BindingSetPhase(BINDING *Binding, BINDING_PHASE Phase)
{
    LONG Old = ReadNoFence(&Binding->State);
    LONG Seen;

    // The flags may change meanwhile: status indications come at any time.
    while ((Seen = InterlockedCompareExchange(
                &Binding->State, (Old & ~BINDING_PHASE_MASK) | (LONG)Phase, Old)) != Old) {
        Old = Seen;
    }
}

VOID BindingSetFlag(BINDING *Binding, LONG Flag)
{
    InterlockedOr(&Binding->State, Flag);
}

VOID BindingClearFlag(BINDING *Binding, LONG Flag)
{
    InterlockedAnd(&Binding->State, ~Flag);
    WaitWake(Binding);
}

// ---- properties

VOID BindingSetLink(BINDING *Binding, const NDIS_LINK_STATE *Link)
{
    KIRQL OldIrql;

    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Binding->LinkUp = Link->MediaConnectState == MediaConnectStateConnected;
    Binding->LinkSpeed = Link->XmitLinkSpeed == NDIS_LINK_SPEED_UNKNOWN ? 0 : Link->XmitLinkSpeed;
    KeReleaseSpinLock(&Binding->Lock, OldIrql);
}

static ULONG BindingAdapterState(LONG State)
{
    if ((State & BINDING_PHASE_MASK) == BindingClosed) {
        return SHUTTLE_ADAPTER_REMOVED;
    }
    if (State & BINDING_ASLEEP) {
        return SHUTTLE_ADAPTER_SLEEPING;
    }
    return State == BindingRunning ? SHUTTLE_ADAPTER_RUNNING : SHUTTLE_ADAPTER_PAUSED;
}

VOID BindingQuery(BINDING *Binding, SHUTTLE_ADAPTER *Adapter)
{
    KIRQL OldIrql;

    RtlZeroMemory(Adapter, sizeof(*Adapter));
    Adapter->State = BindingAdapterState(ReadAcquire(&Binding->State));
    Adapter->InFlightLimit = Binding->Settings.InFlightLimit;
    Adapter->NameLength = Binding->Name.Length;
    RtlCopyMemory(Adapter->Name, Binding->Name.Buffer, Binding->Name.Length);
    RtlCopyMemory(Adapter->Address, Binding->Address, sizeof(Adapter->Address));

    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Adapter->InterfaceIndex = Binding->InterfaceIndex;
    Adapter->LinkSpeed = Binding->LinkSpeed;
    Adapter->LinkUp = Binding->LinkUp;
    Adapter->MaximumFrameSize = Binding->MaximumFrameSize;
    KeReleaseSpinLock(&Binding->Lock, OldIrql);
}

VOID BindingQueryStatistics(BINDING *Binding, SHUTTLE_STATISTICS *Statistics)
{
    KIRQL OldIrql;

    RtlZeroMemory(Statistics, sizeof(*Statistics));
    StatisticsQuery(&Binding->Statistics, Statistics);
    KeAcquireSpinLock(&Binding->Lock, &OldIrql);
    Statistics->SlotBytes = Binding->SlotBytes;
    Statistics->NblsAllocated = Binding->NblsAllocated;
    KeReleaseSpinLock(&Binding->Lock, OldIrql);
}

VOID BindingList(SHUTTLE_ADAPTER_LIST *List, ULONG Capacity)
{
    List->Total = 0;
    List->Count = 0;
    ExAcquireFastMutex(&Bindings.Lock);
    for (LIST_ENTRY *Entry = Bindings.Head.Flink; Entry != &Bindings.Head; Entry = Entry->Flink) {
        List->Total++;
        if (List->Count < Capacity) {
            BindingQuery(CONTAINING_RECORD(Entry, BINDING, Link), &List->Adapters[List->Count++]);
        }
    }
    ExReleaseFastMutex(&Bindings.Lock);
}
