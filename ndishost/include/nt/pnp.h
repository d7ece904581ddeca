/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Plug and play: capabilities, relations, resources, interfaces, notifications (provided by nt).
 */

#include "types.h"
#include "executive.h"
#include "irp.h"

#define DEVICE_INTERFACE_INCLUDE_NONACTIVE 1

typedef union _BUS_SPECIFIC_RESET_FLAGS BUS_SPECIFIC_RESET_FLAGS, *PBUS_SPECIFIC_RESET_FLAGS;
typedef struct _CM_PARTIAL_RESOURCE_DESCRIPTOR CM_PARTIAL_RESOURCE_DESCRIPTOR,
    *PCM_PARTIAL_RESOURCE_DESCRIPTOR;
typedef struct _CM_RESOURCE_LIST CM_RESOURCE_LIST, *PCM_RESOURCE_LIST;
typedef struct _DEVICE_BUS_SPECIFIC_RESET_INFO DEVICE_BUS_SPECIFIC_RESET_INFO,
    *PDEVICE_BUS_SPECIFIC_RESET_INFO;
typedef union _DEVICE_BUS_SPECIFIC_RESET_TYPE DEVICE_BUS_SPECIFIC_RESET_TYPE,
    *PDEVICE_BUS_SPECIFIC_RESET_TYPE;
typedef struct _DEVICE_DESCRIPTION DEVICE_DESCRIPTION, *PDEVICE_DESCRIPTION;
typedef union _DEVICE_RESET_STATUS_FLAGS DEVICE_RESET_STATUS_FLAGS, *PDEVICE_RESET_STATUS_FLAGS;
typedef struct _DMA_ADAPTER DMA_ADAPTER, *PADAPTER_OBJECT, *PDMA_ADAPTER;
typedef struct _DMA_ADAPTER_INFO DMA_ADAPTER_INFO, *PDMA_ADAPTER_INFO;
typedef struct _DMA_TRANSFER_INFO DMA_TRANSFER_INFO, *PDMA_TRANSFER_INFO;
typedef struct _FAULT_INFORMATION FAULT_INFORMATION, *PFAULT_INFORMATION;
typedef struct _MDL MDL, *PMDL, *PMDLX, *PNDIS_BUFFER;

#define CM_RESOURCE_DMA_8 0x0
#define CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE 0x0
#define CM_RESOURCE_MEMORY_READ_WRITE 0x0
#define CM_RESOURCE_PORT_MEMORY 0x0
#define CM_RESOURCE_CONNECTION_CLASS_GPIO 0x1
#define CM_RESOURCE_CONNECTION_TYPE_FUNCTION_CONFIG 0x1
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_I2C 0x1
#define CM_RESOURCE_DMA_16 0x1
#define CM_RESOURCE_INTERRUPT_LATCHED 0x1
#define CM_RESOURCE_INTERRUPT_LEVEL_LATCHED_BITS 0x1
#define CM_RESOURCE_MEMORY_READ_ONLY 0x1
#define CM_RESOURCE_PORT_IO 0x1
#define CM_RESOURCE_CONNECTION_CLASS_SERIAL 0x2
#define CM_RESOURCE_CONNECTION_TYPE_GPIO_IO 0x2
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_SPI 0x2
#define CM_RESOURCE_DMA_32 0x2
#define CM_RESOURCE_INTERRUPT_MESSAGE 0x2
#define CM_RESOURCE_MEMORY_WRITE_ONLY 0x2
#define CM_RESOURCE_CONNECTION_CLASS_FUNCTION_CONFIG 0x3
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_UART 0x3
#define CM_RESOURCE_MEMORY_WRITEABILITY_MASK 0x3
#define CM_RESOURCE_DMA_8_AND_16 0x4
#define CM_RESOURCE_INTERRUPT_POLICY_INCLUDED 0x4
#define CM_RESOURCE_MEMORY_PREFETCHABLE 0x4
#define CM_RESOURCE_PORT_10_BIT_DECODE 0x4
#define CM_RESOURCE_DMA_BUS_MASTER 0x8
#define CM_RESOURCE_MEMORY_COMBINEDWRITE 0x8
#define CM_RESOURCE_PORT_12_BIT_DECODE 0x8
#define CM_RESOURCE_DMA_TYPE_A 0x10
#define CM_RESOURCE_INTERRUPT_SECONDARY_INTERRUPT 0x10
#define CM_RESOURCE_MEMORY_24 0x10
#define CM_RESOURCE_PORT_16_BIT_DECODE 0x10
#define CM_RESOURCE_DMA_TYPE_B 0x20
#define CM_RESOURCE_INTERRUPT_WAKE_HINT 0x20
#define CM_RESOURCE_MEMORY_CACHEABLE 0x20
#define CM_RESOURCE_PORT_POSITIVE_DECODE 0x20
#define CM_RESOURCE_DMA_TYPE_F 0x40
#define CM_RESOURCE_MEMORY_WINDOW_DECODE 0x40
#define CM_RESOURCE_PORT_PASSIVE_DECODE 0x40
#define CM_RESOURCE_DMA_V3 0x80
#define CM_RESOURCE_MEMORY_BAR 0x80
#define CM_RESOURCE_PORT_WINDOW_DECODE 0x80
#define CM_RESOURCE_MEMORY_COMPAT_FOR_INACCESSIBLE_RANGE 0x100
#define CM_RESOURCE_PORT_BAR 0x100
#define CM_RESOURCE_MEMORY_LARGE_40 0x200
#define CM_RESOURCE_MEMORY_LARGE_48 0x400
#define CM_RESOURCE_MEMORY_LARGE_64 0x800
#define CM_RESOURCE_MEMORY_LARGE 0xE00
#define CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN 0xFFFFFFFEU
#define CM_RESOURCE_MEMORY_LARGE_40_MAXLEN (1099511627520LL)
#define CM_RESOURCE_MEMORY_LARGE_48_MAXLEN (281474976645120LL)
#define CM_RESOURCE_MEMORY_LARGE_64_MAXLEN 0xFFFFFFFF00000000ULL

#define CmResourceTypeBusNumber 6
#define CmResourceTypeConfigData 0x80
#define CmResourceTypeConnection 132
#define CmResourceTypeDevicePrivate 129
#define CmResourceTypeDeviceSpecific 5
#define CmResourceTypeDma 4
#define CmResourceTypeInterrupt 2
#define CmResourceTypeMaximum 8
#define CmResourceTypeMemory 3
#define CmResourceTypeMemoryLarge 7
#define CmResourceTypeMfCardConfig 131
#define CmResourceTypeNonArbitrated 0x80
#define CmResourceTypeNull 0
#define CmResourceTypePcCardConfig 130
#define CmResourceTypePort 1
#define PDCAP_D0_SUPPORTED 1
#define PDCAP_D1_SUPPORTED 2
#define PDCAP_D2_SUPPORTED 4
#define PDCAP_D3_SUPPORTED 8

#define PDCAP_WAKE_FROM_D0_SUPPORTED 0x10
#define PDCAP_WAKE_FROM_D1_SUPPORTED 0x20
#define PDCAP_WAKE_FROM_D2_SUPPORTED 0x40
#define PDCAP_WAKE_FROM_D3_SUPPORTED 0x80

#define PDCAP_WARM_EJECT_SUPPORTED 0x100
#define PLUGPLAY_PROPERTY_PERSISTENT 1

#define PLUGPLAY_REGKEY_DEVICE 1
#define PLUGPLAY_REGKEY_DRIVER 2
#define PLUGPLAY_REGKEY_CURRENT_HWPROFILE 4

#define PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES 1

#define PNP_DEVICE_DISABLED 0x1
#define PNP_DEVICE_DONT_DISPLAY_IN_UI 0x2
#define PNP_DEVICE_FAILED 0x4
#define PNP_DEVICE_REMOVED 0x8
#define PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED 0x10
#define PNP_DEVICE_NOT_DISABLEABLE 0x20
#define PNP_DEVICE_DISCONNECTED 0x40
#define PNP_DEVICE_RESOURCE_UPDATED 0x80
#define PNP_DEVICE_ASSIGNED_TO_GUEST 0x100

#define PNP_EXTENDED_ADDRESS_INTERFACE_VERSION 1

#define PNP_REPLACE_DRIVER_INTERFACE_VERSION 1
#define PNP_REPLACE_MEMORY_SUPPORTED 1
#define PNP_REPLACE_PARAMETERS_VERSION 2
#define PNP_REPLACE_PROCESSOR_SUPPORTED 2
#define PNP_REPLACE_HARDWARE_MEMORY_MIRRORING 4
#define PNP_REPLACE_HARDWARE_PAGE_COPY 8
#define PNP_REPLACE_HARDWARE_QUIESCE 0x10
#define PNP_REPLACE_DRIVER_INTERFACE_MINIMUM_SIZE 0x40U
#define PNP_REPLACE_NO_MAP (9223372036854775807LL)

#define SERVICE_AUTO_START 2
#define SERVICE_BOOT_START 0
#define SERVICE_DEMAND_START 3
#define SERVICE_DISABLED 4

#define SERVICE_ERROR_IGNORE 0
#define SERVICE_ERROR_NORMAL 1
#define SERVICE_ERROR_SEVERE 2
#define SERVICE_ERROR_CRITICAL 3

#define SERVICE_FILE_SYSTEM_DRIVER 2
#define SERVICE_KERNEL_DRIVER 1
#define SERVICE_SYSTEM_START 1

typedef enum _BUS_DATA_TYPE {
    ConfigurationSpaceUndefined = -1,
    Cmos,
    EisaConfiguration,
    Pos,
    CbusConfiguration,
    PCIConfiguration,
    VMEConfiguration,
    NuBusConfiguration,
    PCMCIAConfiguration,
    MPIConfiguration,
    MPSAConfiguration,
    PNPISAConfiguration,
    SgiInternalConfiguration,
    MaximumBusDataType,
} BUS_DATA_TYPE, *PBUS_DATA_TYPE;

typedef enum _CM_SHARE_DISPOSITION {
    CmResourceShareUndetermined,
    CmResourceShareDeviceExclusive,
    CmResourceShareDriverExclusive,
    CmResourceShareShared,
} CM_SHARE_DISPOSITION;

typedef enum _DEVICE_INSTALL_STATE {
    InstallStateInstalled,
    InstallStateNeedsReinstall,
    InstallStateFailedInstall,
    InstallStateFinishInstall,
} DEVICE_INSTALL_STATE, *PDEVICE_INSTALL_STATE;

typedef enum {
    DevicePropertyDeviceDescription,
    DevicePropertyHardwareID,
    DevicePropertyCompatibleIDs,
    DevicePropertyBootConfiguration,
    DevicePropertyBootConfigurationTranslated,
    DevicePropertyClassName,
    DevicePropertyClassGuid,
    DevicePropertyDriverKeyName,
    DevicePropertyManufacturer,
    DevicePropertyFriendlyName,
    DevicePropertyLocationInformation,
    DevicePropertyPhysicalDeviceObjectName,
    DevicePropertyBusTypeGuid,
    DevicePropertyLegacyBusType,
    DevicePropertyBusNumber,
    DevicePropertyEnumeratorName,
    DevicePropertyAddress,
    DevicePropertyUINumber,
    DevicePropertyInstallState,
    DevicePropertyRemovalPolicy,
    DevicePropertyResourceRequirements,
    DevicePropertyAllocatedResources,
    DevicePropertyContainerID,
} DEVICE_REGISTRY_PROPERTY;

typedef enum _DEVICE_REMOVAL_POLICY {
    RemovalPolicyExpectNoRemoval = 1,
    RemovalPolicyExpectOrderlyRemoval,
    RemovalPolicyExpectSurpriseRemoval,
} DEVICE_REMOVAL_POLICY, *PDEVICE_REMOVAL_POLICY;

typedef enum _DEVICE_RESET_TYPE {
    FunctionLevelDeviceReset,
    PlatformLevelDeviceReset,
} DEVICE_RESET_TYPE;

typedef enum _DEVICE_WAKE_DEPTH {
    DeviceWakeDepthNotWakeable,
    DeviceWakeDepthD0,
    DeviceWakeDepthD1,
    DeviceWakeDepthD2,
    DeviceWakeDepthD3hot,
    DeviceWakeDepthD3cold,
    DeviceWakeDepthMaximum,
} DEVICE_WAKE_DEPTH, *PDEVICE_WAKE_DEPTH;

typedef enum _DEVPROPSTORE {
    DEVPROP_STORE_SYSTEM,
    DEVPROP_STORE_USER,
} DEVPROPSTORE, *PDEVPROPSTORE;

typedef enum _CM_ERROR_CONTROL_TYPE {
    IgnoreError,
    NormalError,
    SevereError,
    CriticalError,
} SERVICE_ERROR_TYPE;

typedef NTSTATUS NTAPI DEVICE_BUS_SPECIFIC_RESET_HANDLER(
    PVOID InterfaceContext, const GUID *BusType, DEVICE_BUS_SPECIFIC_RESET_TYPE ResetTypeSelected,
    PBUS_SPECIFIC_RESET_FLAGS Flags, PVOID ResetParameters);
typedef DEVICE_BUS_SPECIFIC_RESET_HANDLER *PDEVICE_BUS_SPECIFIC_RESET_HANDLER;

typedef void NTAPI DEVICE_CHANGE_COMPLETE_CALLBACK(PVOID Context);
typedef DEVICE_CHANGE_COMPLETE_CALLBACK *PDEVICE_CHANGE_COMPLETE_CALLBACK;

typedef NTSTATUS NTAPI DEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER(
    PVOID InterfaceContext, PULONG ResetInfoCount,
    PDEVICE_BUS_SPECIFIC_RESET_INFO ResetInfoSupported);
typedef DEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER *PDEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER;

typedef NTSTATUS NTAPI DEVICE_RESET_HANDLER(
    PVOID InterfaceContext, DEVICE_RESET_TYPE ResetType, ULONG Flags, PVOID ResetParameters);
typedef DEVICE_RESET_HANDLER *PDEVICE_RESET_HANDLER;

/* IRQL: PASSIVE_LEVEL */
typedef struct _DMA_ADAPTER *NTAPI GET_DMA_ADAPTER(
    PVOID Context, struct _DEVICE_DESCRIPTION *DeviceDescriptor, PULONG NumberOfMapRegisters);
typedef GET_DMA_ADAPTER *PGET_DMA_ADAPTER;

typedef ULONG NTAPI GET_SET_DEVICE_DATA(
    PVOID Context, ULONG DataType, PVOID Buffer, ULONG Offset, ULONG Length);
typedef GET_SET_DEVICE_DATA *PGET_SET_DEVICE_DATA;

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PGET_DMA_ADAPTER_INFO)(
    PDMA_ADAPTER DmaAdapter, PDMA_ADAPTER_INFO AdapterInfo);

/* IRQL: PASSIVE_LEVEL */
typedef ULONG (NTAPI *PGET_DMA_ALIGNMENT)(PDMA_ADAPTER DmaAdapter);

/* IRQL: PASSIVE_LEVEL */
typedef HANDLE (NTAPI *PGET_DMA_DOMAIN)(PDMA_ADAPTER DmaAdapter);

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS (NTAPI *PGET_DMA_TRANSFER_INFO)(
    PDMA_ADAPTER DmaAdapter, PMDL Mdl, ULONGLONG Offset, ULONG Length, BOOLEAN WriteOnly,
    PDMA_TRANSFER_INFO TransferInfo);

typedef NTSTATUS (NTAPI *PTRANSLATE_RESOURCE_HANDLER)(
    PVOID Context, PCM_PARTIAL_RESOURCE_DESCRIPTOR Source, RESOURCE_TRANSLATION_DIRECTION Direction,
    ULONG AlternativesCount, IO_RESOURCE_DESCRIPTOR Alternatives[],
    PDEVICE_OBJECT PhysicalDeviceObject, PCM_PARTIAL_RESOURCE_DESCRIPTOR Target);

typedef NTSTATUS (NTAPI *PTRANSLATE_RESOURCE_REQUIREMENTS_HANDLER)(
    PVOID Context, PIO_RESOURCE_DESCRIPTOR Source, PDEVICE_OBJECT PhysicalDeviceObject,
    PULONG TargetCount, PIO_RESOURCE_DESCRIPTOR *Target);

/* IRQL: PASSIVE_LEVEL */
typedef BOOLEAN NTAPI TRANSLATE_BUS_ADDRESS(
    PVOID Context, PHYSICAL_ADDRESS BusAddress, ULONG Length, PULONG AddressSpace,
    PPHYSICAL_ADDRESS TranslatedAddress);
typedef TRANSLATE_BUS_ADDRESS *PTRANSLATE_BUS_ADDRESS;

typedef void (NTAPI *PINTERFACE_DEREFERENCE)(PVOID Context);
typedef void (NTAPI *PINTERFACE_REFERENCE)(PVOID Context);

typedef struct _BUS_INTERFACE_STANDARD {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PTRANSLATE_BUS_ADDRESS TranslateBusAddress;
    PGET_DMA_ADAPTER GetDmaAdapter;
    PGET_SET_DEVICE_DATA SetBusData;
    PGET_SET_DEVICE_DATA GetBusData;
} BUS_INTERFACE_STANDARD, *PBUS_INTERFACE_STANDARD;

/* IRQL: PASSIVE_LEVEL */
typedef NTSTATUS NTAPI GET_UPDATED_BUS_RESOURCE(
    PVOID Context, PCM_RESOURCE_LIST *UpdatedResourceList,
    PCM_RESOURCE_LIST *UpdatedTranslatedResourceList);
typedef GET_UPDATED_BUS_RESOURCE *PGET_UPDATED_BUS_RESOURCE;

typedef struct _BUS_RESOURCE_UPDATE_INTERFACE {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PGET_UPDATED_BUS_RESOURCE GetUpdatedBusResource;
} BUS_RESOURCE_UPDATE_INTERFACE, *PBUS_RESOURCE_UPDATE_INTERFACE;

typedef union _BUS_SPECIFIC_RESET_FLAGS {
    struct {
        ULONGLONG KeepStackReset : 1;
        ULONGLONG Reserved : 63;
    } u;
    ULONGLONG AsUlonglong;
} BUS_SPECIFIC_RESET_FLAGS, *PBUS_SPECIFIC_RESET_FLAGS;

typedef struct _DEVICE_FLAGS {
    ULONG Failed : 1;
    ULONG ReadOnly : 1;
    ULONG Removable : 1;
    ULONG ConsoleIn : 1;
    ULONG ConsoleOut : 1;
    ULONG Input : 1;
    ULONG Output : 1;
    ULONG : 25;
} DEVICE_FLAGS, *PDEVICE_FLAGS;

typedef struct _CM_COMPONENT_INFORMATION {
    DEVICE_FLAGS Flags;
    ULONG Version;
    ULONG Key;
    KAFFINITY AffinityMask;
} CM_COMPONENT_INFORMATION, *PCM_COMPONENT_INFORMATION;

#pragma pack(push, 4)
typedef struct _CM_PARTIAL_RESOURCE_DESCRIPTOR {
    UCHAR Type;
    UCHAR ShareDisposition;
    USHORT Flags;
    union {
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length;
        } Generic;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length;
        } Port;
        struct {
            ULONG Level;
            ULONG Vector;
            KAFFINITY Affinity;
        } Interrupt;
        struct {
            union {
                struct {
                    USHORT Reserved;
                    USHORT MessageCount;
                    ULONG Vector;
                    KAFFINITY Affinity;
                } Raw;
                struct {
                    ULONG Level;
                    ULONG Vector;
                    KAFFINITY Affinity;
                } Translated;
            };
        } MessageInterrupt;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length;
        } Memory;
        struct {
            ULONG Channel;
            ULONG Port;
            ULONG Reserved1;
        } Dma;
        struct {
            ULONG Channel;
            ULONG RequestLine;
            UCHAR TransferWidth;
            UCHAR Reserved1;
            UCHAR Reserved2;
            UCHAR Reserved3;
        } DmaV3;
        struct {
            ULONG Data[3];
        } DevicePrivate;
        struct {
            ULONG Start;
            ULONG Length;
            ULONG Reserved;
        } BusNumber;
        struct {
            ULONG DataSize;
            ULONG Reserved1;
            ULONG Reserved2;
        } DeviceSpecificData;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length40;
        } Memory40;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length48;
        } Memory48;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length64;
        } Memory64;
        struct {
            UCHAR Class;
            UCHAR Type;
            UCHAR Reserved1;
            UCHAR Reserved2;
            ULONG IdLowPart;
            ULONG IdHighPart;
        } Connection;
    } u;
} CM_PARTIAL_RESOURCE_DESCRIPTOR, *PCM_PARTIAL_RESOURCE_DESCRIPTOR;
#pragma pack(pop)

typedef struct _CM_PARTIAL_RESOURCE_LIST {
    USHORT Version;
    USHORT Revision;
    ULONG Count;
    CM_PARTIAL_RESOURCE_DESCRIPTOR PartialDescriptors[1];
} CM_PARTIAL_RESOURCE_LIST, NDIS_RESOURCE_LIST, *PCM_PARTIAL_RESOURCE_LIST, *PNDIS_RESOURCE_LIST;

typedef struct _CM_FULL_RESOURCE_DESCRIPTOR {
    INTERFACE_TYPE InterfaceType;
    ULONG BusNumber;
    CM_PARTIAL_RESOURCE_LIST PartialResourceList;
} CM_FULL_RESOURCE_DESCRIPTOR, *PCM_FULL_RESOURCE_DESCRIPTOR;

typedef struct CM_Power_Data_s {
    ULONG PD_Size;
    DEVICE_POWER_STATE PD_MostRecentPowerState;
    ULONG PD_Capabilities;
    ULONG PD_D1Latency;
    ULONG PD_D2Latency;
    ULONG PD_D3Latency;
    DEVICE_POWER_STATE PD_PowerStateMapping[7];
    SYSTEM_POWER_STATE PD_DeepestSystemWake;
} CM_POWER_DATA, *PCM_POWER_DATA;

typedef struct _CM_RESOURCE_LIST {
    ULONG Count;
    CM_FULL_RESOURCE_DESCRIPTOR List[1];
} CM_RESOURCE_LIST, *PCM_RESOURCE_LIST;

typedef union _DEVICE_BUS_SPECIFIC_RESET_TYPE {
    struct {
        ULONGLONG FunctionLevelDeviceReset : 1;
        ULONGLONG PlatformLevelDeviceReset : 1;
        ULONGLONG SecondaryBusReset : 1;
        ULONGLONG Reserved : 61;
    } Pci;
    struct {
        ULONGLONG FunctionLevelDeviceReset : 1;
        ULONGLONG PlatformLevelDeviceReset : 1;
        ULONGLONG Reserved : 62;
    } Acpi;
    ULONGLONG AsULONGLONG;
} DEVICE_BUS_SPECIFIC_RESET_TYPE, *PDEVICE_BUS_SPECIFIC_RESET_TYPE;

typedef struct _DEVICE_BUS_SPECIFIC_RESET_INFO {
    GUID BusTypeGuid;
    DEVICE_BUS_SPECIFIC_RESET_TYPE ResetTypeSupported;
} DEVICE_BUS_SPECIFIC_RESET_INFO, *PDEVICE_BUS_SPECIFIC_RESET_INFO;

typedef struct _DEVICE_CAPABILITIES {
    USHORT Size;
    USHORT Version;
    ULONG DeviceD1 : 1;
    ULONG DeviceD2 : 1;
    ULONG LockSupported : 1;
    ULONG EjectSupported : 1;
    ULONG Removable : 1;
    ULONG DockDevice : 1;
    ULONG UniqueID : 1;
    ULONG SilentInstall : 1;
    ULONG RawDeviceOK : 1;
    ULONG SurpriseRemovalOK : 1;
    ULONG WakeFromD0 : 1;
    ULONG WakeFromD1 : 1;
    ULONG WakeFromD2 : 1;
    ULONG WakeFromD3 : 1;
    ULONG HardwareDisabled : 1;
    ULONG NonDynamic : 1;
    ULONG WarmEjectSupported : 1;
    ULONG NoDisplayInUI : 1;
    ULONG Reserved1 : 1;
    ULONG WakeFromInterrupt : 1;
    ULONG SecureDevice : 1;
    ULONG ChildOfVgaEnabledBridge : 1;
    ULONG DecodeIoOnBoot : 1;
    ULONG Reserved : 9;
    ULONG Address;
    ULONG UINumber;
    DEVICE_POWER_STATE DeviceState[7];
    SYSTEM_POWER_STATE SystemWake;
    DEVICE_POWER_STATE DeviceWake;
    ULONG D1Latency;
    ULONG D2Latency;
    ULONG D3Latency;
} DEVICE_CAPABILITIES, *PDEVICE_CAPABILITIES;

typedef enum _DMA_SPEED {
    Compatible,
    TypeA,
    TypeB,
    TypeC,
    TypeF,
    MaximumDmaSpeed,
} DMA_SPEED, *PDMA_SPEED;

typedef enum _DMA_WIDTH {
    Width8Bits,
    Width16Bits,
    Width32Bits,
    Width64Bits,
    WidthNoWrap,
    MaximumDmaWidth,
} DMA_WIDTH, *PDMA_WIDTH;

typedef struct _DEVICE_DESCRIPTION {
    ULONG Version;
    BOOLEAN Master;
    BOOLEAN ScatterGather;
    BOOLEAN DemandMode;
    BOOLEAN AutoInitialize;
    BOOLEAN Dma32BitAddresses;
    BOOLEAN IgnoreCount;
    BOOLEAN Reserved1;
    BOOLEAN Dma64BitAddresses;
    ULONG BusNumber;
    ULONG DmaChannel;
    INTERFACE_TYPE InterfaceType;
    DMA_WIDTH DmaWidth;
    DMA_SPEED DmaSpeed;
    ULONG MaximumLength;
    ULONG DmaPort;
    ULONG DmaAddressWidth;
    ULONG DmaControllerInstance;
    ULONG DmaRequestLine;
    PHYSICAL_ADDRESS DeviceAddress;
} DEVICE_DESCRIPTION, *PDEVICE_DESCRIPTION;

/* IRQL: PASSIVE_LEVEL */
typedef void NTAPI IOMMU_DEVICE_FAULT_HANDLER(PVOID Context, PFAULT_INFORMATION FaultInformation);
typedef IOMMU_DEVICE_FAULT_HANDLER *PIOMMU_DEVICE_FAULT_HANDLER;

typedef struct _DEVICE_FAULT_CONFIGURATION {
    PIOMMU_DEVICE_FAULT_HANDLER FaultHandler;
    PVOID FaultContext;
} DEVICE_FAULT_CONFIGURATION, *PDEVICE_FAULT_CONFIGURATION;

typedef struct _DEVICE_INTERFACE_CHANGE_NOTIFICATION {
    USHORT Version;
    USHORT Size;
    GUID Event;
    GUID InterfaceClassGuid;
    PUNICODE_STRING SymbolicLinkName;
} DEVICE_INTERFACE_CHANGE_NOTIFICATION, *PDEVICE_INTERFACE_CHANGE_NOTIFICATION;

typedef struct _DEVICE_RELATIONS {
    ULONG Count;
    PDEVICE_OBJECT Objects[1];
} DEVICE_RELATIONS, *PDEVICE_RELATIONS;

typedef NTSTATUS NTAPI GET_DEVICE_RESET_STATUS(
    PVOID InterfaceContext, PBOOLEAN IsResetting, PDEVICE_BUS_SPECIFIC_RESET_TYPE ResetTypeSelected,
    PDEVICE_RESET_STATUS_FLAGS Flags);
typedef GET_DEVICE_RESET_STATUS *PGET_DEVICE_RESET_STATUS;

typedef struct _DEVICE_RESET_INTERFACE_STANDARD {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PDEVICE_RESET_HANDLER DeviceReset;
    ULONG SupportedResetTypes;
    PVOID Reserved;
    PDEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER QueryBusSpecificResetInfo;
    PDEVICE_BUS_SPECIFIC_RESET_HANDLER DeviceBusSpecificReset;
    PGET_DEVICE_RESET_STATUS GetDeviceResetStatus;
} DEVICE_RESET_INTERFACE_STANDARD, *PDEVICE_RESET_INTERFACE_STANDARD;

typedef union _DEVICE_RESET_STATUS_FLAGS {
    struct {
        ULONGLONG KeepStackReset : 1;
        ULONGLONG RecoveringFromBusError : 1;
        ULONGLONG Reserved : 62;
    } u;
    ULONGLONG AsUlonglong;
} DEVICE_RESET_STATUS_FLAGS, *PDEVICE_RESET_STATUS_FLAGS;

typedef struct _DEVPROPKEY {
    DEVPROPGUID fmtid;
    DEVPROPID pid;
} DEVPROPKEY, *PDEVPROPKEY;

typedef struct _DEVPROPCOMPKEY {
    DEVPROPKEY Key;
    DEVPROPSTORE Store;
    PCWSTR LocaleName;
} DEVPROPCOMPKEY, *PDEVPROPCOMPKEY;

typedef struct _DEVPROPERTY {
    DEVPROPCOMPKEY CompKey;
    DEVPROPTYPE Type;
    ULONG BufferSize;
    PVOID Buffer;
} DEVPROPERTY, *PDEVPROPERTY;

typedef struct _HWPROFILE_CHANGE_NOTIFICATION {
    USHORT Version;
    USHORT Size;
    GUID Event;
} HWPROFILE_CHANGE_NOTIFICATION, *PHWPROFILE_CHANGE_NOTIFICATION;

typedef struct _INTERFACE {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
} INTERFACE, *PINTERFACE;

typedef struct _PLUGPLAY_NOTIFICATION_HEADER {
    USHORT Version;
    USHORT Size;
    GUID Event;
} PLUGPLAY_NOTIFICATION_HEADER, *PPLUGPLAY_NOTIFICATION_HEADER;

typedef struct _PNP_BUS_INFORMATION {
    GUID BusTypeGuid;
    INTERFACE_TYPE LegacyBusType;
    ULONG BusNumber;
} PNP_BUS_INFORMATION, *PPNP_BUS_INFORMATION;

/* IRQL: <= PASSIVE_LEVEL */
typedef NTSTATUS (NTAPI *PGET_LOCATION_STRING)(PVOID Context, PZZWSTR *LocationStrings);

typedef struct _PNP_LOCATION_INTERFACE {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PGET_LOCATION_STRING GetLocationString;
} PNP_LOCATION_INTERFACE, *PPNP_LOCATION_INTERFACE;

typedef struct _POWER_SEQUENCE {
    ULONG SequenceD1;
    ULONG SequenceD2;
    ULONG SequenceD3;
} POWER_SEQUENCE, *PPOWER_SEQUENCE;

typedef struct _TARGET_DEVICE_CUSTOM_NOTIFICATION {
    USHORT Version;
    USHORT Size;
    GUID Event;
    PFILE_OBJECT FileObject;
    LONG NameBufferOffset;
    UCHAR CustomDataBuffer[1];
} TARGET_DEVICE_CUSTOM_NOTIFICATION, *PTARGET_DEVICE_CUSTOM_NOTIFICATION;

typedef struct _TARGET_DEVICE_REMOVAL_NOTIFICATION {
    USHORT Version;
    USHORT Size;
    GUID Event;
    PFILE_OBJECT FileObject;
} TARGET_DEVICE_REMOVAL_NOTIFICATION, *PTARGET_DEVICE_REMOVAL_NOTIFICATION;

NTKERNELAPI NTSTATUS NTAPI IoAssignResources(
    PUNICODE_STRING RegistryPath, PUNICODE_STRING DriverClassName, PDRIVER_OBJECT DriverObject,
    PDEVICE_OBJECT DeviceObject, PIO_RESOURCE_REQUIREMENTS_LIST RequestedResources,
    PCM_RESOURCE_LIST *AllocatedResources);

NTKERNELAPI NTSTATUS NTAPI IoGetDeviceInterfaceAlias(
    PUNICODE_STRING SymbolicLinkName, const GUID *AliasInterfaceClassGuid,
    PUNICODE_STRING AliasSymbolicLinkName);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceInterfacePropertyData(
    PUNICODE_STRING SymbolicLinkName, const DEVPROPKEY *PropertyKey, LCID Lcid, ULONG Flags,
    ULONG Size, PVOID Data, PULONG RequiredSize, PDEVPROPTYPE Type);

NTKERNELAPI NTSTATUS NTAPI IoGetDeviceInterfaces(
    const GUID *InterfaceClassGuid, PDEVICE_OBJECT PhysicalDeviceObject, ULONG Flags,
    PZZWSTR *SymbolicLinkList);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDeviceProperty(
    PDEVICE_OBJECT DeviceObject, DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
    PVOID PropertyBuffer, PULONG ResultLength);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoGetDevicePropertyData(
    PDEVICE_OBJECT Pdo, const DEVPROPKEY *PropertyKey, LCID Lcid, ULONG Flags, ULONG Size,
    PVOID Data, PULONG RequiredSize, PDEVPROPTYPE Type);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI struct _DMA_ADAPTER *NTAPI IoGetDmaAdapter(
    PDEVICE_OBJECT PhysicalDeviceObject, struct _DEVICE_DESCRIPTION *DeviceDescription,
    PULONG NumberOfMapRegisters);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoInvalidateDeviceRelations(
    PDEVICE_OBJECT DeviceObject, DEVICE_RELATION_TYPE Type);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoInvalidateDeviceState(PDEVICE_OBJECT PhysicalDeviceObject);

NTKERNELAPI NTSTATUS NTAPI IoOpenDeviceInterfaceRegistryKey(
    PUNICODE_STRING SymbolicLinkName, ACCESS_MASK DesiredAccess, PHANDLE DeviceInterfaceRegKey);

NTKERNELAPI NTSTATUS NTAPI IoRegisterDeviceInterface(
    PDEVICE_OBJECT PhysicalDeviceObject, const GUID *InterfaceClassGuid,
    PUNICODE_STRING ReferenceString, PUNICODE_STRING SymbolicLinkName);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoRegisterPlugPlayNotification(
    IO_NOTIFICATION_EVENT_CATEGORY EventCategory, ULONG EventCategoryFlags, PVOID EventCategoryData,
    PDRIVER_OBJECT DriverObject, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
    PVOID Context, PVOID *NotificationEntry);

NTKERNELAPI NTSTATUS NTAPI IoReportDetectedDevice(
    PDRIVER_OBJECT DriverObject, INTERFACE_TYPE LegacyBusType, ULONG BusNumber, ULONG SlotNumber,
    PCM_RESOURCE_LIST ResourceList, PIO_RESOURCE_REQUIREMENTS_LIST ResourceRequirements,
    BOOLEAN ResourceAssigned, PDEVICE_OBJECT *DeviceObject);

NTKERNELAPI NTSTATUS NTAPI IoReportResourceForDetection(
    PDRIVER_OBJECT DriverObject, PCM_RESOURCE_LIST DriverList, ULONG DriverListSize,
    PDEVICE_OBJECT DeviceObject, PCM_RESOURCE_LIST DeviceList, ULONG DeviceListSize,
    PBOOLEAN ConflictDetected);

NTKERNELAPI NTSTATUS NTAPI IoReportResourceUsage(
    PUNICODE_STRING DriverClassName, PDRIVER_OBJECT DriverObject, PCM_RESOURCE_LIST DriverList,
    ULONG DriverListSize, PDEVICE_OBJECT DeviceObject, PCM_RESOURCE_LIST DeviceList,
    ULONG DeviceListSize, BOOLEAN OverrideConflict, PBOOLEAN ConflictDetected);

NTKERNELAPI NTSTATUS NTAPI IoReportRootDevice(PDRIVER_OBJECT DriverObject);

NTKERNELAPI NTSTATUS NTAPI IoReportTargetDeviceChange(
    PDEVICE_OBJECT PhysicalDeviceObject, PVOID NotificationStructure);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoReportTargetDeviceChangeAsynchronous(
    PDEVICE_OBJECT PhysicalDeviceObject, PVOID NotificationStructure,
    PDEVICE_CHANGE_COMPLETE_CALLBACK Callback, PVOID Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI IoRequestDeviceEject(PDEVICE_OBJECT PhysicalDeviceObject);

typedef void (NTAPI *PIO_DEVICE_EJECT_CALLBACK)(NTSTATUS Status, PVOID Context);

NTKERNELAPI NTSTATUS NTAPI IoRequestDeviceEjectEx(
    PDEVICE_OBJECT PhysicalDeviceObject, PIO_DEVICE_EJECT_CALLBACK Callback, PVOID Context,
    PDRIVER_OBJECT DriverObject);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoSetDeviceInterfacePropertyData(
    PUNICODE_STRING SymbolicLinkName, const DEVPROPKEY *PropertyKey, LCID Lcid, ULONG Flags,
    DEVPROPTYPE Type, ULONG Size, PVOID Data);

NTKERNELAPI NTSTATUS NTAPI IoSetDeviceInterfaceState(
    PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoSetDevicePropertyData(
    PDEVICE_OBJECT Pdo, const DEVPROPKEY *PropertyKey, LCID Lcid, ULONG Flags, DEVPROPTYPE Type,
    ULONG Size, PVOID Data);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoUnregisterPlugPlayNotification(PVOID NotificationEntry);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI IoUnregisterPlugPlayNotificationEx(PVOID NotificationEntry);
