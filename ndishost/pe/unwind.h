// SPDX-License-Identifier: MIT
#pragma once

// One frame up a stack that mixes functions of images with functions of Linux.

#include "context.h"
#include "image.h"

// A function of an image by the unwind data of the file. The context becomes the caller's.
typedef struct PE_FRAME {
    PE_CONTEXT Context;          // inside the function
    PE_IMAGE *Image;             // NULL: a function of Linux, and nothing below is set
    const PE_FUNCTION *Function; // NULL: a leaf, which has no handler
    ULONG64 Establisher;
    PE_HANDLER *Handler; // NULL: none
    PVOID HandlerData;
    BOOLEAN HandlesExceptions; // what the handler is for
    BOOLEAN HandlesUnwinds;
    ULONG ScopeIndex; // where to go on in it
} PE_FRAME;

// The entry of the exception directory; NULL: a leaf, or no code. `Address`: in the image.
const PE_FUNCTION *PeFunctionOf(const PE_IMAGE *Image, ULONG Address);

// FALSE: the data is broken or the stack is not there.
BOOLEAN PeUnwindImage(PE_FRAME *Frame, PE_CONTEXT *Context);

// By the call frame information of the ELF file. `Exact`: rip is no return address. FALSE: that was
// the last one, or nothing is known of it.
BOOLEAN PeUnwindLinux(PE_CONTEXT *Context, BOOLEAN Exact);
void PeUnwindLinuxStop(void); // gives back what is remembered of ELF files

typedef struct PE_WALK {
    PE_CONTEXT Context; // of the next frame
    BOOLEAN Exact;
    struct SIM_TRAP *Trap; // the next one further out
    ULONG ScopeIndex;
} PE_WALK;

void PeWalkStart(PE_WALK *Walk, const PE_CONTEXT *Context, BOOLEAN Exact);
BOOLEAN PeWalkNext(PE_WALK *Walk, PE_FRAME *Frame); // FALSE: there is no further frame
