// SPDX-License-Identifier: MIT
#pragma once

// The control device of the Shuttle driver: the one place where the layout of what passes between
// user mode and the driver is written down. Read by both sides; C11 and C++; little endian.
//
// How a program uses it: open the device, SHUTTLE_IOCTL_OPEN_ADAPTER once for this handle, then any
// number of the other requests from any number of threads. No structure holds a pointer, so a
// 32-bit program needs no translation on 64-bit Windows. docs/ioctl.md has each request with its
// statuses.

#include <stddef.h>
#include <stdint.h>

#define SHUTTLE_ABI_VERSION 1u

// Open with CreateFile(SHUTTLE_DEVICE_PATH). The NT names are for the driver.
#define SHUTTLE_DEVICE_PATH "\\\\.\\Shuttle"
#define SHUTTLE_DEVICE_NT_NAME L"\\Device\\Shuttle"
#define SHUTTLE_DEVICE_DOS_NAME L"\\DosDevices\\Shuttle"

// The bits of an I/O control code: device type 31..16, access 15..14, function 13..2, method 1..0.
// Device types from 0x8000 and functions from 0x800 are free for drivers (contract SEC-05).
#define SHUTTLE_DEVICE_TYPE 0x8A3Eu
#define SHUTTLE_CONTROL_CODE(Function, Method, Access)                                             \
    ((uint32_t)((SHUTTLE_DEVICE_TYPE << 16) | ((Access) << 14) | ((Function) << 2) | (Method)))

#define SHUTTLE_METHOD_BUFFERED 0u
#define SHUTTLE_METHOD_IN_DIRECT 1u
#define SHUTTLE_METHOD_NEITHER 3u
#define SHUTTLE_ACCESS_ANY 0u
#define SHUTTLE_ACCESS_READ 1u  // the handle was opened with GENERIC_READ: may receive
#define SHUTTLE_ACCESS_WRITE 2u // the handle was opened with GENERIC_WRITE: may send

// in: nothing. out: SHUTTLE_ADAPTER_LIST with as many adapters as fit; Total tells how many exist.
#define SHUTTLE_IOCTL_LIST_ADAPTERS                                                                \
    SHUTTLE_CONTROL_CODE(0x800u, SHUTTLE_METHOD_BUFFERED, SHUTTLE_ACCESS_ANY)

// in: SHUTTLE_OPEN_ADAPTER. out: SHUTTLE_ADAPTER. Ties this handle to one adapter, once.
#define SHUTTLE_IOCTL_OPEN_ADAPTER                                                                 \
    SHUTTLE_CONTROL_CODE(0x801u, SHUTTLE_METHOD_BUFFERED, SHUTTLE_ACCESS_ANY)

// in: nothing. out: SHUTTLE_ADAPTER with the present state. Works after the adapter has gone.
#define SHUTTLE_IOCTL_QUERY_ADAPTER                                                                \
    SHUTTLE_CONTROL_CODE(0x802u, SHUTTLE_METHOD_BUFFERED, SHUTTLE_ACCESS_ANY)

// in: nothing. out: SHUTTLE_STATISTICS of this handle's adapter, all handles together.
#define SHUTTLE_IOCTL_QUERY_STATISTICS                                                             \
    SHUTTLE_CONTROL_CODE(0x803u, SHUTTLE_METHOD_BUFFERED, SHUTTLE_ACCESS_ANY)

// One frame in two parts. First buffer: the header, at least SHUTTLE_MIN_HEADER bytes. Second
// buffer: the payload, may be empty. Both are copied into a slot of the driver before the request
// returns; the request completes when the adapter has completed the frame, with the frame's status.
// STATUS_RETRY: every slot is in flight (wait with SHUTTLE_IOCTL_WAIT_SEND); nothing was sent.
#define SHUTTLE_IOCTL_SEND                                                                         \
    SHUTTLE_CONTROL_CODE(0x810u, SHUTTLE_METHOD_NEITHER, SHUTTLE_ACCESS_WRITE)

// The same without copying the payload: its pages stay locked, and the bytes on the wire are those
// that stand there when the adapter reads them, until the request completes.
#define SHUTTLE_IOCTL_SEND_DIRECT                                                                  \
    SHUTTLE_CONTROL_CODE(0x811u, SHUTTLE_METHOD_IN_DIRECT, SHUTTLE_ACCESS_WRITE)

// No data. Completes with success when a slot is free and the adapter runs, and with
// STATUS_DEVICE_REMOVED when it has gone. It reserves nothing: the next send may again be refused.
#define SHUTTLE_IOCTL_WAIT_SEND                                                                    \
    SHUTTLE_CONTROL_CODE(0x812u, SHUTTLE_METHOD_BUFFERED, SHUTTLE_ACCESS_WRITE)

#define SHUTTLE_MIN_HEADER 14u // destination, source, EtherType
#define SHUTTLE_MAX_NAME 128u  // 16-bit units in an adapter's name
#define SHUTTLE_STATUS_KINDS 16u

// Limits of the in-flight setting (registry value InFlightLimit of the driver's Parameters key).
#define SHUTTLE_IN_FLIGHT_MIN 1u
#define SHUTTLE_IN_FLIGHT_DEFAULT 1024u
#define SHUTTLE_IN_FLIGHT_MAX 65536u

enum SHUTTLE_ADAPTER_STATE {
    SHUTTLE_ADAPTER_PAUSED = 1,   // bound; NDIS has paused it, or not yet started it
    SHUTTLE_ADAPTER_RUNNING = 2,  // frames can be sent
    SHUTTLE_ADAPTER_SLEEPING = 3, // the system or the adapter is in low power
    SHUTTLE_ADAPTER_REMOVED = 4,  // unbound or unplugged; open again when it is back
};

enum SHUTTLE_OPEN_FLAG {
    SHUTTLE_OPEN_EXCLUSIVE = 0x1, // STATUS_SHARING_VIOLATION if any other handle is open, and later
};

typedef struct SHUTTLE_OPEN_ADAPTER {
    uint32_t Version;                // SHUTTLE_ABI_VERSION
    uint32_t Flags;                  // SHUTTLE_OPEN_FLAG
    uint32_t NameLength;             // bytes, even, without terminator
    uint16_t Name[SHUTTLE_MAX_NAME]; // UTF-16, as SHUTTLE_ADAPTER.Name; letter case is ignored
} SHUTTLE_OPEN_ADAPTER;

typedef struct SHUTTLE_ADAPTER {
    uint32_t State;                  // SHUTTLE_ADAPTER_STATE
    uint32_t InterfaceIndex;         // of the Windows network interface table; 0 unknown
    uint64_t LinkSpeed;              // bit/s; 0 unknown
    uint32_t LinkUp;                 // 1 connected, 0 not
    uint32_t MaximumFrameSize;       // bytes, Ethernet header included, FCS excluded
    uint32_t InFlightLimit;          // frames
    uint8_t Address[6];              // current MAC address
    uint16_t NameLength;             // bytes, even, without terminator
    uint16_t Name[SHUTTLE_MAX_NAME]; // UTF-16, the NT device name of the adapter
} SHUTTLE_ADAPTER;

typedef struct SHUTTLE_ADAPTER_LIST {
    uint32_t Total; // adapters that exist
    uint32_t Count; // adapters that follow
    SHUTTLE_ADAPTER Adapters[];
} SHUTTLE_ADAPTER_LIST;

typedef struct SHUTTLE_STATUS_COUNT {
    uint32_t Status; // NDIS_STATUS with which frames completed
    uint32_t Reserved;
    uint64_t Frames;
} SHUTTLE_STATUS_COUNT;

// Every frame that was accepted is in FramesSent, and sooner or later in exactly one of
// FramesSucceeded and FramesFailed; FramesInFlight is the difference at one moment.
typedef struct SHUTTLE_STATISTICS {
    uint64_t FramesSent;      // handed to NDIS
    uint64_t BytesSent;       // of those
    uint64_t FramesSucceeded; // completed with NDIS_STATUS_SUCCESS
    uint64_t BytesSucceeded;
    uint64_t FramesFailed;  // completed with any other status, see Status
    uint64_t FramesRefused; // not handed to NDIS: bad length, unreadable memory, not running
    uint64_t LimitReached;  // times that a send was told STATUS_RETRY
    uint64_t NblsAllocated; // since the adapter was bound
    uint64_t FramesInFlight;
    uint64_t FramesReceived; // indicated by NDIS and returned
    uint32_t SlotBytes;      // memory for one frame in flight
    uint32_t StatusCount;    // entries of Status in use; the last one also holds what did not fit
    SHUTTLE_STATUS_COUNT Status[SHUTTLE_STATUS_KINDS];
} SHUTTLE_STATISTICS;

#if defined(__cplusplus)
#define SHUTTLE_STATIC_ASSERT(Condition) static_assert(Condition, #Condition)
#else
#define SHUTTLE_STATIC_ASSERT(Condition) _Static_assert(Condition, #Condition)
#endif
SHUTTLE_STATIC_ASSERT(sizeof(SHUTTLE_OPEN_ADAPTER) == 268);
SHUTTLE_STATIC_ASSERT(sizeof(SHUTTLE_ADAPTER) == 296);
SHUTTLE_STATIC_ASSERT(offsetof(SHUTTLE_ADAPTER, Address) == 28);
SHUTTLE_STATIC_ASSERT(offsetof(SHUTTLE_ADAPTER_LIST, Adapters) == 8);
SHUTTLE_STATIC_ASSERT(sizeof(SHUTTLE_STATUS_COUNT) == 16);
SHUTTLE_STATIC_ASSERT(offsetof(SHUTTLE_STATISTICS, Status) == 88);
SHUTTLE_STATIC_ASSERT(sizeof(SHUTTLE_STATISTICS) == 344);
