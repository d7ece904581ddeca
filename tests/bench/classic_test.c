// SPDX-License-Identifier: MIT

// The classic driver and the rungs of the ladder: every frame goes out once, what each rung asks of
// the system is what its description says, and nothing is left behind.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <classic_ioctl.h>
#include <ladder.h>
#include <pcap/pcap.h>
#include <shuttle/ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <transport.h>
#include <unistd.h>

#define FRAMES 128u
#define ACCESS_VIOLATION 0xC0000005u
#define INVALID_BUFFER_SIZE 0xC0000206u
#define INVALID_LENGTH 0xC0010014u // NDIS_STATUS_INVALID_LENGTH
#define INVALID_DEVICE_STATE 0xC0000184u

static void open_ladder(struct ladder *ladder, const char *adapter, uint32_t frame_bytes)
{
    if (ladder_open(ladder, adapter, NULL) < 0) {
        fail_msg("ladder_open(%s): %s", adapter, shuttle_last_message());
    }
    ladder->frame_bytes = frame_bytes;
}

// Frames in the capture that are not exactly the ladder's.
static unsigned count_frames(const char *path, const struct ladder *ladder, unsigned *wrong)
{
    char message[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const u_char *data;
    unsigned count = 0;
    pcap_t *capture = pcap_open_offline(path, message);
    assert_non_null(capture);
    *wrong = 0;
    while (pcap_next_ex(capture, &header, &data) == 1) {
        size_t payload = ladder->frame_bytes - LADDER_HEADER_BYTES;
        count++;
        *wrong += header->caplen != ladder->frame_bytes ||
                  memcmp(data, ladder->header, LADDER_HEADER_BYTES) != 0 ||
                  memcmp(data + LADDER_HEADER_BYTES, ladder->payload, payload) != 0;
    }
    pcap_close(capture);
    return count;
}

// The floor has a frame of its own, so it is not among them.
static void Rungs_EachButTheFloor_PutsEveryFrameOnTheWireOnce(void **state)
{
    static const uint32_t Sizes[] = {60, 1514};
    (void)state;
    for (size_t i = 0; i < LadderRungCount * 2; i++) {
        const struct rung *rung = &LadderRungs[i / 2];
        char path[] = "/tmp/classic_test.XXXXXX";
        char adapter[64];
        struct ladder ladder;
        unsigned wrong;
        if (strcmp(rung->name, "floor") == 0) {
            continue;
        }
        close(mkstemp(path));
        snprintf(adapter, sizeof(adapter), "pcap:%s", path);
        open_ladder(&ladder, adapter, Sizes[i % 2]);
        assert_int_equal(rung->send(&ladder, rung, FRAMES), 0);
        struct ladder sent = ladder; // the memory of the frame goes with the ladder
        uint8_t header[LADDER_HEADER_BYTES], payload[LADDER_FRAME_MAX];
        memcpy(header, ladder.header, sizeof(header));
        memcpy(payload, ladder.payload, LADDER_FRAME_MAX - LADDER_HEADER_BYTES);
        ladder_close(&ladder);
        sent.header = header;
        sent.payload = payload;
        assert_int_equal(count_frames(path, &sent, &wrong), FRAMES);
        assert_int_equal(wrong, 0);
        unlink(path);
    }
}

static int64_t no_clock(void)
{
    return 0;
}

struct expected {
    const char *rung;
    double requests, page_locks, mdls, nbls, sends;
};

static void Rungs_CountsOfAFrame_AreThoseOfTheDescription(void **state)
{
    static const struct expected Expected[] = {
        {"classic", 1, 2, 2, 1, 1},
        {"ndis5", 1, 2, 2, 0, 1},
        {"reuse-nbl", 1, 2, 2, 0, 1},
        {"reuse-nbl-mdl", 1, 2, 0, 0, 1},
        {"two-part-direct", 1, 1, 0, 0, 1},
        {"two-part", 1, 0, 0, 0, 1},
        {"classic-list-16", 1.0 / 16, 2, 2, 1, 1.0 / 16},
    };
    struct ladder ladder;
    struct ladder_result result;
    (void)state;
    open_ladder(&ladder, "null", 590);
    for (size_t i = 0; i < sizeof(Expected) / sizeof(Expected[0]); i++) {
        struct ladder_plan plan = {.rungs = {ladder_find(Expected[i].rung)},
                                   .rung_count = 1,
                                   .runs = 1,
                                   .frames = 1600,
                                   .now_ns = no_clock};
        assert_int_equal(ladder_measure(&ladder, &plan, 590, &result), 0);
        assert_true(result.counts.requests == Expected[i].requests);
        assert_true(result.counts.page_locks == Expected[i].page_locks);
        assert_true(result.counts.mdl_allocations == Expected[i].mdls);
        assert_true(result.counts.nbl_allocations == Expected[i].nbls);
        assert_true(result.counts.ndis_sends == Expected[i].sends);
    }
    ladder_close(&ladder);
}

static void Floor_OneRequest_SendsAsOftenAsAsked(void **state)
{
    CLASSIC_FLOOR floor = {.Count = 1000, .FrameBytes = 60};
    struct shuttle_runtime_counts before, after;
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "null", 60);
    assert_int_equal(shuttle_get_runtime_counts(&before), 0);
    assert_int_equal(transport_control(ladder.classic, CLASSIC_IOCTL_FLOOR, &floor, sizeof(floor),
                                       NULL, 0, NULL),
                     0);
    assert_int_equal(shuttle_get_runtime_counts(&after), 0);
    assert_int_equal(after.ndis_sends - before.ndis_sends, 1000);
    assert_int_equal(after.nbl_allocations - before.nbl_allocations, 1);
    ladder_close(&ladder);
}

static void Send_BadParts_AreRefusedAndLeaveNothing(void **state)
{
    static const uint32_t Codes[] = {SHUTTLE_IOCTL_SEND, CLASSIC_IOCTL_SEND_NDIS5,
                                     CLASSIC_IOCTL_SEND_REUSE_NBL,
                                     CLASSIC_IOCTL_SEND_REUSE_NBL_MDL};
    static const CLASSIC_PACKET Nowhere = {.Header = 64, .HeaderBytes = 14};
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "null:1500", 60);
    struct transport *classic = ladder.classic;
    for (size_t i = 0; i < sizeof(Codes) / sizeof(Codes[0]); i++) {
        assert_int_equal(transport_control(classic, Codes[i], ladder.header, 13, NULL, 0, NULL),
                         INVALID_BUFFER_SIZE);
        assert_int_equal(
            transport_control(classic, Codes[i], ladder.header, 14, ladder.payload, 1501, NULL),
            INVALID_LENGTH);
        assert_int_equal(transport_control(classic, Codes[i], (void *)64, 14, NULL, 0, NULL),
                         ACCESS_VIOLATION);
        assert_int_equal(
            transport_control(classic, Codes[i], ladder.header, 14, (void *)64, 46, NULL),
            ACCESS_VIOLATION);
        assert_int_equal(transport_control(classic, Codes[i], ladder.header, 14, NULL, 0, NULL), 0);
    }
    assert_int_equal(
        transport_control(classic, CLASSIC_IOCTL_SEND_LIST, &Nowhere, 23, NULL, 0, NULL),
        INVALID_BUFFER_SIZE);
    assert_int_equal(transport_control(classic, CLASSIC_IOCTL_SEND_LIST, &Nowhere, sizeof(Nowhere),
                                       NULL, 0, NULL),
                     ACCESS_VIOLATION);
    ladder_close(&ladder);
}

static void List_OneBadPacket_SendsNoneOfThem(void **state)
{
    struct shuttle_runtime_counts before, after;
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "null", 60);
    CLASSIC_PACKET packets[3];
    for (int i = 0; i < 3; i++) {
        packets[i] = (CLASSIC_PACKET){.Header = (uintptr_t)ladder.header,
                                      .Payload = i == 2 ? 64 : (uintptr_t)ladder.payload,
                                      .HeaderBytes = 14,
                                      .PayloadBytes = 46};
    }
    assert_int_equal(shuttle_get_runtime_counts(&before), 0);
    assert_int_equal(transport_control(ladder.classic, CLASSIC_IOCTL_SEND_LIST, packets,
                                       sizeof(packets), NULL, 0, NULL),
                     ACCESS_VIOLATION);
    assert_int_equal(shuttle_get_runtime_counts(&after), 0);
    assert_int_equal(after.ndis_sends, before.ndis_sends);
    ladder_close(&ladder);
}

// What ladder_close hides: the last close tells whether the driver left something behind.
static void Classic_AfterEveryRung_LeavesNothingBehind(void **state)
{
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "loop", 60);
    for (size_t i = 0; i < LadderRungCount; i++) {
        assert_int_equal(LadderRungs[i].send(&ladder, &LadderRungs[i], FRAMES), 0);
    }
    assert_int_equal(transport_close(ladder.classic), 0);
    assert_int_equal(transport_close(ladder.shuttle), 0);
    free(ladder.memory);
}

static void Open_WithoutAnAdapter_SendIsRefused(void **state)
{
    static const struct shuttle_options Options = {.driver = "classic"};
    uint8_t header[14] = {2};
    struct transport *device;
    char name[512];
    (void)state;
    assert_int_equal(transport_open("null", &Options, &device, name, sizeof(name)), 0);
    assert_int_equal(transport_control(device, SHUTTLE_IOCTL_SEND, header, 14, NULL, 0, NULL),
                     INVALID_DEVICE_STATE);
    assert_int_equal(transport_close(device), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Rungs_EachButTheFloor_PutsEveryFrameOnTheWireOnce),
        cmocka_unit_test(Rungs_CountsOfAFrame_AreThoseOfTheDescription),
        cmocka_unit_test(Floor_OneRequest_SendsAsOftenAsAsked),
        cmocka_unit_test(Send_BadParts_AreRefusedAndLeaveNothing),
        cmocka_unit_test(List_OneBadPacket_SendsNoneOfThem),
        cmocka_unit_test(Classic_AfterEveryRung_LeavesNothingBehind),
        cmocka_unit_test(Open_WithoutAnAdapter_SendIsRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
