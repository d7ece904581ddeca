// SPDX-License-Identifier: MIT

// Open and close: PV-19. Keeps what the verifier knows of each binding.

#include "life_private.h"

#include <stdlib.h>

static SIM_LOCK Lock; // guards the list
static LIFE_BINDING *Bindings;

LIFE_BINDING *LifeBinding(NDIS_HANDLE Binding)
{
    return __atomic_load_n(SimNdisBindingCell(Binding), __ATOMIC_ACQUIRE);
}

void LifeBindingStop(void)
{
    while (Bindings != NULL) {
        LIFE_BINDING *Next = Bindings->Next;
        free(Bindings);
        Bindings = Next;
    }
}

void NTAPI LifeOpenRefused(NDIS_HANDLE ProtocolHandle, NDIS_HANDLE BindContext)
{
    SimViolation(
        "PV-19", NULL, ProtocolHandle,
        "NdisOpenAdapterEx of protocol %p with BindContext %p, which belongs to no bind that "
        "is under way, or was used for an open before. An adapter is opened inside "
        "ProtocolBindAdapterEx, once.",
        ProtocolHandle, BindContext);
}

void NTAPI LifeOpening(NDIS_HANDLE Handle, const NDIS_OPEN_PARAMETERS *Parameters,
                       const NDIS_HANDLE *HandleTo)
{
    SIM_NDIS_BINDING_INFO Info;
    LIFE_BINDING *Binding = calloc(1, sizeof(*Binding));
    if (Binding == NULL) {
        return; // this binding is not looked at
    }
    Binding->Handle = Handle;
    Binding->Context = SimNdisBindingInfo(Handle, &Info) ? Info.ProtocolContext : NULL;
    Binding->OpenMemory[0] = Parameters;
    Binding->OpenMemory[1] = Parameters->SelectedMediumIndex;
    Binding->OpenMemory[2] = HandleTo;
    atomic_store(&Binding->IsOpen, TRUE);
    SimLock(&Lock);
    Binding->Next = Bindings;
    Bindings = Binding;
    SimUnlock(&Lock);
    __atomic_store_n(SimNdisBindingCell(Handle), Binding, __ATOMIC_RELEASE);
}

void NTAPI LifeOpenReturned(NDIS_HANDLE Handle, NDIS_STATUS Status)
{
    static const char *const Names[] = {"the NDIS_OPEN_PARAMETERS", "the selected medium's index",
                                        "the binding handle"};
    const LIFE_BINDING *Binding = LifeBinding(Handle);
    if (Binding == NULL || Status != NDIS_STATUS_PENDING) {
        return;
    }
    for (unsigned i = 0; i < RTL_NUMBER_OF(Names); i++) {
        LifeStackAdd("PV-19", Names[i], Binding->OpenMemory[i]);
    }
}

void NTAPI LifeClosed(NDIS_HANDLE Handle)
{
    LIFE_BINDING *Binding = LifeBinding(Handle);
    if (Binding != NULL) {
        atomic_store(&Binding->IsOpen, FALSE);
    }
}

void LifeBindPoolFreeing(const void *Address, SIZE_T Bytes, void *Caller)
{
    NDIS_HANDLE Found = NULL;
    const void *Context = NULL;
    SimLock(&Lock);
    for (LIFE_BINDING *Binding = Bindings; Binding != NULL; Binding = Binding->Next) {
        ULONG_PTR Into = (ULONG_PTR)Binding->Context - (ULONG_PTR)Address;
        if (atomic_load(&Binding->IsOpen) && Into < Bytes) {
            Found = Binding->Handle;
            Context = Binding->Context;
        }
    }
    SimUnlock(&Lock);
    if (Found != NULL) {
        SimViolation("PV-19", NULL, Context,
                     "the binding context %p of binding %p is freed (by the code at %p) before the "
                     "close is complete. Receives and status indications may still arrive with it.",
                     Context, Found, Caller);
    }
}

void LifePoolFreeing(void *Address, SIZE_T Bytes, void *Caller)
{
    LifeBindPoolFreeing(Address, Bytes, Caller);
    LifeOidPoolFreeing(Address, Bytes, Caller);
    LifeLockPoolFreeing(Address, Bytes);
}

void LifeStop(void)
{
    LifeOidStop();
    LifeReceiveStop();
    LifeLockStop();
    LifeBindingStop();
}
