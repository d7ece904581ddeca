/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Scalar types, strings, lists and times: what every other header builds on.
 */

#include "platform.h"

struct _SLIST_ENTRY;

/* LONG has 32 bits: `long` where that has, `int` elsewhere. */
#if defined(_WIN32)
typedef long LONG;
typedef unsigned long ULONG;
#else
typedef int LONG;
typedef unsigned int ULONG;
#endif
typedef char CHAR;
typedef unsigned char UCHAR;
typedef short SHORT;
typedef unsigned short USHORT;
typedef int INT;
typedef unsigned int UINT;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef wchar_t WCHAR;
typedef LONG HRESULT;
typedef LONG SECURITY_STATUS;
typedef LONG NTSTATUS;
typedef UCHAR KIRQL, *PKIRQL;
typedef void *PVOID;
typedef void *HANDLE, **PHANDLE;
typedef CHAR *PCHAR, *PSTR;
typedef const CHAR *PCSTR;
typedef WCHAR *PWCHAR, *PWSTR;
typedef const WCHAR *PCWSTR;
typedef UCHAR *PUCHAR;
typedef SHORT *PSHORT;
typedef USHORT *PUSHORT;
typedef LONG *PLONG;
typedef ULONG *PULONG;

/* Locks. Each has its own C type, so that one can't be initialised as another. */
typedef unsigned long long SIM_CAPABILITY("spin lock") KSPIN_LOCK, *PKSPIN_LOCK;
typedef volatile LONG SIM_CAPABILITY("reader/writer spin lock") EX_SPIN_LOCK, *PEX_SPIN_LOCK;
typedef struct SIM_CAPABILITY("push lock") _EX_PUSH_LOCK {
    unsigned long long Value;
} EX_PUSH_LOCK, *PEX_PUSH_LOCK;

#define TRUE 1
#define FALSE 0
#define ANYSIZE_ARRAY 1

/* The Windows release that is built for: Windows 11, version 22H2, unless chosen. */
#if !defined(NTDDI_VERSION)
#define NTDDI_VERSION 0x0A00000C
#endif
#if !defined(_WIN32_WINNT)
#define _WIN32_WINNT 0x0A00
#endif

typedef struct _STRING STRING, *PSTRING;
typedef const STRING *PCOEM_STRING;
typedef struct _UNICODE_STRING UNICODE_STRING, *PNDIS_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

#define MAXCHAR 127
#define MAXLONG 0x7FFFFFFF
#define MAXLONGLONG (9223372036854775807LL)
#define MAXSHORT 32767
#define MAXUCHAR 255
#define MAXULONG 0xFFFFFFFFU
#define MAXUSHORT 65535
#define MAX_NATURAL_ALIGNMENT 8ULL
#define MINCHAR 0x80
#define MINLONG 0x80000000U
#define MINSHORT 0x8000

#define NTDDI_WIN4 0x4000000
#define NTDDI_WIN2K 0x5000000
#define NTDDI_WIN2KSP1 0x5000100
#define NTDDI_WIN2KSP2 0x5000200
#define NTDDI_WIN2KSP3 0x5000300
#define NTDDI_WIN2KSP4 0x5000400
#define NTDDI_WINXP 0x5010000
#define NTDDI_WINXPSP1 0x5010100
#define NTDDI_WINXPSP2 0x5010200
#define NTDDI_WINXPSP3 0x5010300
#define NTDDI_WINXPSP4 0x5010400
#define NTDDI_WS03 0x5020000
#define NTDDI_WS03SP1 0x5020100
#define NTDDI_WS03SP2 0x5020200
#define NTDDI_WS03SP3 0x5020300
#define NTDDI_WS03SP4 0x5020400
#define NTDDI_LONGHORN 0x6000000
#define NTDDI_VISTA 0x6000000
#define NTDDI_WIN6 0x6000000
#define NTDDI_VISTASP1 0x6000100
#define NTDDI_WIN6SP1 0x6000100
#define NTDDI_WS08 0x6000100
#define NTDDI_VISTASP2 0x6000200
#define NTDDI_WIN6SP2 0x6000200
#define NTDDI_WS08SP2 0x6000200
#define NTDDI_VISTASP3 0x6000300
#define NTDDI_WIN6SP3 0x6000300
#define NTDDI_WS08SP3 0x6000300
#define NTDDI_VISTASP4 0x6000400
#define NTDDI_WIN6SP4 0x6000400
#define NTDDI_WS08SP4 0x6000400
#define NTDDI_WIN7 0x6010000
#define NTDDI_WIN8 0x6020000
#define NTDDI_WINBLUE 0x6030000
#define NTDDI_WIN10 0xA000000
#define NTDDI_WINTHRESHOLD 0xA000000
#define NTDDI_WIN10_TH2 0xA000001
#define NTDDI_WIN10_RS1 0xA000002
#define NTDDI_WIN10_RS2 0xA000003
#define NTDDI_WIN10_RS3 0xA000004
#define NTDDI_WIN10_RS4 0xA000005
#define NTDDI_WIN10_RS5 0xA000006
#define NTDDI_WIN10_19H1 0xA000007
#define NTDDI_WIN10_VB 0xA000008
#define NTDDI_WIN10_MN 0xA000009
#define NTDDI_WIN10_FE 0xA00000A
#define NTDDI_WIN10_CO 0xA00000B
#define NTDDI_WIN10_NI 0xA00000C

#define _WIN32_WINNT_NT4 0x400
#define _WIN32_WINNT_WIN2K 0x500
#define _WIN32_WINNT_WINXP 1281
#define _WIN32_WINNT_WS03 1282
#define _WIN32_WINNT_LONGHORN 0x600
#define _WIN32_WINNT_VISTA 0x600
#define _WIN32_WINNT_WIN6 0x600
#define _WIN32_WINNT_WS08 0x600
#define _WIN32_WINNT_WIN7 1537
#define _WIN32_WINNT_WIN8 1538
#define _WIN32_WINNT_WINBLUE 1539
#define _WIN32_WINNT_WIN10 0xA00
#define _WIN32_WINNT_WINTHRESHOLD 0xA00

typedef ULONG ACCESS_MASK;
typedef USHORT ADDRESS_FAMILY;
typedef char CCHAR;
typedef ULONG CLONG;
typedef int CM_RESOURCE_TYPE;
typedef short CSHORT;
typedef ULONG DEVPROPID;
typedef ULONG DEVPROPTYPE;
typedef CHAR DEVPROP_BOOLEAN;
typedef double DOUBLE;
typedef unsigned int DWORD32;
typedef unsigned long long DWORD64;
typedef ULONGLONG DWORDLONG;
typedef unsigned long long ULONG_PTR;
typedef ULONG_PTR DWORD_PTR;
typedef ULONG_PTR ERESOURCE_THREAD;
typedef UCHAR ERROR_SEVERITY;
typedef ULONG EXECUTION_STATE;
typedef UCHAR FCHAR;
typedef ULONG FLONG;
typedef USHORT FSHORT;
typedef int HALF_PTR;
typedef void *HANDLE64;
typedef unsigned long long HANDLE_PTR;
typedef ULONG IFTYPE;
typedef short INT16;
typedef int INT32;
typedef long long INT64;
typedef signed char INT8;
typedef long long INT_PTR;
typedef ULONGLONG IOMMU_DMA_LOGICAL_ADDRESS;
typedef ULONG_PTR KAFFINITY;
typedef LONG KPRIORITY;
typedef CCHAR KPROCESSOR_MODE;
typedef unsigned long long ULONG64;
typedef ULONG64 KSPIN_LOCK_QUEUE_NUMBER;
typedef USHORT LANGID;
typedef ULONG LCID;
typedef ULONG LOGICAL;
typedef int LONG32;
typedef long long LONG64;
typedef long long LONG_PTR;
typedef const CHAR *LPCCH;
typedef CHAR *LPCH;
typedef const CHAR *LPCSTR;
typedef LPCCH LPCTCH;
typedef CHAR *LPSTR;
typedef WCHAR *LPWCH;
typedef WCHAR *LPWSTR;
typedef ULONG MM_NODE_NUMBER_ONE_BASED;
typedef ULONG MM_NODE_NUMBER_ZERO_BASED;
typedef ULONG NODE_REQUIREMENT;
typedef ULONG NOTIFICATION_MASK;
typedef CHAR *NPSTR;
typedef WCHAR *NWPSTR;
typedef ULONG OB_OPERATION;
typedef ACCESS_MASK *PACCESS_MASK;
typedef PVOID PACCESS_TOKEN;
typedef PSTRING PANSI_STRING;
typedef PSTRING PCANSI_STRING;
typedef const CHAR *PCCH;
typedef CCHAR *PCCHAR;
typedef CHAR *PCH;
typedef PVOID PCLAIMS_BLOB;
typedef CLONG *PCLONG;
typedef PCUNICODE_STRING PCNDIS_STRING;
typedef const NTSTATUS *PCNTSTATUS;
typedef const CHAR *PCNZCH;
typedef PCNZCH PCNZTCH;
typedef const WCHAR *PCNZWCH;
typedef signed char SCHAR;
typedef const SCHAR *PCSCHAR;
typedef CSHORT *PCSHORT;
typedef const char *PCSZ;
typedef LPCCH PCTCH;
typedef const UCHAR *PCUCHAR;
typedef ULONG UCSCHAR;
typedef const UCSCHAR *PCUCSCHAR;
typedef const UCSCHAR *PCUCSSTR;
typedef const ULONG *PCULONG;
typedef PCNZCH PCUNZTCH;
typedef const USHORT *PCUSHORT;
typedef const CHAR *PCZZSTR;
typedef PCZZSTR PCUZZTSTR;
typedef const WCHAR *PCWCH;
typedef const PCSTR *PCZPCSTR;
typedef const PSTR *PCZPSTR;
typedef const PWSTR *PCZPWSTR;
typedef PCZZSTR PCZZTSTR;
typedef const WCHAR *PCZZWSTR;
typedef ULONG *PDEVPROPID;
typedef ULONG *PDEVPROPTYPE;
typedef CHAR *PDEVPROP_BOOLEAN;
typedef unsigned int *PDWORD32;
typedef unsigned long long *PDWORD64;
typedef DWORDLONG *PDWORDLONG;
typedef ULONG_PTR *PDWORD_PTR;
typedef ERESOURCE_THREAD *PERESOURCE_THREAD;
typedef ULONG *PEXECUTION_STATE;
typedef PVOID PEXT_CANCEL_PARAMETERS;
typedef ULONG PFN_COUNT;
typedef ULONG64 PFN_NUMBER;
typedef int *PHALF_PTR;
typedef HANDLE64 *PHANDLE64;
typedef int *PINT;
typedef short *PINT16;
typedef int *PINT32;
typedef long long *PINT64;
typedef signed char *PINT8;
typedef long long *PINT_PTR;
typedef KAFFINITY *PKAFFINITY;
typedef PULONG PLCID;
typedef ULONG *PLOGICAL;
typedef int *PLONG32;
typedef long long *PLONG64;
typedef LONGLONG *PLONGLONG;
typedef long long *PLONG_PTR;
typedef ULONG *PNDIS_AF;
typedef ULONG *PNDIS_GFP_PROFILE_ID;
typedef ULONG *PNDIS_GFT_COUNTER_ID;
typedef ULONG *PNDIS_GFT_CUSTOM_ACTION_TYPE;
typedef ULONG_PTR *PNDIS_GFT_FLOW_ENTRY_ID;
typedef ULONG *PNDIS_GFT_TABLE_ID;
typedef ULONG *PNDIS_NIC_SWITCH_ID;
typedef ULONG *PNDIS_NIC_SWITCH_VPORT_ID;
typedef ULONG *PNDIS_OID;
typedef ULONG *PNDIS_PORT_NUMBER;
typedef ULONG *PNDIS_QOS_SQ_ID;
typedef ULONG *PNDIS_RECEIVE_FILTER_ID;
typedef ULONG *PNDIS_RECEIVE_QUEUE_GROUP_ID;
typedef ULONG *PNDIS_RECEIVE_QUEUE_ID;
typedef USHORT *PNDIS_SRIOV_FUNCTION_ID;
typedef int *PNDIS_STATUS;
typedef USHORT *PNDIS_SWITCH_NIC_INDEX;
typedef USHORT *PNDIS_SWITCH_OBJECT_SERIALIZATION_VERSION;
typedef USHORT *PNDIS_SWITCH_OBJECT_VERSION;
typedef unsigned int UINT32;
typedef UINT32 *PNDIS_SWITCH_PORT_ID;
typedef ULONG *PNDIS_VF_RID;
typedef USHORT *PNET_FRAME_TYPE;
typedef ULONG *PNET_IFINDEX;
typedef unsigned short UINT16;
typedef UINT16 *PNET_IFTYPE;
typedef UINT32 *PNET_IF_COMPARTMENT_ID;
typedef UINT32 *PNET_IF_COMPARTMENT_SCOPE;
typedef unsigned int ULONG32;
typedef ULONG32 *PNET_IF_OBJECT_ID;
typedef ULONG PNP_DEVICE_STATE;
typedef NTSTATUS *PNTSTATUS;
typedef CHAR *PNZCH;
typedef PNZCH PNZTCH;
typedef WCHAR *PNZWCH;
typedef PSTRING POEM_STRING;
typedef unsigned long long POINTER_64_INT;
typedef ULONG64 POOL_FLAGS;
typedef ULONG POOL_NODE_REQUIREMENT;
typedef UINT32 *PPCLS_CONTAINER_STATE;
typedef UCHAR **PPCLS_RECORD_TYPE;
typedef ULONG64 *PPFN_NUMBER;
typedef ULONG *PPNP_DEVICE_STATE;
typedef ULONGLONG *PREGHANDLE;
typedef LONG_PTR *PRTL_REFERENCE_COUNT;
typedef LONG *PRTL_REFERENCE_COUNT32;
typedef SCHAR *PSCHAR;
typedef BOOLEAN *PSECURITY_CONTEXT_TRACKING_MODE;
typedef PVOID PSECURITY_DESCRIPTOR;
typedef PVOID *PSE_IMAGE_VERIFICATION_CALLBACK_TOKEN;
typedef UCHAR *PSE_SIGNING_LEVEL;
typedef PVOID PSID;
typedef ULONG_PTR *PSIZE_T;
typedef LONG64 *PSPFN_NUMBER;
typedef LONG_PTR *PSSIZE_T;
typedef CHAR *PSZ;
typedef ULONG64 *PTRACEHANDLE;
typedef UCSCHAR *PUCSCHAR;
typedef UCSCHAR *PUCSSTR;
typedef unsigned int *PUHALF_PTR;
typedef unsigned int *PUINT;
typedef unsigned short *PUINT16;
typedef unsigned int *PUINT32;
typedef unsigned long long *PUINT64;
typedef unsigned char *PUINT8;
typedef unsigned long long *PUINT_PTR;
typedef unsigned int *PULONG32;
typedef unsigned long long *PULONG64;
typedef ULONGLONG *PULONGLONG;
typedef unsigned long long *PULONG_PTR;
typedef PNZCH PUNZTCH;
typedef PSTRING PUTF8_STRING;
typedef CHAR *PZZSTR;
typedef PZZSTR PUZZTSTR;
typedef void *PVOID64;
typedef WCHAR *PWCH;
typedef PCSTR *PZPCSTR;
typedef PSTR *PZPSTR;
typedef PWSTR *PZPWSTR;
typedef PZZSTR PZZTSTR;
typedef WCHAR *PZZWSTR;
typedef ULONGLONG REGHANDLE;
typedef LONG_PTR RTL_REFERENCE_COUNT;
typedef LONG RTL_REFERENCE_COUNT32;
typedef USHORT RTL_STRING_LENGTH_TYPE;
typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE;
typedef USHORT SECURITY_DESCRIPTOR_CONTROL;
typedef ULONG SERVICETYPE;
typedef PVOID SE_IMAGE_VERIFICATION_CALLBACK_TOKEN;
typedef UCHAR SE_SIGNING_LEVEL;
typedef long long SHANDLE_PTR;
typedef ULONG_PTR SIZE_T;
typedef LONG64 SPFN_NUMBER;
typedef LONG_PTR SSIZE_T;
typedef ULONG64 TRACEHANDLE;
typedef unsigned int UHALF_PTR;
typedef unsigned long long UINT64;
typedef unsigned char UINT8;
typedef unsigned long long UINT_PTR;
typedef LONGLONG USN;

typedef enum _EVENT_TYPE {
    NotificationEvent,
    SynchronizationEvent,
} EVENT_TYPE;

typedef enum _NT_PRODUCT_TYPE {
    NtProductWinNt = 1,
    NtProductLanManNt,
    NtProductServer,
} NT_PRODUCT_TYPE, *PNT_PRODUCT_TYPE;

typedef enum _SUITE_TYPE {
    SmallBusiness,
    Enterprise,
    BackOffice,
    CommunicationServer,
    TerminalServer,
    SmallBusinessRestricted,
    EmbeddedNT,
    DataCenter,
    SingleUserTS,
    Personal,
    Blade,
    EmbeddedRestricted,
    SecurityAppliance,
    StorageServer,
    ComputeServer,
    WHServer,
    PhoneNT,
    MultiUserTS,
    MaxSuiteType,
} SUITE_TYPE;

typedef enum _TIMER_TYPE {
    NotificationTimer,
    SynchronizationTimer,
} TIMER_TYPE;

typedef enum _WAIT_TYPE {
    WaitAll,
    WaitAny,
    WaitNotification,
    WaitDequeue,
    WaitDpc,
} WAIT_TYPE;

typedef struct _CSTRING {
    USHORT Length;
    USHORT MaximumLength;
    const char *Buffer;
} CSTRING, *PCSTRING;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

typedef struct _GUID {
    ULONG Data1;
    unsigned short Data2;
    unsigned short Data3;
    unsigned char Data4[8];
} GUID, CLSID, DEVPROPGUID, FMTID, IID, NDIS_ROUTING_DOMAIN_ID, NDIS_SWITCH_OBJECT_ID,
    NDIS_SWITCH_OBJECT_INSTANCE_ID, NET_IF_NETWORK_GUID, UUID, *LPGUID, *PDEVPROPGUID, *PGUID,
    *PNDIS_ROUTING_DOMAIN_ID, *PNDIS_SWITCH_OBJECT_ID, *PNDIS_SWITCH_OBJECT_INSTANCE_ID,
    *PNET_IF_NETWORK_GUID;
typedef const GUID *LPCGUID;

typedef struct _KSYSTEM_TIME {
    ULONG LowPart;
    LONG High1Time;
    LONG High2Time;
} KSYSTEM_TIME, *PKSYSTEM_TIME;

typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, DMA_LOGICAL_ADDRESS, NDIS_PHYSICAL_ADDRESS, PHYSICAL_ADDRESS, *PLARGE_INTEGER,
    *PPHYSICAL_ADDRESS;

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY, *PRLIST_ENTRY;

typedef struct {
    ULONG Flink;
    ULONG Blink;
} LIST_ENTRY32, *PLIST_ENTRY32;

typedef struct {
    ULONGLONG Flink;
    ULONGLONG Blink;
} LIST_ENTRY64, *PLIST_ENTRY64;

typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef const OBJECT_ATTRIBUTES *PCOBJECT_ATTRIBUTES;

typedef struct _OBJECT_ATTRIBUTES32 {
    ULONG Length;
    ULONG RootDirectory;
    ULONG ObjectName;
    ULONG Attributes;
    ULONG SecurityDescriptor;
    ULONG SecurityQualityOfService;
} OBJECT_ATTRIBUTES32, *POBJECT_ATTRIBUTES32;
typedef const OBJECT_ATTRIBUTES32 *PCOBJECT_ATTRIBUTES32;

typedef struct _OBJECT_ATTRIBUTES64 {
    ULONG Length;
    ULONG64 RootDirectory;
    ULONG64 ObjectName;
    ULONG Attributes;
    ULONG64 SecurityDescriptor;
    ULONG64 SecurityQualityOfService;
} OBJECT_ATTRIBUTES64, *POBJECT_ATTRIBUTES64;
typedef const OBJECT_ATTRIBUTES64 *PCOBJECT_ATTRIBUTES64;

typedef struct _PROCESSOR_NUMBER {
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef struct _QUAD {
    union {
        long long UseThisFieldToCopy;
        double DoNotUseThisField;
    };
} QUAD, UQUAD, *PQUAD;

typedef struct _RTL_BALANCED_NODE {
    union {
        struct _RTL_BALANCED_NODE *Children[2];
        struct {
            struct _RTL_BALANCED_NODE *Left;
            struct _RTL_BALANCED_NODE *Right;
        };
    };
    union {
        UCHAR Red : 1;
        UCHAR Balance : 2;
        ULONG_PTR ParentValue;
    };
} RTL_BALANCED_NODE, *PRTL_BALANCED_NODE;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY32 {
    ULONG Next;
} SINGLE_LIST_ENTRY32, *PSINGLE_LIST_ENTRY32;

typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    };
    struct {
        ULONGLONG Depth : 16;
        ULONGLONG Sequence : 48;
        ULONGLONG Reserved : 4;
        ULONGLONG NextEntry : 60;
    } HeaderX64;
} SLIST_HEADER, *PSLIST_HEADER;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, ANSI_STRING, CANSI_STRING, OEM_STRING, UTF8_STRING, *PSTRING;
typedef const STRING *PCOEM_STRING;

typedef struct _STRING32 {
    USHORT Length;
    USHORT MaximumLength;
    ULONG Buffer;
} STRING32, ANSI_STRING32, UNICODE_STRING32, *PSTRING32;

typedef struct _STRING64 {
    USHORT Length;
    USHORT MaximumLength;
    ULONGLONG Buffer;
} STRING64, ANSI_STRING64, UNICODE_STRING64, *PSTRING64;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    struct {
        ULONG LowPart;
        ULONG HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWCH Buffer;
} UNICODE_STRING, NDIS_STRING, *PNDIS_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

/* The type of a device type. */
#define DEVICE_TYPE ULONG

/* Arithmetic and layout helpers. */
#define CONTAINING_RECORD(Address, Type, Field) \
    ((Type *)(void *)((PCHAR)(Address) - (ULONG_PTR)offsetof(Type, Field)))
#define FIELD_OFFSET(Type, Field) ((LONG)offsetof(Type, Field))
#define UFIELD_OFFSET(Type, Field) ((ULONG)offsetof(Type, Field))
#define FIELD_SIZE(Type, Field) (sizeof(((Type *)0)->Field))
#define RTL_FIELD_SIZE(Type, Field) (sizeof(((Type *)0)->Field))
#define RTL_FIELD_TYPE(Type, Field) (((Type *)0)->Field)
#define RTL_SIZEOF_THROUGH_FIELD(Type, Field) (offsetof(Type, Field) + RTL_FIELD_SIZE(Type, Field))
#define RTL_CONTAINS_FIELD(Struct, Size, Field) \
    ((PCHAR)(&(Struct)->Field) + sizeof((Struct)->Field) <= (PCHAR)(Struct) + (Size))
#define RTL_NUMBER_OF(Array) (sizeof(Array) / sizeof((Array)[0]))
#define RTL_NUMBER_OF_FIELD(Type, Field) RTL_NUMBER_OF(RTL_FIELD_TYPE(Type, Field))
#define ARRAYSIZE(Array) RTL_NUMBER_OF(Array)
#define RTL_BITS_OF(Argument) (sizeof(Argument) * 8)
#define RTL_BITS_OF_FIELD(Type, Field) RTL_BITS_OF(RTL_FIELD_TYPE(Type, Field))
#define TYPE_ALIGNMENT(Type) __alignof__(Type)
#define ARGUMENT_PRESENT(Pointer) ((Pointer) != NULL)
#define UNREFERENCED_PARAMETER(Parameter) ((void)(Parameter))
#define DBG_UNREFERENCED_PARAMETER(Parameter) ((void)(Parameter))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(Variable) ((void)(Variable))
#define ALIGN_DOWN_BY(Length, Alignment) ((ULONG_PTR)(Length) & ~((ULONG_PTR)(Alignment) - 1))
#define ALIGN_UP_BY(Length, Alignment) \
    (ALIGN_DOWN_BY(((ULONG_PTR)(Length) + (Alignment) - 1), Alignment))
#define ALIGN_DOWN_POINTER_BY(Address, Alignment) ((PVOID)ALIGN_DOWN_BY(Address, Alignment))
#define ALIGN_UP_POINTER_BY(Address, Alignment) ((PVOID)ALIGN_UP_BY(Address, Alignment))
#define ALIGN_DOWN(Length, Type) ALIGN_DOWN_BY(Length, sizeof(Type))
#define ALIGN_UP(Length, Type) ALIGN_UP_BY(Length, sizeof(Type))
#define ALIGN_DOWN_POINTER(Address, Type) ALIGN_DOWN_POINTER_BY(Address, sizeof(Type))
#define ALIGN_UP_POINTER(Address, Type) ALIGN_UP_POINTER_BY(Address, sizeof(Type))
#define max(A, B) (((A) > (B)) ? (A) : (B))
#define min(A, B) (((A) < (B)) ? (A) : (B))
#define Int32x32To64(A, B) ((LONGLONG)(LONG)(A) * (LONGLONG)(LONG)(B))
#define UInt32x32To64(A, B) ((ULONGLONG)(ULONG)(A) * (ULONGLONG)(ULONG)(B))
#define Int64ShllMod32(A, B) ((ULONGLONG)(A) << (B))
#define Int64ShraMod32(A, B) ((LONGLONG)(A) >> (B))
#define Int64ShrlMod32(A, B) ((ULONGLONG)(A) >> (B))
#define PtrToUlong(Pointer) ((ULONG)(ULONG_PTR)(Pointer))
#define PtrToLong(Pointer) ((LONG)(LONG_PTR)(Pointer))
#define PtrToUint(Pointer) ((UINT)(ULONG_PTR)(Pointer))
#define PtrToInt(Pointer) ((INT)(LONG_PTR)(Pointer))
#define UlongToPtr(Value) ((PVOID)(ULONG_PTR)(ULONG)(Value))
#define ULongToPtr(Value) UlongToPtr(Value)
#define LongToPtr(Value) ((PVOID)(LONG_PTR)(LONG)(Value))
#define UIntToPtr(Value) ((PVOID)(ULONG_PTR)(UINT)(Value))
#define IntToPtr(Value) ((PVOID)(LONG_PTR)(INT)(Value))
#define HandleToUlong(Handle) ((ULONG)(ULONG_PTR)(Handle))
#define HandleToULong(Handle) HandleToUlong(Handle)
#define HandleToLong(Handle) ((LONG)(LONG_PTR)(Handle))
#define UlongToHandle(Value) ((HANDLE)(ULONG_PTR)(ULONG)(Value))
#define ULongToHandle(Value) UlongToHandle(Value)
#define LongToHandle(Value) ((HANDLE)(LONG_PTR)(LONG)(Value))
#define LOWORD(Value) ((USHORT)((ULONG_PTR)(Value) & 0xFFFF))
#define HIWORD(Value) ((USHORT)(((ULONG_PTR)(Value) >> 16) & 0xFFFF))
#define LOBYTE(Value) ((UCHAR)((ULONG_PTR)(Value) & 0xFF))
#define HIBYTE(Value) ((UCHAR)(((ULONG_PTR)(Value) >> 8) & 0xFF))

/* Status tests. */
#define NT_SUCCESS(Status) (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status) ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status) ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status) ((((ULONG)(Status)) >> 30) == 3)

/* Strings. A literal must be wide for a UNICODE_STRING. */
#define UNICODE_NULL ((WCHAR)0)
#define ANSI_NULL ((CHAR)0)
#define RTL_CONSTANT_STRING(Literal)                                                       \
    {                                                                                      \
        sizeof(Literal) - sizeof((Literal)[0]), sizeof(Literal),                           \
            (__typeof__(&(Literal)[0]))(Literal)                                           \
    }
#define DECLARE_CONST_UNICODE_STRING(Variable, Literal)          \
    const WCHAR Variable##_buffer[] = Literal;                   \
    const UNICODE_STRING Variable = {sizeof(Literal) - sizeof(WCHAR), sizeof(Literal), \
                                     (PWCH)Variable##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(Variable, Literal) \
    extern const UNICODE_STRING Variable;                      \
    const UNICODE_STRING Variable = RTL_CONSTANT_STRING(Literal)
#define DECLARE_UNICODE_STRING_SIZE(Variable, Size) \
    WCHAR Variable##_buffer[Size];                  \
    UNICODE_STRING Variable = {0, (Size) * sizeof(WCHAR), Variable##_buffer}

/* Object attributes. */
#define InitializeObjectAttributes(Object, Name, Flags, Root, Descriptor) \
    do {                                                                  \
        (Object)->Length = sizeof(OBJECT_ATTRIBUTES);                     \
        (Object)->RootDirectory = (Root);                                 \
        (Object)->Attributes = (Flags);                                   \
        (Object)->ObjectName = (Name);                                    \
        (Object)->SecurityDescriptor = (Descriptor);                      \
        (Object)->SecurityQualityOfService = NULL;                        \
    } while (0)
#define RTL_CONSTANT_OBJECT_ATTRIBUTES(Name, Flags)                                               \
    {                                                                                             \
        sizeof(OBJECT_ATTRIBUTES), NULL, (PUNICODE_STRING)(Name), (Flags), NULL, NULL             \
    }
#define RTL_INIT_OBJECT_ATTRIBUTES(Name, Flags) RTL_CONSTANT_OBJECT_ATTRIBUTES(Name, Flags)

/* GUIDs: declared here, defined in the one file that defines INITGUID first. */
#if defined(INITGUID)
#define DEFINE_GUID(Name, L, W1, W2, B1, B2, B3, B4, B5, B6, B7, B8)   \
    extern const GUID Name;                                            \
    __attribute__((weak)) const GUID Name = {                          \
        L, W1, W2, {B1, B2, B3, B4, B5, B6, B7, B8}}
#else
#define DEFINE_GUID(Name, L, W1, W2, B1, B2, B3, B4, B5, B6, B7, B8) extern const GUID Name
#endif
#define DEFINE_GUIDEX(Name) extern const GUID Name
#define IsEqualGUID(A, B) (__builtin_memcmp((A), (B), sizeof(GUID)) == 0)
#define InlineIsEqualGUID(A, B) IsEqualGUID(A, B)
#define IsEqualGUIDAligned(A, B) IsEqualGUID(A, B)
#define DECLARE_HANDLE(Name) typedef struct Name##__ *Name
