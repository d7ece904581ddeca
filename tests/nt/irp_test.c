// SPDX-License-Identifier: MIT

// IRPs between drivers: stacks of devices, completion routines, cancelling, cancel-safe queues,
// remove locks, and the checks of I/O verification.

#include "io_test.h"

#include <semaphore.h>
#include <string.h>

#include "wide.h"

// ---- a stack of two: Upper over Lower, plain devices of one driver

typedef struct STACKED {
    PDEVICE_OBJECT Lower, Upper;
    NTSTATUS (*LowerDispatch)(PIRP Irp);
    NTSTATUS (*UpperDispatch)(PIRP Irp);
    PIRP Pended;
    unsigned Completions;
    BOOLEAN PendingSeen;
} STACKED;
static STACKED Two;
static PDRIVER_OBJECT TwoDriver;

static DRIVER_DISPATCH TwoDispatch;
static NTSTATUS NTAPI TwoDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return DeviceObject == Two.Lower ? Two.LowerDispatch(Irp) : Two.UpperDispatch(Irp);
}

static DRIVER_UNLOAD TwoUnload;
static VOID NTAPI TwoUnload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject; // the devices are gone by then
}

static DRIVER_INITIALIZE TwoEntry;
static NTSTATUS NTAPI TwoEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->DriverUnload = TwoUnload;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TwoDispatch;
    IoCreateDevice(DriverObject, 0, NULL, 0x8001, 0, FALSE, &Two.Lower);
    IoCreateDevice(DriverObject, 0, NULL, 0x8001, 0, FALSE, &Two.Upper);
    Two.Lower->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    PDEVICE_OBJECT Below = IoAttachDeviceToDeviceStack(Two.Upper, Two.Lower);
    return Below == Two.Lower ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static void LoadTwo(NTSTATUS (*Upper)(PIRP Irp), NTSTATUS (*Lower)(PIRP Irp))
{
    Two = (STACKED){.UpperDispatch = Upper, .LowerDispatch = Lower};
    assert_int_equal(SimDriverLoad("Two", TwoEntry, &TwoDriver), STATUS_SUCCESS);
    assert_int_equal(Two.Upper->StackSize, 2);
}

static void UnloadTwo(void)
{
    IoDetachDevice(Two.Lower); // unload refuses while something is attached
    IoDeleteDevice(Two.Upper);
    IoDeleteDevice(Two.Lower);
    assert_int_equal(SimDriverUnload(TwoDriver), STATUS_SUCCESS);
}

static NTSTATUS CompleteIt(PIRP Irp)
{
    return TestComplete(Irp, STATUS_SUCCESS, 5);
}

static NTSTATUS PendIt(PIRP Irp)
{
    IoMarkIrpPending(Irp);
    Two.Pended = Irp;
    return STATUS_PENDING;
}

static NTSTATUS SkipDown(PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Two.Lower, Irp);
}

static IO_COMPLETION_ROUTINE Propagate;
static NTSTATUS NTAPI Propagate(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    Two.Completions++;
    Two.PendingSeen = Irp->PendingReturned;
    if (DeviceObject != Two.Upper || Context != &Two) {
        Two.Completions += 100;
    }
    if (Irp->PendingReturned) {
        IoMarkIrpPending(Irp);
    }
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS CopyDown(PIRP Irp)
{
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, Propagate, &Two, TRUE, TRUE, TRUE);
    return IoCallDriver(Two.Lower, Irp);
}

static NTSTATUS ForwardAndWait(PIRP Irp)
{
    if (!IoForwardIrpSynchronously(Two.Lower, Irp)) {
        return TestComplete(Irp, STATUS_UNSUCCESSFUL, 0);
    }
    return TestComplete(Irp, Irp->IoStatus.Status, Irp->IoStatus.Information + 1);
}

typedef struct SENT {
    KEVENT Event;
    IO_STATUS_BLOCK Result;
    PIRP Irp;
} SENT;

static NTSTATUS SendTwo(SENT *Sent)
{
    KeInitializeEvent(&Sent->Event, NotificationEvent, FALSE);
    Sent->Irp = IoBuildDeviceIoControlRequest(TEST_CODE(METHOD_NEITHER, 0), Two.Upper, NULL, 0,
                                              NULL, 0, FALSE, &Sent->Event, &Sent->Result);
    return IoCallDriver(Two.Upper, Sent->Irp);
}

static void Irp_SkippedDown_CompletesUp(void **State)
{
    (void)State;
    SENT Sent = {0};
    LoadTwo(SkipDown, CompleteIt);
    assert_int_equal(SendTwo(&Sent), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&Sent.Event), 1);
    assert_int_equal(Sent.Result.Information, 5);
    Two.LowerDispatch = PendIt;
    assert_int_equal(SendTwo(&Sent), STATUS_PENDING);
    assert_int_equal(KeReadStateEvent(&Sent.Event), 0);
    TestComplete(Two.Pended, STATUS_DEVICE_NOT_READY, 0);
    assert_int_equal(KeReadStateEvent(&Sent.Event), 1);
    assert_int_equal(Sent.Result.Status, STATUS_DEVICE_NOT_READY);
    UnloadTwo();
}

static void Irp_CompletionRoutine_SeesPendingAndStatus(void **State)
{
    (void)State;
    SENT Sent = {0};
    LoadTwo(CopyDown, CompleteIt);
    assert_int_equal(SendTwo(&Sent), STATUS_SUCCESS);
    assert_int_equal(Two.Completions, 1);
    assert_false(Two.PendingSeen);
    Two.LowerDispatch = PendIt;
    assert_int_equal(SendTwo(&Sent), STATUS_PENDING);
    assert_int_equal(Two.Completions, 1);
    TestComplete(Two.Pended, STATUS_SUCCESS, 0);
    assert_int_equal(Two.Completions, 2);
    assert_true(Two.PendingSeen);
    UnloadTwo();
}

static void Irp_ForwardSynchronously_CompletesAfterLower(void **State)
{
    (void)State;
    SENT Sent = {0};
    LoadTwo(ForwardAndWait, CompleteIt);
    assert_int_equal(SendTwo(&Sent), STATUS_SUCCESS);
    assert_int_equal(Sent.Result.Information, 6);
    UnloadTwo();
}

static IO_COMPLETION_ROUTINE KeepIrp;
static NTSTATUS NTAPI KeepIrp(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)Irp;
    *(unsigned *)Context += DeviceObject == NULL ? 1 : 100;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void Irp_DriversOwn_ReusedManyTimes(void **State)
{
    (void)State;
    unsigned Kept = 0;
    LoadTwo(SkipDown, CompleteIt);
    PIRP Irp = IoAllocateIrp(Two.Upper->StackSize, FALSE);
    for (unsigned i = 0; i < 10; i++) {
        IoReuseIrp(Irp, STATUS_NOT_SUPPORTED);
        IoGetNextIrpStackLocation(Irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
        IoSetCompletionRoutine(Irp, KeepIrp, &Kept, TRUE, TRUE, TRUE);
        assert_int_equal(IoCallDriver(Two.Upper, Irp), STATUS_SUCCESS);
    }
    assert_int_equal(Kept, 10);
    IoFreeIrp(Irp);
    UnloadTwo();
}

static void Irp_UnknownMajorFunction_InvalidRequest(void **State)
{
    (void)State;
    unsigned Kept = 0;
    LoadTwo(SkipDown, CompleteIt);
    PIRP Irp = IoAllocateIrp(2, FALSE);
    IoGetNextIrpStackLocation(Irp)->MajorFunction = IRP_MJ_SHUTDOWN;
    IoSetCompletionRoutine(Irp, KeepIrp, &Kept, TRUE, TRUE, TRUE);
    assert_int_equal(IoCallDriver(Two.Upper, Irp), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(Irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
    IoFreeIrp(Irp);
    UnloadTwo();
}

// ---- what I/O verification says

static NTSTATUS ReturnPendingUnmarked(PIRP Irp)
{
    TestComplete(Irp, STATUS_SUCCESS, 0);
    return STATUS_PENDING;
}

static NTSTATUS ReturnFinalMarked(PIRP Irp)
{
    IoMarkIrpPending(Irp);
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ReturnOtherStatus(PIRP Irp)
{
    TestComplete(Irp, STATUS_SUCCESS, 0);
    return STATUS_UNSUCCESSFUL;
}

static NTSTATUS ForgetIt(PIRP Irp)
{
    (void)Irp;
    return STATUS_SUCCESS;
}

static NTSTATUS CompleteTwice(PIRP Irp)
{
    TestComplete(Irp, STATUS_SUCCESS, 0);
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS CompleteWithPending(PIRP Irp)
{
    return TestComplete(Irp, STATUS_PENDING, 0);
}

static DRIVER_CANCEL NeverCalled;
static VOID NTAPI NeverCalled(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    (void)Irp;
}

static NTSTATUS CompleteWithCancelRoutine(PIRP Irp)
{
    IoSetCancelRoutine(Irp, NeverCalled);
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

SIM_NO_THREAD_SAFETY_ANALYSIS static NTSTATUS ReturnAtDispatch(PIRP Irp)
{
    KIRQL OldIrql;
    NTSTATUS Status = TestComplete(Irp, STATUS_SUCCESS, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    return Status;
}

static NTSTATUS PassOnWithoutStack(PIRP Irp)
{
    return IoCallDriver(Two.Lower, Irp);
}

static NTSTATUS SwallowPending(PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    IoCallDriver(Two.Lower, Irp);
    return STATUS_SUCCESS;
}

static NTSTATUS (*BadLower)(PIRP);
static NTSTATUS (*BadUpper)(PIRP);

static void SendBad(void)
{
    SENT Sent = {0};
    IoTestStart();
    LoadTwo(BadUpper, BadLower);
    SendTwo(&Sent);
    if (Two.Pended != NULL) {
        TestComplete(Two.Pended, STATUS_SUCCESS, 0);
    }
}

#define EXPECT_BAD(Upper, Lower, ...)                                                              \
    do {                                                                                           \
        BadUpper = Upper;                                                                          \
        BadLower = Lower;                                                                          \
        IO_EXPECT_BUG_CHECK(SendBad, __VA_ARGS__);                                                 \
    } while (0)

static void FreeIrpTwice(void)
{
    PIRP Irp = IoAllocateIrp(1, FALSE);
    IoFreeIrp(Irp);
    IoFreeIrp(Irp);
}

static NTSTATUS FreeForeignIrp(PIRP Irp)
{
    IoFreeIrp(Irp);
    return STATUS_SUCCESS;
}

static void Irp_Misuse_BugChecks(void **State)
{
    (void)State;
    const ULONG C9 = DRIVER_VERIFIER_IOMANAGER_VIOLATION;
    EXPECT_BAD(SkipDown, ReturnPendingUnmarked, C9, "(0x23D,", "without IoMarkIrpPending");
    EXPECT_BAD(SkipDown, ReturnFinalMarked, C9, "(0x23E,");
    EXPECT_BAD(SkipDown, ReturnOtherStatus, C9, "(0x224,");
    EXPECT_BAD(SkipDown, ForgetIt, C9, "(0x226,");
    EXPECT_BAD(SkipDown, CompleteTwice, MULTIPLE_IRP_COMPLETE_REQUESTS, "already been completed");
    EXPECT_BAD(SkipDown, CompleteWithPending, C9, "(0x6,");
    EXPECT_BAD(SkipDown, CompleteWithCancelRoutine, C9, "(0x7,");
    EXPECT_BAD(SkipDown, ReturnAtDispatch, C9, "(0x5,", "called at IRQL 0 and returned at IRQL 2");
    EXPECT_BAD(SwallowPending, PendIt, C9, "(0x226,");
    EXPECT_BAD(SkipDown, FreeForeignIrp, C9, "(0x2,");
    EXPECT_BAD(CopyDown, PassOnWithoutStack, NO_MORE_IRP_STACK_LOCATIONS, "no stack location left");
    IO_EXPECT_BUG_CHECK(FreeIrpTwice, C9, "already freed");
}

static NTSTATUS ReportTooMuch(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    return TestComplete(Irp, STATUS_SUCCESS,
                        Stack->Parameters.DeviceIoControl.OutputBufferLength + 1);
}

static void CompleteWithTooMuch(void)
{
    char Out[4];
    IoTestStart();
    Test.Control = ReportTooMuch;
    TestDriverLoad();
    TestControl(TestOpen(TestProcess()), TEST_CODE(METHOD_BUFFERED, 0), NULL, 0, Out, 4, NULL);
}

static void Irp_InformationLargerThanBuffer_BugCheckC9(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(CompleteWithTooMuch, DRIVER_VERIFIER_IOMANAGER_VIOLATION, "(0x312,");
}

static void Irp_NeverFreed_IsALeak(void **State)
{
    (void)State;
    assert_non_null(IoAllocateIrp(1, FALSE));
    assert_int_equal(IoTestStop(), 0);
    assert_int_equal(NtTestStop(), 1);
    NtTestStart(4);
    IoTestStart();
}

// ---- cancelling

static void Cancel_WithRoutine_CalledOnce(void **State)
{
    (void)State;
    SIM_REQUEST Request = {.Major = IRP_MJ_DEVICE_CONTROL};
    void *Irp = NULL;
    BOOLEAN Reached;
    Request.Irp = &Irp;
    Test.Control = TestPend;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(SimRequestStart(File, &Request, &Reached), STATUS_PENDING);
    assert_non_null(Irp);
    SimRequestCancel(&Irp);
    assert_null(Irp);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Cancel_WithoutRoutine_OnlyMarks(void **State)
{
    (void)State;
    SENT Sent = {0};
    LoadTwo(SkipDown, PendIt);
    assert_int_equal(SendTwo(&Sent), STATUS_PENDING);
    assert_false(IoCancelIrp(Sent.Irp));
    assert_true(Two.Pended->Cancel);
    TestComplete(Two.Pended, STATUS_CANCELLED, 0);
    assert_int_equal(Sent.Result.Status, STATUS_CANCELLED);
    UnloadTwo();
}

static DRIVER_CANCEL KeepCancelLock;
static VOID NTAPI KeepCancelLock(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    (void)Irp;
}

static NTSTATUS PendWithBadRoutine(PIRP Irp)
{
    IoSetCancelRoutine(Irp, KeepCancelLock);
    return PendIt(Irp);
}

static void CancelBadRoutine(void)
{
    SENT Sent = {0};
    IoTestStart();
    LoadTwo(SkipDown, PendWithBadRoutine);
    SendTwo(&Sent);
    IoCancelIrp(Sent.Irp);
}

static void Cancel_RoutineKeepsLock_BugCheckC4(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(CancelBadRoutine, DRIVER_VERIFIER_DETECTED_VIOLATION,
                        "did not call IoReleaseCancelSpinLock");
}

typedef struct CANCEL_RACE {
    SIM_FILE *File;
    void *Irp;
    _Atomic int Done;
    sem_t Ended; // with each one that is done
    _Atomic int Stop;
} CANCEL_RACE;

static void NTAPI CountDone(void *Context, NTSTATUS Status, ULONG_PTR Information)
{
    CANCEL_RACE *Race = Context;
    (void)Status;
    (void)Information;
    atomic_fetch_add(&Race->Done, 1);
    sem_post(&Race->Ended);
}

// Thread 0 sends, 1 completes, 2 and 3 cancel. It sleeps meanwhile: four that spin on one processor
// would take a time slice for each request.
static void RaceCancel(unsigned Number, void *Context)
{
    CANCEL_RACE *Race = Context;
    SIM_REQUEST Request = {
        .Major = IRP_MJ_DEVICE_CONTROL, .Done = CountDone, .Context = Race, .Irp = &Race->Irp};
    BOOLEAN Reached;
    for (int i = 0; Number == 0 && i < 3000; i++) {
        SimRequestStart(Race->File, &Request, &Reached);
        sem_wait(&Race->Ended);
    }
    atomic_store(&Race->Stop, Number == 0 ? 1 : atomic_load(&Race->Stop));
    while (atomic_load(&Race->Stop) == 0) {
        PIRP Irp = Number == 1 ? atomic_load(&Test.Pended) : NULL;
        // The IRP may be freed: only the hold tells, so nothing of it is read before.
        SIM_IRP *Self = Irp == NULL ? NULL : CONTAINING_RECORD(Irp, SIM_IRP, Irp);
        if (Number > 1) {
            SimRequestCancel(&Race->Irp);
        } else if (Self != NULL && SimIrpHold(Self)) {
            if (Irp == atomic_load(&Test.Pended) && IoSetCancelRoutine(Irp, NULL) != NULL) {
                atomic_store(&Test.Pended, NULL);
                TestComplete(Irp, STATUS_SUCCESS, 0);
            }
            SimIrpRelease(Self);
        }
    }
}

static void Cancel_RacesWithCompletion_CompletesOnce(void **State)
{
    (void)State;
    CANCEL_RACE Race = {0};
    sem_init(&Race.Ended, 0, 0);
    Test.Control = TestPend;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    Race.File = TestOpen(Process);
    NtTestThreads(4, RaceCancel, &Race);
    assert_int_equal(Race.Done, 3000);
    SimProcessExit(Process);
    TestDriverUnload();
}

// ---- cancel-safe queues

typedef struct QUEUE {
    IO_CSQ Csq; // first
    KSPIN_LOCK Lock;
    LIST_ENTRY Irps;
    unsigned Cancelled;
    IO_CSQ_IRP_CONTEXT Context;
    BOOLEAN UseContext;
} QUEUE;
static QUEUE Queue;

static VOID NTAPI QueueInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&((QUEUE *)Csq)->Irps, &Irp->Tail.Overlay.ListEntry);
}

static NTSTATUS NTAPI QueueInsertOrRefuse(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext)
{
    if (InsertContext != NULL) {
        return STATUS_DEVICE_BUSY;
    }
    QueueInsert(Csq, Irp);
    return STATUS_SUCCESS;
}

static VOID NTAPI QueueRemove(PIO_CSQ Csq, PIRP Irp)
{
    (void)Csq;
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    (void)PeekContext;
    PLIST_ENTRY Head = &((QUEUE *)Csq)->Irps;
    PLIST_ENTRY Next = Irp == NULL ? Head->Flink : Irp->Tail.Overlay.ListEntry.Flink;
    return Next == Head ? NULL : CONTAINING_RECORD(Next, IRP, Tail.Overlay.ListEntry);
}

SIM_NO_THREAD_SAFETY_ANALYSIS static VOID NTAPI QueueAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&((QUEUE *)Csq)->Lock, Irql);
}

SIM_NO_THREAD_SAFETY_ANALYSIS static VOID NTAPI QueueRelease(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&((QUEUE *)Csq)->Lock, Irql);
}

static VOID NTAPI QueueCancelled(PIO_CSQ Csq, PIRP Irp)
{
    ((QUEUE *)Csq)->Cancelled++;
    TestComplete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS QueueIt(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    (void)Stack;
    IoCsqInsertIrp(&Queue.Csq, Irp, Queue.UseContext ? &Queue.Context : NULL);
    return STATUS_PENDING;
}

static SIM_PROCESS *StartQueue(SIM_FILE **File)
{
    memset(&Queue, 0, sizeof(Queue));
    KeInitializeSpinLock(&Queue.Lock);
    InitializeListHead(&Queue.Irps);
    IoCsqInitialize(&Queue.Csq, QueueInsert, QueueRemove, QueuePeek, QueueAcquire, QueueRelease,
                    QueueCancelled);
    Test.Control = QueueIt;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    *File = TestOpen(Process);
    return Process;
}

static void Csq_RemoveNext_InOrderAndNotCancellable(void **State)
{
    (void)State;
    SIM_FILE *File;
    SIM_REQUEST Request = {.Major = IRP_MJ_DEVICE_CONTROL};
    void *Irps[3] = {0};
    BOOLEAN Reached;
    SIM_PROCESS *Process = StartQueue(&File);
    for (unsigned i = 0; i < 3; i++) {
        Request.Irp = &Irps[i];
        assert_int_equal(SimRequestStart(File, &Request, &Reached), STATUS_PENDING);
    }
    SimRequestCancel(&Irps[1]);
    assert_int_equal(Queue.Cancelled, 1);
    PIRP First = IoCsqRemoveNextIrp(&Queue.Csq, NULL);
    assert_ptr_equal(SimIrpOf(First), Irps[0]);
    SimRequestCancel(&Irps[0]); // is not in the queue any more
    assert_int_equal(Queue.Cancelled, 1);
    TestComplete(First, STATUS_SUCCESS, 0);
    PIRP Third = IoCsqRemoveNextIrp(&Queue.Csq, NULL);
    assert_ptr_equal(SimIrpOf(Third), Irps[2]);
    TestComplete(Third, STATUS_SUCCESS, 0);
    assert_null(IoCsqRemoveNextIrp(&Queue.Csq, NULL));
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Csq_InsertRefused_StaysTheCallers(void **State)
{
    (void)State;
    QUEUE Own = {0};
    InitializeListHead(&Own.Irps);
    KeInitializeSpinLock(&Own.Lock);
    assert_int_equal(IoCsqInitializeEx(&Own.Csq, QueueInsertOrRefuse, QueueRemove, QueuePeek,
                                       QueueAcquire, QueueRelease, QueueCancelled),
                     0);
    PIRP Irp = IoAllocateIrp(1, FALSE);
    assert_int_equal(IoCsqInsertIrpEx(&Own.Csq, Irp, NULL, &Own), STATUS_DEVICE_BUSY);
    assert_null(IoCsqRemoveNextIrp(&Own.Csq, NULL));
    IoSetNextIrpStackLocation(Irp);
    assert_int_equal(IoCsqInsertIrpEx(&Own.Csq, Irp, NULL, NULL), 0);
    assert_ptr_equal(IoCsqRemoveNextIrp(&Own.Csq, NULL), Irp);
    IoFreeIrp(Irp);
}

static void Csq_RemoveByContext_OnceOnly(void **State)
{
    (void)State;
    SIM_FILE *File;
    SIM_REQUEST Request = {.Major = IRP_MJ_DEVICE_CONTROL};
    BOOLEAN Reached;
    SIM_PROCESS *Process = StartQueue(&File);
    Queue.UseContext = TRUE;
    assert_int_equal(SimRequestStart(File, &Request, &Reached), STATUS_PENDING);
    PIRP Irp = IoCsqRemoveIrp(&Queue.Csq, &Queue.Context);
    assert_non_null(Irp);
    assert_null(IoCsqRemoveIrp(&Queue.Csq, &Queue.Context));
    TestComplete(Irp, STATUS_SUCCESS, 0);
    assert_int_equal(SimRequestStart(File, &Request, &Reached), STATUS_PENDING);
    SimProcessExit(Process); // cancels the second
    assert_int_equal(Queue.Cancelled, 1);
    assert_null(IoCsqRemoveIrp(&Queue.Csq, &Queue.Context));
    TestDriverUnload();
}

// ---- remove locks

typedef struct REMOVE {
    IO_REMOVE_LOCK Lock;
    _Atomic int Inside;
    _Atomic int Removed;
    _Atomic int Errors;
} REMOVE;

static void AcquireOrRemove(unsigned Number, void *Context)
{
    REMOVE *Remove = Context;
    while (Number != 0 && NT_SUCCESS(IoAcquireRemoveLock(&Remove->Lock, NULL))) {
        atomic_fetch_add(&Remove->Inside, 1);
        if (atomic_load(&Remove->Removed)) {
            atomic_fetch_add(&Remove->Errors, 1);
        }
        atomic_fetch_sub(&Remove->Inside, 1);
        IoReleaseRemoveLock(&Remove->Lock, NULL);
    }
    if (Number == 0) {
        assert_int_equal(IoAcquireRemoveLock(&Remove->Lock, NULL), STATUS_SUCCESS);
        IoReleaseRemoveLockAndWait(&Remove->Lock, NULL);
        atomic_store(&Remove->Removed, 1);
        if (atomic_load(&Remove->Inside) != 0) {
            atomic_fetch_add(&Remove->Errors, 1);
        }
    }
}

static void RemoveLock_ReleaseAndWait_NobodyInsideAfter(void **State)
{
    (void)State;
    for (unsigned i = 0; i < 100; i++) {
        REMOVE Remove = {0};
        IoInitializeRemoveLock(&Remove.Lock, 0, 0, 0);
        NtTestThreads(4, AcquireOrRemove, &Remove);
        assert_int_equal(Remove.Errors, 0);
        assert_int_equal(IoAcquireRemoveLock(&Remove.Lock, NULL), STATUS_DELETE_PENDING);
    }
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Irp_SkippedDown_CompletesUp),
        IO_TEST(Irp_CompletionRoutine_SeesPendingAndStatus),
        IO_TEST(Irp_ForwardSynchronously_CompletesAfterLower),
        IO_TEST(Irp_DriversOwn_ReusedManyTimes),
        IO_TEST(Irp_UnknownMajorFunction_InvalidRequest),
        IO_TEST(Irp_Misuse_BugChecks),
        IO_TEST(Irp_InformationLargerThanBuffer_BugCheckC9),
        IO_TEST(Irp_NeverFreed_IsALeak),
        IO_TEST(Cancel_WithRoutine_CalledOnce),
        IO_TEST(Cancel_WithoutRoutine_OnlyMarks),
        IO_TEST(Cancel_RoutineKeepsLock_BugCheckC4),
        IO_TEST(Cancel_RacesWithCompletion_CompletesOnce),
        IO_TEST(Csq_RemoveNext_InOrderAndNotCancellable),
        IO_TEST(Csq_InsertRefused_StaysTheCallers),
        IO_TEST(Csq_RemoveByContext_OnceOnly),
        IO_TEST(RemoveLock_ReleaseAndWait_NobodyInsideAfter),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
