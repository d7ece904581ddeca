// SPDX-License-Identifier: MIT
#pragma once

// What NDIS keeps for itself in NBLs and NBs (contract NBL-36, NBL-43, NBL-57, NBL-82): here
// numbers that mean nothing, new at each allocation and each completion, as a real NDIS may have
// them. So it shows when a driver puts an old value back, and of when it is.

#include "shadow.h"

// Reserved by the headers of every version, and written by nobody but NDIS (NBL-82).
#define COOKIE_SLOTS 3u
extern const UCHAR CookieSlots[COOKIE_SLOTS];

#define NBL_FLAGS_OF_NDIS 0xFFCu // of Flags
#define NBL_NBL_FLAGS_OF_NDIS 0xFCu

void CookiesRenew(NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl);         // the next generation
void CookiesRestore(const NBL_SHADOW *Shadow, NET_BUFFER_LIST *Nbl); // this generation again
void CookiesRenewNb(NB_SHADOW *Shadow, NET_BUFFER *Nb);

// `When`: "is sent", "is freed". End the system when something of NDIS's was changed.
void CookiesCheck(const NBL_SHADOW *Shadow, const NET_BUFFER_LIST *Nbl, const char *When);
void CookiesCheckNb(const NBL_SHADOW *Nbl, const NB_SHADOW *Shadow, const NET_BUFFER *Nb,
                    const char *When);
