// SPDX-License-Identifier: MIT
#pragma once

// ndishost: runs NDIS drivers in this process. This is the whole interface for programs and tests;
// it needs no Windows header.
//
// There is one simulated system per process, because a driver's imports name no instance. Start it,
// add NICs and drivers in any order (NDIS binds every Ethernet adapter to every protocol), act as
// one or more client processes, stop it. Functions may be called from any thread of the program at
// PASSIVE_LEVEL, except where they say otherwise. A status is an NTSTATUS: 0 success, negative as
// int32_t is an error. A wrong use by a driver ends the process with a bug-check report (see
// `on_bug_check`).

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t ndishost_status; // NTSTATUS

// How much of the NDIS contract is enforced. The environment variable NDISHOST_VERIFY (off, on or
// strict) says it where the program does not.
enum ndishost_verify {
    NDISHOST_VERIFY_DEFAULT, // NDISHOST_VERIFY; without it: off
    NDISHOST_VERIFY_OFF,     // as thin as NDIS itself
    NDISHOST_VERIFY_ON,      // a broken rule ends the system with a report that names it
    NDISHOST_VERIFY_STRICT,  // also touches between send and completion; much slower
};

struct ndishost_options {
    unsigned processors;       // virtual processors, 1 to 64; 0: 4
    const char *registry_file; // text of driver parameters, see docs/ndishost.md; NULL: none
    enum ndishost_verify verify;
    uint64_t seed; // of the verifier and of chaos NICs; 0: from NDISHOST_SEED, else from the clock
    int quiet;     // 1: DbgPrint goes nowhere; 0: to stderr
    // Called on the failing thread with the finished report, before the process aborts; it may
    // leave by longjmp, when that thread is the program's own, or by _exit. ndishost_last_report
    // works in it. NULL: the report goes to stderr, or to ndishost_run_apart.
    void (*on_bug_check)(uint32_t code, const char *report);
};

// NULL options: all defaults. STATUS_INVALID_DEVICE_STATE: it runs already.
// STATUS_INVALID_PARAMETER: too many processors, or NDISHOST_VERIFY is none of its words.
// STATUS_REGISTRY_CORRUPT: the registry file cannot be read or has a wrong line; stderr says which.
ndishost_status ndishost_start(const struct ndishost_options *options);

// Closes all handles, unloads every driver, removes every NIC, stops NDIS and every thread.
// Returns the number of things that were leaked (pool allocations, MDLs, page locks, IRPs, NBLs,
// objects); a report by tag goes to stderr when there are any. Safe when nothing runs: 0.
unsigned ndishost_stop(void);

// What a machine does before its power goes off: IRP_MJ_SHUTDOWN to each device that is registered
// for it, then MiniportShutdownEx for each NIC. Only ndishost_stop may follow, and nothing else may
// run meanwhile. Does nothing when nothing runs.
void ndishost_shutdown(void);

// A value under the Parameters key of a driver's service, before the driver is loaded.
// STATUS_INVALID_DEVICE_STATE: nothing runs.
ndishost_status ndishost_set_parameter(const char *service, const char *name, uint32_t value);

// ---- drivers

struct ndishost_driver; // valid until ndishost_unload

// A driver linked into this program. `driver_entry` is its DriverEntry (an ms_abi function).
ndishost_status ndishost_load_native(const char *service, void *driver_entry,
                                     struct ndishost_driver **driver);

// A driver's file (PE32+ for x64, a .sys), its service named after the file without its ending:
// maps it, finds its imports and calls its DriverEntry. On failure a sentence for people is in
// `message` (may be NULL): what is wrong with the file, every import that ndishost has not, or what
// DriverEntry returned. STATUS_OBJECT_NAME_NOT_FOUND: the file can't be read.
// STATUS_INVALID_IMAGE_FORMAT: it is no driver for x64. STATUS_IMAGE_CHECKSUM_MISMATCH: Windows
// would not load it. STATUS_DRIVER_ENTRYPOINT_NOT_FOUND: imports are missing.
// STATUS_OBJECT_NAME_COLLISION: a driver of that name is loaded. Else the status is DriverEntry's.
ndishost_status ndishost_load(const char *path, struct ndishost_driver **driver, char *message,
                              size_t message_size);

// Calls DriverUnload. STATUS_DEVICE_BUSY: a handle is open on one of its devices, or a NIC of it is
// there (ndishost_add_device). STATUS_INVALID_DEVICE_REQUEST: it has no DriverUnload. The driver is
// as it was then. What a driver of a file leaves behind in its code or data is a bug check at once:
// a registered protocol or miniport driver (0x7C), a timer, DPC or work item. Devices, links, pool
// and the like are in the report of ndishost_stop.
ndishost_status ndishost_unload(struct ndishost_driver *driver);

// ---- NICs

struct ndishost_nic;
struct wire_ops; // nic/wire.h: for tests that play the wire themselves

// `spec`: "null", "loop", "test", "pcap:FILE", "packet:INTERFACE"; the first three take an MTU, as
// in "loop:1500". "chaos+SPEC" makes it hostile, and "chaos:OPTION=VALUE,...+SPEC" says how
// (docs/ndishost.md); its seed goes to stderr. On failure a sentence for people is in `message`
// (may be NULL). A NIC whose interface is deleted removes itself, as when it is unplugged; the
// pointer stays until ndishost_remove_nic. STATUS_INVALID_DEVICE_STATE: nothing runs.
// STATUS_INVALID_PARAMETER: there is no such kind, or chaos no such option. STATUS_NO_SUCH_DEVICE:
// the file or interface can't be opened, or the MTU is none. Else why NDIS did not start it.
ndishost_status ndishost_add_nic(const char *spec, struct ndishost_nic **nic, char *message,
                                 size_t message_size);
ndishost_status ndishost_add_wire(const struct wire_ops *ops, const char *argument,
                                  struct ndishost_nic **nic, char *message, size_t message_size);

// A NIC of a miniport driver that was loaded: makes a device for it and starts it. The keywords are
// strings of the device's software key, where NdisReadConfiguration finds them; `keywords` may be
// NULL when `count` is 0. STATUS_INVALID_DEVICE_REQUEST: the driver is no miniport driver.
// STATUS_INVALID_PARAMETER: a keyword or value is too long. Else why the device did not start.
struct ndishost_keyword {
    const char *name;  // "MTU"; UTF-8, at most 127 characters
    const char *value; // at most 511
};
ndishost_status ndishost_add_device(struct ndishost_driver *driver,
                                    const struct ndishost_keyword *keywords, unsigned count,
                                    struct ndishost_nic **nic, char *message, size_t message_size);

// Its NDIS adapter name, as drivers see it ("\\DEVICE\\{...}"), UTF-8; lives as long as the NIC.
const char *ndishost_nic_name(const struct ndishost_nic *nic);

enum ndishost_removal {
    NDISHOST_REMOVE_ORDERLY,  // query remove, remove: as when a user disables the adapter
    NDISHOST_REMOVE_SURPRISE, // unplugged: surprise removal first
};
// Unbinds every protocol, halts the miniport. The pointer is invalid afterwards. Orderly: when a
// driver refuses, its status comes back and the NIC stays.
ndishost_status ndishost_remove_nic(struct ndishost_nic *nic, enum ndishost_removal how);

// The next ones: STATUS_NO_SUCH_DEVICE when the NIC has removed itself.

// Pauses and restarts the whole stack above the adapter, as NDIS does when a filter is attached.
// They return when it is done. STATUS_UNSUCCESSFUL: the miniport could not restart.
ndishost_status ndishost_pause_nic(struct ndishost_nic *nic);
ndishost_status ndishost_restart_nic(struct ndishost_nic *nic);

// Unbinds one protocol (by its registered name) from the adapter, and binds it again.
// STATUS_OBJECT_NAME_NOT_FOUND: no such protocol. STATUS_NOT_FOUND: it is not bound.
// STATUS_ADDRESS_ALREADY_EXISTS: it is. STATUS_DEVICE_NOT_READY: the adapter does not run.
// STATUS_UNSUCCESSFUL: the protocol refused.
ndishost_status ndishost_unbind(struct ndishost_nic *nic, const char *protocol);
ndishost_status ndishost_bind(struct ndishost_nic *nic, const char *protocol);

// Device power: 1 is D0 (on), 4 is D3 (off). NDIS pauses first and restarts after.
// STATUS_INVALID_PARAMETER: another number. Else what the miniport says.
ndishost_status ndishost_set_power(struct ndishost_nic *nic, int d_state);

// Returns when every bind, restart and work item that is on its way has ended. No time limit in it:
// `timeout_ms` only bounds a hang. STATUS_TIMEOUT (0x102) then.
ndishost_status ndishost_wait_idle(unsigned timeout_ms);

// The same, and then looks whether the protocol (by its registered name; NULL: any) is bound to the
// adapter (NULL: any) and runs. STATUS_NOT_FOUND: it is not, and nothing is on its way.
// STATUS_INVALID_DEVICE_STATE: no system runs.
ndishost_status ndishost_wait_bound(const struct ndishost_nic *nic, const char *protocol,
                                    unsigned timeout_ms);

// ---- frames of a "test" NIC (also behind chaos+): the program is the rest of the network. For any
// other NIC: STATUS_NOT_SUPPORTED.

// A frame arrives, from its Ethernet header on, without checksum. When this returns, the receive
// handlers of those who wanted it have returned; nobody gets it when the packet filters don't want
// it, or when the adapter is paused or asleep. STATUS_INVALID_BUFFER_SIZE: it is empty or longer
// than MTU + 18.
ndishost_status ndishost_inject(struct ndishost_nic *nic, const void *frame, size_t length);

// Takes the oldest frame that a driver has sent and nobody has taken, and waits for one at most so
// long. `length` is its length. STATUS_NO_MORE_ENTRIES: there was none. STATUS_BUFFER_TOO_SMALL: it
// is longer than `size`, and stays.
ndishost_status ndishost_take_sent(struct ndishost_nic *nic, void *buffer, size_t size,
                                   size_t *length, unsigned timeout_ms);

// Since the NIC was added.
struct ndishost_sent_counts {
    uint64_t sent;
    uint64_t not_kept; // of these: 1024 frames waited to be taken already
};
ndishost_status ndishost_get_sent_counts(struct ndishost_nic *nic,
                                         struct ndishost_sent_counts *counts);

// ---- what there is. Each fills at most `capacity` elements and returns how many there are now,
// which may be more; longer names are cut. Nothing runs: 0.

struct ndishost_adapter_info {
    char name[128];   // ndishost_nic_name
    char service[80]; // of its miniport driver
    char state[16];   // "Running", "Paused", "Halted", "Restarting", "Pausing"
};
size_t ndishost_list_adapters(struct ndishost_adapter_info *adapters, size_t capacity);

struct ndishost_binding_info {
    char protocol[128]; // its registered name
    char adapter[128];
    char state[16]; // also "Opening", "Closing"
};
size_t ndishost_list_bindings(struct ndishost_binding_info *bindings, size_t capacity);

struct ndishost_device_info { // that has a name
    char name[128];           // "\\Device\\Shuttle"
    char dos_name[128];       // "\\\\.\\Shuttle", the first symbolic link to it; empty: none
    char service[80];         // of its driver
};
size_t ndishost_list_devices(struct ndishost_device_info *devices, size_t capacity);

// ---- client processes

struct ndishost_process; // owns handles
struct ndishost_file;    // a handle

// STATUS_INVALID_DEVICE_STATE: nothing runs.
ndishost_status ndishost_process_create(struct ndishost_process **process);

// The process dies: its requests are cancelled, its handles closed, and pages that it still has
// locked are a bug check 0x76. Threads of the program that stand in a call of that process return
// with STATUS_CANCELLED or the request's own status.
void ndishost_process_exit(struct ndishost_process *process);

enum { NDISHOST_READ = 1, NDISHOST_WRITE = 2 };

// `name`: a DOS name ("\\\\.\\Shuttle"; also with "\\\\?\\", "\\??\\" or "\\DosDevices\\" before
// it) or an NT name ("\\Device\\Shuttle"). `access`: NDISHOST_READ | NDISHOST_WRITE.
// STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND: there is no such device.
// STATUS_ACCESS_DENIED: its security does not let this in. Else what the driver says to
// IRP_MJ_CREATE.
ndishost_status ndishost_open(struct ndishost_process *process, const char *name, unsigned access,
                              struct ndishost_file **file);

// Cancels nothing by itself: the driver gets CLEANUP, then CLOSE when its requests have ended.
void ndishost_close(struct ndishost_file *file);

// Another handle to the same file object, in another process (DuplicateHandle).
ndishost_status ndishost_duplicate(struct ndishost_file *file, struct ndishost_process *process,
                                   struct ndishost_file **duplicate);

// One request under way. The memory is the caller's, may live in an array, and must stay until the
// request has completed.
struct ndishost_request {
    // Called once, on any thread, possibly before ndishost_ioctl_begin returns. At IRQL <=
    // DISPATCH_LEVEL: it may not call back into ndishost. NULL: none.
    void (*completed)(struct ndishost_request *request);
    void *context;          // the caller's
    ndishost_status status; // result, valid when completed
    uint64_t information;   // bytes written to `out`, or what the driver says
    void *irp;              // ndishost's
};

// Starts a device-control request. Returns STATUS_PENDING (0x103), or the final status; `completed`
// is called in both cases, except when the request never reached the driver (then the return is an
// error, `completed` is not called and request->irp is NULL): STATUS_ACCESS_DENIED, the handle was
// opened without the access that the request needs; STATUS_INVALID_PARAMETER, a length above 4 GiB;
// STATUS_INSUFFICIENT_RESOURCES; STATUS_ACCESS_VIOLATION, the memory is not there.
ndishost_status ndishost_ioctl_begin(struct ndishost_file *file, uint32_t code, const void *in,
                                     size_t in_length, void *out, size_t out_length,
                                     struct ndishost_request *request);

// A read into `buffer`, a write from it: likewise.
ndishost_status ndishost_read_begin(struct ndishost_file *file, void *buffer, size_t length,
                                    struct ndishost_request *request);
ndishost_status ndishost_write_begin(struct ndishost_file *file, const void *buffer, size_t length,
                                     struct ndishost_request *request);

// Asks for cancellation (CancelIoEx). The request still completes once. Safe after completion as
// long as the memory is there.
void ndishost_cancel(struct ndishost_file *file, struct ndishost_request *request);

// The same and waits. `information` may be NULL.
ndishost_status ndishost_ioctl(struct ndishost_file *file, uint32_t code, const void *in,
                               size_t in_length, void *out, size_t out_length,
                               uint64_t *information);
ndishost_status ndishost_read(struct ndishost_file *file, void *buffer, size_t length,
                              uint64_t *information);
ndishost_status ndishost_write(struct ndishost_file *file, const void *buffer, size_t length,
                               uint64_t *information);

// ---- what happened

// A bug check: what a driver did that a Windows machine would have stopped for, or a rule of the
// verifier (docs/ndis-contract.md).
struct ndishost_report {
    uint32_t code;          // 0xC4
    uint64_t parameters[4]; // as documented for the code
    const char *name;       // "DRIVER_VERIFIER_DETECTED_VIOLATION"; NULL: no name here
    const char *rule;       // that was broken, "REU-05"; NULL, as the next two: not known
    const char *title;      // what is wrong
    const char *fix;        // what to do
    char text[32768];       // the whole of it, with objects, thread and call stack
};

// The newest of this process; 0: there was none. After one the system can't be used any more, not
// even stopped: locks may be held that nobody will release.
int ndishost_last_report(struct ndishost_report *report);

enum ndishost_end {
    NDISHOST_END_RETURNED,  // `value` is what the body returned
    NDISHOST_END_BUG_CHECK, // `report` tells of it
    NDISHOST_END_EXITED,    // it called exit; `value` is the status
    NDISHOST_END_SIGNAL,    // it died of signal `value`
    NDISHOST_END_TIMEOUT,   // it was killed
};
struct ndishost_outcome {
    enum ndishost_end end;
    int value;
    struct ndishost_report report;
};

// For drivers that are expected to fail, on whatever thread and under whatever lock: calls `body`
// in a child process that starts a system of its own, and waits for its end. Nothing that happens
// there changes this process. STATUS_INVALID_DEVICE_STATE: a system runs here.
// STATUS_INSUFFICIENT_RESOURCES: no process could be made.
ndishost_status ndishost_run_apart(int (*body)(void *context), void *context, unsigned timeout_ms,
                                   struct ndishost_outcome *outcome);

// Since start, whole system; exact when no other thread is inside the system.
struct ndishost_counters {
    uint64_t irps;             // requests made
    uint64_t irp_allocations;  // of those, not served from the I/O manager's lookaside list
    uint64_t nbl_allocations;  // NdisAllocateNetBuffer*List*
    uint64_t nb_allocations;   // NdisAllocateNetBuffer*
    uint64_t mdl_allocations;  // IoAllocateMdl, NdisAllocateMdl
    uint64_t pool_allocations; // ExAllocatePool*, lookaside misses included
    uint64_t page_locks;       // MmProbeAndLockPages that succeeded
    uint64_t pages_locked;
    uint64_t sends; // NdisSendNetBufferLists calls
    uint64_t nbls_sent;
};
void ndishost_get_counters(struct ndishost_counters *counters);

// What chaos NICs have done, all together since start.
struct ndishost_chaos_counts {
    uint64_t sent;   // NBLs
    uint64_t failed; // of these; none of them reached the wire
    // How they completed: in the call that finished them, by the NIC's thread, after a delay.
    uint64_t in_call, by_thread, by_timer;
    uint64_t long_delays;          // of by_timer
    uint64_t completions;          // calls with one or more NBLs
    uint64_t merged;               // waiting NBLs, of one or more sends, taken together
    uint64_t reordered;            // lists
    uint64_t mdls_in_front;        // added, and removed again
    uint64_t retreats;             // and advances
    uint64_t contexts;             // taken, and given back
    uint64_t pool_allocations;     // that NDIS made for the last two; ndishost_counters has
    uint64_t mdl_allocations;      // them too
    uint64_t cancels_ignored;      // requests
    uint64_t pauses, resets;       // asked for
    uint64_t link_losses;          // told to NDIS
    uint64_t lent_indications;     // with NDIS_RECEIVE_FLAGS_RESOURCES
    uint64_t dispatch_indications; // batches, at DISPATCH_LEVEL
};
void ndishost_get_chaos_counts(struct ndishost_chaos_counts *counts);

// "STATUS_DEVICE_REMOVED", "NDIS_STATUS_PAUSED" ...; NULL when it has no name here.
const char *ndishost_status_name(ndishost_status status);

#ifdef __cplusplus
}
#endif
