// SPDX-License-Identifier: MIT
#pragma once

#include "nbl_pool.h"

// From PASSIVE_LEVEL. NULL: the processor's array and the reserve are empty.
static inline NBL_SLOT *take(NBL_POOL *Pool)
{
    KIRQL OldIrql;
    NBL_SLOT *Slot;

    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    Slot = NblPoolTake(Pool, NdisCurrentProcessorIndex());
    KeLowerIrql(OldIrql);
    return Slot;
}

// The same, wherever a slot is free.
static inline NBL_SLOT *take_anywhere(NBL_POOL *Pool)
{
    NBL_SLOT *Slot;

    do {
        Slot = take(Pool);
    } while (Slot == NULL && NblPoolGather(Pool) != 0);
    return Slot;
}
