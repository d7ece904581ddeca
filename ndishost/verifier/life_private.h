// SPDX-License-Identifier: MIT
#pragma once

// What the files behind life.h share.

#include "../nt/sim.h"
#include "life.h"
#include "violation.h"

// One for each binding from NdisOpenAdapterEx on, kept until the verifier stops: its counts may be
// looked at by a thread that is late.
typedef struct LIFE_BINDING {
    struct LIFE_BINDING *Next; // all of them, guarded by the list's lock in bind.c
    NDIS_HANDLE Handle;
    const void *Context;           // ProtocolBindingContext
    const void *OpenMemory[3];     // what NDIS keeps while the open pends
    _Atomic BOOLEAN IsOpen;        // from the call of NdisOpenAdapterEx until the close is complete
    _Atomic LONG64 Sends;          // NBLs on their way: until their completion callback begins
    _Atomic LONG64 Lent;           // received NBLs that the protocol may keep
    _Atomic LONG Receiving;        // receive callbacks that run
    _Atomic ULONG64 ReceiveEvents; // how often one has begun or ended
    _Atomic LONG Requests;         // OIDs that are not complete
    _Atomic BOOLEAN Pausing;       // NetEventPause has returned, and no restart came since
} LIFE_BINDING;

LIFE_BINDING *LifeBinding(NDIS_HANDLE Binding); // NULL: not opened while the verifier listened

// What this thread is doing for a driver. Callbacks nest: a completion may run inside a send.
#define LIFE_CALLBACKS_MAX 16
#define LIFE_STACKED_MAX 4

// Memory on this thread's stack that NDIS keeps after the call has returned PENDING.
typedef struct LIFE_STACKED {
    const char *RuleId, *What; // "the NDIS_OID_REQUEST"
    const void *Address;
    ULONG64 Waits; // LIFE_THREAD.Waits when it pended
} LIFE_STACKED;

typedef struct LIFE_CALLBACK {
    NDIS_HANDLE Binding;
    SIM_NDIS_CALLBACK Kind;
    BOOLEAN BeganPausing;
} LIFE_CALLBACK;

typedef struct LIFE_THREAD {
    LIFE_CALLBACK Callbacks[LIFE_CALLBACKS_MAX]; // of Depth, those that there was room for
    unsigned Depth;
    NDIS_HANDLE PowerBinding; // inside a SetPower or QueryPower event
    NDIS_HANDLE PauseBinding; // inside a Pause event
    ULONG64 Waits;            // how often it has waited
    LIFE_STACKED Stacked[LIFE_STACKED_MAX];
    unsigned StackedCount;
} LIFE_THREAD;

extern _Thread_local LIFE_THREAD LifeThread;

const char *LifeCallbackName(SIM_NDIS_CALLBACK Callback);

// Whether memory lies on the stack of the calling thread.
BOOLEAN LifeIsOnStack(const void *Address);
// Remembers it; LifeStackCheck, in a hook behind a driver's function, reports it when the frame
// that it lies in has gone and nobody waited for the end.
void LifeStackAdd(const char *RuleId, const char *What, const void *Address);
void LifeStackCheck(const void *Frame);

void LifeBindingStop(void);
void LifeReceiveStop(void);
void LifeOidStop(void);
void LifeLockStop(void);
void LifeOidPoolFreeing(const void *Address, SIZE_T Bytes, void *Caller);
void LifeBindPoolFreeing(const void *Address, SIZE_T Bytes, void *Caller);
void LifeLockPoolFreeing(const void *Address, SIZE_T Bytes);
void LifeLocksAcross(SIM_NDIS_CALLBACK First, SIM_NDIS_CALLBACK Second, const char *Function);
