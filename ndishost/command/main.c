// SPDX-License-Identifier: MIT

#include "command.h"

static const struct command *const Commands[] = {&RunCommand, &ExportsCommand, &ImportsCommand};

static const struct program Ndishost = {
    .name = "ndishost",
    .version = SHUTTLE_PROJECT_VERSION,
    .about = "Runs NDIS 6 drivers for Windows x64 in this process; see docs/ndishost.md.\n",
    .notes = "Exit status: 0 fine, 1 something was left behind or is missing, 2 wrong usage,\n"
             "             3 set-up failed, 4 a driver broke a rule (the report is on stderr)\n",
    .commands = Commands,
    .command_count = sizeof(Commands) / sizeof(Commands[0]),
};

int main(int argc, char **argv)
{
    return program_run(&Ndishost, argc, argv);
}
