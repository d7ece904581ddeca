// SPDX-License-Identifier: MIT

// What driver/nbl_pool.[ch] does with a caller that breaks its rules. Where that stops the system,
// the system runs in a child process.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "take_slot.h"

#include "ndishost.h"

enum { CHILD_STOPPED = 42, REPORT_BYTES = 16384 };

// Code that breaks rules which clang would find at compile time.
#define WRONG _Analysis_suppress_lock_checking_(IRQL)

static NBL_POOL *create(ULONG count)
{
    NBL_POOL_PARAMETERS Parameters = {.Count = count, .FrameBytes = 1514, .Tag = 0x74736554};
    NBL_POOL *Pool = NULL;

    return NblPoolCreate(&Parameters, &Pool) == STATUS_SUCCESS ? Pool : NULL;
}

WRONG static KIRQL raise_irql(void)
{
    KIRQL OldIrql;

    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    return OldIrql;
}

// ---- a system in a child process, and how it stops

static uint32_t expected_code;

static void child_stopped(uint32_t code, const char *report)
{
    fputs(report, stdout);
    fflush(stdout);
    _exit(code == expected_code ? CHILD_STOPPED : 1);
}

static void expect_stop(void (*body)(void), uint32_t code, const char *sentence)
{
    static char report[REPORT_BYTES];
    size_t length = 0;
    ssize_t got;
    int ends[2];
    int status;

    expected_code = code;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct ndishost_options options = {.quiet = 1, .on_bug_check = child_stopped};

        dup2(ends[1], STDOUT_FILENO);
        if (ndishost_start(&options) == 0) {
            body();
        }
        _exit(0); // it went on
    }
    close(ends[1]);
    while ((got = read(ends[0], report + length, sizeof(report) - 1 - length)) > 0) {
        length += (size_t)got;
    }
    report[length] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != CHILD_STOPPED ||
        strstr(report, sentence) == NULL) {
        print_error("wanted '%s', got status 0x%x and:\n%s\n", sentence, (unsigned)status, report);
        fail();
    }
}

// ---- the rules

WRONG static void destroy_at_dispatch_with_slot_out(void)
{
    NBL_POOL *Pool = create(4);

    if (take_anywhere(Pool) != NULL) {
        raise_irql();
        NblPoolDestroy(Pool);
    }
}

WRONG static void destroy_at_dispatch(void)
{
    NBL_POOL *Pool = create(4);

    raise_irql();
    NblPoolDestroy(Pool);
}

static void Destroy_AtDispatchLevel_StopsTheSystem(void **state)
{
    (void)state;
    expect_stop(destroy_at_dispatch_with_slot_out, IRQL_UNEXPECTED_VALUE, "NblPoolDestroy");
    expect_stop(destroy_at_dispatch, IRQL_UNEXPECTED_VALUE, "NblPoolDestroy");
}

static NBL_POOL *GivenTwice;

WRONG static void give_twice(void)
{
    KIRQL OldIrql = raise_irql();
    ULONG Processor = NdisCurrentProcessorIndex();
    NBL_SLOT *Slot = NblPoolTake(GivenTwice, Processor);

    NblPoolGive(Slot, Processor);
    NblPoolGive(Slot, Processor);
    KeLowerIrql(OldIrql);
}

static void create_and_give_twice(void)
{
    GivenTwice = create(2);
    give_twice();
}

// Whoever needs it sees it in a debug build; a free build must not hand the slot out twice.
WRONG static void Give_Twice_StopsADebugBuildAndIsIgnoredByAFreeOne(void **state)
{
    (void)state;
#if DBG
    expect_stop(create_and_give_twice, KMODE_EXCEPTION_NOT_HANDLED, "Slot->State != NblSlotFree");
#else
    assert_int_equal(ndishost_start(&(struct ndishost_options){.quiet = 1}), 0);
    create_and_give_twice();
    assert_int_equal(NblPoolFreeCount(GivenTwice), 2);
    NBL_SLOT *First = take_anywhere(GivenTwice);
    NBL_SLOT *Second = take_anywhere(GivenTwice);
    assert_non_null(First);
    assert_non_null(Second);
    assert_ptr_not_equal(First, Second);
    assert_null(take_anywhere(GivenTwice));
    KIRQL OldIrql = raise_irql();
    NblPoolGive(First, NdisCurrentProcessorIndex());
    NblPoolGive(Second, NdisCurrentProcessorIndex());
    KeLowerIrql(OldIrql);
    NblPoolDestroy(GivenTwice);
    assert_int_equal(ndishost_stop(), 0);
#endif
}

#if DBG
WRONG static void give_on_wrong_processor(void)
{
    NBL_POOL *Pool = create(64);
    NBL_SLOT *Slot = take_anywhere(Pool);

    raise_irql();
    NblPoolGive(Slot, NdisCurrentProcessorIndex() ^ 1);
}

WRONG static void take_on_wrong_processor(void)
{
    NBL_POOL *Pool = create(64);

    raise_irql();
    NblPoolTake(Pool, NdisCurrentProcessorIndex() ^ 1);
}

WRONG static void prepare_free_slot(void)
{
    NBL_POOL *Pool = create(1);
    NBL_SLOT *Slot = take_anywhere(Pool);
    KIRQL OldIrql = raise_irql();

    NblPoolGive(Slot, NdisCurrentProcessorIndex());
    KeLowerIrql(OldIrql);
    NblPoolPrepare(Slot, Pool, 0, 14, NULL);
}

static void prepare_behind_the_end(void)
{
    NBL_POOL *Pool = create(1);

    NblPoolPrepare(take_anywhere(Pool), Pool, NblPoolFrameBytes(Pool), 14, NULL);
}

static void Misuse_InADebugBuild_StopsAtTheAssertion(void **state)
{
    const uint32_t code = KMODE_EXCEPTION_NOT_HANDLED;

    (void)state;
    expect_stop(give_on_wrong_processor, code, "Processor == NdisCurrentProcessorIndex()");
    expect_stop(take_on_wrong_processor, code, "Processor == NdisCurrentProcessorIndex()");
    expect_stop(prepare_free_slot, code, "Slot->State != NblSlotFree");
    expect_stop(prepare_behind_the_end, code, "OffsetBytes < Slot->Pool->FrameBytes");
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Destroy_AtDispatchLevel_StopsTheSystem),
        cmocka_unit_test(Give_Twice_StopsADebugBuildAndIsIgnoredByAFreeOne),
#if DBG
        cmocka_unit_test(Misuse_InADebugBuild_StopsAtTheAssertion),
#endif
    };

    return cmocka_run_group_tests_name("nbl_pool_misuse", tests, NULL, NULL);
}
