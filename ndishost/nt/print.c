// SPDX-License-Identifier: MIT

// See print.h and SimReportCaller in pool.h. No Windows header here.

#include "print.h"

#include "stack.h"

#include <stdarg.h>
#include <stdio.h>

void SimReportCaller(const char *What, const char *Name, void *Caller);

void SimPrint(const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    vfprintf(stderr, Format, Arguments);
    va_end(Arguments);
}

void SimReportCaller(const char *What, const char *Name, void *Caller)
{
    char Text[512];
    REPORT Report = {.Text = Text, .Size = sizeof(Text)};
    Text[0] = 0;
    StackReport(&Report, &Caller, 1);
    SimPrint("ndishost: %s %s, by\n%s", What, Name, Text);
}
