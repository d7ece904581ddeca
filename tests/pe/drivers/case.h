/* SPDX-License-Identifier: MIT */
#pragma once

/* Between tests and their drivers: an ioctl runs a case and returns its 64-bit answer. */

#define CASE_DEVICE L"\\Device\\PeCase"
#define CASE_LINK L"\\DosDevices\\PeCase"
#define CASE_PATH "\\\\.\\PeCase"
#define CASE_CODE(Number) (0x220000u | ((Number) << 2))
