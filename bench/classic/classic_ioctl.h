// SPDX-License-Identifier: MIT
#pragma once

// What a user program says to the classic driver. Opening, querying and sending one frame are
// Shuttle's own requests (shuttle/ioctl.h), so that one program measures both drivers; the list and
// the other rungs of the ladder (docs/benchmarks.md) have codes here.

#include <shuttle/ioctl.h>

#define CLASSIC_DEVICE_PATH "\\\\.\\ShuttleClassic"
#define CLASSIC_DEVICE_NT_NAME L"\\Device\\ShuttleClassic"
#define CLASSIC_DEVICE_DOS_NAME L"\\DosDevices\\ShuttleClassic"

#define CLASSIC_LIST_MAX 1024u

// One packet of a list: addresses in the requester's process.
typedef struct CLASSIC_PACKET {
    uint64_t Header;
    uint64_t Payload;
    uint32_t HeaderBytes;  // at least SHUTTLE_MIN_HEADER
    uint32_t PayloadBytes; // may be 0
} CLASSIC_PACKET;

// in: CLASSIC_PACKET[1 to CLASSIC_LIST_MAX]. out: nothing. All packets are one linked list of NBLs
// and one call of NDIS; completes when the last one has, with the first failure if there was one.
#define CLASSIC_IOCTL_SEND_LIST                                                                    \
    SHUTTLE_CONTROL_CODE(0x820u, SHUTTLE_METHOD_NEITHER, SHUTTLE_ACCESS_WRITE)

// Like SHUTTLE_IOCTL_SEND, each in the manner of its rung.
#define CLASSIC_IOCTL_SEND_NDIS5                                                                   \
    SHUTTLE_CONTROL_CODE(0x821u, SHUTTLE_METHOD_NEITHER, SHUTTLE_ACCESS_WRITE)
#define CLASSIC_IOCTL_SEND_REUSE_NBL                                                               \
    SHUTTLE_CONTROL_CODE(0x822u, SHUTTLE_METHOD_NEITHER, SHUTTLE_ACCESS_WRITE)
#define CLASSIC_IOCTL_SEND_REUSE_NBL_MDL                                                           \
    SHUTTLE_CONTROL_CODE(0x823u, SHUTTLE_METHOD_NEITHER, SHUTTLE_ACCESS_WRITE)

typedef struct CLASSIC_FLOOR {
    uint32_t Count;      // sends, one after the other
    uint32_t FrameBytes; // SHUTTLE_MIN_HEADER to the adapter's maximum
} CLASSIC_FLOOR;

// in: CLASSIC_FLOOR. One prepared NBL is sent Count times: NDIS and the miniport alone.
#define CLASSIC_IOCTL_FLOOR                                                                        \
    SHUTTLE_CONTROL_CODE(0x824u, SHUTTLE_METHOD_BUFFERED, SHUTTLE_ACCESS_WRITE)

SHUTTLE_STATIC_ASSERT(sizeof(CLASSIC_PACKET) == 24);
SHUTTLE_STATIC_ASSERT(sizeof(CLASSIC_FLOOR) == 8);
