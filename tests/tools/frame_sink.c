// SPDX-License-Identifier: MIT

// Records what arrives at an interface into a pcap file, until it has as many frames as expected.
//
//   frame_sink INTERFACE FILE FRAMES QUIET_S READY_FILE
//
// READY_FILE is made when the interface is listened to. Exit status: 0 FRAMES arrived; 1 nothing
// more came for QUIET_S seconds, or the kernel dropped frames; 3 set-up failed. It waits one moment
// longer than FRAMES, so that a frame too many is seen too.

#define _GNU_SOURCE // ppoll

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES (256 << 20)
#define SNAPSHOT_BYTES 262144
#define EXTRA_WAIT_MS 300 // for frames that are too many

struct sink {
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    unsigned long frames;
};

static volatile sig_atomic_t Stopped;

static void on_signal(int number)
{
    (void)number;
    Stopped = 1;
}

static int set_up_failed(const char *what, const char *why)
{
    fprintf(stderr, "frame_sink: %s: %s\n", what, why);
    return 3;
}

static int open_interface(const char *interface, pcap_t **opened)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(interface, message);
    if (pcap == NULL) {
        return set_up_failed(interface, message);
    }
    if (pcap_set_snaplen(pcap, SNAPSHOT_BYTES) != 0 || pcap_set_promisc(pcap, 1) != 0 ||
        pcap_set_buffer_size(pcap, BUFFER_BYTES) != 0 || pcap_set_timeout(pcap, 10) != 0 ||
        pcap_activate(pcap) < 0 || pcap_setdirection(pcap, PCAP_D_IN) != 0 ||
        pcap_setnonblock(pcap, 1, message) != 0) {
        int result = set_up_failed(interface, pcap_geterr(pcap));
        pcap_close(pcap);
        return result;
    }
    *opened = pcap;
    return 0;
}

static void take_frame(u_char *context, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct sink *sink = (struct sink *)context;
    pcap_dump((u_char *)sink->dumper, header, bytes);
    sink->frames++;
}

// 1: frames are there; 0: none came in time; -1: the interface failed.
static int wait_for_frames(struct sink *sink, int timeout_ms)
{
    struct pollfd readable = {.fd = pcap_get_selectable_fd(sink->pcap), .events = POLLIN};
    struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                               .tv_nsec = timeout_ms % 1000 * 1000000L};
    sigset_t none;
    sigemptyset(&none);
    int ready = ppoll(&readable, 1, &timeout, &none);
    return ready < 0 && errno == EINTR ? 0 : ready;
}

// 0, or 3.
static int record(struct sink *sink, unsigned long expected, int quiet_ms)
{
    for (;;) {
        int ready = wait_for_frames(sink, sink->frames < expected ? quiet_ms : EXTRA_WAIT_MS);
        if (ready == 0 || Stopped) {
            return 0;
        }
        if (ready < 0 || pcap_dispatch(sink->pcap, -1, take_frame, (u_char *)sink) < 0) {
            return set_up_failed("receiving",
                                 ready < 0 ? strerror(errno) : pcap_geterr(sink->pcap));
        }
    }
}

static int result_of(struct sink *sink, unsigned long expected)
{
    struct pcap_stat statistics;
    if (pcap_stats(sink->pcap, &statistics) != 0) {
        return set_up_failed("statistics", pcap_geterr(sink->pcap));
    }
    if (statistics.ps_drop != 0 || statistics.ps_ifdrop != 0) {
        fprintf(stderr, "frame_sink: the kernel dropped %u frames\n",
                statistics.ps_drop + statistics.ps_ifdrop);
        return 1;
    }
    if (sink->frames != expected) {
        fprintf(stderr, "frame_sink: %lu frames arrived, %lu were expected\n", sink->frames,
                expected);
        return 1;
    }
    return 0;
}

static int listen_and_record(struct sink *sink, char **argv)
{
    unsigned long expected = strtoul(argv[3], NULL, 10);
    sink->dumper = pcap_dump_open(sink->pcap, argv[2]);
    if (sink->dumper == NULL) {
        return set_up_failed(argv[2], pcap_geterr(sink->pcap));
    }
    FILE *ready = fopen(argv[5], "w");
    if (ready == NULL) {
        pcap_dump_close(sink->dumper);
        return set_up_failed(argv[5], strerror(errno));
    }
    fclose(ready);
    int result = record(sink, expected, atoi(argv[4]) * 1000);
    if (pcap_dump_flush(sink->dumper) != 0 && result == 0) {
        result = set_up_failed(argv[2], "cannot be written");
    }
    pcap_dump_close(sink->dumper);
    return result == 0 ? result_of(sink, expected) : result;
}

int main(int argc, char **argv)
{
    struct sink sink = {0};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    if (argc != 6) {
        fprintf(stderr, "usage: frame_sink INTERFACE FILE FRAMES QUIET_S READY_FILE\n");
        return 2;
    }
    // A signal is taken only while it waits.
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    int result = open_interface(argv[1], &sink.pcap);
    if (result != 0) {
        return result;
    }
    result = listen_and_record(&sink, argv);
    pcap_close(sink.pcap);
    return result;
}
