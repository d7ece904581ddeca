// SPDX-License-Identifier: MIT

// What the WDK links into every driver and no Debian package has: the load configuration that names
// the control flow guard's tables to Windows, the stack cookie, and the entry point that seeds it.
// Not part of a build with the WDK.

#include <ntddk.h>

#define COOKIE_UNSEEDED 0x00002B992DDFA232ull // Windows seeds a cookie that still has this value

// IMAGE_LOAD_CONFIG_DIRECTORY64 as far as the control flow guard of Windows 10 goes. Pointers are
// relocated; the linker makes counts and flags addresses, too, of symbols that are not relocated.
typedef struct LOAD_CONFIG {
    ULONG Size;
    UCHAR NotUsed[84]; // time stamp, version, heap and process settings: of no meaning in a driver
    const ULONGLONG *SecurityCookie;
    const VOID *SafeHandlerTable; // only of 32-bit images
    ULONGLONG SafeHandlerCount;
    VOID (*const *GuardCheckPointer)(VOID);
    VOID (*const *GuardDispatchPointer)(VOID);
    const UCHAR *GuardFunctionTable;
    const UCHAR *GuardFunctionCount;
    const UCHAR *GuardFlags; // 32 bits, and then the first half of an empty CodeIntegrity
    ULONGLONG CodeIntegrity;
    const UCHAR *GuardImportTable;
    const UCHAR *GuardImportCount;
    const UCHAR *GuardLongJumpTable;
    const UCHAR *GuardLongJumpCount;
} LOAD_CONFIG;

C_ASSERT(FIELD_OFFSET(LOAD_CONFIG, SecurityCookie) == 88);
C_ASSERT(FIELD_OFFSET(LOAD_CONFIG, GuardCheckPointer) == 112);
C_ASSERT(FIELD_OFFSET(LOAD_CONFIG, GuardFlags) == 144);
C_ASSERT(sizeof(LOAD_CONFIG) == 192);

DRIVER_INITIALIZE DriverEntry;
DRIVER_INITIALIZE GsDriverEntry;
VOID __security_check_cookie(ULONGLONG Cookie);
VOID GuardCheckNothing(VOID);
VOID GuardDispatchNothing(VOID);

// Made by the linker.
extern const UCHAR __guard_fids_table[], __guard_fids_count[], __guard_flags[];
extern const UCHAR __guard_iat_table[], __guard_iat_count[];
extern const UCHAR __guard_longjmp_table[], __guard_longjmp_count[];

ULONGLONG __security_cookie = COOKIE_UNSEEDED;

// Windows puts its own checks here when the processor or memory integrity has none better: the
// compiler's code calls through these before each indirect call. In a section that is not writable.
__declspec(allocate(".00cfg")) VOID (*const __guard_check_icall_fptr)(VOID) = GuardCheckNothing;
__declspec(allocate(".00cfg"))
    VOID (*const __guard_dispatch_icall_fptr)(VOID) = GuardDispatchNothing;

const LOAD_CONFIG _load_config_used = {
    .Size = sizeof(LOAD_CONFIG),
    .SecurityCookie = &__security_cookie,
    .GuardCheckPointer = &__guard_check_icall_fptr,
    .GuardDispatchPointer = &__guard_dispatch_icall_fptr,
    .GuardFunctionTable = __guard_fids_table,
    .GuardFunctionCount = __guard_fids_count,
    .GuardFlags = __guard_flags,
    .GuardImportTable = __guard_iat_table,
    .GuardImportCount = __guard_iat_count,
    .GuardLongJumpTable = __guard_longjmp_table,
    .GuardLongJumpCount = __guard_longjmp_count,
};

// rax (x64) or x15 (ARM64) holds the target. Neither touches the stack, so neither needs unwind
// data.
#if defined(__x86_64__)
__attribute__((naked)) VOID GuardCheckNothing(VOID)
{
    __asm__("ret");
}
__attribute__((naked)) VOID GuardDispatchNothing(VOID)
{
    __asm__("jmp *%rax");
}
#else
__attribute__((naked)) VOID GuardCheckNothing(VOID)
{
    __asm__("ret");
}
__attribute__((naked)) VOID GuardDispatchNothing(VOID)
{
    __asm__("br x15");
}
#endif

// The compiler calls it at the end of a function that has an array on the stack.
VOID __security_check_cookie(ULONGLONG Cookie)
{
    if (Cookie != __security_cookie) {
        RtlFailFast(FAST_FAIL_STACK_COOKIE_CHECK_FAILURE);
    }
}

// The entry point of the file. It keeps no array itself, and is compiled without stack cookies: a
// cookie that changes under a function fails its check.
__declspec(code_seg("INIT")) NTSTATUS
    GsDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER Now;

    if (__security_cookie == COOKIE_UNSEEDED) {
        KeQuerySystemTimePrecise(&Now);
        // Both addresses are random; the upper 16 bits stay zero, so that a string that runs over
        // the cookie can't rewrite it.
        __security_cookie = ((ULONGLONG)Now.QuadPart ^ (ULONG_PTR)&Now ^ (ULONG_PTR)DriverObject) &
                            0x0000FFFFFFFFFFFFull;
    }
    return DriverEntry(DriverObject, RegistryPath);
}
