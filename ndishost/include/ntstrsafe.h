/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Safe strings, inline. Provided: Copy, CopyN, Cat, CatN, Length and Printf, in bytes (Cb) and
 * characters (Cch), for ANSI (A) and wide (W). A result that does not fit is cut, terminated and
 * reported as STATUS_BUFFER_OVERFLOW. Printf calls _vsnprintf and _vsnwprintf, exports of
 * NTOSKRNL.EXE, of nt/crt_print.c in a native build.
 */

#include "wdm.h"

#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))

NTKERNELAPI int NTAPI _vsnprintf(CHAR *Buffer, SIZE_T Count, const CHAR *Format, SIM_VA_LIST List);
NTKERNELAPI int NTAPI _vsnwprintf(WCHAR *Buffer, SIZE_T Count, const WCHAR *Format,
                                  SIM_VA_LIST List);

/* Characters before the terminator, at most Max; STATUS_INVALID_PARAMETER without one. */
SIM_INLINE NTSTATUS RtlStringCchLengthA(const CHAR *Source, SIZE_T Max, SIZE_T *Length)
{
    SIZE_T i = 0;

    while (Source != NULL && i < Max && Source[i] != 0) {
        i++;
    }
    if (Source == NULL || i == Max) {
        if (Length != NULL) {
            *Length = 0;
        }
        return STATUS_INVALID_PARAMETER;
    }
    if (Length != NULL) {
        *Length = i;
    }
    return STATUS_SUCCESS;
}

/* Copies at most MaxSource characters to Target[Start...]. */
SIM_INLINE NTSTATUS SimStringPutA(CHAR *Target, SIZE_T Size, SIZE_T Start, const CHAR *Source,
                                 SIZE_T MaxSource)
{
    if (Size == 0 || Start >= Size || Size > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    for (SIZE_T i = 0; i < MaxSource && Source[i] != 0; i++) {
        if (Start + 1 == Size) {
            Target[Start] = 0;
            return STATUS_BUFFER_OVERFLOW;
        }
        Target[Start++] = Source[i];
    }
    Target[Start] = 0;
    return STATUS_SUCCESS;
}

SIM_INLINE NTSTATUS RtlStringCchCopyNA(CHAR *Target, SIZE_T Size, const CHAR *Source, SIZE_T Max)
{
    return SimStringPutA(Target, Size, 0, Source, Max);
}

SIM_INLINE NTSTATUS RtlStringCchCopyA(CHAR *Target, SIZE_T Size, const CHAR *Source)
{
    return SimStringPutA(Target, Size, 0, Source, NTSTRSAFE_MAX_CCH);
}

SIM_INLINE NTSTATUS RtlStringCchCatNA(CHAR *Target, SIZE_T Size, const CHAR *Source, SIZE_T Max)
{
    SIZE_T Length;
    NTSTATUS Status = RtlStringCchLengthA(Target, Size, &Length);

    return NT_SUCCESS(Status) ? SimStringPutA(Target, Size, Length, Source, Max) : Status;
}

SIM_INLINE NTSTATUS RtlStringCchCatA(CHAR *Target, SIZE_T Size, const CHAR *Source)
{
    return RtlStringCchCatNA(Target, Size, Source, NTSTRSAFE_MAX_CCH);
}

SIM_INLINE NTSTATUS RtlStringCchVPrintfA(CHAR *Target, SIZE_T Size, const CHAR *Format,
                                        SIM_VA_LIST List)
{
    int Written;

    if (Size == 0 || Size > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    Written = _vsnprintf(Target, Size - 1, Format, List);
    if (Written < 0 || (SIZE_T)Written >= Size) {
        Target[Size - 1] = 0;
        return STATUS_BUFFER_OVERFLOW;
    }
    Target[Written] = 0;
    return STATUS_SUCCESS;
}

SIM_INLINE NTSTATUS NTAPI RtlStringCchPrintfA(CHAR *Target, SIZE_T Size, const CHAR *Format, ...)
{
    SIM_VA_LIST List;
    NTSTATUS Status;

    SIM_VA_START(List, Format);
    Status = RtlStringCchVPrintfA(Target, Size, Format, List);
    SIM_VA_END(List);
    return Status;
}

SIM_INLINE NTSTATUS NTAPI RtlStringCbPrintfA(CHAR *Target, SIZE_T Size, const CHAR *Format, ...)
{
    SIM_VA_LIST List;
    NTSTATUS Status;

    SIM_VA_START(List, Format);
    Status = RtlStringCchVPrintfA(Target, Size / sizeof(CHAR), Format, List);
    SIM_VA_END(List);
    return Status;
}

SIM_INLINE NTSTATUS RtlStringCbLengthA(const CHAR *Source, SIZE_T Max, SIZE_T *Length)
{
    NTSTATUS Status = RtlStringCchLengthA(Source, Max / sizeof(CHAR), Length);

    if (NT_SUCCESS(Status) && Length != NULL) {
        *Length *= sizeof(CHAR);
    }
    return Status;
}

#define RtlStringCbCopyA(Target, Size, Source) \
    RtlStringCchCopyA((Target), (Size) / sizeof(CHAR), (Source))
#define RtlStringCbCopyNA(Target, Size, Source, Max) \
    RtlStringCchCopyNA((Target), (Size) / sizeof(CHAR), (Source), (Max) / sizeof(CHAR))
#define RtlStringCbCatA(Target, Size, Source) \
    RtlStringCchCatA((Target), (Size) / sizeof(CHAR), (Source))
#define RtlStringCbCatNA(Target, Size, Source, Max) \
    RtlStringCchCatNA((Target), (Size) / sizeof(CHAR), (Source), (Max) / sizeof(CHAR))
#define RtlStringCbVPrintfA(Target, Size, Format, List) \
    RtlStringCchVPrintfA((Target), (Size) / sizeof(CHAR), (Format), (List))

/* Characters before the terminator, at most Max; STATUS_INVALID_PARAMETER without one. */
SIM_INLINE NTSTATUS RtlStringCchLengthW(const WCHAR *Source, SIZE_T Max, SIZE_T *Length)
{
    SIZE_T i = 0;

    while (Source != NULL && i < Max && Source[i] != 0) {
        i++;
    }
    if (Source == NULL || i == Max) {
        if (Length != NULL) {
            *Length = 0;
        }
        return STATUS_INVALID_PARAMETER;
    }
    if (Length != NULL) {
        *Length = i;
    }
    return STATUS_SUCCESS;
}

/* Copies at most MaxSource characters to Target[Start...]. */
SIM_INLINE NTSTATUS SimStringPutW(WCHAR *Target, SIZE_T Size, SIZE_T Start, const WCHAR *Source,
                                 SIZE_T MaxSource)
{
    if (Size == 0 || Start >= Size || Size > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    for (SIZE_T i = 0; i < MaxSource && Source[i] != 0; i++) {
        if (Start + 1 == Size) {
            Target[Start] = 0;
            return STATUS_BUFFER_OVERFLOW;
        }
        Target[Start++] = Source[i];
    }
    Target[Start] = 0;
    return STATUS_SUCCESS;
}

SIM_INLINE NTSTATUS RtlStringCchCopyNW(WCHAR *Target, SIZE_T Size, const WCHAR *Source, SIZE_T Max)
{
    return SimStringPutW(Target, Size, 0, Source, Max);
}

SIM_INLINE NTSTATUS RtlStringCchCopyW(WCHAR *Target, SIZE_T Size, const WCHAR *Source)
{
    return SimStringPutW(Target, Size, 0, Source, NTSTRSAFE_MAX_CCH);
}

SIM_INLINE NTSTATUS RtlStringCchCatNW(WCHAR *Target, SIZE_T Size, const WCHAR *Source, SIZE_T Max)
{
    SIZE_T Length;
    NTSTATUS Status = RtlStringCchLengthW(Target, Size, &Length);

    return NT_SUCCESS(Status) ? SimStringPutW(Target, Size, Length, Source, Max) : Status;
}

SIM_INLINE NTSTATUS RtlStringCchCatW(WCHAR *Target, SIZE_T Size, const WCHAR *Source)
{
    return RtlStringCchCatNW(Target, Size, Source, NTSTRSAFE_MAX_CCH);
}

SIM_INLINE NTSTATUS RtlStringCchVPrintfW(WCHAR *Target, SIZE_T Size, const WCHAR *Format,
                                        SIM_VA_LIST List)
{
    int Written;

    if (Size == 0 || Size > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    Written = _vsnwprintf(Target, Size - 1, Format, List);
    if (Written < 0 || (SIZE_T)Written >= Size) {
        Target[Size - 1] = 0;
        return STATUS_BUFFER_OVERFLOW;
    }
    Target[Written] = 0;
    return STATUS_SUCCESS;
}

SIM_INLINE NTSTATUS NTAPI RtlStringCchPrintfW(WCHAR *Target, SIZE_T Size, const WCHAR *Format, ...)
{
    SIM_VA_LIST List;
    NTSTATUS Status;

    SIM_VA_START(List, Format);
    Status = RtlStringCchVPrintfW(Target, Size, Format, List);
    SIM_VA_END(List);
    return Status;
}

SIM_INLINE NTSTATUS NTAPI RtlStringCbPrintfW(WCHAR *Target, SIZE_T Size, const WCHAR *Format, ...)
{
    SIM_VA_LIST List;
    NTSTATUS Status;

    SIM_VA_START(List, Format);
    Status = RtlStringCchVPrintfW(Target, Size / sizeof(WCHAR), Format, List);
    SIM_VA_END(List);
    return Status;
}

SIM_INLINE NTSTATUS RtlStringCbLengthW(const WCHAR *Source, SIZE_T Max, SIZE_T *Length)
{
    NTSTATUS Status = RtlStringCchLengthW(Source, Max / sizeof(WCHAR), Length);

    if (NT_SUCCESS(Status) && Length != NULL) {
        *Length *= sizeof(WCHAR);
    }
    return Status;
}

#define RtlStringCbCopyW(Target, Size, Source) \
    RtlStringCchCopyW((Target), (Size) / sizeof(WCHAR), (Source))
#define RtlStringCbCopyNW(Target, Size, Source, Max) \
    RtlStringCchCopyNW((Target), (Size) / sizeof(WCHAR), (Source), (Max) / sizeof(WCHAR))
#define RtlStringCbCatW(Target, Size, Source) \
    RtlStringCchCatW((Target), (Size) / sizeof(WCHAR), (Source))
#define RtlStringCbCatNW(Target, Size, Source, Max) \
    RtlStringCchCatNW((Target), (Size) / sizeof(WCHAR), (Source), (Max) / sizeof(WCHAR))
#define RtlStringCbVPrintfW(Target, Size, Format, List) \
    RtlStringCchVPrintfW((Target), (Size) / sizeof(WCHAR), (Format), (List))
