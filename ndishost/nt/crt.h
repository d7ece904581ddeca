// SPDX-License-Identifier: MIT
#pragma once

// The part of the C library that ntoskrnl.exe exports. Drivers for Windows import NAME, which is
// PeExport_NAME here: a native driver's calls of strlen and the like are its own C library's. The
// names are those of mingw-w64's public-domain import list. A `Size` is in characters, the
// terminator included. Any IRQL, but for what formats or is wide: PASSIVE_LEVEL.

#include "sim.h"

#define CRT_EINVAL 22
#define CRT_ERANGE 34
#define CRT_STRUNCATE 80
#define CRT_TRUNCATE ((SIZE_T)-1) // as a count: as much as there is room for

typedef int NTAPI CRT_COMPARE(const void *Left, const void *Right);

// ---- crt_string.c: each for CHAR and for WCHAR

#define CRT_STRING_FUNCTIONS(CHARACTER, NAME)                                                      \
    SIZE_T NTAPI NAME(strlen, wcslen)(const CHARACTER *Text);                                      \
    SIZE_T NTAPI NAME(strnlen, wcsnlen)(const CHARACTER *Text, SIZE_T Size);                       \
    int NTAPI NAME(strcmp, wcscmp)(const CHARACTER *Left, const CHARACTER *Right);                 \
    int NTAPI NAME(strncmp, wcsncmp)(const CHARACTER *Left, const CHARACTER *Right, SIZE_T Count); \
    int NTAPI NAME(_stricmp, _wcsicmp)(const CHARACTER *Left, const CHARACTER *Right);             \
    int NTAPI NAME(_strnicmp, _wcsnicmp)(const CHARACTER *Left, const CHARACTER *Right,            \
                                         SIZE_T Count);                                            \
    CHARACTER *NTAPI NAME(strchr, wcschr)(const CHARACTER *Text, int Character);                   \
    CHARACTER *NTAPI NAME(strrchr, wcsrchr)(const CHARACTER *Text, int Character);                 \
    CHARACTER *NTAPI NAME(strstr, wcsstr)(const CHARACTER *Text, const CHARACTER *Part);           \
    SIZE_T NTAPI NAME(strspn, wcsspn)(const CHARACTER *Text, const CHARACTER *Set);                \
    CHARACTER *NTAPI NAME(strcpy, wcscpy)(CHARACTER * To, const CHARACTER *From);                  \
    CHARACTER *NTAPI NAME(strncpy, wcsncpy)(CHARACTER * To, const CHARACTER *From, SIZE_T Count);  \
    CHARACTER *NTAPI NAME(strcat, wcscat)(CHARACTER * To, const CHARACTER *From);                  \
    CHARACTER *NTAPI NAME(strncat, wcsncat)(CHARACTER * To, const CHARACTER *From, SIZE_T Count);  \
    int NTAPI NAME(strcpy_s, wcscpy_s)(CHARACTER * To, SIZE_T Size, const CHARACTER *From);        \
    int NTAPI NAME(strncpy_s, wcsncpy_s)(CHARACTER * To, SIZE_T Size, const CHARACTER *From,       \
                                         SIZE_T Count);                                            \
    int NTAPI NAME(strcat_s, wcscat_s)(CHARACTER * To, SIZE_T Size, const CHARACTER *From);        \
    int NTAPI NAME(strncat_s, wcsncat_s)(CHARACTER * To, SIZE_T Size, const CHARACTER *From,       \
                                         SIZE_T Count);                                            \
    CHARACTER *NTAPI NAME(_strlwr, _wcslwr)(CHARACTER * Text);                                     \
    CHARACTER *NTAPI NAME(_strupr, _wcsupr)(CHARACTER * Text);                                     \
    CHARACTER *NTAPI NAME(_strrev, _wcsrev)(CHARACTER * Text);                                     \
    int NTAPI NAME(_itoa_s, _itow_s)(int Value, CHARACTER *Text, SIZE_T Size, int Radix);          \
    int NTAPI NAME(_ltoa_s, _ltow_s)(LONG Value, CHARACTER * Text, SIZE_T Size, int Radix);        \
    int NTAPI NAME(_ultoa_s, _ultow_s)(ULONG Value, CHARACTER * Text, SIZE_T Size, int Radix);     \
    int NTAPI NAME(_i64toa_s, _i64tow_s)(LONG64 Value, CHARACTER * Text, SIZE_T Size, int Radix);  \
    int NTAPI NAME(_ui64toa_s, _ui64tow_s)(ULONG64 Value, CHARACTER * Text, SIZE_T Size,           \
                                           int Radix);                                             \
    CHARACTER *NTAPI NAME(_itoa, _itow)(int Value, CHARACTER *Text, int Radix);                    \
    int NTAPI NAME(atoi, _wtoi)(const CHARACTER *Text);                                            \
    LONG NTAPI NAME(atol, _wtol)(const CHARACTER *Text)

#define CRT_NARROW(Narrow, Wide) PeExport_##Narrow
#define CRT_WIDE(Narrow, Wide) PeExport_##Wide
CRT_STRING_FUNCTIONS(CHAR, CRT_NARROW);
CRT_STRING_FUNCTIONS(WCHAR, CRT_WIDE);

// ---- crt_print.c: -1 when the result does not fit. _vsnprintf and _vsnwprintf have their own
// names, too: <ntstrsafe.h> of a native driver calls them.

int NTAPI PeExport_sprintf(CHAR *Text, const CHAR *Format, ...);
int NTAPI PeExport_vsprintf(CHAR *Text, const CHAR *Format, SIM_VA_LIST List);
int NTAPI PeExport__snprintf(CHAR *Text, SIZE_T Count, const CHAR *Format, ...);
int NTAPI PeExport__vsnprintf(CHAR *Text, SIZE_T Count, const CHAR *Format, SIM_VA_LIST List);
int NTAPI PeExport_sprintf_s(CHAR *Text, SIZE_T Size, const CHAR *Format, ...);
int NTAPI PeExport_vsprintf_s(CHAR *Text, SIZE_T Size, const CHAR *Format, SIM_VA_LIST List);
int NTAPI PeExport__snprintf_s(CHAR *Text, SIZE_T Size, SIZE_T Count, const CHAR *Format, ...);
int NTAPI PeExport__vsnprintf_s(CHAR *Text, SIZE_T Size, SIZE_T Count, const CHAR *Format,
                                SIM_VA_LIST List);
int NTAPI PeExport_swprintf(WCHAR *Text, const WCHAR *Format, ...);
int NTAPI PeExport__swprintf(WCHAR *Text, const WCHAR *Format, ...);
int NTAPI PeExport__vswprintf(WCHAR *Text, const WCHAR *Format, SIM_VA_LIST List);
int NTAPI PeExport__snwprintf(WCHAR *Text, SIZE_T Count, const WCHAR *Format, ...);
int NTAPI PeExport__vsnwprintf(WCHAR *Text, SIZE_T Count, const WCHAR *Format, SIM_VA_LIST List);
int NTAPI PeExport_swprintf_s(WCHAR *Text, SIZE_T Size, const WCHAR *Format, ...);
int NTAPI PeExport_vswprintf_s(WCHAR *Text, SIZE_T Size, const WCHAR *Format, SIM_VA_LIST List);
int NTAPI PeExport__snwprintf_s(WCHAR *Text, SIZE_T Size, SIZE_T Count, const WCHAR *Format, ...);
int NTAPI PeExport__vsnwprintf_s(WCHAR *Text, SIZE_T Size, SIZE_T Count, const WCHAR *Format,
                                 SIM_VA_LIST List);

// ---- crt_misc.c

int NTAPI PeExport_isdigit(int Character);
int NTAPI PeExport_isxdigit(int Character);
int NTAPI PeExport_isupper(int Character);
int NTAPI PeExport_islower(int Character);
int NTAPI PeExport_isspace(int Character);
int NTAPI PeExport_isprint(int Character);
int NTAPI PeExport_toupper(int Character);
int NTAPI PeExport_tolower(int Character);
WCHAR NTAPI PeExport_towupper(WCHAR Character);
WCHAR NTAPI PeExport_towlower(WCHAR Character);
void *NTAPI PeExport_memchr(const void *Memory, int Value, SIZE_T Length);
int NTAPI PeExport_memcpy_s(void *To, SIZE_T Size, const void *From, SIZE_T Length);
int NTAPI PeExport_memmove_s(void *To, SIZE_T Size, const void *From, SIZE_T Length);
void NTAPI PeExport_qsort(void *Base, SIZE_T Count, SIZE_T Width, CRT_COMPARE *Compare);
void *NTAPI PeExport_bsearch(const void *Key, const void *Base, SIZE_T Count, SIZE_T Width,
                             CRT_COMPARE *Compare);
int NTAPI PeExport_rand(void);
void NTAPI PeExport_srand(unsigned Seed);
CHAR *NTAPI PeExport_strtok_s(CHAR *Text, const CHAR *Delimiters, CHAR **Context);
SIZE_T NTAPI PeExport_wcscspn(const WCHAR *Text, const WCHAR *Set);
ULONG NTAPI PeExport_wcstoul(const WCHAR *Text, WCHAR **End, int Radix);
ULONG64 NTAPI PeExport__strtoui64(const CHAR *Text, CHAR **End, int Radix);
SIZE_T NTAPI PeExport_mbstowcs(WCHAR *To, const CHAR *From, SIZE_T Count);
SIZE_T NTAPI PeExport_wcstombs(CHAR *To, const WCHAR *From, SIZE_T Count);
int NTAPI PeExport__purecall(void);
