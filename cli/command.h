// SPDX-License-Identifier: MIT
#pragma once

// What the commands share with main.c. Each command is one file with one entry in its table.

enum exit_status {
    EXIT_ALL_SENT = 0,
    EXIT_NOT_ALL_SENT = 1,
    EXIT_USAGE = 2,
    EXIT_SET_UP = 3,
};

struct command {
    const char *name;
    const char *summary;               // one line of `shuttle --help`
    const char *help;                  // what `shuttle NAME --help` prints
    int (*run)(int argc, char **argv); // argv[0] is the command's name
};

extern const struct command AdaptersCommand;
extern const struct command SendCommand;
extern const struct command ReplayCommand;
extern const struct command StatisticsCommand;
extern const struct command BenchCommand;
extern const struct command ExplainCommand;

// "shuttle COMMAND: ..." on stderr, on a line of its own.
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

// The same, and returns EXIT_USAGE.
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);
