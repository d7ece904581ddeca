// SPDX-License-Identifier: MIT

// Call stacks with names, from the unwinder of the compiler and libdw. No Windows header here.

#include "stack.h"

#include <elfutils/libdwfl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

void ReportAddList(REPORT *Report, const char *Format, va_list Arguments)
{
    size_t Room = Report->Size - Report->Used;
    int Length = vsnprintf(Report->Text + Report->Used, Room, Format, Arguments);
    if (Length > 0) {
        Report->Used += (size_t)Length < Room ? (size_t)Length : Room - 1;
    }
}

void ReportAdd(REPORT *Report, const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    ReportAddList(Report, Format, Arguments);
    va_end(Arguments);
}

typedef struct CAPTURE {
    void **Frames;
    size_t Max;
    size_t Count;
    size_t Skip;
} CAPTURE;

static _Unwind_Reason_Code CaptureFrame(struct _Unwind_Context *Context, void *Argument)
{
    CAPTURE *Capture = Argument;
    int Exact; // the address of a fault, not a return address
    uintptr_t Address = _Unwind_GetIPInfo(Context, &Exact);
    if (Address == 0 || Capture->Count == Capture->Max) {
        return _URC_END_OF_STACK;
    }
    if (Capture->Skip > 0) {
        Capture->Skip--;
    } else {
        Capture->Frames[Capture->Count++] = (void *)(Exact ? Address : Address - 1);
    }
    return _URC_NO_REASON;
}

const STACK_IMAGES *_Atomic StackImages;

__attribute__((noinline)) size_t StackCapture(void **Frames, size_t Max, size_t Skip)
{
    const STACK_IMAGES *Images = StackImages;
    if (Images != NULL) {
        size_t Count = Images->Capture(NULL, Frames, Max, Skip + 1);
        __asm__ volatile(""); // a call, not a jump: this function's frame is among those skipped
        return Count;
    }
    CAPTURE Capture = {Frames, Max, 0, Skip + 1};
    _Unwind_Backtrace(CaptureFrame, &Capture);
    return Capture.Count;
}

// Only what is in the files themselves: no search for separate debug files, which may go to the
// network.
static int FindDebugInfo(Dwfl_Module *Module, void **UserData, const char *ModuleName,
                         Dwarf_Addr Base, const char *FileName, const char *DebugLinkFile,
                         GElf_Word DebugLinkCrc, char **DebugInfoFileName)
{
    (void)Module, (void)UserData, (void)ModuleName, (void)Base, (void)FileName;
    (void)DebugLinkFile, (void)DebugLinkCrc, (void)DebugInfoFileName;
    return -1;
}

// libdw finds lines by .debug_aranges, which clang does not write; the compilation units know, too.
static const char *FindLine(Dwfl_Module *Module, Dwarf_Addr Address, int *LineNumber)
{
    Dwarf_Addr Bias = 0;
    Dwarf_Die *Unit = NULL;
    Dwfl_Line *Quick = dwfl_module_getsrc(Module, Address);
    if (Quick != NULL) {
        return dwfl_lineinfo(Quick, NULL, LineNumber, NULL, NULL, NULL);
    }
    while ((Unit = dwfl_module_nextcu(Module, Unit, &Bias)) != NULL) {
        Dwarf_Line *Line = dwarf_haspc(Unit, Address - Bias) == 1
                               ? dwarf_getsrc_die(Unit, Address - Bias)
                               : NULL;
        if (Line != NULL && dwarf_lineno(Line, LineNumber) == 0) {
            return dwarf_linesrc(Line, NULL, NULL);
        }
    }
    return NULL;
}

// "Send.constprop.0" is the compiler's copy of Send.
static int LengthOfName(const char *Function)
{
    return Function == NULL ? 0 : (int)strcspn(Function, ".");
}

static Dwfl *OpenProcess(void)
{
    static const Dwfl_Callbacks Callbacks = {.find_elf = dwfl_linux_proc_find_elf,
                                             .find_debuginfo = FindDebugInfo};
    Dwfl *Dwfl = dwfl_begin(&Callbacks);
    if (Dwfl != NULL &&
        (dwfl_linux_proc_report(Dwfl, getpid()) != 0 || dwfl_report_end(Dwfl, NULL, NULL) != 0)) {
        dwfl_end(Dwfl);
        Dwfl = NULL;
    }
    return Dwfl;
}

void StackNamesOpen(STACK_NAMES *Names)
{
    *Names = (STACK_NAMES){.Dwfl = OpenProcess()};
}

STACK_NAME StackNamesFind(STACK_NAMES *Names, const void *Address)
{
    const STACK_IMAGES *Images = StackImages;
    STACK_NAME Name = {0};
    Dwarf_Addr Start = 0;

    if (Images != NULL && Images->Name(&Names->Images, Address, &Name)) {
        return Name;
    }
    Dwfl_Module *Module = Names->Dwfl == NULL ? NULL
                                              : dwfl_addrmodule(Names->Dwfl, (uintptr_t)Address);
    if (Module != NULL) {
        const char *Path = dwfl_module_info(Module, NULL, &Start, NULL, NULL, NULL, NULL, NULL);
        const char *Base = strrchr(Path, '/');
        Name.Function = dwfl_module_addrname(Module, (uintptr_t)Address);
        Name.FunctionLength = LengthOfName(Name.Function);
        Name.File = FindLine(Module, (uintptr_t)Address, &Name.Line);
        Name.Module = Base == NULL ? Path : Base + 1;
        Name.Offset = (uintptr_t)Address - Start;
    }
    return Name;
}

void StackNamesClose(STACK_NAMES *Names)
{
    const STACK_IMAGES *Images = StackImages;

    if (Images != NULL) {
        Images->NameEnd(Names->Images);
    }
    dwfl_end(Names->Dwfl); // accepts NULL
}

static void ReportFrame(REPORT *Report, size_t Number, const void *Address, const STACK_NAME *Name)
{
    const char *Gone = Name->IsGone ? ", which is unloaded" : "";

    if (Name->Module == NULL) {
        ReportAdd(Report, "  %2zu %p\n", Number, Address);
    } else if (Name->Function != NULL && Name->File != NULL) {
        ReportAdd(Report, "  %2zu %.*s %s:%d%s\n", Number, Name->FunctionLength, Name->Function,
                  Name->File, Name->Line, Gone);
    } else {
        ReportAdd(Report, "  %2zu %.*s (%s+%#zx%s)\n", Number,
                  Name->Function == NULL ? 1 : Name->FunctionLength,
                  Name->Function == NULL ? "?" : Name->Function, Name->Module, Name->Offset, Gone);
    }
}

void StackNamesUnits(void (*Each)(const char *File, uintptr_t Low, uintptr_t High))
{
    Dwfl *Dwfl = OpenProcess();
    Dwfl_Module *Module = Dwfl == NULL ? NULL : dwfl_addrmodule(Dwfl, (uintptr_t)OpenProcess);
    Dwarf_Die *Unit = NULL;
    Dwarf_Addr Bias, Base, Low, High;
    while (Module != NULL && (Unit = dwfl_module_nextcu(Module, Unit, &Bias)) != NULL) {
        const char *File = dwarf_diename(Unit);
        ptrdiff_t Range = 0;
        while (File != NULL && (Range = dwarf_ranges(Unit, Range, &Base, &Low, &High)) > 0) {
            Each(File, Low + Bias, High + Bias);
        }
    }
    dwfl_end(Dwfl); // accepts NULL
}

void StackReport(REPORT *Report, void *const *Frames, size_t Count)
{
    STACK_NAMES Names;

    StackNamesOpen(&Names);
    for (size_t i = 0; i < Count; i++) {
        STACK_NAME Name = StackNamesFind(&Names, Frames[i]);
        ReportFrame(Report, i, Frames[i], &Name);
    }
    StackNamesClose(&Names);
}
