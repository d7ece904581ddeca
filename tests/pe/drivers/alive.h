/* SPDX-License-Identifier: MIT */
#pragma once

/* What alive.c leaves behind at unload. */
enum {
    AliveTimer = 1,
    AliveThread,    /* waits for the event that is the answer */
    AliveForgotten, /* pool memory and a device */
};
