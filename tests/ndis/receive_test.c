// SPDX-License-Identifier: MIT
// Receive indications to one and several bindings, returns, loopback, status indications.

#include "fixture.h"

#include <string.h>

static TEST_BINDING *const One = &Protocols[0].Bindings[0];
static TEST_BINDING *const Two = &Protocols[1].Bindings[0];
static const UCHAR Broadcast[6] = {255, 255, 255, 255, 255, 255};
static const UCHAR Group[6] = {1, 0, 0x5E, 0, 0, 1};
static const UCHAR OtherGroup[6] = {1, 0, 0x5E, 0, 0, 2};
static const UCHAR Stranger[6] = {2, 0, 0, 0, 0, 99};

static void Bind(ULONG FilterOne, ULONG FilterTwo)
{
    Protocols[0].PacketFilter = FilterOne;
    Protocols[1].PacketFilter = FilterTwo;
    NicAdd(0);
    ProtocolRegister(0);
    ProtocolRegister(1);
    TestIdle();
}

static void Receive_OwnershipGoesUp_ReturnGoesDown(void **State)
{
    (void)State;
    Protocols[0].KeepReceives = TRUE;
    Bind(NDIS_PACKET_TYPE_DIRECTED, 0);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 3, 0);
    assert_int_equal(One->Received, 3);
    assert_int_equal(One->ReceiveCalls, 1);
    assert_int_equal(One->ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES, 0);
    assert_int_equal(Nics[0].Returned, 0);
    BindingReturnKept(One);
    assert_int_equal(Nics[0].Returned, 3);
    assert_int_equal(Two->Received, 0);
}

static void Receive_NobodyWants_ReturnedAtOnce(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_DIRECTED, 0);
    NicReceive(&Nics[0], Stranger, 2, 0);
    assert_int_equal(One->Received, 0);
    assert_int_equal(Nics[0].Returned, 2);
}

static void Receive_Filter_EachBindingItsOwn(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_DIRECTED, NDIS_PACKET_TYPE_BROADCAST);
    assert_int_equal(Nics[0].PacketFilter, NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 1, 0);
    NicReceive(&Nics[0], Broadcast, 2, 0);
    NicReceive(&Nics[0], Group, 4, 0);
    assert_int_equal(One->Received, 1);
    assert_int_equal(Two->Received, 2);
    assert_int_equal(Nics[0].Returned, 7);
    assert_int_equal(BindingSetFilter(One, NDIS_PACKET_TYPE_PROMISCUOUS), 0);
    NicReceive(&Nics[0], Stranger, 1, 0);
    assert_int_equal(One->Received, 2);
}

static void Receive_TwoBindings_FirstBorrowsLastOwns(void **State)
{
    (void)State;
    Protocols[1].KeepReceives = TRUE;
    Bind(NDIS_PACKET_TYPE_DIRECTED, NDIS_PACKET_TYPE_PROMISCUOUS);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 3, 0);
    assert_int_equal(One->Received, 3);
    assert_int_equal(Two->Received, 3);
    assert_int_not_equal(One->ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES, 0);
    assert_int_equal(Two->ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES, 0);
    assert_int_equal(Nics[0].Returned, 0);
    BindingReturnKept(Two);
    assert_int_equal(Nics[0].Returned, 3);
}

static void Receive_Resources_IsNeverReturned(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_DIRECTED, NDIS_PACKET_TYPE_DIRECTED);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 3, NDIS_RECEIVE_FLAGS_RESOURCES);
    assert_int_equal(One->Received, 3);
    assert_int_equal(Two->Received, 3);
    assert_int_equal(Nics[0].Returned, 3); // by the miniport itself
}

static void Receive_MulticastList_Decides(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_MULTICAST, NDIS_PACKET_TYPE_ALL_MULTICAST);
    UCHAR List[6];
    memcpy(List, Group, 6);
    assert_int_equal(BindingOid(One, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, List,
                                sizeof(List), NULL),
                     0);
    NicReceive(&Nics[0], Group, 1, 0);
    NicReceive(&Nics[0], OtherGroup, 1, 0);
    assert_int_equal(One->Received, 1);
    assert_int_equal(Two->Received, 2);
}

static void Receive_MixedList_IsCutIntoRuns(void **State)
{
    (void)State;
    Protocols[0].KeepReceives = TRUE;
    Bind(NDIS_PACKET_TYPE_DIRECTED, NDIS_PACKET_TYPE_BROADCAST);
    const UCHAR *Own = NicAddress(&Nics[0]);
    const UCHAR *const Destinations[] = {Own, Own, Broadcast, Stranger, Own, Broadcast};
    NicReceiveEach(&Nics[0], Destinations, ARRAYSIZE(Destinations), 0);
    assert_int_equal(One->Received, 3);
    assert_int_equal(One->ReceiveCalls, 2);
    assert_int_equal(Two->Received, 2);
    assert_int_equal(Two->ReceiveCalls, 2);
    assert_int_equal(Nics[0].Returned, 3); // two by Two, the stranger by NDIS
    BindingReturnKept(One);
    assert_int_equal(Nics[0].Returned, 6);
    NicReceiveEach(&Nics[0], Destinations, ARRAYSIZE(Destinations), NDIS_RECEIVE_FLAGS_RESOURCES);
    assert_int_equal(One->Received, 6);
    assert_int_equal(Two->Received, 4);
}

static void Loopback_Promiscuous_HearsOthersNotItself(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_DIRECTED, NDIS_PACKET_TYPE_PROMISCUOUS);
    BindingSend(One, 2, 0);
    assert_int_equal(Two->Received, 2);
    assert_int_equal(Two->ReceivedLoopback, 2);
    assert_int_not_equal(Two->ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES, 0);
    assert_int_equal(One->Received, 0);
    BindingSend(Two, 1, 0);
    assert_int_equal(Two->Received, 2);
    assert_int_equal(One->SendsDone, 2);
}

static void Loopback_NobodyAsked_NoCopy(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST,
         NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST);
    BindingSend(One, 1, 0);
    assert_int_equal(Two->Received, 0);
    BindingSend(One, 1, NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK);
    assert_int_equal(Two->Received, 1);
    assert_int_equal(One->Received, 1);
}

static void Loopback_NoLocal_HearsNothing(void **State)
{
    (void)State;
    Bind(NDIS_PACKET_TYPE_DIRECTED, NDIS_PACKET_TYPE_PROMISCUOUS | NDIS_PACKET_TYPE_NO_LOCAL);
    assert_int_equal(Nics[0].PacketFilter & NDIS_PACKET_TYPE_NO_LOCAL, 0); // NDIS's own bit
    BindingSend(One, 1, 0);
    assert_int_equal(Two->Received, 0);
    assert_int_equal(BindingSetFilter(Two, NDIS_PACKET_TYPE_ALL_LOCAL), 0);
    BindingSend(One, 1, 0);
    assert_int_equal(Two->Received, 1); // all that is sent here, and nothing that comes in
    NicReceive(&Nics[0], Broadcast, 1, 0);
    assert_int_equal(Two->Received, 1);
}

static void Status_LinkState_ReachesAllAndIsRemembered(void **State)
{
    (void)State;
    Bind(0, 0);
    NDIS_LINK_STATE Link = {0};
    Link.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Link.Header.Revision = NDIS_LINK_STATE_REVISION_1;
    Link.Header.Size = NDIS_SIZEOF_LINK_STATE_REVISION_1;
    Link.MediaConnectState = MediaConnectStateDisconnected;
    NicStatus(&Nics[0], NDIS_STATUS_LINK_STATE, &Link, sizeof(Link));
    assert_string_equal(One->Log, "BRS");
    assert_string_equal(Two->Log, "BRS");
    assert_int_equal(One->LastStatus, NDIS_STATUS_LINK_STATE);
    NDIS_LINK_STATE Now;
    assert_int_equal(
        BindingOid(One, NdisRequestQueryInformation, OID_GEN_LINK_STATE, &Now, sizeof(Now), NULL),
        0);
    assert_int_equal(Now.MediaConnectState, MediaConnectStateDisconnected);
}

static void DoReceivePaused(void)
{
    Bind(NDIS_PACKET_TYPE_DIRECTED, 0);
    SimNdisPause(Nics[0].Pdo);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 1, 0);
}

static void Receive_FromPausedMiniport_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoReceivePaused, BUGCODE_NDIS_DRIVER, "is paused or halted");
}

static void DoReturnTwice(void)
{
    Protocols[0].KeepReceives = TRUE;
    Bind(NDIS_PACKET_TYPE_DIRECTED, 0);
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 1, 0);
    NET_BUFFER_LIST *Nbl = One->Kept;
    NdisReturnNetBufferLists(One->Handle, Nbl, 0);
    NdisReturnNetBufferLists(One->Handle, Nbl, 0);
}

static void Receive_ReturnedTwice_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoReturnTwice, BUGCODE_NDIS_DRIVER, "or was freed before");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Receive_OwnershipGoesUp_ReturnGoesDown),
        NDIS_TEST(Receive_NobodyWants_ReturnedAtOnce),
        NDIS_TEST(Receive_Filter_EachBindingItsOwn),
        NDIS_TEST(Receive_TwoBindings_FirstBorrowsLastOwns),
        NDIS_TEST(Receive_Resources_IsNeverReturned),
        NDIS_TEST(Receive_MulticastList_Decides),
        NDIS_TEST(Receive_MixedList_IsCutIntoRuns),
        NDIS_TEST(Loopback_Promiscuous_HearsOthersNotItself),
        NDIS_TEST(Loopback_NobodyAsked_NoCopy),
        NDIS_TEST(Loopback_NoLocal_HearsNothing),
        NDIS_TEST(Status_LinkState_ReachesAllAndIsRemembered),
        cmocka_unit_test(Receive_FromPausedMiniport_BugChecks),
        cmocka_unit_test(Receive_ReturnedTwice_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
