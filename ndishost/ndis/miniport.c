// SPDX-License-Identifier: MIT
// Registration of miniport drivers, and what NDIS does in their place: AddDevice, plug and play,
// power and unload of the driver object.

#include "filter.h"

static const UCHAR KnownMinors[] = {0,  1,  20, 30, 40, 50, 51, 60, 70,
                                    80, 81, 82, 83, 84, 85, 86, 87};

BOOLEAN SimVersionIsKnown(UCHAR Major, UCHAR Minor)
{
    for (ULONG i = 0; Major == 6 && i < sizeof(KnownMinors); i++) {
        if (KnownMinors[i] == Minor) {
            return TRUE;
        }
    }
    return FALSE;
}

static NDIS_STATUS CharacteristicsCheck(const NDIS_MINIPORT_DRIVER_CHARACTERISTICS *Given)
{
    if (!HeaderIsAtLeast(&Given->Header, NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
                         NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1)) {
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    }
    if (!SimVersionIsKnown(Given->MajorNdisVersion, Given->MinorNdisVersion)) {
        return NDIS_STATUS_BAD_VERSION;
    }
    if (Given->InitializeHandlerEx == NULL || Given->HaltHandlerEx == NULL ||
        Given->UnloadHandler == NULL || Given->PauseHandler == NULL ||
        Given->RestartHandler == NULL || Given->OidRequestHandler == NULL ||
        Given->SendNetBufferListsHandler == NULL || Given->ReturnNetBufferListsHandler == NULL ||
        Given->CancelSendHandler == NULL || Given->DevicePnPEventNotifyHandler == NULL ||
        Given->ShutdownHandlerEx == NULL || Given->CancelOidRequestHandler == NULL) {
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    }
    return NDIS_STATUS_SUCCESS;
}

MINIPORT_DRIVER *SimMiniportDriverFind(PDRIVER_OBJECT DriverObject)
{
    MINIPORT_DRIVER *Found = NULL;
    SimNdisLock();
    for (LIST_ENTRY *Entry = SimNdis.Drivers.Flink; Entry != &SimNdis.Drivers;
         Entry = Entry->Flink) {
        MINIPORT_DRIVER *Driver = CONTAINING_RECORD(Entry, MINIPORT_DRIVER, Link);
        if (Driver->DriverObject == DriverObject) {
            Found = Driver;
            break;
        }
    }
    SimNdisUnlock();
    return Found;
}

static DRIVER_UNLOAD DriverUnload;
static void NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    MINIPORT_DRIVER *Driver = SimMiniportDriverFind(DriverObject);
    if (Driver != NULL) {
        Driver->Characteristics.UnloadHandler(DriverObject);
    }
}

static void DriverHook(PDRIVER_OBJECT DriverObject)
{
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        DriverObject->MajorFunction[i] = SimMiniportOther;
    }
    DriverObject->DriverExtension->AddDevice = SimMiniportAddDevice;
    DriverObject->MajorFunction[IRP_MJ_PNP] = SimMiniportPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = SimMiniportPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = SimMiniportPass;
    DriverObject->DriverUnload = DriverUnload;
}

NDIS_STATUS NTAPI NdisMRegisterMiniportDriver(
    PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath, NDIS_HANDLE MiniportDriverContext,
    PNDIS_MINIPORT_DRIVER_CHARACTERISTICS MiniportDriverCharacteristics,
    PNDIS_HANDLE NdisMiniportDriverHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    NDIS_STATUS Status = CharacteristicsCheck(MiniportDriverCharacteristics);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    MINIPORT_DRIVER *Driver = SimNdisAllocate(sizeof(MINIPORT_DRIVER));
    if (Driver == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    if (!NT_SUCCESS(SimNdisStringCopy(&Driver->RegistryPath, RegistryPath))) {
        SimNdisFree(Driver);
        return NDIS_STATUS_RESOURCES;
    }
    Driver->Signature = SIGNATURE_MINIPORT_DRIVER;
    Driver->DriverObject = DriverObject;
    Driver->Context = MiniportDriverContext;
    RtlCopyMemory(&Driver->Characteristics, MiniportDriverCharacteristics,
                  min(sizeof(Driver->Characteristics), MiniportDriverCharacteristics->Header.Size));
    *NdisMiniportDriverHandle = Driver;
    SimNdisLock();
    InsertTailList(&SimNdis.Drivers, &Driver->Link);
    SimNdisUnlock();
    if (Driver->Characteristics.SetOptionsHandler != NULL) {
        Status = Driver->Characteristics.SetOptionsHandler(Driver, MiniportDriverContext);
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        *NdisMiniportDriverHandle = NULL;
        NdisMDeregisterMiniportDriver(Driver);
        return Status;
    }
    DriverHook(DriverObject);
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisMDeregisterMiniportDriver(NDIS_HANDLE NdisMiniportDriverHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    MINIPORT_DRIVER *Driver = NdisMiniportDriverHandle;
    if (HandleSignature(Driver) != SIGNATURE_MINIPORT_DRIVER || Driver->Adapters != 0) {
        BugCheck(NDIS_BUG_BAD_HANDLE, NdisMiniportDriverHandle, 0, 0,
                 "NdisMDeregisterMiniportDriver: %p is not a miniport driver, or has adapters",
                 NdisMiniportDriverHandle);
    }
    SimNdisLock();
    RemoveEntryList(&Driver->Link);
    SimNdisUnlock();
    Driver->Signature = 0;
    SimNdisStringFree(&Driver->RegistryPath);
    SimNdisFree(Driver);
}

NDIS_STATUS NTAPI NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                          PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    ULONG Signature = HandleSignature(NdisHandle);
    if (Signature == SIGNATURE_MINIPORT_DRIVER &&
        HeaderIsAtLeast(&OptionalHandlers->Header, NDIS_OBJECT_TYPE_MINIPORT_PNP_CHARACTERISTICS,
                        NDIS_SIZEOF_MINIPORT_PNP_CHARACTERISTICS_REVISION_1)) {
        MINIPORT_DRIVER *Driver = NdisHandle;
        RtlCopyMemory(&Driver->Pnp, OptionalHandlers,
                      min(sizeof(Driver->Pnp), OptionalHandlers->Header.Size));
        if (Driver->Pnp.MiniportFilterResourceRequirementsHandler != NULL ||
            Driver->Pnp.MiniportStartDeviceHandler != NULL) {
            DbgPrint("NDIS: NdisSetOptionalHandlers: MiniportFilterResourceRequirements and "
                     "MiniportStartDevice will not be called, as no device has resources\n");
        }
        return NDIS_STATUS_SUCCESS;
    }
    if (Signature == SIGNATURE_FILTER &&
        HeaderIsAtLeast(&OptionalHandlers->Header, NDIS_OBJECT_TYPE_FILTER_PARTIAL_CHARACTERISTICS,
                        NDIS_SIZEOF_FILTER_PARTIAL_CHARACTERISTICS_REVISION_1)) {
        FILTER *Filter = NdisHandle;
        if (Filter->State != FilterRestarting && Filter->State != FilterAttaching) {
            return NDIS_STATUS_INVALID_PARAMETER; // only while no frame can be on its way
        }
        RtlCopyMemory(&Filter->Data, OptionalHandlers, sizeof(Filter->Data));
        return NDIS_STATUS_SUCCESS;
    }
    if (Signature != SIGNATURE_MINIPORT_DRIVER && Signature != SIGNATURE_PROTOCOL &&
        Signature != SIGNATURE_FILTER && Signature != SIGNATURE_FILTER_DRIVER) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    DbgPrint("NDIS: NdisSetOptionalHandlers: handlers of type 0x%x are not supported\n",
             OptionalHandlers->Header.Type);
    return NDIS_STATUS_NOT_SUPPORTED;
}
