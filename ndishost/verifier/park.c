// SPDX-License-Identifier: MIT

// Completions that wait. See strict.h. A thread of the verifier gives each list to the protocol
// when its time has come, half of them at DISPATCH_LEVEL. It sleeps until the first list is due, or
// until there is one. The binding's drain counts the NBLs until then, so pause and close wait for
// it.

#include "strict.h"

#include "shadow.h"

#define LISTS_MAX 256u

typedef struct PARKED {
    NDIS_HANDLE Binding;
    NET_BUFFER_LIST *Nbls;
    STRICT_SEND *Sends;
    ULONG64 Since; // interrupt time, 100 ns
} PARKED;

static SIM_LOCK Lock; // guards the next three
static PARKED Lists[LISTS_MAX];
static unsigned First, Count;

static _Atomic ULONG Delay = 10000; // 100 ns; also of lists that wait already
static ULONG64 Draws;               // of the thread
static KEVENT Wake; // a list came into the empty queue, another delay, or it is the end
static _Atomic BOOLEAN Ending;
static PVOID Thread;

void ParkSetDelay(ULONG Microseconds)
{
    atomic_store(&Delay, Microseconds * 10);
    if (Thread != NULL) {
        KeSetEvent(&Wake, IO_NO_INCREMENT, FALSE);
    }
}

BOOLEAN ParkList(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, STRICT_SEND *Sends)
{
    SimLock(&Lock);
    BOOLEAN HasRoom = Count < LISTS_MAX;
    BOOLEAN WasEmpty = Count == 0;
    if (HasRoom) {
        for (STRICT_SEND *Send = Sends; Send != NULL; Send = Send->Next) {
            StrictUsesPark(Send);
        }
        Lists[(First + Count++) % LISTS_MAX] = (PARKED){Binding, Nbls, Sends,
                                                        KeQueryInterruptTime()};
    }
    SimUnlock(&Lock);
    if (HasRoom && WasEmpty) {
        KeSetEvent(&Wake, IO_NO_INCREMENT, FALSE);
    }
    return HasRoom;
}

// FALSE: none is due. *Wait: for how long; 0: there is no list at all.
static BOOLEAN TakeDue(PARKED *List, ULONG64 *Wait)
{
    ULONG64 Now = KeQueryInterruptTime();
    BOOLEAN Due = FALSE;
    *Wait = 0;
    SimLock(&Lock);
    if (Count != 0) {
        *List = Lists[First];
        ULONG64 DueTime = List->Since + atomic_load(&Delay);
        Due = DueTime <= Now;
        *Wait = Due ? 0 : DueTime - Now;
    }
    if (Due) {
        First = (First + 1) % LISTS_MAX;
        Count--;
    }
    SimUnlock(&Lock);
    return Due;
}

static void Deliver(const PARKED *List)
{
    KIRQL Irql;
    if ((ShadowMix(Draws++) & 1) == 0) {
        StrictDeliver(List->Binding, List->Nbls, List->Sends, 0);
        return;
    }
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    StrictDeliver(List->Binding, List->Nbls, List->Sends, NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL);
    KeLowerIrql(Irql);
}

static KSTART_ROUTINE ParkThread;
_Use_decl_annotations_ static void ParkThread(PVOID Context)
{
    PARKED List;
    ULONG64 Wait;
    UNREFERENCED_PARAMETER(Context);
    for (;;) {
        while (TakeDue(&List, &Wait)) {
            Deliver(&List);
        }
        if (Wait == 0 && atomic_load(&Ending)) {
            return;
        }
        LARGE_INTEGER Timeout = {.QuadPart = -(LONGLONG)Wait};
        KeWaitForSingleObject(&Wake, Executive, KernelMode, FALSE, Wait == 0 ? NULL : &Timeout);
    }
}

NTSTATUS ParkStart(ULONG64 Seed)
{
    HANDLE Handle;
    Draws = Seed;
    atomic_store(&Ending, FALSE);
    KeInitializeEvent(&Wake, SynchronizationEvent, FALSE);
    NTSTATUS Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ParkThread,
                                           NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread, NULL);
    ZwClose(Handle);
    return Status;
}

// What is still parked is delivered first.
void ParkStop(void)
{
    if (Thread == NULL) {
        return;
    }
    atomic_store(&Ending, TRUE);
    KeSetEvent(&Wake, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Thread);
    Thread = NULL;
}
