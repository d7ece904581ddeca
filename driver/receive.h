// SPDX-License-Identifier: MIT
#pragma once

#include <ndis.h>

PROTOCOL_RECEIVE_NET_BUFFER_LISTS ReceiveIndicated;
