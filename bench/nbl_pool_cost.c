// SPDX-License-Identifier: MIT

// usage: nbl_pool_cost ROUNDS
//
// Take, prepare and give of a frame in one MDL, ROUNDS times on one processor: what a driver's data
// path adds to NDIS's own work. nbl_pool_cost.sh counts the instructions.

#include <stdio.h>
#include <stdlib.h>

#include "nbl_pool.h"
#include "ndishost.h"

enum { SLOTS = 1024, FRAME_BYTES = 1514, TAG = 0x74736F43 };

// The caller's instructions count too: arguments and calls, and the loop around them.
_IRQL_requires_(DISPATCH_LEVEL) static DECLSPEC_NOINLINE
    void Rounds(NBL_POOL *Pool, NDIS_HANDLE Binding, ULONG Processor, unsigned long Count)
{
    while (Count-- != 0) {
        NBL_SLOT *Slot = NblPoolTake(Pool, Processor);

        NblPoolPrepare(Slot, Binding, 32, FRAME_BYTES, NULL);
        NblPoolGive(Slot, Processor);
    }
}

int main(int argc, char **argv)
{
    struct ndishost_options Options = {.processors = 4, .verify = NDISHOST_VERIFY_OFF, .quiet = 1};
    NBL_POOL_PARAMETERS Parameters = {
        .Count = SLOTS,
        .FrameBytes = FRAME_BYTES,
        .DataBackFillBytes = 32,
        .PartialBytes = FRAME_BYTES,
        .Tag = TAG,
    };
    NBL_POOL *Pool;
    KIRQL OldIrql;

    if (argc != 2 || ndishost_start(&Options) != 0 ||
        NblPoolCreate(&Parameters, &Pool) != STATUS_SUCCESS) {
        fprintf(stderr, "usage: nbl_pool_cost ROUNDS\n");
        return 2;
    }
    KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
    Rounds(Pool, &Options, NdisCurrentProcessorIndex(), strtoul(argv[1], NULL, 10));
    KeLowerIrql(OldIrql);
    printf("%u bytes for each slot of %u-byte frames\n", NblPoolSlotBytes(Pool), FRAME_BYTES);
    NblPoolDestroy(Pool);
    return ndishost_stop() == 0 ? 0 : 1;
}
