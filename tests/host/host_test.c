// SPDX-License-Identifier: MIT

// ndishost.h as programs use it: no Windows header here but what the test driver's header needs.

#include "../../ndishost/ndishost.h"
#include "control_driver.h"

#include <pcap/pcap.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct ndishost_driver *Driver;
static struct ndishost_process *Process;

static int Start(void **State)
{
    static const struct ndishost_options Options = {.processors = 2, .quiet = 1};

    (void)State;
    ControlCounts = (CONTROL_COUNTS){0};
    assert_int_equal(ndishost_start(&Options), 0);
    assert_int_equal(ndishost_load_native("HostTest", ControlEntry, &Driver), 0);
    assert_int_equal(ndishost_process_create(&Process), 0);
    return 0;
}

static int Stop(void **State)
{
    (void)State;
    assert_int_equal(ndishost_stop(), 0);
    assert_int_equal(ControlCounts.Creates, ControlCounts.Closes);
    assert_int_equal(ControlCounts.Creates, ControlCounts.Cleanups);
    assert_int_equal(ControlCounts.Pending, 0);
    return 0;
}

static struct ndishost_file *Open(unsigned Access)
{
    struct ndishost_file *File;

    assert_int_equal(ndishost_open(Process, CONTROL_DOS_NAME, Access, &File), 0);
    return File;
}

// ---- start and stop

static void Shutdown_DevicesAndNics_AreToldOnce(void **State)
{
    struct ndishost_nic *Nic;

    (void)State;
    assert_int_equal(ndishost_add_nic("null", &Nic, NULL, 0), 0);
    ndishost_shutdown();
    ndishost_shutdown();
    assert_int_equal(ControlCounts.Shutdowns, 1);
}

static void Start_Twice_IsRefused(void **State)
{
    (void)State;
    assert_int_equal(ndishost_start(NULL), (ndishost_status)STATUS_INVALID_DEVICE_STATE);
}

static void Start_TooManyProcessors_IsRefused(void **State)
{
    static const struct ndishost_options Options = {.processors = 65};

    (void)State;
    assert_int_equal(ndishost_start(&Options), (ndishost_status)STATUS_INVALID_PARAMETER);
    assert_int_equal(ndishost_stop(), 0);
}

static void Start_WrongRegistryFile_IsRefused(void **State)
{
    static const char Path[] = "host_test_registry.txt";
    struct ndishost_options Options = {.registry_file = Path};
    FILE *File = fopen(Path, "w");

    (void)State;
    assert_non_null(File);
    fputs("[Control]\nNoValueHere\n", File);
    fclose(File);
    assert_int_equal(ndishost_start(&Options), (ndishost_status)STATUS_REGISTRY_CORRUPT);
    remove(Path);
    assert_int_equal(ndishost_start(&Options), (ndishost_status)STATUS_REGISTRY_CORRUPT);
    assert_int_equal(ndishost_stop(), 0);
}

static void Start_AfterStop_WorksAgain(void **State)
{
    (void)State;
    for (unsigned I = 0; I < 5; I++) {
        assert_int_equal(ndishost_start(NULL), 0);
        assert_int_equal(ndishost_stop(), 0);
    }
}

static void Stop_NothingRuns_IsHarmless(void **State)
{
    struct ndishost_nic *Nic;
    struct ndishost_process *None;
    char Message[100];

    (void)State;
    assert_int_equal(ndishost_stop(), 0);
    assert_int_not_equal(ndishost_add_nic("null", &Nic, Message, sizeof(Message)), 0);
    assert_int_not_equal(ndishost_process_create(&None), 0);
    assert_int_not_equal(ndishost_load_native("X", ControlEntry, &Driver), 0);
}

static void Stop_DriverLeaksMemory_IsCounted(void **State)
{
    struct ndishost_file *File;

    Start(State);
    File = Open(0);
    assert_int_equal(ndishost_ioctl(File, CONTROL_LEAK, NULL, 0, NULL, 0, NULL), 0);
    assert_int_equal(ndishost_stop(), 1);
}

static void Stop_HandlesOpenAndRequestsPending_EndsThem(void **State)
{
    struct ndishost_request Requests[5] = {0};
    struct ndishost_file *File;

    Start(State);
    File = Open(0);
    for (unsigned I = 0; I < 5; I++) {
        assert_int_equal(ndishost_ioctl_begin(File, CONTROL_PEND, NULL, 0, NULL, 0, &Requests[I]),
                         0x103);
    }
    assert_int_equal(ndishost_stop(), 0);
    for (unsigned I = 0; I < 5; I++) {
        assert_int_equal(Requests[I].status, (ndishost_status)STATUS_CANCELLED);
        assert_null(Requests[I].irp);
    }
    assert_int_equal(ControlCounts.Unloaded, 1);
}

// ---- drivers

static void Load_EntryFails_GivesItsStatus(void **State)
{
    struct ndishost_driver *Other;

    (void)State;
    assert_int_equal(ndishost_load_native("Failing", ControlFailingEntry, &Other),
                     (ndishost_status)STATUS_DEVICE_CONFIGURATION_ERROR);
    assert_null(Other);
}

static void Load_SetParameter_IsRead(void **State)
{
    struct ndishost_file *File = Open(0);
    uint32_t Value = 0;

    (void)State;
    assert_int_equal(ndishost_ioctl(File, CONTROL_PARAMETER, NULL, 0, &Value, sizeof(Value), NULL),
                     0);
    assert_int_equal(Value, 7);
    ndishost_close(File);
    assert_int_equal(ndishost_unload(Driver), 0);
    assert_int_equal(ndishost_set_parameter("HostTest", "Test", 4711), 0);
    assert_int_equal(ndishost_load_native("HostTest", ControlEntry, &Driver), 0);
    File = Open(0);
    assert_int_equal(ndishost_ioctl(File, CONTROL_PARAMETER, NULL, 0, &Value, sizeof(Value), NULL),
                     0);
    assert_int_equal(Value, 4711);
}

static void Unload_HandleOpen_IsRefused(void **State)
{
    struct ndishost_file *File = Open(0);

    (void)State;
    assert_int_equal(ndishost_unload(Driver), (ndishost_status)STATUS_DEVICE_BUSY);
    ndishost_close(File);
    assert_int_equal(ndishost_unload(Driver), 0);
    assert_int_equal(ControlCounts.Unloaded, 1);
}

// ---- handles

static void Open_ByEitherName_Works(void **State)
{
    struct ndishost_file *File;

    (void)State;
    assert_int_equal(ndishost_open(Process, CONTROL_NT_NAME, NDISHOST_READ, &File), 0);
    ndishost_close(File);
    assert_int_equal(ControlCounts.Closes, 1);
    assert_int_equal(ndishost_open(Process, "\\\\.\\Nothing", NDISHOST_READ, &File),
                     (ndishost_status)STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(File);
}

static void Open_ByAnyFormOfTheName_Works(void **State)
{
    static const char *const Names[] = {"\\\\?\\HostTest",        "\\??\\HostTest",
                                        "\\DosDevices\\HostTest", "\\GLOBAL??\\HostTest",
                                        "\\device\\HOSTTEST",     "\\\\.\\hosttest"};
    static const char *const Bad[] = {"", "HostTest", "\\\\.\\", "\\Device", "\\Nowhere\\HostTest"};
    struct ndishost_file *File;

    (void)State;
    for (size_t I = 0; I < sizeof(Names) / sizeof(Names[0]); I++) {
        assert_int_equal(ndishost_open(Process, Names[I], NDISHOST_READ, &File), 0);
        ndishost_close(File);
    }
    for (size_t I = 0; I < sizeof(Bad) / sizeof(Bad[0]); I++) {
        assert_int_not_equal(ndishost_open(Process, Bad[I], NDISHOST_READ, &File), 0);
        assert_null(File);
    }
}

static void Open_WithoutWriteAccess_RefusesWriteRequests(void **State)
{
    struct ndishost_file *File = Open(NDISHOST_READ);
    uint8_t Header[4] = {0}, Data[6] = {100, 100, 100, 100, 100, 100};

    (void)State;
    assert_int_equal(
        ndishost_ioctl(File, CONTROL_SUM, Header, sizeof(Header), Data, sizeof(Data), NULL),
        (ndishost_status)STATUS_ACCESS_DENIED);
    ndishost_close(File);
    File = Open(NDISHOST_WRITE);
    assert_int_equal(
        ndishost_ioctl(File, CONTROL_SUM, Header, sizeof(Header), Data, sizeof(Data), NULL), 0);
}

static void Duplicate_FirstClosed_SecondWorks(void **State)
{
    struct ndishost_file *File = Open(0), *Copy;
    struct ndishost_process *Other;
    uint8_t Data[2] = {1, 2};

    (void)State;
    assert_int_equal(ndishost_process_create(&Other), 0);
    assert_int_equal(ndishost_duplicate(File, Other, &Copy), 0);
    ndishost_close(File);
    assert_int_equal(ControlCounts.Cleanups, 0);
    assert_int_equal(ndishost_ioctl(Copy, CONTROL_ECHO, Data, 2, Data, 2, NULL), 0);
    assert_int_equal(Data[0], 2);
    ndishost_process_exit(Other);
    assert_int_equal(ControlCounts.Cleanups, 1);
    assert_int_equal(ControlCounts.Closes, 1);
}

// ---- requests

static void Ioctl_Buffered_CopiesBothWays(void **State)
{
    struct ndishost_file *File = Open(0);
    uint8_t In[5] = {1, 2, 3, 4, 5}, Out[8];
    uint64_t Written = 99;

    (void)State;
    memset(Out, 0xEE, sizeof(Out));
    assert_int_equal(ndishost_ioctl(File, CONTROL_ECHO, In, 5, Out, 8, &Written), 0);
    assert_int_equal(Written, 5);
    assert_memory_equal(Out, "\5\4\3\2\1\xEE\xEE\xEE", 8);
    assert_int_equal(ndishost_ioctl(File, CONTROL_ECHO, In, 5, Out, 4, &Written),
                     (ndishost_status)STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(ndishost_ioctl(File, 0x12345, NULL, 0, NULL, 0, NULL),
                     (ndishost_status)STATUS_INVALID_DEVICE_REQUEST);
}

static void ReadWrite_Buffered_Work(void **State)
{
    struct ndishost_file *File = Open(NDISHOST_READ | NDISHOST_WRITE);
    uint8_t Data[100] = {0x77};
    uint64_t Bytes;

    (void)State;
    assert_int_equal(ndishost_write(File, Data, 100, &Bytes), 0);
    assert_int_equal(Bytes, 100);
    assert_int_equal(ndishost_read(File, Data, 50, &Bytes), 0);
    assert_int_equal(Bytes, 50);
    assert_int_equal(Data[0], 0x5A);
    assert_int_equal(Data[49], 0x5A);
    assert_int_equal(Data[50], 0);
}

struct later {
    struct ndishost_request Request;
    sem_t Completed;
    _Atomic int Times;
};

static void Completed(struct ndishost_request *Request)
{
    struct later *Later = Request->context;

    Later->Times++;
    sem_post(&Later->Completed);
}

static ndishost_status Begin(struct ndishost_file *File, uint32_t Code, struct later *Later)
{
    memset(Later, 0, sizeof(*Later));
    sem_init(&Later->Completed, 0, 0);
    Later->Request.completed = Completed;
    Later->Request.context = Later;
    return ndishost_ioctl_begin(File, Code, NULL, 0, NULL, 0, &Later->Request);
}

static void Begin_CompletedAtOnce_CallsBackOnce(void **State)
{
    struct ndishost_file *File = Open(0);
    struct later Later;

    (void)State;
    assert_int_equal(Begin(File, CONTROL_RELEASE, &Later), 0);
    assert_int_equal(Later.Times, 1);
    assert_int_equal(Later.Request.status, 0);
}

static void Begin_NeverReachesDriver_DoesNotCallBack(void **State)
{
    struct ndishost_file *File = Open(NDISHOST_READ);
    struct later Later;

    (void)State;
    assert_int_equal(Begin(File, CONTROL_SUM, &Later), (ndishost_status)STATUS_ACCESS_DENIED);
    assert_int_equal(Later.Times, 0);
    assert_null(Later.Request.irp);
}

static void Begin_Pending_CompletesWhenReleased(void **State)
{
    struct ndishost_file *File = Open(0);
    struct later Later[10];

    (void)State;
    for (unsigned I = 0; I < 10; I++) {
        assert_int_equal(Begin(File, CONTROL_PEND, &Later[I]), 0x103);
    }
    assert_int_equal(ndishost_ioctl(File, CONTROL_RELEASE, NULL, 0, NULL, 0, NULL), 0);
    for (unsigned I = 0; I < 10; I++) {
        sem_wait(&Later[I].Completed);
        assert_int_equal(Later[I].Times, 1);
        assert_int_equal(Later[I].Request.status, 0);
    }
}

static void Cancel_Pending_CompletesAsCancelled(void **State)
{
    struct ndishost_file *File = Open(0);
    struct later Later;

    (void)State;
    assert_int_equal(Begin(File, CONTROL_PEND, &Later), 0x103);
    ndishost_cancel(File, &Later.Request);
    sem_wait(&Later.Completed);
    assert_int_equal(Later.Request.status, (ndishost_status)STATUS_CANCELLED);
    ndishost_cancel(File, &Later.Request); // safe afterwards
    assert_int_equal(Later.Times, 1);
}

static void ReadWriteBegin_Pending_CompleteOnce(void **State)
{
    struct ndishost_file *File = Open(NDISHOST_READ | NDISHOST_WRITE);
    struct ndishost_request Read = {0}, Write = {0}, AtOnce = {0};
    uint8_t Data[CONTROL_READ_PENDS] = {0}, Large[CONTROL_READ_PENDS + 1];

    (void)State;
    assert_int_equal(ndishost_read_begin(File, Large, sizeof(Large), &AtOnce), 0);
    assert_int_equal(AtOnce.information, sizeof(Large));
    assert_int_equal(Large[CONTROL_READ_PENDS], 0x5A);
    Large[0] = 0x77;
    assert_int_equal(ndishost_write_begin(File, Large, sizeof(Large), &AtOnce), 0);
    assert_int_equal(AtOnce.information, sizeof(Large));

    assert_int_equal(ndishost_read_begin(File, Data, sizeof(Data), &Read), 0x103);
    assert_int_equal(ndishost_write_begin(File, Data, sizeof(Data), &Write), 0x103);
    assert_int_equal(ControlCounts.Pending, 2);
    ndishost_cancel(File, &Read);
    assert_int_equal(Read.status, (ndishost_status)STATUS_CANCELLED);
    assert_int_equal(ControlCounts.Pending, 1);
    assert_int_equal(ndishost_ioctl(File, CONTROL_RELEASE, NULL, 0, NULL, 0, NULL), 0);
    assert_int_equal(Write.status, 0);
    assert_null(Write.irp);
}

static void ReadWriteBegin_WithoutAccess_NeverReachTheDriver(void **State)
{
    struct ndishost_file *Reader = Open(NDISHOST_READ), *Writer = Open(NDISHOST_WRITE);
    struct ndishost_request Request = {0};
    uint8_t Data[4] = {0};

    (void)State;
    assert_int_equal(ndishost_read_begin(Writer, Data, sizeof(Data), &Request),
                     (ndishost_status)STATUS_ACCESS_DENIED);
    assert_int_equal(ndishost_write_begin(Reader, Data, sizeof(Data), &Request),
                     (ndishost_status)STATUS_ACCESS_DENIED);
    assert_null(Request.irp);
}

static void *Releaser(void *Context)
{
    for (unsigned I = 0; I < 2000; I++) {
        ndishost_ioctl(Context, CONTROL_RELEASE, NULL, 0, NULL, 0, NULL);
    }
    return NULL;
}

static void Cancel_RacesWithCompletion_CompletesOnce(void **State)
{
    struct ndishost_file *File = Open(0);
    pthread_t Thread;

    (void)State;
    pthread_create(&Thread, NULL, Releaser, File);
    for (unsigned I = 0; I < 2000; I++) {
        struct later Later;
        ndishost_status Status = Begin(File, CONTROL_PEND, &Later);

        assert_true(Status == 0x103 || Status == 0);
        ndishost_cancel(File, &Later.Request);
        sem_wait(&Later.Completed);
        assert_int_equal(Later.Times, 1);
        assert_true(Later.Request.status == 0 ||
                    Later.Request.status == (ndishost_status)STATUS_CANCELLED);
    }
    pthread_join(Thread, NULL);
}

static void *Waiter(void *Context)
{
    static ndishost_status Status;

    Status = ndishost_ioctl(Context, CONTROL_PEND, NULL, 0, NULL, 0, NULL);
    return &Status;
}

static void Exit_ThreadStandsInACall_ReturnsCancelled(void **State)
{
    struct ndishost_file *File = Open(0);
    pthread_t Thread;
    void *Result;

    (void)State;
    pthread_create(&Thread, NULL, Waiter, File);
    while (ReadNoFence(&ControlCounts.Pending) == 0) {
        sched_yield();
    }
    ndishost_process_exit(Process);
    pthread_join(Thread, &Result);
    assert_int_equal(*(ndishost_status *)Result, (ndishost_status)STATUS_CANCELLED);
    assert_int_equal(ControlCounts.Closes, 1);
}

// ---- NICs, counters, names

static void AddNic_BadSpec_SaysWhy(void **State)
{
    static const char *const Bad[][2] = {
        {"", "not a kind of NIC"},
        {"nul", "not a kind of NIC"},
        {"nullx", "not a kind of NIC"},
        {"loop:abc", "MTU"},
        {"pcap", "file name"},
        {"pcap:/nonexistent/x", "No such file"},
        {"packet:absent0", "no such network interface"},
    };

    (void)State;
    for (unsigned I = 0; I < sizeof(Bad) / sizeof(Bad[0]); I++) {
        struct ndishost_nic *Nic = (void *)1;
        char Message[256] = "";

        assert_int_not_equal(ndishost_add_nic(Bad[I][0], &Nic, Message, sizeof(Message)), 0);
        assert_non_null(strstr(Message, Bad[I][1]));
        assert_null(Nic);
        assert_int_not_equal(ndishost_add_nic(Bad[I][0], &Nic, NULL, 0), 0);
    }
}

static void AddNic_Many_EachHasItsName(void **State)
{
    struct ndishost_nic *Nics[20];

    (void)State;
    for (unsigned I = 0; I < 20; I++) {
        assert_int_equal(ndishost_add_nic(I % 2 == 0 ? "null" : "loop:1500", &Nics[I], NULL, 0), 0);
        assert_int_equal(strncmp(ndishost_nic_name(Nics[I]), "\\DEVICE\\{", 9), 0);
        for (unsigned J = 0; J < I; J++) {
            assert_string_not_equal(ndishost_nic_name(Nics[I]), ndishost_nic_name(Nics[J]));
        }
    }
    for (unsigned I = 0; I < 20; I += 3) {
        assert_int_equal(ndishost_remove_nic(Nics[I], NDISHOST_REMOVE_SURPRISE), 0);
    }
    assert_int_equal(ndishost_wait_idle(60000), 0);
}

static void AddNic_Pcap_LeavesAValidFile(void **State)
{
    char Name[] = "/tmp/host_testXXXXXX";
    char Spec[64], Error[PCAP_ERRBUF_SIZE];
    struct ndishost_nic *Nic;
    pcap_t *File;

    (void)State;
    close(mkstemp(Name));
    snprintf(Spec, sizeof(Spec), "pcap:%s", Name);
    assert_int_equal(ndishost_add_nic(Spec, &Nic, NULL, 0), 0);
    assert_int_equal(ndishost_remove_nic(Nic, NDISHOST_REMOVE_ORDERLY), 0);
    File = pcap_open_offline(Name, Error);
    assert_non_null(File);
    pcap_close(File);
    unlink(Name);
}

static void Counters_Requests_AreCounted(void **State)
{
    struct ndishost_file *File = Open(0);
    struct ndishost_counters Before, After;
    uint8_t Data[4] = {0};

    (void)State;
    for (unsigned I = 0; I < 100; I++) { // warm
        assert_int_equal(ndishost_ioctl(File, CONTROL_ECHO, Data, 4, Data, 4, NULL), 0);
    }
    ndishost_get_counters(&Before);
    for (unsigned I = 0; I < 1000; I++) {
        assert_int_equal(ndishost_ioctl(File, CONTROL_ECHO, Data, 4, Data, 4, NULL), 0);
    }
    ndishost_get_counters(&After);
    assert_int_equal(After.irps - Before.irps, 1000);
    assert_int_equal(After.irp_allocations - Before.irp_allocations, 0);
    assert_int_equal(After.page_locks - Before.page_locks, 0);
}

static void StatusName_KnownAndUnknown(void **State)
{
    (void)State;
    assert_string_equal(ndishost_status_name(0), "STATUS_SUCCESS");
    assert_string_equal(ndishost_status_name(0xC023002A), "NDIS_STATUS_PAUSED");
    assert_string_equal(ndishost_status_name(0xC00002B6), "STATUS_DEVICE_REMOVED");
    assert_string_equal(ndishost_status_name(0xC0010018), "NDIS_STATUS_ADAPTER_REMOVED");
    assert_null(ndishost_status_name(0x12345678));
}

#define HOST_TEST(Function) cmocka_unit_test_setup_teardown(Function, Start, Stop)

int main(void)
{
    const struct CMUnitTest Tests[] = {
        HOST_TEST(Shutdown_DevicesAndNics_AreToldOnce),
        HOST_TEST(Start_Twice_IsRefused),
        cmocka_unit_test(Start_TooManyProcessors_IsRefused),
        cmocka_unit_test(Start_WrongRegistryFile_IsRefused),
        cmocka_unit_test(Start_AfterStop_WorksAgain),
        cmocka_unit_test(Stop_NothingRuns_IsHarmless),
        cmocka_unit_test(Stop_DriverLeaksMemory_IsCounted),
        cmocka_unit_test(Stop_HandlesOpenAndRequestsPending_EndsThem),
        HOST_TEST(Load_EntryFails_GivesItsStatus),
        HOST_TEST(Load_SetParameter_IsRead),
        HOST_TEST(Unload_HandleOpen_IsRefused),
        HOST_TEST(Open_ByEitherName_Works),
        HOST_TEST(Open_ByAnyFormOfTheName_Works),
        HOST_TEST(Open_WithoutWriteAccess_RefusesWriteRequests),
        HOST_TEST(Duplicate_FirstClosed_SecondWorks),
        HOST_TEST(Ioctl_Buffered_CopiesBothWays),
        HOST_TEST(ReadWrite_Buffered_Work),
        HOST_TEST(Begin_CompletedAtOnce_CallsBackOnce),
        HOST_TEST(Begin_NeverReachesDriver_DoesNotCallBack),
        HOST_TEST(Begin_Pending_CompletesWhenReleased),
        HOST_TEST(ReadWriteBegin_Pending_CompleteOnce),
        HOST_TEST(ReadWriteBegin_WithoutAccess_NeverReachTheDriver),
        HOST_TEST(Cancel_Pending_CompletesAsCancelled),
        HOST_TEST(Cancel_RacesWithCompletion_CompletesOnce),
        HOST_TEST(Exit_ThreadStandsInACall_ReturnsCancelled),
        HOST_TEST(AddNic_BadSpec_SaysWhy),
        HOST_TEST(AddNic_Many_EachHasItsName),
        HOST_TEST(AddNic_Pcap_LeavesAValidFile),
        HOST_TEST(Counters_Requests_AreCounted),
        HOST_TEST(StatusName_KnownAndUnknown),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}
