// SPDX-License-Identifier: MIT

#include "sender.h"

#include "command.h"
#include "report.h"
#include "pace.h"

#include <inttypes.h>
#include <stdio.h>

#define HEADER_BYTES 14
#define REAP_BATCH 64
#define REAP_EVERY 32 // frames; keeps the places in use few, and so in the cache

static void add(struct tally *tally, uint32_t length)
{
    tally->frames++;
    tally->bytes += length;
}

bool sender_start(struct sender *sender, struct shuttle *handle, FILE *failures)
{
    *sender = (struct sender){.handle = handle, .completed_kinds = 1, .failures = failures};
    if (shuttle_query(handle, &sender->adapter) < 0) {
        complain("%s", shuttle_last_message());
        return false;
    }
    sender->counts_known = shuttle_get_runtime_counts(&sender->final_counts) == 0;
    sender->started_ns = now_ns();
    sender->ended_ns = sender->started_ns;
    return true;
}

static struct tally *tally_of_status(struct sender *sender, uint32_t status)
{
    for (unsigned i = 0; i < sender->completed_kinds; i++) {
        if (sender->completed[i].status == status) {
            return &sender->completed[i].tally;
        }
    }
    if (sender->completed_kinds < STATUS_KINDS) {
        sender->completed[sender->completed_kinds++].status = status;
    }
    return &sender->completed[sender->completed_kinds - 1].tally;
}

static void account(struct sender *sender, const struct shuttle_completion *completion)
{
    bool first_failure = completion->status != 0 && sender->completed_kinds == 1;
    add(tally_of_status(sender, completion->status), completion->length);
    sender->in_flight--;
    if (completion->status != 0 && sender->failures != NULL) {
        const char *name = shuttle_status_name(completion->status);
        fprintf(sender->failures, "%" PRIu64 "\t0x%08X\t%s\n", completion->cookie,
                completion->status, name == NULL ? "-" : name);
    }
    if (first_failure) {
        const char *name = shuttle_status_name(completion->status);
        complain("%s: frame %" PRIu64 " was not sent: %s (0x%08X); further failures are counted",
                 sender->adapter.name, completion->cookie, name == NULL ? "no name" : name,
                 completion->status);
    }
}

static void reap(struct sender *sender, int timeout_ms)
{
    struct shuttle_completion completions[REAP_BATCH];
    size_t half = sender->in_flight / 2 + 1; // never waits for the last ones of many
    int count = shuttle_reap_many(sender->handle, completions, REAP_BATCH,
                                  half < REAP_BATCH ? half : REAP_BATCH, timeout_ms);
    for (int i = 0; i < count; i++) {
        account(sender, &completions[i]);
    }
}

static void explain_refusal(const struct sender *sender, enum refusal reason, uint32_t length)
{
    const char *adapter = sender->adapter.name;
    uint64_t number = sender->offered.frames;
    switch (reason) {
    case REFUSED_CUT:
        complain("frame %" PRIu64 " is not whole in the capture, and is not sent; "
                 "further ones are counted",
                 number);
        break;
    case REFUSED_TOO_SHORT:
        complain("frame %" PRIu64 " has %u bytes, an Ethernet header has %d; "
                 "it is not sent, further ones are counted",
                 number, length, HEADER_BYTES);
        break;
    case REFUSED_TOO_LONG:
        complain("%s: frame %" PRIu64 " has %u bytes, the adapter takes at most %u; "
                 "it is not sent, further ones are counted",
                 adapter, number, length, sender->adapter.maximum_frame_size);
        break;
    case REFUSED_STOPPED:
        break; // the user knows
    default:
        complain("%s", shuttle_last_message());
        break;
    }
}

void sender_refuse(struct sender *sender, enum refusal reason, uint32_t length)
{
    add(&sender->offered, length);
    if (sender->refused[reason].frames == 0) {
        explain_refusal(sender, reason, length);
    }
    add(&sender->refused[reason], length);
    if (sender->failures != NULL) {
        fprintf(sender->failures, "%" PRIu64 "\t-\t%s\n", sender->offered.frames,
                refusal_key(reason));
    }
}

static enum refusal refusal_of_error(int error)
{
    switch (error) {
    case SHUTTLE_ERROR_FRAME_TOO_SHORT:
        return REFUSED_TOO_SHORT;
    case SHUTTLE_ERROR_FRAME_TOO_LONG:
        return REFUSED_TOO_LONG;
    case SHUTTLE_ERROR_ADAPTER_REMOVED:
        return REFUSED_REMOVED;
    case SHUTTLE_ERROR_TIMED_OUT:
        return REFUSED_STOPPED;
    default:
        return REFUSED_OTHER;
    }
}

// After 2^n frames, as long as n is in the table.
static void take_snapshot(struct sender *sender)
{
    uint64_t frames = sender->sent.frames;
    if ((frames & (frames - 1)) != 0 || frames >> (SNAPSHOTS - 1) > 1 || !sender->counts_known) {
        return;
    }
    shuttle_get_runtime_counts(&sender->snapshots[__builtin_ctzll(frames)]);
}

bool sender_send(struct sender *sender, const uint8_t *bytes, uint32_t length)
{
    if (length < HEADER_BYTES) {
        sender_refuse(sender, REFUSED_TOO_SHORT, length);
        return true;
    }
    while (sender->in_flight >= sender->adapter.in_flight_limit) {
        reap(sender, -1);
    }
    struct shuttle_frame frame = {
        .header = bytes,
        .header_length = HEADER_BYTES,
        .payload = bytes + HEADER_BYTES,
        .payload_length = length - HEADER_BYTES,
        .cookie = sender->offered.frames + 1,
    };
    int error = shuttle_submit(sender->handle, &frame, 0);
    if (error < 0) {
        enum refusal reason = refusal_of_error(error);
        sender_refuse(sender, reason, length);
        return reason == REFUSED_TOO_LONG || reason == REFUSED_TOO_SHORT;
    }
    add(&sender->offered, length);
    add(&sender->sent, length);
    sender->in_flight++;
    take_snapshot(sender);
    if (sender->sent.frames % REAP_EVERY == 0) {
        reap(sender, 0);
    }
    return true;
}

void sender_finish(struct sender *sender)
{
    while (sender->in_flight > 0) {
        reap(sender, -1);
    }
    sender->ended_ns = now_ns();
    if (sender->counts_known) {
        shuttle_get_runtime_counts(&sender->final_counts);
    }
}

bool sender_all_succeeded(const struct sender *sender)
{
    return sender->completed[0].tally.frames == sender->offered.frames;
}

bool sender_steady_state(const struct sender *sender, struct steady_state *steady)
{
    uint64_t limit = sender->adapter.in_flight_limit;
    uint64_t tenth = sender->sent.frames / 10;
    uint64_t at_most = limit < tenth ? limit : tenth;
    if (!sender->counts_known || at_most == 0) {
        return false;
    }
    int index = 63 - __builtin_clzll(at_most);
    index = index < SNAPSHOTS ? index : SNAPSHOTS - 1;
    const struct shuttle_runtime_counts *then = &sender->snapshots[index];
    const struct shuttle_runtime_counts *now = &sender->final_counts;
    steady->after = UINT64_C(1) << index;
    steady->frames = sender->sent.frames - steady->after;
    steady->counts = (struct shuttle_runtime_counts){
        .requests = now->requests - then->requests,
        .nbl_allocations = now->nbl_allocations - then->nbl_allocations,
        .mdl_allocations = now->mdl_allocations - then->mdl_allocations,
        .pool_allocations = now->pool_allocations - then->pool_allocations,
        .page_locks = now->page_locks - then->page_locks,
    };
    return true;
}
