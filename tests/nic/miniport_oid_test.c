// SPDX-License-Identifier: MIT

// OID requests to the miniport, and what it indicates, between a small protocol driver above and a
// wire below that the test plays.

#include "miniport_fixture.h"

#include "protocol.h"
#include "test_wire.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void Query(NDIS_OID Oid, void *Value, unsigned Length)
{
    unsigned Bytes = 0;

    memset(Value, 0xCC, Length);
    assert_int_equal(ProtocolOid(NdisRequestQueryInformation, Oid, Value, Length, &Bytes),
                     NDIS_STATUS_SUCCESS);
    assert_int_equal(Bytes, Length);
}

static void Oid_Constants_TellWhatTheWireIs(void **State)
{
    unsigned char Address[6];
    ULONG Number;

    (void)State;
    Query(OID_GEN_MAXIMUM_FRAME_SIZE, &Number, 4);
    assert_int_equal(Number, 1500);
    Query(OID_GEN_MAXIMUM_TOTAL_SIZE, &Number, 4);
    assert_int_equal(Number, 1514);
    Query(OID_802_3_CURRENT_ADDRESS, Address, 6);
    assert_memory_equal(Address, TO_ME, 6);
    Query(OID_802_3_PERMANENT_ADDRESS, Address, 6);
    assert_memory_equal(Address, TO_ME, 6);
    Query(OID_GEN_MAC_OPTIONS, &Number, 4);
    assert_int_equal(Number & NDIS_MAC_OPTION_8021P_PRIORITY, 0);
    assert_int_equal(ProtocolBindParameters()->MtuSize, 1500);
    assert_int_equal(ProtocolBindParameters()->XmitLinkSpeed, 1000000000);
    assert_int_equal(ProtocolBindParameters()->MediaConnectState, MediaConnectStateConnected);
}

static void Oid_Statistics_CountFramesAndBytes(void **State)
{
    NDIS_STATISTICS_INFO Info;

    (void)State;
    FixtureSetFilter(NDIS_PACKET_TYPE_DIRECTED | NDIS_PACKET_TYPE_BROADCAST);
    assert_int_equal(FixtureSendAndWait(3, 100, 1, 0), NDIS_STATUS_SUCCESS);
    assert_int_equal(FixtureSendAndWait(1, 2000, 1, 0), NDIS_STATUS_INVALID_LENGTH);
    FixtureArrive(TO_ME, 70, 1);
    FixtureArrive(TO_ALL, 80, 1);
    ProtocolWaitReceived(2);
    Query(OID_GEN_STATISTICS, &Info, sizeof(Info));
    assert_int_equal(Info.ifHCOutUcastPkts, 3);
    assert_int_equal(Info.ifHCOutOctets, 300);
    assert_int_equal(Info.ifOutErrors, 1);
    assert_int_equal(Info.ifHCInUcastPkts, 1);
    assert_int_equal(Info.ifHCInBroadcastPkts, 1);
    assert_int_equal(Info.ifHCInOctets, 150);
}

static void Oid_WrongUse_IsRefused(void **State)
{
    unsigned char List[33 * 6] = {0};
    ULONG Number = 0;

    (void)State;
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, List, 7, NULL),
        NDIS_STATUS_INVALID_LENGTH);
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_802_3_MULTICAST_LIST, List, sizeof(List), NULL),
        NDIS_STATUS_MULTICAST_FULL);
    TestWireRefuseFilter(ENOMEM);
    Number = NDIS_PACKET_TYPE_DIRECTED;
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Number, 4, NULL),
        NDIS_STATUS_RESOURCES);
    TestWireRefuseFilter(0);
}

static void Status_LinkChanges_AreIndicated(void **State)
{
    NDIS_LINK_STATE Link;

    (void)State;
    TestWireSetLink(0);
    ProtocolWaitLink(MediaConnectStateDisconnected);
    Query(OID_GEN_LINK_STATE, &Link, sizeof(Link));
    assert_int_equal(Link.MediaConnectState, MediaConnectStateDisconnected);
    TestWireSetLink(1);
    ProtocolWaitLink(MediaConnectStateConnected);
    Query(OID_GEN_LINK_STATE, &Link, sizeof(Link));
    assert_int_equal(Link.XmitLinkSpeed, 1000000000);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NIC_TEST(Oid_Constants_TellWhatTheWireIs),
        NIC_TEST_UNVERIFIED(Oid_Statistics_CountFramesAndBytes),
        NIC_TEST(Oid_WrongUse_IsRefused),
        NIC_TEST(Status_LinkChanges_AreIndicated),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}
