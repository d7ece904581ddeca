// SPDX-License-Identifier: MIT

// Bug checks as programs read them, and child processes that may end with one.

#define _GNU_SOURCE

#include "host.h"

#include "../nt/bugcheck.h"
#include "../verifier/explain.h"
#include "../verifier/violation.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct ndishost_outcome *Apart; // this is the child; the parent reads it when it has ended

// What the verifier has named, or what the bug check's own documentation comes down to.
static const SIM_RULE *RuleOf(const SIM_BUG_CHECK_RECORD *Record)
{
    SIM_BUG_CHECK Check = {.Code = Record->Code};

    if (Record->Code == DRIVER_VERIFIER_DETECTED_VIOLATION &&
        Record->Parameters[0] == SIM_VIOLATION) {
        return SimRuleAt((unsigned)Record->Parameters[1]);
    }
    memcpy(Check.Parameters, Record->Parameters, sizeof(Check.Parameters));
    return SimExplainFind(&Check);
}

int ndishost_last_report(struct ndishost_report *report)
{
    const SIM_BUG_CHECK_RECORD *Record = SimBugCheckNewest();
    const SIM_RULE *Rule;

    memset(report, 0, sizeof(*report));
    if (Record == NULL) {
        return 0;
    }
    Rule = RuleOf(Record);
    report->code = Record->Code;
    for (unsigned I = 0; I < 4; I++) {
        report->parameters[I] = Record->Parameters[I];
    }
    report->name = SimBugCheckName(Record->Code);
    if (Rule != NULL) {
        report->rule = Rule->Id;
        report->title = Rule->Title;
        report->fix = Rule->Fix;
    }
    snprintf(report->text, sizeof(report->text), "%s", Record->Report);
    return 1;
}

// ---- in the child

// The names that a report points to are constants of the program: the parent has them at the same
// addresses.
static void ApartBugCheck(uint32_t Code, const char *Report)
{
    (void)Code, (void)Report;
    ndishost_last_report(&Apart->report);
    Apart->end = NDISHOST_END_BUG_CHECK;
    _exit(0);
}

void (*HostBugCheckHandler(void))(uint32_t Code, const char *Report)
{
    return Apart != NULL ? ApartBugCheck : NULL;
}

static __attribute__((noreturn)) void ApartRun(int (*Body)(void *), void *Context,
                                               struct ndishost_outcome *Shared)
{
    Apart = Shared;
    Shared->value = Body(Context);
    Shared->end = NDISHOST_END_RETURNED;
    fflush(NULL);
    _exit(0);
}

// ---- in the parent

static int64_t NowMs(void)
{
    struct timespec Now;

    clock_gettime(CLOCK_MONOTONIC, &Now);
    return (int64_t)Now.tv_sec * 1000 + Now.tv_nsec / 1000000;
}

// The child's end of the pipe closes with its last thread. FALSE: not in time.
static BOOLEAN ApartWait(int Pipe, unsigned TimeoutMs)
{
    struct pollfd Wait = {.fd = Pipe, .events = POLLIN};
    int64_t End = NowMs() + TimeoutMs;
    int Ready;

    do {
        int64_t Left = End - NowMs();
        Ready = poll(&Wait, 1, (int)(Left < 0 ? 0 : min(Left, INT32_MAX)));
    } while (Ready < 0 && errno == EINTR);
    return Ready > 0;
}

static void ApartEnd(pid_t Child, struct ndishost_outcome *Outcome, BOOLEAN InTime)
{
    int Status = 0;

    if (!InTime) {
        kill(Child, SIGKILL);
    }
    while (waitpid(Child, &Status, 0) < 0 && errno == EINTR) {
    }
    if (!InTime) {
        Outcome->end = NDISHOST_END_TIMEOUT;
    } else if (WIFSIGNALED(Status)) {
        Outcome->end = NDISHOST_END_SIGNAL;
        Outcome->value = WTERMSIG(Status);
    } else if (Outcome->end == NDISHOST_END_EXITED) {
        Outcome->value = WEXITSTATUS(Status);
    }
}

ndishost_status ndishost_run_apart(int (*body)(void *context), void *context, unsigned timeout_ms,
                                   struct ndishost_outcome *outcome)
{
    ndishost_status Status = (ndishost_status)STATUS_INSUFFICIENT_RESOURCES;
    struct ndishost_outcome *Shared;
    int Pipe[2];
    pid_t Child;

    if (HostIsRunning()) {
        return (ndishost_status)STATUS_INVALID_DEVICE_STATE;
    }
    Shared = mmap(NULL, sizeof(*Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (Shared == MAP_FAILED) {
        return Status;
    }
    Shared->end = NDISHOST_END_EXITED; // until the child says something else
    if (pipe2(Pipe, O_CLOEXEC) != 0) {
        goto Unmap;
    }
    fflush(NULL);
    Child = fork();
    if (Child == 0) {
        close(Pipe[0]);
        ApartRun(body, context, Shared);
    }
    close(Pipe[1]);
    if (Child > 0) {
        ApartEnd(Child, Shared, ApartWait(Pipe[0], timeout_ms));
        *outcome = *Shared;
        Status = (ndishost_status)STATUS_SUCCESS;
    }
    close(Pipe[0]);
Unmap:
    munmap(Shared, sizeof(*Shared));
    return Status;
}
