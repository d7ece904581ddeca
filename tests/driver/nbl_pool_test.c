// SPDX-License-Identifier: MIT

// driver/nbl_pool.[ch] by themselves: the test thread is the driver that uses them.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "take_slot.h"

#include "ndishost.h"

enum { PROCESSORS = 4, TAG = 0x74736554 };

void SimPoolFailAfter(int64_t allocations); // ndishost/nt/pool.h

// NblFlags that describe a frame (contract NBL-41); the others are NDIS's.
#define FRAME_FLAGS 0x0001FF03u

// What a hostile but legal miniport leaves behind.
static void *const Junk = (void *)(uintptr_t)0xDEADBEEF0000;

static int setup(void **state)
{
    struct ndishost_options options = {.processors = PROCESSORS, .quiet = 1};

    *state = NULL;
    return (int)ndishost_start(&options);
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(ndishost_stop(), 0);
    return 0;
}

static NBL_POOL_PARAMETERS parameters(ULONG count)
{
    return (NBL_POOL_PARAMETERS){
        .Count = count,
        .FrameBytes = 1514,
        .DataBackFillBytes = 32,
        .ContextBackFillBytes = 64,
        .PartialBytes = 1514,
        .Tag = TAG,
    };
}

static NBL_POOL *create(ULONG count)
{
    NBL_POOL_PARAMETERS Parameters = parameters(count);
    NBL_POOL *Pool = NULL;

    assert_int_equal(NblPoolCreate(&Parameters, &Pool), STATUS_SUCCESS);
    assert_non_null(Pool);
    return Pool;
}

static void give(NBL_SLOT *Slot)
{
    KIRQL OldIrql;

    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    NblPoolGive(Slot, NdisCurrentProcessorIndex());
    KeLowerIrql(OldIrql);
}

static void run_on(ULONG Processor)
{
    GROUP_AFFINITY Affinity = {.Mask = (KAFFINITY)1 << Processor};
    GROUP_AFFINITY Previous;

    KeSetSystemGroupAffinityThread(&Affinity, &Previous);
}

static ULONG this_processor(void)
{
    KIRQL OldIrql;
    ULONG Processor;

    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    Processor = NdisCurrentProcessorIndex();
    KeLowerIrql(OldIrql);
    return Processor;
}

static void run_anywhere(void)
{
    GROUP_AFFINITY Affinity = {.Mask = ((KAFFINITY)1 << PROCESSORS) - 1};

    KeRevertToUserGroupAffinityThread(&Affinity);
}

// ---- processors as a machine has them that can get more while it runs

enum { NO_PROCESSOR = 0xFFFFFFFF };

static ULONG NotStarted = NO_PROCESSOR; // an index that has no number
static USHORT GroupOfAll;               // of every processor's number
static struct {
    ULONG Count;
    KAFFINITY Masks; // all that were asked for
    USHORT Group;    // of the last
} Visits;

NTSTATUS NTAPI __real_KeGetProcessorNumberFromIndex(ULONG Index, PPROCESSOR_NUMBER Number);
NTSTATUS NTAPI __wrap_KeGetProcessorNumberFromIndex(ULONG Index, PPROCESSOR_NUMBER Number);
VOID NTAPI __real_KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Wanted, PGROUP_AFFINITY Before);
VOID NTAPI __wrap_KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Wanted, PGROUP_AFFINITY Before);

NTSTATUS NTAPI __wrap_KeGetProcessorNumberFromIndex(ULONG Index, PPROCESSOR_NUMBER Number)
{
    NTSTATUS Status = Index == NotStarted ? STATUS_INVALID_PARAMETER
                                          : __real_KeGetProcessorNumberFromIndex(Index, Number);

    if (NT_SUCCESS(Status)) {
        Number->Group = GroupOfAll;
    }
    return Status;
}

VOID NTAPI __wrap_KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Wanted, PGROUP_AFFINITY Before)
{
    Visits.Count++;
    Visits.Masks |= Wanted->Mask;
    Visits.Group = Wanted->Group;
    __real_KeSetSystemGroupAffinityThread(Wanted, Before);
}

// ---- create

static void Create_BadParameters_AreRefused(void **state)
{
    NBL_POOL *Pool = (NBL_POOL *)Junk;
    NBL_POOL_PARAMETERS Bad;

    (void)state;
#define REFUSED(Field, Value)                                                                      \
    Bad = parameters(4);                                                                           \
    Bad.Field = (Value);                                                                           \
    assert_int_equal(NblPoolCreate(&Bad, &Pool), STATUS_INVALID_PARAMETER);                        \
    assert_null(Pool);
    REFUSED(Count, 0)
    REFUSED(Count, NBL_POOL_COUNT_MAX + 1)
    REFUSED(FrameBytes, 13)
    REFUSED(FrameBytes, 0xFFFFFFFF)
    REFUSED(PartialBytes, 0xFFFFFFFF)
    REFUSED(DataBackFillBytes, 0x10000)
    REFUSED(ContextBackFillBytes, MEMORY_ALLOCATION_ALIGNMENT + 1)
    REFUSED(ContextBackFillBytes, MEMORY_ALLOCATION_ALIGNMENT - 8)
    REFUSED(ContextBackFillBytes, 0x10000)
#undef REFUSED
}

static void Create_LeastAndMost_Work(void **state)
{
    NBL_POOL_PARAMETERS Parameters = parameters(NBL_POOL_COUNT_MAX);
    NBL_POOL *Pool;

    (void)state;
    Parameters.FrameBytes = 14;
    Parameters.DataBackFillBytes = 0;
    Parameters.ContextBackFillBytes = 0;
    Parameters.PartialBytes = 0;
    assert_int_equal(NblPoolCreate(&Parameters, &Pool), STATUS_SUCCESS);
    assert_int_equal(NblPoolFreeCount(Pool), NBL_POOL_COUNT_MAX);
    NET_BUFFER_LIST *Nbls = NULL;
    for (ULONG i = 0; i < NBL_POOL_COUNT_MAX; i++) {
        NBL_SLOT *Slot = take_anywhere(Pool);
        assert_null(Slot->SpareMdl);
        NblPoolPrepare(Slot, Junk, 0, 14, NULL);
        NET_BUFFER_LIST_NEXT_NBL(Slot->Nbl) = Nbls;
        Nbls = Slot->Nbl;
    }
    assert_int_equal(NblPoolAudit(Nbls, Junk), NblRuleNone); // the longest list that there is
    while (Nbls != NULL) {
        NBL_SLOT *Slot = NblPoolFromNbl(Nbls);
        Nbls = NET_BUFFER_LIST_NEXT_NBL(Nbls);
        give(Slot);
    }
    NblPoolDestroy(Pool);

    Pool = create(1);
    assert_int_equal(NblPoolFreeCount(Pool), 1);
    NblPoolDestroy(Pool);
}

static void Create_AnyAllocationFails_NothingLeaks(void **state)
{
    NBL_POOL_PARAMETERS Parameters = parameters(3);
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
    NBL_POOL *Pool;
    int Failures = 0;

    (void)state;
    while (Status != STATUS_SUCCESS) {
        SimPoolFailAfter(Failures);
        Status = NblPoolCreate(&Parameters, &Pool);
        SimPoolFailAfter(-1);
        if (Status != STATUS_SUCCESS) {
            assert_int_equal(Status, STATUS_INSUFFICIENT_RESOURCES);
            assert_null(Pool);
            Failures++;
        }
    }
    assert_true(Failures > 10); // lists, frames, 3 slots of two MDLs
    NblPoolDestroy(Pool);
    NblPoolDestroy(NULL);
}

static void Create_Slots_AreSeparateAndAligned(void **state)
{
    enum { COUNT = 500 }; // of several chunks
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT];
    ULONG Bytes = NblPoolFrameBytes(Pool);

    (void)state;
    assert_true(Bytes >= 32 + 1514);
    assert_int_equal(Bytes % SYSTEM_CACHE_ALIGNMENT_SIZE, 0);
    assert_int_equal(NblPoolBackFillBytes(Pool), 32);
    assert_true(NblPoolSlotBytes(Pool) > Bytes);
    for (int i = 0; i < COUNT; i++) {
        Slots[i] = take_anywhere(Pool);
        assert_non_null(Slots[i]);
        assert_int_equal((ULONG_PTR)Slots[i]->Frame % SYSTEM_CACHE_ALIGNMENT_SIZE, 0);
        assert_int_equal(MmGetMdlByteCount(Slots[i]->FrameMdl), Bytes);
        assert_ptr_equal(MmGetMdlVirtualAddress(Slots[i]->FrameMdl), Slots[i]->Frame);
        memset(Slots[i]->Frame, i, Bytes);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(Slots[i]->Frame[0], i & 0xFF);
        assert_int_equal(Slots[i]->Frame[Bytes - 1], i & 0xFF);
        give(Slots[i]);
    }
    NblPoolDestroy(Pool);
}

void SimPoolUsage(ULONG Tag, uint64_t *Count, uint64_t *Bytes); // ndishost/nt/pool.h

static void Create_SlotBytes_AreWhatASlotTakes(void **state)
{
    NBL_POOL_PARAMETERS Parameters = parameters(1);
    NBL_POOL *Pool, *Without;
    uint64_t Count, Bytes, BytesOfOne;

    (void)state;
    assert_int_equal(NblPoolCreate(&Parameters, &Pool), STATUS_SUCCESS);
    Parameters.PartialBytes = 0;
    assert_int_equal(NblPoolCreate(&Parameters, &Without), STATUS_SUCCESS);
    assert_int_equal(NblPoolSlotBytes(Pool) - NblPoolSlotBytes(Without),
                     MmSizeOfMdl((PVOID)(ULONG_PTR)(PAGE_SIZE - 1), 1514));
    assert_int_equal(NblPoolSlotBytes(Without), sizeof(NBL_SLOT) + sizeof(NBL_SLOT *) +
                                                    sizeof(NET_BUFFER_LIST) + sizeof(NET_BUFFER) +
                                                    64 + NblPoolFrameBytes(Pool) +
                                                    MmSizeOfMdl(NULL, NblPoolFrameBytes(Pool)));
    NblPoolDestroy(Without);
    NblPoolDestroy(Pool);

    // MDLs have no tag, everything else has the pool's: also the NBLs, which NDIS allocates.
    Parameters.Count = 1;
    assert_int_equal(NblPoolCreate(&Parameters, &Pool), STATUS_SUCCESS);
    SimPoolUsage(TAG, &Count, &BytesOfOne);
    NblPoolDestroy(Pool);
    Parameters.Count = 101;
    assert_int_equal(NblPoolCreate(&Parameters, &Pool), STATUS_SUCCESS);
    SimPoolUsage(TAG, &Count, &Bytes);
    assert_true((Bytes - BytesOfOne) / 100 >=
                NblPoolSlotBytes(Pool) - MmSizeOfMdl(NULL, NblPoolFrameBytes(Pool)));
    NblPoolDestroy(Pool);
}

// ---- take and give

static void Take_UntilEmpty_GivesEachOnceThenNull(void **state)
{
    enum { COUNT = 7 };
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++) {
            Slots[i] = take(Pool);
            assert_non_null(Slots[i]);
            for (int j = 0; j < i; j++) {
                assert_ptr_not_equal(Slots[i], Slots[j]);
            }
            assert_int_equal(NblPoolFreeCount(Pool), COUNT - 1 - i);
        }
        assert_null(take(Pool));
        assert_null(take_anywhere(Pool));
        for (int i = 0; i < COUNT; i++) {
            give(Slots[i]);
        }
        assert_int_equal(NblPoolFreeCount(Pool), COUNT);
    }
    NblPoolDestroy(Pool);
}

static void Take_LimitOfOne_EveryProcessorFindsIt(void **state)
{
    NBL_POOL *Pool = create(1);

    (void)state;
    for (ULONG i = 0; i < 3 * PROCESSORS; i++) {
        run_on(i % PROCESSORS);
        NBL_SLOT *Slot = take(Pool);
        assert_non_null(Slot);
        run_on((i + 1) % PROCESSORS);
        assert_null(take(Pool));
        give(Slot);
    }
    run_anywhere();
    NblPoolDestroy(Pool);
}

// All slots are taken on one processor and given back on others, where they fill the arrays: they
// are out of sight for a plain Take, and found by TakeAnywhere.
static void Take_SlotsOnOtherProcessors_AreFound(void **state)
{
    enum { COUNT = 1024 };
    NBL_POOL *Pool = create(COUNT);
    static NBL_SLOT *Slots[COUNT];

    (void)state;
    run_on(0);
    for (int i = 0; i < COUNT; i++) {
        Slots[i] = take(Pool);
        assert_non_null(Slots[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        run_on((ULONG)i % PROCESSORS);
        give(Slots[i]);
    }
    assert_int_equal(NblPoolFreeCount(Pool), COUNT);

    run_on(0);
    int Taken = 0;
    while ((Slots[Taken] = take(Pool)) != NULL) {
        Taken++;
    }
    assert_true(Taken < COUNT); // or the test tests nothing
    assert_int_equal(NblPoolFreeCount(Pool), COUNT - Taken);
    for (; Taken < COUNT; Taken++) {
        Slots[Taken] = take_anywhere(Pool);
        assert_non_null(Slots[Taken]);
    }
    assert_null(take_anywhere(Pool));
    assert_int_equal(NblPoolFreeCount(Pool), 0);
    assert_int_equal(this_processor(), 0); // the gathering left the thread where it was

    run_anywhere();
    for (int i = 0; i < COUNT; i++) {
        give(Slots[i]);
    }
    NblPoolDestroy(Pool);
}

static int take_all(NBL_POOL *Pool, NBL_SLOT **Slots)
{
    int Found = 0;

    while ((Slots[Found] = take(Pool)) != NULL) {
        Found++;
    }
    return Found;
}

// A batch comes with the first: half of what an array may hold, which is 32 here.
static void Take_First_BringsABatchToItsProcessor(void **state)
{
    enum { COUNT = 256 };
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT + 1];

    (void)state;
    run_on(0);
    NBL_SLOT *First = take(Pool);
    run_on(1);
    int Found = take_all(Pool, Slots);
    assert_int_equal(Found, COUNT - 1 - 16);
    give(First);
    while (Found > 0) {
        give(Slots[--Found]);
    }
    run_anywhere();
    NblPoolDestroy(Pool);
}

// Fewer than 8 slots for each processor: what is given back on one is found on every other.
static void Take_SmallPool_HasNoArrays(void **state)
{
    enum { COUNT = 8 * PROCESSORS - 1 };
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT + 1];

    (void)state;
    run_on(0);
    give(take(Pool));
    run_on(1);
    int Found = take_all(Pool, Slots);
    assert_int_equal(Found, COUNT);
    while (Found > 0) {
        give(Slots[--Found]);
    }
    run_anywhere();
    NblPoolDestroy(Pool);
}

static void Take_AfterScarcity_UsesArraysAgain(void **state)
{
    enum { COUNT = 256 };
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT + 1];

    (void)state;
    run_on(1);
    for (int i = 0; i < COUNT; i++) {
        Slots[i] = take(Pool);
    }
    assert_null(take(Pool)); // scarce from here on: what comes back is for every processor
    give(Slots[0]);
    give(Slots[1]);
    run_on(2);
    Slots[0] = take(Pool);
    Slots[1] = take(Pool);
    assert_non_null(Slots[0]);
    assert_non_null(Slots[1]);
    run_on(1);
    for (int i = 0; i < COUNT; i++) {
        give(Slots[i]);
    }
    // From the 129th on, arrays were in use again. This processor's holds 32, and half of them
    // after each overflow: 25 of the last 127. All others are in the reserve.
    run_on(2);
    int Found = take_all(Pool, Slots);
    assert_int_equal(Found, COUNT - 25);
    while (Found > 0) {
        give(Slots[--Found]);
    }
    run_anywhere();
    NblPoolDestroy(Pool);
}

static int setup_one_processor(void **state)
{
    struct ndishost_options options = {.processors = 1, .quiet = 1};

    *state = NULL;
    return (int)ndishost_start(&options);
}

// The share of the one processor is everything.
static void Take_OneProcessor_NoneIsTakenTwice(void **state)
{
    enum { COUNT = 100 };
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT];

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        Slots[i] = take(Pool);
        assert_non_null(Slots[i]);
        assert_int_equal(*(int *)Slots[i]->Frame, 0);
        *(int *)Slots[i]->Frame = 1;
    }
    assert_null(take(Pool));
    for (int i = 0; i < COUNT; i++) {
        give(Slots[i]);
    }
    assert_int_equal(NblPoolFreeCount(Pool), COUNT);
    NblPoolDestroy(Pool);
}

// Only where something is; and all of it, although arrays may hold it.
static void Gather_TwoProcessorsHaveSlots_VisitsThoseTwo(void **state)
{
    enum { COUNT = 256 };
    NBL_POOL *Pool = create(COUNT);
    NBL_SLOT *Slots[COUNT + 1];

    (void)state;
    for (ULONG Processor = 1; Processor <= 3; Processor += 2) {
        run_on(Processor);
        give(take(Pool)); // it and the rest of its batch: 17
    }
    run_on(0);
    memset(&Visits, 0, sizeof(Visits));
    GroupOfAll = 5;
    assert_int_equal(NblPoolGather(Pool), 2 * 17);
    GroupOfAll = 0;
    assert_int_equal(Visits.Count, 2);
    assert_int_equal(Visits.Masks, (1 << 1) | (1 << 3));
    assert_int_equal(Visits.Group, 5);
    assert_int_equal(NblPoolGather(Pool), 0);
    assert_int_equal(Visits.Count, 2);
    int Found = take_all(Pool, Slots);
    assert_int_equal(Found, COUNT);
    while (Found > 0) {
        give(Slots[--Found]);
    }
    run_anywhere();
    NblPoolDestroy(Pool);
}

static void Destroy_ProcessorNotStarted_IsNotVisited(void **state)
{
    NBL_POOL *Pool = create(256);

    (void)state;
    memset(&Visits, 0, sizeof(Visits));
    NotStarted = 2;
    NblPoolDestroy(Pool);
    NotStarted = NO_PROCESSOR;
    assert_int_equal(Visits.Count, PROCESSORS - 1);
    assert_int_equal(Visits.Masks, (1 << 0) | (1 << 1) | (1 << 3));
}

enum { WORKERS = 8, ROUNDS = 20000 };

struct worker {
    NBL_POOL *Pool;
    _Atomic int *Owner; // of each slot, by its Context
    unsigned Empty;
};

static void *worker_run(void *argument)
{
    struct worker *Worker = argument;

    for (int i = 0; i < ROUNDS; i++) {
        NBL_SLOT *Slot = i % 16 == 0 ? take_anywhere(Worker->Pool) : take(Worker->Pool);

        if (Slot == NULL) {
            Worker->Empty++;
            continue;
        }
        // Nobody else has it.
        assert_int_equal(__atomic_exchange_n((int *)Slot->Frame, 1, __ATOMIC_ACQ_REL), 0);
        __atomic_store_n((int *)Slot->Frame, 0, __ATOMIC_RELEASE);
        give(Slot);
    }
    return NULL;
}

static void run_workers(ULONG Count)
{
    NBL_POOL *Pool = create(Count);
    struct worker Workers[WORKERS] = {0};
    pthread_t Threads[WORKERS];

    for (int i = 0; i < WORKERS; i++) {
        Workers[i].Pool = Pool;
        assert_int_equal(pthread_create(&Threads[i], NULL, worker_run, &Workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(Threads[i], NULL);
    }
    assert_int_equal(NblPoolFreeCount(Pool), Count);
    NblPoolDestroy(Pool);
}

static void Take_ManyThreadsFewSlots_NoneIsTakenTwice(void **state)
{
    (void)state;
    run_workers(3);
}

static void Take_ManyThreadsManySlots_NoneIsTakenTwice(void **state)
{
    (void)state;
    run_workers(512);
}

// ---- prepare

static void leave_junk(NET_BUFFER_LIST *Nbl)
{
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = Junk;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SEND_ABORTED;
    NET_BUFFER_LIST_FLAGS(Nbl) |= NBL_FLAGS_MINIPORT_RESERVED | NBL_FLAGS_SCRATCH | 0xFFF00000;
    NdisSetNblFlag(Nbl, FRAME_FLAGS);
    Nbl->Scratch = Junk;
    Nbl->SourceHandle = Junk;
    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0] = Junk;
    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[1] = Junk;
    NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo) = Junk;
    NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo) = Junk;
    NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo) = Junk;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListCancelId) = Junk;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashValue) = Junk;
    NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo) = Junk;
}

static void leave_junk_in_buffer(NET_BUFFER *Nb)
{
    NET_BUFFER_FIRST_MDL(Nb) = Junk;
    NET_BUFFER_CURRENT_MDL(Nb) = Junk;
    NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = 0xAAAA;
    NET_BUFFER_DATA_OFFSET(Nb) = 0xBBBB;
    NET_BUFFER_DATA_LENGTH(Nb) = 0xCCCC;
}

static void Prepare_AfterJunk_WritesWhatIsTheSenders(void **state)
{
    NBL_POOL *Pool = create(1);
    NBL_SLOT *Slot = take(Pool);
    NET_BUFFER_LIST *Nbl = Slot->Nbl;
    NET_BUFFER *Nb = Slot->Nb;
    NDIS_HANDLE Binding = (NDIS_HANDLE)(uintptr_t)0x1234;

    (void)state;
    leave_junk(Nbl);
    leave_junk_in_buffer(Nb);
    NblPoolPrepare(Slot, Binding, 32, 100, NULL);

    assert_ptr_equal(NET_BUFFER_FIRST_MDL(Nb), Slot->FrameMdl);
    assert_ptr_equal(NET_BUFFER_CURRENT_MDL(Nb), Slot->FrameMdl);
    assert_int_equal(NET_BUFFER_CURRENT_MDL_OFFSET(Nb), 32);
    assert_int_equal(NET_BUFFER_DATA_OFFSET(Nb), 32);
    assert_int_equal(NET_BUFFER_DATA_LENGTH(Nb), 100);
    assert_null(NET_BUFFER_LIST_NEXT_NBL(Nbl));
    assert_int_equal(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_SUCCESS);
    assert_ptr_equal(Nbl->SourceHandle, Binding);
    assert_int_equal(Nbl->NblFlags & FRAME_FLAGS, 0);
    assert_int_equal(NET_BUFFER_LIST_FLAGS(Nbl) & NBL_FLAGS_PROTOCOL_RESERVED, 0);
    assert_null(NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo));
    assert_null(NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo));
    assert_null(NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo));
    assert_null(NET_BUFFER_LIST_INFO(Nbl, NetBufferListCancelId));
    assert_null(NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashValue));
    assert_null(NET_BUFFER_LIST_INFO(Nbl, NetBufferListHashInfo));
    assert_ptr_equal(NblPoolFromNbl(Nbl), Slot);
    assert_int_equal(Slot->Length, 100);
    assert_int_equal(NblPoolAudit(Nbl, Binding), NblRuleNone);
    give(Slot);
    NblPoolDestroy(Pool);
}

static void Prepare_AfterJunk_LeavesTheRestAlone(void **state)
{
    NBL_POOL *Pool = create(1);
    NBL_SLOT *Slot = take(Pool);
    NET_BUFFER_LIST *Nbl = Slot->Nbl;
    NET_BUFFER_LIST Before;
    NET_BUFFER BufferBefore;
    void *SavedInfo[MaxNetBufferListInfo];
    ULONG SavedFlags = Nbl->NblFlags;

    (void)state;
    leave_junk(Nbl);
    for (int i = 0; i < MaxNetBufferListInfo; i++) {
        SavedInfo[i] = NET_BUFFER_LIST_INFO(Nbl, i);
        NET_BUFFER_LIST_INFO(Nbl, i) = (void *)(uintptr_t)(0x100 + i);
    }
    Nbl->NblFlags |= 0x04;
    Before = *Nbl;
    BufferBefore = *Slot->Nb;
    NblPoolPrepare(Slot, Junk, 32, 100, NULL);

    assert_ptr_equal(Nbl->Context, Before.Context);
    assert_ptr_equal(Nbl->ParentNetBufferList, Before.ParentNetBufferList);
    assert_ptr_equal(Nbl->NdisPoolHandle, Before.NdisPoolHandle);
    assert_memory_equal(Nbl->NdisReserved, Before.NdisReserved, sizeof(Before.NdisReserved));
    assert_memory_equal(Nbl->MiniportReserved, Before.MiniportReserved,
                        sizeof(Before.MiniportReserved));
    assert_ptr_equal(Nbl->Scratch, Before.Scratch);
    assert_int_equal(Nbl->ChildRefCount, Before.ChildRefCount);
    assert_int_equal(Nbl->NblFlags, Before.NblFlags & ~FRAME_FLAGS);
    assert_int_equal(Nbl->Flags & ~NBL_FLAGS_PROTOCOL_RESERVED,
                     Before.Flags & ~NBL_FLAGS_PROTOCOL_RESERVED);
    assert_int_not_equal(Nbl->Flags & NBL_FLAGS_MINIPORT_RESERVED, 0);
    for (int i = 0; i < MaxNetBufferListInfo; i++) {
        int Written = i == TcpIpChecksumNetBufferListInfo || i == TcpLargeSendNetBufferListInfo ||
                      i == Ieee8021QNetBufferListInfo || i == NetBufferListCancelId ||
                      i == NetBufferListHashValue || i == NetBufferListHashInfo;
        assert_ptr_equal(NET_BUFFER_LIST_INFO(Nbl, i),
                         Written ? NULL : (void *)(uintptr_t)(0x100 + i));
        NET_BUFFER_LIST_INFO(Nbl, i) = SavedInfo[i];
    }
    Nbl->NblFlags = SavedFlags;
    assert_ptr_equal(Slot->Nb->Next, BufferBefore.Next);
    assert_int_equal(Slot->Nb->ChecksumBias, BufferBefore.ChecksumBias);
    assert_memory_equal(&Slot->Nb->NdisPoolHandle, &BufferBefore.NdisPoolHandle,
                        sizeof(NET_BUFFER) - offsetof(NET_BUFFER, NdisPoolHandle));
    give(Slot);
    NblPoolDestroy(Pool);
}

static void Give_WithTail_DetachesIt(void **state)
{
    NBL_POOL *Pool = create(1);
    NBL_SLOT *Slot = take(Pool);
    ULONG End = NblPoolFrameBytes(Pool);
    static UCHAR Payload[64];
    MDL *Mdl = IoAllocateMdl(Payload, sizeof(Payload), FALSE, FALSE, NULL);

    (void)state;
    assert_non_null(Mdl);
    MmBuildMdlForNonPagedPool(Mdl);
    NblPoolPrepare(Slot, Junk, End - 14, 14 + sizeof(Payload), Mdl);
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(Slot->Nbl, Junk);
    assert_ptr_equal(Slot->FrameMdl->Next, Mdl);
    assert_int_equal(NblPoolAudit(Slot->Nbl, Junk), NblRuleNone);
    give(Slot);
    assert_null(Slot->FrameMdl->Next);
    assert_null(NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(Slot->Nbl));
    IoFreeMdl(Mdl);

    // What was chained is not in the next frame.
    assert_ptr_equal(take(Pool), Slot);
    NblPoolPrepare(Slot, Junk, 0, 14, NULL);
    assert_int_equal(NblPoolAudit(Slot->Nbl, Junk), NblRuleNone);
    give(Slot);
    NblPoolDestroy(Pool);
}

// A partial MDL over locked pages that nobody has mapped: what a lower driver maps is a mapping of
// its own, which has to go before the MDL is built again.
static void Give_WithSpareMdl_ReleasesItsMapping(void **state)
{
    NBL_POOL *Pool = create(1);
    ULONG End = NblPoolFrameBytes(Pool);
    UCHAR *Source = aligned_alloc(PAGE_SIZE, 3 * PAGE_SIZE);
    MDL *SourceMdl = IoAllocateMdl(Source, 3 * PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    memset(Source, 0x5A, 3 * PAGE_SIZE);
    MmProbeAndLockPages(SourceMdl, UserMode, IoReadAccess);
    for (ULONG i = 0; i < 5; i++) {
        NBL_SLOT *Slot = take(Pool);
        UCHAR *Mapped;

        IoBuildPartialMdl(SourceMdl, Slot->SpareMdl, Source + 700 * i, 1500);
        NblPoolPrepare(Slot, Junk, End - 14, 1514, Slot->SpareMdl);
        assert_int_equal(NblPoolAudit(Slot->Nbl, Junk), NblRuleNone);
        Mapped = MmGetSystemAddressForMdlSafe(Slot->SpareMdl, NormalPagePriority);
        assert_non_null(Mapped);
        assert_int_equal(Mapped[1499], 0x5A);
        assert_int_not_equal(Slot->SpareMdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED, 0);
        give(Slot);
        assert_null(Slot->FrameMdl->Next);
        assert_int_equal(Slot->SpareMdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED, 0);
    }
    MmUnlockPages(SourceMdl);
    IoFreeMdl(SourceMdl);
    free(Source);
    NblPoolDestroy(Pool);
}

// The same kind of MDL, but somebody else's: its mapping is none of the pool's business.
static void Give_WithForeignPartialMdl_KeepsItsMapping(void **state)
{
    NBL_POOL *Pool = create(1);
    NBL_SLOT *Slot = take(Pool);
    ULONG End = NblPoolFrameBytes(Pool);
    UCHAR *Source = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
    MDL *SourceMdl = IoAllocateMdl(Source, PAGE_SIZE, FALSE, FALSE, NULL);
    MDL *Partial = IoAllocateMdl(Source, PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    MmProbeAndLockPages(SourceMdl, UserMode, IoReadAccess);
    IoBuildPartialMdl(SourceMdl, Partial, Source, 1500);
    assert_non_null(MmGetSystemAddressForMdlSafe(Partial, NormalPagePriority));
    NblPoolPrepare(Slot, Junk, End - 14, 1514, Partial);
    give(Slot);
    assert_null(Slot->FrameMdl->Next);
    assert_int_not_equal(Partial->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED, 0);
    MmPrepareMdlForReuse(Partial);
    IoFreeMdl(Partial);
    MmUnlockPages(SourceMdl);
    IoFreeMdl(SourceMdl);
    free(Source);
    NblPoolDestroy(Pool);
}

// ---- audit

static void Audit_LongestChain_IsNotACycle(void **state)
{
    enum { LONGEST = 4096 };
    NBL_POOL *Pool = create(1);
    NBL_SLOT *Slot = take(Pool);
    ULONG End = NblPoolFrameBytes(Pool);
    static MDL Tail[LONGEST];
    static UCHAR Byte;

    (void)state;
    for (int i = 0; i < LONGEST; i++) {
        MmInitializeMdl(&Tail[i], &Byte, 1);
        Tail[i].Next = i + 1 < LONGEST - 1 ? &Tail[i + 1] : NULL; // with the slot's own: 4096
    }
    NblPoolPrepare(Slot, Junk, End - 14, 14 + LONGEST - 1, &Tail[0]);
    assert_int_equal(NblPoolAudit(Slot->Nbl, Junk), NblRuleNone);
    Tail[LONGEST - 2].Next = &Tail[LONGEST - 1];
    assert_int_equal(NblPoolAudit(Slot->Nbl, Junk), NblRuleMdlChain);
    give(Slot);
    NblPoolDestroy(Pool);
}

static void Audit_EachMistake_IsNamed(void **state)
{
    NBL_POOL *Pool = create(2);
    NBL_SLOT *Slot = take(Pool);
    NBL_SLOT *Other = take(Pool);
    NET_BUFFER_LIST *Nbl = Slot->Nbl;
    NET_BUFFER *Nb = Slot->Nb;
    ULONG End = NblPoolFrameBytes(Pool);

    (void)state;
#define MISTAKE(Field, Value, Rule)                                                                \
    do {                                                                                           \
        __typeof__(Field) Saved;                                                                   \
        NblPoolPrepare(Slot, Junk, 32, 100, NULL);                                                 \
        Saved = Field;                                                                             \
        Field = (Value);                                                                           \
        assert_int_equal(NblPoolAudit(Nbl, Junk), Rule);                                           \
        Field = Saved;                                                                             \
        assert_int_equal(NblPoolAudit(Nbl, Junk), NblRuleNone);                                    \
    } while (0)
    assert_int_equal(NblPoolAudit(NULL, Junk), NblRuleNone);
    MISTAKE(Slot->State, NblSlotTaken, NblRuleNotPrepared);
    MISTAKE(Slot->State, NblSlotFree, NblRuleNotPrepared);
    MISTAKE(NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0], NULL, NblRuleForeign);
    MISTAKE(NET_BUFFER_LIST_PROTOCOL_RESERVED(Nbl)[0], Other, NblRuleForeign);
    MISTAKE(NET_BUFFER_LIST_NEXT_NBL(Nbl), Nbl, NblRuleList);
    MISTAKE(NET_BUFFER_LIST_FIRST_NB(Nbl), NULL, NblRuleNetBuffer);
    MISTAKE(NET_BUFFER_LIST_FIRST_NB(Nbl), Other->Nb, NblRuleNetBuffer);
    MISTAKE(NET_BUFFER_NEXT_NB(Nb), Other->Nb, NblRuleNextNetBuffer);
    MISTAKE(Nbl->ParentNetBufferList, Other->Nbl, NblRuleParent);
    MISTAKE(Nbl->NdisPoolHandle, NULL, NblRulePoolHandle);
    MISTAKE(Nbl->SourceHandle, NULL, NblRuleSourceHandle);
    MISTAKE(Nbl->NblFlags, NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET, NblRuleFlags);
    MISTAKE(Nbl->ChildRefCount, 1, NblRuleChildren);
    MISTAKE(NET_BUFFER_LIST_STATUS(Nbl), NDIS_STATUS_FAILURE, NblRuleStatus);
    MISTAKE(NET_BUFFER_LIST_INFO(Nbl, TcpLargeSendNetBufferListInfo), Junk, NblRuleLargeSend);
    MISTAKE(NET_BUFFER_LIST_INFO(Nbl, TcpIpChecksumNetBufferListInfo), Junk, NblRuleChecksum);
    MISTAKE(NET_BUFFER_LIST_INFO(Nbl, Ieee8021QNetBufferListInfo), Junk, NblRuleVlan);
    MISTAKE(NET_BUFFER_FIRST_MDL(Nb), Other->FrameMdl, NblRuleMdlChain);
    MISTAKE(Slot->FrameMdl->Next, Slot->FrameMdl, NblRuleMdlChain);
    MISTAKE(NET_BUFFER_DATA_OFFSET(Nb), End, NblRuleDataOffset);
    MISTAKE(NET_BUFFER_CURRENT_MDL(Nb), Other->FrameMdl, NblRuleCurrentMdl);
    MISTAKE(NET_BUFFER_CURRENT_MDL(Nb), NULL, NblRuleCurrentMdl);
    MISTAKE(NET_BUFFER_CURRENT_MDL_OFFSET(Nb), 31, NblRuleCurrentOffset);
    MISTAKE(NET_BUFFER_DATA_LENGTH(Nb), 13, NblRuleLength);
    MISTAKE(NET_BUFFER_DATA_LENGTH(Nb), End - 32 + 1, NblRuleLength);
#undef MISTAKE

    // The header may not be split: 13 bytes of it here, the rest there.
    NblPoolPrepare(Slot, Junk, End - 13, 100, Other->FrameMdl);
    assert_int_equal(NblPoolAudit(Nbl, Junk), NblRuleHeaderSplit);
    NblPoolPrepare(Slot, Junk, End - 14, 100, Other->FrameMdl);
    assert_int_equal(NblPoolAudit(Nbl, Junk), NblRuleNone);

    // A list: the mistake is in the second.
    NblPoolPrepare(Slot, Junk, 32, 100, NULL);
    NblPoolPrepare(Other, Junk, 32, 100, NULL);
    NET_BUFFER_LIST_NEXT_NBL(Nbl) = Other->Nbl;
    assert_int_equal(NblPoolAudit(Nbl, Junk), NblRuleNone);
    Other->Nbl->SourceHandle = NULL;
    assert_int_equal(NblPoolAudit(Nbl, Junk), NblRuleSourceHandle);

    give(Other);
    give(Slot);
    NblPoolDestroy(Pool);
}

static void Audit_EachRule_HasAText(void **state)
{
    (void)state;
    for (NBL_RULE Rule = NblRuleNone + 1; Rule < NblRuleCount; Rule++) {
        assert_non_null(NblPoolRuleText(Rule));
        assert_memory_equal(NblPoolRuleText(Rule), "NBL-", 4);
    }
    assert_string_equal(NblPoolRuleText(NblRuleNone), "nothing wrong");
    assert_string_equal(NblPoolRuleText(NblRuleCount), "not a rule");
}

// ---- destroy

struct destroyer {
    NBL_POOL *Pool;
    int Done; // __atomic
};

static void *destroyer_run(void *argument)
{
    struct destroyer *Destroyer = argument;

    NblPoolDestroy(Destroyer->Pool);
    __atomic_store_n(&Destroyer->Done, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void destroy_with_slots_out(ULONG Count, ULONG Out)
{
    struct destroyer Destroyer = {.Pool = create(Count)};
    NBL_SLOT *Slots[64];
    pthread_t Thread;

    for (ULONG i = 0; i < Out; i++) {
        Slots[i] = take_anywhere(Destroyer.Pool);
        assert_non_null(Slots[i]);
    }
    assert_int_equal(pthread_create(&Thread, NULL, destroyer_run, &Destroyer), 0);
    for (ULONG i = 0; i < Out; i++) {
        // It cannot have ended: a slot is out.
        assert_int_equal(__atomic_load_n(&Destroyer.Done, __ATOMIC_ACQUIRE), 0);
        run_on(i % PROCESSORS);
        give(Slots[i]);
    }
    run_anywhere();
    pthread_join(Thread, NULL);
}

struct late {
    NBL_SLOT *Slot;
    BOOLEAN Given;
};

static KDEFERRED_ROUTINE give_late;
_Use_decl_annotations_ _IRQL_requires_(DISPATCH_LEVEL) static VOID
    give_late(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
    struct late *Late = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(First);
    UNREFERENCED_PARAMETER(Second);
    Late->Given = TRUE;
    NblPoolGive(Late->Slot, NdisCurrentProcessorIndex());
}

// A slot that comes back by a timer, long after Destroy has begun.
static void Destroy_SlotComesLate_WaitsForIt(void **state)
{
    NBL_POOL *Pool = create(64);
    struct late Late = {.Slot = take(Pool)};
    LARGE_INTEGER Due = {.QuadPart = -50 * 10000};
    static KTIMER Timer;
    static KDPC Dpc;

    (void)state;
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, give_late, &Late);
    KeSetTimer(&Timer, Due, &Dpc);
    NblPoolDestroy(Pool);
    assert_true(Late.Given);
}

static void Destroy_SlotsOut_WaitsForTheLast(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        destroy_with_slots_out(1, 1);
        destroy_with_slots_out(64, 5);
        destroy_with_slots_out(64, 64);
    }
}

#define TEST(Name) cmocka_unit_test_setup_teardown(Name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(Create_BadParameters_AreRefused),
        TEST(Create_AnyAllocationFails_NothingLeaks),
        TEST(Create_Slots_AreSeparateAndAligned),
        TEST(Create_SlotBytes_AreWhatASlotTakes),
        TEST(Take_UntilEmpty_GivesEachOnceThenNull),
        TEST(Take_LimitOfOne_EveryProcessorFindsIt),
        TEST(Take_SlotsOnOtherProcessors_AreFound),
        TEST(Take_First_BringsABatchToItsProcessor),
        TEST(Take_SmallPool_HasNoArrays),
        TEST(Take_AfterScarcity_UsesArraysAgain),
        TEST(Gather_TwoProcessorsHaveSlots_VisitsThoseTwo),
        TEST(Destroy_ProcessorNotStarted_IsNotVisited),
        cmocka_unit_test_setup_teardown(Take_OneProcessor_NoneIsTakenTwice, setup_one_processor,
                                        teardown),
        TEST(Prepare_AfterJunk_WritesWhatIsTheSenders),
        TEST(Prepare_AfterJunk_LeavesTheRestAlone),
        TEST(Give_WithTail_DetachesIt),
        TEST(Give_WithSpareMdl_ReleasesItsMapping),
        TEST(Give_WithForeignPartialMdl_KeepsItsMapping),
        TEST(Audit_EachMistake_IsNamed),
        TEST(Audit_LongestChain_IsNotACycle),
        TEST(Audit_EachRule_HasAText),
        TEST(Destroy_SlotComesLate_WaitsForIt),
        TEST(Destroy_SlotsOut_WaitsForTheLast),
        // The long ones last: check_mutations.py ends a program at its first failure.
        TEST(Take_ManyThreadsFewSlots_NoneIsTakenTwice),
        TEST(Take_ManyThreadsManySlots_NoneIsTakenTwice),
        TEST(Create_LeastAndMost_Work),
    };

    return cmocka_run_group_tests_name("nbl_pool", tests, NULL, NULL);
}
