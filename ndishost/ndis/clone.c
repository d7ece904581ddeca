// SPDX-License-Identifier: MIT
// NBLs derived from others without a copy: clones, fragments, reassembled ones. Their MDLs are
// partial MDLs over the original's, so they cover the used data only and live no longer than it.
// Parent pointer and child count are the caller's to keep, as documented.

#include "initialize.h"

// MDLs for `Length` bytes of the NB from `Offset`, appended at *Tail. FALSE: what was made so far
// is in the chain.
static BOOLEAN PartialChain(const NET_BUFFER *Nb, ULONG Offset, ULONG Length, MDL ***Tail)
{
    MDL *From = Nb->CurrentMdl;
    ULONG At = Nb->CurrentMdlOffset + Offset;
    while (Length != 0) {
        while (From != NULL && At >= From->ByteCount) {
            At -= From->ByteCount;
            From = From->Next;
        }
        if (From == NULL) {
            return FALSE;
        }
        ULONG Part = min(Length, From->ByteCount - At);
        UCHAR *Address = (UCHAR *)MmGetMdlVirtualAddress(From) + At;
        MDL *Mdl = IoAllocateMdl(Address, Part, FALSE, FALSE, NULL);
        if (Mdl == NULL) {
            return FALSE;
        }
        IoBuildPartialMdl(From, Mdl, Address, Part);
        Mdl->Next = NULL;
        **Tail = Mdl;
        *Tail = &Mdl->Next;
        At += Part;
        Length -= Part;
    }
    return TRUE;
}

static void ChainFree(MDL *Mdl)
{
    while (Mdl != NULL) {
        MDL *Next = Mdl->Next;
        IoFreeMdl(Mdl);
        Mdl = Next;
    }
}

static BOOLEAN IsPreallocated(const NET_BUFFER *Nb)
{
    return HandleSignature(Nb->NdisPoolHandle) == SIGNATURE_NBL_POOL;
}

static void DerivedFree(NET_BUFFER_LIST *Nbl, BOOLEAN OwnsMdls)
{
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    while (Nb != NULL) {
        NET_BUFFER *Next = Nb->Next;
        if (OwnsMdls) {
            ChainFree(Nb->MdlChain);
        }
        if (!IsPreallocated(Nb)) {
            NdisFreeNetBuffer(Nb);
        }
        Nb = Next;
    }
    NdisFreeNetBufferList(Nbl);
}

// An NBL without NBs in use. A preallocated one comes back by `Spare`, for the first that is made.
static NET_BUFFER_LIST *DerivedMake(NDIS_HANDLE Pool, NET_BUFFER **Spare)
{
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool != NULL ? Pool : SimNdis.ClonePool, 0, 0);
    if (Nbl != NULL) {
        *Spare = Nbl->FirstNetBuffer;
        Nbl->FirstNetBuffer = NULL;
    }
    return Nbl;
}

static NET_BUFFER *NbAppend(NET_BUFFER ***Tail, NDIS_HANDLE Pool, NET_BUFFER **Spare)
{
    NET_BUFFER *Nb = *Spare;
    *Spare = NULL;
    if (Nb == NULL) {
        Nb = NdisAllocateNetBuffer(Pool != NULL ? Pool : SimNdis.CloneBufferPool, NULL, 0, 0);
    }
    if (Nb == NULL) {
        return NULL;
    }
    Nb->Next = NULL;
    **Tail = Nb;
    *Tail = &Nb->Next;
    return Nb;
}

static BOOLEAN NbCover(NET_BUFFER *Nb, const NET_BUFFER *From, ULONG Offset, ULONG Length)
{
    MDL **Tail = &Nb->MdlChain;
    Nb->MdlChain = NULL;
    BOOLEAN Done = PartialChain(From, Offset, Length, &Tail);
    SimNetBufferSetData(Nb, Nb->MdlChain, 0, Done ? Length : 0);
    return Done;
}

NET_BUFFER_LIST *NTAPI NdisAllocateCloneNetBufferList(NET_BUFFER_LIST *OriginalNetBufferList,
                                                      NDIS_HANDLE NetBufferListPoolHandle,
                                                      NDIS_HANDLE NetBufferPoolHandle,
                                                      ULONG AllocateCloneFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    BOOLEAN Share = (AllocateCloneFlags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) != 0;
    NET_BUFFER *Spare;
    NET_BUFFER_LIST *Clone = DerivedMake(NetBufferListPoolHandle, &Spare);
    if (Clone == NULL) {
        return NULL;
    }
    NET_BUFFER **Tail = &Clone->FirstNetBuffer;
    for (NET_BUFFER *From = OriginalNetBufferList->FirstNetBuffer; From != NULL;
         From = From->Next) {
        NET_BUFFER *Nb = NbAppend(&Tail, NetBufferPoolHandle, &Spare);
        if (Nb == NULL) {
            goto Free;
        }
        if (Share) {
            SimNetBufferSetData(Nb, From->MdlChain, From->DataOffset, From->stDataLength);
        } else if (!NbCover(Nb, From, 0, From->DataLength)) {
            goto Free;
        }
    }
    return Clone;

Free:
    DerivedFree(Clone, !Share);
    return NULL;
}

void NTAPI NdisFreeCloneNetBufferList(NET_BUFFER_LIST *CloneNetBufferList, ULONG FreeCloneFlags)
{
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    DerivedFree(CloneNetBufferList, (FreeCloneFlags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) == 0);
}

static BOOLEAN FragmentsAppend(NET_BUFFER ***Tail, const NET_BUFFER *From, ULONG StartOffset,
                               ULONG MaximumLength, NDIS_HANDLE Pool, NET_BUFFER **Spare)
{
    for (ULONG At = StartOffset; At < From->DataLength;) {
        ULONG Length = min(MaximumLength, From->DataLength - At);
        NET_BUFFER *Nb = NbAppend(Tail, Pool, Spare);
        if (Nb == NULL || !NbCover(Nb, From, At, Length)) {
            return FALSE;
        }
        At += Length;
    }
    return TRUE;
}

NET_BUFFER_LIST *NTAPI NdisAllocateFragmentNetBufferList(NET_BUFFER_LIST *OriginalNetBufferList,
                                                         NDIS_HANDLE NetBufferListPool,
                                                         NDIS_HANDLE NetBufferPool,
                                                         ULONG StartOffset, ULONG MaximumLength,
                                                         ULONG DataOffsetDelta, ULONG DataBackFill,
                                                         ULONG AllocateFragmentFlags)
{
    UNREFERENCED_PARAMETER(AllocateFragmentFlags);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NET_BUFFER *Spare;
    NET_BUFFER_LIST *Nbl = MaximumLength == 0 ? NULL : DerivedMake(NetBufferListPool, &Spare);
    if (Nbl == NULL) {
        return NULL;
    }
    NET_BUFFER **Tail = &Nbl->FirstNetBuffer;
    for (NET_BUFFER *From = OriginalNetBufferList->FirstNetBuffer; From != NULL;
         From = From->Next) {
        if (!FragmentsAppend(&Tail, From, StartOffset, MaximumLength, NetBufferPool, &Spare)) {
            goto Free;
        }
    }
    if (NdisRetreatNetBufferListDataStart(Nbl, DataOffsetDelta, DataBackFill, NULL, NULL) !=
        NDIS_STATUS_SUCCESS) {
        goto Free;
    }
    return Nbl;

Free:
    DerivedFree(Nbl, TRUE);
    return NULL;
}

void NTAPI NdisFreeFragmentNetBufferList(NET_BUFFER_LIST *FragmentNetBufferList,
                                         ULONG DataOffsetDelta, ULONG FreeFragmentFlags)
{
    UNREFERENCED_PARAMETER(FreeFragmentFlags);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NdisAdvanceNetBufferListDataStart(FragmentNetBufferList, DataOffsetDelta, TRUE, NULL);
    DerivedFree(FragmentNetBufferList, TRUE);
}

NET_BUFFER_LIST *NTAPI NdisAllocateReassembledNetBufferList(
    NET_BUFFER_LIST *FragmentNetBufferList, NDIS_HANDLE NetBufferAndNetBufferListPoolHandle,
    ULONG StartOffset, ULONG DataOffsetDelta, ULONG DataBackFill, ULONG AllocateReassembleFlags)
{
    UNREFERENCED_PARAMETER(AllocateReassembleFlags);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NET_BUFFER *Spare;
    NET_BUFFER_LIST *Nbl = DerivedMake(NetBufferAndNetBufferListPoolHandle, &Spare);
    if (Nbl == NULL) {
        return NULL;
    }
    NET_BUFFER **NbTail = &Nbl->FirstNetBuffer;
    NET_BUFFER *Nb = NbAppend(&NbTail, NULL, &Spare);
    if (Nb == NULL) {
        goto Free;
    }
    ULONG Length = 0;
    Nb->MdlChain = NULL;
    MDL **Tail = &Nb->MdlChain;
    for (NET_BUFFER *From = FragmentNetBufferList->FirstNetBuffer; From != NULL;
         From = From->Next) {
        if (From->DataLength < StartOffset) {
            goto Free;
        }
        if (!PartialChain(From, StartOffset, From->DataLength - StartOffset, &Tail)) {
            goto Free;
        }
        Length += From->DataLength - StartOffset;
    }
    SimNetBufferSetData(Nb, Nb->MdlChain, 0, Length);
    if (NdisRetreatNetBufferDataStart(Nb, DataOffsetDelta, DataBackFill, NULL) !=
        NDIS_STATUS_SUCCESS) {
        goto Free;
    }
    return Nbl;

Free:
    DerivedFree(Nbl, TRUE);
    return NULL;
}

void NTAPI NdisFreeReassembledNetBufferList(NET_BUFFER_LIST *ReassembledNetBufferList,
                                            ULONG DataOffsetDelta, ULONG FreeReassembleFlags)
{
    UNREFERENCED_PARAMETER(FreeReassembleFlags);
    NDIS_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    NdisAdvanceNetBufferListDataStart(ReassembledNetBufferList, DataOffsetDelta, TRUE, NULL);
    DerivedFree(ReassembledNetBufferList, TRUE);
}
