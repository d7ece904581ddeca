// SPDX-License-Identifier: MIT

#include "chaos_fixture.h"

#include "protocol.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct ndishost_nic *ChaosNic;
static struct ndishost_driver *Driver;

int ChaosStart(void **State)
{
    static const struct ndishost_options Options = {.processors = 4, .quiet = 1, .seed = 42};

    (void)State;
    assert_int_equal(ndishost_start(&Options), 0);
    assert_int_equal(ndishost_load_native("TestProtocol", ProtocolEntry, &Driver), 0);
    ProtocolReset();
    memset(Witness, 0, sizeof(Witness));
    WitnessCounts = (struct witness_counts){0};
    return 0;
}

int ChaosStop(void **State)
{
    (void)State;
    ChaosNic = NULL;
    assert_int_equal(ndishost_unload(Driver), 0);
    assert_int_equal(ndishost_stop(), 0);
    return 0;
}

// ---- what a sender may rely on

struct nb_image {
    NET_BUFFER *Nb;
    NET_BUFFER Copy;
    MDL *Mdls[4];
};

struct image {
    NET_BUFFER_LIST Copy;
    unsigned NbCount;
    struct nb_image Nbs[8];
};

struct witness_record Witness[WITNESS_MAX];
struct witness_counts WitnessCounts;
static struct image Images[WITNESS_MAX];
static pthread_mutex_t WitnessLock = PTHREAD_MUTEX_INITIALIZER; // guards the counts and records
static pthread_t Sender;
static _Atomic int Sending;

static void ImageTake(struct image *Image, NET_BUFFER_LIST *Nbl)
{
    Image->Copy = *Nbl;
    Image->NbCount = 0;
    for (NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl); Nb != NULL; Nb = NET_BUFFER_NEXT_NB(Nb)) {
        struct nb_image *Of = &Image->Nbs[Image->NbCount++];
        MDL *Mdl = NET_BUFFER_FIRST_MDL(Nb);

        assert_true(Image->NbCount <= ARRAYSIZE(Image->Nbs));
        Of->Nb = Nb;
        Of->Copy = *Nb;
        for (unsigned I = 0; I < ARRAYSIZE(Of->Mdls); I++) {
            Of->Mdls[I] = Mdl;
            Mdl = Mdl == NULL ? NULL : Mdl->Next;
        }
    }
}

static BOOLEAN NbIsWhole(const struct nb_image *Of, NET_BUFFER *Nb)
{
    MDL *Mdl = NET_BUFFER_FIRST_MDL(Nb);

    for (unsigned I = 0; I < ARRAYSIZE(Of->Mdls); I++) {
        if (Of->Mdls[I] != Mdl) {
            return FALSE;
        }
        Mdl = Mdl == NULL ? NULL : Mdl->Next;
    }
    return Nb == Of->Nb && Nb->CurrentMdl == Of->Copy.CurrentMdl &&
           Nb->CurrentMdlOffset == Of->Copy.CurrentMdlOffset &&
           Nb->DataOffset == Of->Copy.DataOffset && Nb->stDataLength == Of->Copy.stDataLength &&
           Nb->ChecksumBias == Of->Copy.ChecksumBias &&
           Nb->NdisPoolHandle == Of->Copy.NdisPoolHandle &&
           memcmp(Nb->ProtocolReserved, Of->Copy.ProtocolReserved, sizeof(Nb->ProtocolReserved)) ==
               0;
}

// Of the slots, what a raw sender sets or must keep. What belongs to NDIS (these slots' unused
// halves, other slots, bits of both flag fields) may change, and does so under the verifier.
#define NBL_FLAGS_OF_NDIS 0xFCu // of NblFlags

static BOOLEAN SlotsAreWhole(const NET_BUFFER_LIST *Before, const NET_BUFFER_LIST *Nbl)
{
    const PVOID *Was = Before->NetBufferListInfo;
    const PVOID *Is = Nbl->NetBufferListInfo;

    return Is[NetBufferListProtocolId] == Was[NetBufferListProtocolId] &&
           Is[NetBufferListCancelId] == Was[NetBufferListCancelId] &&
           (ULONG)(ULONG_PTR)Is[TcpIpChecksumNetBufferListInfo] ==
               (ULONG)(ULONG_PTR)Was[TcpIpChecksumNetBufferListInfo] &&
           (ULONG)(ULONG_PTR)Is[Ieee8021QNetBufferListInfo] ==
               (ULONG)(ULONG_PTR)Was[Ieee8021QNetBufferListInfo];
}

static BOOLEAN ImageIsWhole(const struct image *Image, NET_BUFFER_LIST *Nbl)
{
    const NET_BUFFER_LIST *Before = &Image->Copy;
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    for (unsigned I = 0; I < Image->NbCount; I++) {
        if (Nb == NULL || !NbIsWhole(&Image->Nbs[I], Nb)) {
            return FALSE;
        }
        Nb = NET_BUFFER_NEXT_NB(Nb);
    }
    return Nb == NULL && Nbl->Context == Before->Context &&
           Nbl->ParentNetBufferList == Before->ParentNetBufferList &&
           Nbl->NdisPoolHandle == Before->NdisPoolHandle &&
           Nbl->ChildRefCount == Before->ChildRefCount &&
           ((Nbl->NblFlags ^ Before->NblFlags) & ~NBL_FLAGS_OF_NDIS) == 0 &&
           ((Nbl->Flags ^ Before->Flags) & NBL_FLAGS_PROTOCOL_RESERVED) == 0 &&
           memcmp(Nbl->ProtocolReserved, Before->ProtocolReserved, sizeof(Nbl->ProtocolReserved)) ==
               0 &&
           SlotsAreWhole(Before, Nbl);
}

// ---- completions

static unsigned IndexOf(const NET_BUFFER_LIST *Nbl)
{
    return (unsigned)(ULONG_PTR)Nbl->ProtocolReserved[0];
}

static void CountFields(const NET_BUFFER_LIST *Before, NET_BUFFER_LIST *Nbl, NET_BUFFER *Nb,
                        const NET_BUFFER *NbBefore)
{
    WitnessCounts.Scratch += Nbl->Scratch != Before->Scratch;
    WitnessCounts.MiniportReserved += Nbl->MiniportReserved[0] != Before->MiniportReserved[0] &&
                                      Nbl->MiniportReserved[1] != Before->MiniportReserved[1];
    WitnessCounts.NbMiniportReserved += Nb->MiniportReserved[0] != NbBefore->MiniportReserved[0] &&
                                        Nb->MiniportReserved[3] != NbBefore->MiniportReserved[3];
    WitnessCounts.Flags += Nbl->Flags != Before->Flags;
    WitnessCounts.LargeSend += NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) !=
                               Before->NetBufferListInfo[TcpLargeSendNetBufferListInfo];
    WitnessCounts.Relinked += NET_BUFFER_LIST_NEXT_NBL(Nbl) != NULL;
}

static void CountNbl(NET_BUFFER_LIST *Nbl, unsigned Place)
{
    unsigned Index = IndexOf(Nbl);
    const struct image *Image = &Images[Index];

    CountFields(&Image->Copy, Nbl, NET_BUFFER_LIST_FIRST_NB(Nbl), &Image->Nbs[0].Copy);
    WitnessCounts.Damaged += !ImageIsWhole(Image, Nbl);
    Witness[Index].Status = NET_BUFFER_LIST_STATUS(Nbl);
    Witness[Index].Completions++;
    Witness[Index].List = WitnessCounts.Lists;
    Witness[Index].InList = Place;
}

static void WitnessSee(NET_BUFFER_LIST *Nbls, ULONG Flags)
{
    KIRQL Irql = KeGetCurrentIrql();
    unsigned Place = 0, Descents = 0, Last = 0;

    pthread_mutex_lock(&WitnessLock);
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        CountNbl(Nbl, Place);
        Descents += Place != 0 && IndexOf(Nbl) < Last;
        Last = IndexOf(Nbl);
        Place++;
    }
    WitnessCounts.Lists++;
    WitnessCounts.Singles += Place == 1;
    WitnessCounts.Merged += Place > 1;
    WitnessCounts.Descending += Place > 1 && Descents == Place - 1;
    if (pthread_equal(pthread_self(), Sender)) {
        WitnessCounts.InCall += (unsigned)Sending;
    } else {
        WitnessCounts.OtherThread++;
    }
    WitnessCounts.AtPassive += Irql == PASSIVE_LEVEL;
    WitnessCounts.AtDispatch += Irql == DISPATCH_LEVEL;
    if (NDIS_TEST_SEND_COMPLETE_AT_DISPATCH_LEVEL(Flags)) {
        WitnessCounts.Marked++;
        WitnessCounts.Damaged += Irql != DISPATCH_LEVEL;
    }
    pthread_mutex_unlock(&WitnessLock);
}

// ---- sends

void ChaosAddNic(const char *Spec)
{
    char Message[300] = "";

    if (ndishost_add_nic(Spec, &ChaosNic, Message, sizeof(Message)) != 0) {
        fail_msg("%s", Message);
    }
    Sender = pthread_self();
    ProtocolObserve(WitnessSee);
    ProtocolWaitRunning();
}

void ChaosRemoveNic(void)
{
    assert_int_equal(ndishost_remove_nic(ChaosNic, NDISHOST_REMOVE_ORDERLY), 0);
    ChaosNic = NULL;
}

void WitnessSend(NET_BUFFER_LIST *Nbl)
{
    unsigned Index = WitnessCounts.Sent++;
    BOOLEAN Sent = FALSE;

    assert_true(Index < WITNESS_MAX);
    Nbl->ProtocolReserved[0] = (PVOID)(ULONG_PTR)Index;
    Witness[Index].Nbl = Nbl;
    ImageTake(&Images[Index], Nbl);
    while (!Sent) {
        ProtocolWaitRunning();
        Sending = 1;
        Sent = ProtocolTrySend(Nbl);
        Sending = 0;
    }
}

void WitnessWait(void)
{
    ProtocolWaitCompletions(WitnessCounts.Sent);
}

void WitnessFreeAll(void)
{
    for (unsigned I = 0; I < WitnessCounts.Sent; I++) {
        NET_BUFFER_LIST *Nbl = Witness[I].Nbl;

        ProtocolFree(Nbl);
    }
}
