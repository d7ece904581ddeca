// SPDX-License-Identifier: MIT

// What chaos NICs need from the machine around them: their seeds, pauses of the stack, and counts.

#include "host_nic.h"

#include "../nic/chaos_spec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static volatile int64_t HostChaosCounts[CHAOS_COUNTS]; // of all chaos NICs since the start
static _Atomic unsigned HostChaosNics;                 // that were given a seed since then

_Static_assert(sizeof(struct ndishost_chaos_counts) == sizeof(HostChaosCounts),
               "ndishost_chaos_counts and enum chaos_count differ");

void HostChaosStart(void)
{
    memset((void *)HostChaosCounts, 0, sizeof(HostChaosCounts));
    atomic_store(&HostChaosNics, 0);
}

void ndishost_get_chaos_counts(struct ndishost_chaos_counts *counts)
{
    uint64_t Now[CHAOS_COUNTS];

    for (unsigned I = 0; I < CHAOS_COUNTS; I++) {
        Now[I] = (uint64_t)__atomic_load_n(&HostChaosCounts[I], __ATOMIC_RELAXED);
    }
    memcpy(counts, Now, sizeof(Now));
}

// The first NIC without a seed of its own has the system's, the next ones the numbers after it.
BOOLEAN HostChaosRead(const char *Text, struct chaos_settings *Settings, const char **Inner,
                      char *Message, size_t MessageSize)
{
    Settings->seed = HostSeed() + atomic_fetch_add(&HostChaosNics, 1);
    *Inner = ChaosSpecRead(Text, Settings, Message, MessageSize);
    return *Inner != NULL;
}

static void ChaosAnnounce(const char *Kind, uint64_t Seed)
{
    char Remark[160];

    snprintf(Remark, sizeof(Remark),
             "NIC chaos+%s: seed %" PRIu64 " (to repeat it: chaos:seed=%" PRIu64 "+...)", Kind,
             Seed, Seed);
    fprintf(stderr, "ndishost: %s\n", Remark);
    SimBugCheckAddRemark(Remark);
}

// ---- pauses

static WORKER_THREAD_ROUTINE ChaosPauseWork;
static void NTAPI ChaosPauseWork(PVOID Context)
{
    struct ndishost_nic *Nic = Context;

    KeWaitForSingleObject(&Nic->Attached, Executive, KernelMode, FALSE, NULL);
    NicPauseFor(Nic, NIC_PAUSED_BY_CHAOS);
    NicRestartFor(Nic, NIC_PAUSED_BY_CHAOS);
    atomic_store(&Nic->PauseAsked, 0);
    ExReleaseRundownProtection(&Nic->PauseGate);
}

// From the miniport's send path.
static void ChaosAskPause(struct wire_slot *Slot)
{
    struct ndishost_nic *Nic = CONTAINING_RECORD(Slot, struct ndishost_nic, Slot);

    if (!ExAcquireRundownProtection(&Nic->PauseGate)) {
        return;
    }
    if (atomic_exchange(&Nic->PauseAsked, 1) == 0) {
        ExInitializeWorkItem(&Nic->PauseWork, ChaosPauseWork, Nic);
        ExQueueWorkItem(&Nic->PauseWork, DelayedWorkQueue);
    } else {
        ExReleaseRundownProtection(&Nic->PauseGate);
    }
}

void HostChaosAttach(struct ndishost_nic *Nic, const struct chaos_settings *Settings)
{
    Nic->Chaos.settings = *Settings;
    Nic->Chaos.counts = HostChaosCounts;
    Nic->Chaos.pause = ChaosAskPause;
    Nic->Slot.chaos = &Nic->Chaos;
    ExInitializeRundownProtection(&Nic->PauseGate);
    ChaosAnnounce(Nic->Slot.ops->kind, Settings->seed);
}

void HostChaosDetach(struct ndishost_nic *Nic)
{
    if (Nic->Slot.chaos != NULL) {
        ExWaitForRundownProtectionRelease(&Nic->PauseGate);
    }
}
