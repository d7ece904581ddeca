// SPDX-License-Identifier: MIT
#pragma once

// A mistake, or its corrected twin, in a system of its own in a child process: whatever it does to
// memory ends there.

#include "mistake.h"

typedef enum MISTAKE_END {
    MistakeEndPassed, // every frame completed, nothing was leaked
    MistakeEndCaught, // bug check; Text is its report
    MistakeEndFailed, // Text says what
} MISTAKE_END;

typedef struct MISTAKE_RESULT {
    MISTAKE_END End;
    ULONG Code; // of the bug check
    char Text[32768];
} MISTAKE_RESULT;

// `Level`: NDISHOST_VERIFY_DEFAULT is what the mistake asks for.
void MistakeRun(const MISTAKE *Mistake, BOOLEAN Correct, enum ndishost_verify Level,
                MISTAKE_RESULT *Result);
