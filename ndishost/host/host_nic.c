// SPDX-License-Identifier: MIT

// NICs: the bus that they sit on. A NIC is a wire, opened here so that the caller learns why it
// can't be, and a device for which the miniport driver of nic/ is installed.

#include "host_nic.h"

#include "../ndis/control.h"
#include "../nic/chaos_spec.h"
#include "../nic/miniport.h"
#include "../nic/wire_test.h"
#include "../nt/device.h"
#include "../nt/wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NIC_SERVICE "ShuttleNic"
#define CHAOS_SERVICE "ShuttleChaosNic"

static SIM_LOCK HostNicsLock; // guards the list
static struct ndishost_nic *HostNics;
static PDRIVER_OBJECT HostNicDriver; // from start to stop
static PDRIVER_OBJECT HostChaosDriver;

NTSTATUS HostNicsStart(void)
{
    NTSTATUS Status = SimDriverLoad(NIC_SERVICE, NicDriverEntry, &HostNicDriver);

    HostChaosStart();
    if (NT_SUCCESS(Status)) {
        Status = SimDriverLoad(CHAOS_SERVICE, ChaosDriverEntry, &HostChaosDriver);
    }
    return Status;
}

// ---- removal

// Does nothing for one that is removed already. When somebody holds on to the device, it stays, and
// can be removed another time.
static NTSTATUS NicRemoveDevice(struct ndishost_nic *Nic, BOOLEAN Surprise)
{
    NTSTATUS Status = STATUS_SUCCESS;

    KeWaitForSingleObject(&Nic->RemovalLock, Executive, KernelMode, FALSE, NULL);
    if (!Nic->IsRemoved) {
        Status = SimPnpRemoveDevice(Nic->Pdo, Surprise);
        Nic->IsRemoved = NT_SUCCESS(Status);
    }
    KeSetEvent(&Nic->RemovalLock, IO_NO_INCREMENT, FALSE);
    return Status;
}

static WORKER_THREAD_ROUTINE NicGoneWork;
static void NTAPI NicGoneWork(PVOID Context)
{
    struct ndishost_nic *Nic = Context;

    KeWaitForSingleObject(&Nic->Attached, Executive, KernelMode, FALSE, NULL);
    NicRemoveDevice(Nic, TRUE);
    KeSetEvent(&Nic->GoneWorkDone, IO_NO_INCREMENT, FALSE);
}

// From the miniport's thread, which the removal will wait for.
static void NicGone(struct wire_slot *Slot)
{
    struct ndishost_nic *Nic = CONTAINING_RECORD(Slot, struct ndishost_nic, Slot);

    atomic_store(&Nic->Gone, 1);
    ExQueueWorkItem(&Nic->GoneWork, DelayedWorkQueue);
}

static void NicUnlink(struct ndishost_nic *Nic)
{
    struct ndishost_nic **Link = &HostNics;

    SimLock(&HostNicsLock);
    while (*Link != Nic) {
        Link = &(*Link)->Next;
    }
    *Link = Nic->Next;
    SimUnlock(&HostNicsLock);
}

// The miniport's thread has ended: nobody can queue the work any more.
static void NicDetach(struct ndishost_nic *Nic)
{
    if (Nic->Gone) {
        KeWaitForSingleObject(&Nic->GoneWorkDone, Executive, KernelMode, FALSE, NULL);
    }
    HostChaosDetach(Nic);
    NicUnlink(Nic);
    if (Nic->Number != 0) {
        WiresRemove(Nic->Number);
    }
}

static void NicFree(struct ndishost_nic *Nic)
{
    if (Nic->Slot.wire != NULL) {
        Nic->Slot.ops->close(Nic->Slot.wire);
    }
    free(Nic);
}

ndishost_status ndishost_remove_nic(struct ndishost_nic *nic, enum ndishost_removal how)
{
    NTSTATUS Status = NicRemoveDevice(nic, how == NDISHOST_REMOVE_SURPRISE);

    if (!NT_SUCCESS(Status)) {
        return (ndishost_status)Status;
    }
    NicDetach(nic);
    NicFree(nic);
    return (ndishost_status)Status;
}

static void DriverUnload(PDRIVER_OBJECT *Driver)
{
    if (*Driver != NULL) {
        SimDriverUnload(*Driver);
        *Driver = NULL;
    }
}

// A protocol may refuse to let go of the adapter; then it is unplugged.
static void NicTakeAway(struct ndishost_nic *Nic)
{
    if (!NT_SUCCESS(ndishost_remove_nic(Nic, NDISHOST_REMOVE_ORDERLY)) &&
        !NT_SUCCESS(ndishost_remove_nic(Nic, NDISHOST_REMOVE_SURPRISE))) {
        NicUnlink(Nic); // the leak report will tell who holds it
    }
}

static struct ndishost_nic *NicOfDriver(PDRIVER_OBJECT Driver)
{
    struct ndishost_nic *Nic;

    SimLock(&HostNicsLock);
    for (Nic = HostNics; Nic != NULL && Nic->Driver != Driver; Nic = Nic->Next) {
    }
    SimUnlock(&HostNicsLock);
    return Nic;
}

BOOLEAN HostDriverHasNics(PDRIVER_OBJECT Driver)
{
    return NicOfDriver(Driver) != NULL;
}

void HostDriverRemoveNics(PDRIVER_OBJECT Driver)
{
    struct ndishost_nic *Nic;

    while ((Nic = NicOfDriver(Driver)) != NULL) {
        NicTakeAway(Nic);
    }
}

void HostNicsShutdown(void)
{
    for (struct ndishost_nic *Nic = HostNics; Nic != NULL; Nic = Nic->Next) {
        if (!Nic->IsRemoved) {
            (void)SimNdisShutdown(Nic->Pdo);
        }
    }
}

void HostNicsStop(void)
{
    while (HostNics != NULL) {
        NicTakeAway(HostNics);
    }
    DriverUnload(&HostChaosDriver);
    DriverUnload(&HostNicDriver);
}

// ---- arrival

static NTSTATUS NicReadName(struct ndishost_nic *Nic)
{
    UNICODE_STRING Name;
    NTSTATUS Status = SimNdisAdapterName(Nic->Pdo, &Name);
    size_t Bytes;

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Bytes = SimUtf8FromWide(Nic->Name, NIC_NAME_BYTES - 1, Name.Buffer,
                            Name.Length / sizeof(WCHAR));
    Nic->Name[min(Bytes, NIC_NAME_BYTES - 1)] = '\0';
    return STATUS_SUCCESS;
}

// Names and values alternate, as SimPnpAddDevice takes them.
_Static_assert(sizeof(struct ndishost_keyword) == 2 * sizeof(const char *),
               "struct ndishost_keyword is two pointers");

static NTSTATUS NicAddDevice(struct ndishost_nic *Nic, const struct ndishost_keyword *Keywords,
                             unsigned Count)
{
    NTSTATUS Status = SimPnpAddDevice(Nic->Driver, (const char *const *)Keywords, Count, &Nic->Pdo);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = NicReadName(Nic);
    if (!NT_SUCCESS(Status)) {
        SimPnpRemoveDevice(Nic->Pdo, FALSE);
    }
    return Status;
}

static void NicSay(char *Message, size_t Size, const char *Sentence)
{
    if (Size != 0) {
        snprintf(Message, Size, "%s", Sentence);
    }
}

static void NicSayStatus(char *Message, size_t Size, NTSTATUS Status)
{
    const char *Name = ndishost_status_name((ndishost_status)Status);

    snprintf(Message, Size, "the adapter could not be started: 0x%08X%s%s", (ULONG)Status,
             Name == NULL ? "" : " ", Name == NULL ? "" : Name);
}

static NTSTATUS NicAttach(struct ndishost_nic *Nic, const struct ndishost_keyword *Keywords,
                          unsigned Count, char *Message, size_t MessageSize)
{
    NTSTATUS Status;

    KeInitializeEvent(&Nic->RemovalLock, SynchronizationEvent, TRUE);
    KeInitializeEvent(&Nic->PauseLock, SynchronizationEvent, TRUE);
    KeInitializeEvent(&Nic->Attached, NotificationEvent, FALSE);
    KeInitializeEvent(&Nic->GoneWorkDone, NotificationEvent, FALSE);
    ExInitializeWorkItem(&Nic->GoneWork, NicGoneWork, Nic);
    // In the list first: the device may be gone again before its start has returned.
    SimLock(&HostNicsLock);
    Nic->Next = HostNics;
    HostNics = Nic;
    SimUnlock(&HostNicsLock);
    Status = NicAddDevice(Nic, Keywords, Count);
    if (!NT_SUCCESS(Status)) {
        Nic->IsRemoved = 1;
    }
    KeSetEvent(&Nic->Attached, IO_NO_INCREMENT, FALSE);
    if (!NT_SUCCESS(Status)) {
        NicDetach(Nic);
        NicSayStatus(Message, MessageSize, Status);
    }
    return Status;
}

static NTSTATUS NicAttachWire(struct ndishost_nic *Nic, char *Message, size_t MessageSize)
{
    char Number[12];
    const struct ndishost_keyword Keyword = {"Wire", Number};

    Nic->Slot.gone = NicGone;
    Nic->Number = WiresAdd(&Nic->Slot);
    if (Nic->Number == 0) {
        NicSay(Message, MessageSize, "there are too many NICs");
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Nic->Driver = Nic->Slot.chaos != NULL ? HostChaosDriver : HostNicDriver;
    snprintf(Number, sizeof(Number), "%u", Nic->Number);
    return NicAttach(Nic, &Keyword, 1, Message, MessageSize);
}

// `Chaos` may be NULL.
static ndishost_status NicAdd(const struct wire_ops *Ops, const char *Argument,
                              const struct chaos_settings *Chaos, struct ndishost_nic **Nic,
                              char *Message, size_t MessageSize)
{
    struct ndishost_nic *New = calloc(1, sizeof(*New));
    NTSTATUS Status;

    if (New == NULL) {
        NicSay(Message, MessageSize, "there is not enough memory");
        return (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    }
    New->Slot.ops = Ops;
    New->Slot.wire = Ops->open(Argument, &New->Slot.properties, Message, MessageSize);
    if (New->Slot.wire == NULL) {
        free(New);
        return (ndishost_status)STATUS_NO_SUCH_DEVICE;
    }
    if (Chaos != NULL) {
        HostChaosAttach(New, Chaos);
    }
    Status = NicAttachWire(New, Message, MessageSize);
    if (!NT_SUCCESS(Status)) {
        Ops->close(New->Slot.wire);
        free(New);
        return (ndishost_status)Status;
    }
    *Nic = New;
    return (ndishost_status)STATUS_SUCCESS;
}

ndishost_status ndishost_add_wire(const struct wire_ops *ops, const char *argument,
                                  struct ndishost_nic **nic, char *message, size_t message_size)
{
    char Unread[1];

    *nic = NULL;
    if (message == NULL) {
        message = Unread;
        message_size = sizeof(Unread);
    }
    if (!HostIsRunning()) {
        NicSay(message, message_size, "the system is not running");
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    return NicAdd(ops, argument, NULL, nic, message, message_size);
}

ndishost_status ndishost_add_device(struct ndishost_driver *driver,
                                    const struct ndishost_keyword *keywords, unsigned count,
                                    struct ndishost_nic **nic, char *message, size_t message_size)
{
    struct ndishost_nic *New = calloc(1, sizeof(*New));
    char Unread[1];
    NTSTATUS Status;

    *nic = NULL;
    if (message == NULL) {
        message = Unread;
        message_size = sizeof(Unread);
    }
    if (New == NULL) {
        NicSay(message, message_size, "there is not enough memory");
        return (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    }
    New->Driver = HostDriverObject(driver);
    if (New->Driver->DriverExtension->AddDevice == NULL) {
        NicSay(message, message_size, "the driver is no miniport driver: it has no AddDevice");
        free(New);
        return (ndishost_status)STATUS_INVALID_DEVICE_REQUEST;
    }
    Status = NicAttach(New, keywords, count, message, message_size);
    if (!NT_SUCCESS(Status)) {
        free(New);
        return (ndishost_status)Status;
    }
    *nic = New;
    return (ndishost_status)STATUS_SUCCESS;
}

// The wire of a spec, and what its `open` gets. NULL: no such kind.
static const struct wire_ops *NicFindKind(const char *Spec, const char **Argument)
{
    static const struct wire_ops *const Kinds[] = {&WireNull, &WireLoop, &WireTest, &WirePcap,
                                                   &WirePacket};
    size_t Length = strcspn(Spec, ":");

    *Argument = Spec[Length] == ':' ? Spec + Length + 1 : "";
    for (unsigned I = 0; I < sizeof(Kinds) / sizeof(Kinds[0]); I++) {
        if (strlen(Kinds[I]->kind) == Length && strncmp(Kinds[I]->kind, Spec, Length) == 0) {
            return Kinds[I];
        }
    }
    return NULL;
}

ndishost_status ndishost_add_nic(const char *spec, struct ndishost_nic **nic, char *message,
                                 size_t message_size)
{
    const char *ChaosText = ChaosSpecFind(spec);
    const char *Inner = spec;
    const char *Argument;
    const struct wire_ops *Kind;
    struct chaos_settings Chaos;
    char Unread[1];

    *nic = NULL;
    if (message == NULL) {
        message = Unread;
        message_size = sizeof(Unread);
    }
    if (!HostIsRunning()) {
        NicSay(message, message_size, "the system is not running");
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    if (ChaosText != NULL && !HostChaosRead(ChaosText, &Chaos, &Inner, message, message_size)) {
        return (ndishost_status)STATUS_INVALID_PARAMETER;
    }
    Kind = NicFindKind(Inner, &Argument);
    if (Kind == NULL) {
        snprintf(
            message, message_size,
            "%s: not a kind of NIC; there are null, loop, test, pcap:FILE and packet:INTERFACE, "
            "each also behind chaos+",
            Inner);
        return (ndishost_status)STATUS_INVALID_PARAMETER;
    }
    return NicAdd(Kind, Argument, ChaosText != NULL ? &Chaos : NULL, nic, message, message_size);
}

const char *ndishost_nic_name(const struct ndishost_nic *nic)
{
    return nic->Name;
}

// ---- what can be done to one that is there

// After it has gone by itself there is only the struct left.
static BOOLEAN NicIsThere(const struct ndishost_nic *Nic)
{
    return !Nic->IsRemoved;
}

NTSTATUS NicPauseFor(struct ndishost_nic *Nic, unsigned Who)
{
    NTSTATUS Status;

    KeWaitForSingleObject(&Nic->PauseLock, Executive, KernelMode, FALSE, NULL);
    Nic->PausedBy |= Who;
    Status = SimNdisPause(Nic->Pdo);
    KeSetEvent(&Nic->PauseLock, IO_NO_INCREMENT, FALSE);
    return Status;
}

NTSTATUS NicRestartFor(struct ndishost_nic *Nic, unsigned Who)
{
    NTSTATUS Status = STATUS_SUCCESS;

    KeWaitForSingleObject(&Nic->PauseLock, Executive, KernelMode, FALSE, NULL);
    Nic->PausedBy &= ~Who;
    if (Nic->PausedBy == 0) {
        Status = SimNdisRestart(Nic->Pdo);
    }
    KeSetEvent(&Nic->PauseLock, IO_NO_INCREMENT, FALSE);
    return Status;
}

ndishost_status ndishost_pause_nic(struct ndishost_nic *nic)
{
    return (ndishost_status)(NicIsThere(nic) ? NicPauseFor(nic, NIC_PAUSED_BY_PROGRAM)
                                             : STATUS_NO_SUCH_DEVICE);
}

ndishost_status ndishost_restart_nic(struct ndishost_nic *nic)
{
    return (ndishost_status)(NicIsThere(nic) ? NicRestartFor(nic, NIC_PAUSED_BY_PROGRAM)
                                             : STATUS_NO_SUCH_DEVICE);
}

static ndishost_status NicWithProtocol(struct ndishost_nic *Nic, const char *Protocol,
                                       NTSTATUS (*Do)(PDEVICE_OBJECT, PCUNICODE_STRING))
{
    WCHAR Text[128];
    size_t Capacity = sizeof(Text) / sizeof(Text[0]);
    size_t Units = SimWideFromUtf8(Text, Capacity, Protocol, strlen(Protocol));
    UNICODE_STRING Name = {.Length = (USHORT)(Units * sizeof(WCHAR)),
                           .MaximumLength = (USHORT)(Units * sizeof(WCHAR)),
                           .Buffer = Text};

    if (!NicIsThere(Nic)) {
        return (ndishost_status)STATUS_NO_SUCH_DEVICE;
    }
    if (Units > Capacity) {
        return (ndishost_status)STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return (ndishost_status)Do(Nic->Pdo, &Name);
}

ndishost_status ndishost_unbind(struct ndishost_nic *nic, const char *protocol)
{
    return NicWithProtocol(nic, protocol, SimNdisUnbind);
}

ndishost_status ndishost_bind(struct ndishost_nic *nic, const char *protocol)
{
    return NicWithProtocol(nic, protocol, SimNdisBind);
}

ndishost_status ndishost_set_power(struct ndishost_nic *nic, int d_state)
{
    if (d_state < PowerDeviceD0 || d_state > PowerDeviceD3) {
        return (ndishost_status)STATUS_INVALID_PARAMETER;
    }
    if (!NicIsThere(nic)) {
        return (ndishost_status)STATUS_NO_SUCH_DEVICE;
    }
    return (ndishost_status)SimPnpSetPower(nic->Pdo, (DEVICE_POWER_STATE)d_state);
}
