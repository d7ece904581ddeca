// SPDX-License-Identifier: MIT

// The page that Windows shares with every process. Drivers read the time from it; such a read costs
// a fault here, so it is slow (docs/ndishost.md).

#include "shared_data.h"

#include <string.h>

// KSYSTEM_TIME: the upper half twice, for readers of halves.
static void PutTime(UCHAR *Page, ULONG Offset, ULONG64 Time)
{
    ULONG High = (ULONG)(Time >> 32);

    memcpy(Page + Offset, &Time, sizeof(Time));
    memcpy(Page + Offset + 8, &High, sizeof(High));
}

static void PutNumber(UCHAR *Page, ULONG Offset, ULONG Number)
{
    memcpy(Page + Offset, &Number, sizeof(Number));
}

ULONG64 PeSharedDataRead(ULONG Offset, unsigned Bytes)
{
    UCHAR Page[0x400] = {0};
    LARGE_INTEGER Time;
    ULONG64 Value = 0;

    PutNumber(Page, 0x4, (ULONG)(((ULONG64)KeQueryTimeIncrement() << 24) / 10000));
    PutTime(Page, 0x8, KeQueryInterruptTime());
    KeQuerySystemTime(&Time);
    PutTime(Page, 0x14, (ULONG64)Time.QuadPart);
    PutNumber(Page, 0x260, 22621);
    PutNumber(Page, 0x26C, 10); // version 10.0
    KeQueryTickCount(&Time);
    PutTime(Page, 0x320, (ULONG64)Time.QuadPart);
    if (Offset <= sizeof(Page) - Bytes) {
        memcpy(&Value, Page + Offset, Bytes);
    }
    return Value;
}
