// SPDX-License-Identifier: MIT
// Network interfaces by LUID and index: those of adapters, and those that a provider registers. The
// handlers of a provider are never called, as nobody queries interfaces here.

#include "adapter.h"

#define LUID_INDEX_LAST 32767 // above: what adapter.c hands out

typedef struct IF_PROVIDER {
    ULONG Signature;
    volatile LONG Interfaces;
} IF_PROVIDER;

typedef struct IF_ENTRY {
    LIST_ENTRY Link; // SimNdis.Interfaces
    IF_PROVIDER *Provider;
    NET_LUID Luid;
    NET_IFINDEX Index;
} IF_ENTRY;

typedef struct IF_STACK_ENTRY {
    LIST_ENTRY Link; // SimNdis.InterfaceStack
    NET_IFINDEX Higher, Lower;
} IF_STACK_ENTRY;

typedef struct LUID_INDEX {
    LIST_ENTRY Link; // SimNdis.LuidIndexes
    NET_IFTYPE Type;
    UINT32 Index;
} LUID_INDEX;

static IF_PROVIDER *ProviderCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_PROVIDER) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, SIGNATURE_PROVIDER, 0,
                 "%s: %p is not an interface provider", Function, Handle);
    }
    return Handle;
}

// The one that `Matches`, from providers' interfaces and from adapters. FALSE: there is none.
typedef BOOLEAN IF_MATCH(NET_LUID Luid, NET_IFINDEX Index, const void *Wanted);

static BOOLEAN InterfaceFind(IF_MATCH *Matches, const void *Wanted, NET_LUID *Luid,
                             NET_IFINDEX *Index)
{
    BOOLEAN Found = FALSE;
    SimNdisLock();
    for (LIST_ENTRY *Link = SimNdis.Interfaces.Flink; !Found && Link != &SimNdis.Interfaces;
         Link = Link->Flink) {
        const IF_ENTRY *Entry = CONTAINING_RECORD(Link, IF_ENTRY, Link);
        Found = Matches(Entry->Luid, Entry->Index, Wanted);
        *Luid = Entry->Luid;
        *Index = Entry->Index;
    }
    for (LIST_ENTRY *Link = SimNdis.Adapters.Flink; !Found && Link != &SimNdis.Adapters;
         Link = Link->Flink) {
        const ADAPTER *Adapter = CONTAINING_RECORD(Link, ADAPTER, Link);
        Found = Matches(Adapter->NetLuid, Adapter->IfIndex, Wanted);
        *Luid = Adapter->NetLuid;
        *Index = Adapter->IfIndex;
    }
    SimNdisUnlock();
    return Found;
}

static BOOLEAN LuidMatches(NET_LUID Luid, NET_IFINDEX Index, const void *Wanted)
{
    UNREFERENCED_PARAMETER(Index);
    return Luid.Value == ((const NET_LUID *)Wanted)->Value;
}

static BOOLEAN IndexMatches(NET_LUID Luid, NET_IFINDEX Index, const void *Wanted)
{
    UNREFERENCED_PARAMETER(Luid);
    return Index == *(const NET_IFINDEX *)Wanted;
}

NDIS_STATUS NTAPI NdisIfGetInterfaceIndexFromNetLuid(NET_LUID NetLuid, PNET_IFINDEX pIfIndex)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    NET_LUID Luid;
    NET_IFINDEX Index;
    BOOLEAN Found = InterfaceFind(LuidMatches, &NetLuid, &Luid, &Index);
    *pIfIndex = Found ? Index : NET_IFINDEX_UNSPECIFIED;
    return Found ? NDIS_STATUS_SUCCESS : NDIS_STATUS_INTERFACE_NOT_FOUND;
}

NDIS_STATUS NTAPI NdisIfGetNetLuidFromInterfaceIndex(NET_IFINDEX ifIndex, PNET_LUID pNetLuid)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    NET_LUID Luid = {0};
    NET_IFINDEX Index;
    BOOLEAN Found = InterfaceFind(IndexMatches, &ifIndex, &Luid, &Index);
    pNetLuid->Value = Found ? Luid.Value : NET_IFLUID_UNSPECIFIED;
    return Found ? NDIS_STATUS_SUCCESS : NDIS_STATUS_INTERFACE_NOT_FOUND;
}

// ---- providers

NDIS_STATUS NTAPI NdisIfRegisterProvider(PNDIS_IF_PROVIDER_CHARACTERISTICS ProviderCharacteristics,
                                         NDIS_HANDLE IfProviderContext,
                                         PNDIS_HANDLE pNdisIfProviderHandle)
{
    UNREFERENCED_PARAMETER(IfProviderContext);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    *pNdisIfProviderHandle = NULL;
    if (ProviderCharacteristics->Header.Revision < 1 ||
        ProviderCharacteristics->Header.Size < NDIS_SIZEOF_IF_PROVIDER_CHARACTERISTICS_REVISION_1) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    IF_PROVIDER *Provider = SimNdisAllocate(sizeof(IF_PROVIDER));
    if (Provider == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    DbgPrint("NDIS: NdisIfRegisterProvider: nobody will call the handlers of the provider\n");
    Provider->Signature = SIGNATURE_PROVIDER;
    InterlockedIncrement(&SimNdis.Objects);
    *pNdisIfProviderHandle = Provider;
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisIfDeregisterProvider(NDIS_HANDLE NdisProviderHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    IF_PROVIDER *Provider = ProviderCheck(NdisProviderHandle, __func__);
    LONG Interfaces = ReadAcquire(&Provider->Interfaces);
    if (Interfaces != 0) {
        BugCheck(NDIS_BUG_REFERENCE, Provider, Interfaces, 0,
                 "NdisIfDeregisterProvider: %d interfaces are still registered", (int)Interfaces);
    }
    Provider->Signature = 0;
    SimNdisFree(Provider);
    InterlockedDecrement(&SimNdis.Objects);
}

NDIS_STATUS NTAPI NdisIfRegisterInterface(NDIS_HANDLE NdisProviderHandle, NET_LUID NetLuid,
                                          NDIS_HANDLE ProviderIfContext,
                                          PNET_IF_INFORMATION pIfInfo, PNET_IFINDEX pfIndex)
{
    UNREFERENCED_PARAMETER(ProviderIfContext);
    UNREFERENCED_PARAMETER(pIfInfo);
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    IF_PROVIDER *Provider = ProviderCheck(NdisProviderHandle, __func__);
    NET_LUID Luid;
    NET_IFINDEX Index;
    if (InterfaceFind(LuidMatches, &NetLuid, &Luid, &Index)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    IF_ENTRY *Entry = SimNdisAllocate(sizeof(IF_ENTRY));
    if (Entry == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Entry->Provider = Provider;
    Entry->Luid = NetLuid;
    InterlockedIncrement(&Provider->Interfaces);
    SimNdisLock();
    Entry->Index = ++SimNdis.LastIfIndex;
    *pfIndex = Entry->Index;
    InsertTailList(&SimNdis.Interfaces, &Entry->Link);
    SimNdisUnlock();
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisIfDeregisterInterface(NET_IFINDEX ifIndex)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    IF_ENTRY *Found = NULL;
    SimNdisLock();
    for (LIST_ENTRY *Link = SimNdis.Interfaces.Flink; Link != &SimNdis.Interfaces;
         Link = Link->Flink) {
        IF_ENTRY *Entry = CONTAINING_RECORD(Link, IF_ENTRY, Link);
        if (Entry->Index == ifIndex) {
            Found = Entry;
        }
    }
    if (Found != NULL) {
        RemoveEntryList(&Found->Link);
        InterlockedDecrement(&Found->Provider->Interfaces);
    }
    SimNdisUnlock();
    if (Found == NULL) {
        DbgPrint("NDIS: NdisIfDeregisterInterface: no provider has interface %u\n", ifIndex);
    }
    SimNdisFree(Found);
}

// ---- the order of interfaces

static IF_STACK_ENTRY *StackFindLocked(NET_IFINDEX Higher, NET_IFINDEX Lower)
{
    for (LIST_ENTRY *Link = SimNdis.InterfaceStack.Flink; Link != &SimNdis.InterfaceStack;
         Link = Link->Flink) {
        IF_STACK_ENTRY *Entry = CONTAINING_RECORD(Link, IF_STACK_ENTRY, Link);
        if (Entry->Higher == Higher && Entry->Lower == Lower) {
            return Entry;
        }
    }
    return NULL;
}

NDIS_STATUS NTAPI NdisIfAddIfStackEntry(NET_IFINDEX HigherLayerIfIndex,
                                        NET_IFINDEX LowerLayerIfIndex)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    IF_STACK_ENTRY *Entry = SimNdisAllocate(sizeof(IF_STACK_ENTRY));
    if (Entry == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Entry->Higher = HigherLayerIfIndex;
    Entry->Lower = LowerLayerIfIndex;
    InterlockedIncrement(&SimNdis.Objects);
    SimNdisLock();
    InsertTailList(&SimNdis.InterfaceStack, &Entry->Link);
    SimNdisUnlock();
    return NDIS_STATUS_SUCCESS;
}

void NTAPI NdisIfDeleteIfStackEntry(NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimNdisLock();
    IF_STACK_ENTRY *Entry = StackFindLocked(HigherLayerIfIndex, LowerLayerIfIndex);
    if (Entry != NULL) {
        RemoveEntryList(&Entry->Link);
        InterlockedDecrement(&SimNdis.Objects);
    }
    SimNdisUnlock();
    SimNdisFree(Entry);
}

// ---- indexes inside a LUID, unique for each type

static LUID_INDEX *LuidIndexFindLocked(NET_IFTYPE Type, UINT32 Index)
{
    for (LIST_ENTRY *Link = SimNdis.LuidIndexes.Flink; Link != &SimNdis.LuidIndexes;
         Link = Link->Flink) {
        LUID_INDEX *Entry = CONTAINING_RECORD(Link, LUID_INDEX, Link);
        if (Entry->Type == Type && Entry->Index == Index) {
            return Entry;
        }
    }
    return NULL;
}

NDIS_STATUS NTAPI NdisIfAllocateNetLuidIndex(NET_IFTYPE ifType, PUINT32 pNetLuidIndex)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    LUID_INDEX *Entry = SimNdisAllocate(sizeof(LUID_INDEX));
    if (Entry == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    Entry->Type = ifType;
    SimNdisLock();
    UINT32 Index = 1;
    while (Index <= LUID_INDEX_LAST && LuidIndexFindLocked(ifType, Index) != NULL) {
        Index++;
    }
    if (Index <= LUID_INDEX_LAST) {
        Entry->Index = Index;
        *pNetLuidIndex = Index;
        InterlockedIncrement(&SimNdis.Objects);
        InsertTailList(&SimNdis.LuidIndexes, &Entry->Link);
    }
    SimNdisUnlock();
    if (Index > LUID_INDEX_LAST) {
        SimNdisFree(Entry);
        return NDIS_STATUS_RESOURCES;
    }
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NdisIfFreeNetLuidIndex(NET_IFTYPE ifType, UINT32 NetLuidIndex)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    SimNdisLock();
    LUID_INDEX *Entry = LuidIndexFindLocked(ifType, NetLuidIndex);
    if (Entry != NULL) {
        RemoveEntryList(&Entry->Link);
        InterlockedDecrement(&SimNdis.Objects);
    }
    SimNdisUnlock();
    SimNdisFree(Entry);
    return Entry != NULL ? NDIS_STATUS_SUCCESS : NDIS_STATUS_INVALID_PARAMETER;
}
