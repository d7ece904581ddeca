// SPDX-License-Identifier: MIT
#pragma once

// One mistake of a protocol driver, the rule that the verifier must name, and the same driver
// without the mistake. Files of mistakes go by theme; each ends in its table.

#include "example.h"

struct MISTAKE {
    const char *Rule; // "REU-01"
    const char *Name; // of Run, as a rule
    // With the binding running, on a thread of the driver at PASSIVE_LEVEL. Everything that it
    // allocates it frees. NULL: the mistake happens in a handler.
    void (*Run)(EXAMPLE *E);

    // What follows may be absent.
    void (*Register)(EXAMPLE *E, NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *Handlers); // replaces some
    enum ndishost_verify Level; // that catches it; default: NDISHOST_VERIFY_ON
    const char *Nic;            // a spec of ndishost_add_nic instead of the wire of EXAMPLE
    BOOLEAN SendsNothing;       // also the right one
    BOOLEAN SendsFail;          // some frames of the right one do not complete with success
};

#define MISTAKE_OF(Id, Function) .Rule = (Id), .Name = #Function, .Run = (Function)

typedef struct MISTAKE_GROUP {
    const MISTAKE *Mistakes;
    unsigned Count;
} MISTAKE_GROUP;
#define MISTAKE_GROUP_OF(Table)                                                                    \
    {                                                                                              \
        (Table), sizeof(Table) / sizeof((Table)[0])                                                \
    }

extern const MISTAKE_GROUP ContextMistakes;
extern const MISTAKE_GROUP DataFieldMistakes;
extern const MISTAKE_GROUP FrameMistakes;
extern const MISTAKE_GROUP ImageMistakes;
extern const MISTAKE_GROUP ListMistakes;
extern const MISTAKE_GROUP MdlMistakes;
extern const MISTAKE_GROUP OutOfBandMistakes;
extern const MISTAKE_GROUP OwnershipMistakes;
extern const MISTAKE_GROUP LifeStateMistakes;
extern const MISTAKE_GROUP LifeReceiveMistakes;
extern const MISTAKE_GROUP LifeOidMistakes;
extern const MISTAKE_GROUP LifeBindMistakes;
extern const MISTAKE_GROUP LifeMemoryMistakes;
extern const MISTAKE_GROUP LifeIrpMistakes;
