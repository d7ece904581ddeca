// SPDX-License-Identifier: MIT
#pragma once

// Registry values of the driver: HKLM\SYSTEM\CurrentControlSet\Services\Shuttle\Parameters.
//
// Not NdisOpenConfigurationEx: for a protocol that opens the key of one binding
// (...\Parameters\Adapters\{GUID}), which does not exist until NDIS has made it, and these values
// hold for all adapters. They are read at each bind, so that a change needs no reboot.

#include <ndis.h>

#define SETTINGS_COPY_THRESHOLD_DEFAULT 256u

typedef struct SETTINGS {
    ULONG InFlightLimit; // frames; REG_DWORD InFlightLimit
    // REG_DWORD CopyThreshold: SHUTTLE_IOCTL_SEND_DIRECT copies a payload of at most so many bytes
    // instead of chaining its pages, which are locked by then in either case. That trades a mapping
    // and a copy for a scatter/gather element of the adapter. In ndishost both ways take the same
    // time at 256 bytes; on Windows it was not measured (docs/benchmarks.md, "Copying or not").
    ULONG CopyThreshold;
} SETTINGS;

_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS SettingsStart(PCUNICODE_STRING RegistryPath);
_IRQL_requires_(PASSIVE_LEVEL) VOID SettingsStop(VOID);

// Absent values get their default. STATUS_INVALID_PARAMETER, and a message in the debugger, when a
// value is out of range or no REG_DWORD: to run with another limit than the one that was asked for
// would be worse than not to run.
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS SettingsRead(SETTINGS *Settings);
