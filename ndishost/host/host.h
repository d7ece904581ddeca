// SPDX-License-Identifier: MIT
#pragma once

// What the files behind ndishost.h share. They are neither driver nor system, but the machine
// around them: the one who switches it on, plugs in cards, installs drivers and starts programs.

#include "../ndishost.h"

#include "../nt/sim.h"

BOOLEAN HostIsRunning(void);

// What random decisions depend on, from start to stop: ndishost_options.seed.
uint64_t HostSeed(void);

// The driver object of one that is loaded.
PDRIVER_OBJECT HostDriverObject(const struct ndishost_driver *Driver);

// NICs of a driver that the program has loaded.
BOOLEAN HostDriverHasNics(PDRIVER_OBJECT Driver);
void HostDriverRemoveNics(PDRIVER_OBJECT Driver);

// Who hears of a bug check when the program's options name nobody. NULL: stderr.
void (*HostBugCheckHandler(void))(uint32_t Code, const char *Report);

// What ndishost_stop takes away, in this order.
void HostProcessesExit(void);
void HostDriversUnload(void);
void HostNicsShutdown(void); // MiniportShutdownEx
void HostNicsStop(void);

// The driver of the NICs comes with the machine.
NTSTATUS HostNicsStart(void);
void HostChaosStart(void);
