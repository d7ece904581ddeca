// SPDX-License-Identifier: MIT

// Exports behind macros and inline functions of the headers, and memory and checksums: what drivers
// that were built by other compilers, or with other headers, import by these names.

#include "exported.h"

#include "object.h"

#include <ntifs.h>
#include <string.h>

VOID NTAPI PeExport_RtlCopyMemory(VOID *Destination, const VOID *Source, SIZE_T Length)
{
    memmove(Destination, Source, Length);
}

VOID NTAPI PeExport_RtlMoveMemory(VOID *Destination, const VOID *Source, SIZE_T Length)
{
    memmove(Destination, Source, Length);
}

VOID NTAPI PeExport_RtlFillMemory(VOID *Destination, SIZE_T Length, UCHAR Fill)
{
    memset(Destination, Fill, Length);
}

VOID NTAPI PeExport_RtlZeroMemory(VOID *Destination, SIZE_T Length)
{
    memset(Destination, 0, Length);
}

NTSTATUS NTAPI PeExport_IoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return IofCallDriver(DeviceObject, Irp);
}

VOID NTAPI PeExport_IoCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    IofCompleteRequest(Irp, PriorityBoost);
}

VOID NTAPI PeExport_ObDereferenceObject(PVOID Object)
{
    (void)ObfDereferenceObject(Object);
}

PEPROCESS NTAPI PeExport_PsGetCurrentProcess(VOID)
{
    return IoGetCurrentProcess();
}

// Threads here have floating-point registers of their own, which are saved with them.
NTSTATUS NTAPI PeExport_KeSaveFloatingPointState(PVOID FloatSave)
{
    (void)FloatSave;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI PeExport_KeRestoreFloatingPointState(PVOID FloatSave)
{
    (void)FloatSave;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return STATUS_SUCCESS;
}

// ---- objects, with a tag or under another name

NTSTATUS NTAPI ObReferenceObjectByPointerWithTag(PVOID Object, ACCESS_MASK DesiredAccess,
                                                 POBJECT_TYPE ObjectType,
                                                 KPROCESSOR_MODE AccessMode, ULONG Tag)
{
    (void)Tag;
    return ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);
}

VOID NTAPI ObDereferenceObjectDeferDeleteWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    ObDereferenceObjectDeferDelete(Object);
}

BOOLEAN NTAPI ObReferenceObjectSafe(PVOID Object)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimObjectReferenceSafe(Object);
}

BOOLEAN NTAPI ObReferenceObjectSafeWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    return ObReferenceObjectSafe(Object);
}

NTSTATUS NTAPI ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION ObjectNameInfo,
                                 ULONG Length, PULONG ReturnLength)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    UNICODE_STRING Name = {0};
    (void)SimObjectName(Object, &Name); // an object without a name has an empty one
    ULONG Text = Name.Length > 0 ? Name.Length + (ULONG)sizeof(WCHAR) : 0;
    *ReturnLength = (ULONG)sizeof(*ObjectNameInfo) + Text;
    if (Length < *ReturnLength) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    PWSTR Buffer = (PWSTR)(ObjectNameInfo + 1);
    ObjectNameInfo->Name = (UNICODE_STRING){0};
    if (Text > 0) {
        memcpy(Buffer, Name.Buffer, Name.Length);
        Buffer[Name.Length / sizeof(WCHAR)] = 0;
        ObjectNameInfo->Name.Buffer = Buffer;
        ObjectNameInfo->Name.Length = Name.Length;
        ObjectNameInfo->Name.MaximumLength = (USHORT)Text;
    }
    return STATUS_SUCCESS;
}

// ---- memory and checksums

VOID NTAPI RtlCopyMemoryNonTemporal(VOID *Destination, const VOID *Source, SIZE_T Length)
{
    memcpy(Destination, Source, Length);
}

VOID NTAPI RtlFillMemoryNonTemporal(VOID *Destination, SIZE_T Length, const UCHAR Value)
{
    memset(Destination, Value, Length);
}

VOID NTAPI RtlPrefetchMemoryNonTemporal(PVOID Source, SIZE_T Length)
{
    for (SIZE_T i = 0; i < Length; i += 64) {
        __builtin_prefetch((const UCHAR *)Source + i, 0, 0);
    }
}

#define CRC32_POLYNOMIAL 0xEDB88320u // IEEE 802.3, reflected

ULONG NTAPI RtlCrc32(const VOID *Buffer, size_t Size, ULONG InitialCrc)
{
    const UCHAR *Bytes = Buffer;
    ULONG Crc = ~InitialCrc;
    for (size_t i = 0; i < Size; i++) {
        Crc ^= Bytes[i];
        for (unsigned Bit = 0; Bit < 8; Bit++) {
            Crc = (Crc >> 1) ^ ((Crc & 1) != 0 ? CRC32_POLYNOMIAL : 0);
        }
    }
    return ~Crc;
}

// Generic rights become those that they mean for the object.
VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping)
{
    const ACCESS_MASK Generic = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;
    ACCESS_MASK Mask = *AccessMask & ~Generic;
    Mask |= (*AccessMask & GENERIC_READ) != 0 ? GenericMapping->GenericRead : 0;
    Mask |= (*AccessMask & GENERIC_WRITE) != 0 ? GenericMapping->GenericWrite : 0;
    Mask |= (*AccessMask & GENERIC_EXECUTE) != 0 ? GenericMapping->GenericExecute : 0;
    Mask |= (*AccessMask & GENERIC_ALL) != 0 ? GenericMapping->GenericAll : 0;
    *AccessMask = Mask;
}

BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                     BOOLEAN CaseInSensitive)
{
    if (String1->Length > String2->Length) {
        return FALSE;
    }
    SIZE_T Units = String1->Length / sizeof(WCHAR);
    const WCHAR *End = String2->Buffer + (String2->Length - String1->Length) / sizeof(WCHAR);
    return RtlCompareUnicodeStrings(String1->Buffer, Units, End, Units, CaseInSensitive) == 0;
}
