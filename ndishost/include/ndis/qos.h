/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Quality of service (802.1Qaz) offload.
 */

#include "../nt/types.h"
#include "types.h"
#include "net.h"

#if NDIS_SUPPORT_NDIS630
#define NDIS_QOS_ACTION_PRIORITY 0
#define NDIS_QOS_ACTION_MAXIMUM 1

#define NDIS_QOS_CAPABILITIES_STRICT_TSA_SUPPORTED 0x1
#define NDIS_QOS_CAPABILITIES_MACSEC_BYPASS_SUPPORTED 0x2
#define NDIS_QOS_CAPABILITIES_CEE_DCBX_SUPPORTED 0x4
#define NDIS_QOS_CAPABILITIES_IEEE_DCBX_SUPPORTED 0x8

#define NDIS_QOS_CLASSIFICATION_ENFORCED_BY_MINIPORT 0x1000000
#define NDIS_QOS_CLASSIFICATION_SET_BY_MINIPORT_MASK 0xFF000000U

#define NDIS_QOS_CONDITION_RESERVED 0
#define NDIS_QOS_CONDITION_DEFAULT 1
#define NDIS_QOS_CONDITION_TCP_PORT 2
#define NDIS_QOS_CONDITION_UDP_PORT 3
#define NDIS_QOS_CONDITION_TCP_OR_UDP_PORT 4
#define NDIS_QOS_CONDITION_ETHERTYPE 5
#define NDIS_QOS_CONDITION_NETDIRECT_PORT 6
#define NDIS_QOS_CONDITION_MAXIMUM 7

#define NDIS_QOS_MAXIMUM_PRIORITIES 8
#define NDIS_QOS_MAXIMUM_TRAFFIC_CLASSES 8

#define NDIS_QOS_PARAMETERS_ETS_CHANGED 0x1
#define NDIS_QOS_PARAMETERS_ETS_CONFIGURED 0x2
#define NDIS_QOS_PARAMETERS_PFC_CHANGED 0x100
#define NDIS_QOS_PARAMETERS_PFC_CONFIGURED 0x200
#define NDIS_QOS_PARAMETERS_CLASSIFICATION_CHANGED 0x10000
#define NDIS_QOS_PARAMETERS_CLASSIFICATION_CONFIGURED 0x20000
#define NDIS_QOS_PARAMETERS_WILLING 0x80000000U

#define NDIS_QOS_TSA_STRICT 0
#define NDIS_QOS_TSA_CBS 1
#define NDIS_QOS_TSA_ETS 2
#define NDIS_QOS_TSA_MAXIMUM 3
#endif

#if NDIS_SUPPORT_NDIS650
#define NDIS_QOS_DEFAULT_SQ_ID 0

#define NDIS_QOS_SQ_TRANSMIT_CAP_ENABLED 1
#define NDIS_QOS_SQ_TRANSMIT_RESERVATION_ENABLED 2
#define NDIS_QOS_SQ_RECEIVE_CAP_ENABLED 4
#endif

#if NDIS_SUPPORT_NDIS650
typedef enum _NDIS_QOS_SQ_TYPE {
    NdisQosSqTypeUndefined,
    NdisQosSqTypeStandard,
    NdisQosSqTypeGFT,
    NdisQosSqTypeMax,
} NDIS_QOS_SQ_TYPE, *PNDIS_QOS_SQ_TYPE;
#endif

#if NDIS_SUPPORT_NDIS630
typedef struct _NDIS_QOS_CAPABILITIES {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG MaxNumTrafficClasses;
    ULONG MaxNumEtsCapableTrafficClasses;
    ULONG MaxNumPfcEnabledTrafficClasses;
} NDIS_QOS_CAPABILITIES, *PNDIS_QOS_CAPABILITIES;

typedef struct _NDIS_QOS_CLASSIFICATION_ELEMENT {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    USHORT ConditionSelector;
    USHORT ConditionField;
    USHORT ActionSelector;
    USHORT ActionField;
} NDIS_QOS_CLASSIFICATION_ELEMENT, *PNDIS_QOS_CLASSIFICATION_ELEMENT;

typedef struct _NDIS_QOS_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG NumTrafficClasses;
    UCHAR PriorityAssignmentTable[8];
    UCHAR TcBandwidthAssignmentTable[8];
    UCHAR TsaAssignmentTable[8];
    ULONG PfcEnable;
    ULONG NumClassificationElements;
    ULONG ClassificationElementSize;
    ULONG FirstClassificationElementOffset;
} NDIS_QOS_PARAMETERS, *PNDIS_QOS_PARAMETERS;
#endif

#if NDIS_SUPPORT_NDIS650
typedef struct _NDIS_QOS_SQ_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_QOS_SQ_ID SqId;
    NDIS_QOS_SQ_TYPE SqType;
    BOOLEAN TcEnabledTable[8];
    ULONG TcTransmitBandwidthCapTable[8];
    ULONG TcTransmitBandwidthReservationTable[8];
    ULONG TcReceiveBandwidthCapTable[8];
#if NDIS_SUPPORT_NDIS684
    ULONG CrossTcTransmitBandwidthCap;
#endif
#if NDIS_SUPPORT_NDIS684
    ULONG MaxNumSqInputs;
#endif
} NDIS_QOS_SQ_PARAMETERS, *PNDIS_QOS_SQ_PARAMETERS;

typedef struct _NDIS_QOS_SQ_PARAMETERS_ENUM_ARRAY {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_QOS_SQ_TYPE SqType;
    NDIS_QOS_SQ_ID FirstSqId;
    ULONG MaxSqsToReturn;
    union {
#if NDIS_SUPPORT_NDIS684
        ULONG SqArrayOffset;
#endif
        ULONG SqParamsArrayOffset;
    };
    union {
#if NDIS_SUPPORT_NDIS684
        ULONG SqArrayNumElements;
#endif
        ULONG SqParamsArrayNumElements;
    };
    union {
#if NDIS_SUPPORT_NDIS684
        ULONG SqArrayElementSize;
#endif
        ULONG SqParamsArrayElementSize;
    };
} NDIS_QOS_SQ_PARAMETERS_ENUM_ARRAY, NDIS_QOS_SQ_ARRAY, *PNDIS_QOS_SQ_ARRAY,
    *PNDIS_QOS_SQ_PARAMETERS_ENUM_ARRAY;
#endif

#if NDIS_SUPPORT_NDIS685
typedef struct _NDIS_QOS_SQ_STATS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    NDIS_QOS_SQ_ID SqId;
    NDIS_QOS_SQ_TYPE SqType;
    UINT64 BytesTransmitted[8];
    UINT64 PktsTransmitted[8];
} NDIS_QOS_SQ_STATS, *PNDIS_QOS_SQ_STATS;
#endif
