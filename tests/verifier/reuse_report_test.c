// SPDX-License-Identifier: MIT

// What the reports about NBLs say: who, what, when, and whose mistake it is. That each rule is
// named at all is the business of tests/reuse_mistakes.

#include "strict_fixture.h"

#include <bugcodes.h>
#include <stdlib.h>

static STRICT_NBL A, B;

// ---- the mistakes, each in a process of its own

static DECLSPEC_NOINLINE void ExchangeMdl(STRICT_NBL *Made)
{
    NdisFreeMdl(Made->Mdl);
    Made->Mdl = NdisAllocateMdl(One->Protocol->Handle, Made->Frame, STRICT_FRAME_BYTES);
    NET_BUFFER_FIRST_MDL(Made->Nb) = Made->Mdl;
}

static void SendWithOldCurrentMdl(void)
{
    StrictBind();
    StrictMake(&A);
    StrictPrepare(&A, 60);
    StrictSendAndWait(&A);
    ExchangeMdl(&A);
    StrictPrepare(&A, 60);
    StrictSend(&A);
}

static void Report_StaleCurrentMdl_TellsWhoFreedIt(void **State)
{
    (void)State;
    StrictExpect(SendWithOldCurrentMdl, "REU-01  ", "(pool 'test', slot 0)  sent 2 times",
                 "last completed at ",
                 "freed by ExchangeMdl (reuse_report_test.c:", "after send 1\n",
                 "is alive: MdlChain was updated, CurrentMdl was not",
                 "Fix: Set NET_BUFFER_CURRENT_MDL", "History of NBL", NULL);
}

// A goes out with the Next that a completion list has left; B goes with it, and then by itself.
static void CarryAlong(void)
{
    StrictBind();
    StrictMake(&A);
    StrictMake(&B);
    StrictPrepare(&A, 60);
    StrictPrepare(&B, 60);
    NET_BUFFER_LIST_NEXT_NBL(A.Nbl) = B.Nbl;
    StrictSend(&A);
    StrictWait(2);
    StrictPrepare(&A, 60);
    NET_BUFFER_LIST_NEXT_NBL(A.Nbl) = B.Nbl; // as the completion list had it
}

static void SendCarriedAgain(void)
{
    CarryAlong();
    Nics[0].Send = NicHold;
    StrictPrepare(&B, 60);
    StrictSend(&A);
    StrictSend(&B);
}

static void SendUnpreparedAlong(void)
{
    CarryAlong();
    StrictSend(&A);
}

static void Report_NblCarriedAlong_NamesTheOneThatCarried(void **State)
{
    (void)State;
    StrictExpect(SendCarriedAgain, "REU-05  ", "carried this one along", "(also PV-01)",
                 "(pool 'test', slot 1)", NULL);
    StrictExpect(SendUnpreparedAlong, "REU-05  ", "is not prepared for a send", NULL);
}

static void RestoreImage(void)
{
    NET_BUFFER_LIST Saved;
    StrictBind();
    StrictMake(&A);
    Saved = *A.Nbl;
    for (int i = 0; i < 3; i++) {
        StrictPrepare(&A, 60);
        StrictSendAndWait(&A);
    }
    *A.Nbl = Saved;
    StrictPrepare(&A, 60);
    StrictSend(&A);
}

static void CopyOtherImage(void)
{
    StrictBind();
    StrictMake(&A);
    StrictMake(&B);
    NET_BUFFER *Nb = A.Nb;
    *A.Nbl = *B.Nbl;
    NET_BUFFER_LIST_FIRST_NB(A.Nbl) = Nb;
    StrictPrepare(&A, 60);
    StrictSend(&A);
}

static void Report_ImageOverNbl_TellsItsAgeOrOrigin(void **State)
{
    (void)State;
    StrictExpect(RestoreImage, "REU-03  ", "is 3 completion(s) old when it is sent", NULL);
    StrictExpect(CopyOtherImage, "REU-03  ", "an image of that NBL was copied over this one", NULL);
}

static void FollowScratch(void)
{
    StrictBind();
    StrictMake(&A);
    StrictPrepare(&A, 60);
    A.Nbl->Scratch = &A;
    StrictSendAndWait(&A);
    ((STRICT_NBL *volatile)A.Nbl->Scratch)->Frame = NULL;
}

static void Report_PointerFromScratch_TellsTheField(void **State)
{
    (void)State;
    StrictExpect(FollowScratch, "REU-15  ", "writes to 0x", "in Scratch of the NBL",
                 "FollowScratch", NULL);
}

static void HoldFrameOfTwoMdls(void)
{
    StrictBind();
    Nics[0].Send = NicHold;
    StrictMake(&A);
    StrictMake(&B);
    A.Mdl->Next = B.Mdl;
    StrictPrepare(&A, STRICT_FRAME_BYTES);
    NET_BUFFER_DATA_LENGTH(A.Nb) += STRICT_FRAME_BYTES;
    StrictSend(&A);
}

static void FreeSecondPartHeld(void)
{
    HoldFrameOfTwoMdls();
    NdisFreeMemory(B.Frame, 0, 0);
}

// The miniport has the first part behind it; to put the data start back it needs it again.
static void FreeAdvancedPartHeld(void)
{
    HoldFrameOfTwoMdls();
    NdisAdvanceNetBufferDataStart(A.Nb, STRICT_FRAME_BYTES, FALSE, NULL);
    NdisFreeMemory(A.Frame, 0, 0);
}

static void Report_FrameFreedInFlight_LooksAtWhatWasSent(void **State)
{
    (void)State;
    StrictExpect(FreeSecondPartHeld, "REU-11  ", "is freed while a frame in it is on its way",
                 "FreeSecondPartHeld", NULL);
    StrictExpect(FreeAdvancedPartHeld, "REU-11  ", "is freed while a frame in it is on its way",
                 "FreeAdvancedPartHeld", NULL);
}

// The protocol says that its pause is complete, and the NIC still has both.
static void PauseWithTwoOut(void)
{
    StrictBind();
    Nics[0].Send = NicHold;
    StrictMake(&A);
    StrictMake(&B);
    StrictPrepare(&B, 61);
    StrictSend(&B);
    StrictPrepare(&A, 60);
    StrictSend(&A);
    SimNdisPause(Nics[0].Pdo);
}

static void Report_PauseWithSendsOut_NamesTheOldest(void **State)
{
    (void)State;
    StrictExpect(PauseWithTwoOut, "PV-13  ", "(pool 'test', slot 1)  sent once",
                 "2 NBL(s) that were sent on it have not come back", "this one is the oldest",
                 "PauseWithTwoOut", NULL);
}

// ---- the miniport's mistakes

static void MiniportShortensFrame(void)
{
    StrictBind();
    Nics[0].Send = NicHold;
    StrictMake(&A);
    StrictPrepare(&A, 60);
    StrictSend(&A);
    NET_BUFFER_DATA_LENGTH(A.Nb) = 14;
    NicCompleteHeld(&Nics[0]);
}

static void MiniportCompletesTwice(void)
{
    StrictBind();
    Nics[0].Send = NicHold;
    StrictMake(&A);
    StrictPrepare(&A, 60);
    StrictSend(&A);
    NicCompleteHeld(&Nics[0]);
    NicComplete(&Nics[0], A.Nbl, NDIS_STATUS_SUCCESS, 0);
}

static void Report_MiniportRestoresNot_BlamesTheMiniport(void **State)
{
    (void)State;
    StrictExpect(MiniportShortensFrame, "PV-08  ", "the miniport completes it with DataLength 0xe",
                 "it was sent with 0x3c", "the miniport's error, not the protocol's", NULL);
    StrictExpect(MiniportCompletesTwice, "PV-08  ", "but it is not sent: it was completed by",
                 "the miniport's error, not the protocol's", NULL);
}

// ---- what is legal, and looks like a mistake

static void Legal_WholeCompletionListAgain_Passes(void **State)
{
    (void)State;
    StrictBind();
    StrictMake(&A);
    StrictMake(&B);
    for (LONG i = 1; i <= 5; i++) {
        StrictPrepare(&A, 60);
        StrictPrepare(&B, 61);
        NET_BUFFER_LIST_NEXT_NBL(A.Nbl) = B.Nbl;
        StrictSend(&A);
        StrictWait(2 * i);
    }
    StrictFree(&A);
    StrictFree(&B);
}

static void Legal_ContextAndRetreatBalanced_Passes(void **State)
{
    UCHAR *Room = NULL;
    (void)State;
    StrictBind();
    StrictMake(&A);
    for (int i = 0; i < 20; i++) {
        StrictPrepare(&A, 60);
        assert_int_equal(NdisAllocateNetBufferListContext(A.Nbl, 32, 0, 0x74736574), 0);
        assert_int_equal(NdisRetreatNetBufferDataStart(A.Nb, 4, 64, NULL), 0);
        // The four bytes are the frame's first: the header is in the MDL that NDIS added.
        Room = NdisGetDataBuffer(A.Nb, 4, NULL, 1, 0);
        assert_non_null(Room);
        NdisAdvanceNetBufferDataStart(A.Nb, 4, TRUE, NULL);
        NdisFreeNetBufferListContext(A.Nbl, 32);
        StrictSendAndWait(&A);
    }
    StrictFree(&A);
}

// The owner only retreats, for the room in front of its frame; a lower driver retreats and
// advances.
static void Legal_RetreatedByOwnerMovedByLower_Passes(void **State)
{
    (void)State;
    StrictBind();
    Nics[0].Send = NicHold;
    StrictMake(&A);
    StrictPrepare(&A, 60);
    NET_BUFFER_DATA_OFFSET(A.Nb) = 30;
    NET_BUFFER_DATA_LENGTH(A.Nb) = 30;
    NdisAdjustNetBufferCurrentMdl(A.Nb);
    assert_int_equal(NdisRetreatNetBufferDataStart(A.Nb, 14, 0, NULL), 0);
    StrictSend(&A);
    assert_int_equal(NdisRetreatNetBufferDataStart(A.Nb, 8, 0, NULL), 0);
    NdisAdvanceNetBufferDataStart(A.Nb, 8, TRUE, NULL);
    NicCompleteHeld(&Nics[0]);
    StrictWait(1);
    StrictFree(&A);
}

static void Legal_OutOfBandCopiedByNdis_Passes(void **State)
{
    (void)State;
    StrictBind();
    StrictMake(&A);
    StrictMake(&B);
    NET_BUFFER_LIST_INFO(B.Nbl, NetBufferListHashValue) = (PVOID)17;
    NdisCopySendNetBufferListInfo(A.Nbl, B.Nbl);
    assert_ptr_equal(NET_BUFFER_LIST_INFO(A.Nbl, NetBufferListHashValue), (PVOID)17);
    StrictPrepare(&A, 60);
    StrictSendAndWait(&A);
    StrictFree(&A);
    StrictFree(&B);
}

static void Legal_CloneSent_Passes(void **State)
{
    (void)State;
    StrictBind();
    StrictMake(&A);
    StrictPrepare(&A, 60);
    for (LONG i = 1; i <= 5; i++) {
        NET_BUFFER_LIST *Clone = NdisAllocateCloneNetBufferList(A.Nbl, NULL, NULL, 0);
        assert_non_null(Clone);
        Clone->ParentNetBufferList = A.Nbl;
        InterlockedIncrement(&A.Nbl->ChildRefCount);
        Clone->SourceHandle = One->Handle;
        NdisSendNetBufferLists(One->Handle, Clone, 0, 0);
        StrictWait(i);
        InterlockedDecrement(&A.Nbl->ChildRefCount);
        NdisFreeCloneNetBufferList(Clone, 0);
    }
    StrictFree(&A);
}

// Freeing one's own MDL and then the NBL: nobody looks at the chain any more.
static void Legal_OwnMdlFreedBeforeNbl_Passes(void **State)
{
    (void)State;
    StrictBind();
    StrictMake(&A);
    StrictPrepare(&A, 60);
    StrictSendAndWait(&A);
    NdisFreeMdl(A.Mdl);
    NdisFreeNetBufferList(A.Nbl);
    NdisFreeMemory(A.Frame, 0, 0);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Report_StaleCurrentMdl_TellsWhoFreedIt),
        cmocka_unit_test(Report_NblCarriedAlong_NamesTheOneThatCarried),
        cmocka_unit_test(Report_ImageOverNbl_TellsItsAgeOrOrigin),
        cmocka_unit_test(Report_PointerFromScratch_TellsTheField),
        cmocka_unit_test(Report_FrameFreedInFlight_LooksAtWhatWasSent),
        cmocka_unit_test(Report_PauseWithSendsOut_NamesTheOldest),
        cmocka_unit_test(Report_MiniportRestoresNot_BlamesTheMiniport),
        NDIS_TEST(Legal_WholeCompletionListAgain_Passes),
        NDIS_TEST(Legal_ContextAndRetreatBalanced_Passes),
        NDIS_TEST(Legal_RetreatedByOwnerMovedByLower_Passes),
        NDIS_TEST(Legal_OutOfBandCopiedByNdis_Passes),
        NDIS_TEST(Legal_CloneSent_Passes),
        NDIS_TEST(Legal_OwnMdlFreedBeforeNbl_Passes),
    };
    ExpectLevel = NDISHOST_VERIFY_ON;
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
