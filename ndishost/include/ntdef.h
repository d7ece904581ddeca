/* SPDX-License-Identifier: MIT */
#pragma once

/* Basic types and helpers. */

#include "nt/types.h"
