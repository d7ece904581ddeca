// SPDX-License-Identifier: MIT

// OID requests that NDIS has: PV-18. They are few, so one list is enough.

#include "../nt/pool_table.h"
#include "life_private.h"

#include <stdlib.h>
#include <string.h>

typedef struct PENDING_OID {
    struct PENDING_OID *Next;
    NDIS_HANDLE Binding;
    NDIS_OID_REQUEST *Request;
    NDIS_OID_REQUEST Copy; // of the fields that are the protocol's, when it was requested
    ULONG64 Hash;          // of the buffer, for a set
} PENDING_OID;

static SIM_LOCK Lock; // guards the list
static PENDING_OID *Pending;

static PENDING_OID **FindLocked(const NDIS_OID_REQUEST *Request)
{
    PENDING_OID **Link = &Pending;
    while (*Link != NULL && (*Link)->Request != Request) {
        Link = &(*Link)->Next;
    }
    return Link;
}

// Query and set begin alike: OID, buffer, length.
static const void *BufferOf(const NDIS_OID_REQUEST *Request)
{
    return Request->DATA.SET_INFORMATION.InformationBuffer;
}

static ULONG LengthOf(const NDIS_OID_REQUEST *Request)
{
    return Request->DATA.SET_INFORMATION.InformationBufferLength;
}

static ULONG64 BufferHash(const NDIS_OID_REQUEST *Request)
{
    const UCHAR *Bytes = BufferOf(Request);
    ULONG64 Hash = 14695981039346656037ull; // FNV-1a
    if (Request->RequestType != NdisRequestSetInformation || Bytes == NULL) {
        return 0;
    }
    for (ULONG i = 0; i < LengthOf(Request); i++) {
        Hash = (Hash ^ Bytes[i]) * 1099511628211ull;
    }
    return Hash;
}

static void RequireNonpaged(const void *Memory, const char *What)
{
    POOL_ENTRY Entry;
    if (Memory != NULL && SimPoolTableFind(Memory, &Entry) && Entry.Paged) {
        SimViolation("PV-18", NULL, Memory, "%s at %p is in paged pool.", What, Memory);
    }
}

void NTAPI LifeOidRequesting(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request)
{
    PENDING_OID *Oid;
    BOOLEAN IsThere;
    LIFE_BINDING *Life = LifeBinding(Binding);
    LifeLocksAcross(SimNdisCallbackOidComplete, SimNdisCallbackOidComplete, "NdisOidRequest");
    RequireNonpaged(Request, "the NDIS_OID_REQUEST");
    RequireNonpaged(BufferOf(Request), "the InformationBuffer");
    SimLock(&Lock);
    IsThere = *FindLocked(Request) != NULL;
    SimUnlock(&Lock);
    if (IsThere) {
        SimViolation("PV-18", NULL, Request,
                     "NdisOidRequest with request %p, which is pending already.", Request);
    }
    Oid = calloc(1, sizeof(*Oid));
    if (Oid == NULL) {
        return; // this one is not looked at
    }
    Oid->Binding = Binding;
    Oid->Request = Request;
    Oid->Hash = BufferHash(Request);
    // A driver of NDIS 6.30 has a smaller structure.
    memcpy(&Oid->Copy, Request, min(sizeof(Oid->Copy), (SIZE_T)Request->Header.Size));
    if (Life != NULL) {
        atomic_fetch_add(&Life->Requests, 1);
    }
    SimLock(&Lock);
    Oid->Next = Pending;
    Pending = Oid;
    SimUnlock(&Lock);
}

void NTAPI LifeOidRequested(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request, NDIS_STATUS Status)
{
    const void *Buffer = NULL;
    PENDING_OID *Oid;
    UNREFERENCED_PARAMETER(Binding);
    if (Status != NDIS_STATUS_PENDING) {
        return;
    }
    LifeStackAdd("PV-18", "the NDIS_OID_REQUEST", Request);
    SimLock(&Lock); // it may be complete by now
    Oid = *FindLocked(Request);
    if (Oid != NULL) {
        Buffer = BufferOf(&Oid->Copy);
    }
    SimUnlock(&Lock);
    if (Buffer != NULL) {
        LifeStackAdd("PV-18", "the InformationBuffer of an OID request", Buffer);
    }
}

static const char *FieldChanged(const NDIS_OID_REQUEST *Then, const NDIS_OID_REQUEST *Now)
{
    if (memcmp(&Then->Header, &Now->Header, sizeof(Then->Header)) != 0) {
        return "Header";
    }
    if (Then->RequestType != Now->RequestType) {
        return "RequestType";
    }
    if (Then->RequestId != Now->RequestId) {
        return "RequestId";
    }
    if (Then->DATA.SET_INFORMATION.Oid != Now->DATA.SET_INFORMATION.Oid) {
        return "Oid";
    }
    if (BufferOf(Then) != BufferOf(Now)) {
        return "InformationBuffer";
    }
    return LengthOf(Then) != LengthOf(Now) ? "InformationBufferLength" : NULL;
}

void NTAPI LifeOidCompleted(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request, NDIS_STATUS Status)
{
    const char *Field;
    PENDING_OID **Link;
    PENDING_OID *Oid;
    LIFE_BINDING *Life = LifeBinding(Binding);
    UNREFERENCED_PARAMETER(Status);
    SimLock(&Lock);
    Link = FindLocked(Request);
    Oid = *Link;
    if (Oid != NULL) {
        *Link = Oid->Next;
    }
    SimUnlock(&Lock);
    if (Oid == NULL) {
        return;
    }
    if (Life != NULL) {
        atomic_fetch_sub(&Life->Requests, 1);
    }
    Field = FieldChanged(&Oid->Copy, Request);
    if (Field == NULL && BufferHash(Request) != Oid->Hash) {
        Field = "the contents of InformationBuffer";
    }
    free(Oid);
    if (Field != NULL) {
        SimViolation("PV-18", NULL, Request,
                     "request %p was changed before it was complete: %s is not what "
                     "NdisOidRequest was given.",
                     Request, Field);
    }
}

static BOOLEAN Overlaps(const void *Memory, SIZE_T Length, const void *Address, SIZE_T Bytes)
{
    ULONG_PTR A = (ULONG_PTR)Memory, B = (ULONG_PTR)Address;
    return Length != 0 && A < B + Bytes && B < A + Length;
}

void LifeOidPoolFreeing(const void *Address, SIZE_T Bytes, void *Caller)
{
    const NDIS_OID_REQUEST *Found = NULL;
    SimLock(&Lock);
    for (PENDING_OID *Oid = Pending; Oid != NULL; Oid = Oid->Next) {
        if (Overlaps(Oid->Request, Oid->Copy.Header.Size, Address, Bytes) ||
            Overlaps(BufferOf(&Oid->Copy), LengthOf(&Oid->Copy), Address, Bytes)) {
            Found = Oid->Request;
        }
    }
    SimUnlock(&Lock);
    if (Found != NULL) {
        SimViolation("PV-18", NULL, Found,
                     "the code at %p frees memory of OID request %p, which is not complete.",
                     Caller, (const void *)Found);
    }
}

void LifeOidStop(void)
{
    while (Pending != NULL) {
        PENDING_OID *Next = Pending->Next;
        free(Pending);
        Pending = Next;
    }
}
