// SPDX-License-Identifier: MIT

// MDLs: allocation, page locks, partial MDLs, mappings.

#include "io_test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mdl.h"

#define TAG 0x74736554u // "Test"

static char *MapPages(size_t Pages)
{
    char *Address = mmap(NULL, Pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                         -1, 0);
    assert_ptr_not_equal(Address, MAP_FAILED);
    return Address;
}

static NTSTATUS TryLock(PMDL Mdl, LOCK_OPERATION Operation)
{
    volatile NTSTATUS Status = STATUS_SUCCESS;
    __try {
        MmProbeAndLockPages(Mdl, UserMode, Operation);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        Status = GetExceptionCode();
    }
    return Status;
}

static void Mdl_Allocate_DescribesRange(void **State)
{
    (void)State;
    char *Buffer = MapPages(40);
    PMDL Small = IoAllocateMdl(Buffer + 100, 5000, FALSE, FALSE, NULL);
    PMDL Large = IoAllocateMdl(Buffer, 40 * 4096, FALSE, FALSE, NULL);
    assert_ptr_equal(MmGetMdlVirtualAddress(Small), Buffer + 100);
    assert_int_equal(MmGetMdlByteCount(Small), 5000);
    assert_int_equal(MmGetMdlByteOffset(Small), 100);
    assert_int_equal(Small->Size, sizeof(MDL) + 2 * 8);
    assert_null(Small->Next);
    assert_int_equal(MmSizeOfMdl(Buffer + 4095, 2), sizeof(MDL) + 2 * 8);
    assert_int_equal(Large->Size, sizeof(MDL) + 40 * 8);
    assert_int_equal(SimCounterSum(SimCountMdlAllocation), 2);
    IoFreeMdl(Small);
    IoFreeMdl(Large);
    munmap(Buffer, 40 * 4096);
}

static void Mdl_AllocateForIrp_AttachesAndChains(void **State)
{
    (void)State;
    char Buffer[32];
    PIRP Irp = IoAllocateIrp(1, FALSE);
    PMDL First = IoAllocateMdl(Buffer, 8, FALSE, FALSE, Irp);
    PMDL Second = IoAllocateMdl(Buffer + 8, 8, TRUE, FALSE, Irp);
    assert_ptr_equal(Irp->MdlAddress, First);
    assert_ptr_equal(First->Next, Second);
    IoFreeMdl(First);
    IoFreeMdl(Second);
    IoFreeIrp(Irp);
}

static void Mdl_LockAndUnlock_FlagsAndCounts(void **State)
{
    (void)State;
    char *Buffer = MapPages(3);
    PMDL One = IoAllocateMdl(Buffer + 4000, 4200, FALSE, FALSE, NULL);
    PMDL Two = IoAllocateMdl(Buffer, 100, FALSE, FALSE, NULL);
    assert_int_equal(TryLock(One, IoReadAccess), 0);
    assert_int_equal(TryLock(Two, IoWriteAccess), 0);
    assert_int_equal(One->MdlFlags & (MDL_PAGES_LOCKED | MDL_WRITE_OPERATION), MDL_PAGES_LOCKED);
    assert_int_equal(Two->MdlFlags & (MDL_PAGES_LOCKED | MDL_WRITE_OPERATION),
                     MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
    assert_int_equal(MmGetMdlPfnArray(One)[2], ((uintptr_t)Buffer >> 12) + 2);
    // Three pages, one of them locked twice.
    assert_int_equal(SimMdlLockedPages(NULL, FALSE), 3);
    assert_int_equal(SimCounterSum(SimCountPagesLocked), 4);
    MmUnlockPages(One);
    assert_int_equal(One->MdlFlags & MDL_PAGES_LOCKED, 0);
    assert_int_equal(SimMdlLockedPages(NULL, FALSE), 1);
    MmUnlockPages(Two);
    assert_int_equal(TryLock(Two, IoReadAccess), 0); // and again
    MmUnlockPages(Two);
    IoFreeMdl(One);
    IoFreeMdl(Two);
    munmap(Buffer, 3 * 4096);
}

static void Mdl_LockOfBadMemory_Raises(void **State)
{
    (void)State;
    char *Buffer = MapPages(2);
    PMDL Mdl = IoAllocateMdl(Buffer + 4000, 200, FALSE, FALSE, NULL);
    PMDL System = IoAllocateMdl((void *)0xFFFF800000001000, 16, FALSE, FALSE, NULL);
    mprotect(Buffer + 4096, 4096, PROT_NONE);
    assert_int_equal(TryLock(Mdl, IoReadAccess), STATUS_ACCESS_VIOLATION);
    mprotect(Buffer + 4096, 4096, PROT_READ);
    assert_int_equal(TryLock(Mdl, IoModifyAccess), STATUS_ACCESS_VIOLATION);
    assert_int_equal(SimMdlLockedPages(NULL, FALSE), 0);
    assert_int_equal(TryLock(System, IoReadAccess), STATUS_ACCESS_VIOLATION);
    assert_int_equal(TryLock(Mdl, IoReadAccess), 0);
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
    IoFreeMdl(System);
    munmap(Buffer, 2 * 4096);
}

static void Mdl_LockFailsMidway_UnlocksTheRest(void **State)
{
    (void)State;
    char *Buffer = MapPages(4);
    PMDL Mdl = IoAllocateMdl(Buffer, 4 * 4096, FALSE, FALSE, NULL);
    SimPoolFailAfter(2);
    assert_int_equal(TryLock(Mdl, IoReadAccess), STATUS_WORKING_SET_QUOTA);
    SimPoolFailAfter(-1);
    assert_int_equal(SimMdlLockedPages(NULL, FALSE), 0);
    IoFreeMdl(Mdl);
    munmap(Buffer, 4 * 4096);
}

static void Mdl_NonPaged_HasSystemAddress(void **State)
{
    (void)State;
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 9000, TAG);
    PMDL Mdl = IoAllocateMdl(Block + 10, 8000, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(Mdl);
    assert_true((Mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) != 0);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority), Block + 10);
    assert_int_equal(MmGetMdlPfnArray(Mdl)[1], ((uintptr_t)Block >> 12) + 1);
    IoFreeMdl(Mdl);
    ExFreePoolWithTag(Block, TAG);
}

static void Mdl_Initialize_InDriversMemory(void **State)
{
    (void)State;
    char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, TAG);
    PMDL Mdl = ExAllocatePool2(POOL_FLAG_NON_PAGED, MmSizeOfMdl(Block, 64), TAG);
    MmInitializeMdl(Mdl, Block, 64);
    MmBuildMdlForNonPagedPool(Mdl);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority), Block);
    ExFreePool(Mdl);
    ExFreePool(Block);
}

static void Mdl_PartialOfMapped_SharesMapping(void **State)
{
    (void)State;
    char *Buffer = MapPages(4);
    PMDL Source = IoAllocateMdl(Buffer + 50, 3 * 4096, FALSE, FALSE, NULL);
    PMDL Target = IoAllocateMdl(Buffer, 2 * 4096, FALSE, FALSE, NULL);
    assert_int_equal(TryLock(Source, IoReadAccess), 0);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Source, NormalPagePriority), Buffer + 50);
    IoBuildPartialMdl(Source, Target, Buffer + 5000, 100);
    assert_ptr_equal(MmGetMdlVirtualAddress(Target), Buffer + 5000);
    assert_int_equal(MmGetMdlByteCount(Target), 100);
    assert_int_equal(MmGetMdlPfnArray(Target)[0], ((uintptr_t)Buffer >> 12) + 1);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(Target, NormalPagePriority), Buffer + 5000);
    assert_int_equal(Target->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED, 0);
    MmPrepareMdlForReuse(Target);                        // nothing of its own
    IoBuildPartialMdl(Source, Target, Buffer + 8192, 0); // to the end of the source
    assert_int_equal(MmGetMdlByteCount(Target), 50 + 3 * 4096 - 8192);
    IoFreeMdl(Target);
    MmUnlockPages(Source);
    IoFreeMdl(Source);
    munmap(Buffer, 4 * 4096);
}

static void Mdl_PartialMappedItself_PreparedForReuse(void **State)
{
    (void)State;
    char *Buffer = MapPages(1);
    PMDL Source = IoAllocateMdl(Buffer, 4096, FALSE, FALSE, NULL);
    PMDL Target = IoAllocateMdl(Buffer, 4096, FALSE, FALSE, NULL);
    assert_int_equal(TryLock(Source, IoReadAccess), 0);
    for (unsigned i = 0; i < 3; i++) {
        IoBuildPartialMdl(Source, Target, Buffer + 100 * i, 100);
        assert_ptr_equal(MmGetSystemAddressForMdlSafe(Target, NormalPagePriority),
                         Buffer + 100 * i);
        assert_true((Target->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0);
        MmPrepareMdlForReuse(Target);
        assert_int_equal(Target->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA, 0);
    }
    IoFreeMdl(Target);
    MmUnlockPages(Source);
    IoFreeMdl(Source);
    munmap(Buffer, 4096);
}

static void Mdl_MappingFails_Null(void **State)
{
    (void)State;
    char *Buffer = MapPages(1);
    PMDL Mdl = IoAllocateMdl(Buffer, 100, FALSE, FALSE, NULL);
    assert_int_equal(TryLock(Mdl, IoReadAccess), 0);
    SimPoolFailAfter(0);
    assert_null(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority));
    SimPoolFailAfter(-1);
    assert_non_null(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority));
    assert_int_equal(MmProtectMdlSystemAddress(Mdl, PAGE_READONLY), STATUS_SUCCESS);
    assert_int_equal(MmProtectMdlSystemAddress(Mdl, PAGE_EXECUTE_READ),
                     STATUS_INVALID_PAGE_PROTECTION);
    MmUnlockPages(Mdl); // unmaps
    assert_int_equal(Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA, 0);
    IoFreeMdl(Mdl);
    munmap(Buffer, 4096);
}

static void Mdl_OwnPages_MapUseFree(void **State)
{
    (void)State;
    PHYSICAL_ADDRESS Low = {0}, High = {.QuadPart = -1}, Skip = {0};
    PMDL Mdl = MmAllocatePagesForMdlEx(Low, High, Skip, 10000, MmCached, 0);
    assert_int_equal(MmGetMdlByteCount(Mdl), 3 * 4096);
    char *Address = MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE,
                                                 NormalPagePriority | MdlMappingNoExecute);
    assert_true(RtlIsZeroMemory(Address, 3 * 4096));
    memset(Address, 1, 3 * 4096);
    MmUnmapLockedPages(Address, Mdl);
    MmFreePagesFromMdl(Mdl);
    ExFreePool(Mdl);
}

static void LockLoop(unsigned Number, void *Context)
{
    char *Buffer = Context;
    for (unsigned i = 0; i < 5000; i++) {
        PMDL Mdl = IoAllocateMdl(Buffer + 64 * Number, 8000, FALSE, FALSE, NULL);
        MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
        MmUnlockPages(Mdl);
        IoFreeMdl(Mdl);
    }
}

static void Mdl_ManyThreads_SamePages(void **State)
{
    (void)State;
    char *Buffer = MapPages(4);
    NtTestThreads(4, LockLoop, Buffer);
    assert_int_equal(SimMdlLockedPages(NULL, FALSE), 0);
    munmap(Buffer, 4 * 4096);
}

static void Mdl_LeakAtStop_Counted(void **State)
{
    (void)State;
    static char Buffer[16];
    assert_non_null(IoAllocateMdl(Buffer, 16, FALSE, FALSE, NULL));
    assert_int_equal(IoTestStop(), 0);
    assert_int_equal(NtTestStop(), 1);
    NtTestStart(4);
    IoTestStart();
}

// ---- misuse

static char Page[4096] __attribute__((aligned(4096)));

static PMDL Allocate(void)
{
    return IoAllocateMdl(Page, 100, FALSE, FALSE, NULL);
}

static PMDL AllocateLocked(void)
{
    PMDL Mdl = Allocate();
    MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
    return Mdl;
}

static PMDL AllocateNonPaged(void)
{
    PMDL Mdl = Allocate();
    MmBuildMdlForNonPagedPool(Mdl);
    return Mdl;
}

static PMDL AllocatePartial(void)
{
    PMDL Mdl = Allocate();
    IoBuildPartialMdl(AllocateLocked(), Mdl, Page, 50);
    return Mdl;
}

static void LockTwice(void)
{
    MmProbeAndLockPages(AllocateLocked(), KernelMode, IoReadAccess);
}

static void LockNonPaged(void)
{
    MmProbeAndLockPages(AllocateNonPaged(), KernelMode, IoReadAccess);
}

static void UnlockNeverLocked(void)
{
    MmUnlockPages(Allocate());
}

static void UnlockNonPaged(void)
{
    MmUnlockPages(AllocateNonPaged());
}

static void UnlockPartial(void)
{
    MmUnlockPages(AllocatePartial());
}

static void FreeLocked(void)
{
    IoFreeMdl(AllocateLocked());
}

static void FreeTwice(void)
{
    PMDL Mdl = Allocate();
    IoFreeMdl(Mdl);
    IoFreeMdl(Mdl);
}

static void FreeForeign(void)
{
    PMDL Mdl = ExAllocatePool2(POOL_FLAG_NON_PAGED, 128, TAG);
    MmInitializeMdl(Mdl, Page, 16);
    IoFreeMdl(Mdl);
}

static void MapUnlocked(void)
{
    (void)!MmGetSystemAddressForMdlSafe(Allocate(), NormalPagePriority);
}

static void BuildOverPaged(void)
{
    void *Block = ExAllocatePool2(POOL_FLAG_PAGED, 100, TAG);
    MmBuildMdlForNonPagedPool(IoAllocateMdl(Block, 100, FALSE, FALSE, NULL));
}

static void PartialOfUnlocked(void)
{
    IoBuildPartialMdl(Allocate(), Allocate(), Page, 10);
}

static void PartialOutside(void)
{
    IoBuildPartialMdl(AllocateLocked(), Allocate(), Page + 90, 20);
}

static void PartialAgainWhileMapped(void)
{
    PMDL Source = AllocateLocked();
    PMDL Target = Allocate();
    IoBuildPartialMdl(Source, Target, Page, 10);
    (void)!MmGetSystemAddressForMdlSafe(Target, NormalPagePriority);
    IoBuildPartialMdl(Source, Target, Page, 10);
}

SIM_NO_THREAD_SAFETY_ANALYSIS static void LockUserAtDispatch(void)
{
    KIRQL OldIrql;
    PMDL Mdl = Allocate();
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    MmProbeAndLockPages(Mdl, UserMode, IoReadAccess);
}

static void UnmapTwice(void)
{
    PMDL Mdl = AllocateLocked();
    void *Address = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    MmUnmapLockedPages(Address, Mdl);
    MmUnmapLockedPages(Address, Mdl);
}

static void Mdl_Misuse_BugChecks(void **State)
{
    (void)State;
    const ULONG C4 = DRIVER_VERIFIER_DETECTED_VIOLATION;
    IO_EXPECT_BUG_CHECK(LockTwice, C4, "already locked", "(0xB0,");
    IO_EXPECT_BUG_CHECK(LockNonPaged, C4, "already of nonpaged pool");
    IO_EXPECT_BUG_CHECK(UnlockNeverLocked, C4, "not locked", "(0x7C,");
    IO_EXPECT_BUG_CHECK(UnlockNonPaged, C4, "of nonpaged pool", "(0x7D,");
    IO_EXPECT_BUG_CHECK(UnlockPartial, C4, "partial", "(0xB4,");
    IO_EXPECT_BUG_CHECK(FreeLocked, DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS, "still locked");
    IO_EXPECT_BUG_CHECK(FreeTwice, C4, "already freed");
    IO_EXPECT_BUG_CHECK(FreeForeign, C4, "not from IoAllocateMdl");
    IO_EXPECT_BUG_CHECK(MapUnlocked, C4, "not locked");
    IO_EXPECT_BUG_CHECK(BuildOverPaged, C4, "over paged pool", "(0x7F,");
    IO_EXPECT_BUG_CHECK(PartialOfUnlocked, C4, "neither locked nor nonpaged");
    IO_EXPECT_BUG_CHECK(PartialOutside, C4, "outside of source MDL");
    IO_EXPECT_BUG_CHECK(PartialAgainWhileMapped, DRIVER_USED_EXCESSIVE_PTES,
                        "MmPrepareMdlForReuse");
    IO_EXPECT_BUG_CHECK(LockUserAtDispatch, C4, "pageable memory at IRQL 2");
    IO_EXPECT_BUG_CHECK(UnmapTwice, SYSTEM_PTE_MISUSE, "is not a mapping of MDL");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Mdl_Allocate_DescribesRange),
        IO_TEST(Mdl_AllocateForIrp_AttachesAndChains),
        IO_TEST(Mdl_LockAndUnlock_FlagsAndCounts),
        IO_TEST(Mdl_LockOfBadMemory_Raises),
        IO_TEST(Mdl_LockFailsMidway_UnlocksTheRest),
        IO_TEST(Mdl_NonPaged_HasSystemAddress),
        IO_TEST(Mdl_Initialize_InDriversMemory),
        IO_TEST(Mdl_PartialOfMapped_SharesMapping),
        IO_TEST(Mdl_PartialMappedItself_PreparedForReuse),
        IO_TEST(Mdl_MappingFails_Null),
        IO_TEST(Mdl_OwnPages_MapUseFree),
        IO_TEST(Mdl_ManyThreads_SamePages),
        IO_TEST(Mdl_LeakAtStop_Counted),
        IO_TEST(Mdl_Misuse_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
