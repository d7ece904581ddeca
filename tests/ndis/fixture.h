// SPDX-License-Identifier: MIT
#pragma once

// A simulated system with up to two test NICs and two test protocols, whose every callback can be
// made to pend, to fail or to hold what it gets.

#include <ndis.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ndis/control.h"
#include "ndishost.h"

#define TEST_IDLE_MS 60000u // bounds a hang, measures nothing
#define TEST_BINDINGS 4
#define TEST_FRAME_BYTES 60
#define TEST_LOG_BYTES 128

// ---- the miniport

typedef enum NIC_SEND {
    NicCompleteInside, // in the send handler
    NicHold,           // until NicComplete...
    NicCompleteInDpc,
    NicCompleteInThread, // at PASSIVE_LEVEL
} NIC_SEND;

typedef struct TEST_NIC {
    NDIS_HANDLE Handle;
    PDEVICE_OBJECT Pdo;
    // What it does.
    NIC_SEND Send;
    BOOLEAN PendPause, PendRestart, PendOid, FailRestart, FailInitialize;
    NDIS_STATUS OidStatus;
    BOOLEAN Hung; // says so once, when it is asked
    UINT HangSeconds;
    // What happened, one letter per callback: I R P H r(eset), and h for halt by surprise removal,
    // x q for the device events, s for shutdown.
    char Log[TEST_LOG_BYTES];
    volatile LONG Sends;    // calls of the send handler
    volatile LONG Returned; // NBLs
    volatile LONG Oids;     // requests that came down
    ULONG PacketFilter, Lookahead, MulticastCount;
    PVOID Cancelled;
    BOOLEAN DeviceRemoved;
    NDIS_DEVICE_POWER_STATE Power;
    PNDIS_OID_REQUEST PendingOid;
    KEVENT OidCame;
    // What it holds.
    KSPIN_LOCK Lock; // guards Held
    NET_BUFFER_LIST *Held, **HeldTail;
    ULONG HeldCount;
    KEVENT HeldAny;
    KDPC Dpc;
    WORK_QUEUE_ITEM Work;
    NDIS_HANDLE Pool; // of receive NBLs
    ULONG Mtu;
} TEST_NIC;

extern TEST_NIC Nics[2];
extern BOOLEAN NicHasDirectOids; // before the system starts

void NicAdd(unsigned Number);
void NicRemove(unsigned Number, BOOLEAN Surprise);
void NicWaitHeld(TEST_NIC *Nic);
NET_BUFFER_LIST *NicTakeHeld(TEST_NIC *Nic); // the whole list, in order
void NicComplete(TEST_NIC *Nic, NET_BUFFER_LIST *Nbls, NDIS_STATUS Status, ULONG Flags);
void NicCompleteHeld(TEST_NIC *Nic);
// Indicates `Count` frames to `Destination`; with RESOURCES in Flags they are taken back at once.
void NicReceive(TEST_NIC *Nic, const UCHAR Destination[6], ULONG Count, ULONG Flags);
void NicReceiveEach(TEST_NIC *Nic, const UCHAR *const *Destinations, ULONG Count, ULONG Flags);
void NicStatus(TEST_NIC *Nic, NDIS_STATUS Code, PVOID Buffer, ULONG Length);
void NicFinishOid(TEST_NIC *Nic, NDIS_STATUS Status);
const UCHAR *NicAddress(const TEST_NIC *Nic);
NDIS_HANDLE NicControlDevice(PDEVICE_OBJECT *Device); // its extension counts opens

// ---- the protocol

typedef struct TEST_BINDING {
    struct TEST_PROTOCOL *Protocol;
    NDIS_HANDLE Handle;
    UINT MediumIndex;
    NDIS_OPEN_PARAMETERS Open;
    NDIS_MEDIUM Medium;
    NDIS_HANDLE BindContext, UnbindContext;
    KEVENT OpenDone, CloseDone;
    NDIS_STATUS OpenStatus;
    PNET_PNP_EVENT_NOTIFICATION PendedEvent;
    NDIS_BIND_PARAMETERS Parameters;
    WCHAR AdapterName[64];
    char Log[TEST_LOG_BYTES]; // B O(pen pended) R P U C(lose pended) S(tatus) D(power) Q X(cancel)
    volatile LONG SendCompletions; // calls
    volatile LONG SendsDone;       // NBLs
    volatile LONG SendsFailed;
    KEVENT SendDone;
    volatile LONG CompleteFlags;
    volatile LONG CompleteIrql;
    KEVENT PauseBegan;
    NET_BUFFER_LIST *LastCompleted[16]; // in order of completion
    volatile LONG ReceiveCalls, Received, ReceivedLoopback;
    ULONG ReceiveFlags;
    NET_BUFFER_LIST *Kept; // when Protocol->KeepReceives
    volatile LONG OidsDone;
    NDIS_STATUS OidStatus;
    KEVENT OidDone;
    NDIS_STATUS LastStatus;
    NDIS_HANDLE Pool;
    MDL *Mdl;
    UCHAR *Frame;
} TEST_BINDING;

typedef struct TEST_PROTOCOL {
    NDIS_HANDLE Handle;
    PCWSTR Name;
    BOOLEAN PendBind, PendUnbind, PendPause, RefuseBind, FailAfterOpen, FailRestart,
        FailQueryRemove, KeepReceives, LeaveFilter;
    ULONG PacketFilter; // set in bind, when not 0
    // Gets each NBL that has come back, instead of NdisFreeNetBufferList.
    void (*Completed)(TEST_BINDING *Binding, NET_BUFFER_LIST *Nbl);
    LONG PauseAfterSends; // with PendPause: so many NBLs must have come back before
    volatile LONG BindsComplete;
    void (*Pausing)(TEST_BINDING *Binding); // in the pause event, before it is answered; or NULL
    TEST_BINDING Bindings[TEST_BINDINGS];   // in order of bind; a slot is used again after unbind
} TEST_PROTOCOL;

extern TEST_PROTOCOL Protocols[2];

void ProtocolRegister(unsigned Number);
void ProtocolDeregister(unsigned Number);
NDIS_STATUS BindingOid(TEST_BINDING *Binding, NDIS_REQUEST_TYPE Type, NDIS_OID Oid, PVOID Buffer,
                       ULONG Length, NDIS_OID_REQUEST *Result);
NDIS_STATUS BindingSetFilter(TEST_BINDING *Binding, ULONG Filter);
NET_BUFFER_LIST *BindingNbl(TEST_BINDING *Binding, const UCHAR Destination[6]);
NET_BUFFER_LIST *BindingChain(TEST_BINDING *Binding, unsigned Count);
void BindingSend(TEST_BINDING *Binding, unsigned Count, ULONG Flags);
void BindingReturnKept(TEST_BINDING *Binding);
void BindingMakePool(TEST_BINDING *Binding);
void BindingFreePool(TEST_BINDING *Binding);

// ---- the system

int TestSetup(void **State);
int TestSetupUnverified(void **State);
int TestTeardown(void **State); // nothing is left, IRQL PASSIVE_LEVEL
void TestIdle(void);            // until everything that is on its way has ended
void LogAdd(char *Log, char Letter);
void EventWait(KEVENT *Event);
#define NDIS_TEST(Function) cmocka_unit_test_setup_teardown(Function, TestSetup, TestTeardown)
// The protocol breaks the contract, and what NDIS does then is the test.
#define NDIS_TEST_UNVERIFIED(Function)                                                             \
    cmocka_unit_test_setup_teardown(Function, TestSetupUnverified, TestTeardown)

// The level of the children: off, to see what NDIS finds by itself. A verifier would be faster.
extern enum ndishost_verify ExpectLevel;

// Runs `Body` in a child with a system of its own; it must end with bug check `Code`, and what it
// printed must contain `Sentence`.
void ExpectBugCheck(void (*Body)(void), uint32_t Code, const char *Sentence);
