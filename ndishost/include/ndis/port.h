/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * NDIS ports.
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"
#include "requests.h"

typedef struct _NDIS_PORT NDIS_PORT, *PNDIS_PORT;

#define NDIS_PORT_CHAR_USE_DEFAULT_AUTH_SETTINGS 1

typedef enum _NDIS_PORT_TYPE {
    NdisPortTypeUndefined,
    NdisPortTypeBridge,
    NdisPortTypeRasConnection,
    NdisPortType8021xSupplicant,
#if NDIS_SUPPORT_NDIS630
    NdisPortTypeNdisImPlatform = 4,
#endif
#if NDIS_SUPPORT_NDIS630
    NdisPortTypeMax = 5,
#elif NDIS_SUPPORT_NDIS6
    NdisPortTypeMax = 4,
#endif
} NDIS_PORT_TYPE, *PNDIS_PORT_TYPE;

typedef struct _NDIS_PORT_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    NDIS_PORT_NUMBER PortNumber;
    ULONG Flags;
    NDIS_PORT_TYPE Type;
    NDIS_MEDIA_CONNECT_STATE MediaConnectState;
    ULONG64 XmitLinkSpeed;
    ULONG64 RcvLinkSpeed;
    NET_IF_DIRECTION_TYPE Direction;
    NDIS_PORT_CONTROL_STATE SendControlState;
    NDIS_PORT_CONTROL_STATE RcvControlState;
    NDIS_PORT_AUTHORIZATION_STATE SendAuthorizationState;
    NDIS_PORT_AUTHORIZATION_STATE RcvAuthorizationState;
} NDIS_PORT_CHARACTERISTICS, *PNDIS_PORT_CHARACTERISTICS;

typedef struct _NDIS_PORT {
    PNDIS_PORT Next;
    PVOID NdisReserved;
    PVOID MiniportReserved;
    PVOID ProtocolReserved;
    NDIS_PORT_CHARACTERISTICS PortCharacteristics;
} NDIS_PORT, *PNDIS_PORT;

typedef struct _NDIS_PORT_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG NumberOfPorts;
    ULONG OffsetFirstPort;
    ULONG ElementSize;
    NDIS_PORT_CHARACTERISTICS Ports[1];
} NDIS_PORT_ARRAY, *PNDIS_PORT_ARRAY;

typedef struct _NDIS_PORT_STATE {
    NDIS_OBJECT_HEADER Header;
    NDIS_MEDIA_CONNECT_STATE MediaConnectState;
    ULONG64 XmitLinkSpeed;
    ULONG64 RcvLinkSpeed;
    NET_IF_DIRECTION_TYPE Direction;
    NDIS_PORT_CONTROL_STATE SendControlState;
    NDIS_PORT_CONTROL_STATE RcvControlState;
    NDIS_PORT_AUTHORIZATION_STATE SendAuthorizationState;
    NDIS_PORT_AUTHORIZATION_STATE RcvAuthorizationState;
    ULONG Flags;
} NDIS_PORT_STATE, *PNDIS_PORT_STATE;

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisMAllocatePort(
    NDIS_HANDLE NdisMiniportHandle, PNDIS_PORT_CHARACTERISTICS PortCharacteristics);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisMDeregisterIoPortRange(
    NDIS_HANDLE MiniportAdapterHandle, UINT InitialPort, UINT NumberOfPorts, PVOID PortOffset);

_IRQL_requires_max_(DISPATCH_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisMFreePort(
    NDIS_HANDLE NdisMiniportHandle, NDIS_PORT_NUMBER PortNumber);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisMRegisterIoPortRange(
    PVOID *PortOffset, NDIS_HANDLE MiniportAdapterHandle, UINT InitialPort, UINT NumberOfPorts);
