// SPDX-License-Identifier: MIT

// Installing and removing drivers.

#include "host.h"

#include "../nt/device.h"
#include "../nt/registry.h"

#include <stdlib.h>

struct ndishost_driver {
    PDRIVER_OBJECT Object;
    struct ndishost_driver *Next;
};

static SIM_LOCK HostDriversLock;            // guards the list
static struct ndishost_driver *HostDrivers; // the last one loaded first

ndishost_status ndishost_set_parameter(const char *service, const char *name, uint32_t value)
{
    if (!HostIsRunning()) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    return (ndishost_status)SimRegistrySetParameter(service, name, value);
}

ndishost_status ndishost_load_native(const char *service, void *driver_entry,
                                     struct ndishost_driver **driver)
{
    struct ndishost_driver *New;
    NTSTATUS Status;

    *driver = NULL;
    if (!HostIsRunning()) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    New = calloc(1, sizeof(*New));
    if (New == NULL) {
        return (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = SimDriverLoad(service, (PDRIVER_INITIALIZE)driver_entry, &New->Object);
    if (!NT_SUCCESS(Status)) {
        free(New);
        return (ndishost_status)Status;
    }
    SimLock(&HostDriversLock);
    New->Next = HostDrivers;
    HostDrivers = New;
    SimUnlock(&HostDriversLock);
    *driver = New;
    return (ndishost_status)Status;
}

static void HostDriverForget(struct ndishost_driver *Driver)
{
    struct ndishost_driver **Link = &HostDrivers;

    SimLock(&HostDriversLock);
    while (*Link != Driver) {
        Link = &(*Link)->Next;
    }
    *Link = Driver->Next;
    SimUnlock(&HostDriversLock);
    free(Driver);
}

ndishost_status ndishost_unload(struct ndishost_driver *driver)
{
    NTSTATUS Status = SimDriverUnload(driver->Object);

    if (NT_SUCCESS(Status)) {
        HostDriverForget(driver);
    }
    return (ndishost_status)Status;
}

// A driver that can't be unloaded stays until the process ends; the leak report tells what it
// holds.
void HostDriversUnload(void)
{
    while (HostDrivers != NULL) {
        struct ndishost_driver *Driver = HostDrivers;

        if (ndishost_unload(Driver) != (ndishost_status)STATUS_SUCCESS) {
            HostDriverForget(Driver);
        }
    }
}
