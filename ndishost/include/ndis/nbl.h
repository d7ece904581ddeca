/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * NET_BUFFER, NET_BUFFER_LIST and their flags.
 */

#include "../nt/types.h"
#include "../nt/interlocked.h"
#include "types.h"
#include "../nt/memory.h"
#include "nblinfo.h"

typedef struct _NET_BUFFER NET_BUFFER, *PNET_BUFFER;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;
typedef struct _NET_BUFFER_LIST_CONTEXT NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;
typedef struct _NET_BUFFER_SHARED_MEMORY NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

#if NDIS_SUPPORT_NDIS630
#define NBL_FLAGS_NDIS_RESERVED 0xFFC
#elif NDIS_SUPPORT_NDIS6
#define NBL_FLAGS_NDIS_RESERVED 0xFFF
#endif
#define NBL_FLAGS_MINIPORT_RESERVED 0xF000
#define NBL_FLAGS_SCRATCH 0xF0000
#if NDIS_SUPPORT_NDIS630
#define NBL_FLAGS_PROTOCOL_RESERVED 0xFFF00003U
#elif NDIS_SUPPORT_NDIS6
#define NBL_FLAGS_PROTOCOL_RESERVED 0xFFF00000U
#endif

#if NDIS_SUPPORT_NDIS630
#define NBL_PROT_RSVD_FLAGS 0xFFF00003U
#elif NDIS_SUPPORT_NDIS6
#define NBL_PROT_RSVD_FLAGS 0xFFF00000U
#endif

#define NDIS_CLONE_FLAGS_RESERVED 1
#define NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS 2

#define NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL 0x1
#define NDIS_RECEIVE_FLAGS_RESOURCES 0x2
#define NDIS_RECEIVE_FLAGS_SINGLE_ETHER_TYPE 0x100
#define NDIS_RECEIVE_FLAGS_SINGLE_VLAN 0x200
#define NDIS_RECEIVE_FLAGS_PERFECT_FILTERED 0x400

#define NDIS_RETURN_FLAGS_DISPATCH_LEVEL 1
#define NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL 1

#define NDIS_SEND_FLAGS_DISPATCH_LEVEL 1
#define NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK 2

#if NDIS_SUPPORT_NDIS620
#define NDIS_RECEIVE_FLAGS_SINGLE_QUEUE 0x800
#define NDIS_RECEIVE_FLAGS_SHARED_MEMORY_INFO_VALID 0x1000
#define NDIS_RECEIVE_FLAGS_MORE_NBLS 0x2000

#define NDIS_RETURN_FLAGS_SINGLE_QUEUE 2
#define NDIS_SEND_COMPLETE_FLAGS_SINGLE_QUEUE 2
#define NDIS_SEND_FLAGS_SINGLE_QUEUE 4
#endif

#if NDIS_SUPPORT_NDIS630
#define NDIS_RECEIVE_FLAGS_SWITCH_DESTINATION_GROUP 0x4000
#define NDIS_RECEIVE_FLAGS_SWITCH_SINGLE_SOURCE 0x8000

#define NDIS_RETURN_FLAGS_SWITCH_SINGLE_SOURCE 4
#define NDIS_SEND_COMPLETE_FLAGS_SWITCH_SINGLE_SOURCE 4

#define NDIS_SEND_FLAGS_SWITCH_DESTINATION_GROUP 0x10
#define NDIS_SEND_FLAGS_SWITCH_SINGLE_SOURCE 0x20
#endif

/* IRQL: <= DISPATCH_LEVEL */
typedef MDL *NTAPI NET_BUFFER_ALLOCATE_MDL(ULONG *BufferSize);
typedef NET_BUFFER_ALLOCATE_MDL *NET_BUFFER_ALLOCATE_MDL_HANDLER;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI NET_BUFFER_FREE_MDL(MDL *Mdl);
typedef NET_BUFFER_FREE_MDL *NET_BUFFER_FREE_MDL_HANDLER;

typedef union _NET_BUFFER_HEADER {
    struct {
        NET_BUFFER *Next;
        MDL *CurrentMdl;
        ULONG CurrentMdlOffset;
        union {
            ULONG DataLength;
            SIZE_T stDataLength;
        };
        MDL *MdlChain;
        ULONG DataOffset;
    };
    SLIST_HEADER Link;
} NET_BUFFER_HEADER, *PNET_BUFFER_HEADER;

typedef struct _NET_BUFFER {
    union {
        struct {
            NET_BUFFER *Next;
            MDL *CurrentMdl;
            ULONG CurrentMdlOffset;
            union {
                ULONG DataLength;
                SIZE_T stDataLength;
            };
            MDL *MdlChain;
            ULONG DataOffset;
        };
        SLIST_HEADER Link;
        NET_BUFFER_HEADER NetBufferHeader;
    };
    USHORT ChecksumBias;
    USHORT Reserved;
    NDIS_HANDLE NdisPoolHandle;
    PVOID NdisReserved[2];
    PVOID ProtocolReserved[6];
    PVOID MiniportReserved[4];
    PHYSICAL_ADDRESS DataPhysicalAddress;
    union {
#if NDIS_SUPPORT_NDIS620
        NET_BUFFER_SHARED_MEMORY *SharedMemoryInfo;
#endif
#if NDIS_SUPPORT_NDIS620
        SCATTER_GATHER_LIST *ScatterGatherList;
#endif
    };
} NET_BUFFER, *PNET_BUFFER;

typedef struct _NET_BUFFER_DATA {
    NET_BUFFER *Next;
    MDL *CurrentMdl;
    ULONG CurrentMdlOffset;
    union {
        ULONG DataLength;
        SIZE_T stDataLength;
    };
    MDL *MdlChain;
    ULONG DataOffset;
} NET_BUFFER_DATA, *PNET_BUFFER_DATA;

typedef union _NET_BUFFER_DATA_LENGTH {
    ULONG DataLength;
    SIZE_T stDataLength;
} NET_BUFFER_DATA_LENGTH, *PNET_BUFFER_DATA_LENGTH;

typedef union _NET_BUFFER_LIST_HEADER {
    struct {
        NET_BUFFER_LIST *Next;
        NET_BUFFER *FirstNetBuffer;
    };
    SLIST_HEADER Link;
} NET_BUFFER_LIST_HEADER, *PNET_BUFFER_LIST_HEADER;

typedef struct _NET_BUFFER_LIST {
    union {
        struct {
            NET_BUFFER_LIST *Next;
            NET_BUFFER *FirstNetBuffer;
        };
        SLIST_HEADER Link;
        NET_BUFFER_LIST_HEADER NetBufferListHeader;
    };
    NET_BUFFER_LIST_CONTEXT *Context;
    NET_BUFFER_LIST *ParentNetBufferList;
    NDIS_HANDLE NdisPoolHandle;
    DECLSPEC_ALIGN(16) PVOID NdisReserved[2];
    PVOID ProtocolReserved[4];
    PVOID MiniportReserved[2];
    PVOID Scratch;
    NDIS_HANDLE SourceHandle;
    ULONG NblFlags;
    LONG ChildRefCount;
    ULONG Flags;
    union {
        NDIS_STATUS Status;
        ULONG NdisReserved2;
    };
    PVOID NetBufferListInfo[MaxNetBufferListInfo];
} NET_BUFFER_LIST, *PNET_BUFFER_LIST;

typedef struct DECLSPEC_ALIGN(16) _NET_BUFFER_LIST_CONTEXT {
    NET_BUFFER_LIST_CONTEXT *Next;
    USHORT Size;
    USHORT Offset;
    DECLSPEC_ALIGN(8) UCHAR ContextData[];
} NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;

typedef struct _NET_BUFFER_LIST_DATA {
    NET_BUFFER_LIST *Next;
    NET_BUFFER *FirstNetBuffer;
} NET_BUFFER_LIST_DATA, *PNET_BUFFER_LIST_DATA;

#if NDIS_SUPPORT_NDIS620
typedef struct _NET_BUFFER_SHARED_MEMORY {
    NET_BUFFER_SHARED_MEMORY *NextSharedMemorySegment;
    ULONG SharedMemoryFlags;
    NDIS_HANDLE SharedMemoryHandle;
    ULONG SharedMemoryOffset;
    ULONG SharedMemoryLength;
} NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;
#endif

/* Fields of a NET_BUFFER. */
#define NET_BUFFER_NEXT_NB(NetBuffer) ((NetBuffer)->Next)
#define NET_BUFFER_FIRST_MDL(NetBuffer) ((NetBuffer)->MdlChain)
#define NET_BUFFER_DATA_LENGTH(NetBuffer) ((NetBuffer)->DataLength)
#define NET_BUFFER_DATA_OFFSET(NetBuffer) ((NetBuffer)->DataOffset)
#define NET_BUFFER_CURRENT_MDL(NetBuffer) ((NetBuffer)->CurrentMdl)
#define NET_BUFFER_CURRENT_MDL_OFFSET(NetBuffer) ((NetBuffer)->CurrentMdlOffset)
#define NET_BUFFER_PROTOCOL_RESERVED(NetBuffer) ((NetBuffer)->ProtocolReserved)
#define NET_BUFFER_MINIPORT_RESERVED(NetBuffer) ((NetBuffer)->MiniportReserved)
#define NET_BUFFER_CHECKSUM_BIAS(NetBuffer) ((NetBuffer)->ChecksumBias)
#define NET_BUFFER_DATA_PHYSICAL_ADDRESS(NetBuffer) ((NetBuffer)->DataPhysicalAddress)
#define NET_BUFFER_FIRST_SHARED_MEM_INFO(NetBuffer) ((NetBuffer)->SharedMemoryInfo)
#define NET_BUFFER_SCATTER_GATHER_LIST(NetBuffer) ((NetBuffer)->ScatterGatherList)
#define NET_BUFFER_SHARED_MEM_HANDLE(Info) ((Info)->SharedMemoryHandle)
#define NET_BUFFER_SHARED_MEM_OFFSET(Info) ((Info)->SharedMemoryOffset)
#define NET_BUFFER_SHARED_MEM_LENGTH(Info) ((Info)->SharedMemoryLength)
#define NET_BUFFER_SHARED_MEM_FLAGS(Info) ((Info)->SharedMemoryFlags)
#define NET_BUFFER_SHARED_MEM_NEXT_SEGMENT(Info) ((Info)->NextSharedMemorySegment)

/* Fields of a NET_BUFFER_LIST. */
#define NET_BUFFER_LIST_NEXT_NBL(Nbl) ((Nbl)->Next)
#define NET_BUFFER_LIST_FIRST_NB(Nbl) ((Nbl)->FirstNetBuffer)
#define NET_BUFFER_LIST_FLAGS(Nbl) ((Nbl)->Flags)
#define NET_BUFFER_LIST_NBL_FLAGS(Nbl) ((Nbl)->NblFlags)
#define NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl) ((Nbl)->ProtocolReserved)
#define NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl) ((Nbl)->MiniportReserved)
#define NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl) \
    ((PUCHAR)((Nbl)->Context + 1) + (Nbl)->Context->Offset)
#define NET_BUFFER_LIST_CONTEXT_DATA_SIZE(Nbl) ((Nbl)->Context->Size)
#define NET_BUFFER_LIST_INFO(Nbl, Id) ((Nbl)->NetBufferListInfo[(Id)])
#define NET_BUFFER_LIST_STATUS(Nbl) ((Nbl)->Status)

/* Flags of a NET_BUFFER_LIST. */
#define NBL_SET_FLAG(Nbl, Flag) ((Nbl)->Flags |= (Flag))
#define NBL_CLEAR_FLAG(Nbl, Flag) ((Nbl)->Flags &= ~(Flag))
#define NBL_TEST_FLAG(Nbl, Flag) (((Nbl)->Flags & (Flag)) != 0)
#define NBL_SET_PROTOCOL_RSVD_FLAG(Nbl, Flag) \
    ((Nbl)->Flags |= ((Flag) & NBL_FLAGS_PROTOCOL_RESERVED))
#define NBL_CLEAR_PROTOCOL_RSVD_FLAG(Nbl, Flag) \
    ((Nbl)->Flags &= ~((Flag) & NBL_FLAGS_PROTOCOL_RESERVED))
#define NBL_TEST_PROTOCOL_RSVD_FLAG(Nbl, Flag) \
    (((Nbl)->Flags & ((Flag) & NBL_FLAGS_PROTOCOL_RESERVED)) != 0)
#define NBL_SET_PROT_RSVD_FLAG NBL_SET_PROTOCOL_RSVD_FLAG
#define NBL_CLEAR_PROT_RSVD_FLAG NBL_CLEAR_PROTOCOL_RSVD_FLAG
#define NBL_TEST_PROT_RSVD_FLAG NBL_TEST_PROTOCOL_RSVD_FLAG
#define NdisSetNblFlag(Nbl, Flag) ((Nbl)->NblFlags |= (Flag))
#define NdisClearNblFlag(Nbl, Flag) ((Nbl)->NblFlags &= ~(Flag))
#define NdisTestNblFlag(Nbl, Flag) (((Nbl)->NblFlags & (Flag)) != 0)
#define NdisTestNblFlags(Nbl, Flag) (((Nbl)->NblFlags & (Flag)) == (Flag))

/* Flags of the send, receive and return calls. */
#define NDIS_SET_SEND_FLAG(Flags, Flag) ((Flags) |= (Flag))
#define NDIS_CLEAR_SEND_FLAG(Flags, Flag) ((Flags) &= ~(Flag))
#define NDIS_TEST_SEND_FLAG(Flags, Flag) (((Flags) & (Flag)) == (Flag))
#define NDIS_TEST_SEND_AT_DISPATCH_LEVEL(Flags) \
    NDIS_TEST_SEND_FLAG((Flags), NDIS_SEND_FLAGS_DISPATCH_LEVEL)
#define NDIS_SET_SEND_COMPLETE_FLAG(Flags, Flag) ((Flags) |= (Flag))
#define NDIS_TEST_SEND_COMPLETE_FLAG(Flags, Flag) (((Flags) & (Flag)) == (Flag))
#define NDIS_TEST_SEND_COMPLETE_AT_DISPATCH_LEVEL(Flags) \
    NDIS_TEST_SEND_COMPLETE_FLAG((Flags), NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL)
#define NDIS_SET_RECEIVE_FLAG(Flags, Flag) ((Flags) |= (Flag))
#define NDIS_TEST_RECEIVE_FLAG(Flags, Flag) (((Flags) & (Flag)) == (Flag))
#define NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(Flags) \
    NDIS_TEST_RECEIVE_FLAG((Flags), NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL)
#define NDIS_TEST_RECEIVE_CANNOT_PEND(Flags) (((Flags) & NDIS_RECEIVE_FLAGS_RESOURCES) != 0)
#define NDIS_TEST_RECEIVE_CAN_PEND(Flags) (((Flags) & NDIS_RECEIVE_FLAGS_RESOURCES) == 0)
#define NDIS_SET_RETURN_FLAG(Flags, Flag) ((Flags) |= (Flag))
#define NDIS_TEST_RETURN_FLAG(Flags, Flag) (((Flags) & (Flag)) == (Flag))
#define NDIS_TEST_RETURN_AT_DISPATCH_LEVEL(Flags) \
    NDIS_TEST_RETURN_FLAG((Flags), NDIS_RETURN_FLAGS_DISPATCH_LEVEL)
#define NDIS_SET_CLONE_FLAG(Flags, Flag) ((Flags) |= (Flag))
#define NDIS_CLEAR_CLONE_FLAG(Flags, Flag) ((Flags) &= ~(Flag))
#define NDIS_TEST_CLONE_FLAG(Flags, Flag) (((Flags) & (Flag)) == (Flag))

/* Values in the out-of-band information. */
#define NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(Nbl) NET_BUFFER_LIST_INFO((Nbl), NetBufferListCancelId)
#define NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Nbl, CancelId) \
    (NET_BUFFER_LIST_INFO((Nbl), NetBufferListCancelId) = (CancelId))
#define NDIS_GET_NET_BUFFER_LIST_VLAN_ID(Nbl)                                                \
    (((NDIS_NET_BUFFER_LIST_8021Q_INFO *)&NET_BUFFER_LIST_INFO((Nbl),                        \
                                                               Ieee8021QNetBufferListInfo))  \
         ->TagHeader.VlanId)
#define NDIS_SET_NET_BUFFER_LIST_VLAN_ID(Nbl, Id) \
    (NDIS_GET_NET_BUFFER_LIST_VLAN_ID(Nbl) = (Id))
#define NdisSetNetBufferListProtocolId(Nbl, ProtocolId) \
    (*(PUCHAR)&NET_BUFFER_LIST_INFO((Nbl), NetBufferListProtocolId) = (UCHAR)(ProtocolId))
#if NDIS_SUPPORT_NDIS620
#define NDIS_GET_NET_BUFFER_LIST_IM_RESERVED(Nbl) NET_BUFFER_LIST_INFO((Nbl), IMReserved)
#define NDIS_SET_NET_BUFFER_LIST_IM_RESERVED(Nbl, Value) \
    (NET_BUFFER_LIST_INFO((Nbl), IMReserved) = (Value))
#endif

/* Receive side scaling. */
#define NET_BUFFER_LIST_GET_HASH_VALUE(Nbl) \
    ((ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO((Nbl), NetBufferListHashValue))
#define NET_BUFFER_LIST_SET_HASH_VALUE(Nbl, HashValue) \
    (NET_BUFFER_LIST_INFO((Nbl), NetBufferListHashValue) = (PVOID)(ULONG_PTR)(ULONG)(HashValue))
#define NET_BUFFER_LIST_GET_HASH_TYPE(Nbl) \
    ((ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO((Nbl), NetBufferListHashInfo) & NDIS_HASH_TYPE_MASK)
#define NET_BUFFER_LIST_GET_HASH_FUNCTION(Nbl) \
    ((ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO((Nbl), NetBufferListHashInfo) & NDIS_HASH_FUNCTION_MASK)

FORCEINLINE void NET_BUFFER_LIST_SET_HASH_TYPE(NET_BUFFER_LIST *Nbl, ULONG HashType)
{
    ULONG Info = (ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo);

    Info = (Info & ~(ULONG)NDIS_HASH_TYPE_MASK) | (HashType & NDIS_HASH_TYPE_MASK);
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = (PVOID)(ULONG_PTR)Info;
}

FORCEINLINE void NET_BUFFER_LIST_SET_HASH_FUNCTION(NET_BUFFER_LIST *Nbl, ULONG HashFunction)
{
    ULONG Info = (ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo);

    Info = (Info & ~(ULONG)NDIS_HASH_FUNCTION_MASK) | (HashFunction & NDIS_HASH_FUNCTION_MASK);
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = (PVOID)(ULONG_PTR)Info;
}

#define NDIS_RSS_HASH_FUNC_FROM_HASH_INFO(HashInfo) ((HashInfo) & NDIS_HASH_FUNCTION_MASK)
#define NDIS_RSS_HASH_TYPE_FROM_HASH_INFO(HashInfo) ((HashInfo) & NDIS_HASH_TYPE_MASK)
#define NDIS_RSS_HASH_INFO_FROM_TYPE_AND_FUNC(HashType, HashFunction) ((HashType) | (HashFunction))

/* Time stamps. */
#if NDIS_SUPPORT_NDIS682
FORCEINLINE void NdisSetNblTimestampInfo(NET_BUFFER_LIST *Nbl,
                                         const NET_BUFFER_LIST_TIMESTAMP *NblTimestamp)
{
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListInfoReserved3) =
        (PVOID)(ULONG_PTR)NblTimestamp->Timestamp;
}

FORCEINLINE void NdisGetNblTimestampInfo(const NET_BUFFER_LIST *Nbl,
                                         NET_BUFFER_LIST_TIMESTAMP *NblTimestamp)
{
    NblTimestamp->Timestamp =
        (ULONG64)(ULONG_PTR)NET_BUFFER_LIST_INFO(Nbl, NetBufferListInfoReserved3);
}

FORCEINLINE void NdisCopyNblTimestampInfo(NET_BUFFER_LIST *NblDest, const NET_BUFFER_LIST *NblSrc)
{
    NET_BUFFER_LIST_INFO(NblDest, NetBufferListInfoReserved3) =
        NET_BUFFER_LIST_INFO(NblSrc, NetBufferListInfoReserved3);
}
#endif

/* MDLs under their NDIS names. */
#define NDIS_MDL_LINKAGE(Mdl) ((Mdl)->Next)
#define NDIS_BUFFER_LINKAGE(Mdl) ((Mdl)->Next)
#define NDIS_MDL_TO_SPAN_PAGES(Mdl)                                                       \
    (MmGetMdlByteCount(Mdl) == 0                                                          \
         ? 1                                                                              \
         : ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), MmGetMdlByteCount(Mdl)))
#define NDIS_BUFFER_TO_SPAN_PAGES(Mdl) NDIS_MDL_TO_SPAN_PAGES(Mdl)
#define NdisAdjustMdlLength(Mdl, Length) ((Mdl)->ByteCount = (Length))
#define NdisGetNextMdl(CurrentMdl, NextMdl) (*(NextMdl) = (CurrentMdl)->Next)
#define NdisGetMdlPhysicalArraySize(Mdl, ArraySize) (*(ArraySize) = NDIS_MDL_TO_SPAN_PAGES(Mdl))
#define NdisQueryMdlOffset(Mdl, Offset, Length) \
    (*(Offset) = MmGetMdlByteOffset(Mdl), *(Length) = MmGetMdlByteCount(Mdl))

/* The address pointer may be NULL: then only the length is returned. */
FORCEINLINE void SimQueryMdl(PMDL Mdl, PVOID *VirtualAddress, PULONG Length, ULONG Priority)
{
    if (VirtualAddress != NULL) {
        *VirtualAddress = MmGetSystemAddressForMdlSafe(Mdl, Priority | MdlMappingNoExecute);
    }
    *Length = MmGetMdlByteCount(Mdl);
}

#define NdisQueryMdl(Mdl, VirtualAddress, Length, Priority) \
    SimQueryMdl((Mdl), (PVOID *)(VirtualAddress), (PULONG)(Length), (Priority))

/* More typed views of the out-of-band information. */
#if NDIS_SUPPORT_NDIS620
#define SIM_FILTERING_INFO(Nbl) \
    ((NDIS_NET_BUFFER_LIST_FILTERING_INFO *)&NET_BUFFER_LIST_INFO( \
        (Nbl), NetBufferListFilteringInfo))
#define NET_BUFFER_LIST_RECEIVE_FILTER_ID(Nbl) (SIM_FILTERING_INFO(Nbl)->FilteringInfo.FilterId)
#endif
#if NDIS_SUPPORT_NDIS630
#define NET_BUFFER_LIST_RECEIVE_FILTER_VPORT_ID(Nbl) \
    (SIM_FILTERING_INFO(Nbl)->FilteringInfo.QueueVPortInfo.VPortId)
#define NET_BUFFER_LIST_RECEIVE_QUEUE_ID(Nbl) \
    (SIM_FILTERING_INFO(Nbl)->FilteringInfo.QueueVPortInfo.QueueId)
#define NET_BUFFER_LIST_COALESCED_SEG_COUNT(Nbl) \
    (((NDIS_RSC_NBL_INFO *)&NET_BUFFER_LIST_INFO((Nbl), TcpRecvSegCoalesceInfo))  \
         ->Info.CoalescedSegCount)
#define NET_BUFFER_LIST_DUP_ACK_COUNT(Nbl) \
    (((NDIS_RSC_NBL_INFO *)&NET_BUFFER_LIST_INFO((Nbl), TcpRecvSegCoalesceInfo))->Info.DupAckCount)
#define NDIS_GET_NET_BUFFER_LIST_VIRTUAL_SUBNET_ID(Nbl)                                    \
    (((NDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO *)&NET_BUFFER_LIST_INFO((Nbl),             \
                                                                        VirtualSubnetInfo)) \
         ->VirtualSubnetId)
#define NDIS_SET_NET_BUFFER_LIST_VIRTUAL_SUBNET_ID(Nbl, Id) \
    (NDIS_GET_NET_BUFFER_LIST_VIRTUAL_SUBNET_ID(Nbl) = (Id))
#define NET_BUFFER_LIST_SWITCH_FORWARDING_DETAIL(Nbl)                              \
    ((PNDIS_SWITCH_FORWARDING_DETAIL_NET_BUFFER_LIST_INFO)&NET_BUFFER_LIST_INFO( \
        (Nbl), SwitchForwardingDetail))
#define NET_BUFFER_LIST_SWITCH_FORWARDING_DETAIL_CLEAR(Nbl) \
    (NET_BUFFER_LIST_INFO((Nbl), SwitchForwardingDetail) = NULL)
#endif
#if NDIS_SUPPORT_NDIS683
#define SIM_UDP_RSC_INFO(Nbl)                                           \
    ((NDIS_UDP_RSC_OFFLOAD_NET_BUFFER_LIST_INFO *)&NET_BUFFER_LIST_INFO( \
        (Nbl), UdpRecvSegCoalesceOffloadInfo))
#define NET_BUFFER_LIST_UDP_COALESCED_SEG_COUNT(Nbl) (SIM_UDP_RSC_INFO(Nbl)->Receive.SegCount)
#define NET_BUFFER_LIST_UDP_COALESCED_SEG_SIZE(Nbl) (SIM_UDP_RSC_INFO(Nbl)->Receive.SegSize)
#endif

/* MDLs under their oldest names. */
#define NdisAdjustBufferLength(Mdl, Length) ((Mdl)->ByteCount = (Length))
#define NdisBufferLength(Mdl) MmGetMdlByteCount(Mdl)
#define NdisBufferVirtualAddress(Mdl) MmGetSystemAddressForMdl(Mdl)
#define NdisBufferVirtualAddressSafe(Mdl, Priority) MmGetSystemAddressForMdlSafe((Mdl), (Priority))
#define NdisFreeBuffer(Mdl) IoFreeMdl(Mdl)
#define NdisGetNextBuffer(CurrentMdl, NextMdl) (*(NextMdl) = (CurrentMdl)->Next)
#define NdisQueryBufferOffset(Mdl, Offset, Length) NdisQueryMdlOffset((Mdl), (Offset), (Length))
#define NdisQueryBufferSafe(Mdl, VirtualAddress, Length, Priority) \
    NdisQueryMdl((Mdl), (VirtualAddress), (Length), (Priority))
#define NdisGetBufferPhysicalArraySize(Mdl, ArraySize) \
    (*(ArraySize) = NDIS_BUFFER_TO_SPAN_PAGES(Mdl))
#define NdisFlushBuffer(Mdl, WriteToDevice) KeFlushIoBuffers((Mdl), !(WriteToDevice), TRUE)
