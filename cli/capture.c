// SPDX-License-Identifier: MIT

#include "capture.h"

#include "command.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_BUFFER_BYTES (256 << 10)

static bool check_link_type(struct capture *capture)
{
    int type = pcap_datalink(capture->pcap);
    if (type == DLT_EN10MB) {
        return true;
    }
    const char *name = pcap_datalink_val_to_name(type);
    const char *description = pcap_datalink_val_to_description(type);
    complain("%s: the link type is %s (%s), and only Ethernet can be sent", capture->path,
             name == NULL ? "unknown" : name, description == NULL ? "no description" : description);
    return false;
}

// The file with a buffer that makes a system call rare; libpcap's own choice is one page. NULL:
// complained.
static FILE *open_file(struct capture *capture)
{
    FILE *file = strcmp(capture->path, "-") == 0 ? stdin : fopen(capture->path, "rb");
    if (file == NULL) {
        complain("%s: %s", capture->path, strerror(errno));
        return NULL;
    }
    if (file != stdin) { // which stays open behind the capture
        capture->buffer = malloc(FILE_BUFFER_BYTES);
    }
    if (capture->buffer != NULL) { // without it, it is only slower
        setvbuf(file, capture->buffer, _IOFBF, FILE_BUFFER_BYTES);
    }
    return file;
}

bool capture_open(struct capture *capture, const char *path)
{
    char message[PCAP_ERRBUF_SIZE] = "";
    struct stat status;
    *capture = (struct capture){.path = path};
    FILE *file = open_file(capture);
    if (file == NULL) {
        return false;
    }
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        capture->size_bytes = (uint64_t)status.st_size;
    }
    capture->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO,
                                                             message);
    if (capture->pcap == NULL) {
        complain("%s: %s", path, message);
        fclose(file);
        capture_close(capture);
        return false;
    }
    if (!check_link_type(capture)) {
        capture_close(capture);
        return false;
    }
    return true;
}

enum capture_result capture_next(struct capture *capture, struct captured_frame *frame)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int result = pcap_next_ex(capture->pcap, &header, &bytes);
    if (result == PCAP_ERROR_BREAK) {
        return CAPTURE_END;
    }
    if (result != 1) {
        complain("%s: record %llu cannot be read: %s; the %llu whole records before it are used",
                 capture->path, (unsigned long long)capture->records + 1,
                 pcap_geterr(capture->pcap), (unsigned long long)capture->records);
        return CAPTURE_DAMAGED;
    }
    capture->records++;
    *frame = (struct captured_frame){
        .bytes = bytes,
        .length = header->caplen,
        .original_length = header->len,
        // With nanosecond precision tv_usec counts nanoseconds. Unsigned: a file may hold anything.
        .stamp_ns = (int64_t)((uint64_t)header->ts.tv_sec * 1000000000u +
                              (uint64_t)header->ts.tv_usec),
    };
    return CAPTURE_FRAME;
}

uint64_t capture_position(const struct capture *capture)
{
    long position = ftell(pcap_file(capture->pcap));
    return position < 0 ? 0 : (uint64_t)position;
}

void capture_close(struct capture *capture)
{
    if (capture->pcap != NULL) {
        pcap_close(capture->pcap); // and the file
        capture->pcap = NULL;
    }
    free(capture->buffer);
    capture->buffer = NULL;
}
