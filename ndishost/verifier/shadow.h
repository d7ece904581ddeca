// SPDX-License-Identifier: MIT
#pragma once

// What the verifier knows about each NBL, NB, pool and binding. Found by address alone (table.h),
// so that a pointer can be judged before anybody looks behind it.
//
// State is the one word that changes hands: it is exchanged atomically at each step of NBL-03, and
// the other fields are written by whoever that step made the owner.

#include <ndis.h>

#include "../ndis/control.h"
#include "history.h"
#include "mdl_shadow.h"
#include "table.h"

#define NBL_EVENTS 16u
#define NB_EVENTS 4u
_Static_assert(NBL_EVENTS <= HISTORY_EVENTS_MAX, "HistoryReport has room for a ring");
#define NBL_MDLS 8u // of one send, that need no second walk of the chain at completion

typedef enum NBL_STATE {
    NblFree,  // in its pool, or the pool is gone
    NblOwned, // allocated: with the driver
    NblSent,
} NBL_STATE;

typedef struct POOL_SHADOW {
    TABLE_ENTRY Entry;
    SIM_LOCK Lock; // guards the rest
    _Atomic int Live;
    SIM_NDIS_POOL_INFO Info;
    ULONG Count; // NBLs that were ever made
    struct NBL_SHADOW *First;
    struct NB_SHADOW *FirstNb;
} POOL_SHADOW;

typedef struct BINDING_SHADOW {
    TABLE_ENTRY Entry;
    _Atomic ULONG MaximumFrameBytes; // 0: not asked for yet
} BINDING_SHADOW;

// The five fields of NBL-65, and the link.
typedef struct NB_IMAGE {
    NET_BUFFER *Next;
    MDL *MdlChain;
    MDL *CurrentMdl;
    SIZE_T DataLength;
    ULONG DataOffset;
    ULONG CurrentMdlOffset;
} NB_IMAGE;

// The used data of an NB that is in one MDL.
typedef struct FLIGHT_PART {
    const MDL *Mdl;
    const char *First;
    size_t Bytes;
} FLIGHT_PART;

typedef struct NB_SHADOW {
    TABLE_ENTRY Entry;
    _Atomic int Live;
    struct NB_SHADOW *NextInPool;
    POOL_SHADOW *Pool;
    struct NBL_SHADOW *Home;           // that it was preallocated with; NULL: from an NB pool
    struct NBL_SHADOW *_Atomic SentBy; // while SENT
    uint64_t Generation;               // of what NDIS keeps in it: see cookies.h
    NB_IMAGE Sent;                     // as it was at the last send
    BOOLEAN WasSent;
    SIM_LOCK FlightLock; // guards the next two lines
    FLIGHT_PART *Parts;  // while SENT: its frame (flight.c)
    unsigned PartCount, PartRoom;
    int64_t Balance; // bytes retreated, less bytes advanced, by its owner
    int64_t SentBalance;
    int64_t LastRetreat; // bytes; 0: an advance was the last
    unsigned Advances;   // that were not the undoing of the retreat before
    unsigned Unbalanced; // sends in a row that found it grown
    HISTORY History;
    EVENT Events[NB_EVENTS];
} NB_SHADOW;

typedef struct NBL_SHADOW {
    TABLE_ENTRY Entry;
    _Atomic int State; // NBL_STATE
    uint32_t Number;   // counts all NBLs: its place in the poisoned region
    uint32_t Slot;     // counts the NBLs of its pool
    struct NBL_SHADOW *NextInPool;
    POOL_SHADOW *Pool;
    uint64_t Generation; // of what NDIS keeps in it: see cookies.h
    uint64_t Cookie;     // CookieOf that generation

    // As NDIS left them: NBL-33 to 36.
    NET_BUFFER_LIST_CONTEXT *Context, *BaseContext;
    int64_t ContextBytes; // added with NdisAllocateNetBufferListContext and not removed
    int64_t SentContextBytes;
    unsigned Grown; // sends in a row that found it grown

    // The send that it is in, or was in last.
    uint64_t Sends;    // of this allocation
    uint64_t SendTime; // time-stamp counter
    uint64_t SendCall; // the call of NdisSendNetBufferLists: counts all of them
    NDIS_HANDLE Binding;
    NET_BUFFER *FirstNb;
    unsigned NbCount;
    PVOID LargeSend, CancelId; // slots 2 and 5
    unsigned MdlCount;         // MDLs of all NBs; above NBL_MDLS the chain is walked
    MDL_SHADOW *Mdls[NBL_MDLS];
    struct NBL_SHADOW *CarriedBy; // whose Next led here in that send; NULL: the driver named it

    // The completion before: what it left in the NBL.
    uint64_t Completions;
    NET_BUFFER_LIST *CompletedNext;
    PVOID LargeSendJunk;
    PVOID Marked[2]; // slots 0 and 4 with their mark; NULL: none

    HISTORY History;
    EVENT Events[NBL_EVENTS];
} NBL_SHADOW;

extern TABLE NblTable, NbTable, PoolTable, BindingTable;

void ShadowStart(ULONG64 Seed);
void ShadowStop(void);
extern ULONG64 ShadowSeed;

// NBLs with a number of their own in the poisoned region (poison.h).
#define SHADOW_NUMBERS (1u << 20)
NBL_SHADOW *NblShadowByNumber(uint32_t Number); // NULL: none

// The shadow of an element that its pool has just handed out.
NBL_SHADOW *NblShadowEnter(const NET_BUFFER_LIST *Nbl);
NB_SHADOW *NbShadowEnter(const NET_BUFFER *Nb, NBL_SHADOW *Home);
POOL_SHADOW *PoolShadowOf(NDIS_HANDLE Handle); // of a live pool
void PoolShadowLeave(POOL_SHADOW *Pool);       // it is being freed, with all that is in it
extern POOL_SHADOW PoolGone;                   // where elements of a freed pool are

static inline NBL_SHADOW *NblShadowFind(const void *Address)
{
    return TableFind(&NblTable, Address);
}

static inline NB_SHADOW *NbShadowFind(const void *Address)
{
    return TableFind(&NbTable, Address);
}

static inline NET_BUFFER_LIST *NblOf(const NBL_SHADOW *Shadow)
{
    return (NET_BUFFER_LIST *)Shadow->Entry.Address;
}

static inline NBL_STATE NblStateOf(NBL_SHADOW *Shadow)
{
    return (NBL_STATE)atomic_load_explicit(&Shadow->State, memory_order_acquire);
}

static inline void NblEvent(NBL_SHADOW *Shadow, EVENT_KIND Kind, uint64_t Detail, const void *Frame)
{
    HistoryAdd(&Shadow->History, Shadow->Events, NBL_EVENTS, Kind, Detail, Frame);
}

static inline void NbEvent(NB_SHADOW *Shadow, EVENT_KIND Kind, uint64_t Detail, const void *Frame)
{
    HistoryAdd(&Shadow->History, Shadow->Events, NB_EVENTS, Kind, Detail, Frame);
}

// A well mixed number: what the verifier leaves behind is made from it.
static inline uint64_t ShadowMix(uint64_t Value)
{
    Value = (Value ^ (Value >> 32)) * 0xD6E8FEB86659FD93ull;
    Value = (Value ^ (Value >> 32)) * 0xD6E8FEB86659FD93ull;
    return Value ^ (Value >> 32);
}
