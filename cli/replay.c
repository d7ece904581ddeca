// SPDX-License-Identifier: MIT

// shuttle replay: sends the frames of a capture file, in their order.

#include "arguments.h"
#include "capture.h"
#include "command.h"
#include "json.h"
#include "pace.h"
#include "progress.h"
#include "report.h"
#include "sender.h"
#include "stop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char Help[] =
    "usage: shuttle replay FILE --adapter A [OPTIONS]\n"
    "\n"
    "Sends every frame of a capture file (pcap or pcapng, link type Ethernet), in order, and "
    "tells\n"
    "with which status each completed.\n"
    "\n" ADAPTER_OPTIONS_HELP "  --mode single    one request for each frame (default)\n"
    "  --top-speed      as fast as it goes (default)\n"
    "  --rate PPS       PPS frames per second\n"
    "  --timed          with the time distances of the capture\n"
    "  --loop N         sends the file N times (default 1)\n"
    "  --failures FILE  writes a line for each frame that did not complete with success\n"
    "  --json           the report as one JSON object\n"
    "\n"
    "Ctrl-C stops, waits for the frames in flight, and reports; once more, a moment later, kills.\n"
    "\n"
    "Exit status: 0 every frame of the file completed with success, 1 some did not (failed, too\n"
    "short, too long, cut, damaged file, adapter removed, stopped), 2 wrong usage, 3 set-up "
    "failed\n"
    "(adapter, driver, file that cannot be read or is not Ethernet)\n";

struct replay {
    struct adapter_arguments adapter;
    const char *path;
    enum pace_kind pace_kind;
    bool pace_given;
    uint64_t rate;
    uint64_t loops;
    bool json;
    const char *failures_path; // NULL: not wanted

    FILE *failures;         // open, or NULL
    struct capture capture; // open
    struct sender sender;
    struct pace pace;
    struct progress progress;
    uint64_t passes; // ended
    bool damaged;    // the file cannot be read to its end
};

static bool choose_pace(struct replay *replay, enum pace_kind kind)
{
    if (replay->pace_given && replay->pace_kind != kind) {
        usage_error("only one of --top-speed, --rate and --timed can be given");
        return false;
    }
    replay->pace_kind = kind;
    replay->pace_given = true;
    return true;
}

enum {
    OPTION_MODE = 1,
    OPTION_TOP_SPEED,
    OPTION_RATE,
    OPTION_TIMED,
    OPTION_LOOP,
    OPTION_FAILURES,
    OPTION_JSON
};

static bool take_option(struct replay *replay, int option, char **argv)
{
    switch (option) {
    case OPTION_MODE:
        if (strcmp(optarg, "single") != 0) {
            usage_error("--mode: '%s' is not a mode; there is: single", optarg);
            return false;
        }
        return true;
    case OPTION_TOP_SPEED:
        return choose_pace(replay, PACE_TOP_SPEED);
    case OPTION_RATE:
        return choose_pace(replay, PACE_RATE) &&
               parse_number("--rate", optarg, 1, 1000000000, &replay->rate);
    case OPTION_TIMED:
        return choose_pace(replay, PACE_TIMED);
    case OPTION_LOOP:
        return parse_number("--loop", optarg, 1, UINT32_MAX, &replay->loops);
    case OPTION_FAILURES:
        replay->failures_path = optarg;
        return true;
    case OPTION_JSON:
        replay->json = true;
        return true;
    default:
        return adapter_option(&replay->adapter, option, argv);
    }
}

static bool take_arguments(struct replay *replay, int argc, char **argv)
{
    static const struct option Options[] = {
        ADAPTER_OPTION,
        DRIVER_OPTION,
        IN_FLIGHT_OPTION,
        {"mode", required_argument, NULL, OPTION_MODE},
        {"top-speed", no_argument, NULL, OPTION_TOP_SPEED},
        {"rate", required_argument, NULL, OPTION_RATE},
        {"timed", no_argument, NULL, OPTION_TIMED},
        {"loop", required_argument, NULL, OPTION_LOOP},
        {"failures", required_argument, NULL, OPTION_FAILURES},
        {"json", no_argument, NULL, OPTION_JSON},
        {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (!take_option(replay, option, argv)) {
            return false;
        }
    }
    if (optind + 1 != argc) {
        usage_error(optind == argc ? "the capture file is missing" : "one capture file, please");
        return false;
    }
    replay->path = argv[optind];
    if (replay->loops > 1 && strcmp(replay->path, "-") == 0) {
        usage_error("standard input cannot be read more than once: --loop needs a file");
        return false;
    }
    return true;
}

static void show_progress(struct replay *replay)
{
    if (!progress_due(&replay->progress)) {
        return;
    }
    uint64_t size = replay->capture.size_bytes;
    uint64_t done = replay->passes * size + capture_position(&replay->capture);
    progress_draw(&replay->progress, done, size * replay->loops, replay->sender.sent.frames);
}

// Sends what the open capture holds. False: nothing more is to be sent.
static bool send_pass(struct replay *replay)
{
    struct captured_frame frame;
    enum capture_result result;
    while ((result = capture_next(&replay->capture, &frame)) == CAPTURE_FRAME) {
        if (frame.length < frame.original_length) {
            sender_refuse(&replay->sender, REFUSED_CUT, frame.length);
            continue;
        }
        if (!pace_wait(&replay->pace, frame.stamp_ns)) {
            sender_refuse(&replay->sender, REFUSED_STOPPED, frame.length);
            return false;
        }
        if (!sender_send(&replay->sender, frame.bytes, frame.length)) {
            return false;
        }
        show_progress(replay);
    }
    replay->damaged = result == CAPTURE_DAMAGED;
    return !replay->damaged;
}

static void send_all(struct replay *replay)
{
    pace_start(&replay->pace, replay->pace_kind, replay->rate);
    progress_start(&replay->progress);
    while (send_pass(replay)) {
        replay->passes++;
        if (replay->passes == replay->loops) {
            break;
        }
        capture_close(&replay->capture);
        if (!capture_open(&replay->capture, replay->path)) {
            replay->damaged = true;
            break;
        }
        pace_rewind(&replay->pace);
    }
    sender_finish(&replay->sender);
    progress_clear();
}

static const char *pace_text(const struct replay *replay)
{
    static const char *const Texts[] = {
        [PACE_TOP_SPEED] = "top-speed",
        [PACE_RATE] = "rate",
        [PACE_TIMED] = "timed",
    };
    return Texts[replay->pace_kind];
}

static void report(const struct replay *replay, int status)
{
    if (!replay->json) {
        printf("%s -> %s, mode single, %s\n", replay->path, replay->adapter.adapter,
               pace_text(replay));
        report_text(&replay->sender, "read");
        return;
    }
    json_open(NULL, '{');
    json_string("command", "replay");
    json_string("file", replay->path);
    json_string("adapter", replay->adapter.adapter);
    json_string("mode", "single");
    json_string("pace", pace_text(replay));
    json_integer("loops", replay->loops);
    json_integer("passes_completed", replay->passes);
    json_boolean("stopped", stop_requested());
    json_boolean("file_damaged", replay->damaged);
    report_json(&replay->sender, "read");
    json_integer("exit_status", (uint64_t)status);
    json_close('}');
}

// With the capture open.
static int replay_open_capture(struct replay *replay)
{
    struct shuttle *handle;
    int status = adapter_open(&replay->adapter, &handle);
    if (status != 0) {
        return status;
    }
    stop_watch(handle);
    if (!sender_start(&replay->sender, handle, replay->failures)) {
        stop_watch(NULL);
        return adapter_close(handle, EXIT_SET_UP);
    }
    send_all(replay);
    bool complete = replay->passes == replay->loops && sender_all_succeeded(&replay->sender);
    status = complete ? EXIT_ALL_SENT : EXIT_NOT_ALL_SENT;
    report(replay, status);
    stop_watch(NULL);
    return adapter_close(handle, status);
}

static bool open_failures(struct replay *replay)
{
    if (replay->failures_path == NULL) {
        return true;
    }
    replay->failures = fopen(replay->failures_path, "w");
    if (replay->failures == NULL) {
        complain("%s: %s", replay->failures_path, strerror(errno));
    }
    return replay->failures != NULL;
}

// A list that is not whole is as bad as none.
static int close_failures(struct replay *replay, int status)
{
    if (replay->failures == NULL) {
        return status;
    }
    bool failed = ferror(replay->failures) != 0;
    if (fclose(replay->failures) == 0 && !failed) {
        return status;
    }
    complain("%s: writing failed", replay->failures_path);
    return EXIT_SET_UP;
}

static int run_replay(int argc, char **argv)
{
    struct replay replay = {.loops = 1, .pace_kind = PACE_TOP_SPEED};
    if (!take_arguments(&replay, argc, argv)) {
        return EXIT_USAGE;
    }
    if (replay.adapter.adapter == NULL) {
        return usage_error("--adapter is missing");
    }
    int error = stop_install();
    if (error != 0) {
        complain("Ctrl-C cannot be caught: %s", strerror(error));
        return EXIT_SET_UP;
    }
    if (!capture_open(&replay.capture, replay.path)) {
        return EXIT_SET_UP;
    }
    int status = EXIT_SET_UP;
    if (open_failures(&replay)) {
        status = close_failures(&replay, replay_open_capture(&replay));
    }
    capture_close(&replay.capture);
    return status;
}

const struct command ReplayCommand = {
    .name = "replay",
    .summary = "sends the frames of a capture file",
    .help = Help,
    .run = run_replay,
};
