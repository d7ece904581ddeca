// SPDX-License-Identifier: MIT

#include "ladder.h"

#include <classic_ioctl.h>
#include <shuttle/ioctl.h>

#include <handle.h>
#include <string.h>

// ---- one frame a request

static uint32_t send_each(struct shuttle *device, uint32_t code, struct ladder *ladder,
                          uint64_t frames)
{
    size_t payload_bytes = ladder->frame_bytes - LADDER_HEADER_BYTES;
    for (uint64_t i = 0; i < frames; i++) {
        uint32_t status = transport_control(device->transport, code, ladder->header,
                                            LADDER_HEADER_BYTES, ladder->payload, payload_bytes,
                                            NULL);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

static uint32_t send_classic(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    (void)rung;
    return send_each(ladder->classic, SHUTTLE_IOCTL_SEND, ladder, frames);
}

static uint32_t send_ndis5(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    (void)rung;
    return send_each(ladder->classic, CLASSIC_IOCTL_SEND_NDIS5, ladder, frames);
}

static uint32_t send_reuse_nbl(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    (void)rung;
    return send_each(ladder->classic, CLASSIC_IOCTL_SEND_REUSE_NBL, ladder, frames);
}

static uint32_t send_reuse_nbl_mdl(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    (void)rung;
    return send_each(ladder->classic, CLASSIC_IOCTL_SEND_REUSE_NBL_MDL, ladder, frames);
}

static uint32_t send_two_part(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    (void)rung;
    return send_each(ladder->shuttle, SHUTTLE_IOCTL_SEND, ladder, frames);
}

static uint32_t send_two_part_direct(struct ladder *ladder, const struct rung *rung,
                                     uint64_t frames)
{
    (void)rung;
    return send_each(ladder->shuttle, SHUTTLE_IOCTL_SEND_DIRECT, ladder, frames);
}

// ---- several frames a request

static uint32_t send_list(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    CLASSIC_PACKET packets[LADDER_LIST_MAX];
    for (uint32_t i = 0; i < rung->batch; i++) {
        packets[i] = (CLASSIC_PACKET){
            .Header = (uintptr_t)ladder->header,
            .Payload = (uintptr_t)ladder->payload,
            .HeaderBytes = LADDER_HEADER_BYTES,
            .PayloadBytes = ladder->frame_bytes - LADDER_HEADER_BYTES,
        };
    }
    for (uint64_t i = 0; i < frames; i += rung->batch) {
        uint32_t status = transport_control(ladder->classic->transport, CLASSIC_IOCTL_SEND_LIST,
                                            packets, rung->batch * sizeof(packets[0]), NULL, 0,
                                            NULL);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

static uint32_t send_floor(struct ladder *ladder, const struct rung *rung, uint64_t frames)
{
    (void)rung;
    CLASSIC_FLOOR floor = {.Count = (uint32_t)frames, .FrameBytes = ladder->frame_bytes};
    return transport_control(ladder->classic->transport, CLASSIC_IOCTL_FLOOR, &floor, sizeof(floor),
                             NULL, 0, NULL);
}

const struct rung LadderRungs[] = {
    {"classic", "allocate, lock, send, free: one packet at a time", 1, send_classic},
    {"classic-list-16", "the same, 16 NBLs in one call of NDIS", 16, send_list},
    {"classic-list-64", "the same, 64 NBLs in one call of NDIS", 64, send_list},
    {"ndis5", "a model of the NDIS 5 driver: descriptors kept, MDLs fresh", 1, send_ndis5},
    {"reuse-nbl", "classic, but the NBL is kept and prepared again", 1, send_reuse_nbl},
    {"reuse-nbl-mdl", "the MDLs' memory is kept too; pages are locked each time", 1,
     send_reuse_nbl_mdl},
    {"two-part-direct", "shuttle: header copied, payload locked by the I/O manager", 1,
     send_two_part_direct},
    {"two-part", "shuttle: header and payload copied into the slot", 1, send_two_part},
    {"floor", "one prepared NBL again and again: NDIS and the miniport alone", 1, send_floor},
};
const size_t LadderRungCount = sizeof(LadderRungs) / sizeof(LadderRungs[0]);

const struct rung *ladder_find(const char *name)
{
    for (size_t i = 0; i < LadderRungCount; i++) {
        if (strcmp(LadderRungs[i].name, name) == 0) {
            return &LadderRungs[i];
        }
    }
    return NULL;
}
