// SPDX-License-Identifier: MIT

#define _GNU_SOURCE

#include "history.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../nt/sim.h"

static uint64_t StartTime;
static struct timespec StartClock;

void HistoryStart(void)
{
    clock_gettime(CLOCK_MONOTONIC, &StartClock);
    StartTime = __builtin_ia32_rdtsc();
}

static void StackBoundsFind(SIM_THREAD *Self)
{
    pthread_attr_t Attributes;
    void *Base = NULL;
    size_t Bytes = 0;

    Self->StackHigh = 1;
    if (pthread_getattr_np(pthread_self(), &Attributes) != 0) {
        return;
    }
    if (pthread_attr_getstack(&Attributes, &Base, &Bytes) == 0) {
        Self->StackLow = (ULONG_PTR)Base;
        Self->StackHigh = (ULONG_PTR)Base + Bytes;
    }
    (void)pthread_attr_destroy(&Attributes);
}

// Along frame pointers, and through images by their unwind data. Code without frame pointers leaves
// RBP alone or uses it for something else: then a frame is skipped, or the walk ends. It reads
// nothing outside of the stack.
__attribute__((noinline, no_sanitize("address", "thread"))) static void FramesWalk(
    const uintptr_t *Frame, void **Frames, unsigned Count)
{
    const STACK_IMAGES *Images = StackImages;
    SIM_THREAD *Self = SimCurrentThread();
    unsigned Used = 0;

    if (Self->StackHigh == 0) {
        StackBoundsFind(Self);
    }
    while (Used < Count && (uintptr_t)Frame + 16 <= Self->StackHigh &&
           ((uintptr_t)Frame & 7) == 0) {
        STACK_PLACE Place = {Frame[1], (uintptr_t)(Frame + 2), Frame[0]};
        Frames[Used++] = (void *)(Place.Ip - 1);
        while (Images != NULL && Used < Count && Images->Step(&Place)) {
            Frames[Used++] = (void *)(Place.Ip - 1);
        }
        if (Place.Fp <= (uintptr_t)Frame) {
            break;
        }
        Frame = (const uintptr_t *)Place.Fp;
    }
    if (Used < Count) {
        Frames[Used] = NULL;
    }
}

void HistoryAdd(HISTORY *History, EVENT *Ring, uint32_t Size, EVENT_KIND Kind, uint64_t Detail,
                const void *Frame)
{
    EVENT *Event = &Ring[History->Count++ & (Size - 1)];

    Event->Time = __builtin_ia32_rdtsc();
    Event->Kind = Kind;
    Event->Detail = Detail;
    Event->Thread = SimCurrentThread()->Id;
    FramesWalk(Frame, Event->Frames, EVENT_FRAMES);
}

double EventSeconds(const EVENT *Event)
{
    struct timespec Clock;
    uint64_t Now = __builtin_ia32_rdtsc();
    clock_gettime(CLOCK_MONOTONIC, &Clock);
    double Seconds = (double)(Clock.tv_sec - StartClock.tv_sec) +
                     (double)(Clock.tv_nsec - StartClock.tv_nsec) * 1e-9;
    double Share = (double)(Event->Time - StartTime) / (double)(Now - StartTime + 1);
    return Seconds * Share;
}

// Of the simulated system, not of a driver: by the file that the function is in.
static int IsSystem(const STACK_NAME *Name)
{
    static const char *const Parts[] = {"ndishost/ndis/", "ndishost/nt/", "ndishost/verifier/",
                                        "ndishost/include/"};
    if (Name->IsImage) {
        return 0;
    }
    for (size_t i = 0; Name->File != NULL && i < sizeof(Parts) / sizeof(Parts[0]); i++) {
        if (strstr(Name->File, Parts[i]) != NULL) {
            return 1;
        }
    }
    return 0;
}

static void NameText(const STACK_NAME *Name, const void *Address, char *Text, size_t Bytes)
{
    if (Name->Function == NULL && Name->IsImage) {
        snprintf(Text, Bytes, "%s+%#zx", Name->Module, Name->Offset);
    } else if (Name->Function == NULL) {
        snprintf(Text, Bytes, "%p", Address);
    } else if (Name->File == NULL) {
        snprintf(Text, Bytes, "%.*s", Name->FunctionLength, Name->Function);
    } else {
        const char *Base = strrchr(Name->File, '/');
        snprintf(Text, Bytes, "%.*s (%s:%d)", Name->FunctionLength, Name->Function,
                 Base == NULL ? Name->File : Base + 1, Name->Line);
    }
}

void EventCallerName(const EVENT *Event, char *Text, size_t Bytes)
{
    STACK_NAMES Names;

    StackNamesOpen(&Names);
    snprintf(Text, Bytes, "?");
    for (unsigned i = 0; i < EVENT_FRAMES && Event->Frames[i] != NULL; i++) {
        STACK_NAME Name = StackNamesFind(&Names, Event->Frames[i]);
        NameText(&Name, Event->Frames[i], Text, Bytes);
        if (!IsSystem(&Name)) {
            break;
        }
    }
    StackNamesClose(&Names);
}

// What happened, with the detail in hexadecimal ('x'), in decimal ('u') or left out (0).
typedef struct EVENT_WORDS {
    const char *Before;
    char Detail;
    const char *Behind;
} EVENT_WORDS;

static void EventText(const EVENT *Event, char *Text, size_t Bytes)
{
    static const EVENT_WORDS Table[] = {
        [EventNone] = {"nothing", 0, ""},
        [EventAllocated] = {"allocated", 0, ""},
        [EventFreed] = {"freed", 0, ""},
        [EventPoolFreed] = {"its pool was freed", 0, ""},
        [EventSent] = {"sent on binding ", 'x', ""},
        [EventCompleted] = {"completed with status ", 'x', ""},
        [EventMdlBuilt] = {"built over nonpaged memory", 0, ""},
        [EventMdlBuiltPartial] = {"built as a part of MDL ", 'x', ""},
        [EventMdlLocked] = {"pages locked", 0, ""},
        [EventMdlUnlocked] = {"pages unlocked", 0, ""},
        [EventMdlMapped] = {"mapped", 0, ""},
        [EventMdlReleased] = {"mapping released", 0, ""},
        [EventMemoryFreed] = {"the memory that it was in was freed", 0, ""},
        [EventContextAdded] = {"", 'u', " bytes of context added"},
        [EventContextRemoved] = {"", 'u', " bytes of context removed"},
        [EventRetreated] = {"retreated by ", 'u', " bytes"},
        [EventAdvanced] = {"advanced by ", 'u', " bytes"},
    };
    const EVENT_WORDS *Words = &Table[Event->Kind < RTL_NUMBER_OF(Table) ? Event->Kind : 0];
    unsigned long long Detail = Event->Detail;

    if (Words->Detail == 0) {
        snprintf(Text, Bytes, "%s", Words->Before);
    } else if (Words->Detail == 'x') {
        snprintf(Text, Bytes, "%s%#llx%s", Words->Before, Detail, Words->Behind);
    } else {
        snprintf(Text, Bytes, "%s%llu%s", Words->Before, Detail, Words->Behind);
    }
}

// How the driver's call came to the verifier is no news; a callback has nothing but that.
static unsigned FirstFrame(const EVENT *Event, STACK_NAMES *Names)
{
    for (unsigned i = 0; i < EVENT_FRAMES && Event->Frames[i] != NULL; i++) {
        STACK_NAME Name = StackNamesFind(Names, Event->Frames[i]);
        if (!IsSystem(&Name)) {
            return i;
        }
    }
    return 0;
}

static void EventReport(REPORT *Report, STACK_NAMES *Names, const EVENT *Event)
{
    char Text[256];

    EventText(Event, Text, sizeof(Text));
    ReportAdd(Report, "    %10.6f s  thread %d  %s\n", EventSeconds(Event), Event->Thread, Text);
    for (unsigned i = FirstFrame(Event, Names); i < EVENT_FRAMES && Event->Frames[i] != NULL; i++) {
        STACK_NAME Name = StackNamesFind(Names, Event->Frames[i]);
        NameText(&Name, Event->Frames[i], Text, sizeof(Text));
        ReportAdd(Report, "                    %s\n", Text);
    }
}

// Other threads run on while the system ends and may add to the ring: an event that is being
// written is shown half old, half new. Returns how many there were ever.
__attribute__((no_sanitize("thread"))) static uint32_t RingCopy(const HISTORY *History,
                                                                const EVENT *Ring, uint32_t Size,
                                                                EVENT *Copy)
{
    const volatile uint64_t *From = (const volatile uint64_t *)Ring;
    uint64_t *To = (uint64_t *)Copy;
    for (size_t i = 0; i < Size * sizeof(EVENT) / sizeof(*To); i++) {
        To[i] = From[i];
    }
    return *(const volatile uint32_t *)&History->Count;
}

void HistoryReport(REPORT *Report, const HISTORY *History, const EVENT *Ring, uint32_t Size)
{
    EVENT Copy[HISTORY_EVENTS_MAX];
    uint32_t Count = RingCopy(History, Ring, Size, Copy);
    uint32_t First = Count > Size ? Count - Size : 0;
    STACK_NAMES Names;

    StackNamesOpen(&Names);
    if (First > 0) {
        ReportAdd(Report, "    (%u earlier events are forgotten)\n", First);
    }
    for (uint32_t i = First; i < Count; i++) {
        EventReport(Report, &Names, &Copy[i & (Size - 1)]);
    }
    StackNamesClose(&Names);
}

int HistoryLast(const HISTORY *History, const EVENT *Ring, uint32_t Size, EVENT_KIND Kind,
                EVENT *Event)
{
    EVENT Copy[HISTORY_EVENTS_MAX];
    uint32_t Count = RingCopy(History, Ring, Size, Copy);

    for (uint32_t i = 0; i < Size && i < Count; i++) {
        *Event = Copy[(Count - 1 - i) & (Size - 1)];
        if (Event->Kind == (uint32_t)Kind) {
            return 1;
        }
    }
    return 0;
}
