// SPDX-License-Identifier: MIT

#include "rules.h"

#include <stddef.h>
#include <strings.h>

static const SIM_RULE Rules[] = {
    {"REU-01", "CurrentMdl names an MDL that is not in MdlChain",
     "MdlChain was given another MDL; CurrentMdl still names that of an earlier send.",
     "The miniport reads freed memory: wrong data on the wire, 0xD1, 0x50 or 0xA; with special "
     "pool 0xD5 or 0xCC; with DMA verification 0xE6/0x0E.",
     "Set NET_BUFFER_CURRENT_MDL and NET_BUFFER_CURRENT_MDL_OFFSET too, or call "
     "NdisAdjustNetBufferCurrentMdl.",
     "NBL-65, NBL-66, NBL-67"},
};

const SIM_RULE *SimRuleAt(unsigned Index)
{
    return Index < sizeof(Rules) / sizeof(Rules[0]) ? &Rules[Index] : NULL;
}

const SIM_RULE *SimRuleFind(const char *Id)
{
    for (unsigned Index = 0; SimRuleAt(Index) != NULL; Index++) {
        if (strcasecmp(Rules[Index].Id, Id) == 0) {
            return &Rules[Index];
        }
    }
    return NULL;
}
