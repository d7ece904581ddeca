// SPDX-License-Identifier: MIT

// ndishost exports: which documented functions there are and which are missing. ndishost imports:
// the same for what one driver needs.

#include "command.h"

#include "../pe/map.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const Modules[] = {
    [PE_MODULE_KERNEL] = "ntoskrnl.exe",
    [PE_MODULE_NDIS] = "NDIS.SYS",
};
#define MODULE_COUNT 2

static void print_name(bool implemented, const char *module, const char *name)
{
    printf("%-11s  %-12s  %s\n", implemented ? "implemented" : "missing", module, name);
}

// ---- exports

static const char ExportsHelp[] =
    "usage: ndishost exports [--implemented | --missing | --counts] [--module MODULE]\n"
    "\n"
    "Lists the names that drivers can import: what Windows documents and ndishost implements or\n"
    "not, and the few that compilers need. The last lines have the counts.\n"
    "\n"
    "  --implemented    only these\n"
    "  --missing        only these\n"
    "  --counts         none of the names\n"
    "  --module MODULE  only those of NDIS.SYS or of ntoskrnl.exe (hal.dll's are the kernel's)\n";

struct selection {
    bool implemented, missing;
    int module; // PE_MODULE_...; -1: all
};

static void list_table(const PE_EXPORT *table, size_t count, bool implemented, bool print,
                       const struct selection *selection, unsigned counts[MODULE_COUNT])
{
    for (size_t i = 0; i < count; i++) {
        counts[table[i].Module]++;
        if (print && (selection->module < 0 || selection->module == table[i].Module)) {
            print_name(implemented, Modules[table[i].Module], table[i].Name);
        }
    }
}

// "NDIS.SYS" or "ndis". -1: neither.
static int find_module(const char *text)
{
    for (int i = 0; i < MODULE_COUNT; i++) {
        size_t stem = strcspn(Modules[i], ".");
        if (strcasecmp(text, Modules[i]) == 0 ||
            (strlen(text) == stem && strncasecmp(text, Modules[i], stem) == 0)) {
            return i;
        }
    }
    return -1;
}

static int parse_exports(struct selection *selection, int argc, char **argv)
{
    static const struct option Options[] = {
        {"implemented", no_argument, NULL, 'i'},
        {"missing", no_argument, NULL, 'm'},
        {"counts", no_argument, NULL, 'c'},
        {"module", required_argument, NULL, 'o'},
        {0},
    };
    int option, modes = 0;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        switch (option) {
        case 'i':
        case 'm':
        case 'c':
            selection->implemented = option == 'i';
            selection->missing = option == 'm';
            modes++;
            break;
        case 'o':
            selection->module = find_module(optarg);
            if (selection->module < 0) {
                return usage_error("--module: '%s' is neither NDIS.SYS nor ntoskrnl.exe", optarg);
            }
            break;
        default:
            return option_error(option, argv);
        }
    }
    if (optind < argc) {
        return usage_error("'%s' is not expected", argv[optind]);
    }
    return modes > 1 ? usage_error("--implemented, --missing and --counts exclude each other") : 0;
}

static int run_exports(int argc, char **argv)
{
    struct selection selection = {.implemented = true, .missing = true, .module = -1};
    unsigned implemented[MODULE_COUNT] = {0}, missing[MODULE_COUNT] = {0};
    int status = parse_exports(&selection, argc, argv);
    if (status != 0) {
        return status;
    }
    list_table(PeExports, PeExportCount, true, selection.implemented, &selection, implemented);
    list_table(PeMissing, PeMissingCount, false, selection.missing, &selection, missing);
    for (int i = 0; i < MODULE_COUNT; i++) {
        if (selection.module < 0 || selection.module == i) {
            printf("%s: %u implemented, %u missing\n", Modules[i], implemented[i], missing[i]);
        }
    }
    return EXIT_FINE;
}

const struct command ExportsCommand = {
    .name = "exports",
    .summary = "lists the functions that drivers can import, and those that are missing",
    .help = ExportsHelp,
    .run = run_exports,
};

// ---- imports

static const char ImportsHelp[] =
    "usage: ndishost imports FILE.sys\n"
    "\n"
    "Lists what a driver imports, and which of it ndishost has. The driver is not run.\n"
    "\n"
    "Exit status: 0 it has everything, 1 something is missing, 3 the file is no driver\n";

struct import_counts {
    unsigned imports, missing;
};

static void print_import(const char *module, const char *name, bool implemented, void *context)
{
    struct import_counts *counts = context;
    counts->imports++;
    counts->missing += !implemented;
    print_name(implemented, module, name);
}

static int run_imports(int argc, char **argv)
{
    static const struct option Options[] = {{0}};
    struct import_counts counts = {0};
    char text[500] = "";
    int option = getopt_long(argc, argv, ":", Options, NULL);
    if (option != -1) {
        return option_error(option, argv);
    }
    if (argc - optind != 1) {
        return usage_error(argc == optind ? "a driver's file is missing"
                                          : "give one driver's file");
    }
    PE_MESSAGE message = {.Text = text, .Size = sizeof(text), .Subject = argv[optind]};
    if (!PeListImports(argv[optind], print_import, &counts, &message)) {
        complain("%s", text);
        return EXIT_SET_UP;
    }
    printf("%u imports, %u missing\n", counts.imports, counts.missing);
    return counts.missing == 0 ? EXIT_FINE : EXIT_LEFT_BEHIND;
}

const struct command ImportsCommand = {
    .name = "imports",
    .summary = "lists what a driver imports, and what of it is missing",
    .help = ImportsHelp,
    .run = run_imports,
};
