// SPDX-License-Identifier: MIT

#include "nt_test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hooks.h"
#include "sim.h"

#define THREADS_MAX 16
#define EXIT_BUG_CHECK 99

void NtTestStart(unsigned Processors)
{
    if (getenv("NT_TEST_SPECIAL") != NULL) {
        SimPoolSetSpecial(TRUE);
        SimMdlSetSeparateMappings(TRUE);
    }
    SimDebugSetQuiet(TRUE);
    SimThreadStart(Processors);
    SimPoolStart();
    SimMdlStart();
    SimObjectStart();
}

unsigned NtTestStop(void)
{
    unsigned Left = SimObjectStop();
    Left += SimMdlStop();
    Left += SimPoolStop();
    Left += SimThreadStop();
    SimDebugSetQuiet(FALSE);
    return Left;
}

void NtTestRun(void **State)
{
    void (*Test)(void **) = (void (*)(void **)) * State;
    NtTestStart(4);
    Test(State);
}

int NtTestTeardown(void **State)
{
    (void)State;
    const SIM_THREAD *Thread = SimCurrentThread();
    if (Thread->Irql != PASSIVE_LEVEL || Thread->LocksHeld != 0 || Thread->CriticalRegions != 0 ||
        Thread->GuardedRegions != 0 || Thread->SehTop != NULL) {
        fprintf(stderr, "the test ends at IRQL %u with %u lock(s)\n", Thread->Irql,
                Thread->LocksHeld);
        return 1;
    }
    return NtTestStop() == 0 ? 0 : 1;
}

typedef struct THREAD_START {
    pthread_t Thread;
    unsigned Number;
    void (*Body)(unsigned Number, void *Context);
    void *Context;
    pthread_barrier_t *Barrier;
} THREAD_START;

static void *ThreadMain(void *Argument)
{
    THREAD_START *Start = Argument;
    pthread_barrier_wait(Start->Barrier);
    Start->Body(Start->Number, Start->Context);
    return NULL;
}

void NtTestThreads(unsigned Count, void (*Body)(unsigned Number, void *Context), void *Context)
{
    THREAD_START Starts[THREADS_MAX];
    pthread_barrier_t Barrier;
    assert_in_range(Count, 1, THREADS_MAX);
    pthread_barrier_init(&Barrier, NULL, Count);
    for (unsigned i = 0; i < Count; i++) {
        Starts[i] = (THREAD_START){
            .Number = i, .Body = Body, .Context = Context, .Barrier = &Barrier};
        assert_int_equal(pthread_create(&Starts[i].Thread, NULL, ThreadMain, &Starts[i]), 0);
    }
    for (unsigned i = 0; i < Count; i++) {
        pthread_join(Starts[i].Thread, NULL);
    }
    pthread_barrier_destroy(&Barrier);
}

static int ReportPipe;

static void SendReport(uint32_t Code, const char *Report)
{
    (void)!write(ReportPipe, &Code, sizeof(Code));
    (void)!write(ReportPipe, Report, strlen(Report));
    _exit(EXIT_BUG_CHECK);
}

static __attribute__((noreturn)) void Child(void (*Body)(void), int Pipe)
{
    ReportPipe = Pipe;
    SimBugCheckSetHandler(SendReport);
    NtTestStart(4);
    Body();
    _exit(0);
}

// The system's threads do not exist in a forked child, so it is stopped while the child is made.
void NtTestExpectBugCheck(void (*Body)(void), ULONG Code, ...)
{
    static char Report[65536];
    uint32_t Seen = 0;
    size_t Used = 0;
    int Pipe[2];
    assert_int_equal(NtTestStop(), 0);
    assert_int_equal(pipe(Pipe), 0);
    pid_t Pid = fork();
    assert_true(Pid >= 0);
    if (Pid == 0) {
        close(Pipe[0]);
        Child(Body, Pipe[1]);
    }
    close(Pipe[1]);
    ssize_t Got = read(Pipe[0], &Seen, sizeof(Seen));
    while (Got > 0 && Used < sizeof(Report) - 1) {
        Got = read(Pipe[0], Report + Used, sizeof(Report) - 1 - Used);
        Used += Got > 0 ? (size_t)Got : 0;
    }
    Report[Used] = '\0';
    close(Pipe[0]);
    int Status;
    waitpid(Pid, &Status, 0);
    NtTestStart(4);

    if (!WIFEXITED(Status) || WEXITSTATUS(Status) != EXIT_BUG_CHECK || Seen != Code) {
        fail_msg("expected bug check 0x%X, got 0x%X (wait status 0x%x)\n%s", Code, Seen, Status,
                 Report);
    }
    __builtin_va_list Strings;
    __builtin_va_start(Strings, Code);
    const char *String;
    while ((String = __builtin_va_arg(Strings, const char *)) != NULL) {
        if (strstr(Report, String) == NULL) {
            fail_msg("the report does not contain \"%s\":\n%s", String, Report);
        }
    }
    __builtin_va_end(Strings);
}
