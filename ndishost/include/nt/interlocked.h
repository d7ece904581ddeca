/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Interlocked operations, barriers and volatile access, inline as on Windows: no import. All
 * interlocked operations are full barriers, whatever their suffix, as on x64 Windows.
 */

#include "types.h"

FORCEINLINE CHAR _InterlockedExchange8(volatile CHAR *Target, CHAR Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE CHAR _InterlockedExchangeAdd8(volatile CHAR *Addend, CHAR Value)
{
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE CHAR _InterlockedAnd8(volatile CHAR *Destination, CHAR Value)
{
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE CHAR _InterlockedOr8(volatile CHAR *Destination, CHAR Value)
{
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE CHAR _InterlockedXor8(volatile CHAR *Destination, CHAR Value)
{
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE CHAR _InterlockedCompareExchange8(volatile CHAR *Destination, CHAR Exchange,
                                 CHAR Comparand)
{
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}

FORCEINLINE SHORT _InterlockedExchange16(volatile SHORT *Target, SHORT Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT _InterlockedExchangeAdd16(volatile SHORT *Addend, SHORT Value)
{
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT _InterlockedAnd16(volatile SHORT *Destination, SHORT Value)
{
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT _InterlockedOr16(volatile SHORT *Destination, SHORT Value)
{
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT _InterlockedXor16(volatile SHORT *Destination, SHORT Value)
{
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT _InterlockedCompareExchange16(volatile SHORT *Destination, SHORT Exchange,
                                 SHORT Comparand)
{
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}

FORCEINLINE SHORT _InterlockedIncrement16(volatile SHORT *Addend)
{
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE SHORT _InterlockedDecrement16(volatile SHORT *Addend)
{
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedExchange(volatile LONG *Target, LONG Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedExchangeAdd(volatile LONG *Addend, LONG Value)
{
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedAnd(volatile LONG *Destination, LONG Value)
{
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedOr(volatile LONG *Destination, LONG Value)
{
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedXor(volatile LONG *Destination, LONG Value)
{
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedCompareExchange(volatile LONG *Destination, LONG Exchange,
                                 LONG Comparand)
{
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}

FORCEINLINE LONG _InterlockedIncrement(volatile LONG *Addend)
{
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InterlockedDecrement(volatile LONG *Addend)
{
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG _InlineInterlockedAdd(volatile LONG *Addend, LONG Value)
{
    return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE UCHAR _interlockedbittestandset(volatile LONG *Base, LONG Offset)
{
    LONG Mask = (LONG)(1ULL << (Offset & 31));

    Base += Offset >> 5;
    return (__atomic_fetch_or(Base, Mask, __ATOMIC_SEQ_CST) & Mask) != 0;
}

FORCEINLINE UCHAR _interlockedbittestandreset(volatile LONG *Base, LONG Offset)
{
    LONG Mask = (LONG)(1ULL << (Offset & 31));

    Base += Offset >> 5;
    return (__atomic_fetch_and(Base, ~Mask, __ATOMIC_SEQ_CST) & Mask) != 0;
}

FORCEINLINE LONG64 _InterlockedExchange64(volatile LONG64 *Target, LONG64 Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InterlockedExchangeAdd64(volatile LONG64 *Addend, LONG64 Value)
{
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InterlockedAnd64(volatile LONG64 *Destination, LONG64 Value)
{
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InterlockedOr64(volatile LONG64 *Destination, LONG64 Value)
{
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InterlockedXor64(volatile LONG64 *Destination, LONG64 Value)
{
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InterlockedCompareExchange64(volatile LONG64 *Destination, LONG64 Exchange,
                                 LONG64 Comparand)
{
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}

FORCEINLINE LONG64 _InterlockedIncrement64(volatile LONG64 *Addend)
{
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InterlockedDecrement64(volatile LONG64 *Addend)
{
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG64 _InlineInterlockedAdd64(volatile LONG64 *Addend, LONG64 Value)
{
    return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE UCHAR _interlockedbittestandset64(volatile LONG64 *Base, LONG64 Offset)
{
    LONG64 Mask = (LONG64)(1ULL << (Offset & 63));

    Base += Offset >> 6;
    return (__atomic_fetch_or(Base, Mask, __ATOMIC_SEQ_CST) & Mask) != 0;
}

FORCEINLINE UCHAR _interlockedbittestandreset64(volatile LONG64 *Base, LONG64 Offset)
{
    LONG64 Mask = (LONG64)(1ULL << (Offset & 63));

    Base += Offset >> 6;
    return (__atomic_fetch_and(Base, ~Mask, __ATOMIC_SEQ_CST) & Mask) != 0;
}

FORCEINLINE PVOID _InterlockedExchangePointer(volatile PVOID *Target, PVOID Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

FORCEINLINE PVOID _InterlockedCompareExchangePointer(volatile PVOID *Destination, PVOID Exchange,
                                         PVOID Comparand)
{
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comparand;
}

#if defined(__x86_64__)
FORCEINLINE UCHAR _InterlockedCompareExchange128(volatile LONG64 *Destination, LONG64 ExchangeHigh,
                                                 LONG64 ExchangeLow, LONG64 *ComparandResult)
{
    UCHAR Equal;

    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(Equal), "+m"(*(volatile __int128 *)Destination),
                       "+a"(ComparandResult[0]), "+d"(ComparandResult[1])
                     : "b"(ExchangeLow), "c"(ExchangeHigh)
                     : "memory");
    return Equal;
}
#define InterlockedCompareExchange128 _InterlockedCompareExchange128
#endif

/* Documented names. The suffixes change nothing on x64. */
#define InterlockedAdd _InlineInterlockedAdd
#define InterlockedAdd64 _InlineInterlockedAdd64
#define InterlockedAddAcquire _InlineInterlockedAdd
#define InterlockedAddAcquire64 _InlineInterlockedAdd64
#define InterlockedAddNoFence _InlineInterlockedAdd
#define InterlockedAddNoFence64 _InlineInterlockedAdd64
#define InterlockedAddRelease _InlineInterlockedAdd
#define InterlockedAddRelease64 _InlineInterlockedAdd64
#define InterlockedAnd _InterlockedAnd
#define InterlockedAnd16 _InterlockedAnd16
#define InterlockedAnd64 _InterlockedAnd64
#define InterlockedAnd64Acquire _InterlockedAnd64
#define InterlockedAnd64NoFence _InterlockedAnd64
#define InterlockedAnd64Release _InterlockedAnd64
#define InterlockedAnd8 _InterlockedAnd8
#define InterlockedAndAcquire _InterlockedAnd
#define InterlockedAndAcquire8 _InterlockedAnd8
#define InterlockedAndAffinity _InterlockedAnd64
#define InterlockedAndNoFence _InterlockedAnd
#define InterlockedAndNoFence8 _InterlockedAnd8
#define InterlockedAndRelease _InterlockedAnd
#define InterlockedAndRelease8 _InterlockedAnd8
#define InterlockedBitTestAndReset _interlockedbittestandreset
#define InterlockedBitTestAndReset64 _interlockedbittestandreset64
#define InterlockedBitTestAndReset64Acquire _interlockedbittestandreset64
#define InterlockedBitTestAndReset64NoFence _interlockedbittestandreset64
#define InterlockedBitTestAndReset64Release _interlockedbittestandreset64
#define InterlockedBitTestAndResetAcquire _interlockedbittestandreset
#define InterlockedBitTestAndResetNoFence _interlockedbittestandreset
#define InterlockedBitTestAndResetRelease _interlockedbittestandreset
#define InterlockedBitTestAndSet _interlockedbittestandset
#define InterlockedBitTestAndSet64 _interlockedbittestandset64
#define InterlockedBitTestAndSet64Acquire _interlockedbittestandset64
#define InterlockedBitTestAndSet64NoFence _interlockedbittestandset64
#define InterlockedBitTestAndSet64Release _interlockedbittestandset64
#define InterlockedBitTestAndSetAcquire _interlockedbittestandset
#define InterlockedBitTestAndSetNoFence _interlockedbittestandset
#define InterlockedBitTestAndSetRelease _interlockedbittestandset
#define InterlockedCompareExchange _InterlockedCompareExchange
#define InterlockedCompareExchange16 _InterlockedCompareExchange16
#define InterlockedCompareExchange64 _InterlockedCompareExchange64
#define InterlockedCompareExchangeAcquire _InterlockedCompareExchange
#define InterlockedCompareExchangeAcquire16 _InterlockedCompareExchange16
#define InterlockedCompareExchangeAcquire64 _InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence _InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence16 _InterlockedCompareExchange16
#define InterlockedCompareExchangeNoFence64 _InterlockedCompareExchange64
#define InterlockedCompareExchangePointer _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerAcquire _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence _InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease _InterlockedCompareExchangePointer
#define InterlockedCompareExchangeRelease _InterlockedCompareExchange
#define InterlockedCompareExchangeRelease16 _InterlockedCompareExchange16
#define InterlockedCompareExchangeRelease64 _InterlockedCompareExchange64
#define InterlockedDecrement _InterlockedDecrement
#define InterlockedDecrement16 _InterlockedDecrement16
#define InterlockedDecrement64 _InterlockedDecrement64
#define InterlockedDecrementAcquire _InterlockedDecrement
#define InterlockedDecrementAcquire16 _InterlockedDecrement16
#define InterlockedDecrementAcquire64 _InterlockedDecrement64
#define InterlockedDecrementNoFence _InterlockedDecrement
#define InterlockedDecrementNoFence16 _InterlockedDecrement16
#define InterlockedDecrementNoFence64 _InterlockedDecrement64
#define InterlockedDecrementRelease _InterlockedDecrement
#define InterlockedDecrementRelease16 _InterlockedDecrement16
#define InterlockedDecrementRelease64 _InterlockedDecrement64
#define InterlockedExchange _InterlockedExchange
#define InterlockedExchange16 _InterlockedExchange16
#define InterlockedExchange64 _InterlockedExchange64
#define InterlockedExchange8 _InterlockedExchange8
#define InterlockedExchangeAcquire _InterlockedExchange
#define InterlockedExchangeAcquire64 _InterlockedExchange64
#define InterlockedExchangeAcquire8 _InterlockedExchange8
#define InterlockedExchangeAdd _InterlockedExchangeAdd
#define InterlockedExchangeAdd64 _InterlockedExchangeAdd64
#define InterlockedExchangeAdd8 _InterlockedExchangeAdd8
#define InterlockedExchangeAddAcquire _InterlockedExchangeAdd
#define InterlockedExchangeAddAcquire64 _InterlockedExchangeAdd64
#define InterlockedExchangeAddNoFence _InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence64 _InterlockedExchangeAdd64
#define InterlockedExchangeAddRelease _InterlockedExchangeAdd
#define InterlockedExchangeAddRelease64 _InterlockedExchangeAdd64
#define InterlockedExchangeNoFence _InterlockedExchange
#define InterlockedExchangeNoFence64 _InterlockedExchange64
#define InterlockedExchangeNoFence8 _InterlockedExchange8
#define InterlockedExchangePointer _InterlockedExchangePointer
#define InterlockedExchangePointerAcquire _InterlockedExchangePointer
#define InterlockedExchangePointerNoFence _InterlockedExchangePointer
#define InterlockedIncrement _InterlockedIncrement
#define InterlockedIncrement16 _InterlockedIncrement16
#define InterlockedIncrement64 _InterlockedIncrement64
#define InterlockedIncrementAcquire _InterlockedIncrement
#define InterlockedIncrementAcquire16 _InterlockedIncrement16
#define InterlockedIncrementAcquire64 _InterlockedIncrement64
#define InterlockedIncrementNoFence _InterlockedIncrement
#define InterlockedIncrementNoFence16 _InterlockedIncrement16
#define InterlockedIncrementNoFence64 _InterlockedIncrement64
#define InterlockedIncrementRelease _InterlockedIncrement
#define InterlockedIncrementRelease16 _InterlockedIncrement16
#define InterlockedIncrementRelease64 _InterlockedIncrement64
#define InterlockedOr _InterlockedOr
#define InterlockedOr16 _InterlockedOr16
#define InterlockedOr64 _InterlockedOr64
#define InterlockedOr64Acquire _InterlockedOr64
#define InterlockedOr64NoFence _InterlockedOr64
#define InterlockedOr64Release _InterlockedOr64
#define InterlockedOr8 _InterlockedOr8
#define InterlockedOrAcquire _InterlockedOr
#define InterlockedOrAcquire8 _InterlockedOr8
#define InterlockedOrAffinity _InterlockedOr64
#define InterlockedOrNoFence _InterlockedOr
#define InterlockedOrNoFence8 _InterlockedOr8
#define InterlockedOrRelease _InterlockedOr
#define InterlockedOrRelease8 _InterlockedOr8
#define InterlockedXor _InterlockedXor
#define InterlockedXor16 _InterlockedXor16
#define InterlockedXor64 _InterlockedXor64
#define InterlockedXor64Acquire _InterlockedXor64
#define InterlockedXor64NoFence _InterlockedXor64
#define InterlockedXor64Release _InterlockedXor64
#define InterlockedXor8 _InterlockedXor8
#define InterlockedXorAcquire _InterlockedXor
#define InterlockedXorAcquire8 _InterlockedXor8
#define InterlockedXorNoFence _InterlockedXor
#define InterlockedXorNoFence8 _InterlockedXor8
#define InterlockedXorRelease _InterlockedXor
#define InterlockedXorRelease8 _InterlockedXor8

/* Volatile access. On x64 Acquire, Release, NoFence and Raw are plain loads and stores; here they
 * carry the memory order that their names promise. */
FORCEINLINE LONG ReadAcquire(const volatile LONG *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE SHORT ReadAcquire16(const volatile SHORT *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE LONG64 ReadAcquire64(const volatile LONG64 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE CHAR ReadAcquire8(const volatile CHAR *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE UCHAR ReadBooleanAcquire(const volatile BOOLEAN *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE UCHAR ReadBooleanNoFence(const volatile BOOLEAN *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE UCHAR ReadBooleanRaw(const volatile BOOLEAN *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE INT32 ReadInt32Acquire(const volatile INT32 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE INT32 ReadInt32NoFence(const volatile INT32 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE INT32 ReadInt32Raw(const volatile INT32 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE LONG ReadNoFence(const volatile LONG *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE SHORT ReadNoFence16(const volatile SHORT *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE LONG64 ReadNoFence64(const volatile LONG64 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE CHAR ReadNoFence8(const volatile CHAR *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE PVOID ReadPointerAcquire(const volatile PVOID *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE PVOID ReadPointerNoFence(const volatile PVOID *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE PVOID ReadPointerRaw(const volatile PVOID *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE LONG ReadRaw(const volatile LONG *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE SHORT ReadRaw16(const volatile SHORT *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE LONG64 ReadRaw64(const volatile LONG64 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE CHAR ReadRaw8(const volatile CHAR *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE UCHAR ReadUCharAcquire(const volatile UCHAR *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE UCHAR ReadUCharNoFence(const volatile UCHAR *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE UCHAR ReadUCharRaw(const volatile UCHAR *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE UINT32 ReadUInt32Acquire(const volatile UINT32 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE UINT32 ReadUInt32NoFence(const volatile UINT32 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE UINT32 ReadUInt32Raw(const volatile UINT32 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG64 ReadULong64Acquire(const volatile ULONG64 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE ULONG64 ReadULong64NoFence(const volatile ULONG64 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG64 ReadULong64Raw(const volatile ULONG64 *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG ReadULongAcquire(const volatile ULONG *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE ULONG ReadULongNoFence(const volatile ULONG *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE ULONG ReadULongRaw(const volatile ULONG *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE USHORT ReadUShortAcquire(const volatile USHORT *Source)
{
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

FORCEINLINE USHORT ReadUShortNoFence(const volatile USHORT *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE USHORT ReadUShortRaw(const volatile USHORT *Source)
{
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteBooleanNoFence(volatile BOOLEAN *Destination, BOOLEAN Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteBooleanRelease(volatile BOOLEAN *Destination, BOOLEAN Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteInt32NoFence(volatile INT32 *Destination, INT32 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteInt32Raw(volatile INT32 *Destination, INT32 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteInt32Release(volatile INT32 *Destination, INT32 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteNoFence(volatile LONG *Destination, LONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteNoFence16(volatile SHORT *Destination, SHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteNoFence64(volatile LONG64 *Destination, LONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteNoFence8(volatile CHAR *Destination, CHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WritePointerNoFence(volatile PVOID *Destination, PVOID Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WritePointerRaw(volatile PVOID *Destination, PVOID Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WritePointerRelease(volatile PVOID *Destination, PVOID Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteRaw(volatile LONG *Destination, LONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteRaw16(volatile SHORT *Destination, SHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteRaw64(volatile LONG64 *Destination, LONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteRaw8(volatile CHAR *Destination, CHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteRelease(volatile LONG *Destination, LONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteRelease16(volatile SHORT *Destination, SHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteRelease64(volatile LONG64 *Destination, LONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteRelease8(volatile CHAR *Destination, CHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteUCharNoFence(volatile UCHAR *Destination, UCHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteUCharRaw(volatile UCHAR *Destination, UCHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteUCharRelease(volatile UCHAR *Destination, UCHAR Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteUInt32NoFence(volatile UINT32 *Destination, UINT32 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteUInt32Raw(volatile UINT32 *Destination, UINT32 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteUInt32Release(volatile UINT32 *Destination, UINT32 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteULong64NoFence(volatile ULONG64 *Destination, ULONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteULong64Raw(volatile ULONG64 *Destination, ULONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteULong64Release(volatile ULONG64 *Destination, ULONG64 Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteULongNoFence(volatile ULONG *Destination, ULONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteULongRaw(volatile ULONG *Destination, ULONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteULongRelease(volatile ULONG *Destination, ULONG Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

FORCEINLINE void WriteUShortNoFence(volatile USHORT *Destination, USHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteUShortRaw(volatile USHORT *Destination, USHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

FORCEINLINE void WriteUShortRelease(volatile USHORT *Destination, USHORT Value)
{
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

#define ReadLongPtrAcquire ReadAcquire64
#define ReadLongPtrNoFence ReadNoFence64
#define ReadLongPtrRaw ReadRaw64
#define ReadSizeTAcquire ReadULong64Acquire
#define ReadSizeTNoFence ReadULong64NoFence
#define ReadSizeTRaw ReadULong64Raw
#define ReadULongPtrAcquire ReadULong64Acquire
#define ReadULongPtrNoFence ReadULong64NoFence
#define ReadULongPtrRaw ReadULong64Raw
#define WriteLongPtrNoFence WriteNoFence64
#define WriteLongPtrRaw WriteRaw64
#define WriteLongPtrRelease WriteRelease64
#define WriteSizeTNoFence WriteULong64NoFence
#define WriteSizeTRaw WriteULong64Raw
#define WriteSizeTRelease WriteULong64Release
#define WriteULongPtrNoFence WriteULong64NoFence
#define WriteULongPtrRaw WriteULong64Raw
#define WriteULongPtrRelease WriteULong64Release

FORCEINLINE void KeMemoryBarrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

FORCEINLINE void BarrierAfterRead(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#define KeMemoryBarrierWithoutFence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#if defined(__x86_64__)
#define YieldProcessor() __builtin_ia32_pause()
#else
#define YieldProcessor() __asm__ volatile("yield")
#endif
#define PreFetchCacheLine(Level, Address) __builtin_prefetch((const void *)(Address))
#define PrefetchForWrite(Pointer) __builtin_prefetch((const void *)(Pointer), 1)
#define ReadForWriteAccess(Pointer) (*(Pointer))
