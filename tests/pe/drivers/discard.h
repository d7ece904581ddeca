/* SPDX-License-Identifier: MIT */
#pragma once

/* What discard.c does wrong. */
enum {
    DiscardCallEarly = 1, /* calls code that was only for DriverEntry */
    DiscardWriteConstant,
    DiscardWriteCode,
};
