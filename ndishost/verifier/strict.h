// SPDX-License-Identifier: MIT
#pragma once

// Strict mode: what a send gives away is watched until the protocol has it back.
//
// From NdisSendNetBufferLists to the lower driver's completion the drivers below need the memory,
// so a copy is compared at its end. Then, for about a millisecond, nobody needs it: the completion
// is parked (park.c) and the pages that only this send has a part of have no access
// (strict_pages.c).
//
//   strict.c         sends and completions, in their order
//   strict_image.c   the copy, and what differs from it
//   strict_pages.c   who has a part of which guarded memory, and its protection
//   strict_frame.c   frame bytes that nobody has written since the last completion
//   strict_fault.c   whose memory a fault is at

#include <ndis.h>

#include "../nt/guarded.h"
#include "table.h"

typedef struct STRICT_SEND STRICT_SEND;

// A part of a slot of guarded memory that a send has.
typedef struct STRICT_USE {
    struct STRICT_USE *Next; // of the same slot; guarded by the lock of strict_pages.c, as the rest
    STRICT_SEND *Send;
    SIM_GUARDED *Slot;
    char *Start, *End;
    char *FirstPage, *LastPage; // pages that it has alone; equal when there is none
    BOOLEAN Parked;
} STRICT_USE;

typedef struct STRICT_NB {
    NET_BUFFER *Nb;
    NET_BUFFER Image;
    unsigned FirstMdl, MdlCount; // in STRICT_SEND.Mdls
} STRICT_NB;

typedef struct STRICT_MDL {
    MDL *Mdl;
    MDL Image;
    UCHAR *Data;   // what it describes, where that is the driver's own; NULL: user memory
    ULONG FrameAt; // the part that is in the frame: offset in Data
    ULONG FrameBytes;
    ULONG FrameOffset; // of that part in the frame
    UCHAR *Copy;
} STRICT_MDL;

// One NBL on its way. One block of Linux's memory.
struct STRICT_SEND {
    STRICT_SEND *Next; // of the same parked list
    NET_BUFFER_LIST *Nbl;
    NET_BUFFER_LIST Image;
    unsigned NbCount, MdlCount, UseCount;
    STRICT_NB *Nbs;
    STRICT_MDL *Mdls;
    STRICT_USE *Uses;
    UCHAR *Copies; // of the frames
    size_t CopyBytes;
};

// ---- strict.c

extern BOOLEAN StrictOn;

NTSTATUS StrictStart(ULONG64 Seed);
void StrictStop(void);

// Called by the hooks of verifier.c. StrictSent comes after the checks of the send, before the
// drivers below see it. StrictSendCompleting does the checks of the completion itself, when the
// list goes up.
void StrictAllocated(void *Object); // NBL or NB: the slot says whose it is
void StrictMemoryFreeing(void *Address, SIZE_T Bytes);
void StrictSent(NET_BUFFER_LIST *Nbls);
BOOLEAN StrictSendCompleting(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags,
                             const void *Frame);

// ---- strict_image.c

// Copies what the NBL names. NULL: no memory; the send is not watched then.
STRICT_SEND *StrictImageMake(NET_BUFFER_LIST *Nbl);
// Reports PV-02 when something of the sender's is not as it was.
void StrictImageCompare(const STRICT_SEND *Send);

// ---- strict_pages.c

void StrictUsesBegin(STRICT_SEND *Send); // finds them, too
void StrictUsesPark(STRICT_SEND *Send);
void StrictUsesEnd(STRICT_SEND *Send);

// The address is about to be read on behalf of a send: two NBLs may share an MDL or a frame.
void NTAPI StrictUncover(const void *Address);
void StrictUncoverRange(const UCHAR *Start, SIZE_T Bytes);

// Who has the address and is parked; the memory becomes accessible, for the report. NULL: nobody.
NET_BUFFER_LIST *StrictParkedAt(const void *Address);

// An NBL that is sent and has a part of the allocation that the address is in. NULL: none.
NET_BUFFER_LIST *StrictUserOf(const void *Address);

// Calls Write for the bytes when no send has a part of them, and lets none begin meanwhile.
void StrictIfUnused(char *Start, SIZE_T Bytes,
                    void (*Write)(char *Start, SIZE_T Bytes, void *Context), void *Context);

// ---- strict_frame.c

void StrictFrameStart(ULONG64 Seed);
void StrictFrameStop(void);
void StrictFrameCheck(const STRICT_SEND *Send); // at send: reports REU-21
void StrictFrameLeave(const STRICT_SEND *Send); // at completion: leaves the pattern

// ---- strict_fault.c

void StrictFault(const void *Address, BOOLEAN Write);

// ---- park.c

NTSTATUS ParkStart(ULONG64 Seed);
void ParkStop(void);

// FALSE: there is no room, the caller completes at once. Else the list is delivered later. `Sends`
// are those of the list.
BOOLEAN ParkList(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, STRICT_SEND *Sends);

// For how long a list is kept, one that is parked already too; the default is 1 millisecond. For
// tests.
void ParkSetDelay(ULONG Microseconds);

// By park.c, before it gives the list to the protocol.
void StrictDeliver(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, STRICT_SEND *Sends, ULONG Flags);
