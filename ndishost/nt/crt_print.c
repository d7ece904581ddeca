// SPDX-License-Identifier: MIT

// printf of ntoskrnl.exe into memory; what it understands is in format.h. The wide functions format
// UTF-8 and convert it, so half of a surrogate pair becomes U+FFFD.

#include "crt.h"

#include <ntstrsafe.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "wide.h"

#define COUNT_MAX 0x7FFFFFFF // of sprintf: the caller says that there is room

// The whole result, to be freed; NULL: no memory.
static char *FormatAll(SIM_FORMAT_KIND Kind, const char *Format, SIM_VA_LIST List, size_t *Length)
{
    char Nothing[1];
    *Length = SimFormat(Nothing, sizeof(Nothing), Kind, Format, List);
    char *Text = malloc(*Length + 1);
    if (Text != NULL) {
        SimFormat(Text, *Length + 1, Kind, Format, List);
    }
    return Text;
}

// Terminated only when there is room for that, too.
int NTAPI PeExport__vsnprintf(CHAR *Text, SIZE_T Count, const CHAR *Format, SIM_VA_LIST List)
{
    size_t Length;
    char *All = FormatAll(SimFormatNarrow, Format, List, &Length);
    if (All == NULL) {
        return -1;
    }
    memcpy(Text, All, min(Length + 1, Count));
    free(All);
    return Length <= Count ? (int)Length : -1;
}

static char *Utf8Of(const WCHAR *Wide)
{
    size_t Units = SimWideLength(Wide);
    char *Utf8 = malloc(Units * 3 + 1);
    if (Utf8 != NULL) {
        Utf8[SimUtf8FromWide(Utf8, Units * 3, Wide, Units)] = 0;
    }
    return Utf8;
}

int NTAPI PeExport__vsnwprintf(WCHAR *Text, SIZE_T Count, const WCHAR *Format, SIM_VA_LIST List)
{
    size_t Bytes = 0;
    int Result = -1;
    char *Utf8 = Utf8Of(Format);
    char *All = Utf8 != NULL ? FormatAll(SimFormatWide, Utf8, List, &Bytes) : NULL;
    free(Utf8);
    if (All == NULL) {
        return -1;
    }
    size_t Units = SimWideFromUtf8(Text, Count, All, Bytes);
    if (Units < Count) {
        Text[Units] = 0;
    }
    if (Units <= Count) {
        Result = (int)Units;
    }
    free(All);
    return Result;
}

int NTAPI _vsnprintf(CHAR *Buffer, SIZE_T Count, const CHAR *Format, SIM_VA_LIST List)
{
    return PeExport__vsnprintf(Buffer, Count, Format, List);
}

int NTAPI _vsnwprintf(WCHAR *Buffer, SIZE_T Count, const WCHAR *Format, SIM_VA_LIST List)
{
    return PeExport__vsnwprintf(Buffer, Count, Format, List);
}

// Always terminated: what does not fit is cut at Count or with CRT_TRUNCATE, else nothing is left.
int NTAPI PeExport__vsnprintf_s(CHAR *Text, SIZE_T Size, SIZE_T Count, const CHAR *Format,
                                SIM_VA_LIST List)
{
    if (Text == NULL || Size == 0 || Format == NULL) {
        return -1;
    }
    SIZE_T Room = Count < Size ? Count : Size - 1;
    int Result = PeExport__vsnprintf(Text, Room, Format, List);
    BOOLEAN Cut = Result < 0 && (Count < Size || Count == CRT_TRUNCATE);
    Text[Result >= 0 ? (SIZE_T)Result : Cut ? Room : 0] = 0;
    return Result;
}

int NTAPI PeExport__vsnwprintf_s(WCHAR *Text, SIZE_T Size, SIZE_T Count, const WCHAR *Format,
                                 SIM_VA_LIST List)
{
    if (Text == NULL || Size == 0 || Format == NULL) {
        return -1;
    }
    SIZE_T Room = Count < Size ? Count : Size - 1;
    int Result = PeExport__vsnwprintf(Text, Room, Format, List);
    BOOLEAN Cut = Result < 0 && (Count < Size || Count == CRT_TRUNCATE);
    Text[Result >= 0 ? (SIZE_T)Result : Cut ? Room : 0] = 0;
    return Result;
}

int NTAPI PeExport_vsprintf(CHAR *Text, const CHAR *Format, SIM_VA_LIST List)
{
    return PeExport__vsnprintf(Text, COUNT_MAX, Format, List);
}

int NTAPI PeExport__vswprintf(WCHAR *Text, const WCHAR *Format, SIM_VA_LIST List)
{
    return PeExport__vsnwprintf(Text, COUNT_MAX, Format, List);
}

int NTAPI PeExport_vsprintf_s(CHAR *Text, SIZE_T Size, const CHAR *Format, SIM_VA_LIST List)
{
    return PeExport__vsnprintf_s(Text, Size, Size, Format, List);
}

int NTAPI PeExport_vswprintf_s(WCHAR *Text, SIZE_T Size, const WCHAR *Format, SIM_VA_LIST List)
{
    return PeExport__vsnwprintf_s(Text, Size, Size, Format, List);
}

// ---- with the arguments themselves

#define CALL_WITH_LIST(Function, ...)                                                              \
    SIM_VA_LIST List;                                                                              \
    SIM_VA_START(List, Format);                                                                    \
    int Result = Function(__VA_ARGS__, Format, List);                                              \
    SIM_VA_END(List);                                                                              \
    return Result

int NTAPI PeExport_sprintf(CHAR *Text, const CHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport_vsprintf, Text);
}

int NTAPI PeExport__snprintf(CHAR *Text, SIZE_T Count, const CHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport__vsnprintf, Text, Count);
}

int NTAPI PeExport_sprintf_s(CHAR *Text, SIZE_T Size, const CHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport_vsprintf_s, Text, Size);
}

int NTAPI PeExport__snprintf_s(CHAR *Text, SIZE_T Size, SIZE_T Count, const CHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport__vsnprintf_s, Text, Size, Count);
}

int NTAPI PeExport_swprintf(WCHAR *Text, const WCHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport__vswprintf, Text);
}

int NTAPI PeExport__swprintf(WCHAR *Text, const WCHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport__vswprintf, Text);
}

int NTAPI PeExport__snwprintf(WCHAR *Text, SIZE_T Count, const WCHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport__vsnwprintf, Text, Count);
}

int NTAPI PeExport_swprintf_s(WCHAR *Text, SIZE_T Size, const WCHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport_vswprintf_s, Text, Size);
}

int NTAPI PeExport__snwprintf_s(WCHAR *Text, SIZE_T Size, SIZE_T Count, const WCHAR *Format, ...)
{
    CALL_WITH_LIST(PeExport__vsnwprintf_s, Text, Size, Count);
}
