// SPDX-License-Identifier: MIT

#include "violation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../nt/bugcheck.h"
#include "rules.h"

// The text behind the fix: objects and histories.
#define DETAIL_BYTES 24576
#define SENTENCES_BYTES 2048
#define WARNINGS_MAX 128

static unsigned RuleIndex(const SIM_RULE *Rule)
{
    unsigned Index = 0;
    while (SimRuleAt(Index) != Rule) {
        Index++;
    }
    return Index;
}

// Two spaces in front of each line.
static void AddIndented(REPORT *Report, const char *Text)
{
    while (*Text != '\0') {
        size_t Length = strcspn(Text, "\n");
        ReportAdd(Report, "  %.*s\n", (int)Length, Text);
        Text += Length + (Text[Length] == '\n');
    }
}

// The stack of a fault has been captured before; else it is this thread's.
static void ViolationStack(SIM_BUG_CHECK *Check, void **Frames)
{
    const SIM_BUG_CHECK *Fault = SimFaultUnderReport();
    if (Fault != NULL) {
        Check->Frames = Fault->Frames;
        Check->FrameCount = Fault->FrameCount;
    } else {
        Check->Frames = Frames;
        Check->FrameCount = StackCapture(Frames, STACK_FRAMES_MAX, 2);
    }
}

static __attribute__((noreturn)) void Violation(const char *RuleId, const void *Object,
                                                SIM_VIOLATION_DETAIL *Detail,
                                                const void *DetailArgument, const char *Format,
                                                va_list Arguments)
{
    void *Frames[STACK_FRAMES_MAX];
    char Sentences[SENTENCES_BYTES];
    const SIM_RULE *Rule = SimRuleFind(RuleId);
    SIM_BUG_CHECK Check = {.Code = DRIVER_VERIFIER_DETECTED_VIOLATION};
    char *Memory = mmap(NULL, DETAIL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
    REPORT Text = {Memory, DETAIL_BYTES, 0};

    Check.Parameters[0] = SIM_VIOLATION;
    Check.Parameters[1] = RuleIndex(Rule);
    Check.Parameters[2] = (ULONG_PTR)Object;
    ViolationStack(&Check, Frames);
    vsnprintf(Sentences, sizeof(Sentences), Format, Arguments);
    if (Memory == MAP_FAILED) {
        SimBugCheckReport(&Check, "%s  %s", Rule->Id, Rule->Title);
    }
    ReportAdd(&Text, "%s  %s\n", Rule->Id, Rule->Title);
    AddIndented(&Text, Sentences);
    ReportAdd(&Text, "  Fix: %s  (contract %s)\n", Rule->Fix, Rule->Contract);
    if (Detail != NULL) {
        Detail(&Text, DetailArgument);
    }
    SimBugCheckReport(&Check, "%s", Memory);
}

void SimViolation(const char *RuleId, SIM_VIOLATION_DETAIL *Detail, const void *Object,
                  const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    Violation(RuleId, Object, Detail, Object, Format, Arguments);
}

void SimViolationWith(const char *RuleId, const void *Object, SIM_VIOLATION_DETAIL *Detail,
                      const void *DetailArgument, const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    Violation(RuleId, Object, Detail, DetailArgument, Format, Arguments);
}

// Whether this rule was not warned of at this place before.
static BOOLEAN WarningIsNew(const SIM_RULE *Rule, const void *Caller)
{
    static struct {
        const SIM_RULE *Rule;
        const void *Caller;
    } Known[WARNINGS_MAX];
    static unsigned Count;
    static SIM_LOCK Lock; // guards both
    BOOLEAN New = TRUE;

    SimLock(&Lock);
    for (unsigned i = 0; i < Count && New; i++) {
        New = Known[i].Rule != Rule || Known[i].Caller != Caller;
    }
    New = New && Count < WARNINGS_MAX;
    if (New) {
        Known[Count].Rule = Rule;
        Known[Count++].Caller = Caller;
    }
    SimUnlock(&Lock);
    return New;
}

void SimViolationWarn(const char *RuleId, const char *Format, ...)
{
    const SIM_RULE *Rule = SimRuleFind(RuleId);
    char Sentence[512];
    va_list Arguments;

    if (!WarningIsNew(Rule, __builtin_return_address(0))) {
        return;
    }
    va_start(Arguments, Format);
    vsnprintf(Sentence, sizeof(Sentence), Format, Arguments);
    va_end(Arguments);
    DbgPrint("ndishost: warning, %s: %s\n", Rule->Id, Sentence);
}
