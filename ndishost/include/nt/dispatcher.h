/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Dispatcher objects, DPCs, APCs, IRQL, processors: types and constants.
 */

#include "types.h"

struct _KINTERRUPT;
struct _KPROCESS;
struct _KTHREAD;

typedef struct _CONTEXT CONTEXT, *PCONTEXT;
typedef struct _COUNTED_REASON_CONTEXT COUNTED_REASON_CONTEXT, *PCOUNTED_REASON_CONTEXT;
typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
typedef struct _EXCEPTION_RECORD EXCEPTION_RECORD, *PEXCEPTION_RECORD;
typedef struct _IRP IRP, *PIRP;
typedef struct _KBUGCHECK_REASON_CALLBACK_RECORD KBUGCHECK_REASON_CALLBACK_RECORD,
    *PKBUGCHECK_REASON_CALLBACK_RECORD;
typedef struct _KDPC KDPC, *PKDPC, *PRKDPC;
typedef struct _KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT,
    *PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT;

#define ALL_PROCESSOR_GROUPS 65535
#define INVALID_PROCESSOR_INDEX 0xFFFFFFFFU
#define APC_LEVEL 1
#define CACHE_FULLY_ASSOCIATIVE 255

#define CLOCK_PRECISION 4
#define CLOCK_LEVEL 13

#define CLOCK_NETWORK_DERIVED 2

#define DBG_PRINTEXCEPTION_C 0x40010006
#define DBG_PRINTEXCEPTION_WIDE_C 0x4001000A

#define DISPATCH_LEVEL 2

#define DPC_NORMAL 0
#define DPC_THREADED 1

#define DPC_WATCHDOG_GLOBAL_TRIAGE_BLOCK_REVISION_1 1
#define DPC_WATCHDOG_GLOBAL_TRIAGE_BLOCK_VER_1_SIZE 0x10ULL
#define DPC_WATCHDOG_GLOBAL_TRIAGE_BLOCK_SIGNATURE 0xAEBECEDEU

#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_INFO_LEVEL 3
#define DPFLTR_MASK 0x80000000U
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_WARNING_LEVEL 1
#define DRS_LEVEL 14
#define EVENT_INCREMENT 1

#define HIGH_LEVEL 15
#define HIGH_PRIORITY 31

#define IPI_LEVEL 14
#define KERNEL_CFG_INIT_FAILURE 1058U

#define KERNEL_LARGE_STACK_COMMIT 0x6000
#define KERNEL_LARGE_STACK_SIZE 0x12000

#define KERNEL_MODE_EXCEPTION_NOT_HANDLED_M 0x1000008EU
#define KERNEL_SHADOW_STACK_SIZE 0x1000
#define KERNEL_SOFT_RESTART_NOTIFICATION_VERSION 1
#define KERNEL_STACK_SIZE 0x6000
#define KEY_ALL_ACCESS 0xF003F

#define KEY_CREATE_SUB_KEY 4
#define KEY_CREATE_LINK 0x20

#define KEY_ENUMERATE_SUB_KEYS 8

#define KEY_NOTIFY 0x10
#define KEY_WRITE 0x20006
#define KEY_EXECUTE 0x20019
#define KEY_READ 0x20019

#define KEY_QUERY_VALUE 1
#define KEY_SET_VALUE 2

#define KEY_WOW64_64KEY 0x100
#define KEY_WOW64_32KEY 0x200
#define KEY_WOW64_RES 0x300

#define KE_MAX_TRIAGE_DUMP_DATA_MEMORY_SIZE 0x2000000
#define KE_PROCESSOR_CHANGE_ADD_EXISTING 1
#define KI_USER_SHARED_DATA 0xFFFFF78000000000ULL

#define LOCK_QUEUE_WAIT_BIT 0x0
#define LOCK_QUEUE_OWNER_BIT 0x1
#define LOCK_QUEUE_WAIT 0x1
#define LOCK_QUEUE_HALTED_BIT 0x2
#define LOCK_QUEUE_OWNER 0x2
#define LOCK_QUEUE_HALTED 0x4
#define LOCK_QUEUE_VALID_FLAGS 0x7

#define LOW_LEVEL 0
#define LOW_PRIORITY 0

#define LOW_REALTIME_PRIORITY 0x10

#define MAXIMUM_EXPANSION_SIZE 0x11800
#define MAXIMUM_PRIORITY 0x20
#define MAXIMUM_PROCESSORS 0x40

#define MAXIMUM_PROC_PER_GROUP 0x40
#define MAXIMUM_SUSPEND_COUNT 127

#define MAXIMUM_WAIT_OBJECTS_EXCEEDED 12U
#define MAXIMUM_WAIT_OBJECTS 0x40

#define PASSIVE_LEVEL 0
#define PF_3DNOW_INSTRUCTIONS_AVAILABLE 7
#define PF_ALPHA_BYTE_INSTRUCTIONS 5

#define PF_ARM_VFP_32_REGISTERS_AVAILABLE 18
#define PF_ARM_NEON_INSTRUCTIONS_AVAILABLE 19
#define PF_ARM_DIVIDE_INSTRUCTION_AVAILABLE 24
#define PF_ARM_64BIT_LOADSTORE_ATOMIC 25
#define PF_ARM_EXTERNAL_CACHE_AVAILABLE 26
#define PF_ARM_FMAC_INSTRUCTIONS_AVAILABLE 27
#define PF_ARM_V8_INSTRUCTIONS_AVAILABLE 29
#define PF_ARM_V8_CRYPTO_INSTRUCTIONS_AVAILABLE 30
#define PF_ARM_V8_CRC32_INSTRUCTIONS_AVAILABLE 31
#define PF_ARM_V81_ATOMIC_INSTRUCTIONS_AVAILABLE 34
#define PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE 43
#define PF_ARM_V83_JSCVT_INSTRUCTIONS_AVAILABLE 44

#define PF_AVX2_INSTRUCTIONS_AVAILABLE 40
#define PF_AVX512F_INSTRUCTIONS_AVAILABLE 41
#define PF_AVX_INSTRUCTIONS_AVAILABLE 39
#define PF_CHANNELS_ENABLED 0x10
#define PF_COMPARE64_EXCHANGE128 15

#define PF_COMPARE_EXCHANGE_DOUBLE 2
#define PF_COMPARE_EXCHANGE128 14

#define PF_ERMS_AVAILABLE 42
#define PF_FASTFAIL_AVAILABLE 23

#define PF_FLOATING_POINT_PRECISION_ERRATA 0
#define PF_FLOATING_POINT_EMULATED 1

#define PF_MMX_INSTRUCTIONS_AVAILABLE 3
#define PF_MONITORX_INSTRUCTION_AVAILABLE 35
#define PF_NON_TEMPORAL_LEVEL_ALL 0
#define PF_NX_ENABLED 12
#define PF_PAE_ENABLED 9
#define PF_PPC_MOVEMEM_64BIT_OK 4
#define PF_RDPID_INSTRUCTION_AVAILABLE 33
#define PF_RDRAND_INSTRUCTION_AVAILABLE 28
#define PF_RDTSCP_INSTRUCTION_AVAILABLE 0x20
#define PF_RDTSC_INSTRUCTION_AVAILABLE 8
#define PF_RDWRFSGSBASE_AVAILABLE 22
#define PF_SECOND_LEVEL_ADDRESS_TRANSLATION 20
#define PF_SSE3_INSTRUCTIONS_AVAILABLE 13

#define PF_SSE4_1_INSTRUCTIONS_AVAILABLE 37
#define PF_SSE4_2_INSTRUCTIONS_AVAILABLE 38

#define PF_SSE_DAZ_MODE_AVAILABLE 11
#define PF_SSSE3_INSTRUCTIONS_AVAILABLE 36

#define PF_TEMPORAL_LEVEL_1 1
#define PF_TEMPORAL_LEVEL_2 2
#define PF_TEMPORAL_LEVEL_3 3

#define PF_VIRT_FIRMWARE_ENABLED 21
#define PF_XMMI64_INSTRUCTIONS_AVAILABLE 10
#define PF_XMMI_INSTRUCTIONS_AVAILABLE 6
#define PF_XSAVE_ENABLED 17
#define POWER_LEVEL 14

#define PROCESSOR_DUTY_CYCLING_DISABLED 0
#define PROCESSOR_DUTY_CYCLING_ENABLED 1

#define PROCESSOR_FEATURE_MAX 0x40

#define PROCESSOR_PERF_AUTONOMOUS_MODE_DISABLED 0
#define PROCESSOR_PERF_BOOST_MODE_DISABLED 0
#define PROCESSOR_PERF_BOOST_POLICY_DISABLED 0
#define PROCESSOR_PERF_ENERGY_PREFERENCE 0
#define PROCESSOR_PERF_MINIMUM_ACTIVITY_WINDOW 0
#define PROCESSOR_PERF_AUTONOMOUS_MODE_ENABLED 1
#define PROCESSOR_PERF_BOOST_MODE_ENABLED 1
#define PROCESSOR_PERF_BOOST_MODE_AGGRESSIVE 2
#define PROCESSOR_PERF_BOOST_MODE_EFFICIENT_ENABLED 3
#define PROCESSOR_PERF_BOOST_MODE_EFFICIENT_AGGRESSIVE 4
#define PROCESSOR_PERF_BOOST_MODE_AGGRESSIVE_AT_GUARANTEED 5
#define PROCESSOR_PERF_BOOST_MODE_EFFICIENT_AGGRESSIVE_AT_GUARANTEED 6
#define PROCESSOR_PERF_BOOST_MODE_MAX 6
#define PROCESSOR_PERF_BOOST_POLICY_MAX 100
#define PROCESSOR_PERF_PERFORMANCE_PREFERENCE 255
#define PROCESSOR_PERF_MAXIMUM_ACTIVITY_WINDOW 0x4BB2A980

#define PROCESSOR_THROTTLE_DISABLED 0
#define PROCESSOR_THROTTLE_ENABLED 1
#define PROCESSOR_THROTTLE_AUTOMATIC 2

#define PROFILE_LEVEL 15
#define SEMAPHORE_ALL_ACCESS 0x1F0003
#define SEMAPHORE_INCREMENT 1
#define SEMAPHORE_MODIFY_STATE 2
#define SEMAPHORE_QUERY_STATE 1
#define THREAD_WAIT_OBJECTS 3
#define TIMER_EXPIRED_INDEX_BITS 6
#define TIMER_PROCESSOR_INDEX_BITS 5
#define TIMER_TOLERABLE_DELAY_BITS 6

typedef struct _DISPATCHER_HEADER {
    union {
        volatile LONG Lock;
        LONG LockNV;
        struct {
            UCHAR Type;
            UCHAR Signalling;
            UCHAR Size;
            UCHAR Reserved1;
        };
        struct {
            UCHAR TimerType;
            union {
                UCHAR TimerControlFlags;
                struct {
                    UCHAR Absolute : 1;
                    UCHAR Wake : 1;
                    UCHAR EncodedTolerableDelay : 6;
                };
            };
            UCHAR Hand;
            union {
                UCHAR TimerMiscFlags;
                struct {
                    UCHAR Index : 6;
                    UCHAR Inserted : 1;
                    volatile UCHAR Expired : 1;
                };
            };
        };
        struct {
            UCHAR Timer2Type;
            union {
                UCHAR Timer2Flags;
                struct {
                    UCHAR Timer2Inserted : 1;
                    UCHAR Timer2Expiring : 1;
                    UCHAR Timer2CancelPending : 1;
                    UCHAR Timer2SetPending : 1;
                    UCHAR Timer2Running : 1;
                    UCHAR Timer2Disabled : 1;
                    UCHAR Timer2ReservedFlags : 2;
                };
            };
            UCHAR Timer2ComponentId;
            UCHAR Timer2RelativeId;
        };
        struct {
            UCHAR QueueType;
            union {
                UCHAR QueueControlFlags;
                struct {
                    UCHAR Abandoned : 1;
                    UCHAR DisableIncrement : 1;
                    UCHAR QueueReservedControlFlags : 6;
                };
            };
            UCHAR QueueSize;
            UCHAR QueueReserved;
        };
        struct {
            UCHAR ThreadType;
            UCHAR ThreadReserved;
            union {
                UCHAR ThreadControlFlags;
                struct {
                    UCHAR CycleProfiling : 1;
                    UCHAR CounterProfiling : 1;
                    UCHAR GroupScheduling : 1;
                    UCHAR AffinitySet : 1;
                    UCHAR Tagged : 1;
                    UCHAR EnergyProfiling : 1;
                    UCHAR SchedulerAssist : 1;
                    UCHAR ThreadReservedControlFlags : 1;
                };
            };
            union {
                UCHAR DebugActive;
                struct {
                    BOOLEAN ActiveDR7 : 1;
                    BOOLEAN Instrumented : 1;
                    BOOLEAN Minimal : 1;
                    BOOLEAN Reserved4 : 2;
                    BOOLEAN AltSyscall : 1;
                    BOOLEAN Emulation : 1;
                    BOOLEAN Reserved5 : 1;
                };
            };
        };
        struct {
            UCHAR MutantType;
            UCHAR MutantSize;
            BOOLEAN DpcActive;
            UCHAR MutantReserved;
        };
    };
    LONG SignalState;
    LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER, *PDISPATCHER_HEADER;

typedef struct _KMUTANT {
    DISPATCHER_HEADER Header;
    LIST_ENTRY MutantListEntry;
    struct _KTHREAD *OwnerThread;
    union {
        UCHAR MutantFlags;
        struct {
            UCHAR Abandoned : 1;
            UCHAR Spare1 : 7;
        };
    };
    UCHAR ApcDisable;
} KMUTANT, KMUTEX, NDIS_MUTEX, *PKMUTANT, *PKMUTEX, *PRKMUTANT, *PRKMUTEX;

typedef KMUTEX *PNDIS_MUTEX;

typedef enum _CPU_SET_INFORMATION_TYPE {
    CpuSetInformation,
} CPU_SET_INFORMATION_TYPE, *PCPU_SET_INFORMATION_TYPE;

typedef enum _DPFLTR_TYPE {
    DPFLTR_SYSTEM_ID,
    DPFLTR_SMSS_ID,
    DPFLTR_SETUP_ID,
    DPFLTR_NTFS_ID,
    DPFLTR_FSTUB_ID,
    DPFLTR_CRASHDUMP_ID,
    DPFLTR_CDAUDIO_ID,
    DPFLTR_CDROM_ID,
    DPFLTR_CLASSPNP_ID,
    DPFLTR_DISK_ID,
    DPFLTR_REDBOOK_ID,
    DPFLTR_STORPROP_ID,
    DPFLTR_SCSIPORT_ID,
    DPFLTR_SCSIMINIPORT_ID,
    DPFLTR_CONFIG_ID,
    DPFLTR_I8042PRT_ID,
    DPFLTR_SERMOUSE_ID,
    DPFLTR_LSERMOUS_ID,
    DPFLTR_KBDHID_ID,
    DPFLTR_MOUHID_ID,
    DPFLTR_KBDCLASS_ID,
    DPFLTR_MOUCLASS_ID,
    DPFLTR_TWOTRACK_ID,
    DPFLTR_WMILIB_ID,
    DPFLTR_ACPI_ID,
    DPFLTR_AMLI_ID,
    DPFLTR_HALIA64_ID,
    DPFLTR_VIDEO_ID,
    DPFLTR_SVCHOST_ID,
    DPFLTR_VIDEOPRT_ID,
    DPFLTR_TCPIP_ID,
    DPFLTR_DMSYNTH_ID,
    DPFLTR_NTOSPNP_ID,
    DPFLTR_FASTFAT_ID,
    DPFLTR_SAMSS_ID,
    DPFLTR_PNPMGR_ID,
    DPFLTR_NETAPI_ID,
    DPFLTR_SCSERVER_ID,
    DPFLTR_SCCLIENT_ID,
    DPFLTR_SERIAL_ID,
    DPFLTR_SERENUM_ID,
    DPFLTR_UHCD_ID,
    DPFLTR_RPCPROXY_ID,
    DPFLTR_AUTOCHK_ID,
    DPFLTR_DCOMSS_ID,
    DPFLTR_UNIMODEM_ID,
    DPFLTR_SIS_ID,
    DPFLTR_FLTMGR_ID,
    DPFLTR_WMICORE_ID,
    DPFLTR_BURNENG_ID,
    DPFLTR_IMAPI_ID,
    DPFLTR_SXS_ID,
    DPFLTR_FUSION_ID,
    DPFLTR_IDLETASK_ID,
    DPFLTR_SOFTPCI_ID,
    DPFLTR_TAPE_ID,
    DPFLTR_MCHGR_ID,
    DPFLTR_IDEP_ID,
    DPFLTR_PCIIDE_ID,
    DPFLTR_FLOPPY_ID,
    DPFLTR_FDC_ID,
    DPFLTR_TERMSRV_ID,
    DPFLTR_W32TIME_ID,
    DPFLTR_PREFETCHER_ID,
    DPFLTR_RSFILTER_ID,
    DPFLTR_FCPORT_ID,
    DPFLTR_PCI_ID,
    DPFLTR_DMIO_ID,
    DPFLTR_DMCONFIG_ID,
    DPFLTR_DMADMIN_ID,
    DPFLTR_WSOCKTRANSPORT_ID,
    DPFLTR_VSS_ID,
    DPFLTR_PNPMEM_ID,
    DPFLTR_PROCESSOR_ID,
    DPFLTR_DMSERVER_ID,
    DPFLTR_SR_ID,
    DPFLTR_INFINIBAND_ID,
    DPFLTR_IHVDRIVER_ID,
    DPFLTR_IHVVIDEO_ID,
    DPFLTR_IHVAUDIO_ID,
    DPFLTR_IHVNETWORK_ID,
    DPFLTR_IHVSTREAMING_ID,
    DPFLTR_IHVBUS_ID,
    DPFLTR_HPS_ID,
    DPFLTR_RTLTHREADPOOL_ID,
    DPFLTR_LDR_ID,
    DPFLTR_TCPIP6_ID,
    DPFLTR_ISAPNP_ID,
    DPFLTR_SHPC_ID,
    DPFLTR_STORPORT_ID,
    DPFLTR_STORMINIPORT_ID,
    DPFLTR_PRINTSPOOLER_ID,
    DPFLTR_VSSDYNDISK_ID,
    DPFLTR_VERIFIER_ID,
    DPFLTR_VDS_ID,
    DPFLTR_VDSBAS_ID,
    DPFLTR_VDSDYN_ID,
    DPFLTR_VDSDYNDR_ID,
    DPFLTR_VDSLDR_ID,
    DPFLTR_VDSUTIL_ID,
    DPFLTR_DFRGIFC_ID,
    DPFLTR_DEFAULT_ID,
    DPFLTR_MM_ID,
    DPFLTR_DFSC_ID,
    DPFLTR_WOW64_ID,
    DPFLTR_ALPC_ID,
    DPFLTR_WDI_ID,
    DPFLTR_PERFLIB_ID,
    DPFLTR_KTM_ID,
    DPFLTR_IOSTRESS_ID,
    DPFLTR_HEAP_ID,
    DPFLTR_WHEA_ID,
    DPFLTR_USERGDI_ID,
    DPFLTR_MMCSS_ID,
    DPFLTR_TPM_ID,
    DPFLTR_THREADORDER_ID,
    DPFLTR_ENVIRON_ID,
    DPFLTR_EMS_ID,
    DPFLTR_WDT_ID,
    DPFLTR_FVEVOL_ID,
    DPFLTR_NDIS_ID,
    DPFLTR_NVCTRACE_ID,
    DPFLTR_LUAFV_ID,
    DPFLTR_APPCOMPAT_ID,
    DPFLTR_USBSTOR_ID,
    DPFLTR_SBP2PORT_ID,
    DPFLTR_COVERAGE_ID,
    DPFLTR_CACHEMGR_ID,
    DPFLTR_MOUNTMGR_ID,
    DPFLTR_CFR_ID,
    DPFLTR_TXF_ID,
    DPFLTR_KSECDD_ID,
    DPFLTR_FLTREGRESS_ID,
    DPFLTR_MPIO_ID,
    DPFLTR_MSDSM_ID,
    DPFLTR_UDFS_ID,
    DPFLTR_PSHED_ID,
    DPFLTR_STORVSP_ID,
    DPFLTR_LSASS_ID,
    DPFLTR_SSPICLI_ID,
    DPFLTR_CNG_ID,
    DPFLTR_EXFAT_ID,
    DPFLTR_FILETRACE_ID,
    DPFLTR_XSAVE_ID,
    DPFLTR_SE_ID,
    DPFLTR_DRIVEEXTENDER_ID,
    DPFLTR_POWER_ID,
    DPFLTR_CRASHDUMPXHCI_ID,
    DPFLTR_GPIO_ID,
    DPFLTR_REFS_ID,
    DPFLTR_WER_ID,
    DPFLTR_CAPIMG_ID,
    DPFLTR_VPCI_ID,
    DPFLTR_STORAGECLASSMEMORY_ID,
    DPFLTR_FSLIB_ID,
    DPFLTR_ENDOFTABLE_ID,
} DPFLTR_TYPE;

typedef enum _KBUGCHECK_BUFFER_DUMP_STATE {
    BufferEmpty,
    BufferInserted,
    BufferStarted,
    BufferFinished,
    BufferIncomplete,
} KBUGCHECK_BUFFER_DUMP_STATE;

typedef enum _KBUGCHECK_CALLBACK_REASON {
    KbCallbackInvalid,
    KbCallbackReserved1,
    KbCallbackSecondaryDumpData,
    KbCallbackDumpIo,
    KbCallbackAddPages,
    KbCallbackSecondaryMultiPartDumpData,
    KbCallbackRemovePages,
    KbCallbackTriageDumpData,
    KbCallbackReserved2,
} KBUGCHECK_CALLBACK_REASON;

typedef enum _KDPC_IMPORTANCE {
    LowImportance,
    MediumImportance,
    HighImportance,
    MediumHighImportance,
} KDPC_IMPORTANCE;

typedef enum {
    KdConfigureDeviceAndContinue,
    KdSkipDeviceAndContinue,
    KdConfigureDeviceAndStop,
    KdSkipDeviceAndStop,
} KD_CALLBACK_ACTION, *PKD_CALLBACK_ACTION;

typedef enum {
    KdNameSpacePCI,
    KdNameSpaceACPI,
    KdNameSpaceAny,
    KdNameSpaceNone,
    KdNameSpaceMax,
} KD_NAMESPACE_ENUM, *PKD_NAMESPACE_ENUM;

typedef enum _KD_OPTION {
    KD_OPTION_SET_BLOCK_ENABLE,
} KD_OPTION;

typedef enum _KEY_INFORMATION_CLASS {
    KeyBasicInformation,
    KeyNodeInformation,
    KeyFullInformation,
    KeyNameInformation,
    KeyCachedInformation,
    KeyFlagsInformation,
    KeyVirtualizationInformation,
    KeyHandleTagsInformation,
    KeyTrustInformation,
    KeyLayerInformation,
    MaxKeyInfoClass,
} KEY_INFORMATION_CLASS;

typedef enum _KEY_SET_INFORMATION_CLASS {
    KeyWriteTimeInformation,
    KeyWow64FlagsInformation,
    KeyControlFlagsInformation,
    KeySetVirtualizationInformation,
    KeySetDebugInformation,
    KeySetHandleTagsInformation,
    KeySetLayerInformation,
    MaxKeySetInfoClass,
} KEY_SET_INFORMATION_CLASS;

typedef enum _KEY_VALUE_INFORMATION_CLASS {
    KeyValueBasicInformation,
    KeyValueFullInformation,
    KeyValuePartialInformation,
    KeyValueFullInformationAlign64,
    KeyValuePartialInformationAlign64,
    KeyValueLayerInformation,
    MaxKeyValueInfoClass,
} KEY_VALUE_INFORMATION_CLASS;

typedef enum {
    KeProcessorAddStartNotify,
    KeProcessorAddCompleteNotify,
    KeProcessorAddFailureNotify,
} KE_PROCESSOR_CHANGE_NOTIFY_STATE;

typedef enum _KINTERRUPT_MODE {
    LevelSensitive,
    Latched,
} KINTERRUPT_MODE, NDIS_INTERRUPT_MODE, *PNDIS_INTERRUPT_MODE;

typedef enum _KINTERRUPT_POLARITY {
    InterruptPolarityUnknown,
    InterruptActiveHigh,
    InterruptRisingEdge = 1,
    InterruptActiveLow,
    InterruptFallingEdge = 2,
    InterruptActiveBoth,
    InterruptActiveBothTriggerLow = 3,
    InterruptActiveBothTriggerHigh,
} KINTERRUPT_POLARITY, *PKINTERRUPT_POLARITY;

typedef enum _KPROFILE_SOURCE {
    ProfileTime,
    ProfileAlignmentFixup,
    ProfileTotalIssues,
    ProfilePipelineDry,
    ProfileLoadInstructions,
    ProfilePipelineFrozen,
    ProfileBranchInstructions,
    ProfileTotalNonissues,
    ProfileDcacheMisses,
    ProfileIcacheMisses,
    ProfileCacheMisses,
    ProfileBranchMispredictions,
    ProfileStoreInstructions,
    ProfileFpInstructions,
    ProfileIntegerInstructions,
    Profile2Issue,
    Profile3Issue,
    Profile4Issue,
    ProfileSpecialInstructions,
    ProfileTotalCycles,
    ProfileIcacheIssues,
    ProfileDcacheAccesses,
    ProfileMemoryBarrierCycles,
    ProfileLoadLinkedIssues,
    ProfileMaximum,
} KPROFILE_SOURCE;

typedef enum _KWAIT_REASON {
    Executive,
    FreePage,
    PageIn,
    PoolAllocation,
    DelayExecution,
    Suspended,
    UserRequest,
    WrExecutive,
    WrFreePage,
    WrPageIn,
    WrPoolAllocation,
    WrDelayExecution,
    WrSuspended,
    WrUserRequest,
    WrSpare0,
    WrQueue,
    WrLpcReceive,
    WrLpcReply,
    WrVirtualMemory,
    WrPageOut,
    WrRendezvous,
    WrKeyedEvent,
    WrTerminated,
    WrProcessInSwap,
    WrCpuRateControl,
    WrCalloutStack,
    WrKernel,
    WrResource,
    WrPushLock,
    WrMutex,
    WrQuantumEnd,
    WrDispatchInt,
    WrPreempted,
    WrYieldExecution,
    WrFastMutex,
    WrGuardedMutex,
    WrRundown,
    WrAlertByThreadId,
    WrDeferredPreempt,
    WrPhysicalFault,
    WrIoRing,
    WrMdlCache,
    MaximumWaitReason,
} KWAIT_REASON;

typedef enum _LOGICAL_PROCESSOR_RELATIONSHIP {
    RelationProcessorCore,
    RelationNumaNode,
    RelationCache,
    RelationProcessorPackage,
    RelationGroup,
    RelationProcessorDie,
    RelationNumaNodeEx,
    RelationProcessorModule,
    RelationAll = 65535,
} LOGICAL_PROCESSOR_RELATIONSHIP;

typedef enum _MODE {
    KernelMode,
    UserMode,
    MaximumMode,
} MODE;

typedef enum _PROCESSOR_CACHE_TYPE {
    CacheUnified,
    CacheInstruction,
    CacheData,
    CacheTrace,
} PROCESSOR_CACHE_TYPE;

typedef enum _TIMER_SET_INFORMATION_CLASS {
    TimerSetCoalescableTimer,
    MaxTimerInfoClass,
} TIMER_SET_INFORMATION_CLASS;

/* IRQL: HIGH_LEVEL */
typedef void NTAPI KBUGCHECK_CALLBACK_ROUTINE(PVOID Buffer, ULONG Length);
typedef KBUGCHECK_CALLBACK_ROUTINE *PKBUGCHECK_CALLBACK_ROUTINE;

/* IRQL: HIGH_LEVEL */
typedef void NTAPI KBUGCHECK_REASON_CALLBACK_ROUTINE(
    KBUGCHECK_CALLBACK_REASON Reason, struct _KBUGCHECK_REASON_CALLBACK_RECORD *Record,
    PVOID ReasonSpecificData, ULONG ReasonSpecificDataLength);
typedef KBUGCHECK_REASON_CALLBACK_ROUTINE *PKBUGCHECK_REASON_CALLBACK_ROUTINE;

/* IRQL: DISPATCH_LEVEL */
typedef void NTAPI KDEFERRED_ROUTINE(
    struct _KDPC *Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

/* IRQL: IPI_LEVEL */
typedef ULONG_PTR NTAPI KIPI_BROADCAST_WORKER(ULONG_PTR Argument);
typedef KIPI_BROADCAST_WORKER *PKIPI_BROADCAST_WORKER;

typedef BOOLEAN NTAPI KMESSAGE_SERVICE_ROUTINE(
    struct _KINTERRUPT *Interrupt, PVOID ServiceContext, ULONG MessageID);
typedef KMESSAGE_SERVICE_ROUTINE *PKMESSAGE_SERVICE_ROUTINE;

/* IRQL: DIRQL */
typedef BOOLEAN NTAPI KSERVICE_ROUTINE(struct _KINTERRUPT *Interrupt, PVOID ServiceContext);
typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;

/* IRQL: PASSIVE_LEVEL */
typedef void NTAPI KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

/* IRQL: DIRQL */
typedef BOOLEAN NTAPI KSYNCHRONIZE_ROUTINE(PVOID SynchronizeContext);
typedef KSYNCHRONIZE_ROUTINE *PKSYNCHRONIZE_ROUTINE;

typedef void NTAPI PROCESSOR_CALLBACK_FUNCTION(
    PVOID CallbackContext, PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT ChangeContext,
    PNTSTATUS OperationStatus);
typedef PROCESSOR_CALLBACK_FUNCTION *PPROCESSOR_CALLBACK_FUNCTION;

typedef NTSTATUS NTAPI PROCESSOR_HALT_ROUTINE(PVOID Context);
typedef PROCESSOR_HALT_ROUTINE *PPROCESSOR_HALT_ROUTINE;

typedef struct _CACHE_DESCRIPTOR {
    UCHAR Level;
    UCHAR Associativity;
    USHORT LineSize;
    ULONG Size;
    PROCESSOR_CACHE_TYPE Type;
} CACHE_DESCRIPTOR, *PCACHE_DESCRIPTOR;

typedef struct _CACHE_RELATIONSHIP {
    UCHAR Level;
    UCHAR Associativity;
    USHORT LineSize;
    ULONG CacheSize;
    PROCESSOR_CACHE_TYPE Type;
    UCHAR Reserved[18];
    USHORT GroupCount;
    union {
        GROUP_AFFINITY GroupMask;
        GROUP_AFFINITY GroupMasks[1];
    };
} CACHE_RELATIONSHIP, *PCACHE_RELATIONSHIP;

typedef struct _EXCEPTION_POINTERS {
    PEXCEPTION_RECORD ExceptionRecord;
    PCONTEXT ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

typedef struct _EXCEPTION_RECORD {
    NTSTATUS ExceptionCode;
    ULONG ExceptionFlags;
    struct _EXCEPTION_RECORD *ExceptionRecord;
    PVOID ExceptionAddress;
    ULONG NumberParameters;
    ULONG_PTR ExceptionInformation[15];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;

typedef struct _EXCEPTION_RECORD32 {
    NTSTATUS ExceptionCode;
    ULONG ExceptionFlags;
    ULONG ExceptionRecord;
    ULONG ExceptionAddress;
    ULONG NumberParameters;
    ULONG ExceptionInformation[15];
} EXCEPTION_RECORD32, *PEXCEPTION_RECORD32;

typedef struct _EXCEPTION_RECORD64 {
    NTSTATUS ExceptionCode;
    ULONG ExceptionFlags;
    ULONG64 ExceptionRecord;
    ULONG64 ExceptionAddress;
    ULONG NumberParameters;
    ULONG __unusedAlignment;
    ULONG64 ExceptionInformation[15];
} EXCEPTION_RECORD64, *PEXCEPTION_RECORD64;

typedef struct _KAPC {
    UCHAR Type;
    UCHAR AllFlags;
    UCHAR Size;
    UCHAR SpareByte1;
    ULONG SpareLong0;
    struct _KTHREAD *Thread;
    LIST_ENTRY ApcListEntry;
    PVOID Reserved[3];
    PVOID NormalContext;
    PVOID SystemArgument1;
    PVOID SystemArgument2;
    CCHAR ApcStateIndex;
    KPROCESSOR_MODE ApcMode;
    BOOLEAN Inserted;
} KAPC, *PKAPC, *PRKAPC;

typedef struct _KAPC_STATE {
    LIST_ENTRY ApcListHead[2];
    struct _KPROCESS *Process;
    union {
        UCHAR InProgressFlags;
        struct {
            BOOLEAN KernelApcInProgress : 1;
            BOOLEAN SpecialApcInProgress : 1;
        };
    };
    BOOLEAN KernelApcPending;
    union {
        BOOLEAN UserApcPendingAll;
        struct {
            BOOLEAN SpecialUserApcPending : 1;
            BOOLEAN UserApcPending : 1;
        };
    };
} KAPC_STATE, *PRKAPC_STATE;

typedef struct _KBUGCHECK_ADD_PAGES {
    PVOID Context;
    ULONG Flags;
    ULONG BugCheckCode;
    ULONG_PTR Address;
    ULONG_PTR Count;
} KBUGCHECK_ADD_PAGES, *PKBUGCHECK_ADD_PAGES;

typedef struct _KBUGCHECK_CALLBACK_RECORD {
    LIST_ENTRY Entry;
    PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine;
    PVOID Buffer;
    ULONG Length;
    PUCHAR Component;
    ULONG_PTR Checksum;
    UCHAR State;
} KBUGCHECK_CALLBACK_RECORD, *PKBUGCHECK_CALLBACK_RECORD;

typedef struct _KDEVICE_QUEUE {
    CSHORT Type;
    CSHORT Size;
    LIST_ENTRY DeviceListHead;
    KSPIN_LOCK Lock;
    union {
        BOOLEAN Busy;
        struct {
            LONG64 Reserved : 8;
            LONG64 Hint : 56;
        };
    };
} KDEVICE_QUEUE, *PKDEVICE_QUEUE, *PRKDEVICE_QUEUE;

typedef struct _KDEVICE_QUEUE_ENTRY {
    LIST_ENTRY DeviceListEntry;
    ULONG SortKey;
    BOOLEAN Inserted;
} KDEVICE_QUEUE_ENTRY, *PKDEVICE_QUEUE_ENTRY, *PRKDEVICE_QUEUE_ENTRY;

typedef struct _KDPC {
    union {
        ULONG TargetInfoAsUlong;
        struct {
            UCHAR Type;
            UCHAR Importance;
            volatile USHORT Number;
        };
    };
    SINGLE_LIST_ENTRY DpcListEntry;
    KAFFINITY ProcessorHistory;
    PKDEFERRED_ROUTINE DeferredRoutine;
    PVOID DeferredContext;
    PVOID SystemArgument1;
    PVOID SystemArgument2;
    PVOID DpcData;
} KDPC, *PKDPC, *PRKDPC;

typedef struct _KDPC_WATCHDOG_INFORMATION {
    ULONG DpcTimeLimit;
    ULONG DpcTimeCount;
    ULONG DpcWatchdogLimit;
    ULONG DpcWatchdogCount;
    ULONG Reserved;
} KDPC_WATCHDOG_INFORMATION, *PKDPC_WATCHDOG_INFORMATION;

typedef struct _KERNEL_SOFT_RESTART_NOTIFICATION {
    USHORT Version;
    USHORT Size;
    GUID Event;
} KERNEL_SOFT_RESTART_NOTIFICATION, *PKERNEL_SOFT_RESTART_NOTIFICATION;

typedef struct _KERNEL_USER_TIMES {
    LARGE_INTEGER CreateTime;
    LARGE_INTEGER ExitTime;
    LARGE_INTEGER KernelTime;
    LARGE_INTEGER UserTime;
} KERNEL_USER_TIMES, *PKERNEL_USER_TIMES;

typedef struct _KEVENT {
    DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KEY_BASIC_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_BASIC_INFORMATION, *PKEY_BASIC_INFORMATION;

typedef struct _KEY_CACHED_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG SubKeys;
    ULONG MaxNameLen;
    ULONG Values;
    ULONG MaxValueNameLen;
    ULONG MaxValueDataLen;
    ULONG NameLength;
} KEY_CACHED_INFORMATION, *PKEY_CACHED_INFORMATION;

typedef struct _KEY_CONTROL_FLAGS_INFORMATION {
    ULONG ControlFlags;
} KEY_CONTROL_FLAGS_INFORMATION, *PKEY_CONTROL_FLAGS_INFORMATION;

typedef struct _KEY_FULL_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG ClassOffset;
    ULONG ClassLength;
    ULONG SubKeys;
    ULONG MaxNameLen;
    ULONG MaxClassLen;
    ULONG Values;
    ULONG MaxValueNameLen;
    ULONG MaxValueDataLen;
    WCHAR Class[1];
} KEY_FULL_INFORMATION, *PKEY_FULL_INFORMATION;

typedef struct _KEY_LAYER_INFORMATION {
    ULONG IsTombstone : 1;
    ULONG IsSupersedeLocal : 1;
    ULONG IsSupersedeTree : 1;
    ULONG ClassIsInherited : 1;
    ULONG Reserved : 28;
} KEY_LAYER_INFORMATION, *PKEY_LAYER_INFORMATION;

typedef struct _KEY_NAME_INFORMATION {
    ULONG NameLength;
    WCHAR Name[1];
} KEY_NAME_INFORMATION, *PKEY_NAME_INFORMATION;

typedef struct _KEY_NODE_INFORMATION {
    LARGE_INTEGER LastWriteTime;
    ULONG TitleIndex;
    ULONG ClassOffset;
    ULONG ClassLength;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_NODE_INFORMATION, *PKEY_NODE_INFORMATION;

typedef struct _KEY_SET_VIRTUALIZATION_INFORMATION {
    ULONG VirtualTarget : 1;
    ULONG VirtualStore : 1;
    ULONG VirtualSource : 1;
    ULONG Reserved : 29;
} KEY_SET_VIRTUALIZATION_INFORMATION, *PKEY_SET_VIRTUALIZATION_INFORMATION;

typedef struct _KEY_TRUST_INFORMATION {
    ULONG TrustedKey : 1;
    ULONG Reserved : 31;
} KEY_TRUST_INFORMATION, *PKEY_TRUST_INFORMATION;

typedef struct _KEY_VALUE_BASIC_INFORMATION {
    ULONG TitleIndex;
    ULONG Type;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_VALUE_BASIC_INFORMATION, *PKEY_VALUE_BASIC_INFORMATION;

typedef struct _KEY_VALUE_ENTRY {
    PUNICODE_STRING ValueName;
    ULONG DataLength;
    ULONG DataOffset;
    ULONG Type;
} KEY_VALUE_ENTRY, *PKEY_VALUE_ENTRY;

typedef struct _KEY_VALUE_FULL_INFORMATION {
    ULONG TitleIndex;
    ULONG Type;
    ULONG DataOffset;
    ULONG DataLength;
    ULONG NameLength;
    WCHAR Name[1];
} KEY_VALUE_FULL_INFORMATION, *PKEY_VALUE_FULL_INFORMATION;

typedef struct _KEY_VALUE_LAYER_INFORMATION {
    ULONG IsTombstone : 1;
    ULONG Reserved : 31;
} KEY_VALUE_LAYER_INFORMATION, *PKEY_VALUE_LAYER_INFORMATION;

typedef struct _KEY_VALUE_PARTIAL_INFORMATION {
    ULONG TitleIndex;
    ULONG Type;
    ULONG DataLength;
    UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION, *PKEY_VALUE_PARTIAL_INFORMATION;

typedef struct _KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 {
    ULONG Type;
    ULONG DataLength;
    UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, *PKEY_VALUE_PARTIAL_INFORMATION_ALIGN64;

typedef struct _KEY_VIRTUALIZATION_INFORMATION {
    ULONG VirtualizationCandidate : 1;
    ULONG VirtualizationEnabled : 1;
    ULONG VirtualTarget : 1;
    ULONG VirtualStore : 1;
    ULONG VirtualSource : 1;
    ULONG Reserved : 27;
} KEY_VIRTUALIZATION_INFORMATION, *PKEY_VIRTUALIZATION_INFORMATION;

typedef struct _KEY_WOW64_FLAGS_INFORMATION {
    ULONG UserFlags;
} KEY_WOW64_FLAGS_INFORMATION, *PKEY_WOW64_FLAGS_INFORMATION;

typedef struct _KEY_WRITE_TIME_INFORMATION {
    LARGE_INTEGER LastWriteTime;
} KEY_WRITE_TIME_INFORMATION, *PKEY_WRITE_TIME_INFORMATION;

typedef struct _KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT {
    KE_PROCESSOR_CHANGE_NOTIFY_STATE State;
    ULONG NtNumber;
    NTSTATUS Status;
    PROCESSOR_NUMBER ProcNumber;
} KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT, *PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT;

typedef struct _KFLOATING_SAVE {
    ULONG Dummy;
} KFLOATING_SAVE, *PKFLOATING_SAVE;

typedef struct _KGATE {
    DISPATCHER_HEADER Header;
} KGATE, *PKGATE;

typedef struct _KSPIN_LOCK_QUEUE {
    struct _KSPIN_LOCK_QUEUE *volatile Next;
    volatile PKSPIN_LOCK Lock;
} KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;

typedef struct _KLOCK_QUEUE_HANDLE {
    KSPIN_LOCK_QUEUE LockQueue;
    KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

typedef struct _KQUEUE {
    DISPATCHER_HEADER Header;
    LIST_ENTRY EntryListHead;
    volatile ULONG CurrentCount;
    ULONG MaximumCount;
    LIST_ENTRY ThreadListHead;
} KQUEUE, *PRKQUEUE;

typedef struct _KSEMAPHORE {
    DISPATCHER_HEADER Header;
    LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

typedef struct _KTIMER {
    DISPATCHER_HEADER Header;
    ULARGE_INTEGER DueTime;
    LIST_ENTRY TimerListEntry;
    struct _KDPC *Dpc;
    USHORT Processor;
    USHORT TimerType;
    ULONG Period;
} KTIMER, *PKTIMER, *PRKTIMER;

typedef struct _KWAIT_BLOCK {
    LIST_ENTRY WaitListEntry;
    UCHAR WaitType;
    volatile UCHAR BlockState;
    USHORT WaitKey;
    LONG SpareLong;
    union {
        struct _KTHREAD *Thread;
        struct _KQUEUE *NotificationQueue;
        struct _KDPC *Dpc;
    };
    PVOID Object;
    PVOID SparePtr;
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

typedef struct _KWAIT_CHAIN {
    PVOID Head;
} KWAIT_CHAIN, *PKWAIT_CHAIN;

typedef struct _NUMA_NODE_RELATIONSHIP {
    ULONG NodeNumber;
    UCHAR Reserved[18];
    USHORT GroupCount;
    union {
        GROUP_AFFINITY GroupMask;
        GROUP_AFFINITY GroupMasks[1];
    };
} NUMA_NODE_RELATIONSHIP, *PNUMA_NODE_RELATIONSHIP;

typedef struct _PROCESSOR_GROUP_INFO {
    UCHAR MaximumProcessorCount;
    UCHAR ActiveProcessorCount;
    UCHAR Reserved[38];
    KAFFINITY ActiveProcessorMask;
} PROCESSOR_GROUP_INFO, *PPROCESSOR_GROUP_INFO;

typedef struct _PROCESSOR_RELATIONSHIP {
    UCHAR Flags;
    UCHAR EfficiencyClass;
    UCHAR Reserved[20];
    USHORT GroupCount;
    GROUP_AFFINITY GroupMask[1];
} PROCESSOR_RELATIONSHIP, *PPROCESSOR_RELATIONSHIP;

typedef void (NTAPI *PTIMER_APC_ROUTINE)(
    PVOID TimerContext, ULONG TimerLowValue, LONG TimerHighValue);

typedef struct _TIMER_SET_COALESCABLE_TIMER_INFO {
    LARGE_INTEGER DueTime;
    PTIMER_APC_ROUTINE TimerApcRoutine;
    PVOID TimerContext;
    struct _COUNTED_REASON_CONTEXT *WakeContext;
    ULONG Period;
    ULONG TolerableDelay;
    PBOOLEAN PreviousState;
} TIMER_SET_COALESCABLE_TIMER_INFO, *PTIMER_SET_COALESCABLE_TIMER_INFO;

typedef enum _IO_ALLOCATION_ACTION {
    KeepObject = 1,
    DeallocateObject,
    DeallocateObjectKeepRegisters,
} IO_ALLOCATION_ACTION, *PIO_ALLOCATION_ACTION;

/* IRQL: DISPATCH_LEVEL */
typedef IO_ALLOCATION_ACTION NTAPI DRIVER_CONTROL(
    struct _DEVICE_OBJECT *DeviceObject, struct _IRP *Irp, PVOID MapRegisterBase, PVOID Context);
typedef DRIVER_CONTROL *PDRIVER_CONTROL;

typedef struct _WAIT_CONTEXT_BLOCK {
    union {
        KDEVICE_QUEUE_ENTRY WaitQueueEntry;
        struct {
            LIST_ENTRY DmaWaitEntry;
            ULONG NumberOfChannels;
            ULONG SyncCallback : 1;
            ULONG DmaContext : 1;
            ULONG ZeroMapRegisters : 1;
            ULONG Reserved : 9;
            ULONG NumberOfRemapPages : 20;
        };
    };
    PDRIVER_CONTROL DeviceRoutine;
    PVOID DeviceContext;
    ULONG NumberOfMapRegisters;
    PVOID DeviceObject;
    PVOID CurrentIrp;
    PKDPC BufferChainingDpc;
} WAIT_CONTEXT_BLOCK, *PWAIT_CONTEXT_BLOCK;
