// SPDX-License-Identifier: MIT

#include "capture.h"

#include <pcap/pcap.h>

struct capture *CaptureOpen(const char *File)
{
    char Error[PCAP_ERRBUF_SIZE];
    pcap_t *Pcap = pcap_open_offline(File, Error);

    if (Pcap != NULL && pcap_datalink(Pcap) != DLT_EN10MB) {
        pcap_close(Pcap);
        Pcap = NULL;
    }
    return (struct capture *)Pcap;
}

const unsigned char *CaptureNext(struct capture *Capture, unsigned *Length)
{
    struct pcap_pkthdr *Header;
    const u_char *Data;

    if (pcap_next_ex((pcap_t *)Capture, &Header, &Data) != 1 || Header->caplen != Header->len) {
        return NULL;
    }
    *Length = Header->len;
    return Data;
}

void CaptureClose(struct capture *Capture)
{
    pcap_close((pcap_t *)Capture);
}
