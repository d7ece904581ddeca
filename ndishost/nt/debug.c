// SPDX-License-Identifier: MIT

// DbgPrint and its family: to stderr, or nowhere when the host asked for quiet. Every component and
// level is shown. One call is one write, cut off at 512 bytes as on Windows.

#include "format.h"

#include <string.h>
#include <unistd.h>

#define DEBUG_BYTES 513

static _Atomic BOOLEAN Quiet;

void SimDebugSetQuiet(BOOLEAN NewQuiet)
{
    atomic_store(&Quiet, NewQuiet);
}

static ULONG Print(const char *Prefix, const char *Format, SIM_VA_LIST Arguments)
{
    char Text[DEBUG_BYTES];
    if (atomic_load(&Quiet)) {
        return (ULONG)STATUS_SUCCESS;
    }
    size_t Used = min(strlen(Prefix), sizeof(Text) - 1);
    memcpy(Text, Prefix, Used);
    Used += SimFormat(Text + Used, sizeof(Text) - Used, SimFormatNarrow, Format, Arguments);
    (void)!write(STDERR_FILENO, Text, min(Used, sizeof(Text) - 1));
    return (ULONG)STATUS_SUCCESS;
}

ULONG NTAPI DbgPrint(PCSTR Format, ...)
{
    SIM_VA_LIST Arguments;
    SIM_VA_START(Arguments, Format);
    ULONG Status = Print("", Format, Arguments);
    SIM_VA_END(Arguments);
    return Status;
}

ULONG NTAPI DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    SIM_VA_LIST Arguments;
    (void)ComponentId, (void)Level;
    SIM_VA_START(Arguments, Format);
    ULONG Status = Print("", Format, Arguments);
    SIM_VA_END(Arguments);
    return Status;
}

ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, SIM_VA_LIST arglist)
{
    (void)ComponentId, (void)Level;
    return Print("", Format, arglist);
}

ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
                                  SIM_VA_LIST arglist)
{
    (void)ComponentId, (void)Level;
    return Print(Prefix, Format, arglist);
}
