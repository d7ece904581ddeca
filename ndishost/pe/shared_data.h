// SPDX-License-Identifier: MIT
#pragma once

#include <ntddk.h>

// What a kernel's shared user data page has at an offset, now. Bytes: 1, 2, 4 or 8.
ULONG64 PeSharedDataRead(ULONG Offset, unsigned Bytes);
