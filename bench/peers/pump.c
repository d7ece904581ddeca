// SPDX-License-Identifier: MIT

#define _GNU_SOURCE

// pump ADAPTER DRIVER THREADS IN_FLIGHT BYTES FRAMES: sends equal frames through libshuttle, each
// thread on a handle of its own and with so many in flight, and prints as JSON how many a second
// that were and how long a frame took, from before shuttle_submit until its completion was there.

#include <shuttle/shuttle.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS_MAX 64
#define IN_FLIGHT_MAX 65536 // over all threads
#define FRAMES_MAX 100000000
#define REAP_BATCH 64

static uint8_t Frame[1514] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xB5};
static pthread_barrier_t Ready;

struct pump {
    pthread_t thread;
    struct shuttle *handle;
    uint32_t in_flight;
    size_t bytes;
    uint64_t frames;
    int64_t *times_ns; // of each frame: when it was submitted, then how long it took
    int64_t started_ns, ended_ns;
};

static void die(const char *message)
{
    fprintf(stderr, "pump: %s\n", message);
    exit(3);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint64_t take_completions(struct pump *pump, int timeout_ms)
{
    struct shuttle_completion completions[REAP_BATCH];
    size_t minimum = pump->in_flight > REAP_BATCH ? REAP_BATCH : 1; // of few, each one counts
    int count = shuttle_reap_many(pump->handle, completions, REAP_BATCH, minimum, timeout_ms);
    int64_t now = now_ns();
    if (count < 0) {
        die(shuttle_last_message());
    }
    for (int i = 0; i < count; i++) {
        if (completions[i].status != 0) {
            die("a frame was not sent");
        }
        pump->times_ns[completions[i].cookie] = now - pump->times_ns[completions[i].cookie];
    }
    return (uint64_t)count;
}

static void *pump_run(void *context)
{
    struct pump *pump = context;
    uint64_t completed = 0;
    pthread_barrier_wait(&Ready);
    pump->started_ns = now_ns();
    for (uint64_t i = 0; i < pump->frames; i++) {
        struct shuttle_frame frame = {
            .header = Frame,
            .header_length = 14,
            .payload = Frame + 14,
            .payload_length = pump->bytes - 14,
            .cookie = i,
        };
        while (i - completed >= pump->in_flight) {
            completed += take_completions(pump, -1);
        }
        pump->times_ns[i] = now_ns();
        if (shuttle_submit(pump->handle, &frame, 0) != 0) {
            die(shuttle_last_message());
        }
        completed += take_completions(pump, 0);
    }
    while (completed < pump->frames) {
        completed += take_completions(pump, -1);
    }
    pump->ended_ns = now_ns();
    return NULL;
}

static uint64_t number(const char *text, uint64_t least, uint64_t most)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "pump: '%s' is not a number from %llu to %llu\n", text,
                (unsigned long long)least, (unsigned long long)most);
        exit(2);
    }
    return value;
}

static int compare(const void *left, const void *right)
{
    int64_t l = *(const int64_t *)left, r = *(const int64_t *)right;
    return (l > r) - (l < r);
}

static void print_result(const struct pump *pumps, unsigned threads, int64_t *times_ns)
{
    uint64_t frames = threads * pumps[0].frames;
    int64_t started_ns = pumps[0].started_ns, ended_ns = pumps[0].ended_ns;
    for (unsigned i = 1; i < threads; i++) {
        started_ns = pumps[i].started_ns < started_ns ? pumps[i].started_ns : started_ns;
        ended_ns = pumps[i].ended_ns > ended_ns ? pumps[i].ended_ns : ended_ns;
    }
    qsort(times_ns, frames, sizeof(*times_ns), compare);
    printf("{\"frames_per_second\": %.0f, \"p50_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f}\n",
           (double)frames * 1e9 / (double)(ended_ns - started_ns),
           (double)times_ns[frames / 2] / 1000, (double)times_ns[frames * 99 / 100] / 1000,
           (double)times_ns[frames * 999 / 1000] / 1000);
}

int main(int argc, char **argv)
{
    static struct pump pumps[THREADS_MAX];
    if (argc != 7) {
        fprintf(stderr, "usage: pump ADAPTER DRIVER THREADS IN_FLIGHT BYTES FRAMES\n");
        return 2;
    }
    unsigned threads = (unsigned)number(argv[3], 1, THREADS_MAX);
    uint32_t in_flight = (uint32_t)number(argv[4], 1, IN_FLIGHT_MAX / threads);
    size_t bytes = number(argv[5], 14, sizeof(Frame));
    uint64_t frames = number(argv[6], threads, FRAMES_MAX) / threads;
    struct shuttle_options options = {.driver = argv[2], .in_flight_limit = threads * in_flight};
    int64_t *times_ns = calloc(threads * frames, sizeof(*times_ns));
    if (times_ns == NULL || pthread_barrier_init(&Ready, NULL, threads) != 0) {
        die("not enough memory");
    }
    for (unsigned i = 0; i < threads; i++) {
        pumps[i] = (struct pump){.in_flight = in_flight, .bytes = bytes, .frames = frames};
        pumps[i].times_ns = times_ns + i * frames;
        if (shuttle_open(argv[1], &options, &pumps[i].handle) != 0) {
            die(shuttle_last_message());
        }
    }
    for (unsigned i = 0; i < threads; i++) {
        if (pthread_create(&pumps[i].thread, NULL, pump_run, &pumps[i]) != 0) {
            die("no thread");
        }
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(pumps[i].thread, NULL);
    }
    print_result(pumps, threads, times_ns);
    free(times_ns);
    for (unsigned i = 0; i < threads; i++) {
        if (shuttle_close(pumps[i].handle) != 0) {
            die(shuttle_last_message());
        }
    }
    return 0;
}
