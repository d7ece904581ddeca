// SPDX-License-Identifier: MIT

// The two drivers of examples/: the miniport under the Shuttle driver, and the protocol on a NIC
// that brings every frame back. They are linked into this program, or files of Windows:
// EXAMPLE_DRIVERS is their folder then and SHUTTLE_DRIVER Shuttle's file. What the drivers do is
// seen by the functions that they call, put in by the linker's --wrap.

#include <ndis.h>

#include <ndishost.h>
#include <nt/sim.h>
#include <shuttle/ioctl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDLE_MS 60000
#define FRAMES 5

extern DRIVER_INITIALIZE MinimalProtocolDriverEntry, MinimalMiniportDriverEntry;
extern volatile LONG MinimalProtocolFrames; // of the driver that is linked in
void ShuttleDriverEntry(void);

static PDRIVER_OBJECT MiniportObject; // what SimPnpAddDevice wants to know
static volatile LONG FramesReturned;  // by the protocol

NDIS_STATUS NTAPI __real_NdisMRegisterMiniportDriver(PDRIVER_OBJECT DriverObject,
                                                     PUNICODE_STRING RegistryPath,
                                                     NDIS_HANDLE Context,
                                                     PNDIS_MINIPORT_DRIVER_CHARACTERISTICS Driver,
                                                     PNDIS_HANDLE Handle);
NDIS_STATUS NTAPI __wrap_NdisMRegisterMiniportDriver(PDRIVER_OBJECT DriverObject,
                                                     PUNICODE_STRING RegistryPath,
                                                     NDIS_HANDLE Context,
                                                     PNDIS_MINIPORT_DRIVER_CHARACTERISTICS Driver,
                                                     PNDIS_HANDLE Handle);
NDIS_STATUS NTAPI __wrap_NdisMRegisterMiniportDriver(PDRIVER_OBJECT DriverObject,
                                                     PUNICODE_STRING RegistryPath,
                                                     NDIS_HANDLE Context,
                                                     PNDIS_MINIPORT_DRIVER_CHARACTERISTICS Driver,
                                                     PNDIS_HANDLE Handle)
{
    MiniportObject = DriverObject;
    return __real_NdisMRegisterMiniportDriver(DriverObject, RegistryPath, Context, Driver, Handle);
}

VOID NTAPI __real_NdisReturnNetBufferLists(NDIS_HANDLE Binding, PNET_BUFFER_LIST Nbls, ULONG Flags);
VOID NTAPI __wrap_NdisReturnNetBufferLists(NDIS_HANDLE Binding, PNET_BUFFER_LIST Nbls, ULONG Flags);
VOID NTAPI __wrap_NdisReturnNetBufferLists(NDIS_HANDLE Binding, PNET_BUFFER_LIST Nbls, ULONG Flags)
{
    for (NET_BUFFER_LIST *Nbl = Nbls; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl)) {
        InterlockedIncrement(&FramesReturned);
    }
    __real_NdisReturnNetBufferLists(Binding, Nbls, Flags);
}

static struct ndishost_driver *LoadFile(const char *Path)
{
    struct ndishost_driver *Driver = NULL;
    char Message[1000] = "";

    if (ndishost_load(Path, &Driver, Message, sizeof(Message)) != 0) {
        fail_msg("%s", Message);
    }
    return Driver;
}

static struct ndishost_driver *LoadExample(const char *Name, PDRIVER_INITIALIZE Entry)
{
    const char *Folder = getenv("EXAMPLE_DRIVERS");
    struct ndishost_driver *Driver = NULL;
    char Path[4096];

    if (Folder != NULL) {
        snprintf(Path, sizeof(Path), "%s/%s.sys", Folder, Name);
        return LoadFile(Path);
    }
    assert_int_equal(ndishost_load_native(Name, (void *)(ULONG_PTR)Entry, &Driver), 0);
    return Driver;
}

static struct ndishost_driver *LoadShuttle(void)
{
    const char *Path = getenv("SHUTTLE_DRIVER");
    struct ndishost_driver *Driver = NULL;

    if (Path != NULL) {
        return LoadFile(Path);
    }
    assert_int_equal(ndishost_load_native("Shuttle", (void *)ShuttleDriverEntry, &Driver), 0);
    return Driver;
}

static BOOLEAN IsBound(struct ndishost_nic *Nic)
{
    return ndishost_unbind(Nic, "MinimalProtocol") == 0 &&
           ndishost_bind(Nic, "MinimalProtocol") == 0;
}

// An adapter's name has ASCII characters only.
static void OpenFirstAdapter(struct ndishost_file *File)
{
    union {
        SHUTTLE_ADAPTER_LIST List;
        UCHAR Bytes[sizeof(SHUTTLE_ADAPTER_LIST) + sizeof(SHUTTLE_ADAPTER)];
    } Answer;
    SHUTTLE_OPEN_ADAPTER Open = {.Version = SHUTTLE_ABI_VERSION};
    SHUTTLE_ADAPTER Adapter;

    assert_int_equal(
        ndishost_ioctl(File, SHUTTLE_IOCTL_LIST_ADAPTERS, NULL, 0, &Answer, sizeof(Answer), NULL),
        0);
    assert_int_equal(Answer.List.Total, 1);
    Open.NameLength = Answer.List.Adapters[0].NameLength;
    memcpy(Open.Name, Answer.List.Adapters[0].Name, Open.NameLength);
    assert_int_equal(ndishost_ioctl(File, SHUTTLE_IOCTL_OPEN_ADAPTER, &Open, sizeof(Open), &Adapter,
                                    sizeof(Adapter), NULL),
                     0);
}

// Loads Shuttle, and sends broadcast frames with it on the only adapter, each to its completion.
static void SendFrames(void)
{
    static const UCHAR Header[14] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
    static UCHAR Payload[46];
    struct ndishost_driver *Driver = LoadShuttle();
    struct ndishost_process *Process;
    struct ndishost_file *File;

    assert_int_equal(ndishost_wait_idle(IDLE_MS), 0);
    assert_int_equal(ndishost_process_create(&Process), 0);
    assert_int_equal(
        ndishost_open(Process, SHUTTLE_DEVICE_PATH, NDISHOST_READ | NDISHOST_WRITE, &File), 0);
    OpenFirstAdapter(File);
    for (unsigned Frame = 0; Frame < FRAMES; Frame++) {
        assert_int_equal(ndishost_ioctl(File, SHUTTLE_IOCTL_SEND, Header, sizeof(Header), Payload,
                                        sizeof(Payload), NULL),
                         0);
    }
    assert_int_equal(ndishost_wait_idle(IDLE_MS), 0);
    ndishost_process_exit(Process);
    assert_int_equal(ndishost_unload(Driver), 0);
}

static void Start(void)
{
    const struct ndishost_options Options = {.processors = 2, .quiet = 1};

    FramesReturned = 0;
    assert_int_equal(ndishost_start(&Options), 0);
}

static void Miniport_UnderShuttle_CompletesEveryFrame(void **State)
{
    struct ndishost_driver *Miniport;
    struct ndishost_counters Counters;
    PDEVICE_OBJECT Pdo;

    (void)State;
    Start();
    Miniport = LoadExample("minimal_miniport", MinimalMiniportDriverEntry);
    assert_int_equal(SimPnpAddDevice(MiniportObject, NULL, 0, &Pdo), 0);
    SendFrames();
    ndishost_get_counters(&Counters);
    assert_int_equal(Counters.nbls_sent, FRAMES);
    assert_int_equal(SimPnpRemoveDevice(Pdo, FALSE), 0);
    assert_int_equal(ndishost_unload(Miniport), 0);
    assert_int_equal(ndishost_stop(), 0);
}

static void Miniport_Unplugged_IsHalted(void **State)
{
    struct ndishost_driver *Miniport;
    PDEVICE_OBJECT Pdo;

    (void)State;
    Start();
    Miniport = LoadExample("minimal_miniport", MinimalMiniportDriverEntry);
    assert_int_equal(SimPnpAddDevice(MiniportObject, NULL, 0, &Pdo), 0);
    assert_int_equal(ndishost_wait_idle(IDLE_MS), 0);
    assert_int_equal(SimPnpRemoveDevice(Pdo, TRUE), 0);
    assert_int_equal(ndishost_unload(Miniport), 0);
    assert_int_equal(ndishost_stop(), 0);
}

static void Protocol_OnLoop_CountsEveryFrame(void **State)
{
    struct ndishost_driver *Protocol;
    struct ndishost_nic *Nic;
    char Message[200];

    (void)State;
    Start();
    assert_int_equal(ndishost_add_nic("loop", &Nic, Message, sizeof(Message)), 0);
    Protocol = LoadExample("minimal_protocol", MinimalProtocolDriverEntry);
    assert_int_equal(ndishost_wait_idle(IDLE_MS), 0);
    assert_true(IsBound(Nic));
    SendFrames();
    assert_int_equal(FramesReturned, FRAMES);
    assert_int_equal(ndishost_unload(Protocol), 0);
    assert_false(IsBound(Nic));
    assert_int_equal(ndishost_stop(), 0);
}

static void Protocol_AdapterRemoved_Unbinds(void **State)
{
    struct ndishost_driver *Protocol;
    struct ndishost_nic *Nic;
    char Message[200];

    (void)State;
    Start();
    Protocol = LoadExample("minimal_protocol", MinimalProtocolDriverEntry);
    assert_int_equal(ndishost_add_nic("null", &Nic, Message, sizeof(Message)), 0);
    assert_int_equal(ndishost_wait_idle(IDLE_MS), 0);
    assert_true(IsBound(Nic));
    assert_int_equal(ndishost_remove_nic(Nic, NDISHOST_REMOVE_SURPRISE), 0);
    assert_int_equal(ndishost_unload(Protocol), 0);
    assert_int_equal(ndishost_stop(), 0);
}

// The protocol wants broadcast frames only; what it gets it has seen when the call returns. Its own
// counter tells, because a frame that is lent is not returned.
static void Inject(const char *Spec)
{
    static const UCHAR Wanted[60] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
    static const UCHAR Unwanted[60] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
    struct ndishost_driver *Protocol;
    struct ndishost_nic *Nic;

    Start();
    assert_int_equal(ndishost_add_nic(Spec, &Nic, NULL, 0), 0);
    MinimalProtocolFrames = 0;
    assert_int_equal(
        ndishost_load_native("MinimalProtocol", (void *)MinimalProtocolDriverEntry, &Protocol), 0);
    assert_int_equal(ndishost_wait_bound(Nic, "MinimalProtocol", IDLE_MS), 0);
    for (LONG I = 1; I <= 40; I++) {
        assert_int_equal(ndishost_inject(Nic, Wanted, sizeof(Wanted)), 0);
        assert_int_equal(MinimalProtocolFrames, I);
        assert_int_equal(ndishost_inject(Nic, Unwanted, sizeof(Unwanted)), 0);
    }
    assert_int_equal(ndishost_pause_nic(Nic), 0);
    assert_int_equal(ndishost_inject(Nic, Wanted, sizeof(Wanted)), 0);
    assert_int_equal(ndishost_restart_nic(Nic), 0);
    assert_int_equal(ndishost_set_power(Nic, 4), 0);
    assert_int_equal(ndishost_inject(Nic, Wanted, sizeof(Wanted)), 0);
    assert_int_equal(ndishost_set_power(Nic, 1), 0);
    assert_int_equal(MinimalProtocolFrames, 40);
    assert_int_equal(ndishost_inject(Nic, Wanted, sizeof(Wanted)), 0);
    assert_int_equal(MinimalProtocolFrames, 41);
    assert_int_equal(ndishost_stop(), 0);
}

static void Protocol_Injected_CountsWhatItWants(void **State)
{
    (void)State;
    Inject("test");
    Inject("chaos:seed=1+test:1500");
}

int main(void)
{
    static const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Miniport_UnderShuttle_CompletesEveryFrame),
        cmocka_unit_test(Miniport_Unplugged_IsHalted),
        cmocka_unit_test(Protocol_OnLoop_CountsEveryFrame),
        cmocka_unit_test(Protocol_AdapterRemoved_Unbinds),
        cmocka_unit_test(Protocol_Injected_CountsWhatItWants),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}
