// SPDX-License-Identifier: MIT

// shuttle statistics: what the driver has counted for an adapter.

#include "adapter_text.h"
#include "arguments.h"
#include "command.h"
#include "json.h"
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

static const char Help[] =
    "usage: shuttle statistics --adapter A [--json]\n"
    "\n"
    "Tells the adapter's state and what the driver has counted since it was bound to the adapter, "
    "for\n"
    "all programs together. On Linux the driver lives inside this command: its counts begin at "
    "zero,\n"
    "and what is of interest is the adapter and the memory that the driver takes.\n"
    "\n" ADAPTER_OPTIONS_HELP "  --json           the same as one JSON object\n";

struct counter {
    const char *key;   // in JSON
    const char *label; // in the table
    uint64_t value;
};

#define COUNTERS 11

static void fill_counters(const struct shuttle_statistics *from, struct counter to[COUNTERS])
{
    const struct counter counters[COUNTERS] = {
        {"frames_sent", "frames sent", from->frames_sent},
        {"bytes_sent", "bytes sent", from->bytes_sent},
        {"frames_succeeded", "frames completed with success", from->frames_succeeded},
        {"bytes_succeeded", "bytes completed with success", from->bytes_succeeded},
        {"frames_failed", "frames completed with a failure", from->frames_failed},
        {"frames_refused", "frames refused", from->frames_refused},
        {"frames_in_flight", "frames in flight", from->frames_in_flight},
        {"frames_received", "frames received", from->frames_received},
        {"limit_reached", "times the in-flight limit was reached", from->limit_reached},
        {"nbls_allocated", "NBLs allocated", from->nbls_allocated},
        {"slot_bytes", "bytes of memory for a frame in flight", from->slot_bytes},
    };
    for (int i = 0; i < COUNTERS; i++) {
        to[i] = counters[i];
    }
}

static void print_table(const struct shuttle_adapter *adapter,
                        const struct shuttle_statistics *statistics)
{
    struct counter counters[COUNTERS];
    char address[18];
    char buffer[11];
    address_text(adapter->address, address);
    printf("%s: %s, link %s, %s\n", adapter->name, state_text(adapter->state),
           adapter->link_up ? "up" : "down", address);
    printf("%-40s %15" PRIu32 "\n", "longest frame, bytes", adapter->maximum_frame_size);
    printf("%-40s %15" PRIu32 "\n", "in-flight limit, frames", adapter->in_flight_limit);
    printf("%-40s %15.0f\n", "link speed, Mbit/s", (double)adapter->link_speed / 1e6);
    fill_counters(statistics, counters);
    for (int i = 0; i < COUNTERS; i++) {
        printf("%-40s %15" PRIu64 "\n", counters[i].label, counters[i].value);
    }
    for (uint32_t i = 0; i < statistics->status_kinds; i++) {
        printf("  %-38s %15" PRIu64 "\n", status_text(statistics->by_status[i].status, buffer),
               statistics->by_status[i].frames);
    }
}

static void print_json(const struct shuttle_adapter *adapter,
                       const struct shuttle_statistics *statistics)
{
    struct counter counters[COUNTERS];
    char value[11];
    json_open(NULL, '{');
    json_string("command", "statistics");
    json_open("adapter", '{');
    adapter_json(adapter);
    json_close('}');
    fill_counters(statistics, counters);
    for (int i = 0; i < COUNTERS; i++) {
        json_integer(counters[i].key, counters[i].value);
    }
    json_open("by_status", '[');
    for (uint32_t i = 0; i < statistics->status_kinds; i++) {
        uint32_t status = statistics->by_status[i].status;
        snprintf(value, sizeof(value), "0x%08" PRIX32, status);
        json_open(NULL, '{');
        json_string("status", value);
        json_string("name", shuttle_status_name(status));
        json_integer("frames", statistics->by_status[i].frames);
        json_close('}');
    }
    json_close(']');
    json_close('}');
}

static int show(struct shuttle *handle, bool json)
{
    struct shuttle_adapter adapter;
    struct shuttle_statistics statistics;
    if (shuttle_query(handle, &adapter) < 0 || shuttle_get_statistics(handle, &statistics) < 0) {
        complain("%s", shuttle_last_message());
        return EXIT_SET_UP;
    }
    (json ? print_json : print_table)(&adapter, &statistics);
    return EXIT_ALL_SENT;
}

static int run_statistics(int argc, char **argv)
{
    enum { OPTION_JSON = 1 };
    static const struct option Options[] = {
        ADAPTER_OPTION,
        DRIVER_OPTION,
        IN_FLIGHT_OPTION,
        {"json", no_argument, NULL, OPTION_JSON},
        {0},
    };
    struct adapter_arguments adapter = {0};
    struct shuttle *handle;
    bool json = false;
    int option;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (option == OPTION_JSON) {
            json = true;
        } else if (!adapter_option(&adapter, option, argv)) {
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        return usage_error("'%s' is not expected", argv[optind]);
    }
    int status = adapter_open(&adapter, &handle);
    return status != 0 ? status : adapter_close(handle, show(handle, json));
}

const struct command StatisticsCommand = {
    .name = "statistics",
    .summary = "tells what the driver has counted for an adapter",
    .help = Help,
    .run = run_statistics,
};
