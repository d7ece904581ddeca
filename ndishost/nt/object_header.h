// SPDX-License-Identifier: MIT
#pragma once

// What object.c, handle.c and namespace.c share about the header before each object body.

#include "object.h"

#define OBJECT_MAGIC 0x4a424f53u

typedef struct OBJECT_HEADER {
    uint32_t Magic;
    _Atomic int32_t Handles; // open handles in all processes
    _Atomic LONG_PTR References;
    OBJECT_TYPE *Type;
    void *Caller;        // who made it
    UNICODE_STRING Name; // full path, the object's own memory; guarded by the name lock
    struct OBJECT_HEADER *NextNamed;
    struct OBJECT_HEADER *NextLive;
    struct OBJECT_HEADER *PreviousLive;
    WORK_QUEUE_ITEM WorkItem; // for a deletion that could not be done at once
} __attribute__((aligned(16))) OBJECT_HEADER;

OBJECT_HEADER *SimObjectHeader(void *Body); // checked: 0x18 if it is none
void SimObjectWaitDeferred(void);
unsigned SimObjectReportLive(void); // at stop: one line each, and the memory is given back
void SimLinkDelete(void *Body);

// At stop: what drivers registered and did not take back, reported; how much it was.
unsigned SimEtwStop(void);
unsigned SimShutdownStop(void);

void SimNamespaceStart(void); // makes \, \Device, \GLOBAL??, \Driver ...
void SimNamespaceStop(void);
