// SPDX-License-Identifier: MIT
#pragma once

// The contract (docs/ndis-contract.md), enforced while drivers run. The host switches it on before
// NDIS starts; it listens through the hook tables of ndis/control.h and nt/hooks.h, and ends the
// system with a report when a driver breaks a rule.

#include <ntddk.h>

typedef enum SIM_VERIFIER_LEVEL {
    SimVerifierOff,    // no hooks: as thin as NDIS itself
    SimVerifierOn,     // every rule that can be checked by looking
    SimVerifierStrict, // also touches between send and completion, by page protection and hashes
} SIM_VERIFIER_LEVEL;

// `Seed` chooses what the verifier leaves behind in fields that belong to lower drivers.
NTSTATUS SimVerifierStart(SIM_VERIFIER_LEVEL Level, ULONG64 Seed);

// After NDIS has stopped. Returns what it still held for a driver (0 when all is well).
ULONG SimVerifierStop(void);
