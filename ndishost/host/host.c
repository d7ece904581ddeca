// SPDX-License-Identifier: MIT

// Start and stop of the simulated system, counters, and waiting for it to come to rest.

#include "host.h"

#include "../ndis/control.h"
#include "../nt/device.h"
#include "../nt/format.h"
#include "../pe/image.h"
#include "../verifier/verifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Atomic int HostState; // 0: off, 1: starting or stopping, 2: running
static uint64_t HostSeedValue;

#define HOST_PROCESSORS_DEFAULT 4
#define HOST_STOP_IDLE_MS 60000 // bounds a hang, measures nothing

BOOLEAN HostIsRunning(void)
{
    return atomic_load(&HostState) == 2;
}

DECLSPEC_NORETURN void NTAPI SimNdisFail(ULONG Kind, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4,
                                         const char *Format, ...)
{
    char Sentence[512];
    SIM_VA_LIST Arguments;
    SIM_VA_START(Arguments, Format);
    SimFormat(Sentence, sizeof(Sentence), SimFormatNarrow, Format, Arguments);
    SIM_VA_END(Arguments);
    SimBugCheck(BUGCODE_NDIS_DRIVER, Kind, P2, P3, P4, "%s", Sentence);
}

void NTAPI SimNdisBusy(BOOLEAN Begins)
{
    if (Begins) {
        SimBusyEnter();
    } else {
        SimBusyLeave();
    }
}

// FALSE: the environment has a word that means nothing.
static BOOLEAN HostVerifierLevel(enum ndishost_verify Option, SIM_VERIFIER_LEVEL *Level)
{
    static const char *const Words[] = {"off", "on", "strict"};
    const char *Word = getenv("NDISHOST_VERIFY");

    if (Option != NDISHOST_VERIFY_DEFAULT || Word == NULL) {
        *Level = Option <= NDISHOST_VERIFY_OFF  ? SimVerifierOff
                 : Option == NDISHOST_VERIFY_ON ? SimVerifierOn
                                                : SimVerifierStrict;
        return TRUE;
    }
    for (int i = 0; i < 3; i++) {
        if (strcmp(Word, Words[i]) == 0) {
            *Level = (SIM_VERIFIER_LEVEL)i;
            return TRUE;
        }
    }
    fprintf(stderr, "ndishost: NDISHOST_VERIFY=%s: it is off, on or strict\n", Word);
    return FALSE;
}

uint64_t HostSeed(void)
{
    return HostSeedValue;
}

static uint64_t HostChooseSeed(uint64_t Option)
{
    const char *Word = getenv("NDISHOST_SEED");
    struct timespec Now;

    if (Option != 0) {
        return Option;
    }
    if (Word != NULL) {
        return strtoull(Word, NULL, 0);
    }
    clock_gettime(CLOCK_REALTIME, &Now);
    return (uint64_t)Now.tv_sec * 1000000007u + (uint64_t)Now.tv_nsec;
}

ndishost_status ndishost_start(const struct ndishost_options *options)
{
    static const struct ndishost_options Defaults;
    SIM_VERIFIER_LEVEL Level;
    unsigned Processors;
    int Off = 0;
    NTSTATUS Status;

    if (options == NULL) {
        options = &Defaults;
    }
    Processors = options->processors == 0 ? HOST_PROCESSORS_DEFAULT : options->processors;
    if (Processors > SIM_PROCESSORS_MAX || !HostVerifierLevel(options->verify, &Level)) {
        return (ndishost_status)STATUS_INVALID_PARAMETER;
    }
    if (!atomic_compare_exchange_strong(&HostState, &Off, 1)) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    HostSeedValue = HostChooseSeed(options->seed);
    SimBugCheckSetHandler(options->on_bug_check != NULL ? options->on_bug_check
                                                        : HostBugCheckHandler());
    SimDebugSetQuiet(options->quiet != 0);
    SimThreadStart(Processors);
    SimPoolStart();
    SimMdlStart();
    SimObjectStart();
    Status = SimRegistryStart(options->registry_file) ? STATUS_SUCCESS : STATUS_REGISTRY_CORRUPT;
    SimPnpStart();
    if (NT_SUCCESS(Status)) {
        Status = SimVerifierStart(Level, HostSeedValue);
    }
    if (NT_SUCCESS(Status)) {
        Status = SimNdisStart();
    }
    if (NT_SUCCESS(Status)) {
        Status = HostNicsStart();
    }
    atomic_store(&HostState, 2);
    if (!NT_SUCCESS(Status)) {
        ndishost_stop();
    }
    return (ndishost_status)Status;
}

unsigned ndishost_stop(void)
{
    int Running = 2;
    unsigned Left;

    if (!HostIsRunning()) {
        return 0;
    }
    HostProcessesExit();
    // A file whose last request ended at DISPATCH_LEVEL is closed by a worker thread.
    (void)SimWaitIdle(HOST_STOP_IDLE_MS);
    HostDriversUnload();
    HostNicsStop();
    if (!atomic_compare_exchange_strong(&HostState, &Running, 1)) {
        return 0; // another thread was faster
    }
    Left = SimNdisStop();
    Left += SimVerifierStop();
    Left += SimPnpStop();
    Left += SimRegistryStop();
    Left += SimObjectStop();
    Left += SimMdlStop();
    Left += SimPoolStop();
    Left += SimThreadStop();
    PeStop();
    SimDebugSetQuiet(FALSE);
    SimBugCheckSetHandler(NULL);
    SimBugCheckClearRemarks();
    atomic_store(&HostState, 0);
    return Left;
}

void ndishost_shutdown(void)
{
    if (HostIsRunning()) {
        SimShutdownSend();
        HostNicsShutdown();
    }
}

ndishost_status ndishost_wait_idle(unsigned timeout_ms)
{
    return (ndishost_status)(SimWaitIdle(timeout_ms) ? STATUS_SUCCESS : STATUS_TIMEOUT);
}

void ndishost_get_counters(struct ndishost_counters *counters)
{
    counters->irps = SimCounterSum(SimCountIrp);
    counters->irp_allocations = SimCounterSum(SimCountIrpAllocation);
    counters->nbl_allocations = SimCounterSum(SimCountNblAllocation);
    counters->nb_allocations = SimCounterSum(SimCountNbAllocation);
    counters->mdl_allocations = SimCounterSum(SimCountMdlAllocation);
    counters->pool_allocations = SimCounterSum(SimCountPoolAllocation);
    counters->page_locks = SimCounterSum(SimCountPageLock);
    counters->pages_locked = SimCounterSum(SimCountPagesLocked);
    counters->sends = SimCounterSum(SimCountSend);
    counters->nbls_sent = SimCounterSum(SimCountNblSent);
}
