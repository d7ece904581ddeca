// SPDX-License-Identifier: MIT
#pragma once

// Pool tags, as they read in a debugger: the first character is the lowest byte.

#define TAG_BINDING 0x62746853u    // "Shtb"
#define TAG_CLIENT 0x63746853u     // "Shtc"
#define TAG_GATE 0x67746853u       // "Shtg"
#define TAG_NBL_POOL 0x6E746853u   // "Shtn"
#define TAG_SETTINGS 0x72746853u   // "Shtr"
#define TAG_STATISTICS 0x73746853u // "Shts"
