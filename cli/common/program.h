// SPDX-License-Identifier: MIT
#pragma once

// A program of commands, `PROGRAM COMMAND [OPTIONS]`: what the main.c of shuttle and of ndishost
// share.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What every program means by these; 1, and from 4 on, are its own.
enum { EXIT_FINE = 0, EXIT_USAGE = 2, EXIT_SET_UP = 3 };

struct command {
    const char *name;
    const char *summary;               // one line of `PROGRAM --help`
    const char *help;                  // what `PROGRAM NAME --help` prints
    int (*run)(int argc, char **argv); // argv[0] is the command's name
};

struct program {
    const char *name;
    const char *version;
    const char *about; // of --help, before the commands
    const char *notes; // and behind them
    const struct command *const *commands;
    size_t command_count;
    void (*before_complaint)(void); // makes room on stderr; NULL: nothing
};

// Finds the command and runs it. Returns the exit status.
int program_run(const struct program *program, int argc, char **argv);

// "PROGRAM COMMAND: ..." on stderr, on a line of its own.
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

// The same, and returns EXIT_USAGE.
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

// What getopt_long has not taken: ':' is an option without its value. Returns EXIT_USAGE.
int option_error(int option, char **argv);

// Decimal, or hexadecimal behind 0x. false: complained.
bool parse_number(const char *option, const char *text, uint64_t smallest, uint64_t largest,
                  uint64_t *value);
