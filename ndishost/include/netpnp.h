/* SPDX-License-Identifier: MIT */
#pragma once

/* Documented name of a part of ndis/. */

#include "wdm.h"
#include "ndis/netpnp.h"
