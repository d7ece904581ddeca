// SPDX-License-Identifier: MIT

// The five fields of a NET_BUFFER that say where the frame is.

#include "mistake.h"

// A new MDL for every packet, the old one freed when its packet is out; MdlChain and DataLength are
// set, as the names suggest. CurrentMdl still names the MDL of the packet before.
static void reuse_sets_only_chain_and_length(EXAMPLE *E)
{
    MDL *Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_LIST *Nbl = ExampleAllocateNbl(E, Mdl, EXAMPLE_FRAME_BYTES);
    NET_BUFFER *Nb = NET_BUFFER_LIST_FIRST_NB(Nbl);

    ExampleSendAndWait(E, Nbl);
    ExampleFreeFrame(Mdl);

    Mdl = ExampleAllocateFrame(EXAMPLE_FRAME_BYTES);
    NET_BUFFER_FIRST_MDL(Nb) = Mdl;
    NET_BUFFER_DATA_LENGTH(Nb) = EXAMPLE_FRAME_BYTES;
    if (E->Correct) {
        NET_BUFFER_DATA_OFFSET(Nb) = 0;
        NET_BUFFER_CURRENT_MDL(Nb) = Mdl;
        NET_BUFFER_CURRENT_MDL_OFFSET(Nb) = 0;
    }
    ExampleSetRest(E, Nbl);
    ExampleSendAndWait(E, Nbl);

    ExampleFreeFrame(Mdl);
    NdisFreeNetBufferList(Nbl);
}

static const MISTAKE Mistakes[] = {
    {MISTAKE_OF("REU-01", reuse_sets_only_chain_and_length)},
};

const MISTAKE_GROUP DataFieldMistakes = MISTAKE_GROUP_OF(Mistakes);
