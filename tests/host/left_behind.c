// SPDX-License-Identifier: MIT

// A driver that goes away and leaves behind what it is told to; see left_behind.h.

#include "left_behind.h"

#include <ndis.h>

#define TAG 0x7466654Cu // "Left"

static NDIS_HANDLE Handle;

static DRIVER_UNLOAD Unload;
_Use_decl_annotations_ static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

static PROTOCOL_NET_PNP_EVENT NetPnPEvent;
_Use_decl_annotations_ static NDIS_STATUS NetPnPEvent(NDIS_HANDLE ProtocolBindingContext,
                                                      PNET_PNP_EVENT_NOTIFICATION Event)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(Event);
    return NDIS_STATUS_SUCCESS;
}

// Declines every adapter. In the places of the others nobody gets to call it.
static NDIS_STATUS NTAPI Handler(void)
{
    return NDIS_STATUS_NOT_SUPPORTED;
}
#define HANDLER (PVOID) Handler

static NTSTATUS LeaveProtocol(void)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Driver = {0};

    Driver.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Driver.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.MajorNdisVersion = 6;
    Driver.MinorNdisVersion = 50;
    RtlInitUnicodeString(&Driver.Name, L"LeftBehind");
    Driver.BindAdapterHandlerEx = HANDLER;
    Driver.UnbindAdapterHandlerEx = HANDLER;
    Driver.OpenAdapterCompleteHandlerEx = HANDLER;
    Driver.CloseAdapterCompleteHandlerEx = HANDLER;
    Driver.OidRequestCompleteHandler = HANDLER;
    Driver.NetPnPEventHandler = NetPnPEvent;
    Driver.StatusHandlerEx = HANDLER;
    Driver.ReceiveNetBufferListsHandler = HANDLER;
    Driver.SendNetBufferListsCompleteHandler = HANDLER;
    return NdisRegisterProtocolDriver(NULL, &Driver, &Handle);
}

static NTSTATUS LeaveMiniport(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Driver = {0};

    Driver.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    Driver.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2;
    Driver.MajorNdisVersion = 6;
    Driver.MinorNdisVersion = 50;
    Driver.InitializeHandlerEx = HANDLER;
    Driver.HaltHandlerEx = HANDLER;
    Driver.UnloadHandler = Unload;
    Driver.PauseHandler = HANDLER;
    Driver.RestartHandler = HANDLER;
    Driver.OidRequestHandler = HANDLER;
    Driver.CancelOidRequestHandler = HANDLER;
    Driver.SendNetBufferListsHandler = HANDLER;
    Driver.CancelSendHandler = HANDLER;
    Driver.ReturnNetBufferListsHandler = HANDLER;
    Driver.DevicePnPEventNotifyHandler = HANDLER;
    Driver.ShutdownHandlerEx = HANDLER;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver, &Handle);
}

static NTSTATUS LeaveDevice(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING Name, Link;
    PDEVICE_OBJECT Device;
    NTSTATUS Status;

    RtlInitUnicodeString(&Name, L"\\Device\\LeftBehind");
    RtlInitUnicodeString(&Link, L"\\DosDevices\\LeftBehind");
    Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    return NT_SUCCESS(Status) ? IoCreateSymbolicLink(&Link, &Name) : Status;
}

static NTSTATUS FreeNblTwice(void)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};
    NDIS_HANDLE Pool;
    NET_BUFFER_LIST *Nbl;

    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.fAllocateNetBuffer = TRUE;
    Parameters.PoolTag = TAG;
    Pool = NdisAllocateNetBufferListPool(NULL, &Parameters);
    Nbl = Pool == NULL ? NULL : NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, NULL, 0, 0);
    if (Nbl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NdisFreeNetBufferList(Nbl);
    NdisFreeNetBufferList(Nbl);
    return STATUS_SUCCESS;
}

static NTSTATUS ReleaseLock(void)
{
    KSPIN_LOCK Lock;

    KeInitializeSpinLock(&Lock);
    KeReleaseSpinLock(&Lock, PASSIVE_LEVEL);
    return STATUS_SUCCESS;
}

// 0 when there is no such value.
static ULONG ReadWhat(PUNICODE_STRING RegistryPath)
{
    union {
        KEY_VALUE_PARTIAL_INFORMATION Information;
        UCHAR Bytes[32];
    } Value = {0};
    WCHAR Text[200];
    UNICODE_STRING Path = {.MaximumLength = sizeof(Text), .Buffer = Text};
    UNICODE_STRING Part, Name;
    OBJECT_ATTRIBUTES Attributes;
    ULONG What = 0, Bytes;
    HANDLE Key;

    RtlInitUnicodeString(&Part, L"\\Parameters");
    RtlInitUnicodeString(&Name, L"What");
    RtlCopyUnicodeString(&Path, RegistryPath);
    (VOID) RtlAppendUnicodeStringToString(&Path, &Part);
    InitializeObjectAttributes(&Attributes, &Path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    if (!NT_SUCCESS(ZwOpenKey(&Key, KEY_READ, &Attributes))) {
        return 0;
    }
    if (NT_SUCCESS(ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, &Value, sizeof(Value),
                                   &Bytes))) {
        What = *(ULONG *)Value.Information.Data;
    }
    ZwClose(Key);
    return What;
}

DRIVER_INITIALIZE DriverEntry;
_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath)
{
    ULONG What = ReadWhat(RegistryPath);

    DriverObject->DriverUnload = What == LEFT_NO_UNLOAD ? NULL : Unload;
    switch (What) {
    case LEFT_PROTOCOL:
        return LeaveProtocol();
    case LEFT_MINIPORT:
        return LeaveMiniport(DriverObject, RegistryPath);
    case LEFT_DEVICE:
        return LeaveDevice(DriverObject);
    case LEFT_POOL:
        return ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG) == NULL
                   ? STATUS_INSUFFICIENT_RESOURCES
                   : STATUS_SUCCESS;
    case LEFT_FAILED_ENTRY:
        (VOID) LeaveProtocol();
        return STATUS_NO_SUCH_DEVICE;
    case LEFT_FAILED_QUIETLY:
        return STATUS_NO_SUCH_DEVICE;
    case LEFT_NBL_FREED_TWICE:
        return FreeNblTwice();
    case LEFT_LOCK_NOT_HELD:
        return ReleaseLock();
    default:
        return STATUS_SUCCESS;
    }
}
