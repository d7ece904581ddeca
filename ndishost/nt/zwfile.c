// SPDX-License-Identifier: MIT

// Files by handle: devices only, of which a driver in the same process opens another's. There is no
// file system, so a path that leads to none of them is not found. Asynchronous procedure calls do
// not exist; an event, or the wait of a file that was opened for synchronous I/O, does.

#include "device.h"
#include "irp.h"
#include "object.h"
#include "partial.h"

#define SYNCHRONOUS (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)

static NTSTATUS OpenFile(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                         PIO_STATUS_BLOCK Result, ULONG Options)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    PFILE_OBJECT File;
    if (Attributes == NULL || Attributes->ObjectName == NULL || Attributes->RootDirectory != NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS Status = SimFileCreate(Attributes->ObjectName, Access, KernelMode, &File);
    if (!NT_SUCCESS(Status)) {
        Result->Status = Status;
        return Status;
    }
    File->Flags |= (Options & SYNCHRONOUS) != 0 ? FO_SYNCHRONOUS_IO : 0;
    Status = SimHandleCreate(File, Access, Attributes->Attributes, Handle);
    SimObjectDereference(File);
    Result->Status = Status;
    Result->Information = FILE_OPENED;
    return Status;
}

NTSTATUS NTAPI ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                            ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
                            ULONG EaLength)
{
    (void)AllocationSize, (void)FileAttributes, (void)ShareAccess; // a device has none of these
    if (CreateDisposition > FILE_MAXIMUM_DISPOSITION) {
        return STATUS_INVALID_PARAMETER;
    }
    if (EaBuffer != NULL || EaLength != 0) {
        SIM_SAY_PARTIAL("extended attributes do not reach the driver");
        return STATUS_EAS_NOT_SUPPORTED;
    }
    return OpenFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, CreateOptions);
}

NTSTATUS NTAPI ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                          POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                          ULONG ShareAccess, ULONG OpenOptions)
{
    (void)ShareAccess;
    return OpenFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, OpenOptions);
}

NTSTATUS NTAPI IoCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                            ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
                            CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters,
                            ULONG Options)
{
    (void)InternalParameters, (void)Options;
    if (CreateFileType != CreateFileTypeNone) {
        return STATUS_INVALID_PARAMETER; // pipes and mailslots are not for drivers
    }
    return ZwCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, AllocationSize,
                        FileAttributes, ShareAccess, Disposition, CreateOptions, EaBuffer,
                        EaLength);
}

// ---- requests

// What a request on a handle needs until it is sent: references to the file and the event.
typedef struct CALL {
    PFILE_OBJECT File;
    PRKEVENT Event; // NULL: the file's own
    PDEVICE_OBJECT Device;
} CALL;

static VOID CallEnd(const CALL *Call)
{
    if (Call->Event != NULL) {
        SimObjectDereference(Call->Event);
    }
    SimObjectDereference(Call->File);
}

#define REFUSE_APC(Routine)                                                                        \
    do {                                                                                           \
        if ((Routine) != NULL) {                                                                   \
            SIM_SAY_PARTIAL("there are no asynchronous procedure calls");                          \
            return STATUS_NOT_IMPLEMENTED;                                                         \
        }                                                                                          \
    } while (0)

static NTSTATUS CallBegin(HANDLE Handle, ACCESS_MASK Wanted, HANDLE Event, CALL *Call)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    void *Body;
    *Call = (CALL){0};
    NTSTATUS Status = SimHandleReference(Handle, &SimTypeFile, Wanted, &Body, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Call->File = Body;
    if (Event != NULL) {
        Status = SimHandleReference(Event, &SimTypeEvent, 0, &Body, NULL);
        if (!NT_SUCCESS(Status)) {
            SimObjectDereference(Call->File);
            return Status;
        }
        Call->Event = Body;
        KeClearEvent(Call->Event);
    }
    Call->Device = IoGetRelatedDeviceObject(Call->File);
    return STATUS_SUCCESS;
}

static void NTAPI CallFinish(SIM_IRP *Self)
{
    CALL Call = {.File = Self->Owner, .Event = Self->Context};
    PRKEVENT Own = Self->Irp.UserEvent;
    SimIrpFinishBuffers(Self);
    *Self->Irp.UserIosb = Self->Irp.IoStatus;
    SimIrpRelease(Self);
    KeSetEvent(Own, IO_NO_INCREMENT, FALSE);
    CallEnd(&Call);
}

// The IRP has references of its own: both handles may be closed while it pends.
static void CallKeep(const CALL *Call, PIRP Irp)
{
    SIM_IRP *Self = SimIrpOf(Irp);
    SimObjectReference(Call->File);
    if (Call->Event != NULL) {
        SimObjectReference(Call->Event);
    }
    Self->Owner = Call->File;
    Self->Context = Call->Event;
    Self->Finish = CallFinish;
}

static NTSTATUS CallSend(const CALL *Call, PIRP Irp, PRKEVENT Own, PIO_STATUS_BLOCK Result)
{
    BOOLEAN Wait = (Call->File->Flags & FO_SYNCHRONOUS_IO) != 0;
    CallKeep(Call, Irp);
    IoGetNextIrpStackLocation(Irp)->FileObject = Call->File;
    Irp->Tail.Overlay.OriginalFileObject = Call->File;
    Irp->Flags |= Wait ? IRP_SYNCHRONOUS_API : 0;
    NTSTATUS Status = IofCallDriver(Call->Device, Irp);
    if (Status == STATUS_PENDING && Wait) {
        KeWaitForSingleObject(Own, Executive, KernelMode, FALSE, NULL);
        Status = Result->Status;
    }
    return Status;
}

// Sends the IRP that the caller has built, with `Own` as its event, and ends the call.
static NTSTATUS CallRun(const CALL *Call, PIRP Irp, PRKEVENT Own, PIO_STATUS_BLOCK Result)
{
    NTSTATUS Status = Irp != NULL ? CallSend(Call, Irp, Own, Result)
                                  : STATUS_INSUFFICIENT_RESOURCES;
    CallEnd(Call);
    return Status;
}

static PRKEVENT CallEvent(const CALL *Call)
{
    PRKEVENT Own = Call->Event != NULL ? Call->Event : &Call->File->Event;
    KeClearEvent(Own);
    return Own;
}

static NTSTATUS Transfer(ULONG Major, ACCESS_MASK Wanted, HANDLE FileHandle, HANDLE Event,
                         PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer, ULONG Length,
                         PLARGE_INTEGER ByteOffset)
{
    CALL Call;
    NTSTATUS Status = CallBegin(FileHandle, Wanted, Event, &Call);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    PRKEVENT Own = CallEvent(&Call);
    return CallRun(&Call,
                   IoBuildSynchronousFsdRequest(Major, Call.Device, Buffer, Length, ByteOffset, Own,
                                                IoStatusBlock),
                   Own, IoStatusBlock);
}

NTSTATUS NTAPI ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                          ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    (void)ApcContext, (void)Key;
    REFUSE_APC(ApcRoutine);
    return Transfer(IRP_MJ_READ, FILE_READ_DATA, FileHandle, Event, IoStatusBlock, Buffer, Length,
                    ByteOffset);
}

NTSTATUS NTAPI ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                           PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                           ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
    (void)ApcContext, (void)Key;
    REFUSE_APC(ApcRoutine);
    return Transfer(IRP_MJ_WRITE, FILE_WRITE_DATA, FileHandle, Event, IoStatusBlock, Buffer, Length,
                    ByteOffset);
}

NTSTATUS NTAPI ZwDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                     PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG IoControlCode, PVOID InputBuffer,
                                     ULONG InputBufferLength, PVOID OutputBuffer,
                                     ULONG OutputBufferLength)
{
    (void)ApcContext;
    REFUSE_APC(ApcRoutine);
    CALL Call;
    ACCESS_MASK Wanted = IoControlCode >> 14 & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
    NTSTATUS Status = CallBegin(FileHandle, Wanted, Event, &Call);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    PRKEVENT Own = CallEvent(&Call);
    return CallRun(&Call,
                   IoBuildDeviceIoControlRequest(IoControlCode, Call.Device, InputBuffer,
                                                 InputBufferLength, OutputBuffer,
                                                 OutputBufferLength, FALSE, Own, IoStatusBlock),
                   Own, IoStatusBlock);
}

NTSTATUS NTAPI ZwFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    return Transfer(IRP_MJ_FLUSH_BUFFERS, FILE_WRITE_DATA, FileHandle, NULL, IoStatusBlock, NULL, 0,
                    NULL);
}

// ---- information: what the I/O manager itself knows

static NTSTATUS QueryPosition(PFILE_OBJECT File, PVOID Information, ULONG Length,
                              PIO_STATUS_BLOCK Result)
{
    PFILE_POSITION_INFORMATION Position = Information;
    if (Length < sizeof(*Position)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    Position->CurrentByteOffset = File->CurrentByteOffset;
    Result->Information = sizeof(*Position);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                      PVOID FileInformation, ULONG Length,
                                      FILE_INFORMATION_CLASS FileInformationClass)
{
    CALL Call;
    NTSTATUS Status = CallBegin(FileHandle, 0, NULL, &Call);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    if (FileInformationClass == FilePositionInformation) {
        Status = QueryPosition(Call.File, FileInformation, Length, IoStatusBlock);
    } else {
        SIM_SAY_PARTIAL("only FilePositionInformation is known");
        Status = STATUS_INVALID_DEVICE_REQUEST; // as of a device that handles no such request
    }
    IoStatusBlock->Status = Status;
    CallEnd(&Call);
    return Status;
}
