/* SPDX-License-Identifier: MIT */
#pragma once

#include <ntddk.h>

/* Of the driver: one case of it. */
ULONG64 CaseRun(ULONG Number, ULONG64 Argument);
void CaseUnload(void);

/* The device of the cases. */
PDEVICE_OBJECT CaseDevice(void);
