// SPDX-License-Identifier: MIT
// Event log entries go to the debugger; names of adapters; strings.

#include "adapter.h"

NDIS_STATUS NTAPI NdisWriteEventLogEntry(PVOID LogHandle, NDIS_STATUS EventCode,
                                         ULONG UniqueEventValue, USHORT NumStrings,
                                         PVOID StringsList, ULONG DataSize, PVOID Data)
{
    UNREFERENCED_PARAMETER(Data);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DbgPrint("NDIS: event log of %p: 0x%08x (%u, %u bytes)\n", LogHandle, (unsigned)EventCode,
             (unsigned)UniqueEventValue, (unsigned)DataSize);
    PCWSTR *Strings = StringsList;
    for (USHORT i = 0; i < NumStrings; i++) {
        DbgPrint("NDIS:   %ls\n", Strings[i]);
    }
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisWriteErrorLogEntry(NDIS_HANDLE NdisAdapterHandle, ULONG ErrorCode,
                                  ULONG NumberOfErrorValues, ...)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DbgPrint("NDIS: error log of %p: 0x%08x with %u values\n", NdisAdapterHandle,
             (unsigned)ErrorCode, (unsigned)NumberOfErrorValues);
}

static NDIS_STATUS NameCopy(PNDIS_STRING To, PCUNICODE_STRING From)
{
    To->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, From->Length + sizeof(WCHAR), NDIS_TAG);
    if (To->Buffer == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    RtlCopyMemory(To->Buffer, From->Buffer, From->Length);
    To->Length = From->Length;
    To->MaximumLength = (USHORT)(From->Length + sizeof(WCHAR));
    return NDIS_STATUS_SUCCESS;
}

// The caller frees the buffer by NdisFreeMemory.
NDIS_STATUS NTAPI NdisQueryAdapterInstanceName(PNDIS_STRING pAdapterInstanceName,
                                               NDIS_HANDLE NdisBindingHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return NameCopy(pAdapterInstanceName,
                    &SimBindingCheck(NdisBindingHandle, __func__)->Adapter->InstanceName);
}

NDIS_STATUS NTAPI NdisQueryBindInstanceName(PNDIS_STRING pAdapterInstanceName,
                                            NDIS_HANDLE BindingContext)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (HandleSignature(BindingContext) != SIGNATURE_BIND_CONTEXT) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    return NameCopy(pAdapterInstanceName,
                    &CONTAINING_RECORD(BindingContext, BINDING, Bind)->Adapter->InstanceName);
}

NDIS_STATUS NTAPI NdisMQueryAdapterInstanceName(PNDIS_STRING pAdapterInstanceName,
                                                NDIS_HANDLE MiniportHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    return NameCopy(pAdapterInstanceName, &SimAdapterCheck(MiniportHandle, __func__)->InstanceName);
}

void NTAPI NdisMGetDeviceProperty(NDIS_HANDLE MiniportAdapterHandle,
                                  PDEVICE_OBJECT *PhysicalDeviceObject,
                                  PDEVICE_OBJECT *FunctionalDeviceObject,
                                  PDEVICE_OBJECT *NextDeviceObject,
                                  PCM_RESOURCE_LIST *AllocatedResources,
                                  PCM_RESOURCE_LIST *AllocatedResourcesTranslated)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    if (PhysicalDeviceObject != NULL) {
        *PhysicalDeviceObject = Adapter->Pdo;
    }
    if (FunctionalDeviceObject != NULL) {
        *FunctionalDeviceObject = Adapter->Fdo;
    }
    if (NextDeviceObject != NULL) {
        *NextDeviceObject = Adapter->Lower;
    }
    if (AllocatedResources != NULL) {
        *AllocatedResources = NULL;
    }
    if (AllocatedResourcesTranslated != NULL) {
        *AllocatedResourcesTranslated = NULL;
    }
}

// The caller frees the buffer by NdisFreeString.
void NTAPI NdisInitializeString(PNDIS_STRING Destination, PUCHAR Source)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    USHORT Length = 0;
    while (Source[Length] != 0) {
        Length++;
    }
    RtlZeroMemory(Destination, sizeof(*Destination));
    Destination->Buffer = SimNdisAllocate((SIZE_T)(Length + 1) * sizeof(WCHAR));
    if (Destination->Buffer == NULL) {
        return;
    }
    for (USHORT i = 0; i < Length; i++) {
        Destination->Buffer[i] = Source[i];
    }
    Destination->Length = (USHORT)(Length * sizeof(WCHAR));
    Destination->MaximumLength = (USHORT)(Destination->Length + sizeof(WCHAR));
}

NDIS_STATUS NTAPI NdisIfQueryBindingIfIndex(NDIS_HANDLE NdisBindingHandle,
                                            PNET_IFINDEX pBoundIfIndex, PNET_LUID pBoundIfNetLuid,
                                            PNET_IFINDEX pLowestIfIndex, PNET_LUID pLowestIfNetLuid)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    const ADAPTER *Adapter = SimBindingCheck(NdisBindingHandle, __func__)->Adapter;
    *pBoundIfIndex = Adapter->IfIndex;
    *pBoundIfNetLuid = Adapter->NetLuid;
    *pLowestIfIndex = Adapter->IfIndex;
    *pLowestIfNetLuid = Adapter->NetLuid;
    return NDIS_STATUS_SUCCESS;
}
