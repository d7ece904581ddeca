// SPDX-License-Identifier: MIT

// The classic driver and the rungs of the ladder: every frame goes out once, what each rung asks of
// the system is what its description says, and nothing is left behind. SHUTTLE_DRIVER and
// CLASSIC_DRIVER name drivers for Windows in place of those in this program.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <calibrate.h>
#include <cmocka.h>
#include <classic_ioctl.h>
#include <handle.h>
#include <ladder.h>
#include <math.h>
#include <pcap/pcap.h>
#include <shuttle/ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trace.h>
#include <transport.h>
#include <unistd.h>

#define FRAMES 128u
#define ACCESS_VIOLATION 0xC0000005u
#define INVALID_BUFFER_SIZE 0xC0000206u
#define INVALID_PARAMETER 0xC000000Du
#define INVALID_LENGTH 0xC0010014u // NDIS_STATUS_INVALID_LENGTH
#define INVALID_DEVICE_STATE 0xC0000184u

static void open_ladder(struct ladder *ladder, const char *adapter, uint32_t frame_bytes)
{
    if (ladder_open(ladder, adapter, getenv("SHUTTLE_DRIVER"), getenv("CLASSIC_DRIVER")) < 0) {
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

static void forget_counts(struct ladder_result *result)
{
    for (int i = 0; i < LADDER_COUNTS; i++) {
        result->counts[i] = -1;
    }
}

// The first count that is recorded otherwise than counted, or LADDER_SYSTEM. The floor's request is
// one for all of its frames.
static int first_difference(const struct ladder_result *counted)
{
    struct ladder_result recorded = {.rung = counted->rung, .frame_bytes = counted->frame_bytes};
    forget_counts(&recorded);
    ladder_take_recorded(&recorded);
    for (int i = 0; i < LADDER_SYSTEM; i++) {
        bool is_counted = counted->counts[i] >= 0 && !counted->recorded[i];
        if (!recorded.recorded[i] ||
            (is_counted && fabs(recorded.counts[i] - counted->counts[i]) > 0.001)) {
            return i;
        }
    }
    return LADDER_SYSTEM;
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
        {"floor", 1.0 / 1600, 0, 1.0 / 1600, 1.0 / 1600, 1},
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
        assert_true(result.counts[LADDER_REQUESTS] == Expected[i].requests);
        assert_true(result.counts[LADDER_PAGE_LOCKS] == Expected[i].page_locks);
        assert_true(result.counts[LADDER_MDL_ALLOCATIONS] == Expected[i].mdls);
        assert_true(result.counts[LADDER_NBL_ALLOCATIONS] == Expected[i].nbls);
        assert_true(result.counts[LADDER_NDIS_SENDS] == Expected[i].sends);
        assert_int_equal(first_difference(&result), LADDER_SYSTEM);
    }
    ladder_close(&ladder);
}

struct stepped {
    const char *rung;
    double interlocked, copied, copied_system, fields, fields_allocation;
};

// In classic: SourceHandle, Next and two of ProtocolReserved. The system's copies are the I/O
// manager's of METHOD_IN_DIRECT.
static void Rungs_StepsOfAFrame_AreThoseOfTheDescription(void **state)
{
    static const struct stepped Expected[] = {
        {"classic", 2, 0, 0, 4, NDISHOST_FIELDS},
        {"two-part-direct", 3, 60, 14, 17, 0},
    };
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "null", 60);
    for (size_t i = 0; i < sizeof(Expected) / sizeof(Expected[0]); i++) {
        struct ladder_result result = {.rung = ladder_find(Expected[i].rung), .frame_bytes = 60};
        forget_counts(&result);
        assert_int_equal(result.rung->send(&ladder, result.rung, FRAMES), 0);
        assert_int_equal(ladder_trace(&ladder, &result), 0);
        if (result.counts[LADDER_FIELDS_WRITTEN] < 0) {
            ladder_close(&ladder);
            skip(); // ThreadSanitizer
        }
        assert_true(result.counts[LADDER_SPIN_LOCKS] == 0);
        assert_true(result.counts[LADDER_INTERLOCKED] == Expected[i].interlocked);
        assert_true(result.counts[LADDER_BYTES_COPIED] == Expected[i].copied);
        // At least: AddressSanitizer copies structures by calls, too.
        assert_true(result.counts[LADDER_BYTES_COPIED_SYSTEM] >= Expected[i].copied_system);
        assert_true(result.counts[LADDER_FIELDS_WRITTEN] == Expected[i].fields);
        assert_true(result.counts[LADDER_FIELDS_ALLOCATION] == Expected[i].fields_allocation);
        assert_true(result.counts[LADDER_SPIN_LOCKS_SYSTEM] > 0);
        assert_int_equal(first_difference(&result), LADDER_SYSTEM);
    }
    ladder_close(&ladder);
}

static void Recorded_SizeThatIsNotInTheTable_StaysUnknown(void **state)
{
    static const struct ladder_cost Costs[LADDER_COSTS];
    struct ladder_result result = {.rung = ladder_find("two-part"), .frame_bytes = 61};
    (void)state;
    forget_counts(&result);
    ladder_take_recorded(&result);
    assert_false(result.recorded[LADDER_REQUESTS]);
    assert_true(result.counts[LADDER_REQUESTS] < 0);
    assert_true(ladder_predict(&result, Costs) < 0);
    result.frame_bytes = 60;
    ladder_take_recorded(&result);
    assert_true(result.recorded[LADDER_REQUESTS] && result.counts[LADDER_REQUESTS] == 1);
    assert_true(result.counts[LADDER_SYSTEM] < 0);
    assert_true(ladder_predict(&result, Costs) == 0);
}

static void Fields_OfAnNbl_HaveNames(void **state)
{
    char name[64];
    (void)state;
    assert_int_equal(ladder_field_name(0, name, sizeof(name)), 8);
    assert_string_equal(name, "Nbl.Next");
    ladder_field_name(8, name, sizeof(name));
    assert_string_equal(name, "Nbl.ProtocolReserved[1]");
    ladder_field_name(NDISHOST_FIELDS - 1, name, sizeof(name));
    assert_string_equal(name, "Nb.SharedMemoryInfo");
    assert_int_equal(ladder_field_name(NDISHOST_FIELDS, name, sizeof(name)), 0);
}

static void Steps_NicThatCompletesLater_AreNotCounted(void **state)
{
    struct ladder ladder;
    struct ladder_result result = {.rung = ladder_find("two-part"),
                                   .counts[LADDER_FIELDS_WRITTEN] = -1};
    (void)state;
    open_ladder(&ladder, "loop", 60);
    assert_int_equal(ladder_trace(&ladder, &result), 0);
    assert_true(result.counts[LADDER_FIELDS_WRITTEN] == -1);
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
    assert_int_equal(transport_control(ladder.classic->transport, CLASSIC_IOCTL_FLOOR, &floor,
                                       sizeof(floor), NULL, 0, NULL),
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
    struct transport *classic = ladder.classic->transport;
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
    assert_int_equal(transport_control(ladder.classic->transport, CLASSIC_IOCTL_SEND_LIST, packets,
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
    assert_int_equal(shuttle_close(ladder.classic), 0);
    assert_int_equal(shuttle_close(ladder.shuttle), 0);
    free(ladder.memory);
}

static uint32_t calibrate(struct ladder *ladder, CLASSIC_CALIBRATION request, size_t bytes,
                          void *memory, size_t memory_bytes)
{
    return transport_control(ladder->classic->transport, CLASSIC_IOCTL_CALIBRATE, &request, bytes,
                             memory, memory_bytes, NULL);
}

static void Calibrate_BadRequests_AreRefused(void **state)
{
    enum { BYTES = sizeof(CLASSIC_CALIBRATION) };
    CLASSIC_CALIBRATION lock = {.Operation = CLASSIC_OPERATION_PAGE_LOCK, .Repeat = 1};
    CLASSIC_CALIBRATION map = {.Operation = CLASSIC_OPERATION_PAGE_MAP, .Repeat = 1};
    CLASSIC_CALIBRATION copy = {.Operation = CLASSIC_OPERATION_COPY, .Repeat = 1};
    static const CLASSIC_CALIBRATION Invalid[] = {
        {.Operation = CLASSIC_OPERATIONS},
        {.Operation = CLASSIC_OPERATION_MDL, .Repeat = CLASSIC_REPEAT_MAX + 1},
        {.Operation = CLASSIC_OPERATION_MDL, .List = 1},
        {.Operation = CLASSIC_OPERATION_SEND, .List = 0},
        {.Operation = CLASSIC_OPERATION_SEND_CHAINED, .List = 0},
        {.Operation = CLASSIC_OPERATION_SEND, .List = CLASSIC_BURST_MAX + 1},
    };
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "null", 60);
    for (size_t i = 0; i < sizeof(Invalid) / sizeof(Invalid[0]); i++) {
        assert_int_equal(calibrate(&ladder, Invalid[i], BYTES, NULL, 0), INVALID_PARAMETER);
    }
    assert_int_equal(calibrate(&ladder, lock, BYTES - 1, ladder.payload, 64), INVALID_BUFFER_SIZE);
    assert_int_equal(calibrate(&ladder, lock, BYTES, NULL, 0), INVALID_BUFFER_SIZE);
    assert_int_equal(calibrate(&ladder, map, BYTES, NULL, 0), INVALID_BUFFER_SIZE);
    assert_int_equal(calibrate(&ladder, map, BYTES, (void *)64, 64), ACCESS_VIOLATION);
    assert_int_equal(calibrate(&ladder, copy, BYTES, NULL, 0), INVALID_BUFFER_SIZE);
    assert_int_equal(calibrate(&ladder, copy, BYTES, ladder.payload, CLASSIC_COPY_MAX + 1),
                     INVALID_BUFFER_SIZE);
    assert_int_equal(calibrate(&ladder, lock, BYTES, (void *)64, 64), ACCESS_VIOLATION);
    assert_int_equal(calibrate(&ladder, copy, BYTES, (void *)64, 64), ACCESS_VIOLATION);
    assert_int_equal(transport_control(ladder.classic->transport, CLASSIC_IOCTL_CALIBRATE,
                                       (void *)64, BYTES, NULL, 0, NULL),
                     ACCESS_VIOLATION);
    assert_int_equal(shuttle_close(ladder.classic), 0);
    ladder.classic = NULL;
    ladder_close(&ladder);
}

// The operation is done as often as asked: on a NIC that completes later, too.
static void Calibrate_EachOperation_IsRepeatedAndLeavesNothing(void **state)
{
    static const CLASSIC_CALIBRATION Send = {CLASSIC_OPERATION_SEND, 5, 16};
    static const CLASSIC_CALIBRATION Lock = {CLASSIC_OPERATION_PAGE_LOCK, 7, 0};
    static const CLASSIC_CALIBRATION Nbl = {CLASSIC_OPERATION_NBL, 11, 0};
    static const CLASSIC_CALIBRATION Chained = {CLASSIC_OPERATION_SEND_CHAINED, 3, 2};
    static const CLASSIC_CALIBRATION Map = {CLASSIC_OPERATION_PAGE_MAP, 2, 0};
    struct shuttle_runtime_counts before, after;
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "loop", 60);
    assert_int_equal(shuttle_get_runtime_counts(&before), 0);
    assert_int_equal(calibrate(&ladder, Send, sizeof(Send), NULL, 0), 0);
    assert_int_equal(calibrate(&ladder, Lock, sizeof(Lock), ladder.payload - 32, 64), 0);
    assert_int_equal(calibrate(&ladder, Nbl, sizeof(Nbl), NULL, 0), 0);
    assert_int_equal(calibrate(&ladder, Chained, sizeof(Chained), NULL, 0), 0);
    assert_int_equal(calibrate(&ladder, Map, sizeof(Map), ladder.payload, 64), 0);
    assert_int_equal(shuttle_get_runtime_counts(&after), 0);
    assert_int_equal(after.ndis_sends - before.ndis_sends, 5 + 3);
    assert_int_equal(after.page_locks - before.page_locks, 7 + 2);
    assert_int_equal(after.pages_locked - before.pages_locked, 14 + 2);
    assert_int_equal(after.nbl_allocations - before.nbl_allocations, 16 + 11 + 2);
    assert_int_equal(after.mdl_allocations - before.mdl_allocations, 16 + 2 * 2);
    assert_int_equal(shuttle_close(ladder.classic), 0);
    assert_int_equal(shuttle_close(ladder.shuttle), 0);
    free(ladder.memory);
}

static int64_t ticks(void)
{
    static int64_t Now;
    return Now += 30000000; // a run is over at the next look
}

static void Calibrate_AllCosts_AreMeasured(void **state)
{
    struct ladder_plan plan = {.runs = 3, .milliseconds = 1, .now_ns = ticks};
    struct ladder_cost costs[LADDER_COSTS];
    struct ladder ladder;
    (void)state;
    open_ladder(&ladder, "null", 60);
    assert_int_equal(ladder_calibrate(&ladder, &plan, costs), 0);
    for (int i = 0; i < LADDER_COSTS; i++) {
        assert_non_null(costs[i].name);
        assert_true(costs[i].median == 30000000.0 / 16); // of 500 in a tick, 16 fit in 1 ms
        assert_true(costs[i].min == costs[i].median && costs[i].max == costs[i].median);
    }
    ladder_close(&ladder);
}

// Each cost a power of ten, so that the sum tells which was taken how often.
static void Predict_CountsTimesCosts_AreAdded(void **state)
{
    struct ladder_result result = {.counts = {[LADDER_REQUESTS] = 1,
                                              [LADDER_PAGE_LOCKS] = 2,
                                              [LADDER_PAGES_LOCKED] = 5,
                                              [LADDER_POOL_ALLOCATIONS] = 4,
                                              [LADDER_MDL_ALLOCATIONS] = 6,
                                              [LADDER_NBL_ALLOCATIONS] = 7,
                                              [LADDER_NDIS_SENDS] = 0.5,
                                              [LADDER_SPIN_LOCKS] = 8,
                                              [LADDER_INTERLOCKED] = 9,
                                              [LADDER_BYTES_COPIED] = 325}};
    static const struct ladder_cost Costs[LADDER_COSTS] = {
        [LADDER_COST_REQUEST] = {.median = 1e8},
        [LADDER_COST_PAGE_LOCK_1] = {.median = 1e7},
        [LADDER_COST_PAGE_LOCK_2] = {.median = 1e7 + 1e6}, // 1e6 for each page more
        [LADDER_COST_POOL] = {.median = 1e5},
        [LADDER_COST_MDL] = {.median = 1e4},
        [LADDER_COST_NBL] = {.median = 1e3},
        [LADDER_COST_SPIN_LOCK] = {.median = 1e2},
        [LADDER_COST_INTERLOCKED] = {.median = 1e1},
        [LADDER_COST_COPY_60] = {.median = 0.1},
        [LADDER_COST_COPY_590] = {.median = 0.3},
        [LADDER_COST_COPY_1514] = {.median = 0.9},
        [LADDER_COST_SEND_1] = {.median = 3}, // 2 for a call and 1 for each NBL
        [LADDER_COST_SEND_16] = {.median = 18},
    };
    (void)state;
    double expected = 123467892.0 + 0.2; // copying 325 bytes is halfway between 60 and 590
    assert_true(fabs(ladder_predict(&result, Costs) - expected) < 1e-6);
    result.counts[LADDER_BYTES_COPIED] = 0;
    assert_true(fabs(ladder_predict(&result, Costs) - 123467892.0) < 1e-6);
    result.counts[LADDER_INTERLOCKED] = -1;
    assert_true(ladder_predict(&result, Costs) < 0);
}

static void BreakEven_CopyAgainstLockAndChain_IsWhereTheCostsMeet(void **state)
{
    struct ladder_cost costs[LADDER_COSTS] = {
        [LADDER_COST_COPY_60] = {.min = 1},       [LADDER_COST_COPY_590] = {.min = 2},
        [LADDER_COST_COPY_1514] = {.min = 3},     [LADDER_COST_PAGE_LOCK_1] = {.min = 1.25},
        [LADDER_COST_MDL] = {.min = 0.25},        [LADDER_COST_SEND_1] = {.min = 10},
        [LADDER_COST_SEND_CHAINED] = {.min = 13}, [LADDER_COST_PAGE_MAP] = {.min = 1.75},
    };
    (void)state;
    assert_int_equal(ladder_copy_or_lock(costs), 324);   // 325 bytes are copied in 1.5 ns
    assert_int_equal(ladder_copy_or_chain(costs), 1051); // 1052 bytes in 2.5 ns
    costs[LADDER_COST_PAGE_MAP].min = 9;
    assert_int_equal(ladder_copy_or_chain(costs), 0);
    costs[LADDER_COST_MDL].min = 9;
    assert_int_equal(ladder_copy_or_lock(costs), LADDER_FRAME_MAX);
}

static void Open_WithoutAnAdapter_SendIsRefused(void **state)
{
    const char *driver = getenv("CLASSIC_DRIVER");
    struct shuttle_options options = {.driver = driver != NULL ? driver : "classic"};
    uint8_t header[14] = {2};
    struct transport *device;
    char name[512];
    (void)state;
    assert_int_equal(transport_open("null", &options, &device, name, sizeof(name)), 0);
    assert_int_equal(transport_control(device, SHUTTLE_IOCTL_SEND, header, 14, NULL, 0, NULL),
                     INVALID_DEVICE_STATE);
    assert_int_equal(transport_close(device), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Rungs_EachButTheFloor_PutsEveryFrameOnTheWireOnce),
        cmocka_unit_test(Rungs_CountsOfAFrame_AreThoseOfTheDescription),
        cmocka_unit_test(Rungs_StepsOfAFrame_AreThoseOfTheDescription),
        cmocka_unit_test(Recorded_SizeThatIsNotInTheTable_StaysUnknown),
        cmocka_unit_test(Fields_OfAnNbl_HaveNames),
        cmocka_unit_test(Steps_NicThatCompletesLater_AreNotCounted),
        cmocka_unit_test(Floor_OneRequest_SendsAsOftenAsAsked),
        cmocka_unit_test(Send_BadParts_AreRefusedAndLeaveNothing),
        cmocka_unit_test(List_OneBadPacket_SendsNoneOfThem),
        cmocka_unit_test(Classic_AfterEveryRung_LeavesNothingBehind),
        cmocka_unit_test(Calibrate_BadRequests_AreRefused),
        cmocka_unit_test(Calibrate_EachOperation_IsRepeatedAndLeavesNothing),
        cmocka_unit_test(Calibrate_AllCosts_AreMeasured),
        cmocka_unit_test(Predict_CountsTimesCosts_AreAdded),
        cmocka_unit_test(BreakEven_CopyAgainstLockAndChain_IsWhereTheCostsMeet),
        cmocka_unit_test(Open_WithoutAnAdapter_SendIsRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
