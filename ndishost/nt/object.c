// SPDX-License-Identifier: MIT

// Object bodies: creation, references, deletion, and the list of all live objects that tells at
// stop what was leaked. Handles are in handle.c, names in namespace.c.

#include "object.h"
#include "object_header.h"

#include "pool.h"

#include <pthread.h>
#include <stdlib.h>

OBJECT_TYPE SimTypeDirectory = {.Name = "Directory"};
OBJECT_TYPE SimTypeLink = {.Name = "SymbolicLink", .Delete = SimLinkDelete};

static SIM_LOCK LiveLock; // guards Live and the links
static OBJECT_HEADER *Live;

// Deletions that wait for a work item; SimObjectStop waits for 0.
static pthread_mutex_t DeferredMutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t DeferredDone = PTHREAD_COND_INITIALIZER;
static unsigned DeferredCount;

void *SimObjectCreate(OBJECT_TYPE *Type, SIZE_T BodyBytes)
{
    // A thread's object is made where nobody can be told that it could not.
    if (Type != &SimTypeThread && SimPoolMustFail()) {
        return NULL;
    }
    OBJECT_HEADER *Header = calloc(1, sizeof(*Header) + BodyBytes);
    if (Header == NULL) {
        return NULL;
    }
    Header->Magic = OBJECT_MAGIC;
    Header->Type = Type;
    Header->Caller = __builtin_return_address(0);
    atomic_init(&Header->References, 1);
    SimLock(&LiveLock);
    Header->NextLive = Live;
    if (Live != NULL) {
        Live->PreviousLive = Header;
    }
    Live = Header;
    SimUnlock(&LiveLock);
    return Header + 1;
}

OBJECT_HEADER *SimObjectHeader(void *Body)
{
    OBJECT_HEADER *Header = (OBJECT_HEADER *)Body - 1;
    if (Header->Magic != OBJECT_MAGIC) {
        SimBugCheck(REFERENCE_BY_POINTER, 0, (ULONG_PTR)Body, 0, 0,
                    "%p is not an object, or has been deleted", Body);
    }
    return Header;
}

OBJECT_TYPE *SimObjectType(void *Body)
{
    return SimObjectHeader(Body)->Type;
}

static void Unlink(OBJECT_HEADER *Header)
{
    SimLock(&LiveLock);
    if (Header->NextLive != NULL) {
        Header->NextLive->PreviousLive = Header->PreviousLive;
    }
    if (Header->PreviousLive != NULL) {
        Header->PreviousLive->NextLive = Header->NextLive;
    } else {
        Live = Header->NextLive;
    }
    SimUnlock(&LiveLock);
}

static void DeleteNow(OBJECT_HEADER *Header)
{
    SimNameRemove(Header + 1);
    if (Header->Type->Delete != NULL) {
        Header->Type->Delete(Header + 1);
    }
    Unlink(Header);
    Header->Magic = 0;
    free(Header);
}

static WORKER_THREAD_ROUTINE DeleteDeferred;
static VOID NTAPI DeleteDeferred(PVOID Context)
{
    DeleteNow(Context);
    pthread_mutex_lock(&DeferredMutex);
    if (--DeferredCount == 0) {
        pthread_cond_broadcast(&DeferredDone);
    }
    pthread_mutex_unlock(&DeferredMutex);
}

static void DeleteLater(OBJECT_HEADER *Header)
{
    pthread_mutex_lock(&DeferredMutex);
    DeferredCount++;
    pthread_mutex_unlock(&DeferredMutex);
    ExInitializeWorkItem(&Header->WorkItem, DeleteDeferred, Header);
    ExQueueWorkItem(&Header->WorkItem, DelayedWorkQueue);
}

void SimObjectWaitDeferred(void)
{
    pthread_mutex_lock(&DeferredMutex);
    while (DeferredCount > 0) {
        pthread_cond_wait(&DeferredDone, &DeferredMutex);
    }
    pthread_mutex_unlock(&DeferredMutex);
}

LONG_PTR SimObjectReference(void *Body)
{
    OBJECT_HEADER *Header = SimObjectHeader(Body);
    LONG_PTR Before = atomic_fetch_add_explicit(&Header->References, 1, memory_order_relaxed);
    if (Before <= 0) {
        SimBugCheck(REFERENCE_BY_POINTER, 0, (ULONG_PTR)Body, 1, (ULONG_PTR)Before,
                    "reference to %s object %p, which is being deleted", Header->Type->Name, Body);
    }
    return Before + 1;
}

BOOLEAN SimObjectReferenceSafe(void *Body)
{
    OBJECT_HEADER *Header = SimObjectHeader(Body);
    LONG_PTR Seen = atomic_load_explicit(&Header->References, memory_order_relaxed);
    while (Seen > 0) {
        if (atomic_compare_exchange_weak_explicit(&Header->References, &Seen, Seen + 1,
                                                  memory_order_acquire, memory_order_relaxed)) {
            return TRUE;
        }
    }
    return FALSE;
}

LONG_PTR SimObjectDereference(void *Body)
{
    OBJECT_HEADER *Header = SimObjectHeader(Body);
    LONG_PTR After = atomic_fetch_sub_explicit(&Header->References, 1, memory_order_acq_rel) - 1;
    if (After < 0) {
        SimBugCheck(REFERENCE_BY_POINTER, 0, (ULONG_PTR)Body, 2, (ULONG_PTR)After,
                    "%s object %p was dereferenced more often than referenced", Header->Type->Name,
                    Body);
    }
    if (After > 0) {
        return After;
    }
    if (SimCurrentThread()->Irql == PASSIVE_LEVEL) {
        DeleteNow(Header);
    } else {
        DeleteLater(Header);
    }
    return 0;
}

LONG_PTR SimObjectReferences(void *Body)
{
    return atomic_load_explicit(&SimObjectHeader(Body)->References, memory_order_relaxed);
}

unsigned SimObjectReportLive(void)
{
    unsigned Count = 0;
    SimLock(&LiveLock);
    OBJECT_HEADER *Header = Live;
    Live = NULL;
    SimUnlock(&LiveLock);
    while (Header != NULL) {
        OBJECT_HEADER *Next = Header->NextLive;
        SimReportCaller("leak: object", Header->Type->Name, Header->Caller);
        SimNameRemove(Header + 1);
        free(Header);
        Header = Next;
        Count++;
    }
    return Count;
}

// ---- the exported side

LONG_PTR NTAPI ObfReferenceObject(PVOID Object)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimObjectReference(Object);
}

LONG_PTR NTAPI ObfDereferenceObject(PVOID Object)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimObjectDereference(Object);
}

LONG_PTR NTAPI ObfReferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimObjectReference(Object);
}

LONG_PTR NTAPI ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    return SimObjectDereference(Object);
}

void NTAPI ObDereferenceObjectDeferDelete(PVOID Object)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    OBJECT_HEADER *Header = SimObjectHeader(Object);
    if (atomic_fetch_sub_explicit(&Header->References, 1, memory_order_acq_rel) == 1) {
        DeleteLater(Header);
    }
}

NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
                                          POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode)
{
    (void)DesiredAccess;
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    if (SimObjectType(Object) != ObjectType && (AccessMode == UserMode || ObjectType != NULL)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    SimObjectReference(Object);
    return STATUS_SUCCESS;
}

// ---- types; those with a Delete are where their bodies are

OBJECT_TYPE SimTypeThread = {.Name = "Thread"};
OBJECT_TYPE SimTypeEvent = {.Name = "Event"};

#define EXPORT_TYPE(Exported, Type)                                                                \
    static POBJECT_TYPE Exported##Pointer = &(Type);                                               \
    POBJECT_TYPE *Exported = &Exported##Pointer

EXPORT_TYPE(IoFileObjectType, SimTypeFile);
EXPORT_TYPE(PsProcessType, SimTypeProcess);
EXPORT_TYPE(PsThreadType, SimTypeThread);
EXPORT_TYPE(ExEventObjectType, SimTypeEvent);
EXPORT_TYPE(CmKeyObjectType, SimTypeKey);
