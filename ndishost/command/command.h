// SPDX-License-Identifier: MIT
#pragma once

// The commands of ndishost: each has one entry in the table of main.c.

#include <common/program.h>

// Of those of common/program.h, and:
enum {
    EXIT_LEFT_BEHIND = 1, // also: an import is missing
    EXIT_BUG_CHECK = 4,
};

extern const struct command RunCommand;
extern const struct command ExportsCommand;
extern const struct command ImportsCommand;
