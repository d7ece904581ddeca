// SPDX-License-Identifier: MIT

// shuttle adapters: what can be given to --adapter.

#include "adapter_text.h"
#include "arguments.h"
#include "command.h"
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char Help[] =
    "usage: shuttle adapters [--json]\n"
    "\n"
    "Lists the adapters that frames can be sent to: name, MAC address, link, longest frame in "
    "bytes\n"
    "(Ethernet header included), description. A dash stands for what is not known.\n"
    "\n"
    "  --json           the list as one JSON object\n"
    "\n"
    "On Linux there is also pcap:FILE, which writes the frames to a capture file.\n";

// As many as there are at the moment. Returns how many, or -1: complained.
static int list_adapters(struct shuttle_adapter **adapters)
{
    int count = shuttle_adapters(NULL, 0);
    *adapters = NULL;
    for (;;) {
        if (count < 0) {
            complain("%s", shuttle_last_message());
            break;
        }
        size_t capacity = (size_t)count;
        free(*adapters);
        *adapters = calloc(capacity + 1, sizeof(**adapters));
        if (*adapters == NULL) {
            complain("out of memory");
            return -1;
        }
        count = shuttle_adapters(*adapters, capacity);
        if (count >= 0 && (size_t)count <= capacity) {
            return count;
        } // one more has appeared meanwhile
    }
    free(*adapters);
    return -1;
}

static void print_adapter(const struct shuttle_adapter *adapter, int name_width)
{
    static const uint8_t None[6];
    char address[18] = "-";
    char longest[11] = "-";
    if (memcmp(adapter->address, None, sizeof(None)) != 0) {
        address_text(adapter->address, address);
    }
    if (adapter->maximum_frame_size != 0) {
        snprintf(longest, sizeof(longest), "%" PRIu32, adapter->maximum_frame_size);
    }
    printf("%-*s  %-17s  %-4s  %13s  %s\n", name_width, adapter->name, address,
           adapter->link_up ? "up" : "down", longest, adapter->description);
}

static void print_table(const struct shuttle_adapter *adapters, int count)
{
    int width = (int)strlen("adapter");
    for (int i = 0; i < count; i++) {
        int length = (int)strlen(adapters[i].name);
        width = length > width ? length : width;
    }
    printf("%-*s  %-17s  %-4s  %13s  %s\n", width, "adapter", "address", "link", "longest frame",
           "description");
    for (int i = 0; i < count; i++) {
        print_adapter(&adapters[i], width);
    }
}

static void print_json(const struct shuttle_adapter *adapters, int count)
{
    json_open(NULL, '{');
    json_string("command", "adapters");
    json_open("adapters", '[');
    for (int i = 0; i < count; i++) {
        json_open(NULL, '{');
        adapter_json(&adapters[i]);
        json_close('}');
    }
    json_close(']');
    json_close('}');
}

static int run_adapters(int argc, char **argv)
{
    static const struct option Options[] = {{"json", no_argument, NULL, 'j'}, {0}};
    struct shuttle_adapter *adapters;
    bool json = false;
    int option;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (option != 'j') {
            return option_error(option, argv);
        }
        json = true;
    }
    if (optind < argc) {
        return usage_error("'%s' is not expected", argv[optind]);
    }
    int count = list_adapters(&adapters);
    if (count < 0) {
        return EXIT_SET_UP;
    }
    (json ? print_json : print_table)(adapters, count);
    free(adapters);
    return EXIT_ALL_SENT;
}

const struct command AdaptersCommand = {
    .name = "adapters",
    .summary = "lists what frames can be sent to",
    .help = Help,
    .run = run_adapters,
};
