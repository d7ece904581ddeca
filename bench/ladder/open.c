// SPDX-License-Identifier: MIT

#include "ladder.h"

#include <shuttle/ioctl.h>

#include <errors.h>
#include <stdlib.h>
#include <string.h>
#include <transport.h>
#include <utf.h>

#define PAGE_BYTES ((uintptr_t)4096)

// What shuttle_open does, without its places for completions: the ladder makes the requests itself.
static int device_open(const char *adapter, const char *driver, struct transport **device)
{
    struct shuttle_options options = {.driver = driver};
    SHUTTLE_OPEN_ADAPTER open = {.Version = SHUTTLE_ABI_VERSION};
    SHUTTLE_ADAPTER answer;
    char name[512];
    int result = transport_open(adapter, &options, device, name, sizeof(name));
    if (result < 0) {
        *device = NULL;
        return result;
    }
    int units = utf8_to_utf16(name, open.Name, SHUTTLE_MAX_NAME);
    if (units < 0) {
        return shuttle_fail(SHUTTLE_ERROR_NO_ADAPTER, "%s: the name is too long", adapter);
    }
    open.NameLength = (uint32_t)units * (uint32_t)sizeof(open.Name[0]);
    uint32_t status = transport_control(*device, SHUTTLE_IOCTL_OPEN_ADAPTER, &open, sizeof(open),
                                        &answer, sizeof(answer), NULL);
    if (status_failed(status)) {
        return shuttle_fail_status(status, adapter);
    }
    if (answer.State != SHUTTLE_ADAPTER_RUNNING) {
        return shuttle_fail(SHUTTLE_ERROR_NOT_RUNNING, "%s does not run", adapter);
    }
    if (answer.MaximumFrameSize < LADDER_FRAME_MAX) {
        return shuttle_fail(SHUTTLE_ERROR_FRAME_TOO_LONG, "%s takes frames of %u bytes only",
                            adapter, answer.MaximumFrameSize);
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

int ladder_open(struct ladder *ladder, const char *adapter, const char *driver)
{
    *ladder = (struct ladder){0};
    // A page for each part, so that every rung locks one page for each.
    ladder->memory = malloc(3 * PAGE_BYTES);
    if (ladder->memory == NULL) {
        return shuttle_fail(SHUTTLE_ERROR_NO_MEMORY, "no memory for a frame");
    }
    ladder->header = (uint8_t *)(((uintptr_t)ladder->memory + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
    ladder->payload = ladder->header + PAGE_BYTES;
    frame_fill(ladder);
    int result = device_open(adapter, driver, &ladder->shuttle);
    if (result == 0) {
        result = device_open(adapter, "classic", &ladder->classic);
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
    if (ladder->classic != NULL) {
        transport_close(ladder->classic);
    }
    if (ladder->shuttle != NULL) {
        transport_close(ladder->shuttle);
    }
    free(ladder->memory);
    *ladder = (struct ladder){0};
}
