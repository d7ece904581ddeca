// SPDX-License-Identifier: MIT

// A driver and a frame in ndishost, from start to stop: the Shuttle driver on a NIC that swallows
// every frame. Give another NIC spec to send it out of a Linux interface: packet:eth0.

#include <ndishost.h>
#include <shuttle/ioctl.h>

#include <stdio.h>
#include <string.h>

void ShuttleDriverEntry(void); // the driver's DriverEntry in the native build; called by ndishost

static int fail(const char *step, ndishost_status status)
{
    fprintf(stderr, "%s: 0x%08X\n", step, status);
    return 1;
}

static int send_frame(const char *adapter_name)
{
    static const uint8_t header[14] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
    static const uint8_t payload[46];
    struct SHUTTLE_OPEN_ADAPTER open = {.Version = SHUTTLE_ABI_VERSION};
    struct SHUTTLE_ADAPTER adapter;
    struct ndishost_process *process;
    struct ndishost_file *file;
    ndishost_status status;

    open.NameLength = (uint32_t)strlen(adapter_name) * 2;
    for (size_t i = 0; adapter_name[i] != 0; i++) {
        open.Name[i] = (uint8_t)adapter_name[i];
    }
    if ((status = ndishost_process_create(&process)) != 0) {
        return fail("process", status);
    }
    status = ndishost_open(process, SHUTTLE_DEVICE_PATH, NDISHOST_READ | NDISHOST_WRITE, &file);
    if (status == 0) {
        status = ndishost_ioctl(file, SHUTTLE_IOCTL_OPEN_ADAPTER, &open, sizeof(open), &adapter,
                                sizeof(adapter), NULL);
    }
    if (status == 0) {
        status = ndishost_ioctl(file, SHUTTLE_IOCTL_SEND, header, sizeof(header), (void *)payload,
                                sizeof(payload), NULL);
    }
    ndishost_process_exit(process); // what it had open is cleaned up, as when it dies
    return status == 0 ? 0 : fail("send", status);
}

int main(int argc, char **argv)
{
    const char *spec = argc > 1 ? argv[1] : "null";
    struct ndishost_driver *driver;
    struct ndishost_nic *nic;
    char message[200];
    int result = 1;

    if (ndishost_start(NULL) != 0) {
        return 1;
    }
    if (ndishost_add_nic(spec, &nic, message, sizeof(message)) != 0) {
        fprintf(stderr, "%s\n", message);
    } else if (ndishost_load_native("Shuttle", (void *)ShuttleDriverEntry, &driver) == 0 &&
               ndishost_wait_idle(60000) == 0) { // bound and running
        result = send_frame(ndishost_nic_name(nic));
    }
    return ndishost_stop() == 0 ? result : 1; // 0: nothing was leaked
}
