// SPDX-License-Identifier: MIT

// PV: what the contract asks of a protocol driver. Section 9.4 of the contract.

#include "rules_tables.h"

const SIM_RULE SimRulesContract[] = {
    {"PV-01", "an NBL is sent that is still being sent",
     "From NdisSendNetBufferLists until ProtocolSendNetBufferListsComplete the drivers below own "
     "the NBL; this one has not been completed yet.",
     "The NBL is on two lists at once and its buffers are mapped twice: 0xE6/0x1D, 0x05 or 0x06, "
     "lost completions.",
     "Send an NBL again only after it was in the list of ProtocolSendNetBufferListsComplete.",
     "NBL-03, NBL-06, NBL-90"},
    {"PV-02", "memory of a frame was touched while it was being sent",
     "The call of NdisSendNetBufferLists gives away the NBL, its NET_BUFFERs, its MDLs and the "
     "bytes "
     "of the frame; even a read can see anything.",
     "Frames with mixed contents, wrong lengths, lists that lose an NBL; seldom, and only under "
     "load.",
     "Copy what you need (count, length, context) before NdisSendNetBufferLists, and touch the NBL "
     "and its buffers again only in ProtocolSendNetBufferListsComplete.",
     "NBL-04, NBL-05, NBL-06"},
    {"PV-03", "this is no NBL of a live pool of this driver",
     "NBLs and NET_BUFFERs must come from NDIS pools and must not have been freed: a stack "
     "variable, "
     "a private copy or a freed NBL has no place in NDIS's books.",
     "Pool damage or a bug check in NDIS or the miniport: 0x19, 0xC2, 0xD1 or 0x139.",
     "Allocate with NdisAllocateNetBufferAndNetBufferList (or NdisAllocateNetBufferList), keep the "
     "pointer, and forget it at NdisFreeNetBufferList.",
     "NBL-01, NBL-02"},
    {"PV-04", "SourceHandle is not the binding handle of the send",
     "NDIS returns each NBL to the binding that its SourceHandle names.",
     "The NBL is completed to the wrong binding, or to one that no longer exists: 0xD1 or 0x50.",
     "Set NET_BUFFER_LIST.SourceHandle of every NBL to the NdisBindingHandle that you pass to "
     "NdisSendNetBufferLists.",
     "SND-06, NBL-40"},
    {"PV-05", "the NET_BUFFER does not fit its MDL chain",
     "MdlChain, CurrentMdl, CurrentMdlOffset, DataOffset and DataLength describe the same bytes "
     "twice; lower drivers use either, so they must agree and lie inside the chain.",
     "Wrong bytes on the wire, or the miniport walks off the chain: 0xD1 or 0x7E; with DMA "
     "verification 0xE6/0x1B, 0x1F or 0x24.",
     "Set NET_BUFFER_FIRST_MDL, NET_BUFFER_DATA_OFFSET and NET_BUFFER_DATA_LENGTH, then call "
     "NdisAdjustNetBufferCurrentMdl.",
     "NBL-65, NBL-66, NBL-67"},
    {"PV-06", "an MDL of the frame is not usable",
     "Every MDL of a chain must be alive, describe locked or nonpaged memory, be in the chain "
     "once, "
     "and stay so until the send completes.",
     "0xD1, 0x50 or 0x4E; frames with other memory's bytes; with DMA verification 0xE6/0x0E.",
     "Build each MDL with MmBuildMdlForNonPagedPool, or lock it with MmProbeAndLockPages, before "
     "the send, put it into the chain once, and release it only in "
     "ProtocolSendNetBufferListsComplete.",
     "NBL-69, MDL-17, MDL-21"},
    {"PV-07", "the list of NBLs is not a proper list",
     "A send takes a list that ends with NULL and has every NBL once, none of them in another "
     "pending send.",
     "An endless loop in NDIS or the miniport, NBLs sent twice, lost completions.",
     "Set NET_BUFFER_LIST_NEXT_NBL of every NBL of the list before NdisSendNetBufferLists, the "
     "last "
     "one's to NULL.",
     "NBL-30, NBL-14"},
    {"PV-08", "the NBL's list of NET_BUFFERs is not a proper list",
     "An NBL has at least one NET_BUFFER, the list ends with NULL, and it comes back as it was "
     "sent.",
     "The miniport follows NULL or a foreign NET_BUFFER: 0xD1; or no frame is sent at all.",
     "Give each NBL at least one NET_BUFFER (NdisAllocateNetBufferAndNetBufferList) and set "
     "NET_BUFFER_NEXT_NB of the last one to NULL.",
     "NBL-11, NBL-13, SND-12"},
    {"PV-09", "an OOB slot was not written since the last completion",
     "What lower drivers left in the slot is taken as an order for this frame.",
     "LSO: the frame is dropped; 802.1Q: a tag appears; checksum: bytes of the frame change; "
     "cancel "
     "id: NDIS_STATUS_SEND_ABORTED.",
     "Write NET_BUFFER_LIST_INFO of the checksum, TcpLargeSend, Ieee8021Q and cancel-id slots "
     "before "
     "every send: NULL, or what this frame needs.",
     "NBL-83, NBL-84, NBL-85, NBL-86, NBL-88"},
    {"PV-10", "a field that belongs to NDIS was changed",
     "NdisPoolHandle, NdisReserved, Context, ParentNetBufferList, ChildRefCount, NDIS's and the "
     "miniport's bits of Flags and the unknown OOB slots are not the protocol's to write.",
     "Pool damage and lost state, noticed at NdisFreeNetBufferList or in somebody else's code: "
     "0x19, "
     "0xC2 or 0x139.",
     "Do not copy, clear or assign whole structures: change the fields of NBL-92 one by one "
     "through "
     "their macros.",
     "NBL-36, NBL-43, NBL-82, NBL-94"},
    {"PV-11", "data or context space was taken and not given back",
     "Each NdisAllocateNetBufferListContext and each NdisRetreatNetBufferDataStart needs its "
     "counterpart with the same byte count before the NBL is used again or freed.",
     "Nonpaged pool grows with every send; at the free the context chain is wrong.",
     "Call NdisFreeNetBufferListContext and NdisAdvanceNetBufferDataStart with the sizes of the "
     "allocation, in ProtocolSendNetBufferListsComplete.",
     "POOL-20, POOL-25, POOL-26"},
    {"PV-12", "the call is not allowed in this state of the binding",
     "Sends need a Running binding, OIDs an open one, and no call may use a binding handle after "
     "NdisCloseAdapterEx or NdisUnbindAdapter.",
     "Frames come back with NDIS_STATUS_PAUSED or stall the pause (0x7C/0x25, 0x15E/0x25); a "
     "closed "
     "handle is freed memory: 0xD1 or 0x50.",
     "Check your own gate (open from NetEventRestart until NetEventPause) under the same lock or "
     "rundown reference before NdisSendNetBufferLists, NdisOidRequest and every other use of the "
     "handle, and close it before NdisCloseAdapterEx.",
     "SND-02, OID-08, BND-38, BND-41, BND-42"},
    {"PV-13", "something is still outstanding",
     "A pause or close says that the driver has nothing in flight; unloading and freeing a pool "
     "say "
     "that nothing of it is left.",
     "0x7C/0x27 with the NBL tracker, a pause that hangs (0x7C/0x25), or a completion into freed "
     "memory or an unloaded driver: 0xCE.",
     "Count sends and held receive NBLs; return NDIS_STATUS_PENDING from NetEventPause and call "
     "NdisCompleteNetPnPEvent when both counts are 0, and free every NBL before "
     "NdisFreeNetBufferListPool.",
     "BND-37, BND-50, BND-51, POOL-14, BND-08"},
    {"PV-14", "received NBLs were not given back as they came",
     "With NDIS_RECEIVE_FLAGS_RESOURCES the list belongs to the miniport again when the callback "
     "returns; without it each NBL goes back once, to its own binding; none is ever written to.",
     "The miniport indicates an NBL that is in use elsewhere: 0xD1 or 0x139; or it waits for ever "
     "for the one that is missing: 0x7C/0x25.",
     "If NDIS_TEST_RECEIVE_CANNOT_PEND is true copy the frames and return, leaving the list as it "
     "is; else pass each NBL to NdisReturnNetBufferLists once, with the handle of the binding that "
     "got it.",
     "BND-87, BND-88, BND-89"},
    {"PV-15", "the driver depends on how a lower driver completes",
     "A miniport may complete inside the send call, later, on any processor, in any order, merged "
     "or "
     "one by one, with any status, and may leave junk in its own fields.",
     "Works with one adapter and fails with the next.",
     "Handle completion of each NBL on its own: save Next first, look at the status, and rely on "
     "no "
     "order, thread, IRQL or untouched field.",
     "SND-20, SND-21, SND-25, SND-28, NBL-14"},
    {"PV-16", "a call was made at the wrong IRQL, or with a flag that lies about it",
     "NDIS_SEND_FLAGS_DISPATCH_LEVEL tells lower drivers that they need not raise the IRQL; "
     "functions for PASSIVE_LEVEL may wait or touch pageable memory.",
     "Lower drivers take locks without raising the IRQL: deadlock or 0xA; a wait above APC_LEVEL: "
     "0xC4/0x121 or 0x7C/0x14.",
     "Set the DISPATCH_LEVEL flag only where the IRQL is known to be DISPATCH_LEVEL (under a spin "
     "lock, or when a callback's own flag says so), and pass 0 otherwise.",
     "SND-04, IRQL-01, IRQL-07, IRQL-17"},
    {"PV-17", "the frame is not a possible Ethernet frame",
     "A frame has its whole MAC header in the first MDL, is not longer than "
     "OID_GEN_MAXIMUM_TOTAL_SIZE, and all frames of one NBL go to the same address with one "
     "EtherType.",
     "NDIS_STATUS_INVALID_LENGTH, frames cut or lost, a wrong header on the wire.",
     "Check 14 <= length <= the limit before the send, keep the first 14 (with a VLAN tag 18) "
     "bytes "
     "in one MDL, and use one NBL for each frame.",
     "SND-11, SND-12, SND-31, NBL-70"},
    {"PV-18", "an OID request is not fit to be pended",
     "NDIS may finish the request after NdisOidRequest has returned: structure and buffer must be "
     "initialised, nonpaged, and left alone until then.",
     "0x7C/0x21 for the header; a stack or a freed block that is overwritten later: 0x139, 0xC2 or "
     "0xD1.",
     "Allocate NDIS_OID_REQUEST and its InformationBuffer from nonpaged pool, zero them, set "
     "Header.Type, Revision and Size, and free them after a final status or in "
     "ProtocolOidRequestComplete.",
     "OID-01, OID-02, OID-04, OID-05"},
    {"PV-19", "bind or unbind does not follow its protocol",
     "An adapter is opened in ProtocolBindAdapterEx only, what may pend must not lie on the stack, "
     "and each pended operation is completed once.",
     "0x7C/0x16 or 0x1E; a bind or unbind that hangs (0x7C/0x25); a callback with a context that "
     "was "
     "freed: 0xD1.",
     "Keep NDIS_OPEN_PARAMETERS, the binding handle and the medium index in the binding's context, "
     "complete each PENDING once (NdisCompleteBindAdapterEx, NdisCompleteUnbindAdapterEx, "
     "NdisCompleteNetPnPEvent), and free the context after "
     "ProtocolCloseAdapterCompleteEx.",
     "BND-21, BND-24, BND-26, BND-39, BND-40"},
    {"PV-20", "a PnP event was answered wrongly",
     "Only QueryRemoveDevice and PortActivation may fail; NDIS_STATUS_NOT_SUPPORTED is no answer "
     "in "
     "NDIS 6, and power events must not wait for I/O.",
     "The pause, the power change or the removal of the whole stack fails or hangs: 0x7C/0x22, "
     "0x7C/0x25, 0x9F.",
     "Return NDIS_STATUS_SUCCESS from ProtocolNetPnPEvent for every event that you do not know, "
     "and "
     "drain in NetEventPause, not in NetEventSetPower or NetEventQueryPower.",
     "BND-60, BND-61, BND-63, BND-64"},
    {"PV-21", "an MDL was used out of order",
     "An MDL is allocated, built or locked, mapped, unlocked and freed, each once and in this "
     "order; "
     "its kind decides which calls it may see.",
     "0xC4/0x7C, 0x7D, 0xB0 or 0xB4, 0x4E, 0xCB or 0x76 at the end of the process, 0xD8 when "
     "mappings leak.",
     "Pair MmProbeAndLockPages with one MmUnlockPages, then IoFreeMdl; neither lock nor unlock a "
     "partial or nonpaged MDL; call MmPrepareMdlForReuse before a partial MDL is built again.",
     "MDL-05, MDL-06, MDL-08, MDL-12, MDL-13, MDL-15, MDL-17"},
    {"PV-22", "an IRP was completed or pended wrongly",
     "An IRP is completed once, when nothing uses its MDL any more and its cancel routine has been "
     "taken off; IoMarkIrpPending and STATUS_PENDING go together.",
     "0x44, 0xC9/0x07, 0x23D or 0x23E; the I/O manager unlocks pages under the NIC: 0xE6/0x0E, "
     "0x4E.",
     "Call IoMarkIrpPending before you queue the IRP, take it off the queue (IoCsqRemoveIrp or "
     "IoSetCancelRoutine(Irp, NULL)) before you complete it, and complete it from "
     "ProtocolSendNetBufferListsComplete when its MDL is in a send.",
     "MDL-33, MDL-40, MDL-41, MDL-43, MDL-44"},
    {"PV-23", "a spin lock is held across a call that may call back",
     "The miniport may complete inside NdisSendNetBufferLists, a loopback may be received inside "
     "it, "
     "and an OID may complete inside NdisOidRequest: a callback that takes the lock waits for "
     "itself.",
     "Deadlock at DISPATCH_LEVEL: 0x133, or a frozen machine; with deadlock detection 0xC4/0x1000.",
     "Take what you need off your lists under the lock, release it (KeReleaseSpinLock or "
     "NdisReleaseSpinLock), and only then call NDIS.",
     "SND-09, SND-20, SND-53, OID-04"},
    {"PV-24", "pool or allocation parameters are not valid",
     "Context sizes are multiples of MEMORY_ALLOCATION_ALIGNMENT, the header names its type, "
     "revision and size, and each allocation function needs the kind of pool that it is for.",
     "The allocation fails or the pool is built for another layout: 0x7C/0x21, 0x19.",
     "Zero NET_BUFFER_LIST_POOL_PARAMETERS, set its Header, fAllocateNetBuffer TRUE and DataSize 0 "
     "for NdisAllocateNetBufferAndNetBufferList, and round ContextSize and ContextBackFill up to "
     "MEMORY_ALLOCATION_ALIGNMENT.",
     "POOL-01, POOL-04, POOL-05, POOL-06, POOL-11"},
    {"PV-25", "a cancel id or a cancel call is not valid",
     "The high byte of a cancel id belongs to the driver that NDIS gave it to, the id counts for "
     "one "
     "send, and the binding must stay open until the cancel call returns.",
     "Frames of another driver are cancelled, or a frame of a later send; with a close at the same "
     "time 0xD1 or 0x50.",
     "Put NdisGeneratePartialCancelId in the id's high byte, set "
     "NDIS_SET_NET_BUFFER_LIST_CANCEL_ID "
     "to NULL in ProtocolSendNetBufferListsComplete, and hold a reference on the binding across "
     "NdisCancelSendNetBufferLists.",
     "SND-60, SND-62, SND-66, NBL-86"},
};
const unsigned SimRulesContractCount = sizeof(SimRulesContract) / sizeof(SimRulesContract[0]);
