// SPDX-License-Identifier: MIT

// examples/nbl_pool_driver.c from load to unload, on a wire that counts. EXAMPLE_DRIVERS: the
// folder of nbl_pool_driver.sys, which then stands in for the driver in this program.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ndishost.h"
#include "test_wire.h"

void ExampleDriverEntry(void);

struct system {
    struct test_wire wire;
    struct ndishost_driver *driver;
    struct ndishost_nic *nic;
};

static ndishost_status load(struct system *system)
{
    const char *folder = getenv("EXAMPLE_DRIVERS");
    char path[4096], message[1000] = "";
    ndishost_status status;

    if (folder == NULL) {
        return ndishost_load_native("Example", (void *)ExampleDriverEntry, &system->driver);
    }
    snprintf(path, sizeof(path), "%s/nbl_pool_driver.sys", folder);
    status = ndishost_load(path, &system->driver, message, sizeof(message));
    if (status != 0) {
        print_message("%s\n", message);
    }
    return status;
}

static int setup(void **state)
{
    static struct system system;
    char argument[32];

    *state = &system;
    test_wire_init(&system.wire);
    if (ndishost_start(&(struct ndishost_options){.quiet = 1}) != 0 ||
        ndishost_add_wire(&TestWireOps, test_wire_argument(&system.wire, argument, 32), &system.nic,
                          NULL, 0) != 0 ||
        load(&system) != 0) {
        return -1;
    }
    return (int)ndishost_wait_idle(60000);
}

static int teardown(void **state)
{
    struct system *system = *state;

    test_wire_release(&system->wire);
    assert_int_equal(ndishost_stop(), 0);
    test_wire_destroy(&system->wire);
    return 0;
}

static void check_frames(struct system *system)
{
    static const uint8_t expected[60] = {255, 255, 255, 255, 255, 255,  2,
                                         0,   0,   0,   0,   1,   0x88, 0xB5};

    for (unsigned i = 0; i < TEST_WIRE_FRAMES; i++) {
        assert_int_equal(system->wire.frames[i].length, sizeof(expected));
        assert_memory_equal(system->wire.frames[i].bytes, expected, sizeof(expected));
    }
}

static void Example_Running_SendsTheFrameAgainAndAgain(void **state)
{
    struct system *system = *state;
    struct ndishost_counters before, after;

    test_wire_wait_count(&system->wire, 1000);
    ndishost_get_counters(&before);
    test_wire_wait_count(&system->wire, 4000);
    ndishost_get_counters(&after);
    check_frames(system);
    assert_true(after.nbls_sent > before.nbls_sent);
    assert_int_equal(after.nbl_allocations, before.nbl_allocations);
    assert_int_equal(after.mdl_allocations, before.mdl_allocations);
    assert_int_equal(after.pool_allocations, before.pool_allocations);
}

static void Example_PausedAndRestarted_GoesOn(void **state)
{
    struct system *system = *state;

    for (uint64_t round = 1; round <= 3; round++) {
        test_wire_wait_count(&system->wire, round * 500);
        assert_int_equal(ndishost_pause_nic(system->nic), 0);
        uint64_t count = test_wire_count(&system->wire);
        assert_int_equal(ndishost_restart_nic(system->nic), 0);
        test_wire_wait_count(&system->wire, count + 500);
    }
}

static void *pause_run(void *argument)
{
    struct system *system = argument;

    return (void *)(uintptr_t)ndishost_pause_nic(system->nic);
}

// The wire takes nothing, so that all slots are on their way: pause waits for them, and no frame
// comes after it.
static void Example_PausedWithFramesOut_WaitsForThem(void **state)
{
    struct system *system = *state;
    pthread_t thread;
    void *result;

    test_wire_wait_count(&system->wire, 100);
    test_wire_hold(&system->wire);
    assert_int_equal(pthread_create(&thread, NULL, pause_run, system), 0);
    test_wire_release(&system->wire);
    pthread_join(thread, &result);
    assert_null(result);
    uint64_t count = test_wire_count(&system->wire);
    struct ndishost_counters counters;
    ndishost_get_counters(&counters);
    assert_int_equal(counters.nbls_sent, count); // each frame that was sent reached the wire
    assert_int_equal(ndishost_restart_nic(system->nic), 0);
    test_wire_wait_count(&system->wire, count + 100);
}

static void Example_FramesFail_GoesOn(void **state)
{
    struct system *system = *state;

    test_wire_fail(&system->wire, ENETDOWN);
    test_wire_wait_count(&system->wire, 1000);
    test_wire_fail(&system->wire, 0);
    test_wire_wait_count(&system->wire, 2000);
}

static void Example_Unloaded_LeavesNothing(void **state)
{
    struct system *system = *state;

    test_wire_wait_count(&system->wire, 100);
    assert_int_equal(ndishost_unload(system->driver), 0);
    uint64_t count = test_wire_count(&system->wire);
    assert_int_equal(load(system), 0);
    test_wire_wait_count(&system->wire, count + 100);
}

#define TEST(Name) cmocka_unit_test_setup_teardown(Name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(Example_Running_SendsTheFrameAgainAndAgain),
        TEST(Example_PausedAndRestarted_GoesOn),
        TEST(Example_PausedWithFramesOut_WaitsForThem),
        TEST(Example_FramesFail_GoesOn),
        TEST(Example_Unloaded_LeavesNothing),
    };

    return cmocka_run_group_tests_name("nbl_pool_driver", tests, NULL, NULL);
}
