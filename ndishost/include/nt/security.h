/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Access masks, security descriptors, privileges: the Se functions (provided by nt).
 */

#include "types.h"
#include "rtltypes.h"
#include "executive.h"

#define SE_PRIVILEGE_ENABLED_BY_DEFAULT 1
#define SE_PRIVILEGE_ENABLED 2
#define SE_PRIVILEGE_REMOVED 4
#define SE_PRIVILEGE_USED_FOR_ACCESS 0x80000000U
#define SE_PRIVILEGE_VALID_ATTRIBUTES 0x80000007U

#define ACCESS_FILTER_SECURITY_INFORMATION 0x100
#define ACCESS_SYSTEM_SECURITY 0x1000000

#define ACL_REVISION1 1
#define ACL_REVISION 2
#define ACL_REVISION2 2
#define ACL_REVISION3 3
#define ACL_REVISION4 4

#define ACL_REVISION_DS 4
#define ATTRIBUTE_SECURITY_INFORMATION 0x20
#define BACKUP_SECURITY_INFORMATION 0x10000
#define DACL_SECURITY_INFORMATION 4
#define DELETE 0x10000

#define GENERIC_ALL 0x10000000
#define GENERIC_EXECUTE 0x20000000
#define GENERIC_WRITE 0x40000000
#define GENERIC_READ 0x80000000U

#define GROUP_SECURITY_INFORMATION 2
#define LABEL_SECURITY_INFORMATION 0x10
#define MAXIMUM_ALLOWED 0x2000000
#define OWNER_SECURITY_INFORMATION 1
#define PROCESS_TRUST_LABEL_SECURITY_INFORMATION 0x80
#define PROTECTED_DACL_SECURITY_INFORMATION 0x80000000U
#define PROTECTED_SACL_SECURITY_INFORMATION 0x40000000
#define READ_CONTROL 0x20000
#define SACL_SECURITY_INFORMATION 8
#define SCOPE_SECURITY_INFORMATION 0x40

#define SECURITY_DESCRIPTOR_REVISION 1
#define SECURITY_DESCRIPTOR_REVISION1 1

#define SECURITY_DYNAMIC_TRACKING 1
#define SECURITY_MAX_IMPERSONATION_LEVEL 3
#define SECURITY_MIN_IMPERSONATION_LEVEL 0
#define SECURITY_STATIC_TRACKING 0
#define SE_ASSIGNPRIMARYTOKEN_PRIVILEGE 3
#define SE_AUDIT_PRIVILEGE 21
#define SE_BACKUP_PRIVILEGE 17
#define SE_CHANGE_NOTIFY_PRIVILEGE 23

#define SE_CREATE_TOKEN_PRIVILEGE 2
#define SE_CREATE_PAGEFILE_PRIVILEGE 15
#define SE_CREATE_PERMANENT_PRIVILEGE 0x10
#define SE_CREATE_GLOBAL_PRIVILEGE 30
#define SE_CREATE_SYMBOLIC_LINK_PRIVILEGE 35

#define SE_DEBUG_PRIVILEGE 20
#define SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE 36
#define SE_ENABLE_DELEGATION_PRIVILEGE 27
#define SE_IMPERSONATE_PRIVILEGE 29
#define SE_INCREASE_QUOTA_PRIVILEGE 5

#define SE_INC_BASE_PRIORITY_PRIVILEGE 14
#define SE_INC_WORKING_SET_PRIVILEGE 33

#define SE_LOAD_DRIVER_PRIVILEGE 10
#define SE_LOCK_MEMORY_PRIVILEGE 4
#define SE_MACHINE_ACCOUNT_PRIVILEGE 6
#define SE_MANAGE_VOLUME_PRIVILEGE 28
#define SE_MAX_WELL_KNOWN_PRIVILEGE 36
#define SE_MIN_WELL_KNOWN_PRIVILEGE 2
#define SE_PROF_SINGLE_PROCESS_PRIVILEGE 13
#define SE_RELABEL_PRIVILEGE 0x20
#define SE_REMOTE_SHUTDOWN_PRIVILEGE 24
#define SE_RESTORE_PRIVILEGE 18
#define SE_SECURITY_PRIVILEGE 8
#define SE_SHUTDOWN_PRIVILEGE 19
#define SE_SYNC_AGENT_PRIVILEGE 26
#define SE_SYSTEMTIME_PRIVILEGE 12

#define SE_SYSTEM_PROFILE_PRIVILEGE 11
#define SE_SYSTEM_ENVIRONMENT_PRIVILEGE 22

#define SE_TAKE_OWNERSHIP_PRIVILEGE 9
#define SE_TCB_PRIVILEGE 7
#define SE_TIME_ZONE_PRIVILEGE 34
#define SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE 31
#define SE_UNDOCK_PRIVILEGE 25
#define SE_UNSOLICITED_INPUT_PRIVILEGE 6
#define SPECIFIC_RIGHTS_ALL 65535

#define STANDARD_RIGHTS_EXECUTE 0x20000
#define STANDARD_RIGHTS_READ 0x20000
#define STANDARD_RIGHTS_WRITE 0x20000
#define STANDARD_RIGHTS_REQUIRED 0xF0000
#define STANDARD_RIGHTS_ALL 0x1F0000

#define SYNCHRONIZE 0x100000
#define UNPROTECTED_DACL_SECURITY_INFORMATION 0x20000000
#define UNPROTECTED_SACL_SECURITY_INFORMATION 0x10000000

#define WRITE_DAC 0x40000
#define WRITE_OWNER 0x80000

typedef ULONG *PSECURITY_INFORMATION;

typedef enum _SECURITY_IMPERSONATION_LEVEL {
    SecurityAnonymous,
    SecurityIdentification,
    SecurityImpersonation,
    SecurityDelegation,
} SECURITY_IMPERSONATION_LEVEL, *PSECURITY_IMPERSONATION_LEVEL;

typedef enum _SECURITY_OPERATION_CODE {
    SetSecurityDescriptor,
    QuerySecurityDescriptor,
    DeleteSecurityDescriptor,
    AssignSecurityDescriptor,
} SECURITY_OPERATION_CODE, *PSECURITY_OPERATION_CODE;

typedef enum _SE_IMAGE_SIGNATURE_TYPE {
    SeImageSignatureNone,
    SeImageSignatureEmbedded,
    SeImageSignatureCache,
    SeImageSignatureCatalogCached,
    SeImageSignatureCatalogNotCached,
    SeImageSignatureCatalogHint,
    SeImageSignaturePackageCatalog,
    SeImageSignaturePplMitigated,
} SE_IMAGE_SIGNATURE_TYPE, *PSE_IMAGE_SIGNATURE_TYPE;

typedef enum _SE_IMAGE_TYPE {
    SeImageTypeElamDriver,
    SeImageTypeDriver,
    SeImageTypePlatformSecureFile,
    SeImageTypeDynamicCodeFile,
    SeImageTypeMax,
} SE_IMAGE_TYPE, *PSE_IMAGE_TYPE;

typedef enum _SE_IMAGE_VERIFICATION_CALLBACK_TYPE {
    SeImageVerificationCallbackInformational,
} SE_IMAGE_VERIFICATION_CALLBACK_TYPE, *PSE_IMAGE_VERIFICATION_CALLBACK_TYPE;

typedef enum _TOKEN_INFORMATION_CLASS {
    TokenUser = 1,
    TokenGroups,
    TokenPrivileges,
    TokenOwner,
    TokenPrimaryGroup,
    TokenDefaultDacl,
    TokenSource,
    TokenType,
    TokenImpersonationLevel,
    TokenStatistics,
    TokenRestrictedSids,
    TokenSessionId,
    TokenGroupsAndPrivileges,
    TokenSessionReference,
    TokenSandBoxInert,
    TokenAuditPolicy,
    TokenOrigin,
    TokenElevationType,
    TokenLinkedToken,
    TokenElevation,
    TokenHasRestrictions,
    TokenAccessInformation,
    TokenVirtualizationAllowed,
    TokenVirtualizationEnabled,
    TokenIntegrityLevel,
    TokenUIAccess,
    TokenMandatoryPolicy,
    TokenLogonSid,
    TokenIsAppContainer,
    TokenCapabilities,
    TokenAppContainerSid,
    TokenAppContainerNumber,
    TokenUserClaimAttributes,
    TokenDeviceClaimAttributes,
    TokenRestrictedUserClaimAttributes,
    TokenRestrictedDeviceClaimAttributes,
    TokenDeviceGroups,
    TokenRestrictedDeviceGroups,
    TokenSecurityAttributes,
    TokenIsRestricted,
    TokenProcessTrustLevel,
    TokenPrivateNameSpace,
    TokenSingletonAttributes,
    TokenBnoIsolation,
    TokenChildProcessFlags,
    TokenIsLessPrivilegedAppContainer,
    TokenIsSandboxed,
    TokenIsAppSilo,
    MaxTokenInfoClass,
} TOKEN_INFORMATION_CLASS;

typedef enum _TOKEN_TYPE {
    TokenPrimary = 1,
    TokenImpersonation,
} TOKEN_TYPE;

typedef struct _BDCB_IMAGE_INFORMATION *PBDCB_IMAGE_INFORMATION;

typedef void NTAPI SE_IMAGE_VERIFICATION_CALLBACK_FUNCTION(
    PVOID CallbackContext, SE_IMAGE_TYPE ImageType, PBDCB_IMAGE_INFORMATION ImageInformation);
typedef SE_IMAGE_VERIFICATION_CALLBACK_FUNCTION *PSE_IMAGE_VERIFICATION_CALLBACK_FUNCTION;

typedef struct _INITIAL_PRIVILEGE_SET {
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[3];
} INITIAL_PRIVILEGE_SET, *PINITIAL_PRIVILEGE_SET;

typedef struct _PRIVILEGE_SET {
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[1];
} PRIVILEGE_SET, *PPRIVILEGE_SET;

typedef struct _SECURITY_SUBJECT_CONTEXT {
    PACCESS_TOKEN ClientToken;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    PACCESS_TOKEN PrimaryToken;
    PVOID ProcessAuditId;
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;

typedef struct _ACCESS_STATE {
    LUID OperationID;
    BOOLEAN SecurityEvaluated;
    BOOLEAN GenerateAudit;
    BOOLEAN GenerateOnClose;
    BOOLEAN PrivilegesAllocated;
    ULONG Flags;
    ACCESS_MASK RemainingDesiredAccess;
    ACCESS_MASK PreviouslyGrantedAccess;
    ACCESS_MASK OriginalDesiredAccess;
    SECURITY_SUBJECT_CONTEXT SubjectSecurityContext;
    PSECURITY_DESCRIPTOR SecurityDescriptor;
    PVOID AuxData;
    union {
        INITIAL_PRIVILEGE_SET InitialPrivilegeSet;
        PRIVILEGE_SET PrivilegeSet;
    } Privileges;
    BOOLEAN AuditPrivileges;
    UNICODE_STRING ObjectName;
    UNICODE_STRING ObjectTypeName;
} ACCESS_STATE, *PACCESS_STATE;

typedef struct _ACL {
    UCHAR AclRevision;
    UCHAR Sbz1;
    USHORT AclSize;
    USHORT AceCount;
    USHORT Sbz2;
} ACL, *PACL;

typedef struct _GENERIC_MAPPING {
    ACCESS_MASK GenericRead;
    ACCESS_MASK GenericWrite;
    ACCESS_MASK GenericExecute;
    ACCESS_MASK GenericAll;
} GENERIC_MAPPING, *PGENERIC_MAPPING;

typedef struct _SECURITY_QUALITY_OF_SERVICE {
    ULONG Length;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    SECURITY_CONTEXT_TRACKING_MODE ContextTrackingMode;
    BOOLEAN EffectiveOnly;
} SECURITY_QUALITY_OF_SERVICE, *PSECURITY_QUALITY_OF_SERVICE;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI SeAccessCheck(
    PSECURITY_DESCRIPTOR SecurityDescriptor, PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
    BOOLEAN SubjectContextLocked, ACCESS_MASK DesiredAccess, ACCESS_MASK PreviouslyGrantedAccess,
    PPRIVILEGE_SET *Privileges, PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
    PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI SeAssignSecurity(
    PSECURITY_DESCRIPTOR ParentDescriptor, PSECURITY_DESCRIPTOR ExplicitDescriptor,
    PSECURITY_DESCRIPTOR *NewDescriptor, BOOLEAN IsDirectoryObject,
    PSECURITY_SUBJECT_CONTEXT SubjectContext, PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI SeAssignSecurityEx(
    PSECURITY_DESCRIPTOR ParentDescriptor, PSECURITY_DESCRIPTOR ExplicitDescriptor,
    PSECURITY_DESCRIPTOR *NewDescriptor, GUID *ObjectType, BOOLEAN IsDirectoryObject,
    ULONG AutoInheritFlags, PSECURITY_SUBJECT_CONTEXT SubjectContext,
    PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

NTKERNELAPI ULONG NTAPI SeComputeAutoInheritByObjectType(
    PVOID ObjectType, PSECURITY_DESCRIPTOR SecurityDescriptor,
    PSECURITY_DESCRIPTOR ParentSecurityDescriptor);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor);

NTKERNELAPI NTSTATUS NTAPI SeEtwWriteKMCveEvent(
    PCUNICODE_STRING CveId, PCUNICODE_STRING AdditionalDetails);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

NTKERNELAPI ULONG NTAPI SeObjectCreateSaclAccessBits(PSECURITY_DESCRIPTOR SecurityDescriptor);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode);

extern SIM_IMPORT POBJECT_TYPE *SeTokenObjectType;

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI void NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);

_IRQL_requires_max_(PASSIVE_LEVEL)
NTKERNELAPI BOOLEAN NTAPI SeValidSecurityDescriptor(
    ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor);
