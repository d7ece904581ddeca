// SPDX-License-Identifier: MIT

// shuttle send: one frame from the command line, once or many times.

#include "arguments.h"
#include "command.h"
#include "pace.h"
#include "progress.h"
#include "report.h"
#include "sender.h"
#include "stop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 14

static const char Help[] =
    "usage: shuttle send --adapter A --header HEX --payload HEX|@FILE [OPTIONS]\n"
    "\n"
    "Sends one frame, and tells with which status it completed.\n"
    "\n" ADAPTER_OPTIONS_HELP
    "  --header HEX     destination, source and EtherType, at least 14 bytes; between bytes may\n"
    "                   stand blanks and colons: \"ff:ff:ff:ff:ff:ff 02:00:00:00:00:01 88b5\"\n"
    "  --payload HEX    what follows the header; '' for nothing\n"
    "  --payload @FILE  the bytes of FILE\n"
    "  --count N        sends the frame N times (default 1)\n"
    "  --rate PPS       PPS frames per second (default: as fast as it goes)\n"
    "\n"
    "Exit status: 0 every frame completed with success, 1 some did not, 2 wrong usage (a frame "
    "that\n"
    "is too short or too long included), 3 set-up failed\n";

// The frame grows from the end of the header; both parts stand in one piece.
struct send {
    struct adapter_arguments adapter;
    uint8_t *header;
    size_t header_length;
    const char *payload_text;
    uint64_t count;
    uint64_t rate; // 0: top speed
    uint8_t *frame;
    size_t frame_length;
};

enum { OPTION_HEADER = 1, OPTION_PAYLOAD, OPTION_COUNT, OPTION_RATE };

static bool take_option(struct send *send, int option, char **argv)
{
    switch (option) {
    case OPTION_HEADER:
        free(send->header);
        send->header = NULL;
        return parse_hex("--header", optarg, &send->header, &send->header_length);
    case OPTION_PAYLOAD:
        send->payload_text = optarg;
        return true;
    case OPTION_COUNT:
        return parse_number("--count", optarg, 1, UINT64_MAX, &send->count);
    case OPTION_RATE:
        return parse_number("--rate", optarg, 1, 1000000000, &send->rate);
    default:
        return adapter_option(&send->adapter, option, argv);
    }
}

static bool take_arguments(struct send *send, int argc, char **argv)
{
    static const struct option Options[] = {
        ADAPTER_OPTION,
        DRIVER_OPTION,
        IN_FLIGHT_OPTION,
        {"header", required_argument, NULL, OPTION_HEADER},
        {"payload", required_argument, NULL, OPTION_PAYLOAD},
        {"count", required_argument, NULL, OPTION_COUNT},
        {"rate", required_argument, NULL, OPTION_RATE},
        {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (!take_option(send, option, argv)) {
            return false;
        }
    }
    if (optind < argc) {
        usage_error("'%s' is not expected", argv[optind]);
    } else if (send->adapter.adapter == NULL) {
        usage_error("--adapter is missing");
    } else if (send->header == NULL) {
        usage_error("--header is missing");
    } else if (send->payload_text == NULL) {
        usage_error("--payload is missing ('' for none)");
    } else if (send->header_length < HEADER_BYTES) {
        usage_error("--header has %zu bytes; an Ethernet header has at least %d",
                    send->header_length, HEADER_BYTES);
    } else {
        return true;
    }
    return false;
}

// Reads at most `limit` + 1 bytes: enough to see that a file is too long. 0, or the exit status.
static int read_payload(const char *path, size_t limit, uint8_t **bytes, size_t *length)
{
    FILE *file = fopen(path, "rb");
    *bytes = malloc(limit + 1);
    if (file == NULL || *bytes == NULL) {
        complain("--payload: %s: %s", path, strerror(errno));
        goto failed;
    }
    *length = fread(*bytes, 1, limit + 1, file);
    if (ferror(file)) {
        complain("--payload: %s: %s", path, strerror(errno));
        goto failed;
    }
    fclose(file);
    return 0;

failed:
    if (file != NULL) {
        fclose(file);
    }
    free(*bytes);
    *bytes = NULL;
    return EXIT_SET_UP;
}

// 0, or the exit status. `limit`: bytes that the adapter takes.
static int build_frame(struct send *send, size_t limit)
{
    uint8_t *payload;
    size_t payload_length;
    int status = 0;
    if (send->payload_text[0] == '@') {
        status = read_payload(send->payload_text + 1, limit, &payload, &payload_length);
    } else if (!parse_hex("--payload", send->payload_text, &payload, &payload_length)) {
        status = EXIT_USAGE;
    }
    if (status != 0) {
        return status;
    }
    send->frame_length = send->header_length + payload_length;
    if (send->frame_length > limit) {
        // A file was not read beyond the limit: its length is not known.
        status = usage_error("header and payload have %s%zu bytes; the adapter takes at most %zu",
                             payload_length > limit ? "more than " : "",
                             payload_length > limit ? limit : send->frame_length, limit);
    } else if ((send->frame = malloc(send->frame_length)) == NULL) {
        complain("out of memory");
        status = EXIT_SET_UP;
    } else {
        memcpy(send->frame, send->header, send->header_length);
        memcpy(send->frame + send->header_length, payload, payload_length);
    }
    free(payload);
    return status;
}

static void send_all(const struct send *send, struct sender *sender)
{
    struct pace pace;
    struct progress progress;
    pace_start(&pace, send->rate == 0 ? PACE_TOP_SPEED : PACE_RATE, send->rate);
    progress_start(&progress);
    for (uint64_t i = 0; i < send->count; i++) {
        if (!pace_wait(&pace, 0) ||
            !sender_send(sender, send->frame, (uint32_t)send->frame_length)) {
            break;
        }
        if (progress_due(&progress)) {
            progress_draw(&progress, i + 1, send->count, i + 1);
        }
    }
    sender_finish(sender);
    progress_clear();
}

static int send_through(struct send *send, struct shuttle *handle)
{
    struct sender sender;
    if (!sender_start(&sender, handle, NULL)) {
        return EXIT_SET_UP;
    }
    int status = build_frame(send, sender.adapter.maximum_frame_size);
    if (status != 0) {
        return status;
    }
    send_all(send, &sender);
    report_text(&sender, "given");
    return sender.completed[0].tally.frames == send->count ? EXIT_ALL_SENT : EXIT_NOT_ALL_SENT;
}

static int open_and_send(struct send *send)
{
    struct shuttle *handle;
    int error = stop_install();
    if (error != 0) {
        complain("Ctrl-C cannot be caught: %s", strerror(error));
        return EXIT_SET_UP;
    }
    int status = adapter_open(&send->adapter, &handle);
    if (status != 0) {
        return status;
    }
    stop_watch(handle);
    status = send_through(send, handle);
    stop_watch(NULL);
    return adapter_close(handle, status);
}

static int run_send(int argc, char **argv)
{
    struct send send = {.count = 1};
    int status = take_arguments(&send, argc, argv) ? open_and_send(&send) : EXIT_USAGE;
    free(send.header);
    free(send.frame);
    return status;
}

const struct command SendCommand = {
    .name = "send",
    .summary = "sends one frame, once or many times",
    .help = Help,
    .run = run_send,
};
