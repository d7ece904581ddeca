// SPDX-License-Identifier: MIT

// Many threads that send the same NBLs again and again under the verifier: nothing is found,
// nothing is allocated after the start, every NBL comes back.
//
//   verifier_send_load_test           a short run
//   verifier_send_load_test SENDS     that many, and the time of one on stdout

#include "strict_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define THREADS 4
#define NBLS 64 // of one thread, in lists of 8
#define LIST 8

static unsigned long Sends = 40000;
static BOOLEAN Timed;

static void MakeList(STRICT_NBL *Nbls)
{
    for (unsigned i = 0; i < LIST; i++) {
        StrictPrepare(&Nbls[i], 60);
        NET_BUFFER_LIST_NEXT_NBL(Nbls[i].Nbl) = i + 1 < LIST ? Nbls[i + 1].Nbl : NULL;
    }
}

// The test NIC completes inside the call.
static void *Sender(void *Context)
{
    STRICT_NBL *Nbls = Context;
    for (unsigned long i = 0; i < Sends / THREADS / LIST; i++) {
        STRICT_NBL *First = &Nbls[i * LIST % NBLS];
        MakeList(First);
        NdisSendNetBufferLists(One->Handle, First->Nbl, 0, 0);
    }
    return NULL;
}

static double Seconds(void)
{
    struct timespec Now;
    clock_gettime(CLOCK_MONOTONIC, &Now);
    return (double)Now.tv_sec + (double)Now.tv_nsec * 1e-9;
}

static void Load_FourThreads_FindsNothingAllocatesNothing(void **State)
{
    static STRICT_NBL Nbls[THREADS][NBLS];
    struct ndishost_counters Before, After;
    pthread_t Threads[THREADS];

    (void)State;
    StrictBind();
    for (unsigned i = 0; i < THREADS * NBLS; i++) {
        StrictMake(&Nbls[i / NBLS][i % NBLS]);
    }
    ndishost_get_counters(&Before);
    double Start = Seconds();
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&Threads[i], NULL, Sender, Nbls[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(Threads[i], NULL);
    }
    double End = Seconds();
    ndishost_get_counters(&After);
    assert_int_equal(After.pool_allocations, Before.pool_allocations);
    assert_int_equal(After.mdl_allocations, Before.mdl_allocations);
    assert_int_equal(After.nbl_allocations, Before.nbl_allocations);
    assert_int_equal(After.nbls_sent - Before.nbls_sent, Sends / THREADS / LIST * LIST * THREADS);
    assert_int_equal(One->SendsDone, (LONG)(After.nbls_sent - Before.nbls_sent));
    for (unsigned i = 0; i < THREADS * NBLS; i++) {
        StrictFree(&Nbls[i / NBLS][i % NBLS]);
    }
    if (Timed) {
        printf("%lu sends, %.0f ns each\n", Sends, (End - Start) * 1e9 / (double)Sends);
    }
}

int main(int Count, char **Arguments)
{
    const struct CMUnitTest Tests[] = {NDIS_TEST(Load_FourThreads_FindsNothingAllocatesNothing)};
    if (Count > 1) {
        Sends = strtoul(Arguments[1], NULL, 10);
        Timed = TRUE;
    }
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
