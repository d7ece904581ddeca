// SPDX-License-Identifier: MIT
// OID requests: what NDIS answers, what it merges, queueing, completion and cancel.

#include "fixture.h"

#include "nt/sim.h"

#include <string.h>

static TEST_BINDING *const One = &Protocols[0].Bindings[0];
static TEST_BINDING *const Two = &Protocols[1].Bindings[0];

static void BindBoth(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    ProtocolRegister(1);
    TestIdle();
}

static ULONG QueryUlong(TEST_BINDING *Binding, NDIS_OID Oid)
{
    ULONG Value = 0;
    NDIS_OID_REQUEST Request;
    assert_int_equal(
        BindingOid(Binding, NdisRequestQueryInformation, Oid, &Value, sizeof(Value), &Request), 0);
    assert_int_equal(Request.DATA.QUERY_INFORMATION.BytesWritten, sizeof(Value));
    return Value;
}

static NDIS_STATUS SetUlong(TEST_BINDING *Binding, NDIS_OID Oid, ULONG Value)
{
    return BindingOid(Binding, NdisRequestSetInformation, Oid, &Value, sizeof(Value), NULL);
}

static void Oid_Known_IsAnsweredWithoutTheMiniport(void **State)
{
    (void)State;
    BindBoth();
    LONG Before = Nics[0].Oids;
    assert_int_equal(QueryUlong(One, OID_GEN_MEDIA_IN_USE), NdisMedium802_3);
    assert_int_equal(QueryUlong(One, OID_GEN_LINK_SPEED), 10000000);
    assert_int_equal(QueryUlong(One, OID_802_3_MAXIMUM_LIST_SIZE), 4);
    assert_int_equal(QueryUlong(One, OID_GEN_MAC_OPTIONS), NDIS_MAC_OPTION_NO_LOOPBACK);
    UCHAR Address[6];
    assert_int_equal(BindingOid(One, NdisRequestQueryInformation, OID_802_3_CURRENT_ADDRESS,
                                Address, sizeof(Address), NULL),
                     0);
    assert_memory_equal(Address, NicAddress(&Nics[0]), 6);
    NDIS_LINK_STATE Link;
    assert_int_equal(
        BindingOid(One, NdisRequestQueryInformation, OID_GEN_LINK_STATE, &Link, sizeof(Link), NULL),
        0);
    assert_int_equal(Link.XmitLinkSpeed, 1000000000ull);
    assert_int_equal(Nics[0].Oids, Before);
}

static void Oid_ShortBuffer_SaysHowMuchIsNeeded(void **State)
{
    (void)State;
    BindBoth();
    UCHAR Address[5];
    NDIS_OID_REQUEST Request;
    assert_int_equal((int)BindingOid(One, NdisRequestQueryInformation, OID_802_3_CURRENT_ADDRESS,
                                     Address, sizeof(Address), &Request),
                     (int)NDIS_STATUS_BUFFER_TOO_SHORT);
    assert_int_equal(Request.DATA.QUERY_INFORMATION.BytesNeeded, 6);
    assert_int_equal((int)BindingOid(One, NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER,
                                     Address, 2, &Request),
                     (int)NDIS_STATUS_INVALID_LENGTH);
    assert_int_equal(Request.DATA.SET_INFORMATION.BytesNeeded, 4);
}

static void Oid_NotKnownToNdis_GoesToTheMiniport(void **State)
{
    (void)State;
    BindBoth();
    assert_int_equal(QueryUlong(One, OID_GEN_VENDOR_ID), 0xFFFFFF);
    assert_int_equal(Nics[0].Oids, 1);
    ULONG Value;
    assert_int_equal((int)BindingOid(One, NdisRequestQueryInformation, OID_GEN_STATISTICS, &Value,
                                     sizeof(Value), NULL),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
    // The miniport does not know it either: then from its attributes.
    assert_int_equal(QueryUlong(One, OID_GEN_MAXIMUM_TOTAL_SIZE), 1514);
    assert_int_equal(QueryUlong(One, OID_GEN_MAXIMUM_FRAME_SIZE), 1500);
}

static void Oid_PacketFilter_IsTheUnion(void **State)
{
    (void)State;
    BindBoth();
    assert_int_equal(BindingSetFilter(One, NDIS_PACKET_TYPE_DIRECTED), 0);
    assert_int_equal(BindingSetFilter(Two, NDIS_PACKET_TYPE_BROADCAST), 0);
    assert_int_equal(Nics[0].PacketFilter, 9);
    assert_int_equal(QueryUlong(One, OID_GEN_CURRENT_PACKET_FILTER), 9);
    LONG Before = Nics[0].Oids;
    assert_int_equal(BindingSetFilter(One, 9), 0); // no change for the miniport
    assert_int_equal(Nics[0].Oids, Before);
    assert_int_equal((int)BindingSetFilter(One, NDIS_PACKET_TYPE_SMT),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal(BindingSetFilter(One, 0), 0);
    assert_int_equal(Nics[0].PacketFilter, NDIS_PACKET_TYPE_BROADCAST);
    ProtocolDeregister(1);
    assert_int_equal(Nics[0].PacketFilter, 0);
}

static void Oid_FilterRefusedByMiniport_LeavesTheOldOne(void **State)
{
    (void)State;
    BindBoth();
    assert_int_equal(BindingSetFilter(One, NDIS_PACKET_TYPE_DIRECTED), 0);
    Nics[0].OidStatus = NDIS_STATUS_FAILURE;
    assert_int_equal((int)BindingSetFilter(One, NDIS_PACKET_TYPE_PROMISCUOUS),
                     (int)NDIS_STATUS_FAILURE);
    Nics[0].OidStatus = NDIS_STATUS_SUCCESS;
    assert_int_equal(QueryUlong(One, OID_GEN_CURRENT_PACKET_FILTER), NDIS_PACKET_TYPE_DIRECTED);
}

static void Oid_MulticastList_IsTheUnionWithoutDoubles(void **State)
{
    (void)State;
    BindBoth();
    UCHAR List[3][6] = {{1, 0, 0, 0, 0, 1}, {1, 0, 0, 0, 0, 2}, {1, 0, 0, 0, 0, 3}};
    assert_int_equal(
        BindingOid(One, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, List[0], 12, NULL), 0);
    assert_int_equal(Nics[0].MulticastCount, 2);
    assert_int_equal(
        BindingOid(Two, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, List[1], 12, NULL), 0);
    assert_int_equal(Nics[0].MulticastCount, 3);
    UCHAR Own[12];
    assert_int_equal(
        BindingOid(Two, NdisRequestQueryInformation, OID_802_3_MULTICAST_LIST, Own, 12, NULL), 0);
    assert_memory_equal(Own, List[1], 12);
    assert_int_equal(
        (int)BindingOid(One, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, List[0], 7, NULL),
        (int)NDIS_STATUS_INVALID_LENGTH);
    UCHAR Many[5][6] = {{1, 9}, {1, 8}, {1, 7}, {1, 6}, {1, 5}};
    assert_int_equal(
        (int)BindingOid(One, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, Many, 30, NULL),
        (int)NDIS_STATUS_MULTICAST_FULL);
    assert_int_equal(
        (int)BindingOid(One, NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, Many, 18, NULL),
        (int)NDIS_STATUS_MULTICAST_FULL); // 3 and the 2 of the other
    ProtocolDeregister(1);
    assert_int_equal(Nics[0].MulticastCount, 2);
}

static void Oid_Lookahead_LargestWins(void **State)
{
    (void)State;
    BindBoth();
    assert_int_equal(SetUlong(One, OID_GEN_CURRENT_LOOKAHEAD, 100), 0);
    assert_int_equal(SetUlong(Two, OID_GEN_CURRENT_LOOKAHEAD, 50), 0);
    assert_int_equal(Nics[0].Lookahead, 100);
    assert_int_equal(QueryUlong(Two, OID_GEN_CURRENT_LOOKAHEAD), 100);
    assert_int_equal((int)SetUlong(Two, OID_GEN_CURRENT_LOOKAHEAD, 5000),
                     (int)NDIS_STATUS_INVALID_LENGTH);
}

static NDIS_OID_REQUEST *RequestMake(TEST_BINDING *Binding, ULONG *Value, PVOID Id)
{
    NDIS_OID_REQUEST *Request = NdisAllocateMemoryWithTagPriority(Binding->Handle, sizeof(*Request),
                                                                  0x74736574, NormalPoolPriority);
    assert_non_null(Request);
    memset(Request, 0, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestQueryInformation;
    Request->RequestId = Id;
    Request->DATA.QUERY_INFORMATION.Oid = OID_GEN_VENDOR_ID;
    Request->DATA.QUERY_INFORMATION.InformationBuffer = Value;
    Request->DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(*Value);
    return Request;
}

static void Oid_MiniportPends_NextOneWaits(void **State)
{
    (void)State;
    BindBoth();
    ULONG Values[2] = {0};
    Nics[0].PendOid = TRUE;
    NDIS_OID_REQUEST *First = RequestMake(One, &Values[0], NULL);
    NDIS_OID_REQUEST *Second = RequestMake(Two, &Values[1], NULL);
    assert_int_equal(NdisOidRequest(One->Handle, First), NDIS_STATUS_PENDING);
    assert_int_equal(NdisOidRequest(Two->Handle, Second), NDIS_STATUS_PENDING);
    assert_int_equal(Nics[0].Oids, 1);
    KIRQL Irql = KeRaiseIrqlToDpcLevel(); // completion at DISPATCH; the next goes down at PASSIVE
    NicFinishOid(&Nics[0], NDIS_STATUS_SUCCESS);
    KeLowerIrql(Irql);
    EventWait(&One->OidDone);
    assert_int_equal(Values[0], 0xFFFFFF);
    EventWait(&Nics[0].OidCame);
    assert_int_equal(Nics[0].Oids, 2);
    assert_int_equal(Two->OidsDone, 0);
    NicFinishOid(&Nics[0], NDIS_STATUS_SUCCESS);
    EventWait(&Two->OidDone);
    assert_int_equal(Values[1], 0xFFFFFF);
    Nics[0].PendOid = FALSE;
    NdisFreeMemory(First, 0, 0);
    NdisFreeMemory(Second, 0, 0);
}

static void Oid_Cancel_WaitingAndActive(void **State)
{
    (void)State;
    BindBoth();
    ULONG Values[2] = {0};
    Nics[0].PendOid = TRUE;
    NDIS_OID_REQUEST *First = RequestMake(One, &Values[0], (PVOID)1);
    NDIS_OID_REQUEST *Second = RequestMake(Two, &Values[1], (PVOID)2);
    assert_int_equal(NdisOidRequest(One->Handle, First), NDIS_STATUS_PENDING);
    assert_int_equal(NdisOidRequest(Two->Handle, Second), NDIS_STATUS_PENDING);
    NdisCancelOidRequest(Two->Handle, (PVOID)2);
    EventWait(&Two->OidDone);
    assert_int_equal((int)Two->OidStatus, (int)NDIS_STATUS_REQUEST_ABORTED);
    NdisCancelOidRequest(One->Handle, (PVOID)1);
    EventWait(&One->OidDone);
    assert_int_equal((int)One->OidStatus, (int)NDIS_STATUS_REQUEST_ABORTED);
    assert_int_equal(Nics[0].Oids, 1);
    Nics[0].PendOid = FALSE;
    NdisFreeMemory(First, 0, 0);
    NdisFreeMemory(Second, 0, 0);
}

static void Oid_AtDispatch_ReachesMiniportAtPassive(void **State)
{
    (void)State;
    BindBoth();
    ULONG Value = 0;
    NDIS_OID_REQUEST *Request = RequestMake(One, &Value, NULL);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(NdisOidRequest(One->Handle, Request), NDIS_STATUS_PENDING);
    KeLowerIrql(Irql);
    EventWait(&One->OidDone);
    assert_int_equal(One->OidStatus, 0);
    assert_int_equal(Value, 0xFFFFFF);
    NdisFreeMemory(Request, 0, 0);
}

static void Oid_DirectWithoutHandler_IsNotSupported(void **State)
{
    (void)State;
    BindBoth();
    ULONG Value = 0;
    NDIS_OID_REQUEST *Request = RequestMake(One, &Value, NULL);
    assert_int_equal((int)NdisDirectOidRequest(One->Handle, Request),
                     (int)NDIS_STATUS_NOT_SUPPORTED);
    NdisFreeMemory(Request, 0, 0);
}

static void Reset_ByTheMiniport_RestoresTheFilter(void **State)
{
    (void)State;
    BindBoth();
    assert_int_equal(BindingSetFilter(One, NDIS_PACKET_TYPE_DIRECTED), 0);
    Nics[0].Send = NicHold;
    BindingSend(One, 2, 0);
    NdisMResetMiniport(Nics[0].Handle);
    TestIdle();
    assert_string_equal(Nics[0].Log, "IRr");
    assert_string_equal(One->Log, "BRSS");
    assert_int_equal(One->LastStatus, NDIS_STATUS_RESET_END);
    assert_int_equal(One->SendsFailed, 2);
    assert_int_equal(Nics[0].PacketFilter, NDIS_PACKET_TYPE_DIRECTED);
}

static void DoCompleteUnasked(void)
{
    BindBoth();
    static NDIS_OID_REQUEST Request;
    NdisMOidRequestComplete(Nics[0].Handle, &Request, NDIS_STATUS_SUCCESS);
}

static void Oid_CompletedUnasked_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoCompleteUnasked, BUGCODE_NDIS_DRIVER, "is not pending on");
}

static void DoBadHeader(void)
{
    BindBoth();
    static NDIS_OID_REQUEST Request;
    NdisOidRequest(One->Handle, &Request);
}

static void Oid_BadHeader_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoBadHeader, BUGCODE_NDIS_DRIVER, "the header of request");
}

static void DoCloseWithOid(void)
{
    BindBoth();
    ULONG Value = 0;
    Nics[0].PendOid = TRUE;
    NDIS_OID_REQUEST *Request = RequestMake(One, &Value, NULL);
    NdisOidRequest(One->Handle, Request);
    Protocols[0].LeaveFilter = TRUE;
    ProtocolDeregister(0);
}

static void Oid_CloseWhilePending_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoCloseWithOid, BUGCODE_NDIS_DRIVER, "1 OID requests are not complete");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Oid_Known_IsAnsweredWithoutTheMiniport),
        NDIS_TEST(Oid_ShortBuffer_SaysHowMuchIsNeeded),
        NDIS_TEST(Oid_NotKnownToNdis_GoesToTheMiniport),
        NDIS_TEST(Oid_PacketFilter_IsTheUnion),
        NDIS_TEST(Oid_FilterRefusedByMiniport_LeavesTheOldOne),
        NDIS_TEST(Oid_MulticastList_IsTheUnionWithoutDoubles),
        NDIS_TEST(Oid_Lookahead_LargestWins),
        NDIS_TEST(Oid_MiniportPends_NextOneWaits),
        NDIS_TEST(Oid_Cancel_WaitingAndActive),
        NDIS_TEST(Oid_AtDispatch_ReachesMiniportAtPassive),
        NDIS_TEST(Oid_DirectWithoutHandler_IsNotSupported),
        NDIS_TEST(Reset_ByTheMiniport_RestoresTheFilter),
        cmocka_unit_test(Oid_CompletedUnasked_BugChecks),
        cmocka_unit_test(Oid_BadHeader_BugChecks),
        cmocka_unit_test(Oid_CloseWhilePending_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
