// SPDX-License-Identifier: MIT

// The texts of the rules, and which rule is behind which bug check.

#include "verifier/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void ExpectRule(const char *Id, ULONG Code, ULONG_PTR First, ULONG_PTR Third)
{
    SIM_BUG_CHECK Check = {.Code = Code, .Parameters = {First, 0, Third, 0}};
    const SIM_RULE *Rule = SimExplainFind(&Check);
    if (Rule == NULL || strcmp(Rule->Id, Id) != 0) {
        fail_msg("bug check 0x%X/0x%llX is explained by %s, not %s", (unsigned)Code,
                 (unsigned long long)First, Rule == NULL ? "nothing" : Rule->Id, Id);
    }
}

static void Explain_BugChecksOfNdis_NameTheirRule(void **State)
{
    (void)State;
    ExpectRule("PV-12", 0x7C, 0x1001, 0); // send while not Running
    ExpectRule("PV-12", 0x7C, 0x1002, 0); // OID before the open or after the close
    ExpectRule("PV-12", 0x7C, 0x1000, 0x444E4942);
    ExpectRule("VER-42", 0x7C, 0x1000, 0x524D4954); // a timer's handle
    ExpectRule("PV-13", 0x7C, 0x27, 0);
    ExpectRule("PV-18", 0x7C, 0x21, 0);
    ExpectRule("PV-19", 0x7C, 0x1006, 0);
    ExpectRule("PV-24", 0x7C, 0x1009, 0);
    ExpectRule("PV-11", 0x7C, 0x100D, 0);
}

static void Explain_BugChecksOfTheKernel_NameTheirRule(void **State)
{
    (void)State;
    ExpectRule("PV-21", 0xC4, 0x7C, 0); // MmUnlockPages of what is not locked
    ExpectRule("PV-21", 0x76, 0, 0);
    ExpectRule("PV-21", 0xCB, 0, 0);
    ExpectRule("REU-12", 0xD8, 0, 0);
    ExpectRule("PV-22", 0x44, 0x1000, 0);
    ExpectRule("PV-22", 0xC9, 0x23D, 0);
    ExpectRule("PV-22", 0xC9, 0x23E, 0);
    ExpectRule("PV-22", 0xC9, 0x07, 0);
    ExpectRule("VER-37", 0xC9, 0x226, 0);
    ExpectRule("VER-27", 0xC4, 0xE5, 0);
    ExpectRule("VER-33", 0xC4, 0x121, 0);
    ExpectRule("VER-11", 0x10, 0, 0);
    ExpectRule("VER-32", 0xC2, 0x07, 0);
}

static void Explain_BugCheckOfNoRule_IsSilent(void **State)
{
    SIM_BUG_CHECK Check = {.Code = MANUALLY_INITIATED_CRASH};
    char Text[256] = "";
    REPORT Report = {Text, sizeof(Text), 0};
    (void)State;
    assert_null(SimExplainFind(&Check));
    SimExplainBugCheck(&Report, &Check, FALSE);
    SimExplainBugCheck(&Report, &Check, TRUE);
    assert_string_equal(Text, "");
}

static void Explain_Report_HasTitleBeforeAndFixAfterTheSentence(void **State)
{
    SIM_BUG_CHECK Check = {.Code = BUGCODE_NDIS_DRIVER, .Parameters = {0x1009}};
    char Text[4096] = "";
    REPORT Report = {Text, sizeof(Text), 0};
    (void)State;
    SimExplainBugCheck(&Report, &Check, FALSE);
    assert_memory_equal(Text, "PV-24  pool or allocation", 25);
    assert_null(strstr(Text, "Fix:"));
    SimExplainBugCheck(&Report, &Check, TRUE);
    assert_non_null(strstr(Text, "\n  Fix: Zero NET_BUFFER_LIST_POOL_PARAMETERS"));
    assert_non_null(strstr(Text, "(contract POOL-01, "));
}

// Each text is one line of a report, and each fix one sentence.
static void CheckText(const SIM_RULE *Rule, const char *Text)
{
    if (Text == NULL || Text[0] == '\0' || strchr(Text, '\n') != NULL) {
        fail_msg("%s has an empty or broken text", Rule->Id);
    }
}

static void Rules_EachOne_IsCompleteAndFoundById(void **State)
{
    const SIM_RULE *Rule;
    (void)State;
    for (unsigned Index = 0; (Rule = SimRuleAt(Index)) != NULL; Index++) {
        CheckText(Rule, Rule->Title);
        CheckText(Rule, Rule->Why);
        CheckText(Rule, Rule->Symptom);
        CheckText(Rule, Rule->Fix);
        CheckText(Rule, Rule->Contract);
        assert_ptr_equal(SimRuleFind(Rule->Id), Rule);
        size_t Length = strlen(Rule->Fix);
        if (Rule->Fix[Length - 1] != '.' || strstr(Rule->Fix, ". ") != NULL) {
            fail_msg("the fix of %s is not one sentence", Rule->Id);
        }
        if (Rule->Title[strlen(Rule->Title) - 1] == '.') {
            fail_msg("the title of %s ends with a full stop", Rule->Id);
        }
    }
    assert_ptr_equal(SimRuleFind("pv-24"), SimRuleFind("PV-24"));
    assert_null(SimRuleFind("PV-26")); // contract-id-example
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Explain_BugChecksOfNdis_NameTheirRule),
        cmocka_unit_test(Explain_BugChecksOfTheKernel_NameTheirRule),
        cmocka_unit_test(Explain_BugCheckOfNoRule_IsSilent),
        cmocka_unit_test(Explain_Report_HasTitleBeforeAndFixAfterTheSentence),
        cmocka_unit_test(Rules_EachOne_IsCompleteAndFoundById),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
