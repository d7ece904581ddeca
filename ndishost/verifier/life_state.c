// SPDX-License-Identifier: MIT

// What a thread is doing for a driver, and whether the binding may do it in its state: PV-12, and
// the counts that PV-13 looks at.

#define _GNU_SOURCE

#include "life_private.h"

#include <pthread.h>
#include <string.h>

_Thread_local LIFE_THREAD LifeThread;

const char *LifeCallbackName(SIM_NDIS_CALLBACK Callback)
{
    static const char *const Names[] = {
        "ProtocolBindAdapterEx",         "ProtocolUnbindAdapterEx",
        "ProtocolOpenAdapterCompleteEx", "ProtocolCloseAdapterCompleteEx",
        "ProtocolNetPnPEvent",           "ProtocolSendNetBufferListsComplete",
        "ProtocolReceiveNetBufferLists", "ProtocolOidRequestComplete",
    };
    return Names[Callback];
}

// ---- the stack

typedef struct STACK_BOUNDS {
    ULONG_PTR Low, High;
} STACK_BOUNDS;

static STACK_BOUNDS StackBounds(void)
{
    static _Thread_local STACK_BOUNDS Bounds;
    pthread_attr_t Attributes;
    void *Low;
    size_t Bytes;
    if (Bounds.High == 0 && pthread_getattr_np(pthread_self(), &Attributes) == 0) {
        if (pthread_attr_getstack(&Attributes, &Low, &Bytes) == 0) {
            Bounds.Low = (ULONG_PTR)Low;
            Bounds.High = Bounds.Low + Bytes;
        }
        pthread_attr_destroy(&Attributes);
    }
    return Bounds;
}

BOOLEAN LifeIsOnStack(const void *Address)
{
    STACK_BOUNDS Bounds = StackBounds();
    return (ULONG_PTR)Address >= Bounds.Low && (ULONG_PTR)Address < Bounds.High;
}

void LifeStackAdd(const char *RuleId, const char *What, const void *Address)
{
    LIFE_THREAD *Self = &LifeThread;
    if (LifeIsOnStack(Address) && Self->StackedCount < LIFE_STACKED_MAX) {
        Self->Stacked[Self->StackedCount++] = (LIFE_STACKED){RuleId, What, Address, Self->Waits};
    }
}

// A driver that waits in the function that has the memory is right; one that has returned from it
// without a wait has left NDIS with a pointer into whatever comes there next.
void LifeStackCheck(const void *Frame)
{
    LIFE_THREAD *Self = &LifeThread;
    unsigned Kept = 0;
    for (unsigned i = 0; i < Self->StackedCount; i++) {
        LIFE_STACKED *Stacked = &Self->Stacked[i];
        if ((ULONG_PTR)Stacked->Address >= (ULONG_PTR)Frame) {
            Self->Stacked[Kept++] = *Stacked;
        } else if (Stacked->Waits == Self->Waits) {
            LIFE_STACKED Found = *Stacked;
            Self->StackedCount = 0;
            SimViolation(Found.RuleId, NULL, Found.Address,
                         "%s at %p is on the stack of a function that has returned. The call that "
                         "got it had returned NDIS_STATUS_PENDING, and nothing waited for its end.",
                         Found.What, Found.Address);
        }
    }
    Self->StackedCount = Kept;
}

void NTAPI LifeDispatched(void)
{
    if (LifeThread.StackedCount != 0) {
        LifeStackCheck(__builtin_frame_address(0));
    }
}

// ---- callbacks

void NTAPI LifeCallbackBegins(NDIS_HANDLE Handle, SIM_NDIS_CALLBACK Callback, ULONG Nbls)
{
    LIFE_BINDING *Binding = Handle == NULL ? NULL : LifeBinding(Handle);
    LIFE_THREAD *Self = &LifeThread;
    if (Self->Depth < LIFE_CALLBACKS_MAX) {
        Self->Callbacks[Self->Depth] = (LIFE_CALLBACK){
            Handle, Callback, Binding != NULL && atomic_load(&Binding->Pausing)};
    }
    Self->Depth++;
    if (Binding == NULL) {
        return;
    }
    if (Callback == SimNdisCallbackSendComplete) {
        atomic_fetch_sub(&Binding->Sends, Nbls);
    } else if (Callback == SimNdisCallbackReceive) {
        atomic_fetch_add(&Binding->Receiving, 1);
        atomic_fetch_add(&Binding->ReceiveEvents, 1);
    }
}

void NTAPI LifeCallbackEnds(NDIS_HANDLE Handle, SIM_NDIS_CALLBACK Callback)
{
    // Any other callback may have been the binding's last, which is gone then.
    LIFE_BINDING *Binding = Callback == SimNdisCallbackReceive ? LifeBinding(Handle) : NULL;
    if (Binding != NULL) {
        atomic_fetch_add(&Binding->ReceiveEvents, 1);
        atomic_fetch_sub(&Binding->Receiving, 1);
    }
    if (LifeThread.Depth > 0) { // it is 0 when the verifier was started inside the callback
        LifeThread.Depth--;
    }
    if (LifeThread.StackedCount != 0) {
        LifeStackCheck(__builtin_frame_address(0));
    }
}

// ---- PV-12

static const LIFE_CALLBACK *Innermost(void)
{
    const LIFE_THREAD *Self = &LifeThread;
    return Self->Depth == 0 || Self->Depth > LIFE_CALLBACKS_MAX ? NULL
                                                                : &Self->Callbacks[Self->Depth - 1];
}

// A send that another thread began before the pause, and that comes here late, is right. These two
// began after the driver knew.
static void CheckPausing(const LIFE_BINDING *Binding)
{
    const LIFE_CALLBACK *Callback = Innermost();
    if (LifeThread.PauseBinding == Binding->Handle) {
        SimViolation(
            "PV-12", NULL, Binding->Handle,
            "NdisSendNetBufferLists on binding %p, inside its NetEventPause. The pause asks "
            "for the sends to stop.",
            Binding->Handle);
    }
    if (Callback != NULL && Callback->Binding == Binding->Handle && Callback->BeganPausing &&
        atomic_load(&Binding->Pausing)) {
        SimViolation("PV-12", NULL, Binding->Handle,
                     "NdisSendNetBufferLists on binding %p from a %s that began after "
                     "ProtocolNetPnPEvent had returned from NetEventPause.",
                     Binding->Handle, LifeCallbackName(Callback->Kind));
    }
}

void NTAPI LifeSending(NDIS_HANDLE Handle, NET_BUFFER_LIST *Nbls)
{
    LIFE_BINDING *Binding = LifeBinding(Handle);
    if (Binding == NULL) {
        return;
    }
    CheckPausing(Binding);
    LifeLocksAcross(SimNdisCallbackSendComplete, SimNdisCallbackReceive, "NdisSendNetBufferLists");
    atomic_fetch_add(&Binding->Sends, SimNblCount(Nbls));
}

void NTAPI LifeHandleMisused(NDIS_HANDLE Handle, const char *Function, BOOLEAN Closed)
{
    if (strncmp(Function, "NdisM", 5) == 0) {
        return; // a miniport's completion finds the binding by the NBL's SourceHandle
    }
    const LIFE_CALLBACK *Callback = Innermost();
    BOOLEAN Returns = strcmp(Function, "NdisReturnNetBufferLists") == 0;
    if (Closed && Returns && Callback != NULL && Callback->Kind == SimNdisCallbackReceive) {
        return; // what arrives before the close is complete has to go back (contract BND-39)
    }
    if (Closed) {
        SimViolation("PV-12", NULL, Handle,
                     "%s with the handle of binding %p, for which NdisCloseAdapterEx has been "
                     "called. The handle was invalid from that call on.",
                     Function, Handle);
    }
    // Receives have to go back somehow, and the pause before the unbind may still tidy up.
    BOOLEAN InEvent = Callback != NULL && Callback->Kind == SimNdisCallbackPnpEvent;
    if (!Returns && !InEvent) {
        SimViolation(
            "PV-12", NULL, Handle,
            "%s with the handle of binding %p, for which NdisUnbindAdapter has been called. "
            "Only ProtocolUnbindAdapterEx may use it again, to clean up and to close.",
            Function, Handle);
    }
}
