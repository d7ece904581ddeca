// SPDX-License-Identifier: MIT

// What there is: adapters, bindings and devices, copied out for programs; and waiting for a
// binding.

#include "host_nic.h"

#include "../ndis/control.h"
#include "../nt/object.h"
#include "../nt/wide.h"

#include <string.h>
#include <strings.h>

#define DOS_DIRECTORY "\\GLOBAL??\\"
#define PATH_BYTES 512

// Where a visitor writes. `Count` goes on when there is no more room.
typedef struct LISTING {
    void *Elements;
    size_t Capacity;
    size_t Count;
} LISTING;

// Cut where it does not fit, but not inside a character.
static void CopyName(char *To, size_t Size, PCUNICODE_STRING From)
{
    size_t Bytes = From == NULL
                       ? 0
                       : SimUtf8FromWide(To, Size - 1, From->Buffer, From->Length / sizeof(WCHAR));

    if (Bytes >= Size) {
        Bytes = Size - 1;
        while (Bytes > 0 && ((unsigned char)To[Bytes - 1] & 0xC0) == 0x80) {
            Bytes--;
        }
        Bytes -= Bytes > 0 && ((unsigned char)To[Bytes - 1] & 0x80) != 0;
    }
    To[Bytes] = '\0';
}

static void CopyWord(char *To, size_t Size, const char *From)
{
    size_t Length = min(strlen(From), Size - 1);

    memcpy(To, From, Length);
    To[Length] = '\0';
}

// ---- adapters

static void VisitAdapter(const SIM_NDIS_ADAPTER_INFO *Info, void *Context)
{
    LISTING *Listing = Context;
    struct ndishost_adapter_info *Adapters = Listing->Elements;
    size_t Number = Listing->Count++;

    if (Number < Listing->Capacity) {
        CopyName(Adapters[Number].name, sizeof(Adapters->name), Info->Name);
        CopyName(Adapters[Number].service, sizeof(Adapters->service), Info->Service);
        CopyWord(Adapters[Number].state, sizeof(Adapters->state), Info->State);
    }
}

size_t ndishost_list_adapters(struct ndishost_adapter_info *adapters, size_t capacity)
{
    LISTING Listing = {adapters, capacity, 0};

    if (HostIsRunning()) {
        SimNdisVisitAdapters(VisitAdapter, &Listing);
    }
    return Listing.Count;
}

// ---- bindings

static void VisitBinding(const SIM_NDIS_BINDING_INFO *Info, void *Context)
{
    LISTING *Listing = Context;
    struct ndishost_binding_info *Bindings = Listing->Elements;
    size_t Number = Listing->Count++;

    if (Number < Listing->Capacity) {
        CopyName(Bindings[Number].protocol, sizeof(Bindings->protocol), Info->Protocol);
        CopyName(Bindings[Number].adapter, sizeof(Bindings->adapter), Info->Adapter);
        CopyWord(Bindings[Number].state, sizeof(Bindings->state), Info->State);
    }
}

size_t ndishost_list_bindings(struct ndishost_binding_info *bindings, size_t capacity)
{
    LISTING Listing = {bindings, capacity, 0};

    if (HostIsRunning()) {
        SimNdisVisitBindings(VisitBinding, &Listing);
    }
    return Listing.Count;
}

typedef struct WANTED {
    const char *Adapter;  // NULL: any
    const char *Protocol; // likewise
    BOOLEAN Found;
} WANTED;

static BOOLEAN IsNamed(PCUNICODE_STRING Name, const char *Wanted)
{
    char Text[PATH_BYTES];

    CopyName(Text, sizeof(Text), Name);
    return Wanted == NULL || strcasecmp(Text, Wanted) == 0;
}

static void FindRunning(const SIM_NDIS_BINDING_INFO *Info, void *Context)
{
    WANTED *Wanted = Context;

    if (strcmp(Info->State, "Running") == 0 && IsNamed(Info->Adapter, Wanted->Adapter) &&
        IsNamed(Info->Protocol, Wanted->Protocol)) {
        Wanted->Found = TRUE;
    }
}

ndishost_status ndishost_wait_bound(const struct ndishost_nic *nic, const char *protocol,
                                    unsigned timeout_ms)
{
    WANTED Wanted = {.Adapter = nic == NULL ? NULL : nic->Name, .Protocol = protocol};
    ndishost_status Status;

    if (!HostIsRunning()) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    Status = ndishost_wait_idle(timeout_ms);
    if (Status != (ndishost_status)STATUS_SUCCESS) {
        return Status;
    }
    SimNdisVisitBindings(FindRunning, &Wanted);
    return (ndishost_status)(Wanted.Found ? STATUS_SUCCESS : STATUS_NOT_FOUND);
}

// ---- devices

static void VisitDevice(const SIM_NAME *Name, void *Context)
{
    LISTING *Listing = Context;
    struct ndishost_device_info *Devices = Listing->Elements;
    size_t Number;

    if (Name->Type != &SimTypeDevice) {
        return;
    }
    Number = Listing->Count++;
    if (Number < Listing->Capacity) {
        PDRIVER_OBJECT Driver = ((PDEVICE_OBJECT)Name->Body)->DriverObject;

        CopyName(Devices[Number].name, sizeof(Devices->name), Name->Path);
        CopyName(Devices[Number].service, sizeof(Devices->service),
                 &Driver->DriverExtension->ServiceKeyName);
        Devices[Number].dos_name[0] = '\0';
    }
}

// The names come newest first: the oldest link to a device is the last one to be written.
static void VisitLink(const SIM_NAME *Name, void *Context)
{
    LISTING *Listing = Context;
    struct ndishost_device_info *Devices = Listing->Elements;
    char Path[PATH_BYTES], Target[PATH_BYTES];
    size_t Prefix = strlen(DOS_DIRECTORY);

    if (Name->Target == NULL) {
        return;
    }
    CopyName(Path, sizeof(Path), Name->Path);
    CopyName(Target, sizeof(Target), Name->Target);
    if (strncasecmp(Path, DOS_DIRECTORY, Prefix) != 0) {
        return;
    }
    for (size_t I = 0; I < min(Listing->Count, Listing->Capacity); I++) {
        if (strcasecmp(Devices[I].name, Target) == 0) {
            CopyWord(Devices[I].dos_name, sizeof(Devices->dos_name), "\\\\.\\");
            CopyWord(Devices[I].dos_name + 4, sizeof(Devices->dos_name) - 4, Path + Prefix);
        }
    }
}

size_t ndishost_list_devices(struct ndishost_device_info *devices, size_t capacity)
{
    LISTING Listing = {devices, capacity, 0};

    if (HostIsRunning()) {
        SimNameVisit(VisitDevice, &Listing);
        SimNameVisit(VisitLink, &Listing);
    }
    return Listing.Count;
}
