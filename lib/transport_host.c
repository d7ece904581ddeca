// SPDX-License-Identifier: MIT

// The driver runs in this process, in ndishost. The first open starts the system and loads the
// driver, each open adds the NIC of its spec unless another handle has it, and the last close takes
// everything down again. There is one simulated system per process, hence the one static `System`.

#include "errors.h"
#include "transport.h"

#include <ndishost.h>
#include <shuttle/ioctl.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRIVER_SERVICE "Shuttle"
#define DRIVER_NATIVE "native"
#define IDLE_LIMIT_MS 10000 // binding takes milliseconds; this only bounds a hang

__attribute__((ms_abi)) int32_t ShuttleDriverEntry(void *driver_object, void *registry_path);

struct nic {
    struct nic *next;
    struct ndishost_nic *nic;
    unsigned handles;
    char spec[256];
};

static struct {
    pthread_mutex_t lock; // guards the rest; held across start, stop and binding
    unsigned handles;
    uint32_t in_flight_limit; // the driver's, set by the first open
    struct ndishost_driver *driver;
    char driver_name[4096]; // which one, for opens with another
    struct ndishost_process *process;
    struct nic *nics;
} System = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct transport {
    struct ndishost_file *file;
    struct nic *nic;
};

// ---- the system

static const char *driver_name(const struct shuttle_options *options)
{
    return options->driver == NULL ? DRIVER_NATIVE : options->driver;
}

static int driver_load(const struct shuttle_options *options)
{
    const char *name = driver_name(options);
    char message[400] = "";
    ndishost_status status;
    if (options->in_flight_limit != 0) {
        status = ndishost_set_parameter(DRIVER_SERVICE, "InFlightLimit", options->in_flight_limit);
        if (status_failed(status)) {
            return shuttle_fail_status(status, "setting the in-flight limit");
        }
    }
    if (strcmp(name, DRIVER_NATIVE) == 0) {
        status = ndishost_load_native(DRIVER_SERVICE, (void *)ShuttleDriverEntry, &System.driver);
    } else {
        status = ndishost_load(name, &System.driver, message, sizeof(message));
    }
    if (status_failed(status)) {
        System.driver = NULL;
        shuttle_fail_status(status, "loading the driver");
        if (message[0] != '\0') {
            shuttle_fail(SHUTTLE_ERROR_NO_DRIVER, "driver: %s", message);
        }
        return SHUTTLE_ERROR_NO_DRIVER;
    }
    snprintf(System.driver_name, sizeof(System.driver_name), "%s", name);
    return 0;
}

// Takes down what stands. Accepts a half-started system.
static int system_stop(void)
{
    ndishost_status status = NT_STATUS_SUCCESS;
    if (System.process != NULL) {
        ndishost_process_exit(System.process);
        System.process = NULL;
    }
    if (System.driver != NULL) {
        status = ndishost_unload(System.driver);
        System.driver = NULL;
    }
    unsigned leaks = ndishost_stop();
    while (System.nics != NULL) {
        struct nic *nic = System.nics;
        System.nics = nic->next;
        free(nic);
    }
    if (status_failed(status)) {
        return shuttle_fail(SHUTTLE_ERROR_SYSTEM, "the driver did not unload: 0x%08X", status);
    }
    if (leaks > 0) {
        return shuttle_fail(SHUTTLE_ERROR_SYSTEM, "the driver left %u objects behind", leaks);
    }
    return 0;
}

static int system_start(const struct shuttle_options *options)
{
    ndishost_status status = ndishost_start(NULL);
    if (status_failed(status)) {
        shuttle_fail_status(status, "starting ndishost");
        return SHUTTLE_ERROR_SYSTEM;
    }
    int result = driver_load(options);
    if (result == 0) {
        status = ndishost_process_create(&System.process);
        if (status_failed(status)) {
            System.process = NULL;
            result = shuttle_fail_status(status, "making the client process");
        }
    }
    if (result < 0) {
        char message[256];
        snprintf(message, sizeof(message), "%s", shuttle_last_message());
        system_stop();
        return shuttle_fail(result, "%s", message); // the first cause, not that of the clean-up
    }
    System.in_flight_limit = options->in_flight_limit != 0 ? options->in_flight_limit
                                                           : SHUTTLE_IN_FLIGHT_DEFAULT;
    return 0;
}

static int system_take(const struct shuttle_options *options)
{
    if (System.handles == 0) {
        int result = system_start(options);
        if (result < 0) {
            return result;
        }
    } else if (strcmp(driver_name(options), System.driver_name) != 0) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "driver '%s' is loaded already",
                            System.driver_name);
    } else if (options->in_flight_limit > System.in_flight_limit) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT,
                            "the driver runs already, with an in-flight limit of %u frames",
                            System.in_flight_limit);
    }
    System.handles++;
    return 0;
}

static int system_give(void)
{
    return --System.handles == 0 ? system_stop() : 0;
}

// ---- NICs

static int nic_take(const char *spec, struct nic **taken)
{
    char message[256] = "";
    for (struct nic *nic = System.nics; nic != NULL; nic = nic->next) {
        if (strcmp(nic->spec, spec) == 0) {
            nic->handles++;
            *taken = nic;
            return 0;
        }
    }
    struct nic *nic = calloc(1, sizeof(*nic));
    if (nic == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a NIC");
    }
    snprintf(nic->spec, sizeof(nic->spec), "%s", spec); // shuttle_open has checked its length
    ndishost_status status = ndishost_add_nic(spec, &nic->nic, message, sizeof(message));
    if (status_failed(status)) {
        free(nic);
        int error = shuttle_fail_status(status, spec);
        error = error == SHUTTLE_ERROR_ACCESS_DENIED || error == SHUTTLE_ERROR_NO_MEMORY
                    ? error
                    : SHUTTLE_ERROR_NO_ADAPTER;
        if (message[0] == '\0') {
            return error;
        }
        bool named = strncmp(message, spec, strlen(spec)) == 0;
        return shuttle_fail(error, "%s%s%s", named ? "" : spec, named ? "" : ": ", message);
    }
    nic->handles = 1;
    nic->next = System.nics;
    System.nics = nic;
    *taken = nic;
    return 0;
}

// With the last handle of all, the NIC stays for system_stop: the driver unbinds by unloading.
static void nic_give(struct nic *nic)
{
    if (--nic->handles > 0 || System.handles == 1) {
        return;
    }
    struct nic **link = &System.nics;
    while (*link != nic) {
        link = &(*link)->next;
    }
    *link = nic->next;
    ndishost_remove_nic(nic->nic, NDISHOST_REMOVE_ORDERLY);
    free(nic);
}

// ---- handles

static int file_open(struct transport *transport, const char *spec)
{
    ndishost_status status = ndishost_wait_idle(IDLE_LIMIT_MS);
    if (status != NT_STATUS_SUCCESS) {
        return shuttle_fail(SHUTTLE_ERROR_TIMED_OUT, "%s: the driver has not bound within %d s",
                            spec, IDLE_LIMIT_MS / 1000);
    }
    status = ndishost_open(System.process, SHUTTLE_DEVICE_PATH, NDISHOST_READ | NDISHOST_WRITE,
                           &transport->file);
    return status_failed(status) ? shuttle_fail_status(status, SHUTTLE_DEVICE_PATH) : 0;
}

int transport_open(const char *adapter, const struct shuttle_options *options,
                   struct transport **transport, char *device_name, size_t device_name_size)
{
    struct transport *opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a handle");
    }
    char message[512];
    pthread_mutex_lock(&System.lock);
    int result = system_take(options);
    if (result < 0) {
        goto free_handle;
    }
    result = nic_take(adapter, &opened->nic);
    if (result < 0) {
        goto give_system;
    }
    result = file_open(opened, adapter);
    if (result < 0) {
        goto give_nic;
    }
    snprintf(device_name, device_name_size, "%s", ndishost_nic_name(opened->nic->nic));
    pthread_mutex_unlock(&System.lock);
    *transport = opened;
    return 0;

give_nic:
    nic_give(opened->nic);
give_system:
    snprintf(message, sizeof(message), "%s", shuttle_last_message());
    system_give();
    shuttle_fail(result, "%s", message); // the first cause, not that of the clean-up
free_handle:
    pthread_mutex_unlock(&System.lock);
    free(opened);
    return result;
}

int transport_close(struct transport *transport)
{
    pthread_mutex_lock(&System.lock);
    ndishost_close(transport->file);
    nic_give(transport->nic);
    int result = system_give();
    pthread_mutex_unlock(&System.lock);
    free(transport);
    return result;
}

// ---- requests

// ndishost calls `completed` for every request that reached the driver, a transport only for those
// that were pended. The callback may run before ndishost_ioctl_begin has told which it was: the
// later of the two finishes the request.
struct host_request {
    struct ndishost_request request;
    _Atomic bool other_was_here;
};
_Static_assert(sizeof(struct host_request) <= sizeof(((struct transport_request *)0)->platform),
               "transport_request.platform is too small");

static void host_completed(struct ndishost_request *request)
{
    struct host_request *host = (struct host_request *)request;
    struct transport_request *owner = request->context;
    if (atomic_exchange(&host->other_was_here, true)) {
        owner->status = request->status;
        owner->completed(owner);
    }
}

uint32_t transport_begin(struct transport *transport, uint32_t code, const void *in,
                         size_t in_length, void *out, size_t out_length,
                         struct transport_request *request)
{
    struct host_request *host = (struct host_request *)request->platform;
    *host = (struct host_request){
        .request.completed = host_completed,
        .request.context = request,
    };
    uint32_t status = ndishost_ioctl_begin(transport->file, code, in, in_length, out, out_length,
                                           &host->request);
    if (status == TRANSPORT_PENDING && atomic_exchange(&host->other_was_here, true)) {
        request->status = host->request.status;
        request->completed(request);
    }
    return status;
}

void transport_cancel(struct transport *transport, struct transport_request *request)
{
    struct host_request *host = (struct host_request *)request->platform;
    ndishost_cancel(transport->file, &host->request);
}

uint32_t transport_control(struct transport *transport, uint32_t code, const void *in,
                           size_t in_length, void *out, size_t out_length, uint64_t *information)
{
    return ndishost_ioctl(transport->file, code, in, in_length, out, out_length, information);
}

int transport_runtime_counts(struct shuttle_runtime_counts *counts)
{
    struct ndishost_counters all;
    ndishost_get_counters(&all);
    *counts = (struct shuttle_runtime_counts){
        .requests = all.irps,
        .nbl_allocations = all.nbl_allocations,
        .mdl_allocations = all.mdl_allocations,
        .pool_allocations = all.pool_allocations,
        .page_locks = all.page_locks,
    };
    return 0;
}
