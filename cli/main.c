// SPDX-License-Identifier: MIT

// shuttle: finds the command and runs it.

#include "command.h"
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command *const Commands[] = {
    &AdaptersCommand,   &SendCommand,  &ReplayCommand,
    &StatisticsCommand, &BenchCommand, &ExplainCommand,
};
#define COMMAND_COUNT (sizeof(Commands) / sizeof(Commands[0]))

static const char *CurrentCommand = "";

static void complain_arguments(const char *format, va_list arguments)
{
    progress_clear();
    fprintf(stderr, "shuttle%s%s: ", CurrentCommand[0] == '\0' ? "" : " ", CurrentCommand);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_arguments(format, arguments);
    va_end(arguments);
}

int usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_arguments(format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try 'shuttle %s%s--help'.\n", CurrentCommand,
            CurrentCommand[0] == '\0' ? "" : " ");
    return EXIT_USAGE;
}

static void print_help(void)
{
    printf("usage: shuttle COMMAND [OPTIONS]\n"
           "\n"
           "Sends raw Ethernet frames through the Shuttle NDIS driver.\n"
           "\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  %-12s %s\n", Commands[i]->name, Commands[i]->summary);
    }
    printf("\n"
           "'shuttle COMMAND --help' tells a command's options.\n"
           "\n"
           "On Linux the driver, shuttle.sys, runs inside the command (ndishost; --driver native\n"
           "runs the one linked in), and an adapter is one of\n"
           "  packet:IF    the Linux network interface IF, needs CAP_NET_RAW\n"
           "  pcap:FILE    writes the frames to a capture file\n"
           "  loop         gives every frame back\n"
           "  null         swallows every frame\n"
           "  chaos+A      one of these, made hostile: it delays, reorders and fails frames;\n"
           "               chaos:seed=N,fail=5%%+A and more, see docs/ndishost.md\n"
           "\n"
           "Exit status: 0 all frames completed with success, 1 some did not,\n"
           "             2 wrong usage, 3 set-up failed\n");
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(Commands[i]->name, name) == 0) {
            return Commands[i];
        }
    }
    return NULL;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            return true;
        }
    }
    return false;
}

// What was printed must have arrived: a report on a full disk is not a success.
static int close_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return status;
    }
    complain("writing to standard output failed");
    return status == EXIT_ALL_SENT ? EXIT_SET_UP : status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        return usage_error("a command is missing");
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_help();
        return close_output(EXIT_ALL_SENT);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("shuttle %s\n", SHUTTLE_PROJECT_VERSION);
        return close_output(EXIT_ALL_SENT);
    }
    const struct command *command = find_command(argv[1]);
    if (command == NULL) {
        return usage_error("there is no command '%s'", argv[1]);
    }
    CurrentCommand = command->name;
    if (asks_for_help(argc - 1, argv + 1)) {
        fputs(command->help, stdout);
        return close_output(EXIT_ALL_SENT);
    }
    return close_output(command->run(argc - 1, argv + 1));
}
