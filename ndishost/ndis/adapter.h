// SPDX-License-Identifier: MIT
#pragma once

// Adapters, the miniport drivers below them, the protocols above and the bindings between.
//
// Locks, in order: ADAPTER.Transition (PASSIVE, held while drivers are called for bind, unbind,
// pause, restart, power and removal) > SimNdisLock (PASSIVE, lists) > ADAPTER.Oids.Lock,
// ADAPTER.Lock (spin locks; never held while a driver is called).

#include "path.h"

#define BINDINGS_MAX 64
#define MULTICAST_MAX 256 // addresses of one binding
#define ETHERNET_HEADER_BYTES 14

typedef struct ADAPTER ADAPTER;
typedef struct BINDING BINDING;
typedef struct PROTOCOL PROTOCOL;

typedef struct MINIPORT_DRIVER {
    ULONG Signature;
    LIST_ENTRY Link; // SimNdis.Drivers
    PDRIVER_OBJECT DriverObject;
    UNICODE_STRING RegistryPath;
    NDIS_HANDLE Context;
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Characteristics;
    NDIS_MINIPORT_PNP_CHARACTERISTICS Pnp; // optional handlers; zero when there are none
    ULONG Adapters;                        // guarded by SimNdisLock
} MINIPORT_DRIVER;

struct PROTOCOL {
    ULONG Signature;
    LIST_ENTRY Link; // SimNdis.Protocols
    ULONG Sequence;
    LONG References;     // who looks at it without the lock; guarded by SimNdisLock
    KEVENT Unreferenced; // set when References falls to 0
    BOOLEAN Leaving;     // deregistering: no new bindings; guarded by SimNdisLock
    BOOLEAN BindsCompleteSent;
    NDIS_HANDLE Context;
    UNICODE_STRING Name;
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics;
};

typedef enum BINDING_STATE {
    BindingUnbound, // refused, or unbound: the handle is dead
    BindingOpening,
    BindingClosing,
    BindingPaused,
    BindingRestarting,
    BindingRunning,
    BindingPausing,
} BINDING_STATE;

// What a PENDING operation waits for: made when the operation begins, completed once.
typedef struct COMPLETION {
    ULONG Signature; // of the handle that a driver gets, when it gets this
    volatile LONG Expected;
    NDIS_STATUS Status;
    KEVENT Done;
} COMPLETION;

// One protocol on one adapter, from bind to unbind. It is kept a while after that (see
// ADAPTER.Bindings), so that a use of its dead handle is told apart from a wild pointer.
struct BINDING {
    ULONG Signature;
    BINDING_STATE State; // through SimBindingSetState and SimBindingState
    ADAPTER *Adapter;
    PROTOCOL *Protocol;
    NDIS_HANDLE Context;  // the protocol's
    LIST_ENTRY Link;      // ADAPTER.Bindings, guarded by Transition
    LIST_ENTRY AllLink;   // SimNdis.Bindings, guarded by SimNdis.BindingsLock
    ULONG Slot;           // in ADAPTER.Slots while open
    BOOLEAN Open;         // between open complete and NdisCloseAdapterEx
    BOOLEAN HandleIsDead; // NdisCloseAdapterEx was called
    BOOLEAN Refused;      // the protocol declined or unbound itself: not bound again unasked
    BOOLEAN Disabled;     // by SimNdisUnbind
    volatile LONG UnbindRequested;

    // The data path's part. Sends is open from Restarting until Pausing has ended.
    PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE *SendComplete;
    DRAIN_COUNT Sends;    // NBLs from the call of send until its completion callback has returned
    DRAIN_COUNT Received; // NBLs lent to the protocol
    DRAIN_COUNT Requests; // OIDs until they are given back

    PVOID Verifier; // SimNdisBindingCell

    COMPLETION Bind, Unbind, Opened, Closed, Event;
    NET_PNP_EVENT_NOTIFICATION Notification; // Event waits for it
    PUINT SelectedMediumIndex;
    UINT MediumIndex;
    PNDIS_HANDLE HandleTo;
    WORK_QUEUE_ITEM Work; // pended open or close

    // Settings by OID, written while their request is the active one of the adapter.
    ULONG PacketFilter, Lookahead, ProtocolOptions;
    ULONG MulticastCount;
    UCHAR (*Multicast)[6];

    UNICODE_STRING ProtocolSection;
    NDIS_PORT Port;
    NDIS_BIND_PARAMETERS Parameters;
};

// Written under Transition; read anywhere, for what it is at that moment.
static inline void SimBindingSetState(BINDING *Binding, BINDING_STATE State)
{
    WriteNoFence((volatile LONG *)&Binding->State, State);
}

static inline BINDING_STATE SimBindingState(const BINDING *Binding)
{
    return (BINDING_STATE)ReadNoFence((const volatile LONG *)&Binding->State);
}

// Where the upward path finds a binding. `Gate` is open while the binding is, and counts callbacks
// that run (receive, status, OID completion). The slot outlives the binding.
typedef struct BINDING_SLOT {
    BINDING *volatile Binding;
    volatile LONG PacketFilter; // copy of the binding's, read without a lock
    DRAIN_COUNT Gate;
} BINDING_SLOT;

typedef enum ADAPTER_STATE {
    AdapterHalted,
    AdapterPaused,
    AdapterRestarting,
    AdapterRunning,
    AdapterPausing,
} ADAPTER_STATE;

// Requests wait here for their turn: one at a time goes down the stack, at PASSIVE_LEVEL.
typedef struct OID_QUEUE {
    KSPIN_LOCK Lock; // guards the rest
    LIST_ENTRY Waiting;
    PNDIS_OID_REQUEST Active;
    BOOLEAN WorkQueued;
    WORK_QUEUE_ITEM Work;
    DRAIN_COUNT Workers; // work items queued or running; open as long as the adapter lives
} OID_QUEUE;

// Why an adapter is not running.
#define PAUSED_BY_HOST 0x1
#define PAUSED_BY_POWER 0x2
#define PAUSED_BY_REMOVAL 0x4
#define PAUSED_BY_FILTER 0x8 // one is being attached, detached or restarted

struct ADAPTER {
    ULONG Signature;
    LIST_ENTRY Link; // SimNdis.Adapters
    ULONG Sequence;
    LONG References; // guarded by SimNdisLock
    KEVENT Unreferenced;
    MINIPORT_DRIVER *Driver;
    PDEVICE_OBJECT Pdo, Fdo, Lower;
    UNICODE_STRING Name;         // \DEVICE\{...}
    UNICODE_STRING InstanceName; // for people
    NET_LUID NetLuid;
    NET_IFINDEX IfIndex;

    KEVENT Transition; // a mutex, see above
    PKTHREAD TransitionOwner;
    ADAPTER_STATE State; // written under Transition, read anywhere
    ULONG PauseReasons;  // PAUSED_BY_*, under Transition
    BOOLEAN Removed;
    BOOLEAN Initializing;
    DEVICE_POWER_STATE Power;
    COMPLETION PauseDone, RestartDone, ResetDone;
    volatile LONG ResetQueued; // ResetWork is
    BOOLEAN ResetAddressing;
    WORK_QUEUE_ITEM ResetWork;
    volatile LONG RemoveQueued; // RemoveWork is; never again
    WORK_QUEUE_ITEM RemoveWork;
    KTIMER HangTimer; // while the miniport has MiniportCheckForHangEx and is initialised
    KDPC HangDpc;
    volatile LONG HangQueued; // HangWork is
    WORK_QUEUE_ITEM HangWork;
    ULONG HangSeconds;
    volatile LONG LastPort; // numbers handed out

    NDIS_HANDLE Context; // the miniport's
    NDIS_HANDLE AddDeviceContext;
    ULONG AttributeFlags;
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES General; // what it points to is copied too
    BOOLEAN HasRegistration, HasGeneral;

    LIST_ENTRY Modules; // changed under Transition and Lock, while the adapter is paused
    MODULE Top, Bottom;
    LIST_ENTRY DeadFilters;
    volatile LONG StackRestartQueued; // StackRestartWork is
    WORK_QUEUE_ITEM StackRestartWork;

    LIST_ENTRY Bindings; // live ones and, at the end of their life, some dead ones
    BINDING_SLOT Slots[BINDINGS_MAX];
    volatile LONG SlotsUsed; // slots at and above it were never used
    volatile LONG Loopback;  // a binding wants what others send

    OID_QUEUE Oids;
    OID_QUEUE FilterOids;      // before the miniport, used when there are filters; no Workers
    NDIS_OID_REQUEST HoldOids; // active while the queue is held
    NDIS_OID_REQUEST Merged;   // what goes down in place of a binding's filter or multicast request
    ULONG MergedValue;
    UCHAR (*MergedMulticast)[6];   // sent down
    UCHAR (*NewMulticast)[6];      // the binding's, if that succeeds
    ULONG PacketFilter, Lookahead; // what the miniport has

    KSPIN_LOCK Lock; // guards the link state in General, multicast lists against receives, Modules
};

// adapter.c
void SimAdapterLockTransition(ADAPTER *Adapter, const char *Function);
void SimAdapterUnlockTransition(ADAPTER *Adapter);
// The next one in order after `After` (NULL: the first), with a reference; drops that of `After`.
ADAPTER *SimAdapterNext(ADAPTER *After);
ADAPTER *SimAdapterOfPdo(PDEVICE_OBJECT Pdo); // with a reference, or NULL
void SimAdapterReference(ADAPTER *Adapter);
void SimAdapterDereference(ADAPTER *Adapter);
DECLSPEC_NORETURN void NTAPI SimAdapterCheckFailed(NDIS_HANDLE Handle, const char *Function);
static inline ADAPTER *SimAdapterCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (__builtin_expect(HandleSignature(Handle) != SIGNATURE_ADAPTER, 0)) {
        SimAdapterCheckFailed(Handle, Function);
    }
    return Handle;
}
NTSTATUS SimAdapterCreate(MINIPORT_DRIVER *Driver, PDEVICE_OBJECT Pdo, ADAPTER **Adapter);
void SimAdapterDestroy(ADAPTER *Adapter);

// life.c: under Transition
NTSTATUS SimAdapterStart(ADAPTER *Adapter);
void SimAdapterHalt(ADAPTER *Adapter, NDIS_HALT_ACTION Action);
void SimAdapterPause(ADAPTER *Adapter, ULONG Why, ULONG Reason);
void SimAdapterRestart(ADAPTER *Adapter, ULONG Why);
void SimAdapterDeviceEvent(ADAPTER *Adapter, NDIS_DEVICE_PNP_EVENT Event);
NTSTATUS SimAdapterSetPower(ADAPTER *Adapter, DEVICE_POWER_STATE State);

// reset.c, hang.c: under Transition
void SimAdapterReset(ADAPTER *Adapter);
void SimHangStart(ADAPTER *Adapter);
void SimHangStop(ADAPTER *Adapter); // its work item may still come; it finds the adapter halted

// attributes.c
void SimAttributesFree(ADAPTER *Adapter);
// The restart attributes in one block; NULL when there is no memory.
PNDIS_RESTART_ATTRIBUTES SimAttributesForRestart(ADAPTER *Adapter);
void SimAttributesSetLinkState(ADAPTER *Adapter, const NDIS_LINK_STATE *State);
void SimAttributesGetLinkState(ADAPTER *Adapter, NDIS_LINK_STATE *State);

// miniport.c
BOOLEAN SimVersionIsKnown(UCHAR Major, UCHAR Minor);
MINIPORT_DRIVER *SimMiniportDriverFind(PDRIVER_OBJECT DriverObject);
// pnp.c: what NDIS puts into a miniport's driver object
DRIVER_ADD_DEVICE SimMiniportAddDevice;
DRIVER_DISPATCH SimMiniportPnp, SimMiniportPower, SimMiniportPass;
DRIVER_DISPATCH SimMiniportOther; // device.c

// The neighbours as they are now, for what may run while the stack is changed: status indications,
// requests and cancels. Frames need no lock, as there are none then.
MODULE_DOWN SimPathBelow(ADAPTER *Adapter, const MODULE *Module);
MODULE_UP SimPathAbove(ADAPTER *Adapter, const MODULE *Module);

// protocol.c
PROTOCOL *SimProtocolNext(PROTOCOL *After);
void SimProtocolDereference(PROTOCOL *Protocol);

// binder.c
NTSTATUS SimBinderStart(void);
void SimBinderStop(void);
void SimBinderKick(void); // IRQL <= DISPATCH_LEVEL

// binding.c: under Transition
void SimBindingBind(ADAPTER *Adapter, PROTOCOL *Protocol);
void SimBindingUnbind(BINDING *Binding);
void SimBindingPause(BINDING *Binding, ULONG Reason);
void SimBindingRestart(BINDING *Binding, PNDIS_RESTART_ATTRIBUTES Attributes);
BINDING *SimBindingFind(ADAPTER *Adapter, PROTOCOL *Protocol);
void SimBindingForget(BINDING *Binding);
NDIS_STATUS SimBindingPnpEvent(BINDING *Binding, NET_PNP_EVENT_CODE Code, PVOID Buffer,
                               ULONG BufferLength);
NDIS_STATUS SimProtocolPnpEvent(PROTOCOL *Protocol, NET_PNP_EVENT_CODE Code);
// To the filters, from the lowest on, and what they let pass to the bindings; under Transition.
NDIS_STATUS SimAdapterPnpEvent(ADAPTER *Adapter, NET_PNP_EVENT_CODE Code, PVOID Buffer,
                               ULONG BufferLength);
void NTAPI SimBindingCheckSlow(NDIS_HANDLE Handle, const char *Function);
static inline BINDING *SimBindingCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (__builtin_expect(HandleSignature(Handle) != SIGNATURE_BINDING || SimNdisHooks != NULL, 0)) {
        SimBindingCheckSlow(Handle, Function);
    }
    return Handle;
}
const char *NTAPI SimBindingStateName(BINDING_STATE State);
// open.c
void SimBindingPublish(BINDING *Binding);
void SimBindingRetract(BINDING *Binding);

// bindparameters.c
NTSTATUS SimBindParametersFill(BINDING *Binding);

// send.c, receive.c, status.c, oid.c: the entries of Top and Bottom
void SimTopInitialize(ADAPTER *Adapter);
PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE SimTopSendComplete;
PROTOCOL_RECEIVE_NET_BUFFER_LISTS SimTopReceive;
PROTOCOL_STATUS_EX SimTopStatus;
PROTOCOL_OID_REQUEST_COMPLETE SimTopOidComplete;
PROTOCOL_DIRECT_OID_REQUEST_COMPLETE SimTopDirectOidComplete;
void NTAPI SimReceiveLoopback(BINDING *Sender, NET_BUFFER_LIST *Nbls, NDIS_PORT_NUMBER Port,
                              ULONG SendFlags);
void SimLoopbackUpdate(ADAPTER *Adapter);

// oid.c
NTSTATUS SimOidQueueCreate(ADAPTER *Adapter);
void SimOidQueueDestroy(ADAPTER *Adapter); // waits for its work item; accepts a half-built one
// A request of NDIS's own; waits. PASSIVE_LEVEL.
NDIS_STATUS SimAdapterOid(ADAPTER *Adapter, NDIS_REQUEST_TYPE Type, NDIS_OID Oid, PVOID Buffer,
                          ULONG Length);
// No request is under way between the two; those that come wait. PASSIVE_LEVEL, under Transition.
void SimOidQueueHold(ADAPTER *Adapter);
void SimOidQueueResume(ADAPTER *Adapter);
void SimOidReplyNeeds(PNDIS_OID_REQUEST Request, ULONG Bytes);

// oidmerge.c: the miniport gets what all bindings together want. Called for the active request.
// `Down` is what to send, when PENDING comes back; else the request is done with that status.
// Binding NULL: a request of NDIS's own.
NDIS_STATUS SimOidMerge(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request,
                        PNDIS_OID_REQUEST *Down);
void SimOidMergeDone(ADAPTER *Adapter, BINDING *Binding, PNDIS_OID_REQUEST Request,
                     NDIS_STATUS Status);
void SimOidMergeClose(BINDING *Binding); // its settings go; PASSIVE_LEVEL

// oidanswer.c. FALSE: NDIS does not know. The first before the miniport is asked, the second when
// it does not know either.
BOOLEAN SimOidAnswer(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status);
BOOLEAN SimOidAnswerInstead(BINDING *Binding, PNDIS_OID_REQUEST Request, NDIS_STATUS *Status);

// bindings.c
void SimBindingEnlist(BINDING *Binding);
void SimBindingDelist(BINDING *Binding); // accepts one that is not enlisted

// completion.c
void SimCompletionBegin(COMPLETION *Completion);
// NDIS_STATUS_PENDING: waits for the driver's completion call; else nobody may make one.
NDIS_STATUS SimCompletionEnd(COMPLETION *Completion, NDIS_STATUS Status);
void SimCompletionSet(COMPLETION *Completion, NDIS_STATUS Status, const char *Function,
                      void *Object);

// Alignment of frame data is not to be relied on.
static inline BOOLEAN EthernetAddressEqual(const UCHAR *A, const UCHAR *B)
{
    return __builtin_memcmp(A, B, 6) == 0;
}

static inline BOOLEAN BindingIsBound(const BINDING *Binding)
{
    return Binding->State != BindingUnbound;
}
