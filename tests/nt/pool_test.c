// SPDX-License-Identifier: MIT

// Pool, lookaside lists, interlocked lists.

#include "io_test.h"

#include <stdlib.h>
#include <string.h>

#include "pool_table.h"
#include "special_pool.h"

#define TAG 0x74736554u // "Test"

static void Pool_Allocate2_ZeroedAndAligned(void **State)
{
    (void)State;
    unsigned char *Small = ExAllocatePool2(POOL_FLAG_NON_PAGED, 40, TAG);
    unsigned char *Large = ExAllocatePool2(POOL_FLAG_PAGED, 4096, TAG);
    unsigned char *Line = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, 40, TAG);
    uint64_t Count, Bytes;
    assert_int_equal((uintptr_t)Small % 16, 0);
    assert_int_equal((uintptr_t)Large % PAGE_SIZE, 0);
    assert_int_equal((uintptr_t)Line % 64, 0);
    assert_true(RtlIsZeroMemory(Small, 40) && RtlIsZeroMemory(Large, 4096));
    SimPoolUsage(TAG, &Count, &Bytes);
    assert_int_equal(Count, 3);
    assert_int_equal(Bytes, 40 + 4096 + 40);
    ExFreePoolWithTag(Small, TAG);
    ExFreePool(Large);
    ExFreePoolWithTag(Line, 0);
    SimPoolUsage(0, &Count, &Bytes);
    assert_int_equal(Count, 0);
    assert_int_equal(SimCounterSum(SimCountPoolAllocation), 3);
}

static void Pool_WithTag_NotZeroedUnlessAsked(void **State)
{
    (void)State;
    unsigned char *Plain = ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG);
    unsigned char *Zero = ExAllocatePoolZero(NonPagedPoolNx, 64, TAG);
    unsigned char *Raw = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 64, TAG);
    assert_false(RtlIsZeroMemory(Plain, 64));
    assert_true(RtlIsZeroMemory(Zero, 64));
    assert_false(RtlIsZeroMemory(Raw, 64));
    ExFreePool(Plain);
    ExFreePool(Zero);
    ExFreePool(Raw);
}

static void Pool_BadFlagsOrTag_Null(void **State)
{
    (void)State;
    volatile NTSTATUS Status = 0;
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0));
    assert_null(ExAllocatePool2(0, 16, TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 16, TAG));
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | 0x800, 16, TAG));
    __try {
        (void)!ExAllocatePool2(POOL_FLAG_RAISE_ON_FAILURE, 16, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    assert_int_equal(Status, STATUS_INVALID_PARAMETER);
}

static void Pool_FailAfter_FailsThatOneOnly(void **State)
{
    (void)State;
    void *Blocks[3];
    volatile NTSTATUS Status = 0;
    SimPoolFailAfter(1);
    for (unsigned i = 0; i < 3; i++) {
        Blocks[i] = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    }
    assert_non_null(Blocks[0]);
    assert_null(Blocks[1]);
    assert_non_null(Blocks[2]);
    SimPoolFailAfter(0);
    __try {
        (void)!ExAllocatePoolWithTag(NonPagedPoolNx | POOL_RAISE_IF_ALLOCATION_FAILURE, 16, TAG);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    assert_int_equal(Status, STATUS_INSUFFICIENT_RESOURCES);
    SimPoolFailAfter(-1);
    ExFreePool(Blocks[0]);
    ExFreePool(Blocks[2]);
}

static __attribute__((noinline)) void *AllocateHere(void)
{
    void *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    __asm__ volatile("" : "+r"(Block)); // no tail call
    return Block;
}

static void Pool_FailNewStacks_EachStackOnce(void **State)
{
    (void)State;
    unsigned Failures = 0;
    SimPoolFailNewStacks(TRUE);
    for (unsigned i = 0; i < 6; i++) {
        void *Block = AllocateHere();
        Failures += Block == NULL;
        if (Block != NULL) {
            ExFreePool(Block);
        }
    }
    void *Other = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    SimPoolFailNewStacks(FALSE);
    assert_int_equal(Failures, 1);
    assert_null(Other);
}

static void ChurnPool(unsigned Number, void *Context)
{
    (void)Context;
    void *Blocks[64] = {0};
    ULONG Seed = Number;
    for (unsigned i = 0; i < 20000; i++) {
        void **Block = &Blocks[RtlRandomEx(&Seed) % 64];
        if (*Block != NULL) {
            ExFreePoolWithTag(*Block, TAG);
            *Block = NULL;
        } else {
            *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, RtlRandomEx(&Seed) % 200 + 1, TAG);
        }
    }
    for (unsigned i = 0; i < 64; i++) {
        if (Blocks[i] != NULL) {
            ExFreePoolWithTag(Blocks[i], TAG);
        }
    }
}

static void Pool_ManyThreads_NothingLost(void **State)
{
    (void)State;
    uint64_t Count, Bytes;
    NtTestThreads(4, ChurnPool, NULL);
    SimPoolUsage(0, &Count, &Bytes);
    assert_int_equal(Count, 0);
}

static void Pool_LeakAtStop_Counted(void **State)
{
    (void)State;
    assert_non_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG));
    assert_non_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG));
    assert_int_equal(IoTestStop(), 0);
    assert_int_equal(NtTestStop(), 2);
    NtTestStart(4);
    IoTestStart();
}

// ---- misuse

static void FreeTwice(void)
{
    void *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    ExFreePoolWithTag(Block, TAG);
    ExFreePoolWithTag(Block, TAG);
}

static void FreeWithWrongTag(void)
{
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG), 0x67615457);
}

static void FreeOfStack(void)
{
    char Buffer[16];
    ExFreePool(Buffer);
}

static void FreeOfMiddle(void)
{
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, TAG);
    ExFreePool(Block + 16);
}

static void AllocateNothing(void)
{
    (void)!ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG);
}

static void AllocateWithoutTag(void)
{
    (void)!ExAllocatePoolWithTag(NonPagedPoolNx, 16, 0);
}

SIM_NO_THREAD_SAFETY_ANALYSIS static void AllocatePagedAtDispatch(void)
{
    KIRQL OldIrql;
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    (void)!ExAllocatePool2(POOL_FLAG_PAGED, 16, TAG);
}

SIM_NO_THREAD_SAFETY_ANALYSIS static void FreePagedAtDispatch(void)
{
    KIRQL OldIrql;
    void *Block = ExAllocatePool2(POOL_FLAG_PAGED, 16, TAG);
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    ExFreePool(Block);
}

static void Pool_Misuse_BugChecks(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(FreeTwice, BAD_POOL_CALLER, "BAD_POOL_CALLER", "already freed");
    IO_EXPECT_BUG_CHECK(FreeWithWrongTag, BAD_POOL_CALLER,
                        "with tag 'WTag', allocated with 'Test'");
    IO_EXPECT_BUG_CHECK(FreeOfStack, BAD_POOL_CALLER, "not the start of a pool allocation");
    IO_EXPECT_BUG_CHECK(FreeOfMiddle, BAD_POOL_CALLER, "not the start of a pool allocation");
    IO_EXPECT_BUG_CHECK(AllocateNothing, DRIVER_VERIFIER_DETECTED_VIOLATION, "zero bytes");
    IO_EXPECT_BUG_CHECK(AllocateWithoutTag, BAD_POOL_CALLER, "tag 0");
    IO_EXPECT_BUG_CHECK(AllocatePagedAtDispatch, DRIVER_VERIFIER_DETECTED_VIOLATION,
                        "allocation of 16 bytes of paged pool at IRQL 2");
    IO_EXPECT_BUG_CHECK(FreePagedAtDispatch, DRIVER_VERIFIER_DETECTED_VIOLATION,
                        "free of paged pool at IRQL 2");
}

// ---- lookaside lists

static void Lookaside_FreeAndAllocate_ComesBack(void **State)
{
    (void)State;
    if (SimSpecialOn) {
        skip(); // which keeps nothing that was freed
    }
    static NPAGED_LOOKASIDE_LIST List;
    ExInitializeNPagedLookasideList(&List, NULL, NULL, 0, 100, TAG, 0);
    void *First = ExAllocateFromNPagedLookasideList(&List);
    memset(First, 1, 100);
    ExFreeToNPagedLookasideList(&List, First);
    assert_ptr_equal(ExAllocateFromNPagedLookasideList(&List), First);
    assert_int_equal(List.L.TotalAllocates, 2);
    assert_int_equal(List.L.AllocateMisses, 1);
    ExFreeToNPagedLookasideList(&List, First);
    ExDeleteNPagedLookasideList(&List);
}

static void Lookaside_DeepFree_GivesBackBeyondDepth(void **State)
{
    (void)State;
    if (SimSpecialOn) {
        skip(); // which keeps nothing that was freed
    }
    static PAGED_LOOKASIDE_LIST List;
    void *Entries[400];
    uint64_t Count, Bytes;
    ExInitializePagedLookasideList(&List, NULL, NULL, 0, 8, TAG, 0);
    for (unsigned i = 0; i < 400; i++) {
        Entries[i] = ExAllocateFromPagedLookasideList(&List);
    }
    for (unsigned i = 0; i < 400; i++) {
        ExFreeToPagedLookasideList(&List, Entries[i]);
    }
    SimPoolUsage(TAG, &Count, &Bytes);
    assert_int_equal(Count, 256);
    ExDeletePagedLookasideList(&List);
    SimPoolUsage(TAG, &Count, &Bytes);
    assert_int_equal(Count, 0);
}

static unsigned CustomCalls;

static ALLOCATE_FUNCTION_EX CustomAllocate;
static PVOID NTAPI CustomAllocate(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                  PLOOKASIDE_LIST_EX Lookaside)
{
    (void)Lookaside;
    CustomCalls++;
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

static FREE_FUNCTION_EX CustomFree;
static VOID NTAPI CustomFree(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside)
{
    (void)Lookaside;
    CustomCalls += 100;
    ExFreePool(Buffer);
}

static void Lookaside_Ex_CallsItsFunctions(void **State)
{
    (void)State;
    if (SimSpecialOn) {
        skip(); // which keeps nothing that was freed
    }
    static LOOKASIDE_LIST_EX List;
    CustomCalls = 0;
    assert_int_equal(ExInitializeLookasideListEx(&List, CustomAllocate, CustomFree, NonPagedPoolNx,
                                                 0, 48, TAG, 0),
                     0);
    void *Entry = ExAllocateFromLookasideListEx(&List);
    ExFreeToLookasideListEx(&List, Entry);
    assert_int_equal(CustomCalls, 1);
    ExFlushLookasideListEx(&List);
    assert_int_equal(CustomCalls, 101);
    ExDeleteLookasideListEx(&List);
    assert_int_equal(ExInitializeLookasideListEx(&List, NULL, NULL, NonPagedPoolNx, 4, 48, TAG, 0),
                     STATUS_INVALID_PARAMETER_5);
}

static void Lookaside_NotDeleted_IsALeak(void **State)
{
    (void)State;
    static NPAGED_LOOKASIDE_LIST List;
    ExInitializeNPagedLookasideList(&List, NULL, NULL, 0, 8, TAG, 0);
    assert_int_equal(IoTestStop(), 0);
    assert_int_equal(NtTestStop(), 1);
    NtTestStart(4);
    IoTestStart();
}

// ---- interlocked lists

typedef struct ENTRY {
    SLIST_ENTRY Link;
    _Atomic int Owners;
} __attribute__((aligned(16))) ENTRY;

typedef struct STACK {
    SLIST_HEADER Head;
    ENTRY Entries[64];
    _Atomic unsigned Errors;
} STACK;

static void PopAndPush(unsigned Number, void *Context)
{
    STACK *Stack = Context;
    (void)Number;
    for (unsigned i = 0; i < 50000; i++) {
        PSLIST_ENTRY Link = InterlockedPopEntrySList(&Stack->Head);
        if (Link == NULL) {
            continue;
        }
        ENTRY *Entry = CONTAINING_RECORD(Link, ENTRY, Link);
        if (atomic_fetch_add(&Entry->Owners, 1) != 0) {
            atomic_fetch_add(&Stack->Errors, 1);
        }
        atomic_fetch_sub(&Entry->Owners, 1);
        InterlockedPushEntrySList(&Stack->Head, Link);
    }
}

static void Slist_ManyThreads_EachEntryHasOneOwner(void **State)
{
    (void)State;
    static STACK Stack;
    memset(&Stack, 0, sizeof(Stack));
    InitializeSListHead(&Stack.Head);
    for (unsigned i = 0; i < 64; i++) {
        InterlockedPushEntrySList(&Stack.Head, &Stack.Entries[i].Link);
    }
    NtTestThreads(4, PopAndPush, &Stack);
    assert_int_equal(Stack.Errors, 0);
    assert_int_equal(ExQueryDepthSList(&Stack.Head), 64);
    unsigned Count = 0;
    for (PSLIST_ENTRY Link = InterlockedFlushSList(&Stack.Head); Link != NULL; Link = Link->Next) {
        Count++;
    }
    assert_int_equal(Count, 64);
    assert_int_equal(ExQueryDepthSList(&Stack.Head), 0);
    assert_null(InterlockedPopEntrySList(&Stack.Head));
}

static void Slist_Order_LastInFirstOut(void **State)
{
    (void)State;
    static STACK Stack;
    InitializeSListHead(&Stack.Head);
    assert_null(InterlockedPushEntrySList(&Stack.Head, &Stack.Entries[0].Link));
    assert_ptr_equal(InterlockedPushEntrySList(&Stack.Head, &Stack.Entries[1].Link),
                     &Stack.Entries[0].Link);
    assert_ptr_equal(FirstEntrySList(&Stack.Head), &Stack.Entries[1].Link);
    assert_int_equal(Stack.Head.HeaderX64.Depth, 2);
    assert_int_equal((uintptr_t)Stack.Head.HeaderX64.NextEntry << 4,
                     (uintptr_t)&Stack.Entries[1].Link);
    assert_ptr_equal(InterlockedPopEntrySList(&Stack.Head), &Stack.Entries[1].Link);
    assert_ptr_equal(InterlockedPopEntrySList(&Stack.Head), &Stack.Entries[0].Link);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Pool_Allocate2_ZeroedAndAligned),
        IO_TEST(Pool_WithTag_NotZeroedUnlessAsked),
        IO_TEST(Pool_BadFlagsOrTag_Null),
        IO_TEST(Pool_FailAfter_FailsThatOneOnly),
        IO_TEST(Pool_FailNewStacks_EachStackOnce),
        IO_TEST(Pool_ManyThreads_NothingLost),
        IO_TEST(Pool_LeakAtStop_Counted),
        IO_TEST(Pool_Misuse_BugChecks),
        IO_TEST(Lookaside_FreeAndAllocate_ComesBack),
        IO_TEST(Lookaside_DeepFree_GivesBackBeyondDepth),
        IO_TEST(Lookaside_Ex_CallsItsFunctions),
        IO_TEST(Lookaside_NotDeleted_IsALeak),
        IO_TEST(Slist_ManyThreads_EachEntryHasOneOwner),
        IO_TEST(Slist_Order_LastInFirstOut),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
