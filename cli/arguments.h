// SPDX-License-Identifier: MIT
#pragma once

// Options that several commands take, and the reading of their values. A function that returns
// false has complained.

#include <shuttle/shuttle.h>

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Which adapter, and how to open it.
struct adapter_arguments {
    const char *adapter; // NULL: not given
    struct shuttle_options options;
};

enum { OPTION_ADAPTER = 0x1000, OPTION_DRIVER, OPTION_IN_FLIGHT };
#define ADAPTER_OPTION                                                                             \
    {                                                                                              \
        "adapter", required_argument, NULL, OPTION_ADAPTER                                         \
    }
#define DRIVER_OPTION                                                                              \
    {                                                                                              \
        "driver", required_argument, NULL, OPTION_DRIVER                                           \
    }
#define IN_FLIGHT_OPTION                                                                           \
    {                                                                                              \
        "in-flight", required_argument, NULL, OPTION_IN_FLIGHT                                     \
    }
#define ADAPTER_OPTIONS_HELP                                                                       \
    "  --adapter A      where the frames go out; 'shuttle adapters' lists them\n"                  \
    "  --driver NAME    on Linux the driver to run: FILE.sys (default: shuttle.sys of this\n"      \
    "                   installation, or what SHUTTLE_DRIVER says), native, which is linked\n"     \
    "                   in, or classic, the driver that Shuttle is measured against\n"             \
    "  --in-flight N    frames in flight, 1 to 65536 (default 1024)\n"

// Takes one of the options above; for anything else says that getopt_long's `option` is not known.
bool adapter_option(struct adapter_arguments *arguments, int option, char **argv);

// 0, or the exit status: the adapter was not named, or could not be opened.
int adapter_open(const struct adapter_arguments *arguments, struct shuttle **handle);

// Returns `status`, or EXIT_SET_UP when it was EXIT_ALL_SENT and the driver left something behind.
int adapter_close(struct shuttle *handle, int status);

// Hexadecimal digits, two for each byte; between bytes may stand ':' or blanks. `*bytes` is to be
// freed, and is not NULL even when there are no bytes.
bool parse_hex(const char *option, const char *text, uint8_t **bytes, size_t *length);
