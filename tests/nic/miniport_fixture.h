// SPDX-License-Identifier: MIT
#pragma once

// What the tests of the miniport share: a running system with the test protocol bound to one NIC
// whose wire is the test's (test_wire.h).

#include <ntddk.h>
#include <ndis.h>

#include "../../ndishost/ndishost.h"

extern struct ndishost_nic *FixtureNic; // NULL when the test has removed it

int FixtureStart(void **State); // MTU 1500
// No verifier: the protocol sends what it must not, to see that the miniport bears it.
int FixtureStartUnverified(void **State);
int FixtureStartJumbo(void **State); // unverified, MTU 9000
int FixtureStop(void **State);       // nothing may be left over
void FixtureRemoveNic(void);

#define NIC_TEST(Function) cmocka_unit_test_setup_teardown(Function, FixtureStart, FixtureStop)
#define NIC_TEST_UNVERIFIED(Function)                                                              \
    cmocka_unit_test_setup_teardown(Function, FixtureStartUnverified, FixtureStop)

// Parameters of ProtocolMake. The status of the NBL.
NDIS_STATUS FixtureSendAndWait(unsigned Count, unsigned Length, unsigned Seed, unsigned Piece);
// What is on the wire at that place.
void FixtureExpectSent(unsigned Index, unsigned Length, unsigned Seed);
// NBLs of one frame each, 60 to 159 bytes, with seeds from `Seed` on.
NET_BUFFER_LIST *FixtureMakeChain(unsigned Count, unsigned Seed, void *CancelId);
void *FixtureCancelId(unsigned Number);
void FixtureFreeCompleted(unsigned From, unsigned To);

void FixtureSetFilter(ULONG Filter);
// A frame arrives.
void FixtureArrive(const char *Address, unsigned Length, unsigned Seed);
#define TO_ME "\x02\x00\x00\x00\x00\x01"
#define TO_OTHER "\x02\x00\x00\x00\x00\x02"
#define TO_GROUP "\x01\x00\x5E\x00\x00\x01"
#define TO_GROUP2 "\x01\x00\x5E\x00\x00\x02"
#define TO_ALL "\xFF\xFF\xFF\xFF\xFF\xFF"
