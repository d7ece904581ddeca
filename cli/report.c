// SPDX-License-Identifier: MIT

#include "report.h"

#include "json.h"

#include <inttypes.h>
#include <stdio.h>

struct refusal_text {
    const char *key;
    const char *text;
};

static const struct refusal_text RefusalTexts[REFUSAL_KINDS] = {
    [REFUSED_CUT] = {"cut", "cut by the capture's snapshot length"},
    [REFUSED_TOO_SHORT] = {"too_short", "shorter than an Ethernet header"},
    [REFUSED_TOO_LONG] = {"too_long", "longer than the adapter takes"},
    [REFUSED_REMOVED] = {"removed", "adapter removed"},
    [REFUSED_STOPPED] = {"stopped", "stopped while it waited"},
    [REFUSED_OTHER] = {"other", "refused for another reason"},
};

const char *refusal_key(enum refusal reason)
{
    return RefusalTexts[reason].key;
}

const char *status_text(uint32_t status, char *buffer)
{
    const char *name = shuttle_status_name(status);
    if (name == NULL) {
        snprintf(buffer, 11, "0x%08" PRIX32, status);
        name = buffer;
    }
    return name;
}

static double seconds(const struct sender *sender)
{
    return (double)(sender->ended_ns - sender->started_ns) / 1e9;
}

// 0 when no time has passed: no rate rather than an infinite one.
static double per_second(const struct sender *sender, double amount)
{
    return sender->ended_ns > sender->started_ns ? amount / seconds(sender) : 0;
}

static double frames_per_second(const struct sender *sender)
{
    return per_second(sender, (double)sender->completed[0].tally.frames);
}

static double megabits_per_second(const struct sender *sender)
{
    return per_second(sender, (double)sender->completed[0].tally.bytes * 8 / 1e6);
}

static void print_row(const char *prefix, const char *label, const struct tally *tally)
{
    char text[64];
    snprintf(text, sizeof(text), "%s%s", prefix, label);
    printf("%-48s %12" PRIu64 " %15" PRIu64 "\n", text, tally->frames, tally->bytes);
}

static void print_allocations(const struct sender *sender)
{
    struct shuttle_statistics statistics;
    struct steady_state steady;
    if (shuttle_get_statistics(sender->handle, &statistics) == 0) {
        printf("%-48s %12" PRIu64 "\n", "NBLs allocated in total", statistics.nbls_allocated);
    }
    if (!sender_steady_state(sender, &steady)) {
        printf("allocations per frame are not known: %s\n", sender->counts_known
                                                                ? "fewer than 10 frames were sent"
                                                                : "the system does not count");
        return;
    }
    double frames = (double)steady.frames;
    printf("allocations per frame after the first %" PRIu64 ": NBL %g, MDL %g, pool %g\n",
           steady.after, (double)steady.counts.nbl_allocations / frames,
           (double)steady.counts.mdl_allocations / frames,
           (double)steady.counts.pool_allocations / frames);
}

void report_text(const struct sender *sender, const char *source)
{
    char buffer[11];
    printf("%-48s %12s %15s\n", "", "frames", "bytes");
    print_row("", source, &sender->offered);
    print_row("", "sent", &sender->sent);
    for (unsigned i = 0; i < sender->completed_kinds; i++) {
        print_row("  ", status_text(sender->completed[i].status, buffer),
                  &sender->completed[i].tally);
    }
    for (int i = 0; i < REFUSAL_KINDS; i++) {
        if (sender->refused[i].frames > 0) {
            print_row("not sent: ", RefusalTexts[i].text, &sender->refused[i]);
        }
    }
    printf("%-48s %12.6f s\n", "duration", seconds(sender));
    printf("%-48s %12.1f frames/s %10.1f Mbit/s\n", "rate of success", frames_per_second(sender),
           megabits_per_second(sender));
    print_allocations(sender);
}

static void json_tally(const char *key, const struct tally *tally)
{
    json_open(key, '{');
    json_integer("frames", tally->frames);
    json_integer("bytes", tally->bytes);
    json_close('}');
}

static void json_completed(const struct sender *sender)
{
    char value[11];
    json_open("completed", '[');
    for (unsigned i = 0; i < sender->completed_kinds; i++) {
        const struct status_tally *each = &sender->completed[i];
        snprintf(value, sizeof(value), "0x%08" PRIX32, each->status);
        json_open(NULL, '{');
        json_string("status", value);
        json_string("name", shuttle_status_name(each->status));
        json_integer("frames", each->tally.frames);
        json_integer("bytes", each->tally.bytes);
        json_close('}');
    }
    json_close(']');
}

static void json_allocations(const struct sender *sender)
{
    struct shuttle_statistics statistics;
    struct steady_state steady;
    if (shuttle_get_statistics(sender->handle, &statistics) == 0) {
        json_integer("nbls_allocated", statistics.nbls_allocated);
    } else {
        json_null("nbls_allocated");
    }
    if (!sender_steady_state(sender, &steady)) {
        json_null("steady_state");
        return;
    }
    json_open("steady_state", '{');
    json_integer("after_frames", steady.after);
    json_integer("frames", steady.frames);
    json_integer("nbl_allocations", steady.counts.nbl_allocations);
    json_integer("mdl_allocations", steady.counts.mdl_allocations);
    json_integer("pool_allocations", steady.counts.pool_allocations);
    json_integer("page_locks", steady.counts.page_locks);
    json_integer("requests", steady.counts.requests);
    json_close('}');
}

void report_json(const struct sender *sender, const char *source)
{
    json_integer("in_flight_limit", sender->adapter.in_flight_limit);
    json_tally(source, &sender->offered);
    json_tally("sent", &sender->sent);
    json_completed(sender);
    json_open("not_sent", '{');
    for (int i = 0; i < REFUSAL_KINDS; i++) {
        json_tally(RefusalTexts[i].key, &sender->refused[i]);
    }
    json_close('}');
    json_real("duration_s", seconds(sender));
    json_real("frames_per_s", frames_per_second(sender));
    json_real("mbit_per_s", megabits_per_second(sender));
    json_allocations(sender);
}
