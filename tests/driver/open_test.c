// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <ctype.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void Open_ByName_ReportsAdapter(void **state)
{
    static const uint8_t address[6] = {0x02, 0, 0, 0, 0, 0x11};
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open_device(fixture);
    const char *name = ndishost_nic_name(fixture->nic);
    struct SHUTTLE_ADAPTER adapter;

    assert_int_equal(fixture_open_adapter(fixture, file, 0, &adapter), STATUS_SUCCESS);
    assert_int_equal(adapter.State, SHUTTLE_ADAPTER_RUNNING);
    assert_int_equal(adapter.LinkUp, 1);
    assert_int_equal(adapter.LinkSpeed, 1000000000);
    assert_int_equal(adapter.MaximumFrameSize, 14 + TEST_WIRE_MTU);
    assert_int_equal(adapter.InFlightLimit, SHUTTLE_IN_FLIGHT_DEFAULT);
    assert_memory_equal(adapter.Address, address, 6);
    assert_int_equal(adapter.NameLength, 2 * strlen(name));
    for (size_t i = 0; name[i] != 0; i++) {
        assert_int_equal(adapter.Name[i], name[i]);
    }
    ndishost_close(file);
}

static ndishost_status open_with(struct ndishost_file *file,
                                 const struct SHUTTLE_OPEN_ADAPTER *open, size_t in_length,
                                 size_t out_length)
{
    struct SHUTTLE_ADAPTER adapter;

    return ndishost_ioctl(file, SHUTTLE_IOCTL_OPEN_ADAPTER, open, in_length, &adapter, out_length,
                          NULL);
}

static void Open_OtherLetterCase_FindsAdapter(void **state)
{
    struct ndishost_file *file = fixture_open_device(*state);
    struct SHUTTLE_OPEN_ADAPTER open;

    fixture_open_request(*state, 0, &open);
    for (size_t i = 0; i < open.NameLength / 2; i++) {
        open.Name[i] = (uint16_t)(i % 2 == 0 ? tolower(open.Name[i]) : toupper(open.Name[i]));
    }
    assert_int_equal(open_with(file, &open, sizeof(open), sizeof(struct SHUTTLE_ADAPTER)),
                     STATUS_SUCCESS);
    ndishost_close(file);
}

static void Open_BadRequest_IsRefused(void **state)
{
    struct ndishost_file *file = fixture_open_device(*state);
    struct SHUTTLE_OPEN_ADAPTER good, bad;
    const size_t out = sizeof(struct SHUTTLE_ADAPTER);

    fixture_open_request(*state, 0, &good);

    bad = good;
    bad.Version = SHUTTLE_ABI_VERSION + 1;
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_REVISION_MISMATCH);
    bad = good;
    bad.Flags = 2;
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_INVALID_PARAMETER);
    bad = good;
    bad.NameLength = 0;
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_INVALID_PARAMETER);
    bad = good;
    bad.NameLength--;
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_INVALID_PARAMETER);
    bad.NameLength = sizeof(bad.Name) + 2;
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_INVALID_PARAMETER);
    bad.NameLength = 0xFFFFFFFE;
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_INVALID_PARAMETER);
    bad = good;
    bad.NameLength -= 2; // the name without its last letter
    assert_int_equal(open_with(file, &bad, sizeof(bad), out), STATUS_NO_SUCH_DEVICE);

    assert_int_equal(open_with(file, &good, sizeof(good) - 1, out), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(open_with(file, &good, 0, out), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(open_with(file, &good, sizeof(good), out - 1), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(open_with(file, &good, sizeof(good), out), STATUS_SUCCESS);
    ndishost_close(file);
}

static void Open_SecondTimeOnHandle_InvalidState(void **state)
{
    struct ndishost_file *file = fixture_open(*state);

    assert_int_equal(fixture_open_adapter(*state, file, 0, NULL), STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(fixture_query(file).State, SHUTTLE_ADAPTER_RUNNING);
    ndishost_close(file);
}

static void Open_TwoHandles_BothSend(void **state)
{
    struct ndishost_file *first = fixture_open(*state);
    struct ndishost_file *second = fixture_open(*state);
    uint8_t header[14] = {0};

    assert_int_equal(fixture_send(first, SHUTTLE_IOCTL_SEND, header, 14, NULL, 0, NULL), 0);
    assert_int_equal(fixture_send(second, SHUTTLE_IOCTL_SEND, header, 14, NULL, 0, NULL), 0);
    ndishost_close(first);
    assert_int_equal(fixture_send(second, SHUTTLE_IOCTL_SEND, header, 14, NULL, 0, NULL), 0);
    assert_int_equal(fixture_statistics(second).FramesSucceeded, 3);
    ndishost_close(second);
}

static void Open_Exclusive_KeepsOthersOut(void **state)
{
    struct ndishost_file *first = fixture_open_device(*state);
    struct ndishost_file *second = fixture_open_device(*state);

    assert_int_equal(fixture_open_adapter(*state, first, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(fixture_open_adapter(*state, second, 0, NULL), STATUS_SHARING_VIOLATION);
    assert_int_equal(fixture_open_adapter(*state, second, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SHARING_VIOLATION);
    ndishost_close(first);
    assert_int_equal(fixture_open_adapter(*state, second, 0, NULL), STATUS_SUCCESS);
    ndishost_close(second);
}

static void Open_ExclusiveWhileShared_IsRefused(void **state)
{
    struct ndishost_file *first = fixture_open(*state);
    struct ndishost_file *second = fixture_open_device(*state);

    assert_int_equal(fixture_open_adapter(*state, second, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SHARING_VIOLATION);
    ndishost_close(first);
    assert_int_equal(fixture_open_adapter(*state, second, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SUCCESS);
    ndishost_close(second);
}

// The adapter is free from CLEANUP on, even while a frame of the old handle is on the way.
static void Open_AfterCloseWithFrameInFlight_Works(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *first = fixture_open_device(fixture);
    struct ndishost_file *second = fixture_open_device(fixture);
    uint8_t header[14] = {0};
    struct pending send;

    assert_int_equal(fixture_open_adapter(fixture, first, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SUCCESS);
    test_wire_hold(&fixture->wire);
    assert_int_equal(pending_begin(&send, first, SHUTTLE_IOCTL_SEND, header, 14, NULL, 0),
                     STATUS_PENDING);
    ndishost_close(first);
    assert_int_equal(fixture_open_adapter(fixture, second, SHUTTLE_OPEN_EXCLUSIVE, NULL),
                     STATUS_SUCCESS);
    test_wire_release(&fixture->wire);
    pending_wait(&send);
    ndishost_close(second);
}

static void Open_NameBelowDevice_DoesNotExist(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = NULL;

    assert_int_equal(ndishost_open(fixture->process, "\\\\.\\Shuttle\\below", NDISHOST_READ, &file),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(file);
}

static void Open_UnknownCode_InvalidRequest(void **state)
{
    struct ndishost_file *file = fixture_open(*state);

    assert_int_equal(
        ndishost_ioctl(file, SHUTTLE_CONTROL_CODE(0x8FFu, 0u, 0u), NULL, 0, NULL, 0, NULL),
        STATUS_INVALID_DEVICE_REQUEST);
    ndishost_close(file);
}

static void Query_NotTied_InvalidState(void **state)
{
    struct ndishost_file *file = fixture_open_device(*state);
    struct SHUTTLE_STATISTICS statistics;

    assert_int_equal(ndishost_ioctl(file, SHUTTLE_IOCTL_QUERY_ADAPTER, NULL, 0, &statistics,
                                    sizeof(statistics), NULL),
                     STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(ndishost_ioctl(file, SHUTTLE_IOCTL_QUERY_STATISTICS, NULL, 0, &statistics,
                                    sizeof(statistics), NULL),
                     STATUS_INVALID_DEVICE_STATE);
    ndishost_close(file);
}

// The answer of a request can't be written, or its input not be read: the I/O manager says so.
static void Requests_BadPointer_AccessViolation(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    struct ndishost_file *untied = fixture_open_device(fixture);
    uint8_t *pages = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct SHUTTLE_OPEN_ADAPTER open;
    void *bad[] = {NULL, (void *)8, (void *)0xFFFF800000001000, pages, pages + 8192 - 8};
    static const uint32_t Codes[] = {SHUTTLE_IOCTL_LIST_ADAPTERS, SHUTTLE_IOCTL_QUERY_ADAPTER,
                                     SHUTTLE_IOCTL_QUERY_STATISTICS};

    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + 4096, 4096, PROT_NONE), 0);
    fixture_open_request(fixture, 0, &open);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (size_t j = 0; j < sizeof(Codes) / sizeof(Codes[0]); j++) {
            assert_int_equal(ndishost_ioctl(file, Codes[j], NULL, 0, bad[i], 2048, NULL),
                             STATUS_ACCESS_VIOLATION);
        }
        assert_int_equal(ndishost_ioctl(untied, SHUTTLE_IOCTL_OPEN_ADAPTER, &open, sizeof(open),
                                        bad[i], sizeof(struct SHUTTLE_ADAPTER), NULL),
                         STATUS_ACCESS_VIOLATION);
    }
    munmap(pages, 8192);
    ndishost_close(untied);
    ndishost_close(file);
}

static void Query_LinkGoesDown_IsReported(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);

    test_wire_set_link(&fixture->wire, 0);
    // The NIC's thread tells NDIS. There is nothing to wait on but the value itself.
    while (fixture_query(file).LinkUp != 0) {
        sched_yield();
    }
    test_wire_set_link(&fixture->wire, 1);
    while (fixture_query(file).LinkUp == 0) {
        sched_yield();
    }
    ndishost_close(file);
}

static void List_BufferSizes_FitWhatTheyCan(void **state)
{
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open_device(fixture);
    struct ndishost_nic *second = NULL;
    const size_t one = sizeof(struct SHUTTLE_ADAPTER_LIST) + sizeof(struct SHUTTLE_ADAPTER);
    const size_t two = one + sizeof(struct SHUTTLE_ADAPTER);
    struct SHUTTLE_ADAPTER_LIST *list = malloc(two);
    uint64_t information;
    char message[200];

    assert_int_equal(ndishost_add_nic("null", &second, message, sizeof(message)), STATUS_SUCCESS);
    assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);

    assert_int_equal(
        ndishost_ioctl(file, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, list, 7, &information),
        STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(
        ndishost_ioctl(file, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, list, 8, &information), 0);
    assert_int_equal(information, 8);
    assert_int_equal(list->Total, 2);
    assert_int_equal(list->Count, 0);
    assert_int_equal(
        ndishost_ioctl(file, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, list, two - 1, &information), 0);
    assert_int_equal(information, one);
    assert_int_equal(list->Count, 1);
    assert_int_equal(
        ndishost_ioctl(file, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, list, two, &information), 0);
    assert_int_equal(information, two);
    assert_int_equal(list->Count, 2);
    assert_int_equal(list->Adapters[0].State, SHUTTLE_ADAPTER_RUNNING);
    assert_int_equal(list->Adapters[1].State, SHUTTLE_ADAPTER_RUNNING);
    free(list);
    ndishost_close(file);
}

static void Statistics_Failures_CountByStatus(void **state)
{
    static const struct {
        int error;
        unsigned frames;
        uint32_t status;
    } kinds[] = {{EIO, 1, NDIS_STATUS_FAILURE},
                 {ENETDOWN, 3, NDIS_STATUS_MEDIA_DISCONNECTED},
                 {0, 4, STATUS_SUCCESS},
                 {EMSGSIZE, 2, NDIS_STATUS_INVALID_LENGTH},
                 {EIO, 5, NDIS_STATUS_FAILURE}};
    struct fixture *fixture = *state;
    struct ndishost_file *file = fixture_open(fixture);
    uint8_t header[14] = {0}, payload[86] = {0};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        test_wire_fail(&fixture->wire, kinds[i].error);
        for (unsigned frame = 0; frame < kinds[i].frames; frame++) {
            assert_int_equal(
                fixture_send(file, SHUTTLE_IOCTL_SEND, header, 14, payload, sizeof(payload), NULL),
                kinds[i].status);
        }
    }
    struct SHUTTLE_STATISTICS statistics = fixture_statistics(file);
    assert_int_equal(statistics.FramesSent, 15);
    assert_int_equal(statistics.BytesSent, 1500);
    assert_int_equal(statistics.FramesSucceeded, 4);
    assert_int_equal(statistics.BytesSucceeded, 400);
    assert_int_equal(statistics.FramesFailed, 11);
    assert_int_equal(statistics.FramesInFlight, 0);
    assert_int_equal(statistics.NblsAllocated, SHUTTLE_IN_FLIGHT_DEFAULT);
    assert_true(statistics.SlotBytes >= 14 + TEST_WIRE_MTU);
    assert_int_equal(statistics.StatusCount, 3);
    assert_int_equal(statistics.Status[0].Status, NDIS_STATUS_FAILURE);
    assert_int_equal(statistics.Status[0].Frames, 6);
    assert_int_equal(statistics.Status[1].Status, NDIS_STATUS_MEDIA_DISCONNECTED);
    assert_int_equal(statistics.Status[1].Frames, 3);
    assert_int_equal(statistics.Status[2].Status, NDIS_STATUS_INVALID_LENGTH);
    assert_int_equal(statistics.Status[2].Frames, 2);
    ndishost_close(file);
}

#define TEST(Name) cmocka_unit_test_setup_teardown(Name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(Open_ByName_ReportsAdapter),
        TEST(Open_OtherLetterCase_FindsAdapter),
        TEST(Open_BadRequest_IsRefused),
        TEST(Open_SecondTimeOnHandle_InvalidState),
        TEST(Open_TwoHandles_BothSend),
        TEST(Open_Exclusive_KeepsOthersOut),
        TEST(Open_ExclusiveWhileShared_IsRefused),
        TEST(Open_AfterCloseWithFrameInFlight_Works),
        TEST(Open_NameBelowDevice_DoesNotExist),
        TEST(Open_UnknownCode_InvalidRequest),
        TEST(Query_NotTied_InvalidState),
        TEST(Requests_BadPointer_AccessViolation),
        TEST(Query_LinkGoesDown_IsReported),
        TEST(List_BufferSizes_FitWhatTheyCan),
        TEST(Statistics_Failures_CountByStatus),
    };

    return cmocka_run_group_tests_name("driver_open", tests, NULL, NULL);
}
