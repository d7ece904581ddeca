// SPDX-License-Identifier: MIT

// shuttle bench: the ladder from the classic driver to Shuttle (bench/ladder), counts and times.

#include "arguments.h"
#include "command.h"
#include "json.h"
#include "pace.h"

#include <calibrate.h>
#include <errno.h>
#include <ladder.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZES_MAX 8

#ifdef _WIN32
#define DEFAULT_ADAPTER NULL
#else
#define DEFAULT_ADAPTER "null"
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
    "  --driver FILE.sys  runs this file; classic*.sys for the rungs of the classic driver, any\n"
    "                     other for Shuttle's; may be given once for each (default: both native)\n"
    "  --rungs A,B,...    only these (default all; --list names them)\n"
    "  --bytes N,N,...    frame sizes, 60 to 1514 (default 60,590,1514)\n"
    "  --runs N           interleaved runs of each rung, 1 to 99 (default 9)\n"
    "  --milliseconds N   length of one run, 1 to 10000 (default 30)\n"
    "  --frames N         frames in each run instead, 1 to 10000000\n"
    "  --calibrate        also takes the time of each counted operation by itself, and holds "
    "counts\n"
    "                     x costs against the measured time\n"
    "  --no-steps         does not step through the code, which alone tells spin locks, "
    "interlocked\n"
    "                     operations, bytes copied, and fields of the NBL that are written\n"
    "  --recorded         counts nothing, as on Windows, where a program cannot\n"
    "  --json FILE        the same as JSON; - writes it to standard output instead of the table\n"
    "  --list             names the rungs\n"
    "\n"
    "Counts of the driver that cannot be made here are those that the project recorded.\n"
    "Times are of this machine and, on Linux, of ndishost: compare rungs, not machines.\n";

struct bench {
    struct adapter_arguments adapter; // its driver is Shuttle's
    const char *classic;              // the classic driver's; NULL: the default
    const char *json;
    struct ladder_plan plan;
    uint32_t sizes[SIZES_MAX];
    size_t size_count;
    bool calibrate;
    bool list;
};

// What was measured.
struct findings {
    struct ladder_result *results; // of each rung, by size
    size_t count;
    struct ladder_cost costs[LADDER_COSTS]; // with --calibrate
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
    OPTION_CALIBRATE,
    OPTION_NO_STEPS,
    OPTION_RECORDED,
    OPTION_JSON,
    OPTION_LIST
};

static bool is_classic(const char *driver)
{
    const char *slash = strrchr(driver, '/');
    return strncmp(slash == NULL ? driver : slash + 1, "classic", strlen("classic")) == 0;
}

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
    case OPTION_CALIBRATE:
        bench->calibrate = true;
        return true;
    case OPTION_NO_STEPS:
        bench->plan.steps = false;
        return true;
    case OPTION_RECORDED:
        bench->plan.recorded = true;
        bench->plan.steps = false;
        return true;
    case OPTION_JSON:
        bench->json = optarg;
        return true;
    case OPTION_LIST:
        bench->list = true;
        return true;
    case OPTION_DRIVER:
        if (is_classic(optarg)) {
            bench->classic = optarg;
            return true;
        }
        return adapter_option(&bench->adapter, option, argv);
    default:
        return adapter_option(&bench->adapter, option, argv);
    }
}

static bool take_arguments(struct bench *bench, int argc, char **argv)
{
    static const struct option Options[] = {
        ADAPTER_OPTION,
        DRIVER_OPTION,
        {"rungs", required_argument, NULL, OPTION_RUNGS},
        {"bytes", required_argument, NULL, OPTION_BYTES},
        {"runs", required_argument, NULL, OPTION_RUNS},
        {"milliseconds", required_argument, NULL, OPTION_MILLISECONDS},
        {"frames", required_argument, NULL, OPTION_FRAMES},
        {"calibrate", no_argument, NULL, OPTION_CALIBRATE},
        {"no-steps", no_argument, NULL, OPTION_NO_STEPS},
        {"recorded", no_argument, NULL, OPTION_RECORDED},
        {"json", required_argument, NULL, OPTION_JSON},
        {"list", no_argument, NULL, OPTION_LIST},
        {0},
    };
    int option;
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

static void print_times(const struct ladder_result *results, size_t count)
{
    double first = ladder_median(&results[0]);
    printf("%u bytes, %u runs; counts and times are for one frame\n", results[0].frame_bytes,
           results[0].runs);
    printf("%-16s %8s %8s %8s %6s\n", "rung", "median", "min", "max", "ratio");
    for (size_t i = 0; i < count; i++) {
        const struct ladder_result *result = &results[i];
        double median = ladder_median(result);
        printf("%-16s %5.0f ns %5.0f ns %5.0f ns %6.2f\n", result->rung->name, median,
               result->nanoseconds[0], result->nanoseconds[result->runs - 1], median / first);
    }
    printf("\n");
}

static bool is_recorded(const struct ladder_result *result, enum ladder_count count)
{
    return count < LADDER_SYSTEM && result->recorded[count];
}

static void print_count(const struct ladder_result *result, enum ladder_count which)
{
    double count = result->counts[which];
    char text[16] = "-";
    if (count >= 0) {
        snprintf(text, sizeof(text), "%.*g%s", count < 1000 ? 3 : 4, count < 0.0005 ? 0 : count,
                 is_recorded(result, which) ? "*" : "");
    }
    printf(" %7s", text);
}

// What the marks and the gaps of the counts mean.
static void explain_counts(const struct ladder_result *results, size_t count)
{
    bool recorded = false, unknown = false;
    for (size_t i = 0; i < count; i++) {
        for (int j = 0; j < LADDER_SYSTEM; j++) {
            recorded |= results[i].recorded[j];
            unknown |= results[i].counts[j] < 0;
        }
    }
    if (recorded) {
        printf("* not counted here, but recorded with %s\n", LadderRecordedWith);
    }
    if (unknown) {
        printf("- neither counted here nor recorded for %u bytes: no time is predicted\n",
               results[0].frame_bytes);
    }
}

// Behind the slash: what NDIS, kernel and NIC do for it.
static void print_counts(const struct ladder_result *results, size_t count)
{
    static const struct {
        const char *title;
        enum ladder_count count;
    } Columns[] = {
        {"IRPs", LADDER_REQUESTS},
        {"locks", LADDER_PAGE_LOCKS},
        {"pages", LADDER_PAGES_LOCKED},
        {"pool", LADDER_POOL_ALLOCATIONS},
        {"MDLs", LADDER_MDL_ALLOCATIONS},
        {"NBLs", LADDER_NBL_ALLOCATIONS},
        {"sends", LADDER_NDIS_SENDS},
        {"spin", LADDER_SPIN_LOCKS},
        {"lock", LADDER_INTERLOCKED},
        {"copied", LADDER_BYTES_COPIED},
        {"fields", LADDER_FIELDS_WRITTEN},
        {"/ spin", LADDER_SPIN_LOCKS_SYSTEM},
        {"lock", LADDER_INTERLOCKED_SYSTEM},
        {"copied", LADDER_BYTES_COPIED_SYSTEM},
        {"fields", LADDER_FIELDS_ALLOCATION},
    };
    printf("%-16s", "rung");
    for (size_t i = 0; i < sizeof(Columns) / sizeof(Columns[0]); i++) {
        printf(" %7s", Columns[i].title);
    }
    printf("\n");
    for (size_t i = 0; i < count; i++) {
        printf("%-16s", results[i].rung->name);
        for (size_t j = 0; j < sizeof(Columns) / sizeof(Columns[0]); j++) {
            print_count(&results[i], Columns[j].count);
        }
        printf("\n");
    }
    explain_counts(results, count);
    printf("\n");
}

static void print_costs(const struct ladder_cost *costs)
{
    printf("%-12s %10s %10s %10s %12s  %s\n", "operation", "median", "min", "max", "instructions",
           "what is done");
    for (int i = 0; i < LADDER_COSTS; i++) {
        printf("%-12s %7.1f ns %7.1f ns %7.1f ns", costs[i].name, costs[i].median, costs[i].min,
               costs[i].max);
        if (costs[i].instructions < 0) {
            printf(" %12s  %s\n", "-", costs[i].does);
        } else {
            printf(" %12.0f  %s\n", costs[i].instructions, costs[i].does);
        }
    }
    printf("\n");
}

static void print_break_even(const char *copy, uint32_t bytes, const char *otherwise)
{
    if (bytes == 0) {
        printf("%s costs more than %s at any size here\n", copy, otherwise);
    } else {
        printf("%s costs less than %s up to about %u bytes here%s\n", copy, otherwise, bytes,
               bytes == LADDER_FRAME_MAX ? " (the longest frame)" : "");
    }
}

// The first is the choice of a program (SHUTTLE_ZERO_COPY), the second that of CopyThreshold.
static void print_break_evens(const struct ladder_cost *costs)
{
    print_break_even("copying a payload", ladder_copy_or_lock(costs),
                     "locking its page, with an MDL");
    print_break_even("copying a locked payload", ladder_copy_or_chain(costs),
                     "another MDL in the frame");
    printf("\n");
}

static void print_predictions(const struct findings *findings)
{
    printf("counts x costs against the measured time of a frame\n");
    printf("%-16s %6s %10s %10s %6s\n", "rung", "bytes", "predicted", "measured", "ratio");
    for (size_t i = 0; i < findings->count; i++) {
        const struct ladder_result *result = &findings->results[i];
        double predicted = ladder_predict(result, findings->costs);
        double measured = ladder_median(result);
        if (predicted < 0) {
            printf("%-16s %6u %10s %7.0f ns %6s\n", result->rung->name, result->frame_bytes, "-",
                   measured, "-");
        } else {
            printf("%-16s %6u %7.0f ns %7.0f ns %6.2f\n", result->rung->name, result->frame_bytes,
                   predicted, measured, predicted / measured);
        }
    }
}

static void json_counts(const struct ladder_result *result)
{
    json_open("counts", '{');
    for (int i = 0; i < LADDER_COUNTS; i++) {
        if (result->counts[i] >= 0) {
            json_real(LadderCountNames[i], result->counts[i]);
        }
    }
    json_close('}');
    json_open("recorded", '[');
    for (int i = 0; i < LADDER_SYSTEM; i++) {
        if (result->recorded[i]) {
            json_string(NULL, LadderCountNames[i]);
        }
    }
    json_close(']');
}

static void json_fields(const char *key, const uint8_t *fields, uint8_t who)
{
    char name[64];
    json_open(key, '[');
    for (unsigned i = 0; ladder_field_name(i, name, sizeof(name)) > 0; i++) {
        if ((fields[i] & who) != 0) {
            json_string(NULL, name);
        }
    }
    json_close(']');
}

static void json_prediction(const struct ladder_result *result, const struct ladder_cost *costs)
{
    double predicted = ladder_predict(result, costs);
    if (predicted < 0) {
        return;
    }
    json_open("predicted", '{');
    json_real("nanoseconds", predicted);
    json_real("of_measured", predicted / ladder_median(result));
    json_close('}');
}

static void json_costs(const struct ladder_cost *costs)
{
    json_open("costs", '[');
    for (int i = 0; i < LADDER_COSTS; i++) {
        json_open(NULL, '{');
        json_string("name", costs[i].name);
        json_string("does", costs[i].does);
        json_open("nanoseconds", '{');
        json_real("median", costs[i].median);
        json_real("min", costs[i].min);
        json_real("max", costs[i].max);
        json_close('}');
        if (costs[i].instructions >= 0) {
            json_real("instructions", costs[i].instructions);
        }
        json_close('}');
    }
    json_close(']');
}

static void json_result(const struct ladder_result *result, const struct ladder_cost *costs)
{
    json_open(NULL, '{');
    json_string("name", result->rung->name);
    json_string("changes", result->rung->changes);
    json_integer("frame_bytes", result->frame_bytes);
    json_integer("frames_per_run", result->frames_per_run);
    json_counts(result);
    if (result->counts[LADDER_FIELDS_ALLOCATION] >= 0) { // the names were seen, too
        json_fields("nbl_fields", result->fields, LADDER_FIELD_DRIVER);
        json_fields("nbl_fields_allocation", result->fields, LADDER_FIELD_ALLOCATION);
    }
    json_open("nanoseconds", '{');
    json_real("median", ladder_median(result));
    json_real("min", result->nanoseconds[0]);
    json_real("max", result->nanoseconds[result->runs - 1]);
    json_integer("runs", result->runs);
    json_close('}');
    if (costs != NULL) {
        json_prediction(result, costs);
    }
    json_close('}');
}

// Asked before anything is measured. Appending leaves what is in the file until there is more.
static bool json_can_be_written(const struct bench *bench)
{
    if (bench->json == NULL || strcmp(bench->json, "-") == 0) {
        return true;
    }
    FILE *file = fopen(bench->json, "a");
    if (file == NULL) {
        complain("%s: %s", bench->json, strerror(errno));
        return false;
    }
    fclose(file);
    return true;
}

static int write_json(const struct bench *bench, const struct findings *findings)
{
    if (strcmp(bench->json, "-") != 0) {
        fflush(stdout);
        if (freopen(bench->json, "w", stdout) == NULL) {
            complain("%s: %s", bench->json, strerror(errno));
            return EXIT_SET_UP;
        }
    }
    json_open(NULL, '{');
    json_string("adapter", bench->adapter.adapter);
    json_string("recorded_with", LadderRecordedWith);
    json_open("rungs", '[');
    for (size_t i = 0; i < findings->count; i++) {
        json_result(&findings->results[i], bench->calibrate ? findings->costs : NULL);
    }
    json_close(']');
    if (bench->calibrate) {
        json_costs(findings->costs);
        json_open("copying_is_cheaper_up_to", '{');
        json_integer("lock_bytes", ladder_copy_or_lock(findings->costs));
        json_integer("chain_bytes", ladder_copy_or_chain(findings->costs));
        json_close('}');
    }
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

static int measure_sizes(const struct bench *bench, struct ladder *ladder,
                         struct findings *findings)
{
    size_t rungs = bench->plan.rung_count;
    for (size_t i = 0; i < bench->size_count; i++) {
        int error = ladder_measure(ladder, &bench->plan, bench->sizes[i],
                                   findings->results + i * rungs);
        if (error < 0) {
            return error;
        }
    }
    return bench->calibrate ? ladder_calibrate(ladder, &bench->plan, findings->costs) : 0;
}

static int measure(const struct bench *bench, struct ladder *ladder, struct findings *findings)
{
    size_t rungs = bench->plan.rung_count;
    if (measure_sizes(bench, ladder, findings) < 0) {
        complain("%s", shuttle_last_message());
        return EXIT_NOT_ALL_SENT;
    }
    if (bench->json == NULL || strcmp(bench->json, "-") != 0) {
        for (size_t i = 0; i < bench->size_count; i++) {
            print_times(findings->results + i * rungs, rungs);
            print_counts(findings->results + i * rungs, rungs);
        }
        if (bench->calibrate) {
            print_costs(findings->costs);
            print_break_evens(findings->costs);
            print_predictions(findings);
        }
    }
    return bench->json == NULL ? EXIT_ALL_SENT : write_json(bench, findings);
}

static int run_bench(int argc, char **argv)
{
    struct bench bench = {
        .adapter = {.adapter = DEFAULT_ADAPTER},
        .plan = {.runs = 9,
                 .milliseconds = 30,
                 .steps = true,
                 .now_ns = now_ns,
                 .progress = show_progress},
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
    if (bench.adapter.adapter == NULL) {
        return usage_error("--adapter is missing");
    }
    if (!json_can_be_written(&bench)) {
        return EXIT_SET_UP;
    }
    struct findings findings = {.count = bench.size_count * bench.plan.rung_count};
    findings.results = calloc(findings.count, sizeof(*findings.results));
    if (findings.results == NULL || ladder_open(&ladder, bench.adapter.adapter,
                                                bench.adapter.options.driver, bench.classic) < 0) {
        complain("%s", findings.results == NULL ? "out of memory" : shuttle_last_message());
        free(findings.results);
        return EXIT_SET_UP;
    }
    int status = measure(&bench, &ladder, &findings);
    ladder_close(&ladder);
    free(findings.results);
    return status;
}

const struct command BenchCommand = {
    .name = "bench",
    .summary = "measures the ladder from a classic driver to Shuttle",
    .help = Help,
    .run = run_bench,
};
