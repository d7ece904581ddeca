// SPDX-License-Identifier: MIT

// Rtl: dates, runs of bits, balanced trees, security identifiers and descriptors, and the names
// that the headers turn into other functions.

#include "io_test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exported.h"
#include "wide.h"

// ---- time

static void Time_Fields_RoundTrip(void **State)
{
    (void)State;
    static const struct {
        TIME_FIELDS Fields;
        LONGLONG Time;
    } Cases[] = {
        {{1601, 1, 1, 0, 0, 0, 0, 1}, 0},
        {{1970, 1, 1, 0, 0, 0, 0, 4}, 116444736000000000ll},
        {{2000, 2, 29, 23, 59, 59, 999, 2}, 125963423999990000ll},
        {{1900, 12, 31, 12, 0, 0, 0, 1}, 94669776000000000ll},
        {{2400, 12, 31, 0, 0, 0, 0, 0}, 252454752000000000ll},
    };
    for (size_t i = 0; i < RTL_NUMBER_OF(Cases); i++) {
        LARGE_INTEGER Time = {.QuadPart = Cases[i].Time};
        TIME_FIELDS Fields = Cases[i].Fields;
        RtlTimeToTimeFields(&Time, &Fields);
        assert_memory_equal(&Fields, &Cases[i].Fields, sizeof(Fields));
        Time.QuadPart = -1;
        assert_true(RtlTimeFieldsToTime(&Fields, &Time));
        assert_true(Time.QuadPart == Cases[i].Time);
    }
}

static void Time_EveryDayOfACycle_FollowsTheOneBefore(void **State)
{
    (void)State;
    TIME_FIELDS Before = {.Year = 1999, .Month = 12, .Day = 31}, Now;
    LARGE_INTEGER Time;
    assert_true(RtlTimeFieldsToTime(&Before, &Time));
    RtlTimeToTimeFields(&Time, &Before);
    for (unsigned Day = 0; Day < 146097; Day++) {
        Time.QuadPart += 86400 * 10000000ll;
        RtlTimeToTimeFields(&Time, &Now);
        BOOLEAN SameMonth = Now.Year == Before.Year && Now.Month == Before.Month;
        assert_true(SameMonth ? Now.Day == Before.Day + 1 : Now.Day == 1 && Before.Day >= 28);
        assert_int_equal(Now.Weekday, (Before.Weekday + 1) % 7);
        Before = Now;
    }
    assert_int_equal(Now.Year * 10000 + Now.Month * 100 + Now.Day, 23991231);
}

static void Time_ImpossibleDate_IsRefused(void **State)
{
    (void)State;
    static const TIME_FIELDS Wrong[] = {
        {1600, 12, 31, 0, 0, 0, 0, 0}, {2001, 2, 29, 0, 0, 0, 0, 0}, {1900, 2, 29, 0, 0, 0, 0, 0},
        {2000, 13, 1, 0, 0, 0, 0, 0},  {2000, 0, 1, 0, 0, 0, 0, 0},  {2000, 1, 0, 0, 0, 0, 0, 0},
        {2000, 1, 1, 24, 0, 0, 0, 0},  {2000, 1, 1, 0, 60, 0, 0, 0}, {2000, 1, 1, 0, 0, 60, 0, 0},
        {2000, 1, 1, 0, 0, 0, -1, 0},  {30828, 1, 1, 0, 0, 0, 0, 0}};
    for (size_t i = 0; i < RTL_NUMBER_OF(Wrong); i++) {
        LARGE_INTEGER Time;
        TIME_FIELDS Fields = Wrong[i];
        assert_false(RtlTimeFieldsToTime(&Fields, &Time));
    }
}

static void Time_Seconds_FitOrDoNot(void **State)
{
    (void)State;
    LARGE_INTEGER Time, Early = {.QuadPart = 1};
    ULONG Seconds = 0;
    RtlSecondsSince1970ToTime(1000000000, &Time);
    assert_true(Time.QuadPart == 126444736000000000ll);
    assert_true(RtlTimeToSecondsSince1970(&Time, &Seconds));
    assert_int_equal(Seconds, 1000000000);
    assert_true(RtlTimeToSecondsSince1980(&Time, &Seconds));
    assert_int_equal(Seconds, 1000000000 - 315532800);
    RtlSecondsSince1980ToTime(0, &Time);
    assert_true(RtlTimeToSecondsSince1970(&Time, &Seconds));
    assert_int_equal(Seconds, 315532800);
    assert_false(RtlTimeToSecondsSince1970(&Early, &Seconds));
    assert_false(RtlTimeToSecondsSince1980(&Early, &Seconds));
    RtlSecondsSince1970ToTime(MAXULONG, &Time);
    Time.QuadPart += 10000000;
    assert_false(RtlTimeToSecondsSince1970(&Time, &Seconds));
}

static void Time_Local_HasTheZonesOffset(void **State)
{
    (void)State;
    LARGE_INTEGER System = {.QuadPart = 126444736000000000ll}, Local, Back;
    assert_int_equal(setenv("TZ", "TST-5:30", 1), 0);
    tzset();
    ExSystemTimeToLocalTime(&System, &Local);
    assert_true(Local.QuadPart - System.QuadPart == 5 * 36000000000ll + 18000000000ll);
    ExLocalTimeToSystemTime(&Local, &Back);
    assert_true(Back.QuadPart == System.QuadPart);
    unsetenv("TZ");
    tzset();
}

// ---- bitmaps

static void Bitmap_Runs_AreFound(void **State)
{
    (void)State;
    ULONG Words[2] = {0xFFFF00F1, 0xFFFFFFF0}; // clear: 1-3, 8-15, 32-35
    RTL_BITMAP Map;
    RTL_BITMAP_RUN Runs[3];
    ULONG Start;
    RtlInitializeBitMap(&Map, Words, 40);
    assert_int_equal(RtlFindFirstRunClear(&Map, &Start), 3);
    assert_int_equal(Start, 1);
    assert_int_equal(RtlFindNextForwardRunClear(&Map, 10, &Start), 6);
    assert_int_equal(Start, 10);
    assert_int_equal(RtlFindNextForwardRunClear(&Map, 36, &Start), 0);
    assert_int_equal(RtlFindLastBackwardRunClear(&Map, 20, &Start), 8);
    assert_int_equal(Start, 8);
    assert_int_equal(RtlFindLastBackwardRunClear(&Map, 0, &Start), 0);
    assert_int_equal(RtlFindLongestRunClear(&Map, &Start), 8);
    assert_int_equal(Start, 8);
    assert_int_equal(RtlFindClearRuns(&Map, Runs, 2, FALSE), 2);
    assert_int_equal(Runs[0].StartingIndex * 100 + Runs[1].StartingIndex, 108);
    assert_int_equal(RtlFindClearRuns(&Map, Runs, 3, TRUE), 3);
    assert_int_equal(Runs[0].NumberOfBits * 100 + Runs[1].NumberOfBits * 10 + Runs[2].NumberOfBits,
                     843);
    assert_int_equal(RtlFindClearRuns(&Map, Runs, 2, TRUE), 2);
    assert_int_equal(Runs[1].StartingIndex, 32);
}

static void Bitmap_Parts_AreCountedAndCopied(void **State)
{
    (void)State;
    ULONG Words[2] = {0x0000FF00, 0}, Part = 0, Back[2] = {0};
    RTL_BITMAP Map, PartMap, BackMap;
    RtlInitializeBitMap(&Map, Words, 40);
    RtlInitializeBitMap(&PartMap, &Part, 12);
    RtlInitializeBitMap(&BackMap, Back, 40);
    assert_int_equal(RtlNumberOfSetBitsInRange(&Map, 4, 8), 4);
    assert_int_equal(RtlNumberOfClearBitsInRange(&Map, 4, 8), 4);
    assert_int_equal(RtlNumberOfClearBitsInRange(&Map, 30, 100), 10);
    RtlExtractBitMap(&Map, &PartMap, 4, 12);
    assert_int_equal(Part, 0xFF0);
    RtlCopyBitMap(&PartMap, &BackMap, 4);
    assert_memory_equal(Back, Words, sizeof(Back));
    RtlCopyBitMap(&PartMap, &BackMap, 36); // what does not fit is left out
    assert_int_equal(Back[1], 0);
}

// ---- balanced trees

static unsigned Nodes;

static RTL_AVL_ALLOCATE_ROUTINE AllocateNode;
static PVOID NTAPI AllocateNode(struct _RTL_AVL_TABLE *Table, CLONG ByteSize)
{
    if (Table->TableContext != NULL) {
        return NULL; // no memory
    }
    Nodes++;
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, ByteSize, 'edoN');
}

static RTL_AVL_FREE_ROUTINE FreeNode;
static VOID NTAPI FreeNode(struct _RTL_AVL_TABLE *Table, PVOID Buffer)
{
    (void)Table;
    Nodes--;
    ExFreePoolWithTag(Buffer, 'edoN');
}

static RTL_AVL_COMPARE_ROUTINE CompareKeys;
static RTL_GENERIC_COMPARE_RESULTS NTAPI CompareKeys(struct _RTL_AVL_TABLE *Table,
                                                     PVOID FirstStruct, PVOID SecondStruct)
{
    (void)Table;
    ULONG First = *(ULONG *)FirstStruct, Second = *(ULONG *)SecondStruct;
    return First < Second ? GenericLessThan : First > Second ? GenericGreaterThan : GenericEqual;
}

// The height of the subtree, whose balances and parents are right.
static int CheckedHeight(const RTL_BALANCED_LINKS *Node)
{
    if (Node == NULL) {
        return 0;
    }
    int Left = CheckedHeight(Node->LeftChild);
    int Right = CheckedHeight(Node->RightChild);
    assert_true(Node->LeftChild == NULL || Node->LeftChild->Parent == Node);
    assert_true(Node->RightChild == NULL || Node->RightChild->Parent == Node);
    assert_int_equal(Node->Balance, Right - Left);
    assert_in_range(Right - Left + 1, 0, 2);
    return 1 + (Left > Right ? Left : Right);
}

static void CheckTree(PRTL_AVL_TABLE Table, const BOOLEAN *Present, ULONG Keys)
{
    ULONG Expected = 0, Count = 0;
    PVOID Restart = NULL;
    assert_int_equal(CheckedHeight(Table->BalancedRoot.RightChild), Table->DepthOfTree);
    for (const ULONG *Element = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &Restart);
         Element != NULL; Element = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &Restart)) {
        while (Expected < Keys && !Present[Expected]) {
            Expected++;
        }
        assert_int_equal(*Element, Expected++);
        Count++;
    }
    assert_int_equal(RtlNumberGenericTableElementsAvl(Table), Count);
    assert_int_equal(Nodes, Count);
}

#define KEYS 64u

static void Avl_RandomChanges_StaysBalancedAndSorted(void **State)
{
    (void)State;
    BOOLEAN Present[KEYS] = {0};
    RTL_AVL_TABLE Table;
    ULONG Seed = 1;
    Nodes = 0;
    RtlInitializeGenericTableAvl(&Table, CompareKeys, AllocateNode, FreeNode, NULL);
    for (unsigned Round = 0; Round < 4000; Round++) {
        ULONG Key = RtlRandomEx(&Seed) % KEYS;
        BOOLEAN New = 5;
        if (RtlRandomEx(&Seed) % 2 == 0) {
            const ULONG *Element = RtlInsertElementGenericTableAvl(&Table, &Key, sizeof(Key), &New);
            assert_int_equal(*Element, Key);
            assert_int_equal(New, !Present[Key]);
            Present[Key] = TRUE;
        } else {
            assert_int_equal(RtlDeleteElementGenericTableAvl(&Table, &Key), Present[Key]);
            Present[Key] = FALSE;
        }
        assert_int_equal(RtlLookupElementGenericTableAvl(&Table, &Key) != NULL, Present[Key]);
        CheckTree(&Table, Present, KEYS);
    }
    while (!RtlIsGenericTableEmptyAvl(&Table)) {
        RtlDeleteElementGenericTableAvl(&Table, RtlGetElementGenericTableAvl(&Table, 0));
    }
    assert_int_equal(Nodes + Table.DepthOfTree, 0);
}

static void Avl_SearchThenInsert_DeleteWhileEnumerating(void **State)
{
    (void)State;
    RTL_AVL_TABLE Table;
    PVOID Where;
    TABLE_SEARCH_RESULT Result;
    RtlInitializeGenericTableAvl(&Table, CompareKeys, AllocateNode, FreeNode, NULL);
    for (ULONG Key = 0; Key < 10; Key++) {
        assert_null(RtlLookupElementGenericTableFullAvl(&Table, &Key, &Where, &Result));
        assert_int_equal(Result, Key == 0 ? TableEmptyTree : TableInsertAsRight);
        assert_non_null(
            RtlInsertElementGenericTableFullAvl(&Table, &Key, sizeof(Key), NULL, Where, Result));
    }
    ULONG Seven = 7, Ten = 10;
    assert_non_null(RtlLookupElementGenericTableFullAvl(&Table, &Seven, &Where, &Result));
    assert_int_equal(Result, TableFoundNode);
    assert_int_equal(*(ULONG *)RtlLookupFirstMatchingElementGenericTableAvl(&Table, &Seven, &Where),
                     7);
    assert_int_equal(*(ULONG *)RtlEnumerateGenericTableWithoutSplayingAvl(&Table, &Where), 8);
    assert_null(RtlLookupFirstMatchingElementGenericTableAvl(&Table, &Ten, &Where));
    assert_null(RtlGetElementGenericTableAvl(&Table, 10));
    ULONG Expected = 0;
    for (ULONG *Key = RtlEnumerateGenericTableAvl(&Table, TRUE); Key != NULL;
         Key = RtlEnumerateGenericTableAvl(&Table, FALSE)) {
        assert_int_equal(*Key, Expected++);
        RtlDeleteElementGenericTableAvlEx(&Table, (RTL_BALANCED_LINKS *)(PVOID)Key - 1);
    }
    assert_int_equal(Expected, 10);
    Table.TableContext = &Table;
    assert_null(RtlInsertElementGenericTableAvl(&Table, &Seven, sizeof(Seven), NULL));
    assert_true(RtlIsGenericTableEmptyAvl(&Table));
}

// ---- security

typedef struct ADMINISTRATORS {
    ULONG Words[4]; // S-1-5-32-544
} ADMINISTRATORS;

static PSID MakeAdministrators(ADMINISTRATORS *Memory)
{
    static const UCHAR Authority[6] = {0, 0, 0, 0, 0, 5};
    assert_int_equal(RtlLengthRequiredSid(2), sizeof(*Memory));
    assert_int_equal(RtlInitializeSid(Memory, (PSID_IDENTIFIER_AUTHORITY)Authority, 2), 0);
    *RtlSubAuthoritySid(Memory, 0) = 32;
    *RtlSubAuthoritySid(Memory, 1) = 544;
    return Memory;
}

static void Sid_Made_IsComparedCopiedPrinted(void **State)
{
    (void)State;
    ADMINISTRATORS Memory, Copy;
    WCHAR Text[16];
    UNICODE_STRING Name = {.MaximumLength = sizeof(Text), .Buffer = Text}, Allocated;
    PSID Sid = MakeAdministrators(&Memory);
    assert_true(RtlValidSid(Sid));
    assert_int_equal(RtlLengthSid(Sid), 16);
    assert_int_equal(*RtlSubAuthorityCountSid(Sid), 2);
    assert_int_equal(RtlCopySid(12, &Copy, Sid), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCopySid(16, &Copy, Sid), 0);
    assert_true(RtlEqualSid(Sid, &Copy));
    *RtlSubAuthoritySid(&Copy, 1) = 545;
    assert_false(RtlEqualSid(Sid, &Copy));
    assert_int_equal(RtlConvertSidToUnicodeString(&Name, Sid, FALSE), 0);
    assert_memory_equal(Text, L"S-1-5-32-544", 24);
    Name.MaximumLength = 10;
    assert_int_equal(RtlConvertSidToUnicodeString(&Name, Sid, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlConvertSidToUnicodeString(&Allocated, Sid, TRUE), 0);
    assert_int_equal(Allocated.Length, 24);
    RtlFreeUnicodeString(&Allocated);
    *(UCHAR *)&Copy = 2;
    assert_false(RtlValidSid(&Copy) || RtlValidSid(NULL));
    assert_int_equal(RtlConvertSidToUnicodeString(&Name, &Copy, FALSE), STATUS_INVALID_SID);
    assert_int_equal(RtlInitializeSid(&Copy, NULL, 16), STATUS_INVALID_PARAMETER);
}

static void Acl_Entries_AreAddedAndDeleted(void **State)
{
    (void)State;
    ADMINISTRATORS Memory;
    union {
        ACL Acl;
        UCHAR Bytes[8 + 2 * 24];
    } List;
    PVOID First, Second;
    PSID Sid = MakeAdministrators(&Memory);
    assert_int_equal(RtlCreateAcl(&List.Acl, 4, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCreateAcl(&List.Acl, sizeof(List), 9), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlCreateAcl(&List.Acl, sizeof(List), ACL_REVISION), 0);
    assert_int_equal(RtlGetAce(&List.Acl, 0, &First), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlAddAccessAllowedAce(&List.Acl, ACL_REVISION, 1, Sid), 0);
    assert_int_equal(RtlAddAccessAllowedAceEx(&List.Acl, ACL_REVISION, 3, 2, Sid), 0);
    assert_int_equal(RtlAddAccessAllowedAce(&List.Acl, ACL_REVISION, 4, Sid),
                     STATUS_ALLOTTED_SPACE_EXCEEDED);
    assert_int_equal(RtlAddAccessAllowedAce(&List.Acl, 9, 4, Sid), STATUS_REVISION_MISMATCH);
    assert_int_equal(RtlGetAce(&List.Acl, 0, &First) | RtlGetAce(&List.Acl, 1, &Second), 0);
    assert_int_equal((UCHAR *)Second - (UCHAR *)First, 24);
    assert_int_equal(((UCHAR *)Second)[1], 3); // flags
    assert_true(RtlEqualSid((UCHAR *)Second + 8, Sid));
    assert_int_equal(RtlDeleteAce(&List.Acl, 0), 0);
    assert_int_equal(((ULONG *)First)[1], 2); // the mask of what was the second
    assert_int_equal(RtlDeleteAce(&List.Acl, 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(List.Acl.AceCount, 1);
}

static void Descriptor_MadeRelative_HasTheSameParts(void **State)
{
    (void)State;
    ADMINISTRATORS Memory;
    ULONG64 Absolute[5], Relative[32];
    union {
        ACL Acl;
        UCHAR Bytes[64];
    } List;
    PSID Sid = MakeAdministrators(&Memory), Owner = NULL, Group = &Memory;
    PACL Dacl = NULL;
    BOOLEAN Present = FALSE, Defaulted = TRUE;
    ULONG Bytes = 0;
    RtlCreateAcl(&List.Acl, sizeof(List), ACL_REVISION);
    RtlAddAccessAllowedAce(&List.Acl, ACL_REVISION, GENERIC_ALL, Sid);
    assert_int_equal(RtlCreateSecurityDescriptor(Absolute, 7), STATUS_UNKNOWN_REVISION);
    assert_int_equal(RtlCreateSecurityDescriptor(Absolute, SECURITY_DESCRIPTOR_REVISION), 0);
    assert_int_equal(RtlGetDaclSecurityDescriptor(Absolute, &Present, &Dacl, &Defaulted), 0);
    assert_false(Present);
    assert_int_equal(RtlSetDaclSecurityDescriptor(Absolute, TRUE, &List.Acl, FALSE), 0);
    assert_int_equal(RtlSetOwnerSecurityDescriptor(Absolute, Sid, TRUE), 0);
    assert_int_equal(RtlSetGroupSecurityDescriptor(Absolute, NULL, FALSE), 0);
    assert_true(RtlValidSecurityDescriptor(Absolute));
    assert_int_equal(RtlLengthSecurityDescriptor(Absolute), 40 + 64 + 16);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(Absolute, Relative, &Bytes),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(Bytes, 20 + 64 + 16);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(Absolute, Relative, &Bytes), 0);
    assert_true(RtlValidSecurityDescriptor(Relative));
    assert_int_equal(RtlLengthSecurityDescriptor(Relative), Bytes);
    assert_int_equal(RtlGetDaclSecurityDescriptor(Relative, &Present, &Dacl, &Defaulted), 0);
    assert_true(Present && !Defaulted && (PVOID)Dacl != (PVOID)&List);
    assert_memory_equal(Dacl, &List, sizeof(List));
    assert_int_equal(RtlGetOwnerSecurityDescriptor(Relative, &Owner, &Defaulted), 0);
    assert_true(Defaulted && RtlEqualSid(Owner, Sid));
    assert_int_equal(RtlGetGroupSecurityDescriptor(Relative, &Group, &Defaulted), 0);
    assert_null(Group);
    assert_int_equal(RtlGetSaclSecurityDescriptor(Relative, &Present, &Dacl, &Defaulted), 0);
    assert_false(Present);
    assert_int_equal(RtlSetOwnerSecurityDescriptor(Relative, NULL, FALSE),
                     STATUS_INVALID_SECURITY_DESCR);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(Relative, Absolute, &Bytes),
                     STATUS_BAD_DESCRIPTOR_FORMAT);
    List.Acl.AclRevision = 0;
    assert_false(RtlValidSecurityDescriptor(Absolute) || RtlValidSecurityDescriptor(NULL));
}

static void Descriptor_Absolute_IsSetOnADevice(void **State)
{
    (void)State;
    ADMINISTRATORS Memory;
    ULONG64 Absolute[5];
    union {
        ACL Acl;
        UCHAR Bytes[32];
    } List;
    HANDLE Handle;
    TestDriverLoad();
    RtlCreateAcl(&List.Acl, sizeof(List), ACL_REVISION);
    RtlAddAccessAllowedAce(&List.Acl, ACL_REVISION, GENERIC_ALL, MakeAdministrators(&Memory));
    RtlCreateSecurityDescriptor(Absolute, SECURITY_DESCRIPTOR_REVISION);
    assert_int_equal(ObOpenObjectByPointer(Test.Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL,
                                           KernelMode, &Handle),
                     0);
    assert_int_equal(ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, Absolute),
                     STATUS_INVALID_SECURITY_DESCR); // it has none
    RtlSetDaclSecurityDescriptor(Absolute, TRUE, &List.Acl, FALSE);
    assert_int_equal(ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, Absolute), 0);
    assert_int_equal(SimDeviceDacl(Test.Device)->AceCount, 1);
    assert_int_equal(ZwClose(Handle), 0);
    TestDriverUnload();
}

static void GenericMask_Mapped_OnlyGenericRightsChange(void **State)
{
    (void)State;
    GENERIC_MAPPING Mapping = {1, 2, 4, 0xF};
    ACCESS_MASK Mask = GENERIC_READ | GENERIC_EXECUTE | 0x100;
    RtlMapGenericMask(&Mask, &Mapping);
    assert_int_equal(Mask, 0x105);
    Mask = GENERIC_WRITE | GENERIC_ALL;
    RtlMapGenericMask(&Mask, &Mapping);
    assert_int_equal(Mask, 0xF);
}

static void VersionMask_Built_IsVerified(void **State)
{
    (void)State;
    RTL_OSVERSIONINFOEXW Info = {.dwOSVersionInfoSize = sizeof(Info), .dwMajorVersion = 6};
    ULONGLONG Mask = VerSetConditionMask(0, 2, 3); // major: >=
    Mask = VerSetConditionMask(Mask, 1, 3);        // minor: >=
    assert_int_equal(Mask, 3 << 3 | 3);
    assert_int_equal(RtlVerifyVersionInfo(&Info, 3, Mask), 0);
}

// ---- memory

static void Memory_NamesOfOldHeaders_DoTheSame(void **State)
{
    (void)State;
    CHAR Text[8] = "abcdefg";
    PeExport_RtlMoveMemory(Text + 1, Text, 3);
    assert_string_equal(Text, "aabcefg");
    PeExport_RtlCopyMemory(Text, "xy", 2);
    PeExport_RtlFillMemory(Text + 2, 2, 'f');
    PeExport_RtlZeroMemory(Text + 5, 1);
    assert_string_equal(Text, "xyffe");
    RtlCopyMemoryNonTemporal(Text, "no", 2);
    RtlFillMemoryNonTemporal(Text + 2, 3, 't');
    assert_string_equal(Text, "nottt");
    RtlPrefetchMemoryNonTemporal(Text, sizeof(Text));
    assert_int_equal(PeExport_KeSaveFloatingPointState(NULL), 0);
    assert_int_equal(PeExport_KeRestoreFloatingPointState(NULL), 0);
}

static void Crc32_InParts_IsThatOfTheWhole(void **State)
{
    (void)State;
    assert_int_equal(RtlCrc32("123456789", 9, 0), 0xCBF43926);
    assert_int_equal(RtlCrc32("56789", 5, RtlCrc32("1234", 4, 0)), 0xCBF43926);
}

static void Suffix_IgnoringCase_IsFound(void **State)
{
    (void)State;
    UNICODE_STRING Name = SimWideString(L"driver.SYS"), Suffix = SimWideString(L".sys");
    assert_true(RtlSuffixUnicodeString(&Suffix, &Name, TRUE));
    assert_false(RtlSuffixUnicodeString(&Suffix, &Name, FALSE));
    assert_false(RtlSuffixUnicodeString(&Name, &Suffix, TRUE));
}

static void SingleList_Interlocked_IsAStack(void **State)
{
    (void)State;
    KSPIN_LOCK Lock;
    SINGLE_LIST_ENTRY Head = {0}, First, Second;
    KeInitializeSpinLock(&Lock);
    assert_null(ExInterlockedPopEntryList(&Head, &Lock));
    assert_null(ExInterlockedPushEntryList(&Head, &First, &Lock));
    assert_ptr_equal(ExInterlockedPushEntryList(&Head, &Second, &Lock), &First);
    assert_ptr_equal(ExInterlockedPopEntryList(&Head, &Lock), &Second);
    assert_ptr_equal(ExInterlockedPopEntryList(&Head, &Lock), &First);
    assert_null(Head.Next);
}

// ---- objects

static void Object_OtherNames_CountReferences(void **State)
{
    (void)State;
    OBJECT_NAME_INFORMATION *Info;
    ULONG64 Memory[12];
    ULONG Bytes;
    TestDriverLoad();
    PDEVICE_OBJECT Device = Test.Device;
    LONG_PTR Before = SimObjectReferences(Device);
    assert_int_equal(ObReferenceObjectByPointerWithTag(Device, 0, NULL, KernelMode, 'tseT'), 0);
    assert_true(ObReferenceObjectSafe(Device) && ObReferenceObjectSafeWithTag(Device, 'tseT'));
    assert_int_equal(SimObjectReferences(Device), Before + 3);
    ObDereferenceObjectDeferDeleteWithTag(Device, 'tseT');
    PeExport_ObDereferenceObject(Device);
    PeExport_ObDereferenceObject(Device);
    assert_int_equal(SimObjectReferences(Device), Before);
    Info = (PVOID)Memory;
    assert_int_equal(ObQueryNameString(Device, Info, 8, &Bytes), STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(Bytes, 16 + 26);
    assert_int_equal(ObQueryNameString(Device, Info, sizeof(Memory), &Bytes), 0);
    assert_memory_equal(Info->Name.Buffer, L"\\Device\\Test", 26);
    assert_int_equal(Info->Name.Length, 24);
    assert_int_equal(ObQueryNameString(KeGetCurrentThread(), Info, 16, &Bytes), 0);
    assert_int_equal(Info->Name.Length, 0);
    assert_ptr_equal(PeExport_PsGetCurrentProcess(), PsInitialSystemProcess);
    TestDriverUnload();
}

static NTSTATUS CompleteByOtherName(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    (void)Stack;
    Irp->IoStatus.Status = STATUS_DATA_ERROR;
    PeExport_IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_DATA_ERROR;
}

static void Irp_OtherNames_CallAndComplete(void **State)
{
    (void)State;
    KEVENT Event;
    IO_STATUS_BLOCK Result;
    Test.Control = CompleteByOtherName;
    TestDriverLoad();
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    PIRP Irp = IoBuildDeviceIoControlRequest(TEST_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS),
                                             Test.Device, NULL, 0, NULL, 0, FALSE, &Event, &Result);
    assert_int_equal(PeExport_IoCallDriver(Test.Device, Irp), STATUS_DATA_ERROR);
    assert_int_equal(Test.Controls, 1);
    TestDriverUnload();
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Time_Fields_RoundTrip),
        IO_TEST(Time_EveryDayOfACycle_FollowsTheOneBefore),
        IO_TEST(Time_ImpossibleDate_IsRefused),
        IO_TEST(Time_Seconds_FitOrDoNot),
        IO_TEST(Time_Local_HasTheZonesOffset),
        IO_TEST(Bitmap_Runs_AreFound),
        IO_TEST(Bitmap_Parts_AreCountedAndCopied),
        IO_TEST(Avl_RandomChanges_StaysBalancedAndSorted),
        IO_TEST(Avl_SearchThenInsert_DeleteWhileEnumerating),
        IO_TEST(Sid_Made_IsComparedCopiedPrinted),
        IO_TEST(Acl_Entries_AreAddedAndDeleted),
        IO_TEST(Descriptor_MadeRelative_HasTheSameParts),
        IO_TEST(Descriptor_Absolute_IsSetOnADevice),
        IO_TEST(GenericMask_Mapped_OnlyGenericRightsChange),
        IO_TEST(VersionMask_Built_IsVerified),
        IO_TEST(Memory_NamesOfOldHeaders_DoTheSame),
        IO_TEST(Crc32_InParts_IsThatOfTheWhole),
        IO_TEST(Suffix_IgnoringCase_IsFound),
        IO_TEST(SingleList_Interlocked_IsAStack),
        IO_TEST(Object_OtherNames_CountReferences),
        IO_TEST(Irp_OtherNames_CallAndComplete),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
