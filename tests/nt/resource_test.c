// SPDX-License-Identifier: MIT

// ERESOURCE, push locks in shared mode, thread objects and counters.

#include "nt_test.h"

#include "sim.h"

typedef struct SHARED {
    ERESOURCE Resource;
    EX_PUSH_LOCK Push;
    unsigned Count;
    unsigned Copy;
    _Atomic unsigned Torn;
    _Atomic unsigned Inside;
} SHARED;

#define ROUNDS 3000

static void ReadAndWrite(unsigned Number, void *Context)
{
    SHARED *Shared = Context;
    for (int i = 0; i < ROUNDS; i++) {
        KeEnterCriticalRegion();
        if (Number < 2) {
            assert_true(ExAcquireResourceExclusiveLite(&Shared->Resource, TRUE));
            Shared->Count++;
            Shared->Copy++;
        } else {
            assert_true(ExAcquireResourceSharedLite(&Shared->Resource, TRUE));
            if (Shared->Count != Shared->Copy) {
                atomic_fetch_add(&Shared->Torn, 1);
            }
        }
        ExReleaseResourceLite(&Shared->Resource);
        KeLeaveCriticalRegion();
    }
}

static void Resource_Contended_ExclusiveExcludesShared(void **State)
{
    (void)State;
    SHARED Shared = {0};
    ExInitializeResourceLite(&Shared.Resource);
    NtTestThreads(5, ReadAndWrite, &Shared);
    assert_int_equal(Shared.Count, 2 * ROUNDS);
    assert_int_equal(Shared.Torn, 0);
    ExDeleteResourceLite(&Shared.Resource);
}

static void ReadAndWritePush(unsigned Number, void *Context)
{
    SHARED *Shared = Context;
    for (int i = 0; i < ROUNDS; i++) {
        KeEnterCriticalRegion();
        if (Number < 2) {
            ExAcquirePushLockExclusiveEx(&Shared->Push, 0);
            Shared->Count++;
            Shared->Copy++;
            ExReleasePushLockExclusiveEx(&Shared->Push, 0);
        } else {
            ExAcquirePushLockSharedEx(&Shared->Push, 0);
            if (Shared->Count != Shared->Copy) {
                atomic_fetch_add(&Shared->Torn, 1);
            }
            ExReleasePushLockSharedEx(&Shared->Push, 0);
        }
        KeLeaveCriticalRegion();
    }
}

static void PushLock_Contended_ExclusiveExcludesShared(void **State)
{
    (void)State;
    SHARED Shared = {0};
    ExInitializePushLock(&Shared.Push);
    NtTestThreads(5, ReadAndWritePush, &Shared);
    assert_int_equal(Shared.Count, 2 * ROUNDS);
    assert_int_equal(Shared.Torn, 0);
}

static void TryFromOther(unsigned Number, void *Context)
{
    SHARED *Shared = Context;
    (void)Number;
    KeEnterCriticalRegion();
    assert_false(ExAcquireResourceExclusiveLite(&Shared->Resource, FALSE));
    if (ExAcquireResourceSharedLite(&Shared->Resource, FALSE)) {
        atomic_fetch_add(&Shared->Inside, 1);
        ExReleaseResourceLite(&Shared->Resource);
    }
    KeLeaveCriticalRegion();
}

static void Resource_HeldAndConverted_AdmitsAccordingly(void **State)
{
    (void)State;
    SHARED Shared = {0};
    ExInitializeResourceLite(&Shared.Resource);
    ExEnterCriticalRegionAndAcquireResourceExclusive(&Shared.Resource);
    assert_true(ExAcquireResourceSharedLite(&Shared.Resource, FALSE)); // recursive
    assert_true(ExIsResourceAcquiredExclusiveLite(&Shared.Resource));
    assert_int_equal(ExIsResourceAcquiredSharedLite(&Shared.Resource), 2);
    NtTestThreads(1, TryFromOther, &Shared);
    assert_int_equal(Shared.Inside, 0);
    ExReleaseResourceLite(&Shared.Resource);
    ExConvertExclusiveToSharedLite(&Shared.Resource);
    assert_false(ExIsResourceAcquiredExclusiveLite(&Shared.Resource));
    NtTestThreads(1, TryFromOther, &Shared);
    assert_int_equal(Shared.Inside, 1);
    ExReleaseResourceAndLeaveCriticalRegion(&Shared.Resource);
    assert_int_equal(ExIsResourceAcquiredSharedLite(&Shared.Resource), 0);
    ExDeleteResourceLite(&Shared.Resource);
}

static void CountAndRemember(unsigned Number, void *Context)
{
    PKTHREAD *Threads = Context;
    Threads[Number] = KeGetCurrentThread();
    ObReferenceObject(Threads[Number]);
    SimCount(SimCountSend, Number + 1);
    assert_ptr_equal(KeGetCurrentThread(), Threads[Number]);
}

static void Threads_OfTheProgram_HaveObjectsAndAreCounted(void **State)
{
    (void)State;
    PKTHREAD Threads[3];
    SimCount(SimCountSend, 10);
    NtTestThreads(3, CountAndRemember, Threads);
    assert_int_equal(SimCounterSum(SimCountSend), 16); // also of threads that are gone
    assert_ptr_not_equal(Threads[0], Threads[1]);
    assert_false(PsIsSystemThread((PETHREAD)Threads[2]));
    for (int i = 0; i < 3; i++) {
        ObDereferenceObject(Threads[i]);
    }
    assert_int_equal(NtTestStop(), 0);
    NtTestStart(2);
    assert_int_equal(SimCounterSum(SimCountSend), 0);
}

static ERESOURCE Resource;

static void ReleaseNotOwned(void)
{
    ExInitializeResourceLite(&Resource);
    KeEnterCriticalRegion();
    ExReleaseResourceLite(&Resource);
}

static void AcquireOutsideRegion(void)
{
    ExInitializeResourceLite(&Resource);
    ExAcquireResourceSharedLite(&Resource, TRUE);
}

static void UpgradeShared(void)
{
    ExInitializeResourceLite(&Resource);
    ExEnterCriticalRegionAndAcquireResourceShared(&Resource);
    ExAcquireResourceExclusiveLite(&Resource, TRUE);
}

static void DeleteOwned(void)
{
    ExInitializeResourceLite(&Resource);
    ExEnterCriticalRegionAndAcquireResourceShared(&Resource);
    ExDeleteResourceLite(&Resource);
}

static void Resource_Misused_StopsByName(void **State)
{
    (void)State;
    NtTestExpectBugCheck(ReleaseNotOwned, 0xE3, "RESOURCE_NOT_OWNED", NULL);
    NtTestExpectBugCheck(AcquireOutsideRegion, 0xC4, "(0x37, 0x0,", NULL);
    NtTestExpectBugCheck(UpgradeShared, 0xC4, "(0x1000,", NULL);
    NtTestExpectBugCheck(DeleteOwned, 0xC4, "(0x100B,", NULL);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NT_TEST(Resource_Contended_ExclusiveExcludesShared),
        NT_TEST(PushLock_Contended_ExclusiveExcludesShared),
        NT_TEST(Resource_HeldAndConverted_AdmitsAccordingly),
        NT_TEST(Threads_OfTheProgram_HaveObjectsAndAreCounted),
        NT_TEST(Resource_Misused_StopsByName),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
