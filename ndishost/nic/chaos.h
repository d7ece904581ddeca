// SPDX-License-Identifier: MIT
#pragma once

// The chaos NIC: a miniport driver of its own around the ordinary one, legal in everything that it
// does and hostile in everything that the contract leaves to it (contract PV-15). An NBL's way:
//
//   ChaosSend       gets a number, is dressed (ChaosDress), fails here or goes on, in the order of
//                   the calls, to NicSendNetBufferLists and the wire
//   ChaosFinished   the wire has done with it: it completes in this call, or waits in a lane
//                   (ChaosHold) for the thread or a timer
//   ChaosDeliver    a list goes up: reordered, cut into runs, undressed (ChaosUndress), completed
//
// Every decision about an NBL is a function of the seed and of the NBL's number: it is drawn again
// where it is needed, not kept. So the n-th NBL that a chaos NIC is given meets the same fate in
// every run with that seed, whatever the other threads do. What depends on time stays open: which
// NBLs meet in one lane and so in one completion.
//
// While an NBL is here, MiniportReserved[1] is its ride: number and what was done to it; 0: it came
// while the adapter did not run. Once it is finished, MiniportReserved[0] holds its status, because
// the field Status has junk until the last moment.

#include "adapter.h"
#include "chaos_settings.h"

typedef enum CHAOS_LANE_NUMBER {
    ChaosLaneThread, // no timer: as soon as the thread gets to it
    ChaosLaneSoon,
    ChaosLaneLater = ChaosLaneSoon + 3,
    ChaosLaneLong = ChaosLaneLater + 3,
    ChaosLanes
} CHAOS_LANE_NUMBER;

// NBLs that wait for the same moment: that of the first one. So they are merged over several sends.
typedef struct CHAOS_LANE {
    struct CHAOS *Chaos;
    KTIMER Timer;
    KDPC Dpc;
    // Guarded by CHAOS.Lock.
    NBL_QUEUE Queue;
    BOOLEAN ByThread; // the thread delivers, not the timer's DPC
    BOOLEAN Due;      // for the thread
} CHAOS_LANE;

// An MDL to put in front of somebody's chain: 64 bytes of unused space.
typedef struct CHAOS_BRICK {
    struct CHAOS_BRICK *Next;
    MDL *Mdl;
    UCHAR Bytes[64];
} CHAOS_BRICK;

typedef struct CHAOS {
    ADAPTER *Adapter;
    struct chaos_port *Port;
    volatile LONG64 LastNumber; // of an NBL

    // One while the adapter runs, one for each call of ChaosSend, one for each NBL in a lane. Home
    // is set by who takes it to zero.
    volatile LONG References;
    KEVENT Home;
    volatile LONG FailingInCall; // somebody completes failed NBLs in the send call, see ChaosSend

    KSPIN_LOCK Lock;  // guards the next two, and the lanes
    BOOLEAN Flushing; // a pause is under way: nothing enters a lane
    CHAOS_BRICK *FreeBricks;
    CHAOS_LANE Lanes[ChaosLanes];
    CHAOS_BRICK *Bricks; // all of them

    PKTHREAD Thread;
    KEVENT Work; // for the thread
    volatile LONG Stopping;
    volatile LONG ResetAsked; // the thread is to complete a reset

    KTIMER LinkTimer;
    KDPC LinkDpc;
    volatile LONG LinkLost; // the link is said to be down

    ULONG64 Indications; // the receiver's
    volatile LONG64 LastCancel;
} CHAOS;

// ---- decisions

// What a number is drawn for. Numbers for different purposes have nothing to do with each other.
typedef enum CHAOS_PURPOSE {
    ChaosForFailure,
    ChaosForStatus,
    ChaosForWay,
    ChaosForDelay,
    ChaosForTricks,
    ChaosForJunk,
    ChaosForPause,
    ChaosForReset,
    ChaosForLink,
    ChaosForDelivery,
    ChaosForCancel,
    ChaosForIndication,
    ChaosPurposes
} CHAOS_PURPOSE;

// Equal arguments, equal result.
ULONG64 ChaosDraw(const CHAOS *Chaos, CHAOS_PURPOSE Purpose, ULONG64 Number);
// The next of a series, for when one number is not enough.
ULONG64 ChaosNext(ULONG64 *Draw);
BOOLEAN ChaosFallsDue(const CHAOS *Chaos, CHAOS_PURPOSE Purpose, ULONG64 Number, ULONG Every);
// NDIS_STATUS_SUCCESS: it goes to the wire.
NDIS_STATUS ChaosFate(const CHAOS *Chaos, ULONG64 Number);
// ChaosLanes: it completes in the call. Else the lane, and the delay in units of 100 ns.
CHAOS_LANE_NUMBER ChaosWay(const CHAOS *Chaos, ULONG64 Number, LONG64 *Delay);

FORCEINLINE void ChaosCount(CHAOS *Chaos, enum chaos_count What, LONG64 Amount)
{
    InterlockedAdd64((volatile LONG64 *)&Chaos->Port->counts[What], Amount);
}

// ---- chaos.c

NDIS_STATUS ChaosCreate(ADAPTER *Adapter);
void ChaosDestroy(ADAPTER *Adapter); // also half-built, also none
BOOLEAN ChaosHidesLink(const ADAPTER *Adapter);
void ChaosLoseLink(CHAOS *Chaos, ULONG64 Number);
// FALSE: the adapter does not run.
BOOLEAN ChaosEnter(CHAOS *Chaos, LONG Count);
void ChaosLeave(CHAOS *Chaos, LONG Count);

// ---- chaos_dress.c: what is done to one NBL, and undone

FORCEINLINE ULONG64 *ChaosRide(NET_BUFFER_LIST *Nbl)
{
    return (ULONG64 *)&NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[1];
}
#define CHAOS_RIDE_BITS 8u // the number is above them
FORCEINLINE ULONG64 ChaosNumber(NET_BUFFER_LIST *Nbl)
{
    return *ChaosRide(Nbl) >> CHAOS_RIDE_BITS;
}
NDIS_STATUS ChaosBricksCreate(CHAOS *Chaos);
void ChaosBricksDestroy(CHAOS *Chaos);
void ChaosDress(CHAOS *Chaos, NET_BUFFER_LIST *Nbl, ULONG64 Number, NDIS_STATUS Fate);
// The final status goes out of the way of the junk, until ChaosUndress puts it back.
void ChaosPutStatusAway(CHAOS *Chaos, NET_BUFFER_LIST *Nbl);
void ChaosUndress(CHAOS *Chaos, NET_BUFFER_LIST *Nbl);

// ---- chaos_send.c

MINIPORT_SEND_NET_BUFFER_LISTS ChaosSend;
MINIPORT_CANCEL_SEND ChaosCancelSend;
// From the ordinary miniport, which has done with these NBLs.
void ChaosFinished(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags);

// ---- chaos_hold.c

void ChaosLanesCreate(CHAOS *Chaos);
void ChaosLanesDestroy(CHAOS *Chaos);
// FALSE: nothing is held any more; the NBL is still the caller's.
BOOLEAN ChaosHold(CHAOS *Chaos, NET_BUFFER_LIST *Nbl, CHAOS_LANE_NUMBER Lane, LONG64 Delay);
void ChaosRunDueLanes(CHAOS *Chaos); // the thread's
void ChaosFlush(CHAOS *Chaos);       // PASSIVE_LEVEL; the lanes stay closed until ChaosReopen
void ChaosReopen(CHAOS *Chaos);
// Completes a list that is the caller's.
void ChaosDeliver(CHAOS *Chaos, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags);

// ---- chaos_receive.c

// TRUE: this time indicate with NDIS_RECEIVE_FLAGS_RESOURCES. For the receiver.
BOOLEAN ChaosLends(ADAPTER *Adapter);
// NdisMIndicateReceiveNetBufferLists, in pieces and at one IRQL or the other.
void ChaosIndicate(ADAPTER *Adapter, NET_BUFFER_LIST *Nbls, ULONG Count, ULONG ReceiveFlags);
