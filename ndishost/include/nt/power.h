/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Power management: the Po functions (provided by nt).
 */

#include "types.h"
#include "irp.h"

typedef struct _COUNTED_REASON_CONTEXT COUNTED_REASON_CONTEXT, *PCOUNTED_REASON_CONTEXT;
typedef struct _PO_FX_PERF_STATE PO_FX_PERF_STATE, *PPO_FX_PERF_STATE;

#define ES_AWAYMODE_REQUIRED 0x40U
#define ES_CONTINUOUS 0x80000000U
#define ES_DISPLAY_REQUIRED 2U
#define ES_SYSTEM_REQUIRED 1U
#define ES_USER_PRESENT 4U

#define PERFSTATE_POLICY_CHANGE_IDEAL 0
#define PERFSTATE_POLICY_CHANGE_SINGLE 1
#define PERFSTATE_POLICY_CHANGE_DECREASE_MAX 2
#define PERFSTATE_POLICY_CHANGE_ROCKET 2
#define PERFSTATE_POLICY_CHANGE_IDEAL_AGGRESSIVE 3
#define PERFSTATE_POLICY_CHANGE_INCREASE_MAX 3

#define PO_CB_SYSTEM_POWER_POLICY 0
#define PO_CB_AC_STATUS 1
#define PO_CB_BUTTON_COLLISION 2
#define PO_CB_SYSTEM_STATE_LOCK 3
#define PO_CB_LID_SWITCH_STATE 4
#define PO_CB_PROCESSOR_POWER_POLICY 5

#define PO_FX_DIRECTED_FX_DEFAULT_IDLE_TIMEOUT 0x0U
#define PO_FX_COMPONENT_FLAG_F0_ON_DX 0x1
#define PO_FX_DEVICE_FLAG_RESERVED_1 0x1ULL
#define PO_FX_FLAG_BLOCKING 0x1
#define PO_FX_FLAG_PERF_PEP_OPTIONAL 0x1
#define PO_FX_VERSION 0x1
#define PO_FX_VERSION_V1 0x1
#define PO_FX_COMPONENT_FLAG_NO_DEBOUNCE 0x2
#define PO_FX_DEVICE_FLAG_DFX_DIRECT_CHILDREN_OPTIONAL 0x2ULL
#define PO_FX_FLAG_ASYNC_ONLY 0x2
#define PO_FX_FLAG_PERF_QUERY_ON_F0 0x2
#define PO_FX_VERSION_V2 0x2
#define PO_FX_VERSION_V3 0x3
#define PO_FX_DEVICE_FLAG_DFX_POWER_CHILDREN_OPTIONAL 0x4ULL
#define PO_FX_FLAG_PERF_QUERY_ON_ALL_IDLE_STATES 0x4
#define PO_FX_DEVICE_FLAG_DFX_CHILDREN_OPTIONAL 0x6ULL
#define PO_FX_DEVICE_FLAG_DISABLE_FAST_RESUME 0x8ULL
#define PO_FX_DEVICE_FLAG_ENABLE_FAST_RESUME 0x10ULL
#define PO_FX_DEVICE_FLAG_NO_FAULT_CALLBACKS 0x20ULL
#define PO_FX_DIRECTED_FX_MAX_IDLE_TIMEOUT 0x258U
#define PO_FX_DIRECTED_FX_IMMEDIATE_IDLE_TIMEOUT 0xFFFFFFFFU
#define PO_FX_UNKNOWN_POWER 0xFFFFFFFFU
#define PO_FX_UNKNOWN_TIME 0xFFFFFFFFFFFFFFFFULL

#define PO_MEM_PRESERVE 0x1
#define PO_MEM_CLONE 0x2
#define PO_MEM_CL_OR_NCHK 0x4
#define PO_MEM_PAGE_ADDRESS 0x4000
#define PO_MEM_DISCARD 0x8000
#define PO_MEM_BOOT_PHASE 0x10000

typedef enum {
    SystemPowerPolicyAc,
    SystemPowerPolicyDc,
    VerifySystemPolicyAc,
    VerifySystemPolicyDc,
    SystemPowerCapabilities,
    SystemBatteryState,
    SystemPowerStateHandler,
    ProcessorStateHandler,
    SystemPowerPolicyCurrent,
    AdministratorPowerPolicy,
    SystemReserveHiberFile,
    ProcessorInformation,
    SystemPowerInformation,
    ProcessorStateHandler2,
    LastWakeTime,
    LastSleepTime,
    SystemExecutionState,
    SystemPowerStateNotifyHandler,
    ProcessorPowerPolicyAc,
    ProcessorPowerPolicyDc,
    VerifyProcessorPowerPolicyAc,
    VerifyProcessorPowerPolicyDc,
    ProcessorPowerPolicyCurrent,
    SystemPowerStateLogging,
    SystemPowerLoggingEntry,
    SetPowerSettingValue,
    NotifyUserPowerSetting,
    PowerInformationLevelUnused0,
    SystemMonitorHiberBootPowerOff,
    SystemVideoState,
    TraceApplicationPowerMessage,
    TraceApplicationPowerMessageEnd,
    ProcessorPerfStates,
    ProcessorIdleStates,
    ProcessorCap,
    SystemWakeSource,
    SystemHiberFileInformation,
    TraceServicePowerMessage,
    ProcessorLoad,
    PowerShutdownNotification,
    MonitorCapabilities,
    SessionPowerInit,
    SessionDisplayState,
    PowerRequestCreate,
    PowerRequestAction,
    GetPowerRequestList,
    ProcessorInformationEx,
    NotifyUserModeLegacyPowerEvent,
    GroupPark,
    ProcessorIdleDomains,
    WakeTimerList,
    SystemHiberFileSize,
    ProcessorIdleStatesHv,
    ProcessorPerfStatesHv,
    ProcessorPerfCapHv,
    ProcessorSetIdle,
    LogicalProcessorIdling,
    UserPresence,
    PowerSettingNotificationName,
    GetPowerSettingValue,
    IdleResiliency,
    SessionRITState,
    SessionConnectNotification,
    SessionPowerCleanup,
    SessionLockState,
    SystemHiberbootState,
    PlatformInformation,
    PdcInvocation,
    MonitorInvocation,
    FirmwareTableInformationRegistered,
    SetShutdownSelectedTime,
    SuspendResumeInvocation,
    PlmPowerRequestCreate,
    ScreenOff,
    CsDeviceNotification,
    PlatformRole,
    LastResumePerformance,
    DisplayBurst,
    ExitLatencySamplingPercentage,
    RegisterSpmPowerSettings,
    PlatformIdleStates,
    ProcessorIdleVeto,
    PlatformIdleVeto,
    SystemBatteryStatePrecise,
    ThermalEvent,
    PowerRequestActionInternal,
    BatteryDeviceState,
    PowerInformationInternal,
    ThermalStandby,
    SystemHiberFileType,
    PhysicalPowerButtonPress,
    QueryPotentialDripsConstraint,
    EnergyTrackerCreate,
    EnergyTrackerQuery,
    UpdateBlackBoxRecorder,
    SessionAllowExternalDmaDevices,
    SendSuspendResumeNotification,
    BlackBoxRecorderDirectAccessBuffer,
    PowerInformationLevelMaximum,
} POWER_INFORMATION_LEVEL;

typedef enum _POWER_REQUEST_TYPE {
    PowerRequestDisplayRequired,
    PowerRequestSystemRequired,
    PowerRequestAwayModeRequired,
    PowerRequestExecutionRequired,
} POWER_REQUEST_TYPE, *PPOWER_REQUEST_TYPE;

typedef enum _PO_FX_PERF_STATE_TYPE {
    PoFxPerfStateTypeDiscrete,
    PoFxPerfStateTypeRange,
    PoFxPerfStateTypeMaximum,
} PO_FX_PERF_STATE_TYPE, *PPO_FX_PERF_STATE_TYPE;

typedef enum _PO_FX_PERF_STATE_UNIT {
    PoFxPerfStateUnitOther,
    PoFxPerfStateUnitFrequency,
    PoFxPerfStateUnitBandwidth,
    PoFxPerfStateUnitMaximum,
} PO_FX_PERF_STATE_UNIT, *PPO_FX_PERF_STATE_UNIT;

typedef enum _PO_THERMAL_REQUEST_TYPE {
    PoThermalRequestPassive,
    PoThermalRequestActive,
} PO_THERMAL_REQUEST_TYPE, *PPO_THERMAL_REQUEST_TYPE;

typedef NTSTATUS NTAPI POWER_SETTING_CALLBACK(
    LPCGUID SettingGuid, PVOID Value, ULONG ValueLength, PVOID Context);
typedef POWER_SETTING_CALLBACK *PPOWER_SETTING_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI PO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK(PVOID Context, ULONG Component);
typedef PO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK *PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI PO_FX_COMPONENT_IDLE_CONDITION_CALLBACK(PVOID Context, ULONG Component);
typedef PO_FX_COMPONENT_IDLE_CONDITION_CALLBACK *PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI PO_FX_COMPONENT_IDLE_STATE_CALLBACK(PVOID Context, ULONG Component, ULONG State);
typedef PO_FX_COMPONENT_IDLE_STATE_CALLBACK *PPO_FX_COMPONENT_IDLE_STATE_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI PO_FX_COMPONENT_PERF_STATE_CALLBACK(
    PVOID Context, ULONG Component, BOOLEAN Succeeded, PVOID RequestContext);
typedef PO_FX_COMPONENT_PERF_STATE_CALLBACK *PPO_FX_COMPONENT_PERF_STATE_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI PO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK(PVOID Context);
typedef PO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK *PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI PO_FX_DEVICE_POWER_REQUIRED_CALLBACK(PVOID Context);
typedef PO_FX_DEVICE_POWER_REQUIRED_CALLBACK *PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK;

typedef void NTAPI PO_FX_DIRECTED_POWER_DOWN_CALLBACK(PVOID Context, ULONG Flags);
typedef PO_FX_DIRECTED_POWER_DOWN_CALLBACK *PPO_FX_DIRECTED_POWER_DOWN_CALLBACK;

typedef void NTAPI PO_FX_DIRECTED_POWER_UP_CALLBACK(PVOID Context, ULONG Flags);
typedef PO_FX_DIRECTED_POWER_UP_CALLBACK *PPO_FX_DIRECTED_POWER_UP_CALLBACK;

typedef void NTAPI PO_FX_DRIPS_WATCHDOG_CALLBACK(
    PVOID Context, PDEVICE_OBJECT PhysicalDeviceObject, ULONG UniqueId);
typedef PO_FX_DRIPS_WATCHDOG_CALLBACK *PPO_FX_DRIPS_WATCHDOG_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef NTSTATUS NTAPI PO_FX_POWER_CONTROL_CALLBACK(
    PVOID DeviceContext, LPCGUID PowerControlCode, PVOID InBuffer, SIZE_T InBufferSize,
    PVOID OutBuffer, SIZE_T OutBufferSize, PSIZE_T BytesReturned);
typedef PO_FX_POWER_CONTROL_CALLBACK *PPO_FX_POWER_CONTROL_CALLBACK;

/* IRQL: <= DISPATCH_LEVEL */
typedef void NTAPI REQUEST_POWER_COMPLETE(
    PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction, POWER_STATE PowerState, PVOID Context,
    PIO_STATUS_BLOCK IoStatus);
typedef REQUEST_POWER_COMPLETE *PREQUEST_POWER_COMPLETE;

typedef struct {
    int unused;
} POHANDLE__, *POHANDLE;

typedef struct _PO_FX_COMPONENT_IDLE_STATE {
    ULONGLONG TransitionLatency;
    ULONGLONG ResidencyRequirement;
    ULONG NominalPower;
} PO_FX_COMPONENT_IDLE_STATE, *PPO_FX_COMPONENT_IDLE_STATE;

typedef struct _PO_FX_COMPONENT_PERF_SET {
    UNICODE_STRING Name;
    ULONGLONG Flags;
    PO_FX_PERF_STATE_UNIT Unit;
    PO_FX_PERF_STATE_TYPE Type;
    union {
        struct {
            ULONG Count;
            PPO_FX_PERF_STATE States;
        } Discrete;
        struct {
            ULONGLONG Minimum;
            ULONGLONG Maximum;
        } Range;
    };
} PO_FX_COMPONENT_PERF_SET, *PPO_FX_COMPONENT_PERF_SET;

typedef struct _PO_FX_COMPONENT_PERF_INFO {
    ULONG PerfStateSetsCount;
    PO_FX_COMPONENT_PERF_SET PerfStateSets[1];
} PO_FX_COMPONENT_PERF_INFO, *PPO_FX_COMPONENT_PERF_INFO;

typedef struct _PO_FX_COMPONENT_V1 {
    GUID Id;
    ULONG IdleStateCount;
    ULONG DeepestWakeableIdleState;
    PPO_FX_COMPONENT_IDLE_STATE IdleStates;
} PO_FX_COMPONENT_V1, PO_FX_COMPONENT, *PPO_FX_COMPONENT, *PPO_FX_COMPONENT_V1;

typedef struct _PO_FX_COMPONENT_V2 {
    GUID Id;
    ULONGLONG Flags;
    ULONG DeepestWakeableIdleState;
    ULONG IdleStateCount;
    PPO_FX_COMPONENT_IDLE_STATE IdleStates;
    ULONG ProviderCount;
    PULONG Providers;
} PO_FX_COMPONENT_V2, *PPO_FX_COMPONENT_V2;

typedef struct _PO_FX_DEVICE_V1 {
    ULONG Version;
    ULONG ComponentCount;
    PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
    PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
    PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
    PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK DevicePowerRequiredCallback;
    PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK DevicePowerNotRequiredCallback;
    PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
    PVOID DeviceContext;
    PO_FX_COMPONENT_V1 Components[1];
} PO_FX_DEVICE_V1, PO_FX_DEVICE, *PPO_FX_DEVICE, *PPO_FX_DEVICE_V1;

typedef struct _PO_FX_DEVICE_V2 {
    ULONG Version;
    ULONGLONG Flags;
    PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
    PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
    PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
    PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK DevicePowerRequiredCallback;
    PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK DevicePowerNotRequiredCallback;
    PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
    PVOID DeviceContext;
    ULONG ComponentCount;
    PO_FX_COMPONENT_V2 Components[1];
} PO_FX_DEVICE_V2, *PPO_FX_DEVICE_V2;

typedef struct _PO_FX_DEVICE_V3 {
    ULONG Version;
    ULONGLONG Flags;
    PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
    PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
    PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
    PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK DevicePowerRequiredCallback;
    PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK DevicePowerNotRequiredCallback;
    PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
    PPO_FX_DIRECTED_POWER_UP_CALLBACK DirectedPowerUpCallback;
    PPO_FX_DIRECTED_POWER_DOWN_CALLBACK DirectedPowerDownCallback;
    ULONG DirectedFxTimeoutInSeconds;
    PVOID DeviceContext;
    ULONG ComponentCount;
    PO_FX_COMPONENT_V2 Components[1];
} PO_FX_DEVICE_V3, *PPO_FX_DEVICE_V3;

typedef struct _PO_FX_PERF_STATE {
    ULONGLONG Value;
    PVOID Context;
} PO_FX_PERF_STATE, *PPO_FX_PERF_STATE;

typedef struct _PO_FX_PERF_STATE_CHANGE {
    ULONG Set;
    union {
        ULONG StateIndex;
        ULONGLONG StateValue;
    };
} PO_FX_PERF_STATE_CHANGE, *PPO_FX_PERF_STATE_CHANGE;

NTKERNELAPI NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoClearPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoCreatePowerRequest(
    PVOID *PowerRequest, PDEVICE_OBJECT DeviceObject, PCOUNTED_REASON_CONTEXT Context);

NTKERNELAPI NTSTATUS NTAPI PoCreateThermalRequest(
    PVOID *ThermalRequest, PDEVICE_OBJECT TargetDeviceObject, PDEVICE_OBJECT PolicyDeviceObject,
    PCOUNTED_REASON_CONTEXT Context, ULONG Flags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI PoDeletePowerRequest(PVOID PowerRequest);

NTKERNELAPI void NTAPI PoDeleteThermalRequest(PVOID ThermalRequest);
NTKERNELAPI void NTAPI PoEndDeviceBusy(PULONG IdlePointer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxActivateComponent(POHANDLE Handle, ULONG Component, ULONG Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxCompleteDevicePowerNotRequired(POHANDLE Handle);

_IRQL_requires_min_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxCompleteDirectedPowerDown(POHANDLE Handle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxCompleteIdleCondition(POHANDLE Handle, ULONG Component);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxCompleteIdleState(POHANDLE Handle, ULONG Component);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxIdleComponent(POHANDLE Handle, ULONG Component, ULONG Flags);

NTKERNELAPI void NTAPI PoFxIssueComponentPerfStateChange(
    POHANDLE Handle, ULONG Flags, ULONG Component, PPO_FX_PERF_STATE_CHANGE PerfChange,
    PVOID Context);

NTKERNELAPI void NTAPI PoFxIssueComponentPerfStateChangeMultiple(
    POHANDLE Handle, ULONG Flags, ULONG Component, ULONG PerfChangesCount,
    PO_FX_PERF_STATE_CHANGE PerfChanges[], PVOID Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxNotifySurprisePowerOn(PDEVICE_OBJECT Pdo);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoFxPowerControl(
    POHANDLE Handle, LPCGUID PowerControlCode, PVOID InBuffer, SIZE_T InBufferSize, PVOID OutBuffer,
    SIZE_T OutBufferSize, PSIZE_T BytesReturned);

NTKERNELAPI NTSTATUS NTAPI PoFxPowerOnCrashdumpDevice(POHANDLE Handle, PVOID Context);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoFxQueryCurrentComponentPerfState(
    POHANDLE Handle, ULONG Flags, ULONG Component, ULONG SetIndex, PULONGLONG CurrentPerf);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoFxRegisterComponentPerfStates(
    POHANDLE Handle, ULONG Component, ULONGLONG Flags,
    PPO_FX_COMPONENT_PERF_STATE_CALLBACK ComponentPerfStateCallback,
    PPO_FX_COMPONENT_PERF_INFO InputStateInfo, PPO_FX_COMPONENT_PERF_INFO *OutputStateInfo);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoFxRegisterCrashdumpDevice(POHANDLE Handle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoFxRegisterDevice(
    PDEVICE_OBJECT Pdo, PPO_FX_DEVICE Device, POHANDLE *Handle);

NTKERNELAPI void NTAPI PoFxRegisterDripsWatchdogCallback(
    POHANDLE Handle, PPO_FX_DRIPS_WATCHDOG_CALLBACK Callback, BOOLEAN IncludeChildDevices,
    PDRIVER_OBJECT MatchingDriverObject);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxReportDevicePoweredOn(POHANDLE Handle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxSetComponentLatency(POHANDLE Handle, ULONG Component, ULONGLONG Latency);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxSetComponentResidency(
    POHANDLE Handle, ULONG Component, ULONGLONG Residency);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxSetComponentWake(POHANDLE Handle, ULONG Component, BOOLEAN WakeHint);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoFxSetDeviceIdleTimeout(POHANDLE Handle, ULONGLONG IdleTimeout);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoFxSetTargetDripsDevicePowerState(
    POHANDLE Handle, DEVICE_POWER_STATE TargetState);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI PoFxStartDevicePowerManagement(POHANDLE Handle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI PoFxUnregisterDevice(POHANDLE Handle);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI PoGetSystemWake(PIRP Irp);

NTKERNELAPI BOOLEAN NTAPI PoGetThermalRequestSupport(
    PVOID ThermalRequest, PO_THERMAL_REQUEST_TYPE Type);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI BOOLEAN NTAPI PoQueryWatchdogTime(PDEVICE_OBJECT Pdo, PULONG SecondsRemaining);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PULONG NTAPI PoRegisterDeviceForIdleDetection(
    PDEVICE_OBJECT DeviceObject, ULONG ConservationIdleTime, ULONG PerformanceIdleTime,
    DEVICE_POWER_STATE State);

NTKERNELAPI NTSTATUS NTAPI PoRegisterPowerSettingCallback(
    PDEVICE_OBJECT DeviceObject, LPCGUID SettingGuid, PPOWER_SETTING_CALLBACK Callback,
    PVOID Context, PVOID *Handle);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI PoRegisterSystemState(PVOID StateHandle, EXECUTION_STATE Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoRequestPowerIrp(
    PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction, POWER_STATE PowerState,
    PREQUEST_POWER_COMPLETE CompletionFunction, PVOID Context, PIRP *Irp);

NTKERNELAPI void NTAPI PoSetDeviceBusyEx(PULONG IdlePointer);

NTKERNELAPI void NTAPI PoSetHiberRange(
    PVOID MemoryMap, ULONG Flags, PVOID Address, ULONG_PTR Length, ULONG Tag);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoSetPowerRequest(PVOID PowerRequest, POWER_REQUEST_TYPE Type);

NTKERNELAPI POWER_STATE NTAPI PoSetPowerState(
    PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type, POWER_STATE State);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoSetSystemState(EXECUTION_STATE Flags);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoSetSystemWake(PIRP Irp);

NTKERNELAPI void NTAPI PoSetSystemWakeDevice(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS NTAPI PoSetThermalActiveCooling(PVOID ThermalRequest, BOOLEAN Engaged);
NTKERNELAPI NTSTATUS NTAPI PoSetThermalPassiveCooling(PVOID ThermalRequest, UCHAR Throttle);
NTKERNELAPI void NTAPI PoStartDeviceBusy(PULONG IdlePointer);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI PoStartNextPowerIrp(PIRP Irp);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI PoUnregisterPowerSettingCallback(PVOID Handle);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI PoUnregisterSystemState(PVOID StateHandle);
