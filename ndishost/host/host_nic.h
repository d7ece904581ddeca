// SPDX-License-Identifier: MIT
#pragma once

// A NIC, as the files share it that play the bus: host_nic.c (arrival, removal, what the program
// does to it) and host_chaos.c (what a chaos NIC asks for).

#include "host.h"

#include "../nic/chaos_settings.h"
#include "../nic/wires.h"

#define NIC_NAME_BYTES 256

// Who wants the stack above a NIC paused.
#define NIC_PAUSED_BY_PROGRAM 0x1u
#define NIC_PAUSED_BY_CHAOS 0x2u

struct ndishost_nic {
    struct wire_slot Slot; // empty for the device of a driver that the program has loaded
    unsigned Number;       // of the wire; 0: it has none
    PDRIVER_OBJECT Driver; // the miniport driver
    PDEVICE_OBJECT Pdo;
    char Name[NIC_NAME_BYTES];
    struct ndishost_nic *Next;

    // A device goes by its user's wish or by itself, perhaps at the same time.
    KEVENT RemovalLock;    // a mutex that leaves the IRQL alone
    _Atomic int IsRemoved; // changed under it
    KEVENT Attached;       // the start has come to its end, well or not
    _Atomic int Gone;      // GoneWork has been queued, once and for all
    WORK_QUEUE_ITEM GoneWork;
    KEVENT GoneWorkDone;

    KEVENT PauseLock;  // likewise a mutex
    unsigned PausedBy; // NIC_PAUSED_BY_..., changed under it

    // A chaos NIC's.
    struct chaos_port Chaos;
    _Atomic int PauseAsked;   // PauseWork is queued or running
    EX_RUNDOWN_REF PauseGate; // waits for it
    WORK_QUEUE_ITEM PauseWork;
};

// ---- host_nic.c

NTSTATUS NicPauseFor(struct ndishost_nic *Nic, unsigned Who);
// The stack restarts when nobody else wants it paused.
NTSTATUS NicRestartFor(struct ndishost_nic *Nic, unsigned Who);

// ---- host_chaos.c

// `Text` is what ChaosSpecFind returned. FALSE: `Message` has a sentence. `Inner` is the spec of
// the NIC to be made hostile.
BOOLEAN HostChaosRead(const char *Text, struct chaos_settings *Settings, const char **Inner,
                      char *Message, size_t MessageSize);
// Tells the seed, too: now on stderr and in the report of every bug check to come.
void HostChaosAttach(struct ndishost_nic *Nic, const struct chaos_settings *Settings);
void HostChaosDetach(struct ndishost_nic *Nic); // its miniport has been halted
