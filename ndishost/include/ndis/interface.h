/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Network interface providers (ifXxx).
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"

#define NDIS_IF_MAX_STRING_SIZE 0x100

typedef NDIS_IF_COUNTED_STRING *PNDIS_NIC_SWITCH_FRIENDLYNAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_QUEUE_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_EXTENSION_FRIENDLYNAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_FRIENDLYNAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_NIC_FRIENDLYNAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_NIC_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_PORT_FRIENDLYNAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_PORT_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_PORT_PROPERTY_PROFILE_CDN_LABEL;
typedef NDIS_IF_COUNTED_STRING *PNDIS_SWITCH_PORT_PROPERTY_PROFILE_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_VENDOR_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_VM_FRIENDLYNAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_VM_NAME;
typedef NDIS_IF_COUNTED_STRING *PNDIS_VPORT_NAME;

typedef struct _NDIS_IF_PROVIDER_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    IFP_QUERY_OBJECT QueryObjectHandler;
    IFP_SET_OBJECT SetObjectHandler;
    PVOID Reserved1;
    PVOID Reserved2;
} NDIS_IF_PROVIDER_CHARACTERISTICS, *PNDIS_IF_PROVIDER_CHARACTERISTICS;

typedef struct _NDIS_INTERFACE_INFORMATION {
    NET_IF_OPER_STATUS ifOperStatus;
    ULONG ifOperStatusFlags;
    NET_IF_MEDIA_CONNECT_STATE MediaConnectState;
    NET_IF_MEDIA_DUPLEX_STATE MediaDuplexState;
    ULONG ifMtu;
    BOOLEAN ifPromiscuousMode;
    BOOLEAN ifDeviceWakeUpEnable;
    ULONG64 XmitLinkSpeed;
    ULONG64 RcvLinkSpeed;
    ULONG64 ifLastChange;
    ULONG64 ifCounterDiscontinuityTime;
    ULONG64 ifInUnknownProtos;
    ULONG64 ifInDiscards;
    ULONG64 ifInErrors;
    ULONG64 ifHCInOctets;
    ULONG64 ifHCInUcastPkts;
    ULONG64 ifHCInMulticastPkts;
    ULONG64 ifHCInBroadcastPkts;
    ULONG64 ifHCOutOctets;
    ULONG64 ifHCOutUcastPkts;
    ULONG64 ifHCOutMulticastPkts;
    ULONG64 ifHCOutBroadcastPkts;
    ULONG64 ifOutErrors;
    ULONG64 ifOutDiscards;
    ULONG64 ifHCInUcastOctets;
    ULONG64 ifHCInMulticastOctets;
    ULONG64 ifHCInBroadcastOctets;
    ULONG64 ifHCOutUcastOctets;
    ULONG64 ifHCOutMulticastOctets;
    ULONG64 ifHCOutBroadcastOctets;
    NET_IF_COMPARTMENT_ID CompartmentId;
    ULONG SupportedStatistics;
} NDIS_INTERFACE_INFORMATION, *PNDIS_INTERFACE_INFORMATION;

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfAddIfStackEntry(
    NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfAllocateNetLuidIndex(NET_IFTYPE ifType, PUINT32 pNetLuidIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisIfDeleteIfStackEntry(
    NET_IFINDEX HigherLayerIfIndex, NET_IFINDEX LowerLayerIfIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisIfDeregisterInterface(NET_IFINDEX ifIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisIfDeregisterProvider(NDIS_HANDLE NdisProviderHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfFreeNetLuidIndex(NET_IFTYPE ifType, UINT32 NetLuidIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfGetInterfaceIndexFromNetLuid(
    NET_LUID NetLuid, PNET_IFINDEX pIfIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfGetNetLuidFromInterfaceIndex(
    NET_IFINDEX ifIndex, PNET_LUID pNetLuid);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfQueryBindingIfIndex(
    NDIS_HANDLE NdisBindingHandle, PNET_IFINDEX pBoundIfIndex, PNET_LUID pBoundIfNetLuid,
    PNET_IFINDEX pLowestIfIndex, PNET_LUID pLowestIfNetLuid);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfRegisterInterface(
    NDIS_HANDLE NdisProviderHandle, NET_LUID NetLuid, NDIS_HANDLE ProviderIfContext,
    PNET_IF_INFORMATION pIfInfo, PNET_IFINDEX pfIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIfRegisterProvider(
    PNDIS_IF_PROVIDER_CHARACTERISTICS ProviderCharacteristics, NDIS_HANDLE IfProviderContext,
    PNDIS_HANDLE pNdisIfProviderHandle);
