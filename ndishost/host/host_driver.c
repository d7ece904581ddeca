// SPDX-License-Identifier: MIT

// Installing and removing drivers.

#include "host.h"

#include "../ndis/control.h"
#include "../nt/device.h"
#include "../nt/registry.h"
#include "../pe/image.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SERVICE_NAME_BYTES 80

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

static NTSTATUS HostDriverLoad(const char *Service, const SIM_DRIVER_IMAGE *Image,
                               struct ndishost_driver **Driver)
{
    struct ndishost_driver *New = calloc(1, sizeof(*New));
    NTSTATUS Status;

    if (New == NULL) {
        if (Image->Gone != NULL) {
            Image->Gone(Image->Context);
        }
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = SimDriverLoadImage(Service, Image, &New->Object);
    if (!NT_SUCCESS(Status)) {
        free(New);
        return Status;
    }
    SimLock(&HostDriversLock);
    New->Next = HostDrivers;
    HostDrivers = New;
    SimUnlock(&HostDriversLock);
    *Driver = New;
    return Status;
}

ndishost_status ndishost_load_native(const char *service, void *driver_entry,
                                     struct ndishost_driver **driver)
{
    SIM_DRIVER_IMAGE Image = {.Entry = (PDRIVER_INITIALIZE)driver_entry, .Base = driver_entry};

    *driver = NULL;
    if (!HostIsRunning()) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    return (ndishost_status)HostDriverLoad(service, &Image, driver);
}

PDRIVER_OBJECT HostDriverObject(const struct ndishost_driver *Driver)
{
    return Driver->Object;
}

// The driver was unloaded, or could not be started.
static void HostImageGone(void *Context)
{
    PE_IMAGE *Image = Context;

    SimNdisCheckUnload(Image->Base, Image->Layout.SizeOfImage, Image->Name);
    PeUnload(Image);
}

// "dir/shuttle.sys" is the service Shuttle: the names in the registry know no case.
static NTSTATUS HostImageLoad(const PE_IMAGE *Image, const SIM_DRIVER_IMAGE *Driver,
                              struct ndishost_driver **New, PE_MESSAGE *Message)
{
    char Service[SERVICE_NAME_BYTES];
    size_t Length = strlen(Image->Name);
    NTSTATUS Status;

    if (Length > 4 && strcasecmp(Image->Name + Length - 4, ".sys") == 0) {
        Length -= 4;
    }
    if (Length >= sizeof(Service)) {
        PeSay(Message, "the name is too long for a service");
        HostImageGone(Driver->Context);
        return STATUS_OBJECT_NAME_INVALID;
    }
    memcpy(Service, Image->Name, Length);
    Service[Length] = 0;
    Status = HostDriverLoad(Service, Driver, New);
    if (!NT_SUCCESS(Status)) {
        const char *Name = ndishost_status_name((ndishost_status)Status);
        PeSay(Message, "it was not started: 0x%08X%s%s", (ULONG)Status, Name == NULL ? "" : " ",
              Name == NULL ? "" : Name);
    }
    return Status;
}

ndishost_status ndishost_load(const char *path, struct ndishost_driver **driver, char *message,
                              size_t message_size)
{
    PE_MESSAGE Message = {.Text = message, .Size = message_size, .Subject = path};
    SIM_DRIVER_IMAGE Driver = {.Gone = HostImageGone};
    PE_IMAGE *Image;
    NTSTATUS Status;

    *driver = NULL;
    if (!HostIsRunning()) {
        PeSay(&Message, "ndishost has not been started");
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    Status = PeLoad(path, &Image, &Message);
    if (NT_SUCCESS(Status)) {
        Driver.Entry = PeEntry(Image);
        Driver.Base = Image->Base;
        Driver.Size = Image->Layout.SizeOfImage;
        Driver.Context = Image;
        Status = HostImageLoad(Image, &Driver, driver, &Message);
    }
    if (NT_SUCCESS(Status)) {
        PeEntered(Image);
    }
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
    NTSTATUS Status = STATUS_DEVICE_BUSY;

    if (!HostDriverHasNics(driver->Object)) {
        Status = SimDriverUnload(driver->Object);
    }
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

        HostDriverRemoveNics(Driver->Object);
        if (ndishost_unload(Driver) != (ndishost_status)STATUS_SUCCESS) {
            HostDriverForget(Driver);
        }
    }
}
