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
_Use_decl_annotations_ static VOID LateThread(PVOID Gone)
{
    KeWaitForSingleObject(Gone, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static ULONG64 StartLateThread(void)
{
    KEVENT *Gone = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Gone), 'evlA');
    HANDLE Thread;

    if (Gone == NULL) {
        return 0;
    }
    KeInitializeEvent(Gone, NotificationEvent, FALSE);
    if (!NT_SUCCESS(
            PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, LateThread, Gone))) {
        return 0;
    }
    ZwClose(Thread);
    return (ULONG_PTR)Gone;
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
    (void)Argument;
    if (Number == AliveForgotten) {
        return Forget();
    }
    if (Number == AliveThread) {
        return StartLateThread();
    }
    What = Number;
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
