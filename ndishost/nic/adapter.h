// SPDX-License-Identifier: MIT
#pragma once

// One virtual NIC, as the files of the miniport driver share it. The driver is on the public API
// only; what it knows of its surroundings is the wire.

#include <ndis.h>

#include "wires.h"

#define ADAPTER_TAG 0x63694E53u // "SNic" in memory order
#define ADAPTER_HEADER_BYTES 14u
#define ADAPTER_VLAN_BYTES 4u
#define ADAPTER_MULTICAST_MAX 32u

C_ASSERT(ADAPTER_MULTICAST_MAX <= WIRE_ADDRESSES_MAX);

typedef enum ADAPTER_STATE {
    AdapterPaused, // also before the first restart
    AdapterRunning,
    AdapterPausing, // sends are refused, what was accepted is on its way home
} ADAPTER_STATE;

// Who is to work on the queue of frames to send.
typedef enum SEND_STATE {
    SendIdle,       // nobody: it is empty
    SendDraining,   // one thread, which owns the rest of SEND_PATH
    SendNoRoom,     // the adapter's thread, when the wire has room again
    SendHandedOver, // the transmitter (the adapter's thread where there is none), now
} SEND_STATE;

typedef struct NBL_QUEUE {
    NET_BUFFER_LIST *Head;
    NET_BUFFER_LIST *Tail; // valid when Head is not NULL
} NBL_QUEUE;

// Each counter has one writer at a time.
typedef struct SEND_STATISTICS {
    volatile ULONG64 Frames[3]; // by ADDRESS_KIND
    volatile ULONG64 Bytes[3];
    volatile ULONG64 Errors;
} SEND_STATISTICS;

// A transmit queue. An adapter has one; one for each processor, as a fast NIC, on a wire that takes
// frames from several threads at once.
typedef struct DECLSPEC_CACHEALIGN SEND_PATH {
    struct ADAPTER *Adapter;

    // Guarded by Lock.
    KSPIN_LOCK Lock;
    ADAPTER_STATE AdapterState;
    SEND_STATE State;
    NBL_QUEUE Queue;
    KEVENT Drained; // set by the drainer that leaves while the adapter is pausing
    ULONG Streak;   // sends that found nobody at work, each soon after the one before
    LONG64 LastTick;
    LONG64 CloseTicks, LingerTicks; // of the performance counter; constant

    KEVENT Transmit;  // wakes the transmitter
    BOOLEAN HasSpare; // the transmitter's: a processor of its own, to linger on

    // The drainer's.
    NBL_QUEUE Active;                // taken from Queue, in order; finished NBLs are its first ones
    ULONG BurstFrames, BurstBatches; // of the transmitter since it was woken
    ULONG FrameCount;
    ULONG PartCount;
    SEND_STATISTICS Statistics;
    struct wire_frame Frames[WIRE_SEND_BATCH];
    NET_BUFFER_LIST *Nbls[WIRE_SEND_BATCH]; // of the frame with the same index
    NET_BUFFER *NetBuffers[WIRE_SEND_BATCH];
    struct wire_part Parts[WIRE_PARTS_MAX];
} SEND_PATH;

typedef struct RECEIVE_FILTER {
    ULONG PacketFilter;
    ULONG AddressCount;
    UCHAR Addresses[ADAPTER_MULTICAST_MAX][6];
    LONG Version; // of this content
} RECEIVE_FILTER;

// Each counter has one writer at a time.
typedef struct RECEIVE_STATISTICS {
    volatile ULONG64 Frames[3]; // by ADDRESS_KIND
    volatile ULONG64 Bytes[3];
    volatile ULONG64 Discards;
} RECEIVE_STATISTICS;

typedef struct RECEIVE_PATH {
    KSPIN_LOCK Lock; // guards the next three
    NET_BUFFER_LIST *Returned;
    RECEIVE_FILTER Filter;
    volatile LONG FilterVersion; // tells a receiver that its copy is old

    // One while the adapter runs, one for a receiver at work, one for each NBL that is with a
    // protocol. Home is set by who takes it to zero.
    volatile LONG References;
    KEVENT Home;

    // The receiver's: the adapter's thread, or the sender on a wire without one.
    NET_BUFFER_LIST *Free;
    ULONG FreeCount;

    NDIS_HANDLE Pool;
    UCHAR *Buffers; // one frame for each NBL
    ULONG BufferBytes;
    RECEIVE_STATISTICS Statistics;
} RECEIVE_PATH;

typedef struct ADAPTER {
    NDIS_HANDLE Handle;  // NDIS's name for this adapter
    struct CHAOS *Chaos; // chaos.h; NULL: an ordinary NIC
    struct wire_slot *Slot;
    ULONG FrameBytes; // longest untagged frame
    volatile LONG LinkUp;
    volatile LONG Removed; // the device has disappeared: nothing can be sent any more
    volatile LONG Stopping;
    PKTHREAD Thread;
    PKTHREAD Transmitter; // sends bursts where the wire likes batches; NULL elsewhere
    KEVENT Kick;          // wakes the thread of a wire that has no `wait`
    ULONG Lookahead;
    SEND_PATH *Sends;
    ULONG SendCount;
    RECEIVE_PATH Receive;
} ADAPTER;

typedef enum ADDRESS_KIND {
    AddressUnicast,
    AddressMulticast,
    AddressBroadcast,
} ADDRESS_KIND;

FORCEINLINE ADDRESS_KIND AddressKind(const UCHAR *Address)
{
    if ((Address[0] & 1) == 0) {
        return AddressUnicast;
    }
    for (ULONG I = 0; I < 6; I++) {
        if (Address[I] != 0xFF) {
            return AddressMulticast;
        }
    }
    return AddressBroadcast;
}

// The counter has one writer, so an addition needs no lock prefix.
FORCEINLINE void StatisticsAdd(volatile ULONG64 *Counter, ULONG64 Amount)
{
    WriteULong64NoFence(Counter, ReadULong64NoFence(Counter) + Amount);
}

// ---- miniport_thread.c

// Makes the adapter's thread look at its work. IRQL <= DISPATCH_LEVEL, also under a spin lock.
void NicKick(ADAPTER *Adapter);

NTSTATUS NicThreadStart(ADAPTER *Adapter);
void NicThreadStop(ADAPTER *Adapter); // also when it was never started
// A system thread, and waiting for its end.
NTSTATUS NicThreadRun(PKSTART_ROUTINE Routine, void *Context, PKTHREAD *Thread);
void NicThreadJoin(PKTHREAD *Thread);

// ---- miniport.c, for a driver that is a variation of this one

void NicFillCharacteristics(NDIS_MINIPORT_DRIVER_CHARACTERISTICS *Characteristics);
MINIPORT_PAUSE NicPause;
MINIPORT_RESTART NicRestart;

// ---- miniport_send.c

MINIPORT_SEND_NET_BUFFER_LISTS NicSendNetBufferLists;
MINIPORT_CANCEL_SEND NicCancelSend;
NDIS_STATUS NicSendCreate(ADAPTER *Adapter);
void NicSendDestroy(ADAPTER *Adapter); // also when it was never created
void NicSendRestart(ADAPTER *Adapter);
// Refuses new sends; returns when every accepted one is completed. PASSIVE_LEVEL.
void NicSendPause(ADAPTER *Adapter);
// For the adapter's thread: goes on with what waits for it. `HasRoom`: also with what waits for
// the wire. Returns TRUE when there is work left that waits for the wire.
BOOLEAN NicSendResume(ADAPTER *Adapter, BOOLEAN HasRoom);
// For the transmitter: sends what was handed over, and what comes soon after.
void NicSendTransmit(SEND_PATH *Send);

// ---- miniport_frames.c, for the drainer

// The first NET_BUFFER of an NBL that is not yet dealt with.
FORCEINLINE NET_BUFFER **NicSendCursor(NET_BUFFER_LIST *Nbl)
{
    return (NET_BUFFER **)&NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0];
}

// Frames for one call of the wire, from Active on, which it leaves as it is. No frame: all that it
// saw could not be sent.
void NicSendBuildBatch(SEND_PATH *Send);
// What the wire dealt with is counted or failed; what it has not taken goes back under its cursor.
void NicSendAccount(SEND_PATH *Send, ULONG Taken);
// What all queues together have sent. Anybody.
void NicSendGetStatistics(const ADAPTER *Adapter, SEND_STATISTICS *Sum);

// ---- miniport_receive.c

MINIPORT_RETURN_NET_BUFFER_LISTS NicReturnNetBufferLists;
NDIS_STATUS NicReceiveCreate(ADAPTER *Adapter);
void NicReceiveDestroy(ADAPTER *Adapter); // also half-built; every NBL is home
void NicReceiveRestart(ADAPTER *Adapter);
// Stops indicating; returns when every NBL is back. PASSIVE_LEVEL.
void NicReceivePause(ADAPTER *Adapter);
// Takes what the wire has, up to a limit, and indicates it. Returns how many frames it took.
ULONG NicReceiveFrames(ADAPTER *Adapter);

// ---- miniport_oid.c

MINIPORT_OID_REQUEST NicOidRequest;
MINIPORT_CANCEL_OID_REQUEST NicCancelOidRequest;

// ---- miniport_query.c

NDIS_STATUS NicOidQuery(ADAPTER *Adapter, NDIS_OID_REQUEST *Request);
extern const NDIS_OID NicSupportedOids[];
extern const ULONG NicSupportedOidsBytes;
#define ADAPTER_PACKET_FILTERS                                                                     \
    (NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_MULTICAST | NDIS_PACKET_TYPE_ALL_MULTICAST |     \
     NDIS_PACKET_TYPE_BROADCAST | NDIS_PACKET_TYPE_PROMISCUOUS)
#define ADAPTER_MAC_OPTIONS                                                                        \
    (NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA | NDIS_MAC_OPTION_TRANSFERS_NOT_PEND |                    \
     NDIS_MAC_OPTION_NO_LOOPBACK)
void NicGetLinkState(const ADAPTER *Adapter, NDIS_LINK_STATE *State);
