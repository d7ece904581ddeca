// SPDX-License-Identifier: MIT

#define _GNU_SOURCE // ppoll

#include "stop.h"

#include "pace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

// A second signal so soon is the same wish once more: timeout(1) sends to the process and its
// group.
#define SAME_WISH_NS 500000000
#define SECOND_NS 1000000000

// A signal handler has no other way to its data.
static _Atomic bool Requested;
static struct shuttle *_Atomic Watched;
static _Atomic int64_t RequestedAtNs;
static int Descriptor = -1;

// The driver runs in this process, so the handler may run on any of its threads. It takes no lock.
static void on_signal(int number)
{
    int error = errno;
    uint64_t one = 1;
    if (atomic_load(&Requested)) {
        if (now_ns() - atomic_load(&RequestedAtNs) > SAME_WISH_NS) {
            signal(number, SIG_DFL);
            raise(number);
        }
        return;
    }
    atomic_store(&RequestedAtNs, now_ns());
    atomic_store(&Requested, true);
    ssize_t ignored = write(Descriptor, &one, sizeof(one)); // cannot be full after one write
    (void)ignored;
    struct shuttle *handle = atomic_load(&Watched);
    if (handle != NULL) {
        shuttle_interrupt(handle);
    }
    errno = error;
}

int stop_install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    Descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (Descriptor < 0) {
        return errno;
    }
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) < 0 || sigaction(SIGTERM, &action, NULL) < 0) {
        return errno;
    }
    return 0;
}

void stop_watch(struct shuttle *handle)
{
    atomic_store(&Watched, handle);
    if (handle != NULL && stop_requested()) {
        shuttle_interrupt(handle); // it came before there was a handle
    }
}

bool stop_requested(void)
{
    return atomic_load_explicit(&Requested, memory_order_relaxed);
}

void stop_wait(int64_t timeout_ns)
{
    struct pollfd stop = {.fd = Descriptor, .events = POLLIN};
    struct timespec timeout = {
        .tv_sec = timeout_ns / SECOND_NS,
        .tv_nsec = timeout_ns % SECOND_NS,
    };
    ppoll(&stop, 1, &timeout, NULL);
}
