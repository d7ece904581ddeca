// SPDX-License-Identifier: MIT
#pragma once

// SLIST entries that lie in an NBL or in its context (REU-20): a function of SIM_NT_HOOKS.

#include "shadow.h"

void NTAPI SListCheckPushing(void *Entry, void *Caller);

// Notes where NBLs are, so that other entries cost next to nothing.
void SListCheckNblAt(const NET_BUFFER_LIST *Nbl);
void SListCheckStop(void);
