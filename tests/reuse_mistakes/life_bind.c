// SPDX-License-Identifier: MIT

// Bind, open and PnP events.

#include "mistake.h"

#include "../../ndishost/ndis/control.h"

// ---- PV-19

static NDIS_MEDIUM Medium = NdisMedium802_3;
static UINT Selected;

static void OpenInitialize(NDIS_OPEN_PARAMETERS *Open, NDIS_STRING *Adapter)
{
    RtlZeroMemory(Open, sizeof(*Open));
    Open->Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open->Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open->Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open->AdapterName = Adapter;
    Open->MediumArray = &Medium;
    Open->MediumArraySize = 1;
    Open->SelectedMediumIndex = &Selected;
}

static PROTOCOL_BIND_ADAPTER_EX BindAndRemember;
_Use_decl_annotations_ static NDIS_STATUS BindAndRemember(NDIS_HANDLE DriverContext,
                                                          NDIS_HANDLE BindContext,
                                                          NDIS_BIND_PARAMETERS *Parameters)
{
    EXAMPLE *E = DriverContext;

    E->Own[0] = BindContext;
    return ExampleBind(DriverContext, BindContext, Parameters);
}

static void UseBindAndRemember(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->BindAdapterHandlerEx = BindAndRemember;
}

// A second handle for a second client, later.
static void open_outside_bind(EXAMPLE *E)
{
    NDIS_STRING Name = NDIS_STRING_CONST("any");
    NDIS_OPEN_PARAMETERS Open;
    NDIS_HANDLE Second;

    OpenInitialize(&Open, &Name);
    if (!E->Correct) {
        NdisOpenAdapterEx(E->Protocol, E, &Open, E->Own[0], &Second);
    }
}

static PROTOCOL_BIND_ADAPTER_EX BindWithoutWait;
_Use_decl_annotations_ static NDIS_STATUS BindWithoutWait(NDIS_HANDLE DriverContext,
                                                          NDIS_HANDLE BindContext,
                                                          NDIS_BIND_PARAMETERS *Parameters)
{
    static NDIS_OPEN_PARAMETERS Lasting;
    NDIS_OPEN_PARAMETERS Local;
    EXAMPLE *E = DriverContext;
    NDIS_OPEN_PARAMETERS *Open = E->Correct ? &Lasting : &Local;

    OpenInitialize(Open, Parameters->AdapterName);
    E->Own[0] = BindContext;
    return NdisOpenAdapterEx(E->Protocol, E, Open, BindContext, &E->Binding);
}

static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX OpenCompletesBind;
_Use_decl_annotations_ static VOID OpenCompletesBind(NDIS_HANDLE Context, NDIS_STATUS Status)
{
    EXAMPLE *E = Context;

    E->Bound = Status == NDIS_STATUS_SUCCESS;
    NdisCompleteBindAdapterEx(E->Own[0], Status);
}

static void UseBindWithoutWait(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    SimNdisSetPending(SIM_NDIS_PEND_OPEN);
    Handlers->BindAdapterHandlerEx = BindWithoutWait;
    Handlers->OpenAdapterCompleteHandlerEx = OpenCompletesBind;
}

static void open_parameters_are_a_local_variable(EXAMPLE *E)
{
    UNREFERENCED_PARAMETER(E);
    SimNdisSetPending(0);
}

static PROTOCOL_BIND_ADAPTER_EX BindCompletesTwice;
_Use_decl_annotations_ static NDIS_STATUS BindCompletesTwice(NDIS_HANDLE DriverContext,
                                                             NDIS_HANDLE BindContext,
                                                             NDIS_BIND_PARAMETERS *Parameters)
{
    EXAMPLE *E = DriverContext;
    NDIS_STATUS Status = ExampleBind(DriverContext, BindContext, Parameters);

    NdisCompleteBindAdapterEx(BindContext, Status);
    if (!E->Correct) {
        NdisCompleteBindAdapterEx(BindContext, Status);
    }
    return NDIS_STATUS_PENDING;
}

static void UseBindCompletesTwice(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->BindAdapterHandlerEx = BindCompletesTwice;
}

static void bind_is_completed_twice(EXAMPLE *E)
{
    UNREFERENCED_PARAMETER(E);
}

// A binding context of its own, which the unbind frees. The other handlers of the example want E.
static PROTOCOL_BIND_ADAPTER_EX BindWithContext;
_Use_decl_annotations_ static NDIS_STATUS BindWithContext(NDIS_HANDLE DriverContext,
                                                          NDIS_HANDLE BindContext,
                                                          NDIS_BIND_PARAMETERS *Parameters)
{
    NDIS_OPEN_PARAMETERS Open;
    EXAMPLE *E = DriverContext;
    NDIS_STATUS Status;

    E->Own[0] = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, EXAMPLE_TAG);
    if (E->Own[0] == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    OpenInitialize(&Open, Parameters->AdapterName);
    Status = NdisOpenAdapterEx(E->Protocol, E->Own[0], &Open, BindContext, &E->Binding);
    E->Bound = Status == NDIS_STATUS_SUCCESS;
    return Status;
}

static PROTOCOL_UNBIND_ADAPTER_EX UnbindFreesContext;
_Use_decl_annotations_ static NDIS_STATUS UnbindFreesContext(NDIS_HANDLE UnbindContext,
                                                             NDIS_HANDLE Context)
{
    EXAMPLE *E = &Example;
    NDIS_STATUS Status;

    if (!E->Correct) {
        ExFreePoolWithTag(Context, EXAMPLE_TAG);
    }
    Status = ExampleUnbind(UnbindContext, E);
    if (E->Correct) {
        ExFreePoolWithTag(Context, EXAMPLE_TAG);
    }
    return Status;
}

static PROTOCOL_NET_PNP_EVENT PnpOfExample;
_Use_decl_annotations_ static NDIS_STATUS PnpOfExample(NDIS_HANDLE Context,
                                                       NET_PNP_EVENT_NOTIFICATION *Event)
{
    UNREFERENCED_PARAMETER(Context);
    return ExamplePnpEvent(&Example, Event);
}

static void UseBindWithContext(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->BindAdapterHandlerEx = BindWithContext;
    Handlers->UnbindAdapterHandlerEx = UnbindFreesContext;
    Handlers->NetPnPEventHandler = PnpOfExample;
}

static void context_is_freed_before_close(EXAMPLE *E)
{
    ndishost_remove_nic(E->Nic, NDISHOST_REMOVE_ORDERLY);
}

// ---- PV-20

static PROTOCOL_NET_PNP_EVENT PnpKnowsTwo;
_Use_decl_annotations_ static NDIS_STATUS PnpKnowsTwo(NDIS_HANDLE Context,
                                                      NET_PNP_EVENT_NOTIFICATION *Event)
{
    switch (Event->NetPnPEvent.NetEvent) {
    case NetEventPause:
    case NetEventRestart:
        return ExamplePnpEvent(Context, Event);
    default: // Context may be NULL: the event is for all bindings
        return Example.Correct ? NDIS_STATUS_SUCCESS : NDIS_STATUS_NOT_SUPPORTED;
    }
}

static void UsePnpKnowsTwo(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->NetPnPEventHandler = PnpKnowsTwo;
}

static void event_is_not_supported(EXAMPLE *E)
{
    ndishost_set_power(E->Nic, 4);
}

// Tidy before sleep: everything that is on its way is to come back first.
static PROTOCOL_NET_PNP_EVENT PnpWaitsBeforeSleep;
_Use_decl_annotations_ static NDIS_STATUS PnpWaitsBeforeSleep(NDIS_HANDLE Context,
                                                              NET_PNP_EVENT_NOTIFICATION *Event)
{
    EXAMPLE *E = Context;

    if (Event->NetPnPEvent.NetEvent == NetEventSetPower && !E->Correct) {
        ExampleWait(E);
    } else if (Event->NetPnPEvent.NetEvent == NetEventPause) {
        ExampleRelease(E);
    }
    return ExamplePnpEvent(Context, Event);
}

static void UsePnpWaitsBeforeSleep(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers)
{
    UNREFERENCED_PARAMETER(E);
    Handlers->NetPnPEventHandler = PnpWaitsBeforeSleep;
}

static void power_event_waits_for_sends(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);

    ExampleHold(E);
    ExampleSend(E, Nbl);
    ndishost_set_power(E->Nic, 4);
    NdisFreeNetBufferList(Nbl);
    ExampleFreeFrame(Mdl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("PV-19", open_outside_bind), .Register = UseBindAndRemember, .SendsNothing = TRUE},
    {MISTAKE_OF("PV-19", open_parameters_are_a_local_variable), .Register = UseBindWithoutWait,
     .SendsNothing = TRUE},
    {MISTAKE_OF("PV-19", bind_is_completed_twice), .Register = UseBindCompletesTwice,
     .SendsNothing = TRUE},
    {MISTAKE_OF("PV-19", context_is_freed_before_close), .Register = UseBindWithContext,
     .SendsNothing = TRUE},
    {MISTAKE_OF("PV-20", event_is_not_supported), .Register = UsePnpKnowsTwo, .SendsNothing = TRUE},
    {MISTAKE_OF("PV-20", power_event_waits_for_sends), .Register = UsePnpWaitsBeforeSleep},
};

const MISTAKE_GROUP LifeBindMistakes = MISTAKE_GROUP_OF(Mistakes);
