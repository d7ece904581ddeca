// SPDX-License-Identifier: MIT

// shuttle bench: the ladder from the classic driver to Shuttle (bench/ladder), counts and times.

#include "arguments.h"
#include "command.h"
#include "json.h"
#include "pace.h"

#include <errno.h>
#include <ladder.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZES_MAX 8

#ifdef _WIN32
#define DEFAULT_ADAPTER NULL
#define DEFAULT_DRIVER NULL
#else
#define DEFAULT_ADAPTER "null"
#define DEFAULT_DRIVER "native" // as the classic driver is, so that only the rungs differ
#endif

static const char Help[] =
    "usage: shuttle bench [OPTIONS]\n"
    "\n"
    "Sends the same frames on the same adapter in the ways that lead from a driver that allocates\n"
    "everything for each packet to Shuttle, run by run in turn, and tells for each way what it "
    "does\n"
    "for a frame (counts) and how long it takes. docs/benchmarks.md explains the rungs.\n"
    "\n"
    "  --adapter A        where the frames go; on Linux the default is null: NDIS, and a NIC that\n"
    "                     does nothing\n"
    "  --driver D         on Linux the driver of Shuttle's rungs: native (default; it is linked "
    "in,\n"
    "                     as the classic one) or FILE.sys\n"
    "  --rungs A,B,...    only these (default all; --list names them)\n"
    "  --bytes N,N,...    frame sizes, 60 to 1514 (default 60,590,1514)\n"
    "  --runs N           interleaved runs of each rung, 1 to 99 (default 9)\n"
    "  --milliseconds N   length of one run, 1 to 10000 (default 30)\n"
    "  --frames N         frames in each run instead, 1 to 10000000\n"
    "  --json FILE        the same as JSON; - writes it to standard output instead of the table\n"
    "  --list             names the rungs\n"
    "\n"
    "Times are of this machine and, on Linux, of ndishost: compare rungs, not machines.\n";

struct bench {
    const char *adapter;
    const char *driver;
    const char *json;
    struct ladder_plan plan;
    uint32_t sizes[SIZES_MAX];
    size_t size_count;
    bool list;
};

// ---- arguments

// Takes the next part of a comma-separated list out of `*text`; NULL at the end.
static char *next_part(char **text)
{
    char *part = *text;
    if (part == NULL) {
        return NULL;
    }
    char *comma = strchr(part, ',');
    if (comma != NULL) {
        *comma = '\0';
    }
    *text = comma == NULL ? NULL : comma + 1;
    return part;
}

static bool take_rungs(struct bench *bench, char *text)
{
    bench->plan.rung_count = 0;
    for (char *part = next_part(&text); part != NULL; part = next_part(&text)) {
        const struct rung *rung = ladder_find(part);
        if (rung == NULL) {
            usage_error("--rungs: there is no rung '%s'; --list names them", part);
            return false;
        }
        if (bench->plan.rung_count == sizeof(bench->plan.rungs) / sizeof(bench->plan.rungs[0])) {
            usage_error("--rungs: too many");
            return false;
        }
        bench->plan.rungs[bench->plan.rung_count++] = rung;
    }
    return true;
}

static bool take_sizes(struct bench *bench, char *text)
{
    bench->size_count = 0;
    for (char *part = next_part(&text); part != NULL; part = next_part(&text)) {
        uint64_t bytes;
        if (!parse_number("--bytes", part, 60, LADDER_FRAME_MAX, &bytes)) {
            return false;
        }
        if (bench->size_count == SIZES_MAX) {
            usage_error("--bytes: at most %d sizes", SIZES_MAX);
            return false;
        }
        bench->sizes[bench->size_count++] = (uint32_t)bytes;
    }
    return true;
}

enum {
    OPTION_RUNGS = 1,
    OPTION_BYTES,
    OPTION_RUNS,
    OPTION_MILLISECONDS,
    OPTION_FRAMES,
    OPTION_JSON,
    OPTION_LIST,
    OPTION_BENCH_ADAPTER,
    OPTION_BENCH_DRIVER
};

static bool take_option(struct bench *bench, int option, char **argv)
{
    uint64_t value = 0;
    bool good = true;
    switch (option) {
    case OPTION_RUNGS:
        return take_rungs(bench, optarg);
    case OPTION_BYTES:
        return take_sizes(bench, optarg);
    case OPTION_RUNS:
        good = parse_number("--runs", optarg, 1, LADDER_RUNS_MAX, &value);
        bench->plan.runs = (unsigned)value;
        return good;
    case OPTION_MILLISECONDS:
        good = parse_number("--milliseconds", optarg, 1, 10000, &value);
        bench->plan.milliseconds = (unsigned)value;
        return good;
    case OPTION_FRAMES:
        good = parse_number("--frames", optarg, 1, 10000000, &value);
        bench->plan.frames = value;
        return good;
    case OPTION_JSON:
        bench->json = optarg;
        return true;
    case OPTION_LIST:
        bench->list = true;
        return true;
    case OPTION_BENCH_ADAPTER:
        bench->adapter = optarg;
        return true;
    case OPTION_BENCH_DRIVER:
        bench->driver = optarg;
        return true;
    case ':':
        usage_error("%s needs a value", argv[optind - 1]);
        return false;
    default:
        usage_error("there is no option '%s'", argv[optind - 1]);
        return false;
    }
}

static bool take_arguments(struct bench *bench, int argc, char **argv)
{
    static const struct option Options[] = {
        {"adapter", required_argument, NULL, OPTION_BENCH_ADAPTER},
        {"driver", required_argument, NULL, OPTION_BENCH_DRIVER},
        {"rungs", required_argument, NULL, OPTION_RUNGS},
        {"bytes", required_argument, NULL, OPTION_BYTES},
        {"runs", required_argument, NULL, OPTION_RUNS},
        {"milliseconds", required_argument, NULL, OPTION_MILLISECONDS},
        {"frames", required_argument, NULL, OPTION_FRAMES},
        {"json", required_argument, NULL, OPTION_JSON},
        {"list", no_argument, NULL, OPTION_LIST},
        {NULL, 0, NULL, 0},
    };
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (!take_option(bench, option, argv)) {
            return false;
        }
    }
    if (optind < argc) {
        usage_error("'%s' is not an option", argv[optind]);
        return false;
    }
    return true;
}

// ---- output

static void print_count(double count)
{
    if (count < 0) {
        printf(" %6s", "-");
    } else {
        printf(" %6.3g", count < 0.0005 ? 0 : count);
    }
}

static void print_table(const struct ladder_result *results, size_t count)
{
    double first = ladder_median(&results[0]);
    printf("%u bytes, %u runs; counts and times are for one frame\n", results[0].frame_bytes,
           results[0].runs);
    printf("%-16s %8s %8s %8s %6s %6s %6s %6s %6s %6s %6s %6s\n", "rung", "median", "min", "max",
           "ratio", "IRPs", "locks", "pages", "pool", "MDLs", "NBLs", "sends");
    for (size_t i = 0; i < count; i++) {
        const struct ladder_result *result = &results[i];
        double median = ladder_median(result);
        printf("%-16s %5.0f ns %5.0f ns %5.0f ns %6.2f", result->rung->name, median,
               result->nanoseconds[0], result->nanoseconds[result->runs - 1], median / first);
        print_count(result->counts.requests);
        print_count(result->counts.page_locks);
        print_count(result->counts.pages_locked);
        print_count(result->counts.pool_allocations);
        print_count(result->counts.mdl_allocations);
        print_count(result->counts.nbl_allocations);
        print_count(result->counts.ndis_sends);
        printf("\n");
    }
    printf("\n");
}

static void json_counts(const struct ladder_counts *counts)
{
    json_open("counts", '{');
    if (counts->requests >= 0) {
        json_real("requests", counts->requests);
        json_real("page_locks", counts->page_locks);
        json_real("pages_locked", counts->pages_locked);
        json_real("pool_allocations", counts->pool_allocations);
        json_real("mdl_allocations", counts->mdl_allocations);
        json_real("nbl_allocations", counts->nbl_allocations);
        json_real("ndis_sends", counts->ndis_sends);
    }
    json_close('}');
}

static void json_result(const struct ladder_result *result)
{
    json_open(NULL, '{');
    json_string("name", result->rung->name);
    json_string("changes", result->rung->changes);
    json_integer("frame_bytes", result->frame_bytes);
    json_integer("frames_per_run", result->frames_per_run);
    json_counts(&result->counts);
    json_open("nanoseconds", '{');
    json_real("median", ladder_median(result));
    json_real("min", result->nanoseconds[0]);
    json_real("max", result->nanoseconds[result->runs - 1]);
    json_integer("runs", result->runs);
    json_close('}');
    json_close('}');
}

static int write_json(const struct bench *bench, const struct ladder_result *results, size_t count)
{
    if (strcmp(bench->json, "-") != 0) {
        fflush(stdout);
        if (freopen(bench->json, "w", stdout) == NULL) {
            complain("%s: %s", bench->json, strerror(errno));
            return EXIT_SET_UP;
        }
    }
    json_open(NULL, '{');
    json_string("adapter", bench->adapter);
    json_open("rungs", '[');
    for (size_t i = 0; i < count; i++) {
        json_result(&results[i]);
    }
    json_close(']');
    json_close('}');
    return EXIT_ALL_SENT;
}

static int list_rungs(void)
{
    for (size_t i = 0; i < LadderRungCount; i++) {
        printf("%-16s %s\n", LadderRungs[i].name, LadderRungs[i].changes);
    }
    return EXIT_ALL_SENT;
}

static void show_progress(unsigned done, unsigned all)
{
    if (isatty(STDERR_FILENO) == 1) {
        fprintf(stderr, "\r\033[K%s%u of %u rounds\r", done == all ? "\033[K" : "", done, all);
    }
}

// ---- the command

static int measure(const struct bench *bench, struct ladder *ladder, struct ladder_result *results)
{
    size_t rungs = bench->plan.rung_count;
    for (size_t i = 0; i < bench->size_count; i++) {
        struct ladder_result *of_size = results + i * rungs;
        if (ladder_measure(ladder, &bench->plan, bench->sizes[i], of_size) < 0) {
            complain("%s", shuttle_last_message());
            return EXIT_NOT_ALL_SENT;
        }
        if (bench->json == NULL || strcmp(bench->json, "-") != 0) {
            print_table(of_size, rungs);
        }
    }
    return bench->json == NULL ? EXIT_ALL_SENT
                               : write_json(bench, results, bench->size_count * rungs);
}

static int run_bench(int argc, char **argv)
{
    struct bench bench = {
        .adapter = DEFAULT_ADAPTER,
        .driver = DEFAULT_DRIVER,
        .plan = {.runs = 9, .milliseconds = 30, .now_ns = now_ns, .progress = show_progress},
        .sizes = {60, 590, 1514},
        .size_count = 3,
    };
    struct ladder ladder;
    for (size_t i = 0; i < LadderRungCount; i++) {
        bench.plan.rungs[bench.plan.rung_count++] = &LadderRungs[i];
    }
    if (!take_arguments(&bench, argc, argv)) {
        return EXIT_USAGE;
    }
    if (bench.list) {
        return list_rungs();
    }
    if (bench.adapter == NULL) {
        return usage_error("--adapter is missing");
    }
    struct ladder_result *results = calloc(bench.size_count * bench.plan.rung_count,
                                           sizeof(*results));
    if (results == NULL || ladder_open(&ladder, bench.adapter, bench.driver) < 0) {
        complain("%s", results == NULL ? "out of memory" : shuttle_last_message());
        free(results);
        return EXIT_SET_UP;
    }
    int status = measure(&bench, &ladder, results);
    ladder_close(&ladder);
    free(results);
    return status;
}

const struct command BenchCommand = {
    .name = "bench",
    .summary = "measures the ladder from a classic driver to Shuttle",
    .help = Help,
    .run = run_bench,
};
