// SPDX-License-Identifier: MIT
// Net PnP events to filters and protocols, and those that a miniport raises.

#include "filter.h"

static const UCHAR MayFail[] = {NetEventQueryRemoveDevice, NetEventRestart, NetEventReconfigure,
                                NetEventPortActivation};

// What a protocol may not answer is taken as success, as on Windows; the debugger hears of it.
static NDIS_STATUS StatusJudge(const PROTOCOL *Protocol, NET_PNP_EVENT_CODE Code,
                               NDIS_STATUS Status)
{
    BOOLEAN Allowed = Status == NDIS_STATUS_SUCCESS;
    for (ULONG i = 0; i < sizeof(MayFail); i++) {
        Allowed = Allowed || MayFail[i] == (UCHAR)Code;
    }
    if (Allowed) {
        return Status;
    }
    DbgPrint("NDIS: protocol %wZ answers event %d with 0x%08x, which it may not\n", &Protocol->Name,
             (int)Code, (unsigned)Status);
    return NDIS_STATUS_SUCCESS;
}

// The notification leads back to its completion by a field that is NDIS's.
static NDIS_STATUS EventSend(PROTOCOL *Protocol, BINDING *Binding,
                             NET_PNP_EVENT_NOTIFICATION *Notification, COMPLETION *Completion)
{
    NDIS_HANDLE Context = Binding == NULL ? NULL : Binding->Context;
    NET_PNP_EVENT_CODE Code = Notification->NetPnPEvent.NetEvent;
    HeaderSet(&Notification->Header, NDIS_OBJECT_TYPE_DEFAULT,
              NET_PNP_EVENT_NOTIFICATION_REVISION_2, sizeof(*Notification));
    Notification->NetPnPEvent.NdisReserved[0] = (ULONG_PTR)Completion;
    Notification->NetPnPEvent.NdisReserved[1] = (ULONG_PTR)Notification;
    Notification->NetPnPEvent.NdisReserved[2] = (ULONG_PTR)Binding;
    SimCompletionBegin(Completion);
    NDIS_HOOK(CallbackBegins, (Binding, SimNdisCallbackPnpEvent, 0));
    NDIS_HOOK(PnpEventCalling, (Binding, Code));
    NDIS_STATUS Status = Protocol->Characteristics.NetPnPEventHandler(Context, Notification);
    NDIS_HOOK(PnpEventReturned, (Binding, Code, Status));
    NDIS_HOOK(CallbackEnds, (Binding, SimNdisCallbackPnpEvent));
    if (Status != NDIS_STATUS_PENDING) {
        NDIS_HOOK(PnpEventCompleting, (Binding, Code, Status));
    }
    Status = SimCompletionEnd(Completion, Status);
    return StatusJudge(Protocol, Code, Status);
}

NDIS_STATUS SimBindingPnpEvent(BINDING *Binding, NET_PNP_EVENT_CODE Code, PVOID Buffer,
                               ULONG BufferLength)
{
    RtlZeroMemory(&Binding->Notification, sizeof(Binding->Notification));
    Binding->Notification.NetPnPEvent.NetEvent = Code;
    Binding->Notification.NetPnPEvent.Buffer = Buffer;
    Binding->Notification.NetPnPEvent.BufferLength = BufferLength;
    return EventSend(Binding->Protocol, Binding, &Binding->Notification, &Binding->Event);
}

NDIS_STATUS SimProtocolPnpEvent(PROTOCOL *Protocol, NET_PNP_EVENT_CODE Code)
{
    NET_PNP_EVENT_NOTIFICATION Notification = {0};
    COMPLETION Completion = {0};
    Notification.NetPnPEvent.NetEvent = Code;
    return EventSend(Protocol, NULL, &Notification, &Completion);
}

// ---- to all above an adapter, under Transition

// A removal that one of them refuses does not take place: the others are not asked.
static NDIS_STATUS BindingsEvent(ADAPTER *Adapter, const NET_PNP_EVENT *Event)
{
    BOOLEAN MayEnd = Event->NetEvent == NetEventQueryRemoveDevice;
    NDIS_STATUS Result = NDIS_STATUS_SUCCESS;
    for (LIST_ENTRY *Entry = Adapter->Bindings.Flink; Entry != &Adapter->Bindings;
         Entry = Entry->Flink) {
        BINDING *Binding = CONTAINING_RECORD(Entry, BINDING, Link);
        if (!Binding->Open || (MayEnd && Result != NDIS_STATUS_SUCCESS)) {
            continue;
        }
        NDIS_STATUS Status = SimBindingPnpEvent(Binding, Event->NetEvent, Event->Buffer,
                                                Event->BufferLength);
        if (Status != NDIS_STATUS_SUCCESS) {
            Result = Status;
        }
    }
    return Result;
}

// Each filter passes it on with NdisFNetPnPEvent, or keeps it from those above.
static NDIS_STATUS EventRise(ADAPTER *Adapter, MODULE *Below, const NET_PNP_EVENT *Event)
{
    NET_PNP_EVENT_NOTIFICATION Notification = {0};
    FILTER *Filter = SimFilterNetEventTaker(Adapter, Below);
    if (Filter == NULL) {
        return BindingsEvent(Adapter, Event);
    }
    HeaderSet(&Notification.Header, NDIS_OBJECT_TYPE_DEFAULT, NET_PNP_EVENT_NOTIFICATION_REVISION_2,
              sizeof(Notification));
    Notification.NetPnPEvent.NetEvent = Event->NetEvent;
    Notification.NetPnPEvent.Buffer = Event->Buffer;
    Notification.NetPnPEvent.BufferLength = Event->BufferLength;
    NDIS_STATUS Status = Filter->Driver->Characteristics.NetPnPEventHandler(Filter->Context,
                                                                            &Notification);
    SimDrainLeave(&Filter->Life, 1);
    return Status;
}

NDIS_STATUS SimAdapterPnpEvent(ADAPTER *Adapter, NET_PNP_EVENT_CODE Code, PVOID Buffer,
                               ULONG BufferLength)
{
    NET_PNP_EVENT Event = {.NetEvent = Code, .Buffer = Buffer, .BufferLength = BufferLength};
    return EventRise(Adapter, &Adapter->Bottom, &Event);
}

// Inside FilterNetPnPEvent, whose caller holds Transition for it.
NDIS_STATUS NTAPI NdisFNetPnPEvent(NDIS_HANDLE NdisFilterHandle,
                                   PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    FILTER *Filter = SimFilterCheck(NdisFilterHandle, __func__);
    const NET_PNP_EVENT *Event = &NetPnPEventNotification->NetPnPEvent;
    if (Filter->Adapter->TransitionOwner != KeGetCurrentThread()) {
        DbgPrint(
            "NDIS: NdisFNetPnPEvent fails: event %d is not passed on inside FilterNetPnPEvent\n",
            (int)Event->NetEvent);
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    return EventRise(Filter->Adapter, &Filter->Module, Event);
}

// ---- the drivers' calls

void NTAPI NdisCompleteNetPnPEvent(NDIS_HANDLE NdisBindingHandle,
                                   PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification,
                                   NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(NdisBindingHandle);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    const NET_PNP_EVENT *Event = &NetPnPEventNotification->NetPnPEvent;
    if (Event->NdisReserved[1] != (ULONG_PTR)NetPnPEventNotification) {
        BugCheck(NDIS_BUG_PNP_EVENT, NetPnPEventNotification, Event->NetEvent, Status,
                 "NdisCompleteNetPnPEvent: %p is not the notification that NDIS passed",
                 NetPnPEventNotification);
    }
    NDIS_HOOK(PnpEventCompleting, ((NDIS_HANDLE)Event->NdisReserved[2], Event->NetEvent, Status));
    SimCompletionSet((COMPLETION *)Event->NdisReserved[0], Status, __func__,
                     NetPnPEventNotification);
}

// A miniport tells those above of its ports.
NDIS_STATUS NTAPI NdisMNetPnPEvent(NDIS_HANDLE MiniportAdapterHandle,
                                   PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    ADAPTER *Adapter = SimAdapterCheck(MiniportAdapterHandle, __func__);
    const NET_PNP_EVENT *Event = &NetPnPEventNotification->NetPnPEvent;
    if (Event->NetEvent != NetEventPortActivation && Event->NetEvent != NetEventPortDeactivation) {
        return NDIS_STATUS_NOT_SUPPORTED;
    }
    SimAdapterLockTransition(Adapter, __func__);
    NDIS_STATUS Status = SimAdapterPnpEvent(Adapter, Event->NetEvent, Event->Buffer,
                                            Event->BufferLength);
    SimAdapterUnlockTransition(Adapter);
    return Status;
}
