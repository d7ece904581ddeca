// SPDX-License-Identifier: MIT
#pragma once

// The machinery behind the kernel API of ndishost: what files in nt/ share and drivers never see.
// Files in nt/ include the Windows headers and this; where they need libc or pthreads they include
// those too. ndis/ does not include this file, only current.h.

#include <bugcodes.h>
#include <ntddk.h>

#include <stdatomic.h>
#include <stdint.h>

#include "current.h"

#define SIM_PROCESSORS_MAX 64

typedef struct SIM_PROCESS SIM_PROCESS;
typedef struct SIM_TRAP SIM_TRAP;

// A spin lock that a thread holds, for the checks of spinlock.c and the bug-check report.
typedef struct SIM_HELD_LOCK {
    const volatile void *Lock;
    unsigned Kind; // spinlock.c
} SIM_HELD_LOCK;

#define SIM_HELD_LOCKS_MAX 32

// One per Linux thread that ever enters the system; reached through thread-local storage. Fields
// are the thread's own unless said otherwise.
struct SIM_THREAD {
    KIRQL Irql; // this and the next two as in SIM_CURRENT
    int Processor;
    uint64_t Counters[SimCounterCount]; // summed over all threads by thread.c
    SIM_PROCESS *Process;               // of the request under way; NULL: the system process
    struct SimSehFrame *SehTop;
    PKTHREAD Object;    // the KTHREAD of a system thread, or one made on demand
    unsigned LocksHeld; // spin locks, for the check at return to PASSIVE
    // wait.c, thread.c add their own part here, by files of nt/ only:
    _Atomic uint32_t WakeWord;
    void *WaitContext;
    struct SIM_THREAD *NextThread;          // all threads, guarded by the list lock in thread.c
    SIM_HELD_LOCK Held[SIM_HELD_LOCKS_MAX]; // of LocksHeld, those that there was room for
    unsigned HeldKnown;                     // entries of Held
    KAFFINITY Affinity;                     // processors it may take; 0: all
    int CriticalRegions;                    // and owned mutexes
    int GuardedRegions;
    LIST_ENTRY OwnedMutants; // KMUTANT.MutantListEntry, guarded by the dispatcher lock
    BOOLEAN InDpc;
    BOOLEAN Capturing; // the fault handler walks the stack
    BOOLEAN IsSystem;  // made by nt/, not by the host program
    int Id;            // of Linux
    void *SignalStack;
    ULONG_PTR StackLow, StackHigh; // bounds of its own stack; 0: not asked yet
    SIM_TRAP *Traps;               // of pe/: exceptions under way on this stack, innermost first
    struct SIM_PCR *Pcr;           // pcr.h: what GS points to; NULL: the thread has not asked yet
    BOOLEAN PcrIsReady;
    ULONG_PTR UnhandledPc; // no handler took the fault there: when it comes again it is reported
};

C_ASSERT(FIELD_OFFSET(SIM_THREAD, Irql) == FIELD_OFFSET(SIM_CURRENT, Irql));
C_ASSERT(FIELD_OFFSET(SIM_THREAD, Processor) == FIELD_OFFSET(SIM_CURRENT, Processor));
C_ASSERT(FIELD_OFFSET(SIM_THREAD, Counters) == FIELD_OFFSET(SIM_CURRENT, Counters));

// A thread that has not entered the system is at PASSIVE_LEVEL.
static inline KIRQL SimCurrentIrql(void)
{
    const SIM_THREAD *Thread = SimThreadSelf;
    return __builtin_expect(Thread != NULL, 1) ? Thread->Irql : PASSIVE_LEVEL;
}

// ---- checks

// Ends the process (or calls the host's handler) with a report: the documented name and number of
// the bug check, its four parameters, the sentence, and the call stack.
__attribute__((noreturn, format(printf, 6, 7))) void SimBugCheck(ULONG Code, ULONG_PTR P1,
                                                                 ULONG_PTR P2, ULONG_PTR P3,
                                                                 ULONG_PTR P4, const char *Format,
                                                                 ...);

// Who hears of a bug check instead of stderr: ndishost_options.on_bug_check. NULL: stderr.
void SimBugCheckSetHandler(void (*Handler)(uint32_t Code, const char *Report));

// A line for every report from now on: what is needed to make it happen again.
void SimBugCheckAddRemark(const char *Line);
void SimBugCheckClearRemarks(void);

// Set before the system starts and cleared after it stopped.
void SimDebugSetQuiet(BOOLEAN Quiet);

// What exported functions call on a path that is rarely taken: out of line, and with Windows'
// convention (write NTAPI too). With Linux's, every call of the exported function would save ten
// vector registers that the Windows convention keeps.
#define SIM_SLOW __attribute__((noinline, cold))

// Called before memory goes away (pool, device objects): a bug check with the documented code when
// a set timer, a queued DPC or work item, an object that a thread waits for, or a spin lock that
// the caller holds lies in it.
void SimCheckFreeing(const void *Base, size_t Length);

// First line of each exported function that has an IRQL limit. 0xC4 with the documented rule.
SIM_SLOW __attribute__((noreturn)) void NTAPI SimIrqlViolation(const char *Function, KIRQL Irql,
                                                               const char *Required);
#define SIM_REQUIRE_MAX_IRQL(Limit)                                                                \
    do {                                                                                           \
        KIRQL SimIrql_ = SimCurrentIrql();                                                         \
        if (__builtin_expect(SimIrql_ > (Limit), 0)) {                                             \
            SimIrqlViolation(__func__, SimIrql_, "<= " #Limit);                                    \
        }                                                                                          \
    } while (0)
#define SIM_REQUIRE_IRQL(Exact)                                                                    \
    do {                                                                                           \
        KIRQL SimIrql_ = SimCurrentIrql();                                                         \
        if (__builtin_expect(SimIrql_ != (Exact), 0)) {                                            \
            SimIrqlViolation(__func__, SimIrql_, "= " #Exact);                                     \
        }                                                                                          \
    } while (0)

uint64_t SimCounterSum(SIM_COUNTER Counter); // over all threads

// ---- an internal lock that is not part of the simulated system: usable at any IRQL, never held
// while calling a driver

typedef struct SIM_LOCK {
    _Atomic uint32_t Word; // 0 free, 1 held, 2 held and waited for (futex)
} SIM_LOCK;
void NTAPI SimLock(SIM_LOCK *Lock);
void NTAPI SimUnlock(SIM_LOCK *Lock);

// ---- processes

// Who is asking: the handle table, the requests under way, the pages locked.
SIM_PROCESS *SimSystemProcess(void);

// ---- start and stop, in this order from host.c and backwards

void SimThreadStart(unsigned Processors); // irql.c, thread.c, dpc.c, timer.c, workitem.c
unsigned SimThreadStop(void);             // returns what was left over
// Gives back the thread objects that were made on demand: called by SimObjectStop.
void SimThreadDropObjects(void);
void SimPoolStart(void);
unsigned SimPoolStop(void); // reports leaks by tag to stderr, returns how many
void SimMdlStart(void);
unsigned SimMdlStop(void);
void SimObjectStart(void); // objects, name space, devices, IRPs
unsigned SimObjectStop(void);
BOOLEAN SimRegistryStart(const char *File); // FALSE: stderr has the reason
unsigned SimRegistryStop(void);
void SimPnpStart(void);
unsigned SimPnpStop(void);

// FALSE while there is work queued or running: work items, DPCs, timers that are due, and what
// stands between SimBusyEnter and SimBusyLeave.
BOOLEAN SimIsIdle(void);
// Waits until it is. FALSE: not within the time.
BOOLEAN SimWaitIdle(unsigned TimeoutMs);
void SimBusyEnter(void);
void SimBusyLeave(void);
unsigned SimBusyStop(void); // what was entered and not left; it is reported to stderr

// ---- plug and play, used by host.c: what Windows' PnP manager does for a network adapter

// Makes a PDO with a software key that has `ValueName` = `Value` pairs (REG_SZ; Values holds name,
// value, name, value ...: ValueCount pairs, 2 * ValueCount strings), calls the driver's
// AddDevice and sends IRP_MN_START_DEVICE. The driver is the miniport's; NDIS is behind its
// dispatch table.
NTSTATUS SimPnpAddDevice(PDRIVER_OBJECT Driver, const char *const *Values, unsigned ValueCount,
                         PDEVICE_OBJECT *Pdo);
NTSTATUS SimPnpRemoveDevice(PDEVICE_OBJECT Pdo, BOOLEAN Surprise);
NTSTATUS SimPnpSetPower(PDEVICE_OBJECT Pdo, DEVICE_POWER_STATE State);
