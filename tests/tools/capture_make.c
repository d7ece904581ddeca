// SPDX-License-Identifier: MIT

// Writes a capture file for a test.
//
//   capture_make FILE [--link-type NAME] [--gap-ms N] [LENGTH[xCOUNT][/CUT]]...
//
// Frames of LENGTH bytes, COUNT of them; of each only CUT bytes are recorded. Frame number n (from
// 1) is an IEEE 802 local experimental frame (88b5) with n in bytes 14..17 and a pattern behind it,
// so that every frame differs. Time stamps are N ms apart (default 1).

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 262144

struct maker {
    pcap_dumper_t *dumper;
    unsigned long number;
    unsigned long gap_ms;
};

static void fill(u_char *bytes, unsigned length, unsigned long number)
{
    static const u_char Header[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
    for (unsigned i = 0; i < length; i++) {
        bytes[i] = (u_char)(i * 7 + number);
    }
    memcpy(bytes, Header, length < sizeof(Header) ? length : sizeof(Header));
    for (unsigned i = 14; i < 18 && i < length; i++) {
        bytes[i] = (u_char)(number >> (8 * (17 - i)));
    }
}

static int write_frames(struct maker *maker, const char *text)
{
    static u_char Bytes[LONGEST];
    char *end;
    unsigned long length = strtoul(text, &end, 10);
    unsigned long count = *end == 'x' ? strtoul(end + 1, &end, 10) : 1;
    unsigned long cut = *end == '/' ? strtoul(end + 1, &end, 10) : length;
    if (*end != '\0' || length > LONGEST || cut > length) {
        fprintf(stderr, "capture_make: '%s' is not LENGTH[xCOUNT][/CUT]\n", text);
        return -1;
    }
    for (unsigned long i = 0; i < count; i++) {
        struct pcap_pkthdr header = {.caplen = (bpf_u_int32)cut, .len = (bpf_u_int32)length};
        unsigned long ms = maker->number * maker->gap_ms;
        header.ts.tv_sec = 1700000000 + (long)(ms / 1000);
        header.ts.tv_usec = (long)(ms % 1000) * 1000;
        fill(Bytes, (unsigned)length, ++maker->number);
        pcap_dump((u_char *)maker->dumper, &header, Bytes);
    }
    return 0;
}

int main(int argc, char **argv)
{
    int link_type = DLT_EN10MB;
    int next = 2;
    struct maker maker = {.gap_ms = 1};
    if (argc < 2) {
        fprintf(stderr, "usage: capture_make FILE [--link-type NAME] [--gap-ms N] "
                        "[LENGTH[xCOUNT][/CUT]]...\n");
        return 2;
    }
    for (; next + 1 < argc && argv[next][0] == '-'; next += 2) {
        if (strcmp(argv[next], "--link-type") == 0) {
            link_type = pcap_datalink_name_to_val(argv[next + 1]);
        } else {
            maker.gap_ms = strtoul(argv[next + 1], NULL, 10);
        }
    }
    pcap_t *pcap = pcap_open_dead(link_type, LONGEST);
    maker.dumper = pcap == NULL ? NULL : pcap_dump_open(pcap, argv[1]);
    if (maker.dumper == NULL) {
        fprintf(stderr, "capture_make: %s: %s\n", argv[1], pcap == NULL ? "" : pcap_geterr(pcap));
        return 3;
    }
    int result = 0;
    for (; next < argc && result == 0; next++) {
        result = write_frames(&maker, argv[next]);
    }
    pcap_dump_close(maker.dumper);
    pcap_close(pcap);
    return result == 0 ? 0 : 2;
}
