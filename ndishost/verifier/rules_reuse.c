// SPDX-License-Identifier: MIT

// REU: why an attempt to send an NBL again fails. Section 2 of the contract.

#include "rules_tables.h"

const SIM_RULE SimRulesReuse[] = {
    {"REU-01", "CurrentMdl names an MDL that is not in MdlChain",
     "MdlChain was given another MDL; CurrentMdl still names that of an earlier send.",
     "The miniport reads freed memory: wrong data on the wire, 0xD1, 0x50 or 0xA; with special "
     "pool 0xD5 or 0xCC; with DMA verification 0xE6/0x0E.",
     "Set NET_BUFFER_CURRENT_MDL and NET_BUFFER_CURRENT_MDL_OFFSET too, or call "
     "NdisAdjustNetBufferCurrentMdl.",
     "NBL-65, NBL-66, NBL-67"},
    {"REU-02", "CurrentMdlOffset or DataOffset does not belong to the MDL chain",
     "The MDL was exchanged; the offsets are still those of an earlier send, so the frame starts "
     "at "
     "the wrong byte or ends behind the chain.",
     "A frame that starts at the wrong byte; or the miniport walks off the MDL chain: 0xD1 or "
     "0x7E; "
     "with DMA verification 0xE6/0x1B, 0x1F or 0x24.",
     "Set NET_BUFFER_DATA_OFFSET, NET_BUFFER_DATA_LENGTH and NET_BUFFER_CURRENT_MDL_OFFSET "
     "together "
     "with the MDL: for a frame that begins at the first byte both offsets are 0.",
     "NBL-65, NBL-67"},
    {"REU-03", "a saved image was copied over the NBL",
     "NDIS keeps state of its own in the structure, and it is longer than the driver's headers "
     "say: "
     "the copy brings back old links, contexts and private flags, and only some of them.",
     "A context leaked or used twice, pool damage: 0x139, 0x19 or 0xC2 in code that has nothing to "
     "do with the driver, often in the kernel's tree functions.",
     "Do not save or restore the structure: after completion set the fields of NBL-92 one by one "
     "through their macros and leave all others as they are.",
     "NBL-82, NBL-92, NBL-94"},
    {"REU-04", "the NBL or its NET_BUFFER was cleared as a whole",
     "NdisPoolHandle, the context and NDIS's reserved fields were zeroed with the rest; they are "
     "needed until the NBL is freed.",
     "The later NdisFreeNetBufferList damages a pool: 0x19, 0xC2 or 0x139.",
     "Do not call NdisZeroMemory or memset on an NBL or NET_BUFFER: set the fields of NBL-92 one "
     "by "
     "one.",
     "NBL-35, NBL-36, NBL-94"},
    {"REU-05", "Next is left from a completion list",
     "Lower drivers may leave any link in Next (NBL-14), so the send carries NBLs that are free, "
     "in "
     "flight or queued elsewhere.",
     "NBLs sent twice, lists that run into each other, an endless loop, completions that never "
     "come.",
     "Set NET_BUFFER_LIST_NEXT_NBL of every NBL before NdisSendNetBufferLists: to the next NBL of "
     "this send, and to NULL in the last.",
     "NBL-14, NBL-30"},
    {"REU-06", "NET_BUFFER Next names an NB that is not this NBL's",
     "The NB behind it was freed or moved to another NBL; the miniport sends it as a further "
     "frame.",
     "A second, wrong frame on the wire, or 0xD1 in the miniport.",
     "Set NET_BUFFER_NEXT_NB of the last NET_BUFFER to NULL whenever you take one off the list, "
     "and "
     "relink only NBs that your driver created.",
     "NBL-11, NBL-50"},
    {"REU-07", "an OOB slot holds what the last send left there",
     "Out-of-band data belongs to one send; lower drivers write results into it, and what remains "
     "is an order for the next frame.",
     "LSO slot: the frame is dropped; 802.1Q slot: a tag appears in the frame; checksum slot: "
     "bytes "
     "of the frame are rewritten; cancel id: the frame ends with NDIS_STATUS_SEND_ABORTED.",
     "Before each send set NET_BUFFER_LIST_INFO of TcpIpChecksumNetBufferListInfo, "
     "TcpLargeSendNetBufferListInfo, Ieee8021QNetBufferListInfo, NetBufferListCancelId and the "
     "hash "
     "slots to NULL, or to what this frame needs.",
     "NBL-83, NBL-84, NBL-85, NBL-86, NBL-88"},
    {"REU-08", "the whole NetBufferListInfo array was cleared",
     "The array also has slots of NDIS and WFP, and slot 7 is the protocol id that came from the "
     "pool.",
     "Filters no longer recognise the sender; state of NDIS, WFP or the virtual switch is lost.",
     "Clear only the slots that you set or that a send can write (NBL-88); restore the protocol id "
     "with NdisSetNetBufferListProtocolId.",
     "NBL-81, NBL-87, NBL-88"},
    {"REU-09", "Flags was assigned as a whole",
     "NET_BUFFER_LIST.Flags is shared by protocol, miniport and NDIS, each by its own bits; the "
     "assignment changed those of NDIS.",
     "Undefined: NDIS treats the NBL as something that it is not.",
     "Change your own bits with NBL_SET_PROTOCOL_RSVD_FLAG and NBL_CLEAR_PROTOCOL_RSVD_FLAG, and "
     "never assign a value to Flags.",
     "NBL-43"},
    {"REU-10", "an NBL was sent again before its completion",
     "Between NdisSendNetBufferLists and ProtocolSendNetBufferListsComplete the NBL belongs to the "
     "drivers below.",
     "The NBL is on two lists at once and its buffers are mapped twice: 0xE6/0x1D, 0x05 or 0x06, "
     "or "
     "a bug check in the HAL at the second unmap.",
     "Put the NBL on your free list in ProtocolSendNetBufferListsComplete and nowhere else, and "
     "take "
     "NBLs to send from that list only.",
     "NBL-03, NBL-07, NBL-90"},
    {"REU-11", "memory of a frame was released while it was being sent",
     "The MDL, its pages or the IRP that owns them went away between send and completion; the NIC "
     "may still read them.",
     "Corrupted frames; 0x4E, 0x50 or 0xD1; with DMA verification 0xE6/0x0E.",
     "Call MmUnlockPages, IoFreeMdl, ExFreePool and IoCompleteRequest for a frame's memory in "
     "ProtocolSendNetBufferListsComplete, not earlier.",
     "NBL-04, NBL-69, MDL-33"},
    {"REU-12", "a partial MDL was built again without MmPrepareMdlForReuse",
     "A lower driver has mapped the partial MDL; building it again forgets that mapping.",
     "Each reuse loses system PTEs: 0xD8 in the end.",
     "Call MmPrepareMdlForReuse in the send completion, before the next IoBuildPartialMdl, or map "
     "the source MDL once with MmGetSystemAddressForMdlSafe so that partial MDLs share its "
     "mapping.",
     "MDL-15, MDL-16, MDL-18"},
    {"REU-13", "an MDL was freed and left in NET_BUFFER.MdlChain",
     "The NET_BUFFER still points at the MDL; freeing the NBL, or a retreat or advance, uses it "
     "again.",
     "Double free or use after free: 0x19, 0xC2 or 0xC4.",
     "Set NET_BUFFER_FIRST_MDL and NET_BUFFER_CURRENT_MDL to NULL, DataOffset and DataLength to 0, "
     "before IoFreeMdl or NdisFreeMdl.",
     "NBL-51, POOL-14"},
    {"REU-14", "context space was added for each send and not freed",
     "Each NdisAllocateNetBufferListContext needs an NdisFreeNetBufferListContext of the same "
     "size; "
     "a reused NBL is not freed, so nothing else gives it back.",
     "The context chain and nonpaged pool grow with every send.",
     "Call NdisFreeNetBufferListContext with the same size in ProtocolSendNetBufferListsComplete, "
     "or "
     "ask for ContextSize when the pool is created.",
     "POOL-20, NBL-33"},
    {"REU-15", "a value was expected to survive a send in a field of the lower drivers",
     "Scratch and MiniportReserved belong to whoever owns the NBL at the moment, and the context "
     "may "
     "have moved.",
     "A stale pointer is followed: 0xD1 or 0x50, seldom and only with some adapters.",
     "Keep per-send state in your own context (read NET_BUFFER_LIST_CONTEXT_DATA_START again after "
     "completion) or in ProtocolReserved, not in Scratch or MiniportReserved.",
     "NBL-33, NBL-37, NBL-38, NBL-39"},
    {"REU-16", "SourceHandle is not the binding of this send",
     "NDIS returns an NBL to the binding that SourceHandle names; it still names another one, or "
     "one "
     "that has been closed.",
     "The NBL is completed to the wrong binding, or to one that no longer exists: 0xD1 or 0x50.",
     "Set NET_BUFFER_LIST.SourceHandle to the NdisBindingHandle of this NdisSendNetBufferLists "
     "call, "
     "before every send.",
     "NBL-40, SND-06"},
    {"REU-17", "NdisRetreatNetBufferDataStart without NdisAdvanceNetBufferDataStart",
     "Every send takes data space in front of the frame and never gives it back; when the space "
     "has "
     "run out, every retreat allocates an MDL.",
     "Nonpaged pool grows; the MDL chain gets longer with each send.",
     "Call NdisAdvanceNetBufferDataStart with the same byte count in "
     "ProtocolSendNetBufferListsComplete.",
     "POOL-25, POOL-26, NBL-91"},
    {"REU-18", "an NBL was used by two owners at once",
     "A pointer to a completed NBL was kept after the free list had given it to another thread.",
     "Fields of two frames mixed; everything that follows from a double send.",
     "Forget every pointer to an NBL when you give it to the free list, and let one owner at a "
     "time "
     "take it from there under a lock or on its own list.",
     "NBL-03, NBL-90"},
    {"REU-19", "an NBL or its pool was freed while it was being sent",
     "The drivers below own the NBL until ProtocolSendNetBufferListsComplete; a cancel request "
     "does "
     "not change that.",
     "0x7C/0x27 with the NBL tracker; otherwise use after free in the miniport, or a completion "
     "into "
     "an unloaded driver: 0xCE.",
     "Count NBLs in flight and wait until none is left before NdisFreeNetBufferList, "
     "NdisFreeNetBufferListPool and NdisCloseAdapterEx.",
     "NBL-03, POOL-14, SND-64"},
    {"REU-20", "an SLIST entry lies inside an NBL",
     "NET_BUFFER_LIST.Link is NDIS's own and shares memory with Next and FirstNetBuffer; context "
     "space is aligned for a pointer, an SLIST_ENTRY needs 16 bytes.",
     "The first NET_BUFFER is lost, or a misaligned SLIST damages its neighbours: 0x139 or an "
     "endless list.",
     "Keep free NBLs in an array of pointers in your own memory, or link them through Next under a "
     "spin lock.",
     "NBL-32, POOL-22"},
    {"REU-21", "DataLength covers bytes that were not written for this frame",
     "The buffer still holds a longer frame of earlier; its tail goes out again as padding.",
     "Old data, possibly somebody else's, leaves the machine.",
     "Set NET_BUFFER_DATA_LENGTH to the bytes that you wrote for this frame, and zero the padding "
     "if "
     "you pad it yourself.",
     "SND-30, SND-32, NBL-53"},
};
const unsigned SimRulesReuseCount = sizeof(SimRulesReuse) / sizeof(SimRulesReuse[0]);
