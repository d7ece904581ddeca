// SPDX-License-Identifier: MIT
#pragma once

// What compilers for Windows expect of the kernel besides its API. A symbol PeExport_NAME is what a
// driver imports as NAME: a name of its own, because libc's function has another convention.

void PeGuardCheck(void);    // target in rcx; returns with every argument register as it was
void PeGuardDispatch(void); // target in rax; jumps there
