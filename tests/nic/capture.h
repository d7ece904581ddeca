// SPDX-License-Identifier: MIT
#pragma once

// Reads a capture file, for tests that see ndis.h, which does not go together with pcap.h.

struct capture;

struct capture *CaptureOpen(const char *File); // NULL: it is not a capture of Ethernet frames
// NULL at the end. The bytes are valid until the next call.
const unsigned char *CaptureNext(struct capture *Capture, unsigned *Length);
void CaptureClose(struct capture *Capture);
