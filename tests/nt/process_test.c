// SPDX-License-Identifier: MIT

// Client processes: opening, closing, requests with each buffer method, cancelling, dying.

#include "io_test.h"

#include "object_header.h"
#include "special_pool.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static NTSTATUS Succeed(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    (void)Stack;
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static void Process_OpenAndClose_CreateCleanupCloseOnceEach(void **State)
{
    (void)State;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(Test.Creates, 1);
    assert_int_equal(Test.Cleanups + Test.Closes, 0);
    assert_int_equal(SimDriverUnload(Test.Driver), STATUS_DEVICE_BUSY);
    SimFileClose(File);
    assert_int_equal(Test.Cleanups, 1);
    assert_int_equal(Test.Closes, 1);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_DuplicateHandle_CleanupWithTheLast(void **State)
{
    (void)State;
    TestDriverLoad();
    SIM_PROCESS *One = TestProcess();
    SIM_PROCESS *Two = TestProcess();
    SIM_FILE *File = TestOpen(One);
    SIM_FILE *Other;
    assert_int_equal(SimFileDuplicate(File, Two, &Other), STATUS_SUCCESS);
    SimFileClose(File);
    assert_int_equal(Test.Cleanups, 0);
    SimProcessExit(One);
    assert_int_equal(Test.Cleanups, 0);
    SimProcessExit(Two); // closes the other handle
    assert_int_equal(Test.Creates, 1);
    assert_int_equal(Test.Cleanups, 1);
    assert_int_equal(Test.Closes, 1);
    TestDriverUnload();
}

static void Process_OpenRefused_NeitherCleanupNorClose(void **State)
{
    (void)State;
    SIM_FILE *File = NULL;
    SIM_PROCESS *Process = TestProcess();
    Test.CreateStatus = STATUS_ACCESS_DENIED;
    TestDriverLoad();
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA, &File),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Absent", FILE_READ_DATA, &File),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(SimFileOpen(Process, "Test", FILE_READ_DATA, &File),
                     STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_int_equal(Test.Creates, 1);
    assert_int_equal(Test.Cleanups + Test.Closes, 0);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_ExclusiveDevice_SecondOpenDenied(void **State)
{
    (void)State;
    SIM_FILE *Second = NULL;
    Test.Exclusive = TRUE;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA, &Second),
                     STATUS_ACCESS_DENIED);
    SimFileClose(File);
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA, &Second), 0);
    SimProcessExit(Process);
    TestDriverUnload();
}

static NTSTATUS CheckName(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    const UNICODE_STRING *Name = &Stack->FileObject->FileName;
    BOOLEAN Right = Name->Length == 10 && memcmp(Name->Buffer, L"\\a\\bc", 10) == 0;
    return TestComplete(Irp, Right ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, 0);
}

static void Process_NameBelowDevice_InFileObject(void **State)
{
    (void)State;
    SIM_FILE *File;
    Test.Control = CheckName;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    assert_int_equal(SimFileOpen(Process, "\\Device\\Test\\a\\bc", FILE_READ_DATA, &File), 0);
    assert_int_equal(
        TestControl(File, TEST_CODE(METHOD_NEITHER, FILE_ANY_ACCESS), NULL, 0, NULL, 0, NULL), 0);
    SimProcessExit(Process);
    TestDriverUnload();
}

// ---- buffers

static NTSTATUS Reverse(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG In = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG Out = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    unsigned char *Buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG Bytes = In < Out ? In : Out;
    for (ULONG i = 0; i < In / 2; i++) {
        unsigned char Byte = Buffer[i];
        Buffer[i] = Buffer[In - 1 - i];
        Buffer[In - 1 - i] = Byte;
    }
    return TestComplete(Irp, Out < In ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS, Bytes);
}

static void Process_Buffered_CopiesInformationBytesOnly(void **State)
{
    (void)State;
    const ULONG Code = TEST_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS);
    char Out[8];
    ULONG_PTR Information = 77;
    Test.Control = Reverse;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    memset(Out, '-', sizeof(Out));
    assert_int_equal(TestControl(File, Code, "abcd", 4, Out, sizeof(Out), &Information), 0);
    assert_int_equal(Information, 4);
    assert_memory_equal(Out, "dcba----", 8);
    // A warning copies out too, an error does not.
    memset(Out, '-', sizeof(Out));
    assert_int_equal(TestControl(File, Code, "abcd", 4, Out, 2, NULL), STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(Out, "dc------", 8);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_BufferedLarge_UsesPoolAndFreesIt(void **State)
{
    (void)State;
    static unsigned char In[5000], Out[5000];
    ULONG_PTR Information;
    uint64_t Count, Bytes;
    Test.Control = Reverse;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    In[0] = 1;
    assert_int_equal(TestControl(File, TEST_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS), In, sizeof(In),
                                 Out, sizeof(Out), &Information),
                     0);
    assert_int_equal(Information, sizeof(Out));
    assert_int_equal(Out[4999], 1);
    SimPoolUsage(0x42737953, &Count, &Bytes);
    assert_int_equal(Count, 0);
    SimProcessExit(Process);
    TestDriverUnload();
}

static NTSTATUS Direct(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    BOOLEAN Write = (Stack->Parameters.DeviceIoControl.IoControlCode & 3) == METHOD_OUT_DIRECT;
    PMDL Mdl = Irp->MdlAddress;
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength == 0) {
        return TestComplete(Irp, Mdl == NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, 0);
    }
    char *Address = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);
    if (Address == NULL) {
        return TestComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    BOOLEAN Right = (Mdl->MdlFlags & MDL_PAGES_LOCKED) != 0 &&
                    ((Mdl->MdlFlags & MDL_WRITE_OPERATION) != 0) == Write &&
                    memcmp(Irp->AssociatedIrp.SystemBuffer, "head", 4) == 0;
    if (Write) {
        memset(Address, 'w', MmGetMdlByteCount(Mdl));
    } else {
        Right = Right && memcmp(Address, "payload", 7) == 0;
    }
    return TestComplete(Irp, Right ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, 0);
}

static void Process_Direct_LocksAndUnlocksSecondBuffer(void **State)
{
    (void)State;
    const ULONG In = TEST_CODE(METHOD_IN_DIRECT, FILE_ANY_ACCESS);
    const ULONG Out = TEST_CODE(METHOD_OUT_DIRECT, FILE_ANY_ACCESS);
    char Buffer[8] = "payload";
    Test.Control = Direct;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(TestControl(File, In, "head", 4, Buffer, 7, NULL), 0);
    assert_int_equal(TestControl(File, In, "head", 4, NULL, 0, NULL), 0);
    assert_int_equal(TestControl(File, Out, "head", 4, Buffer, 7, NULL), 0);
    assert_memory_equal(Buffer, "wwwwwww", 7);
    assert_int_equal(SimCounterSum(SimCountPageLock), 2);
    SimProcessExit(Process); // 0x76 if a page were still locked
    TestDriverUnload();
}

static NTSTATUS Neither(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    // In the caller's context: the raw pointers can be used.
    memcpy(Irp->UserBuffer, Stack->Parameters.DeviceIoControl.Type3InputBuffer,
           Stack->Parameters.DeviceIoControl.InputBufferLength);
    BOOLEAN Right = Irp->AssociatedIrp.SystemBuffer == NULL && Irp->MdlAddress == NULL &&
                    Irp->RequestorMode == UserMode &&
                    IoGetCurrentProcess() == IoGetRequestorProcess(Irp);
    return TestComplete(Irp, Right ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, 3);
}

static void Process_Neither_PassesPointersInCallersContext(void **State)
{
    (void)State;
    char Out[4] = "....";
    ULONG_PTR Information;
    Test.Control = Neither;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(TestControl(File, TEST_CODE(METHOD_NEITHER, FILE_ANY_ACCESS), "abc", 3, Out, 4,
                                 &Information),
                     0);
    assert_int_equal(Information, 3);
    assert_memory_equal(Out, "abc.", 4);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_BadPointers_AccessViolationBeforeDriver(void **State)
{
    (void)State;
    static const ULONG Methods[] = {METHOD_BUFFERED, METHOD_IN_DIRECT, METHOD_OUT_DIRECT};
    char Buffer[16] = {0};
    char *Gone = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(Gone + 4096, 4096, PROT_NONE);
    Test.Control = Succeed;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    for (unsigned i = 0; i < 3; i++) {
        ULONG Code = TEST_CODE(Methods[i], FILE_ANY_ACCESS);
        assert_int_equal(TestControl(File, Code, Gone + 4090, 16, Buffer, 16, NULL),
                         STATUS_ACCESS_VIOLATION);
        assert_int_equal(TestControl(File, Code, Buffer, 16, Gone + 4090, 16, NULL),
                         STATUS_ACCESS_VIOLATION);
        assert_int_equal(TestControl(File, Code, Buffer, 16, (void *)0xFFFF800000000000, 16, NULL),
                         STATUS_ACCESS_VIOLATION);
    }
    // Read-only memory: fine to send from, not to receive into.
    mprotect(Gone, 4096, PROT_READ);
    assert_int_equal(TestControl(File, TEST_CODE(METHOD_IN_DIRECT, 0), Buffer, 16, Gone, 16, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(TestControl(File, TEST_CODE(METHOD_OUT_DIRECT, 0), Buffer, 16, Gone, 16, NULL),
                     STATUS_ACCESS_VIOLATION);
    assert_int_equal(Test.Controls, 1);
    SimProcessExit(Process);
    munmap(Gone, 8192);
    TestDriverUnload();
}

static void Process_AccessBitsOfCode_CheckedAgainstHandle(void **State)
{
    (void)State;
    SIM_FILE *Reader;
    Test.Control = Succeed;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    assert_int_equal(SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA, &Reader), 0);
    assert_int_equal(
        TestControl(Reader, TEST_CODE(METHOD_NEITHER, FILE_READ_ACCESS), NULL, 0, NULL, 0, NULL),
        0);
    assert_int_equal(
        TestControl(Reader, TEST_CODE(METHOD_NEITHER, FILE_WRITE_ACCESS), NULL, 0, NULL, 0, NULL),
        STATUS_ACCESS_DENIED);
    assert_int_equal(Test.Controls, 1);
    SimProcessExit(Process);
    TestDriverUnload();
}

static NTSTATUS Transfer(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    if (Stack->MajorFunction == IRP_MJ_WRITE) {
        return TestComplete(Irp, STATUS_SUCCESS, Stack->Parameters.Write.Length);
    }
    memcpy(Irp->AssociatedIrp.SystemBuffer, "read", 4);
    return TestComplete(Irp, STATUS_SUCCESS, 4);
}

static void Process_ReadAndWriteBuffered_Transfer(void **State)
{
    (void)State;
    char Buffer[6] = "......";
    ULONG_PTR Information;
    Test.Control = Transfer;
    Test.DeviceFlags = DO_BUFFERED_IO;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    SIM_REQUEST Read = {.Major = IRP_MJ_READ, .Out = Buffer, .OutLength = sizeof(Buffer)};
    assert_int_equal(SimRequestRun(File, &Read, &Information), 0);
    assert_int_equal(Information, 4);
    assert_memory_equal(Buffer, "read..", 6);
    SIM_REQUEST Write = {.Major = IRP_MJ_WRITE, .In = "abc", .InLength = 3};
    assert_int_equal(SimRequestRun(File, &Write, &Information), 0);
    assert_int_equal(Information, 3);
    SimProcessExit(Process);
    TestDriverUnload();
}

// ---- asynchronous

typedef struct OUTCOME {
    _Atomic int Count;
    NTSTATUS Status;
    ULONG_PTR Information;
    void *Irp;
} OUTCOME;

static void NTAPI RecordOutcome(void *Context, NTSTATUS Status, ULONG_PTR Information)
{
    OUTCOME *Outcome = Context;
    Outcome->Status = Status;
    Outcome->Information = Information;
    atomic_fetch_add(&Outcome->Count, 1);
}

static NTSTATUS Start(SIM_FILE *File, OUTCOME *Outcome)
{
    SIM_REQUEST Request = {.Major = IRP_MJ_DEVICE_CONTROL,
                           .Code = TEST_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS),
                           .Done = RecordOutcome,
                           .Context = Outcome,
                           .Irp = &Outcome->Irp};
    BOOLEAN Reached;
    return SimRequestStart(File, &Request, &Reached);
}

static void Process_Pended_CompletesOnceWithStatus(void **State)
{
    (void)State;
    OUTCOME Outcome = {0};
    Test.Control = TestPend;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(Start(File, &Outcome), STATUS_PENDING);
    assert_int_equal(Outcome.Count, 0);
    assert_non_null(Outcome.Irp);
    TestCompletePended(STATUS_DEVICE_NOT_READY);
    assert_int_equal(Outcome.Count, 1);
    assert_int_equal(Outcome.Status, STATUS_DEVICE_NOT_READY);
    assert_null(Outcome.Irp);
    SimRequestCancel(&Outcome.Irp); // does nothing
    assert_int_equal(Outcome.Count, 1);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_CloseWhileRequestPends_CloseAfterIt(void **State)
{
    (void)State;
    OUTCOME Outcome = {0};
    Test.Control = TestPend;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(Start(File, &Outcome), STATUS_PENDING);
    SimFileClose(File);
    assert_int_equal(Test.Cleanups, 1);
    assert_int_equal(Test.Closes, 0);
    TestCompletePended(STATUS_SUCCESS);
    assert_int_equal(Outcome.Count, 1);
    assert_int_equal(Test.Closes, 1);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_LastReferenceAtDispatch_CloseAtPassive(void **State)
{
    (void)State;
    OUTCOME Outcome = {0};
    KIRQL OldIrql;
    Test.Control = TestPend;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(Start(File, &Outcome), STATUS_PENDING);
    SimFileClose(File);
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    TestCompletePended(STATUS_SUCCESS);
    assert_int_equal(Outcome.Count, 1);
    KeLowerIrql(OldIrql);
    SimProcessExit(Process);
    SimObjectWaitDeferred();
    assert_int_equal(Test.Closes, 1);
    TestDriverUnload();
}

static void Process_Exit_CancelsAndClosesEverything(void **State)
{
    (void)State;
    OUTCOME Outcome = {0};
    Test.Control = TestPend;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    assert_int_equal(Start(File, &Outcome), STATUS_PENDING);
    SimProcessExit(Process);
    assert_int_equal(Outcome.Count, 1);
    assert_int_equal(Outcome.Status, STATUS_CANCELLED);
    assert_int_equal(Test.Cleanups, 1);
    assert_int_equal(Test.Closes, 1);
    TestDriverUnload();
}

typedef struct BLOCKED {
    SIM_PROCESS *Process;
    SIM_FILE *File;
    NTSTATUS Status;
} BLOCKED;

static void RunOrExit(unsigned Number, void *Context)
{
    BLOCKED *Blocked = Context;
    if (Number == 0) {
        Blocked->Status = TestControl(Blocked->File, TEST_CODE(METHOD_NEITHER, FILE_ANY_ACCESS),
                                      NULL, 0, NULL, 0, NULL);
        return;
    }
    while (atomic_load(&Test.Controls) == 0) { // the other thread is in the driver, or beyond
        sched_yield();
    }
    SimProcessExit(Blocked->Process);
}

static void Process_ExitWhileThreadWaits_ThreadReturnsCancelled(void **State)
{
    (void)State;
    for (unsigned i = 0; i < 50; i++) {
        BLOCKED Blocked = {0};
        Test.Control = TestPend;
        TestDriverLoad();
        Blocked.Process = TestProcess();
        Blocked.File = TestOpen(Blocked.Process);
        NtTestThreads(2, RunOrExit, &Blocked);
        assert_int_equal(Blocked.Status, STATUS_CANCELLED);
        TestDriverUnload();
    }
}

static NTSTATUS KeepLocked(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    PMDL Mdl = IoAllocateMdl(Stack->Parameters.DeviceIoControl.Type3InputBuffer, 16, FALSE, FALSE,
                             NULL);
    MmProbeAndLockPages(Mdl, UserMode, IoReadAccess);
    return TestComplete(Irp, STATUS_SUCCESS, 0);
}

static void ExitWithLockedPages(void)
{
    char Buffer[16] = {0};
    IoTestStart();
    Test.Control = KeepLocked;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    TestControl(File, TEST_CODE(METHOD_NEITHER, 0), Buffer, 16, NULL, 0, NULL);
    SimProcessExit(Process);
}

static void Process_ExitWithLockedPages_BugCheck76(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(ExitWithLockedPages, PROCESS_HAS_LOCKED_PAGES, "PROCESS_HAS_LOCKED_PAGES");
}

static NTSTATUS PendForEver(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    (void)Stack;
    IoMarkIrpPending(Irp);
    return STATUS_PENDING;
}

static void ExitWithStuckRequest(void)
{
    OUTCOME Outcome = {0};
    IoTestStart();
    SimCancelTimeoutMs = 20;
    Test.Control = PendForEver;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    Start(TestOpen(Process), &Outcome);
    SimProcessExit(Process);
}

static void Process_ExitWithStuckRequest_BugCheckC4(void **State)
{
    (void)State;
    IO_EXPECT_BUG_CHECK(ExitWithStuckRequest, DRIVER_VERIFIER_DETECTED_VIOLATION,
                        "were not completed within 20 ms");
}

static void Process_SteadyState_AllocatesNothing(void **State)
{
    (void)State;
    if (SimSpecialOn) {
        skip(); // which keeps nothing that was freed
    }
    char Buffer[64] = "payload";
    Test.Control = Direct;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    SIM_FILE *File = TestOpen(Process);
    const ULONG Code = TEST_CODE(METHOD_IN_DIRECT, FILE_ANY_ACCESS);
    for (unsigned i = 0; i < 10; i++) {
        TestControl(File, Code, "head", 4, Buffer, 64, NULL);
    }
    uint64_t Irps = SimCounterSum(SimCountIrpAllocation);
    uint64_t Pool = SimCounterSum(SimCountPoolAllocation);
    SimPoolFailAfter(1000000);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(TestControl(File, Code, "head", 4, Buffer, 64, NULL), 0);
    }
    SimPoolFailAfter(-1);
    assert_int_equal(SimCounterSum(SimCountIrpAllocation), Irps);
    assert_int_equal(SimCounterSum(SimCountPoolAllocation), Pool);
    SimProcessExit(Process);
    TestDriverUnload();
}

static void Process_EveryAllocationFails_StatusAndNoLeak(void **State)
{
    (void)State;
    char Buffer[64] = "payload";
    const ULONG Code = TEST_CODE(METHOD_IN_DIRECT, FILE_ANY_ACCESS);
    Test.Control = Direct;
    TestDriverLoad();
    SIM_PROCESS *Process = TestProcess();
    unsigned Failures = 0;
    for (int64_t n = 0;; n++) {
        SIM_FILE *File = NULL;
        SimPoolFailAfter(n);
        NTSTATUS Status = SimFileOpen(Process, "\\\\.\\Test", FILE_READ_DATA, &File);
        if (Status == STATUS_SUCCESS) {
            Status = TestControl(File, Code, "head", 4, Buffer, 64, NULL);
            SimPoolFailAfter(-1);
            SimFileClose(File);
        }
        SimPoolFailAfter(-1);
        if (Status == STATUS_SUCCESS) {
            break;
        }
        assert_true(Status == STATUS_INSUFFICIENT_RESOURCES || Status == STATUS_WORKING_SET_QUOTA);
        Failures++;
    }
    assert_in_range(Failures, 5, 20);
    SimProcessExit(Process);
    TestDriverUnload();
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Process_OpenAndClose_CreateCleanupCloseOnceEach),
        IO_TEST(Process_DuplicateHandle_CleanupWithTheLast),
        IO_TEST(Process_OpenRefused_NeitherCleanupNorClose),
        IO_TEST(Process_ExclusiveDevice_SecondOpenDenied),
        IO_TEST(Process_NameBelowDevice_InFileObject),
        IO_TEST(Process_Buffered_CopiesInformationBytesOnly),
        IO_TEST(Process_BufferedLarge_UsesPoolAndFreesIt),
        IO_TEST(Process_Direct_LocksAndUnlocksSecondBuffer),
        IO_TEST(Process_Neither_PassesPointersInCallersContext),
        IO_TEST(Process_BadPointers_AccessViolationBeforeDriver),
        IO_TEST(Process_AccessBitsOfCode_CheckedAgainstHandle),
        IO_TEST(Process_ReadAndWriteBuffered_Transfer),
        IO_TEST(Process_Pended_CompletesOnceWithStatus),
        IO_TEST(Process_CloseWhileRequestPends_CloseAfterIt),
        IO_TEST(Process_LastReferenceAtDispatch_CloseAtPassive),
        IO_TEST(Process_Exit_CancelsAndClosesEverything),
        IO_TEST(Process_ExitWhileThreadWaits_ThreadReturnsCancelled),
        IO_TEST(Process_ExitWithLockedPages_BugCheck76),
        IO_TEST(Process_ExitWithStuckRequest_BugCheckC4),
        IO_TEST(Process_SteadyState_AllocatesNothing),
        IO_TEST(Process_EveryAllocationFails_StatusAndNoLeak),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
