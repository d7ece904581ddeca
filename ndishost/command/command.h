// SPDX-License-Identifier: MIT
#pragma once

// What the commands of `ndishost` share with main.c. Each is one file with one entry in its table.

#include <stdbool.h>
#include <stdint.h>

enum exit_status {
    EXIT_FINE = 0,
    EXIT_LEFT_BEHIND = 1, // also: an import is missing
    EXIT_USAGE = 2,
    EXIT_SET_UP = 3,
    EXIT_BUG_CHECK = 4,
};

struct command {
    const char *name;
    const char *summary;               // one line of `ndishost --help`
    const char *help;                  // what `ndishost NAME --help` prints
    int (*run)(int argc, char **argv); // argv[0] is the command's name
};

extern const struct command RunCommand;
extern const struct command ExportsCommand;
extern const struct command ImportsCommand;

// "ndishost COMMAND: ..." on stderr.
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

// The same, and returns EXIT_USAGE.
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

// What getopt_long has not taken: ':' is an option without its value. Returns EXIT_USAGE.
int option_error(int option, char **argv);

// false: complained.
bool parse_number(const char *option, const char *text, uint64_t smallest, uint64_t largest,
                  uint64_t *value);
