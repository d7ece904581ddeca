// SPDX-License-Identifier: MIT
#pragma once

// What is known about each rule that the verifier can name: the text of its reports and of `shuttle
// explain`. Plain C and no state, so that the command can link it too.

typedef struct SIM_RULE {
    const char *Id;       // "REU-01", "PV-04"
    const char *Title;    // one line, no full stop: what is wrong
    const char *Why;      // one or two sentences
    const char *Symptom;  // what Windows does then
    const char *Fix;      // one sentence, an instruction
    const char *Contract; // IDs of docs/ndis-contract.md, "NBL-65, NBL-67"
} SIM_RULE;

const SIM_RULE *SimRuleFind(const char *Id); // NULL: no such rule; case does not matter
const SIM_RULE *SimRuleAt(unsigned Index);   // in the contract's order; NULL behind the last
