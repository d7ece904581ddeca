// SPDX-License-Identifier: MIT

#include "test_wire.h"

#include <stdio.h>
#include <string.h>

static struct wire *wire_open(const char *argument, struct wire_properties *properties,
                              char *message, size_t message_size)
{
    static const uint8_t address[6] = {0x02, 0, 0, 0, 0, 0x11};
    void *wire = NULL;

    (void)message_size;
    message[0] = 0;
    sscanf(argument, "%p", &wire);
    memcpy(properties->address, address, sizeof(address));
    properties->mtu = TEST_WIRE_MTU;
    properties->link_speed = 1000000000;
    properties->link_up = 1;
    properties->threaded = 1;
    return wire;
}

static int frame_result(const struct test_wire *wire)
{
    unsigned every = wire->fail_every > 1 ? (unsigned)wire->fail_every : 1;

    return wire->error != 0 && wire->count % every == 0 ? wire->error : 0;
}

static void frame_keep(struct test_wire *wire, const struct wire_frame *frame)
{
    unsigned at = 0;

    if (wire->count >= TEST_WIRE_FRAMES || frame->length > TEST_WIRE_FRAME_BYTES) {
        return;
    }
    for (unsigned i = 0; i < frame->part_count; i++) {
        memcpy(wire->frames[wire->count].bytes + at, frame->parts[i].data, frame->parts[i].length);
        at += (unsigned)frame->parts[i].length;
    }
    wire->frames[wire->count].length = frame->length;
}

static unsigned wire_send(struct wire *opaque, struct wire_frame *frames, unsigned count)
{
    struct test_wire *wire = (struct test_wire *)opaque;
    unsigned taken = 0;

    pthread_mutex_lock(&wire->lock);
    while (taken < count && !wire->hold) {
        frame_keep(wire, &frames[taken]);
        frames[taken].result = frame_result(wire);
        wire->count++;
        taken++;
    }
    pthread_cond_broadcast(&wire->changed);
    pthread_mutex_unlock(&wire->lock);
    return taken;
}

static unsigned wire_found(struct test_wire *wire, unsigned wanted)
{
    unsigned found = WIRE_EVENT_NONE;

    if (wire->stop) {
        wire->stop = 0;
        found |= WIRE_EVENT_STOP;
    }
    if (wire->gone == 1) {
        wire->gone = 2; // said once
        found |= WIRE_EVENT_GONE;
    }
    if (wire->link_changed) {
        wire->link_changed = 0;
        found |= WIRE_EVENT_LINK;
    }
    if ((wanted & WIRE_EVENT_WRITABLE) && !wire->hold) {
        found |= WIRE_EVENT_WRITABLE;
    }
    return found;
}

static unsigned wire_wait(struct wire *opaque, unsigned wanted)
{
    struct test_wire *wire = (struct test_wire *)opaque;
    unsigned found;

    pthread_mutex_lock(&wire->lock);
    while ((found = wire_found(wire, wanted)) == WIRE_EVENT_NONE) {
        pthread_cond_wait(&wire->changed, &wire->lock);
    }
    pthread_mutex_unlock(&wire->lock);
    return found;
}

static void wire_set(struct test_wire *wire, int *field, int value)
{
    pthread_mutex_lock(&wire->lock);
    *field = value;
    pthread_cond_broadcast(&wire->changed);
    pthread_mutex_unlock(&wire->lock);
}

static void wire_wake(struct wire *opaque)
{
    struct test_wire *wire = (struct test_wire *)opaque;

    wire_set(wire, &wire->stop, 1);
}

static int wire_link_up(struct wire *opaque)
{
    struct test_wire *wire = (struct test_wire *)opaque;

    pthread_mutex_lock(&wire->lock);
    int up = wire->link_up;
    pthread_mutex_unlock(&wire->lock);
    return up;
}

static void wire_close(struct wire *opaque)
{
    (void)opaque; // the test's own
}

const struct wire_ops TestWireOps = {
    .kind = "test",
    .open = wire_open,
    .send = wire_send,
    .wait = wire_wait,
    .wake = wire_wake,
    .link_up = wire_link_up,
    .close = wire_close,
};

void test_wire_init(struct test_wire *wire)
{
    memset(wire, 0, sizeof(*wire));
    pthread_mutex_init(&wire->lock, NULL);
    pthread_cond_init(&wire->changed, NULL);
    wire->link_up = 1;
}

void test_wire_destroy(struct test_wire *wire)
{
    pthread_cond_destroy(&wire->changed);
    pthread_mutex_destroy(&wire->lock);
}

const char *test_wire_argument(struct test_wire *wire, char *buffer, size_t size)
{
    snprintf(buffer, size, "%p", (void *)wire);
    return buffer;
}

void test_wire_hold(struct test_wire *wire)
{
    wire_set(wire, &wire->hold, 1);
}

void test_wire_release(struct test_wire *wire)
{
    wire_set(wire, &wire->hold, 0);
}

void test_wire_fail(struct test_wire *wire, int error)
{
    wire_set(wire, &wire->error, error);
}

void test_wire_set_link(struct test_wire *wire, int up)
{
    wire_set(wire, &wire->link_up, up);
    wire_set(wire, &wire->link_changed, 1);
}

void test_wire_unplug(struct test_wire *wire)
{
    wire_set(wire, &wire->gone, 1);
}

uint64_t test_wire_count(struct test_wire *wire)
{
    pthread_mutex_lock(&wire->lock);
    uint64_t count = wire->count;
    pthread_mutex_unlock(&wire->lock);
    return count;
}

void test_wire_wait_count(struct test_wire *wire, uint64_t count)
{
    pthread_mutex_lock(&wire->lock);
    while (wire->count < count) {
        pthread_cond_wait(&wire->changed, &wire->lock);
    }
    pthread_mutex_unlock(&wire->lock);
}
