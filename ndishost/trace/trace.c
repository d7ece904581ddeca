// SPDX-License-Identifier: MIT

// Single steps: with the trap flag set the processor raises SIGTRAP after each instruction, and the
// handler looks at the next one. The flag is set and cleared in the interrupted context, and Linux
// clears it for handlers, so that neither this one nor that of the system's faults is counted.

#define _GNU_SOURCE

#include "trace.h"

#include "../nt/sanitizer.h"
#include "../nt/sim.h"
#include "../pe/map.h"
#include "decode.h"
#include "fields.h"
#include "parts.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TRAP_FLAG 0x100

// What compiled code calls.
#ifdef SIM_ASAN
#define LINUX_NAME(Name) __asan_##Name
extern char __asan_memcpy[], __asan_memmove[], __asan_memset[];
#else
#define LINUX_NAME(Name) Name
#endif
#define STEPS_OF_THUNK 3u // how long the way from a call to a function of a library can be
#define WRITES_MAX 65536u
#define STRUCTURES_MAX 1024u

enum ENTRY {
    ENTRY_SPIN_LOCK,
    ENTRY_INTERLOCKED,
    ENTRY_COPY, // of Windows' calling convention
    ENTRY_FILL,
    ENTRY_COPY_LINUX,
    ENTRY_FILL_LINUX,
    ENTRY_SEND,
    ENTRY_ALLOCATION,
};

// Functions whose calls are counted.
static const struct {
    const char *Name;
    enum ENTRY Entry;
} EntryNames[] = {
    {"KeAcquireSpinLockRaiseToDpc", ENTRY_SPIN_LOCK},
    {"KeAcquireSpinLockAtDpcLevel", ENTRY_SPIN_LOCK},
    {"KeAcquireSpinLockForDpc", ENTRY_SPIN_LOCK},
    {"KeTryToAcquireSpinLockAtDpcLevel", ENTRY_SPIN_LOCK},
    {"KeAcquireInStackQueuedSpinLock", ENTRY_SPIN_LOCK},
    {"KeAcquireInStackQueuedSpinLockAtDpcLevel", ENTRY_SPIN_LOCK},
    {"KeAcquireInStackQueuedSpinLockForDpc", ENTRY_SPIN_LOCK},
    {"ExAcquireSpinLockShared", ENTRY_SPIN_LOCK},
    {"ExAcquireSpinLockExclusive", ENTRY_SPIN_LOCK},
    {"ExAcquireSpinLockSharedAtDpcLevel", ENTRY_SPIN_LOCK},
    {"ExAcquireSpinLockExclusiveAtDpcLevel", ENTRY_SPIN_LOCK},
    {"ExAcquireRundownProtection", ENTRY_INTERLOCKED},
    {"ExAcquireRundownProtectionCacheAware", ENTRY_INTERLOCKED},
    {"ExAcquireRundownProtectionCacheAwareEx", ENTRY_INTERLOCKED},
    {"ExAcquireRundownProtectionEx", ENTRY_INTERLOCKED},
    {"ExReleaseRundownProtection", ENTRY_INTERLOCKED},
    {"ExReleaseRundownProtectionCacheAware", ENTRY_INTERLOCKED},
    {"ExReleaseRundownProtectionCacheAwareEx", ENTRY_INTERLOCKED},
    {"ExReleaseRundownProtectionEx", ENTRY_INTERLOCKED},
    {"ExpInterlockedPushEntrySList", ENTRY_INTERLOCKED},
    {"ExpInterlockedPopEntrySList", ENTRY_INTERLOCKED},
    {"ExpInterlockedFlushSList", ENTRY_INTERLOCKED},
    {"memcpy", ENTRY_COPY},
    {"memmove", ENTRY_COPY},
    {"memset", ENTRY_FILL},
    {"NdisSendNetBufferLists", ENTRY_SEND},
    {"NdisAllocateNetBufferList", ENTRY_ALLOCATION},
    {"NdisAllocateNetBufferAndNetBufferList", ENTRY_ALLOCATION},
    {"NdisFreeNetBufferList", ENTRY_ALLOCATION},
};
enum { ENTRIES_OF_LINUX = 3, ENTRIES = RTL_NUMBER_OF(EntryNames) + ENTRIES_OF_LINUX };

typedef struct WRITE {
    uintptr_t Address;
    size_t Bytes;
    bool IsOfAllocation; // else of the driver
} WRITE;

typedef struct STRUCTURE {
    uintptr_t Address;
    size_t Bytes;
    int Kind; // FIELDS_OF_...
} STRUCTURE;

// Of the one trace under way: written by its thread, in the handler.
static struct {
    struct ndishost_trace Counts;
    uintptr_t Entries[ENTRIES];
    enum ENTRY EntryKinds[ENTRIES];
    uintptr_t AllocationReturns; // where the function that allocates or frees returns to, or 0
    enum ndishost_part Part;     // the last one that was not the program
    unsigned StepsSince;         // then
    WRITE *Writes;
    size_t WriteCount;
    STRUCTURE Structures[STRUCTURES_MAX];
    size_t StructureCount;
    bool HasUnknown, HasOverflow;
    volatile bool Stopping;
    volatile bool Stopped;
    struct sigaction Before;
} Trace;

// ---- what is at an instruction

static void AddWrite(enum ndishost_part Part, uintptr_t Address, size_t Bytes)
{
    bool IsOfAllocation = Part != NDISHOST_PART_DRIVER;
    if (Bytes == 0 || (IsOfAllocation && Trace.AllocationReturns == 0)) {
        return;
    }
    if (Trace.WriteCount == WRITES_MAX) {
        Trace.HasOverflow = true;
        return;
    }
    Trace.Writes[Trace.WriteCount++] = (WRITE){Address, Bytes, IsOfAllocation};
}

static void AddStructure(const void *Address, size_t Bytes, int Kind)
{
    for (size_t Index = 0; Index < Trace.StructureCount; Index++) {
        if (Trace.Structures[Index].Address == (uintptr_t)Address) {
            return;
        }
    }
    if (Trace.StructureCount == STRUCTURES_MAX) {
        Trace.HasOverflow = true;
        return;
    }
    Trace.Structures[Trace.StructureCount++] = (STRUCTURE){(uintptr_t)Address, Bytes, Kind};
}

static void AddLists(const NET_BUFFER_LIST *Nbl)
{
    for (; Nbl != NULL; Nbl = Nbl->Next) {
        AddStructure(Nbl, sizeof(*Nbl), FIELDS_OF_NBL);
        for (const NET_BUFFER *Nb = Nbl->FirstNetBuffer; Nb != NULL; Nb = Nb->Next) {
            AddStructure(Nb, sizeof(*Nb), FIELDS_OF_NB);
        }
    }
}

static void CountEntry(enum ENTRY Entry, const greg_t *Registers)
{
    uintptr_t Returns = *(const uintptr_t *)Registers[REG_RSP];
    // The last call of a function may be a jump, which leaves the return address of another one.
    enum ndishost_part Caller = Trace.StepsSince <= STEPS_OF_THUNK ? Trace.Part : PartOf(Returns);
    switch (Entry) {
    case ENTRY_SPIN_LOCK:
        Trace.Counts.spin_locks[Caller]++;
        break;
    case ENTRY_INTERLOCKED:
        Trace.Counts.interlocked[Caller] += Caller == NDISHOST_PART_DRIVER;
        break;
    case ENTRY_COPY:
        Trace.Counts.bytes_copied[Caller] += (uint64_t)Registers[REG_R8];
        AddWrite(Caller, (uintptr_t)Registers[REG_RCX], (size_t)Registers[REG_R8]);
        break;
    case ENTRY_FILL:
        AddWrite(Caller, (uintptr_t)Registers[REG_RCX], (size_t)Registers[REG_R8]);
        break;
    case ENTRY_COPY_LINUX:
        Trace.Counts.bytes_copied[Caller] += (uint64_t)Registers[REG_RDX];
        AddWrite(Caller, (uintptr_t)Registers[REG_RDI], (size_t)Registers[REG_RDX]);
        break;
    case ENTRY_FILL_LINUX:
        AddWrite(Caller, (uintptr_t)Registers[REG_RDI], (size_t)Registers[REG_RDX]);
        break;
    case ENTRY_SEND:
        AddLists((const NET_BUFFER_LIST *)Registers[REG_RDX]);
        break;
    case ENTRY_ALLOCATION:
        Trace.AllocationReturns = Returns;
        break;
    }
}

static void CountInstruction(const greg_t *Registers)
{
    uintptr_t Pc = (uintptr_t)Registers[REG_RIP];
    enum ndishost_part Part = PartOf(Pc);
    Trace.Counts.instructions[Part]++;
    if (Pc == Trace.AllocationReturns) {
        Trace.AllocationReturns = 0;
    }
    for (unsigned Index = 0; Index < ENTRIES; Index++) {
        if (Pc == Trace.Entries[Index]) {
            CountEntry(Trace.EntryKinds[Index], Registers);
            break;
        }
    }
    if (Part == NDISHOST_PART_PROGRAM) {
        Trace.StepsSince++;
        return;
    }
    Trace.Part = Part;
    Trace.StepsSince = 0;
    INSTRUCTION Instruction = DecodeInstruction((const uint8_t *)Pc, Registers);
    Trace.HasUnknown |= !Instruction.IsKnown;
    Trace.Counts.interlocked[Part] += Instruction.IsInterlocked;
    if (Instruction.IsCopy) {
        Trace.Counts.bytes_copied[Part] += Instruction.Bytes;
    }
    AddWrite(Part, Instruction.Address, Instruction.Bytes);
}

static void TrapHandler(int Signal, siginfo_t *Information, void *Context)
{
    greg_t *Registers = ((ucontext_t *)Context)->uc_mcontext.gregs;
    if (Information->si_code == SI_TKILL) {
        Registers[REG_EFL] |= TRAP_FLAG; // ndishost_trace_begin
    } else if (Information->si_code != TRAP_TRACE) {
        Trace.Before.sa_sigaction(Signal, Information, Context); // a driver's int 3
    } else if (Trace.Stopping) {
        Registers[REG_EFL] &= ~(greg_t)TRAP_FLAG;
        Trace.Stopped = true;
    } else {
        CountInstruction(Registers);
    }
}

// ---- begin and end

static int CompareNames(const void *Name, const void *Export)
{
    return strcmp(Name, ((const PE_EXPORT *)Export)->Name);
}

static void EntriesFind(void)
{
    static const struct {
        const void *Address;
        enum ENTRY Entry;
    } Linux[ENTRIES_OF_LINUX] = {{LINUX_NAME(memcpy), ENTRY_COPY_LINUX},
                                 {LINUX_NAME(memmove), ENTRY_COPY_LINUX},
                                 {LINUX_NAME(memset), ENTRY_FILL_LINUX}};
    unsigned Count = 0;
    for (; Count < RTL_NUMBER_OF(EntryNames); Count++) {
        const PE_EXPORT *Export = bsearch(EntryNames[Count].Name, PeExports, PeExportCount,
                                          sizeof(*PeExports), CompareNames);
        Trace.Entries[Count] = Export == NULL ? 0 : (uintptr_t)Export->Address;
        Trace.EntryKinds[Count] = EntryNames[Count].Entry;
    }
    for (unsigned Index = 0; Index < ENTRIES_OF_LINUX; Index++, Count++) {
        Trace.Entries[Count] = (uintptr_t)Linux[Index].Address;
        Trace.EntryKinds[Count] = Linux[Index].Entry;
    }
}

ndishost_status ndishost_trace_begin(void)
{
    struct sigaction Action = {.sa_sigaction = TrapHandler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
#ifdef SIM_TSAN
    return (ndishost_status)STATUS_NOT_SUPPORTED;
#endif
    if (!PartsOpen()) {
        return (ndishost_status)STATUS_NOT_SUPPORTED;
    }
    memset(&Trace, 0, sizeof(Trace));
    Trace.Writes = malloc(WRITES_MAX * sizeof(*Trace.Writes));
    if (Trace.Writes == NULL) {
        return (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    }
    EntriesFind();
    sigemptyset(&Action.sa_mask);
    sigaction(SIGTRAP, &Action, &Trace.Before);
    raise(SIGTRAP);
    return STATUS_SUCCESS;
}

static void FieldsCount(void)
{
    for (size_t Index = 0; Index < Trace.WriteCount; Index++) {
        const WRITE *Write = &Trace.Writes[Index];
        uint32_t *Writes = Write->IsOfAllocation ? Trace.Counts.field_writes_allocation
                                                 : Trace.Counts.field_writes;
        for (size_t Other = 0; Other < Trace.StructureCount; Other++) {
            const STRUCTURE *Structure = &Trace.Structures[Other];
            size_t From = max(Write->Address, Structure->Address);
            size_t To = min(Write->Address + Write->Bytes, Structure->Address + Structure->Bytes);
            if (From < To) {
                FieldsAdd(Structure->Kind, From - Structure->Address, To - From, Writes);
            }
        }
    }
}

ndishost_status ndishost_trace_end(struct ndishost_trace *trace)
{
    Trace.Stopping = true;
    bool Stepped = Trace.Stopped; // read after at least one more step
    sigaction(SIGTRAP, &Trace.Before, NULL);
    FieldsCount();
    free(Trace.Writes);
    Trace.Writes = NULL;
    *trace = Trace.Counts;
    if (!Stepped || Trace.HasUnknown) {
        return (ndishost_status)STATUS_NOT_SUPPORTED;
    }
    return Trace.HasOverflow ? (ndishost_status)STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
