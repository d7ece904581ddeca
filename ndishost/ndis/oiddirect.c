// SPDX-License-Identifier: MIT
// Direct and synchronous OID requests, and copies of requests for drivers that pass them on.

#include "oid.h"

// Direct requests are not queued and know no IRQL: each goes straight down.
NDIS_STATUS NTAPI NdisDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    MODULE_DOWN Below = SimPathBelow(Binding->Adapter, &Binding->Adapter->Top);
    if (Below.DirectOidRequest == NULL) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    SimOidAdmit(Binding, OidRequest, __func__);
    BusyBegin();
    NDIS_STATUS Status = Below.DirectOidRequest(Below.Context, OidRequest);
    if (Status == NDIS_STATUS_PENDING) {
        NDIS_HOOK(OidRequested, (Binding, OidRequest, Status));
        return Status;
    }
    SimOidRelease(Binding, OidRequest, Status);
    BusyEnd();
    return Status;
}

void NTAPI SimTopDirectOidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST OidRequest,
                                   NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Context);
    BINDING *Binding = SimOidContext(OidRequest)->Binding;
    SimOidGiveBack(Binding, OidRequest, Status,
                   Binding->Protocol->Characteristics.DirectOidRequestCompleteHandler);
}

void NTAPI NdisMDirectOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle,
                                         PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    MODULE_UP Above = SimPathAbove(Adapter, &Adapter->Bottom);
    Above.DirectOidComplete(Above.Context, OidRequest, Status);
}

void NTAPI NdisCancelDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    MODULE_DOWN Below = SimPathBelow(Binding->Adapter, &Binding->Adapter->Top);
    if (Below.CancelDirectOidRequest != NULL) {
        Below.CancelDirectOidRequest(Below.Context, RequestId);
    }
}

NDIS_STATUS NTAPI NdisSynchronousOidRequest(NDIS_HANDLE NdisBindingHandle,
                                            NDIS_OID_REQUEST *OidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BINDING *Binding = SimBindingCheck(NdisBindingHandle, __func__);
    MODULE_DOWN Below = SimPathBelow(Binding->Adapter, &Binding->Adapter->Top);
    return Below.SynchronousOidRequest == NULL
               ? NDIS_STATUS_NOT_SUPPORTED
               : Below.SynchronousOidRequest(Below.Context, OidRequest);
}

// For drivers that pass a request on: a copy with room of its own behind it.
NDIS_STATUS NTAPI NdisAllocateCloneOidRequest(NDIS_HANDLE SourceHandle,
                                              PNDIS_OID_REQUEST OidRequest, UINT PoolTag,
                                              PNDIS_OID_REQUEST *ClonedOidRequest)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NDIS_OID_REQUEST *Clone = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Clone), PoolTag);
    *ClonedOidRequest = Clone;
    if (Clone == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    RtlCopyMemory(Clone, OidRequest, min(sizeof(*Clone), (SIZE_T)OidRequest->Header.Size));
    RtlZeroMemory(Clone->NdisReserved, sizeof(Clone->NdisReserved));
    RtlZeroMemory(Clone->MiniportReserved, sizeof(Clone->MiniportReserved));
    RtlZeroMemory(Clone->SourceReserved, sizeof(Clone->SourceReserved));
    Clone->RequestHandle = SourceHandle;
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisFreeCloneOidRequest(NDIS_HANDLE SourceHandle, PNDIS_OID_REQUEST Request)
{
    UNREFERENCED_PARAMETER(SourceHandle);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    ExFreePool(Request);
}
