// SPDX-License-Identifier: MIT

// Special pool and separate mappings: what strict mode of the verifier switches on in the kernel.

#include "io_test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hooks.h"
#include "mdl.h"
#include "special_pool.h"

#define TAG 0x74736554u // "Test"

static char *MapShared(size_t Pages)
{
    char *Address = mmap(NULL, Pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(Address, MAP_FAILED);
    return Address;
}

static PMDL LockShared(char *Buffer, ULONG Length)
{
    PMDL Mdl = IoAllocateMdl(Buffer, Length, FALSE, FALSE, NULL);
    MmProbeAndLockPages(Mdl, UserMode, IoWriteAccess);
    return Mdl;
}

// ---- pool

static void SpecialPool_Allocate_EndsAtGuardPage(void **State)
{
    (void)State;
    static const SIZE_T Sizes[] = {16, 48, 4080, 4096, 8192, 100000, 1 << 20};
    for (unsigned i = 0; i < RTL_NUMBER_OF(Sizes); i++) {
        char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, Sizes[i], TAG);
        const SIM_GUARDED *Slot = SimSpecialFind(Block);
        assert_non_null(Slot);
        assert_true(RtlIsZeroMemory(Block, Sizes[i]));
        assert_int_equal((uintptr_t)Block % (Sizes[i] >= PAGE_SIZE ? PAGE_SIZE : 16), 0);
        assert_true((uintptr_t)(Slot->End - (Block + Sizes[i])) <
                    (Sizes[i] >= PAGE_SIZE ? PAGE_SIZE : 16));
        memset(Block, 1, Sizes[i]);
        ExFreePoolWithTag(Block, TAG);
        assert_null(SimSpecialFind(Block));
    }
    char *Line = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, 40, TAG);
    assert_int_equal((uintptr_t)Line % 64, 0);
    ExFreePool(Line);
}

// What is larger than the largest slot is ordinary pool.
static void SpecialPool_HugeAllocation_IsOrdinary(void **State)
{
    (void)State;
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 20u << 20, TAG);
    assert_non_null(Block);
    assert_null(SimSpecialFind(Block));
    ExFreePoolWithTag(Block, TAG);
}

static void SpecialPool_FreedAddress_WaitsBeforeItIsUsedAgain(void **State)
{
    (void)State;
    void *First = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, TAG);
    BOOLEAN Again = FALSE;
    ExFreePool(First);
    for (unsigned i = 0; i < 8000 && !Again; i++) {
        void *Next = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, TAG);
        Again = Next == First;
        ExFreePool(Next);
    }
    assert_false(Again);
}

static void Churn(unsigned Number, void *Context)
{
    void *Blocks[32] = {0};
    ULONG Seed = Number;
    (void)Context;
    for (unsigned i = 0; i < 2000; i++) {
        unsigned Which = RtlRandomEx(&Seed) % 32;
        SIZE_T Bytes = 1 + RtlRandomEx(&Seed) % 9000;
        if (Blocks[Which] != NULL) {
            ExFreePoolWithTag(Blocks[Which], TAG);
        }
        Blocks[Which] = ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, TAG);
        memset(Blocks[Which], (int)Which, Bytes);
    }
    for (unsigned i = 0; i < 32; i++) {
        if (Blocks[i] != NULL) {
            ExFreePoolWithTag(Blocks[i], TAG);
        }
    }
}

static void SpecialPool_ManyThreads_NothingLost(void **State)
{
    (void)State;
    uint64_t Count, Bytes;
    NtTestThreads(4, Churn, NULL);
    SimPoolUsage(TAG, &Count, &Bytes);
    assert_int_equal(Count, 0);
}

static volatile char Sink;

static __attribute__((noinline)) void FreeTheBlock(void *Block)
{
    ExFreePoolWithTag(Block, TAG);
    __asm__ volatile("" ::: "memory"); // no tail call
}

static void ReadFreed(void)
{
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    FreeTheBlock(Block);
    Sink = Block[17];
}

static void WriteFreedRaised(void)
{
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    KIRQL Irql;
    FreeTheBlock(Block);
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    ((volatile char *)Block)[5] = 1;
}

// A system address that is not there: no __except takes it.
static void ReadFreedInTry(void)
{
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    FreeTheBlock(Block);
    __try {
        Sink = Block[17];
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Sink = 0;
    }
}

static void SpecialPool_TouchOfFreed_NamesAllocationAndFree(void **State)
{
    (void)State;
    NtTestExpectBugCheck(ReadFreed, PAGE_FAULT_IN_FREED_SPECIAL_POOL, "reads address",
                         "17 bytes into pool", "(96 bytes, tag 'Test'), which was freed",
                         "allocated by:\n   0 ReadFreed", "freed by:\n   0 FreeTheBlock",
                         "special_pool_test.c", NULL);
    NtTestExpectBugCheck(WriteFreedRaised, DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL,
                         "writes to address", "5 bytes into pool", "FreeTheBlock", NULL);
    NtTestExpectBugCheck(ReadFreedInTry, PAGE_FAULT_IN_FREED_SPECIAL_POOL, "17 bytes into pool",
                         NULL);
}

static void ReadBehind(void)
{
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    Sink = Block[96];
}

static void WriteBehindRaised(void)
{
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    ((volatile char *)Block)[100] = 1;
}

static void SpecialPool_TouchBehindTheEnd_IsPageFault(void **State)
{
    (void)State;
    NtTestExpectBugCheck(ReadBehind, PAGE_FAULT_BEYOND_END_OF_ALLOCATION, "reads address",
                         "0 bytes behind the end of pool", "allocated by:\n   0 ReadBehind", NULL);
    NtTestExpectBugCheck(WriteBehindRaised, DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
                         "writes to address", "4 bytes behind the end of pool", NULL);
}

static void WriteSlackBehind(void)
{
    volatile char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 90, TAG);
    Block[92] = 1;
    ExFreePoolWithTag((void *)Block, TAG);
}

static void WriteSlackBefore(void)
{
    volatile char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    Block[-8] = 1;
    ExFreePoolWithTag((void *)Block, TAG);
}

static void SpecialPool_SlackWritten_FoundAtFree(void **State)
{
    (void)State;
    NtTestExpectBugCheck(WriteSlackBehind, SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, ", 0x24)",
                         "2 bytes behind the end of pool", "tag 'Test'", "WriteSlackBehind", NULL);
    NtTestExpectBugCheck(WriteSlackBefore, SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, ", 0x23)",
                         "8 bytes in front of pool", "WriteSlackBefore", NULL);
}

static void FreeTwice(void)
{
    void *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 96, TAG);
    FreeTheBlock(Block);
    ExFreePoolWithTag(Block, TAG);
}

static void SpecialPool_DoubleFree_BadPoolCaller(void **State)
{
    (void)State;
    NtTestExpectBugCheck(FreeTwice, BAD_POOL_CALLER, "already freed", NULL);
}

static void TouchFreedEntry(void)
{
    NPAGED_LOOKASIDE_LIST List;
    ExInitializeNPagedLookasideList(&List, NULL, NULL, 0, 64, TAG, 0);
    char *Entry = ExAllocateFromNPagedLookasideList(&List);
    ExFreeToNPagedLookasideList(&List, Entry);
    Sink = Entry[0];
}

static void SpecialPool_TouchOfLookasideEntry_Caught(void **State)
{
    (void)State;
    NtTestExpectBugCheck(TouchFreedEntry, PAGE_FAULT_IN_FREED_SPECIAL_POOL, "tag 'Test'",
                         "TouchFreedEntry", NULL);
}

static void TouchFreedMdl(void)
{
    char Buffer[16];
    PMDL Mdl = IoAllocateMdl(Buffer, sizeof(Buffer), FALSE, FALSE, NULL);
    IoFreeMdl(Mdl);
    Mdl->Next = NULL;
}

static void FreeMdlTwice(void)
{
    char Buffer[16];
    PMDL Mdl = IoAllocateMdl(Buffer, sizeof(Buffer), FALSE, FALSE, NULL);
    IoFreeMdl(Mdl);
    IoFreeMdl(Mdl);
}

static void SpecialPool_TouchOfFreedMdl_Caught(void **State)
{
    (void)State;
    NtTestExpectBugCheck(TouchFreedMdl, PAGE_FAULT_IN_FREED_SPECIAL_POOL, "0 bytes into MDL",
                         "which was freed", "TouchFreedMdl", NULL);
    NtTestExpectBugCheck(FreeMdlTwice, DRIVER_VERIFIER_DETECTED_VIOLATION, "already freed", NULL);
}

static void SpecialPool_MdlNotFreed_IsALeak(void **State)
{
    (void)State;
    char Buffer[16];
    PMDL Mdl = IoAllocateMdl(Buffer, sizeof(Buffer), FALSE, FALSE, NULL);
    assert_non_null(Mdl);
    assert_int_equal(NtTestStop(), 1);
    NtTestStart(4);
}

// ---- mappings

static void Mapping_SharedMemory_HasItsOwnAddress(void **State)
{
    (void)State;
    char *Buffer = MapShared(3);
    PMDL Mdl = LockShared(Buffer + 100, 2 * PAGE_SIZE);
    char *System = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);
    assert_ptr_not_equal(System, Buffer + 100);
    assert_int_equal((uintptr_t)System % PAGE_SIZE, 100);
    memset(System, 7, 2 * PAGE_SIZE);
    assert_int_equal(Buffer[100], 7);
    assert_int_equal(Buffer[99], 0);
    assert_int_equal(Buffer[100 + 2 * PAGE_SIZE - 1], 7);
    Buffer[4096] = 9;
    assert_int_equal(System[4096 - 100], 9);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority), System);
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
    munmap(Buffer, 3 * PAGE_SIZE);
}

// The lock pins the pages, not the address (contract MDL-10).
static void Mapping_UserUnmapsTheBuffer_MappingStays(void **State)
{
    (void)State;
    char *Buffer = MapShared(1);
    Buffer[5] = 42;
    PMDL Mdl = LockShared(Buffer, PAGE_SIZE);
    char *System = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    munmap(Buffer, PAGE_SIZE);
    assert_int_equal(System[5], 42);
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
}

static void Mapping_PrivateMemory_IsTheMemory(void **State)
{
    (void)State;
    char *Shared = MapShared(2);
    // The second page is private: all of it is then mapped as it is.
    void *Private = mmap(Shared + PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    assert_ptr_equal(Private, Shared + PAGE_SIZE);
    PMDL Mdl = LockShared(Shared, 2 * PAGE_SIZE);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority), Shared);
    MmUnlockPages(Mdl);
    Shared[0] = 1; // still there
    IoFreeMdl(Mdl);
    munmap(Shared, 2 * PAGE_SIZE);
}

static void Mapping_PartialMdl_InheritsTheParents(void **State)
{
    (void)State;
    char *Buffer = MapShared(2);
    PMDL Mdl = LockShared(Buffer, 2 * PAGE_SIZE);
    PMDL Partial = IoAllocateMdl(Buffer, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    char *System = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    IoBuildPartialMdl(Mdl, Partial, Buffer + 4000, 200);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Partial, NormalPagePriority), System + 4000);
    MmPrepareMdlForReuse(Partial); // has none of its own
    System[4000] = 3;
    assert_int_equal(Buffer[4000], 3);
    IoFreeMdl(Partial);
    assert_int_equal(System[4000], 3);
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
    munmap(Buffer, 2 * PAGE_SIZE);
}

static void Mapping_PartialMdlOfItsOwn_EndsWithReuseOrFree(void **State)
{
    (void)State;
    char *Buffer = MapShared(2);
    PMDL Mdl = LockShared(Buffer, 2 * PAGE_SIZE);
    PMDL Partial = IoAllocateMdl(Buffer, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    for (unsigned i = 0; i < 2; i++) {
        IoBuildPartialMdl(Mdl, Partial, Buffer + 4000, 200);
        char *System = MmGetSystemAddressForMdlSafe(Partial, NormalPagePriority);
        const SIM_GUARDED *Slot = SimGuardedFind(System);
        assert_non_null(Slot);
        assert_int_equal(Slot->Kind, SimGuardedMapping);
        assert_ptr_equal(Slot->Owner, Partial);
        System[0] = 5;
        assert_int_equal(Buffer[4000], 5);
        if (i == 0) {
            MmPrepareMdlForReuse(Partial);
        } else {
            IoFreeMdl(Partial);
        }
        assert_false(Slot->Live);
    }
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
    munmap(Buffer, 2 * PAGE_SIZE);
}

static __attribute__((noinline)) char *MapIt(PMDL Mdl)
{
    char *System = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    __asm__ volatile("" : "+r"(System));
    return System;
}

static __attribute__((noinline)) void UnlockIt(PMDL Mdl)
{
    MmUnlockPages(Mdl);
    __asm__ volatile("" ::: "memory");
}

static void TouchAfterUnlock(void)
{
    PMDL Mdl = LockShared(MapShared(1), 100);
    char *System = MapIt(Mdl);
    UnlockIt(Mdl);
    Sink = System[10];
}

static void TouchAfterUnmap(void)
{
    PMDL Mdl = LockShared(MapShared(1), 100);
    char *System = MapIt(Mdl);
    MmUnmapLockedPages(System, Mdl);
    ((volatile char *)System)[0] = 1;
}

static void TouchInheritedAfterUnlock(void)
{
    char *Buffer = MapShared(1);
    PMDL Mdl = LockShared(Buffer, PAGE_SIZE);
    PMDL Partial = IoAllocateMdl(Buffer, PAGE_SIZE, FALSE, FALSE, NULL);
    (void)MapIt(Mdl);
    IoBuildPartialMdl(Mdl, Partial, Buffer + 100, 50);
    UnlockIt(Mdl);
    Sink = *(char *)MmGetSystemAddressForMdlSafe(Partial, NormalPagePriority);
}

static void Mapping_TouchedAfterRelease_NamesMdlAndBoth(void **State)
{
    (void)State;
    NtTestExpectBugCheck(TouchAfterUnlock, PAGE_FAULT_IN_NONPAGED_AREA, "10 bytes into the mapping",
                         "which was released", "mapped by:\n   0 MapIt",
                         "released by:\n   0 UnlockIt", NULL);
    NtTestExpectBugCheck(TouchAfterUnmap, PAGE_FAULT_IN_NONPAGED_AREA, "0 bytes into the mapping",
                         "released by:\n   0 TouchAfterUnmap", NULL);
    NtTestExpectBugCheck(TouchInheritedAfterUnlock, PAGE_FAULT_IN_NONPAGED_AREA,
                         "100 bytes into the mapping", "released by:\n   0 UnlockIt", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(SpecialPool_Allocate_EndsAtGuardPage),
        NT_TEST(SpecialPool_HugeAllocation_IsOrdinary),
        NT_TEST(SpecialPool_FreedAddress_WaitsBeforeItIsUsedAgain),
        NT_TEST(SpecialPool_ManyThreads_NothingLost),
        NT_TEST(SpecialPool_TouchOfFreed_NamesAllocationAndFree),
        NT_TEST(SpecialPool_TouchBehindTheEnd_IsPageFault),
        NT_TEST(SpecialPool_SlackWritten_FoundAtFree),
        NT_TEST(SpecialPool_DoubleFree_BadPoolCaller),
        NT_TEST(SpecialPool_TouchOfLookasideEntry_Caught),
        NT_TEST(SpecialPool_TouchOfFreedMdl_Caught),
        NT_TEST(SpecialPool_MdlNotFreed_IsALeak),
        NT_TEST(Mapping_SharedMemory_HasItsOwnAddress),
        NT_TEST(Mapping_UserUnmapsTheBuffer_MappingStays),
        NT_TEST(Mapping_PrivateMemory_IsTheMemory),
        NT_TEST(Mapping_PartialMdl_InheritsTheParents),
        NT_TEST(Mapping_PartialMdlOfItsOwn_EndsWithReuseOrFree),
        NT_TEST(Mapping_TouchedAfterRelease_NamesMdlAndBoth),
    };
    SimPoolSetSpecial(TRUE);
    SimMdlSetSeparateMappings(TRUE);
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
