// SPDX-License-Identifier: MIT
// Configuration, timers, work items, events, memory.

#include "fixture.h"

#include <string.h>

static NDIS_HANDLE ConfigurationOf(NDIS_HANDLE Handle)
{
    NDIS_CONFIGURATION_OBJECT Object = {0};
    NDIS_HANDLE Configuration = NULL;
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = Handle;
    assert_int_equal(NdisOpenConfigurationEx(&Object, &Configuration), 0);
    return Configuration;
}

static PNDIS_CONFIGURATION_PARAMETER Read(NDIS_HANDLE Configuration, PCWSTR Name,
                                          NDIS_PARAMETER_TYPE Type, NDIS_STATUS *Status)
{
    UNICODE_STRING Keyword;
    PNDIS_CONFIGURATION_PARAMETER Value;
    RtlInitUnicodeString(&Keyword, Name);
    NdisReadConfiguration(Status, &Value, Configuration, &Keyword, Type);
    return Value;
}

static void Config_OfAnAdapter_ReadsItsSoftwareKey(void **State)
{
    (void)State;
    NDIS_STATUS Status;
    NicAdd(0);
    NDIS_HANDLE Configuration = ConfigurationOf(Nics[0].Handle);
    PNDIS_CONFIGURATION_PARAMETER Value = Read(Configuration, L"*Speed", NdisParameterInteger,
                                               &Status);
    assert_int_equal(Status, 0);
    assert_int_equal(Value->ParameterData.IntegerData, 17);
    Value = Read(Configuration, L"Hex", NdisParameterHexInteger, &Status);
    assert_int_equal(Value->ParameterData.IntegerData, 0x1F);
    Value = Read(Configuration, L"*Speed", NdisParameterString, &Status);
    assert_int_equal(Value->ParameterType, NdisParameterString);
    assert_int_equal(Value->ParameterData.StringData.Length, 4);
    assert_null(Read(Configuration, L"Absent", NdisParameterInteger, &Status));
    assert_int_equal((int)Status, (int)NDIS_STATUS_FAILURE);
    Value = Read(Configuration, L"Environment", NdisParameterInteger, &Status);
    assert_int_equal(Value->ParameterData.IntegerData, NdisEnvironmentWindowsNt);
    PVOID Address;
    UINT Length;
    NdisReadNetworkAddress(&Status, &Address, &Length, Configuration);
    assert_int_equal(Status, 0);
    assert_int_equal(Length, 6);
    assert_memory_equal(Address, "\x02\xAB\xCD\x00\x11\x22", 6);
    NdisCloseConfiguration(Configuration);
}

static void Config_Write_CanBeReadBack(void **State)
{
    (void)State;
    NDIS_STATUS Status;
    NicAdd(0);
    NDIS_HANDLE Configuration = ConfigurationOf(Nics[0].Handle);
    UNICODE_STRING Keyword;
    RtlInitUnicodeString(&Keyword, L"Written");
    NDIS_CONFIGURATION_PARAMETER Value = {0};
    Value.ParameterType = NdisParameterInteger;
    Value.ParameterData.IntegerData = 42;
    NdisWriteConfiguration(&Status, Configuration, &Keyword, &Value);
    assert_int_equal(Status, 0);
    assert_int_equal(
        Read(Configuration, L"Written", NdisParameterInteger, &Status)->ParameterData.IntegerData,
        42);
    NdisCloseConfiguration(Configuration);
}

static NDIS_CONFIGURATION_PARAMETER Text(NDIS_PARAMETER_TYPE Type, PWSTR Characters, USHORT Bytes)
{
    NDIS_CONFIGURATION_PARAMETER Value = {0};
    Value.ParameterType = Type;
    Value.ParameterData.StringData = (UNICODE_STRING){Bytes, Bytes, Characters};
    return Value;
}

static void Config_EachType_CanBeReadBack(void **State)
{
    (void)State;
    static UCHAR Bytes[] = {1, 2, 3};
    static WCHAR Words[] = L"one\0two\0";
    NDIS_STATUS Status;
    UNICODE_STRING Keyword;
    NicAdd(0);
    NDIS_HANDLE Configuration = ConfigurationOf(Nics[0].Handle);
    RtlInitUnicodeString(&Keyword, L"Written");
    NDIS_CONFIGURATION_PARAMETER Value = Text(NdisParameterString, L"text", 8);
    NdisWriteConfiguration(&Status, Configuration, &Keyword, &Value);
    assert_int_equal(Status, 0);
    PNDIS_CONFIGURATION_PARAMETER Got = Read(Configuration, L"Written", NdisParameterString,
                                             &Status);
    assert_int_equal(Got->ParameterType, NdisParameterString);
    assert_int_equal(Got->ParameterData.StringData.Length, 8);
    Value = Text(NdisParameterMultiString, Words, sizeof(Words));
    NdisWriteConfiguration(&Status, Configuration, &Keyword, &Value);
    Got = Read(Configuration, L"Written", NdisParameterMultiString, &Status);
    assert_int_equal(Got->ParameterType, NdisParameterMultiString);
    assert_memory_equal(Got->ParameterData.StringData.Buffer, Words, sizeof(Words));
    Value.ParameterType = NdisParameterBinary;
    Value.ParameterData.BinaryData.Buffer = Bytes;
    Value.ParameterData.BinaryData.Length = sizeof(Bytes);
    NdisWriteConfiguration(&Status, Configuration, &Keyword, &Value);
    Got = Read(Configuration, L"Written", NdisParameterBinary, &Status);
    assert_int_equal(Got->ParameterType, NdisParameterBinary);
    assert_int_equal(Got->ParameterData.BinaryData.Length, sizeof(Bytes));
    assert_memory_equal(Got->ParameterData.BinaryData.Buffer, Bytes, sizeof(Bytes));
    Value.ParameterType = (NDIS_PARAMETER_TYPE)99;
    NdisWriteConfiguration(&Status, Configuration, &Keyword, &Value);
    assert_int_equal((int)Status, (int)NDIS_STATUS_NOT_SUPPORTED);
    NdisCloseConfiguration(Configuration);
}

static void SubkeyMake(PCWSTR Name)
{
    HANDLE Key, Subkey;
    UNICODE_STRING Path;
    OBJECT_ATTRIBUTES Attributes;
    assert_int_equal(
        IoOpenDeviceRegistryKey(Nics[0].Pdo, PLUGPLAY_REGKEY_DRIVER, KEY_ALL_ACCESS, &Key), 0);
    RtlInitUnicodeString(&Path, Name);
    InitializeObjectAttributes(&Attributes, &Path, OBJ_KERNEL_HANDLE, Key, NULL);
    assert_int_equal(ZwCreateKey(&Subkey, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, NULL), 0);
    ZwClose(Subkey);
    ZwClose(Key);
}

static void Config_Subkeys_ByNameAndIndex(void **State)
{
    (void)State;
    NDIS_STATUS Status;
    NDIS_HANDLE ByName, ByIndex;
    WCHAR Characters[16];
    UNICODE_STRING Name;
    NDIS_CONFIGURATION_PARAMETER Value = {.ParameterType = NdisParameterInteger};
    NicAdd(0);
    SubkeyMake(L"Queues");
    NDIS_HANDLE Configuration = ConfigurationOf(Nics[0].Handle);
    RtlInitUnicodeString(&Name, L"Absent");
    NdisOpenConfigurationKeyByName(&Status, Configuration, &Name, &ByName);
    assert_int_equal((int)Status, (int)NDIS_STATUS_FAILURE);
    assert_null(ByName);
    RtlInitUnicodeString(&Name, L"Queues");
    NdisOpenConfigurationKeyByName(&Status, Configuration, &Name, &ByName);
    assert_int_equal(Status, 0);
    Value.ParameterData.IntegerData = 42;
    RtlInitUnicodeString(&Name, L"Depth");
    NdisWriteConfiguration(&Status, ByName, &Name, &Value);
    assert_int_equal(Status, 0);
    Name = (UNICODE_STRING){0, sizeof(Characters), Characters};
    ULONG Found = 0;
    for (ULONG i = 0;; i++) {
        NdisOpenConfigurationKeyByIndex(&Status, Configuration, i, &Name, &ByIndex);
        if (Status != NDIS_STATUS_SUCCESS) {
            break;
        }
        if (Name.Length == 6 * sizeof(WCHAR) && memcmp(Characters, L"Queues", Name.Length) == 0) {
            Found +=
                Read(ByIndex, L"Depth", NdisParameterInteger, &Status)->ParameterData.IntegerData;
        }
        NdisCloseConfiguration(ByIndex);
    }
    assert_int_equal(Found, 42);
    assert_int_equal((int)Status, (int)NDIS_STATUS_FAILURE);
    assert_null(ByIndex);
    Name.MaximumLength = 2; // has no room
    NdisOpenConfigurationKeyByIndex(&Status, Configuration, 0, &Name, &ByIndex);
    assert_int_equal((int)Status, (int)NDIS_STATUS_FAILURE);
    NdisCloseConfiguration(ByName);
    NdisCloseConfiguration(Configuration);
}

static volatile LONG TimerRuns;
static KEVENT TimerRan;
static PVOID TimerContext;
static KIRQL TimerIrql;

static NDIS_TIMER_FUNCTION TimerRun;
static void NTAPI TimerRun(PVOID A, PVOID Context, PVOID B, PVOID C)
{
    (void)A, (void)B, (void)C;
    TimerContext = Context;
    TimerIrql = KeGetCurrentIrql();
    if (InterlockedIncrement(&TimerRuns) == 3) {
        KeSetEvent(&TimerRan, 0, FALSE);
    }
}

static void Timer_Periodic_RunsAtDispatchUntilCancelled(void **State)
{
    (void)State;
    NDIS_TIMER_CHARACTERISTICS C = {0};
    NDIS_HANDLE Timer;
    int Own;
    C.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    C.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    C.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    C.TimerFunction = TimerRun;
    C.FunctionContext = NULL;
    KeInitializeEvent(&TimerRan, NotificationEvent, FALSE);
    TimerRuns = 0;
    assert_int_equal(NdisAllocateTimerObject(NULL, &C, &Timer), 0);
    LARGE_INTEGER Due = {.QuadPart = -10000};
    assert_false(NdisSetTimerObject(Timer, Due, 1, &Own));
    EventWait(&TimerRan);
    assert_true(NdisCancelTimerObject(Timer));
    NdisFreeTimerObject(Timer); // its function has ended
    assert_ptr_equal(TimerContext, &Own);
    assert_int_equal(TimerIrql, DISPATCH_LEVEL);
}

static NDIS_IO_WORKITEM_FUNCTION WorkRun;
static void NTAPI WorkRun(PVOID Context, NDIS_HANDLE Item)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    NdisFreeIoWorkItem(Item);
    NdisSetEvent(Context);
}

static void WorkItem_QueuedAtDispatch_RunsAtPassive(void **State)
{
    (void)State;
    NDIS_EVENT Event;
    NdisInitializeEvent(&Event);
    NDIS_HANDLE Item = NdisAllocateIoWorkItem(NULL);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    NdisQueueIoWorkItem(Item, WorkRun, &Event);
    KeLowerIrql(Irql);
    assert_true(NdisWaitEvent(&Event, TEST_IDLE_MS));
    NdisResetEvent(&Event);
    assert_false(NdisWaitEvent(&Event, 1));
}

static void RwLock_ReadAndWrite_KeepTheIrql(void **State)
{
    (void)State;
    PNDIS_RW_LOCK_EX Lock = NdisAllocateRWLock(NULL);
    LOCK_STATE_EX Locked;
    NdisAcquireRWLockRead(Lock, &Locked, 0);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    NdisReleaseRWLock(Lock, &Locked);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    NdisAcquireRWLockWrite(Lock, &Locked, 0);
    NdisReleaseRWLock(Lock, &Locked);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    NdisFreeRWLock(Lock);
}

static void Version_IsThatOfTheHost(void **State)
{
    (void)State;
    assert_int_equal(NdisGetVersion(), 0x00060057);
}

static void Device_OfAMiniport_CanBeOpened(void **State)
{
    (void)State;
    PDEVICE_OBJECT Device;
    struct ndishost_process *Process;
    struct ndishost_file *File;
    NDIS_HANDLE Handle = NicControlDevice(&Device);
    assert_int_equal(ndishost_process_create(&Process), 0);
    assert_int_equal(ndishost_open(Process, "\\\\.\\NicControl", NDISHOST_READ, &File), 0);
    assert_int_equal(*(ULONG *)NdisGetDeviceReservedExtension(Device), 1);
    assert_int_not_equal(ndishost_ioctl(File, 0x80002000, NULL, 0, NULL, 0, NULL), 0);
    ndishost_close(File);
    ndishost_process_exit(Process);
    NdisDeregisterDeviceEx(Handle);
}

SIM_NO_THREAD_SAFETY_ANALYSIS // that is the point
    static void
    DoWaitAtDispatch(void)
{
    NDIS_EVENT Event;
    NdisInitializeEvent(&Event);
    KfRaiseIrql(DISPATCH_LEVEL);
    NdisWaitEvent(&Event, 1);
}

static void Event_WaitAtDispatch_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoWaitAtDispatch, BUGCODE_NDIS_DRIVER, "NdisWaitEvent is called at IRQL 2");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Config_OfAnAdapter_ReadsItsSoftwareKey),
        NDIS_TEST(Config_Write_CanBeReadBack),
        NDIS_TEST(Config_EachType_CanBeReadBack),
        NDIS_TEST(Config_Subkeys_ByNameAndIndex),
        NDIS_TEST(Timer_Periodic_RunsAtDispatchUntilCancelled),
        NDIS_TEST(WorkItem_QueuedAtDispatch_RunsAtPassive),
        NDIS_TEST(RwLock_ReadAndWrite_KeepTheIrql),
        NDIS_TEST(Version_IsThatOfTheHost),
        NDIS_TEST(Device_OfAMiniport_CanBeOpened),
        cmocka_unit_test(Event_WaitAtDispatch_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
