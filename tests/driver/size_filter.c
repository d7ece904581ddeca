// SPDX-License-Identifier: MIT

#include <ntddk.h>
#include <ndis.h>

#include <stdint.h>
#include <string.h>

#define FILTER_TAG 'eziS'

void size_filter_set(uint32_t bytes);

static volatile ULONG Bytes;
static NDIS_HANDLE DriverHandle;

void size_filter_set(uint32_t bytes)
{
    WriteULongRelease(&Bytes, bytes);
}

// ---- life: the context is the module's handle

static FILTER_ATTACH Attach;
static NDIS_STATUS NTAPI Attach(NDIS_HANDLE Handle, NDIS_HANDLE DriverContext,
                                PNDIS_FILTER_ATTACH_PARAMETERS Parameters)
{
    NDIS_FILTER_ATTRIBUTES Attributes = {0};

    (void)DriverContext, (void)Parameters;
    Attributes.Header.Type = NDIS_OBJECT_TYPE_FILTER_ATTRIBUTES;
    Attributes.Header.Revision = NDIS_FILTER_ATTRIBUTES_REVISION_1;
    Attributes.Header.Size = NDIS_SIZEOF_FILTER_ATTRIBUTES_REVISION_1;
    return NdisFSetAttributes(Handle, Handle, &Attributes);
}

static FILTER_DETACH Detach;
static void NTAPI Detach(NDIS_HANDLE Context)
{
    (void)Context;
}

static FILTER_RESTART Restart;
static NDIS_STATUS NTAPI Restart(NDIS_HANDLE Context, PNDIS_FILTER_RESTART_PARAMETERS Parameters)
{
    (void)Context, (void)Parameters;
    return NDIS_STATUS_SUCCESS;
}

static FILTER_PAUSE Pause;
static NDIS_STATUS NTAPI Pause(NDIS_HANDLE Context, PNDIS_FILTER_PAUSE_PARAMETERS Parameters)
{
    (void)Context, (void)Parameters;
    return NDIS_STATUS_SUCCESS;
}

// ---- requests: what is not answered here goes down as a clone

static void CloneEnd(NDIS_HANDLE Handle, NDIS_OID_REQUEST *Clone, NDIS_OID_REQUEST *Request)
{
    Request->DATA = Clone->DATA;
    NdisFreeCloneOidRequest(Handle, Clone);
}

static BOOLEAN Answer(NDIS_OID_REQUEST *Request)
{
    ULONG Answered = ReadULongAcquire(&Bytes);

    if (Answered == 0 || Request->RequestType != NdisRequestQueryInformation ||
        Request->DATA.QUERY_INFORMATION.Oid != OID_GEN_MAXIMUM_TOTAL_SIZE) {
        return FALSE;
    }
    memcpy(Request->DATA.QUERY_INFORMATION.InformationBuffer, &Answered, sizeof(Answered));
    Request->DATA.QUERY_INFORMATION.BytesWritten = sizeof(Answered);
    return TRUE;
}

static FILTER_OID_REQUEST OidRequest;
static NDIS_STATUS NTAPI OidRequest(NDIS_HANDLE Context, PNDIS_OID_REQUEST Request)
{
    NDIS_OID_REQUEST *Clone;
    NDIS_STATUS Status;

    if (Answer(Request)) {
        return NDIS_STATUS_SUCCESS;
    }
    Status = NdisAllocateCloneOidRequest(Context, Request, FILTER_TAG, &Clone);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    memcpy(Clone->SourceReserved, &Request, sizeof(Request));
    Status = NdisFOidRequest(Context, Clone);
    if (Status != NDIS_STATUS_PENDING) {
        CloneEnd(Context, Clone, Request);
    }
    return Status;
}

static FILTER_OID_REQUEST_COMPLETE OidComplete;
static void NTAPI OidComplete(NDIS_HANDLE Context, PNDIS_OID_REQUEST Clone, NDIS_STATUS Status)
{
    NDIS_OID_REQUEST *Request;

    memcpy(&Request, Clone->SourceReserved, sizeof(Request));
    CloneEnd(Context, Clone, Request);
    NdisFOidRequestComplete(Context, Request, Status);
}

// ---- registration

static DRIVER_UNLOAD Unload;
static void NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
    NdisFDeregisterFilterDriver(DriverHandle);
}

DRIVER_INITIALIZE SizeFilterEntry;
NTSTATUS NTAPI SizeFilterEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_FILTER_DRIVER_CHARACTERISTICS C = {0};

    (void)RegistryPath;
    Bytes = 0;
    DriverObject->DriverUnload = Unload;
    C.Header.Type = NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS;
    C.Header.Revision = NDIS_FILTER_CHARACTERISTICS_REVISION_2;
    C.Header.Size = NDIS_SIZEOF_FILTER_DRIVER_CHARACTERISTICS_REVISION_2;
    C.MajorNdisVersion = 6;
    C.MinorNdisVersion = 50;
    RtlInitUnicodeString(&C.FriendlyName, L"Size filter");
    RtlInitUnicodeString(&C.UniqueName, L"{size}");
    RtlInitUnicodeString(&C.ServiceName, L"SizeFilter");
    C.AttachHandler = Attach;
    C.DetachHandler = Detach;
    C.RestartHandler = Restart;
    C.PauseHandler = Pause;
    C.OidRequestHandler = OidRequest;
    C.OidRequestCompleteHandler = OidComplete;
    return NdisFRegisterFilterDriver(DriverObject, DriverObject, &C, &DriverHandle);
}
