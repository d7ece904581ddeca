// SPDX-License-Identifier: MIT

#include "run_mistake.h"

#include "verifier/strict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_CAUGHT = 10, EXIT_FAILED = 11 };
enum { HANG_S = 90, IDLE_MS = 60000 }; // bound a hang, measure nothing
enum { PARK_US = 50000, PARK_LONGEST_US = 5000000 };

static int ResultPipe;

static void WriteResult(const void *Bytes, size_t Length)
{
    if (write(ResultPipe, Bytes, Length) != (ssize_t)Length) {
        _exit(EXIT_FAILED);
    }
}

static void BugCheck(uint32_t Code, const char *Report)
{
    WriteResult(&Code, sizeof(Code));
    WriteResult(Report, strlen(Report));
    _exit(EXIT_CAUGHT);
}

void ExampleFail(const char *Format, ...)
{
    static const uint32_t NoCode;
    char Text[1024];
    va_list Arguments;

    va_start(Arguments, Format);
    vsnprintf(Text, sizeof(Text), Format, Arguments);
    va_end(Arguments);
    WriteResult(&NoCode, sizeof(NoCode));
    WriteResult(Text, strlen(Text));
    _exit(EXIT_FAILED);
}

static void Require(ndishost_status Status, const char *What)
{
    if (Status != 0) {
        ExampleFail("%s: 0x%08X", What, Status);
    }
}

static void AddNic(EXAMPLE *E)
{
    char Argument[32], Message[200] = "";
    ndishost_status Status;

    if (E->Mistake->Nic != NULL) {
        Status = ndishost_add_nic(E->Mistake->Nic, &E->Nic, Message, sizeof(Message));
    } else {
        test_wire_init(&E->Wire);
        Status = ndishost_add_wire(&TestWireOps,
                                   test_wire_argument(&E->Wire, Argument, sizeof(Argument)),
                                   &E->Nic, Message, sizeof(Message));
    }
    Require(Status, Message[0] == 0 ? "add the NIC" : Message);
    Require(ndishost_wait_idle(IDLE_MS), "wait for the binding");
}

static void CheckFrames(const EXAMPLE *E)
{
    if (E->Completed != E->Sent || (E->Sent == 0 && !E->Mistake->SendsNothing)) {
        ExampleFail("%u NBLs sent, %u completed", E->Sent, E->Completed);
    }
    if (E->Failed != 0 && !E->Mistake->SendsFail) {
        ExampleFail("%u of %u NBLs completed with an error", E->Failed, E->Sent);
    }
}

static __attribute__((noreturn)) void Child(const MISTAKE *Mistake, BOOLEAN Correct,
                                            enum ndishost_verify Level, ULONG ParkUs)
{
    struct ndishost_options Options = {
        .verify = Level,
        .processors = 2,
        .seed = 1,
        .on_bug_check = BugCheck,
    };
    struct ndishost_driver *Driver;
    EXAMPLE *E = &Example;
    unsigned Leaked;

    alarm(HANG_S);
    E->Mistake = Mistake;
    E->Correct = Correct;
    if (!Correct) {
        ParkSetDelay(ParkUs); // strict mode must not give the NBL back before it is touched
    }
    Require(ndishost_start(&Options), "start");
    Require(ndishost_load_native("Example", ExampleEntry, &Driver), "load the driver");
    AddNic(E);
    if (Mistake->Run != NULL) {
        Mistake->Run(E);
    }
    CheckFrames(E);
    Leaked = ndishost_stop();
    if (Leaked != 0) {
        ExampleFail("%u things were leaked (stderr has the list)", Leaked);
    }
    _exit(EXIT_SUCCESS);
}

static void ReadResult(int Pipe, MISTAKE_RESULT *Result)
{
    size_t Used = 0;
    ssize_t Got = read(Pipe, &Result->Code, sizeof(Result->Code));

    while (Got > 0 && Used < sizeof(Result->Text) - 1) {
        Got = read(Pipe, Result->Text + Used, sizeof(Result->Text) - 1 - Used);
        Used += Got > 0 ? (size_t)Got : 0;
    }
    Result->Text[Used] = 0;
}

static void Fail(const char *What)
{
    perror(What);
    abort();
}

static enum ndishost_verify DefaultLevel(const MISTAKE *Mistake)
{
    return Mistake->Level == NDISHOST_VERIFY_DEFAULT ? NDISHOST_VERIFY_ON : Mistake->Level;
}

static void RunOnce(const MISTAKE *Mistake, BOOLEAN Correct, enum ndishost_verify Level,
                    ULONG ParkUs, MISTAKE_RESULT *Result)
{
    int Pipe[2], Status;
    pid_t Pid;

    *Result = (MISTAKE_RESULT){.End = MistakeEndFailed};
    fflush(NULL);
    if (pipe(Pipe) != 0) {
        Fail("pipe");
    }
    Pid = fork();
    if (Pid < 0) {
        Fail("fork");
    }
    if (Pid == 0) {
        close(Pipe[0]);
        ResultPipe = Pipe[1];
        Child(Mistake, Correct, Level, ParkUs);
    }
    close(Pipe[1]);
    ReadResult(Pipe[0], Result);
    close(Pipe[0]);
    if (waitpid(Pid, &Status, 0) != Pid) {
        Fail("waitpid");
    }

    if (WIFEXITED(Status) && WEXITSTATUS(Status) == EXIT_CAUGHT) {
        Result->End = MistakeEndCaught;
    } else if (WIFEXITED(Status) && WEXITSTATUS(Status) == EXIT_SUCCESS) {
        Result->End = MistakeEndPassed;
    } else if (!WIFEXITED(Status) || WEXITSTATUS(Status) != EXIT_FAILED) {
        snprintf(Result->Text, sizeof(Result->Text), "the process ended with wait status 0x%x%s",
                 Status, WIFSIGNALED(Status) && WTERMSIG(Status) == SIGALRM ? " (it hung)" : "");
    }
}

void MistakeRun(const MISTAKE *Mistake, BOOLEAN Correct, enum ndishost_verify Level,
                MISTAKE_RESULT *Result)
{
    if (Level == NDISHOST_VERIFY_DEFAULT) {
        Level = DefaultLevel(Mistake);
    }
    // A busy machine may stop the driver between the send and the touch until the NBL is back.
    for (ULONG ParkUs = PARK_US; ParkUs <= PARK_LONGEST_US; ParkUs *= 10) {
        RunOnce(Mistake, Correct, Level, ParkUs, Result);
        if (Correct || Result->End != MistakeEndPassed) {
            return;
        }
    }
}
