/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Devices, files, IRPs and stack locations: the Io functions (provided by nt).
 */

#include "types.h"
#include "interlocked.h"
#include "status.h"
#include "rtl.h"
#include "dispatcher.h"
#include "ke.h"
#include "executive.h"
#include "memory.h"
#include "ioconst.h"
#include "irp.h"

struct _CREATE_DISK;
struct _ECP_LIST;
struct _SET_PARTITION_INFORMATION_EX;

typedef struct _CLIENT_ID CLIENT_ID, *PCLIENT_ID;
typedef struct _FILE_FULL_EA_INFORMATION FILE_FULL_EA_INFORMATION, *PFILE_FULL_EA_INFORMATION;
typedef struct _FILE_NETWORK_OPEN_INFORMATION FILE_NETWORK_OPEN_INFORMATION,
    *PFILE_NETWORK_OPEN_INFORMATION;
typedef struct _FILE_QUOTA_INFORMATION FILE_QUOTA_INFORMATION, *PFILE_QUOTA_INFORMATION;
typedef struct _GENERIC_MAPPING GENERIC_MAPPING, *PGENERIC_MAPPING;
typedef struct _IO_FOEXT_SHADOW_FILE IO_FOEXT_SHADOW_FILE, *PIO_FOEXT_SHADOW_FILE;
typedef struct _LINK_SHARE_ACCESS LINK_SHARE_ACCESS, *PLINK_SHARE_ACCESS;
typedef struct _OBJECT_NAME_INFORMATION OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;
typedef struct _REPARSE_DATA_BUFFER REPARSE_DATA_BUFFER, *PREPARSE_DATA_BUFFER;
typedef struct _SHARE_ACCESS SHARE_ACCESS, *PSHARE_ACCESS;

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoAcquireCancelSpinLock(PKIRQL Irql);

NTKERNELAPI NTSTATUS NTAPI IoAcquireKsrPersistentMemory(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject, PVOID Buffer, PSIZE_T Size);

NTKERNELAPI NTSTATUS NTAPI IoAcquireKsrPersistentMemoryEx(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject,
    PUNICODE_STRING PhysicalDeviceId, PUSHORT DataTag, PULONG DataVersion, PVOID Buffer,
    PSIZE_T Size);

NTKERNELAPI NTSTATUS NTAPI IoAcquireRemoveLockEx(
    PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File, ULONG Line, ULONG RemlockSize);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoAllocateController(
    PCONTROLLER_OBJECT ControllerObject, PDEVICE_OBJECT DeviceObject,
    PDRIVER_CONTROL ExecutionRoutine, PVOID Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoAllocateDriverObjectExtension(
    PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress, ULONG DriverObjectExtensionSize,
    PVOID *DriverObjectExtension);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI IoAllocateErrorLogEntry(PVOID IoObject, UCHAR EntrySize);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIRP NTAPI IoAllocateIrpEx(
    PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PMDL NTAPI IoAllocateMdl(
    PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota, PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoAttachDevice(
    PDEVICE_OBJECT SourceDevice, PUNICODE_STRING TargetDevice, PDEVICE_OBJECT *AttachedDevice);

NTKERNELAPI NTSTATUS NTAPI IoAttachDeviceByPointer(
    PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(
    PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(
    PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice,
    PDEVICE_OBJECT *AttachedToDeviceObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PIRP NTAPI IoBuildAsynchronousFsdRequest(
    ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer, ULONG Length,
    PLARGE_INTEGER StartingOffset, PIO_STATUS_BLOCK IoStatusBlock);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PIRP NTAPI IoBuildDeviceIoControlRequest(
    ULONG IoControlCode, PDEVICE_OBJECT DeviceObject, PVOID InputBuffer, ULONG InputBufferLength,
    PVOID OutputBuffer, ULONG OutputBufferLength, BOOLEAN InternalDeviceIoControl, PKEVENT Event,
    PIO_STATUS_BLOCK IoStatusBlock);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoBuildPartialMdl(
    PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PIRP NTAPI IoBuildSynchronousFsdRequest(
    ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer, ULONG Length,
    PLARGE_INTEGER StartingOffset, PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoCancelFileOpen(PDEVICE_OBJECT DeviceObject, PFILE_OBJECT FileObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoCancelIrp(PIRP Irp);

NTKERNELAPI NTSTATUS NTAPI IoCheckDesiredAccess(
    PACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCheckEaBufferValidity(
    PFILE_FULL_EA_INFORMATION EaBuffer, ULONG EaLength, PULONG ErrorOffset);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoCheckFileObjectOpenedAsCopyDestination(PFILE_OBJECT FileObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoCheckFileObjectOpenedAsCopySource(PFILE_OBJECT FileObject);

NTKERNELAPI NTSTATUS NTAPI IoCheckFunctionAccess(
    ACCESS_MASK GrantedAccess, UCHAR MajorFunction, UCHAR MinorFunction, ULONG IoControlCode,
    PVOID Arg1, PVOID Arg2);

NTKERNELAPI NTSTATUS NTAPI IoCheckLinkShareAccess(
    ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
    PSHARE_ACCESS ShareAccess, PLINK_SHARE_ACCESS LinkShareAccess, ULONG IoShareAccessFlags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCheckQuotaBufferValidity(
    PFILE_QUOTA_INFORMATION QuotaBuffer, ULONG QuotaLength, PULONG ErrorOffset);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCheckShareAccess(
    ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
    PSHARE_ACCESS ShareAccess, BOOLEAN Update);

NTKERNELAPI NTSTATUS NTAPI IoCheckShareAccessEx(
    ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
    PSHARE_ACCESS ShareAccess, BOOLEAN Update, PBOOLEAN WritePermission);

NTKERNELAPI void NTAPI IoCleanupIrp(PIRP Irp);
NTKERNELAPI void NTAPI IoClearActivityIdThread(LPCGUID OriginalId);
NTKERNELAPI void NTAPI IoClearIrpExtraCreateParameter(PIRP Irp);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoConnectInterrupt(
    PKINTERRUPT *InterruptObject, PKSERVICE_ROUTINE ServiceRoutine, PVOID ServiceContext,
    PKSPIN_LOCK SpinLock, ULONG Vector, KIRQL Irql, KIRQL SynchronizeIrql,
    KINTERRUPT_MODE InterruptMode, BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
    BOOLEAN FloatingSave);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PCONTROLLER_OBJECT NTAPI IoCreateController(ULONG Size);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateDevice(
    PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize, PUNICODE_STRING DeviceName,
    ULONG DeviceType, ULONG DeviceCharacteristics, BOOLEAN Exclusive, PDEVICE_OBJECT *DeviceObject);

NTKERNELAPI NTSTATUS NTAPI IoCreateDisk(PDEVICE_OBJECT DeviceObject, struct _CREATE_DISK *Disk);

typedef enum _CREATE_FILE_TYPE {
    CreateFileTypeNone,
    CreateFileTypeNamedPipe,
    CreateFileTypeMailslot,
} CREATE_FILE_TYPE;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateFile(
    PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
    ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
    CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters, ULONG Options);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateFileEx(
    PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
    ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
    CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters, ULONG Options,
    PIO_DRIVER_CREATE_CONTEXT DriverContext);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateFileSpecifyDeviceObjectHint(
    PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes,
    ULONG ShareAccess, ULONG Disposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength,
    CREATE_FILE_TYPE CreateFileType, PVOID InternalParameters, ULONG Options, PVOID DeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PKEVENT NTAPI IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObject(
    PFILE_OBJECT FileObject, PDEVICE_OBJECT DeviceObject);

NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObjectEx(
    PFILE_OBJECT FileObject, PDEVICE_OBJECT DeviceObject, PHANDLE FileHandle);

NTKERNELAPI NTSTATUS NTAPI IoCreateStreamFileObjectEx2(
    PIO_CREATE_STREAM_FILE_OPTIONS CreateOptions, PFILE_OBJECT FileObject,
    PDEVICE_OBJECT DeviceObject, PFILE_OBJECT *StreamFileObject, PHANDLE FileHandle);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObjectLite(
    PFILE_OBJECT FileObject, PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateSymbolicLink(
    PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PKEVENT NTAPI IoCreateSynchronizationEvent(
    PUNICODE_STRING EventName, PHANDLE EventHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateSystemThread(
    PVOID IoObject, PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    HANDLE ProcessHandle, PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(
    PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName);

NTKERNELAPI NTSTATUS NTAPI IoCsqInitialize(
    PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp, PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
    PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp, PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
    PIO_CSQ_RELEASE_LOCK CsqReleaseLock, PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);

NTKERNELAPI NTSTATUS NTAPI IoCsqInitializeEx(
    PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp, PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
    PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp, PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
    PIO_CSQ_RELEASE_LOCK CsqReleaseLock, PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoCsqInsertIrpEx(
    PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIRP NTAPI IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIRP NTAPI IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext);

NTKERNELAPI NTSTATUS NTAPI IoDecrementKeepAliveCount(PFILE_OBJECT FileObject, PEPROCESS Process);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoDeleteController(PCONTROLLER_OBJECT ControllerObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI IoDeleteDevice(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoDisconnectInterrupt(PKINTERRUPT InterruptObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoEnumerateDeviceObjectList(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObjectList, ULONG DeviceObjectListSize,
    PULONG ActualNumberDeviceObjects);

NTKERNELAPI NTSTATUS NTAPI IoEnumerateKsrPersistentMemoryEx(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject,
    PUNICODE_STRING PhysicalDeviceId, PIO_PERSISTED_MEMORY_ENUMERATION_CALLBACK Callback,
    PVOID CallbackContext);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoEnumerateRegisteredFiltersList(
    PDRIVER_OBJECT *DriverObjectList, ULONG DriverObjectListSize, PULONG ActualNumberDriverObjects);

NTKERNELAPI BOOLEAN NTAPI IoFastQueryNetworkAttributes(
    POBJECT_ATTRIBUTES ObjectAttributes, ACCESS_MASK DesiredAccess, ULONG OpenOptions,
    PIO_STATUS_BLOCK IoStatus, PFILE_NETWORK_OPEN_INFORMATION Buffer);

extern SIM_IMPORT POBJECT_TYPE *IoFileObjectType;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoFreeController(PCONTROLLER_OBJECT ControllerObject);

NTKERNELAPI void NTAPI IoFreeErrorLogEntry(PVOID ElEntry);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoFreeIrp(PIRP Irp);

NTKERNELAPI NTSTATUS NTAPI IoFreeKsrPersistentMemory(PVOID DataHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoFreeMdl(PMDL Mdl);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoFreeWorkItem(PIO_WORKITEM IoWorkItem);

NTKERNELAPI NTSTATUS NTAPI IoGetActivityIdIrp(PIRP Irp, LPGUID Guid);
NTKERNELAPI LPCGUID NTAPI IoGetActivityIdThread(void);

NTKERNELAPI NTSTATUS NTAPI IoGetAffinityInterrupt(
    PKINTERRUPT InterruptObject, PGROUP_AFFINITY GroupAffinity);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject);

typedef struct _BOOTDISK_INFORMATION *PBOOTDISK_INFORMATION;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetBootDiskInformation(
    PBOOTDISK_INFORMATION BootDiskInformation, ULONG Size);

typedef struct _BOOTDISK_INFORMATION_LITE *PBOOTDISK_INFORMATION_LITE;

NTKERNELAPI NTSTATUS NTAPI IoGetBootDiskInformationLite(
    PBOOTDISK_INFORMATION_LITE *BootDiskInformation);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PCONFIGURATION_INFORMATION NTAPI IoGetConfigurationInformation(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetContainerInformation(
    IO_CONTAINER_INFORMATION_CLASS InformationClass, PVOID ContainerObject, PVOID Buffer,
    ULONG BufferLength);

NTKERNELAPI PEPROCESS NTAPI IoGetCurrentProcess(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject);

typedef enum _DEVICE_DIRECTORY_TYPE {
    DeviceDirectoryData,
} DEVICE_DIRECTORY_TYPE, *PDEVICE_DIRECTORY_TYPE;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceDirectory(
    PDEVICE_OBJECT PhysicalDeviceObject, DEVICE_DIRECTORY_TYPE DirectoryType, ULONG Flags,
    PVOID Reserved, PHANDLE DeviceDirectoryHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceNumaNode(PDEVICE_OBJECT Pdo, PUSHORT NodeNumber);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceObjectPointer(
    PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess, PFILE_OBJECT *FileObject,
    PDEVICE_OBJECT *DeviceObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceToVerify(PETHREAD Thread);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDiskDeviceObject(
    PDEVICE_OBJECT FileSystemDeviceObject, PDEVICE_OBJECT *DiskDeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDriverDirectory(
    PDRIVER_OBJECT DriverObject, DRIVER_DIRECTORY_TYPE DirectoryType, ULONG Flags,
    PHANDLE DriverDirectoryHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PVOID NTAPI IoGetDriverObjectExtension(
    PDRIVER_OBJECT DriverObject, PVOID ClientIdentificationAddress);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI IoGetInitialStack(void);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PEPROCESS NTAPI IoGetInitiatorProcess(PFILE_OBJECT FileObject);

NTKERNELAPI IO_PRIORITY_HINT NTAPI IoGetIoPriorityHint(PIRP Irp);

NTKERNELAPI NTSTATUS NTAPI IoGetIrpExtraCreateParameter(
    PIRP Irp, struct _ECP_LIST **ExtraCreateParameter);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject);

NTKERNELAPI IO_PAGING_PRIORITY NTAPI IoGetPagingIoPriority(PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT FileObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PEPROCESS NTAPI IoGetRequestorProcess(PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI ULONG NTAPI IoGetRequestorProcessId(PIRP Irp);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetRequestorSessionId(PIRP Irp, PULONG pSessionId);

NTKERNELAPI PIO_FOEXT_SHADOW_FILE NTAPI IoGetShadowFileInformation(PFILE_OBJECT FileObject);
NTKERNELAPI void NTAPI IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIRP NTAPI IoGetTopLevelIrp(void);

NTKERNELAPI NTSTATUS NTAPI IoIncrementKeepAliveCount(PFILE_OBJECT FileObject, PEPROCESS Process);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize);

NTKERNELAPI void NTAPI IoInitializeIrpEx(
    PIRP Irp, PDEVICE_OBJECT DeviceObject, USHORT PacketSize, CCHAR StackSize);

NTKERNELAPI void NTAPI IoInitializeRemoveLockEx(
    PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes, ULONG HighWatermark,
    ULONG RemlockSize);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoInitializeTimer(
    PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine, PVOID Context);

NTKERNELAPI void NTAPI IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoIs32bitProcess(PIRP Irp);

NTKERNELAPI BOOLEAN NTAPI IoIsFileObjectIgnoringSharing(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI IoIsFileOriginRemote(PFILE_OBJECT FileObject);
NTKERNELAPI BOOLEAN NTAPI IoIsInitiator32bitProcess(PIRP Irp);
NTKERNELAPI BOOLEAN NTAPI IoIsOperationSynchronous(PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoIsSystemThread(PETHREAD Thread);

NTKERNELAPI LOGICAL NTAPI IoIsValidIrpStatus(NTSTATUS Status);
NTKERNELAPI BOOLEAN NTAPI IoIsValidNameGraftingBuffer(PIRP Irp, PREPARSE_DATA_BUFFER ReparseBuffer);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PIRP NTAPI IoMakeAssociatedIrp(PIRP Irp, CCHAR StackSize);

NTKERNELAPI PIRP NTAPI IoMakeAssociatedIrpEx(
    PIRP Irp, PDEVICE_OBJECT DeviceObject, CCHAR StackSize);

NTKERNELAPI NTSTATUS NTAPI IoOpenDeviceRegistryKey(
    PDEVICE_OBJECT DeviceObject, ULONG DevInstKeyType, ACCESS_MASK DesiredAccess,
    PHANDLE DeviceRegKey);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoOpenDriverRegistryKey(
    PDRIVER_OBJECT DriverObject, DRIVER_REGKEY_TYPE RegKeyType, ACCESS_MASK DesiredAccess,
    ULONG Flags, PHANDLE DriverRegKey);

NTKERNELAPI NTSTATUS NTAPI IoPageRead(
    PFILE_OBJECT FileObject, PMDL MemoryDescriptorList, PLARGE_INTEGER StartingOffset,
    PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock);

NTKERNELAPI NTSTATUS NTAPI IoPropagateActivityIdToThread(
    PIRP Irp, LPGUID PropagatedId, LPCGUID *OriginalId);

typedef enum _CONFIGURATION_TYPE {
    ArcSystem,
    CentralProcessor,
    FloatingPointProcessor,
    PrimaryIcache,
    PrimaryDcache,
    SecondaryIcache,
    SecondaryDcache,
    SecondaryCache,
    EisaAdapter,
    TcAdapter,
    ScsiAdapter,
    DtiAdapter,
    MultiFunctionAdapter,
    DiskController,
    TapeController,
    CdromController,
    WormController,
    SerialController,
    NetworkController,
    DisplayController,
    ParallelController,
    PointerController,
    KeyboardController,
    AudioController,
    OtherController,
    DiskPeripheral,
    FloppyDiskPeripheral,
    TapePeripheral,
    ModemPeripheral,
    MonitorPeripheral,
    PrinterPeripheral,
    PointerPeripheral,
    KeyboardPeripheral,
    TerminalPeripheral,
    OtherPeripheral,
    LinePeripheral,
    NetworkPeripheral,
    SystemMemory,
    DockingInformation,
    RealModeIrqRoutingTable,
    RealModePCIEnumeration,
    MaximumType,
} CONFIGURATION_TYPE, *PCONFIGURATION_TYPE;

typedef NTSTATUS (NTAPI *PIO_QUERY_DEVICE_ROUTINE)(
    PVOID Context, PUNICODE_STRING PathName, INTERFACE_TYPE BusType, ULONG BusNumber,
    PKEY_VALUE_FULL_INFORMATION *BusInformation, CONFIGURATION_TYPE ControllerType,
    ULONG ControllerNumber, PKEY_VALUE_FULL_INFORMATION *ControllerInformation,
    CONFIGURATION_TYPE PeripheralType, ULONG PeripheralNumber,
    PKEY_VALUE_FULL_INFORMATION *PeripheralInformation);

NTKERNELAPI NTSTATUS NTAPI IoQueryDeviceDescription(
    PINTERFACE_TYPE BusType, PULONG BusNumber, PCONFIGURATION_TYPE ControllerType,
    PULONG ControllerNumber, PCONFIGURATION_TYPE PeripheralType, PULONG PeripheralNumber,
    PIO_QUERY_DEVICE_ROUTINE CalloutRoutine, PVOID Context);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoQueryFileDosDeviceName(
    PFILE_OBJECT FileObject, POBJECT_NAME_INFORMATION *ObjectNameInformation);

NTKERNELAPI NTSTATUS NTAPI IoQueryFileInformation(
    PFILE_OBJECT FileObject, FILE_INFORMATION_CLASS FileInformationClass, ULONG Length,
    PVOID FileInformation, PULONG ReturnedLength);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoQueryFullDriverPath(
    PDRIVER_OBJECT DriverObject, PUNICODE_STRING FullPath);

NTKERNELAPI NTSTATUS NTAPI IoQueryInformationByName(
    POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
    ULONG Length, FILE_INFORMATION_CLASS FileInformationClass, ULONG Options,
    PIO_DRIVER_CREATE_CONTEXT DriverContext);

NTKERNELAPI NTSTATUS NTAPI IoQueryKsrPersistentMemorySize(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject, PSIZE_T BufferSize);

NTKERNELAPI NTSTATUS NTAPI IoQueryKsrPersistentMemorySizeEx(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject,
    PUNICODE_STRING PhysicalDeviceId, PUSHORT DataTag, PULONG DataVersion, PSIZE_T BufferSize);

NTKERNELAPI void NTAPI IoQueueThreadIrp(PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoQueueWorkItem(
    PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine, WORK_QUEUE_TYPE QueueType,
    PVOID Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoQueueWorkItemEx(
    PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine, WORK_QUEUE_TYPE QueueType,
    PVOID Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI IoRaiseHardError(PIRP Irp, PVPB Vpb, PDEVICE_OBJECT RealDeviceObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoRaiseInformationalHardError(
    NTSTATUS ErrorStatus, PUNICODE_STRING String, PKTHREAD Thread);

typedef struct _DISK_SIGNATURE *PDISK_SIGNATURE;

NTKERNELAPI NTSTATUS NTAPI IoReadDiskSignature(
    PDEVICE_OBJECT DeviceObject, ULONG BytesPerSector, PDISK_SIGNATURE Signature);

typedef NTSTATUS (NTAPI *PIO_CONTAINER_NOTIFICATION_FUNCTION)(void);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoRegisterContainerNotification(
    IO_CONTAINER_NOTIFICATION_CLASS NotificationClass,
    PIO_CONTAINER_NOTIFICATION_FUNCTION CallbackFunction, PVOID NotificationInformation,
    ULONG NotificationInformationLength, PVOID CallbackRegistration);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoRegisterDriverReinitialization(
    PDRIVER_OBJECT DriverObject, PDRIVER_REINITIALIZE DriverReinitializationRoutine, PVOID Context);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoReleaseCancelSpinLock(KIRQL Irql);

NTKERNELAPI void NTAPI IoReleaseRemoveLockAndWaitEx(
    PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize);

NTKERNELAPI void NTAPI IoReleaseRemoveLockEx(
    PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoRemoveLinkShareAccess(
    PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, PLINK_SHARE_ACCESS LinkShareAccess);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoRemoveLinkShareAccessEx(
    PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, PLINK_SHARE_ACCESS LinkShareAccess,
    ULONG IoShareAccessFlags);

NTKERNELAPI void NTAPI IoRemoveShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoReplaceFileObjectName(
    PFILE_OBJECT FileObject, PWSTR NewFileName, USHORT FileNameLength);

NTKERNELAPI NTSTATUS NTAPI IoReplacePartitionUnit(
    PDEVICE_OBJECT TargetPdo, PDEVICE_OBJECT SparePdo, ULONG Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoReportInterruptActive(
    PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoReportInterruptInactive(
    PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters);

NTKERNELAPI NTSTATUS NTAPI IoReserveKsrPersistentMemory(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject, SIZE_T Size, ULONG Flags,
    PVOID *DataHandle);

NTKERNELAPI NTSTATUS NTAPI IoReserveKsrPersistentMemoryEx(
    PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject,
    PUNICODE_STRING PhysicalDeviceId, PUSHORT DataTag, ULONG DataVersion, SIZE_T Size, ULONG Flags,
    PVOID *DataHandle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Iostatus);

NTKERNELAPI NTSTATUS NTAPI IoSetActivityIdIrp(PIRP Irp, LPCGUID Guid);
NTKERNELAPI LPCGUID NTAPI IoSetActivityIdThread(LPCGUID ActivityId);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoSetCompletionRoutineEx(
    PDEVICE_OBJECT DeviceObject, PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
    BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError, BOOLEAN InvokeOnCancel);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoSetDeviceToVerify(PETHREAD Thread, PDEVICE_OBJECT DeviceObject);

NTKERNELAPI NTSTATUS NTAPI IoSetFileObjectIgnoreSharing(PFILE_OBJECT FileObject);
NTKERNELAPI NTSTATUS NTAPI IoSetFileOrigin(PFILE_OBJECT FileObject, BOOLEAN Remote);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoSetHardErrorOrVerifyDevice(PIRP Irp, PDEVICE_OBJECT DeviceObject);

NTKERNELAPI NTSTATUS NTAPI IoSetInformation(
    PFILE_OBJECT FileObject, FILE_INFORMATION_CLASS FileInformationClass, ULONG Length,
    PVOID FileInformation);

NTKERNELAPI NTSTATUS NTAPI IoSetIoPriorityHint(PIRP Irp, IO_PRIORITY_HINT PriorityHint);

NTKERNELAPI NTSTATUS NTAPI IoSetIrpExtraCreateParameter(
    PIRP Irp, struct _ECP_LIST *ExtraCreateParameter);

NTKERNELAPI void NTAPI IoSetLinkShareAccess(
    ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
    PSHARE_ACCESS ShareAccess, PLINK_SHARE_ACCESS LinkShareAccess, ULONG IoShareAccessFlags);

NTKERNELAPI void NTAPI IoSetMasterIrpStatus(PIRP MasterIrp, NTSTATUS Status);

NTKERNELAPI NTSTATUS NTAPI IoSetPartitionInformation(
    PDEVICE_OBJECT DeviceObject, ULONG SectorSize, ULONG PartitionNumber, ULONG PartitionType);

NTKERNELAPI NTSTATUS NTAPI IoSetPartitionInformationEx(
    PDEVICE_OBJECT DeviceObject, ULONG PartitionNumber,
    struct _SET_PARTITION_INFORMATION_EX *PartitionInfo);

NTKERNELAPI NTSTATUS NTAPI IoSetShadowFileInformation(
    PFILE_OBJECT FileObject, PFILE_OBJECT BackingFileObject, PVOID BackingFltInstance);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoSetShareAccess(
    ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
    PSHARE_ACCESS ShareAccess);

NTKERNELAPI void NTAPI IoSetShareAccessEx(
    ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
    PSHARE_ACCESS ShareAccess, PBOOLEAN WritePermission);

NTKERNELAPI void NTAPI IoSetStartIoAttributes(
    PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo, BOOLEAN NonCancelable);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoSetSystemPartition(PUNICODE_STRING VolumeNameString);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI IoSetThreadHardErrorMode(BOOLEAN EnableHardErrors);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoSetTopLevelIrp(PIRP Irp);

NTKERNELAPI USHORT NTAPI IoSizeOfIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize);
NTKERNELAPI ULONG NTAPI IoSizeofWorkItem(void);
NTKERNELAPI void NTAPI IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoStartNextPacketByKey(
    PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoStartPacket(
    PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key, PDRIVER_CANCEL CancelFunction);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoStartTimer(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoStopTimer(PDEVICE_OBJECT DeviceObject);

NTKERNELAPI NTSTATUS NTAPI IoSynchronousCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);

NTKERNELAPI NTSTATUS NTAPI IoSynchronousPageWrite(
    PFILE_OBJECT FileObject, PMDL MemoryDescriptorList, PLARGE_INTEGER StartingOffset,
    PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread);

NTKERNELAPI void NTAPI IoTransferActivityId(LPCGUID ActivityId, LPCGUID RelatedActivityId);

NTKERNELAPI BOOLEAN NTAPI IoTranslateBusAddress(
    INTERFACE_TYPE InterfaceType, ULONG BusNumber, PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
    PPHYSICAL_ADDRESS TranslatedAddress);

NTKERNELAPI void NTAPI IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI IoUnregisterContainerNotification(PVOID CallbackRegistration);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoUpdateLinkShareAccess(
    PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, PLINK_SHARE_ACCESS LinkShareAccess);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoUpdateLinkShareAccessEx(
    PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, PLINK_SHARE_ACCESS LinkShareAccess,
    ULONG IoShareAccessFlags);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI IoUpdateShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess);

NTKERNELAPI NTSTATUS NTAPI IoValidateDeviceIoControlAccess(PIRP Irp, ULONG RequiredAccess);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIAllocateInstanceIds(
    LPCGUID Guid, ULONG InstanceCount, ULONG *FirstInstanceId);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIDeviceObjectToInstanceName(
    PVOID DataBlockObject, PDEVICE_OBJECT DeviceObject, PUNICODE_STRING InstanceName);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI ULONG NTAPI IoWMIDeviceObjectToProviderId(PDEVICE_OBJECT DeviceObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIExecuteMethod(
    PVOID DataBlockObject, PUNICODE_STRING InstanceName, ULONG MethodId, ULONG InBufferSize,
    PULONG OutBufferSize, PUCHAR InOutBuffer);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIHandleToInstanceName(
    PVOID DataBlockObject, HANDLE FileHandle, PUNICODE_STRING InstanceName);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIOpenBlock(
    LPCGUID Guid, ULONG DesiredAccess, PVOID *DataBlockObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIQueryAllData(
    PVOID DataBlockObject, PULONG InOutBufferSize, PVOID OutBuffer);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIQueryAllDataMultiple(
    PVOID *DataBlockObjectList, ULONG ObjectCount, PULONG InOutBufferSize, PVOID OutBuffer);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIQuerySingleInstance(
    PVOID DataBlockObject, PUNICODE_STRING InstanceName, PULONG InOutBufferSize, PVOID OutBuffer);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIQuerySingleInstanceMultiple(
    PVOID *DataBlockObjectList, PUNICODE_STRING InstanceNames, ULONG ObjectCount,
    PULONG InOutBufferSize, PVOID OutBuffer);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIRegistrationControl(PDEVICE_OBJECT DeviceObject, ULONG Action);

typedef void NTAPI FWMI_NOTIFICATION_CALLBACK(PVOID Wnode, PVOID Context);
typedef FWMI_NOTIFICATION_CALLBACK *WMI_NOTIFICATION_CALLBACK;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMISetNotificationCallback(
    PVOID Object, WMI_NOTIFICATION_CALLBACK Callback, PVOID Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMISetSingleInstance(
    PVOID DataBlockObject, PUNICODE_STRING InstanceName, ULONG Version, ULONG ValueBufferSize,
    PVOID ValueBuffer);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMISetSingleItem(
    PVOID DataBlockObject, PUNICODE_STRING InstanceName, ULONG DataItemId, ULONG Version,
    ULONG ValueBufferSize, PVOID ValueBuffer);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMISuggestInstanceName(
    PDEVICE_OBJECT PhysicalDeviceObject, PUNICODE_STRING SymbolicLinkName, BOOLEAN CombineNames,
    PUNICODE_STRING SuggestedInstanceName);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoWMIWriteEvent(PVOID WnodeEventItem);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI LOGICAL NTAPI IoWithinStackLimits(ULONG_PTR RegionStart, SIZE_T RegionSize);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoWriteErrorLogEntry(PVOID ElEntry);

NTKERNELAPI NTSTATUS NTAPI IoWriteKsrPersistentMemory(PVOID DataHandle, PVOID Buffer, SIZE_T Size);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);

/* Control codes. */
#define CTL_CODE(DeviceType, Function, Method, Access) \
    (((ULONG)(DeviceType) << 16) | ((ULONG)(Access) << 14) | ((ULONG)(Function) << 2) | (Method))
#define DEVICE_TYPE_FROM_CTL_CODE(Code) (((ULONG)(Code) & 0xFFFF0000) >> 16)
#define METHOD_FROM_CTL_CODE(Code) ((ULONG)(Code) & 3)
#define IoGetFunctionCodeFromCtlCode(Code) (((ULONG)(Code) >> 2) & 0xFFF)

/* IRPs and their stack locations. */
#define IoCallDriver(DeviceObject, Irp) IofCallDriver((DeviceObject), (Irp))
#define IoCallDriverStackSafeDefault(DeviceObject, Irp) IofCallDriver((DeviceObject), (Irp))
#define IoCompleteRequest(Irp, PriorityBoost) IofCompleteRequest((Irp), (PriorityBoost))
#define IoForwardAndCatchIrp IoForwardIrpSynchronously
#define IoSizeOfIrp(StackSize) \
    ((USHORT)(sizeof(IRP) + (USHORT)(StackSize) * sizeof(IO_STACK_LOCATION)))

FORCEINLINE PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation;
}

FORCEINLINE PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation - 1;
}

FORCEINLINE void IoSetNextIrpStackLocation(PIRP Irp)
{
    Irp->CurrentLocation--;
    Irp->Tail.Overlay.CurrentStackLocation--;
}

FORCEINLINE void IoSkipCurrentIrpStackLocation(PIRP Irp)
{
    Irp->CurrentLocation++;
    Irp->Tail.Overlay.CurrentStackLocation++;
}

FORCEINLINE void IoCopyCurrentIrpStackLocationToNext(PIRP Irp)
{
    PIO_STACK_LOCATION Next = IoGetNextIrpStackLocation(Irp);

    __builtin_memcpy(Next, IoGetCurrentIrpStackLocation(Irp),
                     offsetof(IO_STACK_LOCATION, CompletionRoutine));
    Next->Control = 0;
}

FORCEINLINE void IoMarkIrpPending(PIRP Irp)
{
    IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
}

FORCEINLINE void IoSetCompletionRoutine(PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine,
                                        PVOID Context, BOOLEAN InvokeOnSuccess,
                                        BOOLEAN InvokeOnError, BOOLEAN InvokeOnCancel)
{
    PIO_STACK_LOCATION Next = IoGetNextIrpStackLocation(Irp);

    Next->CompletionRoutine = CompletionRoutine;
    Next->Context = Context;
    Next->Control = (UCHAR)((InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
                            (InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
                            (InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0));
}

FORCEINLINE PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine)
{
    return __atomic_exchange_n(&Irp->CancelRoutine, CancelRoutine, __ATOMIC_SEQ_CST);
}

FORCEINLINE void IoInitializeDpcRequest(PDEVICE_OBJECT DeviceObject, PIO_DPC_ROUTINE DpcRoutine)
{
    KeInitializeDpc(&DeviceObject->Dpc, (PKDEFERRED_ROUTINE)DpcRoutine, DeviceObject);
}

FORCEINLINE void IoInitializeThreadedDpcRequest(PDEVICE_OBJECT DeviceObject,
                                                PIO_DPC_ROUTINE DpcRoutine)
{
    KeInitializeThreadedDpc(&DeviceObject->Dpc, (PKDEFERRED_ROUTINE)DpcRoutine, DeviceObject);
}

FORCEINLINE void IoRequestDpc(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    KeInsertQueueDpc(&DeviceObject->Dpc, Irp, Context);
}

FORCEINLINE ULONG_PTR IoGetRemainingStackSize(void)
{
    ULONG_PTR Low, High;

    IoGetStackLimits(&Low, &High);
    return (ULONG_PTR)&Low - Low;
}

/* Remove locks. */
#define IoInitializeRemoveLock(Lock, Tag, MaxLockedMinutes, HighWatermark) \
    IoInitializeRemoveLockEx((Lock), (Tag), (MaxLockedMinutes), (HighWatermark), \
                             sizeof(IO_REMOVE_LOCK))
#define IoAcquireRemoveLock(RemoveLock, Tag) \
    IoAcquireRemoveLockEx((RemoveLock), (Tag), "", 1, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLock(RemoveLock, Tag) \
    IoReleaseRemoveLockEx((RemoveLock), (Tag), sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLockAndWait(RemoveLock, Tag) \
    IoReleaseRemoveLockAndWaitEx((RemoveLock), (Tag), sizeof(IO_REMOVE_LOCK))

#define IoAssignArcName(ArcName, DeviceName) IoCreateSymbolicLink((ArcName), (DeviceName))
#define IoDeassignArcName(ArcName) IoDeleteSymbolicLink(ArcName)
#define IoAdjustPagingPathCount(Count, Paging) \
    ((Paging) ? InterlockedIncrement(Count) : InterlockedDecrement(Count))
#define IoIsErrorUserInduced(Status) \
    ((BOOLEAN)((Status) == STATUS_DEVICE_NOT_READY || (Status) == STATUS_IO_TIMEOUT || \
               (Status) == STATUS_MEDIA_WRITE_PROTECTED || \
               (Status) == STATUS_NO_MEDIA_IN_DEVICE || (Status) == STATUS_VERIFY_REQUIRED || \
               (Status) == STATUS_UNRECOGNIZED_MEDIA || (Status) == STATUS_WRONG_VOLUME))
