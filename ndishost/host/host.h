// SPDX-License-Identifier: MIT
#pragma once

// What the files behind ndishost.h share. They are neither driver nor system, but the machine
// around them: the one who switches it on, plugs in cards, installs drivers and starts programs.

#include "../ndishost.h"

#include "../nt/sim.h"

BOOLEAN HostIsRunning(void);

// What random decisions depend on, from start to stop: ndishost_options.seed.
uint64_t HostSeed(void);

// What ndishost_stop takes away, in this order.
void HostProcessesExit(void);
void HostDriversUnload(void);
void HostNicsStop(void);

// The driver of the NICs comes with the machine.
NTSTATUS HostNicsStart(void);
void HostChaosStart(void);
