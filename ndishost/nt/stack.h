// SPDX-License-Identifier: MIT
#pragma once

// Call stacks, and the text buffer that a report is written into.

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_FRAMES_MAX 48

typedef struct REPORT {
    char *Text; // always terminated
    size_t Size;
    size_t Used;
} REPORT;

// What does not fit is cut off.
__attribute__((format(printf, 2, 3))) void ReportAdd(REPORT *Report, const char *Format, ...);

// What an address is called. The strings stay until the next name is looked up.
typedef struct STACK_NAME {
    const char *Function; // not terminated: FunctionLength bytes; NULL: no symbol
    int FunctionLength;   // without what the compiler puts behind the name of a copy of its own
    const char *File;     // as the compiler was given it; NULL: no line information
    int Line;
    const char *Module; // its file, without the directory; NULL: the address lies in none
    size_t Offset;      // in the module
    int IsImage;        // the module is a driver's file that pe/ loaded
    int IsGone;         // and it is unloaded
} STACK_NAME;

// Where a thread is in a function that has called another one.
typedef struct STACK_PLACE {
    uintptr_t Ip; // the return address
    uintptr_t Sp; // after the return
    uintptr_t Fp; // rbp
} STACK_PLACE;

// How pe/ takes part. NULL: there is no image of a driver.
typedef struct STACK_IMAGES {
    // As StackCapture; from where a ucontext_t says when `Machine` is not NULL.
    size_t (*Capture)(const void *Machine, void **Frames, size_t Max, size_t Skip);
    // Goes on to the caller. 0: the place is in no image, or there the stack is broken.
    int (*Step)(STACK_PLACE *Place);
    // 0: the address lies in no image. `Session` begins as NULL and is for NameEnd.
    int (*Name)(void **Session, const void *Address, STACK_NAME *Name);
    void (*NameEnd)(void *Session);
} STACK_IMAGES;
extern const STACK_IMAGES *_Atomic StackImages;

// Addresses of the calls on this thread's stack, innermost first, without the first `Skip`.
size_t StackCapture(void **Frames, size_t Max, size_t Skip);

// As ReportAdd, with the arguments of a variadic caller.
void ReportAddList(REPORT *Report, const char *Format, va_list Arguments);

// Names of addresses. Opening reads the symbols of the whole process: once for a report.
typedef struct STACK_NAMES {
    struct Dwfl *Dwfl; // NULL: there are none
    void *Images;      // of STACK_IMAGES
} STACK_NAMES;
void StackNamesOpen(STACK_NAMES *Names);
STACK_NAME StackNamesFind(STACK_NAMES *Names, const void *Address);
void StackNamesClose(STACK_NAMES *Names);

// Calls `Each` for each stretch of code of this program with the file that it was compiled from.
void StackNamesUnits(void (*Each)(const char *File, uintptr_t Low, uintptr_t High));

// One line each: number, function, file and line; the module and offset where there are no symbols.
void StackReport(REPORT *Report, void *const *Frames, size_t Count);
