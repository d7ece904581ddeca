/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All other NDIS functions and types (provided by ndis).
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"
#include "packetdirect.h"
#include "requests.h"

typedef struct _LOCK_STATE LOCK_STATE, *PLOCK_STATE;
typedef struct _MDL MDL, *PMDL, *PMDLX, *PNDIS_BUFFER;
typedef struct _NDIS_OPEN_PARAMETERS NDIS_OPEN_PARAMETERS, *PNDIS_OPEN_PARAMETERS;
typedef struct _NDIS_PROTOCOL_DRIVER_CHARACTERISTICS NDIS_PROTOCOL_DRIVER_CHARACTERISTICS,
    *PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS;
typedef struct _NDIS_RW_LOCK NDIS_RW_LOCK, *PNDIS_RW_LOCK;
typedef struct _NDIS_SCATTER_GATHER_LIST_PARAMETERS NDIS_SCATTER_GATHER_LIST_PARAMETERS,
    *PNDIS_SCATTER_GATHER_LIST_PARAMETERS;
typedef struct _NDIS_TIMER NDIS_TIMER, *PNDIS_TIMER;
typedef struct _NET_BUFFER NET_BUFFER, *PNET_BUFFER;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;
typedef struct _NET_PNP_EVENT_NOTIFICATION NET_PNP_EVENT_NOTIFICATION,
    *PNET_PNP_EVENT_NOTIFICATION;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

#define NDIS_DEFAULT_PORT_NUMBER 0U
#define NDIS_DEVICE_TYPE_ENDPOINT 1

#define NDIS_ERROR_CODE_RECEIVE_SPACE_SMALL 0x40001395
#define NDIS_ERROR_CODE_TIMEOUT 0x8000138FU
#define NDIS_ERROR_CODE_ADAPTER_DISABLED 0x80001396U
#define NDIS_ERROR_CODE_RESOURCE_CONFLICT 0xC0001388U
#define NDIS_ERROR_CODE_OUT_OF_RESOURCES 0xC0001389U
#define NDIS_ERROR_CODE_HARDWARE_FAILURE 0xC000138AU
#define NDIS_ERROR_CODE_ADAPTER_NOT_FOUND 0xC000138BU
#define NDIS_ERROR_CODE_INTERRUPT_CONNECT 0xC000138CU
#define NDIS_ERROR_CODE_DRIVER_FAILURE 0xC000138DU
#define NDIS_ERROR_CODE_BAD_VERSION 0xC000138EU
#define NDIS_ERROR_CODE_NETWORK_ADDRESS 0xC0001390U
#define NDIS_ERROR_CODE_UNSUPPORTED_CONFIGURATION 0xC0001391U
#define NDIS_ERROR_CODE_INVALID_VALUE_FROM_ADAPTER 0xC0001392U
#define NDIS_ERROR_CODE_MISSING_CONFIGURATION_PARAMETER 0xC0001393U
#define NDIS_ERROR_CODE_BAD_IO_BASE_ADDRESS 0xC0001394U

#define NDIS_ETH_TYPE_IPV4 0x800
#define NDIS_ETH_TYPE_ARP 2054
#define NDIS_ETH_TYPE_802_1Q 0x8100
#define NDIS_ETH_TYPE_IPV6 34525
#define NDIS_ETH_TYPE_SLOW_PROTOCOL 34825
#define NDIS_ETH_TYPE_802_1X 34958

#define NDIS_MAX_EVENT_LOG_DATA_SIZE 196ULL
#define NDIS_MAX_PHYS_ADDRESS_LENGTH 0x20
#define NDIS_MAX_PROCESSOR_COUNT 0x40

#define NDIS_MEMORY_CONTIGUOUS 1
#define NDIS_MEMORY_NONCACHED 2

#define NDIS_PAUSE_ATTACH_FILTER 0x10
#define NDIS_PAUSE_BIND_PROTOCOL 4
#define NDIS_PAUSE_DETACH_FILTER 0x20
#define NDIS_PAUSE_FILTER_RESTART_STACK 0x40
#define NDIS_PAUSE_LOW_POWER 2
#define NDIS_PAUSE_MINIPORT_DEVICE_REMOVE 0x80
#define NDIS_PAUSE_NDIS_INTERNAL 1
#define NDIS_PAUSE_UNBIND_PROTOCOL 8
#define NDIS_RING_AUTO_REMOVAL_ERROR 0x400
#define NDIS_RING_COUNTER_OVERFLOW 0x100
#define NDIS_RING_HARD_ERROR 0x4000
#define NDIS_RING_LOBE_WIRE_FAULT 0x800
#define NDIS_RING_REMOVE_RECEIVED 0x200
#define NDIS_RING_RING_RECOVERY 0x40
#define NDIS_RING_SIGNAL_LOSS 0x8000
#define NDIS_RING_SINGLE_STATION 0x80
#define NDIS_RING_SOFT_ERROR 0x2000
#define NDIS_RING_TRANSMIT_BEACON 0x1000

#define NDIS_RUNTIME_VERSION_60 393216
#define NDIS_RUNTIME_VERSION_61 393217
#define NDIS_RUNTIME_VERSION_620 393236
#define NDIS_RUNTIME_VERSION_630 393246
#define NDIS_RUNTIME_VERSION_640 393256
#define NDIS_RUNTIME_VERSION_650 393266
#define NDIS_RUNTIME_VERSION_651 393267
#define NDIS_RUNTIME_VERSION_660 393276
#define NDIS_RUNTIME_VERSION_670 393286
#define NDIS_RUNTIME_VERSION_680 393296
#define NDIS_RUNTIME_VERSION_681 393297
#define NDIS_RUNTIME_VERSION_682 393298
#define NDIS_RUNTIME_VERSION_683 393299
#define NDIS_RUNTIME_VERSION_684 393300
#define NDIS_RUNTIME_VERSION_685 393301
#define NDIS_RUNTIME_VERSION_686 393302
#define NDIS_RUNTIME_VERSION_687 393303

#define NDIS_SG_LIST_WRITE_TO_DEVICE 1
#define NDIS_WDM_DRIVER 2
#define NET_EVENT_FLAGS_VPORT_ID_VALID 2
#define NET_EVENT_HALT_MINIPORT_ON_LOW_POWER 1

#define TR_LENGTH_OF_FUNCTIONAL 4
#define TR_LENGTH_OF_ADDRESS 6

#if NDIS_SUPPORT_NDIS620
#define NDIS_DEFAULT_RECEIVE_FILTER_ID 0
#define NDIS_DEFAULT_RECEIVE_QUEUE_GROUP_ID 0
#define NDIS_DEFAULT_RECEIVE_QUEUE_ID 0

#define NDIS_HYPERVISOR_INFO_FLAG_HYPERVISOR_PRESENT 1
#define NDIS_INDICATE_ALL_NBLS 0xFFFFFFFFU
#define NDIS_MAX_LOOKAHEAD_SIZE_ACCESSED_UNDEFINED (-1)
#endif

#if NDIS_SUPPORT_NDIS630
#define NDIS_DEFAULT_SWITCH_ID 0
#define NDIS_DEFAULT_VPORT_ID 0
#define NDIS_DRIVER_FLAGS_RESERVED 8
#define NDIS_INVALID_RID 0xFFFFFFFFU
#define NDIS_INVALID_SWITCH_ID 0xFFFFFFFFU
#define NDIS_INVALID_VF_FUNCTION_ID ((USHORT)65535)
#define NDIS_INVALID_VPORT_ID 0xFFFFFFFFU
#define NDIS_PF_FUNCTION_ID ((USHORT)65535)
#endif

#if NDIS_SUPPORT_NDIS685
#define NDIS_ANY_NUMBER_OF_NBLS 0xFFFFFFFFU
#endif

typedef PNDIS_PORT_CONTROL_STATE PNDIS_PORT_CONTROLL_STATE;

typedef enum _NDIS_ENVIRONMENT_TYPE {
    NdisEnvironmentWindows,
    NdisEnvironmentWindowsNt,
} NDIS_ENVIRONMENT_TYPE, *PNDIS_ENVIRONMENT_TYPE;

typedef enum _NDIS_FDDI_ATTACHMENT_TYPE {
    NdisFddiTypeIsolated = 1,
    NdisFddiTypeLocalA,
    NdisFddiTypeLocalB,
    NdisFddiTypeLocalAB,
    NdisFddiTypeLocalS,
    NdisFddiTypeWrapA,
    NdisFddiTypeWrapB,
    NdisFddiTypeWrapAB,
    NdisFddiTypeWrapS,
    NdisFddiTypeCWrapA,
    NdisFddiTypeCWrapB,
    NdisFddiTypeCWrapS,
    NdisFddiTypeThrough,
} NDIS_FDDI_ATTACHMENT_TYPE, *PNDIS_FDDI_ATTACHMENT_TYPE;

typedef enum _NDIS_FDDI_LCONNECTION_STATE {
    NdisFddiStateOff = 1,
    NdisFddiStateBreak,
    NdisFddiStateTrace,
    NdisFddiStateConnect,
    NdisFddiStateNext,
    NdisFddiStateSignal,
    NdisFddiStateJoin,
    NdisFddiStateVerify,
    NdisFddiStateActive,
    NdisFddiStateMaintenance,
} NDIS_FDDI_LCONNECTION_STATE, *PNDIS_FDDI_LCONNECTION_STATE;

typedef enum _NDIS_FDDI_RING_MGT_STATE {
    NdisFddiRingIsolated = 1,
    NdisFddiRingNonOperational,
    NdisFddiRingOperational,
    NdisFddiRingDetect,
    NdisFddiRingNonOperationalDup,
    NdisFddiRingOperationalDup,
    NdisFddiRingDirected,
    NdisFddiRingTrace,
} NDIS_FDDI_RING_MGT_STATE, *PNDIS_FDDI_RING_MGT_STATE;

#if NDIS_SUPPORT_NDIS620
typedef enum _NDIS_HYPERVISOR_PARTITION_TYPE {
    NdisHypervisorPartitionTypeUnknown,
    NdisHypervisorPartitionTypeMsHvParent,
    NdisHypervisorPartitionMsHvChild,
    NdisHypervisorPartitionTypeMax,
} NDIS_HYPERVISOR_PARTITION_TYPE, *PNDIS_HYPERVISOR_PARTITION_TYPE;

typedef enum _NDIS_MAC_PACKET_TYPE {
    NdisMacPacketTypeUndefined,
    NdisMacPacketTypeUnicast,
    NdisMacPacketTypeMulticast,
    NdisMacPacketTypeBroadcast,
    NdisMacPacketTypeMaximum,
} NDIS_MAC_PACKET_TYPE, *PNDIS_MAC_PACKET_TYPE;
#endif

typedef enum _NDIS_NETWORK_CHANGE_TYPE {
    NdisPossibleNetworkChange = 1,
    NdisDefinitelyNetworkChange,
    NdisNetworkChangeFromMediaConnect,
    NdisNetworkChangeMax,
} NDIS_NETWORK_CHANGE_TYPE, *PNDIS_NETWORK_CHANGE_TYPE;

typedef enum _NDIS_PER_PACKET_INFO {
    TcpIpChecksumPacketInfo,
    IpSecPacketInfo,
    TcpLargeSendPacketInfo,
    ClassificationHandlePacketInfo,
    NdisReserved,
    ScatterGatherListPacketInfo,
    Ieee8021QInfo,
    OriginalPacketInfo,
    PacketCancelId,
    OriginalNetBufferList,
    CachedNetBufferList,
    ShortPacketPaddingInfo,
    MaxPerPacketInfo,
} NDIS_PER_PACKET_INFO, *PNDIS_PER_PACKET_INFO;

typedef enum _NDIS_POWER_PROFILE {
    NdisPowerProfileBattery,
    NdisPowerProfileAcOnLine,
} NDIS_POWER_PROFILE, *PNDIS_POWER_PROFILE;

typedef struct _NDIS_DRIVER_WRAPPER_HANDLE {
    NDIS_OBJECT_HEADER Header;
    NDIS_HANDLE NdisWrapperHandle;
} NDIS_DRIVER_WRAPPER_HANDLE, *PNDIS_DRIVER_WRAPPER_HANDLE;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_HYPERVISOR_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_HYPERVISOR_PARTITION_TYPE PartitionType;
} NDIS_HYPERVISOR_INFO, *PNDIS_HYPERVISOR_INFO;
#endif

#if NDIS_SUPPORT_NDIS687
typedef struct _NDIS_MONITOR_CONFIG {
    NDIS_OBJECT_HEADER Header;
    BOOLEAN RxDropReportEnable;
} NDIS_MONITOR_CONFIG, *PNDIS_MONITOR_CONFIG;
#endif

NDISAPI void NTAPI NdisAdjustNetBufferCurrentMdl(NET_BUFFER *NetBuffer);

#if NDIS_SUPPORT_NDIS620
NDISAPI NDIS_STATUS NTAPI NdisBuildScatterGatherList(
    NDIS_HANDLE NdisHandle, PNDIS_SCATTER_GATHER_LIST_PARAMETERS SGListParameters);
#endif

#if NDIS_SUPPORT_NDIS61
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCancelDirectOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCancelOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCancelSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PVOID CancelId);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisCloseAdapterEx(NDIS_HANDLE NdisBindingHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisCloseFile(NDIS_HANDLE FileHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCompleteBindAdapterEx(NDIS_HANDLE BindAdapterContext, NDIS_STATUS Status);

NDISAPI void NTAPI NdisCompleteDmaTransfer(
    PNDIS_STATUS Status, NDIS_HANDLE NdisDmaHandle, PNDIS_BUFFER Buffer, ULONG Offset, ULONG Length,
    BOOLEAN WriteToDevice);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisCompleteNetPnPEvent(
    NDIS_HANDLE NdisBindingHandle, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification,
    NDIS_STATUS Status);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisCompleteUnbindAdapterEx(NDIS_HANDLE UnbindContext);

NDISAPI void NTAPI NdisCopyBuffer(
    PNDIS_STATUS Status, PNDIS_BUFFER *Buffer, NDIS_HANDLE PoolHandle, PVOID MemoryDescriptor,
    UINT Offset, UINT Length);

#if NDIS_SUPPORT_NDIS620
NDISAPI PROCESSOR_NUMBER NTAPI NdisCurrentGroupAndProcessor(void);
#endif

#if NDIS_SUPPORT_NDIS685
_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisDeregisterPoll(NDIS_POLL_HANDLE PollHandle);
#endif

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisDeregisterProtocolDriver(NDIS_HANDLE NdisProtocolHandle);

#if NDIS_SUPPORT_NDIS61
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisDirectOidRequest(
    NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest);
#endif

NDISAPI void NTAPI NdisDprAcquireReadWriteLock(
    PNDIS_RW_LOCK Lock, BOOLEAN fWrite, PLOCK_STATE LockState);

_IRQL_requires_min_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisDprReleaseReadWriteLock(PNDIS_RW_LOCK Lock, PLOCK_STATE LockState);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisEnumerateFilterModules(
    NDIS_HANDLE NdisHandle, PVOID InterfaceBuffer, ULONG InterfaceBufferLength, PULONG BytesNeeded,
    PULONG BytesWritten);

#if NDIS_SUPPORT_NDIS620
NDISAPI void NTAPI NdisFreeScatterGatherList(
    NDIS_HANDLE NdisHandle, PSCATTER_GATHER_LIST ScatterGatherListBuffer, BOOLEAN WriteToDevice);
#endif

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisIMAssociateMiniport(NDIS_HANDLE DriverHandle, NDIS_HANDLE ProtocolHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIMCancelInitializeDeviceInstance(
    NDIS_HANDLE DriverHandle, PNDIS_STRING DeviceInstance);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIMDeInitializeDeviceInstance(NDIS_HANDLE NdisMiniportHandle);

_IRQL_requires_max_(APC_LEVEL)
NDISAPI NDIS_HANDLE NTAPI NdisIMGetBindingContext(NDIS_HANDLE NdisBindingHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisIMInitializeDeviceInstanceEx(
    NDIS_HANDLE DriverHandle, PNDIS_STRING DriverInstance, NDIS_HANDLE DeviceContext);

#if NDIS_SUPPORT_NDIS687
NDISAPI void NTAPI NdisMonitorReceiveDrop(
    NDIS_HANDLE NdisHandle, const NET_BUFFER_LIST *NetBufferLists, ULONG Flags);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisOidRequest(
    NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisOpenAdapterEx(
    NDIS_HANDLE NdisProtocolHandle, NDIS_HANDLE ProtocolBindingContext,
    PNDIS_OPEN_PARAMETERS OpenParameters, NDIS_HANDLE BindContext, PNDIS_HANDLE NdisBindingHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisOpenFile(
    PNDIS_STATUS Status, PNDIS_HANDLE FileHandle, PUINT FileLength, PNDIS_STRING FileName,
    NDIS_PHYSICAL_ADDRESS HighestAcceptableAddress);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisQueryAdapterInstanceName(
    PNDIS_STRING pAdapterInstanceName, NDIS_HANDLE NdisBindingHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisQueryBindInstanceName(
    PNDIS_STRING pAdapterInstanceName, NDIS_HANDLE BindingContext);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisReEnumerateProtocolBindings(NDIS_HANDLE NdisProtocolHandle);

#if NDIS_SUPPORT_NDIS685
_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisRegisterPoll(
    NDIS_HANDLE NdisHandle, void *Context, const NDIS_POLL_CHARACTERISTICS *Characteristics,
    NDIS_POLL_HANDLE *PollHandle);
#endif

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisRegisterProtocolDriver(
    NDIS_HANDLE ProtocolDriverContext,
    PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS ProtocolCharacteristics, PNDIS_HANDLE NdisProtocolHandle);

#if NDIS_SUPPORT_NDIS685
NDISAPI void NTAPI NdisRequestPoll(NDIS_POLL_HANDLE PollHandle, void *Reserved);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisReturnNetBufferLists(
    NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI void NTAPI NdisSendNetBufferLists(
    NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists, NDIS_PORT_NUMBER PortNumber,
    ULONG SendFlags);

NDISAPI void NTAPI NdisSetPeriodicTimer(PNDIS_TIMER NdisTimer, UINT MillisecondsPeriod);

NDISAPI void NTAPI NdisSetupDmaTransfer(
    PNDIS_STATUS Status, NDIS_HANDLE NdisDmaHandle, PNDIS_BUFFER Buffer, ULONG Offset, ULONG Length,
    BOOLEAN WriteToDevice);

#if NDIS_SUPPORT_NDIS680
_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisSynchronousOidRequest(
    NDIS_HANDLE NdisBindingHandle, NDIS_OID_REQUEST *OidRequest);
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisUnbindAdapter(NDIS_HANDLE NdisBindingHandle);

NDISAPI void NTAPI NdisUpdateSharedMemory(
    NDIS_HANDLE NdisAdapterHandle, ULONG Length, PVOID VirtualAddress,
    NDIS_PHYSICAL_ADDRESS PhysicalAddress);
