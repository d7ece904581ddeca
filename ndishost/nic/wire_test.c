// SPDX-License-Identifier: MIT

#include "wire_test.h"

#include "wire_virtual.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEST_FRAMES_KEPT 1024u

struct frame {
    struct frame *next;
    size_t length;
    uint8_t bytes[];
};

struct queue {
    struct frame *first;
    struct frame *last; // when there is a first
    unsigned count;
};

struct wire {
    size_t frame_bytes;     // of the longest, with header and one VLAN tag
    pthread_mutex_t lock;   // guards the rest
    pthread_cond_t changed; // anything of it
    struct queue sent, arriving;
    uint64_t sent_count, not_kept;
    // Numbers of arriving frames. Those taken are seen when the NIC's thread is back in `wait`.
    uint64_t injected, taken, seen;
    int woken;
};

static void QueuePut(struct queue *Queue, struct frame *Frame)
{
    Frame->next = NULL;
    if (Queue->first == NULL) {
        Queue->first = Frame;
    } else {
        Queue->last->next = Frame;
    }
    Queue->last = Frame;
    Queue->count++;
}

static struct frame *QueueTake(struct queue *Queue)
{
    struct frame *Frame = Queue->first;

    if (Frame != NULL) {
        Queue->first = Frame->next;
        Queue->count--;
    }
    return Frame;
}

static void QueueFree(struct queue *Queue)
{
    struct frame *Frame;

    while ((Frame = QueueTake(Queue)) != NULL) {
        free(Frame);
    }
}

// ---- for the NIC

static struct wire *TestOpen(const char *Argument, struct wire_properties *Properties,
                             char *Message, size_t MessageSize)
{
    pthread_condattr_t Clock;
    struct wire *Wire;

    if (!WireVirtualProperties("test", Argument, Properties, Message, MessageSize)) {
        return NULL;
    }
    Properties->threaded = 1;
    Wire = calloc(1, sizeof(*Wire));
    if (Wire == NULL) {
        snprintf(Message, MessageSize, "test: not enough memory");
        return NULL;
    }
    Wire->frame_bytes = (size_t)Properties->mtu + 18;
    pthread_mutex_init(&Wire->lock, NULL);
    pthread_condattr_init(&Clock);
    pthread_condattr_setclock(&Clock, CLOCK_MONOTONIC);
    pthread_cond_init(&Wire->changed, &Clock);
    pthread_condattr_destroy(&Clock);
    return Wire;
}

// NULL: no memory.
static struct frame *FrameJoin(const struct wire_frame *From)
{
    struct frame *Frame = malloc(sizeof(*Frame) + From->length);
    uint8_t *To;

    if (Frame == NULL) {
        return NULL;
    }
    Frame->length = From->length;
    To = Frame->bytes;
    for (unsigned I = 0; I < From->part_count; I++) {
        memcpy(To, From->parts[I].data, From->parts[I].length);
        To += From->parts[I].length;
    }
    return Frame;
}

static unsigned TestSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    pthread_mutex_lock(&Wire->lock);
    for (unsigned I = 0; I < Count; I++) {
        struct frame *Frame = Wire->sent.count < TEST_FRAMES_KEPT ? FrameJoin(&Frames[I]) : NULL;

        if (Frame != NULL) {
            QueuePut(&Wire->sent, Frame);
        } else {
            Wire->not_kept++;
        }
        Frames[I].result = 0;
    }
    Wire->sent_count += Count;
    pthread_cond_broadcast(&Wire->changed);
    pthread_mutex_unlock(&Wire->lock);
    return Count;
}

static size_t TestReceive(struct wire *Wire, void *Buffer, size_t Size)
{
    struct frame *Frame;
    size_t Length = 0;

    pthread_mutex_lock(&Wire->lock);
    while (Length == 0 && (Frame = QueueTake(&Wire->arriving)) != NULL) {
        Wire->taken++;
        if (Frame->length <= Size) {
            Length = Frame->length;
            memcpy(Buffer, Frame->bytes, Length);
        }
        free(Frame);
    }
    pthread_mutex_unlock(&Wire->lock);
    return Length;
}

static unsigned TestWait(struct wire *Wire, unsigned Wanted)
{
    unsigned Found = WIRE_EVENT_NONE;

    pthread_mutex_lock(&Wire->lock);
    Wire->seen = Wire->taken;
    pthread_cond_broadcast(&Wire->changed);
    while (Found == WIRE_EVENT_NONE) {
        if (Wire->woken) {
            Wire->woken = 0;
            Found |= WIRE_EVENT_STOP;
        }
        if (Wire->arriving.first != NULL) {
            Found |= Wanted & WIRE_EVENT_RECEIVE;
        }
        Found |= Wanted & WIRE_EVENT_WRITABLE; // there is always room
        if (Found == WIRE_EVENT_NONE) {
            pthread_cond_wait(&Wire->changed, &Wire->lock);
        }
    }
    pthread_mutex_unlock(&Wire->lock);
    return Found;
}

static void TestWake(struct wire *Wire)
{
    pthread_mutex_lock(&Wire->lock);
    Wire->woken = 1;
    pthread_cond_broadcast(&Wire->changed);
    pthread_mutex_unlock(&Wire->lock);
}

// ---- for the program

int WireTestInject(struct wire *Wire, const void *Bytes, size_t Length)
{
    struct frame *Frame;
    uint64_t Number;

    if (Length == 0 || Length > Wire->frame_bytes) {
        return EMSGSIZE;
    }
    Frame = malloc(sizeof(*Frame) + Length);
    if (Frame == NULL) {
        return ENOMEM;
    }
    Frame->length = Length;
    memcpy(Frame->bytes, Bytes, Length);
    pthread_mutex_lock(&Wire->lock);
    QueuePut(&Wire->arriving, Frame);
    Number = ++Wire->injected;
    pthread_cond_broadcast(&Wire->changed);
    while (Wire->seen < Number) {
        pthread_cond_wait(&Wire->changed, &Wire->lock);
    }
    pthread_mutex_unlock(&Wire->lock);
    return 0;
}

static struct timespec TimeAfter(unsigned Ms)
{
    struct timespec Time;

    clock_gettime(CLOCK_MONOTONIC, &Time);
    Time.tv_sec += Ms / 1000;
    Time.tv_nsec += (long)(Ms % 1000) * 1000000;
    if (Time.tv_nsec >= 1000000000) {
        Time.tv_nsec -= 1000000000;
        Time.tv_sec++;
    }
    return Time;
}

int WireTestTake(struct wire *Wire, void *Buffer, size_t Size, size_t *Length, unsigned TimeoutMs)
{
    struct timespec End = TimeAfter(TimeoutMs);
    struct frame *Frame;
    int Late = 0;
    int Error = EAGAIN;

    *Length = 0;
    pthread_mutex_lock(&Wire->lock);
    while (Wire->sent.first == NULL && Late == 0 && TimeoutMs != 0) {
        Late = pthread_cond_timedwait(&Wire->changed, &Wire->lock, &End);
    }
    if (Wire->sent.first != NULL) {
        *Length = Wire->sent.first->length;
        Error = *Length > Size ? EMSGSIZE : 0;
    }
    Frame = Error == 0 ? QueueTake(&Wire->sent) : NULL;
    pthread_mutex_unlock(&Wire->lock);
    if (Frame != NULL) {
        memcpy(Buffer, Frame->bytes, *Length);
    }
    free(Frame);
    return Error;
}

void WireTestCounts(struct wire *Wire, uint64_t *Sent, uint64_t *NotKept)
{
    pthread_mutex_lock(&Wire->lock);
    *Sent = Wire->sent_count;
    *NotKept = Wire->not_kept;
    pthread_mutex_unlock(&Wire->lock);
}

// ---- the end

static void TestClose(struct wire *Wire)
{
    QueueFree(&Wire->sent);
    QueueFree(&Wire->arriving);
    pthread_cond_destroy(&Wire->changed);
    pthread_mutex_destroy(&Wire->lock);
    free(Wire);
}

const struct wire_ops WireTest = {
    .kind = "test",
    .open = TestOpen,
    .send = TestSend,
    .receive = TestReceive,
    .wait = TestWait,
    .wake = TestWake,
    .link_up = WireVirtualLinkUp,
    .close = TestClose,
};
