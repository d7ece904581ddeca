// SPDX-License-Identifier: MIT

// shuttle explain: the rules that ndishost's verifier names, and the contract behind them. The only
// command that needs more than the public library: the two tables of texts.

#include "command.h"
#include "json.h"

#include <contract.h>
#include <rules.h>

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LINE_COLUMNS 92
#define ID_BYTES 16
#define NEAR_MISSES 3

static const char Help[] =
    "usage: shuttle explain [RULE-ID] [--json]\n"
    "\n"
    "Without RULE-ID: the rules that ndishost's verifier names, a line each. With one of them, "
    "such\n"
    "as REU-01 or PV-13: why it is a rule, what Windows does when it is broken, how to put it "
    "right,\n"
    "and what the contract says, with its sources. With any other entry of docs/ndis-contract.md,\n"
    "such as NBL-65: that entry.\n"
    "\n"
    "  --json           the same as one JSON object\n";

static const CONTRACT_ENTRY *find_entry(const char *id)
{
    for (unsigned i = 0; i < ContractEntryCount; i++) {
        if (strcasecmp(ContractEntries[i].Id, id) == 0) {
            return &ContractEntries[i];
        }
    }
    return NULL;
}

// ---- text

// Columns of the word at `text`: UTF-8 characters up to the next blank.
static int word_columns(const char *text, size_t *bytes)
{
    int columns = 0;
    for (*bytes = 0; text[*bytes] != '\0' && !isspace((unsigned char)text[*bytes]); (*bytes)++) {
        columns += ((unsigned char)text[*bytes] & 0xC0) != 0x80;
    }
    return columns;
}

// One paragraph, wrapped; `column` is where the cursor stands. Returns what is behind its line end.
static const char *print_paragraph(const char *text, int indent, int column)
{
    bool is_first = true;
    while (*text != '\0' && *text != '\n') {
        size_t bytes;
        int columns = word_columns(text, &bytes);
        if (!is_first && column + 1 + columns > LINE_COLUMNS) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (!is_first) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)bytes, text);
        column += columns;
        is_first = false;
        text += bytes;
        text += strspn(text, " ");
    }
    putchar('\n');
    return *text == '\n' ? text + 1 : text;
}

// Lines that begin with a blank are code and stay as they are.
static void print_wrapped(const char *text, int indent, int column)
{
    while (*text != '\0') {
        if (*text == ' ') {
            size_t length = strcspn(text, "\n");
            printf("%.*s\n", (int)length, text);
            text += length + (text[length] == '\n');
        } else {
            text = print_paragraph(text, indent, column);
        }
        if (*text != '\0') {
            printf("%*s", indent, "");
            column = indent;
        }
    }
}

static void print_field(const char *label, const char *text)
{
    printf("  %-12s", label);
    print_wrapped(text, 14, 14);
}

static void print_entry(const CONTRACT_ENTRY *entry)
{
    printf("  %-9s", entry->Id);
    print_wrapped(entry->Text, 11, 11);
    if (entry->Sources[0] != '\0') {
        printf("%*ssource: ", 11, "");
        print_wrapped(entry->Sources, 19, 19);
    }
}

// ---- a rule and the contract's entries that it rests on

// Takes the next ID from the list "NBL-65, NBL-67". False: there is none left.
static bool next_id(const char **list, char id[ID_BYTES])
{
    size_t length = strcspn(*list, ", ");
    snprintf(id, ID_BYTES, "%.*s", (int)length, *list);
    *list += length;
    *list += strspn(*list, ", ");
    return id[0] != '\0';
}

static bool rule_rests_on(const SIM_RULE *rule, const char *entry_id)
{
    char id[ID_BYTES];
    for (const char *list = rule->Contract; next_id(&list, id);) {
        if (strcmp(id, entry_id) == 0) {
            return true;
        }
    }
    return false;
}

static void print_rule(const SIM_RULE *rule)
{
    char id[ID_BYTES];
    printf("%s  ", rule->Id);
    print_wrapped(rule->Title, 0, (int)strlen(rule->Id) + 2);
    print_field("why", rule->Why);
    print_field("on Windows", rule->Symptom);
    print_field("fix", rule->Fix);
    puts("\nThe contract (docs/ndis-contract.md)");
    if (!rule_rests_on(rule, rule->Id)) {
        print_entry(find_entry(rule->Id));
    }
    for (const char *list = rule->Contract; next_id(&list, id);) {
        print_entry(find_entry(id));
    }
}

static void print_entry_alone(const CONTRACT_ENTRY *entry)
{
    bool is_first = true;
    print_entry(entry);
    printf("\n  in docs/ndis-contract.md, section %s\n", entry->Section);
    for (unsigned i = 0; SimRuleAt(i) != NULL; i++) {
        if (rule_rests_on(SimRuleAt(i), entry->Id)) {
            printf("%s%s", is_first ? "  the verifier's rules that rest on it: " : ", ",
                   SimRuleAt(i)->Id);
            is_first = false;
        }
    }
    if (!is_first) {
        putchar('\n');
    }
}

static void print_list(void)
{
    for (unsigned i = 0; SimRuleAt(i) != NULL; i++) {
        printf("%-8s%s\n", SimRuleAt(i)->Id, SimRuleAt(i)->Title);
    }
    printf(
        "\n'shuttle explain RULE-ID' tells why, the symptom and the fix; it also knows the other "
        "%u entries\nof docs/ndis-contract.md.\n",
        ContractEntryCount);
}

// ---- JSON

static void entry_json(const CONTRACT_ENTRY *entry)
{
    json_open(NULL, '{');
    json_string("id", entry->Id);
    json_string("section", entry->Section);
    json_string("text", entry->Text);
    json_string("sources", entry->Sources);
    json_close('}');
}

static void rule_json(const SIM_RULE *rule)
{
    json_string("id", rule->Id);
    json_string("title", rule->Title);
    json_string("why", rule->Why);
    json_string("symptom", rule->Symptom);
    json_string("fix", rule->Fix);
}

static void contract_json(const SIM_RULE *rule, const CONTRACT_ENTRY *own)
{
    char id[ID_BYTES];
    json_open("contract", '[');
    if (rule == NULL || !rule_rests_on(rule, own->Id)) {
        entry_json(own);
    }
    for (const char *list = rule == NULL ? "" : rule->Contract; next_id(&list, id);) {
        entry_json(find_entry(id));
    }
    json_close(']');
}

static void explain_json(const SIM_RULE *rule, const CONTRACT_ENTRY *entry)
{
    json_open(NULL, '{');
    json_string("command", "explain");
    if (rule != NULL) {
        rule_json(rule);
    } else {
        json_string("id", entry->Id);
    }
    contract_json(rule, entry);
    json_close('}');
}

static void list_json(void)
{
    json_open(NULL, '{');
    json_string("command", "explain");
    json_open("rules", '[');
    for (unsigned i = 0; SimRuleAt(i) != NULL; i++) {
        json_open(NULL, '{');
        rule_json(SimRuleAt(i));
        json_string("contract", SimRuleAt(i)->Contract);
        json_close('}');
    }
    json_close(']');
    json_close('}');
}

// ---- what is not there

static unsigned minimum(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

// How many characters have to be changed, added or taken away; case does not matter.
static unsigned distance(const char *a, const char *b)
{
    unsigned row[ID_BYTES + 1];
    size_t columns = strlen(b);
    if (strlen(a) > ID_BYTES || columns > ID_BYTES) {
        return ID_BYTES;
    }
    for (unsigned j = 0; j <= columns; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= columns; j++) {
            unsigned above = row[j];
            bool same = toupper((unsigned char)a[i - 1]) == toupper((unsigned char)b[j - 1]);
            row[j] = minimum(minimum(above, row[j - 1]) + 1, diagonal + !same);
            diagonal = above;
        }
    }
    return row[columns];
}

static int unknown_id(const char *id)
{
    char text[NEAR_MISSES * (ID_BYTES + 4)] = "";
    size_t used = 0;
    unsigned found = 0;
    for (unsigned away = 1; away <= 2; away++) {
        for (unsigned i = 0; i < ContractEntryCount && found < NEAR_MISSES; i++) {
            const char *near = ContractEntries[i].Id;
            if (distance(id, near) == away) {
                used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
                                         found++ == 0 ? "" : ", ", near);
            }
        }
    }
    if (found == 0) {
        return usage_error("the contract has no entry '%s'; 'shuttle explain' lists the rules", id);
    }
    return usage_error("the contract has no entry '%s'; is it one of %s?", id, text);
}

static int explain(const char *id, bool json)
{
    const CONTRACT_ENTRY *entry = find_entry(id);
    const SIM_RULE *rule = SimRuleFind(id);
    if (entry == NULL) {
        return unknown_id(id);
    }
    if (json) {
        explain_json(rule, entry);
    } else if (rule != NULL) {
        print_rule(rule);
    } else {
        print_entry_alone(entry);
    }
    return EXIT_ALL_SENT;
}

static int run_explain(int argc, char **argv)
{
    enum { OPTION_JSON = 1 };
    static const struct option Options[] = {{"json", no_argument, NULL, OPTION_JSON}, {0}};
    bool json = false;
    int option;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (option != OPTION_JSON) {
            return option_error(option, argv);
        }
        json = true;
    }
    if (argc - optind > 1) {
        return usage_error("'%s' is not expected", argv[optind + 1]);
    }
    if (optind < argc) {
        return explain(argv[optind], json);
    }
    (json ? list_json : print_list)();
    return EXIT_ALL_SENT;
}

const struct command ExplainCommand = {
    .name = "explain",
    .summary = "tells what a rule of the verifier means and how to put it right",
    .help = Help,
    .run = run_explain,
};
