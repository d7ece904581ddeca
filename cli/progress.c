// SPDX-License-Identifier: MIT

#include "progress.h"

#include "pace.h"

#include <stdio.h>
#include <unistd.h>

#define REDRAW_NS 100000000
#define BAR_WIDTH 40

static bool BarOnScreen; // there is one terminal

void progress_start(struct progress *progress)
{
    progress->shown = isatty(STDERR_FILENO) == 1;
    progress->started_ns = now_ns();
    progress->next_ns = progress->started_ns + REDRAW_NS;
}

bool progress_due(struct progress *progress)
{
    if (!progress->shown) {
        return false;
    }
    int64_t now = now_ns();
    if (now < progress->next_ns) {
        return false;
    }
    progress->next_ns = now + REDRAW_NS;
    return true;
}

void progress_draw(const struct progress *progress, uint64_t done, uint64_t total, uint64_t frames)
{
    double rate = (double)frames * 1e9 / (double)(now_ns() - progress->started_ns);
    fputs("\r\033[K", stderr);
    if (total > 0) {
        double part = done >= total ? 1 : (double)done / (double)total;
        int filled = (int)(part * BAR_WIDTH);
        fputc('[', stderr);
        for (int i = 0; i < BAR_WIDTH; i++) {
            fputc(i < filled ? '#' : ' ', stderr);
        }
        fprintf(stderr, "] %3.0f %%  ", part * 100);
    }
    fprintf(stderr, "%llu frames, %.0f frames/s", (unsigned long long)frames, rate);
    fflush(stderr);
    BarOnScreen = true;
}

void progress_clear(void)
{
    if (BarOnScreen) {
        fputs("\r\033[K", stderr);
        BarOnScreen = false;
    }
}
