// SPDX-License-Identifier: MIT
#pragma once

// One simulated system with the Shuttle driver, one adapter on a test wire, and one client process.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <semaphore.h>
#include <signal.h>

#include "ndishost.h"
#include "shuttle/ioctl.h"
#include "test_wire.h"

enum {
    STATUS_SUCCESS = 0,
    STATUS_PENDING = 0x103,
};
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_ACCESS_VIOLATION 0xC0000005u
#define STATUS_BUFFER_TOO_SMALL 0xC0000023u
#define STATUS_CANCELLED 0xC0000120u
#define STATUS_DEVICE_REMOVED 0xC00002B6u
#define STATUS_INSUFFICIENT_RESOURCES 0xC000009Au
#define STATUS_INVALID_BUFFER_SIZE 0xC0000206u
#define STATUS_INVALID_DEVICE_REQUEST 0xC0000010u
#define STATUS_INVALID_DEVICE_STATE 0xC0000184u
#define STATUS_INVALID_PARAMETER 0xC000000Du
#define STATUS_NO_SUCH_DEVICE 0xC000000Eu
#define STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034u
#define STATUS_RETRY 0xC000022Du
#define STATUS_REVISION_MISMATCH 0xC0000059u
#define STATUS_SHARING_VIOLATION 0xC0000043u
#define STATUS_UNSUCCESSFUL 0xC0000001u
#define NDIS_STATUS_FAILURE 0xC0000001u
#define NDIS_STATUS_INVALID_LENGTH 0xC0010014u
#define NDIS_STATUS_MEDIA_DISCONNECTED 0xC023001Fu
#define NDIS_STATUS_PAUSED 0xC023002Au
#define NDIS_STATUS_SEND_ABORTED 0xC023000Cu

#define TEST_TIMEOUT_MS 60000u // bounds a hang, measures nothing

struct fixture {
    struct test_wire wire;
    struct ndishost_driver *driver;
    struct ndishost_nic *nic;
    struct ndishost_process *process;
    struct sigaction segv, bus; // ndishost's, which cmocka replaces before each function
};

// cmocka's set-up and tear-down. Tear-down checks that nothing was leaked. `fixture_setup_with` is
// for own set-up functions: a limit of 0 is the driver's default.
int fixture_setup(void **state);
int fixture_setup_with(void **state, unsigned in_flight_limit, unsigned copy_threshold);
int fixture_teardown(void **state);

// Loads the driver (again) and waits until it is bound.
void fixture_load(struct fixture *fixture);

// The n-th allocation of the system from now fails (0: the next one); -1: none. ndishost/nt/pool.h.
void SimPoolFailAfter(int64_t allocations);

// A handle that is tied to the adapter. Each test begins with one of these: they give ndishost its
// signal handlers back.
struct ndishost_file *fixture_open(struct fixture *fixture);
struct ndishost_file *fixture_open_in(struct fixture *fixture, struct ndishost_process *process);
struct ndishost_file *fixture_open_device(struct fixture *fixture);
ndishost_status fixture_open_adapter(struct fixture *fixture, struct ndishost_file *file,
                                     uint32_t flags, struct SHUTTLE_ADAPTER *adapter);
void fixture_open_request(struct fixture *fixture, uint32_t flags,
                          struct SHUTTLE_OPEN_ADAPTER *open);

struct SHUTTLE_ADAPTER fixture_query(struct ndishost_file *file);
struct SHUTTLE_STATISTICS fixture_statistics(struct ndishost_file *file);

// A header with a test EtherType, and a payload whose bytes count up from `seed`.
void fixture_fill(uint8_t header[14], uint8_t *payload, size_t length, uint8_t seed);
ndishost_status fixture_send(struct ndishost_file *file, uint32_t code, const void *header,
                             size_t header_length, const void *payload, size_t payload_length,
                             uint64_t *information);

// A request under way.
struct pending {
    struct ndishost_request request;
    sem_t done;
};
ndishost_status pending_begin(struct pending *pending, struct ndishost_file *file, uint32_t code,
                              const void *first, size_t first_length, const void *second,
                              size_t second_length);
int pending_is_done(struct pending *pending); // 1: it has completed
ndishost_status pending_wait(struct pending *pending);
