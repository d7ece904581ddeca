// SPDX-License-Identifier: MIT
#pragma once

// The control device \Device\Shuttle and its requests.

#include <ndis.h>

_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS DeviceStart(PDRIVER_OBJECT DriverObject);
_IRQL_requires_(PASSIVE_LEVEL) VOID DeviceStop(VOID);
