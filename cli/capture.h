// SPDX-License-Identifier: MIT
#pragma once

// Reads a pcap or pcapng file one record at a time.

#include <stdbool.h>
#include <stdint.h>

struct capture {
    struct pcap *pcap;
    char *buffer; // of the file, see capture.c
    const char *path;
    uint64_t records;    // read whole so far
    uint64_t size_bytes; // of the file; 0: not a regular file
};

struct captured_frame {
    const uint8_t *bytes;     // until the next call
    uint32_t length;          // bytes recorded
    uint32_t original_length; // bytes on the wire; more than `length` when the capture cut it
    int64_t stamp_ns;
};

enum capture_result {
    CAPTURE_FRAME,
    CAPTURE_END,
    CAPTURE_DAMAGED, // complained; what came before was whole
};

// False: complained, nothing is open.
bool capture_open(struct capture *capture, const char *path);
enum capture_result capture_next(struct capture *capture, struct captured_frame *frame);
uint64_t capture_position(const struct capture *capture); // bytes
void capture_close(struct capture *capture);
