// SPDX-License-Identifier: MIT

#include "kernel_client.h"

#include <ntddk.h>
#include <shuttle/ioctl.h>

#include <stdlib.h>

struct kernel_client {
    PFILE_OBJECT File;
    PDEVICE_OBJECT Device;
};

uint32_t kernel_client_open(struct kernel_client **client)
{
    DECLARE_CONST_UNICODE_STRING(Name, SHUTTLE_DEVICE_NT_NAME);
    struct kernel_client *New = calloc(1, sizeof(*New));
    NTSTATUS Status;

    Status = IoGetDeviceObjectPointer((PUNICODE_STRING)&Name, FILE_READ_DATA | FILE_WRITE_DATA,
                                      &New->File, &New->Device);
    if (!NT_SUCCESS(Status)) {
        free(New);
        New = NULL;
    }
    *client = New;
    return (uint32_t)Status;
}

uint32_t kernel_client_ioctl(struct kernel_client *client, uint32_t code, const void *first,
                             size_t first_length, const void *second, size_t second_length,
                             uint64_t *information)
{
    IO_STATUS_BLOCK Block = {0};
    KEVENT Event;
    PIRP Irp;
    NTSTATUS Status;

    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    Irp = IoBuildDeviceIoControlRequest(code, client->Device, (PVOID)first, (ULONG)first_length,
                                        (PVOID)second, (ULONG)second_length, FALSE, &Event, &Block);
    if (Irp == NULL) {
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    }
    IoGetNextIrpStackLocation(Irp)->FileObject = client->File;
    Irp->IoStatus.Information = 0x5EED; // what an earlier use left; the driver is to write it
    Status = IoCallDriver(client->Device, Irp);
    if (Status == STATUS_PENDING) {
        KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
        Status = Block.Status;
    }
    *information = Block.Information;
    return (uint32_t)Status;
}

void kernel_client_close(struct kernel_client *client)
{
    ObDereferenceObject(client->File);
    free(client);
}
