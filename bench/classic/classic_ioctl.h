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

// What the cost of a send is made of. Each is repeated inside the driver.
enum CLASSIC_OPERATION {
    CLASSIC_OPERATION_REQUEST,      // nothing, whatever Repeat is: pended and completed, as a send
    CLASSIC_OPERATION_PAGE_LOCK,    // MmProbeAndLockPages + MmUnlockPages of the memory
    CLASSIC_OPERATION_MDL,          // IoAllocateMdl + IoFreeMdl for one page
    CLASSIC_OPERATION_NBL,          // NdisAllocateNetBufferAndNetBufferList + NdisFreeNetBufferList
    CLASSIC_OPERATION_POOL,         // ExAllocatePool2 + ExFreePoolWithTag of 64 bytes
    CLASSIC_OPERATION_SPIN_LOCK,    // KeAcquireSpinLock + KeReleaseSpinLock
    CLASSIC_OPERATION_INTERLOCKED,  // InterlockedIncrement
    CLASSIC_OPERATION_COPY,         // of the memory, at most CLASSIC_COPY_MAX bytes
    CLASSIC_OPERATION_SEND,         // one call of NDIS with List NBLs, to their completion
    CLASSIC_OPERATION_SEND_CHAINED, // the same, each frame in two MDLs, as a header and its payload
    CLASSIC_OPERATION_PAGE_MAP, // PAGE_LOCK, and in between a mapping into the system's addresses
    CLASSIC_OPERATIONS
};

#define CLASSIC_COPY_MAX 4096u
#define CLASSIC_REPEAT_MAX 10000000u
#define CLASSIC_BURST_MAX 64u
#define CLASSIC_BURST_FRAME 60u // bytes

typedef struct CLASSIC_CALIBRATION {
    uint32_t Operation; // CLASSIC_OPERATION
    uint32_t Repeat;    // at most CLASSIC_REPEAT_MAX
    uint32_t List;      // of the SENDs: 1 to CLASSIC_BURST_MAX; of the others 0
} CLASSIC_CALIBRATION;

// in: CLASSIC_CALIBRATION. Second buffer: the memory of PAGE_LOCK, PAGE_MAP and COPY, which is read
// only.
#define CLASSIC_IOCTL_CALIBRATE                                                                    \
    SHUTTLE_CONTROL_CODE(0x825u, SHUTTLE_METHOD_NEITHER, SHUTTLE_ACCESS_WRITE)

SHUTTLE_STATIC_ASSERT(sizeof(CLASSIC_CALIBRATION) == 12);
SHUTTLE_STATIC_ASSERT(sizeof(CLASSIC_PACKET) == 24);
SHUTTLE_STATIC_ASSERT(sizeof(CLASSIC_FLOOR) == 8);
