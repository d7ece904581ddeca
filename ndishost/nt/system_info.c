// SPDX-License-Identifier: MIT

// What drivers ask about the system as a whole: the debugger, the product, the processor, the
// process they run in, unique numbers.

#include "object.h"
#include "wait.h"

#include <ntifs.h>
#include <string.h>
#include <sys/random.h>

#include "process_private.h"
#include "thread.h"

// ---- no debugger is attached, and none can be

static BOOLEAN DebuggerEnabled = FALSE;
static BOOLEAN DebuggerNotPresent = TRUE;
PBOOLEAN KdDebuggerEnabled = &DebuggerEnabled;
PBOOLEAN KdDebuggerNotPresent = &DebuggerNotPresent;

BOOLEAN NTAPI KdRefreshDebuggerNotPresent(VOID)
{
    return TRUE;
}

NTSTATUS NTAPI KdDisableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

NTSTATUS NTAPI KdEnableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

// Everything is printed (debug.c).
NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
    (void)ComponentId, (void)Level;
    return (NTSTATUS)TRUE;
}

// ---- the product: a workstation, in its first edition

BOOLEAN NTAPI PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
                           PUNICODE_STRING CSDVersion)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    RTL_OSVERSIONINFOW Version = {.dwOSVersionInfoSize = sizeof(Version)};
    (void)RtlGetVersion(&Version);
    if (MajorVersion != NULL) {
        *MajorVersion = Version.dwMajorVersion;
    }
    if (MinorVersion != NULL) {
        *MinorVersion = Version.dwMinorVersion;
    }
    if (BuildNumber != NULL) {
        *BuildNumber = Version.dwBuildNumber;
    }
    if (CSDVersion != NULL) {
        *CSDVersion = (UNICODE_STRING){0};
    }
    return FALSE; // not a checked build
}

BOOLEAN NTAPI RtlGetNtProductType(PNT_PRODUCT_TYPE NtProductType)
{
    *NtProductType = NtProductWinNt;
    return TRUE;
}

ULONG NTAPI RtlGetSuiteMask(VOID)
{
    return 0;
}

BOOLEAN NTAPI RtlIsMultiSessionSku(VOID)
{
    return FALSE;
}

BOOLEAN NTAPI RtlIsMultiUsersInSessionSku(VOID)
{
    return FALSE;
}

BOOLEAN NTAPI RtlIsStateSeparationEnabled(VOID)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    return FALSE;
}

BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType)
{
    (void)SuiteType;
    return FALSE;
}

BOOLEAN NTAPI ExIsSoftBoot(VOID)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return FALSE;
}

BOOLEAN NTAPI ExIsManufacturingModeEnabled(VOID)
{
    return FALSE;
}

// Three bits for each kind of value that TypeMask has.
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
    for (unsigned Bit = 0; Bit < 8; Bit++) {
        if ((TypeMask >> Bit & 1) != 0) {
            ConditionMask |= (ULONGLONG)(Condition & 7) << (Bit * 3);
        }
    }
    return ConditionMask;
}

// ---- the processor

BOOLEAN NTAPI ExIsProcessorFeaturePresent(ULONG ProcessorFeature)
{
    __builtin_cpu_init();
    switch (ProcessorFeature) {
    case PF_COMPARE_EXCHANGE_DOUBLE: // x64 has these
    case PF_XMMI_INSTRUCTIONS_AVAILABLE:
    case PF_RDTSC_INSTRUCTION_AVAILABLE:
    case PF_XMMI64_INSTRUCTIONS_AVAILABLE:
    case PF_NX_ENABLED:
    case PF_COMPARE_EXCHANGE128:
        return TRUE;
    case PF_SSE3_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("sse3") != 0;
    case PF_SSSE3_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("ssse3") != 0;
    case PF_SSE4_1_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("sse4.1") != 0;
    case PF_SSE4_2_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("sse4.2") != 0;
    case PF_AVX_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("avx") != 0;
    case PF_AVX2_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("avx2") != 0;
    default:
        return FALSE;
    }
}

// ---- processes

PEPROCESS PsInitialSystemProcess;

static __attribute__((constructor)) void SetSystemProcess(void)
{
    PsInitialSystemProcess = (PEPROCESS)SimSystemProcess();
}

KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return (KPROCESSOR_MODE)(SimCurrentThread()->Process != NULL ? UserMode : KernelMode);
}

// Client memory is in this process, so only the handles of the other process change hands. The
// process from before is kept in ApcState.
VOID NTAPI KeStackAttachProcess(PRKPROCESS PROCESS, PRKAPC_STATE ApcState)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    SIM_PROCESS *Process = (SIM_PROCESS *)PROCESS;
    *ApcState = (KAPC_STATE){.Process = (struct _KPROCESS *)Thread->Process};
    Thread->Process = Process == SimSystemProcess() ? NULL : Process;
}

VOID NTAPI KeUnstackDetachProcess(PRKAPC_STATE ApcState)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SimCurrentThread()->Process = (SIM_PROCESS *)ApcState->Process;
}

// ---- unique numbers

// Random, of version 4: the machine's address and clock are not in it.
NTSTATUS NTAPI ExUuidCreate(UUID *Uuid)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (getrandom(Uuid, sizeof(*Uuid), 0) != (ssize_t)sizeof(*Uuid)) {
        return STATUS_RETRY;
    }
    Uuid->Data3 = (USHORT)((Uuid->Data3 & 0x0FFF) | 0x4000);
    Uuid->Data4[0] = (UCHAR)((Uuid->Data4[0] & 0x3F) | 0x80);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwAllocateLocallyUniqueId(PLUID Luid)
{
    static _Atomic ULONG64 Next = 1000; // below are those that Windows gives to its own
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    ULONG64 Value = atomic_fetch_add(&Next, 1);
    Luid->LowPart = (ULONG)Value;
    Luid->HighPart = (LONG)(Value >> 32);
    return STATUS_SUCCESS;
}
