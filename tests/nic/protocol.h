// SPDX-License-Identifier: MIT
#pragma once

// The smallest protocol driver that a test of a miniport needs: it binds to one adapter, sends what
// the test makes, and writes down everything that happens. Functions that wait give up after some
// seconds and fail the test.

#include <ntddk.h>
#include <ndis.h>

#define PROTOCOL_NAME "TestProtocol"

DRIVER_INITIALIZE ProtocolEntry;

// Before the adapter is added.
void ProtocolReset(void);
void ProtocolWaitRunning(void);
BOOLEAN ProtocolIsBound(void);
void ProtocolWaitUnbound(void);
const NDIS_BIND_PARAMETERS *ProtocolBindParameters(void); // flat part only

// An NBL with `Count` NET_BUFFERs of `Length` bytes with a pattern from `Seed` on
// (ProtocolPattern). `Piece`: most bytes of one MDL; 0: one MDL for each frame. The NBL is the
// caller's.
NET_BUFFER_LIST *ProtocolMake(unsigned Count, unsigned Length, unsigned Seed, unsigned Piece);
void ProtocolPattern(unsigned char *Data, unsigned Length, unsigned Seed);
void ProtocolFree(NET_BUFFER_LIST *Nbl);
void ProtocolSend(NET_BUFFER_LIST *Nbls); // at the caller's IRQL
// FALSE: the binding does not run, or there is a reset; nothing was sent, and the NBLs are still
// the caller's.
BOOLEAN ProtocolTrySend(NET_BUFFER_LIST *Nbls);
void ProtocolCancel(void *CancelId);
void ProtocolCancelOnPause(void *CancelId); // NULL: not

// In the order of completion, since the last ProtocolReset.
unsigned ProtocolCompletions(void);
void ProtocolWaitCompletions(unsigned Count);
NET_BUFFER_LIST *ProtocolCompleted(unsigned Index);
// Called first thing in every completion callback, since the last ProtocolReset. NULL: nobody.
void ProtocolObserve(void (*Observe)(NET_BUFFER_LIST *Nbls, ULONG CompleteFlags));

NDIS_STATUS ProtocolOid(NDIS_REQUEST_TYPE Type, NDIS_OID Oid, void *Buffer, unsigned Length,
                        unsigned *Bytes);

// Frames that came up. Kept NBLs are returned by ProtocolReturnKept.
void ProtocolKeep(BOOLEAN Keep);
void ProtocolReturnKept(void);
unsigned ProtocolReceived(void);
void ProtocolWaitReceived(unsigned Count);
unsigned ProtocolReceivedLength(unsigned Index);
const unsigned char *ProtocolReceivedData(unsigned Index);
unsigned ProtocolReceivedScarce(void);     // of them, with NDIS_RECEIVE_FLAGS_RESOURCES
unsigned ProtocolReceivedAtDispatch(void); // of them, with NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL

// NDIS_STATUS_LINK_STATE indications.
void ProtocolWaitLink(NDIS_MEDIA_CONNECT_STATE State);

// How often, since the last ProtocolReset. A reset is counted when it has ended.
struct protocol_events {
    unsigned Pauses, Resets, LinksLost;
};
struct protocol_events ProtocolEvents(void);
