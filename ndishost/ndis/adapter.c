// SPDX-License-Identifier: MIT
// Adapters as objects: made at AddDevice, found by PDO or in order, held by references, and the
// lock that orders everything which happens to one.

#include "filter.h"

#define NET_LUID_INDEX_FIRST 32768 // below: reserved for interfaces with a stored index

DECLSPEC_NORETURN void NTAPI SimAdapterCheckFailed(NDIS_HANDLE Handle, const char *Function)
{
    BugCheck(NDIS_BUG_BAD_HANDLE, Handle, 0, 0, "%s: %p is not a miniport adapter handle", Function,
             Handle);
}

// The owner is remembered because a driver that calls back into NDIS from one of its own bind,
// unbind or event handlers would wait for itself.
void SimAdapterLockTransition(ADAPTER *Adapter, const char *Function)
{
    if (ReadPointerNoFence((const volatile PVOID *)&Adapter->TransitionOwner) ==
        (PVOID)KeGetCurrentThread()) {
        BugCheck(NDIS_BUG_DEADLOCK, Adapter, 0, 0,
                 "%s is called from a driver's bind, unbind or event handler, which it waits for",
                 Function);
    }
    BusyBegin();
    KeWaitForSingleObject(&Adapter->Transition, Executive, KernelMode, FALSE, NULL);
    WritePointerNoFence((volatile PVOID *)&Adapter->TransitionOwner, KeGetCurrentThread());
}

void SimAdapterUnlockTransition(ADAPTER *Adapter)
{
    WritePointerNoFence((volatile PVOID *)&Adapter->TransitionOwner, NULL);
    KeSetEvent(&Adapter->Transition, IO_NO_INCREMENT, FALSE);
    BusyEnd();
}

static void AdapterReleaseLocked(ADAPTER *Adapter)
{
    if (--Adapter->References == 0) {
        KeSetEvent(&Adapter->Unreferenced, IO_NO_INCREMENT, FALSE);
    }
}

void SimAdapterReference(ADAPTER *Adapter)
{
    SimNdisLock();
    Adapter->References++;
    SimNdisUnlock();
}

void SimAdapterDereference(ADAPTER *Adapter)
{
    SimNdisLock();
    AdapterReleaseLocked(Adapter);
    SimNdisUnlock();
}

ADAPTER *SimAdapterNext(ADAPTER *After)
{
    ULONG Sequence = After == NULL ? 0 : After->Sequence;
    ADAPTER *Next = NULL;
    SimNdisLock();
    for (LIST_ENTRY *Entry = SimNdis.Adapters.Flink; Entry != &SimNdis.Adapters;
         Entry = Entry->Flink) {
        ADAPTER *Adapter = CONTAINING_RECORD(Entry, ADAPTER, Link);
        if (Adapter->Sequence > Sequence) {
            Next = Adapter;
            Next->References++;
            break;
        }
    }
    if (After != NULL) {
        AdapterReleaseLocked(After);
    }
    SimNdisUnlock();
    return Next;
}

ADAPTER *SimAdapterOfPdo(PDEVICE_OBJECT Pdo)
{
    ADAPTER *Adapter = SimAdapterNext(NULL);
    while (Adapter != NULL && Adapter->Pdo != Pdo) {
        Adapter = SimAdapterNext(Adapter);
    }
    return Adapter;
}

// REG_SZ of the device's software key. The caller frees it.
static NTSTATUS SoftwareKeyString(PDEVICE_OBJECT Pdo, PCWSTR Name, UNICODE_STRING *Value)
{
    HANDLE Key;
    NTSTATUS Status = IoOpenDeviceRegistryKey(Pdo, PLUGPLAY_REGKEY_DRIVER, KEY_READ, &Key);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    UNICODE_STRING ValueName;
    RtlInitUnicodeString(&ValueName, Name);
    const ULONG Bytes = 512;
    KEY_VALUE_PARTIAL_INFORMATION *Information = SimNdisAllocate(Bytes);
    Status = STATUS_INSUFFICIENT_RESOURCES;
    if (Information != NULL) {
        ULONG Length;
        Status = ZwQueryValueKey(Key, &ValueName, KeyValuePartialInformation, Information, Bytes,
                                 &Length);
    }
    if (NT_SUCCESS(Status)) {
        UNICODE_STRING Text = {0};
        Text.Buffer = (PWSTR)Information->Data;
        while ((Text.Length + sizeof(WCHAR)) <= Information->DataLength &&
               Text.Buffer[Text.Length / sizeof(WCHAR)] != 0) {
            Text.Length += sizeof(WCHAR);
        }
        Status = Text.Length == 0 ? STATUS_OBJECT_NAME_INVALID : SimNdisStringCopy(Value, &Text);
    }
    SimNdisFree(Information);
    ZwClose(Key);
    return Status;
}

// \DEVICE\ and the instance ID that network setup stored with the device.
static NTSTATUS AdapterReadName(ADAPTER *Adapter)
{
    static const WCHAR Prefix[] = L"\\DEVICE\\";
    const USHORT PrefixBytes = sizeof(Prefix) - sizeof(WCHAR);
    UNICODE_STRING Id;
    NTSTATUS Status = SoftwareKeyString(Adapter->Pdo, L"NetCfgInstanceId", &Id);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    UNICODE_STRING Name;
    Name.MaximumLength = (USHORT)(PrefixBytes + Id.Length + sizeof(WCHAR));
    Name.Length = (USHORT)(PrefixBytes + Id.Length);
    Name.Buffer = SimNdisAllocate(Name.MaximumLength);
    Status = STATUS_INSUFFICIENT_RESOURCES;
    if (Name.Buffer != NULL) {
        RtlCopyMemory(Name.Buffer, Prefix, PrefixBytes);
        RtlCopyMemory((UCHAR *)Name.Buffer + PrefixBytes, Id.Buffer, Id.Length);
        Adapter->Name = Name;
        Status = STATUS_SUCCESS;
    }
    SimNdisStringFree(&Id);
    if (NT_SUCCESS(Status) &&
        !NT_SUCCESS(SoftwareKeyString(Adapter->Pdo, L"DriverDesc", &Adapter->InstanceName))) {
        Status = SimNdisStringCopy(&Adapter->InstanceName, &Adapter->Name);
    }
    return Status;
}

MODULE_DOWN SimPathBelow(ADAPTER *Adapter, const MODULE *Module)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    MODULE_DOWN Below = Module->Below;
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Below;
}

MODULE_UP SimPathAbove(ADAPTER *Adapter, const MODULE *Module)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Adapter->Lock, &Irql);
    MODULE_UP Above = Module->Above;
    KeReleaseSpinLock(&Adapter->Lock, Irql);
    return Above;
}

static void AdapterInsert(ADAPTER *Adapter)
{
    SimNdisLock();
    Adapter->Sequence = ++SimNdis.LastSequence;
    Adapter->References = 1;
    Adapter->IfIndex = ++SimNdis.LastIfIndex;
    Adapter->NetLuid.Info.IfType = IF_TYPE_ETHERNET_CSMACD;
    Adapter->NetLuid.Info.NetLuidIndex = NET_LUID_INDEX_FIRST + Adapter->IfIndex;
    InsertTailList(&SimNdis.Adapters, &Adapter->Link);
    Adapter->Driver->Adapters++;
    SimNdisUnlock();
}

NTSTATUS SimAdapterCreate(MINIPORT_DRIVER *Driver, PDEVICE_OBJECT Pdo, ADAPTER **Result)
{
    ADAPTER *Adapter = SimNdisAllocate(sizeof(ADAPTER));
    if (Adapter == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Adapter->Signature = SIGNATURE_ADAPTER;
    Adapter->Driver = Driver;
    Adapter->Pdo = Pdo;
    Adapter->Power = PowerDeviceD0;
    KeInitializeEvent(&Adapter->Unreferenced, NotificationEvent, FALSE);
    KeInitializeEvent(&Adapter->Transition, SynchronizationEvent, TRUE);
    KeInitializeSpinLock(&Adapter->Lock);
    KeInitializeTimerEx(&Adapter->HangTimer, SynchronizationTimer);
    InitializeListHead(&Adapter->Bindings);
    InitializeListHead(&Adapter->DeadFilters);
    SimFilterOidsCreate(Adapter);
    SimTopInitialize(Adapter);
    NTSTATUS Status = SimOidQueueCreate(Adapter);
    if (NT_SUCCESS(Status)) {
        Status = AdapterReadName(Adapter);
    }
    if (!NT_SUCCESS(Status)) {
        SimOidQueueDestroy(Adapter);
        SimNdisStringFree(&Adapter->Name);
        SimNdisFree(Adapter);
        return Status;
    }
    AdapterInsert(Adapter);
    *Result = Adapter;
    return STATUS_SUCCESS;
}

// Halted, and nobody can find it from here on; waits for those who have found it before.
void SimAdapterDestroy(ADAPTER *Adapter)
{
    SimNdisLock();
    RemoveEntryList(&Adapter->Link);
    Adapter->Driver->Adapters--;
    AdapterReleaseLocked(Adapter);
    SimNdisUnlock();
    KeWaitForSingleObject(&Adapter->Unreferenced, Executive, KernelMode, FALSE, NULL);
    while (!IsListEmpty(&Adapter->Bindings)) {
        SimBindingForget(CONTAINING_RECORD(Adapter->Bindings.Flink, BINDING, Link));
    }
    for (ULONG i = 0; i < BINDINGS_MAX; i++) {
        SimDrainDestroy(&Adapter->Slots[i].Gate);
    }
    SimOidQueueDestroy(Adapter);
    SimFiltersForget(Adapter);
    SimAttributesFree(Adapter);
    SimNdisStringFree(&Adapter->Name);
    SimNdisStringFree(&Adapter->InstanceName);
    Adapter->Signature = 0;
    SimNdisFree(Adapter);
}
