/* SPDX-License-Identifier: MIT */
#pragma once

/* NTSTATUS values. */

#include "nt/types.h"
#include "nt/status.h"
