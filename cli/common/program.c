// SPDX-License-Identifier: MIT

#include "program.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct program *Program;
static const char *CurrentCommand = "";

static void complain_arguments(const char *format, va_list arguments)
{
    if (Program->before_complaint != NULL) {
        Program->before_complaint();
    }
    fprintf(stderr, "%s%s%s: ", Program->name, CurrentCommand[0] == '\0' ? "" : " ",
            CurrentCommand);
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
    fprintf(stderr, "Try '%s %s%s--help'.\n", Program->name, CurrentCommand,
            CurrentCommand[0] == '\0' ? "" : " ");
    return EXIT_USAGE;
}

int option_error(int option, char **argv)
{
    if (option == ':') {
        return usage_error("%s needs a value", argv[optind - 1]);
    }
    return usage_error("there is no option '%s'", argv[optind - 1]);
}

bool parse_number(const char *option, const char *text, uint64_t smallest, uint64_t largest,
                  uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
    // strtoull takes blanks and signs as well.
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *value < smallest ||
        *value > largest) {
        usage_error("%s: '%s' is not a number from %llu to %llu", option, text,
                    (unsigned long long)smallest, (unsigned long long)largest);
        return false;
    }
    return true;
}

static void print_help(void)
{
    printf("usage: %s COMMAND [OPTIONS]\n\n%s\n", Program->name, Program->about);
    for (size_t i = 0; i < Program->command_count; i++) {
        printf("  %-12s %s\n", Program->commands[i]->name, Program->commands[i]->summary);
    }
    printf("\n'%s COMMAND --help' tells a command's options.\n\n%s", Program->name, Program->notes);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < Program->command_count; i++) {
        if (strcmp(Program->commands[i]->name, name) == 0) {
            return Program->commands[i];
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
    return status == EXIT_FINE ? EXIT_SET_UP : status;
}

int program_run(const struct program *program, int argc, char **argv)
{
    Program = program;
    if (argc < 2) {
        return usage_error("a command is missing");
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_help();
        return close_output(EXIT_FINE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("%s %s\n", program->name, program->version);
        return close_output(EXIT_FINE);
    }
    const struct command *command = find_command(argv[1]);
    if (command == NULL) {
        return usage_error("there is no command '%s'", argv[1]);
    }
    CurrentCommand = command->name;
    if (asks_for_help(argc - 1, argv + 1)) {
        fputs(command->help, stdout);
        return close_output(EXIT_FINE);
    }
    return close_output(command->run(argc - 1, argv + 1));
}
