// SPDX-License-Identifier: MIT

// How many processors there are, which one this is, and which ones a thread may take. There is one
// group.

#include "pcr.h"
#include "processor.h"

ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG Number = SimProcessorIndex();
    if (ProcNumber != NULL) {
        *ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)Number};
    }
    return Number;
}

ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors != NULL) {
        *ActiveProcessors = SimAllProcessors();
    }
    return SimProcessorCount;
}

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? SimProcessorCount : 0;
}

KAFFINITY NTAPI KeQueryActiveProcessors(void)
{
    return SimAllProcessors();
}

ULONG NTAPI KeQueryMaximumProcessorCount(void)
{
    return SimProcessorCount;
}

ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

KAFFINITY NTAPI KeQueryGroupAffinity(USHORT GroupNumber)
{
    return GroupNumber == 0 ? SimAllProcessors() : 0;
}

USHORT NTAPI KeQueryActiveGroupCount(void)
{
    return 1;
}

USHORT NTAPI KeQueryMaximumGroupCount(void)
{
    return 1;
}

USHORT NTAPI KeQueryHighestNodeNumber(void)
{
    return 0;
}

USHORT NTAPI KeGetCurrentNodeNumber(void)
{
    return 0;
}

ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber)
{
    BOOLEAN Exists = ProcNumber->Group == 0 && ProcNumber->Number < SimProcessorCount;
    return Exists ? ProcNumber->Number : INVALID_PROCESSOR_INDEX;
}

NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcIndex >= SimProcessorCount) {
        return STATUS_INVALID_PARAMETER;
    }
    *ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)ProcIndex};
    return STATUS_SUCCESS;
}

// At DISPATCH_LEVEL the thread stays where it is until it lowers the IRQL, as documented.
KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SIM_THREAD *Thread = SimCurrentThread();
    KAFFINITY Before = Thread->Affinity;
    KAFFINITY Allowed = Affinity & SimAllProcessors();
    if (Allowed == 0) {
        SimBugCheck(INVALID_AFFINITY_SET, (ULONG_PTR)Affinity, 0, 0, 0,
                    "affinity 0x%llX names none of the %u processors.",
                    (unsigned long long)Affinity, SimProcessorCount);
    }
    Thread->Affinity = Allowed;
    if (Thread->Irql < DISPATCH_LEVEL && (Allowed >> Thread->Processor % 64 & 1) == 0) {
        SimSetProcessor(Thread, __builtin_ctzll(Allowed));
    }
    return Before;
}

void NTAPI KeSetSystemAffinityThread(KAFFINITY Affinity)
{
    (void)KeSetSystemAffinityThreadEx(Affinity);
}

void NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    SimCurrentThread()->Affinity = Affinity;
}

void NTAPI KeRevertToUserAffinityThread(void)
{
    KeRevertToUserAffinityThreadEx(0);
}

void NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity,
                                          PGROUP_AFFINITY PreviousAffinity)
{
    KAFFINITY Before = KeSetSystemAffinityThreadEx(Affinity->Mask);
    if (PreviousAffinity != NULL) {
        *PreviousAffinity = (GROUP_AFFINITY){.Mask = Before};
    }
}

void NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
    KeRevertToUserAffinityThreadEx(PreviousAffinity->Mask);
}
