// SPDX-License-Identifier: MIT

// How a protocol answers PnP events: PV-20; and what it still has when a pause completes: PV-13.

#include "../nt/wait.h"
#include "finding.h"
#include "life_private.h"

// The callback page lets the first two fail, other pages the next two.
static BOOLEAN MayFail(NET_PNP_EVENT_CODE Event)
{
    return Event == NetEventQueryRemoveDevice || Event == NetEventPortActivation ||
           Event == NetEventRestart || Event == NetEventReconfigure;
}

static const char *EventName(NET_PNP_EVENT_CODE Event)
{
    static const char *const Names[] = {
        "SetPower",
        "QueryPower",
        "QueryRemoveDevice",
        "CancelRemoveDevice",
        "Reconfigure",
        "BindList",
        "BindsComplete",
        "PnPCapabilities",
        "Pause",
        "Restart",
        "PortActivation",
        "PortDeactivation",
        "IMReEnableDevice",
        "NDKEnable",
        "NDKDisable",
        "FilterPreDetach",
        "BindFailed",
        "SwitchActivate",
        "AllowBindsAbove",
        "InhibitBindsAbove",
        "AllowStart",
        "RequirePause",
        "UploadGftFlowEntries",
    };
    C_ASSERT(RTL_NUMBER_OF(Names) == NetEventMaximum);
    return (unsigned)Event < RTL_NUMBER_OF(Names) ? Names[Event] : "?";
}

static void CheckStatus(NDIS_HANDLE Handle, NET_PNP_EVENT_CODE Event, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_NOT_SUPPORTED) {
        SimViolation("PV-20", NULL, Handle,
                     "NetEvent%s (%d) was answered with NDIS_STATUS_NOT_SUPPORTED. In NDIS 6 an "
                     "event that a protocol does not know succeeds.",
                     EventName(Event), (int)Event);
    }
    if (Status != NDIS_STATUS_SUCCESS && !MayFail(Event)) {
        SimViolation("PV-20", NULL, Handle,
                     "NetEvent%s (%d) was answered with 0x%08X. This event may not fail.",
                     EventName(Event), (int)Event, (unsigned)Status);
    }
}

typedef struct SENT_SEARCH {
    NDIS_HANDLE Binding;
    NBL_SHADOW *Oldest;
} SENT_SEARCH;

static void SearchSent(void *Entry, void *Context)
{
    NBL_SHADOW *Shadow = Entry;
    SENT_SEARCH *Search = Context;
    if (NblStateOf(Shadow) == NblSent && Shadow->Binding == Search->Binding &&
        (Search->Oldest == NULL || Shadow->SendTime < Search->Oldest->SendTime)) {
        Search->Oldest = Shadow;
    }
}

// About the NBL that is longest on its way. None: strict mode holds them back, completed.
static __attribute__((noreturn, noinline)) void SendsReport(NDIS_HANDLE Binding, LONG64 Sends)
{
    SENT_SEARCH Search = {Binding, NULL};
    TableForEach(&NblTable, SearchSent, &Search);
    FINDING Finding = {.Rule = "PV-13", .Nbl = Search.Oldest, .Object = Binding};
    FindingReport(&Finding,
                  "the pause of binding %p is complete, but %lld NBL(s) that were sent on it have "
                  "not come back to ProtocolSendNetBufferListsComplete%s",
                  Binding, (long long)Sends,
                  Search.Oldest != NULL ? "; this one is the oldest" : "");
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
        SendsReport(Binding->Handle, Sends);
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
