// SPDX-License-Identifier: MIT

#include "verifier.h"

NTSTATUS SimVerifierStart(SIM_VERIFIER_LEVEL Level, ULONG64 Seed)
{
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(Seed);
    return STATUS_SUCCESS;
}

ULONG SimVerifierStop(void)
{
    return 0;
}
