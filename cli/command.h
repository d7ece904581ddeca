// SPDX-License-Identifier: MIT
#pragma once

// The commands of shuttle: each is one file with one entry in the table of main.c.

#include "common/program.h"

// Of those of common/program.h, and:
enum { EXIT_ALL_SENT = EXIT_FINE, EXIT_NOT_ALL_SENT = 1 };

extern const struct command AdaptersCommand;
extern const struct command SendCommand;
extern const struct command ReplayCommand;
extern const struct command StatisticsCommand;
extern const struct command BenchCommand;
extern const struct command ExplainCommand;
