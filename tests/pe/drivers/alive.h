/* SPDX-License-Identifier: MIT */
#pragma once

/* What alive.c leaves behind at unload. */
enum {
    AliveTimer = 1,
    AliveThread,    /* waits for a fifth of a second */
    AliveForgotten, /* pool memory and a device */
};
