// SPDX-License-Identifier: MIT
// NBL and NB pools, data space, context space, copies.

#include "fixture.h"

#include "ndis/control.h"
#include "nt/pool.h"

#include <pthread.h>
#include <string.h>

#define TAG 0x74736574

static NDIS_HANDLE PoolMake(BOOLEAN WithNb, ULONG DataSize, USHORT ContextSize, UCHAR ProtocolId)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Parameters = {0};
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Parameters.fAllocateNetBuffer = WithNb;
    Parameters.DataSize = DataSize;
    Parameters.ContextSize = ContextSize;
    Parameters.ProtocolId = ProtocolId;
    Parameters.PoolTag = TAG;
    return NdisAllocateNetBufferListPool(NULL, &Parameters);
}

static MDL *MdlMake(ULONG Bytes)
{
    UCHAR *Data = NdisAllocateMemoryWithTagPriority(NULL, Bytes, TAG, NormalPoolPriority);
    assert_non_null(Data);
    for (ULONG i = 0; i < Bytes; i++) {
        Data[i] = (UCHAR)i;
    }
    MDL *Mdl = NdisAllocateMdl(NULL, Data, Bytes);
    assert_non_null(Mdl);
    return Mdl;
}

static void MdlFree(MDL *Mdl)
{
    NdisFreeMemory(MmGetMdlVirtualAddress(Mdl), 0, 0);
    NdisFreeMdl(Mdl);
}

static void Pool_Allocate_FieldsAreDocumented(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 32, NDIS_PROTOCOL_ID_TCP_IP);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 16, 0);
    assert_non_null(Nbl);
    assert_int_equal((ULONG_PTR)Nbl % 16, 0);
    assert_null(Nbl->Next);
    assert_null(Nbl->ParentNetBufferList);
    assert_null(Nbl->Scratch);
    assert_int_equal(Nbl->ChildRefCount, 0);
    // The other bits are NDIS's, and the verifier marks them.
    assert_int_equal(Nbl->Flags & (NBL_FLAGS_PROTOCOL_RESERVED | NBL_FLAGS_MINIPORT_RESERVED |
                                   NBL_FLAGS_SCRATCH),
                     0);
    assert_ptr_equal(NdisGetPoolFromNetBufferList(Nbl), Pool);
    assert_int_equal(NdisGetNetBufferListProtocolId(Nbl), NDIS_PROTOCOL_ID_TCP_IP);
    assert_non_null(Nbl->FirstNetBuffer);
    assert_null(Nbl->FirstNetBuffer->Next);
    assert_null(Nbl->FirstNetBuffer->MdlChain);
    assert_non_null(Nbl->Context);
    assert_int_equal(Nbl->Context->Size - Nbl->Context->Offset, 16);
    memset(NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl), 0xCC, 16);
    Nbl->NetBufferListInfo[TcpLargeSendNetBufferListInfo] = (PVOID)1;
    Nbl->Scratch = Nbl;
    NdisFreeNetBufferList(Nbl);
    NET_BUFFER_LIST *Again = NdisAllocateNetBufferList(Pool, 0, 0);
    assert_null(Again->NetBufferListInfo[TcpLargeSendNetBufferListInfo]);
    assert_null(Again->Scratch);
    NdisFreeNetBufferList(Again);
    NdisFreeNetBufferListPool(Pool);
}

static void Pool_NetBufferWithMdl_PointsAtTheByte(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    MDL *First = MdlMake(10);
    MDL *Second = MdlMake(100);
    First->Next = Second;
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, First, 15, 50);
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    assert_ptr_equal(Nb->MdlChain, First);
    assert_ptr_equal(Nb->CurrentMdl, Second);
    assert_int_equal(Nb->CurrentMdlOffset, 5);
    assert_int_equal(Nb->DataOffset, 15);
    assert_int_equal(Nb->DataLength, 50);
    assert_null(Nbl->Context);
    Nb->DataOffset = 10; // on the boundary: the next MDL
    NdisAdjustNetBufferCurrentMdl(Nb);
    assert_ptr_equal(Nb->CurrentMdl, Second);
    assert_int_equal(Nb->CurrentMdlOffset, 0);
    NdisFreeNetBufferList(Nbl);
    MdlFree(First);
    MdlFree(Second);
    NdisFreeNetBufferListPool(Pool);
}

static void Pool_WithData_RetreatOpensIt(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 100, 0, 0);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 0, 0);
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    assert_int_equal(Nb->DataLength, 0);
    assert_int_equal(NdisRetreatNetBufferDataStart(Nb, 60, 0, NULL), 0);
    assert_int_equal(Nb->DataLength, 60);
    assert_int_equal(Nb->DataOffset, 40);
    UCHAR *Data = NdisGetDataBuffer(Nb, 60, NULL, 1, 0);
    assert_non_null(Data);
    memset(Data, 1, 60);
    NdisAdvanceNetBufferDataStart(Nb, 60, TRUE, NULL);
    assert_int_equal(Nb->DataOffset, 100);
    assert_non_null(Nb->MdlChain);
    NdisFreeNetBufferList(Nbl);
    NdisFreeNetBufferListPool(Pool);
}

static void Data_RetreatBeyondTheStart_AddsAnMdlAndAdvanceFreesIt(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    MDL *Mdl = MdlMake(50);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, Mdl, 4, 46);
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    assert_int_equal(NdisRetreatNetBufferListDataStart(Nbl, 14, 8, NULL, NULL), 0);
    assert_ptr_not_equal(Nb->MdlChain, Mdl);
    assert_int_equal(Nb->DataLength, 60);
    UCHAR Storage[60];
    UCHAR *Data = NdisGetDataBuffer(Nb, 60, Storage, 1, 0);
    assert_ptr_equal(Data, Storage); // over two MDLs
    assert_int_equal(Data[14], 4);
    assert_int_equal(Data[59], 49);
    assert_null(NdisGetDataBuffer(Nb, 60, NULL, 1, 0));
    NdisAdvanceNetBufferListDataStart(Nbl, 14, TRUE, NULL);
    assert_ptr_equal(Nb->MdlChain, Mdl);
    assert_ptr_equal(Nb->CurrentMdl, Mdl);
    assert_int_equal(Nb->CurrentMdlOffset, 4);
    assert_int_equal(Nb->DataOffset, 4);
    assert_int_equal(Nb->DataLength, 46);
    NdisFreeNetBufferList(Nbl);
    MdlFree(Mdl);
    NdisFreeNetBufferListPool(Pool);
}

static void Data_CopyBetweenNetBuffers_CrossesMdls(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    MDL *A = MdlMake(10), *B = MdlMake(20), *C = MdlMake(40);
    A->Next = B;
    memset(MmGetMdlVirtualAddress(C), 0xEE, 40);
    NET_BUFFER_LIST *From = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, A, 5, 25);
    NET_BUFFER_LIST *To = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, C, 0, 40);
    ULONG Copied;
    assert_int_equal(NdisCopyFromNetBufferToNetBuffer(To->FirstNetBuffer, 2, 100,
                                                      From->FirstNetBuffer, 1, &Copied),
                     0);
    assert_int_equal(Copied, 24);
    const UCHAR *Data = MmGetMdlVirtualAddress(C);
    assert_int_equal(Data[1], 0xEE);
    assert_int_equal(Data[2], 6);
    assert_int_equal(Data[5], 9);
    assert_int_equal(Data[6], 0); // of B
    assert_int_equal(Data[25], 19);
    assert_int_equal(Data[26], 0xEE);
    assert_true(NdisQueryNetBufferPhysicalCount(From->FirstNetBuffer) >= 2);
    NdisFreeNetBufferList(From);
    NdisFreeNetBufferList(To);
    MdlFree(A);
    MdlFree(B);
    MdlFree(C);
    NdisFreeNetBufferListPool(Pool);
}

static ULONG DataRead(NET_BUFFER *Nb, UCHAR *To)
{
    UCHAR *Data = NdisGetDataBuffer(Nb, Nb->DataLength, To, 1, 0);
    assert_non_null(Data);
    if (Data != To) {
        memcpy(To, Data, Nb->DataLength);
    }
    return Nb->DataLength;
}

static void Clone_CoversTheUsedData(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    MDL *A = MdlMake(10), *B = MdlMake(20);
    A->Next = B;
    NET_BUFFER_LIST *From = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, A, 5, 22);
    UCHAR Whole[32], Again[32];
    DataRead(From->FirstNetBuffer, Whole);
    for (unsigned i = 0; i < 3; i++) {
        ULONG Flags = i == 2 ? NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS : 0;
        NET_BUFFER_LIST *Clone = NdisAllocateCloneNetBufferList(From, i == 0 ? NULL : Pool, NULL,
                                                                Flags);
        assert_non_null(Clone);
        assert_int_equal(DataRead(Clone->FirstNetBuffer, Again), 22);
        assert_memory_equal(Again, Whole, 22);
        assert_null(Clone->Context);
        assert_int_equal(Clone->FirstNetBuffer->MdlChain == A, i == 2);
        NdisFreeCloneNetBufferList(Clone, Flags);
    }
    NdisFreeNetBufferList(From);
    MdlFree(A);
    MdlFree(B);
    NdisFreeNetBufferListPool(Pool);
}

static void Clone_FragmentsAndBack_SameBytes(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    MDL *A = MdlMake(100);
    NET_BUFFER_LIST *From = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, A, 0, 100);
    NET_BUFFER_LIST *Parts = NdisAllocateFragmentNetBufferList(From, NULL, NULL, 10, 40, 14, 0, 0);
    assert_non_null(Parts);
    UCHAR Data[128];
    NET_BUFFER *Nb = Parts->FirstNetBuffer;
    assert_int_equal(DataRead(Nb, Data), 54);
    assert_int_equal(Data[14], 10);
    assert_int_equal(DataRead(Nb->Next, Data), 54);
    assert_int_equal(Data[14], 50);
    assert_int_equal(DataRead(Nb->Next->Next, Data), 24);
    assert_null(Nb->Next->Next->Next);
    NET_BUFFER_LIST *One = NdisAllocateReassembledNetBufferList(Parts, Pool, 14, 4, 0, 0);
    assert_non_null(One);
    assert_int_equal(DataRead(One->FirstNetBuffer, Data), 94);
    for (unsigned i = 0; i < 90; i++) {
        assert_int_equal(Data[4 + i], 10 + i);
    }
    NdisFreeReassembledNetBufferList(One, 4, 0);
    NdisFreeFragmentNetBufferList(Parts, 14, 0);
    NdisFreeNetBufferList(From);
    MdlFree(A);
    NdisFreeNetBufferListPool(Pool);
}

static void Clone_AllocationFails_NothingLeaks(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    MDL *A = MdlMake(100);
    NET_BUFFER_LIST *From = NdisAllocateNetBufferAndNetBufferList(Pool, 0, 0, A, 0, 100);
    NET_BUFFER_LIST *Parts = NULL;
    for (long At = 0; Parts == NULL; At++) {
        SimPoolFailAfter(At);
        Parts = NdisAllocateFragmentNetBufferList(From, NULL, NULL, 0, 30, 8, 0, 0);
        SimPoolFailAfter(-1);
        assert_true(At < 100);
    }
    NdisFreeFragmentNetBufferList(Parts, 8, 0);
    NdisFreeNetBufferList(From);
    MdlFree(A);
    NdisFreeNetBufferListPool(Pool);
}

static void Context_AddedAndFreed_ComesBack(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(FALSE, 0, 0, 0);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 16, 16);
    assert_null(Nbl->FirstNetBuffer);
    PVOID Own = NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl);
    assert_int_equal(NdisAllocateNetBufferListContext(Nbl, 16, 0, TAG), 0); // in the backfill
    assert_int_equal((UCHAR *)Own - NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl), 16);
    assert_int_equal(NdisAllocateNetBufferListContext(Nbl, 64, 8, TAG), 0); // a block of its own
    assert_non_null(Nbl->Context->Next);
    memset(NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl), 1, 64);
    NdisFreeNetBufferListContext(Nbl, 64);
    // The backfill goes with it, as nobody took it.
    NdisFreeNetBufferListContext(Nbl, 16);
    assert_ptr_equal(NET_BUFFER_LIST_CONTEXT_DATA_START(Nbl), Own);
    NdisFreeNetBufferList(Nbl);
    NdisFreeNetBufferListPool(Pool);
}

static void Pool_NetBuffers_ComeFromTheirOwn(void **State)
{
    (void)State;
    NET_BUFFER_POOL_PARAMETERS Parameters = {0};
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Parameters.PoolTag = TAG;
    NDIS_HANDLE Plain = NdisAllocateNetBufferPool(NULL, &Parameters);
    Parameters.DataSize = 64;
    NDIS_HANDLE Data = NdisAllocateNetBufferPool(NULL, &Parameters);
    NET_BUFFER *A = NdisAllocateNetBuffer(Plain, NULL, 0, 0);
    NET_BUFFER *B = NdisAllocateNetBufferMdlAndData(Data);
    assert_ptr_equal(NdisGetPoolFromNetBuffer(A), Plain);
    assert_int_equal(NdisRetreatNetBufferDataStart(B, 64, 0, NULL), 0);
    assert_non_null(NdisGetDataBuffer(B, 64, NULL, 1, 0));
    NdisFreeNetBuffer(A);
    NdisFreeNetBuffer(B);
    NdisFreeNetBufferPool(Plain);
    NdisFreeNetBufferPool(Data);
}

static void Pool_AllocationFails_NullAndNothingLeaks(void **State)
{
    (void)State;
    for (long At = 0; At < 3; At++) {
        SimPoolFailAfter(At);
        NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
        NET_BUFFER_LIST *Nbl = Pool == NULL ? NULL : NdisAllocateNetBufferList(Pool, 0, 0);
        SimPoolFailAfter(-1);
        assert_null(Nbl);
        if (Pool != NULL) {
            NdisFreeNetBufferListPool(Pool);
        }
    }
}

// Whatever the last owner has left in it, a fresh NBL and its NB are zero but for what is
// documented.
static void ExpectFresh(NDIS_HANDLE Pool, NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    NET_BUFFER_LIST ZeroNbl = {.FirstNetBuffer = Nb, .Context = Nbl->Context};
    NET_BUFFER ZeroNb = {.NdisPoolHandle = Pool};
    ZeroNbl.NdisPoolHandle = Pool;
    ZeroNbl.NetBufferListInfo[NetBufferListProtocolId] = (PVOID)NDIS_PROTOCOL_ID_TCP_IP;
    assert_memory_equal(Nbl, &ZeroNbl, sizeof(*Nbl));
    assert_memory_equal(Nb, &ZeroNb, sizeof(*Nb));
}

static void Spoil(NDIS_HANDLE Pool, NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER_LIST_CONTEXT *Context = Nbl->Context;
    NET_BUFFER *Nb = Nbl->FirstNetBuffer;
    memset(Nb, 0xEE, sizeof(*Nb));
    Nb->NdisPoolHandle = Pool;
    memset(Nbl, 0xEE, sizeof(*Nbl));
    Nbl->NdisPoolHandle = Pool;
    Nbl->Context = Context;
    Nbl->ChildRefCount = 0;
}

static void Pool_SpoiltAndAllocatedAgain_IsFresh(void **State)
{
    (void)State;
    if (SimNdisHooks != NULL) {
        skip(); // a verifier fills what is not documented with junk
    }
    for (USHORT ContextSize = 0; ContextSize <= 32; ContextSize += 32) {
        NDIS_HANDLE Pool = PoolMake(TRUE, 0, ContextSize, NDIS_PROTOCOL_ID_TCP_IP);
        for (unsigned i = 0; i < 6; i++) {
            USHORT Wanted = i % 3 == 2 ? 48 : 0; // more than the pool has for each
            NET_BUFFER_LIST *Nbl = i % 2 == 0 ? NdisAllocateNetBufferList(Pool, Wanted, 0)
                                              : NdisAllocateNetBufferAndNetBufferList(
                                                    Pool, Wanted, 0, NULL, 0, 0);
            ExpectFresh(Pool, Nbl);
            assert_int_equal(Nbl->Context != NULL, ContextSize + Wanted != 0);
            Spoil(Pool, Nbl);
            NdisFreeNetBufferList(Nbl);
        }
        NdisFreeNetBufferListPool(Pool);
    }
}

enum { ThreadBlocks = 200, ThreadRounds = 200 };

static void *TakeAndGive(void *Pool)
{
    NET_BUFFER_LIST *Nbls[ThreadBlocks];
    for (unsigned Round = 0; Round < ThreadRounds; Round++) {
        for (unsigned i = 0; i < ThreadBlocks; i++) {
            Nbls[i] = NdisAllocateNetBufferList(Pool, 0, 0);
            Nbls[i]->Scratch = &Nbls[i];
        }
        for (unsigned i = 0; i < ThreadBlocks; i++) {
            assert_ptr_equal(Nbls[i]->Scratch, &Nbls[i]);
            NdisFreeNetBufferList(Nbls[i]);
        }
    }
    return NULL;
}

static void Pool_ManyThreads_NoBlockTwice(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    pthread_t Threads[4];
    for (unsigned i = 0; i < 4; i++) {
        pthread_create(&Threads[i], NULL, TakeAndGive, Pool);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(Threads[i], NULL);
    }
    NdisFreeNetBufferListPool(Pool);
}

static void *GiveAll(void *Nbls)
{
    for (unsigned i = 0; i < ThreadBlocks; i++) {
        NdisFreeNetBufferList(((NET_BUFFER_LIST **)Nbls)[i]);
    }
    return NULL;
}

static void Pool_FreedByAnotherThread_ComesBack(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    NET_BUFFER_LIST *Nbls[ThreadBlocks];
    struct ndishost_counters Before, After;
    ndishost_get_counters(&Before);
    for (unsigned Round = 0; Round < 20; Round++) {
        pthread_t Thread;
        for (unsigned i = 0; i < ThreadBlocks; i++) {
            Nbls[i] = NdisAllocateNetBufferList(Pool, 0, 0);
            assert_non_null(Nbls[i]);
        }
        pthread_create(&Thread, NULL, GiveAll, Nbls);
        pthread_join(Thread, NULL);
    }
    ndishost_get_counters(&After);
    assert_int_equal(After.nbl_allocations - Before.nbl_allocations, 20 * ThreadBlocks);
    // What one round needs, and what the processors' lists may keep from it; not 20 times as much.
    assert_true(After.pool_allocations - Before.pool_allocations < 4 * ThreadBlocks);
    NdisFreeNetBufferListPool(Pool);
}

static void Pool_AfterWarmUp_NoAllocation(void **State)
{
    (void)State;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    KIRQL Irql = KeRaiseIrqlToDpcLevel(); // stays on one processor
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 0, 0);
    NdisFreeNetBufferList(Nbl);
    struct ndishost_counters Before, After;
    ndishost_get_counters(&Before);
    for (unsigned i = 0; i < 1000; i++) {
        Nbl = NdisAllocateNetBufferList(Pool, 0, 0);
        NdisFreeNetBufferList(Nbl);
    }
    KeLowerIrql(Irql);
    ndishost_get_counters(&After);
    assert_int_equal(After.nbl_allocations - Before.nbl_allocations, 1000);
    assert_true(After.pool_allocations - Before.pool_allocations <= 1);
    NdisFreeNetBufferListPool(Pool);
}

// ---- misuse

static void DoFreeTwice(void)
{
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 0, 0);
    NdisFreeNetBufferList(Nbl);
    NdisFreeNetBufferList(Nbl);
}

static void DoFreePoolWithLive(void)
{
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    NdisAllocateNetBufferList(Pool, 0, 0);
    NdisAllocateNetBufferList(Pool, 0, 0);
    NdisFreeNetBufferListPool(Pool);
}

static void DoLeakContext(void)
{
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(Pool, 0, 0);
    NdisAllocateNetBufferListContext(Nbl, 16, 0, TAG);
    NdisFreeNetBufferList(Nbl);
}

static void DoBadParameters(void)
{
    PoolMake(FALSE, 64, 0, 0);
}

static void DoDataPool(void)
{
    NdisAllocateNetBufferAndNetBufferList(PoolMake(TRUE, 64, 0, 0), 0, 0, NULL, 0, 0);
}

static void DoAllocateTooHigh(void)
{
    KIRQL Irql;
    NDIS_HANDLE Pool = PoolMake(TRUE, 0, 0, 0);
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
    NdisAllocateNetBufferList(Pool, 0, 0);
    KeLowerIrql(Irql);
}

static void DoFreeTooHigh(void)
{
    KIRQL Irql;
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(PoolMake(TRUE, 0, 0, 0), 0, 0);
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
    NdisFreeNetBufferList(Nbl);
    KeLowerIrql(Irql);
}

static void DoOwnNetBufferFree(void)
{
    NET_BUFFER_LIST *Nbl = NdisAllocateNetBufferList(PoolMake(TRUE, 0, 0, 0), 0, 0);
    NdisFreeNetBuffer(Nbl->FirstNetBuffer);
}

static void DoFreeACopy(void)
{
    static _Alignas(16)
        UCHAR Memory[64 + sizeof(NET_BUFFER_LIST)]; // with an element's place before
    NET_BUFFER_LIST *Copy = (NET_BUFFER_LIST *)(Memory + 64);
    *Copy = *NdisAllocateNetBufferList(PoolMake(TRUE, 0, 0, 0), 0, 0);
    NdisFreeNetBufferList(Copy);
}

static void DoDataWithoutMdl(void)
{
    NdisAllocateNetBufferAndNetBufferList(PoolMake(TRUE, 0, 0, 0), 0, 0, NULL, 0, 60);
}

static void DoOddContext(void)
{
    NdisAllocateNetBufferAndNetBufferList(PoolMake(TRUE, 0, 0, 0), 8, 0, NULL, 0, 0);
}

static void Pool_Misuse_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoFreeTwice, BUGCODE_NDIS_DRIVER, "or was freed before");
    ExpectBugCheck(DoFreePoolWithLive, BUGCODE_NDIS_DRIVER, "while 2 of its elements are still");
    ExpectBugCheck(DoLeakContext, BUGCODE_NDIS_DRIVER, "context of NdisAllocateNetBufferListCon");
    ExpectBugCheck(DoBadParameters, BUGCODE_NDIS_DRIVER, "DataSize without fAllocateNetBuffer");
    ExpectBugCheck(DoDataPool, BUGCODE_NDIS_DRIVER, "needs a pool with fAllocateNetBuffer");
    ExpectBugCheck(DoDataWithoutMdl, BUGCODE_NDIS_DRIVER, "no data without an MDL");
    ExpectBugCheck(DoOddContext, BUGCODE_NDIS_DRIVER, "not multiples of 16");
    ExpectBugCheck(DoOwnNetBufferFree, BUGCODE_NDIS_DRIVER, "is not from an NB pool");
    ExpectBugCheck(DoFreeACopy, BUGCODE_NDIS_DRIVER, "is not allocated from a pool of NDIS");
    ExpectBugCheck(DoAllocateTooHigh, DRIVER_VERIFIER_DETECTED_VIOLATION, "0x20011");
    ExpectBugCheck(DoFreeTooHigh, DRIVER_VERIFIER_DETECTED_VIOLATION, "0x20011");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Pool_Allocate_FieldsAreDocumented),
        NDIS_TEST(Pool_NetBufferWithMdl_PointsAtTheByte),
        NDIS_TEST(Pool_WithData_RetreatOpensIt),
        NDIS_TEST(Data_RetreatBeyondTheStart_AddsAnMdlAndAdvanceFreesIt),
        NDIS_TEST(Data_CopyBetweenNetBuffers_CrossesMdls),
        NDIS_TEST(Clone_CoversTheUsedData),
        NDIS_TEST(Clone_FragmentsAndBack_SameBytes),
        NDIS_TEST(Clone_AllocationFails_NothingLeaks),
        NDIS_TEST(Context_AddedAndFreed_ComesBack),
        NDIS_TEST(Pool_NetBuffers_ComeFromTheirOwn),
        NDIS_TEST(Pool_AllocationFails_NullAndNothingLeaks),
        NDIS_TEST(Pool_ManyThreads_NoBlockTwice),
        NDIS_TEST(Pool_SpoiltAndAllocatedAgain_IsFresh),
        NDIS_TEST(Pool_FreedByAnotherThread_ComesBack),
        NDIS_TEST(Pool_AfterWarmUp_NoAllocation),
        cmocka_unit_test(Pool_Misuse_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
