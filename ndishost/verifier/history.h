// SPDX-License-Identifier: MIT
#pragma once

// What happened to an object: a ring of its last events, each with time, thread and the innermost
// frames of the call stack. Recording one takes some ten nanoseconds; names are looked up when a
// report is written.

#include <stdint.h>

#include "../nt/stack.h"

#define EVENT_FRAMES 6

typedef enum EVENT_KIND {
    EventNone,
    EventAllocated,
    EventFreed,
    EventPoolFreed,
    EventSent,
    EventCompleted,
    EventMdlBuilt,
    EventMdlBuiltPartial,
    EventMdlLocked,
    EventMdlUnlocked,
    EventMdlMapped,
    EventMdlReleased,
    EventMemoryFreed, // the memory that an MDL of the driver's own making was in
    EventContextAdded,
    EventContextRemoved,
    EventRetreated,
    EventAdvanced,
} EVENT_KIND;

typedef struct EVENT {
    uint64_t Time; // time-stamp counter
    void *Frames[EVENT_FRAMES];
    uint64_t Detail; // by kind: the binding, the status, the bytes
    uint32_t Kind;
    int32_t Thread;
} EVENT;

typedef struct HISTORY {
    uint32_t Count; // ever; the ring holds the last of them
} HISTORY;

#define HISTORY_EVENTS_MAX 16u // of the longest ring

void HistoryStart(void); // time 0 of the reports

// The frame of the function that the system called the verifier by: its callers are recorded.
#define HOOK_FRAME __builtin_frame_address(0)

// Adds to `Ring`, which has `Size` places (a power of two).
void HistoryAdd(HISTORY *History, EVENT *Ring, uint32_t Size, EVENT_KIND Kind, uint64_t Detail,
                const void *Frame);

// One block of lines for each event, oldest first.
void HistoryReport(REPORT *Report, const HISTORY *History, const EVENT *Ring, uint32_t Size);

// Copies the newest event of this kind, for a report. 0: none is remembered.
int HistoryLast(const HISTORY *History, const EVENT *Ring, uint32_t Size, EVENT_KIND Kind,
                EVENT *Event);

// "ShuttleSendComplete (send.c:212)": the innermost frame that is not of the system itself.
void EventCallerName(const EVENT *Event, char *Text, size_t Bytes);

// Seconds since HistoryStart.
double EventSeconds(const EVENT *Event);
