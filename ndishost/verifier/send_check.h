// SPDX-License-Identifier: MIT
#pragma once

// NdisSendNetBufferLists, before NDIS has looked at anything but the binding handle.

#include "shadow.h"

void SendCheck(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG SendFlags, const void *Frame);
void SendCheckBindingClosed(NDIS_HANDLE Binding);

// What one NBL of a send is checked for; each ends the system when it finds something.
typedef struct SEND {
    NDIS_HANDLE Binding;
    ULONG MaximumFrameBytes;
    uint64_t Call;
    const void *Frame;
} SEND;

// data_check.c: the NBs, their MDL chains and frames. Remembers all of them in the shadows.
void DataCheck(const SEND *Send, NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl);

// slot_check.c: out-of-band data of the last send.
void SlotCheck(const SEND *Send, NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl);
BOOLEAN SlotsAreStale(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl);
void SlotCancelled(NDIS_HANDLE Binding, PVOID CancelId);
void SlotStop(void);
