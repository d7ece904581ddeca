// SPDX-License-Identifier: MIT

// The bug checks of special pool and of mappings that are gone. Called by exception.c, on the
// signal stack of the thread that faulted.

#include "fault.h"

#include <sys/mman.h>

#include "mapping.h"
#include "special_pool.h"

#define TEXT_BYTES 16384

BOOLEAN SimFaultIsGuarded(const void *Address)
{
    return SimGuardedFind(Address) != NULL;
}

static ULONG CodeOf(const SIM_GUARDED *Slot, BOOLEAN Raised)
{
    if (Slot->Kind == SimGuardedMapping) {
        return PAGE_FAULT_IN_NONPAGED_AREA;
    }
    if (!atomic_load_explicit(&Slot->Live, memory_order_acquire)) {
        return Raised ? DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL : PAGE_FAULT_IN_FREED_SPECIAL_POOL;
    }
    return Raised ? DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION
                  : PAGE_FAULT_BEYOND_END_OF_ALLOCATION;
}

void SimFaultReportGuarded(const SIM_BUG_CHECK *Plain, const void *Address, const char *What)
{
    const SIM_GUARDED *Slot = SimGuardedFind(Address);
    if (Slot == NULL) {
        return;
    }
    BOOLEAN Raised = Plain->Code == DRIVER_IRQL_NOT_LESS_OR_EQUAL;
    SIM_BUG_CHECK Check = *Plain;
    Check.Code = CodeOf(Slot, Raised);
    Check.Parameters[1] = Plain->Parameters[Raised ? 2 : 1];
    Check.Parameters[2] = Plain->Parameters[Raised ? 3 : 2];
    Check.Parameters[3] = 0;
    char *Text = mmap(NULL, TEXT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REPORT Report = {Text, TEXT_BYTES, 0};
    if (Text == MAP_FAILED) {
        SimBugCheckReport(&Check, "the code at %p %s address %p.", (void *)Check.Parameters[2],
                          What, Address);
    }
    if (Slot->Kind == SimGuardedMapping) {
        SimMappingDescribe(&Report, Slot, Address);
    } else {
        SimSpecialDescribe(&Report, Slot, Address);
    }
    SimBugCheckReport(&Check, "the code at %p %s address %p,\n%s", (void *)Check.Parameters[2],
                      What, Address, Text);
}
