// SPDX-License-Identifier: MIT
#pragma once

// The driver *before*: what a protocol driver does per packet when it follows the documentation of
// NdisAllocateNetBufferAndNetBufferList step by step. It is complete and as good as that design can
// be; the ladder measures Shuttle against it.
//
//   main.c      driver, device, requests
//   binding.c   what NDIS does to a binding
//   send.c      the classic send and its list form, the completion of every rung
//   kept.c      rungs that keep something from packet to packet: ndis5, reuse-nbl, reuse-nbl-mdl
//   floor.c     the lowest rung: one NBL, sent again and again
//   calibrate.c single operations, repeated to be timed

#include <ndis.h>

#include "classic_ioctl.h"

#define CLASSIC_TAG 'ssCS'
#define CLASSIC_KEPT 1024u // packets in flight of the rungs that keep theirs

typedef struct BINDING BINDING;
typedef struct PACKET PACKET;

// Ends one packet that NDIS has given back. IRQL <= DISPATCH_LEVEL.
// NTAPI as is all that the completion callback calls elsewhere: see SendComplete in driver/send.c.
typedef VOID NTAPI PACKET_DONE(BINDING *Binding, NET_BUFFER_LIST *Nbl, NDIS_STATUS Status);

// In ProtocolReserved of each NBL.
#define NBL_DONE(Nbl) (NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0])    // PACKET_DONE *
#define NBL_REQUEST(Nbl) (NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[1]) // IRP *, PACKET * or LIST *

// What a rung keeps from packet to packet.
struct PACKET {
    SLIST_ENTRY Link; // in the binding's free list
    NET_BUFFER_LIST *Nbl;
    NET_BUFFER *Nb;
    MDL *Header; // memory for an MDL of the longest part each
    MDL *Payload;
    IRP *Irp;
};

struct BINDING {
    LIST_ENTRY Link;
    volatile LONG References; // the list's, and one for each handle
    EX_RUNDOWN_REF SendGate;  // open while Running; each packet holds it until it is done
    NDIS_HANDLE NdisHandle;
    NDIS_HANDLE NblPool;
    ULONG MaximumFrameBytes;
    UCHAR Address[6];
    volatile LONG State; // SHUTTLE_ADAPTER_STATE
    SLIST_HEADER Free;   // of PACKET
    PACKET *Packets;     // CLASSIC_KEPT of them, from the first use on
    NDIS_OPEN_PARAMETERS OpenParameters;
    NDIS_MEDIUM Medium;
    UINT MediumIndex;
    KEVENT Done; // of open or close
    NDIS_STATUS OpenStatus;
    UNICODE_STRING Name;
    WCHAR NameBuffer[SHUTTLE_MAX_NAME];
};

// ---- binding.c

_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS ClassicStart(VOID);
_IRQL_requires_(PASSIVE_LEVEL) VOID ClassicStop(VOID);
// With a reference. NULL: no such adapter.
_IRQL_requires_(PASSIVE_LEVEL) BINDING *ClassicFind(PCUNICODE_STRING Name);
_IRQL_requires_(PASSIVE_LEVEL) VOID ClassicRelease(BINDING *Binding);
VOID ClassicQuery(const BINDING *Binding, SHUTTLE_ADAPTER *Adapter);

// ---- send.c

PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE ClassicSendComplete;
// Copies from the requester's memory; for a __try block. A function, because clang guards calls in
// such a block, and not its other accesses.
VOID ClassicCopy(VOID *To, const VOID *From, SIZE_T Bytes);

// The two parts of one packet as the requester gave them.
typedef struct SEND_PARTS {
    VOID *Header;
    VOID *Payload;
    ULONG HeaderBytes;
    ULONG PayloadBytes;
} SEND_PARTS;

typedef NTSTATUS SEND_HANDLER(BINDING *Binding, IRP *Irp, IO_STACK_LOCATION *Stack);
SEND_HANDLER ClassicSendOne, ClassicSendList;

// Lengths, and the gate. STATUS_SUCCESS: inside.
_IRQL_requires_max_(APC_LEVEL) NTSTATUS ClassicEnter(BINDING *Binding, const SEND_PARTS *Parts);
SEND_PARTS ClassicPartsOf(IRP *Irp, IO_STACK_LOCATION *Stack);
// Both parts as a chain of new MDLs, locked for reading; ClassicUnmap is the opposite.
_IRQL_requires_max_(APC_LEVEL) NTSTATUS
    ClassicMap(const SEND_PARTS *Parts, KPROCESSOR_MODE Mode, MDL **Chain);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI ClassicUnmap(MDL *Chain);
// STATUS_SUCCESS, or what the probe raised.
_IRQL_requires_max_(APC_LEVEL) NTSTATUS ClassicLock(MDL *Mdl, KPROCESSOR_MODE Mode);
_IRQL_requires_max_(DISPATCH_LEVEL) VOID NTAPI ClassicEndRequest(IRP *Irp, NDIS_STATUS Status);

// ---- kept.c

SEND_HANDLER ClassicSendNdis5, ClassicSendReuseNbl, ClassicSendReuseNblMdl;
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS ClassicKeptCreate(BINDING *Binding);
_IRQL_requires_(PASSIVE_LEVEL) VOID ClassicKeptDestroy(BINDING *Binding);

// ---- floor.c

SEND_HANDLER ClassicSendFloor;

// ---- calibrate.c

SEND_HANDLER ClassicCalibrate;
