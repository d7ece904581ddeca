// SPDX-License-Identifier: MIT

// Unloads with a timer set, or with a thread that returns into its code.

#include "alive.h"

#include "device.h"

static KTIMER Timer;
static KDPC Dpc;
static ULONG64 What;

static KDEFERRED_ROUTINE TimerFires;

_Use_decl_annotations_ static VOID TimerFires(PKDPC TimerDpc, PVOID Context, PVOID Argument1,
                                              PVOID Argument2)
{
    (void)TimerDpc, (void)Context, (void)Argument1, (void)Argument2;
}

static KSTART_ROUTINE LateThread;

// Comes back from its wait when the driver is gone.
_Use_decl_annotations_ static VOID LateThread(PVOID Context)
{
    LARGE_INTEGER Delay = {.QuadPart = -2000000};

    (void)Context;
    KeDelayExecutionThread(KernelMode, FALSE, &Delay);
}

static ULONG64 Forget(void)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\PeForgotten");
    PDEVICE_OBJECT Device;

    return ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'evlA') != NULL &&
           NT_SUCCESS(IoCreateDevice(CaseDevice()->DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, &Device));
}

ULONG64 CaseRun(ULONG Number, ULONG64 Argument)
{
    HANDLE Thread;

    (void)Argument;
    if (Number == AliveForgotten) {
        return Forget();
    }
    if (Number == AliveTimer) {
        What = Number;
    } else if (Number == AliveThread &&
               NT_SUCCESS(PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                               LateThread, NULL))) {
        ZwClose(Thread);
    }
    return 1;
}

void CaseUnload(void)
{
    LARGE_INTEGER Hour = {.QuadPart = -36000000000};

    if (What == AliveTimer) {
        KeInitializeTimer(&Timer);
        KeInitializeDpc(&Dpc, TimerFires, NULL);
        KeSetTimer(&Timer, Hour, &Dpc);
    }
}
