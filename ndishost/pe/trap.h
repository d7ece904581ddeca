// SPDX-License-Identifier: MIT
#pragma once

// Makes the fault handler and call stacks know of images: the first image is loaded, the last one
// is gone. Both may be called again.
void PeTrapStart(void);
void PeTrapStop(void);
