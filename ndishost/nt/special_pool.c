// SPDX-License-Identifier: MIT

// Special pool over guarded memory: see special_pool.h. Used by pool.c and mdl.c.
//
// An allocation lies as near to the guard page as its alignment allows. The bytes that are left, in
// front of it on its first page and behind it, hold a pattern that is checked when it is freed.

#include "special_pool.h"

#include <string.h>

#include "bugcheck.h"
#include "hooks.h"
#include "pool_table.h"

#define SLACK 0xE5

BOOLEAN SimSpecialOn;

void SimPoolSetSpecial(BOOLEAN Enable)
{
    SimSpecialOn = Enable;
}

static char *PageOf(const void *Address)
{
    return (char *)((uintptr_t)Address & ~(uintptr_t)(PAGE_SIZE - 1));
}

void *SimSpecialAllocate(SIZE_T Bytes, SIZE_T Alignment, ULONG Tag, SIM_GUARDED_KIND Kind,
                         const void *Caller)
{
    SIZE_T Whole = (Bytes + Alignment - 1) & ~(Alignment - 1);
    SIM_GUARDED *Slot = Whole < Bytes ? NULL : SimGuardedTake(Whole, Kind, Caller);
    if (Slot == NULL) {
        return NULL;
    }
    char *Address = Slot->End - Whole;
    Slot->Address = Address;
    Slot->Bytes = Bytes;
    Slot->Tag = Tag;
    if (!SimGuardedOpen(Slot, Address)) {
        SimGuardedGive(Slot, Caller);
        return NULL;
    }
    memset(PageOf(Address), SLACK, (SIZE_T)(Address - PageOf(Address)));
    memset(Address + Bytes, SLACK, Whole - Bytes);
    atomic_store_explicit(&Slot->Live, TRUE, memory_order_release);
    return Address;
}

SIM_GUARDED *SimSpecialFind(const void *Address)
{
    SIM_GUARDED *Slot = SimGuardedFind(Address);
    BOOLEAN Found = Slot != NULL && Slot->Address == Address && Slot->Kind != SimGuardedMapping &&
                    atomic_load_explicit(&Slot->Live, memory_order_acquire);
    return Found ? Slot : NULL;
}

// The first byte that is not as it was; NULL: all are.
static const char *FindDamage(const char *From, const char *To)
{
    while (From < To && *(const unsigned char *)From == SLACK) {
        From++;
    }
    return From < To ? From : NULL;
}

static __attribute__((noreturn)) void Damaged(const SIM_GUARDED *Slot, const char *Where,
                                              ULONG Kind)
{
    void *Frames[STACK_FRAMES_MAX];
    char Text[4096];
    REPORT Report = {Text, sizeof(Text), 0};
    SIM_BUG_CHECK Check = {.Code = SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION,
                           .Parameters = {(ULONG_PTR)Slot->Address, (ULONG_PTR)Where, 0, Kind},
                           .Frames = Frames};
    Check.FrameCount = StackCapture(Frames, STACK_FRAMES_MAX, 1);
    SimSpecialDescribe(&Report, Slot, Where);
    SimBugCheckReport(&Check, "a byte that belongs to nobody was written: address %p,\n%s", Where,
                      Text);
}

void SimSpecialFree(SIM_GUARDED *Slot, const void *Caller)
{
    const char *Behind = FindDamage(Slot->Address + Slot->Bytes, Slot->End);
    const char *Before = FindDamage(PageOf(Slot->Address), Slot->Address);
    if (Behind != NULL) {
        Damaged(Slot, Behind, 0x24);
    }
    if (Before != NULL) {
        Damaged(Slot, Before, 0x23);
    }
    SimGuardedGive(Slot, Caller);
}

static void DescribePlace(REPORT *Report, const SIM_GUARDED *Slot, const char *Address)
{
    const char *End = Slot->Address + Slot->Bytes;
    if (Address < Slot->Address) {
        ReportAdd(Report, "%zu bytes in front of", (size_t)(Slot->Address - Address));
    } else if (Address < End) {
        ReportAdd(Report, "%zu bytes into", (size_t)(Address - Slot->Address));
    } else {
        ReportAdd(Report, "%zu bytes behind the end of", (size_t)(Address - End));
    }
}

void SimSpecialDescribe(REPORT *Report, const SIM_GUARDED *Slot, const void *Address)
{
    char Tag[5];
    SimPoolTagText(Slot->Tag, Tag);
    BOOLEAN Live = atomic_load_explicit(&Slot->Live, memory_order_acquire);
    DescribePlace(Report, Slot, Address);
    ReportAdd(Report, " %s %p (%zu bytes", Slot->Kind == SimGuardedMdl ? "MDL" : "pool",
              (void *)Slot->Address, (size_t)Slot->Bytes);
    if (Slot->Kind == SimGuardedPool) {
        ReportAdd(Report, ", tag '%s'", Tag);
    }
    ReportAdd(Report, ")%s\n", Live ? "" : ", which was freed");
    SimGuardedReportStack(Report, "allocated by", Slot->Taken);
    if (!Live) {
        SimGuardedReportStack(Report, "freed by", Slot->Given);
    }
}
