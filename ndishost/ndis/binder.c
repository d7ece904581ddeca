// SPDX-License-Identifier: MIT
// NDIS's own thread: it binds every protocol to every running Ethernet adapter, adapters in the
// order of their AddDevice, protocols in the order of registration, and unbinds those that asked
// for it. It is woken by whatever changes what should be bound, and looks at everything anew.

#include "adapter.h"

static struct {
    KEVENT Wake;
    volatile LONG Kicked; // Wake is set for a round, which counts as busy
    volatile LONG Stopping;
    PVOID Thread;
} Binder;

void SimBinderKick(void)
{
    if (InterlockedExchange(&Binder.Kicked, 1) == 0) {
        BusyBegin();
        KeSetEvent(&Binder.Wake, IO_NO_INCREMENT, FALSE);
    }
}

static BOOLEAN UnbindOne(ADAPTER *Adapter)
{
    for (LIST_ENTRY *Entry = Adapter->Bindings.Flink; Entry != &Adapter->Bindings;
         Entry = Entry->Flink) {
        BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, Link);
        if (BindingIsBound(Binding) && ReadAcquire(&Binding->UnbindRequested) != 0) {
            Binding->Refused = TRUE;
            SimBindingUnbind(Binding);
            return TRUE;
        }
    }
    return FALSE;
}

static void AdapterLookAt(ADAPTER *Adapter)
{
    while (UnbindOne(Adapter)) {
    }
    if (Adapter->State != AdapterRunning || Adapter->General.MediaType != NdisMedium802_3) {
        return;
    }
    for (PROTOCOL *Protocol = SimProtocolNext(NULL); Protocol != NULL;
         Protocol = SimProtocolNext(Protocol)) {
        if (SimBindingFind(Adapter, Protocol) == NULL) {
            SimBindingBind(Adapter, Protocol);
        }
    }
}

// Each protocol hears once that its first binds are done.
static void BindsCompleteTell(void)
{
    for (PROTOCOL *Protocol = SimProtocolNext(NULL); Protocol != NULL;
         Protocol = SimProtocolNext(Protocol)) {
        if (!Protocol->BindsCompleteSent) {
            Protocol->BindsCompleteSent = TRUE;
            SimProtocolPnpEvent(Protocol, NetEventBindsComplete);
        }
    }
}

static KSTART_ROUTINE BinderRun;
static void NTAPI BinderRun(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (;;) {
        KeWaitForSingleObject(&Binder.Wake, Executive, KernelMode, FALSE, NULL);
        if (ReadAcquire(&Binder.Stopping) != 0) {
            break;
        }
        InterlockedExchange(&Binder.Kicked, 0);
        for (ADAPTER *Adapter = SimAdapterNext(NULL); Adapter != NULL;
             Adapter = SimAdapterNext(Adapter)) {
            SimAdapterLockTransition(Adapter, __func__);
            AdapterLookAt(Adapter);
            SimAdapterUnlockTransition(Adapter);
        }
        BindsCompleteTell();
        BusyEnd();
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS SimBinderStart(void)
{
    RtlZeroMemory(&Binder, sizeof(Binder));
    KeInitializeEvent(&Binder.Wake, SynchronizationEvent, FALSE);
    HANDLE Handle;
    NTSTATUS Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, BinderRun,
                                           NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Binder.Thread,
                                       NULL);
    ZwClose(Handle);
    return Status;
}

void SimBinderStop(void)
{
    InterlockedExchange(&Binder.Stopping, 1);
    KeSetEvent(&Binder.Wake, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(Binder.Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Binder.Thread);
    if (InterlockedExchange(&Binder.Kicked, 0) != 0) {
        BusyEnd(); // of a round that the thread saw too late
    }
}
