// SPDX-License-Identifier: MIT

// Services of the executive and the I/O manager: allocated timers, callback objects, one-time
// initialization, event tracing, events and files by handle, error log, shutdown, what is said
// about the machine, and what says that it is not there.

#define _GNU_SOURCE

#include "io_test.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wait.h"
#include "wide.h"

// ---- ExAllocateTimer

typedef struct TICKS {
    KEVENT Enough; // after Wanted calls
    KEVENT Freed;
    _Atomic LONG Count;
    LONG Wanted;
} TICKS;

static TICKS *TicksOf(TICKS *Ticks, LONG Wanted)
{
    *Ticks = (TICKS){.Wanted = Wanted};
    KeInitializeEvent(&Ticks->Enough, NotificationEvent, FALSE);
    KeInitializeEvent(&Ticks->Freed, NotificationEvent, FALSE);
    return Ticks;
}

static EXT_CALLBACK Tick;
static VOID NTAPI Tick(PEX_TIMER Timer, PVOID Context)
{
    TICKS *Ticks = Context;
    assert_non_null(Timer);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    if (atomic_fetch_add(&Ticks->Count, 1) + 1 == Ticks->Wanted) {
        KeSetEvent(&Ticks->Enough, 0, FALSE);
    }
}

static EXT_DELETE_CALLBACK TimerFreed;
static VOID NTAPI TimerFreed(PVOID Context)
{
    KeSetEvent(&((TICKS *)Context)->Freed, 0, FALSE);
}

static void WaitFor(PVOID Object)
{
    assert_int_equal(KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL), 0);
}

#define MILLISECOND 10000ll
#define FAR_AWAY (-3600000 * MILLISECOND)

static void ExTimer_Periodic_CallsUntilCancelled(void **State)
{
    (void)State;
    TICKS Ticks;
    PEX_TIMER Timer = ExAllocateTimer(Tick, TicksOf(&Ticks, 3), EX_TIMER_HIGH_RESOLUTION);
    assert_non_null(Timer);
    assert_false(ExSetTimer(Timer, -1, MILLISECOND / 2, NULL)); // the period becomes 1 ms
    WaitFor(&Ticks.Enough);
    assert_true(ExCancelTimer(Timer, NULL));
    assert_false(ExCancelTimer(Timer, NULL));
    assert_false(ExDeleteTimer(Timer, TRUE, TRUE, NULL));
    assert_true(Ticks.Count >= 3); // no call comes any more: Ticks goes away
}

static void ExTimer_Set_CanBeWaitedFor(void **State)
{
    (void)State;
    PEX_TIMER Timer = ExAllocateTimer(NULL, NULL, EX_TIMER_NOTIFICATION);
    LARGE_INTEGER None = {.QuadPart = 0};
    assert_false(ExSetTimer(Timer, FAR_AWAY, 0, NULL));
    assert_int_equal(KeWaitForSingleObject(Timer, Executive, KernelMode, FALSE, &None),
                     STATUS_TIMEOUT);
    assert_true(ExSetTimer(Timer, -1, 0, NULL)); // replaces the other time
    WaitFor(Timer);
    WaitFor(Timer); // it stays signalled
    assert_false(ExDeleteTimer(Timer, TRUE, TRUE, NULL));
    assert_null(ExAllocateTimer(NULL, NULL, 1));
}

static void ExTimer_DeletedSet_IsCancelledAndFreed(void **State)
{
    (void)State;
    TICKS Ticks;
    EXT_DELETE_PARAMETERS Delete;
    PEX_TIMER Timer = ExAllocateTimer(Tick, TicksOf(&Ticks, 1), 0);
    ExInitializeDeleteTimerParameters(&Delete);
    Delete.DeleteCallback = TimerFreed;
    Delete.DeleteContext = &Ticks;
    ExSetTimer(Timer, FAR_AWAY, 0, NULL);
    KIRQL Irql = KfRaiseIrql(DISPATCH_LEVEL);
    assert_true(ExDeleteTimer(Timer, TRUE, FALSE, &Delete));
    KeLowerIrql(Irql);
    WaitFor(&Ticks.Freed);
    assert_int_equal(Ticks.Count, 0);
}

static void ExTimer_DeletedNotCancelled_ExpiresOnceMore(void **State)
{
    (void)State;
    TICKS Ticks;
    EXT_DELETE_PARAMETERS Delete;
    PEX_TIMER Timer = ExAllocateTimer(Tick, TicksOf(&Ticks, 1), 0);
    ExInitializeDeleteTimerParameters(&Delete);
    Delete.DeleteCallback = TimerFreed;
    Delete.DeleteContext = &Ticks;
    ExSetTimer(Timer, -5 * MILLISECOND, MILLISECOND, NULL);
    assert_false(ExDeleteTimer(Timer, FALSE, FALSE, &Delete));
    WaitFor(&Ticks.Freed);
    assert_true(Ticks.Count >= 1);
}

static void DeleteAtDispatchAndWait(void)
{
    PEX_TIMER Timer = ExAllocateTimer(NULL, NULL, 0);
    KfRaiseIrql(DISPATCH_LEVEL);
    ExDeleteTimer(Timer, TRUE, TRUE, NULL);
}

static void SetDeleted(void)
{
    PEX_TIMER Timer = ExAllocateTimer(NULL, NULL, 0);
    ExSetTimer(Timer, FAR_AWAY, 0, NULL);
    ExDeleteTimer(Timer, FALSE, FALSE, NULL);
    ExSetTimer(Timer, -1, 0, NULL);
}

static void ExTimer_Misused_StopsByName(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(DeleteAtDispatchAndWait, 0xC4, "ExDeleteTimer");
    IO_EXPECT_BUG_CHECK(SetDeleted, TIMER_OR_DPC_INVALID, "ExSetTimer", "deleted");
}

static void ExTimer_Resolution_IsOneOfWindows(void **State)
{
    (void)State;
    ULONG Maximum, Minimum, Current;
    ExQueryTimerResolution(&Maximum, &Minimum, &Current);
    assert_true(Minimum <= Current && Current <= Maximum);
    assert_int_equal(ExSetTimerResolution(10000, TRUE), Current);
}

// ---- callback objects

static unsigned Order;

static CALLBACK_FUNCTION Note;
static VOID NTAPI Note(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    unsigned Who = (unsigned)(ULONG_PTR)CallbackContext;
    assert_ptr_equal(Argument1, &Order);
    assert_ptr_equal(Argument2, NULL);
    Order = Order * 10 + Who;
}

static OBJECT_ATTRIBUTES Named(PUNICODE_STRING Name, ULONG Flags)
{
    OBJECT_ATTRIBUTES Attributes;
    InitializeObjectAttributes(&Attributes, Name, OBJ_KERNEL_HANDLE | Flags, NULL, NULL);
    return Attributes;
}

static void Callback_Notified_CallsInOrder(void **State)
{
    (void)State;
    UNICODE_STRING Name = SimWideString(L"\\Callback\\Test");
    OBJECT_ATTRIBUTES Attributes = Named(&Name, 0);
    PCALLBACK_OBJECT Object, Same;
    assert_int_equal(ExCreateCallback(&Object, &Attributes, FALSE, TRUE),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(ExCreateCallback(&Object, &Attributes, TRUE, TRUE), 0);
    assert_int_equal(ExCreateCallback(&Same, &Attributes, FALSE, FALSE), 0);
    assert_ptr_equal(Object, Same);
    PVOID First = ExRegisterCallback(Object, Note, (PVOID)1);
    PVOID Second = ExRegisterCallback(Same, Note, (PVOID)2);
    Order = 0;
    KIRQL Irql = KfRaiseIrql(DISPATCH_LEVEL);
    ExNotifyCallback(Object, &Order, NULL);
    KeLowerIrql(Irql);
    assert_int_equal(Order, 12);
    ExUnregisterCallback(First);
    ExNotifyCallback(Object, &Order, NULL);
    assert_int_equal(Order, 122);
    ExUnregisterCallback(Second);
    ObDereferenceObject(Same);
    ObDereferenceObject(Object);
}

static void Callback_ForOne_RefusesTheSecond(void **State)
{
    (void)State;
    PCALLBACK_OBJECT Object;
    assert_int_equal(ExCreateCallback(&Object, NULL, FALSE, TRUE), STATUS_UNSUCCESSFUL);
    assert_int_equal(ExCreateCallback(&Object, NULL, TRUE, FALSE), 0);
    PVOID First = ExRegisterCallback(Object, Note, NULL);
    assert_non_null(First);
    assert_null(ExRegisterCallback(Object, Note, NULL));
    ExUnregisterCallback(First);
    ObDereferenceObject(Object);
}

typedef struct LEAVING {
    PCALLBACK_OBJECT Object;
    PVOID Registration;
    KEVENT Inside, Leave;
    _Atomic BOOLEAN Returned;
} LEAVING;

static CALLBACK_FUNCTION Stay;
static VOID NTAPI Stay(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    LEAVING *Leaving = CallbackContext;
    (void)Argument1, (void)Argument2;
    KeSetEvent(&Leaving->Inside, 0, FALSE);
    WaitFor(&Leaving->Leave);
    atomic_store(&Leaving->Returned, TRUE);
}

static void NotifyOrUnregister(unsigned Number, void *Context)
{
    LEAVING *Leaving = Context;
    if (Number == 0) {
        ExNotifyCallback(Leaving->Object, NULL, NULL);
    } else if (Number == 1) {
        WaitFor(&Leaving->Inside);
        ExUnregisterCallback(Leaving->Registration);
        assert_true(Leaving->Returned);
    } else {
        WaitFor(&Leaving->Inside);
        KeSetEvent(&Leaving->Leave, 0, FALSE);
    }
}

static void Callback_UnregisteredWhileCalled_WaitsForTheCall(void **State)
{
    (void)State;
    LEAVING Leaving = {0};
    KeInitializeEvent(&Leaving.Inside, NotificationEvent, FALSE);
    KeInitializeEvent(&Leaving.Leave, NotificationEvent, FALSE);
    assert_int_equal(ExCreateCallback(&Leaving.Object, NULL, TRUE, TRUE), 0);
    Leaving.Registration = ExRegisterCallback(Leaving.Object, Stay, &Leaving);
    NtTestThreads(3, NotifyOrUnregister, &Leaving);
    ObDereferenceObject(Leaving.Object);
}

// ---- RtlRunOnce

typedef struct ONCE {
    RTL_RUN_ONCE Once;
    _Atomic LONG Calls;
    LONG Value __attribute__((aligned(8)));
} ONCE;

static RTL_RUN_ONCE_INIT_FN InitializeValue;
static ULONG NTAPI InitializeValue(PRTL_RUN_ONCE RunOnce, PVOID Parameter, PVOID *Context)
{
    ONCE *Once = Parameter;
    assert_ptr_equal(RunOnce, &Once->Once);
    if (atomic_fetch_add(&Once->Calls, 1) == 0) {
        return FALSE; // the first attempt fails
    }
    Once->Value = 5;
    *Context = &Once->Value;
    return TRUE;
}

static void RunTheOnce(unsigned Number, void *Context)
{
    ONCE *Once = Context;
    PVOID Value = NULL;
    (void)Number;
    while (RtlRunOnceExecuteOnce(&Once->Once, InitializeValue, Once, &Value) != STATUS_SUCCESS) {
        assert_null(Value);
    }
    assert_ptr_equal(Value, &Once->Value);
    assert_int_equal(*(LONG *)Value, 5);
}

static void RunOnce_ManyThreads_OneInitializes(void **State)
{
    (void)State;
    ONCE Once = {.Calls = 0};
    RtlRunOnceInitialize(&Once.Once);
    NtTestThreads(8, RunTheOnce, &Once);
    assert_int_equal(Once.Calls, 2);
}

static void RunOnce_Asynchronous_FirstToCompleteWins(void **State)
{
    (void)State;
    RTL_RUN_ONCE Once;
    PVOID Context = NULL;
    const ULONG Async = RTL_RUN_ONCE_ASYNC;
    RtlRunOnceInitialize(&Once);
    assert_int_equal(RtlRunOnceBeginInitialize(&Once, RTL_RUN_ONCE_CHECK_ONLY, NULL),
                     STATUS_UNSUCCESSFUL);
    assert_int_equal(RtlRunOnceComplete(&Once, 0, NULL), STATUS_UNSUCCESSFUL);
    assert_int_equal(RtlRunOnceBeginInitialize(&Once, Async, &Context), STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&Once, Async, &Context), STATUS_PENDING);
    assert_int_equal(RtlRunOnceBeginInitialize(&Once, 0, &Context), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlRunOnceComplete(&Once, Async, (PVOID)1), STATUS_INVALID_PARAMETER_3);
    assert_int_equal(RtlRunOnceComplete(&Once, Async, (PVOID)8), 0);
    assert_int_equal(RtlRunOnceComplete(&Once, Async, (PVOID)16), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(RtlRunOnceBeginInitialize(&Once, 0, &Context), 0);
    assert_ptr_equal(Context, (PVOID)8);
    assert_int_equal(RtlRunOnceBeginInitialize(&Once, Async | RTL_RUN_ONCE_CHECK_ONLY, NULL),
                     STATUS_INVALID_PARAMETER_2);
}

// ---- event tracing

static void Etw_NoSession_NothingIsEnabled(void **State)
{
    (void)State;
    static const GUID Id = {1, 2, 3, {4}};
    EVENT_DESCRIPTOR Event = {.Id = 1};
    REGHANDLE Provider = 0;
    assert_int_equal(EtwRegister(NULL, NULL, NULL, &Provider), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwRegister(&Id, NULL, NULL, &Provider), 0);
    assert_false(EtwEventEnabled(Provider, &Event));
    assert_false(EtwProviderEnabled(Provider, 5, 0));
    assert_int_equal(EtwWrite(Provider, &Event, NULL, 0, NULL), 0);
    assert_int_equal(EtwWriteTransfer(Provider, &Event, NULL, NULL, 0, NULL), 0);
    assert_int_equal(EtwWriteEx(Provider, &Event, 0, 0, NULL, NULL, 0, NULL), 0);
    assert_int_equal(EtwWriteString(Provider, 1, 0, NULL, L"text"), 0);
    assert_int_equal(EtwSetInformation(Provider, EventProviderSetTraits, NULL, 0), 0);
    assert_int_equal(EtwSetInformation(Provider, (EVENT_INFO_CLASS)99, NULL, 0),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwUnregister(Provider), 0);
    assert_int_equal(EtwUnregister(Provider), STATUS_INVALID_HANDLE);
    assert_int_equal(EtwWrite(Provider, &Event, NULL, 0, NULL), STATUS_INVALID_HANDLE);
    assert_int_equal(EtwWriteString(0, 1, 0, NULL, L"text"), STATUS_INVALID_HANDLE);
}

static void Etw_StillRegisteredAtTheEnd_IsALeak(void **State)
{
    (void)State;
    static const GUID Id = {1, 2, 3, {4}};
    REGHANDLE Provider;
    assert_int_equal(EtwRegister(&Id, NULL, NULL, &Provider), 0);
    assert_int_equal(IoTestStop() + NtTestStop(), 1);
    NtTestStart(4);
    IoTestStart();
}

static void Etw_ActivityId_BelongsToTheThread(void **State)
{
    (void)State;
    static const GUID Zero;
    GUID Set = {9, 8, 7, {6}};
    GUID Id = Set;
    assert_int_equal(EtwActivityIdControl(2, &Id), 0); // set
    assert_int_equal(EtwActivityIdControl(1, &Id), 0); // get
    assert_memory_equal(&Id, &Set, sizeof(Id));
    assert_int_equal(EtwActivityIdControl(5, &Id), 0); // create and set
    assert_memory_equal(&Id, &Set, sizeof(Id));
    Id = Zero;
    assert_int_equal(EtwActivityIdControl(4, &Id), 0); // get and set
    assert_memory_not_equal(&Id, &Set, sizeof(Id));
    assert_memory_not_equal(&Id, &Zero, sizeof(Id));
    assert_int_equal(EtwActivityIdControl(3, &Set), 0); // create
    assert_memory_not_equal(&Id, &Set, sizeof(Id));
    assert_int_equal(EtwActivityIdControl(6, &Id), STATUS_INVALID_PARAMETER);
    assert_int_equal(EtwActivityIdControl(1, &Id), 0);
    assert_memory_equal(&Id, &Zero, sizeof(Id));
}

// ---- handles to events

static void ZwEvent_ByName_IsOneEvent(void **State)
{
    (void)State;
    UNICODE_STRING Name = SimWideString(L"\\BaseNamedObjects\\Test");
    OBJECT_ATTRIBUTES Attributes = Named(&Name, 0);
    OBJECT_ATTRIBUTES OpenIf = Named(&Name, OBJ_OPENIF);
    LARGE_INTEGER None = {.QuadPart = 0};
    HANDLE First, Second, Third, Copy;
    LONG Before = 5;
    assert_int_equal(ZwOpenEvent(&First, SYNCHRONIZE, &Attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(ZwCreateEvent(&First, SYNCHRONIZE, &Attributes, SynchronizationEvent, FALSE),
                     0);
    assert_int_equal(ZwCreateEvent(&Second, SYNCHRONIZE, &Attributes, NotificationEvent, FALSE),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(ZwCreateEvent(&Second, SYNCHRONIZE, &OpenIf, NotificationEvent, TRUE),
                     STATUS_OBJECT_NAME_EXISTS);
    assert_int_equal(ZwOpenEvent(&Third, SYNCHRONIZE, &Attributes), 0);
    assert_int_equal(ZwDuplicateObject(ZwCurrentProcess(), Third, ZwCurrentProcess(), &Copy, 0,
                                       OBJ_KERNEL_HANDLE, 3),
                     0); // same access, and closes Third
    assert_int_equal(ZwSetEvent(Third, NULL), STATUS_INVALID_HANDLE);
    assert_int_equal(ZwSetEvent(Copy, &Before), 0);
    assert_int_equal(Before, 0);
    assert_int_equal(ZwWaitForSingleObject(First, FALSE, &None), 0);
    assert_int_equal(ZwWaitForSingleObject(Second, FALSE, &None), STATUS_TIMEOUT); // it is one
    assert_int_equal(ZwClose(First) | ZwClose(Second) | ZwClose(Copy), 0);
    assert_int_equal(ZwOpenEvent(&First, SYNCHRONIZE, &Attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(ZwCreateEvent(&First, SYNCHRONIZE, NULL, (EVENT_TYPE)7, FALSE),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(ZwDuplicateObject(ZwCurrentProcess(), Copy, NULL, &Copy, 0, 0, 0),
                     STATUS_INVALID_HANDLE);
}

static void IoEvent_ByName_KeepsItsKind(void **State)
{
    (void)State;
    UNICODE_STRING Name = SimWideString(L"\\BaseNamedObjects\\Test");
    HANDLE First, Second;
    PKEVENT Event = IoCreateSynchronizationEvent(&Name, &First);
    assert_non_null(Event);
    assert_int_equal(KeReadStateEvent(Event), 1);
    assert_ptr_equal(IoCreateNotificationEvent(&Name, &Second), Event);
    WaitFor(Event);
    assert_int_equal(KeReadStateEvent(Event), 0); // still a synchronization event
    assert_int_equal(ZwClose(First) | ZwClose(Second), 0);
}

// ---- files by handle

static NTSTATUS Echo(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    PUCHAR Data = Irp->AssociatedIrp.SystemBuffer;
    assert_non_null(Stack->FileObject);
    switch (Stack->MajorFunction) {
    case IRP_MJ_READ:
        memset(Data, 'r', Stack->Parameters.Read.Length);
        return TestComplete(Irp, STATUS_SUCCESS, Stack->Parameters.Read.Length);
    case IRP_MJ_WRITE:
        assert_memory_equal(Data, "data", 4);
        return TestComplete(Irp, STATUS_SUCCESS, Stack->Parameters.Write.Length);
    case IRP_MJ_FLUSH_BUFFERS:
        return TestComplete(Irp, STATUS_SUCCESS, 0);
    default:
        Data[0]++;
        return TestComplete(Irp, STATUS_SUCCESS, 1);
    }
}

static HANDLE OpenTest(ACCESS_MASK Access, ULONG Options)
{
    UNICODE_STRING Name = SimWideString(L"\\DosDevices\\Test");
    OBJECT_ATTRIBUTES Attributes = Named(&Name, 0);
    IO_STATUS_BLOCK Result;
    HANDLE Handle = NULL;
    assert_int_equal(ZwCreateFile(&Handle, Access, &Attributes, &Result, NULL, 0, 0, FILE_OPEN,
                                  Options, NULL, 0),
                     0);
    assert_int_equal(Result.Information, FILE_OPENED);
    return Handle;
}

#define ALL_DATA (FILE_READ_DATA | FILE_WRITE_DATA)
#define ECHO TEST_CODE(METHOD_BUFFERED, FILE_WRITE_ACCESS)

static void ZwFile_Synchronous_ReadsWritesControls(void **State)
{
    (void)State;
    IO_STATUS_BLOCK Result;
    CHAR Text[4];
    Test.Control = Echo;
    Test.DeviceFlags = DO_BUFFERED_IO;
    TestDriverLoad();
    HANDLE File = OpenTest(ALL_DATA, FILE_SYNCHRONOUS_IO_NONALERT);
    assert_int_equal(ZwReadFile(File, NULL, NULL, NULL, &Result, Text, 4, NULL, NULL), 0);
    assert_memory_equal(Text, "rrrr", 4);
    assert_int_equal(Result.Information, 4);
    assert_int_equal(ZwWriteFile(File, NULL, NULL, NULL, &Result, (PVOID) "data", 4, NULL, NULL),
                     0);
    assert_int_equal(ZwDeviceIoControlFile(File, NULL, NULL, NULL, &Result, ECHO, Text, 1, Text, 1),
                     0);
    assert_int_equal(Text[0], 's');
    assert_int_equal(ZwFlushBuffersFile(File, &Result), 0);
    assert_int_equal(Test.Controls, 4);
    assert_int_equal(ZwClose(File), 0);
    assert_int_equal(Test.Cleanups + Test.Closes, 2);
    TestDriverUnload();
}

static void ZwFile_Asynchronous_SignalsTheEvent(void **State)
{
    (void)State;
    IO_STATUS_BLOCK Result = {.Status = 1};
    LARGE_INTEGER None = {.QuadPart = 0};
    CHAR Byte = 0;
    HANDLE Event;
    Test.Control = TestPend;
    TestDriverLoad();
    HANDLE File = OpenTest(ALL_DATA, 0);
    assert_int_equal(ZwCreateEvent(&Event, SYNCHRONIZE, NULL, NotificationEvent, TRUE), 0);
    assert_int_equal(
        ZwDeviceIoControlFile(File, Event, NULL, NULL, &Result, ECHO, &Byte, 1, NULL, 0),
        STATUS_PENDING);
    assert_int_equal(ZwWaitForSingleObject(Event, FALSE, &None), STATUS_TIMEOUT);
    TestCompletePended(STATUS_DATA_ERROR);
    assert_int_equal(ZwWaitForSingleObject(Event, FALSE, NULL), 0);
    assert_int_equal(Result.Status, STATUS_DATA_ERROR);
    assert_int_equal(ZwClose(Event) | ZwClose(File), 0);
    TestDriverUnload();
}

// The request keeps the event and the file, which is closed when it has completed.
static void ZwFile_HandlesClosedWhileItPends_BothStay(void **State)
{
    (void)State;
    IO_STATUS_BLOCK Result = {.Status = 1};
    CHAR Byte = 0;
    HANDLE Event;
    Test.Control = TestPend;
    TestDriverLoad();
    for (LONG i = 0; i < 2; i++) { // with an event, and with that of the file
        HANDLE File = OpenTest(ALL_DATA, 0);
        assert_int_equal(ZwCreateEvent(&Event, SYNCHRONIZE, NULL, NotificationEvent, FALSE), 0);
        assert_int_equal(ZwDeviceIoControlFile(File, i == 0 ? Event : NULL, NULL, NULL, &Result,
                                               ECHO, &Byte, 1, NULL, 0),
                         STATUS_PENDING);
        assert_int_equal(ZwClose(Event) | ZwClose(File), 0);
        assert_int_equal(Test.Cleanups, i + 1);
        assert_int_equal(Test.Closes, i);
        TestCompletePended(STATUS_DATA_ERROR);
        assert_int_equal(Test.Closes, i + 1);
        assert_int_equal(Result.Status, STATUS_DATA_ERROR);
    }
    TestDriverUnload();
}

static VOID NTAPI NeverCalled(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG Reserved)
{
    (void)ApcContext, (void)IoStatusBlock, (void)Reserved;
    fail();
}

static void ZwFile_Wrong_IsRefused(void **State)
{
    (void)State;
    UNICODE_STRING Path = SimWideString(L"\\??\\C:\\Windows\\file.txt");
    UNICODE_STRING Device = SimWideString(L"\\Device\\Test");
    OBJECT_ATTRIBUTES Attributes = Named(&Path, 0);
    IO_STATUS_BLOCK Result;
    FILE_POSITION_INFORMATION Position;
    CHAR Byte = 0;
    HANDLE File;
    TestDriverLoad();
    assert_true(!NT_SUCCESS(ZwOpenFile(&File, ALL_DATA, &Attributes, &Result, 0, 0)));
    Attributes = Named(&Device, 0);
    assert_int_equal(ZwOpenFile(&File, FILE_READ_DATA, &Attributes, &Result, 0, 0), 0);
    assert_int_equal(ZwWriteFile(File, NULL, NULL, NULL, &Result, &Byte, 1, NULL, NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(ZwReadFile(File, NULL, NeverCalled, NULL, &Result, &Byte, 1, NULL, NULL),
                     STATUS_NOT_IMPLEMENTED);
    assert_int_equal(ZwReadFile(File, File, NULL, NULL, &Result, &Byte, 1, NULL, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ZwQueryInformationFile(File, &Result, &Position, 1, FilePositionInformation),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(
        ZwQueryInformationFile(File, &Result, &Position, sizeof(Position), FilePositionInformation),
        0);
    assert_int_equal(
        ZwQueryInformationFile(File, &Result, &Position, sizeof(Position), FileBasicInformation),
        STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(ZwClose(File), 0);
    assert_int_equal(ZwReadFile(File, NULL, NULL, NULL, &Result, &Byte, 1, NULL, NULL),
                     STATUS_INVALID_HANDLE);
    assert_int_equal(IoCreateFile(&File, FILE_READ_DATA, &Attributes, &Result, NULL, 0, 0,
                                  FILE_OPEN, 0, NULL, 0, CreateFileTypeNamedPipe, NULL, 0),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(IoCreateFile(&File, FILE_READ_DATA, &Attributes, &Result, NULL, 0, 0,
                                  FILE_OPEN, 0, NULL, 0, CreateFileTypeNone, NULL, 0),
                     0);
    assert_int_equal(ZwClose(File), 0);
    TestDriverUnload();
}

// ---- what is printed

static int SavedError;

static int CatchErrors(void)
{
    int File = memfd_create("stderr", 0);
    assert_true(File >= 0);
    SavedError = dup(STDERR_FILENO);
    dup2(File, STDERR_FILENO);
    return File;
}

// Counts how often the text was printed meanwhile.
static unsigned CountPrinted(int File, const char *Text)
{
    static char All[4096];
    unsigned Found = 0;
    dup2(SavedError, STDERR_FILENO);
    close(SavedError);
    ssize_t Bytes = pread(File, All, sizeof(All) - 1, 0);
    close(File);
    assert_true(Bytes >= 0);
    All[Bytes] = 0;
    for (const char *At = strstr(All, Text); At != NULL; At = strstr(At + 1, Text)) {
        Found++;
    }
    return Found;
}

static void ErrorLog_Entry_IsOneLine(void **State)
{
    (void)State;
    TestDriverLoad();
    assert_null(IoAllocateErrorLogEntry(Test.Device, sizeof(IO_ERROR_LOG_PACKET) - 1));
    assert_null(IoAllocateErrorLogEntry(Test.Device, 241));
    PIO_ERROR_LOG_PACKET Entry = IoAllocateErrorLogEntry(Test.Device, sizeof(*Entry));
    Entry->ErrorCode = (NTSTATUS)0xC0041234;
    int File = CatchErrors();
    IoWriteErrorLogEntry(Entry);
    assert_int_equal(CountPrinted(File, "0xC0041234"), 1);
    IoFreeErrorLogEntry(IoAllocateErrorLogEntry(Test.Device, sizeof(*Entry)));
    TestDriverUnload();
}

static NTAPI ULONG PrintList(PCSTR Format, ...)
{
    SIM_VA_LIST List;
    SIM_VA_START(List, Format);
    ULONG Status = vDbgPrintEx(0, 0, Format, List);
    Status |= vDbgPrintExWithPrefix("Prefix ", 0, 0, Format, List);
    SIM_VA_END(List);
    return Status;
}

static void DbgPrint_WithList_PrintsBoth(void **State)
{
    (void)State;
    int File = CatchErrors();
    SimDebugSetQuiet(FALSE);
    assert_int_equal(PrintList("number %d\n", 42), 0);
    SimDebugSetQuiet(TRUE);
    int Copy = dup(File);
    int Saved = dup(SavedError);
    assert_int_equal(CountPrinted(File, "number 42\n"), 2);
    SavedError = Saved;
    assert_int_equal(CountPrinted(Copy, "Prefix number 42\n"), 1);
}

// ---- shutdown

static NTSTATUS CompleteAny(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    assert_int_equal(Stack->MajorFunction, IRP_MJ_SHUTDOWN);
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static void Shutdown_Registered_IsToldOnce(void **State)
{
    (void)State;
    Test.Control = CompleteAny;
    TestDriverLoad();
    assert_int_equal(IoRegisterShutdownNotification(Test.Device), 0);
    assert_true((Test.Device->Flags & DO_SHUTDOWN_REGISTERED) != 0);
    SimShutdownSend();
    SimShutdownSend();
    assert_int_equal(Test.Controls, 1);
    assert_int_equal(IoRegisterShutdownNotification(Test.Device), 0);
    IoUnregisterShutdownNotification(Test.Device);
    SimShutdownSend();
    assert_int_equal(Test.Controls, 1);
    TestDriverUnload();
}

// ---- IRPs

static NTSTATUS Validate(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG Session = 7;
    (void)Stack;
    assert_int_equal(IoValidateDeviceIoControlAccess(Irp, FILE_READ_ACCESS), 0);
    assert_int_equal(IoValidateDeviceIoControlAccess(Irp, FILE_WRITE_ACCESS), STATUS_ACCESS_DENIED);
    assert_int_equal(IoValidateDeviceIoControlAccess(Irp, 4), STATUS_INVALID_PARAMETER);
    assert_int_equal(IoGetRequestorSessionId(Irp, &Session), 0);
    assert_int_equal(Session, 0);
    assert_false(IoIsOperationSynchronous(Irp));
    assert_int_equal(ExGetPreviousMode(), UserMode);
    IoSetTopLevelIrp(Irp);
    assert_ptr_equal(IoGetTopLevelIrp(), Irp);
    IoSetTopLevelIrp(NULL);
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static void Irp_OfAClient_TellsWhoAsks(void **State)
{
    (void)State;
    SIM_FILE *File;
    Test.Control = Validate;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA, &File), 0);
    assert_int_equal(
        TestControl(File, TEST_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS), NULL, 0, NULL, 0, NULL), 0);
    SimProcessExit(Process);
    assert_int_equal(ExGetPreviousMode(), KernelMode);
    TestDriverUnload();
}

static IO_COMPLETION_ROUTINE Caught;
static NTSTATUS NTAPI Caught(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject, (void)Irp;
    (*(unsigned *)Context)++;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS FailIt(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    (void)Stack;
    return TestComplete(Irp, STATUS_DATA_ERROR, 0);
}

// The outer routine takes the IRP back; the inner one is called or not, as it asked.
static void CompletionRoutineEx_Failure_IsCalledWhenAsked(void **State)
{
    (void)State;
    Test.Control = FailIt;
    TestDriverLoad();
    for (BOOLEAN OnError = FALSE; OnError <= TRUE; OnError++) {
        unsigned Inner = 0, Outer = 0;
        PIRP Irp = IoAllocateIrp((CCHAR)(Test.Device->StackSize + 1), FALSE);
        IoSetCompletionRoutine(Irp, Caught, &Outer, TRUE, TRUE, TRUE);
        IoSetNextIrpStackLocation(Irp);
        IoGetNextIrpStackLocation(Irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
        assert_int_equal(
            IoSetCompletionRoutineEx(Test.Device, Irp, Caught, &Inner, FALSE, OnError, FALSE), 0);
        assert_int_equal(IoCallDriver(Test.Device, Irp), STATUS_DATA_ERROR);
        assert_int_equal(Inner, OnError);
        assert_int_equal(Outer, !OnError); // the inner one keeps it
        IoFreeIrp(Irp);
    }
    TestDriverUnload();
}

// ---- processors and stacks

typedef struct CHANGES {
    unsigned Starts, Completes, Failures;
    unsigned FailAt; // this start fails; 0: none does
} CHANGES;

static PROCESSOR_CALLBACK_FUNCTION ProcessorChanged;
static VOID NTAPI ProcessorChanged(PVOID CallbackContext,
                                   PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT ChangeContext,
                                   PNTSTATUS OperationStatus)
{
    CHANGES *Changes = CallbackContext;
    assert_int_equal(ChangeContext->ProcNumber.Number, ChangeContext->NtNumber);
    if (ChangeContext->State == KeProcessorAddStartNotify) {
        Changes->Starts++;
        *OperationStatus = Changes->Starts == Changes->FailAt ? STATUS_NO_MEMORY : STATUS_SUCCESS;
    } else if (ChangeContext->State == KeProcessorAddCompleteNotify) {
        Changes->Completes++;
    } else {
        Changes->Failures++;
    }
}

static void ProcessorChange_Existing_StartsThenCompletes(void **State)
{
    (void)State;
    CHANGES Good = {0}, Bad = {.FailAt = 3}, None = {0};
    const ULONG Existing = KE_PROCESSOR_CHANGE_ADD_EXISTING;
    PVOID Handle = KeRegisterProcessorChangeCallback(ProcessorChanged, &Good, Existing);
    assert_non_null(Handle);
    assert_int_equal(Good.Starts * 10 + Good.Completes, 44);
    KeDeregisterProcessorChangeCallback(Handle);
    assert_null(KeRegisterProcessorChangeCallback(ProcessorChanged, &Bad, Existing));
    assert_int_equal(Bad.Starts * 100 + Bad.Completes * 10 + Bad.Failures, 302);
    Handle = KeRegisterProcessorChangeCallback(ProcessorChanged, &None, 0);
    assert_int_equal(None.Starts, 0);
    KeDeregisterProcessorChangeCallback(Handle);
    assert_null(KeRegisterProcessorChangeCallback(ProcessorChanged, &None, 2));
}

static void Nodes_Queried_ThereIsOne(void **State)
{
    (void)State;
    GROUP_AFFINITY Affinity;
    USHORT Count = 9;
    KeQueryNodeActiveAffinity(0, &Affinity, &Count);
    assert_int_equal(Affinity.Mask, 0xF);
    assert_int_equal(Count, 4);
    KeQueryNodeActiveAffinity(1, &Affinity, &Count);
    assert_int_equal(Affinity.Mask + Count, 0);
    assert_int_equal(KeQueryNodeActiveProcessorCount(0), 4);
    assert_int_equal(KeQueryNodeMaximumProcessorCount(1), 0);
    assert_int_equal(KeQueryNodeActiveAffinity2(0, &Affinity, 0, &Count), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(KeQueryNodeActiveAffinity2(0, &Affinity, Count, &Count), 0);
    assert_int_equal(Affinity.Mask, 0xF);
    assert_int_equal(KeQueryNodeActiveAffinity2(1, &Affinity, 1, &Count), STATUS_INVALID_PARAMETER);
    assert_int_equal(KeGetRecommendedSharedDataAlignment(), 64);
    assert_true(KeInvalidateAllCaches());
    assert_int_equal(KeSetIdealProcessorThread(KeGetCurrentThread(), 3), 0);
    assert_int_equal(KeSetIdealProcessorThread(KeGetCurrentThread(), 200), 3);
    assert_int_equal(KeSetIdealProcessorThread(KeGetCurrentThread(), 0), 3);
}

static EXPAND_STACK_CALLOUT InCallout;
static VOID NTAPI InCallout(PVOID Parameter)
{
    ULONG_PTR Low, High;
    IoGetStackLimits(&Low, &High);
    assert_in_range((ULONG_PTR)&Low, Low, High);
    assert_true(IoWithinStackLimits((ULONG_PTR)&Low, sizeof(Low)));
    assert_false(IoWithinStackLimits(High - 4, 8));
    assert_false(IoWithinStackLimits(Low - 1, 1));
    assert_ptr_equal(IoGetInitialStack(), (PVOID)High);
    (*(unsigned *)Parameter)++;
}

static void Stack_Expanded_CalloutRuns(void **State)
{
    (void)State;
    unsigned Calls = 0;
    assert_int_equal(KeExpandKernelStackAndCallout(InCallout, &Calls, MAXIMUM_EXPANSION_SIZE), 0);
    assert_int_equal(KeExpandKernelStackAndCalloutEx(InCallout, &Calls, 4096, FALSE, NULL), 0);
    assert_int_equal(KeExpandKernelStackAndCallout(InCallout, &Calls, MAXIMUM_EXPANSION_SIZE + 1),
                     STATUS_INVALID_PARAMETER_3);
    assert_int_equal(Calls, 2);
}

static void Process_Attached_HandlesAreIts(void **State)
{
    (void)State;
    KAPC_STATE Before;
    SIM_PROCESS *Process = TestProcess();
    KeStackAttachProcess((PRKPROCESS)Process, &Before);
    assert_ptr_equal(IoGetCurrentProcess(), Process);
    KeUnstackDetachProcess(&Before);
    assert_ptr_equal(IoGetCurrentProcess(), PsInitialSystemProcess);
    SimProcessExit(Process);
}

// ---- the machine

static void Machine_Asked_IsAWorkstation(void **State)
{
    (void)State;
    ULONG Major, Minor, Build, Flags = 0;
    UNICODE_STRING ServicePack;
    NT_PRODUCT_TYPE Product;
    assert_false(PsGetVersion(&Major, &Minor, &Build, &ServicePack));
    assert_int_equal(Major * 10 + Minor, 100);
    assert_true(Build > 19041);
    assert_int_equal(ServicePack.Length, 0);
    assert_true(RtlGetNtProductType(&Product));
    assert_int_equal(Product, NtProductWinNt);
    assert_false(MmIsThisAnNtAsSystem());
    assert_int_equal(MmQuerySystemSize(), MmLargeSystem);
    assert_int_equal(RtlGetSuiteMask(), 0);
    assert_false(ExVerifySuite(DataCenter));
    assert_false(RtlIsMultiSessionSku() || RtlIsMultiUsersInSessionSku());
    assert_false(RtlIsStateSeparationEnabled() || ExIsSoftBoot() || ExIsManufacturingModeEnabled());
    assert_int_equal(ExGetFirmwareType(), FirmwareTypeBios);
    assert_int_equal(MmIsVerifierEnabled(&Flags), 0);
    assert_true((Flags & DRIVER_VERIFIER_FORCE_IRQL_CHECKING) != 0);
    assert_true(MmIsDriverVerifying(NULL) && MmIsDriverVerifyingByAddress(&Flags));
    assert_true(ExIsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
    assert_false(ExIsProcessorFeaturePresent(PF_ARM_V8_INSTRUCTIONS_AVAILABLE));
    assert_false(ExIsProcessorFeaturePresent(1000));
}

static void Debugger_Asked_IsNotThere(void **State)
{
    (void)State;
    assert_false(*KdDebuggerEnabled);
    assert_true(*KdDebuggerNotPresent && KdRefreshDebuggerNotPresent());
    assert_int_equal(KdEnableDebugger(), STATUS_DEBUGGER_INACTIVE);
    assert_int_equal(KdDisableDebugger(), STATUS_DEBUGGER_INACTIVE);
    assert_int_equal(DbgQueryDebugFilterState(0, 0), TRUE);
}

static void UniqueNumbers_TwoMade_AreTwo(void **State)
{
    (void)State;
    UUID First, Second;
    LUID One, Two;
    assert_int_equal(ExUuidCreate(&First) | ExUuidCreate(&Second), 0);
    assert_memory_not_equal(&First, &Second, sizeof(First));
    assert_int_equal(First.Data3 >> 12, 4);
    assert_int_equal(First.Data4[0] >> 6, 2);
    assert_int_equal(ZwAllocateLocallyUniqueId(&One) | ZwAllocateLocallyUniqueId(&Two), 0);
    assert_int_equal(Two.LowPart, One.LowPart + 1);
}

// ---- memory

static void Contiguous_Limits_AreKept(void **State)
{
    (void)State;
    const PHYSICAL_ADDRESS Zero = {.QuadPart = 0}, Any = {.QuadPart = -1}, Low = {.QuadPart = 1};
    PUCHAR Pages = MmAllocateContiguousMemory(5000, Any);
    assert_int_equal((ULONG_PTR)Pages % PAGE_SIZE, 0);
    Pages[4999] = 1;
    assert_ptr_equal(MmGetVirtualForPhysical(MmGetPhysicalAddress(Pages)), Pages);
    MmFreeContiguousMemory(Pages);
    assert_null(MmAllocateContiguousMemory(5000, Low));
    assert_null(MmAllocateContiguousMemory(0, Any));
    assert_null(MmAllocateContiguousMemorySpecifyCache(8192, Zero, Any, (PHYSICAL_ADDRESS)Low,
                                                       MmCached)); // crosses every address
    Pages = MmAllocateContiguousMemorySpecifyCacheNode(64, Zero, Any, Zero, MmNonCached, 0);
    assert_non_null(Pages);
    MmFreeContiguousMemorySpecifyCache(Pages, 64, MmNonCached);
    Pages = MmAllocateContiguousNodeMemory(64, Zero, Any, Zero, PAGE_READWRITE, 0);
    assert_non_null(Pages);
    MmFreeContiguousMemory(Pages);
    Pages = MmAllocateNonCachedMemory(100);
    assert_int_equal((ULONG_PTR)Pages % PAGE_SIZE, 0);
    MmFreeNonCachedMemory(Pages, 100);
}

static void CopyMemory_UpToAHole_ReportsHowMuch(void **State)
{
    (void)State;
    CHAR *Pages = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                       0);
    CHAR Text[16];
    SIZE_T Copied;
    memset(Pages, 'a', PAGE_SIZE);
    munmap(Pages + PAGE_SIZE, PAGE_SIZE);
    MM_COPY_ADDRESS From = {.VirtualAddress = Pages + PAGE_SIZE - 8};
    assert_int_equal(MmCopyMemory(Text, From, 8, MM_COPY_MEMORY_VIRTUAL, &Copied), 0);
    assert_int_equal(Copied, 8);
    assert_memory_equal(Text, "aaaaaaaa", 8);
    assert_int_equal(MmCopyMemory(Text, From, 9, MM_COPY_MEMORY_VIRTUAL, &Copied),
                     STATUS_INVALID_ADDRESS);
    assert_int_equal(Copied, 8);
    assert_int_equal(MmCopyMemory(Text, From, 8, 3, &Copied), STATUS_INVALID_PARAMETER);
    assert_true(MmIsNonPagedSystemAddressValid(Pages));
    assert_false(MmIsNonPagedSystemAddressValid(Pages + PAGE_SIZE));
    munmap(Pages, PAGE_SIZE);
}

static void PageableCode_Locked_IsWhereItWas(void **State)
{
    (void)State;
    PVOID Handle = MmLockPagableDataSection((PVOID)(ULONG_PTR)PageableCode_Locked_IsWhereItWas);
    assert_non_null(Handle);
    MmLockPagableSectionByHandle(Handle);
    MmUnlockPagableImageSection(Handle);
    MmUnlockPagableImageSection(Handle);
    assert_non_null(MmPageEntireDriver(Handle));
    MmResetDriverPaging(Handle);
}

// ---- what is not there says so

static void CallAbsent(void)
{
    const PHYSICAL_ADDRESS Zero = {.QuadPart = 0};
    PVOID Handle = &Handle;
    PKINTERRUPT Interrupt;
    ULONG Bytes = 1;
    assert_int_equal(
        IoConnectInterrupt(&Interrupt, NULL, NULL, NULL, 0, 5, 5, Latched, FALSE, 1, FALSE),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(IoConnectInterruptEx(NULL), STATUS_INVALID_PARAMETER);
    assert_null(IoGetDmaAdapter(NULL, NULL, &Bytes));
    assert_int_equal(Bytes, 0);
    assert_null(MmMapIoSpace(Zero, 4096, MmNonCached));
    assert_null(MmMapIoSpaceEx(Zero, 4096, PAGE_READWRITE));
    assert_int_equal(HalGetBusDataByOffset(PCIConfiguration, 0, 0, &Bytes, 0, 4), 0);
    assert_int_equal(HalSetBusDataByOffset(PCIConfiguration, 0, 0, &Bytes, 0, 4), 0);
    assert_int_equal(ExGetFirmwareEnvironmentVariable(NULL, NULL, NULL, &Bytes, NULL),
                     STATUS_NOT_IMPLEMENTED);
    assert_int_equal(ExSetFirmwareEnvironmentVariable(NULL, NULL, NULL, 0, 0),
                     STATUS_NOT_IMPLEMENTED);
    assert_int_equal(ExGetSystemFirmwareTable('RSMB', 0, NULL, 0, &Bytes), STATUS_NOT_IMPLEMENTED);
    assert_int_equal(ExEnumerateSystemFirmwareTables('RSMB', NULL, 0, &Bytes),
                     STATUS_NOT_IMPLEMENTED);
    assert_int_equal(IoWMIRegistrationControl(NULL, 1), STATUS_NOT_SUPPORTED);
    assert_int_equal(IoWMIWriteEvent(NULL), STATUS_NOT_SUPPORTED);
    assert_int_equal(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0, NULL,
                                                    NULL, NULL, NULL, &Handle),
                     STATUS_NOT_SUPPORTED);
    assert_null(Handle);
    assert_int_equal(PoRegisterPowerSettingCallback(NULL, NULL, NULL, NULL, &Handle),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(PsSetCreateProcessNotifyRoutine(NULL, FALSE), STATUS_INVALID_PARAMETER);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx(NULL, FALSE), STATUS_INVALID_PARAMETER);
    assert_int_equal(PsSetLoadImageNotifyRoutine(NULL), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(PsRemoveLoadImageNotifyRoutine(NULL), STATUS_PROCEDURE_NOT_FOUND);
}

static void Absent_Called_FailsAndSaysSoOnce(void **State)
{
    (void)State;
    int File = CatchErrors();
    CallAbsent();
    CallAbsent();
    assert_int_equal(CountPrinted(File, "The call fails."), 18);
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(ExTimer_Periodic_CallsUntilCancelled),
        IO_TEST(ExTimer_Set_CanBeWaitedFor),
        IO_TEST(ExTimer_DeletedSet_IsCancelledAndFreed),
        IO_TEST(ExTimer_DeletedNotCancelled_ExpiresOnceMore),
        IO_TEST(ExTimer_Misused_StopsByName),
        IO_TEST(ExTimer_Resolution_IsOneOfWindows),
        IO_TEST(Callback_Notified_CallsInOrder),
        IO_TEST(Callback_ForOne_RefusesTheSecond),
        IO_TEST(Callback_UnregisteredWhileCalled_WaitsForTheCall),
        IO_TEST(RunOnce_ManyThreads_OneInitializes),
        IO_TEST(RunOnce_Asynchronous_FirstToCompleteWins),
        IO_TEST(Etw_NoSession_NothingIsEnabled),
        IO_TEST(Etw_StillRegisteredAtTheEnd_IsALeak),
        IO_TEST(Etw_ActivityId_BelongsToTheThread),
        IO_TEST(ZwEvent_ByName_IsOneEvent),
        IO_TEST(IoEvent_ByName_KeepsItsKind),
        IO_TEST(ZwFile_Synchronous_ReadsWritesControls),
        IO_TEST(ZwFile_Asynchronous_SignalsTheEvent),
        IO_TEST(ZwFile_HandlesClosedWhileItPends_BothStay),
        IO_TEST(ZwFile_Wrong_IsRefused),
        IO_TEST(ErrorLog_Entry_IsOneLine),
        IO_TEST(DbgPrint_WithList_PrintsBoth),
        IO_TEST(Shutdown_Registered_IsToldOnce),
        IO_TEST(Irp_OfAClient_TellsWhoAsks),
        IO_TEST(CompletionRoutineEx_Failure_IsCalledWhenAsked),
        IO_TEST(ProcessorChange_Existing_StartsThenCompletes),
        IO_TEST(Nodes_Queried_ThereIsOne),
        IO_TEST(Stack_Expanded_CalloutRuns),
        IO_TEST(Process_Attached_HandlesAreIts),
        IO_TEST(Machine_Asked_IsAWorkstation),
        IO_TEST(Debugger_Asked_IsNotThere),
        IO_TEST(UniqueNumbers_TwoMade_AreTwo),
        IO_TEST(Contiguous_Limits_AreKept),
        IO_TEST(CopyMemory_UpToAHole_ReportsHowMuch),
        IO_TEST(PageableCode_Locked_IsWhereItWas),
        IO_TEST(Absent_Called_FailsAndSaysSoOnce),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
