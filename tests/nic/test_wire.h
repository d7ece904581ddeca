// SPDX-License-Identifier: MIT
#pragma once

// A wire that a test plays itself: how much room it has, what becomes of each frame, what arrives,
// and what happens to the device. There is one at a time.

#include "../../ndishost/nic/wire.h"

extern const struct wire_ops TestWire;

// For the next open: MTU and threaded.
void TestWireReset(unsigned Mtu);

void TestWireSetRoom(unsigned Frames);                   // free places; ~0u: never full
void TestWireSetResult(int Error);                       // of every frame from now on
void TestWireReceive(const void *Data, unsigned Length); // a frame arrives
void TestWireWaitTaken(void); // returns when the miniport is done with all that arrived
// While held, the miniport stands in `receive` when no frame is left, instead of learning that.
void TestWireHoldReceiver(int Hold);
void TestWireWaitHeld(void); // returns when it stands there
void TestWireSetLink(int Up);
void TestWireDisappear(void);
void TestWireRefuseFilter(int Error); // for set_filter; 0: it accepts

// What has been put on the wire.
unsigned TestWireSent(void);
unsigned TestWireLength(unsigned Index);
const unsigned char *TestWireData(unsigned Index); // valid until the next reset
struct wire_filter TestWireFilter(void);
unsigned TestWireLargestBatch(void);
