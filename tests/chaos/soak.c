// SPDX-License-Identifier: MIT

// Four threads send through the Shuttle driver over a chaos NIC. Every frame that was accepted must
// complete exactly once, with the bytes and the cookie that it was sent with; nothing may be left
// behind; and once the adapter is bound and warm, sending allocates nothing.
//
//   soak [SENDS]    default: SHUTTLE_SOAK_SENDS, else what the build says
//
// Two passes. In the first one the stack is never paused, so that every allocation would be one of
// the send path. In the second one, of three times as many frames, it is paused and reset all the
// time. NDISHOST_SEED repeats a run, NDISHOST_VERIFY=on checks the contract meanwhile.
//
// Exit status: 0 all is well, 1 something is not, 2 wrong usage, 3 set-up failed.

#include <ndishost.h>
#include <shuttle/shuttle.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define THREADS 4
#define WINDOW 400 // frames in flight for each thread: more than a quarter of the driver's limit
#define REAP_MAX 64
#define PAYLOAD_MAX 600
#define WARM_UP 4000 // frames of each thread before allocations are counted
#define PROGRESS_EVERY 65536
#define ALLOCATIONS_PER_PAUSE 8 // most that a pause or a reset may cost NDIS and driver together

struct pass {
    const char *spec;
    uint64_t sends; // of each thread
    pthread_barrier_t warm;
    _Atomic uint64_t submitted;
    _Atomic bool failed;
    struct ndishost_counters before; // taken when warm
    struct ndishost_chaos_counts chaos_before;
    uint64_t started_ns;
    bool shows_progress;
};

struct sender {
    pthread_t thread;
    struct pass *pass;
    struct shuttle *handle;
    unsigned number;
    uint64_t next; // cookie
    uint64_t in_flight;
    uint64_t succeeded;
    uint8_t *completed; // a bit for each cookie
    uint32_t random;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void complain(struct pass *pass, const char *what, unsigned thread, uint64_t cookie)
{
    atomic_store(&pass->failed, true);
    fprintf(stderr, "soak: %s: thread %u, frame %" PRIu64 "\n", what, thread, cookie);
}

static uint32_t next_random(struct sender *sender)
{
    sender->random = sender->random * 1664525u + 1013904223u;
    return sender->random >> 8;
}

// The length is a function of the cookie, so that the completion can be checked.
static uint32_t payload_length(uint64_t cookie)
{
    return (uint32_t)(cookie * 37 % PAYLOAD_MAX);
}

// ---- one thread

static void account(struct sender *sender, const struct shuttle_completion *completion)
{
    uint64_t cookie = completion->cookie;
    uint8_t bit = (uint8_t)(1u << (cookie % 8));
    sender->in_flight--;
    if (cookie >= sender->next) {
        complain(sender->pass, "a completion of no frame", sender->number, cookie);
        return;
    }
    if (sender->completed[cookie / 8] & bit) {
        complain(sender->pass, "completed twice", sender->number, cookie);
    }
    sender->completed[cookie / 8] |= bit;
    if (completion->length != 14 + payload_length(cookie)) {
        complain(sender->pass, "completed with another length", sender->number, cookie);
    }
    sender->succeeded += completion->status == 0;
}

static void reap(struct sender *sender, int timeout_ms)
{
    struct shuttle_completion completions[REAP_MAX];
    int count = shuttle_reap(sender->handle, completions, REAP_MAX, timeout_ms);
    for (int i = 0; i < count; i++) {
        account(sender, &completions[i]);
    }
}

static bool submit(struct sender *sender)
{
    static const uint8_t Header[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
    static const uint8_t Payload[PAYLOAD_MAX];
    struct shuttle_frame frame = {
        .header = Header,
        .header_length = sizeof(Header),
        .payload = Payload,
        .payload_length = payload_length(sender->next),
        .cookie = sender->next,
    };
    unsigned flags = next_random(sender) % 4 == 0 ? SHUTTLE_ZERO_COPY : 0;
    sender->next++; // its completion may come before the call returns
    sender->in_flight++;
    int error = shuttle_submit(sender->handle, &frame, flags);
    if (error < 0) {
        complain(sender->pass, shuttle_last_message(), sender->number, sender->next - 1);
        return false;
    }
    return true;
}

static void show_progress(struct pass *pass)
{
    uint64_t done = atomic_fetch_add(&pass->submitted, 1) + 1;
    if (pass->shows_progress && done % PROGRESS_EVERY == 0) {
        double seconds = (double)(now_ns() - pass->started_ns) / 1e9;
        fprintf(stderr, "soak: %" PRIu64 " of %" PRIu64 " frames, %.0f a second\n", done,
                pass->sends * THREADS, (double)done / seconds);
    }
}

static bool send_until(struct sender *sender, uint64_t end)
{
    while (sender->next < end) {
        if (!submit(sender)) {
            return false;
        }
        show_progress(sender->pass);
        while (sender->in_flight >= WINDOW) {
            reap(sender, -1);
        }
        if (sender->next % 32 == 0) {
            reap(sender, 0);
        }
    }
    return true;
}

static void drain(struct sender *sender)
{
    while (sender->in_flight > 0 && !atomic_load(&sender->pass->failed)) {
        reap(sender, -1);
    }
}

static void *sender_run(void *context)
{
    struct sender *sender = context;
    struct pass *pass = sender->pass;
    send_until(sender, WARM_UP);
    drain(sender);
    if (pthread_barrier_wait(&pass->warm) == PTHREAD_BARRIER_SERIAL_THREAD) {
        ndishost_get_counters(&pass->before);
        ndishost_get_chaos_counts(&pass->chaos_before);
    }
    pthread_barrier_wait(&pass->warm);
    send_until(sender, pass->sends);
    drain(sender);
    return NULL;
}

// ---- one pass

static bool sender_open(struct sender *sender, struct pass *pass, unsigned number)
{
    *sender = (struct sender){.pass = pass, .number = number, .random = number};
    sender->completed = calloc(1, pass->sends / 8 + 1);
    if (sender->completed == NULL || shuttle_open(pass->spec, NULL, &sender->handle) < 0) {
        fprintf(stderr, "soak: %s\n",
                sender->completed == NULL ? "out of memory" : shuttle_last_message());
        return false;
    }
    return true;
}

static void check_all_completed(const struct sender *sender)
{
    for (uint64_t cookie = 0; cookie < sender->next; cookie++) {
        if (!(sender->completed[cookie / 8] & 1u << (cookie % 8))) {
            complain(sender->pass, "never completed", sender->number, cookie);
            return;
        }
    }
}

// What driver and runtime counted agrees with what the threads saw.
static void check_statistics(struct pass *pass, const struct sender *senders)
{
    struct shuttle_statistics counted;
    uint64_t succeeded = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        succeeded += senders[i].succeeded;
    }
    if (shuttle_get_statistics(senders[0].handle, &counted) < 0) {
        complain(pass, shuttle_last_message(), 0, 0);
        return;
    }
    if (counted.frames_sent != pass->sends * THREADS || counted.frames_in_flight != 0 ||
        counted.frames_succeeded != succeeded ||
        counted.frames_failed != counted.frames_sent - succeeded) {
        complain(pass, "the driver has counted otherwise", 0, counted.frames_sent);
    }
    printf("  %" PRIu64 " succeeded, %" PRIu64 " failed:", succeeded, counted.frames_failed);
    for (uint32_t i = 0; i < counted.status_kinds; i++) {
        const char *name = shuttle_status_name(counted.by_status[i].status);
        printf(" %s %" PRIu64 "%s", name == NULL ? "(no name)" : name, counted.by_status[i].frames,
               i + 1 < counted.status_kinds ? "," : "\n");
    }
}

static void check_allocations(struct pass *pass)
{
    struct ndishost_counters now;
    struct ndishost_chaos_counts chaos;
    ndishost_get_counters(&now);
    ndishost_get_chaos_counts(&chaos);
    uint64_t nbls = now.nbl_allocations - pass->before.nbl_allocations;
    uint64_t nbs = now.nb_allocations - pass->before.nb_allocations;
    uint64_t tricks_mdl = chaos.mdl_allocations - pass->chaos_before.mdl_allocations;
    uint64_t tricks_pool = chaos.pool_allocations - pass->chaos_before.pool_allocations;
    uint64_t mdls = now.mdl_allocations - pass->before.mdl_allocations - tricks_mdl;
    uint64_t pools = now.pool_allocations - pass->before.pool_allocations - tricks_pool;
    uint64_t interruptions = chaos.pauses + chaos.resets - pass->chaos_before.pauses -
                             pass->chaos_before.resets;
    printf("  allocations since warm-up: NBL %" PRIu64 ", NB %" PRIu64 ", MDL %" PRIu64
           ", pool %" PRIu64 " over %" PRIu64 " pauses and resets; besides, for the NIC's tricks: "
           "MDL %" PRIu64 ", pool %" PRIu64 "\n",
           nbls, nbs, mdls, pools, interruptions, tricks_mdl, tricks_pool);
    if (nbls != 0 || nbs != 0 || mdls != 0 || pools > interruptions * ALLOCATIONS_PER_PAUSE) {
        complain(pass, "sending has allocated", 0, 0);
    }
}

static void print_chaos(const struct pass *pass)
{
    struct ndishost_chaos_counts c;
    ndishost_get_chaos_counts(&c);
    double seconds = (double)(now_ns() - pass->started_ns) / 1e9;
    printf("%" PRIu64 " frames in %.1f s, %.0f a second\n", pass->sends * THREADS, seconds,
           (double)(pass->sends * THREADS) / seconds);
    printf("  completed in the call %" PRIu64 ", by the thread %" PRIu64 ", by a timer %" PRIu64
           " (%" PRIu64 " long); %" PRIu64 " calls, %" PRIu64 " merged, %" PRIu64 " reordered\n",
           c.in_call, c.by_thread, c.by_timer, c.long_delays, c.completions, c.merged, c.reordered);
    printf("  MDLs in front %" PRIu64 ", retreats %" PRIu64 ", contexts %" PRIu64
           ", pauses %" PRIu64 ", resets %" PRIu64 ", links lost %" PRIu64 "\n",
           c.mdls_in_front, c.retreats, c.contexts, c.pauses, c.resets, c.link_losses);
}

// 0, 1 or 3.
static int pass_run(const char *spec, uint64_t sends)
{
    struct sender senders[THREADS];
    struct pass pass = {
        .spec = spec,
        .sends = sends / THREADS,
        .started_ns = now_ns(),
        .shows_progress = getenv("SHUTTLE_SOAK_PROGRESS") != NULL,
    };
    pthread_barrier_init(&pass.warm, NULL, THREADS);
    printf("%s\n", spec);
    fflush(stdout);
    for (unsigned i = 0; i < THREADS; i++) {
        if (!sender_open(&senders[i], &pass, i)) {
            return 3;
        }
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (pthread_create(&senders[i].thread, NULL, sender_run, &senders[i]) != 0) {
            fprintf(stderr, "soak: no thread\n");
            exit(3);
        }
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(senders[i].thread, NULL);
        check_all_completed(&senders[i]);
    }
    print_chaos(&pass);
    check_statistics(&pass, senders);
    check_allocations(&pass);
    for (unsigned i = 0; i < THREADS; i++) {
        if (shuttle_close(senders[i].handle) < 0) {
            complain(&pass, shuttle_last_message(), i, 0);
        }
        free(senders[i].completed);
    }
    pthread_barrier_destroy(&pass.warm);
    return atomic_load(&pass.failed) ? 1 : 0;
}

static uint64_t choose_seed(void)
{
    const char *word = getenv("NDISHOST_SEED");
    return word != NULL ? strtoull(word, NULL, 0) : now_ns() % 1000000007u;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : getenv("SHUTTLE_SOAK_SENDS");
    uint64_t sends = word != NULL ? strtoull(word, NULL, 10) : SOAK_SENDS;
    uint64_t seed = choose_seed();
    char calm[160], rough[160];
    if (argc > 2 || sends < 8 * THREADS * WARM_UP || sends > UINT32_MAX) {
        fprintf(stderr, "usage: soak [SENDS], at least %u\n", 8 * THREADS * WARM_UP);
        return 2;
    }
    snprintf(calm, sizeof(calm),
             "chaos:seed=%" PRIu64 ",delay_ms=5,long_ms=1000,pause_every=0,reset_every=0+null",
             seed);
    snprintf(rough, sizeof(rough),
             "chaos:seed=%" PRIu64
             ",delay_ms=5,long_ms=50,pause_every=20000,reset_every=20000,link_every=20000+null",
             seed);
    int result = pass_run(calm, sends / 4);
    if (result == 0) {
        result = pass_run(rough, sends - sends / 4);
    }
    if (result != 0) {
        fprintf(stderr, "soak: failed; again: NDISHOST_SEED=%" PRIu64 " soak %" PRIu64 "\n", seed,
                sends);
    }
    return result;
}
