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

static void ReportFrame(REPORT *Report, Dwfl *Dwfl, size_t Number, uintptr_t Address)
{
    const STACK_IMAGES *Images = StackImages;
    if (Images != NULL && Images->Describe(Report, Number, (const void *)Address)) {
        return;
    }
    Dwfl_Module *Module = Dwfl == NULL ? NULL : dwfl_addrmodule(Dwfl, Address);
    if (Module == NULL) {
        ReportAdd(Report, "  %2zu %#lx\n", Number, (unsigned long)Address);
        return;
    }
    int LineNumber = 0;
    const char *Function = dwfl_module_addrname(Module, Address);
    const char *File = FindLine(Module, Address, &LineNumber);
    if (Function != NULL && File != NULL) {
        ReportAdd(Report, "  %2zu %.*s %s:%d\n", Number, LengthOfName(Function), Function, File,
                  LineNumber);
        return;
    }
    Dwarf_Addr Start = 0;
    const char *Name = dwfl_module_info(Module, NULL, &Start, NULL, NULL, NULL, NULL, NULL);
    const char *Base = strrchr(Name, '/');
    ReportAdd(Report, "  %2zu %s (%s+%#lx)\n", Number, Function == NULL ? "?" : Function,
              Base == NULL ? Name : Base + 1, (unsigned long)(Address - Start));
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

STACK_NAMES *StackNamesOpen(void)
{
    return (STACK_NAMES *)OpenProcess();
}

STACK_NAME StackNamesFind(STACK_NAMES *Names, const void *Address)
{
    STACK_NAME Name = {0};
    Dwfl_Module *Module = Names == NULL ? NULL : dwfl_addrmodule((Dwfl *)Names, (uintptr_t)Address);
    if (Module != NULL) {
        Name.Function = dwfl_module_addrname(Module, (uintptr_t)Address);
        Name.FunctionLength = LengthOfName(Name.Function);
        Name.File = FindLine(Module, (uintptr_t)Address, &Name.Line);
    }
    return Name;
}

void StackNamesClose(STACK_NAMES *Names)
{
    dwfl_end((Dwfl *)Names);
}

void StackReport(REPORT *Report, void *const *Frames, size_t Count)
{
    Dwfl *Dwfl = OpenProcess();
    for (size_t i = 0; i < Count; i++) {
        ReportFrame(Report, Dwfl, i, (uintptr_t)Frames[i]);
    }
    dwfl_end(Dwfl); // accepts NULL
}
