// SPDX-License-Identifier: MIT

// Every mistake is caught by name, and passes when it is corrected.
//
//   mistakes_test               all of them
//   mistakes_test 'reuse_*'     those tests
//   mistakes_test --list        their rules and names
//   mistakes_test --print NAME  the report for one

#include "mistake_list.h"
#include "run_mistake.h"
#include "verifier/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MISTAKES_MAX = 256, TESTS_PER_MISTAKE = 3, NAME_BYTES = 128 };

static MISTAKE_RESULT Result;

// fail_msg cuts long texts, and a report is long.
static void FailWith(const char *What, const char *Text)
{
    print_error("%s:\n%s\n", What, Text);
    fail();
}

static void Mistake_IsMade_IsCaughtByName(void **State)
{
    const MISTAKE *Mistake = *State;
    const SIM_RULE *Rule = SimRuleFind(Mistake->Rule);
    const char *Line;
    char Expected[512];

    if (Rule == NULL) {
        fail_msg("the verifier has no rule %s", Mistake->Rule);
    }
    MistakeRun(Mistake, FALSE, NDISHOST_VERIFY_DEFAULT, &Result);
    if (Result.End != MistakeEndCaught) {
        FailWith("not caught", Result.End == MistakeEndPassed ? "it passed" : Result.Text);
    }
    snprintf(Expected, sizeof(Expected), "%s  %s\n", Rule->Id, Rule->Title);
    Line = strchr(Result.Text, '\n'); // the first one has the bug check's name
    if (Line == NULL || strncmp(Line + 1, Expected, strlen(Expected)) != 0) {
        FailWith("caught as something else", Result.Text);
    }
    if (strstr(Result.Text, Rule->Fix) == NULL || strstr(Result.Text, Rule->Contract) == NULL) {
        FailWith("no fix, or no contract, in the report", Result.Text);
    }
}

static void Mistake_IsCorrected_Passes(void **State)
{
    MistakeRun(*State, TRUE, NDISHOST_VERIFY_ON, &Result);
    if (Result.End != MistakeEndPassed) {
        FailWith("the corrected driver fails", Result.Text);
    }
}

static void Mistake_IsCorrected_PassesStrictly(void **State)
{
    MistakeRun(*State, TRUE, NDISHOST_VERIFY_STRICT, &Result);
    if (Result.End != MistakeEndPassed) {
        FailWith("the corrected driver fails in strict mode", Result.Text);
    }
}

static BOOLEAN HasMistake(const char *RuleId)
{
    // The adapter's behaviour, not a driver's: nic/ has it as the chaos NIC. The checks behind VER
    // are the kernel's own, with tests in tests/nt.
    if (strcmp(RuleId, "PV-15") == 0 || strncmp(RuleId, "VER-", 4) == 0) {
        return TRUE;
    }
    for (unsigned I = 0; MistakeAt(I) != NULL; I++) {
        if (strcmp(MistakeAt(I)->Rule, RuleId) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void Rules_EachOne_HasAMistake(void **State)
{
    unsigned Missing = 0;

    (void)State;
    for (unsigned I = 0; SimRuleAt(I) != NULL; I++) {
        const char *Id = SimRuleAt(I)->Id;

        // The others are Windows' own checks: tests/nt has them.
        if ((strncmp(Id, "REU-", 4) == 0 || strncmp(Id, "PV-", 3) == 0) && !HasMistake(Id)) {
            print_error("no mistake breaks %s\n", Id);
            Missing++;
        }
    }
    assert_int_equal(Missing, 0);
}

// The contract's sections 2 and 9.4, so that a rule cannot be forgotten either.
static void Contract_EachReuseAndOwnRule_IsARule(void **State)
{
    static const struct {
        const char *Prefix;
        unsigned Last;
    } Sections[] = {{"REU", 21}, {"PV", 25}};
    unsigned Missing = 0;

    (void)State;
    for (unsigned I = 0; I < RTL_NUMBER_OF(Sections); I++) {
        for (unsigned Number = 1; Number <= Sections[I].Last; Number++) {
            char Id[16];

            snprintf(Id, sizeof(Id), "%s-%02u", Sections[I].Prefix, Number);
            if (SimRuleFind(Id) == NULL && strcmp(Id, "PV-15") != 0) {
                print_error("the verifier has no rule %s\n", Id);
                Missing++;
            }
        }
    }
    assert_int_equal(Missing, 0);
}

static int List(void)
{
    for (unsigned I = 0; MistakeAt(I) != NULL; I++) {
        printf("%s %s\n", MistakeAt(I)->Rule, MistakeAt(I)->Name);
    }
    return 0;
}

static int Print(const char *Name)
{
    for (unsigned I = 0; MistakeAt(I) != NULL; I++) {
        if (strcmp(MistakeAt(I)->Name, Name) == 0) {
            MistakeRun(MistakeAt(I), FALSE, NDISHOST_VERIFY_DEFAULT, &Result);
            fputs(Result.Text, stdout);
            return Result.End == MistakeEndCaught ? 0 : 1;
        }
    }
    fprintf(stderr, "mistakes_test: no mistake has the name \"%s\"; see --list\n", Name);
    return 2;
}

// Three tests for each mistake, with names of their own.
static void AddTests(struct CMUnitTest *Tests, const MISTAKE *Mistake, char (*Names)[NAME_BYTES])
{
    static const struct {
        const char *Format;
        CMUnitTestFunction Function;
    } Kinds[TESTS_PER_MISTAKE] = {
        {"%s_IsMade_%s", Mistake_IsMade_IsCaughtByName},
        {"%s_IsCorrected_Passes", Mistake_IsCorrected_Passes},
        {"%s_IsCorrected_PassesStrictly", Mistake_IsCorrected_PassesStrictly},
    };

    for (unsigned I = 0; I < TESTS_PER_MISTAKE; I++) {
        snprintf(Names[I], NAME_BYTES, Kinds[I].Format, Mistake->Name, Mistake->Rule);
        Tests[I] = (struct CMUnitTest){
            .name = Names[I], .test_func = Kinds[I].Function, .initial_state = (void *)Mistake};
    }
}

static int Test(void)
{
    static char Names[MISTAKES_MAX][TESTS_PER_MISTAKE][NAME_BYTES];
    static struct CMUnitTest Tests[TESTS_PER_MISTAKE * MISTAKES_MAX + 2] = {
        cmocka_unit_test(Rules_EachOne_HasAMistake),
        cmocka_unit_test(Contract_EachReuseAndOwnRule_IsARule),
    };
    size_t Count = 2;

    for (unsigned I = 0; MistakeAt(I) != NULL; I++) {
        if (I == MISTAKES_MAX) {
            fprintf(stderr, "mistakes_test: MISTAKES_MAX is too small\n");
            return 1;
        }
        AddTests(&Tests[Count], MistakeAt(I), Names[I]);
        Count += TESTS_PER_MISTAKE;
    }
    return _cmocka_run_group_tests("mistakes", Tests, Count, NULL, NULL);
}

int main(int ArgumentCount, char **Arguments)
{
    if (ArgumentCount == 1) {
        return Test();
    }
    if (ArgumentCount == 2 && strcmp(Arguments[1], "--list") == 0) {
        return List();
    }
    if (ArgumentCount == 2 && Arguments[1][0] != '-') {
        cmocka_set_test_filter(Arguments[1]);
        return Test();
    }
    if (ArgumentCount == 3 && strcmp(Arguments[1], "--print") == 0) {
        return Print(Arguments[2]);
    }
    fprintf(stderr, "usage: mistakes_test [PATTERN | --list | --print NAME]\n");
    return 2;
}
