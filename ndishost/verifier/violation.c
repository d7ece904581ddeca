// SPDX-License-Identifier: MIT

#include "violation.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#include "../nt/bugcheck.h"
#include "rules.h"

// The text between the rule and the fix: sentences and histories.
#define DETAIL_BYTES 8192

static unsigned RuleIndex(const SIM_RULE *Rule)
{
    unsigned Index = 0;
    while (SimRuleAt(Index) != Rule) {
        Index++;
    }
    return Index;
}

void SimViolation(const char *RuleId, SIM_VIOLATION_DETAIL *Detail, const void *Object,
                  const char *Format, ...)
{
    void *Frames[STACK_FRAMES_MAX];
    const SIM_RULE *Rule = SimRuleFind(RuleId);
    SIM_BUG_CHECK Check = {.Code = DRIVER_VERIFIER_DETECTED_VIOLATION, .Frames = Frames};
    char *Memory = mmap(NULL, DETAIL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
    REPORT Text = {Memory, DETAIL_BYTES, 0};
    va_list Arguments;

    Check.Parameters[0] = SIM_VIOLATION;
    Check.Parameters[1] = RuleIndex(Rule);
    Check.Parameters[2] = (ULONG_PTR)Object;
    Check.FrameCount = StackCapture(Frames, STACK_FRAMES_MAX, 1);
    if (Memory != MAP_FAILED) {
        char Sentence[1024];

        va_start(Arguments, Format);
        vsnprintf(Sentence, sizeof(Sentence), Format, Arguments);
        va_end(Arguments);
        ReportAdd(&Text, "  %s\n", Sentence);
        if (Detail != NULL) {
            Detail(&Text, Object);
        }
    }
    SimBugCheckReport(&Check, "%s  %s\n%s  Fix: %s  (contract %s)", Rule->Id, Rule->Title,
                      Memory == MAP_FAILED ? "" : Memory, Rule->Fix, Rule->Contract);
}
