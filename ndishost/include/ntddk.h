/* SPDX-License-Identifier: MIT */
#pragma once

/* The same as wdm.h here. */

#include "wdm.h"
