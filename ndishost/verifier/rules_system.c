// SPDX-License-Identifier: MIT

// VER: what Windows' own verifier and kernel check too. Sections 9.1 to 9.3 of the contract, as far
// as ndishost checks them and no PV rule says it better.

#include "rules_tables.h"

const SIM_RULE SimRulesSystem[] = {
    {"VER-11", "a spin lock was not used as a pair",
     "Each acquire has one release, by the same kind of function and on the same thread, and no "
     "callback returns with a lock held.",
     "Deadlock at DISPATCH_LEVEL, or an IRQL that is wrong from then on: 0x133, 0xA or "
     "0xC4/0x1000.",
     "Pair NdisAcquireSpinLock with NdisReleaseSpinLock (KeAcquireSpinLock with KeReleaseSpinLock, "
     "the Dpr and AtDpcLevel forms with their own) on every path out of the function.",
     "VER-11, IRQL-12"},
    {"VER-12", "a timer is still set",
     "A timer that is set keeps a pointer to its memory and to its DPC.",
     "The system's timer queue runs into freed memory: 0xC7, 0xD1 or 0xA, with no trace of the "
     "driver.",
     "Call NdisCancelTimerObject (or KeCancelTimer and KeFlushQueuedDpcs) before you free or "
     "initialise the timer again, a periodic one at PASSIVE_LEVEL.",
     "VER-12, VER-32, IRQL-13"},
    {"VER-13", "a work item is still queued",
     "The system holds a pointer to the item until its routine has been called.",
     "The worker thread runs freed memory: 0xE4 or 0xD1.",
     "Free or queue a work item again only after its routine has run; the routine itself may do "
     "it.",
     "VER-13"},
    {"VER-24", "a dispatch routine returned at another IRQL than it was called at",
     "The caller goes on at whatever IRQL the driver left behind.",
     "0xC9/0x05, 0xC4/0x2001D, or 0xA in the caller.",
     "Release every spin lock and call KeLowerIrql on every path out of the dispatch routine.",
     "VER-24, IRQL-16"},
    {"VER-27", "a function was called at an IRQL that it may not be called at",
     "Above its limit a function would wait, or touch pageable memory, on a processor that cannot.",
     "0xA, 0xD1 or a deadlock, depending on what was in memory; 0xC4 with Driver Verifier.",
     "Call it before KeAcquireSpinLock, or from a work item (IoQueueWorkItem, NdisQueueIoWorkItem) "
     "at PASSIVE_LEVEL.",
     "VER-27, IRQL-01, IRQL-07, IRQL-10, IRQL-15"},
    {"VER-32", "pool was allocated or freed wrongly",
     "Pool is freed once, with the tag of its allocation, at an IRQL that its kind allows, and "
     "nothing in it may still be in use by the system.",
     "0xC2, 0x19 or 0xC4; without a verifier damage that shows up elsewhere.",
     "Set the pointer to NULL when you free it, call ExFreePoolWithTag with the tag of the "
     "allocation, and cancel timers, DPCs and work items in it first.",
     "VER-32, VER-41, SEC-08"},
    {"VER-33", "a lock or event was used wrongly",
     "An object must be initialised once, used by the thread that owns it, and be idle when it is "
     "initialised again or freed; a wait that may block needs IRQL <= APC_LEVEL.",
     "Deadlock; 0xC4/0x1000 to 0x100B, 0x121 or 0x122; a list of waiters that runs into freed "
     "memory.",
     "Initialise the object once before its first use, release a lock on the thread that took it, "
     "and wait at PASSIVE_LEVEL only.",
     "VER-33, IRQL-17"},
    {"VER-36", "executable memory was asked for",
     "With memory integrity (HVCI) no kernel memory may be writable and executable.",
     "The driver does not load or is stopped: 0xC4/0x2000 to 0x2005.",
     "Allocate with ExAllocatePool2(POOL_FLAG_NON_PAGED, ...) and add MdlMappingNoExecute to the "
     "priority of MmGetSystemAddressForMdlSafe.",
     "VER-36, SEC-08, SEC-09"},
    {"VER-37", "an IRP, device or dispatch routine was used wrongly",
     "The I/O manager owns the IRPs that it sends and counts on the status, the pending mark and "
     "the "
     "stack locations of each.",
     "0xC9 with Driver Verifier; without it a request that never ends, or ends twice.",
     "End every dispatch routine in one of three ways: complete the IRP and return its status; "
     "mark "
     "it pending and return STATUS_PENDING; or pass it down and return what IoCallDriver returned.",
     "VER-37, MDL-40, MDL-43"},
    {"VER-42", "memory was touched that is not there, or an object was used after its end",
     "The address is NULL, freed, never mapped, or belongs to an object with no reference left.",
     "0xD1, 0x50, 0x1E, 0x139 or 0x18; 0xCE when the code itself has been unloaded.",
     "Hold a reference (ObReferenceObject, a rundown reference, a count of your own) as long as "
     "you "
     "use the object, and clear the pointer when you give it up.",
     "VER-42, BND-08"},
};
const unsigned SimRulesSystemCount = sizeof(SimRulesSystem) / sizeof(SimRulesSystem[0]);
