// SPDX-License-Identifier: MIT
#pragma once

// Names that the headers turn into another function, and that drivers can import all the same.

#include "sim.h"

VOID NTAPI PeExport_RtlCopyMemory(VOID *Destination, const VOID *Source, SIZE_T Length);
VOID NTAPI PeExport_RtlMoveMemory(VOID *Destination, const VOID *Source, SIZE_T Length);
VOID NTAPI PeExport_RtlFillMemory(VOID *Destination, SIZE_T Length, UCHAR Fill);
VOID NTAPI PeExport_RtlZeroMemory(VOID *Destination, SIZE_T Length);
NTSTATUS NTAPI PeExport_IoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
VOID NTAPI PeExport_IoCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
VOID NTAPI PeExport_ObDereferenceObject(PVOID Object);
PEPROCESS NTAPI PeExport_PsGetCurrentProcess(VOID);
NTSTATUS NTAPI PeExport_KeSaveFloatingPointState(PVOID FloatSave);
NTSTATUS NTAPI PeExport_KeRestoreFloatingPointState(PVOID FloatSave);
