// SPDX-License-Identifier: MIT
#pragma once

// A protocol on a test NIC, with NBLs that have a frame and an MDL each to themselves, in strict
// mode of the verifier.

#include "ndis/fixture.h"

#include "verifier/strict.h"

#define STRICT_FRAME_BYTES 100u
#define STRICT_LONG 100000000u // microseconds: longer than any test, so what is parked stays so

typedef struct STRICT_NBL {
    NET_BUFFER_LIST *Nbl;
    NET_BUFFER *Nb;
    MDL *Mdl;
    UCHAR *Frame;
} STRICT_NBL;

static TEST_BINDING *const One = &Protocols[0].Bindings[0];

void StrictBind(void);
void StrictMake(STRICT_NBL *Made);
void StrictFree(STRICT_NBL *Made);

// Writes the whole frame and every field that a send needs (contract NBL-92).
void StrictPrepare(STRICT_NBL *Made, ULONG LengthBytes);
void StrictSend(STRICT_NBL *Made);
void StrictWait(LONG Completions);        // until so many NBLs have ever come back
void StrictSendAndWait(STRICT_NBL *Made); // until it has

// The NBL comes back and is kept; StrictKeep is for TEST_PROTOCOL.Completed.
void StrictKeep(TEST_BINDING *Binding, NET_BUFFER_LIST *Nbl);

// Runs `Body` in a child with a system of its own; it must end with a violation of `Rule`, and the
// report must contain each of the strings that follow. NULL ends them.
void StrictExpect(void (*Body)(void), const char *Rule, ...);
