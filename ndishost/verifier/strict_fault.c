// SPDX-License-Identifier: MIT

// Whose memory a fault is at: parked, of a freed NBL, or a mapping that is gone. See strict.h. Runs
// on the signal stack of the thread that faulted; what it does not know the kernel reports.

#include "strict.h"

#include "../nt/bugcheck.h"
#include "../nt/mapping.h"
#include "../nt/special_pool.h"
#include "finding.h"
#include "violation.h"

static const char *Touch(BOOLEAN Write)
{
    return Write ? "writes to" : "reads";
}

// The one that touches got the NBL from its last completion, and somebody else has sent it since.
static BOOLEAN IsFormerOwner(const NBL_SHADOW *Shadow)
{
    const HISTORY *History = &Shadow->History;
    int Self = SimCurrentThread()->Id;
    EVENT Sent, Completed;
    return HistoryLast(History, Shadow->Events, NBL_EVENTS, EventSent, &Sent) &&
           HistoryLast(History, Shadow->Events, NBL_EVENTS, EventCompleted, &Completed) &&
           Completed.Thread == Self && Sent.Thread != Self;
}

static __attribute__((noreturn)) void ReportParked(NET_BUFFER_LIST *Nbl, const void *Address,
                                                   BOOLEAN Write)
{
    const SIM_GUARDED *Slot = SimGuardedFind(Address);
    const NBL_SHADOW *Shadow = NblShadowFind(Nbl);
    BOOLEAN Former = Shadow != NULL && IsFormerOwner(Shadow);
    const char *What = Slot->Kind == SimGuardedMdl ? "an MDL of it"
                       : Slot->Owner == Nbl        ? "the NBL itself, or what was allocated with it"
                       : NbShadowFind(Slot->Owner) != NULL ? "a NET_BUFFER of it"
                                                           : "its frame";
    FINDING Finding = {.Rule = Former ? "REU-18" : "PV-02", .Nbl = Shadow, .Object = Nbl};
    FindingReport(&Finding,
                  "the driver %s address %p, %zu bytes into %p (%zu bytes), which is %s%s",
                  Touch(Write), Address, (size_t)((const char *)Address - Slot->Address),
                  (void *)Slot->Address, (size_t)Slot->Bytes, What,
                  Former ? "; this thread had it from the completion before, and another has sent "
                           "it since"
                         : "");
}

static void DescribeSlot(REPORT *Report, const void *Object)
{
    const SIM_GUARDED *Slot = SimGuardedFind(Object);
    if (Slot->Kind == SimGuardedMapping) {
        SimMappingDescribe(Report, Slot, Object);
    } else {
        SimSpecialDescribe(Report, Slot, Object);
    }
}

static void ReportFreed(const SIM_GUARDED *Slot, const void *Address, BOOLEAN Write)
{
    const NBL_SHADOW *Nbl = NblShadowFind(Slot->Owner);
    if (Slot->Owner == NULL || (Nbl == NULL && NbShadowFind(Slot->Owner) == NULL)) {
        return;
    }
    if (Nbl == NULL) {
        SimViolation("PV-03", DescribeSlot, Address,
                     "the driver %s address %p in NET_BUFFER %p, which was freed", Touch(Write),
                     Address, Slot->Owner);
    }
    FINDING Finding = {.Rule = "PV-03", .Nbl = Nbl};
    FindingReport(&Finding,
                  "the driver %s address %p, %td bytes from the start of the NBL, which was freed",
                  Touch(Write), Address, (const char *)Address - (const char *)Slot->Owner);
}

static void ReportMapping(const SIM_GUARDED *Slot, const void *Address, BOOLEAN Write)
{
    SimViolation("PV-21", DescribeSlot, Address,
                 "the driver %s address %p in a mapping of MDL %p that went away with "
                 "MmUnlockPages, MmUnmapLockedPages or MmPrepareMdlForReuse (MDL-12, MDL-22)",
                 Touch(Write), Address, Slot->Owner);
}

void StrictFault(const void *Address, BOOLEAN Write)
{
    SIM_GUARDED *Slot = SimGuardedFind(Address);
    if (!StrictOn || Slot == NULL) {
        return;
    }
    NET_BUFFER_LIST *Nbl = StrictParkedAt(Address);
    if (Nbl != NULL) {
        ReportParked(Nbl, Address, Write);
    }
    if (atomic_load_explicit(&Slot->Live, memory_order_acquire)) {
        return; // behind the end
    }
    if (Slot->Kind == SimGuardedMapping) {
        ReportMapping(Slot, Address, Write);
    } else if (Slot->Kind == SimGuardedPool) {
        ReportFreed(Slot, Address, Write);
    }
}
