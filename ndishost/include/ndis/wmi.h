/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * WMI structures of NDIS.
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"
#include "rss.h"
#include "pm.h"
#include "ndk.h"

#define NDIS_WMI_DEFAULT_METHOD_ID 1

#define NDIS_WMI_OBJECT_TYPE_SET 1
#define NDIS_WMI_OBJECT_TYPE_METHOD 2
#define NDIS_WMI_OBJECT_TYPE_EVENT 3
#define NDIS_WMI_OBJECT_TYPE_ENUM_ADAPTER 4
#define NDIS_WMI_OBJECT_TYPE_OUTPUT_INFO 5

typedef struct _NDIS_WMI_ENUM_ADAPTER {
    NDIS_OBJECT_HEADER Header;
    NET_IFINDEX IfIndex;
    NET_LUID NetLuid;
    USHORT DeviceNameLength;
    CHAR DeviceName[1];
} NDIS_WMI_ENUM_ADAPTER, *PNDIS_WMI_ENUM_ADAPTER;

typedef struct _NDIS_WMI_EVENT_HEADER {
    NDIS_OBJECT_HEADER Header;
    NET_IFINDEX IfIndex;
    NET_LUID NetLuid;
    ULONG64 RequestId;
    NDIS_PORT_NUMBER PortNumber;
    ULONG DeviceNameLength;
    ULONG DeviceNameOffset;
    UCHAR Padding[4];
} NDIS_WMI_EVENT_HEADER, *PNDIS_WMI_EVENT_HEADER;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_WMI_GROUP_AFFINITY {
    ULONG64 Mask;
    USHORT Group;
    USHORT Reserved[3];
} NDIS_WMI_GROUP_AFFINITY, *PNDIS_WMI_GROUP_AFFINITY;
#endif

typedef struct _NDIS_WMI_METHOD_HEADER {
    NDIS_OBJECT_HEADER Header;
    NDIS_PORT_NUMBER PortNumber;
    NET_LUID NetLuid;
    ULONG64 RequestId;
    ULONG Timeout;
    UCHAR Padding[4];
} NDIS_WMI_METHOD_HEADER, *PNDIS_WMI_METHOD_HEADER;

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_WMI_NDK_CAPABILITIES {
    ULONG MaxQpCount;
    ULONG MaxCqCount;
    ULONG MaxMrCount;
    ULONG MaxPdCount;
    ULONG MaxInboundReadLimit;
    ULONG MaxOutboundReadLimit;
    ULONG MaxMwCount;
    ULONG MaxSrqCount;
    ULONG64 MissingCounterMask;
#if NDIS_SUPPORT_NDIS630
    NDK_WMI_ADAPTER_INFO NdkInfo;
#endif
} NDIS_WMI_NDK_CAPABILITIES, *PNDIS_WMI_NDK_CAPABILITIES;
#endif

typedef struct {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    UCHAR SupportedRevision;
    ULONG DataOffset;
} NDIS_WMI_OUTPUT_INFO, *PNDIS_WMI_OUTPUT_INFO;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_WMI_PM_ACTIVE_CAPABILITIES {
    NDIS_OBJECT_HEADER Header;
    NDIS_PM_CAPABILITY_STATE WakeOnPattern;
    NDIS_PM_CAPABILITY_STATE WakeOnMagicPacket;
    NDIS_PM_CAPABILITY_STATE DeviceSleepOnDisconnect;
    NDIS_PM_CAPABILITY_STATE PMARPOffload;
    NDIS_PM_CAPABILITY_STATE PMNSOffload;
    NDIS_PM_CAPABILITY_STATE PMWiFiRekeyOffload;
} NDIS_WMI_PM_ACTIVE_CAPABILITIES, *PNDIS_WMI_PM_ACTIVE_CAPABILITIES;

typedef struct _NDIS_WMI_PM_ADMIN_CONFIG {
    NDIS_OBJECT_HEADER Header;
    NDIS_PM_ADMIN_CONFIG_STATE WakeOnPattern;
    NDIS_PM_ADMIN_CONFIG_STATE WakeOnMagicPacket;
    NDIS_PM_ADMIN_CONFIG_STATE DeviceSleepOnDisconnect;
    NDIS_PM_ADMIN_CONFIG_STATE PMARPOffload;
    NDIS_PM_ADMIN_CONFIG_STATE PMNSOffload;
    NDIS_PM_ADMIN_CONFIG_STATE PMWiFiRekeyOffload;
} NDIS_WMI_PM_ADMIN_CONFIG, *PNDIS_WMI_PM_ADMIN_CONFIG;

typedef struct _NDIS_WMI_RECEIVE_QUEUE_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_RECEIVE_QUEUE_TYPE QueueType;
    NDIS_RECEIVE_QUEUE_ID QueueId;
    NDIS_RECEIVE_QUEUE_GROUP_ID QueueGroupId;
    NDIS_RECEIVE_QUEUE_OPERATIONAL_STATE QueueState;
    NDIS_WMI_GROUP_AFFINITY ProcessorAffinity;
    ULONG NumSuggestedReceiveBuffers;
    ULONG MSIXTableEntry;
    ULONG LookaheadSize;
    NDIS_VM_NAME VmName;
    NDIS_QUEUE_NAME QueueName;
} NDIS_WMI_RECEIVE_QUEUE_INFO, *PNDIS_WMI_RECEIVE_QUEUE_INFO;

typedef struct _NDIS_WMI_RECEIVE_QUEUE_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_RECEIVE_QUEUE_TYPE QueueType;
    NDIS_RECEIVE_QUEUE_ID QueueId;
    NDIS_RECEIVE_QUEUE_GROUP_ID QueueGroupId;
    NDIS_WMI_GROUP_AFFINITY ProcessorAffinity;
    ULONG NumSuggestedReceiveBuffers;
    ULONG MSIXTableEntry;
    ULONG LookaheadSize;
    NDIS_VM_NAME VmName;
    NDIS_QUEUE_NAME QueueName;
} NDIS_WMI_RECEIVE_QUEUE_PARAMETERS, *PNDIS_WMI_RECEIVE_QUEUE_PARAMETERS;
#endif

typedef struct _NDIS_WMI_SET_HEADER {
    NDIS_OBJECT_HEADER Header;
    NDIS_PORT_NUMBER PortNumber;
    NET_LUID NetLuid;
    ULONG64 RequestId;
    ULONG Timeout;
    UCHAR Padding[4];
} NDIS_WMI_SET_HEADER, *PNDIS_WMI_SET_HEADER;
