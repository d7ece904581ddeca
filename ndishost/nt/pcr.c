// SPDX-License-Identifier: MIT

// The processor block of a thread: a page of its own, which has no access while the thread has no
// thread object to show.

#define _GNU_SOURCE

#include "pcr.h"

#include <asm/prctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(offsetof(struct SIM_PCR, LegacyNumber) == 0x184, "");
_Static_assert(offsetof(struct SIM_PCR, CurrentThread) == 0x188, "");
_Static_assert(offsetof(struct SIM_PCR, Number) == 0x1A4, "");

BOOLEAN SimPcrPrepare(ULONG_PTR Address)
{
    SIM_THREAD *Thread = SimCurrentThread();

    if (Address - (ULONG_PTR)Thread->Pcr >= PAGE_SIZE || Thread->PcrIsReady) {
        return FALSE; // it has one, and reads elsewhere; a new thread's Pcr is NULL
    }
    if (Thread->Pcr == NULL) {
        void *Page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                          0);
        if (Page == MAP_FAILED || syscall(SYS_arch_prctl, ARCH_SET_GS, Page) != 0) {
            return FALSE;
        }
        Thread->Pcr = Page;
    } else if (mprotect(Thread->Pcr, PAGE_SIZE, PROT_READ | PROT_WRITE) != 0) {
        return FALSE;
    }
    Thread->Pcr->Self = Thread->Pcr;
    Thread->Pcr->CurrentThread = SimThreadObject();
    Thread->PcrIsReady = TRUE;
    SimSetProcessor(Thread, Thread->Processor);
    return TRUE;
}

void SimPcrForget(SIM_THREAD *Thread)
{
    if (Thread->PcrIsReady) {
        Thread->PcrIsReady = FALSE;
        (void)mprotect(Thread->Pcr, PAGE_SIZE, PROT_NONE);
    }
}

void SimPcrDestroy(SIM_THREAD *Thread)
{
    if (Thread->Pcr != NULL) {
        (void)syscall(SYS_arch_prctl, ARCH_SET_GS, 0);
        munmap(Thread->Pcr, PAGE_SIZE);
    }
}
