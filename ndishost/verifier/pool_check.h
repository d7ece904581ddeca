// SPDX-License-Identifier: MIT
#pragma once

// The life of NBLs and NBs outside of sends: functions of SIM_NDIS_HOOKS. `Frame` is HOOK_FRAME of
// the hook that calls them.

#include "shadow.h"

void PoolCheckFreeing(NDIS_HANDLE Pool, const void *Frame);
void PoolNblAllocated(NET_BUFFER_LIST *Nbl, const void *Frame);
void PoolNblFreeing(NET_BUFFER_LIST *Nbl, const void *Frame);
void PoolNbAllocated(NET_BUFFER *Nb, const void *Frame);
void PoolNbFreeing(NET_BUFFER *Nb, const void *Frame);
void PoolContextAllocated(NET_BUFFER_LIST *Nbl, USHORT Bytes, const void *Frame);
void PoolContextFreeing(NET_BUFFER_LIST *Nbl, USHORT Bytes, const void *Frame);
void PoolInfoCopied(NET_BUFFER_LIST *To);

// `Bytes` > 0: retreat, < 0: advance.
void PoolDataStartMoving(NET_BUFFER *Nb, int64_t Bytes, const void *Frame);
