// SPDX-License-Identifier: MIT
#pragma once

// For STACK_IMAGES.

#include "../nt/stack.h"

int PeName(void **Session, const void *Address, STACK_NAME *Name);
void PeNameEnd(void *Session); // NULL allowed
