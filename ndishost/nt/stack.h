// SPDX-License-Identifier: MIT
#pragma once

// Call stacks, and the text buffer that a report is written into.

#include <stdarg.h>
#include <stddef.h>

#define STACK_FRAMES_MAX 48

typedef struct REPORT {
    char *Text; // always terminated
    size_t Size;
    size_t Used;
} REPORT;

// What does not fit is cut off.
__attribute__((format(printf, 2, 3))) void ReportAdd(REPORT *Report, const char *Format, ...);

// How pe/ takes part. NULL: there is no image of a driver.
typedef struct STACK_IMAGES {
    // As StackCapture; from where a ucontext_t says when `Machine` is not NULL.
    size_t (*Capture)(const void *Machine, void **Frames, size_t Max, size_t Skip);
    // Writes the line of a report for an address in an image. 0: it lies in none.
    int (*Describe)(REPORT *Report, size_t Number, const void *Address);
    // The same in a few words: "Function (file.c:12)", or "driver.sys+0x1234".
    int (*Name)(const void *Address, char *Text, size_t Bytes);
} STACK_IMAGES;
extern const STACK_IMAGES *_Atomic StackImages;

// Addresses of the calls on this thread's stack, innermost first, without the first `Skip`.
size_t StackCapture(void **Frames, size_t Max, size_t Skip);

// As ReportAdd, with the arguments of a variadic caller.
void ReportAddList(REPORT *Report, const char *Format, va_list Arguments);

// What an address is called. Opening reads the symbols of the whole process: once for a report.
typedef struct STACK_NAMES STACK_NAMES;
typedef struct STACK_NAME {
    const char *Function; // not terminated: FunctionLength bytes; NULL: no symbol
    int FunctionLength;   // without what the compiler puts behind the name of a copy of its own
    const char *File;     // as the compiler was given it; NULL: no line information
    int Line;
} STACK_NAME;
STACK_NAMES *StackNamesOpen(void); // NULL: there are none
STACK_NAME StackNamesFind(STACK_NAMES *Names, const void *Address);
void StackNamesClose(STACK_NAMES *Names); // NULL allowed

// One line each: number, function, file and line; the module and offset where there are no symbols.
void StackReport(REPORT *Report, void *const *Frames, size_t Count);
