// SPDX-License-Identifier: MIT
#pragma once

// The texts behind rules.h: one table for each group of rules.

#include "rules.h"

extern const SIM_RULE SimRulesReuse[]; // REU: section 2 of the contract
extern const unsigned SimRulesReuseCount;
extern const SIM_RULE SimRulesContract[]; // PV: section 9.4
extern const unsigned SimRulesContractCount;
extern const SIM_RULE SimRulesSystem[]; // VER: sections 9.1 to 9.3, as far as ndishost checks them
extern const unsigned SimRulesSystemCount;
