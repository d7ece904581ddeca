// SPDX-License-Identifier: MIT

// The wire that ends in a capture file: "pcap:FILE". Every frame is a record with the time of its
// sending in nanoseconds. A frame is reported as sent when it is in the file's buffer; a disk that
// fills up later is seen at the latest at close, which says so on stderr.

#include "wire_virtual.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct wire {
    pcap_t *Pcap;
    pcap_dumper_t *Dumper;
    size_t FrameSize;
    uint8_t *Frame; // where the parts of one frame are put together
    int Failed;     // errno of the first write that failed: the file has a gap or half a record
    char *Name;
};

static struct wire *PcapOpen(const char *Argument, struct wire_properties *Properties,
                             char *Message, size_t MessageSize)
{
    struct wire *Wire;

    if (*Argument == '\0') {
        snprintf(Message, MessageSize, "pcap: needs a file name, as in pcap:out.pcap");
        return NULL;
    }
    if (!WireVirtualProperties("pcap", "", Properties, Message, MessageSize)) {
        return NULL;
    }
    Wire = calloc(1, sizeof(*Wire));
    if (Wire == NULL) {
        goto NoMemory;
    }
    Wire->FrameSize = (size_t)Properties->mtu + 18; // Ethernet header and one VLAN tag
    Wire->Frame = malloc(Wire->FrameSize);
    Wire->Name = strdup(Argument);
    Wire->Pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, (int)Wire->FrameSize,
                                                      PCAP_TSTAMP_PRECISION_NANO);
    if (Wire->Frame == NULL || Wire->Name == NULL || Wire->Pcap == NULL) {
        goto FreeWire;
    }
    Wire->Dumper = pcap_dump_open(Wire->Pcap, Argument);
    if (Wire->Dumper == NULL) {
        snprintf(Message, MessageSize, "pcap:%s: %s", Argument, pcap_geterr(Wire->Pcap));
        goto ClosePcap;
    }
    return Wire;

FreeWire:
    snprintf(Message, MessageSize, "pcap: not enough memory");
ClosePcap:
    if (Wire->Pcap != NULL) {
        pcap_close(Wire->Pcap);
    }
    free(Wire->Name);
    free(Wire->Frame);
    free(Wire);
    return NULL;
NoMemory:
    snprintf(Message, MessageSize, "pcap: not enough memory");
    return NULL;
}

static int PcapWrite(struct wire *Wire, const struct wire_frame *Frame)
{
    struct pcap_pkthdr Header = {.caplen = Frame->length, .len = Frame->length};
    struct timespec Now;
    uint8_t *To = Wire->Frame;

    if (Frame->length > Wire->FrameSize) {
        return EMSGSIZE;
    }
    if (Wire->Failed != 0) {
        return Wire->Failed;
    }
    for (unsigned I = 0; I < Frame->part_count; I++) {
        memcpy(To, Frame->parts[I].data, Frame->parts[I].length);
        To += Frame->parts[I].length;
    }
    clock_gettime(CLOCK_REALTIME, &Now);
    Header.ts.tv_sec = Now.tv_sec;
    Header.ts.tv_usec = Now.tv_nsec; // the file's unit is the nanosecond
    errno = 0;
    pcap_dump((u_char *)Wire->Dumper, &Header, Wire->Frame);
    if (ferror(pcap_dump_file(Wire->Dumper))) {
        Wire->Failed = errno != 0 ? errno : EIO;
    }
    return Wire->Failed;
}

static unsigned PcapSend(struct wire *Wire, struct wire_frame *Frames, unsigned Count)
{
    for (unsigned I = 0; I < Count; I++) {
        Frames[I].result = PcapWrite(Wire, &Frames[I]);
    }
    return Count;
}

static void PcapClose(struct wire *Wire)
{
    errno = 0;
    if (pcap_dump_flush(Wire->Dumper) != 0 && Wire->Failed == 0) {
        Wire->Failed = errno != 0 ? errno : EIO;
    }
    if (Wire->Failed != 0) {
        fprintf(stderr, "pcap:%s: the file is not complete: %s\n", Wire->Name,
                strerror(Wire->Failed));
    }
    pcap_dump_close(Wire->Dumper);
    pcap_close(Wire->Pcap);
    free(Wire->Name);
    free(Wire->Frame);
    free(Wire);
}

const struct wire_ops WirePcap = {
    .kind = "pcap",
    .open = PcapOpen,
    .send = PcapSend,
    .link_up = WireVirtualLinkUp,
    .close = PcapClose,
};
