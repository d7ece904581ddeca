// SPDX-License-Identifier: MIT

// How a protocol answers PnP events: PV-20; and what it still has when a pause completes: PV-13.

#include "../nt/wait.h"
#include "life_private.h"

// The callback page lets the first two fail, other pages the next two.
static BOOLEAN MayFail(NET_PNP_EVENT_CODE Event)
{
    return Event == NetEventQueryRemoveDevice || Event == NetEventPortActivation ||
           Event == NetEventRestart || Event == NetEventReconfigure;
}

static void CheckStatus(NDIS_HANDLE Handle, NET_PNP_EVENT_CODE Event, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_NOT_SUPPORTED) {
        SimViolation("PV-20", NULL, Handle,
                     "net PnP event %d was answered with NDIS_STATUS_NOT_SUPPORTED. In NDIS 6 an "
                     "event that a protocol does not know succeeds.",
                     (int)Event);
    }
    if (Status != NDIS_STATUS_SUCCESS && !MayFail(Event)) {
        SimViolation("PV-20", NULL, Handle,
                     "net PnP event %d was answered with 0x%08X. This event may not fail.",
                     (int)Event, (unsigned)Status);
    }
}

static void CheckDrained(LIFE_BINDING *Binding)
{
    LONG64 Sends = atomic_load(&Binding->Sends);
    ULONG64 Before = atomic_load(&Binding->ReceiveEvents);
    LONG64 Lent = atomic_load(&Binding->Lent);
    // While a receive callback runs, what it was given is not held yet.
    BOOLEAN Quiet = atomic_load(&Binding->Receiving) == 0 &&
                    atomic_load(&Binding->ReceiveEvents) == Before;
    if (Sends > 0) {
        SimViolation(
            "PV-13", NULL, Binding->Handle,
            "the pause of binding %p is complete, but %lld NBL(s) that were sent on it have "
            "not come back to ProtocolSendNetBufferListsComplete.",
            Binding->Handle, (long long)Sends);
    }
    if (Quiet && Lent > 0) {
        SimViolation("PV-13", NULL, Binding->Handle,
                     "the pause of binding %p is complete, but %lld received NBL(s) have not been "
                     "given to NdisReturnNetBufferLists.",
                     Binding->Handle, (long long)Lent);
    }
}

void NTAPI LifePnpEventCalling(NDIS_HANDLE Handle, NET_PNP_EVENT_CODE Event)
{
    LIFE_BINDING *Binding = Handle == NULL ? NULL : LifeBinding(Handle);
    if (Event == NetEventSetPower || Event == NetEventQueryPower) {
        LifeThread.PowerBinding = Handle;
    } else if (Event == NetEventPause) {
        LifeThread.PauseBinding = Handle;
    } else if (Event == NetEventRestart && Binding != NULL) {
        atomic_store(&Binding->Pausing, FALSE);
    }
}

void NTAPI LifePnpEventReturned(NDIS_HANDLE Handle, NET_PNP_EVENT_CODE Event, NDIS_STATUS Status)
{
    LIFE_BINDING *Binding = Handle == NULL ? NULL : LifeBinding(Handle);
    UNREFERENCED_PARAMETER(Status);
    LifeThread.PowerBinding = NULL;
    LifeThread.PauseBinding = NULL;
    if (Event == NetEventPause && Binding != NULL) {
        atomic_store(&Binding->Pausing, TRUE);
    }
}

void NTAPI LifePnpEventCompleting(NDIS_HANDLE Handle, NET_PNP_EVENT_CODE Event, NDIS_STATUS Status)
{
    LIFE_BINDING *Binding = Handle == NULL ? NULL : LifeBinding(Handle);
    CheckStatus(Handle, Event, Status);
    if (Event == NetEventPause && Binding != NULL) {
        CheckDrained(Binding);
    }
}

// A short wait for a lock is no wait for I/O: only one that has to sleep while there is I/O.
void NTAPI LifeWaiting(void *Object, const LARGE_INTEGER *Timeout)
{
    LIFE_THREAD *Self = &LifeThread;
    LIFE_BINDING *Binding = Self->PowerBinding == NULL ? NULL : LifeBinding(Self->PowerBinding);
    LONG64 Sends, Requests;
    Self->Waits++;
    if (Binding == NULL || (Timeout != NULL && Timeout->QuadPart == 0) ||
        SimDispatcherReadState(Object) > 0) {
        return;
    }
    Sends = atomic_load(&Binding->Sends);
    Requests = atomic_load(&Binding->Requests);
    if (Sends > 0 || Requests > 0) {
        SimViolation("PV-20", NULL, Binding->Handle,
                     "a wait inside a power event of binding %p, while %lld NBL(s) and %lld OID "
                     "request(s) of it are on their way. NDIS pauses the binding after this event; "
                     "that is the place to wait.",
                     Binding->Handle, (long long)Sends, (long long)Requests);
    }
}
