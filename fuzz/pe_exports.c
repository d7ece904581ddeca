// SPDX-License-Identifier: MIT

// A few of the kernel's names, for a loader without a kernel.

#include "../ndishost/pe/map.h"

const PE_EXPORT PeExports[] = {
    {"ExFreePoolWithTag", PeExports, PE_MODULE_KERNEL},
    {"KeInitializeEvent", PeExports, PE_MODULE_KERNEL},
    {"NdisFreeMdl", PeExports, PE_MODULE_NDIS},
    {"memcpy", PeExports, PE_MODULE_KERNEL},
};
const size_t PeExportCount = sizeof(PeExports) / sizeof(PeExports[0]);
