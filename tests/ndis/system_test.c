// SPDX-License-Identifier: MIT
// What a driver asks of the system: processors, memory, the older timers and locks, interfaces, and
// names that the headers make inline but NDIS.SYS exports too.

#include "fixture.h"

#include <string.h>

#define TAG 0x74736574

// ---- processors

static void Processors_AreThoseOfTheHost(void **State)
{
    (void)State;
    KAFFINITY Mask;
    PROCESSOR_NUMBER Number;
    assert_int_equal(NdisSystemProcessorCount(), 4);
    assert_int_equal(NdisSystemActiveProcessorCount(&Mask), 4);
    assert_int_equal(Mask, 0xF);
    assert_int_equal(NdisActiveGroupCount(), 1);
    assert_int_equal(NdisMaxGroupCount(), 1);
    assert_int_equal(NdisGroupActiveProcessorCount(0), 4);
    assert_int_equal(NdisGroupActiveProcessorCount(1), 0);
    assert_int_equal(NdisGroupMaxProcessorCount(0), 4);
    assert_int_equal(NdisGroupActiveProcessorMask(0), 0xF);
    assert_int_equal(NdisProcessorIndexToNumber(3, &Number), STATUS_SUCCESS);
    assert_int_equal(Number.Number, 3);
    assert_int_equal(NdisProcessorNumberToIndex(Number), 3);
    assert_int_not_equal(NdisProcessorIndexToNumber(64, &Number), STATUS_SUCCESS);
    KIRQL Irql = KeRaiseIrqlToDpcLevel(); // the processor stays
    assert_int_equal(NdisCurrentGroupAndProcessor().Number, KeGetCurrentProcessorIndex());
    KeLowerIrql(Irql);
}

static void Processors_InformationEx_SaysHowMuchItNeeds(void **State)
{
    (void)State;
    UCHAR Buffer[256];
    SIZE_T Size = sizeof(NDIS_SYSTEM_PROCESSOR_INFO_EX);
    PNDIS_SYSTEM_PROCESSOR_INFO_EX Info = (PNDIS_SYSTEM_PROCESSOR_INFO_EX)Buffer;
    assert_int_equal((int)NdisGetProcessorInformationEx(NULL, Info, &Size),
                     (int)NDIS_STATUS_BUFFER_TOO_SHORT);
    assert_int_equal(Size, sizeof(*Info) + 4 * sizeof(NDIS_PROCESSOR_INFO_EX));
    assert_int_equal(NdisGetProcessorInformationEx(NULL, Info, &Size), 0);
    assert_int_equal(Info->NumberOfProcessors, 4);
    const NDIS_PROCESSOR_INFO_EX *Entries =
        (const NDIS_PROCESSOR_INFO_EX *)(Buffer + Info->ProcessorInfoOffset);
    assert_int_equal(Entries[3].ProcNum.Number, 3);
    assert_int_equal(Entries[3].CoreId, 3);
}

static void Processors_ForReceiveSideScaling_AreAll(void **State)
{
    (void)State;
    UCHAR Buffer[256];
    SIZE_T Size = 0;
    PNDIS_RSS_PROCESSOR_INFO Info = (PNDIS_RSS_PROCESSOR_INFO)Buffer;
    assert_int_equal((int)NdisGetRssProcessorInformation(NULL, NULL, &Size),
                     (int)NDIS_STATUS_BUFFER_TOO_SHORT);
    assert_in_range(Size, 1, sizeof(Buffer));
    assert_int_equal(NdisGetRssProcessorInformation(NULL, Info, &Size), 0);
    assert_int_equal(Info->Header.Type, NDIS_OBJECT_TYPE_RSS_PROCESSOR_INFO);
    assert_int_equal(Info->RssProcessorCount, 4);
    const NDIS_RSS_PROCESSOR *Entries = (const NDIS_RSS_PROCESSOR *)(Buffer +
                                                                     Info->RssProcessorArrayOffset);
    assert_int_equal(Entries[2].ProcNum.Number, 2);
    assert_int_equal(Info->RssMaxProcessor.Number, 3);
}

static void Processors_OldInformation_AndLoad(void **State)
{
    (void)State;
    NDIS_SYSTEM_PROCESSOR_INFO Info = {0};
    assert_int_equal((int)NdisGetProcessorInformation(&Info), (int)NDIS_STATUS_INVALID_PARAMETER);
    Info.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Info.Header.Revision = 1;
    Info.Header.Size = sizeof(Info);
    assert_int_equal(NdisGetProcessorInformation(&Info), 0);
    assert_int_equal(Info.RssCpuCount, 4);
    assert_int_equal(Info.RssProcessors[3], 3);
    assert_int_equal(Info.CpuInfo[3].CpuNumber, 3);
    ULONG Usage = 0, Idle = 1, Used = 0, Index = 99;
    NdisGetCurrentProcessorCpuUsage(&Usage);
    assert_int_equal(Usage, 100);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    NdisGetCurrentProcessorCounts(&Idle, &Used, &Index);
    assert_int_equal(Index, KeGetCurrentProcessorIndex());
    KeLowerIrql(Irql);
    assert_int_equal(Idle, 0);
}

static void Hypervisor_IsNotPresent(void **State)
{
    (void)State;
    NDIS_HYPERVISOR_INFO Info = {.Flags = 0xFF};
    assert_int_equal((int)NdisGetHypervisorInfo(&Info), (int)NDIS_STATUS_INVALID_PARAMETER);
    Info.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Info.Header.Revision = NDIS_HYPERVISOR_INFO_REVISION_1;
    Info.Header.Size = NDIS_SIZEOF_HYPERVISOR_INFO_REVISION_1;
    assert_int_equal(NdisGetHypervisorInfo(&Info), 0);
    assert_int_equal(Info.Flags & NDIS_HYPERVISOR_INFO_FLAG_HYPERVISOR_PRESENT, 0);
    assert_int_equal(Info.PartitionType, NdisHypervisorPartitionTypeUnknown);
}

static void Routine_ByName_IsTheExport(void **State)
{
    (void)State;
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, L"NdisSystemProcessorCount");
    CCHAR(NTAPI * Count)(void) = (CCHAR(NTAPI *)(void))NdisGetRoutineAddress(&Name);
    assert_non_null(Count);
    assert_int_equal(Count(), 4);
    RtlInitUnicodeString(&Name, L"NdisNoSuchRoutine");
    assert_null(NdisGetRoutineAddress(&Name));
    RtlInitUnicodeString(&Name, L"KeSetEvent"); // of the kernel, not of NDIS
    assert_null(NdisGetRoutineAddress(&Name));
}

// ---- memory, time, log

static void Memory_WithTag_ComesAndGoes(void **State)
{
    (void)State;
    PVOID Memory = NULL;
    assert_int_equal(NdisAllocateMemoryWithTag(&Memory, 100, TAG), 0);
    memset(Memory, 0xA5, 100);
    NdisFreeMemoryWithTag(Memory, TAG);
    Memory = NdisAllocateMemoryWithTagPriority(NULL, 100, TAG, LowPoolPriority);
    assert_non_null(Memory);
    NdisFreeMemoryWithTagPriority(NULL, Memory, TAG);
    assert_int_equal(NdisGetSharedDataAlignment(), 64);
}

static void GenericObject_HasAHeader(void **State)
{
    (void)State;
    PNDIS_GENERIC_OBJECT Object = NdisAllocateGenericObject(NULL, TAG,
                                                            sizeof(NDIS_GENERIC_OBJECT) + 8);
    assert_non_null(Object);
    assert_int_equal(Object->Header.Type, NDIS_OBJECT_TYPE_DEFAULT);
    assert_int_equal(Object->Header.Size, sizeof(NDIS_GENERIC_OBJECT) + 8);
    NdisFreeGenericObject(Object);
}

static void Sleep_LastsAtLeastThatLong(void **State)
{
    (void)State;
    LARGE_INTEGER Up;
    ULONG64 Before = KeQueryInterruptTime();
    NdisMSleep(2000);
    assert_true(KeQueryInterruptTime() - Before >= 20000);
    NdisGetSystemUpTimeEx(&Up);
    assert_true((ULONG64)Up.QuadPart >= Before / 10000);
}

SIM_NO_THREAD_SAFETY_ANALYSIS // that is the point
    static void
    DoSleepAtDispatch(void)
{
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    NdisMSleep(1);
    KeLowerIrql(Irql);
}

static void Sleep_AtDispatch_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoSleepAtDispatch, DRIVER_VERIFIER_DETECTED_VIOLATION,
                   "NdisMSleep is called at IRQL 2");
}

static void Log_Entries_AreAccepted(void **State)
{
    (void)State;
    PCWSTR Strings[] = {L"one"};
    NicAdd(0);
    assert_int_equal(
        NdisWriteEventLogEntry(Nics[0].Handle, NDIS_STATUS_FAILURE, 1, 1, (PVOID)Strings, 0, NULL),
        0);
    NdisWriteErrorLogEntry(Nics[0].Handle, 0xC0001389, 1, 7ul);
}

// ---- strings and names

static void String_FromCharacters_IsFreedByNdisFreeString(void **State)
{
    (void)State;
    NDIS_STRING String;
    NdisInitializeString(&String, (PUCHAR) "abc");
    assert_int_equal(String.Length, 3 * sizeof(WCHAR));
    assert_memory_equal(String.Buffer, L"abc", 4 * sizeof(WCHAR));
    NdisFreeString(String);
}

static void Name_OfAnAdapter_IsTheSameForAll(void **State)
{
    (void)State;
    NDIS_STRING OfBinding, OfMiniport;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    assert_int_equal(NdisQueryAdapterInstanceName(&OfBinding, Protocols[0].Bindings[0].Handle), 0);
    assert_int_equal(NdisMQueryAdapterInstanceName(&OfMiniport, Nics[0].Handle), 0);
    assert_true(OfBinding.Length > 0);
    assert_true(RtlEqualUnicodeString(&OfBinding, &OfMiniport, FALSE));
    NdisFreeString(OfBinding);
    NdisFreeString(OfMiniport);
    assert_int_equal((int)NdisQueryBindInstanceName(&OfBinding, Nics[0].Handle),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
}

static NDIS_STRING NameInBind;
static void NamePausing(TEST_BINDING *Binding)
{
    assert_int_equal(NdisQueryBindInstanceName(&NameInBind, Binding->BindContext), 0);
}

static void Name_ByBindContext_IsTheAdapters(void **State)
{
    (void)State;
    NDIS_STRING Name;
    Protocols[0].Pausing = NamePausing; // the context lives as long as the binding
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    assert_int_equal(NdisMQueryAdapterInstanceName(&Name, Nics[0].Handle), 0);
    SimNdisPause(Nics[0].Pdo);
    assert_true(RtlEqualUnicodeString(&NameInBind, &Name, FALSE));
    Protocols[0].Pausing = NULL;
    NdisFreeString(NameInBind);
    NdisFreeString(Name);
}

// ---- the older timers and locks

static KEVENT TimerRan;
static volatile LONG TimerRuns;
static PVOID TimerContext;

static NDIS_TIMER_FUNCTION TimerRun;
static void NTAPI TimerRun(PVOID A, PVOID Context, PVOID B, PVOID C)
{
    (void)A, (void)B, (void)C;
    TimerContext = Context;
    if (InterlockedIncrement(&TimerRuns) >= 2) {
        KeSetEvent(&TimerRan, 0, FALSE);
    }
}

static void TimerReset(LONG Runs)
{
    KeInitializeEvent(&TimerRan, NotificationEvent, FALSE);
    TimerContext = NULL;
    InterlockedExchange(&TimerRuns, Runs);
}

static void OldTimer_OneShotAndPeriodic(void **State)
{
    (void)State;
    NDIS_TIMER Timer;
    BOOLEAN Cancelled;
    int First, Second;
    NdisInitializeTimer(&Timer, TimerRun, &First);
    TimerReset(1);
    NdisSetTimer(&Timer, 1);
    EventWait(&TimerRan);
    assert_ptr_equal(TimerContext, &First);
    NdisCancelTimer(&Timer, &Cancelled);
    assert_false(Cancelled); // it has run
    TimerReset(1);
    NdisSetTimerEx(&Timer, 1, &Second);
    EventWait(&TimerRan);
    assert_ptr_equal(TimerContext, &Second);
    TimerReset(0);
    NdisSetPeriodicTimer(&Timer, 1);
    EventWait(&TimerRan);
    NdisCancelTimer(&Timer, &Cancelled);
    assert_true(Cancelled);
    KeFlushQueuedDpcs();
}

static void MiniportTimer_OneShotAndPeriodic(void **State)
{
    (void)State;
    NDIS_MINIPORT_TIMER Timer;
    BOOLEAN Cancelled;
    int Own;
    NicAdd(0);
    NdisMInitializeTimer(&Timer, Nics[0].Handle, TimerRun, &Own);
    NdisMSetTimer(&Timer, 60000);
    NdisMCancelTimer(&Timer, &Cancelled);
    assert_true(Cancelled);
    TimerReset(0);
    NdisMSetPeriodicTimer(&Timer, 1);
    EventWait(&TimerRan);
    assert_ptr_equal(TimerContext, &Own);
    NdisMCancelTimer(&Timer, &Cancelled);
    KeFlushQueuedDpcs();
}

static void TimerObject_Coalescable_Runs(void **State)
{
    (void)State;
    NDIS_TIMER_CHARACTERISTICS C = {0};
    NDIS_HANDLE Timer;
    int Own;
    C.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    C.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    C.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    C.TimerFunction = TimerRun;
    C.FunctionContext = &Own;
    TimerReset(1);
    assert_int_equal(NdisAllocateTimerObject(NULL, &C, &Timer), 0);
    LARGE_INTEGER Due = {.QuadPart = -10000};
    assert_false(NdisSetCoalescableTimerObject(Timer, Due, 0, NULL, 5));
    EventWait(&TimerRan);
    assert_ptr_equal(TimerContext, &Own);
    assert_false(NdisCancelTimerObject(Timer));
    NdisFreeTimerObject(Timer);
}

SIM_NO_THREAD_SAFETY_ANALYSIS
static void OldRwLock_ReadAndWrite_HoldTheirOwnWay(void **State)
{
    (void)State;
    NDIS_RW_LOCK Lock;
    const volatile LONG *Word = (const volatile LONG *)Lock.Reserved;
    LOCK_STATE Locked;
    NdisInitializeReadWriteLock(&Lock);
    NdisAcquireReadWriteLock(&Lock, FALSE, &Locked);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    LONG Read = *Word;
    assert_int_not_equal(Read, 0);
    NdisReleaseReadWriteLock(&Lock, &Locked);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    NdisAcquireReadWriteLock(&Lock, TRUE, &Locked);
    LONG Write = *Word;
    assert_int_not_equal(Write, Read);
    NdisReleaseReadWriteLock(&Lock, &Locked);
    assert_int_equal(*Word, 0);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    NdisDprAcquireReadWriteLock(&Lock, TRUE, &Locked);
    assert_int_equal(*Word, Write);
    NdisDprReleaseReadWriteLock(&Lock, &Locked);
    NdisDprAcquireReadWriteLock(&Lock, FALSE, &Locked);
    assert_int_equal(*Word, Read);
    NdisDprReleaseReadWriteLock(&Lock, &Locked);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(Irql);
    assert_int_equal(*Word, 0);
}

// ---- interfaces

static void Interface_OfAnAdapter_IsFoundBothWays(void **State)
{
    (void)State;
    NET_IFINDEX Bound = 0, Lowest = 0, Found = 0;
    NET_LUID Luid, LowestLuid, FoundLuid;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    assert_int_equal(NdisIfQueryBindingIfIndex(Protocols[0].Bindings[0].Handle, &Bound, &Luid,
                                               &Lowest, &LowestLuid),
                     0);
    assert_int_not_equal(Bound, 0);
    assert_int_equal(Bound, Lowest);
    assert_int_equal(NdisIfGetInterfaceIndexFromNetLuid(Luid, &Found), 0);
    assert_int_equal(Found, Bound);
    assert_int_equal(NdisIfGetNetLuidFromInterfaceIndex(Bound, &FoundLuid), 0);
    assert_int_equal(FoundLuid.Value, Luid.Value);
    assert_int_equal((int)NdisIfGetNetLuidFromInterfaceIndex(Bound + 1000, &FoundLuid),
                     (int)NDIS_STATUS_INTERFACE_NOT_FOUND);
    Luid.Value = 1;
    assert_int_equal((int)NdisIfGetInterfaceIndexFromNetLuid(Luid, &Found),
                     (int)NDIS_STATUS_INTERFACE_NOT_FOUND);
}

static void Interface_OfAProvider_LivesUntilDeregistered(void **State)
{
    (void)State;
    NDIS_IF_PROVIDER_CHARACTERISTICS C = {0};
    NET_IF_INFORMATION Information = {0};
    NDIS_HANDLE Provider;
    NET_LUID Luid = {0}, Found;
    UINT32 Number, Other;
    NET_IFINDEX Index, Again;
    assert_int_equal((int)NdisIfRegisterProvider(&C, NULL, &Provider),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    C.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    C.Header.Revision = 1;
    C.Header.Size = NDIS_SIZEOF_IF_PROVIDER_CHARACTERISTICS_REVISION_1;
    assert_int_equal(NdisIfRegisterProvider(&C, NULL, &Provider), 0);
    assert_int_equal(NdisIfAllocateNetLuidIndex(IF_TYPE_PROP_VIRTUAL, &Number), 0);
    assert_int_equal(NdisIfAllocateNetLuidIndex(IF_TYPE_PROP_VIRTUAL, &Other), 0);
    assert_int_not_equal(Number, Other);
    NDIS_MAKE_NET_LUID(&Luid, IF_TYPE_PROP_VIRTUAL, Number);
    assert_int_equal(NdisIfRegisterInterface(Provider, Luid, NULL, &Information, &Index), 0);
    assert_int_equal((int)NdisIfRegisterInterface(Provider, Luid, NULL, &Information, &Again),
                     (int)NDIS_STATUS_INVALID_PARAMETER); // there is one by this LUID
    assert_int_equal(NdisIfGetNetLuidFromInterfaceIndex(Index, &Found), 0);
    assert_int_equal(Found.Value, Luid.Value);
    assert_int_equal(NdisIfAddIfStackEntry(Index, 1), 0);
    NdisIfDeleteIfStackEntry(Index, 1);
    NdisIfDeregisterInterface(Index);
    assert_int_equal((int)NdisIfGetNetLuidFromInterfaceIndex(Index, &Found),
                     (int)NDIS_STATUS_INTERFACE_NOT_FOUND);
    assert_int_equal(NdisIfFreeNetLuidIndex(IF_TYPE_PROP_VIRTUAL, Number), 0);
    assert_int_equal(NdisIfFreeNetLuidIndex(IF_TYPE_PROP_VIRTUAL, Other), 0);
    assert_int_equal((int)NdisIfFreeNetLuidIndex(IF_TYPE_PROP_VIRTUAL, Other),
                     (int)NDIS_STATUS_INVALID_PARAMETER);
    NdisIfDeregisterProvider(Provider);
}

static void DoLeaveInterface(void)
{
    NDIS_IF_PROVIDER_CHARACTERISTICS C = {0};
    NET_IF_INFORMATION Information = {0};
    NET_LUID Luid = {.Value = 7};
    NDIS_HANDLE Provider;
    NET_IFINDEX Index;
    C.Header.Revision = 1;
    C.Header.Size = NDIS_SIZEOF_IF_PROVIDER_CHARACTERISTICS_REVISION_1;
    NdisIfRegisterProvider(&C, NULL, &Provider);
    NdisIfRegisterInterface(Provider, Luid, NULL, &Information, &Index);
    NdisIfDeregisterProvider(Provider);
}

static void Interface_ProviderLeavesFirst_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoLeaveInterface, BUGCODE_NDIS_DRIVER, "1 interfaces are still registered");
}

// ---- names that the headers make inline, as a driver's file imports them

void NTAPI PeExport_NdisAllocateSpinLock(PNDIS_SPIN_LOCK);
void NTAPI PeExport_NdisFreeSpinLock(PNDIS_SPIN_LOCK);
void NTAPI PeExport_NdisAcquireSpinLock(PNDIS_SPIN_LOCK);
void NTAPI PeExport_NdisReleaseSpinLock(PNDIS_SPIN_LOCK);
void NTAPI PeExport_NdisDprAcquireSpinLock(PNDIS_SPIN_LOCK);
void NTAPI PeExport_NdisDprReleaseSpinLock(PNDIS_SPIN_LOCK);
LONG NTAPI PeExport_NdisInterlockedIncrement(PLONG);
LONG NTAPI PeExport_NdisInterlockedDecrement(PLONG);
ULONG NTAPI PeExport_NdisInterlockedAddUlong(PULONG, ULONG, PNDIS_SPIN_LOCK);
PLIST_ENTRY NTAPI PeExport_NdisInterlockedInsertHeadList(PLIST_ENTRY, PLIST_ENTRY, PNDIS_SPIN_LOCK);
PLIST_ENTRY NTAPI PeExport_NdisInterlockedInsertTailList(PLIST_ENTRY, PLIST_ENTRY, PNDIS_SPIN_LOCK);
PLIST_ENTRY NTAPI PeExport_NdisInterlockedRemoveHeadList(PLIST_ENTRY, PNDIS_SPIN_LOCK);
PSINGLE_LIST_ENTRY NTAPI PeExport_NdisInterlockedPushEntryList(PSINGLE_LIST_ENTRY,
                                                               PSINGLE_LIST_ENTRY, PNDIS_SPIN_LOCK);
PSINGLE_LIST_ENTRY NTAPI PeExport_NdisInterlockedPopEntryList(PSINGLE_LIST_ENTRY, PNDIS_SPIN_LOCK);
void NTAPI PeExport_NdisInitAnsiString(PANSI_STRING, PCSTR);
void NTAPI PeExport_NdisInitUnicodeString(PUNICODE_STRING, PCWSTR);
BOOLEAN NTAPI PeExport_NdisEqualString(PNDIS_STRING, PNDIS_STRING, BOOLEAN);
NDIS_STATUS NTAPI PeExport_NdisAnsiStringToUnicodeString(PUNICODE_STRING, PANSI_STRING);
NDIS_STATUS NTAPI PeExport_NdisUnicodeStringToAnsiString(PANSI_STRING, PUNICODE_STRING);
NDIS_STATUS NTAPI PeExport_NdisUpcaseUnicodeString(PUNICODE_STRING, PUNICODE_STRING);
void NTAPI PeExport_NdisFreeBuffer(PMDL);
ULONG NTAPI PeExport_NdisBufferLength(PMDL);
PVOID NTAPI PeExport_NdisBufferVirtualAddress(PMDL);
void NTAPI PeExport_NdisAdjustBufferLength(PMDL, UINT);
void NTAPI PeExport_NdisGetBufferPhysicalArraySize(PMDL, PUINT);
void NTAPI PeExport_NdisQueryBufferOffset(PMDL, PUINT, PUINT);
void NTAPI PeExport_NdisQueryBufferSafe(PMDL, PVOID *, PUINT, ULONG);
ULONG NTAPI PeExport_NdisCurrentProcessorIndex(void);
void NTAPI PeExport_NdisGetCurrentSystemTime(PLARGE_INTEGER);
void NTAPI PeExport_NdisMSetTimer(PNDIS_MINIPORT_TIMER, UINT);

SIM_NO_THREAD_SAFETY_ANALYSIS
static void Import_SpinLocks(void **State)
{
    (void)State;
    NDIS_SPIN_LOCK Lock;
    PeExport_NdisAllocateSpinLock(&Lock);
    PeExport_NdisAcquireSpinLock(&Lock);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&Lock.SpinLock));
    PeExport_NdisReleaseSpinLock(&Lock);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(PeExport_NdisCurrentProcessorIndex(), KeGetCurrentProcessorIndex());
    PeExport_NdisDprAcquireSpinLock(&Lock);
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&Lock.SpinLock));
    PeExport_NdisDprReleaseSpinLock(&Lock);
    KeLowerIrql(Irql);
    PeExport_NdisFreeSpinLock(&Lock);
}

static void Import_CountersAndLists(void **State)
{
    (void)State;
    NDIS_SPIN_LOCK Lock;
    LONG Count = 5;
    ULONG Sum = 7;
    LIST_ENTRY Head, A, B;
    SINGLE_LIST_ENTRY Stack = {0}, C;
    NdisAllocateSpinLock(&Lock);
    assert_int_equal(PeExport_NdisInterlockedIncrement(&Count), 6);
    assert_int_equal(PeExport_NdisInterlockedDecrement(&Count), 5);
    assert_int_equal(PeExport_NdisInterlockedAddUlong(&Sum, 3, &Lock), 7);
    assert_int_equal(Sum, 10);
    InitializeListHead(&Head);
    assert_null(PeExport_NdisInterlockedInsertTailList(&Head, &A, &Lock));
    assert_ptr_equal(PeExport_NdisInterlockedInsertHeadList(&Head, &B, &Lock), &A);
    assert_ptr_equal(PeExport_NdisInterlockedRemoveHeadList(&Head, &Lock), &B);
    assert_ptr_equal(PeExport_NdisInterlockedRemoveHeadList(&Head, &Lock), &A);
    assert_null(PeExport_NdisInterlockedRemoveHeadList(&Head, &Lock));
    assert_null(PeExport_NdisInterlockedPushEntryList(&Stack, &C, &Lock));
    assert_ptr_equal(PeExport_NdisInterlockedPopEntryList(&Stack, &Lock), &C);
    assert_null(PeExport_NdisInterlockedPopEntryList(&Stack, &Lock));
}

static void Import_Strings(void **State)
{
    (void)State;
    ANSI_STRING Ansi;
    UNICODE_STRING Wide, Other;
    WCHAR Characters[8], Upper[8];
    char Bytes[8];
    PeExport_NdisInitAnsiString(&Ansi, "abC");
    Wide = (UNICODE_STRING){.Buffer = Characters, .MaximumLength = sizeof(Characters)};
    assert_int_equal(PeExport_NdisAnsiStringToUnicodeString(&Wide, &Ansi), 0);
    PeExport_NdisInitUnicodeString(&Other, L"ABc");
    assert_true(PeExport_NdisEqualString(&Wide, &Other, TRUE));
    assert_false(PeExport_NdisEqualString(&Wide, &Other, FALSE));
    Other = (UNICODE_STRING){.Buffer = Upper, .MaximumLength = sizeof(Upper)};
    assert_int_equal(PeExport_NdisUpcaseUnicodeString(&Other, &Wide), 0);
    assert_memory_equal(Upper, L"ABC", 3 * sizeof(WCHAR));
    Ansi = (ANSI_STRING){.Buffer = Bytes, .MaximumLength = sizeof(Bytes)};
    assert_int_equal(PeExport_NdisUnicodeStringToAnsiString(&Ansi, &Other), 0);
    assert_memory_equal(Bytes, "ABC", 3);
    Ansi.MaximumLength = 2;
    assert_int_not_equal(PeExport_NdisUnicodeStringToAnsiString(&Ansi, &Other), 0);
}

static void Import_BuffersAndTime(void **State)
{
    (void)State;
    static UCHAR Memory[64];
    PMDL Mdl = NdisAllocateMdl(NULL, Memory, sizeof(Memory));
    PVOID Address = NULL;
    UINT Offset = 0, Length = 0, Pages = 0;
    assert_non_null(Mdl);
    assert_int_equal(PeExport_NdisBufferLength(Mdl), sizeof(Memory));
    assert_ptr_equal(PeExport_NdisBufferVirtualAddress(Mdl), Memory);
    PeExport_NdisQueryBufferSafe(Mdl, &Address, &Length, NormalPagePriority);
    assert_ptr_equal(Address, Memory);
    assert_int_equal(Length, sizeof(Memory));
    PeExport_NdisAdjustBufferLength(Mdl, 20);
    PeExport_NdisQueryBufferOffset(Mdl, &Offset, &Length);
    assert_int_equal(Length, 20);
    assert_int_equal(Offset, (uintptr_t)Memory % PAGE_SIZE);
    PeExport_NdisGetBufferPhysicalArraySize(Mdl, &Pages);
    assert_int_equal(Pages, ADDRESS_AND_SIZE_TO_SPAN_PAGES(Memory, 20));
    PeExport_NdisAdjustBufferLength(Mdl, sizeof(Memory));
    PeExport_NdisFreeBuffer(Mdl);
    LARGE_INTEGER Now, Then;
    KeQuerySystemTime(&Then);
    PeExport_NdisGetCurrentSystemTime(&Now);
    assert_true(Now.QuadPart >= Then.QuadPart);
}

static void Import_MiniportTimer(void **State)
{
    (void)State;
    NDIS_MINIPORT_TIMER Timer;
    NicAdd(0);
    NdisMInitializeTimer(&Timer, Nics[0].Handle, TimerRun, NULL);
    TimerReset(1);
    PeExport_NdisMSetTimer(&Timer, 1);
    EventWait(&TimerRan);
    KeFlushQueuedDpcs();
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Processors_AreThoseOfTheHost),
        NDIS_TEST(Processors_InformationEx_SaysHowMuchItNeeds),
        NDIS_TEST(Processors_ForReceiveSideScaling_AreAll),
        NDIS_TEST(Processors_OldInformation_AndLoad),
        NDIS_TEST(Hypervisor_IsNotPresent),
        NDIS_TEST(Routine_ByName_IsTheExport),
        NDIS_TEST(Memory_WithTag_ComesAndGoes),
        NDIS_TEST(GenericObject_HasAHeader),
        NDIS_TEST(Sleep_LastsAtLeastThatLong),
        cmocka_unit_test(Sleep_AtDispatch_BugChecks),
        NDIS_TEST(Log_Entries_AreAccepted),
        NDIS_TEST(String_FromCharacters_IsFreedByNdisFreeString),
        NDIS_TEST(Name_OfAnAdapter_IsTheSameForAll),
        NDIS_TEST(Name_ByBindContext_IsTheAdapters),
        NDIS_TEST(OldTimer_OneShotAndPeriodic),
        NDIS_TEST(MiniportTimer_OneShotAndPeriodic),
        NDIS_TEST(TimerObject_Coalescable_Runs),
        NDIS_TEST(OldRwLock_ReadAndWrite_HoldTheirOwnWay),
        NDIS_TEST(Interface_OfAnAdapter_IsFoundBothWays),
        NDIS_TEST(Interface_OfAProvider_LivesUntilDeregistered),
        cmocka_unit_test(Interface_ProviderLeavesFirst_BugChecks),
        NDIS_TEST(Import_SpinLocks),
        NDIS_TEST(Import_CountersAndLists),
        NDIS_TEST(Import_Strings),
        NDIS_TEST(Import_BuffersAndTime),
        NDIS_TEST(Import_MiniportTimer),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
