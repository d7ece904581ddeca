// SPDX-License-Identifier: MIT

// See nbl_pool.h. Order in this file: taking and giving, preparing, auditing, creating.
//
// Where a free slot is: in the array of one processor, or in the reserve. Only code that runs on
// that processor at DISPATCH_LEVEL touches an array, so nothing guards it; other processors read
// Count and no more. The lock guards the reserve and every move between it and an array.

#include "nbl_pool.h"

#define NBL_POOL_ARRAY_SLOTS 62u // makes a PROCESSOR_ARRAY 512 bytes
#define NBL_POOL_CHUNK_BYTES (256u * 1024u)
#define NBL_POOL_AUDIT_MDLS 4096u // a longer chain is taken for a cycle

// Bits that describe the frame of the last send; the rest of NblFlags is NDIS's (contract NBL-41).
#define NBL_POOL_FRAME_FLAGS                                                                       \
    (NDIS_NBL_FLAGS_SEND_READ_ONLY | NDIS_NBL_FLAGS_RECV_READ_ONLY | NDIS_NBL_FLAGS_HD_SPLIT |     \
     NDIS_NBL_FLAGS_IS_IPV4 | NDIS_NBL_FLAGS_IS_IPV6 | NDIS_NBL_FLAGS_IS_TCP |                     \
     NDIS_NBL_FLAGS_IS_UDP | NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_HEADER |                 \
     NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_PAYLOAD | NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET |    \
     0x00010000u) // the last: CAPTURE_TIMESTAMP_ON_TRANSMIT, declared from NDIS 6.82 on

typedef struct DECLSPEC_CACHEALIGN PROCESSOR_ARRAY {
    volatile ULONG Count;
    NBL_SLOT *Slots[NBL_POOL_ARRAY_SLOTS];
} PROCESSOR_ARRAY;

struct NBL_POOL {
    // Read by every Take and Give, written rarely.
    PROCESSOR_ARRAY *Processors; // ProcessorCount of them
    volatile ULONG ArrayLimit;   // slots an array may hold now: ArrayMaximum, or 0 while slots are
                                 // scarce or the pool is being destroyed; written under Lock
    ULONG ArrayMaximum;
    ULONG ProcessorCount;
    ULONG FrameBytes;
    ULONG BackFillBytes;
    ULONG SlotBytes;
    ULONG Tag;
    NDIS_HANDLE NblPool;
    NBL_SLOT *Slots;
    ULONG Count;
    UCHAR **Chunks; // memory of the frames
    ULONG ChunkCount;
    KEVENT AllHome; // set once, when Closing and the reserve holds every listed slot

    DECLSPEC_CACHEALIGN KSPIN_LOCK Lock; // guards what follows
    NBL_SLOT **Reserve;                  // a stack; room for all
    ULONG ReserveCount;
    ULONG Listed; // slots in circulation: 0 until the pool is complete, then Count
    BOOLEAN Closing;
};

C_ASSERT(sizeof(PROCESSOR_ARRAY) == 512);
C_ASSERT(sizeof(NBL_SLOT) == 64);

// ---- take and give

// This processor's array is empty. A batch comes over, but no more than this processor's share, so
// that one that sends little does not sit on what others need.
_IRQL_requires_(DISPATCH_LEVEL) static DECLSPEC_NOINLINE NBL_SLOT *NblPoolTakeShared(
    NBL_POOL *Pool, PROCESSOR_ARRAY *Array)
{
    NBL_SLOT *Slot = NULL;

    KeAcquireSpinLockAtDpcLevel(&Pool->Lock);
    if (Pool->ReserveCount == 0) {
        // Scarce: from now on each slot goes back to the reserve, where everybody finds it.
        WriteULongNoFence(&Pool->ArrayLimit, 0);
    } else {
        ULONG Share;

        Slot = Pool->Reserve[--Pool->ReserveCount];
        Share = min(Pool->ArrayLimit / 2, Pool->ReserveCount / Pool->ProcessorCount);
        for (ULONG Index = 0; Index < Share; Index++) {
            Array->Slots[Index] = Pool->Reserve[--Pool->ReserveCount];
        }
        WriteULongNoFence(&Array->Count, Share);
    }
    KeReleaseSpinLockFromDpcLevel(&Pool->Lock);

    if (Slot != NULL) {
        Slot->State = NblSlotTaken;
    }
    return Slot;
}

NBL_SLOT *NblPoolTake(NBL_POOL *Pool, ULONG Processor)
{
    PROCESSOR_ARRAY *Array = &Pool->Processors[Processor];
    ULONG Count = Array->Count;
    NBL_SLOT *Slot;

    ASSERT(Processor == NdisCurrentProcessorIndex());
    if (Count == 0) {
        return NblPoolTakeShared(Pool, Array);
    }
    Slot = Array->Slots[Count - 1];
    WriteULongNoFence(&Array->Count, Count - 1);
    Slot->State = NblSlotTaken;
    return Slot;
}

// Puts `Slot` (if any) into the reserve, and all of the array or the half that is too much. Returns
// how many came from the array.
_IRQL_requires_(DISPATCH_LEVEL) static ULONG NTAPI
    NblPoolShelve(NBL_POOL *Pool, PROCESSOR_ARRAY *Array, NBL_SLOT *Slot, BOOLEAN Everything)
{
    ULONG Count;
    ULONG Keep;
    ULONG Moved;

    KeAcquireSpinLockAtDpcLevel(&Pool->Lock);
    if (Slot != NULL) {
        Pool->Reserve[Pool->ReserveCount++] = Slot;
    }
    Count = Array->Count;
    Keep = Everything ? 0 : min(Count, Pool->ArrayLimit / 2);
    Moved = Count - Keep;
    while (Count > Keep) {
        Pool->Reserve[Pool->ReserveCount++] = Array->Slots[--Count];
    }
    WriteULongNoFence(&Array->Count, Keep);

    if (Pool->Closing) {
        if (Pool->ReserveCount == Pool->Listed) {
            KeSetEvent(&Pool->AllHome, IO_NO_INCREMENT, FALSE);
        }
    } else if (Pool->ArrayLimit == 0 && Pool->ReserveCount > Pool->Count / 2) {
        WriteULongNoFence(&Pool->ArrayLimit, Pool->ArrayMaximum);
    }
    KeReleaseSpinLockFromDpcLevel(&Pool->Lock);
    return Moved;
}

// The tail belongs to somebody else: an IRP, whose MDL the I/O manager frees at completion, or a
// partial MDL of the spare, whose mapping (if a lower driver made one) must be released before the
// MDL is built again (contract REU-12).
_IRQL_requires_max_(DISPATCH_LEVEL) static VOID NblPoolDetach(NBL_SLOT *Slot)
{
    for (MDL *Mdl = Slot->FrameMdl->Next; Mdl != NULL; Mdl = Mdl->Next) {
        if (Mdl == Slot->SpareMdl) {
            MmPrepareMdlForReuse(Mdl);
            break;
        }
    }
    Slot->FrameMdl->Next = NULL;
}

_IRQL_requires_(DISPATCH_LEVEL) static DECLSPEC_NOINLINE VOID NTAPI
    NblPoolGiveChained(NBL_SLOT *Slot, ULONG Processor)
{
    NblPoolDetach(Slot);
    NblPoolGive(Slot, Processor);
}

// The rare ways out are calls in tail position, so that the common one needs no stack frame.
VOID NTAPI NblPoolGive(NBL_SLOT *Slot, ULONG Processor)
{
    NBL_POOL *Pool = Slot->Pool;
    PROCESSOR_ARRAY *Array = &Pool->Processors[Processor];
    ULONG Count = Array->Count;

    ASSERT(Processor == NdisCurrentProcessorIndex());
    ASSERT(Slot->State != NblSlotFree);
    if (Slot->State == NblSlotFree) {
        return; // it is home already; a second entry would give it to two takers
    }
    if (Slot->FrameMdl->Next != NULL) {
        NblPoolGiveChained(Slot, Processor);
        return;
    }
    // A stale id would make the NBL a target of an old cancel call (contract NBL-86, SND-66).
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Slot->Nbl, NULL);
    Slot->State = NblSlotFree;

    if (Count >= ReadULongNoFence(&Pool->ArrayLimit)) {
        (VOID) NblPoolShelve(Pool, Array, Slot, FALSE);
        return;
    }
    Array->Slots[Count] = Slot;
    WriteULongNoFence(&Array->Count, Count + 1);
}

_IRQL_requires_(PASSIVE_LEVEL) static ULONG NblPoolGatherFrom(NBL_POOL *Pool, ULONG Index)
{
    PROCESSOR_NUMBER Number;
    GROUP_AFFINITY Affinity = {0};
    GROUP_AFFINITY Previous;
    KIRQL OldIrql;
    ULONG Moved;

    if (!NT_SUCCESS(KeGetProcessorNumberFromIndex(Index, &Number))) {
        return 0; // not started, so nothing was ever given there
    }
    Affinity.Group = Number.Group;
    Affinity.Mask = (KAFFINITY)1 << Number.Number;
    KeSetSystemGroupAffinityThread(&Affinity, &Previous);
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    Moved = NblPoolShelve(Pool, &Pool->Processors[Index], NULL, TRUE);
    KeLowerIrql(OldIrql);
    KeRevertToUserGroupAffinityThread(&Previous);
    return Moved;
}

ULONG NblPoolGather(NBL_POOL *Pool)
{
    ULONG Moved = 0;

    for (ULONG Index = 0; Index < Pool->ProcessorCount; Index++) {
        if (ReadULongNoFence(&Pool->Processors[Index].Count) != 0) {
            Moved += NblPoolGatherFrom(Pool, Index);
        }
    }
    return Moved;
}

// A slot on its way between an array and the reserve is seen, because it moves under the lock, and
// the reader has it. What changes without the lock are an array's own pops, which make the sum too
// high, and its own pushes: one that comes after the look at its array is missed, and its giver
// looks for waiters after the push.
ULONG NblPoolFreeCount(NBL_POOL *Pool)
{
    KIRQL OldIrql;
    ULONG Count;

    KeAcquireSpinLock(&Pool->Lock, &OldIrql);
    Count = Pool->ReserveCount;
    for (ULONG Index = 0; Index < Pool->ProcessorCount; Index++) {
        Count += ReadULongNoFence(&Pool->Processors[Index].Count);
    }
    KeReleaseSpinLock(&Pool->Lock, OldIrql);
    return Count;
}

// ---- prepare

VOID NblPoolPrepare(NBL_SLOT *Slot, NDIS_HANDLE BindingHandle, ULONG OffsetBytes, ULONG LengthBytes,
                    MDL *Tail)
{
    NET_BUFFER_LIST *Nbl = Slot->Nbl;
    NET_BUFFER *Nb = Slot->Nb;
    MDL *FrameMdl = Slot->FrameMdl;

    ASSERT(Slot->State != NblSlotFree);
    ASSERT(OffsetBytes < Slot->Pool->FrameBytes);

    FrameMdl->Next = Tail;

    // All five, always: they must agree with each other (contract NBL-65).
    NET_BUFFER_FIRST_MDL(Nb) = FrameMdl;
    NET_BUFFER_CURRENT_MDL(Nb) = FrameMdl;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = OffsetBytes;
    NET_BUFFER_DATA_OFFSET(Nb) = OffsetBytes;
    NET_BUFFER_DATA_LENGTH(Nb) = LengthBytes;

    // What the last send or a lower driver left. Not the whole array: slot 7 is the protocol id,
    // and others belong to NDIS, WFP or the switch (contract NBL-81, NBL-88).
    NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListCancelId) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashValue) = NULL;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = NULL;

    // Bits, not fields: the others are NDIS's and the lower drivers' (contract NBL-41, NBL-43).
    NdisClearNblFlag(Nbl, NBL_POOL_FRAME_FLAGS);
    NET_BUFFER_LIST_FLAGS(Nbl) &= ~(ULONG)NBL_FLAGS_PROTOCOL_RESERVED;

    NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0] = Slot;
    Nbl->SourceHandle = BindingHandle;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
    // Lower drivers need not restore it: it may still link the list of the last completion
    // (NBL-14).
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;

    Slot->Length = LengthBytes;
    Slot->State = NblSlotPrepared;
}

NBL_SLOT *NTAPI NblPoolFromNbl(NET_BUFFER_LIST *Nbl)
{
    NBL_SLOT *Slot = NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0];

    // ProtocolReserved is the protocol's, but an intermediate driver could borrow it (NBL-37).
    ASSERT(Slot != NULL && Slot->Nbl == Nbl);
    return Slot;
}

// ---- audit

static const char *const NblRuleTexts[NblRuleCount] = {
    [NblRuleNone] = "nothing wrong",
    [NblRuleNotPrepared] = "NBL-90 the slot is free, or was not prepared since it was taken",
    [NblRuleForeign] = "NBL-37 ProtocolReserved[0] does not lead to the slot of this NBL",
    [NblRuleList] = "NBL-30 the list does not end: Next is left from an earlier completion",
    [NblRuleNetBuffer] = "NBL-31 FirstNetBuffer is not the slot's NET_BUFFER",
    [NblRuleNextNetBuffer] = "NBL-50 the NET_BUFFER has a Next",
    [NblRuleParent] = "NBL-34 ParentNetBufferList is set",
    [NblRulePoolHandle] = "NBL-35 NdisPoolHandle was changed",
    [NblRuleSourceHandle] = "NBL-40 SourceHandle is not the binding that it is sent on",
    [NblRuleFlags] = "NBL-41 NblFlags says loopback: left from an earlier send",
    [NblRuleChildren] = "NBL-42 ChildRefCount is not 0",
    [NblRuleStatus] = "NBL-44 Status is left from an earlier send",
    [NblRuleLargeSend] = "NBL-84 the large-send slot is not 0: the miniport may drop the frame",
    [NblRuleChecksum] = "NBL-85 the checksum slot is not 0: the miniport may rewrite the frame",
    [NblRuleVlan] = "NBL-86 the 802.1Q slot is not 0: the miniport may insert a tag",
    [NblRuleMdlChain] = "NBL-51 MdlChain is not the slot's frame MDL, or does not end",
    [NblRuleDataOffset] = "NBL-52 DataOffset is behind the end of the frame MDL",
    [NblRuleCurrentMdl] = "NBL-54 CurrentMdl is not the MDL that holds the first byte",
    [NblRuleCurrentOffset] = "NBL-55 CurrentMdlOffset does not agree with DataOffset",
    [NblRuleLength] = "NBL-53 DataLength is below 14 or more than the MDL chain holds",
    [NblRuleHeaderSplit] = "NBL-70 the MAC header is not in one MDL",
};

const char *NblPoolRuleText(NBL_RULE Rule)
{
    return (ULONG)Rule < NblRuleCount ? NblRuleTexts[Rule] : "not a rule";
}

static NBL_RULE NblPoolAuditData(const NBL_SLOT *Slot)
{
    NET_BUFFER *Nb = Slot->Nb;
    ULONG Offset = NET_BUFFER_DATA_OFFSET(Nb);
    ULONG Length = NET_BUFFER_DATA_LENGTH(Nb);
    ULONG First = MmGetMdlByteCount(Slot->FrameMdl);
    ULONG64 Bytes = 0;
    ULONG Mdls = 0;

    if (NET_BUFFER_FIRST_MDL(Nb) != Slot->FrameMdl) {
        return NblRuleMdlChain;
    }
    for (MDL *Mdl = Slot->FrameMdl; Mdl != NULL; Mdl = Mdl->Next) {
        if (++Mdls > NBL_POOL_AUDIT_MDLS) {
            return NblRuleMdlChain;
        }
        Bytes += MmGetMdlByteCount(Mdl);
    }
    if (Offset >= First) {
        return NblRuleDataOffset;
    }
    if (NET_BUFFER_CURRENT_MDL(Nb) != Slot->FrameMdl) {
        return NblRuleCurrentMdl;
    }
    if (NET_BUFFER_CURRENT_MDL_OFFSET(Nb) != Offset) {
        return NblRuleCurrentOffset;
    }
    if (Length < 14 || Length > Bytes - Offset) {
        return NblRuleLength;
    }
    return First - Offset < 14 ? NblRuleHeaderSplit : NblRuleNone;
}

static NBL_RULE NblPoolAuditOne(NET_BUFFER_LIST *Nbl, NDIS_HANDLE BindingHandle)
{
    const NBL_SLOT *Slot = NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0];

    if (Slot == NULL || Slot->Nbl != Nbl) {
        return NblRuleForeign;
    }
    if (Slot->State != NblSlotPrepared) {
        return NblRuleNotPrepared;
    }
    if (NET_BUFFER_LIST_FIRST_NB(Nbl) != Slot->Nb) {
        return NblRuleNetBuffer;
    }
    if (NET_BUFFER_NEXT_NB(Slot->Nb) != NULL) {
        return NblRuleNextNetBuffer;
    }
    if (Nbl->ParentNetBufferList != NULL) {
        return NblRuleParent;
    }
    if (NdisGetPoolFromNetBufferList(Nbl) != Slot->Pool->NblPool) {
        return NblRulePoolHandle;
    }
    if (Nbl->SourceHandle != BindingHandle) {
        return NblRuleSourceHandle;
    }
    if (NdisTestNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET)) {
        return NblRuleFlags;
    }
    if (Nbl->ChildRefCount != 0) {
        return NblRuleChildren;
    }
    if (NET_BUFFER_LIST_STATUS(Nbl) != NDIS_STATUS_SUCCESS) {
        return NblRuleStatus;
    }
    if (NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) != NULL) {
        return NblRuleLargeSend;
    }
    if (NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) != NULL) {
        return NblRuleChecksum;
    }
    if (NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) != NULL) {
        return NblRuleVlan;
    }
    return NblPoolAuditData(Slot);
}

NBL_RULE NblPoolAudit(NET_BUFFER_LIST *Nbls, NDIS_HANDLE BindingHandle)
{
    ULONG Seen = 0;

    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        NBL_RULE Rule = NblPoolAuditOne(Nbl, BindingHandle);

        if (Rule != NblRuleNone) {
            return Rule;
        }
        if (++Seen > NBL_POOL_COUNT_MAX) {
            return NblRuleList;
        }
    }
    return NblRuleNone;
}

// ---- create and destroy

ULONG NblPoolFrameBytes(const NBL_POOL *Pool)
{
    return Pool->FrameBytes;
}

ULONG NblPoolBackFillBytes(const NBL_POOL *Pool)
{
    return Pool->BackFillBytes;
}

ULONG NblPoolSlotBytes(const NBL_POOL *Pool)
{
    return Pool->SlotBytes;
}

static BOOLEAN NblPoolParametersAreValid(const NBL_POOL_PARAMETERS *Parameters)
{
    // The last two are USHORT in NDIS and the data offset of a frame stays far below 32 bits.
    return Parameters->Count >= 1 && Parameters->Count <= NBL_POOL_COUNT_MAX &&
           Parameters->FrameBytes >= 14 && Parameters->FrameBytes <= MAXUSHORT * 16u &&
           Parameters->PartialBytes <= MAXUSHORT * 16u &&
           Parameters->DataBackFillBytes <= MAXUSHORT &&
           Parameters->ContextBackFillBytes <= MAXUSHORT &&
           Parameters->ContextBackFillBytes % MEMORY_ALLOCATION_ALIGNMENT == 0;
}

static NTSTATUS NblPoolBuildLists(NBL_POOL *Pool)
{
    ULONG PerProcessor;

    Pool->ProcessorCount = KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS);
    Pool->Processors = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED,
                                       (SIZE_T)Pool->ProcessorCount * sizeof(PROCESSOR_ARRAY),
                                       Pool->Tag);
    Pool->Slots = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED,
                                  (SIZE_T)Pool->Count * sizeof(NBL_SLOT), Pool->Tag);
    Pool->Reserve = ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)Pool->Count * sizeof(NBL_SLOT *),
                                    Pool->Tag);
    if (Pool->Processors == NULL || Pool->Slots == NULL || Pool->Reserve == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    // The arrays together hold at most half of the slots.
    PerProcessor = Pool->Count / Pool->ProcessorCount / 2;
    Pool->ArrayMaximum = PerProcessor >= 4 ? min(PerProcessor, NBL_POOL_ARRAY_SLOTS) : 0;
    Pool->ArrayLimit = Pool->ArrayMaximum;
    return STATUS_SUCCESS;
}

// Memory of the frames: many to an allocation, none across two.
static NTSTATUS NblPoolBuildFrames(NBL_POOL *Pool)
{
    ULONG PerChunk = max(1, NBL_POOL_CHUNK_BYTES / Pool->FrameBytes);

    Pool->ChunkCount = (Pool->Count + PerChunk - 1) / PerChunk;
    Pool->Chunks = ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)Pool->ChunkCount * sizeof(UCHAR *),
                                   Pool->Tag);
    if (Pool->Chunks == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG Index = 0; Index < Pool->Count; Index++) {
        UCHAR **Chunk = &Pool->Chunks[Index / PerChunk];

        if (*Chunk == NULL) {
            *Chunk = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED,
                                     (SIZE_T)min(PerChunk, Pool->Count - Index) * Pool->FrameBytes,
                                     Pool->Tag);
            if (*Chunk == NULL) {
                return STATUS_INSUFFICIENT_RESOURCES;
            }
        }
        Pool->Slots[Index].Frame = *Chunk + (SIZE_T)(Index % PerChunk) * Pool->FrameBytes;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS NblPoolBuildSlot(NBL_POOL *Pool, NBL_SLOT *Slot,
                                 const NBL_POOL_PARAMETERS *Parameters)
{
    Slot->Pool = Pool;
    Slot->State = NblSlotFree;

    Slot->FrameMdl = IoAllocateMdl(Slot->Frame, Pool->FrameBytes, FALSE, FALSE, NULL);
    if (Slot->FrameMdl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MmBuildMdlForNonPagedPool(Slot->FrameMdl);

    if (Parameters->PartialBytes != 0) {
        // From the last byte of a page on: room for as many pages as such a range can touch.
        Slot->SpareMdl = IoAllocateMdl((PVOID)(ULONG_PTR)(PAGE_SIZE - 1), Parameters->PartialBytes,
                                       FALSE, FALSE, NULL);
        if (Slot->SpareMdl == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }

    Slot->Nbl = NdisAllocateNetBufferAndNetBufferList(
        Pool->NblPool, 0, (USHORT)Parameters->ContextBackFillBytes, Slot->FrameMdl, 0, 0);
    if (Slot->Nbl == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Slot->Nb = NET_BUFFER_LIST_FIRST_NB(Slot->Nbl);
    return STATUS_SUCCESS;
}

static NTSTATUS NblPoolBuild(NBL_POOL *Pool, const NBL_POOL_PARAMETERS *Parameters)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Ndis = {0};
    NTSTATUS Status;

    Ndis.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Ndis.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Ndis.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Ndis.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Ndis.fAllocateNetBuffer = TRUE;
    Ndis.PoolTag = Pool->Tag;
    Pool->NblPool = NdisAllocateNetBufferListPool(Parameters->NdisHandle, &Ndis);
    if (Pool->NblPool == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }

    Status = NblPoolBuildLists(Pool);
    if (NT_SUCCESS(Status)) {
        Status = NblPoolBuildFrames(Pool);
    }
    for (ULONG Index = 0; NT_SUCCESS(Status) && Index < Pool->Count; Index++) {
        Status = NblPoolBuildSlot(Pool, &Pool->Slots[Index], Parameters);
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }

    for (ULONG Index = 0; Index < Pool->Count; Index++) {
        Pool->Reserve[Index] = &Pool->Slots[Index];
    }
    Pool->ReserveCount = Pool->Count;
    Pool->Listed = Pool->Count;
    return STATUS_SUCCESS;
}

NTSTATUS NblPoolCreate(const NBL_POOL_PARAMETERS *Parameters, NBL_POOL **NewPool)
{
    NBL_POOL *Pool;
    NTSTATUS Status;

    *NewPool = NULL;
    if (!NblPoolParametersAreValid(Parameters)) {
        return STATUS_INVALID_PARAMETER;
    }
    Pool = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, sizeof(*Pool),
                           Parameters->Tag);
    if (Pool == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeInitializeSpinLock(&Pool->Lock);
    KeInitializeEvent(&Pool->AllHome, NotificationEvent, FALSE);
    Pool->Tag = Parameters->Tag;
    Pool->Count = Parameters->Count;
    Pool->BackFillBytes = Parameters->DataBackFillBytes;
    Pool->FrameBytes = (ULONG)ALIGN_UP_BY(Parameters->DataBackFillBytes + Parameters->FrameBytes,
                                          SYSTEM_CACHE_ALIGNMENT_SIZE);
    Pool->SlotBytes = (ULONG)(sizeof(NBL_SLOT) + sizeof(NBL_SLOT *) + sizeof(NET_BUFFER_LIST) +
                              sizeof(NET_BUFFER) + Parameters->ContextBackFillBytes +
                              Pool->FrameBytes + MmSizeOfMdl(NULL, Pool->FrameBytes));
    if (Parameters->PartialBytes != 0) {
        Pool->SlotBytes += (ULONG)MmSizeOfMdl((PVOID)(ULONG_PTR)(PAGE_SIZE - 1),
                                              Parameters->PartialBytes);
    }

    Status = NblPoolBuild(Pool, Parameters);
    if (!NT_SUCCESS(Status)) {
        NblPoolDestroy(Pool);
        return Status;
    }
    *NewPool = Pool;
    return STATUS_SUCCESS;
}

_IRQL_requires_(PASSIVE_LEVEL) static VOID NblPoolWaitUntilHome(NBL_POOL *Pool)
{
    KIRQL OldIrql;

    KeAcquireSpinLock(&Pool->Lock, &OldIrql);
    Pool->Closing = TRUE;
    WriteULongNoFence(&Pool->ArrayLimit, 0);
    KeReleaseSpinLock(&Pool->Lock, OldIrql);

    // Every processor, also those whose array looks empty: after the visit its next Give sees the
    // limit of 0 and goes to the reserve. The visit or the Give that completes the reserve sets the
    // event.
    for (ULONG Index = 0; Index < Pool->ProcessorCount; Index++) {
        (VOID) NblPoolGatherFrom(Pool, Index);
    }
    KeWaitForSingleObject(&Pool->AllHome, Executive, KernelMode, FALSE, NULL);

    // Whoever set the event may still be about to release the lock.
    KeAcquireSpinLock(&Pool->Lock, &OldIrql);
    KeReleaseSpinLock(&Pool->Lock, OldIrql);
}

static VOID NblPoolFreeSlot(NBL_SLOT *Slot)
{
    if (Slot->Nbl != NULL) {
        NdisFreeNetBufferList(Slot->Nbl);
    }
    if (Slot->SpareMdl != NULL) {
        IoFreeMdl(Slot->SpareMdl);
    }
    if (Slot->FrameMdl != NULL) {
        IoFreeMdl(Slot->FrameMdl);
    }
}

static VOID NblPoolFreeMemory(PVOID Memory, ULONG Tag)
{
    if (Memory != NULL) {
        ExFreePoolWithTag(Memory, Tag);
    }
}

VOID NblPoolDestroy(NBL_POOL *Pool)
{
    if (Pool == NULL) {
        return;
    }
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        // It can neither wait here nor visit other processors, and NDIS may still use the memory.
        KeBugCheckEx(IRQL_UNEXPECTED_VALUE,
                     ((ULONG_PTR)KeGetCurrentIrql() << 16) | (PASSIVE_LEVEL << 8), (ULONG_PTR)Pool,
                     0, 0);
    }
    if (Pool->Listed != 0) {
        NblPoolWaitUntilHome(Pool);
    }
    for (ULONG Index = 0; Pool->Slots != NULL && Index < Pool->Count; Index++) {
        NblPoolFreeSlot(&Pool->Slots[Index]);
    }
    for (ULONG Index = 0; Pool->Chunks != NULL && Index < Pool->ChunkCount; Index++) {
        NblPoolFreeMemory(Pool->Chunks[Index], Pool->Tag);
    }
    NblPoolFreeMemory(Pool->Chunks, Pool->Tag);
    NblPoolFreeMemory(Pool->Reserve, Pool->Tag);
    NblPoolFreeMemory(Pool->Slots, Pool->Tag);
    NblPoolFreeMemory(Pool->Processors, Pool->Tag);
    if (Pool->NblPool != NULL) {
        NdisFreeNetBufferListPool(Pool->NblPool);
    }
    ExFreePoolWithTag(Pool, Pool->Tag);
}
