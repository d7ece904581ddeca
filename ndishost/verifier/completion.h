// SPDX-License-Identifier: MIT
#pragma once

// Send completion, before the protocol sees the list: what the lower drivers had to give back is
// there, and what they may have changed is changed.

#include "shadow.h"

void CompletionCheck(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, const void *Frame);
