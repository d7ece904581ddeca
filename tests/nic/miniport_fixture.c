// SPDX-License-Identifier: MIT

#include "miniport_fixture.h"

#include "protocol.h"
#include "test_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct ndishost_nic *FixtureNic;
static struct ndishost_driver *Driver;

static void FixtureStartWith(unsigned Mtu, enum ndishost_verify Level)
{
    const struct ndishost_options Options = {.processors = 4, .quiet = 1, .verify = Level};
    char Message[256] = "";

    TestWireReset(Mtu);
    assert_int_equal(ndishost_start(&Options), 0);
    assert_int_equal(ndishost_load_native("TestProtocol", ProtocolEntry, &Driver), 0);
    ProtocolReset();
    if (ndishost_add_wire(&TestWire, "", &FixtureNic, Message, sizeof(Message)) != 0) {
        fail_msg("%s", Message);
    }
    ProtocolWaitRunning();
}

int FixtureStart(void **State)
{
    (void)State;
    FixtureStartWith(1500, NDISHOST_VERIFY_DEFAULT);
    return 0;
}

int FixtureStartUnverified(void **State)
{
    (void)State;
    FixtureStartWith(1500, NDISHOST_VERIFY_OFF);
    return 0;
}

int FixtureStartJumbo(void **State)
{
    (void)State;
    FixtureStartWith(9000, NDISHOST_VERIFY_OFF);
    return 0;
}

void FixtureRemoveNic(void)
{
    assert_int_equal(ndishost_remove_nic(FixtureNic, NDISHOST_REMOVE_ORDERLY), 0);
    FixtureNic = NULL;
}

int FixtureStop(void **State)
{
    (void)State;
    if (FixtureNic != NULL) {
        FixtureRemoveNic();
    }
    assert_int_equal(ndishost_unload(Driver), 0);
    assert_int_equal(ndishost_stop(), 0);
    return 0;
}

NDIS_STATUS FixtureSendAndWait(unsigned Count, unsigned Length, unsigned Seed, unsigned Piece)
{
    NET_BUFFER_LIST *Nbl = ProtocolMake(Count, Length, Seed, Piece);
    unsigned Before = ProtocolCompletions();
    NDIS_STATUS Status;

    ProtocolSend(Nbl);
    ProtocolWaitCompletions(Before + 1);
    assert_ptr_equal(ProtocolCompleted(Before), Nbl);
    Status = NET_BUFFER_LIST_STATUS(Nbl);
    ProtocolFree(Nbl);
    return Status;
}

void FixtureExpectSent(unsigned Index, unsigned Length, unsigned Seed)
{
    unsigned char *Expected = malloc(Length);

    ProtocolPattern(Expected, Length, Seed);
    assert_int_equal(TestWireLength(Index), Length);
    assert_memory_equal(TestWireData(Index), Expected, Length);
    free(Expected);
}

NET_BUFFER_LIST *FixtureMakeChain(unsigned Count, unsigned Seed, void *CancelId)
{
    NET_BUFFER_LIST *First = NULL;

    for (unsigned I = Count; I-- > 0;) {
        NET_BUFFER_LIST *Nbl = ProtocolMake(1, 60 + I % 100, Seed + I, 0);

        NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Nbl, CancelId);
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = First;
        First = Nbl;
    }
    return First;
}

void *FixtureCancelId(unsigned Number)
{
    return (void *)((ULONG_PTR)NdisGeneratePartialCancelId() << 56 | Number);
}

void FixtureFreeCompleted(unsigned From, unsigned To)
{
    for (unsigned I = From; I < To; I++) {
        ProtocolFree(ProtocolCompleted(I));
    }
}

void FixtureSetFilter(ULONG Filter)
{
    assert_int_equal(ProtocolOid(NdisRequestSetInformation, OID_GEN_CURRENT_PACKET_FILTER, &Filter,
                                 sizeof(Filter), NULL),
                     NDIS_STATUS_SUCCESS);
}

void FixtureArrive(const char *Address, unsigned Length, unsigned Seed)
{
    unsigned char *Data = malloc(Length);

    ProtocolPattern(Data, Length, Seed);
    memcpy(Data, Address, 6);
    TestWireReceive(Data, Length);
    free(Data);
}
