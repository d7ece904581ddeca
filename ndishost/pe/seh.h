// SPDX-License-Identifier: MIT
#pragma once

// Structured exceptions of code in images.

#include "context.h"

// Asks the handlers of this stack, from `Context` outwards, in images and native ones; the stack
// pointer of the caller lies below Context's. Returns when nobody takes the exception. `Exact`: the
// context's rip is that of an instruction, not a return address.
void PeDispatchException(PE_RECORD *Record, PE_CONTEXT *Context, BOOLEAN Exact);

// From a function that raises, on its stack.
void PeRaise(NTSTATUS Status);
