// SPDX-License-Identifier: MIT

// ndishost.h with drivers as files: NICs of a loaded miniport driver, frames in and out, what there
// is, and drivers that go away badly. No Windows header: a driver's author has none on Linux.

#include <ndishost.h>
#include <shuttle/ioctl.h>

#include "left_behind.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TIMEOUT_MS 60000
#define SUCCESS 0u
#define STATUS_DEVICE_BUSY 0x80000011u
#define STATUS_NO_MORE_ENTRIES 0x8000001Au
#define STATUS_NO_SUCH_DEVICE 0xC000000Eu
#define STATUS_INVALID_DEVICE_REQUEST 0xC0000010u
#define STATUS_BUFFER_TOO_SMALL 0xC0000023u
#define STATUS_NOT_SUPPORTED 0xC00000BBu
#define STATUS_INVALID_DEVICE_STATE 0xC0000184u
#define STATUS_INVALID_BUFFER_SIZE 0xC0000206u
#define STATUS_NOT_FOUND 0xC0000225u
#define STATUS_INVALID_PARAMETER 0xC000000Du
#define STATUS_OBJECT_NAME_COLLISION 0xC0000035u

static int Start(void **state)
{
    static const struct ndishost_options Options = {
        .processors = 2, .quiet = 1, .verify = NDISHOST_VERIFY_ON};

    (void)state;
    assert_int_equal(ndishost_start(&Options), SUCCESS);
    return 0;
}

static int Stop(void **state)
{
    (void)state;
    assert_int_equal(ndishost_stop(), 0);
    return 0;
}

static struct ndishost_driver *Load(const char *path)
{
    struct ndishost_driver *driver;
    char message[500] = "";

    if (ndishost_load(path, &driver, message, sizeof(message)) != SUCCESS) {
        fail_msg("%s", message);
    }
    return driver;
}

static struct ndishost_nic *AddNic(const char *spec)
{
    struct ndishost_nic *nic;
    char message[200] = "";

    if (ndishost_add_nic(spec, &nic, message, sizeof(message)) != SUCCESS) {
        fail_msg("%s", message);
    }
    return nic;
}

// ---- NICs of a miniport driver

static void AddDevice_Miniport_IsBoundAndListed(void **state)
{
    static const struct ndishost_keyword Keywords[] = {{"MTU", "1500"}, {"*SpeedDuplex", "0"}};
    struct ndishost_driver *miniport = Load(MINIPORT_SYS);
    struct ndishost_adapter_info adapter;
    struct ndishost_binding_info binding;
    struct ndishost_nic *nic;

    (void)state;
    Load(PROTOCOL_SYS);
    assert_int_equal(ndishost_list_adapters(NULL, 0), 0);
    assert_int_equal(ndishost_add_device(miniport, Keywords, 2, &nic, NULL, 0), SUCCESS);
    assert_int_equal(ndishost_wait_bound(nic, "MinimalProtocol", TIMEOUT_MS), SUCCESS);
    assert_int_equal(ndishost_list_adapters(&adapter, 1), 1);
    assert_string_equal(adapter.name, ndishost_nic_name(nic));
    assert_string_equal(adapter.service, "minimal_miniport");
    assert_string_equal(adapter.state, "Running");
    assert_int_equal(ndishost_list_bindings(&binding, 1), 1);
    assert_string_equal(binding.protocol, "MinimalProtocol");
    assert_string_equal(binding.adapter, adapter.name);
    assert_string_equal(binding.state, "Running");

    assert_int_equal(ndishost_pause_nic(nic), SUCCESS);
    assert_int_equal(ndishost_list_adapters(&adapter, 1), 1);
    assert_string_equal(adapter.state, "Paused");
    assert_int_equal(ndishost_restart_nic(nic), SUCCESS);
    assert_int_equal(ndishost_set_power(nic, 4), SUCCESS);
    assert_int_equal(ndishost_set_power(nic, 1), SUCCESS);
    assert_int_equal(ndishost_wait_bound(nic, NULL, TIMEOUT_MS), SUCCESS);

    assert_int_equal(ndishost_unload(miniport), STATUS_DEVICE_BUSY);
    assert_int_equal(ndishost_remove_nic(nic, NDISHOST_REMOVE_ORDERLY), SUCCESS);
    assert_int_equal(ndishost_list_bindings(NULL, 0), 0);
    assert_int_equal(ndishost_unload(miniport), SUCCESS);
}

// Stop takes the devices away before their driver.
static void AddDevice_LeftToStop_IsRemoved(void **state)
{
    struct ndishost_driver *miniport = Load(MINIPORT_SYS);
    struct ndishost_nic *nics[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(ndishost_add_device(miniport, NULL, 0, &nics[i], NULL, 0), SUCCESS);
    }
    assert_int_equal(ndishost_list_adapters(NULL, 0), 3);
}

static void AddDevice_Wrong_SaysWhy(void **state)
{
    static char Long[600];
    struct ndishost_keyword keyword = {"MTU", Long};
    struct ndishost_driver *protocol = Load(PROTOCOL_SYS), *miniport = Load(MINIPORT_SYS);
    struct ndishost_nic *nic = (void *)1;
    char message[200] = "";

    (void)state;
    assert_int_equal(ndishost_add_device(protocol, NULL, 0, &nic, message, sizeof(message)),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_non_null(strstr(message, "no miniport driver"));
    assert_null(nic);
    memset(Long, 'x', sizeof(Long) - 1);
    assert_int_equal(ndishost_add_device(miniport, &keyword, 1, &nic, message, sizeof(message)),
                     STATUS_INVALID_PARAMETER);
    assert_non_null(strstr(message, "STATUS_INVALID_PARAMETER"));
    assert_int_equal(ndishost_list_adapters(NULL, 0), 0);
    assert_int_equal(ndishost_unload(miniport), SUCCESS); // nothing is left of the attempt
}

static void Load_SameFileTwice_IsRefused(void **state)
{
    struct ndishost_driver *second;
    char message[500] = "";

    (void)state;
    Load(PROTOCOL_SYS);
    assert_int_equal(ndishost_load(PROTOCOL_SYS, &second, message, sizeof(message)),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_null(second);
    assert_non_null(strstr(message, "STATUS_OBJECT_NAME_COLLISION"));
}

// ---- bindings

static void WaitBound_NotBound_SaysSo(void **state)
{
    struct ndishost_nic *nic = AddNic("test"), *other;

    (void)state;
    assert_int_equal(ndishost_wait_bound(nic, NULL, TIMEOUT_MS), STATUS_NOT_FOUND);
    Load(PROTOCOL_SYS);
    assert_int_equal(ndishost_wait_bound(NULL, NULL, TIMEOUT_MS), SUCCESS);
    assert_int_equal(ndishost_wait_bound(nic, "minimalprotocol", TIMEOUT_MS), SUCCESS);
    assert_int_equal(ndishost_wait_bound(nic, "Other", TIMEOUT_MS), STATUS_NOT_FOUND);
    other = AddNic("null");
    assert_int_equal(ndishost_wait_bound(other, NULL, TIMEOUT_MS), SUCCESS);
    assert_int_equal(ndishost_unbind(other, "MinimalProtocol"), SUCCESS);
    assert_int_equal(ndishost_wait_bound(other, NULL, TIMEOUT_MS), STATUS_NOT_FOUND);
    assert_int_equal(ndishost_wait_bound(nic, NULL, TIMEOUT_MS), SUCCESS);
    assert_int_equal(ndishost_bind(other, "MinimalProtocol"), SUCCESS);
    assert_int_equal(ndishost_wait_bound(other, NULL, TIMEOUT_MS), SUCCESS);
    assert_int_equal(ndishost_pause_nic(nic), SUCCESS);
    assert_int_equal(ndishost_wait_bound(nic, NULL, TIMEOUT_MS), STATUS_NOT_FOUND);
}

// ---- frames

static struct ndishost_file *OpenShuttle(struct ndishost_process **process,
                                         const struct ndishost_nic *nic)
{
    struct SHUTTLE_OPEN_ADAPTER open = {.Version = SHUTTLE_ABI_VERSION};
    struct SHUTTLE_ADAPTER adapter;
    struct ndishost_file *file;
    const char *name = ndishost_nic_name(nic);

    open.NameLength = (uint32_t)strlen(name) * 2;
    for (size_t i = 0; name[i] != 0; i++) {
        open.Name[i] = (uint8_t)name[i];
    }
    assert_int_equal(ndishost_process_create(process), SUCCESS);
    assert_int_equal(
        ndishost_open(*process, SHUTTLE_DEVICE_PATH, NDISHOST_READ | NDISHOST_WRITE, &file),
        SUCCESS);
    assert_int_equal(ndishost_ioctl(file, SHUTTLE_IOCTL_OPEN_ADAPTER, &open, sizeof(open), &adapter,
                                    sizeof(adapter), NULL),
                     SUCCESS);
    return file;
}

static void SendFrame(struct ndishost_file *file, uint8_t mark)
{
    uint8_t header[14] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
    uint8_t payload[46];

    memset(payload, mark, sizeof(payload));
    assert_int_equal(ndishost_ioctl(file, SHUTTLE_IOCTL_SEND, header, sizeof(header), payload,
                                    sizeof(payload), NULL),
                     SUCCESS);
}

static void TakeSent_Frames_ComeInOrder(void **state)
{
    struct ndishost_nic *nic = AddNic("test:1500");
    struct ndishost_driver *shuttle = Load(SHUTTLE_SYS);
    struct ndishost_sent_counts counts;
    struct ndishost_process *process;
    struct ndishost_file *file;
    uint8_t frame[100];
    size_t length = 1;

    (void)state;
    assert_int_equal(ndishost_wait_bound(nic, NULL, TIMEOUT_MS), SUCCESS);
    file = OpenShuttle(&process, nic);
    assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, 0),
                     STATUS_NO_MORE_ENTRIES);
    assert_int_equal(length, 0);
    assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, 1),
                     STATUS_NO_MORE_ENTRIES);
    SendFrame(file, 0x11);
    SendFrame(file, 0x22);
    assert_int_equal(ndishost_take_sent(nic, frame, 59, &length, TIMEOUT_MS),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, 60);
    for (unsigned i = 1; i <= 2; i++) {
        assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, TIMEOUT_MS),
                         SUCCESS);
        assert_int_equal(length, 60);
        assert_int_equal(frame[0], 0xFF);
        assert_int_equal(frame[13], 0xB5);
        assert_int_equal(frame[14], 0x11 * i);
        assert_int_equal(frame[59], 0x11 * i);
    }
    assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, 0),
                     STATUS_NO_MORE_ENTRIES);

    for (unsigned i = 0; i < 1024 + 3; i++) {
        SendFrame(file, (uint8_t)i);
    }
    assert_int_equal(ndishost_get_sent_counts(nic, &counts), SUCCESS);
    assert_int_equal(counts.sent, 2 + 1024 + 3);
    assert_int_equal(counts.not_kept, 3);
    for (unsigned i = 0; i < 1024; i++) {
        assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, 0), SUCCESS);
        assert_int_equal(frame[14], (uint8_t)i);
    }
    assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, 0),
                     STATUS_NO_MORE_ENTRIES);
    ndishost_process_exit(process);
    assert_int_equal(ndishost_unload(shuttle), SUCCESS);
}

static void Inject_WrongLength_IsRefused(void **state)
{
    static uint8_t frame[1519];
    struct ndishost_nic *nic = AddNic("test:1500");

    (void)state;
    assert_int_equal(ndishost_inject(nic, frame, 0), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(ndishost_inject(nic, frame, 1519), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(ndishost_inject(nic, frame, 1518), SUCCESS); // nobody is there who wants it
    assert_int_equal(ndishost_inject(nic, frame, 1), SUCCESS);
}

static void Frames_OtherNic_IsNotSupported(void **state)
{
    struct ndishost_nic *nic = AddNic("loop");
    struct ndishost_sent_counts counts;
    uint8_t frame[60] = {0};
    size_t length = 1;

    (void)state;
    assert_int_equal(ndishost_inject(nic, frame, sizeof(frame)), STATUS_NOT_SUPPORTED);
    assert_int_equal(ndishost_take_sent(nic, frame, sizeof(frame), &length, 0),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(length, 0);
    assert_int_equal(ndishost_get_sent_counts(nic, &counts), STATUS_NOT_SUPPORTED);
}

// ---- what there is

static void ListDevices_HasNamesAndLinks(void **state)
{
    struct ndishost_device_info devices[16];
    size_t count, found = 0;

    (void)state;
    assert_int_equal(ndishost_set_parameter("left_behind", "What", LEFT_NOTHING), SUCCESS);
    Load(LEFT_BEHIND_SYS);
    Load(SHUTTLE_SYS);
    count = ndishost_list_devices(devices, 16);
    assert_in_range(count, 1, 16);
    assert_int_equal(ndishost_list_devices(NULL, 0), count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(devices[i].service, "shuttle") == 0) {
            assert_string_equal(devices[i].dos_name, SHUTTLE_DEVICE_PATH);
            assert_int_equal(strncmp(devices[i].name, "\\Device\\", 8), 0);
            found++;
        }
        assert_string_not_equal(devices[i].service, "left_behind");
    }
    assert_int_equal(found, 1);
}

static void NothingRuns_NothingIsThere(void **state)
{
    (void)state;
    assert_int_equal(ndishost_list_adapters(NULL, 0), 0);
    assert_int_equal(ndishost_list_bindings(NULL, 0), 0);
    assert_int_equal(ndishost_list_devices(NULL, 0), 0);
    assert_int_equal(ndishost_wait_bound(NULL, NULL, 0), STATUS_INVALID_DEVICE_STATE);
}

// ---- drivers that go away badly, in processes of their own

struct bad_case {
    enum left_behind what;
    int with_nic;
};

// The status of the load, or of the unload, or what stop has found.
static int RunLeftBehind(void *context)
{
    const struct ndishost_options options = {.processors = 2, .verify = NDISHOST_VERIFY_ON};
    const struct bad_case *bad = context;
    struct ndishost_driver *driver;
    struct ndishost_nic *nic;
    ndishost_status status = ndishost_start(&options);

    freopen("/dev/null", "w", stderr); // the lists of leaks are expected
    if (status == SUCCESS && bad->with_nic) {
        status = ndishost_add_nic("null", &nic, NULL, 0);
    }
    if (status == SUCCESS) {
        status = ndishost_set_parameter("left_behind", "What", bad->what);
    }
    if (status == SUCCESS) {
        status = ndishost_load(LEFT_BEHIND_SYS, &driver, NULL, 0);
    }
    if (status == SUCCESS) {
        status = ndishost_unload(driver);
    }
    unsigned leaked = ndishost_stop();
    return status != SUCCESS ? (int)status : (int)leaked;
}

static struct ndishost_outcome Outcome; // large

static void RunApart(enum left_behind what, int with_nic)
{
    struct bad_case bad = {what, with_nic};

    assert_int_equal(ndishost_run_apart(RunLeftBehind, &bad, TIMEOUT_MS, &Outcome), SUCCESS);
}

static void ExpectReturn(enum left_behind what, uint32_t value)
{
    RunApart(what, 0);
    if (Outcome.end != NDISHOST_END_RETURNED) {
        fail_msg("end %d, value %d: %s", Outcome.end, Outcome.value, Outcome.report.text);
    }
    assert_int_equal((uint32_t)Outcome.value, value);
}

static void ExpectBugCheck(enum left_behind what, int with_nic, uint32_t code, const char *text)
{
    RunApart(what, with_nic);
    assert_int_equal(Outcome.end, NDISHOST_END_BUG_CHECK);
    if (Outcome.report.code != code || strstr(Outcome.report.text, text) == NULL) {
        fail_msg("no 0x%X with '%s' but: %s", code, text, Outcome.report.text);
    }
}

static void Unload_NothingLeft_IsClean(void **state)
{
    (void)state;
    ExpectReturn(LEFT_NOTHING, 0);
}

static void Unload_ProtocolOrMiniportRegistered_IsReported(void **state)
{
    (void)state;
    ExpectBugCheck(LEFT_PROTOCOL, 1, 0x7C,
                   "left_behind.sys goes away and leaves a registered protocol behind");
    assert_string_equal(Outcome.report.name, "BUGCODE_NDIS_DRIVER");
    assert_int_equal(Outcome.report.parameters[0], 0x1010);
    assert_null(Outcome.report.rule);
    ExpectBugCheck(LEFT_MINIPORT, 0, 0x7C, "leaves a registered miniport driver behind");
}

static void Unload_DeviceAndLinkLeft_AreCounted(void **state)
{
    (void)state;
    ExpectReturn(LEFT_DEVICE, 3); // and the driver object, which the device holds
}

static void Unload_PoolLeft_IsCounted(void **state)
{
    (void)state;
    ExpectReturn(LEFT_POOL, 1);
}

static void Load_EntryFails_IsClean(void **state)
{
    (void)state;
    ExpectReturn(LEFT_FAILED_QUIETLY, STATUS_NO_SUCH_DEVICE);
    ExpectBugCheck(LEFT_FAILED_ENTRY, 0, 0x7C, "a registered protocol");
}

static void Unload_NoRoutine_IsRefused(void **state)
{
    (void)state;
    ExpectReturn(LEFT_NO_UNLOAD, STATUS_INVALID_DEVICE_REQUEST);
}

static void Report_VerifierRule_IsStructured(void **state)
{
    (void)state;
    ExpectBugCheck(LEFT_NBL_FREED_TWICE, 0, 0xC4, "the first was by DriverEntry (left_behind.c:");
    assert_string_equal(Outcome.report.name, "DRIVER_VERIFIER_DETECTED_VIOLATION");
    assert_string_equal(Outcome.report.rule, "PV-03");
    assert_non_null(strstr(Outcome.report.text, Outcome.report.title));
    assert_non_null(strstr(Outcome.report.text, Outcome.report.fix));
}

// ---- processes that end otherwise

static int ReturnNumber(void *context)
{
    return *(const int *)context;
}

static int Exit(void *context)
{
    exit(*(const int *)context);
}

static int Hang(void *context)
{
    for (;;) {
        pause();
    }
    return *(const int *)context;
}

static int Die(void *context)
{
    raise(SIGKILL);
    return *(const int *)context;
}

static void RunApart_OtherEnds_AreToldApart(void **state)
{
    int number = 42;

    (void)state;
    assert_int_equal(ndishost_run_apart(ReturnNumber, &number, TIMEOUT_MS, &Outcome), SUCCESS);
    assert_int_equal(Outcome.end, NDISHOST_END_RETURNED);
    assert_int_equal(Outcome.value, 42);
    assert_int_equal(ndishost_run_apart(Exit, &number, TIMEOUT_MS, &Outcome), SUCCESS);
    assert_int_equal(Outcome.end, NDISHOST_END_EXITED);
    assert_int_equal(Outcome.value, 42);
    assert_int_equal(ndishost_run_apart(Hang, &number, 10, &Outcome), SUCCESS);
    assert_int_equal(Outcome.end, NDISHOST_END_TIMEOUT);
    assert_int_equal(ndishost_run_apart(Die, &number, TIMEOUT_MS, &Outcome), SUCCESS);
    assert_int_equal(Outcome.end, NDISHOST_END_SIGNAL);
    assert_int_equal(Outcome.value, SIGKILL);
}

static void RunApart_SystemRuns_IsRefused(void **state)
{
    int number = 42;

    Start(state);
    assert_int_equal(ndishost_run_apart(ReturnNumber, &number, TIMEOUT_MS, &Outcome),
                     STATUS_INVALID_DEVICE_STATE);
    Stop(state);
}

static jmp_buf AfterBugCheck;

static void LeaveBugCheck(uint32_t code, const char *report)
{
    struct ndishost_report *newest = &Outcome.report;

    if (ndishost_last_report(newest) != 1 || newest->code != code ||
        strcmp(newest->text, report) != 0) {
        _exit(1);
    }
    longjmp(AfterBugCheck, 1);
}

// Through the frames of a .sys, on the program's own thread. The system is lost, so all this is in
// a process that ends.
static int CatchWithJump(void *context)
{
    const struct ndishost_options options = {
        .processors = 2, .verify = NDISHOST_VERIFY_ON, .on_bug_check = LeaveBugCheck};
    struct ndishost_driver *driver;

    (void)context;
    if (ndishost_last_report(&Outcome.report) != 0 || ndishost_start(&options) != SUCCESS ||
        ndishost_set_parameter("left_behind", "What", LEFT_LOCK_NOT_HELD) != SUCCESS) {
        return 1;
    }
    if (setjmp(AfterBugCheck) == 0) {
        ndishost_load(LEFT_BEHIND_SYS, &driver, NULL, 0);
        return 2;
    }
    return strcmp(Outcome.report.rule, "VER-11") == 0 ? 3 : 4;
}

static void OnBugCheck_LeavesByJump_HasTheReport(void **state)
{
    (void)state;
    assert_int_equal(ndishost_run_apart(CatchWithJump, NULL, TIMEOUT_MS, &Outcome), SUCCESS);
    assert_int_equal(Outcome.end, NDISHOST_END_RETURNED);
    assert_int_equal(Outcome.value, 3);
}

#define WITH_SYSTEM(Test) cmocka_unit_test_setup_teardown(Test, Start, Stop)

int main(void)
{
    static const struct CMUnitTest Tests[] = {
        WITH_SYSTEM(AddDevice_Miniport_IsBoundAndListed),
        WITH_SYSTEM(AddDevice_LeftToStop_IsRemoved),
        WITH_SYSTEM(AddDevice_Wrong_SaysWhy),
        WITH_SYSTEM(Load_SameFileTwice_IsRefused),
        WITH_SYSTEM(WaitBound_NotBound_SaysSo),
        WITH_SYSTEM(TakeSent_Frames_ComeInOrder),
        WITH_SYSTEM(Inject_WrongLength_IsRefused),
        WITH_SYSTEM(Frames_OtherNic_IsNotSupported),
        WITH_SYSTEM(ListDevices_HasNamesAndLinks),
        cmocka_unit_test(NothingRuns_NothingIsThere),
        cmocka_unit_test(Unload_NothingLeft_IsClean),
        cmocka_unit_test(Unload_ProtocolOrMiniportRegistered_IsReported),
        cmocka_unit_test(Unload_DeviceAndLinkLeft_AreCounted),
        cmocka_unit_test(Unload_PoolLeft_IsCounted),
        cmocka_unit_test(Load_EntryFails_IsClean),
        cmocka_unit_test(Unload_NoRoutine_IsRefused),
        cmocka_unit_test(Report_VerifierRule_IsStructured),
        cmocka_unit_test(RunApart_OtherEnds_AreToldApart),
        cmocka_unit_test(RunApart_SystemRuns_IsRefused),
        cmocka_unit_test(OnBugCheck_LeavesByJump_HasTheReport),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}
