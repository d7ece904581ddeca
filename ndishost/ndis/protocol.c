// SPDX-License-Identifier: MIT
// Registration of protocol drivers, and who holds one.

#include "adapter.h"

static NDIS_STATUS CharacteristicsCheck(const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Given)
{
    if (!HeaderIsAtLeast(&Given->Header, NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
                         NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1)) {
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    }
    if (!SimVersionIsKnown(Given->MajorNdisVersion, Given->MinorNdisVersion)) {
        return NDIS_STATUS_BAD_VERSION;
    }
    if (Given->Name.Length == 0 || Given->BindAdapterHandlerEx == NULL ||
        Given->UnbindAdapterHandlerEx == NULL || Given->OpenAdapterCompleteHandlerEx == NULL ||
        Given->CloseAdapterCompleteHandlerEx == NULL || Given->NetPnPEventHandler == NULL ||
        Given->OidRequestCompleteHandler == NULL || Given->ReceiveNetBufferListsHandler == NULL ||
        Given->SendNetBufferListsCompleteHandler == NULL) {
        return NDIS_STATUS_BAD_CHARACTERISTICS;
    }
    return NDIS_STATUS_SUCCESS;
}

static void ProtocolReleaseLocked(PROTOCOL *Protocol)
{
    if (--Protocol->References == 0) {
        KeSetEvent(&Protocol->Unreferenced, IO_NO_INCREMENT, FALSE);
    }
}

void SimProtocolDereference(PROTOCOL *Protocol)
{
    SimNdisLock();
    ProtocolReleaseLocked(Protocol);
    SimNdisUnlock();
}

PROTOCOL *SimProtocolNext(PROTOCOL *After)
{
    ULONG Sequence = After == NULL ? 0 : After->Sequence;
    PROTOCOL *Next = NULL;
    SimNdisLock();
    for (LIST_ENTRY *Entry = SimNdis.Protocols.Flink; Entry != &SimNdis.Protocols;
         Entry = Entry->Flink) {
        PROTOCOL *Protocol = CONTAINING_RECORD(Entry, PROTOCOL, Link);
        if (Protocol->Sequence > Sequence && !Protocol->Leaving) {
            Next = Protocol;
            Next->References++;
            break;
        }
    }
    if (After != NULL) {
        ProtocolReleaseLocked(After);
    }
    SimNdisUnlock();
    return Next;
}

static BOOLEAN ProtocolInsert(PROTOCOL *Protocol)
{
    BOOLEAN IsNew = TRUE;
    SimNdisLock();
    for (LIST_ENTRY *Entry = SimNdis.Protocols.Flink; Entry != &SimNdis.Protocols;
         Entry = Entry->Flink) {
        PROTOCOL *Other = CONTAINING_RECORD(Entry, PROTOCOL, Link);
        if (RtlEqualUnicodeString(&Other->Name, &Protocol->Name, TRUE)) {
            IsNew = FALSE;
        }
    }
    if (IsNew) {
        Protocol->Sequence = ++SimNdis.LastSequence;
        Protocol->References = 1;
        InsertTailList(&SimNdis.Protocols, &Protocol->Link);
    }
    SimNdisUnlock();
    return IsNew;
}

// Not in the list, or never was.
static void ProtocolFree(PROTOCOL *Protocol)
{
    Protocol->Signature = 0;
    SimNdisStringFree(&Protocol->Name);
    SimNdisFree(Protocol);
}

static PROTOCOL *ProtocolMake(NDIS_HANDLE Context,
                              const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Given)
{
    PROTOCOL *Protocol = SimNdisAllocate(sizeof(PROTOCOL));
    if (Protocol == NULL) {
        return NULL;
    }
    if (!NT_SUCCESS(SimNdisStringCopy(&Protocol->Name, &Given->Name))) {
        SimNdisFree(Protocol);
        return NULL;
    }
    Protocol->Signature = SIGNATURE_PROTOCOL;
    Protocol->Context = Context;
    KeInitializeEvent(&Protocol->Unreferenced, NotificationEvent, FALSE);
    RtlCopyMemory(&Protocol->Characteristics, Given,
                  min(sizeof(Protocol->Characteristics), Given->Header.Size));
    return Protocol;
}

NDIS_STATUS NTAPI NdisRegisterProtocolDriver(
    NDIS_HANDLE ProtocolDriverContext,
    PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS ProtocolCharacteristics, PNDIS_HANDLE NdisProtocolHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    NDIS_STATUS Status = CharacteristicsCheck(ProtocolCharacteristics);
    if (Status != NDIS_STATUS_SUCCESS) {
        return Status;
    }
    PROTOCOL *Protocol = ProtocolMake(ProtocolDriverContext, ProtocolCharacteristics);
    if (Protocol == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    // Valid before the first callback, which may come before this returns.
    *NdisProtocolHandle = Protocol;
    if (Protocol->Characteristics.SetOptionsHandler != NULL) {
        Status = Protocol->Characteristics.SetOptionsHandler(Protocol, ProtocolDriverContext);
    }
    if (Status == NDIS_STATUS_SUCCESS && !ProtocolInsert(Protocol)) {
        Status = NDIS_STATUS_FAILURE;
    }
    if (Status != NDIS_STATUS_SUCCESS) {
        *NdisProtocolHandle = NULL;
        ProtocolFree(Protocol);
        return Status;
    }
    SimBinderKick();
    return NDIS_STATUS_SUCCESS;
}

static PROTOCOL *ProtocolCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_PROTOCOL) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, 0, 0, "%s: %p is not a protocol handle", Function,
                 Handle);
    }
    return Handle;
}

void NTAPI NdisDeregisterProtocolDriver(NDIS_HANDLE NdisProtocolHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    PROTOCOL *Protocol = ProtocolCheck(NdisProtocolHandle, __func__);
    BusyBegin();
    SimNdisLock();
    Protocol->Leaving = TRUE;
    SimNdisUnlock();
    // Whoever binds holds Transition and looked at Leaving under it: none can follow.
    for (ADAPTER *Adapter = SimAdapterNext(NULL); Adapter != NULL;
         Adapter = SimAdapterNext(Adapter)) {
        SimAdapterLockTransition(Adapter, __func__);
        BINDING *Binding = SimBindingFind(Adapter, Protocol);
        if (Binding != NULL && BindingIsBound(Binding)) {
            SimBindingUnbind(Binding);
        }
        SimBindingForget(SimBindingFind(Adapter, Protocol));
        SimAdapterUnlockTransition(Adapter);
    }
    SimNdisLock();
    RemoveEntryList(&Protocol->Link);
    ProtocolReleaseLocked(Protocol);
    SimNdisUnlock();
    KeWaitForSingleObject(&Protocol->Unreferenced, Executive, KernelMode, FALSE, NULL);
    ProtocolFree(Protocol);
    BusyEnd();
}

// Those that were refused are asked again.
void NTAPI NdisReEnumerateProtocolBindings(NDIS_HANDLE NdisProtocolHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    PROTOCOL *Protocol = ProtocolCheck(NdisProtocolHandle, __func__);
    for (ADAPTER *Adapter = SimAdapterNext(NULL); Adapter != NULL;
         Adapter = SimAdapterNext(Adapter)) {
        SimAdapterLockTransition(Adapter, __func__);
        BINDING *Binding = SimBindingFind(Adapter, Protocol);
        if (Binding != NULL && !BindingIsBound(Binding) && !Binding->Disabled) {
            SimBindingForget(Binding);
        }
        SimAdapterUnlockTransition(Adapter);
    }
    SimBinderKick();
}
