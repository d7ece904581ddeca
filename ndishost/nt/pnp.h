// SPDX-License-Identifier: MIT
#pragma once

// What pnp.c, pnp_property.c and power.c share about the devices of the host's own bus driver.

#include "device.h"

#define PNP_PATH_UNITS 160
#define PNP_CLASS L"{4d36e972-e325-11ce-bfc1-08002be10318}" // network adapters

typedef struct PNP_DEVICE {             // extension of a PDO
    unsigned Number;                    // from 0, in the order of creation
    WCHAR InstanceGuid[40];             // {...}, deterministic
    WCHAR DriverKey[PNP_PATH_UNITS];    // software key, full path
    WCHAR ParameterKey[PNP_PATH_UNITS]; // hardware key, full path
    _Atomic int Power;                  // DEVICE_POWER_STATE
} PNP_DEVICE;

extern PDRIVER_OBJECT SimBusDriver;
PNP_DEVICE *SimPnpDevice(PDEVICE_OBJECT Pdo); // NULL: not one of the bus driver's

DRIVER_DISPATCH SimBusPower; // power.c
