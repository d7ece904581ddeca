// SPDX-License-Identifier: MIT

// Security descriptors that drivers put on their devices: checked and kept. Every client of the
// host is an administrator, so nothing is refused because of them.

#include "device.h"

#include "object.h"
#include "print.h"
#include "sid.h"

// SECURITY_DESCRIPTOR_RELATIVE, which the headers leave undefined.
typedef struct DESCRIPTOR {
    UCHAR Revision;
    UCHAR NotUsed;
    USHORT Control;
    ULONG OwnerOffset;
    ULONG GroupOffset;
    ULONG SaclOffset;
    ULONG DaclOffset;
} DESCRIPTOR;

#define DACL_PRESENT 0x0004
#define SELF_RELATIVE 0x8000
#define ACE_TYPE_MAX 1 // allow, deny

// What each entry of a discretionary list begins with; the SID follows Mask.
typedef struct ACE {
    UCHAR Type;
    UCHAR Flags;
    USHORT Size;
    ULONG Mask;
    UCHAR SidRevision;
    UCHAR SidCount; // 32-bit parts after the six bytes of the authority
} ACE;

#define ACE_SID_OFFSET 8u
#define SID_BYTES(Count) (8u + 4u * (Count))

static BOOLEAN AceIsValid(const ACE *Ace, ULONG Left)
{
    return Left >= sizeof(*Ace) && Ace->Type <= ACE_TYPE_MAX && Ace->SidRevision == 1 &&
           Ace->Size <= Left && Ace->Size >= ACE_SID_OFFSET + SID_BYTES(Ace->SidCount) &&
           Ace->Size % 4 == 0;
}

static BOOLEAN DaclIsValid(const ACL *Dacl)
{
    if (Dacl->AclRevision != ACL_REVISION || Dacl->AclSize < sizeof(*Dacl)) {
        return FALSE;
    }
    ULONG Left = Dacl->AclSize - sizeof(*Dacl);
    const ACE *Ace = (const VOID *)(Dacl + 1);
    for (USHORT Index = 0; Index < Dacl->AceCount; Index++) {
        if (!AceIsValid(Ace, Left)) {
            return FALSE;
        }
        Left -= Ace->Size;
        Ace = (const VOID *)((const UCHAR *)Ace + Ace->Size);
    }
    return TRUE;
}

// The descriptor's discretionary list; NULL: it has no valid one.
static const ACL *DescriptorDacl(const DESCRIPTOR *Descriptor)
{
    if (Descriptor->Revision != SECURITY_DESCRIPTOR_REVISION ||
        (Descriptor->Control & DACL_PRESENT) == 0) {
        return NULL;
    }
    const ACL *Dacl = NULL;
    if ((Descriptor->Control & SELF_RELATIVE) == 0) {
        Dacl = ((const SIM_SD *)(const VOID *)Descriptor)->Dacl;
    } else if (Descriptor->DaclOffset >= sizeof(*Descriptor)) {
        Dacl = (const VOID *)((const UCHAR *)Descriptor + Descriptor->DaclOffset);
    }
    return Dacl != NULL && DaclIsValid(Dacl) ? Dacl : NULL;
}

NTSTATUS NTAPI ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION SecurityInformation,
                                   PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (SecurityInformation != DACL_SECURITY_INFORMATION) {
        SimPrint("ndishost: ZwSetSecurityObject can set a DACL only\n");
        return STATUS_NOT_SUPPORTED;
    }
    PVOID Object;
    NTSTATUS Status = SimHandleReference(Handle, NULL, WRITE_DAC, &Object, NULL);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    const ACL *Dacl = DescriptorDacl(SecurityDescriptor);
    if (SimObjectType(Object) != &SimTypeDevice) {
        SimPrint("ndishost: ZwSetSecurityObject knows devices only\n");
        Status = STATUS_NOT_SUPPORTED;
    } else if (Dacl == NULL) {
        Status = STATUS_INVALID_SECURITY_DESCR;
    } else {
        Status = SimDeviceSetDacl(Object, Dacl);
    }
    SimObjectDereference(Object);
    return Status;
}
