// SPDX-License-Identifier: MIT

// Security descriptors: absolute ones are built, both kinds are read.

#include "sid.h"

#include <string.h>

// The four parts of either kind; NULL: the part is not there.
static SIM_SD Parts(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    const SIM_SD *Absolute = SecurityDescriptor;
    if ((Absolute->Control & SIM_SD_SELF_RELATIVE) == 0) {
        return *Absolute;
    }
    const SIM_SD_RELATIVE *Self = SecurityDescriptor;
    UCHAR *Base = SecurityDescriptor;
    return (SIM_SD){.Revision = Self->Revision,
                    .Control = Self->Control,
                    .Owner = Self->Owner != 0 ? Base + Self->Owner : NULL,
                    .Group = Self->Group != 0 ? Base + Self->Group : NULL,
                    .Sacl = Self->Sacl != 0 ? (PACL)(VOID *)(Base + Self->Sacl) : NULL,
                    .Dacl = Self->Dacl != 0 ? (PACL)(VOID *)(Base + Self->Dacl) : NULL};
}

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *(SIM_SD *)SecurityDescriptor = (SIM_SD){.Revision = (UCHAR)Revision};
    return STATUS_SUCCESS;
}

// STATUS_SUCCESS: it may be written to.
static NTSTATUS CheckAbsolute(const SIM_SD *Self)
{
    if (Self->Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    return (Self->Control & SIM_SD_SELF_RELATIVE) != 0 ? STATUS_INVALID_SECURITY_DESCR
                                                       : STATUS_SUCCESS;
}

static void SetControl(SIM_SD *Self, USHORT Bit, BOOLEAN Set)
{
    Self->Control = (USHORT)(Set ? Self->Control | Bit : Self->Control & ~Bit);
}

// A DACL that is present and NULL lets everybody in.
NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted)
{
    SIM_SD *Self = SecurityDescriptor;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    NTSTATUS Status = CheckAbsolute(Self);
    if (NT_SUCCESS(Status)) {
        SetControl(Self, SIM_SD_DACL_PRESENT, DaclPresent);
        SetControl(Self, SIM_SD_DACL_DEFAULTED, DaclPresent && DaclDefaulted);
        Self->Dacl = DaclPresent ? Dacl : NULL;
    }
    return Status;
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
                                             BOOLEAN OwnerDefaulted)
{
    SIM_SD *Self = SecurityDescriptor;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    NTSTATUS Status = CheckAbsolute(Self);
    if (NT_SUCCESS(Status)) {
        SetControl(Self, SIM_SD_OWNER_DEFAULTED, OwnerDefaulted);
        Self->Owner = Owner;
    }
    return Status;
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
                                             BOOLEAN GroupDefaulted)
{
    SIM_SD *Self = SecurityDescriptor;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    NTSTATUS Status = CheckAbsolute(Self);
    if (NT_SUCCESS(Status)) {
        SetControl(Self, SIM_SD_GROUP_DEFAULTED, GroupDefaulted);
        Self->Group = Group;
    }
    return Status;
}

// ---- read

NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PBOOLEAN DaclPresent, PACL *Dacl,
                                            PBOOLEAN DaclDefaulted)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_SD Self = Parts(SecurityDescriptor);
    if (Self.Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *DaclPresent = (Self.Control & SIM_SD_DACL_PRESENT) != 0;
    if (*DaclPresent) {
        *Dacl = Self.Dacl;
        *DaclDefaulted = (Self.Control & SIM_SD_DACL_DEFAULTED) != 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            PBOOLEAN SaclPresent, PACL *Sacl,
                                            PBOOLEAN SaclDefaulted)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_SD Self = Parts(SecurityDescriptor);
    if (Self.Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *SaclPresent = (Self.Control & SIM_SD_SACL_PRESENT) != 0;
    if (*SaclPresent) {
        *Sacl = Self.Sacl;
        *SaclDefaulted = (Self.Control & SIM_SD_SACL_DEFAULTED) != 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
                                             PBOOLEAN OwnerDefaulted)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_SD Self = Parts(SecurityDescriptor);
    if (Self.Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *Owner = Self.Owner;
    *OwnerDefaulted = (Self.Control & SIM_SD_OWNER_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
                                             PBOOLEAN GroupDefaulted)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    SIM_SD Self = Parts(SecurityDescriptor);
    if (Self.Revision != SECURITY_DESCRIPTOR_REVISION) {
        return STATUS_UNKNOWN_REVISION;
    }
    *Group = Self.Group;
    *GroupDefaulted = (Self.Control & SIM_SD_GROUP_DEFAULTED) != 0;
    return STATUS_SUCCESS;
}

static ULONG SidBytes(PSID Sid)
{
    return Sid != NULL ? RtlLengthSid(Sid) : 0;
}

static ULONG AclBytes(const ACL *Acl)
{
    return Acl != NULL ? (Acl->AclSize + 3u) & ~3u : 0;
}

ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    SIM_SD Self = Parts(SecurityDescriptor);
    BOOLEAN Relative = (Self.Control & SIM_SD_SELF_RELATIVE) != 0;
    return (ULONG)(Relative ? sizeof(SIM_SD_RELATIVE) : sizeof(SIM_SD)) + SidBytes(Self.Owner) +
           SidBytes(Self.Group) + AclBytes(Self.Sacl) + AclBytes(Self.Dacl);
}

static BOOLEAN AclIsValid(PACL Acl)
{
    PVOID Ace;
    if (Acl == NULL) {
        return TRUE;
    }
    return Acl->AclRevision >= ACL_REVISION && Acl->AclRevision <= ACL_REVISION_DS &&
           Acl->AclSize >= sizeof(*Acl) &&
           (Acl->AceCount == 0 || NT_SUCCESS(RtlGetAce(Acl, Acl->AceCount - 1u, &Ace)));
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if (SecurityDescriptor == NULL ||
        *(const UCHAR *)SecurityDescriptor != SECURITY_DESCRIPTOR_REVISION) {
        return FALSE;
    }
    SIM_SD Self = Parts(SecurityDescriptor);
    return (Self.Owner == NULL || RtlValidSid(Self.Owner)) &&
           (Self.Group == NULL || RtlValidSid(Self.Group)) && AclIsValid(Self.Sacl) &&
           AclIsValid(Self.Dacl);
}

// Puts a part behind what is there, and returns its offset; 0: there is none.
static ULONG Place(UCHAR *Base, ULONG *End, const void *Part, ULONG Bytes)
{
    ULONG Offset = *End;
    if (Part == NULL) {
        return 0;
    }
    memcpy(Base + Offset, Part, Bytes);
    *End += Bytes;
    return Offset;
}

NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           PULONG BufferLength)
{
    const SIM_SD *From = AbsoluteSecurityDescriptor;
    SIM_SD_RELATIVE *To = SelfRelativeSecurityDescriptor;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    if ((From->Control & SIM_SD_SELF_RELATIVE) != 0) {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    ULONG PartBytes = RtlLengthSecurityDescriptor(AbsoluteSecurityDescriptor) -
                      (ULONG)sizeof(*From);
    ULONG Bytes = (ULONG)sizeof(*To) + PartBytes;
    ULONG Room = *BufferLength;
    *BufferLength = Bytes;
    if (Room < Bytes) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    ULONG End = sizeof(*To);
    *To = (SIM_SD_RELATIVE){.Revision = From->Revision,
                            .Control = (USHORT)(From->Control | SIM_SD_SELF_RELATIVE)};
    To->Owner = Place((UCHAR *)To, &End, From->Owner, SidBytes(From->Owner));
    To->Group = Place((UCHAR *)To, &End, From->Group, SidBytes(From->Group));
    To->Sacl = Place((UCHAR *)To, &End, From->Sacl, AclBytes(From->Sacl));
    To->Dacl = Place((UCHAR *)To, &End, From->Dacl, AclBytes(From->Dacl));
    return STATUS_SUCCESS;
}
