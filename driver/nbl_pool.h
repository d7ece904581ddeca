// SPDX-License-Identifier: MIT
#pragma once

// NET_BUFFER_LISTs that are allocated once and sent many times. These two files need <ndis.h> and
// nothing else: any protocol driver can take them over. docs/reuse.md tells why each step is
// needed.
//
//   bind      NblPoolCreate
//   send      Slot = NblPoolTake; write the frame into Slot->Frame; NblPoolPrepare;
//             NdisSendNetBufferLists(Binding, Slot->Nbl, ...)
//   complete  for each NBL: save Next, read Status, Slot = NblPoolFromNbl; NblPoolGive
//   unbind    NblPoolDestroy
//
// Take and Give use an array of the processor that they run on, without an interlocked instruction:
// that is why they want DISPATCH_LEVEL and the number of that processor. Raise and ask for it once
// around a batch. When the array is empty or full, they move a batch from or to a reserve that all
// processors share under a spin lock. Take + Prepare + Give of a frame in one MDL are 59
// instructions (x86-64, gcc 12 -O3, counted with callgrind), the lock and the processor's number
// not included.
//
// One pool belongs to one binding: back-fill differs between bindings (contract NBL-95).

#include <ndis.h>

#define NBL_POOL_COUNT_MAX 65536u

typedef struct NBL_POOL NBL_POOL;

typedef struct NBL_POOL_PARAMETERS {
    NDIS_HANDLE NdisHandle;     // from NdisRegisterProtocolDriver (contract POOL-10)
    ULONG Count;                // slots: 1 to NBL_POOL_COUNT_MAX
    ULONG FrameBytes;           // longest frame, at least 14
    ULONG DataBackFillBytes;    // of the bind or restart parameters: room in front of the frame
    ULONG ContextBackFillBytes; // likewise; a multiple of MEMORY_ALLOCATION_ALIGNMENT (POOL-11)
    ULONG PartialBytes;         // size of the memory that SpareMdl can describe; 0: no SpareMdl
    ULONG Tag;                  // pool tag
} NBL_POOL_PARAMETERS;

typedef enum NBL_SLOT_STATE {
    NblSlotFree,
    NblSlotTaken,    // owned by the taker, contents undefined
    NblSlotPrepared, // may be sent; stays so until it is given back
} NBL_SLOT_STATE;

// Everything that one frame in flight needs. Between Take and Give it belongs to the taker; between
// NdisSendNetBufferLists and the completion, what the pointers name belongs to NDIS (contract
// NBL-05), and only the fields of this structure may be looked at.
typedef struct NBL_SLOT {
    NBL_POOL *Pool;
    NET_BUFFER_LIST *Nbl;
    NET_BUFFER *Nb;
    MDL *FrameMdl; // describes all of Frame
    MDL *SpareMdl; // for IoBuildPartialMdl over somebody's locked pages; NULL if not asked for
    UCHAR *Frame;  // NblPoolFrameBytes() bytes, nonpaged, on a cache line boundary
    PVOID Context; // the taker's
    ULONG Length;  // of the prepared frame, in bytes
    ULONG State;   // NBL_SLOT_STATE
} NBL_SLOT;

// What NblPoolAudit finds. NblPoolRuleText has the contract's ID and a sentence for each.
typedef enum NBL_RULE {
    NblRuleNone,
    NblRuleNotPrepared,
    NblRuleForeign,
    NblRuleList,
    NblRuleNetBuffer,
    NblRuleNextNetBuffer,
    NblRuleParent,
    NblRulePoolHandle,
    NblRuleSourceHandle,
    NblRuleFlags,
    NblRuleChildren,
    NblRuleStatus,
    NblRuleLargeSend,
    NblRuleChecksum,
    NblRuleVlan,
    NblRuleMdlChain,
    NblRuleDataOffset,
    NblRuleCurrentMdl,
    NblRuleCurrentOffset,
    NblRuleLength,
    NblRuleHeaderSplit,
    NblRuleCount
} NBL_RULE;

// STATUS_INVALID_PARAMETER: a parameter is outside its limits, nothing was allocated.
// STATUS_INSUFFICIENT_RESOURCES: no memory.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    NblPoolCreate(const NBL_POOL_PARAMETERS *Parameters, NBL_POOL **Pool);

// Waits until every slot was given back, then frees them all. NULL is allowed. No Take may be under
// way or follow. Above PASSIVE_LEVEL, where it could not wait, it stops the system with bug check
// 0xC8 (IRQL_UNEXPECTED_VALUE), whether slots are out or not.
_IRQL_requires_(PASSIVE_LEVEL) VOID NblPoolDestroy(NBL_POOL *Pool);

// NULL when this processor's array and the reserve are empty. Slots may then still lie in the
// arrays of other processors (never in pools of fewer than 8 slots for each processor, which have
// no such arrays): a caller that is allowed to block gets at them with NblPoolGather. `Processor`
// is NdisCurrentProcessorIndex() here and in Give.
_IRQL_requires_(DISPATCH_LEVEL) NBL_SLOT *NblPoolTake(NBL_POOL *Pool, ULONG Processor);

// Moves what is free on any processor to the reserve, by running on each that has something.
// Returns how many slots it moved.
_IRQL_requires_(PASSIVE_LEVEL) ULONG NblPoolGather(NBL_POOL *Pool);

// Makes the slot's NBL ready for NdisSendNetBufferLists on `BindingHandle`: one frame of
// `LengthBytes` bytes that begins `OffsetBytes` bytes into Slot->Frame. With `Tail`, the frame goes
// on in that MDL chain after the last byte of Slot->Frame; the chain must stay as it is until the
// completion. OffsetBytes should leave NblPoolBackFillBytes() bytes free in front. Writes every
// field that a lower driver may have left behind (contract NBL-92) and none that is not the
// sender's (NBL-94). Afterwards the caller may set Next, the cancel id and other out-of-band data.
_IRQL_requires_max_(DISPATCH_LEVEL) VOID
    NblPoolPrepare(NBL_SLOT *Slot, NDIS_HANDLE BindingHandle, ULONG OffsetBytes, ULONG LengthBytes,
                   _In_opt_ MDL *Tail);

// The slot of an NBL of this pool that has come back.
_IRQL_requires_max_(DISPATCH_LEVEL) NBL_SLOT *NTAPI NblPoolFromNbl(NET_BUFFER_LIST *Nbl);

// Detaches the tail, clears the cancel id and makes the slot free. Giving a free slot does nothing
// in a free build and stops a debug build. (Only a slot that is still free: once somebody else has
// taken it, nothing tells a second Give from the first.)
_IRQL_requires_(DISPATCH_LEVEL) VOID NTAPI NblPoolGive(NBL_SLOT *Slot, ULONG Processor);

// Slots that nobody has taken. Exact when it returns 0 and no Give follows: a Give that came before
// is always seen (the argument is at the lock in nbl_pool.c).
_IRQL_requires_max_(DISPATCH_LEVEL) ULONG NblPoolFreeCount(NBL_POOL *Pool);

// Looks through a list of prepared NBLs before it is sent on `BindingHandle` and returns the first
// rule that one of them breaks. For debug builds and tests: it walks all MDLs.
_IRQL_requires_max_(DISPATCH_LEVEL) NBL_RULE
    NblPoolAudit(NET_BUFFER_LIST *Nbls, NDIS_HANDLE BindingHandle);
const char *NblPoolRuleText(NBL_RULE Rule);

ULONG NblPoolFrameBytes(const NBL_POOL *Pool);    // of Slot->Frame
ULONG NblPoolBackFillBytes(const NBL_POOL *Pool); // of those, to be left free in front
ULONG NblPoolSlotBytes(const NBL_POOL *Pool);     // all memory that one slot takes
