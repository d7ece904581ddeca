// SPDX-License-Identifier: MIT

#include "life_request.h"

static KEVENT Done;
static NDIS_STATUS DoneStatus;

NDIS_OID_REQUEST *RequestAllocate(ULONG PacketFilter)
{
    NDIS_OID_REQUEST *Request = ExAllocatePool2(POOL_FLAG_NON_PAGED,
                                                sizeof(*Request) + sizeof(ULONG), EXAMPLE_TAG);

    if (Request == NULL) {
        ExampleFail("no memory for a request");
    }
    *(ULONG *)(Request + 1) = PacketFilter;
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestSetInformation;
    Request->DATA.SET_INFORMATION.Oid = OID_GEN_CURRENT_PACKET_FILTER;
    Request->DATA.SET_INFORMATION.InformationBuffer = Request + 1;
    Request->DATA.SET_INFORMATION.InformationBufferLength = sizeof(ULONG);
    return Request;
}

void RequestFree(NDIS_OID_REQUEST *Request)
{
    ExFreePoolWithTag(Request, EXAMPLE_TAG);
}

_Use_decl_annotations_ VOID RequestComplete(NDIS_HANDLE Context, NDIS_OID_REQUEST *Request,
                                            NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Request);
    DoneStatus = Status;
    KeSetEvent(&Done, 0, FALSE);
}

void RequestSetFilter(EXAMPLE *E, ULONG PacketFilter)
{
    NDIS_OID_REQUEST *Request = RequestAllocate(PacketFilter);
    NDIS_STATUS Status;

    KeInitializeEvent(&Done, NotificationEvent, FALSE);
    Status = NdisOidRequest(E->Binding, Request);
    if (Status == NDIS_STATUS_PENDING) {
        KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
        Status = DoneStatus;
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        ExampleFail("the packet filter: 0x%08X", (unsigned)Status);
    }
    RequestFree(Request);
}
