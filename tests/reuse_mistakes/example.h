// SPDX-License-Identifier: MIT
#pragma once

// The protocol driver that every mistake is made in: it binds to one adapter, has a pool of NBLs
// and does everything else right. A mistake calls what it needs of it and spells out only what it
// is about. Everything runs in a child process of the test, once.

#include <ntddk.h>
#include <ndis.h>

#include "../../ndishost/ndishost.h"
#include "../driver/test_wire.h"

#define EXAMPLE_TAG 0x706D6145u // "Eamp" in memory order
#define EXAMPLE_FRAME_BYTES 60u

typedef struct MISTAKE MISTAKE;

typedef struct EXAMPLE {
    const MISTAKE *Mistake;
    BOOLEAN Correct; // FALSE: makes the mistake; TRUE: does it right

    DRIVER_OBJECT *DriverObject;
    NDIS_HANDLE Protocol; // of NdisRegisterProtocolDriver
    NDIS_HANDLE Pool;     // NBLs with one NET_BUFFER and no data
    NDIS_HANDLE Binding;  // valid while Bound
    BOOLEAN Bound;
    BOOLEAN Running;
    KEVENT Closed;

    KSPIN_LOCK Lock;             // guards the next four
    ULONG Sent;                  // NBLs, over all time
    ULONG Completed;             // of them, came back
    ULONG Failed;                // of them, with another status than success
    NET_BUFFER_LIST *Completion; // of the last call of SendComplete, as it came
    KEVENT Idle;                 // set while Completed = Sent

    BOOLEAN KeepsCancelId; // SendComplete leaves it in the NBLs

    struct ndishost_nic *Nic; // the only one, for ndishost_pause_nic and others
    struct test_wire Wire;    // behind it, unless the mistake asks for another NIC
    PVOID Own[4];             // the mistake's
} EXAMPLE;

extern EXAMPLE Example;
extern EXAMPLE ExampleOther; // a second binding, for mistakes that add a NIC
DRIVER_INITIALIZE ExampleEntry;

// The handlers, for mistakes that replace one and still want what it does.
PROTOCOL_BIND_ADAPTER_EX ExampleBind;
PROTOCOL_UNBIND_ADAPTER_EX ExampleUnbind;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX ExampleOpenComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX ExampleCloseComplete;
PROTOCOL_NET_PNP_EVENT ExamplePnpEvent;
PROTOCOL_OID_REQUEST_COMPLETE ExampleOidComplete;
PROTOCOL_STATUS_EX ExampleStatus;
PROTOCOL_RECEIVE_NET_BUFFER_LISTS ExampleReceive; // returns everything at once
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE ExampleSendComplete;
DRIVER_UNLOAD ExampleUnload;

// ---- for the mistakes

// A frame with an Ethernet header in memory of its own, and the MDL over it.
MDL *ExampleAllocateFrame(ULONG LengthBytes);
void ExampleWriteFrame(MDL *Mdl); // all of it, for each send: lower drivers may have changed it
void ExampleFreeFrame(MDL *Mdl);

// From the pool, over `Mdl`, ready to be sent.
NET_BUFFER_LIST *ExampleAllocateNbl(EXAMPLE *E, MDL *Mdl, ULONG LengthBytes);

// What has to be written before each further send (contract NBL-92), in three parts: where the
// frame is, the out-of-band slots, and what belongs to this send.
void ExampleSetData(NET_BUFFER_LIST *Nbl, MDL *Mdl, ULONG LengthBytes);
void ExampleSetOutOfBand(NET_BUFFER_LIST *Nbl);
void ExampleSetSend(EXAMPLE *E, NET_BUFFER_LIST *Nbl);
void ExampleSetRest(EXAMPLE *E, NET_BUFFER_LIST *Nbl); // the latter two

// `Count`: how many NBLs the driver means to send; the list is not looked at.
void ExampleSendList(EXAMPLE *E, NET_BUFFER_LIST *Nbls, ULONG Count, ULONG SendFlags);
void ExampleSend(EXAMPLE *E, NET_BUFFER_LIST *Nbl);
// Until everything that was sent has come back.
void ExampleWait(EXAMPLE *E);
void ExampleSendAndWait(EXAMPLE *E, NET_BUFFER_LIST *Nbl);

// The adapter keeps what it is given, until the release.
void ExampleHold(EXAMPLE *E);
void ExampleRelease(EXAMPLE *E);

// Ends the child: the driver did not get as far as it should.
__attribute__((noreturn, format(printf, 1, 2))) void ExampleFail(const char *Format, ...);
