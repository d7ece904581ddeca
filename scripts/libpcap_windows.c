// SPDX-License-Identifier: MIT

// What pcap.c calls of libpcap's filter compiler, which is not built: no capture has a filter.

#include "pcap-int.h"

#include <stdlib.h>
#include <string.h>

void pcap_freecode(struct bpf_program *program)
{
    free(program->bf_insns);
    memset(program, 0, sizeof(*program));
}

int install_bpf_program(pcap_t *pcap, struct bpf_program *program)
{
    (void)program;
    snprintf(pcap->errbuf, sizeof(pcap->errbuf), "this build of libpcap has no filters");
    return PCAP_ERROR;
}
