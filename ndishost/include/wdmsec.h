/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Named device objects with a security descriptor. On Windows this is the static library
 * wdmsec.lib, not an export of the kernel; natively nt provides it.
 */

#include "wdm.h"

_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
    PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType, ULONG DeviceCharacteristics,
    BOOLEAN Exclusive, PCUNICODE_STRING DefaultSDDLString, LPCGUID DeviceClassGuid,
    PDEVICE_OBJECT *DeviceObject);

#define IoCreateDeviceSecure WdmlibIoCreateDeviceSecure

/* Ready-made descriptors in SDDL. SYS_ALL: D:P(A;;GA;;;SY), ADM_ALL: ...(A;;GA;;;BA), and so on. */
extern const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RX;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX;
