/* SPDX-License-Identifier: MIT */
#pragma once

/* Documented name of a part of ndis/. */

#include "wdm.h"
#include "ndis/oid.h"
#include "ndis/status.h"
#include "ndis/object.h"
#include "ndis/requests.h"
#include "ndis/offload.h"
#include "ndis/rss.h"
#include "ndis/pm.h"
#include "ndis/qos.h"
#include "ndis/sriov.h"
#include "ndis/switch.h"
#include "ndis/gft.h"
#include "ndis/ndk.h"
#include "ndis/port.h"
