// SPDX-License-Identifier: MIT
#pragma once

// What every file of ndis/ shares: checks, and the global state of NDIS.

#include <ntddk.h>

#include <ndis.h>

#include "../nt/current.h"
#include "control.h"

#define NDIS_TAG 0x69644e53u // "SNdi"

// Every object behind an NDIS_HANDLE begins with one of these.
#define SIGNATURE_PROTOCOL 0x544f5250u        // "PROT"
#define SIGNATURE_MINIPORT_DRIVER 0x52444d4eu // "NMDR"
#define SIGNATURE_ADAPTER 0x54504441u         // "ADPT"
#define SIGNATURE_BINDING 0x444e4942u         // "BIND"
#define SIGNATURE_BIND_CONTEXT 0x58434e42u    // "BNCX"
#define SIGNATURE_UNBIND_CONTEXT 0x58434e55u  // "UNCX"
#define SIGNATURE_NBL_POOL 0x504c424eu        // "NBLP"
#define SIGNATURE_NB_POOL 0x5050424eu         // "NBPP"
#define SIGNATURE_TIMER 0x524d4954u           // "TIMR"
#define SIGNATURE_WORK_ITEM 0x4b524f57u       // "WORK"
#define SIGNATURE_CONFIGURATION 0x464e4f43u   // "CONF"
#define SIGNATURE_DEVICE 0x45434456u          // "VDCE"
#define SIGNATURE_DMA 0x53414d44u             // "DMAS"
#define SIGNATURE_SHARED 0x4d524853u          // "SHRM"
#define SIGNATURE_PROVIDER 0x56525049u        // "IPRV"
#define SIGNATURE_FILTER_DRIVER 0x52444c46u   // "FLDR"
#define SIGNATURE_FILTER 0x544c4946u          // "FILT"

// Internal functions that the data path calls have the Windows convention too (NTAPI): an exported
// function that called one with the System V convention would have to save ten vector registers.

static inline ULONG HandleSignature(NDIS_HANDLE Handle)
{
    return Handle == NULL ? 0 : *(const ULONG *)Handle;
}

// First parameter of bug check 0x7C. Below 0x1000: as documented by Microsoft.
#define NDIS_BUG_WAIT_AT_RAISED_IRQL 0x14
#define NDIS_BUG_OPENED_WRONGLY 0x16
#define NDIS_BUG_OID_BYTES_WRITTEN 0x1D
#define NDIS_BUG_REFERENCE 0x1E
#define NDIS_BUG_STATUS_INDICATION 0x20
#define NDIS_BUG_OBJECT_HEADER 0x21
#define NDIS_BUG_PNP_EVENT 0x22
#define NDIS_BUG_OID_NOT_PENDING 0x26
#define NDIS_BUG_NBL_LEAKED 0x27
// From 0x1000: found by this NDIS only.
#define NDIS_BUG_BAD_HANDLE 0x1000 // parameter 3: the signature that it should have
#define NDIS_BUG_SEND_STATE 0x1001
#define NDIS_BUG_OID_STATE 0x1002
#define NDIS_BUG_CLOSE_STATE 0x1003
#define NDIS_BUG_CLOSE_OUTSTANDING 0x1004
#define NDIS_BUG_SOURCE_HANDLE 0x1005
#define NDIS_BUG_COMPLETION 0x1006 // of bind, unbind, pause, restart: not expected, or twice
#define NDIS_BUG_RECEIVE_STATE 0x1007
#define NDIS_BUG_NBL_NOT_ALLOCATED 0x1008
#define NDIS_BUG_POOL_PARAMETER 0x1009
#define NDIS_BUG_DEADLOCK 0x100A
#define NDIS_BUG_CONTEXT_BALANCE 0x100B
#define NDIS_BUG_RETURN 0x100C
#define NDIS_BUG_DATA_SPACE 0x100D
#define NDIS_BUG_IRQL 0x100E // too low
#define NDIS_BUG_LEFT_REGISTERED 0x1010

#define BugCheck(Kind, P2, P3, P4, ...)                                                            \
    SimNdisFail((Kind), (ULONG_PTR)(P2), (ULONG_PTR)(P3), (ULONG_PTR)(P4), __VA_ARGS__)

// First line of every exported function that has an IRQL limit. 0xC4 with the documented rule.
DECLSPEC_NORETURN void NTAPI SimNdisIrqlViolation(const char *Function, KIRQL Irql, KIRQL Limit);
static inline void IrqlRequireMax(const char *Function, KIRQL Limit)
{
    KIRQL Irql = SimCurrent()->Irql;
    if (__builtin_expect(Irql > Limit, 0)) {
        SimNdisIrqlViolation(Function, Irql, Limit);
    }
}
#define NDIS_REQUIRE_MAX_IRQL(Limit) IrqlRequireMax(__func__, (Limit))

// Type, a revision of at least 1 and a size of at least `Size`; a larger one is a newer caller's.
static inline BOOLEAN HeaderIsAtLeast(const NDIS_OBJECT_HEADER *Header, UCHAR Type, ULONG Size)
{
    return Header->Type == Type && Header->Revision >= 1 && Header->Size >= Size;
}

// NDIS_HOOK(Sending, (Binding, Nbls, Port, Flags)): nothing without a verifier.
#define NDIS_HOOK(Name, Arguments)                                                                 \
    do {                                                                                           \
        if (__builtin_expect(SimNdisHooks != NULL, 0) && SimNdisHooks->Name != NULL) {             \
            SimNdisHooks->Name Arguments;                                                          \
        }                                                                                          \
    } while (0)

static inline void SimNdisCountSend(ULONG Nbls) // a call of NdisSendNetBufferLists
{
    SimCount(SimCountSend, 1);
    SimCount(SimCountNblSent, Nbls);
}

#define HeaderSet(Header, ObjectType, ObjectRevision, ObjectSize)                                  \
    do {                                                                                           \
        (Header)->Type = (ObjectType);                                                             \
        (Header)->Revision = (ObjectRevision);                                                     \
        (Header)->Size = (USHORT)(ObjectSize);                                                     \
    } while (0)

void *NTAPI SimNdisAllocate(SIZE_T Bytes); // zeroed, nonpaged; NULL when there is none
void NTAPI SimNdisFree(void *Memory);      // NULL allowed
NTSTATUS SimNdisStringCopy(UNICODE_STRING *To, PCUNICODE_STRING From); // adds a terminator
void SimNdisStringFree(UNICODE_STRING *String);

typedef struct NDIS_GLOBALS {
    KEVENT Lock;          // a mutex that leaves the IRQL alone; guards the lists and their counts
    LIST_ENTRY Protocols; // PROTOCOL.Link, in order of registration
    LIST_ENTRY Adapters;  // ADAPTER.Link, in order of AddDevice
    LIST_ENTRY Drivers;   // MINIPORT_DRIVER.Link
    LIST_ENTRY Filters;   // FILTER_DRIVER.Link, in order of registration
    LIST_ENTRY Bindings;  // BINDING.AllLink, dead ones too
    KSPIN_LOCK BindingsLock;
    LIST_ENTRY Interfaces, InterfaceStack, LuidIndexes; // interface.c, guarded by Lock
    ULONG LastSequence; // numbers protocols, adapters and filter drivers
    ULONG LastIfIndex;
    volatile LONG Objects; // pools and everything else that NdisStop counts
    volatile LONG Pending; // SIM_NDIS_PEND_*
    volatile LONG LastCancelId;
    ULONG Processors;                       // the most there can be
    NDIS_HANDLE ClonePool, CloneBufferPool; // for clones whose maker gave none
    BOOLEAN Started;
} NDIS_GLOBALS;
extern NDIS_GLOBALS SimNdis;

void SimNdisLock(void);
void SimNdisUnlock(void);

// Around each transition and OID that is on its way.
static inline void BusyBegin(void)
{
    SimNdisBusy(TRUE);
}

static inline void BusyEnd(void)
{
    SimNdisBusy(FALSE);
}
