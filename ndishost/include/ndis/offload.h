/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Task offloads: checksum, segmentation, coalescing, header-data split, IPsec.
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"

typedef struct _NDIS_OFFLOAD NDIS_OFFLOAD, *PNDIS_OFFLOAD;
typedef struct _NDIS_TCP_CONNECTION_OFFLOAD NDIS_TCP_CONNECTION_OFFLOAD,
    *PNDIS_TCP_CONNECTION_OFFLOAD;

#define NDIS_ENCAPSULATION_IEEE_802_3 0x2
#define NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q 0x4
#define NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q_IN_OOB 0x8
#define NDIS_ENCAPSULATION_IEEE_LLC_SNAP_ROUTED 0x10

#define NDIS_ENCAPSULATION_NOT_SUPPORTED 0
#define NDIS_ENCAPSULATION_NULL 1
#define NDIS_LARGE_SEND_OFFLOAD_MAX_HEADER_LENGTH 0x80
#define NDIS_OFFLOAD_FLAGS_GROUP_CHECKSUM_CAPABILITIES 1
#define NDIS_OFFLOAD_NOT_SUPPORTED 0

#define NDIS_OFFLOAD_PARAMETERS_NO_CHANGE 0
#define NDIS_OFFLOAD_PARAMETERS_CONNECTION_OFFLOAD_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_IPSECV1_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_LSOV1_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_LSOV2_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_TX_RX_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_CONNECTION_OFFLOAD_ENABLED 2
#define NDIS_OFFLOAD_PARAMETERS_IPSECV1_AH_ENABLED 2
#define NDIS_OFFLOAD_PARAMETERS_LSOV1_ENABLED 2
#define NDIS_OFFLOAD_PARAMETERS_LSOV2_ENABLED 2
#define NDIS_OFFLOAD_PARAMETERS_TX_ENABLED_RX_DISABLED 2
#define NDIS_OFFLOAD_PARAMETERS_IPSECV1_ESP_ENABLED 3
#define NDIS_OFFLOAD_PARAMETERS_RX_ENABLED_TX_DISABLED 3
#define NDIS_OFFLOAD_PARAMETERS_IPSECV1_AH_AND_ESP_ENABLED 4
#define NDIS_OFFLOAD_PARAMETERS_TX_RX_ENABLED 4

#define NDIS_OFFLOAD_SET_NO_CHANGE 0
#define NDIS_OFFLOAD_SET_ON 1
#define NDIS_OFFLOAD_SET_OFF 2

#define NDIS_OFFLOAD_SUPPORTED 1
#define NDIS_TASK_OFFLOAD_VERSION 1

#if NDIS_SUPPORT_NDIS61
#define IPSEC_OFFLOAD_V2_UDP_ESP_ENCAPSULATION_NONE 0x0
#define IPSEC_OFFLOAD_V2_AUTHENTICATION_MD5 0x1
#define IPSEC_OFFLOAD_V2_ENCRYPTION_NONE 0x1
#define IPSEC_OFFLOAD_V2_ESN_SA 0x1
#define IPSEC_OFFLOAD_V2_INBOUND 0x1
#define IPSEC_OFFLOAD_V2_UDP_ESP_ENCAPSULATION_TRANSPORT 0x1
#define IPSEC_OFFLOAD_V2_AUTHENTICATION_SHA_1 0x2
#define IPSEC_OFFLOAD_V2_ENCRYPTION_DES_CBC 0x2
#define IPSEC_OFFLOAD_V2_MAX_EXTENSION_HEADERS 0x2
#define IPSEC_OFFLOAD_V2_UDP_ESP_ENCAPSULATION_TUNNEL 0x2
#define IPSEC_OFFLOAD_V2_AUTHENTICATION_SHA_256 0x4
#define IPSEC_OFFLOAD_V2_ENCRYPTION_3_DES_CBC 0x4
#define IPSEC_OFFLOAD_V2_TRANSPORT_OVER_UDP_ESP_ENCAPSULATION_TUNNEL 0x4
#define IPSEC_OFFLOAD_V2_AUTHENTICATION_AES_GCM_128 0x8
#define IPSEC_OFFLOAD_V2_ENCRYPTION_AES_GCM_128 0x8
#define IPSEC_OFFLOAD_V2_UDP_ESP_ENCAPSULATION_TRANSPORT_OVER_TUNNEL 0x8
#define IPSEC_OFFLOAD_V2_AUTHENTICATION_AES_GCM_192 0x10
#define IPSEC_OFFLOAD_V2_ENCRYPTION_AES_GCM_192 0x10
#define IPSEC_OFFLOAD_V2_IPv6 0x10
#define IPSEC_OFFLOAD_V2_AUTHENTICATION_AES_GCM_256 0x20
#define IPSEC_OFFLOAD_V2_ENCRYPTION_AES_GCM_256 0x20
#define IPSEC_OFFLOAD_V2_ENCRYPTION_AES_CBC_128 0x40
#define IPSEC_OFFLOAD_V2_ENCRYPTION_AES_CBC_192 0x80
#define IPSEC_OFFLOAD_V2_ENCRYPTION_AES_CBC_256 0x100

#define NDIS_HD_SPLIT_CAPS_SUPPORTS_HEADER_DATA_SPLIT 0x1
#define NDIS_HD_SPLIT_COMBINE_ALL_HEADERS 0x1
#define NDIS_HD_SPLIT_ENABLE_HEADER_DATA_SPLIT 0x1
#define NDIS_HD_SPLIT_CAPS_SUPPORTS_IPV4_OPTIONS 0x2
#define NDIS_HD_SPLIT_CAPS_SUPPORTS_IPV6_EXTENSION_HEADERS 0x4
#define NDIS_HD_SPLIT_CAPS_SUPPORTS_TCP_OPTIONS 0x8

#define NDIS_OFFLOAD_PARAMETERS_IPSECV2_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_IPSECV2_AH_ENABLED 2
#define NDIS_OFFLOAD_PARAMETERS_IPSECV2_ESP_ENABLED 3
#define NDIS_OFFLOAD_PARAMETERS_IPSECV2_AH_AND_ESP_ENABLED 4
#endif

#if NDIS_SUPPORT_NDIS620
#define NDIS_PM_PROTOCOL_OFFLOAD_ARP_ENABLED 1
#define NDIS_PM_PROTOCOL_OFFLOAD_ARP_SUPPORTED 1
#define NDIS_PM_PROTOCOL_OFFLOAD_PRIORITY_HIGHEST 1
#define NDIS_PM_PROTOCOL_OFFLOAD_NS_ENABLED 2
#define NDIS_PM_PROTOCOL_OFFLOAD_NS_SUPPORTED 2
#define NDIS_PM_PROTOCOL_OFFLOAD_80211_RSN_REKEY_ENABLED 0x80
#define NDIS_PM_PROTOCOL_OFFLOAD_80211_RSN_REKEY_SUPPORTED 0x80
#define NDIS_PM_PROTOCOL_OFFLOAD_PRIORITY_NORMAL 0x10000000
#define NDIS_PM_PROTOCOL_OFFLOAD_PRIORITY_LOWEST 0xFFFFFFFFU
#endif

#if NDIS_SUPPORT_NDIS630
#define IPSEC_OFFLOAD_V2_AND_TCP_CHECKSUM_COEXISTENCE 2
#define IPSEC_OFFLOAD_V2_AND_UDP_CHECKSUM_COEXISTENCE 4

#define NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_NOT_SUPPORTED 0x0
#define NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_INNER_IPV4 0x1
#define NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_OUTER_IPV4 0x2
#define NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_INNER_IPV6 0x4
#define NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_OUTER_IPV6 0x8

#define NDIS_ENCAPSULATION_TYPE_GRE_MAC 1

#define NDIS_OFFLOAD_PARAMETERS_RSC_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_SKIP_REGISTRY_UPDATE 1
#define NDIS_OFFLOAD_PARAMETERS_RSC_ENABLED 2
#endif

#if NDIS_SUPPORT_NDIS650
#define NDIS_ENCAPSULATION_TYPE_VXLAN 2

#define NDIS_GFT_OFFLOAD_CAPS_ADD_FLOW_ENTRY_DEACTIVATED_PREFERRED 0x1
#define NDIS_GFT_OFFLOAD_CAPS_INGRESS_WILDCARD_MATCH 0x1
#define NDIS_GFT_OFFLOAD_CAPS_MEMORY_MAPPED_COUNTERS 0x1
#define NDIS_GFT_OFFLOAD_CAPS_POP 0x1
#define NDIS_GFT_OFFLOAD_INFO_DIRECTION_INGRESS 0x1
#define NDIS_GFT_OFFLOAD_PARAMETERS_ENABLE_OFFLOAD 0x1
#define NDIS_GFT_OFFLOAD_CAPS_EGRESS_WILDCARD_MATCH 0x2
#define NDIS_GFT_OFFLOAD_CAPS_MEMORY_MAPPED_PAKCET_AND_BYTE_COUNTERS 0x2
#define NDIS_GFT_OFFLOAD_CAPS_PUSH 0x2
#define NDIS_GFT_OFFLOAD_CAPS_RATE_LIMITING_QUEUE_SUPPORTED 0x2
#define NDIS_GFT_OFFLOAD_INFO_EXCEPTION_PACKET 0x2
#define NDIS_GFT_OFFLOAD_CAPS_INGRESS_EXACT_MATCH 0x4
#define NDIS_GFT_OFFLOAD_CAPS_MODIFY 0x4
#define NDIS_GFT_OFFLOAD_CAPS_PER_FLOW_ENTRY_COUNTERS 0x4
#define NDIS_GFT_OFFLOAD_INFO_COPY_PACKET 0x4
#define NDIS_GFT_OFFLOAD_CAPS_EGRESS_EXACT_MATCH 0x8
#define NDIS_GFT_OFFLOAD_CAPS_IGNORE_ACTION_SUPPORTED 0x8
#define NDIS_GFT_OFFLOAD_CAPS_PER_PACKET_COUNTER_UPDATE 0x8
#define NDIS_GFT_OFFLOAD_INFO_SAMPLE_PACKET 0x8
#define NDIS_GFT_OFFLOAD_CAPS_CLIENT_SPECIFIED_MEMORY_MAPPED_COUNTERS 0x10
#define NDIS_GFT_OFFLOAD_CAPS_EXT_VPORT_INGRESS_WILDCARD_MATCH 0x10
#define NDIS_GFT_OFFLOAD_CAPS_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT 0x10
#define NDIS_GFT_OFFLOAD_CAPS_EXT_VPORT_EGRESS_WILDCARD_MATCH 0x20
#define NDIS_GFT_OFFLOAD_CAPS_INGRESS_AGGREGATE_COUNTERS 0x20
#define NDIS_GFT_OFFLOAD_CAPS_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT 0x20
#define NDIS_GFT_OFFLOAD_CAPS_EGRESS_AGGREGATE_COUNTERS 0x40
#define NDIS_GFT_OFFLOAD_CAPS_EXT_VPORT_INGRESS_EXACT_MATCH 0x40
#define NDIS_GFT_OFFLOAD_CAPS_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x40
#define NDIS_GFT_OFFLOAD_CAPS_EXT_VPORT_EGRESS_EXACT_MATCH 0x80
#define NDIS_GFT_OFFLOAD_CAPS_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x80
#define NDIS_GFT_OFFLOAD_CAPS_TRACK_TCP_FLOW_STATE 0x80
#define NDIS_GFT_OFFLOAD_CAPS_COMBINED_COUNTER_AND_STATE 0x100
#define NDIS_GFT_OFFLOAD_CAPS_COPY_ALL 0x100
#define NDIS_GFT_OFFLOAD_CAPS_COPY_FIRST 0x200
#define NDIS_GFT_OFFLOAD_CAPS_COPY_WHEN_TCP_FLAG_SET 0x400
#define NDIS_GFT_OFFLOAD_CAPS_SAMPLE 0x800
#define NDIS_GFT_OFFLOAD_CAPS_META_ACTION_BEFORE_HEADER_TRANSPOSITION 0x1000
#define NDIS_GFT_OFFLOAD_CAPS_META_ACTION_AFTER_HEADER_TRANSPOSITION 0x2000
#define NDIS_GFT_OFFLOAD_CAPS_PER_VPORT_EXCEPTION_VPORT 0x4000
#define NDIS_GFT_OFFLOAD_CAPS_DESIGNATED_EXCEPTION_VPORT 0x8000
#define NDIS_GFT_OFFLOAD_CAPS_DSCP_MASK 0x10000
#define NDIS_GFT_OFFLOAD_CAPS_8021P_PRIORITY_MASK 0x20000
#define NDIS_GFT_OFFLOAD_CAPS_ALLOW 0x40000
#define NDIS_GFT_OFFLOAD_CAPS_DROP 0x80000
#define NDIS_GFT_OFFLOAD_PARAMETERS_CUSTOM_PROVIDER_RESERVED 0xFF000000U

#define NDIS_QOS_OFFLOAD_CAPS_STANDARD_SQ 1
#define NDIS_QOS_OFFLOAD_CAPS_GFT_SQ 2
#endif

#if NDIS_SUPPORT_NDIS683
#define NDIS_OFFLOAD_PARAMETERS_USO_DISABLED 1
#define NDIS_OFFLOAD_PARAMETERS_USO_ENABLED 2

#define NDIS_UDP_SEGMENTATION_OFFLOAD_IPV4 0
#define NDIS_UDP_SEGMENTATION_OFFLOAD_IPV6 1
#endif

#if NDIS_SUPPORT_NDIS620
typedef enum _NDIS_PM_PROTOCOL_OFFLOAD_TYPE {
    NdisPMProtocolOffloadIdUnspecified,
    NdisPMProtocolOffloadIdIPv4ARP,
    NdisPMProtocolOffloadIdIPv6NS,
    NdisPMProtocolOffload80211RSNRekey,
#if NDIS_SUPPORT_NDIS684
    NdisPMProtocolOffload80211RSNRekeyV2 = 4,
#endif
#if NDIS_SUPPORT_NDIS684
    NdisPMProtocolOffloadIdMaximum = 5,
#elif NDIS_SUPPORT_NDIS620
    NdisPMProtocolOffloadIdMaximum = 4,
#endif
} NDIS_PM_PROTOCOL_OFFLOAD_TYPE, *PNDIS_PM_PROTOCOL_OFFLOAD_TYPE;
#endif

#if NDIS_SUPPORT_NDIS670
typedef enum _NDIS_RFC6877_464XLAT_OFFLOAD_OPTIONS {
    NDIS_RFC6877_464XLAT_OFFLOAD_NOT_SUPPORTED,
    NDIS_RFC6877_464XLAT_OFFLOAD_DISABLED,
    NDIS_RFC6877_464XLAT_OFFLOAD_ENABLED,
    NDIS_RFC6877_464XLAT_OFFLOAD_ON_DEMAND,
} NDIS_RFC6877_464XLAT_OFFLOAD_OPTIONS;
#endif

#if NDIS_SUPPORT_NDIS620
typedef enum _NDIS_UDP_HEADER_FIELD {
    NdisUdpHeaderFieldUndefined,
    NdisUdpHeaderFieldDestinationPort,
    NdisUdpHeaderFieldMaximum,
} NDIS_UDP_HEADER_FIELD, *PNDIS_UDP_HEADER_FIELD;
#endif

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD {
    ULONG TransmitChecksumOffloadSupported : 4;
    ULONG ReceiveChecksumOffloadSupported : 4;
    ULONG LsoV2Supported : 4;
    ULONG RssSupported : 4;
    ULONG VmqSupported : 4;
#if NDIS_SUPPORT_NDIS685
    ULONG UsoSupported : 4;
#endif
#if NDIS_SUPPORT_NDIS685
    ULONG Reserved : 8;
#endif
    ULONG MaxHeaderSizeSupported;
} NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD, *PNDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD;
#endif

#if NDIS_SUPPORT_NDIS650
typedef struct _NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_V2 {
    ULONG TransmitChecksumOffloadSupported : 4;
    ULONG ReceiveChecksumOffloadSupported : 4;
    ULONG LsoV2Supported : 4;
    ULONG RssSupported : 4;
    ULONG VmqSupported : 4;
#if NDIS_SUPPORT_NDIS685
    ULONG UsoSupported : 4;
#endif
#if NDIS_SUPPORT_NDIS685
    ULONG Reserved : 8;
#elif NDIS_SUPPORT_NDIS650
    ULONG Reserved : 12;
#endif
    ULONG MaxHeaderSizeSupported;
    union {
        struct {
            USHORT VxlanUDPPortNumber;
            USHORT VxlanUDPPortNumberConfigurable : 1;
            USHORT : 15;
        } VxlanInfo;
        ULONG Value;
    } EncapsulationProtocolInfo;
    ULONG Reserved1;
    ULONG Reserved2;
} NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_V2, *PNDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_V2;

typedef struct _NDIS_GFT_OFFLOAD_CAPABILITIES {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG CounterCapabilities;
    ULONG SupportedTableTypes;
    ULONG SupportedEncapsulationTypes;
    ULONG SupportedIngressExactMatchTableActions;
    ULONG SupportedEgressExactMatchTableActions;
    ULONG SoftwareSupportedIngressExactMatchTableActions;
    ULONG SoftwareSupportedEgressExactMatchTableActions;
    ULONG SupportedIngressWildcardMatchTableActions;
    ULONG SupportedEgressWildcardMatchTableActions;
    ULONG SoftwareSupportedIngressWildcardMatchTableActions;
    ULONG SoftwareSupportedEgressWildcardMatchTableActions;
    ULONG NumPacketCounterObjects;
    ULONG NumByteCounterObjects;
    ULONG NumPacketByteCounterObjects;
    ULONG NumPacketByteCounterAndStateObjects;
    ULONG NumCounterObjectsPerIngressExactMatchFlowEntry;
    ULONG NumCounterObjectsPerEgressExactMatchFlowEntry;
    ULONG NumCounterObjectsPerIngressWildcardMatchFlowEntry;
    ULONG NumCounterObjectsPerEgressWildcardMatchFlowEntry;
} NDIS_GFT_OFFLOAD_CAPABILITIES, *PNDIS_GFT_OFFLOAD_CAPABILITIES;

typedef struct _NDIS_GFT_OFFLOAD_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_NIC_SWITCH_VPORT_ID ExceptionVPortId;
    ULONG CopyLookaheadLength;
    ULONG SampleLookaheadLength;
} NDIS_GFT_OFFLOAD_PARAMETERS, *PNDIS_GFT_OFFLOAD_PARAMETERS;
#endif

#if NDIS_SUPPORT_NDIS61
typedef struct _NDIS_HD_SPLIT_ATTRIBUTES {
    NDIS_OBJECT_HEADER Header;
    ULONG HardwareCapabilities;
    ULONG CurrentCapabilities;
    ULONG HDSplitFlags;
    ULONG BackfillSize;
    ULONG MaxHeaderSize;
} NDIS_HD_SPLIT_ATTRIBUTES, *PNDIS_HD_SPLIT_ATTRIBUTES;

typedef struct _NDIS_HD_SPLIT_CURRENT_CONFIG {
    NDIS_OBJECT_HEADER Header;
    ULONG HardwareCapabilities;
    ULONG CurrentCapabilities;
    ULONG HDSplitFlags;
    ULONG HDSplitCombineFlags;
    ULONG BackfillSize;
    ULONG MaxHeaderSize;
} NDIS_HD_SPLIT_CURRENT_CONFIG, *PNDIS_HD_SPLIT_CURRENT_CONFIG;

typedef struct _NDIS_HD_SPLIT_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG HDSplitCombineFlags;
} NDIS_HD_SPLIT_PARAMETERS, *PNDIS_HD_SPLIT_PARAMETERS;
#endif

typedef struct _NDIS_IPSEC_OFFLOAD_V1 {
    struct {
        ULONG Encapsulation;
        ULONG AhEspCombined;
        ULONG TransportTunnelCombined;
        ULONG IPv4Options;
        ULONG Flags;
    } Supported;
    struct {
        ULONG Md5 : 2;
        ULONG Sha_1 : 2;
        ULONG Transport : 2;
        ULONG Tunnel : 2;
        ULONG Send : 2;
        ULONG Receive : 2;
        ULONG : 20;
    } IPv4AH;
    struct {
        ULONG Des : 2;
        ULONG Reserved : 2;
        ULONG TripleDes : 2;
        ULONG NullEsp : 2;
        ULONG Transport : 2;
        ULONG Tunnel : 2;
        ULONG Send : 2;
        ULONG Receive : 2;
        ULONG : 16;
    } IPv4ESP;
} NDIS_IPSEC_OFFLOAD_V1, *PNDIS_IPSEC_OFFLOAD_V1;

#if NDIS_SUPPORT_NDIS61
typedef struct _NDIS_IPSEC_OFFLOAD_V2 {
    ULONG Encapsulation;
    BOOLEAN IPv6Supported;
    BOOLEAN IPv4Options;
    BOOLEAN IPv6NonIPsecExtensionHeaders;
    BOOLEAN Ah;
    BOOLEAN Esp;
    BOOLEAN AhEspCombined;
    BOOLEAN Transport;
    BOOLEAN Tunnel;
    BOOLEAN TransportTunnelCombined;
    BOOLEAN LsoSupported;
    BOOLEAN ExtendedSequenceNumbers;
    ULONG UdpEsp;
    ULONG AuthenticationAlgorithms;
    ULONG EncryptionAlgorithms;
    ULONG SaOffloadCapacity;
} NDIS_IPSEC_OFFLOAD_V2, *PNDIS_IPSEC_OFFLOAD_V2;
#endif

typedef struct _NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES {
    NDIS_OBJECT_HEADER Header;
    PNDIS_OFFLOAD DefaultOffloadConfiguration;
    PNDIS_OFFLOAD HardwareOffloadCapabilities;
    PNDIS_TCP_CONNECTION_OFFLOAD DefaultTcpConnectionOffloadConfiguration;
    PNDIS_TCP_CONNECTION_OFFLOAD TcpConnectionOffloadHardwareCapabilities;
} NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES, *PNDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES;

#if NDIS_SUPPORT_NDIS670
typedef struct _NDIS_RFC6877_464XLAT_OFFLOAD {
    NDIS_RFC6877_464XLAT_OFFLOAD_OPTIONS XlatOffload;
    ULONG Flags;
} NDIS_RFC6877_464XLAT_OFFLOAD, *PNDIS_RFC6877_464XLAT_OFFLOAD;
#endif

typedef struct _NDIS_TCP_IP_CHECKSUM_OFFLOAD {
    struct {
        ULONG Encapsulation;
        ULONG IpOptionsSupported : 2;
        ULONG TcpOptionsSupported : 2;
        ULONG TcpChecksum : 2;
        ULONG UdpChecksum : 2;
        ULONG IpChecksum : 2;
        ULONG : 22;
    } IPv4Transmit;
    struct {
        ULONG Encapsulation;
        ULONG IpOptionsSupported : 2;
        ULONG TcpOptionsSupported : 2;
        ULONG TcpChecksum : 2;
        ULONG UdpChecksum : 2;
        ULONG IpChecksum : 2;
        ULONG : 22;
    } IPv4Receive;
    struct {
        ULONG Encapsulation;
        ULONG IpExtensionHeadersSupported : 2;
        ULONG TcpOptionsSupported : 2;
        ULONG TcpChecksum : 2;
        ULONG UdpChecksum : 2;
        ULONG : 24;
    } IPv6Transmit;
    struct {
        ULONG Encapsulation;
        ULONG IpExtensionHeadersSupported : 2;
        ULONG TcpOptionsSupported : 2;
        ULONG TcpChecksum : 2;
        ULONG UdpChecksum : 2;
        ULONG : 24;
    } IPv6Receive;
} NDIS_TCP_IP_CHECKSUM_OFFLOAD, *PNDIS_TCP_IP_CHECKSUM_OFFLOAD;

typedef struct _NDIS_TCP_LARGE_SEND_OFFLOAD_V1 {
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount;
        ULONG TcpOptions : 2;
        ULONG IpOptions : 2;
        ULONG : 28;
    } IPv4;
} NDIS_TCP_LARGE_SEND_OFFLOAD_V1, *PNDIS_TCP_LARGE_SEND_OFFLOAD_V1;

typedef struct _NDIS_TCP_LARGE_SEND_OFFLOAD_V2 {
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount;
    } IPv4;
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount;
        ULONG IpExtensionHeadersSupported : 2;
        ULONG TcpOptionsSupported : 2;
        ULONG : 28;
    } IPv6;
} NDIS_TCP_LARGE_SEND_OFFLOAD_V2, *PNDIS_TCP_LARGE_SEND_OFFLOAD_V2;

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD {
    struct {
        BOOLEAN Enabled;
    } IPv4;
    struct {
        BOOLEAN Enabled;
    } IPv6;
} NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD, *PNDIS_TCP_RECV_SEG_COALESCE_OFFLOAD;
#endif

#if NDIS_SUPPORT_NDIS683
typedef struct _NDIS_UDP_SEGMENTATION_OFFLOAD {
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount : 6;
#if NDIS_SUPPORT_NDIS684
        ULONG SubMssFinalSegmentSupported : 1;
#endif
#if NDIS_SUPPORT_NDIS684
        ULONG Reserved : 25;
#elif NDIS_SUPPORT_NDIS683
        ULONG Reserved : 26;
#endif
    } IPv4;
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount : 6;
#if NDIS_SUPPORT_NDIS684
        ULONG SubMssFinalSegmentSupported : 1;
#endif
#if NDIS_SUPPORT_NDIS684
        ULONG Reserved1 : 25;
#elif NDIS_SUPPORT_NDIS683
        ULONG Reserved1 : 26;
#endif
        ULONG IpExtensionHeadersSupported : 2;
        ULONG Reserved2 : 30;
    } IPv6;
} NDIS_UDP_SEGMENTATION_OFFLOAD, *PNDIS_UDP_SEGMENTATION_OFFLOAD;
#endif

typedef struct _NDIS_OFFLOAD {
    NDIS_OBJECT_HEADER Header;
    NDIS_TCP_IP_CHECKSUM_OFFLOAD Checksum;
    NDIS_TCP_LARGE_SEND_OFFLOAD_V1 LsoV1;
    NDIS_IPSEC_OFFLOAD_V1 IPsecV1;
    NDIS_TCP_LARGE_SEND_OFFLOAD_V2 LsoV2;
    ULONG Flags;
#if NDIS_SUPPORT_NDIS61
    NDIS_IPSEC_OFFLOAD_V2 IPsecV2;
#endif
#if NDIS_SUPPORT_NDIS630
    NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD Rsc;
#endif
#if NDIS_SUPPORT_NDIS630
    NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD EncapsulatedPacketTaskOffloadGre;
#endif
#if NDIS_SUPPORT_NDIS650
    NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD_V2 EncapsulatedPacketTaskOffloadVxlan;
#endif
#if NDIS_SUPPORT_NDIS650
    UCHAR EncapsulationTypes;
#endif
#if NDIS_SUPPORT_NDIS670
    NDIS_RFC6877_464XLAT_OFFLOAD Rfc6877Xlat;
#endif
#if NDIS_SUPPORT_NDIS683
    NDIS_UDP_SEGMENTATION_OFFLOAD UdpSegmentation;
#endif
} NDIS_OFFLOAD, *PNDIS_OFFLOAD;

typedef struct _NDIS_OFFLOAD_ENCAPSULATION {
    NDIS_OBJECT_HEADER Header;
    struct {
        ULONG Enabled;
        ULONG EncapsulationType;
        ULONG HeaderSize;
    } IPv4;
    struct {
        ULONG Enabled;
        ULONG EncapsulationType;
        ULONG HeaderSize;
    } IPv6;
} NDIS_OFFLOAD_ENCAPSULATION, *PNDIS_OFFLOAD_ENCAPSULATION;

typedef struct _NDIS_OFFLOAD_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    UCHAR IPv4Checksum;
    UCHAR TCPIPv4Checksum;
    UCHAR UDPIPv4Checksum;
    UCHAR TCPIPv6Checksum;
    UCHAR UDPIPv6Checksum;
    UCHAR LsoV1;
    UCHAR IPsecV1;
    UCHAR LsoV2IPv4;
    UCHAR LsoV2IPv6;
    UCHAR TcpConnectionIPv4;
    UCHAR TcpConnectionIPv6;
    ULONG Flags;
#if NDIS_SUPPORT_NDIS61
    UCHAR IPsecV2;
#endif
#if NDIS_SUPPORT_NDIS61
    UCHAR IPsecV2IPv4;
#endif
#if NDIS_SUPPORT_NDIS630
    UCHAR RscIPv4;
#endif
#if NDIS_SUPPORT_NDIS630
    UCHAR RscIPv6;
#endif
#if NDIS_SUPPORT_NDIS630
    UCHAR EncapsulatedPacketTaskOffload;
#endif
#if NDIS_SUPPORT_NDIS630
    UCHAR EncapsulationTypes;
#endif
#if NDIS_SUPPORT_NDIS650
    union {
#if NDIS_SUPPORT_NDIS650
        struct {
#if NDIS_SUPPORT_NDIS650
            USHORT VxlanUDPPortNumber;
#endif
        } VxlanParameters;
#endif
#if NDIS_SUPPORT_NDIS650
        ULONG Value;
#endif
    } EncapsulationProtocolParameters;
#endif
#if NDIS_SUPPORT_NDIS683
    struct {
#if NDIS_SUPPORT_NDIS683
        UCHAR IPv4;
#endif
#if NDIS_SUPPORT_NDIS683
        UCHAR IPv6;
#endif
    } UdpSegmentation;
#endif
} NDIS_OFFLOAD_PARAMETERS, *PNDIS_OFFLOAD_PARAMETERS;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_PM_COUNTED_STRING {
    USHORT Length;
    WCHAR String[65];
} NDIS_PM_COUNTED_STRING, *PNDIS_PM_COUNTED_STRING;

typedef struct _NDIS_PM_PROTOCOL_OFFLOAD {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG Priority;
    NDIS_PM_PROTOCOL_OFFLOAD_TYPE ProtocolOffloadType;
    NDIS_PM_COUNTED_STRING FriendlyName;
    ULONG ProtocolOffloadId;
    ULONG NextProtocolOffloadOffset;
#if NDIS_SUPPORT_NDIS620
    union {
        struct {
            ULONG Flags;
            UCHAR RemoteIPv4Address[4];
            UCHAR HostIPv4Address[4];
            UCHAR MacAddress[6];
        } IPv4ARPParameters;
        struct {
            ULONG Flags;
            UCHAR RemoteIPv6Address[16];
            UCHAR SolicitedNodeIPv6Address[16];
            UCHAR MacAddress[6];
            UCHAR TargetIPv6Addresses[2][16];
        } IPv6NSParameters;
        struct {
            ULONG Flags;
            UCHAR KCK[16];
            UCHAR KEK[16];
            ULONGLONG KeyReplayCounter;
        } Dot11RSNRekeyParameters;
#if NDIS_SUPPORT_NDIS684
        struct {
#if NDIS_SUPPORT_NDIS684
            ULONG Flags;
#endif
#if NDIS_SUPPORT_NDIS684
            ULONGLONG KeyReplayCounter;
#endif
#if NDIS_SUPPORT_NDIS684
            ULONG AuthAlgo;
#endif
#if NDIS_SUPPORT_NDIS684
            ULONG KCKLength;
#endif
#if NDIS_SUPPORT_NDIS684
            ULONG KEKLength;
#endif
#if NDIS_SUPPORT_NDIS684
            UCHAR KCK[32];
#endif
#if NDIS_SUPPORT_NDIS684
            UCHAR KEK[32];
#endif
        } Dot11RSNRekeyParametersV2;
#endif
    } ProtocolOffloadParameters;
#endif
} NDIS_PM_PROTOCOL_OFFLOAD, *PNDIS_PM_PROTOCOL_OFFLOAD;
#endif

#if NDIS_SUPPORT_NDIS650
typedef struct _NDIS_QOS_OFFLOAD_CAPABILITIES {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG SupportedSqTypes;
    BOOLEAN TransmitCapSupported[8];
    BOOLEAN TransmitReservationSupported[8];
    BOOLEAN ReceiveCapSupported[8];
    BOOLEAN TransmitGftCapSupported[8];
    BOOLEAN ReceiveGftCapSupported[8];
    BOOLEAN TcSupportedTable[8];
    ULONG NumStandardSqsSupported;
    ULONG NumGftSqsSupported;
    ULONG ReservationGranularitySupported;
    ULONG MaxNumSqInputs;
#if NDIS_SUPPORT_NDIS684
    BOOLEAN CrossTcTransmitMaxCapSupported;
#endif
} NDIS_QOS_OFFLOAD_CAPABILITIES, *PNDIS_QOS_OFFLOAD_CAPABILITIES;
#endif

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_RSC_STATISTICS_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG64 CoalescedPkts;
    ULONG64 CoalescedOctets;
    ULONG64 CoalesceEvents;
    ULONG64 Aborts;
} NDIS_RSC_STATISTICS_INFO, *PNDIS_RSC_STATISTICS_INFO;
#endif

typedef struct _NDIS_TCP_CONNECTION_OFFLOAD {
    NDIS_OBJECT_HEADER Header;
    ULONG Encapsulation;
    ULONG SupportIPv4 : 2;
    ULONG SupportIPv6 : 2;
    ULONG SupportIPv6ExtensionHeaders : 2;
    ULONG SupportSack : 2;
#if NDIS_SUPPORT_NDIS61
    ULONG CongestionAlgorithm : 4;
#endif
    ULONG : 20;
    ULONG TcpConnectionOffloadCapacity;
    ULONG Flags;
} NDIS_TCP_CONNECTION_OFFLOAD, *PNDIS_TCP_CONNECTION_OFFLOAD;

typedef struct _NDIS_TCP_IP_CHECKSUM_PACKET_INFO {
    union {
        struct {
            ULONG NdisPacketChecksumV4 : 1;
            ULONG NdisPacketChecksumV6 : 1;
            ULONG NdisPacketTcpChecksum : 1;
            ULONG NdisPacketUdpChecksum : 1;
            ULONG NdisPacketIpChecksum : 1;
            ULONG : 27;
        } Transmit;
        struct {
            ULONG NdisPacketTcpChecksumFailed : 1;
            ULONG NdisPacketUdpChecksumFailed : 1;
            ULONG NdisPacketIpChecksumFailed : 1;
            ULONG NdisPacketTcpChecksumSucceeded : 1;
            ULONG NdisPacketUdpChecksumSucceeded : 1;
            ULONG NdisPacketIpChecksumSucceeded : 1;
            ULONG NdisPacketLoopback : 1;
            ULONG : 25;
        } Receive;
        ULONG Value;
    };
} NDIS_TCP_IP_CHECKSUM_PACKET_INFO, *PNDIS_TCP_IP_CHECKSUM_PACKET_INFO;

typedef struct _NDIS_WMI_IPSEC_OFFLOAD_V1 {
    struct {
        ULONG Encapsulation;
        ULONG AhEspCombined;
        ULONG TransportTunnelCombined;
        ULONG IPv4Options;
        ULONG Flags;
    } Supported;
    struct {
        ULONG Md5;
        ULONG Sha_1;
        ULONG Transport;
        ULONG Tunnel;
        ULONG Send;
        ULONG Receive;
    } IPv4AH;
    struct {
        ULONG Des;
        ULONG Reserved;
        ULONG TripleDes;
        ULONG NullEsp;
        ULONG Transport;
        ULONG Tunnel;
        ULONG Send;
        ULONG Receive;
    } IPv4ESP;
} NDIS_WMI_IPSEC_OFFLOAD_V1, *PNDIS_WMI_IPSEC_OFFLOAD_V1;

typedef struct _NDIS_WMI_TCP_IP_CHECKSUM_OFFLOAD {
    struct {
        ULONG Encapsulation;
        ULONG IpOptionsSupported;
        ULONG TcpOptionsSupported;
        ULONG TcpChecksum;
        ULONG UdpChecksum;
        ULONG IpChecksum;
    } IPv4Transmit;
    struct {
        ULONG Encapsulation;
        ULONG IpOptionsSupported;
        ULONG TcpOptionsSupported;
        ULONG TcpChecksum;
        ULONG UdpChecksum;
        ULONG IpChecksum;
    } IPv4Receive;
    struct {
        ULONG Encapsulation;
        ULONG IpExtensionHeadersSupported;
        ULONG TcpOptionsSupported;
        ULONG TcpChecksum;
        ULONG UdpChecksum;
    } IPv6Transmit;
    struct {
        ULONG Encapsulation;
        ULONG IpExtensionHeadersSupported;
        ULONG TcpOptionsSupported;
        ULONG TcpChecksum;
        ULONG UdpChecksum;
    } IPv6Receive;
} NDIS_WMI_TCP_IP_CHECKSUM_OFFLOAD, *PNDIS_WMI_TCP_IP_CHECKSUM_OFFLOAD;

typedef struct _NDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V1 {
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount;
        ULONG TcpOptions;
        ULONG IpOptions;
    } IPv4;
} NDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V1, *PNDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V1;

typedef struct _NDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V2 {
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount;
    } IPv4;
    struct {
        ULONG Encapsulation;
        ULONG MaxOffLoadSize;
        ULONG MinSegmentCount;
        ULONG IpExtensionHeadersSupported;
        ULONG TcpOptionsSupported;
    } IPv6;
} NDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V2, *PNDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V2;

typedef struct _NDIS_WMI_OFFLOAD {
    NDIS_OBJECT_HEADER Header;
    NDIS_WMI_TCP_IP_CHECKSUM_OFFLOAD Checksum;
    NDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V1 LsoV1;
    NDIS_WMI_IPSEC_OFFLOAD_V1 IPsecV1;
    NDIS_WMI_TCP_LARGE_SEND_OFFLOAD_V2 LsoV2;
    ULONG Flags;
#if NDIS_SUPPORT_NDIS61
    NDIS_IPSEC_OFFLOAD_V2 IPsecV2;
#endif
#if NDIS_SUPPORT_NDIS630
    NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD Rsc;
#endif
#if NDIS_SUPPORT_NDIS630
    NDIS_ENCAPSULATED_PACKET_TASK_OFFLOAD EncapsulatedPacketTaskOffloadGre;
#endif
#if NDIS_SUPPORT_NDIS683
    NDIS_UDP_SEGMENTATION_OFFLOAD UdpSegmentation;
#endif
} NDIS_WMI_OFFLOAD, *PNDIS_WMI_OFFLOAD;

typedef struct _NDIS_WMI_TCP_CONNECTION_OFFLOAD {
    NDIS_OBJECT_HEADER Header;
    ULONG Encapsulation;
    ULONG SupportIPv4;
    ULONG SupportIPv6;
    ULONG SupportIPv6ExtensionHeaders;
    ULONG SupportSack;
    ULONG TcpConnectionOffloadCapacity;
    ULONG Flags;
} NDIS_WMI_TCP_CONNECTION_OFFLOAD, *PNDIS_WMI_TCP_CONNECTION_OFFLOAD;
