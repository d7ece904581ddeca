// SPDX-License-Identifier: MIT
#pragma once

// A wire that does what the test says: takes frames at once, holds them, or fails them.

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "nic/wire.h"

enum { TEST_WIRE_FRAMES = 64, TEST_WIRE_FRAME_BYTES = 2048, TEST_WIRE_MTU = 1500 };

struct test_wire {
    pthread_mutex_t lock; // guards the rest
    pthread_cond_t changed;
    int hold;       // 1: there is no room; the NIC keeps what it is given
    int error;      // errno with which frames fail, 0: none does
    int fail_every; // with `error`: only each n-th frame; 0 and 1: all
    int stop, gone, link_changed, link_up;
    uint64_t count; // frames dealt with
    struct {
        unsigned length;
        uint8_t bytes[TEST_WIRE_FRAME_BYTES];
    } frames[TEST_WIRE_FRAMES]; // the first of them
};

extern const struct wire_ops TestWireOps; // its argument: test_wire_argument

void test_wire_init(struct test_wire *wire);
void test_wire_destroy(struct test_wire *wire);
const char *test_wire_argument(struct test_wire *wire, char *buffer, size_t size);

void test_wire_hold(struct test_wire *wire);
void test_wire_release(struct test_wire *wire); // held frames go on, on the NIC's thread
void test_wire_fail(struct test_wire *wire, int error);
void test_wire_set_link(struct test_wire *wire, int up);
void test_wire_unplug(struct test_wire *wire);
uint64_t test_wire_count(struct test_wire *wire);
void test_wire_wait_count(struct test_wire *wire, uint64_t count); // returns at `count` or more
