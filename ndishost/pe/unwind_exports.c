// SPDX-License-Identifier: MIT

// The unwinder for drivers that walk a stack themselves. Functions of Linux, which lie between
// those of images, have no entry in an exception directory: one entry stands for them all.

#define _GNU_SOURCE

#include "unwind.h"

#include <dlfcn.h>

#include "../nt/exception.h"

static const PE_FUNCTION LinuxFunction;

const PE_FUNCTION *NTAPI PeExport_RtlLookupFunctionEntry(ULONG64 Pc, ULONG64 *ImageBase,
                                                         PVOID History);
const PE_FUNCTION *NTAPI PeExport_RtlLookupFunctionEntry(ULONG64 Pc, ULONG64 *ImageBase,
                                                         PVOID History)
{
    const PE_IMAGE *Image = PeImageOf((const void *)Pc);
    Dl_info Module;

    (void)History;
    *ImageBase = 0;
    if (Image != NULL) {
        *ImageBase = (ULONG64)Image->Base;
        return Image->IsGone ? NULL : PeFunctionOf(Image, (ULONG)(Pc - *ImageBase));
    }
    if (dladdr((const void *)Pc, &Module) == 0) {
        return NULL;
    }
    *ImageBase = (ULONG64)Module.dli_fbase;
    return &LinuxFunction;
}

PVOID NTAPI PeExport_RtlPcToFileHeader(PVOID Pc, PVOID *Base);
PVOID NTAPI PeExport_RtlPcToFileHeader(PVOID Pc, PVOID *Base)
{
    const PE_IMAGE *Image = PeImageOf(Pc);

    *Base = Image == NULL || Image->IsGone ? NULL : Image->Base;
    return *Base;
}

static SIM_SLOW __attribute__((noreturn)) void NTAPI Refuse(ULONG64 Pc, const char *What)
{
    SimBugCheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_INVALID_PARAMETER, Pc, 0, 0,
                "RtlVirtualUnwind at %p %s.", (void *)Pc, What);
}

// The handler, or NULL. A rip of 0 in the context afterwards: that was the last frame.
PVOID NTAPI PeExport_RtlVirtualUnwind(ULONG Type, ULONG64 ImageBase, ULONG64 Pc,
                                      const PE_FUNCTION *Function, PE_CONTEXT *Context,
                                      PVOID *HandlerData, ULONG64 *Establisher, PVOID Pointers);
PVOID NTAPI PeExport_RtlVirtualUnwind(ULONG Type, ULONG64 ImageBase, ULONG64 Pc,
                                      const PE_FUNCTION *Function, PE_CONTEXT *Context,
                                      PVOID *HandlerData, ULONG64 *Establisher, PVOID Pointers)
{
    PE_FRAME Frame = {.Image = PeImageOf((const void *)Pc)};
    BOOLEAN Done;

    if (Pointers != NULL) {
        Refuse(Pc, "wants the places of saved registers, which is not implemented");
    }
    if (Function != &LinuxFunction &&
        (Frame.Image == NULL || Function == NULL ||
         Function != PeFunctionOf(Frame.Image, (ULONG)(Pc - ImageBase)))) {
        Refuse(Pc, "has a function entry that RtlLookupFunctionEntry does not give");
    }
    Context->Rip = Pc;
    Frame.Establisher = Context->Integer[PE_RSP];
    Done = Function == &LinuxFunction ? PeUnwindLinux(Context, FALSE)
                                      : PeUnwindImage(&Frame, Context);
    if (!Done) {
        Context->Rip = 0;
    }
    *Establisher = Frame.Establisher;
    *HandlerData = Frame.HandlerData;
    if (((Type & 1) != 0 && Frame.HandlesExceptions) || ((Type & 2) != 0 && Frame.HandlesUnwinds)) {
        return (PVOID)(ULONG_PTR)Frame.Handler;
    }
    return NULL;
}
