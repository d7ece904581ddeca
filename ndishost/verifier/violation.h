// SPDX-License-Identifier: MIT
#pragma once

// How a check of the verifier ends the system. The report has the rule and its title, what was
// found, the fix, the objects with their histories, then thread and call stack as every bug check.

#include <ntddk.h>

#include "../nt/stack.h"

// First parameter of bug check 0xC4 for the rules of this verifier; the second is the rule's index
// (SimRuleAt), the third the object. Windows' own verifier does not use it.
#define SIM_VIOLATION 0x53480000u

// Adds lines about an object: its identity and what happened to it, oldest first.
typedef void SIM_VIOLATION_DETAIL(REPORT *Report, const void *Object);

// `Detail` may be NULL. Called with no lock of the verifier held. `Format` gives the sentences that
// say what was found: values, addresses, and what would have been right; one or more lines.
__attribute__((noreturn, format(printf, 4, 5))) void SimViolation(const char *RuleId,
                                                                  SIM_VIOLATION_DETAIL *Detail,
                                                                  const void *Object,
                                                                  const char *Format, ...);

// The same with another argument for `Detail` than the object that the report is about.
__attribute__((noreturn, format(printf, 5, 6))) void SimViolationWith(const char *RuleId,
                                                                      const void *Object,
                                                                      SIM_VIOLATION_DETAIL *Detail,
                                                                      const void *DetailArgument,
                                                                      const char *Format, ...);

// A doubtful thing that is no violation: on the debugger's channel, once for each rule and caller.
__attribute__((format(printf, 2, 3))) void SimViolationWarn(const char *RuleId, const char *Format,
                                                            ...);
