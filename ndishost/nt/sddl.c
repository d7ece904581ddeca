// SPDX-License-Identifier: MIT

// Security descriptors of devices as text: checked for syntax and kept. Every client of the host is
// an administrator, so nothing is refused because of them.

#include "device.h"

#include <wdmsec.h>

#define SDDL(Name, Text)                                                                           \
    const UNICODE_STRING Name = {.Length = sizeof(Text) - sizeof(WCHAR),                           \
                                 .MaximumLength = sizeof(Text),                                    \
                                 .Buffer = (PWSTR)Text}

SDDL(SDDL_DEVOBJ_KERNEL_ONLY, L"D:P");
SDDL(SDDL_DEVOBJ_SYS_ALL, L"D:P(A;;GA;;;SY)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_ALL, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RX, L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R,
     L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
     L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
     L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");

typedef struct TEXT {
    const WCHAR *Next;
    const WCHAR *End;
} TEXT;

static BOOLEAN IsWord(WCHAR Character)
{
    return (Character >= L'A' && Character <= L'Z') || (Character >= L'a' && Character <= L'z') ||
           (Character >= L'0' && Character <= L'9') || Character == L'-';
}

static size_t SkipWord(TEXT *Text)
{
    const WCHAR *Start = Text->Next;
    while (Text->Next < Text->End && IsWord(*Text->Next)) {
        Text->Next++;
    }
    return (size_t)(Text->Next - Start);
}

static BOOLEAN Accept(TEXT *Text, WCHAR Character)
{
    if (Text->Next == Text->End || *Text->Next != Character) {
        return FALSE;
    }
    Text->Next++;
    return TRUE;
}

// type;flags;rights;object;inherited object;account -- type, rights and account are needed.
static BOOLEAN AceIsValid(TEXT *Text)
{
    for (unsigned Field = 0; Field < 6; Field++) {
        BOOLEAN Needed = Field == 0 || Field == 2 || Field == 5;
        if (SkipWord(Text) == 0 && Needed) {
            return FALSE;
        }
        if (Field < 5 && !Accept(Text, L';')) {
            return FALSE;
        }
    }
    return Accept(Text, L')');
}

static BOOLEAN AclIsValid(TEXT *Text)
{
    SkipWord(Text); // P, AI, AR, NO_ACCESS_CONTROL
    while (Accept(Text, L'(')) {
        if (!AceIsValid(Text)) {
            return FALSE;
        }
    }
    return TRUE;
}

BOOLEAN SimSddlIsValid(PCUNICODE_STRING Sddl)
{
    TEXT Text = {.Next = Sddl->Buffer, .End = Sddl->Buffer + Sddl->Length / sizeof(WCHAR)};
    BOOLEAN HasDacl = FALSE;
    while (Text.Next < Text.End) {
        WCHAR Part = *Text.Next++;
        if (!Accept(&Text, L':')) {
            return FALSE;
        }
        BOOLEAN Valid = FALSE;
        if (Part == L'D' || Part == L'S') {
            HasDacl = HasDacl || Part == L'D';
            Valid = AclIsValid(&Text);
        } else if (Part == L'O' || Part == L'G') {
            // The account's two letters end where the next part's letter and colon begin.
            Valid = SkipWord(&Text) >= 2;
            if (Text.Next < Text.End && *Text.Next == L':') {
                Text.Next--;
            }
        }
        if (!Valid) {
            return FALSE;
        }
    }
    return HasDacl;
}
