/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Generic flow tables.
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"

typedef struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE NDIS_GFT_PACKET_BYTE_COUNTER_VALUE;
typedef volatile struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE *PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE;
typedef struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE
    NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE;
typedef volatile struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE
    *PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE;
typedef struct _NDIS_GFT_PACKET_COUNTER_VALUE NDIS_GFT_PACKET_COUNTER_VALUE;
typedef volatile struct _NDIS_GFT_PACKET_COUNTER_VALUE *PNDIS_GFT_PACKET_COUNTER_VALUE;

#if NDIS_SUPPORT_NDIS650
#define NDIS_GFP_ENCAPSULATION_TYPE_NOT_ENCAPSULATED 0x1
#define NDIS_GFP_ENCAPSULATION_TYPE_IP_IN_IP 0x2
#define NDIS_GFP_ENCAPSULATION_TYPE_IP_IN_GRE 0x4
#define NDIS_GFP_ENCAPSULATION_TYPE_NVGRE 0x8
#define NDIS_GFP_ENCAPSULATION_TYPE_VXLAN 0x10

#define NDIS_GFP_EXACT_MATCH_PROFILE_RDMA_FLOW 1

#define NDIS_GFP_HEADER_FIELD_DEST_MAC_ADDR 0x1ULL
#define NDIS_GFP_HEADER_GROUP_EXACT_MATCH_IS_TTL_ONE 0x1
#define NDIS_GFP_HEADER_GROUP_EXACT_MATCH_PROFILE_IS_TTL_ONE 0x1
#define NDIS_GFP_HEADER_GROUP_WILDCARD_MATCH_IS_TTL_ONE 0x1
#define NDIS_GFP_HEADER_GROUP_WILDCARD_MATCH_PROFILE_IS_TTL_ONE 0x1
#define NDIS_GFP_HEADER_PRESENT_ETHERNET 0x1
#define NDIS_GFP_HEADER_FIELD_SRC_MAC_ADDR 0x2ULL
#define NDIS_GFP_HEADER_PRESENT_IPV4 0x2
#define NDIS_GFP_HEADER_FIELD_ETH_TYPE 0x4ULL
#define NDIS_GFP_HEADER_PRESENT_IPV6 0x4
#define NDIS_GFP_HEADER_FIELD_CUSTOMER_VLAN_ID 0x8ULL
#define NDIS_GFP_HEADER_PRESENT_TCP 0x8
#define NDIS_GFP_HEADER_FIELD_PROVIDER_VLAN_ID 0x10ULL
#define NDIS_GFP_HEADER_PRESENT_UDP 0x10
#define NDIS_GFP_HEADER_FIELD_8021P_PRIORITY 0x20ULL
#define NDIS_GFP_HEADER_PRESENT_ICMP 0x20
#define NDIS_GFP_HEADER_FIELD_SRC_IP_ADDR 0x40ULL
#define NDIS_GFP_HEADER_PRESENT_NO_ENCAP 0x40
#define NDIS_GFP_HEADER_FIELD_DEST_IP_ADDR 0x80ULL
#define NDIS_GFP_HEADER_PRESENT_IP_IN_IP_ENCAP 0x80
#define NDIS_GFP_HEADER_FIELD_TTL 0x100ULL
#define NDIS_GFP_HEADER_PRESENT_IP_IN_GRE_ENCAP 0x100
#define NDIS_GFP_HEADER_FIELD_IP_PROTOCOL 0x200ULL
#define NDIS_GFP_HEADER_PRESENT_NVGRE_ENCAP 0x200
#define NDIS_GFP_HEADER_FIELD_IP_DSCP 0x400ULL
#define NDIS_GFP_HEADER_PRESENT_VXLAN_ENCAP 0x400
#define NDIS_GFP_HEADER_FIELD_TRANSPORT_SRC_PORT 0x800ULL
#define NDIS_GFP_HEADER_PRESENT_ESP 0x800
#define NDIS_GFP_HEADER_FIELD_TRANSPORT_DEST_PORT 0x1000ULL
#define NDIS_GFP_HEADER_FIELD_TCP_FLAGS 0x2000ULL
#define NDIS_GFP_HEADER_FIELD_TENANT_ID 0x4000ULL
#define NDIS_GFP_HEADER_FIELD_ENTROPY 0x8000ULL
#define NDIS_GFP_HEADER_FIELD_ICMP_TYPE 0x10000ULL
#define NDIS_GFP_HEADER_FIELD_ICMP_CODE 0x20000ULL
#define NDIS_GFP_HEADER_FIELD_OOB_VLAN 0x40000ULL
#define NDIS_GFP_HEADER_FIELD_OOB_TENANT_ID 0x80000ULL
#define NDIS_GFP_HEADER_FIELD_GRE_PROTOCOL 0x100000ULL

#define NDIS_GFP_UNDEFINED_PROFILE_ID 0

#define NDIS_GFT_COUNTER_PARAMETERS_CLIENT_SPECIFIED_ADDRESS 1
#define NDIS_GFT_COUNTER_VALUE_ARRAY_UPDATE_MEMORY_MAPPED_COUNTERS 1
#define NDIS_GFT_COUNTER_VALUE_ARRAY_GET_VALUES 2

#define NDIS_GFT_CUSTOM_ACTION_LAST_ACTION 1
#define NDIS_GFT_DELETE_PROFILE_ALL_PROFILES 1

#define NDIS_GFT_EMFE_ADD_IN_ACTIVATED_STATE 0x1
#define NDIS_GFT_EMFE_COUNTER_ALLOCATE 0x1
#define NDIS_GFT_EMFE_COUNTER_MEMORY_MAPPED 0x2
#define NDIS_GFT_EMFE_MATCH_AND_ACTION_MUST_BE_SUPPORTED 0x2
#define NDIS_GFT_EMFE_COUNTER_CLIENT_SPECIFIED_ADDRESS 0x4
#define NDIS_GFT_EMFE_RDMA_FLOW 0x4
#define NDIS_GFT_EMFE_COUNTER_TRACK_TCP_FLOW 0x8
#define NDIS_GFT_EMFE_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT 0x1000
#define NDIS_GFT_EMFE_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT 0x2000
#define NDIS_GFT_EMFE_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x4000
#define NDIS_GFT_EMFE_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x8000
#define NDIS_GFT_EMFE_COPY_ALL_PACKETS 0x10000
#define NDIS_GFT_EMFE_COPY_FIRST_PACKET 0x20000
#define NDIS_GFT_EMFE_COPY_WHEN_TCP_FLAG_SET 0x40000
#define NDIS_GFT_EMFE_CUSTOM_ACTION_PRESENT 0x80000
#define NDIS_GFT_EMFE_META_ACTION_BEFORE_HEADER_TRANSPOSITION 0x100000
#define NDIS_GFT_EMFE_COPY_AFTER_TCP_FIN_FLAG_SET 0x200000
#define NDIS_GFT_EMFE_COPY_AFTER_TCP_RST_FLAG_SET 0x400000
#define NDIS_GFT_EMFE_COPY_CONDITION_CHANGED 0x1000000
#define NDIS_GFT_EMFE_ALL_VPORT_FLOW_ENTRIES 0x2000000

#define NDIS_GFT_FLOW_ENTRY_ID_ALL_NIC_SWITCH_FLOW_ENTRIES 0x1
#define NDIS_GFT_FLOW_ENTRY_INFO_ALL_FLOW_ENTRIES 0x1
#define NDIS_GFT_FLOW_ENTRY_ID_ALL_TABLE_FLOW_ENTRIES 0x2
#define NDIS_GFT_FLOW_ENTRY_ID_ALL_VPORT_FLOW_ENTRIES 0x4
#define NDIS_GFT_FLOW_ENTRY_ID_RANGE_DEFINED 0x8
#define NDIS_GFT_FLOW_ENTRY_ID_ARRAY_DEFINED 0x10
#define NDIS_GFT_FLOW_ENTRY_ID_ARRAY_COUNTER_VALUES 0x10000

#define NDIS_GFT_HEADER_GROUP_TRANSPOSITION_DECREMENT_TTL_IF_NOT_ONE 1
#define NDIS_GFT_HEADER_GROUP_TRANSPOSITION_PROFILE_DECREMENT_TTL_IF_NOT_ONE 1

#define NDIS_GFT_HTP_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT 0x1
#define NDIS_GFT_HTP_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT 0x2
#define NDIS_GFT_HTP_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x4
#define NDIS_GFT_HTP_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x8
#define NDIS_GFT_HTP_COPY_ALL_PACKETS 0x10
#define NDIS_GFT_HTP_COPY_FIRST_PACKET 0x20
#define NDIS_GFT_HTP_COPY_WHEN_TCP_FLAG_SET 0x40
#define NDIS_GFT_HTP_CUSTOM_ACTION_PRESENT 0x80
#define NDIS_GFT_HTP_META_ACTION_BEFORE_HEADER_TRANSPOSITION 0x100

#define NDIS_GFT_MAX_COUNTER_OBJECTS_PER_FLOW_ENTRY 8
#define NDIS_GFT_RESERVED_CUSTOM_ACTIONS 0x100
#define NDIS_GFT_TABLE_INCLUDE_EXTERNAL_VPPORT 1

#define NDIS_GFT_UNDEFINED_COUNTER_ID 0
#define NDIS_GFT_UNDEFINED_CUSTOM_ACTION 0
#define NDIS_GFT_UNDEFINED_FLOW_ENTRY_ID 0
#define NDIS_GFT_UNDEFINED_TABLE_ID 0

#define NDIS_GFT_VPORT_DSCP_GUARD_ENABLE_RX 0x1
#define NDIS_GFT_VPORT_ENABLE 0x1
#define NDIS_GFT_VPORT_DSCP_GUARD_ENABLE_TX 0x2
#define NDIS_GFT_VPORT_PARSE_VXLAN 0x2
#define NDIS_GFT_VPORT_DSCP_MASK_ENABLE_RX 0x4
#define NDIS_GFT_VPORT_PARSE_VXLAN_NOT_IN_SRC_PORT_RANGE 0x4
#define NDIS_GFT_VPORT_DSCP_MASK_ENABLE_TX 0x8
#define NDIS_GFT_VPORT_MAX_PRIORITY_MASK_COUNTER_OBJECTS 0x8
#define NDIS_GFT_VPORT_MAX_DSCP_MASK_COUNTER_OBJECTS 0x40
#define NDIS_GFT_VPORT_PARAMS_CUSTOM_PROVIDER_RESERVED 0xFF000
#define NDIS_GFT_VPORT_ENABLE_STATE_CHANGED 0x100000
#define NDIS_GFT_VPORT_EXCEPTION_VPORT_CHANGED 0x200000
#define NDIS_GFT_VPORT_SAMPLING_RATE_CHANGED 0x400000
#define NDIS_GFT_VPORT_DSCP_MASK_CHANGED 0x800000
#define NDIS_GFT_VPORT_PRIORITY_MASK_CHANGED 0x1000000
#define NDIS_GFT_VPORT_VXLAN_SETTINGS_CHANGED 0x2000000
#define NDIS_GFT_VPORT_DSCP_FLAGS_CHANGED 0x4000000
#define NDIS_GFT_VPORT_PARAMS_CHANGE_MASK 0xFFF00000U

#define NDIS_GFT_WCFE_ADD_IN_ACTIVATED_STATE 0x1
#define NDIS_GFT_WCFE_COUNTER_ALLOCATE 0x1
#define NDIS_GFT_WCFE_COUNTER_MEMORY_MAPPED 0x2
#define NDIS_GFT_WCFE_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT 0x2
#define NDIS_GFT_WCFE_COUNTER_CLIENT_SPECIFIED_ADDRESS 0x4
#define NDIS_GFT_WCFE_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT 0x4
#define NDIS_GFT_WCFE_REDIRECT_TO_INGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x8
#define NDIS_GFT_WCFE_REDIRECT_TO_EGRESS_QUEUE_OF_VPORT_IF_TTL_IS_ONE 0x10
#define NDIS_GFT_WCFE_COPY_ALL_PACKETS 0x20
#define NDIS_GFT_WCFE_CUSTOM_ACTION_PRESENT 0x40
#endif

#if NDIS_SUPPORT_NDIS650
typedef enum _NDIS_GFP_TABLE_TYPE {
    NdisGfpTableTypeUndefined,
    NdisGfpTableTypeWildcardIngress,
    NdisGfpTableTypeWildcardEgress,
    NdisGfpTableTypeExactMatchIngress,
    NdisGfpTableTypeExactMatchEgress,
    NdisGfpTableTypePacketDirect,
    NdisGfpTableTypeMax,
} NDIS_GFP_TABLE_TYPE, *PNDIS_GFP_TABLE_TYPE;

typedef enum _NDIS_GFP_WILDCARD_MATCH_TYPE {
    NdisGfpWildcardMatchTypeUndefined,
    NdisGfpWildcardMatchTypeEqual,
    NdisGfpWildcardMatchTypeMaskEqual,
    NdisGfpWildcardMatchTypeInRange,
    NdisGfpWildcardMatchTypeMax,
} NDIS_GFP_WILDCARD_MATCH_TYPE, *PNDIS_GFP_WILDCARD_MATCH_TYPE;

typedef enum _NDIS_GFT_COUNTER_TYPE {
    NdisGftCounterTypeUndefined,
    NdisGftCounterTypePacket,
    NdisGftCounterTypeByte,
    NdisGftCounterTypePacketByte,
    NdisGftCounterTypePacketByteAndState,
    NdisGftCounterTypeMax,
} NDIS_GFT_COUNTER_TYPE, *PNDIS_GFT_COUNTER_TYPE;

typedef enum _NDIS_GFT_COUNTER_UPDATE_FREQUENCY {
    NdisGftCounterUpdateFrequencyUndefined,
    NdisGftCounterUpdateFrequencyOnQuery,
    NdisGftCounterUpdateFrequencyPerUpdatePeriod,
    NdisGftCounterUpdateFrequencyPerPacket,
    NdisGftCounterUpdateFrequencyMax,
} NDIS_GFT_COUNTER_UPDATE_FREQUENCY, *PNDIS_GFT_COUNTER_UPDATE_FREQUENCY;

typedef enum _NDIS_GFT_COUNTER_VALUE_QUERY_METHOD {
    NdisGftQueryValueQueryMethodUndefined,
    NdisGftQueryValueQueryMethodUsingCounterIds,
    NdisGftQueryValueQueryMethodUsingFlowEntryIds,
    NdisGftQueryValueQueryMethodVPortFlowEntries,
    NdisGftQueryValueQueryMethodAllFlowEntries,
    NdisGftQueryValueQueryMethodMax,
} NDIS_GFT_COUNTER_VALUE_QUERY_METHOD, *PNDIS_GFT_COUNTER_VALUE_QUERY_METHOD;

typedef enum _NDIS_GFT_FLOW_ENTRY_CACHE_HINT {
    NdisGftFlowEntryCacheHintUndefined,
    NdisGftFlowEntryCacheHintLowFrequency = 100,
    NdisGftFlowEntryCacheHintMediumFrequency = 200,
    NdisGftFlowEntryCacheHintHighFrequency = 300,
    NdisGftFlowEntryCacheHintMax = 1000,
} NDIS_GFT_FLOW_ENTRY_CACHE_HINT, *PNDIS_GFT_FLOW_ENTRY_CACHE_HINT;

typedef enum _NDIS_GFT_FLOW_ENTRY_STATE {
    NdisGftFlowEntryStateUndefined,
    NdisGftFlowEntryStateDeactivated,
    NdisGftFlowEntryStateActivated,
    NdisGftFlowEntryStateMax,
} NDIS_GFT_FLOW_ENTRY_STATE, *PNDIS_GFT_FLOW_ENTRY_STATE;

typedef enum _NDIS_GFT_FLOW_ENTRY_TYPE {
    NdisGftFlowEntryTypeUndefined,
    NdisGftFlowEntryTypeExactMatch,
    NdisGftFlowEntryTypeWildcard,
    NdisGftFlowEntryTypeMax,
} NDIS_GFT_FLOW_ENTRY_TYPE, *PNDIS_GFT_FLOW_ENTRY_TYPE;

typedef enum _NDIS_GFT_HEADER_GROUP_TRANSPOSITION_ACTION {
    NdisGftHeaderGroupTranspositionActionUndefined,
    NdisGftHeaderGroupTranspositionActionModify,
    NdisGftHeaderGroupTranspositionActionIgnore,
    NdisGftHeaderGroupTranspositionActionPush,
    NdisGftHeaderGroupTranspositionActionPop,
    NdisGftHeaderGroupTranspositionActionMax,
} NDIS_GFT_HEADER_GROUP_TRANSPOSITION_ACTION, *PNDIS_GFT_HEADER_GROUP_TRANSPOSITION_ACTION;

typedef enum _NDIS_GFT_PROFILE_TYPE {
    NdisGftProfileTypeUndefined,
    NdisGftProfileTypeExactMatch,
    NdisGftProfileTypeHeaderTransposition,
    NdisGftProfileTypeWildcardMatch,
    NdisGftProfileTypeMax,
} NDIS_GFT_PROFILE_TYPE, *PNDIS_GFT_PROFILE_TYPE;

typedef enum _NDIS_GFT_WILDCARD_ACTION {
    NdisGftWildcardActionUndefined,
    NdisGftWildcardActionAllow,
    NdisGftWildcardActionDrop,
    NdisGftWildcardActionMax,
} NDIS_GFT_WILDCARD_ACTION, *PNDIS_GFT_WILDCARD_ACTION;

typedef struct _NDIS_GFP_ETHERNET_HEADER_FIELDS {
    UINT8 DestinationMacAddress[6];
    UINT8 SourceMacAddress[6];
    UINT16 EthType;
    UINT16 CustomerVlanId;
    UINT16 ProviderVlanId;
    UINT8 Priority;
} NDIS_GFP_ETHERNET_HEADER_FIELDS, *PNDIS_GFP_ETHERNET_HEADER_FIELDS;

typedef struct DECLSPEC_ALIGN(8) _NDIS_GFP_EXACT_MATCH_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFP_PROFILE_ID ProfileId;
    ULONG NumSupportedEntries;
    ULONG HeaderGroupExactMatchProfileArrayOffset;
    ULONG HeaderGroupExactMatchProfileArrayNumElements;
    ULONG HeaderGroupExactMatchProfileArrayElementSize;
} NDIS_GFP_EXACT_MATCH_PROFILE, *PNDIS_GFP_EXACT_MATCH_PROFILE;

typedef struct _NDIS_GFP_HEADER_GROUP_EXACT_MATCH {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG HeadersPresent;
    ULONG64 MatchFields;
    NDIS_GFP_ETHERNET_HEADER_FIELDS EthernetFields;
    union {
        struct {
            IN_ADDR SourceIPAddress;
            IN_ADDR DestinationIPAddress;
        } IPv4Address;
        struct {
            IN6_ADDR SourceIPAddress;
            IN6_ADDR DestinationIPAddress;
        } IPv6Address;
    } IPAddress;
    UINT8 Dscp;
    UINT8 IPProtocol;
    union {
        struct {
            USHORT SourcePort;
            USHORT DestinationPort;
        } Udp;
        struct {
            USHORT SourcePort;
            USHORT DestinationPort;
            UINT8 TcpFlags;
        } Tcp;
        struct {
            UINT8 Type;
            UINT8 Code;
        } Icmp;
        struct {
            ULONG TenantId;
            USHORT GreProtocol;
        } Encapsulation;
    } TransportOrEncapsulation;
} NDIS_GFP_HEADER_GROUP_EXACT_MATCH, *PNDIS_GFP_HEADER_GROUP_EXACT_MATCH;

typedef struct _NDIS_GFP_HEADER_GROUP_EXACT_MATCH_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG HeadersPresent;
    ULONG64 MatchFields;
} NDIS_GFP_HEADER_GROUP_EXACT_MATCH_PROFILE, *PNDIS_GFP_HEADER_GROUP_EXACT_MATCH_PROFILE;

typedef struct _NDIS_GFP_IPV4_ADDRESS_WILDCARD_MATCH {
    NDIS_GFP_WILDCARD_MATCH_TYPE MatchType;
    IN_ADDR IPAddress;
    union {
        ULONG PrefixLength;
        ULONG RangeSize;
    } MatchValue;
} NDIS_GFP_IPV4_ADDRESS_WILDCARD_MATCH, *PNDIS_GFP_IPV4_ADDRESS_WILDCARD_MATCH;

typedef struct _NDIS_GFP_IPV4_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH {
    NDIS_GFP_IPV4_ADDRESS_WILDCARD_MATCH SourceIPv4Address;
    NDIS_GFP_IPV4_ADDRESS_WILDCARD_MATCH DestinationIPv4Address;
} NDIS_GFP_IPV4_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH,
    *PNDIS_GFP_IPV4_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH;

typedef struct _NDIS_GFP_IPV6_ADDRESS_WILDCARD_MATCH {
    NDIS_GFP_WILDCARD_MATCH_TYPE MatchType;
    IN6_ADDR IPAddress;
    union {
        ULONG PrefixLength;
        ULONG RangeSize;
    } MatchValue;
} NDIS_GFP_IPV6_ADDRESS_WILDCARD_MATCH, *PNDIS_GFP_IPV6_ADDRESS_WILDCARD_MATCH;

typedef struct _NDIS_GFP_IPV6_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH {
    NDIS_GFP_IPV6_ADDRESS_WILDCARD_MATCH SourceIPv6Address;
    NDIS_GFP_IPV6_ADDRESS_WILDCARD_MATCH DestinationIPv6Address;
} NDIS_GFP_IPV6_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH,
    *PNDIS_GFP_IPV6_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH;

typedef union _NDIS_GFP_IP_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH {
    NDIS_GFP_IPV4_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH IPv4SrcAndDestAddress;
    NDIS_GFP_IPV6_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH IPv6SrcAndDestAddress;
} NDIS_GFP_IP_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH,
    *PNDIS_GFP_IP_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH;

typedef struct _NDIS_GFP_TRANSPORT_PORT_WILDCARD_MATCH {
    NDIS_GFP_WILDCARD_MATCH_TYPE MatchType;
    USHORT Port;
    USHORT Range;
} NDIS_GFP_TRANSPORT_PORT_WILDCARD_MATCH, *PNDIS_GFP_TRANSPORT_PORT_WILDCARD_MATCH;

typedef struct _NDIS_GFP_TRANSPORT_SRC_AND_DEST_PORT_WILDCARD_MATCH {
    NDIS_GFP_TRANSPORT_PORT_WILDCARD_MATCH SourcePort;
    NDIS_GFP_TRANSPORT_PORT_WILDCARD_MATCH DestinationPort;
} NDIS_GFP_TRANSPORT_SRC_AND_DEST_PORT_WILDCARD_MATCH,
    *PNDIS_GFP_TRANSPORT_SRC_AND_DEST_PORT_WILDCARD_MATCH;

typedef struct _NDIS_GFP_HEADER_GROUP_WILDCARD_MATCH {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_PROFILE_ID ProfileId;
    ULONG HeadersPresent;
    ULONG64 MatchFields;
    NDIS_GFP_ETHERNET_HEADER_FIELDS EthernetFields;
    NDIS_GFP_IP_SRC_AND_DEST_ADDRESS_WILDCARD_MATCH IPSrcAndDestAddress;
    UINT8 Dscp;
    UINT8 IPProtocol;
    union {
        struct {
            NDIS_GFP_TRANSPORT_SRC_AND_DEST_PORT_WILDCARD_MATCH UdpSrcAndDestPort;
        } UdpHeader;
        struct {
            NDIS_GFP_TRANSPORT_SRC_AND_DEST_PORT_WILDCARD_MATCH TcpSrcAndDestPort;
            UINT8 TcpFlags;
        } TcpHeader;
        struct {
            UINT8 Type;
            UINT8 Code;
        } IcmpHeader;
        struct {
            ULONG TenantId;
            USHORT GreProtocol;
        } Encapsulation;
    } TransportOrEncapsulation;
} NDIS_GFP_HEADER_GROUP_WILDCARD_MATCH, *PNDIS_GFP_HEADER_GROUP_WILDCARD_MATCH;

typedef struct _NDIS_GFP_HEADER_GROUP_WILDCARD_MATCH_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG HeadersPresent;
    ULONG64 MatchFields;
    NDIS_GFP_WILDCARD_MATCH_TYPE SourceIPv4AddressMatchType;
    NDIS_GFP_WILDCARD_MATCH_TYPE DestinationIPv4AddressMatchType;
    NDIS_GFP_WILDCARD_MATCH_TYPE SourceIPv6AddressMatchType;
    NDIS_GFP_WILDCARD_MATCH_TYPE DestinationIPv6AddressMatchType;
    NDIS_GFP_WILDCARD_MATCH_TYPE SourcePortMatchType;
    NDIS_GFP_WILDCARD_MATCH_TYPE DestinationPortMatchType;
    UINT8 TcpFlags;
} NDIS_GFP_HEADER_GROUP_WILDCARD_MATCH_PROFILE, *PNDIS_GFP_HEADER_GROUP_WILDCARD_MATCH_PROFILE;

typedef struct DECLSPEC_ALIGN(8) _NDIS_GFP_WILDCARD_MATCH_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFP_PROFILE_ID ProfileId;
    ULONG NumSupportedEntries;
    ULONG HeaderGroupWildcardMatchProfileArrayOffset;
    ULONG HeaderGroupWildcardMatchProfileArrayNumElements;
    ULONG HeaderGroupWildcardMatchProfileArrayElementSize;
} NDIS_GFP_WILDCARD_MATCH_PROFILE, *PNDIS_GFP_WILDCARD_MATCH_PROFILE;

typedef struct _NDIS_GFT_BYTE_COUNTER_VALUE {
    ULONG64 Bytes;
    LARGE_INTEGER LastUpdate;
} NDIS_GFT_BYTE_COUNTER_VALUE;
typedef volatile struct _NDIS_GFT_BYTE_COUNTER_VALUE *PNDIS_GFT_BYTE_COUNTER_VALUE;

typedef struct _NDIS_GFT_COUNTER_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_COUNTER_ID CounterIdStart;
    ULONG NumCounters;
    NDIS_GFT_COUNTER_UPDATE_FREQUENCY CounterUpdateFrequency;
    NDIS_GFT_COUNTER_TYPE CounterType;
    ULONG UpdatePeriod;
} NDIS_GFT_COUNTER_INFO, *PNDIS_GFT_COUNTER_INFO;

typedef struct _NDIS_GFT_COUNTER_INFO_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    ULONG CounterInfoArrayOffset;
    ULONG CounterInfoArrayNumElements;
    ULONG CounterInfoArrayElementSize;
} NDIS_GFT_COUNTER_INFO_ARRAY, *PNDIS_GFT_COUNTER_INFO_ARRAY;

typedef struct _NDIS_GFT_COUNTER_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_GFT_COUNTER_UPDATE_FREQUENCY CounterUpdateFrequency;
    NDIS_GFT_COUNTER_TYPE CounterType;
    NDIS_GFT_COUNTER_ID CounterIdStart;
    ULONG NumCounters;
    ULONG UpdatePeriod;
    union {
        PNDIS_GFT_PACKET_COUNTER_VALUE PacketCounters;
        PNDIS_GFT_BYTE_COUNTER_VALUE ByteCounters;
        PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE PacketByteCounters;
        PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE PacketByteCountersAndState;
    } CounterValuesBufferStart;
} NDIS_GFT_COUNTER_PARAMETERS, *PNDIS_GFT_COUNTER_PARAMETERS;

typedef struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE {
    ULONG64 Packets;
    ULONG64 Bytes;
    LARGE_INTEGER LastUpdate;
} NDIS_GFT_PACKET_BYTE_COUNTER_VALUE;
typedef volatile struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE *PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE;

typedef struct _NDIS_GFT_FLOW_STATE {
    ULONG TcpSeqNum;
    ULONG TcpAckNum;
} NDIS_GFT_FLOW_STATE;
typedef volatile struct _NDIS_GFT_FLOW_STATE *PNDIS_GFT_FLOW_STATE;

typedef struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE {
    NDIS_GFT_PACKET_BYTE_COUNTER_VALUE PacketByteCounterValue;
    NDIS_GFT_FLOW_STATE FlowState;
} NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE;
typedef volatile struct _NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE
    *PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE;

typedef struct _NDIS_GFT_PACKET_COUNTER_VALUE {
    ULONG64 Packets;
    LARGE_INTEGER LastUpdate;
} NDIS_GFT_PACKET_COUNTER_VALUE;
typedef volatile struct _NDIS_GFT_PACKET_COUNTER_VALUE *PNDIS_GFT_PACKET_COUNTER_VALUE;

typedef struct _NDIS_GFT_COUNTER_VALUE {
    NDIS_GFT_COUNTER_TYPE CounterType;
    union {
        NDIS_GFT_PACKET_COUNTER_VALUE Packets;
        NDIS_GFT_BYTE_COUNTER_VALUE Bytes;
        NDIS_GFT_PACKET_BYTE_COUNTER_VALUE PacketsBytes;
        NDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE PacketsBytesAndState;
    } CounterValue;
} NDIS_GFT_COUNTER_VALUE, *PNDIS_GFT_COUNTER_VALUE;

typedef struct _NDIS_GFT_COUNTER_VALUE_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    union {
        NDIS_GFT_FLOW_ENTRY_ID FlowEntryId;
        NDIS_GFT_COUNTER_ID CounterId;
    } StartId;
    ULONG NumCounters;
    ULONG CounterValueArrayOffset;
    ULONG CounterValueArrayNumElements;
    ULONG CounterValueArrayElementSize;
} NDIS_GFT_COUNTER_VALUE_ARRAY, *PNDIS_GFT_COUNTER_VALUE_ARRAY;

typedef struct _NDIS_GFT_CUSTOM_ACTION {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_PROFILE_ID ProfileId;
    NDIS_GFT_CUSTOM_ACTION_TYPE Type;
    ULONG Length;
    union {
        ULONG_PTR Alignment;
        UCHAR ActionData[1];
    };
} NDIS_GFT_CUSTOM_ACTION, *PNDIS_GFT_CUSTOM_ACTION;

typedef struct _NDIS_GFT_CUSTOM_ACTION_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFP_PROFILE_ID ProfileId;
    NDIS_GFT_CUSTOM_ACTION_TYPE Type;
    ULONG Length;
    union {
        ULONG_PTR Alignment;
        UCHAR ActionProfileData[1];
    };
} NDIS_GFT_CUSTOM_ACTION_PROFILE, *PNDIS_GFT_CUSTOM_ACTION_PROFILE;

typedef struct _NDIS_GFT_DELETE_PROFILE_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_PROFILE_ID ProfileId;
} NDIS_GFT_DELETE_PROFILE_PARAMETERS, *PNDIS_GFT_DELETE_PROFILE_PARAMETERS;

typedef struct _NDIS_GFT_DELETE_TABLE_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
} NDIS_GFT_DELETE_TABLE_PARAMETERS, *PNDIS_GFT_DELETE_TABLE_PARAMETERS;

typedef struct _NDIS_GFT_EXACT_MATCH_FLOW_ENTRY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
    NDIS_GFP_PROFILE_ID MatchProfileId;
    NDIS_STATUS MatchRequestStatus;
    NDIS_STATUS ActionRequestStatus;
    ULONG CounterFlags;
    NDIS_GFT_COUNTER_UPDATE_FREQUENCY CounterUpdateFrequency;
    NDIS_GFT_COUNTER_TYPE CounterType;
    ULONG UpdatePeriod;
    union {
        PNDIS_GFT_PACKET_COUNTER_VALUE PacketCounterAddress;
        PNDIS_GFT_BYTE_COUNTER_VALUE ByteCounterAddress;
        PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE PacketByteCounterAddress;
        PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE_AND_STATE PacketByteCounterAndStateAddress;
    } CounterValueBuffer;
    NDIS_GFP_PROFILE_ID HeaderTranspositionProfileId;
    NDIS_NIC_SWITCH_VPORT_ID RedirectionVPortId;
    NDIS_NIC_SWITCH_VPORT_ID TtlIsOneRedirectionVPortId;
    ULONG NumCounterObjects;
    NDIS_GFT_COUNTER_ID CounterIdArray[8];
    NDIS_GFT_FLOW_ENTRY_CACHE_HINT CacheHint;
    NDIS_GFT_FLOW_ENTRY_ID ClientFlowEntryId;
    NDIS_GFT_FLOW_ENTRY_ID ProviderFlowEntryId;
    NDIS_GFT_FLOW_ENTRY_STATE FlowEntryState;
    ULONG TcpSequenceNumber;
    ULONG HeaderGroupExactMatchArrayOffset;
    ULONG HeaderGroupExactMatchArrayNumElements;
    ULONG HeaderGroupExactMatchArrayElementSize;
    ULONG HeaderGroupTranspositionArrayOffset;
    ULONG HeaderGroupTranspositionArrayNumElements;
    ULONG HeaderGroupTranspositionArrayElementSize;
    ULONG CustomActionOffset;
} NDIS_GFT_EXACT_MATCH_FLOW_ENTRY, *PNDIS_GFT_EXACT_MATCH_FLOW_ENTRY;

typedef struct _NDIS_GFT_FLOW_ENTRY_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_FLOW_ENTRY_TYPE EntryType;
    ULONG FlowEntryArrayOffset;
    ULONG FlowEntryArrayNumElements;
    ULONG FlowEntryArrayElementSize;
} NDIS_GFT_FLOW_ENTRY_ARRAY, *PNDIS_GFT_FLOW_ENTRY_ARRAY;

typedef struct _NDIS_GFT_FLOW_ENTRY_ID_AND_COUNTER {
    NDIS_GFT_FLOW_ENTRY_ID FlowEntryId;
    NDIS_GFT_COUNTER_VALUE CounterValue;
} NDIS_GFT_FLOW_ENTRY_ID_AND_COUNTER, *PNDIS_GFT_FLOW_ENTRY_ID_AND_COUNTER;

typedef struct _NDIS_GFT_FLOW_ENTRY_ID_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
    union {
        struct {
            ULONG ProviderFlowEntryIdArrayOffset;
            ULONG ProviderFlowEntryIdArrayNumElements;
            ULONG ProviderFlowEntryIdArrayElementSize;
        } FlowEntryIdArray;
        struct {
            ULONG ProviderFlowEntryIdAndCounterArrayOffset;
            ULONG ProviderFlowEntryIdAndCounterArrayNumElements;
            ULONG ProviderFlowEntryIdAndCounterArrayElementSize;
        } FlowEntryIdAndCounterArray;
    } IdArray;
} NDIS_GFT_FLOW_ENTRY_ID_ARRAY, *PNDIS_GFT_FLOW_ENTRY_ID_ARRAY;

typedef struct _NDIS_GFT_FLOW_ENTRY_INFO_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
    NDIS_GFT_FLOW_ENTRY_ID ProviderFlowEntryIdStart;
    ULONG FlowEntryIdCount;
    ULONG FlowEntryInfoArrayOffset;
    ULONG FlowEntryInfoArrayNumElements;
    ULONG FlowEntryInfoArrayElementSize;
} NDIS_GFT_FLOW_ENTRY_INFO_ARRAY, *PNDIS_GFT_FLOW_ENTRY_INFO_ARRAY;

typedef struct _NDIS_GFT_FREE_COUNTER_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_GFT_COUNTER_ID CounterIdStart;
    ULONG NumCounters;
    ULONG LastCounterValueAndStateArrayOffset;
    ULONG LastCounterValueAndStateArrayNumElements;
    ULONG LastCounterValueAndStateArrayElementSize;
} NDIS_GFT_FREE_COUNTER_PARAMETERS, *PNDIS_GFT_FREE_COUNTER_PARAMETERS;

typedef struct _NDIS_GFT_HEADER_GROUP_TRANSPOSITION {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_HEADER_GROUP_TRANSPOSITION_ACTION Action;
    ULONG HeadersPresent;
    ULONG64 HeaderFields;
    NDIS_GFP_ETHERNET_HEADER_FIELDS EthernetFields;
    union {
        struct {
            IN_ADDR SourceIPAddress;
            IN_ADDR DestinationIPAddress;
        } IPv4Address;
        struct {
            IN6_ADDR SourceIPAddress;
            IN6_ADDR DestinationIPAddress;
        } IPv6Address;
    } IPAddress;
    UINT8 Ttl;
    UINT8 Dscp;
    UINT8 IPProtocol;
    union {
        struct {
            USHORT SourcePort;
            USHORT DestinationPort;
        } Udp;
        struct {
            USHORT SourcePort;
            USHORT DestinationPort;
        } Tcp;
        struct {
            ULONG TenantId;
            USHORT GreProtocol;
            USHORT Entropy;
        } Encapsulation;
    } TransportOrEncapsulation;
} NDIS_GFT_HEADER_GROUP_TRANSPOSITION, *PNDIS_GFT_HEADER_GROUP_TRANSPOSITION;

typedef struct _NDIS_GFT_HEADER_GROUP_TRANSPOSITION_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_HEADER_GROUP_TRANSPOSITION_ACTION Action;
    ULONG HeadersPresent;
    ULONG HeaderFields;
} NDIS_GFT_HEADER_GROUP_TRANSPOSITION_PROFILE, *PNDIS_GFT_HEADER_GROUP_TRANSPOSITION_PROFILE;

typedef struct _NDIS_GFT_HEADER_TRANSPOSITION_PROFILE {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFP_PROFILE_ID ProfileId;
    ULONG HeaderGroupTranspositionProfileArrayOffset;
    ULONG HeaderGroupTranspositionProfileArrayNumElements;
    ULONG HeaderGroupTranspositionProfileArrayElementSize;
    ULONG CustomActionProfileOffset;
} NDIS_GFT_HEADER_TRANSPOSITION_PROFILE, *PNDIS_GFT_HEADER_TRANSPOSITION_PROFILE;

typedef struct _NDIS_GFT_PROFILE_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_PROFILE_TYPE ProfileType;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFP_PROFILE_ID ProfileId;
    ULONG NumSupportedFlowEntries;
    ULONG NumCurrentFlowEntries;
    ULONG HeaderGroupArrayOffset;
    ULONG HeaderGroupArrayNumElements;
    ULONG HeaderGroupArrayElementSize;
} NDIS_GFT_PROFILE_INFO, *PNDIS_GFT_PROFILE_INFO;

typedef struct _NDIS_GFT_PROFILE_INFO_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG ProfileInfoArrayOffset;
    ULONG ProfileInfoArrayNumElements;
    ULONG ProfileInfoArrayElementSize;
} NDIS_GFT_PROFILE_INFO_ARRAY, *PNDIS_GFT_PROFILE_INFO_ARRAY;

typedef struct _NDIS_GFT_STATISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
    NDIS_GFT_FLOW_ENTRY_ID ProviderFlowEntryId;
    ULONG64 Packets;
    ULONG64 Bytes;
    ULONG64 L1CacheHits;
    ULONG64 L2CacheHits;
    ULONG64 L3CacheHits;
    ULONG64 L1CacheMisses;
    ULONG64 L2CacheMisses;
    ULONG64 L3CacheMisses;
} NDIS_GFT_STATISTICS, *PNDIS_GFT_STATISTICS;

typedef struct _NDIS_GFT_TABLE_INFO {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFT_TABLE_ID NextTableId;
    ULONG NumFlowEntries;
} NDIS_GFT_TABLE_INFO, *PNDIS_GFT_TABLE_INFO;

typedef struct _NDIS_GFT_TABLE_INFO_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG TableArrayOffset;
    ULONG TableArrayNumElements;
    ULONG TableArrayElementSize;
} NDIS_GFT_TABLE_INFO_ARRAY, *PNDIS_GFT_TABLE_INFO_ARRAY;

typedef struct _NDIS_GFT_TABLE_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_GFP_TABLE_TYPE TableType;
    NDIS_GFT_TABLE_ID NextTableId;
} NDIS_GFT_TABLE_PARAMETERS, *PNDIS_GFT_TABLE_PARAMETERS;

typedef struct _NDIS_GFT_VPORT_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
    NDIS_NIC_SWITCH_VPORT_ID ExceptionVPortId;
    ULONG SamplingRate;
    ULONG64 DscpMask;
    ULONG NumDscpMaskCounterObjects;
    NDIS_GFT_COUNTER_ID DscpMaskCounterIdArray[64];
    ULONG64 PriorityMask;
    ULONG NumPriorityMaskCounterObjects;
    NDIS_GFT_COUNTER_ID PriorityMaskCounterIdArray[8];
    USHORT VxLanSrcPortBase;
    USHORT VxLanSrcPortRange;
    ULONG DscpFlags;
    union {
        PVOID CustomProviderReservedPointer;
        ULONG64 CustomProviderReservedValue;
    };
} NDIS_GFT_VPORT_PARAMETERS, *PNDIS_GFT_VPORT_PARAMETERS;

typedef struct _NDIS_GFT_WILDCARD_MATCH_FLOW_ENTRY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_GFT_TABLE_ID TableId;
    NDIS_NIC_SWITCH_VPORT_ID VPortId;
    NDIS_GFP_PROFILE_ID MatchProfileId;
    NDIS_STATUS MatchRequestStatus;
    NDIS_STATUS ActionRequestStatus;
    ULONG CounterFlags;
    NDIS_GFT_COUNTER_UPDATE_FREQUENCY CounterUpdateFrequency;
    NDIS_GFT_COUNTER_TYPE CounterType;
    ULONG UpdatePeriod;
    union {
        PNDIS_GFT_PACKET_COUNTER_VALUE PacketCounterAddress;
        PNDIS_GFT_BYTE_COUNTER_VALUE ByteCounterAddress;
        PNDIS_GFT_PACKET_BYTE_COUNTER_VALUE PacketByteCounterAddress;
    } CounterValueBuffer;
    ULONG Priority;
    NDIS_GFT_WILDCARD_ACTION Action;
    NDIS_NIC_SWITCH_VPORT_ID RedirectionVPortId;
    NDIS_NIC_SWITCH_VPORT_ID TtlIsOneRedirectionVPortId;
    ULONG NumCounterObjects;
    NDIS_GFT_COUNTER_ID CounterIdArray[8];
    NDIS_GFT_FLOW_ENTRY_CACHE_HINT CacheHint;
    NDIS_GFT_FLOW_ENTRY_ID ClientFlowEntryId;
    NDIS_GFT_FLOW_ENTRY_ID ProviderFlowEntryId;
    NDIS_GFT_FLOW_ENTRY_STATE FlowEntryState;
    ULONG HeaderGroupWildcardMatchArrayOffset;
    ULONG HeaderGroupWildcardMatchArrayNumElements;
    ULONG HeaderGroupWildcardMatchArrayElementSize;
    ULONG CustomActionOffset;
} NDIS_GFT_WILDCARD_MATCH_FLOW_ENTRY, *PNDIS_GFT_WILDCARD_MATCH_FLOW_ENTRY;
#endif
