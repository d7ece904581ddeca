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
// What a miniport hears when the system shuts down: MiniportShutdownEx. Windows calls nothing of
// the driver afterwards; here the device is still to be removed, so that its memory comes back.
NTSTATUS SimNdisShutdown(PDEVICE_OBJECT Pdo);
NTSTATUS SimNdisUnbind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Protocol);
NTSTATUS SimNdisBind(PDEVICE_OBJECT Pdo, PCUNICODE_STRING Protocol);

// What NDIS may do at once or later, chosen for every adapter: the flag makes it later, on a thread
// of NDIS, with STATUS_PENDING to the caller.
#define SIM_NDIS_PEND_OPEN 0x1  // NdisOpenAdapterEx
#define SIM_NDIS_PEND_CLOSE 0x2 // NdisCloseAdapterEx
#define SIM_NDIS_PEND_OID 0x4   // NdisOidRequest, also those that NDIS answers itself
void SimNdisSetPending(ULONG Flags);

// TRUE: freed NBLs and NBs go back to pool at once instead of to a free list. Only while NDIS does
// not run.
void SimNdisSetFreeAtOnce(BOOLEAN Enable);

// Provided by the host: a bind, unbind, pause, restart or OID begins (TRUE) or has ended.
void NTAPI SimNdisBusy(BOOLEAN Begins);

// Likewise provided by the host: bug check 0x7C with a sentence (DbgPrint's formats) in its report.
DECLSPEC_NORETURN void NTAPI SimNdisFail(ULONG Kind, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4,
                                         const char *Format, ...);

// Likewise provided by the host: the function that drivers import from NDIS.SYS by this name, or
// NULL.
PVOID NTAPI SimNdisRoutine(const char *Name);

// A protocol's callbacks, for the hooks around them.
typedef enum SIM_NDIS_CALLBACK {
    SimNdisCallbackBind,
    SimNdisCallbackUnbind,
    SimNdisCallbackOpenComplete,
    SimNdisCallbackCloseComplete,
    SimNdisCallbackPnpEvent,
    SimNdisCallbackSendComplete,
    SimNdisCallbackReceive,
    SimNdisCallbackOidComplete,
} SIM_NDIS_CALLBACK;

// How many NBLs a NULL-terminated list has.
static inline ULONG SimNblCount(const NET_BUFFER_LIST *Nbls)
{
    ULONG Count = 0;
    for (; Nbls != NULL; Nbls = Nbls->Next) {
        Count++;
    }
    return Count;
}

// Where a verifier looks in. NULL: none, and the only cost is one test. Set it before SimNdisStart.
// Each is called at the caller's IRQL with no lock held. The functions that end in -ing come first
// thing in the exported function, before NDIS has looked at the argument, so that it may be
// anything; lists are NULL-terminated and are not to be changed unless it says so.
typedef struct SIM_NDIS_HOOKS {
    // Pools.
    void(NTAPI *PoolFreeing)(NDIS_HANDLE Pool); // of NBLs or NBs
    void(NTAPI *NblAllocated)(NET_BUFFER_LIST *Nbl);
    void(NTAPI *NblFreeing)(NET_BUFFER_LIST *Nbl);
    void(NTAPI *NbAllocated)(NET_BUFFER *Nb);
    void(NTAPI *NbFreeing)(NET_BUFFER *Nb);
    void(NTAPI *InfoCopied)(NET_BUFFER_LIST *To); // NDIS copied out-of-band data into it
    void(NTAPI *ContextAllocated)(NET_BUFFER_LIST *Nbl, USHORT Bytes);
    void(NTAPI *ContextFreeing)(NET_BUFFER_LIST *Nbl, USHORT Bytes);
    void(NTAPI *Retreating)(NET_BUFFER *Nb, ULONG Bytes);
    void(NTAPI *Advancing)(NET_BUFFER *Nb, ULONG Bytes);

    // Sends. SendCompleting sees the list of one binding before the protocol does and may write
    // what lower drivers may write. TRUE: it keeps the list and gives it back later, on a thread at
    // IRQL <= DISPATCH_LEVEL, with SimNdisSendCompleteUp.
    void(NTAPI *Sending)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER Port,
                         ULONG SendFlags);
    BOOLEAN(NTAPI *SendCompleting)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags);
    void(NTAPI *SendCompleted)(NDIS_HANDLE Binding); // the protocol's callback has returned
    void(NTAPI *CancelSending)(NDIS_HANDLE Binding, PVOID CancelId);

    // Receives. Indicated follows the protocol's callback; without RESOURCES the list is the
    // protocol's and not to be looked at.
    void(NTAPI *Indicating)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags);
    void(NTAPI *Indicated)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags);
    void(NTAPI *Returning)(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReturnFlags);

    // A binding's life and its requests.
    void(NTAPI *Opened)(NDIS_HANDLE Binding);
    void(NTAPI *Closing)(NDIS_HANDLE Binding);
    void(NTAPI *Closed)(NDIS_HANDLE Binding);
    void(NTAPI *OidRequesting)(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request);
    void(NTAPI *OidCompleted)(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request, NDIS_STATUS Status);
    void(NTAPI *PnpEventCalling)(NDIS_HANDLE Binding, NET_PNP_EVENT_CODE Event);
    void(NTAPI *PnpEventReturned)(NDIS_HANDLE Binding, NET_PNP_EVENT_CODE Event,
                                  NDIS_STATUS Status); // also PENDING
    // The event's answer, from the callback or from NdisCompleteNetPnPEvent, before NDIS acts on
    // it.
    void(NTAPI *PnpEventCompleting)(NDIS_HANDLE Binding, NET_PNP_EVENT_CODE Event,
                                    NDIS_STATUS Status);
    // What NdisOidRequest returned, also PENDING.
    void(NTAPI *OidRequested)(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request, NDIS_STATUS Status);
    // NdisOpenAdapterEx, before it does anything: whether it may be called here, and for a binding
    // that is not open yet where the handle goes; what it returned, also PENDING.
    void(NTAPI *OpenRefused)(NDIS_HANDLE ProtocolHandle, NDIS_HANDLE BindContext);
    void(NTAPI *Opening)(NDIS_HANDLE Binding, const NDIS_OPEN_PARAMETERS *Parameters,
                         const NDIS_HANDLE *HandleTo);
    void(NTAPI *OpenReturned)(NDIS_HANDLE Binding, NDIS_STATUS Status);
    // The protocol uses a handle that it may not use any more: NdisCloseAdapterEx has been called
    // (Closed), or NdisUnbindAdapter and the unbind has not begun.
    void(NTAPI *HandleMisused)(NDIS_HANDLE Binding, const char *Function, BOOLEAN Closed);
    // Around each callback of a protocol, on its thread. `Nbls`: how many the callback is given.
    void(NTAPI *CallbackBegins)(NDIS_HANDLE Binding, SIM_NDIS_CALLBACK Callback, ULONG Nbls);
    void(NTAPI *CallbackEnds)(NDIS_HANDLE Binding, SIM_NDIS_CALLBACK Callback);
} SIM_NDIS_HOOKS;
extern const SIM_NDIS_HOOKS *SimNdisHooks;

// The rest of a completion that SendCompleting kept: one list of one binding, to the protocol.
void NTAPI SimNdisSendCompleteUp(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG CompleteFlags);

// What a verifier keeps of a binding; NULL at its start. The binding must be alive.
PVOID *NTAPI SimNdisBindingCell(NDIS_HANDLE Binding);

// What a verifier may know of a binding.
typedef struct SIM_NDIS_BINDING_INFO {
    const char *State;          // "Running"
    PCUNICODE_STRING Protocol;  // registered name; NULL: unbound
    PCUNICODE_STRING Adapter;   // \DEVICE\{...}
    ULONG MaximumFrameBytes;    // MTU and Ethernet header, as the miniport says
    PVOID ProtocolContext;      // ProtocolBindingContext
    NDIS_HANDLE ProtocolHandle; // of NdisRegisterProtocolDriver
    BOOLEAN Closed;             // NdisCloseAdapterEx was called; the memory is kept for a while
} SIM_NDIS_BINDING_INFO;
BOOLEAN NTAPI SimNdisBindingInfo(NDIS_HANDLE Binding,
                                 SIM_NDIS_BINDING_INFO *Info); // FALSE: none such

// What there is: adapters in the order of their AddDevice, bindings in the order of their bind. The
// visitor only copies what it is shown, which may be gone when it returns; that of bindings is
// called with a spin lock held.
typedef struct SIM_NDIS_ADAPTER_INFO {
    PCUNICODE_STRING Name;    // \DEVICE\{...}
    PCUNICODE_STRING Service; // of its miniport driver
    const char *State;        // "Running"
} SIM_NDIS_ADAPTER_INFO;
typedef void SIM_NDIS_VISIT_ADAPTER(const SIM_NDIS_ADAPTER_INFO *Info, PVOID Context);
typedef void SIM_NDIS_VISIT_BINDING(const SIM_NDIS_BINDING_INFO *Info, PVOID Context);
void SimNdisVisitAdapters(SIM_NDIS_VISIT_ADAPTER *Visit, PVOID Context); // PASSIVE_LEVEL
void SimNdisVisitBindings(SIM_NDIS_VISIT_BINDING *Visit, PVOID Context);

// A driver's code goes away: a bug check when a protocol or miniport driver is registered with a
// handler in it. `Driver` is its name for people. PASSIVE_LEVEL.
void SimNdisCheckUnload(const void *Base, SIZE_T Bytes, const char *Driver);

// And of an NBL or NB pool that is alive.
typedef struct SIM_NDIS_POOL_INFO {
    NDIS_HANDLE Owner;
    ULONG Tag;
    ULONG DataSize;
    ULONG BodyBytes; // of one element, from the NBL or NB on
} SIM_NDIS_POOL_INFO;
BOOLEAN NTAPI SimNdisPoolInfo(NDIS_HANDLE Pool, SIM_NDIS_POOL_INFO *Info); // FALSE: not a pool

// Whether NdisGeneratePartialCancelId has given this byte to anybody.
BOOLEAN NTAPI SimNdisCancelIdIsOurs(UCHAR PartialId);
