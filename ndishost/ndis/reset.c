// SPDX-License-Identifier: MIT
// Resets that a miniport asks for, and its ports.

#include "adapter.h"

static void ResetTell(ADAPTER *Adapter, NDIS_STATUS Code, NDIS_STATUS *Result)
{
    NDIS_STATUS_INDICATION Indication = {0};
    HeaderSet(&Indication.Header, NDIS_OBJECT_TYPE_STATUS_INDICATION,
              NDIS_STATUS_INDICATION_REVISION_1, NDIS_SIZEOF_STATUS_INDICATION_REVISION_1);
    Indication.SourceHandle = Adapter;
    Indication.StatusCode = Code;
    if (Result != NULL) {
        Indication.StatusBuffer = Result;
        Indication.StatusBufferSize = sizeof(*Result);
    }
    MODULE_UP Above = SimPathAbove(Adapter, &Adapter->Bottom);
    Above.Status(Above.Context, &Indication);
}

// The miniport has forgotten what it is to receive: the union over the bindings goes down again.
static void AddressingRestore(ADAPTER *Adapter)
{
    ULONG Nothing = 0;
    Adapter->PacketFilter = 0;
    SimAdapterOid(Adapter, NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Nothing,
                  sizeof(Nothing));
    SimAdapterOid(Adapter, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, NULL, 0);
}

// The miniport ends what it has itself, with RESET_IN_PROGRESS; nothing is queued here meanwhile.
void SimAdapterReset(ADAPTER *Adapter)
{
    MINIPORT_RESET_HANDLER Handler = Adapter->Driver->Characteristics.ResetHandlerEx;
    if (Handler == NULL || Adapter->State == AdapterHalted) {
        return;
    }
    BOOLEAN AddressingReset = FALSE;
    ResetTell(Adapter, NDIS_STATUS_RESET_START, NULL);
    SimCompletionBegin(&Adapter->ResetDone);
    NDIS_STATUS Status = Handler(Adapter->Context, &AddressingReset);
    Status = SimCompletionEnd(&Adapter->ResetDone, Status);
    if (Status == NDIS_STATUS_SUCCESS && (AddressingReset || Adapter->ResetAddressing)) {
        AddressingRestore(Adapter);
    }
    ResetTell(Adapter, NDIS_STATUS_RESET_END, &Status);
}

static WORKER_THREAD_ROUTINE ResetWork;
static void NTAPI ResetWork(PVOID Context)
{
    ADAPTER *Adapter = Context;
    InterlockedExchange(&Adapter->ResetQueued, 0);
    SimAdapterLockTransition(Adapter, __func__);
    SimAdapterReset(Adapter);
    SimAdapterUnlockTransition(Adapter);
    BusyEnd();
    SimDrainLeave(&Adapter->Oids.Workers, 1);
}

void NTAPI NdisMResetMiniport(NDIS_HANDLE MiniportAdapterHandle)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    if (InterlockedExchange(&Adapter->ResetQueued, 1) == 0) {
        BusyBegin();
        SimDrainEnter(&Adapter->Oids.Workers, 1);
        ExInitializeWorkItem(&Adapter->ResetWork, ResetWork, Adapter);
        ExQueueWorkItem(&Adapter->ResetWork, DelayedWorkQueue);
    }
}

void NTAPI NdisMResetComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status,
                              BOOLEAN AddressingReset)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    Adapter->ResetAddressing = AddressingReset;
    SimCompletionSet(&Adapter->ResetDone, Status, __func__, Adapter);
}

// Numbers only: what goes through a port is not told apart.
NDIS_STATUS NTAPI NdisMAllocatePort(NDIS_HANDLE NdisMiniportHandle,
                                    PNDIS_PORT_CHARACTERISTICS PortCharacteristics)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(NdisMiniportHandle, __func__);
    if (!HeaderIsAtLeast(&PortCharacteristics->Header, NDIS_OBJECT_TYPE_PORT_CHARACTERISTICS,
                         NDIS_SIZEOF_PORT_CHARACTERISTICS_REVISION_1)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    if ((PortCharacteristics->Flags & NDIS_PORT_CHAR_USE_DEFAULT_AUTH_SETTINGS) != 0) {
        PortCharacteristics->SendControlState = NdisPortControlStateUncontrolled;
        PortCharacteristics->RcvControlState = NdisPortControlStateUncontrolled;
    }
    PortCharacteristics->PortNumber = (NDIS_PORT_NUMBER)InterlockedIncrement(&Adapter->LastPort);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NdisMFreePort(NDIS_HANDLE NdisMiniportHandle, NDIS_PORT_NUMBER PortNumber)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(NdisMiniportHandle, __func__);
    return PortNumber == NDIS_DEFAULT_PORT_NUMBER ||
                   PortNumber > (NDIS_PORT_NUMBER)ReadAcquire(&Adapter->LastPort)
               ? NDIS_STATUS_INVALID_PORT
               : NDIS_STATUS_SUCCESS;
}
