// SPDX-License-Identifier: MIT

// Security identifiers and access control lists.

#include "sid.h"

#include <string.h>

ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return SIM_SID_BYTES(SubAuthorityCount);
}

BOOLEAN NTAPI RtlValidSid(PSID Sid)
{
    const SIM_SID *Self = Sid;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return Self != NULL && Self->Revision == SIM_SID_REVISION && Self->Count <= SIM_SID_PARTS_MAX;
}

ULONG NTAPI RtlLengthSid(PSID Sid)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return SIM_SID_BYTES(((const SIM_SID *)Sid)->Count);
}

NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                UCHAR SubAuthorityCount)
{
    SIM_SID *Self = Sid;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (SubAuthorityCount > SIM_SID_PARTS_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    Self->Revision = SIM_SID_REVISION;
    Self->Count = SubAuthorityCount;
    memcpy(Self->Authority, IdentifierAuthority, sizeof(Self->Authority));
    return STATUS_SUCCESS;
}

PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return &((SIM_SID *)Sid)->Parts[SubAuthority];
}

PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid)
{
    return &((SIM_SID *)Sid)->Count;
}

BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2)
{
    const SIM_SID *Left = Sid1;
    const SIM_SID *Right = Sid2;
    return Left->Count == Right->Count && memcmp(Left, Right, SIM_SID_BYTES(Left->Count)) == 0;
}

NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid)
{
    ULONG Bytes = RtlLengthSid(SourceSid);
    if (DestinationSidLength < Bytes) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memmove(DestinationSid, SourceSid, Bytes);
    return STATUS_SUCCESS;
}

// S-1-AUTHORITY-PART-..., the authority in decimal when it has 32 bits.
NTSTATUS NTAPI RtlConvertSidToUnicodeString(PUNICODE_STRING UnicodeString, PSID Sid,
                                            BOOLEAN AllocateDestinationString)
{
    const SIM_SID *Self = Sid;
    WCHAR Text[2 + 2 + 14 + SIM_SID_PARTS_MAX * 11 + 1];
    UNICODE_STRING All = {.MaximumLength = sizeof(Text), .Buffer = Text};
    WCHAR Digits[24];
    UNICODE_STRING Number = {.MaximumLength = sizeof(Digits), .Buffer = Digits};
    ULONG64 Authority = 0;

    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (!RtlValidSid(Sid)) {
        return STATUS_INVALID_SID;
    }
    for (unsigned i = 0; i < sizeof(Self->Authority); i++) {
        Authority = Authority << 8 | Self->Authority[i];
    }
    BOOLEAN Wide = Authority > MAXULONG;
    (void)RtlAppendUnicodeToString(&All, Wide ? L"S-1-0x" : L"S-1-");
    (void)RtlInt64ToUnicodeString(Authority, Wide ? 16 : 10, &Number);
    (void)RtlAppendUnicodeStringToString(&All, &Number);
    for (unsigned i = 0; i < Self->Count; i++) {
        (void)RtlAppendUnicodeToString(&All, L"-");
        (void)RtlInt64ToUnicodeString(Self->Parts[i], 10, &Number);
        (void)RtlAppendUnicodeStringToString(&All, &Number);
    }
    if (AllocateDestinationString) {
        Text[All.Length / sizeof(WCHAR)] = 0;
        return RtlCreateUnicodeString(UnicodeString, Text) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    }
    if (All.Length > UnicodeString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    RtlCopyUnicodeString(UnicodeString, &All);
    return STATUS_SUCCESS;
}

// ---- access control lists

// The entry with this index, or the free space behind the last one; NULL: the list is damaged.
static SIM_ACE *AceAt(PACL Acl, ULONG Index)
{
    UCHAR *At = (UCHAR *)(Acl + 1);
    const UCHAR *End = (UCHAR *)Acl + Acl->AclSize;
    for (ULONG i = 0; i < Index; i++) {
        const SIM_ACE *Ace = (const SIM_ACE *)At;
        if (End - At < (ptrdiff_t)SIM_ACE_HEADER_BYTES || Ace->Size > End - At ||
            Ace->Size < SIM_ACE_HEADER_BYTES) {
            return NULL;
        }
        At += Ace->Size;
    }
    return (SIM_ACE *)At;
}

NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (AclLength < sizeof(*Acl)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (AclRevision < ACL_REVISION || AclRevision > ACL_REVISION_DS || AclLength > 0xFFFF) {
        return STATUS_INVALID_PARAMETER;
    }
    *Acl = (ACL){.AclRevision = (UCHAR)AclRevision, .AclSize = (USHORT)(AclLength & ~3u)};
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
                                        ACCESS_MASK AccessMask, PSID Sid)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (!RtlValidSid(Sid)) {
        return STATUS_INVALID_SID;
    }
    if (AceRevision > ACL_REVISION_DS || Acl->AclRevision > ACL_REVISION_DS) {
        return STATUS_REVISION_MISMATCH;
    }
    SIM_ACE *Ace = AceAt(Acl, Acl->AceCount);
    if (Ace == NULL || Acl->AclRevision < ACL_REVISION) {
        return STATUS_INVALID_ACL;
    }
    ULONG Bytes = SIM_ACE_SID_OFFSET + RtlLengthSid(Sid);
    if ((UCHAR *)Ace + Bytes > (UCHAR *)Acl + Acl->AclSize) {
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    }
    *Ace = (SIM_ACE){.Type = SIM_ACE_ALLOW, .Flags = (UCHAR)AceFlags, .Size = (USHORT)Bytes};
    Ace->Mask = AccessMask;
    memcpy((UCHAR *)Ace + SIM_ACE_SID_OFFSET, Sid, RtlLengthSid(Sid));
    Acl->AceCount++;
    Acl->AclRevision = (UCHAR)max(Acl->AclRevision, AceRevision);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask, PSID Sid)
{
    return RtlAddAccessAllowedAceEx(Acl, AceRevision, 0, AccessMask, Sid);
}

NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (AceIndex >= Acl->AceCount) {
        return STATUS_INVALID_PARAMETER;
    }
    *Ace = AceAt(Acl, AceIndex);
    return *Ace != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI RtlDeleteAce(PACL Acl, ULONG AceIndex)
{
    PVOID Ace;
    NTSTATUS Status = RtlGetAce(Acl, AceIndex, &Ace);
    const UCHAR *End = (const UCHAR *)AceAt(Acl, Acl->AceCount);
    if (!NT_SUCCESS(Status) || End == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    const UCHAR *Next = (UCHAR *)Ace + ((SIM_ACE *)Ace)->Size;
    memmove(Ace, Next, (SIZE_T)(End - Next));
    Acl->AceCount--;
    return STATUS_SUCCESS;
}
