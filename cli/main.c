// SPDX-License-Identifier: MIT

#include "command.h"
#include "progress.h"

static const struct command *const Commands[] = {
    &AdaptersCommand,   &SendCommand,  &ReplayCommand,
    &StatisticsCommand, &BenchCommand, &ExplainCommand,
};

static const struct program Shuttle = {
    .name = "shuttle",
    .version = SHUTTLE_PROJECT_VERSION,
    .about = "Sends raw Ethernet frames through the Shuttle NDIS driver.\n",
    .notes =
        "On Linux the driver, shuttle.sys, runs inside the command (ndishost; --driver native\n"
        "runs the one linked in), and an adapter is one of\n"
        "  packet:IF    the Linux network interface IF, needs CAP_NET_RAW\n"
        "  pcap:FILE    writes the frames to a capture file\n"
        "  loop         gives every frame back\n"
        "  null         swallows every frame\n"
        "  chaos+A      one of these, made hostile: it delays, reorders and fails frames;\n"
        "               chaos:seed=N,fail=5%+A and more, see docs/ndishost.md\n"
        "\n"
        "Exit status: 0 all frames completed with success, 1 some did not,\n"
        "             2 wrong usage, 3 set-up failed\n",
    .commands = Commands,
    .command_count = sizeof(Commands) / sizeof(Commands[0]),
    .before_complaint = progress_clear,
};

int main(int argc, char **argv)
{
    return program_run(&Shuttle, argc, argv);
}
