// SPDX-License-Identifier: MIT
#pragma once

// What the host asks of NDIS beyond the driver interface. Only the kernel API's types, so that
// ndishost/ndis/ could be built as an ndis.sys.

#include <ndis.h>

// Start and end of NDIS itself: what ndis.sys does in its own DriverEntry and unload. NdisStop
// returns how many objects (pools, NBLs, adapters, protocols) were left over.
NTSTATUS SimNdisStart(void);
ULONG SimNdisStop(void);

// The adapter over a PDO: its NDIS name (\DEVICE\{...}), and pause and restart of the stack above
// it, as when a filter is attached. PASSIVE_LEVEL; they return when it is done. The name's buffer
// belongs to the adapter and lives until the device is removed.
NTSTATUS SimNdisAdapterName(PDEVICE_OBJECT Pdo, PUNICODE_STRING Name);
NTSTATUS SimNdisPause(PDEVICE_OBJECT Pdo);
NTSTATUS SimNdisRestart(PDEVICE_OBJECT Pdo);
NTSTATUS SimNdisUnbind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Protocol);
NTSTATUS SimNdisBind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Protocol);

// What NDIS may do at once or later, chosen for every adapter: the flag makes it later, on a thread
// of NDIS, with STATUS_PENDING to the caller.
#define SIM_NDIS_PEND_OPEN 0x1  // NdisOpenAdapterEx
#define SIM_NDIS_PEND_CLOSE 0x2 // NdisCloseAdapterEx
#define SIM_NDIS_PEND_OID 0x4   // NdisOidRequest, also those that NDIS answers itself
void SimNdisSetPending(ULONG Flags);

// Counting, provided by the host; ndis/ calls it with the event's number. See ndishost/nt/sim.h.
typedef enum SIM_NDIS_EVENT {
    SimNdisNblAllocated,
    SimNdisNbAllocated,
    SimNdisMdlAllocated,
    SimNdisSendCalled,
    SimNdisNblSent,
} SIM_NDIS_EVENT;
void NTAPI SimNdisCount(SIM_NDIS_EVENT Event, ULONG Amount);

// Likewise provided by the host: a bind, unbind, pause, restart or OID begins (TRUE) or has ended.
void NTAPI SimNdisBusy(BOOLEAN Begins);

// Where a verifier looks in. NULL: none, and the only cost is one test. Set it before SimNdisStart.
// Lists are NULL-terminated and are not to be changed; each is called at the caller's IRQL, before
// ownership moves on.
typedef struct SIM_NDIS_HOOKS {
    void(NTAPI *NblAllocated)(NET_BUFFER_LIST *Nbl);
    void(NTAPI *NblFreeing)(NET_BUFFER_LIST *Nbl);
    void(NTAPI *Sending)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG SendFlags);
    void(NTAPI *SendCompleting)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags);
    void(NTAPI *Indicating)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags);
    void(NTAPI *Indicated)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls,
                           ULONG ReceiveFlags); // RESOURCES
    void(NTAPI *Returning)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReturnFlags);
} SIM_NDIS_HOOKS;
extern const SIM_NDIS_HOOKS *SimNdisHooks;
