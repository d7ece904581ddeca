// SPDX-License-Identifier: MIT

#include "rules.h"

#include <stddef.h>
#include <strings.h>

#include "rules_tables.h"

const SIM_RULE *SimRuleAt(unsigned Index)
{
    if (Index < SimRulesReuseCount) {
        return &SimRulesReuse[Index];
    }
    Index -= SimRulesReuseCount;
    if (Index < SimRulesContractCount) {
        return &SimRulesContract[Index];
    }
    Index -= SimRulesContractCount;
    return Index < SimRulesSystemCount ? &SimRulesSystem[Index] : NULL;
}

const SIM_RULE *SimRuleFind(const char *Id)
{
    const SIM_RULE *Rule;

    for (unsigned Index = 0; (Rule = SimRuleAt(Index)) != NULL; Index++) {
        if (strcasecmp(Rule->Id, Id) == 0) {
            return Rule;
        }
    }
    return NULL;
}
