// SPDX-License-Identifier: MIT

// Event tracing: providers register, and no session ever enables one. So nothing is enabled, and an
// event goes nowhere, as on a Windows machine where nobody listens.

#include "object_header.h"

#include "print.h"

#define TAG_PROVIDER 0x52777445u // "EtwR"
#define CONTROL_GET 1u           // EVENT_ACTIVITY_CTRL_...
#define CONTROL_SET 2u
#define CONTROL_CREATE 3u
#define CONTROL_GET_SET 4u
#define CONTROL_CREATE_SET 5u

typedef struct PROVIDER {
    struct PROVIDER *Next;
    GUID Id;
} PROVIDER;

static SIM_LOCK ProviderLock; // guards the list
static PROVIDER *Providers;

static _Thread_local GUID ThreadActivity;

// Where the pointer to it is, or NULL. With the lock held.
static PROVIDER **Find(REGHANDLE RegHandle)
{
    for (PROVIDER **At = &Providers; *At != NULL; At = &(*At)->Next) {
        if ((REGHANDLE)(ULONG_PTR)*At == RegHandle) {
            return At;
        }
    }
    return NULL;
}

static NTSTATUS CheckHandle(REGHANDLE RegHandle)
{
    SimLock(&ProviderLock);
    BOOLEAN Known = Find(RegHandle) != NULL;
    SimUnlock(&ProviderLock);
    return Known ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

NTSTATUS NTAPI EtwRegister(LPCGUID ProviderId, PETWENABLECALLBACK EnableCallback,
                           PVOID CallbackContext, PREGHANDLE RegHandle)
{
    (void)EnableCallback, (void)CallbackContext; // called when a session enables the provider
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if (ProviderId == NULL || RegHandle == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    PROVIDER *New = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*New), TAG_PROVIDER);
    if (New == NULL) {
        return STATUS_NO_MEMORY;
    }
    New->Id = *ProviderId;
    SimLock(&ProviderLock);
    New->Next = Providers;
    Providers = New;
    SimUnlock(&ProviderLock);
    *RegHandle = (REGHANDLE)(ULONG_PTR)New;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI EtwUnregister(REGHANDLE RegHandle)
{
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    SimLock(&ProviderLock);
    PROVIDER **At = Find(RegHandle);
    PROVIDER *Old = At != NULL ? *At : NULL;
    if (Old != NULL) {
        *At = Old->Next;
    }
    SimUnlock(&ProviderLock);
    if (Old == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    ExFreePoolWithTag(Old, TAG_PROVIDER);
    return STATUS_SUCCESS;
}

unsigned SimEtwStop(void)
{
    unsigned Left = 0;
    while (Providers != NULL) {
        SimPrint("ndishost: leak: event provider %08X-... is still registered\n",
                 Providers->Id.Data1);
        (void)EtwUnregister((REGHANDLE)(ULONG_PTR)Providers);
        Left++;
    }
    return Left;
}

BOOLEAN NTAPI EtwEventEnabled(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor)
{
    (void)RegHandle, (void)EventDescriptor;
    return FALSE;
}

BOOLEAN NTAPI EtwProviderEnabled(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword)
{
    (void)RegHandle, (void)Level, (void)Keyword;
    return FALSE;
}

NTSTATUS NTAPI EtwWrite(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, LPCGUID ActivityId,
                        ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    (void)EventDescriptor, (void)ActivityId, (void)UserDataCount, (void)UserData;
    return CheckHandle(RegHandle);
}

NTSTATUS NTAPI EtwWriteTransfer(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor,
                                LPCGUID ActivityId, LPCGUID RelatedActivityId, ULONG UserDataCount,
                                PEVENT_DATA_DESCRIPTOR UserData)
{
    (void)RelatedActivityId;
    return EtwWrite(RegHandle, EventDescriptor, ActivityId, UserDataCount, UserData);
}

NTSTATUS NTAPI EtwWriteEx(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, ULONG64 Filter,
                          ULONG Flags, LPCGUID ActivityId, LPCGUID RelatedActivityId,
                          ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    (void)Filter, (void)Flags, (void)RelatedActivityId;
    return EtwWrite(RegHandle, EventDescriptor, ActivityId, UserDataCount, UserData);
}

NTSTATUS NTAPI EtwWriteString(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword,
                              LPCGUID ActivityId, PCWSTR String)
{
    (void)Level, (void)Keyword, (void)ActivityId, (void)String;
    return CheckHandle(RegHandle);
}

// What it sets is for sessions to read.
NTSTATUS NTAPI EtwSetInformation(REGHANDLE RegHandle, EVENT_INFO_CLASS InformationClass,
                                 PVOID EventInformation, ULONG InformationLength)
{
    (void)EventInformation, (void)InformationLength;
    SIM_REQUIRE_IRQL(PASSIVE_LEVEL);
    if ((unsigned)InformationClass > EventProviderUseDescriptorType) {
        return STATUS_INVALID_PARAMETER;
    }
    return CheckHandle(RegHandle);
}

NTSTATUS NTAPI EtwActivityIdControl(ULONG ControlCode, LPGUID ActivityId)
{
    GUID Before = ThreadActivity;
    switch (ControlCode) {
    case CONTROL_GET:
        *ActivityId = Before;
        return STATUS_SUCCESS;
    case CONTROL_SET:
        ThreadActivity = *ActivityId;
        return STATUS_SUCCESS;
    case CONTROL_CREATE:
        return ExUuidCreate(ActivityId);
    case CONTROL_GET_SET:
        ThreadActivity = *ActivityId;
        *ActivityId = Before;
        return STATUS_SUCCESS;
    case CONTROL_CREATE_SET:
        *ActivityId = Before;
        return ExUuidCreate(&ThreadActivity);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}
