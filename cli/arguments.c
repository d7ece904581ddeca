// SPDX-License-Identifier: MIT

#include "arguments.h"

#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool adapter_option(struct adapter_arguments *arguments, int option, char **argv)
{
    uint64_t value;
    switch (option) {
    case OPTION_ADAPTER:
        arguments->adapter = optarg;
        return true;
    case OPTION_DRIVER:
        arguments->options.driver = optarg;
        return true;
    case OPTION_IN_FLIGHT:
        if (!parse_number("--in-flight", optarg, 1, 65536, &value)) {
            return false;
        }
        arguments->options.in_flight_limit = (uint32_t)value;
        return true;
    default:
        option_error(option, argv);
        return false;
    }
}

int adapter_open(const struct adapter_arguments *arguments, struct shuttle **handle)
{
    if (arguments->adapter == NULL) {
        return usage_error("--adapter is missing");
    }
    if (shuttle_open(arguments->adapter, &arguments->options, handle) < 0) {
        complain("%s", shuttle_last_message());
        return EXIT_SET_UP;
    }
    return 0;
}

int adapter_close(struct shuttle *handle, int status)
{
    if (shuttle_close(handle) == 0) {
        return status;
    }
    complain("%s", shuttle_last_message());
    return status == EXIT_ALL_SENT ? EXIT_SET_UP : status;
}

static int hex_digit(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    return -1;
}

bool parse_hex(const char *option, const char *text, uint8_t **bytes, size_t *length)
{
    size_t count = 0;
    uint8_t *parsed = malloc(strlen(text) / 2 + 1);
    if (parsed == NULL) {
        complain("out of memory");
        return false;
    }
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == ':' || *p == ' ') {
            continue;
        }
        int high = hex_digit(p[0]);
        int low = high < 0 ? -1 : hex_digit(p[1]);
        if (high < 0) {
            usage_error("%s: '%c' is not a hexadecimal digit", option, *p);
        } else if (low < 0) {
            usage_error("%s: byte %zu has only one digit ('%c')", option, count + 1, *p);
        }
        if (low < 0) {
            free(parsed);
            return false;
        }
        parsed[count++] = (uint8_t)(high << 4 | low);
        p++;
    }
    *bytes = parsed;
    *length = count;
    return true;
}
