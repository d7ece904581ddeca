// SPDX-License-Identifier: MIT

// Has code that is there until DriverEntry returns, and the address of a constant.

#include "discard.h"

#include "device.h"

__declspec(code_seg("INIT")) __attribute__((noinline)) static ULONG64 Early(ULONG64 Value)
{
    return Value + 1;
}

static const ULONG64 Constant = 5;

ULONG64 CaseRun(ULONG Number, ULONG64 Argument)
{
    switch (Number) {
    case DiscardCallEarly:
        return Early(Argument);
    case DiscardWriteConstant:
        *(volatile ULONG64 *)&Constant = Argument;
        return Constant;
    case DiscardWriteCode:
        *(volatile UCHAR *)(ULONG_PTR)CaseRun = (UCHAR)Argument;
        return 0;
    default:
        return 0;
    }
}

void CaseUnload(void)
{
}
