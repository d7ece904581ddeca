// SPDX-License-Identifier: MIT

#include "oid.h"

static VOID OidPrepare(OID_CALL *Call, NDIS_REQUEST_TYPE Type)
{
    RtlZeroMemory(&Call->Request, sizeof(Call->Request));
    Call->Request.Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Call->Request.Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Call->Request.Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Call->Request.RequestType = Type;
    Call->Request.PortNumber = NDIS_DEFAULT_PORT_NUMBER;
}

_IRQL_requires_(PASSIVE_LEVEL) static NDIS_STATUS OidCall(NDIS_HANDLE Binding, OID_CALL *Call)
{
    NDIS_STATUS Status;

    // Before the call: the completion may come before it returns (contract OID-04).
    KeInitializeEvent(&Call->Done, NotificationEvent, FALSE);
    Status = NdisOidRequest(Binding, &Call->Request);
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Call->Done, Executive, KernelMode, FALSE, NULL);
        Status = Call->Status;
    }
    return Status;
}

_Use_decl_annotations_ VOID OidComplete(NDIS_HANDLE ProtocolBindingContext,
                                        PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    OID_CALL *Call = CONTAINING_RECORD(OidRequest, OID_CALL, Request);

    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    Call->Status = Status;
    KeSetEvent(&Call->Done, IO_NETWORK_INCREMENT, FALSE);
}

NDIS_STATUS OidQueryUlong(NDIS_HANDLE Binding, OID_CALL *Call, NDIS_OID Oid, ULONG *Value)
{
    NDIS_STATUS Status;

    OidPrepare(Call, NdisRequestQueryInformation);
    Call->Request.DATA.QUERY_INFORMATION.Oid = Oid;
    Call->Request.DATA.QUERY_INFORMATION.InformationBuffer = &Call->Value;
    Call->Request.DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(Call->Value);
    Status = OidCall(Binding, Call);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    if (Call->Request.DATA.QUERY_INFORMATION.BytesWritten != sizeof(Call->Value)) {
        return NDIS_STATUS_INVALID_DATA;
    }
    *Value = Call->Value;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS OidSetUlong(NDIS_HANDLE Binding, OID_CALL *Call, NDIS_OID Oid, ULONG Value)
{
    OidPrepare(Call, NdisRequestSetInformation);
    Call->Value = Value;
    Call->Request.DATA.SET_INFORMATION.Oid = Oid;
    Call->Request.DATA.SET_INFORMATION.InformationBuffer = &Call->Value;
    Call->Request.DATA.SET_INFORMATION.InformationBufferLength = sizeof(Call->Value);
    return OidCall(Binding, Call);
}
