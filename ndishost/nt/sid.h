// SPDX-License-Identifier: MIT
#pragma once

// Layouts of security structures that the headers leave undefined, as MS-DTYP has them.

#include "sim.h"

#include <ntifs.h>

#define SIM_SID_REVISION 1
#define SIM_SID_PARTS_MAX 15
#define SIM_SID_BYTES(Count) (8u + 4u * (Count))

typedef struct SIM_SID {
    UCHAR Revision;
    UCHAR Count;
    UCHAR Authority[6]; // big-endian
    ULONG Parts[];
} SIM_SID;

#define SIM_ACE_ALLOW 0
#define SIM_ACE_HEADER_BYTES 4u
#define SIM_ACE_SID_OFFSET 8u

typedef struct SIM_ACE { // with a mask and a SID; other types share the first four bytes
    UCHAR Type;
    UCHAR Flags;
    USHORT Size;
    ULONG Mask;
} SIM_ACE;

#define SIM_SD_OWNER_DEFAULTED 0x0001
#define SIM_SD_GROUP_DEFAULTED 0x0002
#define SIM_SD_DACL_PRESENT 0x0004
#define SIM_SD_DACL_DEFAULTED 0x0008
#define SIM_SD_SACL_PRESENT 0x0010
#define SIM_SD_SACL_DEFAULTED 0x0020
#define SIM_SD_SELF_RELATIVE 0x8000

typedef struct SIM_SD { // absolute
    UCHAR Revision;
    UCHAR Reserved;
    USHORT Control;
    PSID Owner;
    PSID Group;
    PACL Sacl;
    PACL Dacl;
} SIM_SD;

typedef struct SIM_SD_RELATIVE {
    UCHAR Revision;
    UCHAR Reserved;
    USHORT Control;
    ULONG Owner; // offsets from the begin; 0: none
    ULONG Group;
    ULONG Sacl;
    ULONG Dacl;
} SIM_SD_RELATIVE;
