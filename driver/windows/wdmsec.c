// SPDX-License-Identifier: MIT

// IoCreateDeviceSecure for drivers that are built without the WDK, whose wdmsec.lib has it. The
// device gets its descriptor before it can be opened: until DO_DEVICE_INITIALIZING is cleared, the
// I/O manager refuses every open.
//
// Of SDDL it knows what SDDL_DEVOBJ_* uses: a DACL of entries that allow, generic rights, and the
// accounts below. Anything else is refused with STATUS_INVALID_PARAMETER.

#include <ntifs.h>
#include <wdmsec.h>

#define TAG_DESCRIPTOR 0x73746853u // "Shts"
#define SID_BYTES_MAX 16
#define RIGHTS_GENERIC_WRITE 0x120116   // FILE_GENERIC_WRITE
#define RIGHTS_GENERIC_EXECUTE 0x1200A0 // FILE_GENERIC_EXECUTE

// A self-relative security descriptor with nothing but a DACL, which lies behind it.
typedef struct DESCRIPTOR {
    UCHAR Revision;
    UCHAR NotUsed;
    USHORT Control;
    ULONG OwnerOffset;
    ULONG GroupOffset;
    ULONG SaclOffset;
    ULONG DaclOffset;
    ACL Dacl;
} DESCRIPTOR;

typedef struct ENTRY {
    UCHAR Type;
    UCHAR Flags;
    USHORT Size; // with the SID
    ULONG Mask;
    UCHAR Sid[SID_BYTES_MAX];
} ENTRY;

C_ASSERT(FIELD_OFFSET(DESCRIPTOR, Dacl) == 20);
C_ASSERT(FIELD_OFFSET(ENTRY, Sid) == 8);

#define DESCRIPTOR_REVISION 1
#define DESCRIPTOR_HAS_DACL 0x0004
#define DESCRIPTOR_DACL_PROTECTED 0x1000
#define DESCRIPTOR_SELF_RELATIVE 0x8000
#define ENTRY_ALLOWS 0

static const struct {
    WCHAR Name[2];
    ULONG Mask;
} Rights[] = {
    {{'G', 'A'}, FILE_ALL_ACCESS},
    {{'G', 'R'}, FILE_GENERIC_READ},
    {{'G', 'W'}, RIGHTS_GENERIC_WRITE},
    {{'G', 'X'}, RIGHTS_GENERIC_EXECUTE},
};

static const struct {
    WCHAR Name[2];
    UCHAR SidBytes;
    UCHAR Sid[SID_BYTES_MAX]; // revision, count, authority (big-endian), 32-bit sub-authorities
} Accounts[] = {
    {{'S', 'Y'}, 12, {1, 1, 0, 0, 0, 0, 0, 5, 18}},                 // local system
    {{'B', 'A'}, 16, {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2}}, // administrators
    {{'W', 'D'}, 12, {1, 1, 0, 0, 0, 0, 0, 1, 0}},                  // everyone
    {{'R', 'C'}, 12, {1, 1, 0, 0, 0, 0, 0, 5, 12}},                 // restricted code
};

typedef struct TEXT {
    const WCHAR *Next;
    const WCHAR *End;
} TEXT;

static BOOLEAN TextAccept(TEXT *Text, const char *Expected)
{
    const WCHAR *Next = Text->Next;

    for (; *Expected != '\0'; Expected++, Next++) {
        if (Next == Text->End || *Next != (WCHAR)*Expected) {
            return FALSE;
        }
    }
    Text->Next = Next;
    return TRUE;
}

static BOOLEAN TextAcceptName(TEXT *Text, const WCHAR Name[2])
{
    if (Text->End - Text->Next < 2 || Text->Next[0] != Name[0] || Text->Next[1] != Name[1]) {
        return FALSE;
    }
    Text->Next += 2;
    return TRUE;
}

static ULONG TextRights(TEXT *Text)
{
    ULONG Mask = 0;
    ULONG Index = 0;

    while (Index < ARRAYSIZE(Rights)) {
        if (TextAcceptName(Text, Rights[Index].Name)) {
            Mask |= Rights[Index].Mask;
            Index = 0;
        } else {
            Index++;
        }
    }
    return Mask;
}

static BOOLEAN TextAccount(TEXT *Text, ENTRY *Entry)
{
    for (ULONG Index = 0; Index < ARRAYSIZE(Accounts); Index++) {
        if (TextAcceptName(Text, Accounts[Index].Name)) {
            RtlCopyMemory(Entry->Sid, Accounts[Index].Sid, Accounts[Index].SidBytes);
            Entry->Size = (USHORT)(FIELD_OFFSET(ENTRY, Sid) + Accounts[Index].SidBytes);
            return TRUE;
        }
    }
    return FALSE;
}

// (A;;rights;;;account)
static BOOLEAN TextEntry(TEXT *Text, ENTRY *Entry)
{
    RtlZeroMemory(Entry, sizeof(*Entry));
    Entry->Type = ENTRY_ALLOWS;
    if (!TextAccept(Text, "(A;;")) {
        return FALSE;
    }
    Entry->Mask = TextRights(Text);
    return Entry->Mask != 0 && TextAccept(Text, ";;;") && TextAccount(Text, Entry) &&
           TextAccept(Text, ")");
}

// With Descriptor NULL it only counts: returns the bytes that are needed, 0 when the text is not
// understood.
static ULONG DescriptorFill(PCUNICODE_STRING Sddl, DESCRIPTOR *Descriptor)
{
    TEXT Text = {.Next = Sddl->Buffer, .End = Sddl->Buffer + Sddl->Length / sizeof(WCHAR)};
    ULONG Bytes = sizeof(DESCRIPTOR);
    USHORT Count = 0;
    USHORT Control = DESCRIPTOR_SELF_RELATIVE | DESCRIPTOR_HAS_DACL;
    ENTRY Entry;

    if (!TextAccept(&Text, "D:")) {
        return 0;
    }
    if (TextAccept(&Text, "P")) {
        Control |= DESCRIPTOR_DACL_PROTECTED;
    }
    while (Text.Next != Text.End) {
        if (!TextEntry(&Text, &Entry) || Bytes + Entry.Size > MAXUSHORT) {
            return 0;
        }
        if (Descriptor != NULL) {
            RtlCopyMemory((UCHAR *)Descriptor + Bytes, &Entry, Entry.Size);
        }
        Bytes += Entry.Size;
        Count++;
    }
    if (Descriptor != NULL) {
        Descriptor->Revision = DESCRIPTOR_REVISION;
        Descriptor->Control = Control;
        Descriptor->DaclOffset = FIELD_OFFSET(DESCRIPTOR, Dacl);
        Descriptor->Dacl.AclRevision = ACL_REVISION;
        Descriptor->Dacl.AclSize = (USHORT)(Bytes - FIELD_OFFSET(DESCRIPTOR, Dacl));
        Descriptor->Dacl.AceCount = Count;
    }
    return Bytes;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    DescriptorCreate(PCUNICODE_STRING Sddl, DESCRIPTOR **Descriptor)
{
    ULONG Bytes = DescriptorFill(Sddl, NULL);

    if (Bytes == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    *Descriptor = ExAllocatePool2(POOL_FLAG_PAGED, Bytes, TAG_DESCRIPTOR);
    if (*Descriptor == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    DescriptorFill(Sddl, *Descriptor);
    return STATUS_SUCCESS;
}

_IRQL_requires_(PASSIVE_LEVEL) static NTSTATUS
    DeviceSecure(PDEVICE_OBJECT DeviceObject, DESCRIPTOR *Descriptor)
{
    HANDLE Handle;
    NTSTATUS Status;

    Status = ObOpenObjectByPointer(DeviceObject, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL,
                                   KernelMode, &Handle);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, Descriptor);
    (VOID) ZwClose(Handle);
    return Status;
}

_Use_decl_annotations_ NTSTATUS WdmlibIoCreateDeviceSecure(
    PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize, PUNICODE_STRING DeviceName,
    DEVICE_TYPE DeviceType, ULONG DeviceCharacteristics, BOOLEAN Exclusive,
    PCUNICODE_STRING DefaultSDDLString, LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject)
{
    DESCRIPTOR *Descriptor;
    PDEVICE_OBJECT Device;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(DeviceClassGuid);
    *DeviceObject = NULL;
    Status = DescriptorCreate(DefaultSDDLString, &Descriptor);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Status = IoCreateDevice(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
                            DeviceCharacteristics, Exclusive, &Device);
    if (!NT_SUCCESS(Status)) {
        goto FreeDescriptor;
    }
    Status = DeviceSecure(Device, Descriptor);
    if (NT_SUCCESS(Status)) {
        *DeviceObject = Device;
    } else {
        IoDeleteDevice(Device);
    }

FreeDescriptor:
    ExFreePoolWithTag(Descriptor, TAG_DESCRIPTOR);
    return Status;
}
