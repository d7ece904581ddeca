// SPDX-License-Identifier: MIT
#pragma once

// What the tests of chaos NICs share: a system with the test protocol, and a witness of every
// completion.

#include <ntddk.h>
#include <ndis.h>

#include "../../ndishost/ndishost.h"

#define WITNESS_MAX 4096 // NBLs of one test

int ChaosStart(void **State);
int ChaosStop(void **State); // nothing may be left over
#define CHAOS_TEST(Function) cmocka_unit_test_setup_teardown(Function, ChaosStart, ChaosStop)

// Adds the NIC and waits until the protocol runs on it.
void ChaosAddNic(const char *Spec);
void ChaosRemoveNic(void);
extern struct ndishost_nic *ChaosNic; // NULL when there is none

// Sends one NBL; its index is the number of NBLs that were sent before. Waits while the stack is
// paused or reset. Every field that the contract protects is remembered, and compared when the NBL
// completes.
void WitnessSend(NET_BUFFER_LIST *Nbl);
void WitnessWait(void);    // until all are home
void WitnessFreeAll(void); // all are home

struct witness_record {
    NET_BUFFER_LIST *Nbl;
    NDIS_STATUS Status;
    unsigned Completions;
    unsigned List;   // which completion call
    unsigned InList; // which place in it
};
extern struct witness_record Witness[WITNESS_MAX];

struct witness_counts {
    unsigned Sent, Lists;
    unsigned InCall, OtherThread;           // lists
    unsigned AtPassive, AtDispatch, Marked; // lists; Marked: with the flag
    unsigned Singles, Merged, Descending;   // lists; Merged, Descending: of several sends
    // NBLs whose field is not what it was.
    unsigned Scratch, MiniportReserved, NbMiniportReserved, Flags, LargeSend;
    unsigned Relinked; // NBLs that came back with a neighbour behind them
    unsigned Damaged;  // NBLs with a field changed that may not be
};
extern struct witness_counts WitnessCounts;
