// SPDX-License-Identifier: MIT

// Guarded memory: see guarded.h. Used by special_pool.c and mapping.c, asked by fault.c.
//
// The address space is reserved once, for the life of the process, and cut into classes: class n
// has slots of 2^n pages and a guard page. Slots that were never used come first, until enough wait
// in the queue of those that were; then the one that waited longest.

#define _GNU_SOURCE

#include "guarded.h"

#include <string.h>
#include <sys/mman.h>

#define CLASSES 13 // up to 16 MiB
#define CLASS_BYTES ((SIZE_T)16 << 30)
#define CLASS_SLOTS_MAX 65536u
#define QUARANTINE 8192u // slots of a class that wait before one is used again
#define LIVE_MAX 20000u  // each may take two mappings of the 65,530 that Linux grants a process

typedef struct CLASS {
    SIM_LOCK Lock;        // guards the rest
    SIM_GUARDED *Records; // CLASS_SLOTS_MAX; pages appear when they are touched
    unsigned Fresh;       // slots below were used
    unsigned Waiting;
    SIM_GUARDED *First; // of the waiting, oldest first
    SIM_GUARDED *Last;
} CLASS;

static CLASS Classes[CLASSES];
static _Atomic unsigned LiveCount;
static char *_Atomic Arena;
static SIM_LOCK ArenaLock; // guards its making

static SIZE_T SlotBytes(unsigned Class)
{
    return (((SIZE_T)1 << Class) + 1) << PAGE_SHIFT;
}

static unsigned SlotCount(unsigned Class)
{
    SIZE_T Fit = CLASS_BYTES / SlotBytes(Class);
    return Fit < CLASS_SLOTS_MAX ? (unsigned)Fit : CLASS_SLOTS_MAX;
}

static void *Reserve(SIZE_T Bytes, int Protection)
{
    void *Memory = mmap(NULL, Bytes, Protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                        0);
    return Memory == MAP_FAILED ? NULL : Memory;
}

// Never given back: a fault may ask about it at any time.
static char *ArenaGet(void)
{
    char *Base = atomic_load_explicit(&Arena, memory_order_acquire);
    if (Base != NULL) {
        return Base;
    }
    SIZE_T RecordBytes = CLASS_SLOTS_MAX * sizeof(SIM_GUARDED);
    SimLock(&ArenaLock);
    Base = atomic_load_explicit(&Arena, memory_order_relaxed);
    if (Base == NULL) {
        char *Records = Reserve(CLASSES * RecordBytes, PROT_READ | PROT_WRITE);
        Base = Records == NULL ? NULL : Reserve(CLASSES * CLASS_BYTES, PROT_NONE);
        for (unsigned i = 0; i < CLASSES && Base != NULL; i++) {
            Classes[i].Records = (SIM_GUARDED *)(Records + i * RecordBytes);
        }
        if (Base == NULL && Records != NULL) {
            munmap(Records, CLASSES * RecordBytes);
        }
        atomic_store_explicit(&Arena, Base, memory_order_release);
    }
    SimUnlock(&ArenaLock);
    return Base;
}

static unsigned ClassOf(SIZE_T Bytes)
{
    unsigned Class = 0;
    while (Class < CLASSES && ((SIZE_T)PAGE_SIZE << Class) < Bytes) {
        Class++;
    }
    return Class;
}

// Called with the lock of the class held.
static SIM_GUARDED *TakeWaiting(CLASS *Class)
{
    SIM_GUARDED *Slot = Class->First;
    if (Slot != NULL) {
        Class->First = Slot->NextFree;
        Class->Last = Class->First == NULL ? NULL : Class->Last;
        Class->Waiting--;
    }
    return Slot;
}

// Called with the lock of the class held.
static SIM_GUARDED *TakeFresh(unsigned Number, char *Base)
{
    CLASS *Class = &Classes[Number];
    if (Class->Fresh == SlotCount(Number)) {
        return NULL;
    }
    unsigned Index = Class->Fresh++;
    SIM_GUARDED *Slot = &Class->Records[Index];
    Slot->Room = (SIZE_T)PAGE_SIZE << Number;
    Slot->End = Base + Number * CLASS_BYTES + Index * SlotBytes(Number) + Slot->Room;
    return Slot;
}

// From the driver's call on, where it can be found.
static void NoteStack(void **Frames, const void *Caller)
{
    void *All[2 * SIM_GUARDED_FRAMES];
    size_t Count = StackCapture(All, RTL_NUMBER_OF(All), 0);
    size_t First = 0;
    while (First < Count && (uintptr_t)All[First] + 1 != (uintptr_t)Caller) {
        First++;
    }
    First = First == Count ? 0 : First;
    for (size_t i = 0; i < SIM_GUARDED_FRAMES; i++) {
        Frames[i] = First + i < Count ? All[First + i] : NULL;
    }
}

SIM_GUARDED *SimGuardedTake(SIZE_T Bytes, SIM_GUARDED_KIND Kind, const void *Caller)
{
    unsigned Number = ClassOf(Bytes);
    char *Base = Number == CLASSES ? NULL : ArenaGet();
    if (Base == NULL || atomic_load_explicit(&LiveCount, memory_order_relaxed) >= LIVE_MAX) {
        return NULL;
    }
    CLASS *Class = &Classes[Number];
    SimLock(&Class->Lock);
    SIM_GUARDED *Slot = Class->Waiting >= QUARANTINE ? TakeWaiting(Class) : TakeFresh(Number, Base);
    if (Slot == NULL) {
        Slot = TakeWaiting(Class);
    }
    SimUnlock(&Class->Lock);
    if (Slot == NULL) {
        return NULL;
    }
    atomic_fetch_add_explicit(&LiveCount, 1, memory_order_relaxed);
    *Slot = (SIM_GUARDED){.End = Slot->End, .Room = Slot->Room, .Kind = Kind};
    NoteStack(Slot->Taken, Caller);
    return Slot;
}

BOOLEAN SimGuardedOpen(SIM_GUARDED *Slot, const char *First)
{
    char *Page = (char *)((uintptr_t)First & ~(uintptr_t)(PAGE_SIZE - 1));
    return mprotect(Page, (SIZE_T)(Slot->End - Page), PROT_READ | PROT_WRITE) == 0;
}

// Puts new pages without access over the old ones, so that the memory is gone, too. FALSE: Linux
// has no room for another mapping; the old pages stay, and lose their access if that is possible.
static BOOLEAN Close(const SIM_GUARDED *Slot)
{
    char *Start = Slot->End - Slot->Room;
    if (mmap(Start, Slot->Room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
             -1, 0) == Start) {
        return TRUE;
    }
    (void)mprotect(Start, Slot->Room, PROT_NONE);
    return FALSE;
}

void SimGuardedGive(SIM_GUARDED *Slot, const void *Caller)
{
    unsigned Number = ClassOf(Slot->Room);
    CLASS *Class = &Classes[Number];
    NoteStack(Slot->Given, Caller);
    atomic_store_explicit(&Slot->Live, FALSE, memory_order_release);
    if (!Close(Slot)) {
        return; // nobody else gets it
    }
    atomic_fetch_sub_explicit(&LiveCount, 1, memory_order_relaxed);
    SimLock(&Class->Lock);
    Slot->NextFree = NULL;
    if (Class->Last != NULL) {
        Class->Last->NextFree = Slot;
    } else {
        Class->First = Slot;
    }
    Class->Last = Slot;
    Class->Waiting++;
    SimUnlock(&Class->Lock);
}

SIM_GUARDED *NTAPI SimGuardedFind(const void *Address)
{
    char *Base = atomic_load_explicit(&Arena, memory_order_acquire);
    SIZE_T Offset = (SIZE_T)((uintptr_t)Address - (uintptr_t)Base);
    if (Base == NULL || Offset >= CLASSES * CLASS_BYTES) {
        return NULL;
    }
    unsigned Number = (unsigned)(Offset / CLASS_BYTES);
    SIZE_T Index = Offset % CLASS_BYTES / SlotBytes(Number);
    if (Index >= SlotCount(Number)) {
        return NULL;
    }
    SIM_GUARDED *Slot = &Classes[Number].Records[Index];
    return Slot->Kind == SimGuardedNone ? NULL : Slot;
}

void SimGuardedForEachLive(SIM_GUARDED_KIND Kind, void (*Visit)(SIM_GUARDED *Slot, void *Context),
                           void *Context)
{
    for (unsigned i = 0; i < CLASSES; i++) {
        for (unsigned j = 0; j < Classes[i].Fresh; j++) {
            SIM_GUARDED *Slot = &Classes[i].Records[j];
            if (Slot->Kind == Kind && atomic_load_explicit(&Slot->Live, memory_order_acquire)) {
                Visit(Slot, Context);
            }
        }
    }
}

void SimGuardedReportStack(REPORT *Report, const char *Name, void *const *Frames)
{
    size_t Count = 0;
    while (Count < SIM_GUARDED_FRAMES && Frames[Count] != NULL) {
        Count++;
    }
    if (Count != 0) {
        ReportAdd(Report, "%s:\n", Name);
        StackReport(Report, Frames, Count);
    }
}
