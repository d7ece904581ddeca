// SPDX-License-Identifier: MIT

// Frame bytes that nobody wrote since the completion before. See strict.h.
//
// After a completion the bytes of a frame in the driver's own memory are undefined (contract
// NBL-15), so they are overwritten with a pattern that nobody else can guess. Where the next send
// of that memory still has it, old bytes would go out (REU-21). NBLs whose NblFlags have
// SEND_READ_ONLY keep their bytes, and so does memory that more than one NBL is sent with.

#include "strict.h"

#include "finding.h"

#define RUN_BYTES 8u // as long as this it is no coincidence

typedef struct FRAME {
    TABLE_ENTRY Entry; // by the first byte of the MDL's memory
    _Atomic(NET_BUFFER_LIST *) Nbl;
    _Atomic BOOLEAN Shared;
    ULONG64 Secret; // of the pattern that was left; 0: none
    ULONG Left;     // bytes of the MDL that have it
} FRAME;

static TABLE Frames = {.EntryBytes = sizeof(FRAME)};
static ULONG64 FrameSeed;
static _Atomic ULONG64 FrameCount;

void StrictFrameStart(ULONG64 Seed)
{
    FrameSeed = Seed;
    atomic_store(&FrameCount, 0);
}

void StrictFrameStop(void)
{
    TableClear(&Frames);
}

static UCHAR PatternAt(ULONG64 Secret, ULONG Index)
{
    return (UCHAR)(ShadowMix(Secret + Index / 8) >> (8 * (Index % 8)));
}

static void Report(const STRICT_SEND *Send, const STRICT_MDL *Part, ULONG First, ULONG Bytes)
{
    FINDING Finding = {.Rule = "REU-21", .Nbl = NblShadowFind(Send->Nbl), .Object = Send->Nbl};
    ULONG Offset = Part->FrameOffset + First;
    FindingReport(&Finding,
                  "bytes %u to %u of the frame (at %p, MDL %p) were not written since the last "
                  "completion: they hold what strict mode left there",
                  Offset, Offset + Bytes - 1, Part->Data + Part->FrameAt + First, Part->Mdl);
}

// The first run of pattern bytes in the part that is in the frame; 0: none is long enough.
static ULONG FindRun(const STRICT_MDL *Part, const FRAME *Frame, ULONG *First)
{
    ULONG Run = 0;
    for (ULONG i = 0; i < Part->FrameBytes; i++) {
        ULONG Index = Part->FrameAt + i;
        if (Index < Frame->Left && Part->Copy[i] == PatternAt(Frame->Secret, Index)) {
            Run++;
        } else if (Run >= RUN_BYTES) {
            break;
        } else {
            Run = 0;
        }
        *First = i + 1 - Run;
    }
    return Run >= RUN_BYTES ? Run : 0;
}

static void CheckPart(const STRICT_SEND *Send, const STRICT_MDL *Part)
{
    FRAME *Frame = TableFindOrAdd(&Frames, Part->Data);
    NET_BUFFER_LIST *Nobody = NULL;
    ULONG First = 0;
    if (!atomic_compare_exchange_strong(&Frame->Nbl, &Nobody, Send->Nbl) && Nobody != Send->Nbl) {
        atomic_store(&Frame->Shared, TRUE);
    }
    if (Frame->Secret == 0) {
        return;
    }
    ULONG Run = FindRun(Part, Frame, &First);
    Frame->Secret = 0;
    if (Run != 0) {
        Report(Send, Part, First, Run);
    }
}

void StrictFrameCheck(const STRICT_SEND *Send)
{
    for (unsigned i = 0; i < Send->MdlCount; i++) {
        if (Send->Mdls[i].Data != NULL) {
            CheckPart(Send, &Send->Mdls[i]);
        }
    }
}

static void Write(char *Start, SIZE_T Bytes, void *Context)
{
    FRAME *Frame = Context;
    Frame->Secret = ShadowMix(FrameSeed + atomic_fetch_add(&FrameCount, 1)) | 1;
    Frame->Left = (ULONG)Bytes;
    for (ULONG i = 0; i < Bytes; i++) {
        Start[i] = (char)PatternAt(Frame->Secret, i);
    }
}

// All that the MDL describes, so that a longer frame finds it as well.
void StrictFrameLeave(const STRICT_SEND *Send)
{
    if ((Send->Image.NblFlags & NDIS_NBL_FLAGS_SEND_READ_ONLY) != 0) {
        return;
    }
    for (unsigned i = 0; i < Send->MdlCount; i++) {
        const STRICT_MDL *Part = &Send->Mdls[i];
        FRAME *Frame = Part->Data == NULL ? NULL : TableFind(&Frames, Part->Data);
        if (Frame != NULL && !atomic_load(&Frame->Shared)) {
            StrictIfUnused((char *)Part->Data, Part->Image.ByteCount, Write, Frame);
        }
    }
}
