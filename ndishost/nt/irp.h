// SPDX-License-Identifier: MIT
#pragma once

// IRPs as the I/O manager sees them. irp.c makes and frees them, irp_call.c sends and completes
// them (irp_dispatch.h), cancel.c cancels, irp_build.c and request.c build requests, pnp.c and
// power.c their own.

#include "cache.h"
#include "sanitizer.h"

// What is known of one stack location since the last call at it: bits, and above them how often it
// was used. The dispatch routine's return and the completion may come in either order, on two
// threads; whoever comes second checks that they agree. It stays when the IRP is freed and made
// again: the bits that an old use has left begin a new one.
typedef struct SIM_LEVEL {
    _Atomic uint32_t State;
    NTSTATUS Status; // IoStatus.Status when completion left the location
} SIM_LEVEL;

#define SIM_IRP_LEVELS 8 // stack locations of an ordinary IRP, and those that are checked

// The block's Holds counts: 1 from publishing until the IRP is freed, 1 for each IofCallDriver that
// has not returned, 1 for each canceller. With a hold Process and Slot can be read, and the memory
// stays this IRP.
typedef struct SIM_IRP SIM_IRP;
struct SIM_IRP {
    SIM_LEVEL Levels[SIM_IRP_LEVELS];
    ULONG CopyLimit; // bytes that have room at CopyTo
    BOOLEAN SystemBufferFromPool;

    // Zero in a new IRP, from here on:
    void(NTAPI *Finish)(
        SIM_IRP *Self);   // when completion reaches the top; frees it. NULL: a driver's IRP
    SIM_PROCESS *Process; // that asked; NULL: none
    void **Slot;          // where the client finds the IRP; NULL: nowhere
    void *Owner;          // for Finish
    void *Context;
    void(NTAPI *Done)(void *Context, NTSTATUS Status, ULONG_PTR Information);
    void *SystemBuffer; // ours, whatever the driver did to the IRP's
    void *CopyTo;       // where Information bytes of it go; NULL: nowhere
    IRP Irp __attribute__((aligned(16)));
    // stack locations follow
};
_Static_assert(__builtin_offsetof(SIM_IRP, Irp) + sizeof(IRP) == sizeof(SIM_IRP),
               "the stack locations follow the IRP at once");

#define SIM_IRP_OURS 0x80 // in Irp->AllocationFlags: the IRP is part of a SIM_IRP

// NULL: the memory is a driver's own (IoInitializeIrp).
static inline SIM_IRP *SimIrpOf(PIRP Irp)
{
    return (Irp->AllocationFlags & SIM_IRP_OURS) != 0 ? CONTAINING_RECORD(Irp, SIM_IRP, Irp) : NULL;
}

// Not published: no canceller finds it before SimIrpPublish.
SIM_IRP *SimIrpCreate(CCHAR StackSize, void *Caller);
void SimIrpDiscard(SIM_IRP *Self); // one that was not published

// Sequentially consistent: process.c looks for IRPs after it has said that it is exiting, and
// request.c looks whether it is exiting after this.
static inline void SimIrpPublish(SIM_IRP *Self, uint32_t Holds)
{
    atomic_store(&SimBlockOf(Self)->Holds, Holds);
}

BOOLEAN NTAPI SimIrpHold(SIM_IRP *Self); // FALSE: it is free

// The last one frees it.
static inline void SimIrpRelease(SIM_IRP *Self)
{
    SIM_BLOCK *Block = SimBlockOf(Self);
    if (atomic_fetch_sub_explicit(&Block->Holds, 1, memory_order_acq_rel) == 1) {
        SimCacheGive(Block);
    }
}

// 0x44, 0xC9/1: what is wrong with a pointer that should be a live IRP.
SIM_MAY_READ_FREED static inline BOOLEAN SimIrpIsFree(PIRP Irp)
{
    if ((*(volatile UCHAR *)&Irp->AllocationFlags & SIM_IRP_OURS) == 0) {
        return FALSE;
    }
    SIM_BLOCK *Block = SimBlockOf(CONTAINING_RECORD(Irp, SIM_IRP, Irp));
    return atomic_load_explicit(&Block->Holds, memory_order_relaxed) == 0;
}

// Calls Visit for each published IRP, held.
void SimIrpForEach(void (*Visit)(SIM_IRP *Self, void *Context), void *Context);

// As IoCancelIrp, without the check that the IRP has not been completed.
BOOLEAN SimIrpCancel(PIRP Irp);

// ---- building: irp_build.c

// Buffers of a device-control request by the method of its code. In UserMode bad pointers give
// STATUS_ACCESS_VIOLATION; nothing is left over then.
NTSTATUS SimIrpMakeBuffers(SIM_IRP *Self, KPROCESSOR_MODE Mode, ULONG Method, const void *In,
                           ULONG InLength, void *Out, ULONG OutLength);
static inline NTSTATUS SimIrpSetBuffers(SIM_IRP *Self, KPROCESSOR_MODE Mode, ULONG Method,
                                        const void *In, ULONG InLength, void *Out, ULONG OutLength)
{
    if (Method != METHOD_NEITHER) {
        return SimIrpMakeBuffers(Self, Mode, Method, In, InLength, Out, OutLength);
    }
    PIO_STACK_LOCATION Stack = IoGetNextIrpStackLocation(&Self->Irp);
    Stack->Parameters.DeviceIoControl.Type3InputBuffer = (PVOID)In;
    Self->Irp.UserBuffer = Out;
    return STATUS_SUCCESS;
}
NTSTATUS SimIrpSetTransfer(SIM_IRP *Self, KPROCESSOR_MODE Mode, PDEVICE_OBJECT Device, void *Buffer,
                           ULONG Length, BOOLEAN Read);
// Copies out what the driver wrote, and gives buffers and MDLs back. Any IRQL <= DISPATCH_LEVEL.
void NTAPI SimIrpReturnBuffers(SIM_IRP *Self);
static inline void SimIrpFinishBuffers(SIM_IRP *Self)
{
    if (Self->SystemBuffer != NULL || Self->Irp.MdlAddress != NULL) {
        SimIrpReturnBuffers(Self);
    }
}

// Sends an IRP that the caller filled (next stack location) and waits. Frees it. PASSIVE_LEVEL.
NTSTATUS SimIrpSendAndWait(SIM_IRP *Self, PDEVICE_OBJECT Device, ULONG_PTR *Information);
