// SPDX-License-Identifier: MIT
#pragma once

// Counts what one thread executes, instruction by instruction, in a program of ndishost: how often
// a driver asks for what costs the same everywhere, whatever the compiler and the machine. The
// driver needs no change, native or .sys. A step costs microseconds: count one frame, not a
// thousand.

#include "../ndishost.h"

#ifdef __cplusplus
extern "C" {
#endif

// Whose code it is: of a .sys, or by the folder of the source that it was compiled from.
enum ndishost_part {
    NDISHOST_PART_PROGRAM, // the program, the entry into ndishost, libc
    NDISHOST_PART_DRIVER,  // driver/, bench/classic/, every .sys
    NDISHOST_PART_NDIS,
    NDISHOST_PART_NT,
    NDISHOST_PART_NIC,
    NDISHOST_PARTS
};

// Fields of NET_BUFFER_LIST and NET_BUFFER; each element of an array is one.
#define NDISHOST_FIELDS 69

struct ndishost_trace {
    uint64_t instructions[NDISHOST_PARTS];
    // Instructions that lock the bus, and full barriers; of a driver also its calls of functions
    // that are one such operation by definition (rundown protection, interlocked lists).
    uint64_t interlocked[NDISHOST_PARTS];
    uint64_t spin_locks[NDISHOST_PARTS];   // taken, by who asked for it
    uint64_t bytes_copied[NDISHOST_PARTS]; // by memcpy and memmove, by who called it
    // How often each field of the NBLs that the driver has sent, and of their NET_BUFFERs, was
    // written: by the driver, and by NDIS inside its functions that allocate and free NBLs.
    uint32_t field_writes[NDISHOST_FIELDS];
    uint32_t field_writes_allocation[NDISHOST_FIELDS];
};

// Everything that this thread executes from here to ndishost_trace_end is counted; what other
// threads do is not, so it takes a NIC that completes inside the send call. One at a time.
// STATUS_NOT_SUPPORTED: the program has no debug information, or runs under ThreadSanitizer.
ndishost_status ndishost_trace_begin(void);

// STATUS_NOT_SUPPORTED: nothing was stepped through (valgrind does not), or an instruction was met
// that the counts do not know. STATUS_BUFFER_OVERFLOW: it was too much.
ndishost_status ndishost_trace_end(struct ndishost_trace *trace);

// Writes "Nbl.Next" or "Nb.ProtocolReserved[2]". Returns its length; 0: there is no such field.
int ndishost_field_name(unsigned field, char *name, size_t size);

#ifdef __cplusplus
}
#endif
