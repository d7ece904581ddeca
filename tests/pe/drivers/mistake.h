/* SPDX-License-Identifier: MIT */
#pragma once

/* What mistake.c does wrong. */
enum {
    MistakeFreeTwice = 1,
};
