// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "driver_entry.h"

// SHUTTLE_DRIVER: the file of a driver to test instead of the native build.
void fixture_load(struct fixture *fixture)
{
    const char *path = getenv("SHUTTLE_DRIVER");
    char message[1000] = "";
    ndishost_status status;

    if (path == NULL || strcmp(path, "native") == 0) {
        status = ndishost_load_native("Shuttle", (void *)ShuttleDriverEntry, &fixture->driver);
    } else {
        status = ndishost_load(path, &fixture->driver, message, sizeof(message));
    }
    if (status != STATUS_SUCCESS) {
        fail_msg("%s: 0x%08X %s", path, status, message);
    }
    assert_int_equal(ndishost_wait_idle(TEST_TIMEOUT_MS), STATUS_SUCCESS);
}

int fixture_setup_with(void **state, unsigned in_flight_limit, unsigned copy_threshold)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ndishost_options options = {.processors = 4, .quiet = 1};
    char argument[32], message[200];

    assert_non_null(fixture);
    test_wire_init(&fixture->wire);
    assert_int_equal(ndishost_start(&options), STATUS_SUCCESS);
    sigaction(SIGSEGV, NULL, &fixture->segv);
    sigaction(SIGBUS, NULL, &fixture->bus);
    if (in_flight_limit != 0) {
        assert_int_equal(ndishost_set_parameter("Shuttle", "InFlightLimit", in_flight_limit), 0);
    }
    if (copy_threshold != 0) {
        assert_int_equal(ndishost_set_parameter("Shuttle", "CopyThreshold", copy_threshold), 0);
    }
    assert_int_equal(ndishost_add_wire(&TestWireOps,
                                       test_wire_argument(&fixture->wire, argument, 32),
                                       &fixture->nic, message, sizeof(message)),
                     STATUS_SUCCESS);
    fixture_load(fixture);
    assert_int_equal(ndishost_process_create(&fixture->process), STATUS_SUCCESS);
    *state = fixture;
    return 0;
}

int fixture_setup(void **state)
{
    return fixture_setup_with(state, 0, 0);
}

int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;

    test_wire_release(&fixture->wire);
    assert_int_equal(ndishost_stop(), 0);
    test_wire_destroy(&fixture->wire);
    free(fixture);
    return 0;
}

static void take_signals_back(struct fixture *fixture)
{
    sigaction(SIGSEGV, &fixture->segv, NULL);
    sigaction(SIGBUS, &fixture->bus, NULL);
}

struct ndishost_file *fixture_open_device(struct fixture *fixture)
{
    struct ndishost_file *file = NULL;

    take_signals_back(fixture);
    assert_int_equal(
        ndishost_open(fixture->process, SHUTTLE_DEVICE_PATH, NDISHOST_READ | NDISHOST_WRITE, &file),
        STATUS_SUCCESS);
    return file;
}

void fixture_open_request(struct fixture *fixture, uint32_t flags,
                          struct SHUTTLE_OPEN_ADAPTER *open)
{
    const char *name = ndishost_nic_name(fixture->nic);

    memset(open, 0, sizeof(*open));
    open->Version = SHUTTLE_ABI_VERSION;
    open->Flags = flags;
    open->NameLength = (uint32_t)(2 * strlen(name));
    for (size_t i = 0; name[i] != 0; i++) {
        open->Name[i] = (uint8_t)name[i];
    }
}

ndishost_status fixture_open_adapter(struct fixture *fixture, struct ndishost_file *file,
                                     uint32_t flags, struct SHUTTLE_ADAPTER *adapter)
{
    struct SHUTTLE_OPEN_ADAPTER open;
    struct SHUTTLE_ADAPTER unused;

    fixture_open_request(fixture, flags, &open);
    return ndishost_ioctl(file, SHUTTLE_IOCTL_OPEN_ADAPTER, &open, sizeof(open),
                          adapter != NULL ? adapter : &unused, sizeof(unused), NULL);
}

struct ndishost_file *fixture_open_in(struct fixture *fixture, struct ndishost_process *process)
{
    struct ndishost_file *file = NULL;

    take_signals_back(fixture);
    assert_int_equal(
        ndishost_open(process, SHUTTLE_DEVICE_PATH, NDISHOST_READ | NDISHOST_WRITE, &file),
        STATUS_SUCCESS);
    assert_int_equal(fixture_open_adapter(fixture, file, 0, NULL), STATUS_SUCCESS);
    return file;
}

struct ndishost_file *fixture_open(struct fixture *fixture)
{
    return fixture_open_in(fixture, fixture->process);
}

struct SHUTTLE_ADAPTER fixture_query(struct ndishost_file *file)
{
    struct SHUTTLE_ADAPTER adapter;
    uint64_t information = 0;

    assert_int_equal(ndishost_ioctl(file, SHUTTLE_IOCTL_QUERY_ADAPTER, NULL, 0, &adapter,
                                    sizeof(adapter), &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, sizeof(adapter));
    return adapter;
}

struct SHUTTLE_STATISTICS fixture_statistics(struct ndishost_file *file)
{
    struct SHUTTLE_STATISTICS statistics;
    uint64_t information = 0;

    assert_int_equal(ndishost_ioctl(file, SHUTTLE_IOCTL_QUERY_STATISTICS, NULL, 0, &statistics,
                                    sizeof(statistics), &information),
                     STATUS_SUCCESS);
    assert_int_equal(information, sizeof(statistics));
    return statistics;
}

void fixture_fill(uint8_t header[14], uint8_t *payload, size_t length, uint8_t seed)
{
    static const uint8_t test_header[14] = {2, 0, 0, 0, 0, 0x22, 2, 0, 0, 0, 0, 0x11, 0x88, 0xB5};

    memcpy(header, test_header, sizeof(test_header));
    for (size_t i = 0; i < length; i++) {
        payload[i] = (uint8_t)(seed + i);
    }
}

ndishost_status fixture_send(struct ndishost_file *file, uint32_t code, const void *header,
                             size_t header_length, const void *payload, size_t payload_length,
                             uint64_t *information)
{
    // The second buffer is an input here; the I/O manager calls every second buffer output.
    return ndishost_ioctl(file, code, header, header_length, (void *)payload, payload_length,
                          information);
}

static void pending_completed(struct ndishost_request *request)
{
    sem_post(&((struct pending *)request->context)->done);
}

ndishost_status pending_begin(struct pending *pending, struct ndishost_file *file, uint32_t code,
                              const void *first, size_t first_length, const void *second,
                              size_t second_length)
{
    memset(pending, 0, sizeof(*pending));
    sem_init(&pending->done, 0, 0);
    pending->request.completed = pending_completed;
    pending->request.context = pending;
    return ndishost_ioctl_begin(file, code, first, first_length, (void *)second, second_length,
                                &pending->request);
}

int pending_is_done(struct pending *pending)
{
    int value = 0;

    sem_getvalue(&pending->done, &value);
    return value != 0;
}

ndishost_status pending_wait(struct pending *pending)
{
    assert_int_equal(sem_wait(&pending->done), 0);
    sem_destroy(&pending->done);
    return pending->request.status;
}
