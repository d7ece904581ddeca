// SPDX-License-Identifier: MIT

// Walks a stack outwards, over frames of images and of Linux and past exceptions that are under
// way.

#include "unwind.h"

#include "../nt/exception.h"

// Past a trap: the frames between the code that was stopped and the dispatcher are no frames.
static void PassTraps(PE_WALK *Walk)
{
    while (Walk->Trap != NULL && (ULONG_PTR)Walk->Trap < Walk->Context.Integer[PE_RSP]) {
        SIM_TRAP *Trap = Walk->Trap;
        Walk->Trap = Trap->Previous;
        Walk->Context = *(const PE_CONTEXT *)Trap->Context;
        Walk->Exact = TRUE;
        Walk->ScopeIndex = Trap->ScopeIndex == NULL ? 0 : *Trap->ScopeIndex;
        while (Walk->Trap != NULL && (ULONG_PTR)Walk->Trap < Walk->Context.Integer[PE_RSP]) {
            Walk->Trap = Walk->Trap->Previous;
        }
    }
}

void PeWalkStart(PE_WALK *Walk, const PE_CONTEXT *Context, BOOLEAN Exact)
{
    Walk->Context = *Context;
    Walk->Exact = Exact;
    Walk->Trap = SimCurrentThread()->Traps;
    Walk->ScopeIndex = 0;
    while (Walk->Trap != NULL && (ULONG_PTR)Walk->Trap < Context->Integer[PE_RSP]) {
        Walk->Trap = Walk->Trap->Previous;
    }
}

BOOLEAN PeWalkNext(PE_WALK *Walk, PE_FRAME *Frame)
{
    ULONG64 Before = Walk->Context.Integer[PE_RSP];
    BOOLEAN Done;

    if (Walk->Context.Rip == 0) {
        return FALSE;
    }
    *Frame = (PE_FRAME){.Context = Walk->Context,
                        .Image = PeImageOf((const void *)Walk->Context.Rip),
                        .ScopeIndex = Walk->ScopeIndex};
    Done = Frame->Image != NULL ? PeUnwindImage(Frame, &Walk->Context)
                                : PeUnwindLinux(&Walk->Context, Walk->Exact);
    if (!Done || Walk->Context.Integer[PE_RSP] <= Before) {
        // The end, unless a trap follows: its handler's frame has no caller.
        Walk->Context.Rip = 0;
        Walk->Context.Integer[PE_RSP] = Walk->Trap == NULL ? 0 : ~(ULONG_PTR)0;
    }
    Walk->Exact = FALSE;
    Walk->ScopeIndex = 0;
    PassTraps(Walk);
    return TRUE;
}
