/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Compiler and ABI markers. Two kinds of build use these headers:
 *   - ELF (gcc or clang, -fshort-wchar): every function and callback of the DDI has the x64
 *     Windows calling convention (ms_abi), so that native code and PE drivers can be mixed.
 *   - PE (clang --target=x86_64-pc-windows-msvc): that convention is the default.
 *
 * A callback is declared by its role type and defined with NTAPI, or with _Use_decl_annotations_
 * in front (gcc wants the convention on the definition; both spellings are valid with the WDK):
 *
 *   static PROTOCOL_BIND_ADAPTER_EX BindingBind;
 *   _Use_decl_annotations_
 *   static NDIS_STATUS BindingBind(NDIS_HANDLE Driver, NDIS_HANDLE Context,
 *                                  PNDIS_BIND_PARAMETERS Parameters)
 */

#include <stddef.h>

#include "../sal.h"

#if !defined(__x86_64__) && !defined(_M_AMD64) && !defined(__aarch64__)
#error "Only 64-bit processors"
#endif

#if defined(_WIN32)
#define NTAPI
#define SIM_VA_LIST __builtin_va_list
#define SIM_VA_START(List, Last) __builtin_va_start(List, Last)
#define SIM_VA_END(List) __builtin_va_end(List)
#define SIM_IMPORT __declspec(dllimport)
#else
#if defined(__x86_64__)
#define NTAPI __attribute__((ms_abi))
#define SIM_VA_LIST __builtin_ms_va_list
#define SIM_VA_START(List, Last) __builtin_ms_va_start(List, Last)
#define SIM_VA_END(List) __builtin_ms_va_end(List)
#else
#define NTAPI
#define SIM_VA_LIST __builtin_va_list
#define SIM_VA_START(List, Last) __builtin_va_start(List, Last)
#define SIM_VA_END(List) __builtin_va_end(List)
#endif
#define SIM_IMPORT
/* Sections are PE's: __declspec(code_seg("INIT")) has no meaning here. */
#define __declspec(Attribute) SIM_DECLSPEC_##Attribute
#define SIM_DECLSPEC_code_seg(Name)
#define __cdecl NTAPI
#define __stdcall NTAPI
#define __fastcall NTAPI
#endif

/* Which module exports it: NTOSKRNL.EXE, HAL.DLL, NDIS.SYS, WDMSEC.LIB. */
#define NTKERNELAPI SIM_IMPORT
#define NTSYSAPI SIM_IMPORT
#define NTHALAPI SIM_IMPORT
#define NDISAPI SIM_IMPORT
#define NTSYSCALLAPI SIM_IMPORT
#define FASTCALL
#define CDECL
#define WINAPI NTAPI
#define CALLBACK NTAPI
#define NTAPI_INLINE static inline

#if defined(__GNUC__) || defined(__clang__)
#define DECLSPEC_ALIGN(Bytes) __attribute__((aligned(Bytes)))
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define FORCEINLINE static inline __attribute__((always_inline, unused))
#define SIM_INLINE static inline __attribute__((unused))
#else
#define DECLSPEC_ALIGN(Bytes) __declspec(align(Bytes))
#define DECLSPEC_NORETURN __declspec(noreturn)
#define DECLSPEC_NOINLINE __declspec(noinline)
#define FORCEINLINE static __forceinline
#define SIM_INLINE static __inline
#endif
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_IMPORT SIM_IMPORT
#define POINTER_ALIGNMENT DECLSPEC_ALIGN(8)
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define MEMORY_ALLOCATION_ALIGNMENT 16

/* Old-style parameter marks. */
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#define UNALIGNED

#define C_ASSERT(Expression) _Static_assert(Expression, #Expression)

_Static_assert(sizeof(wchar_t) == 2, "compile with -fshort-wchar: WCHAR has 16 bits on Windows");
_Static_assert(sizeof(void *) == 8, "only 64-bit targets");
