/* SPDX-License-Identifier: MIT */
#pragma once

/* Bug check codes. */

#include "wdm.h"
