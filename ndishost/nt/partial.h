// SPDX-License-Identifier: MIT
#pragma once

// Functions of which there is less here than on Windows. They fail as documented, and say so by
// name at their first call: a driver that goes on without is not to be a riddle.

#include "sim.h"

SIM_SLOW void NTAPI SimReportPartial(const char *Function, const char *Sentence);
#define SIM_SAY_PARTIAL(Sentence)                                                                  \
    do {                                                                                           \
        static _Atomic BOOLEAN Said_;                                                              \
        if (!atomic_exchange_explicit(&Said_, TRUE, memory_order_relaxed)) {                       \
            SimReportPartial(__func__, Sentence);                                                  \
        }                                                                                          \
    } while (0)
