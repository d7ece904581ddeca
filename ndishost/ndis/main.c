// SPDX-License-Identifier: MIT
// NDIS's own start and end, its globals, and the few helpers that every file uses.

#include "adapter.h"

NDIS_GLOBALS SimNdis;
const SIM_NDIS_HOOKS *SimNdisHooks;

static void ClonePoolsFree(void)
{
    if (SimNdis.ClonePool != NULL) {
        NdisFreeNetBufferListPool(SimNdis.ClonePool);
    }
    if (SimNdis.CloneBufferPool != NULL) {
        NdisFreeNetBufferPool(SimNdis.CloneBufferPool);
    }
}

static NTSTATUS ClonePoolsMake(void)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Nbls = {0};
    NET_BUFFER_POOL_PARAMETERS Buffers = {0};
    HeaderSet(&Nbls.Header, NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
              NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1);
    HeaderSet(&Buffers.Header, NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_POOL_PARAMETERS_REVISION_1,
              NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1);
    Nbls.PoolTag = NDIS_TAG;
    Buffers.PoolTag = NDIS_TAG;
    SimNdis.ClonePool = NdisAllocateNetBufferListPool(NULL, &Nbls);
    SimNdis.CloneBufferPool = NdisAllocateNetBufferPool(NULL, &Buffers);
    if (SimNdis.ClonePool == NULL || SimNdis.CloneBufferPool == NULL) {
        ClonePoolsFree();
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

NTSTATUS SimNdisStart(void)
{
    if (SimNdis.Started) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    RtlZeroMemory(&SimNdis, sizeof(SimNdis));
    KeInitializeEvent(&SimNdis.Lock, SynchronizationEvent, TRUE);
    InitializeListHead(&SimNdis.Protocols);
    InitializeListHead(&SimNdis.Adapters);
    InitializeListHead(&SimNdis.Drivers);
    InitializeListHead(&SimNdis.Filters);
    InitializeListHead(&SimNdis.Bindings);
    KeInitializeSpinLock(&SimNdis.BindingsLock);
    InitializeListHead(&SimNdis.Interfaces);
    InitializeListHead(&SimNdis.InterfaceStack);
    InitializeListHead(&SimNdis.LuidIndexes);
    SimNdis.Processors = KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS);
    NTSTATUS Status = ClonePoolsMake();
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = SimBinderStart();
    if (!NT_SUCCESS(Status)) {
        ClonePoolsFree();
        return Status;
    }
    SimNdis.Started = TRUE;
    return STATUS_SUCCESS;
}

static ULONG ListLength(const LIST_ENTRY *Head)
{
    ULONG Length = 0;
    for (const LIST_ENTRY *Entry = Head->Flink; Entry != Head; Entry = Entry->Flink) {
        Length++;
    }
    return Length;
}

ULONG SimNdisStop(void)
{
    if (!SimNdis.Started) {
        return 0;
    }
    SimBinderStop();
    ClonePoolsFree();
    SimNdis.Started = FALSE;
    ULONG Left = ListLength(&SimNdis.Protocols) + ListLength(&SimNdis.Adapters) +
                 ListLength(&SimNdis.Drivers) + ListLength(&SimNdis.Filters) +
                 (ULONG)SimNdis.Objects;
    if (Left != 0) {
        DbgPrint("NDIS: at stop %u protocols, %u adapters, %u miniport drivers, %u filter "
                 "drivers and %d pools, timers and other objects are left over\n",
                 (unsigned)ListLength(&SimNdis.Protocols), (unsigned)ListLength(&SimNdis.Adapters),
                 (unsigned)ListLength(&SimNdis.Drivers), (unsigned)ListLength(&SimNdis.Filters),
                 (int)SimNdis.Objects);
    }
    return Left;
}

void SimNdisSetPending(ULONG Flags)
{
    InterlockedExchange(&SimNdis.Pending, (LONG)Flags);
}

void SimNdisLock(void)
{
    KeWaitForSingleObject(&SimNdis.Lock, Executive, KernelMode, FALSE, NULL);
}

void SimNdisUnlock(void)
{
    KeSetEvent(&SimNdis.Lock, IO_NO_INCREMENT, FALSE);
}

void *NTAPI SimNdisAllocate(SIZE_T Bytes)
{
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, NDIS_TAG);
}

void NTAPI SimNdisFree(void *Memory)
{
    if (Memory != NULL) {
        ExFreePoolWithTag(Memory, NDIS_TAG);
    }
}

NTSTATUS SimNdisStringCopy(UNICODE_STRING *To, PCUNICODE_STRING From)
{
    To->Buffer = SimNdisAllocate((SIZE_T)From->Length + sizeof(WCHAR));
    if (To->Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(To->Buffer, From->Buffer, From->Length);
    To->Length = From->Length;
    To->MaximumLength = (USHORT)(From->Length + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

void SimNdisStringFree(UNICODE_STRING *String)
{
    SimNdisFree(String->Buffer);
    RtlZeroMemory(String, sizeof(*String));
}

// Rule numbers of DDI compliance checking: 0x20011 IrqlKeDispatchLte, 0x20023 IrqlIoRtlZwPassive.
void NTAPI SimNdisIrqlViolation(const char *Function, KIRQL Irql, KIRQL Limit)
{
    DbgPrint("NDIS: %s is called at IRQL %u; the limit is %u\n", Function, Irql, Limit);
    KeBugCheckEx(DRIVER_VERIFIER_DETECTED_VIOLATION, Limit >= DISPATCH_LEVEL ? 0x20011 : 0x20023,
                 (ULONG_PTR)Function, Irql, Limit);
    __builtin_unreachable();
}
