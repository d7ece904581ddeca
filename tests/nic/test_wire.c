// SPDX-License-Identifier: MIT

#include "test_wire.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX 100000

struct record {
    unsigned Length;
    unsigned char *Data;
};

struct wire {
    pthread_mutex_t Lock; // guards everything
    pthread_cond_t Changed;
    unsigned Mtu, Room;
    int Result, LinkUp, FilterError, Waiting, Hold, Held;
    unsigned Events; // LINK, GONE, STOP: until told
    struct record Sent[QUEUE_MAX], Arrived[QUEUE_MAX];
    unsigned SentCount, ArrivedCount, Taken, LargestBatch;
    struct wire_filter Filter;
};

static struct wire Wire = {
    .Lock = PTHREAD_MUTEX_INITIALIZER, .Changed = PTHREAD_COND_INITIALIZER, .Mtu = 1500};

static void RecordFree(struct record *Records, unsigned Count)
{
    for (unsigned I = 0; I < Count; I++) {
        free(Records[I].Data);
    }
}

void TestWireReset(unsigned Mtu)
{
    pthread_mutex_lock(&Wire.Lock);
    RecordFree(Wire.Sent, Wire.SentCount);
    RecordFree(Wire.Arrived, Wire.ArrivedCount);
    Wire.SentCount = Wire.ArrivedCount = Wire.Taken = Wire.LargestBatch = 0;
    Wire.Mtu = Mtu;
    Wire.Room = ~0u;
    Wire.Result = Wire.FilterError = 0;
    Wire.LinkUp = 1;
    Wire.Events = 0;
    memset(&Wire.Filter, 0, sizeof(Wire.Filter));
    pthread_mutex_unlock(&Wire.Lock);
}

static struct wire *Open(const char *Argument, struct wire_properties *Properties, char *Message,
                         size_t MessageSize)
{
    (void)Argument;
    (void)Message;
    (void)MessageSize;
    memset(Properties, 0, sizeof(*Properties));
    memcpy(Properties->address, "\x02\x00\x00\x00\x00\x01", 6);
    Properties->mtu = Wire.Mtu;
    Properties->link_speed = 1000000000;
    Properties->link_up = 1;
    Properties->threaded = 1;
    return &Wire;
}

static void SendOne(struct wire_frame *Frame)
{
    struct record *Record = &Wire.Sent[Wire.SentCount];
    unsigned At = 0;

    Frame->result = Wire.Result;
    if (Frame->result != 0) {
        return;
    }
    Record->Length = Frame->length;
    Record->Data = malloc(Frame->length);
    for (unsigned I = 0; I < Frame->part_count; I++) {
        memcpy(Record->Data + At, Frame->parts[I].data, Frame->parts[I].length);
        At += (unsigned)Frame->parts[I].length;
    }
    Wire.SentCount++;
}

static unsigned Send(struct wire *Self, struct wire_frame *Frames, unsigned Count)
{
    unsigned Done;

    pthread_mutex_lock(&Self->Lock);
    if (Count > Wire.LargestBatch) {
        Wire.LargestBatch = Count;
    }
    for (Done = 0; Done < Count && Wire.Room != 0 && Wire.SentCount < QUEUE_MAX; Done++) {
        Wire.Room -= Wire.Room != ~0u;
        SendOne(&Frames[Done]);
    }
    pthread_cond_broadcast(&Wire.Changed);
    pthread_mutex_unlock(&Self->Lock);
    return Done;
}

static size_t Receive(struct wire *Self, void *Buffer, size_t Size)
{
    size_t Length = 0;

    pthread_mutex_lock(&Self->Lock);
    while (Wire.Hold && Wire.Taken == Wire.ArrivedCount) {
        Wire.Held = 1;
        pthread_cond_broadcast(&Wire.Changed);
        pthread_cond_wait(&Wire.Changed, &Wire.Lock);
    }
    Wire.Held = 0;
    while (Length == 0 && Wire.Taken < Wire.ArrivedCount) {
        struct record *Record = &Wire.Arrived[Wire.Taken++];

        if (Record->Length <= Size) {
            Length = Record->Length;
            memcpy(Buffer, Record->Data, Length);
        }
    }
    pthread_mutex_unlock(&Self->Lock);
    return Length;
}

static unsigned Wait(struct wire *Self, unsigned Wanted)
{
    unsigned Found;

    pthread_mutex_lock(&Self->Lock);
    for (;;) {
        Found = Wire.Events;
        if ((Wanted & WIRE_EVENT_WRITABLE) != 0 && Wire.Room != 0) {
            Found |= WIRE_EVENT_WRITABLE;
        }
        if ((Wanted & WIRE_EVENT_RECEIVE) != 0 && Wire.Taken < Wire.ArrivedCount) {
            Found |= WIRE_EVENT_RECEIVE;
        }
        if (Found != 0) {
            break;
        }
        Wire.Waiting = 1;
        pthread_cond_broadcast(&Wire.Changed);
        pthread_cond_wait(&Wire.Changed, &Wire.Lock);
        Wire.Waiting = 0;
    }
    Wire.Events = 0;
    pthread_mutex_unlock(&Self->Lock);
    return Found;
}

static void Raise(unsigned Event)
{
    Wire.Events |= Event;
    pthread_cond_broadcast(&Wire.Changed);
}

static void Wake(struct wire *Self)
{
    pthread_mutex_lock(&Self->Lock);
    Raise(WIRE_EVENT_STOP);
    pthread_mutex_unlock(&Self->Lock);
}

static int LinkUp(struct wire *Self)
{
    int Up;

    pthread_mutex_lock(&Self->Lock);
    Up = Wire.LinkUp;
    pthread_mutex_unlock(&Self->Lock);
    return Up;
}

static int SetFilter(struct wire *Self, const struct wire_filter *Filter)
{
    int Error;

    pthread_mutex_lock(&Self->Lock);
    Error = Wire.FilterError;
    if (Error == 0) {
        Wire.Filter = *Filter;
    }
    pthread_mutex_unlock(&Self->Lock);
    return Error;
}

static void Close(struct wire *Self)
{
    (void)Self;
}

const struct wire_ops TestWire = {
    .kind = "test",
    .open = Open,
    .send = Send,
    .receive = Receive,
    .wait = Wait,
    .wake = Wake,
    .link_up = LinkUp,
    .set_filter = SetFilter,
    .close = Close,
};

// ---- the test's side

void TestWireSetRoom(unsigned Frames)
{
    pthread_mutex_lock(&Wire.Lock);
    Wire.Room = Frames;
    pthread_cond_broadcast(&Wire.Changed);
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireSetResult(int Error)
{
    pthread_mutex_lock(&Wire.Lock);
    Wire.Result = Error;
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireReceive(const void *Data, unsigned Length)
{
    struct record *Record;

    pthread_mutex_lock(&Wire.Lock);
    Record = &Wire.Arrived[Wire.ArrivedCount++];
    Record->Length = Length;
    Record->Data = malloc(Length);
    memcpy(Record->Data, Data, Length);
    pthread_cond_broadcast(&Wire.Changed);
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireWaitTaken(void)
{
    pthread_mutex_lock(&Wire.Lock);
    while (Wire.Taken < Wire.ArrivedCount || !Wire.Waiting) {
        pthread_cond_wait(&Wire.Changed, &Wire.Lock);
    }
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireHoldReceiver(int Hold)
{
    pthread_mutex_lock(&Wire.Lock);
    Wire.Hold = Hold;
    pthread_cond_broadcast(&Wire.Changed);
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireWaitHeld(void)
{
    pthread_mutex_lock(&Wire.Lock);
    while (!Wire.Held) {
        pthread_cond_wait(&Wire.Changed, &Wire.Lock);
    }
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireSetLink(int Up)
{
    pthread_mutex_lock(&Wire.Lock);
    Wire.LinkUp = Up;
    Raise(WIRE_EVENT_LINK);
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireDisappear(void)
{
    pthread_mutex_lock(&Wire.Lock);
    Wire.LinkUp = 0;
    Raise(WIRE_EVENT_GONE);
    pthread_mutex_unlock(&Wire.Lock);
}

void TestWireRefuseFilter(int Error)
{
    pthread_mutex_lock(&Wire.Lock);
    Wire.FilterError = Error;
    pthread_mutex_unlock(&Wire.Lock);
}

unsigned TestWireSent(void)
{
    unsigned Count;

    pthread_mutex_lock(&Wire.Lock);
    Count = Wire.SentCount;
    pthread_mutex_unlock(&Wire.Lock);
    return Count;
}

unsigned TestWireLength(unsigned Index)
{
    unsigned Length;

    pthread_mutex_lock(&Wire.Lock);
    Length = Wire.Sent[Index].Length;
    pthread_mutex_unlock(&Wire.Lock);
    return Length;
}

const unsigned char *TestWireData(unsigned Index)
{
    const unsigned char *Data;

    pthread_mutex_lock(&Wire.Lock);
    Data = Wire.Sent[Index].Data;
    pthread_mutex_unlock(&Wire.Lock);
    return Data;
}

struct wire_filter TestWireFilter(void)
{
    struct wire_filter Filter;

    pthread_mutex_lock(&Wire.Lock);
    Filter = Wire.Filter;
    pthread_mutex_unlock(&Wire.Lock);
    return Filter;
}

unsigned TestWireLargestBatch(void)
{
    unsigned Count;

    pthread_mutex_lock(&Wire.Lock);
    Count = Wire.LargestBatch;
    pthread_mutex_unlock(&Wire.Lock);
    return Count;
}
