// SPDX-License-Identifier: MIT

#define _GNU_SOURCE

// raw_send INTERFACE WAY BYTES FRAMES: sends equal frames as fast as it can in one of the ways that
// Linux has for it, and prints frames per second. What `shuttle replay` is compared with.
//
//   send       one send() a frame on an AF_PACKET socket
//   sendmmsg   64 frames in a call
//   tx-ring    PACKET_TX_RING, one system call for 64 frames
//   inject     pcap_inject of libpcap, a frame a call

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define RING_SLOTS 1024
#define SLOT_BYTES 2048

static uint8_t Frame[1514] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xB5};

static void die(const char *what)
{
    fprintf(stderr, "raw_send: %s: %s\n", what, strerror(errno));
    exit(3);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int open_socket(const char *interface)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_ifindex = (int)if_nametoindex(interface)};
    int bypass = 1;
    int file = socket(AF_PACKET, SOCK_RAW, 0); // protocol 0: receives nothing
    if (file < 0) {
        die("socket");
    }
    if (address.sll_ifindex == 0 || bind(file, (struct sockaddr *)&address, sizeof(address)) < 0) {
        die(interface);
    }
    // As the packet NIC of ndishost does it: straight to the device.
    if (setsockopt(file, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof(bypass)) < 0) {
        die("PACKET_QDISC_BYPASS");
    }
    return file;
}

static void wait_for_room(int file)
{
    struct pollfd entry = {.fd = file, .events = POLLOUT};
    if (errno != EAGAIN && errno != ENOBUFS) {
        die("send");
    }
    poll(&entry, 1, 1);
}

static void send_loop(const char *interface, size_t bytes, uint64_t frames)
{
    int file = open_socket(interface);
    for (uint64_t i = 0; i < frames;) {
        if (send(file, Frame, bytes, 0) == (ssize_t)bytes) {
            i++;
        } else {
            wait_for_room(file);
        }
    }
    close(file);
}

static void sendmmsg_loop(const char *interface, size_t bytes, uint64_t frames)
{
    struct mmsghdr messages[BATCH];
    struct iovec part = {.iov_base = Frame, .iov_len = bytes};
    int file = open_socket(interface);
    memset(messages, 0, sizeof(messages));
    for (int i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_iov = &part;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (uint64_t i = 0; i < frames;) {
        uint64_t left = frames - i;
        int sent = sendmmsg(file, messages, left < BATCH ? (unsigned)left : BATCH, 0);
        if (sent > 0) {
            i += (uint64_t)sent;
        } else {
            wait_for_room(file);
        }
    }
    close(file);
}

static struct tpacket2_hdr *ring_slot(uint8_t *ring, uint64_t index)
{
    return (struct tpacket2_hdr *)(ring + index % RING_SLOTS * SLOT_BYTES);
}

static void ring_flush(int file)
{
    while (send(file, NULL, 0, 0) < 0) {
        wait_for_room(file);
    }
}

static void ring_loop(const char *interface, size_t bytes, uint64_t frames)
{
    struct tpacket_req request = {.tp_block_size = RING_SLOTS * SLOT_BYTES,
                                  .tp_block_nr = 1,
                                  .tp_frame_size = SLOT_BYTES,
                                  .tp_frame_nr = RING_SLOTS};
    int version = TPACKET_V2;
    int file = open_socket(interface);
    if (setsockopt(file, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
        setsockopt(file, SOL_PACKET, PACKET_TX_RING, &request, sizeof(request)) < 0) {
        die("PACKET_TX_RING");
    }
    uint8_t *ring = mmap(NULL, request.tp_block_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (ring == MAP_FAILED) {
        die("mmap");
    }
    for (uint64_t i = 0; i < frames; i++) {
        struct tpacket2_hdr *slot = ring_slot(ring, i);
        while (__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE) {
            ring_flush(file);
        }
        memcpy((uint8_t *)slot + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), Frame, bytes);
        slot->tp_len = (uint32_t)bytes;
        __atomic_store_n(&slot->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
        if (i % BATCH == BATCH - 1) {
            ring_flush(file);
        }
    }
    ring_flush(file);
    munmap(ring, request.tp_block_size);
    close(file);
}

static void inject_loop(const char *interface, size_t bytes, uint64_t frames)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_live(interface, 64, 0, 1, message);
    if (capture == NULL) {
        fprintf(stderr, "raw_send: %s\n", message);
        exit(3);
    }
    for (uint64_t i = 0; i < frames;) {
        if (pcap_inject(capture, Frame, bytes) == (int)bytes) {
            i++;
        } else {
            wait_for_room(pcap_get_selectable_fd(capture));
        }
    }
    pcap_close(capture);
}

static const struct {
    const char *name;
    void (*loop)(const char *interface, size_t bytes, uint64_t frames);
} Ways[] = {
    {"send", send_loop},
    {"sendmmsg", sendmmsg_loop},
    {"tx-ring", ring_loop},
    {"inject", inject_loop},
};

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: raw_send INTERFACE send|sendmmsg|tx-ring|inject BYTES FRAMES\n");
        return 2;
    }
    size_t bytes = strtoul(argv[3], NULL, 10);
    uint64_t frames = strtoull(argv[4], NULL, 10);
    if (bytes < 14 || bytes > sizeof(Frame) || frames == 0) {
        fprintf(stderr, "raw_send: 14 to %zu bytes, at least one frame\n", sizeof(Frame));
        return 2;
    }
    for (size_t i = 0; i < sizeof(Ways) / sizeof(Ways[0]); i++) {
        if (strcmp(Ways[i].name, argv[2]) == 0) {
            double start = now();
            Ways[i].loop(argv[1], bytes, frames);
            printf("%.0f\n", (double)frames / (now() - start));
            return 0;
        }
    }
    fprintf(stderr, "raw_send: there is no way '%s'\n", argv[2]);
    return 2;
}
