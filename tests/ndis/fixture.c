// SPDX-License-Identifier: MIT
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPORT_BYTES 65536
#define CHILD_BUG_CHECK 77

void LogAdd(char *Log, char Letter)
{
    size_t Length = strlen(Log);
    assert_true(Length + 1 < TEST_LOG_BYTES);
    Log[Length] = Letter;
}

void EventWait(KEVENT *Event)
{
    LARGE_INTEGER Timeout = {.QuadPart = -(LONGLONG)TEST_IDLE_MS * 10000};
    NTSTATUS Status = KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, &Timeout);
    assert_int_equal(Status, STATUS_SUCCESS);
}

extern DRIVER_INITIALIZE NicDriverEntryForTest, ProtocolDriverEntryForTest;
extern void NicsReset(void), ProtocolsReset(void);

static void LoadDrivers(void)
{
    struct ndishost_driver *Driver;
    assert_int_equal(ndishost_load_native("TestNic", (void *)NicDriverEntryForTest, &Driver), 0);
}

static void SystemStart(const struct ndishost_options *Options)
{
    NicsReset();
    ProtocolsReset();
    assert_int_equal(ndishost_start(Options), 0);
    LoadDrivers();
}

int TestSetup(void **State)
{
    (void)State;
    struct ndishost_options Options = {.processors = 4, .quiet = 1};
    SystemStart(&Options);
    return 0;
}

int TestSetupUnverified(void **State)
{
    (void)State;
    struct ndishost_options Options = {.processors = 4, .quiet = 1, .verify = NDISHOST_VERIFY_OFF};
    SystemStart(&Options);
    return 0;
}

int TestTeardown(void **State)
{
    (void)State;
    for (unsigned i = 0; i < 2; i++) {
        Nics[i].PendPause = FALSE;
        Protocols[i].PendPause = FALSE;
        if (Protocols[i].Handle != NULL) {
            ProtocolDeregister(i);
        }
        if (Nics[i].Pdo != NULL) {
            NicRemove(i, FALSE);
        }
    }
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(ndishost_stop(), 0);
    return 0;
}

void TestIdle(void)
{
    assert_int_equal(ndishost_wait_idle(TEST_IDLE_MS), 0);
}

// ---- bug checks

enum ndishost_verify ExpectLevel = NDISHOST_VERIFY_OFF;

static uint32_t ExpectedCode;

static void ChildBugCheck(uint32_t Code, const char *Report)
{
    fputs(Report, stderr);
    fflush(stderr);
    _exit(Code == ExpectedCode ? CHILD_BUG_CHECK : 1);
}

static void ChildRun(void (*Body)(void), int Pipe)
{
    struct ndishost_options Options = {
        .processors = 2, .on_bug_check = ChildBugCheck, .verify = ExpectLevel};
    dup2(Pipe, STDERR_FILENO);
    SystemStart(&Options);
    Body();
    _exit(0); // no bug check
}

static void ReadAll(int Pipe, char *Text)
{
    size_t Length = 0;
    ssize_t Got;
    while ((Got = read(Pipe, Text + Length, REPORT_BYTES - 1 - Length)) > 0) {
        Length += (size_t)Got;
    }
    Text[Length] = '\0';
}

void ExpectBugCheck(void (*Body)(void), uint32_t Code, const char *Sentence)
{
    static char Text[REPORT_BYTES];
    int Pipe[2];
    int Status;
    ExpectedCode = Code;
    assert_int_equal(pipe(Pipe), 0);
    fflush(NULL);
    pid_t Child = fork();
    assert_true(Child >= 0);
    if (Child == 0) {
        close(Pipe[0]);
        ChildRun(Body, Pipe[1]);
    }
    close(Pipe[1]);
    ReadAll(Pipe[0], Text);
    close(Pipe[0]);
    assert_int_equal(waitpid(Child, &Status, 0), Child);
    if (!WIFEXITED(Status) || WEXITSTATUS(Status) != CHILD_BUG_CHECK ||
        strstr(Text, Sentence) == NULL) {
        print_error("wanted bug check 0x%X with '%s', got status 0x%x and:\n%s\n", (unsigned)Code,
                    Sentence, (unsigned)Status, Text);
        fail();
    }
}
