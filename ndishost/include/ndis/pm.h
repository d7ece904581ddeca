/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Power management and wake on LAN.
 */

#include "types.h"
#include "net.h"
#include "offload.h"

#define NDIS_DEVICE_WAKE_UP_ENABLE 1
#define NDIS_DEVICE_WAKE_ON_PATTERN_MATCH_ENABLE 2
#define NDIS_DEVICE_WAKE_ON_MAGIC_PACKET_ENABLE 4

#define NDIS_PNP_WAKE_UP_MAGIC_PACKET 1
#define NDIS_PNP_WAKE_UP_PATTERN_MATCH 2
#define NDIS_PNP_WAKE_UP_LINK_CHANGE 4

#if NDIS_SUPPORT_NDIS620
#define EAPOL_REQUEST_ID_WOL_FLAG_MUST_ENCRYPT 1

#define NDIS_PM_MAX_STRING_SIZE 0x40
#define NDIS_PM_MAX_PATTERN_ID 65535

#define NDIS_PM_PRIVATE_PATTERN_ID 1
#define NDIS_PM_WAKE_ON_LINK_CHANGE_ENABLED 1

#define NDIS_PM_WOL_BITMAP_PATTERN_ENABLED 1
#define NDIS_PM_WOL_BITMAP_PATTERN_SUPPORTED 1
#define NDIS_PM_WOL_PRIORITY_HIGHEST 1
#define NDIS_PM_WOL_MAGIC_PACKET_ENABLED 2
#define NDIS_PM_WOL_MAGIC_PACKET_SUPPORTED 2
#define NDIS_PM_WOL_IPV4_TCP_SYN_ENABLED 4
#define NDIS_PM_WOL_IPV4_TCP_SYN_SUPPORTED 4
#define NDIS_PM_WOL_IPV6_TCP_SYN_ENABLED 8
#define NDIS_PM_WOL_IPV6_TCP_SYN_SUPPORTED 8
#define NDIS_PM_WOL_IPV4_DEST_ADDR_WILDCARD_ENABLED 0x200
#define NDIS_PM_WOL_IPV4_DEST_ADDR_WILDCARD_SUPPORTED 0x200
#define NDIS_PM_WOL_IPV6_DEST_ADDR_WILDCARD_ENABLED 0x800
#define NDIS_PM_WOL_IPV6_DEST_ADDR_WILDCARD_SUPPORTED 0x800
#define NDIS_PM_WOL_EAPOL_REQUEST_ID_MESSAGE_ENABLED 0x10000
#define NDIS_PM_WOL_EAPOL_REQUEST_ID_MESSAGE_SUPPORTED 0x10000
#define NDIS_PM_WOL_PRIORITY_NORMAL 0x10000000
#define NDIS_PM_WOL_PRIORITY_LOWEST 0xFFFFFFFFU
#endif

#if NDIS_SUPPORT_NDIS630
#define NDIS_PM_SELECTIVE_SUSPEND_SUPPORTED 2
#define NDIS_PM_SELECTIVE_SUSPEND_ENABLED 0x10

#define NDIS_PM_WAKE_ON_MEDIA_CONNECT_SUPPORTED 1
#define NDIS_PM_WAKE_PACKET_INDICATION_SUPPORTED 1
#define NDIS_PM_WAKE_ON_MEDIA_DISCONNECT_ENABLED 2
#define NDIS_PM_WAKE_ON_MEDIA_DISCONNECT_SUPPORTED 2
#endif

typedef enum _NDIS_DEVICE_POWER_STATE {
    NdisDeviceStateUnspecified,
    NdisDeviceStateD0,
    NdisDeviceStateD1,
    NdisDeviceStateD2,
    NdisDeviceStateD3,
    NdisDeviceStateMaximum,
} NDIS_DEVICE_POWER_STATE, *PNDIS_DEVICE_POWER_STATE;

#if NDIS_SUPPORT_NDIS620
typedef enum _NDIS_PM_ADMIN_CONFIG_STATE {
    NdisPMAdminConfigUnspecified,
    NdisPMAdminConfigDisabled,
    NdisPMAdminConfigEnabled,
} NDIS_PM_ADMIN_CONFIG_STATE, *PNDIS_PM_ADMIN_CONFIG_STATE;

typedef enum _NDIS_PM_CAPABILITY_STATE {
    NdisPMAdminConfigUnsupported,
    NdisPMAdminConfigInactive,
    NdisPMAdminConfigActive,
} NDIS_PM_CAPABILITY_STATE, *PNDIS_PM_CAPABILITY_STATE;
#endif

#if NDIS_SUPPORT_NDIS630
typedef enum _NDIS_PM_WAKE_REASON_TYPE {
    NdisWakeReasonUnspecified,
    NdisWakeReasonPacket,
    NdisWakeReasonMediaDisconnect,
    NdisWakeReasonMediaConnect,
    NdisWakeReasonWlanNLODiscovery = 4096,
    NdisWakeReasonWlanAPAssociationLost,
    NdisWakeReasonWlanGTKHandshakeError,
    NdisWakeReasonWlan4WayHandshakeRequest,
    NdisWakeReasonWwanRegisterState = 8192,
    NdisWakeReasonWwanSMSReceive,
    NdisWakeReasonWwanUSSDReceive,
#if NDIS_SUPPORT_NDIS684
    NdisWakeReasonWwanPacketState = 8196,
#endif
#if NDIS_SUPPORT_NDIS684
    NdisWakeReasonWwanUiccChange = 8197,
#endif
} NDIS_PM_WAKE_REASON_TYPE, *PNDIS_PM_WAKE_REASON_TYPE;
#endif

#if NDIS_SUPPORT_NDIS620
typedef enum _NDIS_PM_WOL_PACKET {
    NdisPMWoLPacketUnspecified,
    NdisPMWoLPacketBitmapPattern,
    NdisPMWoLPacketMagicPacket,
    NdisPMWoLPacketIPv4TcpSyn,
    NdisPMWoLPacketIPv6TcpSyn,
    NdisPMWoLPacketEapolRequestIdMessage,
    NdisPMWoLPacketMaximum,
} NDIS_PM_WOL_PACKET, *PNDIS_PM_WOL_PACKET;

typedef struct _NDIS_PM_CAPABILITIES {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG SupportedWoLPacketPatterns;
    ULONG NumTotalWoLPatterns;
    ULONG MaxWoLPatternSize;
    ULONG MaxWoLPatternOffset;
    ULONG MaxWoLPacketSaveBuffer;
    ULONG SupportedProtocolOffloads;
    ULONG NumArpOffloadIPv4Addresses;
    ULONG NumNSOffloadIPv6Addresses;
    NDIS_DEVICE_POWER_STATE MinMagicPacketWakeUp;
    NDIS_DEVICE_POWER_STATE MinPatternWakeUp;
    NDIS_DEVICE_POWER_STATE MinLinkChangeWakeUp;
#if NDIS_SUPPORT_NDIS630
    ULONG SupportedWakeUpEvents;
#endif
#if NDIS_SUPPORT_NDIS630
    ULONG MediaSpecificWakeUpEvents;
#endif
} NDIS_PM_CAPABILITIES, *PNDIS_PM_CAPABILITIES;
#endif

typedef struct _NDIS_PM_PACKET_PATTERN {
    ULONG Priority;
    ULONG Reserved;
    ULONG MaskSize;
    ULONG PatternOffset;
    ULONG PatternSize;
    ULONG PatternFlags;
} NDIS_PM_PACKET_PATTERN, *PNDIS_PM_PACKET_PATTERN;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_PM_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG EnabledWoLPacketPatterns;
    ULONG EnabledProtocolOffloads;
    ULONG WakeUpFlags;
#if NDIS_SUPPORT_NDIS630
    ULONG MediaSpecificWakeUpEvents;
#endif
} NDIS_PM_PARAMETERS, *PNDIS_PM_PARAMETERS;
#endif

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_PM_WAKE_PACKET {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG PatternId;
    NDIS_PM_COUNTED_STRING PatternFriendlyName;
    ULONG OriginalPacketSize;
    ULONG SavedPacketSize;
    ULONG SavedPacketOffset;
} NDIS_PM_WAKE_PACKET, *PNDIS_PM_WAKE_PACKET;

typedef struct _NDIS_PM_WAKE_REASON {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_PM_WAKE_REASON_TYPE WakeReason;
    ULONG InfoBufferOffset;
    ULONG InfoBufferSize;
} NDIS_PM_WAKE_REASON, *PNDIS_PM_WAKE_REASON;
#endif

typedef struct _NDIS_PM_WAKE_UP_CAPABILITIES {
    NDIS_DEVICE_POWER_STATE MinMagicPacketWakeUp;
    NDIS_DEVICE_POWER_STATE MinPatternWakeUp;
    NDIS_DEVICE_POWER_STATE MinLinkChangeWakeUp;
} NDIS_PM_WAKE_UP_CAPABILITIES, *PNDIS_PM_WAKE_UP_CAPABILITIES;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_PM_WOL_PATTERN {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG Priority;
    NDIS_PM_WOL_PACKET WoLPacketType;
    NDIS_PM_COUNTED_STRING FriendlyName;
    ULONG PatternId;
    ULONG NextWoLPatternOffset;
    union {
        struct {
            ULONG Flags;
            UCHAR IPv4SourceAddress[4];
            UCHAR IPv4DestAddress[4];
            USHORT TCPSourcePortNumber;
            USHORT TCPDestPortNumber;
        } IPv4TcpSynParameters;
        struct {
            ULONG Flags;
            UCHAR IPv6SourceAddress[16];
            UCHAR IPv6DestAddress[16];
            USHORT TCPSourcePortNumber;
            USHORT TCPDestPortNumber;
        } IPv6TcpSynParameters;
        struct {
            ULONG Flags;
        } EapolRequestIdMessageParameters;
        struct {
            ULONG Flags;
            ULONG MaskOffset;
            ULONG MaskSize;
            ULONG PatternOffset;
            ULONG PatternSize;
        } WoLBitMapPattern;
    } WoLPattern;
} NDIS_PM_WOL_PATTERN, *PNDIS_PM_WOL_PATTERN;
#endif
