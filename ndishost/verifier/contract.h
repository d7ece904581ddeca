// SPDX-License-Identifier: MIT
#pragma once

// The entries of docs/ndis-contract.md, made into a table by scripts/contract.py when the project
// is built. Plain C, for the command.

typedef struct CONTRACT_ENTRY {
    const char *Id;      // "NBL-65"
    const char *Section; // "1.3 NET_BUFFER and MDL, field by field"
    const char *Text;    // UTF-8; lines end with '\n', those of code begin with blanks
    const char *Sources; // pages and headers, "nf-ndis-ndisoidrequest, hdr nbl.h"; may be empty
} CONTRACT_ENTRY;

extern const CONTRACT_ENTRY ContractEntries[]; // in the document's order
extern const unsigned ContractEntryCount;
