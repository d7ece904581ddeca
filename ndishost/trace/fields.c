// SPDX-License-Identifier: MIT

// The fields of NET_BUFFER_LIST and NET_BUFFER, numbered one after the other.

#include "fields.h"

#include "trace.h"

#include <stdio.h>

typedef struct FIELD {
    const char *Name;
    USHORT Structure;
    USHORT Offset;
    USHORT Bytes; // of one element
    USHORT Count;
} FIELD;

// clang-format off
#define FIELD_OF(Structure, Type, Prefix, Field, Bytes)                                            \
    {Prefix "." #Field, Structure, FIELD_OFFSET(Type, Field), Bytes,                               \
     RTL_FIELD_SIZE(Type, Field) / (Bytes)}
// clang-format on
#define NBL_FIELD(Field)                                                                           \
    FIELD_OF(FIELDS_OF_NBL, NET_BUFFER_LIST, "Nbl", Field, RTL_FIELD_SIZE(NET_BUFFER_LIST, Field))
#define NBL_ARRAY(Field) FIELD_OF(FIELDS_OF_NBL, NET_BUFFER_LIST, "Nbl", Field, sizeof(PVOID))
#define NB_FIELD(Field)                                                                            \
    FIELD_OF(FIELDS_OF_NB, NET_BUFFER, "Nb", Field, RTL_FIELD_SIZE(NET_BUFFER, Field))
#define NB_ARRAY(Field) FIELD_OF(FIELDS_OF_NB, NET_BUFFER, "Nb", Field, sizeof(PVOID))

static const FIELD Fields[] = {
    NBL_FIELD(Next),
    NBL_FIELD(FirstNetBuffer),
    NBL_FIELD(Context),
    NBL_FIELD(ParentNetBufferList),
    NBL_FIELD(NdisPoolHandle),
    NBL_ARRAY(NdisReserved),
    NBL_ARRAY(ProtocolReserved),
    NBL_ARRAY(MiniportReserved),
    NBL_FIELD(Scratch),
    NBL_FIELD(SourceHandle),
    NBL_FIELD(NblFlags),
    NBL_FIELD(ChildRefCount),
    NBL_FIELD(Flags),
    NBL_FIELD(Status),
    NBL_ARRAY(NetBufferListInfo),
    NB_FIELD(Next),
    NB_FIELD(CurrentMdl),
    NB_FIELD(CurrentMdlOffset),
    NB_FIELD(DataLength),
    NB_FIELD(MdlChain),
    NB_FIELD(DataOffset),
    NB_FIELD(ChecksumBias),
    NB_FIELD(Reserved),
    NB_FIELD(NdisPoolHandle),
    NB_ARRAY(NdisReserved),
    NB_ARRAY(ProtocolReserved),
    NB_ARRAY(MiniportReserved),
    NB_FIELD(DataPhysicalAddress),
    NB_FIELD(SharedMemoryInfo),
};

void FieldsAdd(int Structure, size_t Offset, size_t Bytes, uint32_t *Writes)
{
    for (const FIELD *Field = Fields; Field != Fields + RTL_NUMBER_OF(Fields); Field++) {
        for (unsigned Element = 0; Element < Field->Count; Element++, Writes++) {
            size_t At = Field->Offset + (size_t)Element * Field->Bytes;
            *Writes += Field->Structure == Structure && At < Offset + Bytes &&
                       Offset < At + Field->Bytes;
        }
    }
}

int ndishost_field_name(unsigned field, char *name, size_t size)
{
    for (const FIELD *Field = Fields; Field != Fields + RTL_NUMBER_OF(Fields); Field++) {
        if (field < Field->Count) {
            return Field->Count == 1 ? snprintf(name, size, "%s", Field->Name)
                                     : snprintf(name, size, "%s[%u]", Field->Name, field);
        }
        field -= Field->Count;
    }
    return 0;
}
