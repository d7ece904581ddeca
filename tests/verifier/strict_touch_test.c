// SPDX-License-Identifier: MIT

// Touches between send and completion, and of what was freed: each is named.

#include "strict_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static volatile ULONG64 Sink;

// Sent and completed by the miniport; the protocol does not have it yet.
static void Park(STRICT_NBL *Made)
{
    StrictBind();
    ParkSetDelay(STRICT_LONG);
    StrictMake(Made);
    StrictPrepare(Made, 60);
    StrictSend(Made);
}

// Sent, and with the miniport.
static void Hold(STRICT_NBL *Made)
{
    StrictBind();
    ParkSetDelay(0);
    Nics[0].Send = NicHold;
    StrictMake(Made);
    StrictPrepare(Made, 60);
    StrictSend(Made);
}

// ---- parked: by page protection

static void ReadNbl(void)
{
    STRICT_NBL Made;
    Park(&Made);
    Sink = (ULONG)Made.Nbl->Status;
}

static void ReadNb(void)
{
    STRICT_NBL Made;
    Park(&Made);
    Sink = Made.Nb->DataLength;
}

static void WriteMdl(void)
{
    STRICT_NBL Made;
    Park(&Made);
    Made.Mdl->Next = NULL;
}

static void ReadFrame(void)
{
    STRICT_NBL Made;
    Park(&Made);
    Sink = Made.Frame[59];
}

// Room behind the frame that the MDL describes is given away, too.
static void WriteBehindFrame(void)
{
    STRICT_NBL Made;
    Park(&Made);
    ((volatile UCHAR *)Made.Frame)[80] = 1;
}

static void Strict_TouchOfParkedNbl_IsPV02(void **State)
{
    (void)State;
    StrictExpect(ReadNbl, "PV-02  ", "the driver reads address", "which is the NBL itself",
                 "ReadNbl", "sent on binding", "Fix: Copy what you need", NULL);
    StrictExpect(ReadNb, "PV-02  ", "the driver reads address", "ReadNb", NULL);
}

static void Strict_TouchOfParkedMdlOrFrame_IsPV02(void **State)
{
    (void)State;
    StrictExpect(WriteMdl, "PV-02  ", "the driver writes to address", "which is an MDL of it",
                 "WriteMdl", NULL);
    StrictExpect(ReadFrame, "PV-02  ", "the driver reads address", "which is its frame",
                 "59 bytes into", "ReadFrame", NULL);
    StrictExpect(WriteBehindFrame, "PV-02  ", "the driver writes to address", "80 bytes into",
                 NULL);
}

static void SendParkedAgain(void)
{
    STRICT_NBL Made;
    Park(&Made);
    StrictSend(&Made);
}

static void FreeParked(void)
{
    STRICT_NBL Made;
    Park(&Made);
    NdisFreeNetBufferList(Made.Nbl);
}

static void Strict_ParkedNblSentOrFreed_NamedBeforeItIsTouched(void **State)
{
    (void)State;
    StrictExpect(SendParkedAgain, "PV-01  ", "SendParkedAgain", NULL);
    StrictExpect(FreeParked, "REU-19  ", "FreeParked", NULL);
}

// ---- with the miniport: by comparison

static void WriteFrameHeld(void)
{
    STRICT_NBL Made;
    Hold(&Made);
    Made.Frame[40] ^= 0xFF;
    Made.Frame[43] ^= 0xFF;
    NicCompleteHeld(&Nics[0]);
}

static void WriteNblHeld(void)
{
    STRICT_NBL Made;
    Hold(&Made);
    Made.Nbl->ProtocolReserved[2] = Made.Frame;
    NicCompleteHeld(&Nics[0]);
}

static void WriteNbHeld(void)
{
    STRICT_NBL Made;
    Hold(&Made);
    NET_BUFFER_DATA_LENGTH(Made.Nb) = 61;
    NicCompleteHeld(&Nics[0]);
}

static void WriteMdlHeld(void)
{
    STRICT_NBL Made;
    Hold(&Made);
    Made.Mdl->ByteCount = 70;
    NicCompleteHeld(&Nics[0]);
}

static void Strict_WriteWhileSent_NamesFieldOrBytes(void **State)
{
    (void)State;
    StrictExpect(WriteFrameHeld, "PV-02  ", "bytes 40 to 43 of the frame", "WriteFrameHeld", NULL);
    StrictExpect(WriteNblHeld, "PV-02  ", "ProtocolReserved of NBL", NULL);
    StrictExpect(WriteNbHeld, "PV-02  ", "stDataLength of NET_BUFFER", "was 0x3c at the send",
                 "is 0x3d at the completion", NULL);
    StrictExpect(WriteMdlHeld, "PV-02  ", "ByteCount of MDL", NULL);
}

static void FreeFrameHeld(void)
{
    STRICT_NBL Made;
    Hold(&Made);
    NdisFreeMemory(Made.Frame, 0, 0);
}

static void Strict_FrameFreedWhileSent_IsREU11(void **State)
{
    (void)State;
    StrictExpect(FreeFrameHeld, "REU-11  ", "which the NBL's frame is in, is freed",
                 "FreeFrameHeld", NULL);
}

// ---- freed

static void ReadFreedNbl(void)
{
    STRICT_NBL Made;
    StrictBind();
    StrictMake(&Made);
    NdisFreeNetBufferList(Made.Nbl);
    Sink = (ULONG)Made.Nbl->Status;
}

static void WriteFreedNb(void)
{
    STRICT_NBL Made;
    StrictBind();
    StrictMake(&Made);
    NdisFreeNetBufferList(Made.Nbl);
    NET_BUFFER_DATA_LENGTH(Made.Nb) = 1;
}

static void Strict_TouchOfFreedNbl_IsPV03(void **State)
{
    (void)State;
    StrictExpect(ReadFreedNbl, "PV-03  ", "the driver reads address", "of the NBL, which was freed",
                 "ReadFreedNbl", "freed", NULL);
    StrictExpect(WriteFreedNb, "PV-03  ", "the driver writes to address", NULL);
}

// ---- a pointer kept over a completion

static STRICT_NBL Early, Late;

// `Early` comes first; this thread had `Late` from its first completion, and still has the pointer.
static void TouchLate(TEST_BINDING *Binding, NET_BUFFER_LIST *Nbl)
{
    (void)Binding;
    if (Nbl == Early.Nbl) {
        Sink = (ULONG)Late.Nbl->Status;
    }
}

static void KeepPointer(void)
{
    StrictBind();
    StrictMake(&Early);
    StrictMake(&Late);
    StrictPrepare(&Late, 60);
    StrictSendAndWait(&Late);
    Protocols[0].Completed = TouchLate;
    ParkSetDelay(STRICT_LONG);
    StrictPrepare(&Early, 60);
    StrictPrepare(&Late, 60);
    StrictSend(&Early);
    StrictSend(&Late);
    ParkSetDelay(0);
    StrictWait(3);
}

static void Strict_PointerKeptOverCompletion_IsREU18(void **State)
{
    (void)State;
    StrictExpect(KeepPointer, "REU-18  ", "another has sent it since", "TouchLate", NULL);
}

// ---- mappings

static void TouchUnlocked(void)
{
    char *User = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MDL *Mdl = IoAllocateMdl(User, 100, FALSE, FALSE, NULL);
    MmProbeAndLockPages(Mdl, UserMode, IoReadAccess);
    char *System = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);
    MmUnlockPages(Mdl);
    Sink = (ULONG)System[3];
}

static void Strict_TouchOfReleasedMapping_IsPV21(void **State)
{
    (void)State;
    StrictExpect(TouchUnlocked, "PV-21  ", "mapping of MDL", "released by:", "TouchUnlocked", NULL);
}

// ---- pool

static void WriteBehindPool(void)
{
    volatile char *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 0x74736574);
    Block[64] = 1;
}

static void Strict_TouchBehindPool_IsSpecialPools(void **State)
{
    (void)State;
    ExpectBugCheck(WriteBehindPool, PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
                   "0 bytes behind the end of pool");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(Strict_TouchOfParkedNbl_IsPV02),
        cmocka_unit_test(Strict_TouchOfParkedMdlOrFrame_IsPV02),
        cmocka_unit_test(Strict_ParkedNblSentOrFreed_NamedBeforeItIsTouched),
        cmocka_unit_test(Strict_WriteWhileSent_NamesFieldOrBytes),
        cmocka_unit_test(Strict_FrameFreedWhileSent_IsREU11),
        cmocka_unit_test(Strict_TouchOfFreedNbl_IsPV03),
        cmocka_unit_test(Strict_PointerKeptOverCompletion_IsREU18),
        cmocka_unit_test(Strict_TouchOfReleasedMapping_IsPV21),
        cmocka_unit_test(Strict_TouchBehindPool_IsSpecialPools),
    };
    ExpectLevel = NDISHOST_VERIFY_STRICT;
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
