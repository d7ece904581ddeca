// SPDX-License-Identifier: MIT

// examples/reuse.c: an NBL with everything in it that a lower driver may leave behind.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ndis.h>

#include "ndishost.h"

VOID ReuseNbl(NET_BUFFER_LIST *Nbl, MDL *Mdl, ULONG Offset, ULONG Length, NDIS_HANDLE Binding);

static void *const Junk = (void *)(uintptr_t)0xDEADBEEF0000;

static void leave_junk(NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    NET_BUFFER_LIST_NEXT_NBL(Nbl) = Junk;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SEND_ABORTED;
    Nbl->SourceHandle = Junk;
    NdisSetNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET);
    for (int i = 0; i < MaxNetBufferListInfo; i++) {
        if (i != NetBufferListProtocolId) {
            NET_BUFFER_LIST_INFO(Nbl, i) = Junk;
        }
    }
    NET_BUFFER_FIRST_MDL(Nb) = Junk;
    NET_BUFFER_CURRENT_MDL(Nb) = Junk;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = 1;
    NET_BUFFER_DATA_OFFSET(Nb) = 2;
    NET_BUFFER_DATA_LENGTH(Nb) = 3;
}

static void check(NET_BUFFER_LIST *Nbl, MDL *Mdl, NDIS_HANDLE Binding)
{
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    assert_ptr_equal(NET_BUFFER_FIRST_MDL(Nb), Mdl);
    assert_ptr_equal(NET_BUFFER_CURRENT_MDL(Nb), Mdl);
    assert_int_equal(NET_BUFFER_CURRENT_MDL_OFFSET(Nb), 16);
    assert_int_equal(NET_BUFFER_DATA_OFFSET(Nb), 16);
    assert_int_equal(NET_BUFFER_DATA_LENGTH(Nb), 60);
    assert_null(NET_BUFFER_LIST_NEXT_NBL(Nbl));
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_SUCCESS);
    assert_ptr_equal(Nbl->SourceHandle, Binding);
    assert_int_equal(NdisTestNblFlag(Nbl, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET), 0);
    for (int i = 0; i < MaxNetBufferListInfo; i++) {
        BOOLEAN Reset = i == TcpIpChecksumNetBufferListInfo || i == TcpLargeSendNetBufferListInfo ||
                        i == Ieee8021QNetBufferListInfo || i == NetBufferListCancelId ||
                        i == NetBufferListHashValue || i == NetBufferListHashInfo;

        if (i != NetBufferListProtocolId) {
            assert_ptr_equal(NET_BUFFER_LIST_INFO(Nbl, i), Reset ? NULL : Junk);
        }
    }
}

static void Reuse_AfterJunk_IsReadyToSend(void **state)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .fAllocateNetBuffer = TRUE,
        .PoolTag = 0x74736554,
    };
    static UCHAR Frame[100];

    (void)state;
    assert_int_equal(
        ndishost_start(&(struct ndishost_options){.verify = NDISHOST_VERIFY_OFF, .quiet = 1}), 0);
    NDIS_HANDLE Pool = NdisAllocateNetBufferListPool(NULL, &Parameters);
    MDL *Mdl = IoAllocateMdl(Frame, sizeof(Frame), FALSE, FALSE, NULL);
    assert_non_null(Mdl);
    MmBuildMdlForNonPagedPool(Mdl);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, Mdl, 0, 100);
    assert_non_null(Nbl);
    NET_BUFFER_LIST Before = *Nbl;
    leave_junk(Nbl);
    ReuseNbl(Nbl, Mdl, 16, 60, Frame);
    check(Nbl, Mdl, Frame);
    assert_ptr_equal(Nbl->Context, Before.Context);
    assert_ptr_equal(Nbl->NdisPoolHandle, Before.NdisPoolHandle);
    assert_int_equal(Nbl->Flags, Before.Flags);

    for (int i = 0; i < MaxNetBufferListInfo; i++) {
        NET_BUFFER_LIST_INFO(Nbl, i) = Before.NetBufferListInfo[i];
    }
    NdisFreeNetBufferList(Nbl);
    IoFreeMdl(Mdl);
    NdisFreeNetBufferListPool(Pool);
    assert_int_equal(ndishost_stop(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(Reuse_AfterJunk_IsReadyToSend)};

    return cmocka_run_group_tests_name("reuse", tests, NULL, NULL);
}
