// SPDX-License-Identifier: MIT

// The driver runs in this process, in ndishost. The first open starts the system and loads the
// driver, each open adds the NIC of its spec unless another handle has it, and the last close takes
// everything down again. There is one simulated system per process, hence the one static `System`.

#define _GNU_SOURCE // secure_getenv

#include "errors.h"
#include "transport.h"

#include <classic_ioctl.h>
#include <ndishost.h>
#include <shuttle/ioctl.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define IDLE_LIMIT_MS 60000 // binding takes milliseconds; this only bounds a hang
#define DRIVER_NAME_MAX 4096

typedef int32_t __attribute__((ms_abi)) driver_entry(void *driver_object, void *registry_path);
driver_entry ShuttleDriverEntry, ClassicDriverEntry;

// What shuttle_options.driver may name, beside the file of a driver. Drivers with different devices
// can run side by side on the same NIC.
enum { DRIVERS_MAX = 2 };
static const struct driver_kind {
    const char *name;
    const char *service;
    const char *device;
    driver_entry *entry;
} DriverKinds[DRIVERS_MAX] = {
    {"native", "Shuttle", SHUTTLE_DEVICE_PATH, ShuttleDriverEntry},
    {"classic", "ShuttleClassic", CLASSIC_DEVICE_PATH, ClassicDriverEntry},
};

// One for each device.
struct driver {
    struct ndishost_driver *loaded; // from the first open on
    char name[DRIVER_NAME_MAX];     // as it was asked for
};

struct nic {
    struct nic *next;
    struct ndishost_nic *nic;
    unsigned handles;
    char spec[256];
};

static struct {
    pthread_mutex_t lock; // guards the rest; held across start, stop and binding
    unsigned handles;
    uint32_t in_flight_limit; // of every driver, set by the first open
    struct driver drivers[DRIVERS_MAX];
    struct ndishost_process *process;
    struct nic *nics;
} System = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct transport {
    struct ndishost_file *file;
    struct nic *nic;
};

// ---- the system

// `name` has DRIVER_NAME_MAX bytes. When nobody names a driver it is shuttle.sys, beside the
// program or where the build or an installation puts it.
static int driver_find(char *name)
{
    static const char *const Places[] = {"shuttle.sys", "../driver/x64/shuttle.sys",
                                         "../lib/shuttle/shuttle.sys"};
    ssize_t length = readlink("/proc/self/exe", name, DRIVER_NAME_MAX - 64);
    while (length > 0 && name[length - 1] != '/') {
        length--;
    }
    if (length <= 0) {
        return shuttle_fail(SHUTTLE_ERROR_NO_DRIVER, "driver: /proc/self/exe cannot be read");
    }
    for (size_t i = 0; i < sizeof(Places) / sizeof(Places[0]); i++) {
        strcpy(name + length, Places[i]);
        if (access(name, F_OK) == 0) {
            return 0;
        }
    }
    name[length] = '\0';
    return shuttle_fail(SHUTTLE_ERROR_NO_DRIVER,
                        "driver: no %s, %s or %s in %s; --driver FILE.sys names another one, "
                        "--driver native needs no file",
                        Places[0], Places[1], Places[2], name);
}

// The option, else the environment, which a program with more rights than its user does not obey,
// else the file.
static int driver_choose(const struct shuttle_options *options, char *name)
{
    const char *asked = options->driver;
    if (asked == NULL) {
        asked = secure_getenv("SHUTTLE_DRIVER");
    }
    if (asked == NULL) {
        return driver_find(name);
    }
    if (strlen(asked) >= DRIVER_NAME_MAX) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "driver: the name is too long");
    }
    strcpy(name, asked);
    return 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

// Which of DriverKinds it is, or stands in for: a file classic.sys has the classic driver's device,
// every other one Shuttle's.
static int driver_index(const char *name)
{
    return strncmp(base_name(name), "classic", strlen("classic")) == 0 ? 1 : 0;
}

// As ndishost_load names it: "shuttle.sys" is the service shuttle.
static void service_name(const char *file, char *service)
{
    size_t length = strlen(strcpy(service, file));
    if (length > 4 && strcasecmp(service + length - 4, ".sys") == 0) {
        service[length - 4] = '\0';
    }
}

static ndishost_status driver_start(const char *name, int index, char *message, size_t size)
{
    const struct driver_kind *kind = &DriverKinds[index];
    struct driver *driver = &System.drivers[index];
    bool linked_in = strcmp(name, kind->name) == 0;
    char service[DRIVER_NAME_MAX];
    service_name(linked_in ? kind->service : base_name(name), service);
    ndishost_status status = ndishost_set_parameter(service, "InFlightLimit",
                                                    System.in_flight_limit);
    if (status_failed(status)) {
        return status;
    }
    if (linked_in) {
        return ndishost_load_native(kind->service, (void *)kind->entry, &driver->loaded);
    }
    return ndishost_load(name, &driver->loaded, message, size);
}

static int driver_load(const char *name)
{
    int index = driver_index(name);
    struct driver *driver = &System.drivers[index];
    char message[400] = "";
    if (driver->loaded != NULL) {
        return strcmp(name, driver->name) == 0
                   ? 0
                   : shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT, "driver '%s' is loaded already",
                                  driver->name);
    }
    ndishost_status status = driver_start(name, index, message, sizeof(message));
    if (status_failed(status)) {
        driver->loaded = NULL;
        shuttle_fail_status(status, "loading the driver");
        if (message[0] != '\0') {
            shuttle_fail(SHUTTLE_ERROR_NO_DRIVER, "driver: %s", message);
        }
        return SHUTTLE_ERROR_NO_DRIVER;
    }
    strcpy(driver->name, name); // driver_choose has checked its length
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
    for (int i = 0; i < DRIVERS_MAX; i++) {
        if (System.drivers[i].loaded != NULL && !status_failed(status)) {
            status = ndishost_unload(System.drivers[i].loaded);
        }
        System.drivers[i].loaded = NULL;
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
    System.in_flight_limit = options->in_flight_limit != 0 ? options->in_flight_limit
                                                           : SHUTTLE_IN_FLIGHT_DEFAULT;
    status = ndishost_process_create(&System.process);
    if (status_failed(status)) {
        System.process = NULL;
        return shuttle_fail_status(status, "making the client process");
    }
    return 0;
}

static int system_take(const struct shuttle_options *options, const char *driver)
{
    char message[512];
    int result = 0;
    if (System.handles == 0) {
        result = system_start(options);
    } else if (options->in_flight_limit > System.in_flight_limit) {
        return shuttle_fail(SHUTTLE_ERROR_INVALID_ARGUMENT,
                            "the driver runs already, with an in-flight limit of %u frames",
                            System.in_flight_limit);
    }
    if (result == 0) {
        result = driver_load(driver);
    }
    if (result == 0) {
        System.handles++;
        return 0;
    }
    if (System.handles == 0) {
        snprintf(message, sizeof(message), "%s", shuttle_last_message());
        system_stop();
        shuttle_fail(result, "%s", message); // the first cause, not that of the clean-up
    }
    return result;
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

static int file_open(struct transport *transport, const char *spec, const char *device)
{
    ndishost_status status = ndishost_wait_idle(IDLE_LIMIT_MS);
    if (status != NT_STATUS_SUCCESS) {
        return shuttle_fail(SHUTTLE_ERROR_TIMED_OUT, "%s: the driver has not bound within %d s",
                            spec, IDLE_LIMIT_MS / 1000);
    }
    status = ndishost_open(System.process, device, NDISHOST_READ | NDISHOST_WRITE,
                           &transport->file);
    if (status == NT_STATUS_OBJECT_NAME_NOT_FOUND) {
        return shuttle_fail(SHUTTLE_ERROR_NO_DRIVER, "driver: it has made no device %s", device);
    }
    return status_failed(status) ? shuttle_fail_status(status, device) : 0;
}

int transport_open(const char *adapter, const struct shuttle_options *options,
                   struct transport **transport, char *device_name, size_t device_name_size)
{
    char message[512];
    char driver[DRIVER_NAME_MAX];
    int result = driver_choose(options, driver);
    if (result < 0) {
        return result;
    }
    struct transport *opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a handle");
    }
    pthread_mutex_lock(&System.lock);
    result = system_take(options, driver);
    if (result < 0) {
        goto free_handle;
    }
    result = nic_take(adapter, &opened->nic);
    if (result < 0) {
        goto give_system;
    }
    result = file_open(opened, adapter, DriverKinds[driver_index(driver)].device);
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
        .pages_locked = all.pages_locked,
        .ndis_sends = all.sends,
    };
    return 0;
}
