// SPDX-License-Identifier: MIT

#include "ladder.h"

#include <errors.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES ((uintptr_t)4096)

// Both compiled alike, so that rungs of the one compare with those of the other.
#ifdef _WIN32
#define SHUTTLE_DRIVER NULL // that of the system
#else
#define SHUTTLE_DRIVER "native"
#endif
#define CLASSIC_DRIVER "classic"

// Opens an adapter that runs and takes every frame of the ladder.
static int device_open(const char *adapter, const char *driver, struct shuttle **device)
{
    struct shuttle_options options = {.driver = driver};
    struct shuttle_adapter found;
    int result = shuttle_open(adapter, &options, device);
    if (result == 0) {
        result = shuttle_query(*device, &found);
    }
    if (result < 0) {
        return result;
    }
    if (found.state != SHUTTLE_STATE_RUNNING) {
        return shuttle_fail(SHUTTLE_ERROR_NOT_RUNNING, "%s does not run", adapter);
    }
    if (found.maximum_frame_size < LADDER_FRAME_MAX) {
        return shuttle_fail(SHUTTLE_ERROR_FRAME_TOO_LONG, "%s takes frames of %u bytes only",
                            adapter, found.maximum_frame_size);
    }
    return 0;
}

// A local unicast destination, and the EtherType for local experiments (IEEE 802).
static void frame_fill(struct ladder *ladder)
{
    static const uint8_t Header[LADDER_HEADER_BYTES] = {0x02, 0, 0, 0, 0,    1,    0x02,
                                                        0,    0, 0, 0, 0x02, 0x88, 0xB5};
    memcpy(ladder->header, Header, sizeof(Header));
    for (uint32_t i = 0; i < LADDER_FRAME_MAX - LADDER_HEADER_BYTES; i++) {
        ladder->payload[i] = (uint8_t)i;
    }
}

int ladder_open(struct ladder *ladder, const char *adapter, const char *shuttle,
                const char *classic)
{
    bool is_null = strcmp(adapter, "null") == 0 || strncmp(adapter, "null:", 5) == 0;
    *ladder = (struct ladder){.completes_inside = is_null};
    // A page for each part, so that every rung locks one page for each.
    ladder->memory = malloc(3 * PAGE_BYTES);
    if (ladder->memory == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a frame");
    }
    ladder->header = (uint8_t *)(((uintptr_t)ladder->memory + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
    ladder->payload = ladder->header + PAGE_BYTES;
    frame_fill(ladder);
    int result = device_open(adapter, shuttle != NULL ? shuttle : SHUTTLE_DRIVER, &ladder->shuttle);
    if (result == 0) {
        result = device_open(adapter, classic != NULL ? classic : CLASSIC_DRIVER, &ladder->classic);
    }
    if (result < 0) {
        char message[512];
        strncpy(message, shuttle_last_message(), sizeof(message) - 1);
        message[sizeof(message) - 1] = '\0';
        ladder_close(ladder);
        return shuttle_fail(result, "%s", message);
    }
    return 0;
}

void ladder_close(struct ladder *ladder)
{
    shuttle_close(ladder->classic);
    shuttle_close(ladder->shuttle);
    free(ladder->memory);
    *ladder = (struct ladder){0};
}
