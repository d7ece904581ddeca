// SPDX-License-Identifier: MIT

// The whole way: protocol driver, NDIS, miniport, packet wire, veth pair, packet socket, and back.

#include "../../ndishost/ndishost.h"
#include "network.h"
#include "protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ETHER_TYPE 0x88B5

static struct ndishost_driver *Driver;
static struct ndishost_nic *Nic;
static int Far; // packet socket on the far end

static int Start(void **State)
{
    static const struct ndishost_options Options = {.processors = 2, .quiet = 1};
    char Message[256] = "";

    (void)State;
    NetworkMakePair();
    Far = NetworkOpenSocket(NETWORK_FAR, ETHER_TYPE);
    assert_int_equal(ndishost_start(&Options), 0);
    assert_int_equal(ndishost_load_native("TestProtocol", ProtocolEntry, &Driver), 0);
    ProtocolReset();
    if (ndishost_add_nic("packet:" NETWORK_NEAR, &Nic, Message, sizeof(Message)) != 0) {
        fail_msg("%s", Message);
    }
    ProtocolWaitRunning();
    return 0;
}

static int Stop(void **State)
{
    (void)State;
    assert_int_equal(ndishost_stop(), 0);
    close(Far);
    NetworkRemovePair();
    return 0;
}

static void ExpectAtFarEnd(unsigned Length, unsigned Seed)
{
    unsigned char Expected[2000], Got[2000];

    ProtocolPattern(Expected, Length, Seed);
    assert_int_equal(read(Far, Got, sizeof(Got)), Length);
    assert_memory_equal(Expected, Got, Length);
}

static void Send_ManyFrames_ArriveIdenticalAndInOrder(void **State)
{
    unsigned Count = 5000;

    (void)State;
    for (unsigned I = 0; I < Count; I++) {
        NET_BUFFER_LIST *Nbl = ProtocolMake(1 + I % 3, 14 + I * 7 % 1500, I, I % 5 == 0 ? 700 : 0);

        ProtocolSend(Nbl);
        ProtocolWaitCompletions(I + 1);
        assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_SUCCESS);
        ProtocolFree(Nbl);
        for (unsigned J = 0; J <= I % 3; J++) {
            ExpectAtFarEnd(14 + I * 7 % 1500, I + J);
        }
    }
}

static void Send_LinkDown_FailsAsDisconnected(void **State)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(1, 100, 1, 0);

    (void)State;
    NetworkRun("ip link set " NETWORK_FAR " down");
    ProtocolWaitLink(MediaConnectStateDisconnected);
    ProtocolSend(Nbl);
    ProtocolWaitCompletions(1);
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_MEDIA_DISCONNECTED);
    NetworkRun("ip link set " NETWORK_FAR " up");
    ProtocolWaitLink(MediaConnectStateConnected);
    ProtocolSend(Nbl);
    ProtocolWaitCompletions(2);
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_SUCCESS);
    ProtocolFree(Nbl);
}

static void Receive_ManyFrames_ComeUpIdentical(void **State)
{
    ULONG Filter = NDIS_PACKET_TYPE_PROMISCUOUS;
    unsigned char Data[1514];

    (void)State;
    assert_int_equal(
        ProtocolOid(NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Filter, 4, NULL),
        NDIS_STATUS_SUCCESS);
    for (unsigned I = 0; I < 2000; I++) {
        ProtocolPattern(Data, 60 + I % 1455, I);
        assert_int_equal(write(Far, Data, 60 + I % 1455), 60 + I % 1455);
    }
    ProtocolWaitReceived(2000);
    for (unsigned I = 0; I < 2000; I++) {
        ProtocolPattern(Data, 60 + I % 1455, I);
        assert_int_equal(ProtocolReceivedLength(I), 60 + I % 1455);
        assert_memory_equal(ProtocolReceivedData(I), Data, 60 + I % 1455);
    }
}

static void Remove_InterfaceDeleted_UnbindsAndFailsSends(void **State)
{
    (void)State;
    NetworkRemovePair();
    ProtocolWaitLink(MediaConnectStateDisconnected);
    ProtocolWaitUnbound();
    assert_int_equal(ndishost_remove_nic(Nic, NDISHOST_REMOVE_ORDERLY), 0);
}

#define PACKET_TEST(Function) cmocka_unit_test_setup_teardown(Function, Start, Stop)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        PACKET_TEST(Send_ManyFrames_ArriveIdenticalAndInOrder),
        PACKET_TEST(Send_LinkDown_FailsAsDisconnected),
        PACKET_TEST(Receive_ManyFrames_ComeUpIdentical),
        PACKET_TEST(Remove_InterfaceDeleted_UnbindsAndFailsSends),
    };

    if (!NetworkEnter()) {
        return 77; // SKIP_RETURN_CODE of ctest
    }
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
