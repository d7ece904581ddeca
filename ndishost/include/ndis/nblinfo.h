/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Out-of-band information of a NET_BUFFER_LIST.
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"

typedef struct _NDIS_NBL_MEDIA_MEDIA_SPECIFIC_INFORMATION NDIS_NBL_MEDIA_SPECIFIC_INFORMATION,
    *PNDIS_NBL_MEDIA_SPECIFIC_INFORMATION;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;

#define NDIS_HASH_FUNCTION_MASK 255

#define NDIS_HASH_IPV4 0x100
#define NDIS_HASH_IPV6 0x400

#define NDIS_HASH_IPV6_EX 0x800

#define NDIS_HASH_TCP_IPV4 0x200
#define NDIS_HASH_TCP_IPV6 0x1000
#define NDIS_HASH_TCP_IPV6_EX 0x2000

#define NDIS_HASH_TYPE_MASK 0xFFFF00

#define NDIS_NBL_FLAGS_SEND_READ_ONLY 0x1
#define NDIS_NBL_FLAGS_RECV_READ_ONLY 0x2
#define NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET 0x8000

#define NDIS_NET_BUFFER_LIST_INFO_ILLEGALLY_TRANSFERRED 326U

#define NDIS_TCP_LARGE_SEND_OFFLOAD_IPv4 0
#define NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE 0
#define NDIS_TCP_LARGE_SEND_OFFLOAD_IPv6 1
#define NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE 1

#if NDIS_SUPPORT_NDIS61
#define NDIS_NBL_FLAGS_HD_SPLIT 0x100
#define NDIS_NBL_FLAGS_IS_IPV4 0x200
#define NDIS_NBL_FLAGS_IS_IPV6 0x400
#define NDIS_NBL_FLAGS_IS_TCP 0x800
#define NDIS_NBL_FLAGS_IS_UDP 0x1000
#define NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_HEADER 0x2000
#define NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_PAYLOAD 0x4000
#endif

#if NDIS_SUPPORT_NDIS680
#define NDIS_HASH_UDP_IPV4 0x4000
#define NDIS_HASH_UDP_IPV6 0x8000
#define NDIS_HASH_UDP_IPV6_EX 0x10000
#endif

#if NDIS_SUPPORT_NDIS682
#define NDIS_NBL_FLAGS_CAPTURE_TIMESTAMP_ON_TRANSMIT 0x10000
#endif

typedef enum _NDIS_NET_BUFFER_LIST_INFO {
    TcpIpChecksumNetBufferListInfo,
    TcpOffloadBytesTransferred = 0,
    IPsecOffloadV1NetBufferListInfo,
#if NDIS_SUPPORT_NDIS61
    IPsecOffloadV2NetBufferListInfo = 1,
#endif
    TcpLargeSendNetBufferListInfo = 2,
    TcpReceiveNoPush = 2,
    ClassificationHandleNetBufferListInfo,
    Ieee8021QNetBufferListInfo,
    NetBufferListCancelId,
    MediaSpecificInformation,
    NetBufferListFrameType,
    NetBufferListProtocolId = 7,
    NetBufferListHashValue,
    NetBufferListHashInfo,
    WfpNetBufferListInfo,
#if NDIS_SUPPORT_NDIS61
    IPsecOffloadV2TunnelNetBufferListInfo = 11,
#endif
#if NDIS_SUPPORT_NDIS61
    IPsecOffloadV2HeaderNetBufferListInfo = 12,
#endif
#if NDIS_SUPPORT_NDIS620
    NetBufferListCorrelationId = 13,
#endif
#if NDIS_SUPPORT_NDIS620
    NetBufferListFilteringInfo = 14,
#endif
#if NDIS_SUPPORT_NDIS620
    MediaSpecificInformationEx = 15,
#endif
#if NDIS_SUPPORT_NDIS620
    NblOriginalInterfaceIfIndex = 16,
#endif
#if NDIS_SUPPORT_NDIS620
    NblReAuthWfpFlowContext = 16,
#endif
#if NDIS_SUPPORT_NDIS620
    TcpReceiveBytesTransferred = 17,
#endif
#if NDIS_SUPPORT_NDIS620
    NrtNameResolutionId = 17,
#endif
#if NDIS_SUPPORT_NDIS684
    UdpRecvSegCoalesceOffloadInfo = 17,
#endif
#if NDIS_SUPPORT_NDIS630
    SwitchForwardingReserved = 18,
#endif
#if NDIS_SUPPORT_NDIS630
    SwitchForwardingDetail = 19,
#endif
#if NDIS_SUPPORT_NDIS630
    VirtualSubnetInfo = 20,
#endif
#if NDIS_SUPPORT_NDIS630
    IMReserved = 21,
#endif
#if NDIS_SUPPORT_NDIS630
    TcpRecvSegCoalesceInfo = 22,
#endif
#if NDIS_SUPPORT_NDIS683
    UdpSegmentationOffloadInfo = 22,
#endif
#if NDIS_SUPPORT_NDIS630
    RscTcpTimestampDelta = 23,
#endif
#if NDIS_SUPPORT_NDIS630
    TcpSendOffloadsSupplementalNetBufferListInfo = 23,
#endif
#if NDIS_SUPPORT_NDIS650
    GftOffloadInformation = 24,
#endif
#if NDIS_SUPPORT_NDIS650
    GftFlowEntryId = 25,
#endif
#if NDIS_SUPPORT_NDIS680
    NetBufferListInfoReserved3 = 26,
#endif
#if NDIS_SUPPORT_NDIS680
    MaxNetBufferListInfo = 27,
#elif NDIS_SUPPORT_NDIS650
    MaxNetBufferListInfo = 26,
#elif NDIS_SUPPORT_NDIS630
    MaxNetBufferListInfo = 24,
#elif NDIS_SUPPORT_NDIS620
    MaxNetBufferListInfo = 18,
#elif NDIS_SUPPORT_NDIS61
    MaxNetBufferListInfo = 13,
#elif NDIS_SUPPORT_NDIS6
    MaxNetBufferListInfo = 11,
#endif
} NDIS_NET_BUFFER_LIST_INFO, *PNDIS_NET_BUFFER_LIST_INFO;

typedef PVOID NDIS_SWITCH_CONTEXT;

#if NDIS_SUPPORT_NDIS630
/* IRQL: <= DISPATCH_LEVEL */
typedef NDIS_STATUS NTAPI NDIS_SWITCH_COPY_NET_BUFFER_LIST_INFO(
    NDIS_SWITCH_CONTEXT NdisSwitchContext, PNET_BUFFER_LIST DestNetBufferList,
    PNET_BUFFER_LIST SrcNetBufferList, UINT32 Flags);
typedef NDIS_SWITCH_COPY_NET_BUFFER_LIST_INFO *NDIS_SWITCH_COPY_NET_BUFFER_LIST_INFO_HANDLER;
#endif

typedef struct _NDIS_IPSEC_OFFLOAD_V1_NET_BUFFER_LIST_INFO {
    union {
        struct {
            NDIS_HANDLE OffloadHandle;
        } Transmit;
        struct {
            USHORT SaDeleteReq : 1;
            USHORT CryptoDone : 1;
            USHORT NextCryptoDone : 1;
            USHORT Pad : 13;
            USHORT CryptoStatus;
        } Receive;
    };
} NDIS_IPSEC_OFFLOAD_V1_NET_BUFFER_LIST_INFO, *PNDIS_IPSEC_OFFLOAD_V1_NET_BUFFER_LIST_INFO;

#if NDIS_SUPPORT_NDIS61
typedef struct _NDIS_IPSEC_OFFLOAD_V2_HEADER_NET_BUFFER_LIST_INFO {
    union {
        struct {
            ULONG NextHeader : 8;
            ULONG PadLength : 8;
            ULONG AhHeaderOffset : 8;
            ULONG EspHeaderOffset : 8;
        } Transmit;
        struct {
            ULONG NextHeader : 8;
            ULONG PadLength : 8;
            ULONG HeaderInfoSet : 1;
            ULONG : 15;
        } Receive;
    };
} NDIS_IPSEC_OFFLOAD_V2_HEADER_NET_BUFFER_LIST_INFO,
    *PNDIS_IPSEC_OFFLOAD_V2_HEADER_NET_BUFFER_LIST_INFO;

typedef struct _NDIS_IPSEC_OFFLOAD_V2_NET_BUFFER_LIST_INFO {
    union {
        struct {
            PVOID OffloadHandle;
        } Transmit;
        struct {
            ULONG SaDeleteReq : 1;
            ULONG CryptoDone : 1;
            ULONG NextCryptoDone : 1;
            ULONG Reserved : 13;
            ULONG CryptoStatus : 16;
        } Receive;
    };
} NDIS_IPSEC_OFFLOAD_V2_NET_BUFFER_LIST_INFO, *PNDIS_IPSEC_OFFLOAD_V2_NET_BUFFER_LIST_INFO;

typedef struct _NDIS_IPSEC_OFFLOAD_V2_TUNNEL_NET_BUFFER_LIST_INFO {
    struct {
        NDIS_HANDLE TunnelHandle;
    } Transmit;
} NDIS_IPSEC_OFFLOAD_V2_TUNNEL_NET_BUFFER_LIST_INFO,
    *PNDIS_IPSEC_OFFLOAD_V2_TUNNEL_NET_BUFFER_LIST_INFO;
#endif

typedef struct DECLSPEC_ALIGN(16) _NDIS_NBL_MEDIA_MEDIA_SPECIFIC_INFORMATION {
    PNDIS_NBL_MEDIA_SPECIFIC_INFORMATION NextEntry;
    ULONG Tag;
    DECLSPEC_ALIGN(8) UCHAR Data[1];
} NDIS_NBL_MEDIA_SPECIFIC_INFORMATION, *PNDIS_NBL_MEDIA_SPECIFIC_INFORMATION;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_NBL_MEDIA_SPECIFIC_INFORMATION_EX {
    NDIS_OBJECT_HEADER Header;
    struct _NDIS_NBL_MEDIA_SPECIFIC_INFORMATION_EX *NextEntry;
    ULONG Tag;
    PVOID Data;
} NDIS_NBL_MEDIA_SPECIFIC_INFORMATION_EX, *PNDIS_NBL_MEDIA_SPECIFIC_INFORMATION_EX;
#endif

typedef struct _NDIS_NET_BUFFER_LIST_8021Q_INFO {
    union {
        struct {
            UINT32 UserPriority : 3;
            UINT32 CanonicalFormatId : 1;
            UINT32 VlanId : 12;
            UINT32 Reserved : 16;
        } TagHeader;
        struct {
            UINT32 UserPriority : 3;
            UINT32 CanonicalFormatId : 1;
            UINT32 VlanId : 12;
            UINT32 WMMInfo : 4;
            UINT32 Reserved : 12;
        } WLanTagHeader;
        PVOID Value;
    };
} NDIS_NET_BUFFER_LIST_8021Q_INFO, *PNDIS_NET_BUFFER_LIST_8021Q_INFO;

#if NDIS_SUPPORT_NDIS620
typedef struct _NDIS_NET_BUFFER_LIST_FILTERING_INFO {
    union {
        struct {
            USHORT FilterId;
#if NDIS_SUPPORT_NDIS630
            union {
#if NDIS_SUPPORT_NDIS630
                USHORT QueueId;
#endif
#if NDIS_SUPPORT_NDIS630
                USHORT VPortId;
#endif
            } QueueVPortInfo;
#endif
        } FilteringInfo;
        PVOID Value;
    };
} NDIS_NET_BUFFER_LIST_FILTERING_INFO, *PNDIS_NET_BUFFER_LIST_FILTERING_INFO;
#endif

#if NDIS_SUPPORT_NDIS650
typedef struct _NDIS_NET_BUFFER_LIST_GFT_OFFLOAD_INFO {
    ULONG Flags;
    USHORT VPortId;
    USHORT Reserved;
} NDIS_NET_BUFFER_LIST_GFT_OFFLOAD_INFO, *PNDIS_NET_BUFFER_LIST_GFT_OFFLOAD_INFO;
#endif

typedef struct _NDIS_NET_BUFFER_LIST_MEDIA_SPECIFIC_INFO {
    union {
        PVOID MediaSpecificInfo;
        PVOID NativeWifiSpecificInfo;
        PVOID Value;
    };
} NDIS_NET_BUFFER_LIST_MEDIA_SPECIFIC_INFO, *PNDIS_NET_BUFFER_LIST_MEDIA_SPECIFIC_INFO;

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO {
    union {
        struct {
            UINT32 VirtualSubnetId : 24;
            UINT32 ReservedVsidBits : 8;
            UINT32 Reserved;
        };
        PVOID Value;
    };
} NDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO, *PNDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO;
#endif

typedef struct _NDIS_PACKET_8021Q_INFO {
    union {
        struct {
            UINT32 UserPriority : 3;
            UINT32 CanonicalFormatId : 1;
            UINT32 VlanId : 12;
            UINT32 Reserved : 16;
        } TagHeader;
        PVOID Value;
    };
} NDIS_PACKET_8021Q_INFO, *PNDIS_PACKET_8021Q_INFO;

#if NDIS_SUPPORT_NDIS630
typedef union _NDIS_RSC_NBL_INFO {
    struct {
        USHORT CoalescedSegCount;
        USHORT DupAckCount;
    } Info;
    PVOID Value;
} NDIS_RSC_NBL_INFO, *PNDIS_RSC_NBL_INFO;

typedef union _NDIS_SWITCH_FORWARDING_DETAIL_NET_BUFFER_LIST_INFO {
    UINT64 AsUINT64;
    struct {
        UINT32 NumAvailableDestinations : 16;
        UINT32 SourcePortId : 16;
        UINT32 SourceNicIndex : 8;
#if NDIS_SUPPORT_NDIS640
        UINT32 NativeForwardingRequired : 1;
#endif
#if NDIS_SUPPORT_NDIS640
        UINT32 Reserved1 : 1;
#elif NDIS_SUPPORT_NDIS630
        UINT32 Reserved1 : 2;
#endif
        UINT32 IsPacketDataSafe : 1;
        UINT32 SafePacketDataSize : 12;
        UINT32 IsPacketDataUncached : 1;
        UINT32 IsSafePacketDataUncached : 1;
        UINT32 Reserved2 : 7;
    };
} NDIS_SWITCH_FORWARDING_DETAIL_NET_BUFFER_LIST_INFO,
    *PNDIS_SWITCH_FORWARDING_DETAIL_NET_BUFFER_LIST_INFO;
#endif

typedef struct _NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO {
    union {
        struct {
            ULONG IsIPv4 : 1;
            ULONG IsIPv6 : 1;
            ULONG TcpChecksum : 1;
            ULONG UdpChecksum : 1;
            ULONG IpHeaderChecksum : 1;
            ULONG Reserved : 11;
            ULONG TcpHeaderOffset : 10;
            ULONG : 6;
        } Transmit;
        struct {
            ULONG TcpChecksumFailed : 1;
            ULONG UdpChecksumFailed : 1;
            ULONG IpChecksumFailed : 1;
            ULONG TcpChecksumSucceeded : 1;
            ULONG UdpChecksumSucceeded : 1;
            ULONG IpChecksumSucceeded : 1;
            ULONG Loopback : 1;
#if NDIS_SUPPORT_NDIS630
            ULONG TcpChecksumValueInvalid : 1;
#endif
#if NDIS_SUPPORT_NDIS630
            ULONG IpChecksumValueInvalid : 1;
#endif
            ULONG : 23;
        } Receive;
        PVOID Value;
    };
} NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO, *PNDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO;

typedef struct _NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO {
    union {
        struct {
            ULONG Unused : 30;
            ULONG Type : 1;
            ULONG Reserved2 : 1;
        } Transmit;
        struct {
            ULONG MSS : 20;
            ULONG TcpHeaderOffset : 10;
            ULONG Type : 1;
            ULONG Reserved2 : 1;
        } LsoV1Transmit;
        struct {
            ULONG TcpPayload : 30;
            ULONG Type : 1;
            ULONG Reserved2 : 1;
        } LsoV1TransmitComplete;
        struct {
            ULONG MSS : 20;
            ULONG TcpHeaderOffset : 10;
            ULONG Type : 1;
            ULONG IPVersion : 1;
        } LsoV2Transmit;
        struct {
            ULONG Reserved : 30;
            ULONG Type : 1;
            ULONG Reserved2 : 1;
        } LsoV2TransmitComplete;
        PVOID Value;
    };
} NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO,
    *PNDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO;

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_TCP_SEND_OFFLOADS_SUPPLEMENTAL_NET_BUFFER_LIST_INFO {
    union {
        struct {
            ULONG IsEncapsulatedPacket : 1;
            ULONG EncapsulatedPacketOffsetsValid : 1;
            ULONG InnerFrameOffset : 8;
            ULONG TransportIpHeaderRelativeOffset : 6;
            ULONG TcpHeaderRelativeOffset : 10;
            ULONG IsInnerIPv6 : 1;
            ULONG TcpOptionsPresent : 1;
            ULONG Reserved : 4;
        } EncapsulatedPacketOffsets;
        PVOID Value;
    };
} NDIS_TCP_SEND_OFFLOADS_SUPPLEMENTAL_NET_BUFFER_LIST_INFO,
    *PNDIS_TCP_SEND_OFFLOADS_SUPPLEMENTAL_NET_BUFFER_LIST_INFO;
#endif

#if NDIS_SUPPORT_NDIS684
typedef struct _NDIS_UDP_RSC_OFFLOAD_NET_BUFFER_LIST_INFO {
    union {
        struct {
            USHORT SegCount;
            USHORT SegSize;
        } Receive;
        PVOID Value;
    };
} NDIS_UDP_RSC_OFFLOAD_NET_BUFFER_LIST_INFO, *PNDIS_UDP_RSC_OFFLOAD_NET_BUFFER_LIST_INFO;
#endif

#if NDIS_SUPPORT_NDIS683
typedef struct _NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO {
    union {
        struct {
            ULONG MSS : 20;
            ULONG UdpHeaderOffset : 10;
            ULONG Reserved : 1;
            ULONG IPVersion : 1;
        } Transmit;
        PVOID Value;
    };
} NDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO,
    *PNDIS_UDP_SEGMENTATION_OFFLOAD_NET_BUFFER_LIST_INFO;
#endif

#if NDIS_SUPPORT_NDIS682
typedef struct _NET_BUFFER_LIST_TIMESTAMP {
    ULONG64 Timestamp;
} NET_BUFFER_LIST_TIMESTAMP, *PNET_BUFFER_LIST_TIMESTAMP;
#endif

#if NDIS_SUPPORT_NDIS650
typedef struct _PD_BUFFER_8021Q_INFO {
    UINT16 UserPriority : 3;
    UINT16 CanonicalFormatId : 1;
    UINT16 VlanId : 12;
} PD_BUFFER_8021Q_INFO;

typedef struct _PD_BUFFER_VIRTUAL_SUBNET_INFO {
    UINT32 VirtualSubnetId : 24;
    UINT32 Reserved : 8;
} PD_BUFFER_VIRTUAL_SUBNET_INFO;

typedef struct _PD_BUFFER {
    struct _PD_BUFFER *NextPDBuffer;
    struct _PD_BUFFER *NextPartialPDBuffer;
    PVOID PDClientReserved;
    PVOID PDClientContext;
    PUCHAR DataBufferVirtualAddress;
    DMA_LOGICAL_ADDRESS DataBufferDmaLogicalAddress;
    ULONG DataBufferSize;
    USHORT PDClientContextSize;
    USHORT Attributes;
    USHORT Flags;
    USHORT DataStart;
    ULONG DataLength;
    struct {
        union {
            ULONG64 RxFilterContext;
            ULONG64 GftFlowEntryId;
        };
        ULONG RxHashValue;
        union {
            struct {
                ULONG RxIPHeaderChecksumSucceeded : 1;
                ULONG RxTCPChecksumSucceeded : 1;
                ULONG RxUDPChecksumSucceeded : 1;
                ULONG RxIPHeaderChecksumFailed : 1;
                ULONG RxTCPChecksumFailed : 1;
                ULONG RxUDPChecksumFailed : 1;
                ULONG RxHashComputed : 1;
                ULONG RxHashWithL4PortNumbers : 1;
                ULONG RxGftDirectionIngress : 1;
                ULONG RxGftExceptionPacket : 1;
                ULONG RxGftCopyPacket : 1;
                ULONG RxGftSamplePacket : 1;
                ULONG RxReserved1 : 4;
                ULONG RxCoalescedSegCount : 16;
                ULONG RxRscTcpTimestampDelta;
            };
            ULONG RxOffloads[2];
        };
        union {
            struct {
                ULONG TxIsIPv4 : 1;
                ULONG TxIsIPv6 : 1;
                ULONG TxTransportHeaderOffset : 10;
                ULONG TxMSS : 20;
                ULONG TxComputeIPHeaderChecksum : 1;
                ULONG TxComputeTCPChecksum : 1;
                ULONG TxComputeUDPChecksum : 1;
                ULONG TxIsEncapsulatedPacket : 1;
                ULONG TxInnerPacketOffsetsValid : 1;
                ULONG TxReserved1 : 11;
                ULONG TxInnerFrameOffset : 8;
                ULONG TxInnerIpHeaderRelativeOffset : 6;
                ULONG TxInnerIsIPv6 : 1;
                ULONG TxInnerTcpOptionsPresent : 1;
            };
            ULONG TxOffloads[2];
        };
        PD_BUFFER_VIRTUAL_SUBNET_INFO VirtualSubnetInfo;
        PD_BUFFER_8021Q_INFO Ieee8021qInfo;
        USHORT GftSourceVPortId;
        ULONG Reserved;
        UINT64 ProviderScratch;
    } MetaDataV0;
} PD_BUFFER;
#endif
