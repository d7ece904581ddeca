// SPDX-License-Identifier: MIT

// IRPs: where they come from and go to. All of them are blocks of two caches, so that a pointer to
// a freed one can still be told from a live one.

#include "irp.h"

#include <stddef.h>
#include <string.h>

#define LONG_STACK 127

static SIM_CACHE Cache = {.Name = "IRP",
                          .BodyBytes = sizeof(SIM_IRP) + SIM_IRP_LEVELS * sizeof(IO_STACK_LOCATION),
                          .Magazine = SimCacheIrp,
                          .Counter = SimCountIrpAllocation};
static SIM_CACHE LongCache = {.Name = "IRP",
                              .BodyBytes = sizeof(SIM_IRP) + LONG_STACK * sizeof(IO_STACK_LOCATION),
                              .Magazine = SimCacheLongIrp,
                              .Counter = SimCountIrpAllocation};

static USHORT PacketSize(CCHAR StackSize)
{
    return (USHORT)(sizeof(IRP) + (size_t)StackSize * sizeof(IO_STACK_LOCATION));
}

// An IRP is short: pieces that compilers make stores of take half as long as one call.
static inline void Clear(SIM_IRP *Self, CCHAR StackSize)
{
    PIO_STACK_LOCATION End = (PIO_STACK_LOCATION)(Self + 1) + StackSize;
    char *Irp = (char *)&Self->Irp;
    memset(&Self->Finish, 0, offsetof(SIM_IRP, Irp) - offsetof(SIM_IRP, Finish));
    memset(Irp, 0, 64);
    memset(Irp + 64, 0, 64);
    memset(Irp + 128, 0, sizeof(IRP) - 128);
    for (PIO_STACK_LOCATION Stack = (PIO_STACK_LOCATION)(Self + 1); Stack < End; Stack++) {
        memset(Stack, 0, sizeof(*Stack));
    }
}

// In zeroed memory.
static void InitializeIrp(PIRP Irp, USHORT Bytes, CCHAR StackSize, UCHAR AllocationFlags)
{
    Irp->Type = IO_TYPE_IRP;
    Irp->Size = Bytes;
    Irp->StackCount = StackSize;
    Irp->CurrentLocation = (CHAR)(StackSize + 1);
    Irp->AllocationFlags = AllocationFlags;
    InitializeListHead(&Irp->ThreadListEntry);
    Irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(Irp + 1) + StackSize;
}

static inline SIM_IRP *Make(SIM_THREAD *Thread, SIM_BLOCK *Block, CCHAR StackSize)
{
    SIM_IRP *Self = SimBlockBody(Block);
    Clear(Self, StackSize);
    InitializeIrp(&Self->Irp, PacketSize(StackSize), StackSize, SIM_IRP_OURS);
    SimCountIn((SIM_CURRENT *)Thread, SimCountIrp, 1);
    return Self;
}

static SIM_SLOW SIM_IRP *NTAPI CreateSlow(CCHAR StackSize, void *Caller)
{
    SIM_CACHE *From = StackSize <= SIM_IRP_LEVELS ? &Cache : &LongCache;
    SIM_BLOCK *Block = StackSize < 1 ? NULL : SimCacheTake(From, Caller);
    return Block == NULL ? NULL : Make(SimCurrentThread(), Block, StackSize);
}

// The rare way is a call in tail position, so that the common one saves no registers.
SIM_IRP *SimIrpCreate(CCHAR StackSize, void *Caller)
{
    SIM_THREAD *Thread = SimThreadSelf;
    SIM_BLOCK *Block = NULL;
    if ((UCHAR)(StackSize - 1) < SIM_IRP_LEVELS && Thread != NULL) {
        Block = SimCacheTakeWarm(&Cache, Caller);
    }
    return __builtin_expect(Block != NULL, 1) ? Make(Thread, Block, StackSize)
                                              : CreateSlow(StackSize, Caller);
}

void SimIrpDiscard(SIM_IRP *Self)
{
    SimCacheGive(SimBlockOf(Self));
}

BOOLEAN NTAPI SimIrpHold(SIM_IRP *Self)
{
    _Atomic uint32_t *Holds = &SimBlockOf(Self)->Holds;
    uint32_t Seen = atomic_load(Holds);
    while (Seen > 0) {
        if (atomic_compare_exchange_weak(Holds, &Seen, Seen + 1)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void ForEachOf(SIM_CACHE *From, void (*Visit)(SIM_IRP *Self, void *Context), void *Context)
{
    SIM_BLOCK *Block = atomic_load(&From->All);
    for (; Block != NULL; Block = Block->NextAll) {
        SIM_IRP *Self = SimBlockBody(Block);
        if (SimIrpHold(Self)) {
            Visit(Self, Context);
            SimIrpRelease(Self);
        }
    }
}

void SimIrpForEach(void (*Visit)(SIM_IRP *Self, void *Context), void *Context)
{
    ForEachOf(&Cache, Visit, Context);
    ForEachOf(&LongCache, Visit, Context);
}

unsigned SimIrpReportLive(void)
{
    return SimCacheReportLive(&Cache) + SimCacheReportLive(&LongCache);
}

// ---- the exported side

PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
    (void)ChargeQuota;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_IRP *Self = SimIrpCreate(StackSize, __builtin_return_address(0));
    if (Self == NULL) {
        return NULL;
    }
    SimIrpPublish(Self, 1);
    return &Self->Irp;
}

PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota)
{
    (void)DeviceObject;
    return IoAllocateIrp(StackSize, ChargeQuota);
}

VOID NTAPI IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    memset(Irp, 0, PacketSize);
    InitializeIrp(Irp, PacketSize, StackSize, 0);
}

VOID NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Iostatus)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_IRP *Self = SimIrpOf(Irp);
    if (Self != NULL && Self->Finish != NULL) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x02, (ULONG_PTR)Irp, 0, 0,
                    "IoReuseIrp of IRP %p, which the driver did not allocate", Irp);
    }
    USHORT Bytes = Irp->Size;
    CCHAR StackSize = Irp->StackCount;
    UCHAR AllocationFlags = Irp->AllocationFlags;
    memset(Irp, 0, Bytes);
    InitializeIrp(Irp, Bytes, StackSize, AllocationFlags);
    Irp->IoStatus.Status = Iostatus;
}

VOID NTAPI IoFreeIrp(PIRP Irp)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (SimIrpIsFree(Irp)) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x01, (ULONG_PTR)Irp, 0, 0,
                    "IoFreeIrp of IRP %p, which was already freed", Irp);
    }
    SIM_IRP *Self = SimIrpOf(Irp);
    if (Irp->Type != IO_TYPE_IRP || Self == NULL) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x01, (ULONG_PTR)Irp, 0, 0,
                    "IoFreeIrp of %p, which is not from IoAllocateIrp", Irp);
    }
    if (Self->Finish != NULL) {
        SimBugCheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x02, (ULONG_PTR)Irp, 0, 0,
                    "IoFreeIrp of IRP %p, which belongs to the I/O manager", Irp);
    }
    SimIrpRelease(Self);
}
