// SPDX-License-Identifier: MIT
#pragma once

// The rule behind a bug check of nt/ and ndis/: what its report says beyond the sentence. At every
// level, also when nothing is verified: a table costs nothing until the system has ended.

#include "../nt/bugcheck.h"
#include "../nt/stack.h"
#include "rules.h"

// NULL: no rule says more than the bug check itself.
const SIM_RULE *SimExplainFind(const SIM_BUG_CHECK *Check);

// The value for SimBugCheckExplain.
void SimExplainBugCheck(REPORT *Report, const SIM_BUG_CHECK *Check, BOOLEAN AfterSentence);
