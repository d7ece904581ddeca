// SPDX-License-Identifier: MIT
#pragma once

// A filter driver below the Shuttle driver that changes the longest frame of the adapter, as one
// that adds a tag or a tunnel does: it answers OID_GEN_MAXIMUM_TOTAL_SIZE. The rest passes it by.

#include <stdint.h>

void SizeFilterEntry(void); // for ndishost_load_native

// 0: the adapter's own answer. Drivers above hear of it when the stack has been restarted.
void size_filter_set(uint32_t bytes);
