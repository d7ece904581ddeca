// SPDX-License-Identifier: MIT

// Compares two captures frame by frame, byte by byte, in order; time stamps do not count.
//
//   frame_compare SENT RECEIVED
//
// Prints "sent_frames=N sent_bytes=N received_frames=N received_bytes=N identical=N". Exit status:
// 0 the same frames; 1 not the same, the first difference is on stderr; 3 a file cannot be read.

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct side {
    const char *path;
    pcap_t *pcap;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    bool ended;
    bool failed;
    unsigned long frames;
    unsigned long total_bytes;
};

static bool side_open(struct side *side)
{
    char message[PCAP_ERRBUF_SIZE];
    side->pcap = pcap_open_offline(side->path, message);
    if (side->pcap == NULL) {
        fprintf(stderr, "frame_compare: %s: %s\n", side->path, message);
    }
    return side->pcap != NULL;
}

static void side_next(struct side *side)
{
    if (side->ended) {
        return;
    }
    int result = pcap_next_ex(side->pcap, &side->header, &side->bytes);
    if (result != 1) {
        side->ended = true;
        side->failed = result != PCAP_ERROR_BREAK;
        if (side->failed) {
            fprintf(stderr, "frame_compare: %s: record %lu: %s\n", side->path, side->frames + 1,
                    pcap_geterr(side->pcap));
        }
        return;
    }
    side->frames++;
    side->total_bytes += side->header->caplen;
}

static bool same(const struct side *sent, const struct side *received)
{
    return sent->header->caplen == received->header->caplen &&
           sent->header->len == received->header->len &&
           sent->header->caplen == sent->header->len &&
           memcmp(sent->bytes, received->bytes, sent->header->caplen) == 0;
}

static void explain(const struct side *sent, const struct side *received)
{
    bpf_u_int32 shorter = sent->header->caplen < received->header->caplen
                              ? sent->header->caplen
                              : received->header->caplen;
    bpf_u_int32 at = 0;
    while (at < shorter && sent->bytes[at] == received->bytes[at]) {
        at++;
    }
    fprintf(stderr,
            "frame_compare: frame %lu differs: %u of %u bytes sent, %u of %u received, the first "
            "difference is at byte %u",
            sent->frames, sent->header->caplen, sent->header->len, received->header->caplen,
            received->header->len, at);
    if (at < shorter) {
        fprintf(stderr, " (0x%02x sent, 0x%02x received)", sent->bytes[at], received->bytes[at]);
    }
    fputc('\n', stderr);
}

static unsigned long compare(struct side *sent, struct side *received)
{
    unsigned long identical = 0;
    bool explained = false;
    for (;;) {
        side_next(sent);
        side_next(received);
        if (sent->ended && received->ended) {
            return identical;
        }
        if (!sent->ended && !received->ended && same(sent, received)) {
            identical++;
        } else if (!explained) {
            explained = true;
            if (sent->ended || received->ended) {
                fprintf(stderr, "frame_compare: %s ends after %lu frames, the other goes on\n",
                        sent->ended ? sent->path : received->path,
                        sent->ended ? sent->frames : received->frames);
            } else {
                explain(sent, received);
            }
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: frame_compare SENT RECEIVED\n");
        return 2;
    }
    struct side sent = {.path = argv[1]};
    struct side received = {.path = argv[2]};
    int result = 3;
    if (!side_open(&sent)) {
        return result;
    }
    if (side_open(&received)) {
        unsigned long identical = compare(&sent, &received);
        printf("sent_frames=%lu sent_bytes=%lu received_frames=%lu received_bytes=%lu "
               "identical=%lu\n",
               sent.frames, sent.total_bytes, received.frames, received.total_bytes, identical);
        if (!sent.failed && !received.failed) {
            result = identical == sent.frames && identical == received.frames ? 0 : 1;
        }
        pcap_close(received.pcap);
    }
    pcap_close(sent.pcap);
    return result;
}
