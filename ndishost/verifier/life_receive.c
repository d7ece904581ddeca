// SPDX-License-Identifier: MIT

// Received NBLs that a protocol has, or may look at during its callback: PV-14.

#include "life_private.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096  // a power of two
#define NBS_MAX 65536 // of one NBL: more is a loop

// What of a received NBL is not the protocol's to change. Next is, while it owns the list, and
// ProtocolReserved and Scratch are at its disposal.
typedef struct NBL_STATE {
    NET_BUFFER *First;
    NDIS_HANDLE Source;
    PVOID MiniportReserved[2];
    ULONG64 Buffers; // hash over NET_BUFFERs and the links of their MDLs
} NBL_STATE;

typedef struct LENT_NBL {
    struct LENT_NBL *NextLent;
    NET_BUFFER_LIST *Nbl;
    NDIS_HANDLE Binding;
    BOOLEAN Borrowed; // RESOURCES: for the time of the callback
    NET_BUFFER_LIST *NextNbl;
    NBL_STATE State;
} LENT_NBL;

typedef struct BUCKET {
    SIM_LOCK Lock; // guards the list
    LENT_NBL *First;
} BUCKET;

static BUCKET Buckets[BUCKETS];

static BUCKET *BucketOf(const NET_BUFFER_LIST *Nbl)
{
    return &Buckets[((ULONG_PTR)Nbl >> 6) * 0x9E3779B97F4A7C15ull >> 52];
}

static ULONG64 Mix(ULONG64 Hash, ULONG64 Value)
{
    Hash = (Hash ^ Value) * 0x9E3779B97F4A7C15ull;
    return Hash ^ (Hash >> 29);
}

static ULONG64 MdlsHash(ULONG64 Hash, const MDL *Mdl)
{
    for (unsigned i = 0; Mdl != NULL && i < NBS_MAX; i++, Mdl = Mdl->Next) {
        Hash = Mix(Hash, (ULONG_PTR)Mdl);
        Hash = Mix(Hash, Mdl->ByteCount);
    }
    return Hash;
}

static void StateTake(const NET_BUFFER_LIST *Nbl, NBL_STATE *State)
{
    ULONG64 Hash = 1;
    const NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    for (unsigned i = 0; Nb != NULL && i < NBS_MAX; i++, Nb = Nb->Next) {
        Hash = Mix(Hash, (ULONG_PTR)Nb);
        Hash = Mix(Hash, (ULONG_PTR)Nb->CurrentMdl);
        Hash = Mix(Hash, Nb->CurrentMdlOffset);
        Hash = Mix(Hash, Nb->DataOffset);
        Hash = Mix(Hash, Nb->DataLength);
        Hash = MdlsHash(Hash, Nb->MdlChain);
    }
    State->First = Nbl->FirstNetBuffer;
    State->Source = Nbl->SourceHandle;
    memcpy(State->MiniportReserved, Nbl->MiniportReserved, sizeof(State->MiniportReserved));
    State->Buffers = Hash;
}

static const char *StateDifference(const NBL_STATE *Then, const NBL_STATE *Now)
{
    if (Then->First != Now->First) {
        return "FirstNetBuffer";
    }
    if (Then->Source != Now->Source) {
        return "SourceHandle";
    }
    if (memcmp(Then->MiniportReserved, Now->MiniportReserved, sizeof(Then->MiniportReserved)) !=
        0) {
        return "MiniportReserved";
    }
    return Then->Buffers != Now->Buffers ? "its NET_BUFFERs or MDLs" : NULL;
}

static LENT_NBL *LentTake(const NET_BUFFER_LIST *Nbl)
{
    BUCKET *Bucket = BucketOf(Nbl);
    LENT_NBL *Found;
    SimLock(&Bucket->Lock);
    LENT_NBL **Link = &Bucket->First;
    while (*Link != NULL && (*Link)->Nbl != Nbl) {
        Link = &(*Link)->NextLent;
    }
    Found = *Link;
    if (Found != NULL) {
        *Link = Found->NextLent;
    }
    SimUnlock(&Bucket->Lock);
    return Found;
}

static void LentAdd(LENT_NBL *Lent)
{
    BUCKET *Bucket = BucketOf(Lent->Nbl);
    SimLock(&Bucket->Lock);
    Lent->NextLent = Bucket->First;
    Bucket->First = Lent;
    SimUnlock(&Bucket->Lock);
}

void NTAPI LifeIndicating(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags)
{
    BOOLEAN Borrowed = (ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) != 0;
    LIFE_BINDING *Life = LifeBinding(Binding);
    LONG64 Count = 0;
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        LENT_NBL *Lent = malloc(sizeof(*Lent));
        if (Lent == NULL) {
            abort(); // Linux has no memory, and the return could not be told from a violation
        }
        *Lent = (LENT_NBL){
            .Nbl = Nbl, .Binding = Binding, .Borrowed = Borrowed, .NextNbl = Nbl->Next};
        StateTake(Nbl, &Lent->State);
        LentAdd(Lent);
        Count++;
    }
    if (Life != NULL && !Borrowed) {
        atomic_fetch_add(&Life->Lent, Count);
    }
}

// The caller has taken `Lent` out of the table, and it is freed here.
static void CheckUnchanged(LENT_NBL *Lent)
{
    LENT_NBL Was = *Lent;
    NBL_STATE Now;
    const char *Field;
    free(Lent);
    StateTake(Was.Nbl, &Now);
    Field = StateDifference(&Was.State, &Now);
    if (Field == NULL && Was.Borrowed && Was.Nbl->Next != Was.NextNbl) {
        Field = "Next";
    }
    if (Field != NULL) {
        SimViolation("PV-14", NULL, Was.Nbl,
                     "received NBL %p of binding %p was changed: %s is not what was indicated.",
                     (void *)Was.Nbl, Was.Binding, Field);
    }
}

// The list is walked by what it was: the protocol may have changed the links.
void NTAPI LifeIndicated(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags)
{
    NET_BUFFER_LIST *Nbl = Nbls;
    UNREFERENCED_PARAMETER(Binding);
    if ((ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) == 0) {
        return;
    }
    while (Nbl != NULL) {
        LENT_NBL *Lent = LentTake(Nbl);
        NET_BUFFER_LIST *Next = Lent == NULL ? Nbl->Next : Lent->NextNbl;
        if (Lent != NULL) {
            CheckUnchanged(Lent);
        }
        Nbl = Next;
    }
}

static void CheckReturned(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbl)
{
    LENT_NBL *Lent = LentTake(Nbl);
    if (Lent == NULL) {
        SimViolation("PV-14", NULL, Nbl,
                     "NdisReturnNetBufferLists of NBL %p, which is not lent to this driver: it was "
                     "returned before, was indicated with NDIS_RECEIVE_FLAGS_RESOURCES, or is no "
                     "received NBL.",
                     (void *)Nbl);
    }
    if (Lent->Borrowed) {
        SimViolation("PV-14", NULL, Nbl,
                     "NdisReturnNetBufferLists of NBL %p, which was indicated with "
                     "NDIS_RECEIVE_FLAGS_RESOURCES and goes back by itself.",
                     (void *)Nbl);
    }
    if (Lent->Binding != Binding) {
        SimViolation(
            "PV-14", NULL, Nbl,
            "NBL %p was indicated to binding %p and is returned with the handle of binding "
            "%p.",
            (void *)Nbl, Lent->Binding, Binding);
    }
    CheckUnchanged(Lent);
}

void NTAPI LifeReturning(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReturnFlags)
{
    LIFE_BINDING *Life = LifeBinding(Binding);
    LONG64 Count = 0;
    UNREFERENCED_PARAMETER(ReturnFlags);
    LifeLocksAcross(SimNdisCallbackReceive, SimNdisCallbackReceive, "NdisReturnNetBufferLists");
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = Nbl->Next) {
        CheckReturned(Binding, Nbl); // a second visit does not find it any more: no endless loop
        Count++;
    }
    if (Life != NULL) {
        atomic_fetch_sub(&Life->Lent, Count);
    }
}

void LifeReceiveStop(void)
{
    for (unsigned i = 0; i < BUCKETS; i++) {
        while (Buckets[i].First != NULL) {
            LENT_NBL *Next = Buckets[i].First->NextLent;
            free(Buckets[i].First);
            Buckets[i].First = Next;
        }
    }
}
