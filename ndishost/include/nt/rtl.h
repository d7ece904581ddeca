/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Run-time library: strings, memory, bitmaps, tables, registry helpers (provided by nt).
 */

#include "types.h"
#include "interlocked.h"
#include "list.h"
#include "rtltypes.h"

typedef struct _ACL ACL, *PACL;
typedef struct _CM_PARTIAL_RESOURCE_DESCRIPTOR CM_PARTIAL_RESOURCE_DESCRIPTOR,
    *PCM_PARTIAL_RESOURCE_DESCRIPTOR;
typedef struct _COMPRESSED_DATA_INFO COMPRESSED_DATA_INFO, *PCOMPRESSED_DATA_INFO;
typedef struct _CONTEXT CONTEXT, *PCONTEXT;
typedef struct _CUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG CUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG,
    *PCUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG;
typedef struct _GENERATE_NAME_CONTEXT GENERATE_NAME_CONTEXT, *PGENERATE_NAME_CONTEXT;
typedef struct _GENERIC_MAPPING GENERIC_MAPPING, *PGENERIC_MAPPING;
typedef struct _IO_RESOURCE_DESCRIPTOR IO_RESOURCE_DESCRIPTOR, *PIO_RESOURCE_DESCRIPTOR;
typedef struct _NV_MEMORY_RANGE NV_MEMORY_RANGE, *PNV_MEMORY_RANGE;
typedef struct _SECURITY_DESCRIPTOR_RELATIVE SECURITY_DESCRIPTOR_RELATIVE,
    *PISECURITY_DESCRIPTOR_RELATIVE;
typedef struct _SID_IDENTIFIER_AUTHORITY SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;
typedef struct _UNICODE_PREFIX_TABLE UNICODE_PREFIX_TABLE, *PUNICODE_PREFIX_TABLE;
typedef struct _UNICODE_PREFIX_TABLE_ENTRY UNICODE_PREFIX_TABLE_ENTRY,
    *PUNICODE_PREFIX_TABLE_ENTRY;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(
    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, PULONG BufferLength);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(
    PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlAddAccessAllowedAceEx(
    PACL Acl, ULONG AceRevision, ULONG AceFlags, ACCESS_MASK AccessMask, PSID Sid);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlAddAce(
    PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList, ULONG AceListLength);

NTKERNELAPI NTSTATUS NTAPI RtlAllocateAndInitializeSid(
    PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, UCHAR SubAuthorityCount, ULONG SubAuthority0,
    ULONG SubAuthority1, ULONG SubAuthority2, ULONG SubAuthority3, ULONG SubAuthority4,
    ULONG SubAuthority5, ULONG SubAuthority6, ULONG SubAuthority7, PSID *Sid);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlAnsiStringToUnicodeString(
    PUNICODE_STRING DestinationString, PCANSI_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source);

NTKERNELAPI NTSTATUS NTAPI RtlAppendUnicodeStringToString(
    PUNICODE_STRING Destination, PCUNICODE_STRING Source);

NTKERNELAPI NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlAreBitsClear(
    PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlAreBitsSet(
    PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);

NTKERNELAPI void NTAPI RtlAssert(
    PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber, PSTR MutableMessage);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI RtlCaptureContext(PCONTEXT ContextRecord);

NTKERNELAPI USHORT NTAPI RtlCaptureStackBackTrace(
    ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace, PULONG BackTraceHash);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlClearAllBits(PRTL_BITMAP BitMapHeader);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlClearBits(
    PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear);

NTKERNELAPI ULONGLONG NTAPI RtlCmDecodeMemIoResource(
    PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor, PULONGLONG Start);

NTKERNELAPI NTSTATUS NTAPI RtlCmEncodeMemIoResource(
    PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor, UCHAR Type, ULONGLONG Length, ULONGLONG Start);

NTKERNELAPI SIZE_T NTAPI RtlCompareMemory(const void *Source1, const void *Source2, SIZE_T Length);
NTKERNELAPI SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI LONG NTAPI RtlCompareString(
    const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI LONG NTAPI RtlCompareUnicodeString(
    PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive);

NTKERNELAPI LONG NTAPI RtlCompareUnicodeStrings(
    PCWCH String1, SIZE_T String1Length, PCWCH String2, SIZE_T String2Length,
    BOOLEAN CaseInSensitive);

NTKERNELAPI BOOLEAN NTAPI RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlConvertSidToUnicodeString(
    PUNICODE_STRING UnicodeString, PSID Sid, BOOLEAN AllocateDestinationString);

NTKERNELAPI void NTAPI RtlCopyBitMap(PRTL_BITMAP Source, PRTL_BITMAP Destination, ULONG TargetBit);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlCopyLuid(PLUID DestinationLuid, PLUID SourceLuid);

NTKERNELAPI void NTAPI RtlCopyMemoryNonTemporal(
    void *Destination, const void *Source, SIZE_T Length);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCopySid(
    ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid);

NTKERNELAPI void NTAPI RtlCopyString(PSTRING DestinationString, const STRING *SourceString);

NTKERNELAPI void NTAPI RtlCopyUnicodeString(
    PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString);

NTKERNELAPI ULONG NTAPI RtlCrc32(const void *Buffer, size_t Size, ULONG InitialCrc);
NTKERNELAPI ULONGLONG NTAPI RtlCrc64(const void *Buffer, size_t Size, ULONGLONG InitialCrc);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision);

NTKERNELAPI BOOLEAN NTAPI RtlCreateHashTable(
    PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift, ULONG Flags);

NTKERNELAPI BOOLEAN NTAPI RtlCreateHashTableEx(
    PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG InitialSize, ULONG Shift, ULONG Flags);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCreateSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlCreateSecurityDescriptorRelative(
    PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor, ULONG Revision);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlCreateUnicodeString(
    PUNICODE_STRING DestinationString, PCWSTR SourceString);

typedef struct _CPTABLEINFO *PCPTABLEINFO;

NTKERNELAPI NTSTATUS NTAPI RtlCustomCPToUnicodeN(
    PCPTABLEINFO CustomCP, PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
    PULONG BytesInUnicodeString, PCH CustomCPString, ULONG BytesInCustomCPString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDecompressBuffer(
    USHORT CompressionFormat, PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize,
    PUCHAR CompressedBuffer, ULONG CompressedBufferSize, PULONG FinalUncompressedSize);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDecompressBufferEx(
    USHORT CompressionFormat, PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize,
    PUCHAR CompressedBuffer, ULONG CompressedBufferSize, PULONG FinalUncompressedSize,
    PVOID WorkSpace);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDecompressBufferEx2(
    USHORT CompressionFormat, PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize,
    PUCHAR CompressedBuffer, ULONG CompressedBufferSize, ULONG UncompressedChunkSize,
    PULONG FinalUncompressedSize, PVOID WorkSpace);

NTKERNELAPI NTSTATUS NTAPI RtlDecompressChunks(
    PUCHAR UncompressedBuffer, ULONG UncompressedBufferSize, PUCHAR CompressedBuffer,
    ULONG CompressedBufferSize, PUCHAR CompressedTail, ULONG CompressedTailSize,
    PCOMPRESSED_DATA_INFO CompressedDataInfo);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDecompressFragment(
    USHORT CompressionFormat, PUCHAR UncompressedFragment, ULONG UncompressedFragmentSize,
    PUCHAR CompressedBuffer, ULONG CompressedBufferSize, ULONG FragmentOffset,
    PULONG FinalUncompressedSize, PVOID WorkSpace);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDecompressFragmentEx(
    USHORT CompressionFormat, PUCHAR UncompressedFragment, ULONG UncompressedFragmentSize,
    PUCHAR CompressedBuffer, ULONG CompressedBufferSize, ULONG FragmentOffset,
    ULONG UncompressedChunkSize, PULONG FinalUncompressedSize, PVOID WorkSpace);

NTKERNELAPI PRTL_SPLAY_LINKS NTAPI RtlDelete(PRTL_SPLAY_LINKS Links);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex);

NTKERNELAPI BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer);
NTKERNELAPI BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer);
NTKERNELAPI void NTAPI RtlDeleteElementGenericTableAvlEx(PRTL_AVL_TABLE Table, PVOID NodeOrParent);
NTKERNELAPI void NTAPI RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);
NTKERNELAPI void NTAPI RtlDeleteNoSplay(PRTL_SPLAY_LINKS Links, PRTL_SPLAY_LINKS *Root);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName);

NTKERNELAPI NTSTATUS NTAPI RtlDescribeChunk(
    USHORT CompressionFormat, PUCHAR *CompressedBuffer, PUCHAR EndOfCompressedBufferPlus1,
    PUCHAR *ChunkBuffer, PULONG ChunkSize);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR SourceCharacter);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlDowncaseUnicodeString(
    PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

NTKERNELAPI NTSTATUS NTAPI RtlDrainNonVolatileFlush(PVOID NvToken);

NTKERNELAPI void NTAPI RtlEndEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI void NTAPI RtlEndStrongEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI void NTAPI RtlEndWeakEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart);
NTKERNELAPI PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI RtlEnumerateGenericTableLikeADirectory(
    PRTL_AVL_TABLE Table, PRTL_AVL_MATCH_FUNCTION MatchFunction, PVOID MatchData, ULONG NextFlag,
    PVOID *RestartKey, PULONG DeleteCount, PVOID Buffer);

NTKERNELAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(
    PRTL_GENERIC_TABLE Table, PVOID *RestartKey);

NTKERNELAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(
    PRTL_AVL_TABLE Table, PVOID *RestartKey);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlEqualPrefixSid(PSID Sid1, PSID Sid2);

NTKERNELAPI BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlEqualString(
    const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlEqualUnicodeString(
    PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive);

NTKERNELAPI BOOLEAN NTAPI RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable);

NTKERNELAPI void NTAPI RtlExtractBitMap(
    PRTL_BITMAP Source, PRTL_BITMAP Destination, ULONG TargetBit, ULONG NumberOfBits);

NTKERNELAPI void NTAPI RtlFillMemoryNonTemporal(
    void *Destination, SIZE_T Length, const UCHAR Value);

NTKERNELAPI NTSTATUS NTAPI RtlFillNonVolatileMemory(
    PVOID NvToken, void *NvDestination, SIZE_T Size, const UCHAR Value, ULONG Flags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindClearBits(
    PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindClearBitsAndSet(
    PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindClearRuns(
    PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray, ULONG SizeOfRunArray,
    BOOLEAN LocateLongestRuns);

NTKERNELAPI NTSTATUS NTAPI RtlFindClosestEncodableLength(
    ULONGLONG SourceLength, PULONGLONG TargetLength);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindLastBackwardRunClear(
    PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex);

NTKERNELAPI CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex);

NTKERNELAPI CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindNextForwardRunClear(
    PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindSetBits(
    PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlFindSetBitsAndClear(
    PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI PUNICODE_PREFIX_TABLE_ENTRY NTAPI RtlFindUnicodePrefix(
    PUNICODE_PREFIX_TABLE PrefixTable, PCUNICODE_STRING FullName, ULONG CaseInsensitiveIndex);

NTKERNELAPI NTSTATUS NTAPI RtlFlushNonVolatileMemory(
    PVOID NvToken, PVOID NvBuffer, SIZE_T Size, ULONG Flags);

NTKERNELAPI NTSTATUS NTAPI RtlFlushNonVolatileMemoryRanges(
    PVOID NvToken, PNV_MEMORY_RANGE NvRanges, SIZE_T NumRanges, ULONG Flags);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString);

NTKERNELAPI NTSTATUS NTAPI RtlFreeNonVolatileToken(PVOID NvToken);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlFreeOemString(POEM_STRING OemString);

NTKERNELAPI PVOID NTAPI RtlFreeSid(PSID Sid);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI RtlFreeUTF8String(PUTF8_STRING utf8String);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGenerate8dot3Name(
    PCUNICODE_STRING Name, BOOLEAN AllowExtendedCharacters, PGENERATE_NAME_CONTEXT Context,
    PUNICODE_STRING Name8dot3);

NTKERNELAPI NTSTATUS NTAPI RtlGenerateClass5Guid(
    const GUID *const NamespaceGuid, PVOID Buffer, ULONG BufferSize, GUID *Guid);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace);

NTKERNELAPI void NTAPI RtlGetCallersAddress(PVOID *CallersAddress, PVOID *CallersCaller);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN DaclPresent, PACL *Dacl,
    PBOOLEAN DaclDefaulted);

NTKERNELAPI PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I);
NTKERNELAPI PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI ULONG64 NTAPI RtlGetEnabledExtendedFeatures(ULONG64 FeatureMask);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group, PBOOLEAN GroupDefaulted);

NTKERNELAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlGetNextEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);

NTKERNELAPI NTSTATUS NTAPI RtlGetNonVolatileToken(PVOID NvBuffer, SIZE_T Size, PVOID *NvToken);
NTKERNELAPI BOOLEAN NTAPI RtlGetNtProductType(PNT_PRODUCT_TYPE NtProductType);
NTKERNELAPI PCWSTR NTAPI RtlGetNtSystemRoot(void);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner, PBOOLEAN OwnerDefaulted);

typedef enum _STATE_LOCATION_TYPE {
    LocationTypeRegistry,
    LocationTypeFileSystem,
    LocationTypeMaximum,
} STATE_LOCATION_TYPE;

NTKERNELAPI NTSTATUS NTAPI RtlGetPersistedStateLocation(
    PCWSTR SourceID, PCWSTR CustomValue, PCWSTR DefaultPath, STATE_LOCATION_TYPE StateLocationType,
    PWCHAR TargetPath, ULONG BufferLengthIn, PULONG BufferLengthOut);

NTKERNELAPI BOOLEAN NTAPI RtlGetProductInfo(
    ULONG OSMajorVersion, ULONG OSMinorVersion, ULONG SpMajorVersion, ULONG SpMinorVersion,
    PULONG ReturnedProductType);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PBOOLEAN SaclPresent, PACL *Sacl,
    PBOOLEAN SaclDefaulted);

NTKERNELAPI ULONG NTAPI RtlGetSuiteMask(void);

NTKERNELAPI NTSTATUS NTAPI RtlGetSystemGlobalData(
    RTL_SYSTEM_GLOBAL_DATA_ID DataId, PVOID Buffer, ULONG Size);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlHashUnicodeString(
    PCUNICODE_STRING String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm, PULONG HashValue);

NTKERNELAPI PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(PSID Sid);
NTKERNELAPI void NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
NTKERNELAPI NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
NTKERNELAPI void NTAPI RtlInitCodePageTable(PUSHORT TableBase, PCPTABLEINFO CodePageTable);

NTKERNELAPI BOOLEAN NTAPI RtlInitEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI void NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString);
NTKERNELAPI NTSTATUS NTAPI RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString);

NTKERNELAPI BOOLEAN NTAPI RtlInitStrongEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI void NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString);

NTKERNELAPI void NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);

NTKERNELAPI BOOLEAN NTAPI RtlInitWeakEnumerationHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI void NTAPI RtlInitializeBitMap(
    PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI RtlInitializeGenericTable(
    PRTL_GENERIC_TABLE Table, PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
    PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine, PRTL_GENERIC_FREE_ROUTINE FreeRoutine,
    PVOID TableContext);

_IRQL_requires_max_(DISPATCH_LEVEL)
NTKERNELAPI void NTAPI RtlInitializeGenericTableAvl(
    PRTL_AVL_TABLE Table, PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
    PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine, PRTL_AVL_FREE_ROUTINE FreeRoutine,
    PVOID TableContext);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlInitializeSid(
    PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, UCHAR SubAuthorityCount);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlInitializeSidEx(
    PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, UCHAR SubAuthorityCount, ...);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlInitializeUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable);

NTKERNELAPI PVOID NTAPI RtlInsertElementGenericTable(
    PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement);

NTKERNELAPI PVOID NTAPI RtlInsertElementGenericTableAvl(
    PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement);

typedef enum _TABLE_SEARCH_RESULT {
    TableEmptyTree,
    TableFoundNode,
    TableInsertAsLeft,
    TableInsertAsRight,
} TABLE_SEARCH_RESULT;

NTKERNELAPI PVOID NTAPI RtlInsertElementGenericTableFull(
    PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement,
    PVOID NodeOrParent, TABLE_SEARCH_RESULT SearchResult);

NTKERNELAPI PVOID NTAPI RtlInsertElementGenericTableFullAvl(
    PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement, PVOID NodeOrParent,
    TABLE_SEARCH_RESULT SearchResult);

NTKERNELAPI BOOLEAN NTAPI RtlInsertEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, ULONG_PTR Signature,
    PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlInsertUnicodePrefix(
    PUNICODE_PREFIX_TABLE PrefixTable, PUNICODE_STRING Prefix,
    PUNICODE_PREFIX_TABLE_ENTRY PrefixTableEntry);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlInt64ToUnicodeString(
    ULONGLONG Value, ULONG Base, PUNICODE_STRING String);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlIntegerToUnicodeString(
    ULONG Value, ULONG Base, PUNICODE_STRING String);

NTKERNELAPI ULONGLONG NTAPI RtlIoDecodeMemIoResource(
    PIO_RESOURCE_DESCRIPTOR Descriptor, PULONGLONG Alignment, PULONGLONG MinimumAddress,
    PULONGLONG MaximumAddress);

NTKERNELAPI NTSTATUS NTAPI RtlIoEncodeMemIoResource(
    PIO_RESOURCE_DESCRIPTOR Descriptor, UCHAR Type, ULONGLONG Length, ULONGLONG Alignment,
    ULONGLONG MinimumAddress, ULONGLONG MaximumAddress);

NTKERNELAPI BOOLEAN NTAPI RtlIsCloudFilesPlaceholder(ULONG FileAttributes, ULONG ReparseTag);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table);

NTKERNELAPI BOOLEAN NTAPI RtlIsMultiSessionSku(void);
NTKERNELAPI BOOLEAN NTAPI RtlIsMultiUsersInSessionSku(void);

NTKERNELAPI BOOLEAN NTAPI RtlIsNameLegalDOS8Dot3(
    PCUNICODE_STRING Name, POEM_STRING OemName, PBOOLEAN NameContainsSpaces);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version);

NTKERNELAPI BOOLEAN NTAPI RtlIsPartialPlaceholder(ULONG FileAttributes, ULONG ReparseTag);

NTKERNELAPI NTSTATUS NTAPI RtlIsPartialPlaceholderFileHandle(
    HANDLE FileHandle, PBOOLEAN IsPartialPlaceholder);

typedef enum _FILE_INFORMATION_CLASS {
    FileDirectoryInformation = 1,
    FileFullDirectoryInformation,
    FileBothDirectoryInformation,
    FileBasicInformation,
    FileStandardInformation,
    FileInternalInformation,
    FileEaInformation,
    FileAccessInformation,
    FileNameInformation,
    FileRenameInformation,
    FileLinkInformation,
    FileNamesInformation,
    FileDispositionInformation,
    FilePositionInformation,
    FileFullEaInformation,
    FileModeInformation,
    FileAlignmentInformation,
    FileAllInformation,
    FileAllocationInformation,
    FileEndOfFileInformation,
    FileAlternateNameInformation,
    FileStreamInformation,
    FilePipeInformation,
    FilePipeLocalInformation,
    FilePipeRemoteInformation,
    FileMailslotQueryInformation,
    FileMailslotSetInformation,
    FileCompressionInformation,
    FileObjectIdInformation,
    FileCompletionInformation,
    FileMoveClusterInformation,
    FileQuotaInformation,
    FileReparsePointInformation,
    FileNetworkOpenInformation,
    FileAttributeTagInformation,
    FileTrackingInformation,
    FileIdBothDirectoryInformation,
    FileIdFullDirectoryInformation,
    FileValidDataLengthInformation,
    FileShortNameInformation,
    FileIoCompletionNotificationInformation,
    FileIoStatusBlockRangeInformation,
    FileIoPriorityHintInformation,
    FileSfioReserveInformation,
    FileSfioVolumeInformation,
    FileHardLinkInformation,
    FileProcessIdsUsingFileInformation,
    FileNormalizedNameInformation,
    FileNetworkPhysicalNameInformation,
    FileIdGlobalTxDirectoryInformation,
    FileIsRemoteDeviceInformation,
    FileUnusedInformation,
    FileNumaNodeInformation,
    FileStandardLinkInformation,
    FileRemoteProtocolInformation,
    FileRenameInformationBypassAccessCheck,
    FileLinkInformationBypassAccessCheck,
    FileVolumeNameInformation,
    FileIdInformation,
    FileIdExtdDirectoryInformation,
    FileReplaceCompletionInformation,
    FileHardLinkFullIdInformation,
    FileIdExtdBothDirectoryInformation,
    FileDispositionInformationEx,
    FileRenameInformationEx,
    FileRenameInformationExBypassAccessCheck,
    FileDesiredStorageClassInformation,
    FileStatInformation,
    FileMemoryPartitionInformation,
    FileStatLxInformation,
    FileCaseSensitiveInformation,
    FileLinkInformationEx,
    FileLinkInformationExBypassAccessCheck,
    FileStorageReserveIdInformation,
    FileCaseSensitiveInformationForceAccessCheck,
    FileKnownFolderInformation,
    FileMaximumInformation,
} FILE_INFORMATION_CLASS, *PFILE_INFORMATION_CLASS;

NTKERNELAPI NTSTATUS NTAPI RtlIsPartialPlaceholderFileInfo(
    const void *InfoBuffer, FILE_INFORMATION_CLASS InfoClass, PBOOLEAN IsPartialPlaceholder);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlIsServicePackVersionInstalled(ULONG Version);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlIsStateSeparationEnabled(void);

NTKERNELAPI NTSTATUS NTAPI RtlIsUntrustedObject(
    HANDLE Handle, PVOID Object, PBOOLEAN UntrustedObject);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlIsValidOemCharacter(PWCHAR Char);

NTKERNELAPI BOOLEAN NTAPI RtlIsZeroMemory(PVOID Buffer, SIZE_T Length);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlLengthSid(PSID Sid);

NTKERNELAPI PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer);
NTKERNELAPI PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer);

NTKERNELAPI PVOID NTAPI RtlLookupElementGenericTableFull(
    PRTL_GENERIC_TABLE Table, PVOID Buffer, PVOID *NodeOrParent, TABLE_SEARCH_RESULT *SearchResult);

NTKERNELAPI PVOID NTAPI RtlLookupElementGenericTableFullAvl(
    PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *NodeOrParent, TABLE_SEARCH_RESULT *SearchResult);

NTKERNELAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlLookupEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, ULONG_PTR Signature,
    PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(
    PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *RestartKey);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlMapGenericMask(
    PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlMultiByteToUnicodeN(
    PWCH UnicodeString, ULONG MaxBytesInUnicodeString, PULONG BytesInUnicodeString,
    const CHAR *MultiByteString, ULONG BytesInMultiByteString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlMultiByteToUnicodeSize(
    PULONG BytesInUnicodeString, const CHAR *MultiByteString, ULONG BytesInMultiByteString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PUNICODE_PREFIX_TABLE_ENTRY NTAPI RtlNextUnicodePrefix(
    PUNICODE_PREFIX_TABLE PrefixTable, BOOLEAN Restart);

NTKERNELAPI BOOLEAN NTAPI RtlNormalizeSecurityDescriptor(
    PSECURITY_DESCRIPTOR *SecurityDescriptor, ULONG SecurityDescriptorLength,
    PSECURITY_DESCRIPTOR *NewSecurityDescriptor, PULONG NewSecurityDescriptorLength,
    BOOLEAN CheckOnly);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status);

NTKERNELAPI ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table);
NTKERNELAPI ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader);

NTKERNELAPI ULONG NTAPI RtlNumberOfClearBitsInRange(
    PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader);

NTKERNELAPI ULONG NTAPI RtlNumberOfSetBitsInRange(
    PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);

NTKERNELAPI ULONG NTAPI RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlOemStringToCountedUnicodeString(
    PUNICODE_STRING DestinationString, PCOEM_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlOemStringToUnicodeString(
    PUNICODE_STRING DestinationString, PCOEM_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlOemToUnicodeN(
    PWCH UnicodeString, ULONG MaxBytesInUnicodeString, PULONG BytesInUnicodeString, PCCH OemString,
    ULONG BytesInOemString);

typedef enum _OS_DEPLOYEMENT_STATE_VALUES {
    OS_DEPLOYMENT_STANDARD = 1,
    OS_DEPLOYMENT_COMPACT,
} OS_DEPLOYEMENT_STATE_VALUES;

NTKERNELAPI OS_DEPLOYEMENT_STATE_VALUES NTAPI RtlOsDeploymentState(ULONG Flags);
NTKERNELAPI void NTAPI RtlPrefetchMemoryNonTemporal(PVOID Source, SIZE_T Length);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlPrefixUnicodeString(
    PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive);

NTKERNELAPI NTSTATUS NTAPI RtlQueryPackageIdentity(
    PVOID TokenObject, PWSTR PackageFullName, PSIZE_T PackageSize, PWSTR AppId, PSIZE_T AppIdSize,
    PBOOLEAN Packaged);

NTKERNELAPI NTSTATUS NTAPI RtlQueryPackageIdentityEx(
    PVOID TokenObject, PWSTR PackageFullName, PSIZE_T PackageSize, PWSTR AppId, PSIZE_T AppIdSize,
    LPGUID DynamicId, PULONG64 Flags);

NTKERNELAPI CHAR NTAPI RtlQueryProcessPlaceholderCompatibilityMode(void);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlQueryRegistryValueWithFallback(
    HANDLE PrimaryHandle, HANDLE FallbackHandle, PUNICODE_STRING ValueName, ULONG ValueLength,
    PULONG ValueType, PVOID ValueData, PULONG ResultLength);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlQueryRegistryValues(
    ULONG RelativeTo, PCWSTR Path, PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
    PVOID Environment);

NTKERNELAPI CHAR NTAPI RtlQueryThreadPlaceholderCompatibilityMode(void);
NTKERNELAPI ULONG NTAPI RtlQueryValidationRunlevel(PCUNICODE_STRING ComponentName);

NTKERNELAPI NTSTATUS NTAPI RtlRaiseCustomSystemEventTrigger(
    PCUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG TriggerConfig);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlRandom(PULONG Seed);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI ULONG NTAPI RtlRandomEx(PULONG Seed);

NTKERNELAPI PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(PRTL_SPLAY_LINKS Links);
NTKERNELAPI PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(PRTL_SPLAY_LINKS Links);

NTKERNELAPI BOOLEAN NTAPI RtlRemoveEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
    PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlRemoveUnicodePrefix(
    PUNICODE_PREFIX_TABLE PrefixTable, PUNICODE_PREFIX_TABLE_ENTRY PrefixTableEntry);

NTKERNELAPI NTSTATUS NTAPI RtlReserveChunk(
    USHORT CompressionFormat, PUCHAR *CompressedBuffer, PUCHAR EndOfCompressedBufferPlus1,
    PUCHAR *ChunkBuffer, ULONG ChunkSize);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlRunOnceBeginInitialize(
    PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID *Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlRunOnceComplete(PRTL_RUN_ONCE RunOnce, ULONG Flags, PVOID Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlRunOnceExecuteOnce(
    PRTL_RUN_ONCE RunOnce, PRTL_RUN_ONCE_INIT_FN InitFn, PVOID Parameter, PVOID *Context);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlRunOnceInitialize(PRTL_RUN_ONCE RunOnce);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(
    PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
    PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor, PULONG AbsoluteSecurityDescriptorSize,
    PACL Dacl, PULONG DaclSize, PACL Sacl, PULONG SaclSize, PSID Owner, PULONG OwnerSize,
    PSID PrimaryGroup, PULONG PrimaryGroupSize);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlSetAllBits(PRTL_BITMAP BitMapHeader);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group, BOOLEAN GroupDefaulted);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner, BOOLEAN OwnerDefaulted);

NTKERNELAPI CHAR NTAPI RtlSetProcessPlaceholderCompatibilityMode(CHAR Mode);

NTKERNELAPI NTSTATUS NTAPI RtlSetSystemGlobalData(
    RTL_SYSTEM_GLOBAL_DATA_ID DataId, PVOID Buffer, ULONG Size);

NTKERNELAPI CHAR NTAPI RtlSetThreadPlaceholderCompatibilityMode(CHAR Mode);
NTKERNELAPI PRTL_SPLAY_LINKS NTAPI RtlSplay(PRTL_SPLAY_LINKS Links);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlStringFromGUID(const GUID *const Guid, PUNICODE_STRING GuidString);

NTKERNELAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlStronglyEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority);

NTKERNELAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links);
NTKERNELAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links);

NTKERNELAPI BOOLEAN NTAPI RtlSuffixUnicodeString(
    PCUNICODE_STRING String1, PCUNICODE_STRING String2, BOOLEAN CaseInSensitive);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);

NTKERNELAPI BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds);

NTKERNELAPI void NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUTF8StringToUnicodeString(
    PUNICODE_STRING DestinationString, PUTF8_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUTF8ToUnicodeN(
    PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
    PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource, ULONG UTF8StringByteCount);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeStringToAnsiString(
    PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeStringToCountedOemString(
    POEM_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeStringToInteger(
    PCUNICODE_STRING String, ULONG Base, PULONG Value);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeStringToOemString(
    POEM_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeStringToUTF8String(
    PUTF8_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

NTKERNELAPI NTSTATUS NTAPI RtlUnicodeToCustomCPN(
    PCPTABLEINFO CustomCP, PCH CustomCPString, ULONG MaxBytesInCustomCPString,
    PULONG BytesInCustomCPString, PWCH UnicodeString, ULONG BytesInUnicodeString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeToMultiByteN(
    PCHAR MultiByteString, ULONG MaxBytesInMultiByteString, PULONG BytesInMultiByteString,
    PCWCH UnicodeString, ULONG BytesInUnicodeString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeToMultiByteSize(
    PULONG BytesInMultiByteString, PCWCH UnicodeString, ULONG BytesInUnicodeString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeToOemN(
    PCHAR OemString, ULONG MaxBytesInOemString, PULONG BytesInOemString, PCWCH UnicodeString,
    ULONG BytesInUnicodeString);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUnicodeToUTF8N(
    PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount, PULONG UTF8StringActualByteCount,
    PCWCH UnicodeStringSource, ULONG UnicodeStringByteCount);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeString(
    PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeStringToCountedOemString(
    POEM_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeStringToOemString(
    POEM_STRING DestinationString, PCUNICODE_STRING SourceString,
    BOOLEAN AllocateDestinationString);

NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeToCustomCPN(
    PCPTABLEINFO CustomCP, PCH CustomCPString, ULONG MaxBytesInCustomCPString,
    PULONG BytesInCustomCPString, PWCH UnicodeString, ULONG BytesInUnicodeString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(
    PCHAR MultiByteString, ULONG MaxBytesInMultiByteString, PULONG BytesInMultiByteString,
    PCWCH UnicodeString, ULONG BytesInUnicodeString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlUpcaseUnicodeToOemN(
    PCHAR OemString, ULONG MaxBytesInOemString, PULONG BytesInOemString, PCWCH UnicodeString,
    ULONG BytesInUnicodeString);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI CHAR NTAPI RtlUpperChar(CHAR Character);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI void NTAPI RtlUpperString(PSTRING DestinationString, const STRING *SourceString);

typedef ULONG SECURITY_INFORMATION;

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(
    PSECURITY_DESCRIPTOR SecurityDescriptorInput, ULONG SecurityDescriptorLength,
    SECURITY_INFORMATION RequiredInformation);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor);

_IRQL_requires_max_(APC_LEVEL)
NTKERNELAPI BOOLEAN NTAPI RtlValidSid(PSID Sid);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlVerifyVersionInfo(
    PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask, ULONGLONG ConditionMask);

NTKERNELAPI ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags);

NTKERNELAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlWeaklyEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);

NTKERNELAPI NTSTATUS NTAPI RtlWriteNonVolatileMemory(
    PVOID NvToken, void *NvDestination, const void *Source, SIZE_T Size, ULONG Flags);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI RtlWriteRegistryValue(
    ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName, ULONG ValueType, PVOID ValueData,
    ULONG ValueLength);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString);

NTKERNELAPI ULONGLONG NTAPI VerSetConditionMask(
    ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition);

/* Memory. */
#define RtlCopyMemory(Destination, Source, Length) \
    ((void)__builtin_memcpy((Destination), (Source), (Length)))
#define RtlMoveMemory(Destination, Source, Length) \
    ((void)__builtin_memmove((Destination), (Source), (Length)))
#define RtlZeroMemory(Destination, Length) ((void)__builtin_memset((Destination), 0, (Length)))
#define RtlFillMemory(Destination, Length, Fill) \
    ((void)__builtin_memset((Destination), (Fill), (Length)))
#define RtlEqualMemory(Destination, Source, Length) \
    (!__builtin_memcmp((Destination), (Source), (Length)))
#define RtlCopyBytes RtlCopyMemory
#define RtlZeroBytes RtlZeroMemory
#define RtlFillBytes RtlFillMemory

FORCEINLINE PVOID RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt)
{
    __builtin_memset(ptr, 0, cnt);
    __asm__ volatile("" : : "r"(ptr) : "memory");
    return ptr;
}

#define RtlStoreUshort(Address, Value)                                   \
    do {                                                                 \
        USHORT SimValue = (USHORT)(Value);                               \
        __builtin_memcpy((Address), &SimValue, sizeof(SimValue));        \
    } while (0)
#define RtlStoreUlong(Address, Value)                                    \
    do {                                                                 \
        ULONG SimValue = (ULONG)(Value);                                 \
        __builtin_memcpy((Address), &SimValue, sizeof(SimValue));        \
    } while (0)
#define RtlStoreUlonglong(Address, Value)                                \
    do {                                                                 \
        ULONGLONG SimValue = (ULONGLONG)(Value);                         \
        __builtin_memcpy((Address), &SimValue, sizeof(SimValue));        \
    } while (0)
#define RtlStoreUlongPtr(Address, Value) RtlStoreUlonglong(Address, Value)
#define RtlRetrieveUshort(Destination, Source) \
    ((void)__builtin_memcpy((Destination), (Source), sizeof(USHORT)))
#define RtlRetrieveUlong(Destination, Source) \
    ((void)__builtin_memcpy((Destination), (Source), sizeof(ULONG)))
#define RtlUshortByteSwap(Value) __builtin_bswap16((USHORT)(Value))
#define RtlUlongByteSwap(Value) ((ULONG)__builtin_bswap32((ULONG)(Value)))
#define RtlUlonglongByteSwap(Value) ((ULONGLONG)__builtin_bswap64((ULONGLONG)(Value)))

/* Strings. */
FORCEINLINE void RtlInitEmptyUnicodeString(PUNICODE_STRING UnicodeString, PWCHAR Buffer,
                                           USHORT BufferSize)
{
    UnicodeString->Length = 0;
    UnicodeString->MaximumLength = BufferSize;
    UnicodeString->Buffer = Buffer;
}

FORCEINLINE void RtlInitEmptyAnsiString(PANSI_STRING AnsiString, PCHAR Buffer, USHORT BufferSize)
{
    AnsiString->Length = 0;
    AnsiString->MaximumLength = BufferSize;
    AnsiString->Buffer = Buffer;
}

FORCEINLINE void RtlSanitizeUnicodeStringPadding(PUNICODE_STRING String)
{
    __builtin_memset((PCHAR)String + 4, 0, 4);
}

#define RtlUnicodeStringToAnsiSize(String) RtlxUnicodeStringToAnsiSize(String)
#define RtlAnsiStringToUnicodeSize(String) RtlxAnsiStringToUnicodeSize(String)
#define RtlIntPtrToUnicodeString(Value, Base, String) \
    RtlInt64ToUnicodeString((ULONGLONG)(Value), (Base), (String))

/* Large integers and LUIDs. */
FORCEINLINE LARGE_INTEGER RtlConvertLongToLargeInteger(LONG SignedInteger)
{
    LARGE_INTEGER Result = {.QuadPart = SignedInteger};

    return Result;
}

FORCEINLINE LARGE_INTEGER RtlConvertUlongToLargeInteger(ULONG UnsignedInteger)
{
    LARGE_INTEGER Result = {.QuadPart = UnsignedInteger};

    return Result;
}

FORCEINLINE LUID RtlConvertLongToLuid(LONG Long)
{
    LUID Result = {.LowPart = (ULONG)Long, .HighPart = Long < 0 ? -1 : 0};

    return Result;
}

FORCEINLINE LUID RtlConvertUlongToLuid(ULONG Ulong)
{
    LUID Result = {.LowPart = Ulong, .HighPart = 0};

    return Result;
}

#define RtlEqualLuid(L1, L2) \
    ((L1)->LowPart == (L2)->LowPart && (L1)->HighPart == (L2)->HighPart)
#define RtlIsZeroLuid(L1) ((BOOLEAN)(((L1)->LowPart | (ULONG)(L1)->HighPart) == 0))

/* Bits. */
FORCEINLINE BOOLEAN RtlCheckBit(PRTL_BITMAP BitMapHeader, ULONG BitPosition)
{
    return (BitMapHeader->Buffer[BitPosition / 32] >> (BitPosition % 32)) & 1;
}

#define RtlInterlockedSetBits(Flags, Flag) InterlockedOr((volatile LONG *)(Flags), (LONG)(Flag))
#define RtlInterlockedAndBits(Flags, Flag) InterlockedAnd((volatile LONG *)(Flags), (LONG)(Flag))
#define RtlInterlockedClearBits(Flags, Flag) RtlInterlockedAndBits((Flags), ~(LONG)(Flag))
#define RtlInterlockedXorBits(Flags, Flag) InterlockedXor((volatile LONG *)(Flags), (LONG)(Flag))
#define RtlInterlockedSetBitsDiscardReturn(Flags, Flag) ((void)RtlInterlockedSetBits(Flags, Flag))
#define RtlInterlockedAndBitsDiscardReturn(Flags, Flag) ((void)RtlInterlockedAndBits(Flags, Flag))
#define RtlInterlockedClearBitsDiscardReturn(Flags, Flag) \
    ((void)RtlInterlockedClearBits(Flags, Flag))

/* Splay trees. */
#define RtlParent(Links) ((PRTL_SPLAY_LINKS)(Links)->Parent)
#define RtlLeftChild(Links) ((PRTL_SPLAY_LINKS)(Links)->LeftChild)
#define RtlRightChild(Links) ((PRTL_SPLAY_LINKS)(Links)->RightChild)
#define RtlIsRoot(Links) (RtlParent(Links) == (PRTL_SPLAY_LINKS)(Links))
#define RtlIsLeftChild(Links) (RtlLeftChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links))
#define RtlIsRightChild(Links) (RtlRightChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links))

/* Assertions: active in checked builds (DBG is 1). RtlAssert is provided by nt. */
#if !defined(DBG)
#define DBG 0
#endif
#if DBG
#define ASSERTMSG(Message, Expression) \
    ((Expression) ? (void)0 : RtlAssert(#Expression, __FILE__, __LINE__, (PSTR)(Message)))
#define ASSERT(Expression) \
    ((Expression) ? (void)0 : RtlAssert((PVOID)#Expression, (PVOID)__FILE__, __LINE__, NULL))
#define RTL_SOFT_ASSERT(Expression) ASSERT(Expression)
#define RTL_VERIFY(Expression) ((Expression) ? TRUE : (RtlAssert((PVOID)#Expression, \
    (PVOID)__FILE__, __LINE__, NULL), FALSE))
#else
#define ASSERTMSG(Message, Expression) ((void)0)
#define ASSERT(Expression) ((void)0)
#define RTL_SOFT_ASSERT(Expression) ((void)0)
#define RTL_VERIFY(Expression) ((Expression) ? TRUE : FALSE)
#endif
#define NT_ASSERT ASSERT
#define NT_ASSERTMSG ASSERTMSG
#define NT_VERIFY RTL_VERIFY
#define VER_SET_CONDITION(Mask, Type, Condition) \
    ((Mask) = VerSetConditionMask((Mask), (Type), (Condition)))

/* Hash tables. */
FORCEINLINE void RtlInitHashTableContext(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    Context->ChainHead = NULL;
    Context->PrevLinkage = NULL;
}

FORCEINLINE void
RtlInitHashTableContextFromEnumerator(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context,
                                      PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Context->ChainHead = Enumerator->ChainHead;
    Context->PrevLinkage = Enumerator->HashEntry.Linkage.Blink;
}

FORCEINLINE void RtlReleaseHashTableContext(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    (void)Context;
}

FORCEINLINE ULONG RtlTotalBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->TableSize;
}

FORCEINLINE ULONG RtlNonEmptyBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NonEmptyBuckets;
}

FORCEINLINE ULONG RtlEmptyBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->TableSize - HashTable->NonEmptyBuckets;
}

FORCEINLINE ULONG RtlTotalEntriesHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NumEntries;
}

FORCEINLINE ULONG RtlActiveEnumeratorsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NumEnumerators;
}

/* A comparison whose time does not depend on the data. */
FORCEINLINE int RtlConstantTimeEqualMemory(const void *v1, const void *v2, ULONG len)
{
    const volatile UCHAR *A = v1;
    const volatile UCHAR *B = v2;
    UCHAR Difference = 0;

    for (ULONG i = 0; i < len; i++) {
        Difference |= (UCHAR)(A[i] ^ B[i]);
    }
    return Difference == 0;
}

/* 64-bit arithmetic: the old functions. */
#define RtlLargeIntegerAnd(Result, Source, Mask) \
    ((Result).QuadPart = (Source).QuadPart & (Mask).QuadPart)
#define RtlLargeIntegerGreaterThan(X, Y) ((X).QuadPart > (Y).QuadPart)
#define RtlLargeIntegerGreaterThanOrEqualTo(X, Y) ((X).QuadPart >= (Y).QuadPart)
#define RtlLargeIntegerEqualTo(X, Y) ((X).QuadPart == (Y).QuadPart)
#define RtlLargeIntegerNotEqualTo(X, Y) ((X).QuadPart != (Y).QuadPart)
#define RtlLargeIntegerLessThan(X, Y) ((X).QuadPart < (Y).QuadPart)
#define RtlLargeIntegerLessThanOrEqualTo(X, Y) ((X).QuadPart <= (Y).QuadPart)
#define RtlLargeIntegerGreaterThanZero(X) ((X).QuadPart > 0)
#define RtlLargeIntegerGreaterOrEqualToZero(X) ((X).QuadPart >= 0)
#define RtlLargeIntegerEqualToZero(X) ((X).QuadPart == 0)
#define RtlLargeIntegerNotEqualToZero(X) ((X).QuadPart != 0)
#define RtlLargeIntegerLessThanZero(X) ((X).QuadPart < 0)
#define RtlLargeIntegerLessOrEqualToZero(X) ((X).QuadPart <= 0)
