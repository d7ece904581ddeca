// SPDX-License-Identifier: MIT

// Which sends have a part of which guarded memory, and the protection of its pages. See strict.h.
//
// A page has no access while a parked send has it alone and no send under way has any part of it:
// two NBLs may share an MDL or a frame, and then one may be parked while the drivers below still
// read for the other.

#include "strict.h"

#include <sys/mman.h>

static SIM_LOCK Lock; // guards every SIM_GUARDED.Uses and .Parked, and the uses in those lists

static char *PageDown(const char *Address)
{
    return (char *)((uintptr_t)Address & ~(uintptr_t)(PAGE_SIZE - 1));
}

static char *PageUp(const char *Address)
{
    return PageDown(Address + PAGE_SIZE - 1);
}

static BOOLEAN IsLive(SIM_GUARDED *Slot)
{
    return atomic_load_explicit(&Slot->Live, memory_order_acquire);
}

// ---- protection. Called with the lock held.

static BOOLEAN PageIsParked(const SIM_GUARDED *Slot, const char *Page)
{
    BOOLEAN Parked = FALSE;
    for (const STRICT_USE *Use = Slot->Uses; Use != NULL; Use = Use->Next) {
        if (!Use->Parked && Use->Start < Page + PAGE_SIZE && Use->End > Page) {
            return FALSE;
        }
        Parked = Parked || (Use->Parked && Page >= Use->FirstPage && Page < Use->LastPage);
    }
    return Parked;
}

static void Protect(SIM_GUARDED *Slot, char *First, const char *Last)
{
    while (First < Last && IsLive(Slot)) {
        BOOLEAN Parked = PageIsParked(Slot, First);
        char *End = First + PAGE_SIZE;
        while (End < Last && PageIsParked(Slot, End) == Parked) {
            End += PAGE_SIZE;
        }
        // When Linux refuses to split a mapping, the pages stay as they are: not watched.
        (void)mprotect(First, (size_t)(End - First), Parked ? PROT_NONE : PROT_READ | PROT_WRITE);
        First = End;
    }
}

// ---- finding what a send has

static BOOLEAN HasSlot(const STRICT_SEND *Send, const SIM_GUARDED *Slot)
{
    BOOLEAN Has = FALSE;
    for (unsigned i = 0; i < Send->UseCount && !Has; i++) {
        Has = Send->Uses[i].Slot == Slot && Send->Uses[i].Start == Slot->Address &&
              Send->Uses[i].End == Slot->Address + Slot->Bytes;
    }
    return Has;
}

// `Bytes` from `Start` on. The pages are its own that it fills, or that it shares with slack only.
static void Add(STRICT_SEND *Send, char *Start, SIZE_T Bytes)
{
    SIM_GUARDED *Slot = SimGuardedFind(Start);
    if (Slot == NULL || Slot->Kind == SimGuardedMapping || !IsLive(Slot) || HasSlot(Send, Slot)) {
        return;
    }
    char *SlotEnd = Slot->Address + Slot->Bytes;
    char *End = Start + Bytes;
    STRICT_USE *Use = &Send->Uses[Send->UseCount++];
    *Use = (STRICT_USE){.Send = Send, .Slot = Slot, .Start = Start, .End = min(End, SlotEnd)};
    Use->FirstPage = Start == Slot->Address ? PageDown(Start) : PageUp(Start);
    Use->LastPage = Use->End == SlotEnd ? Slot->End : PageDown(Use->End);
    Use->LastPage = max(Use->FirstPage, Use->LastPage);
}

// NBLs, NBs and MDLs that have a slot for themselves have all of it: context and data, too.
static void AddObject(STRICT_SEND *Send, const void *Object, SIZE_T Bytes)
{
    SIM_GUARDED *Slot = SimGuardedFind(Object);
    BOOLEAN Alone = Slot != NULL && (Slot->Kind == SimGuardedMdl || Slot->Owner == Object);
    if (Alone) {
        Add(Send, Slot->Address, Slot->Bytes);
    } else {
        Add(Send, (char *)Object, Bytes);
    }
}

static void FindUses(STRICT_SEND *Send)
{
    AddObject(Send, Send->Nbl, sizeof(*Send->Nbl));
    for (unsigned i = 0; i < Send->NbCount; i++) {
        AddObject(Send, Send->Nbs[i].Nb, sizeof(NET_BUFFER));
    }
    for (unsigned i = 0; i < Send->MdlCount; i++) {
        const STRICT_MDL *Part = &Send->Mdls[i];
        AddObject(Send, Part->Mdl, (USHORT)Part->Image.Size);
        if (Part->Data != NULL) {
            Add(Send, (char *)Part->Data, Part->Image.ByteCount);
        }
    }
}

// ---- the life of the uses

static void Link(STRICT_USE *Use)
{
    SIM_GUARDED *Slot = Use->Slot;
    Use->Next = Slot->Uses;
    Slot->Uses = Use;
    if (Slot->Parked != 0) {
        Protect(Slot, PageDown(Use->Start), PageUp(Use->End));
    }
}

// FALSE: the slot was freed and used again meanwhile.
static BOOLEAN Unlink(STRICT_USE *Use)
{
    STRICT_USE **Where = (STRICT_USE **)&Use->Slot->Uses;
    while (*Where != NULL && *Where != Use) {
        Where = &(*Where)->Next;
    }
    if (*Where == NULL) {
        return FALSE;
    }
    *Where = Use->Next;
    return TRUE;
}

void StrictUsesBegin(STRICT_SEND *Send)
{
    FindUses(Send);
    SimLock(&Lock);
    for (unsigned i = 0; i < Send->UseCount; i++) {
        Link(&Send->Uses[i]);
    }
    SimUnlock(&Lock);
}

void StrictUsesPark(STRICT_SEND *Send)
{
    SimLock(&Lock);
    for (unsigned i = 0; i < Send->UseCount; i++) {
        STRICT_USE *Use = &Send->Uses[i];
        Use->Parked = TRUE;
        Use->Slot->Parked++;
        Protect(Use->Slot, Use->FirstPage, Use->LastPage);
    }
    SimUnlock(&Lock);
}

void StrictUsesEnd(STRICT_SEND *Send)
{
    SimLock(&Lock);
    for (unsigned i = 0; i < Send->UseCount; i++) {
        STRICT_USE *Use = &Send->Uses[i];
        if (Unlink(Use) && Use->Parked) {
            Use->Slot->Parked--;
            Protect(Use->Slot, Use->FirstPage, Use->LastPage);
        }
    }
    SimUnlock(&Lock);
}

// ---- asked by address

// The parked use that has the address in its own pages. Called with the lock held.
static STRICT_USE *FindParked(const SIM_GUARDED *Slot, const char *Address)
{
    STRICT_USE *Use = Slot->Uses;
    while (Use != NULL && !(Use->Parked && Address >= Use->FirstPage && Address < Use->LastPage)) {
        Use = Use->Next;
    }
    return Use;
}

static NET_BUFFER_LIST *Uncover(SIM_GUARDED *Slot, const char *Address)
{
    NET_BUFFER_LIST *Nbl = NULL;
    SimLock(&Lock);
    STRICT_USE *Use = FindParked(Slot, Address);
    while (Use != NULL) {
        char *First = Use->FirstPage;
        const char *Last = Use->LastPage;
        Nbl = Use->Send->Nbl;
        Use->LastPage = Use->FirstPage; // watched no longer
        Protect(Slot, First, Last);
        Use = FindParked(Slot, Address);
    }
    SimUnlock(&Lock);
    return Nbl;
}

void NTAPI StrictUncover(const void *Address)
{
    SIM_GUARDED *Slot = StrictOn ? SimGuardedFind(Address) : NULL;
    if (Slot != NULL && Slot->Kind != SimGuardedMapping) {
        (void)Uncover(Slot, Address);
    }
}

void StrictUncoverRange(const UCHAR *Start, SIZE_T Bytes)
{
    const UCHAR *End = Start + Bytes;
    while (Start < End) {
        StrictUncover(Start);
        Start = (const UCHAR *)PageDown((const char *)Start) + PAGE_SIZE;
    }
}

NET_BUFFER_LIST *StrictParkedAt(const void *Address)
{
    SIM_GUARDED *Slot = SimGuardedFind(Address);
    return Slot == NULL || Slot->Kind == SimGuardedMapping ? NULL : Uncover(Slot, Address);
}

NET_BUFFER_LIST *StrictUserOf(const void *Address)
{
    SIM_GUARDED *Slot = SimGuardedFind(Address);
    NET_BUFFER_LIST *Nbl = NULL;
    if (Slot != NULL) {
        SimLock(&Lock);
        Nbl = Slot->Uses == NULL ? NULL : ((STRICT_USE *)Slot->Uses)->Send->Nbl;
        SimUnlock(&Lock);
    }
    return Nbl;
}

void StrictIfUnused(char *Start, SIZE_T Bytes,
                    void (*Write)(char *Start, SIZE_T Bytes, void *Context), void *Context)
{
    SIM_GUARDED *Slot = SimGuardedFind(Start);
    if (Slot == NULL || Slot->Kind == SimGuardedMapping) {
        return;
    }
    SimLock(&Lock);
    BOOLEAN Unused = IsLive(Slot) && Start >= Slot->Address &&
                     Start + Bytes <= Slot->Address + Slot->Bytes;
    for (const STRICT_USE *Use = Slot->Uses; Use != NULL && Unused; Use = Use->Next) {
        Unused = Use->End <= Start || Use->Start >= Start + Bytes;
    }
    if (Unused) {
        Write(Start, Bytes, Context);
    }
    SimUnlock(&Lock);
}
