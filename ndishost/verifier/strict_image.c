// SPDX-License-Identifier: MIT

// The copy of what a send gives away. See strict.h. Only what belongs to the sender is compared:
// the drivers below may write Status, Scratch, MiniportReserved, Next, OOB outputs and their part
// of Flags (contract NBL-16), and they may map an MDL (NBL-69).

#include "strict.h"

#include <stdlib.h>
#include <string.h>

#include "finding.h"

// Bits of MdlFlags that mapping and unmapping change.
#define MDL_MAPPING_BITS                                                                           \
    (MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED | MDL_PARENT_MAPPED_SYSTEM_VA)

typedef struct FIELD {
    const char *Name;
    size_t Offset, Bytes;
} FIELD;

#define FIELD_OF(Type, Name)                                                                       \
    {                                                                                              \
#Name, offsetof(Type, Name), sizeof(((Type *)0)->Name)                                     \
    }

static const FIELD NblFields[] = {
    FIELD_OF(NET_BUFFER_LIST, FirstNetBuffer), FIELD_OF(NET_BUFFER_LIST, ParentNetBufferList),
    FIELD_OF(NET_BUFFER_LIST, NdisPoolHandle), FIELD_OF(NET_BUFFER_LIST, ProtocolReserved),
    FIELD_OF(NET_BUFFER_LIST, SourceHandle),   FIELD_OF(NET_BUFFER_LIST, ChildRefCount),
};

static const FIELD NbFields[] = {
    FIELD_OF(NET_BUFFER, Next),           FIELD_OF(NET_BUFFER, CurrentMdl),
    FIELD_OF(NET_BUFFER, MdlChain),       FIELD_OF(NET_BUFFER, CurrentMdlOffset),
    FIELD_OF(NET_BUFFER, stDataLength),   FIELD_OF(NET_BUFFER, DataOffset),
    FIELD_OF(NET_BUFFER, NdisPoolHandle), FIELD_OF(NET_BUFFER, ProtocolReserved),
};

static const FIELD MdlFields[] = {
    FIELD_OF(MDL, Next),    FIELD_OF(MDL, Size),      FIELD_OF(MDL, MdlFlags),
    FIELD_OF(MDL, StartVa), FIELD_OF(MDL, ByteCount), FIELD_OF(MDL, ByteOffset),
    FIELD_OF(MDL, Process),
};

// ---- making

// What there is to copy, then what there is still room for: the driver may be changing it at this
// moment.
typedef struct ROOM {
    unsigned Nbs, Mdls;
    size_t Bytes;
} ROOM;

// Memory of the driver's own: a user may change his at any time (contract MDL-10, MDL-24).
static UCHAR *OwnData(const MDL *Mdl)
{
    BOOLEAN Own = (Mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) != 0;
    return Own ? (UCHAR *)Mdl->StartVa + Mdl->ByteOffset : NULL;
}

static ROOM Measure(const NET_BUFFER_LIST *Nbl)
{
    ROOM Room = {0, 0, 0};
    for (const NET_BUFFER *Nb = Nbl->FirstNetBuffer; Nb != NULL; Nb = Nb->Next) {
        Room.Nbs++;
        Room.Bytes += Nb->stDataLength;
        for (const MDL *Mdl = Nb->MdlChain; Mdl != NULL; Mdl = Mdl->Next) {
            Room.Mdls++;
        }
    }
    return Room;
}

static STRICT_SEND *Allocate(const ROOM *Room)
{
    unsigned Uses = 1 + Room->Nbs + 2 * Room->Mdls;
    STRICT_SEND *Send = malloc(sizeof(*Send) + Room->Nbs * sizeof(STRICT_NB) +
                               Room->Mdls * sizeof(STRICT_MDL) + Uses * sizeof(STRICT_USE) +
                               Room->Bytes);
    if (Send != NULL) {
        memset(Send, 0, sizeof(*Send));
        Send->Nbs = (STRICT_NB *)(Send + 1);
        Send->Mdls = (STRICT_MDL *)(Send->Nbs + Room->Nbs);
        Send->Uses = (STRICT_USE *)(Send->Mdls + Room->Mdls);
        Send->Copies = (UCHAR *)(Send->Uses + Uses);
    }
    return Send;
}

// The part of an MDL that is in the frame, of which `*Skip` bytes from the start of the MDL on are
// not, and `*Left` are still to come.
static void CopyMdl(STRICT_MDL *Part, MDL *Mdl, SIZE_T *Skip, SIZE_T *Left, UCHAR *Copy)
{
    *Part = (STRICT_MDL){.Mdl = Mdl, .Image = *Mdl, .Data = OwnData(Mdl), .Copy = Copy};
    SIZE_T Bytes = Part->Image.ByteCount;
    SIZE_T At = min(*Skip, Bytes);
    SIZE_T Length = min(Bytes - At, *Left);
    Part->FrameAt = (ULONG)At;
    Part->FrameBytes = (ULONG)Length;
    if (Part->Data != NULL) {
        StrictUncoverRange(Part->Data + At, Length); // another NBL with them may be parked
        memcpy(Copy, Part->Data + At, Length);
    }
    *Skip -= At;
    *Left -= Length;
}

static void CopyNb(STRICT_SEND *Send, NET_BUFFER *Nb, ROOM *Room)
{
    STRICT_NB *Copy = &Send->Nbs[Send->NbCount++];
    *Copy = (STRICT_NB){.Nb = Nb, .Image = *Nb, .FirstMdl = Send->MdlCount};
    SIZE_T Skip = Copy->Image.DataOffset;
    SIZE_T Length = min(Copy->Image.stDataLength, Room->Bytes);
    SIZE_T Left = Length;
    for (MDL *Mdl = Copy->Image.MdlChain; Mdl != NULL && Room->Mdls > 0; Mdl = Mdl->Next) {
        STRICT_MDL *Part = &Send->Mdls[Send->MdlCount++];
        ULONG Offset = (ULONG)(Length - Left);
        CopyMdl(Part, Mdl, &Skip, &Left, Send->Copies + Send->CopyBytes + Offset);
        Part->FrameOffset = Offset;
        Room->Mdls--;
    }
    Send->CopyBytes += Length;
    Room->Bytes -= Length;
    Copy->MdlCount = Send->MdlCount - Copy->FirstMdl;
}

STRICT_SEND *StrictImageMake(NET_BUFFER_LIST *Nbl)
{
    ROOM Room = Measure(Nbl);
    STRICT_SEND *Send = Allocate(&Room);
    if (Send == NULL) {
        return NULL;
    }
    Send->Nbl = Nbl;
    Send->Image = *Nbl;
    for (NET_BUFFER *Nb = Nbl->FirstNetBuffer; Nb != NULL && Room.Nbs > 0; Nb = Nb->Next) {
        CopyNb(Send, Nb, &Room);
        Room.Nbs--;
    }
    return Send;
}

// ---- comparing

static const FIELD *FindDifference(const FIELD *Fields, size_t Count, const void *Before,
                                   const void *Now)
{
    for (size_t i = 0; i < Count; i++) {
        size_t Offset = Fields[i].Offset;
        if (memcmp((const char *)Before + Offset, (const char *)Now + Offset, Fields[i].Bytes) !=
            0) {
            return &Fields[i];
        }
    }
    return NULL;
}

static unsigned long long FirstBytes(const void *Object, const FIELD *Field)
{
    unsigned long long Value = 0;
    size_t Bytes = Field->Bytes < sizeof(Value) ? Field->Bytes : sizeof(Value);
    memcpy(&Value, (const char *)Object + Field->Offset, Bytes);
    return Value;
}

static void CheckFields(const STRICT_SEND *Send, const char *Type, const FIELD *Fields,
                        size_t Count, const void *Object, const void *Before, const void *Now)
{
    const FIELD *Field = FindDifference(Fields, Count, Before, Now);
    if (Field != NULL) {
        FINDING Finding = {.Rule = "PV-02", .Nbl = NblShadowFind(Send->Nbl), .Object = Send->Nbl};
        FindingReport(&Finding,
                      "%s of %s %p was %#llx at the send and is %#llx at the completion: it was "
                      "changed in between",
                      Field->Name, Type, Object, FirstBytes(Before, Field), FirstBytes(Now, Field));
    }
}

static void CheckMdl(const STRICT_SEND *Send, const STRICT_MDL *Part)
{
    MDL Before = Part->Image;
    MDL Now = *Part->Mdl;
    Before.MdlFlags &= ~MDL_MAPPING_BITS;
    Now.MdlFlags &= ~MDL_MAPPING_BITS;
    CheckFields(Send, "MDL", MdlFields, RTL_NUMBER_OF(MdlFields), Part->Mdl, &Before, &Now);
}

static void CheckData(const STRICT_SEND *Send, const STRICT_MDL *Part)
{
    const UCHAR *Now;
    ULONG First = 0;
    ULONG End = Part->FrameBytes;
    if (Part->Data == NULL) {
        return;
    }
    Now = Part->Data + Part->FrameAt;
    if (memcmp(Now, Part->Copy, Part->FrameBytes) == 0) {
        return;
    }
    while (First < End && Now[First] == Part->Copy[First]) {
        First++;
    }
    while (End > First + 1 && Now[End - 1] == Part->Copy[End - 1]) {
        End--;
    }
    FINDING Finding = {.Rule = "PV-02", .Nbl = NblShadowFind(Send->Nbl), .Object = Send->Nbl};
    FindingReport(&Finding,
                  "bytes %u to %u of the frame (at %p, MDL %p) were written between the send and "
                  "the completion: byte %u was 0x%02X and is 0x%02X",
                  Part->FrameOffset + First, Part->FrameOffset + End - 1, Now + First, Part->Mdl,
                  Part->FrameOffset + First, Part->Copy[First], Now[First]);
}

void StrictImageCompare(const STRICT_SEND *Send)
{
    CheckFields(Send, "NBL", NblFields, RTL_NUMBER_OF(NblFields), Send->Nbl, &Send->Image,
                Send->Nbl);
    for (unsigned i = 0; i < Send->NbCount; i++) {
        const STRICT_NB *Nb = &Send->Nbs[i];
        CheckFields(Send, "NET_BUFFER", NbFields, RTL_NUMBER_OF(NbFields), Nb->Nb, &Nb->Image,
                    Nb->Nb);
    }
    for (unsigned i = 0; i < Send->MdlCount; i++) {
        CheckMdl(Send, &Send->Mdls[i]);
        CheckData(Send, &Send->Mdls[i]);
    }
}
