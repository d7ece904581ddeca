// SPDX-License-Identifier: MIT
#pragma once

// What an x64 instruction that is about to be executed does to memory.

#include <stdbool.h>
#include <stdint.h>
#include <sys/ucontext.h>

typedef struct INSTRUCTION {
    bool IsKnown;       // false: it may write and these functions cannot say what
    bool IsInterlocked; // it locks the bus
    bool IsCopy;        // from memory to memory
    unsigned Bytes;     // written at Address, by a masked store at most; 0: none, relative to fs
                        // or gs, or on the stack by a push or a call
    uintptr_t Address;
} INSTRUCTION;

// `Registers` are those of a ucontext_t before the instruction. Of a repeated string instruction it
// tells the next step.
INSTRUCTION DecodeInstruction(const uint8_t *Code, const greg_t *Registers);
