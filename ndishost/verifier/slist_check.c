// SPDX-License-Identifier: MIT

#include "slist_check.h"

#include "finding.h"

// How far behind the beginning of an NBL its own context may end.
#define BODY_BYTES_MAX 4096u

// One bit for each page number modulo the size: pages that an NBL begins in. A set bit may be
// another page's; then the search finds nothing.
#define PAGE_BITS 65536u
static _Atomic uint64_t PageBits[PAGE_BITS / 64];

static uintptr_t PageBit(uintptr_t Page)
{
    return Page * 0x9E3779B97F4A7C15ull >> 48;
}

static BOOLEAN MayHoldNbl(uintptr_t Page)
{
    uintptr_t Bit = PageBit(Page);
    return (atomic_load_explicit(&PageBits[Bit / 64], memory_order_relaxed) >> Bit % 64 & 1) != 0;
}

void SListCheckNblAt(const NET_BUFFER_LIST *Nbl)
{
    uintptr_t Page = (uintptr_t)Nbl >> PAGE_SHIFT;
    if (!MayHoldNbl(Page)) {
        atomic_fetch_or(&PageBits[PageBit(Page) / 64], 1ull << PageBit(Page) % 64);
    }
}

void SListCheckStop(void)
{
    for (unsigned i = 0; i < PAGE_BITS / 64; i++) {
        atomic_store(&PageBits[i], 0);
    }
}

static void Report(const NBL_SHADOW *Shadow, const char *Entry)
{
    const NET_BUFFER_LIST_CONTEXT *Context = Shadow->BaseContext;
    const char *Begin = (const char *)NblOf(Shadow);
    const char *Data = Context == NULL ? NULL : (const char *)(Context + 1);
    FINDING Finding = {.Rule = "REU-20", .Nbl = Shadow};

    if (Entry < Begin + sizeof(NET_BUFFER_LIST)) {
        FindingReport(&Finding,
                      "%p, which is pushed on an SLIST, is byte %u of the NBL:\n"
                      "Link is the place of Next and FirstNetBuffer and belongs to NDIS (also "
                      "NBL-32)",
                      (const void *)Entry, (unsigned)(Entry - Begin));
    }
    if (Data != NULL && Entry >= Data && Entry < Data + Context->Size) {
        FindingReport(&Finding,
                      "%p, which is pushed on an SLIST, is byte %u of the NBL's context:\n"
                      "context is aligned to %u bytes only, an SLIST_ENTRY needs 16 (also POOL-22)",
                      (const void *)Entry, (unsigned)(Entry - Data), (unsigned)sizeof(PVOID));
    }
}

void NTAPI SListCheckPushing(void *Entry, void *Caller)
{
    uintptr_t At = (uintptr_t)Entry & ~(uintptr_t)15;
    uintptr_t Page = At >> PAGE_SHIFT;

    (void)Caller;
    if (!MayHoldNbl(Page) && !MayHoldNbl(Page - 1)) {
        return;
    }
    for (uintptr_t Back = 0; Back < BODY_BYTES_MAX; Back += 16) {
        NBL_SHADOW *Shadow = NblShadowFind((const void *)(At - Back));
        if (Shadow != NULL && NblStateOf(Shadow) != NblFree) {
            Report(Shadow, Entry);
            return;
        }
    }
}
