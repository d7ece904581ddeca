// SPDX-License-Identifier: MIT
#pragma once

// Devices and drivers inside nt/; the exported functions are in the WDK's headers.

#include "irp.h"

#include <ntifs.h>

// One lock for device lists, stacks and open counts; none of them is on a data path.
extern SIM_LOCK SimDeviceLock;

// The device at the top of its stack.
static inline PDEVICE_OBJECT SimDeviceTop(PDEVICE_OBJECT Device)
{
    for (;;) {
        PDEVICE_OBJECT Above = __atomic_load_n(&Device->AttachedDevice, __ATOMIC_ACQUIRE);
        if (__builtin_expect(Above == NULL, 1)) {
            return Device;
        }
        Device = Above;
    }
}
// Counts an open; fails when the device cannot be opened (now, or once more).
NTSTATUS SimDeviceOpen(PDEVICE_OBJECT Device);
void SimDeviceClose(PDEVICE_OBJECT Device);
const UNICODE_STRING *SimDeviceSddl(PDEVICE_OBJECT Device); // NULL: none was given
// A copy of a valid list becomes the device's; NULL: none was set.
NTSTATUS SimDeviceSetDacl(PDEVICE_OBJECT Device, const ACL *Dacl);
const ACL *SimDeviceDacl(PDEVICE_OBJECT Device);
BOOLEAN SimSddlIsValid(PCUNICODE_STRING Sddl);

// IRP_MJ_SHUTDOWN to each device that is registered for it, the latest first, once: what a machine
// does when it shuts down, before any driver is unloaded.
void SimShutdownSend(void);

// ---- drivers, for host.c and pnp.c. PASSIVE_LEVEL.

// Makes the driver object \Driver\SERVICE and its service key, and calls DriverEntry; on failure
// everything is undone and the status is DriverEntry's.
NTSTATUS SimDriverLoad(const char *Service, PDRIVER_INITIALIZE Entry, PDRIVER_OBJECT *Driver);

// The same for a driver whose code is an image that was mapped for it.
typedef struct SIM_DRIVER_IMAGE {
    PDRIVER_INITIALIZE Entry;
    PVOID Base;
    ULONG Size;
    // Called once, when nothing of the system holds on to the code any more: the driver object goes
    // away, or could not be made. May be NULL.
    void (*Gone)(void *Context);
    void *Context;
} SIM_DRIVER_IMAGE;
NTSTATUS SimDriverLoadImage(const char *Service, const SIM_DRIVER_IMAGE *Image,
                            PDRIVER_OBJECT *Driver);

// STATUS_DEVICE_BUSY: a handle is open on one of its devices. STATUS_INVALID_DEVICE_REQUEST: it has
// no unload routine. Otherwise the routine has been called and the pointer is invalid.
NTSTATUS SimDriverUnload(PDRIVER_OBJECT Driver);

// ---- files, for process.c and irp users

// Opens a device by NT name: IRP_MJ_CREATE has succeeded. The file object comes back referenced.
NTSTATUS SimFileCreate(PCUNICODE_STRING Name, ACCESS_MASK Access, KPROCESSOR_MODE Mode,
                       PFILE_OBJECT *File);
