// SPDX-License-Identifier: MIT
#pragma once

// The driver's entry point as the native build names it. Its real type needs a Windows header; the
// test only hands its address on.
void ShuttleDriverEntry(void);
