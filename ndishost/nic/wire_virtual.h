// SPDX-License-Identifier: MIT
#pragma once

// Properties of a wire that exists only in this process: a private address of its own, an MTU that
// the argument may choose, a link that is always up.

#include "wire.h"

// `Mtu`: text of a decimal number, or empty for the default. FALSE and a sentence in `message` when
// it is not a sensible MTU.
int WireVirtualProperties(const char *kind, const char *mtu, struct wire_properties *properties,
                          char *message, size_t message_size);

int WireVirtualLinkUp(struct wire *wire);
