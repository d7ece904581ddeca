// SPDX-License-Identifier: MIT

#include "verifier.h"

#include "../nt/hooks.h"
#include "explain.h"

NTSTATUS SimVerifierStart(SIM_VERIFIER_LEVEL Level, ULONG64 Seed)
{
    SimBugCheckExplain = SimExplainBugCheck;
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(Seed);
    return STATUS_SUCCESS;
}

ULONG SimVerifierStop(void)
{
    SimBugCheckExplain = NULL;
    return 0;
}
