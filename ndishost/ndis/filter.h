// SPDX-License-Identifier: MIT
#pragma once

// Filter drivers and their modules on adapters. A module stands in ADAPTER.Modules between Top and
// Bottom; its entries are NDIS's own functions (filterdata.c, filteroid.c) with the FILTER as
// context, which call the driver's handler or, where it has none, the neighbour.

#include "oid.h"

typedef struct FILTER_DRIVER {
    ULONG Signature;
    LIST_ENTRY Link; // SimNdis.Filters
    ULONG Sequence;
    LONG References;     // who looks at it without the lock; guarded by SimNdisLock
    KEVENT Unreferenced; // set when References falls to 0
    BOOLEAN Leaving;     // deregistering: not attached any more; guarded by SimNdisLock
    PDRIVER_OBJECT DriverObject;
    NDIS_HANDLE Context;
    UNICODE_STRING FriendlyName, UniqueName, ServiceName;
    NDIS_FILTER_DRIVER_CHARACTERISTICS Characteristics;
} FILTER_DRIVER;

typedef enum FILTER_STATE {
    FilterAttaching,
    FilterPaused,
    FilterRestarting,
    FilterRunning,
    FilterPausing,
    FilterDetached,
} FILTER_STATE;

// One filter driver on one adapter. After its end it is kept until the adapter goes: somebody may
// still be on the way through it, and a late use of the handle is told apart from a wild pointer.
typedef struct FILTER {
    ULONG Signature;
    volatile LONG State; // FILTER_STATE, written under Transition
    MODULE Module;
    LIST_ENTRY DeadLink; // ADAPTER.DeadFilters
    ADAPTER *Adapter;
    FILTER_DRIVER *Driver;
    NDIS_HANDLE Context; // the driver's; NULL until NdisFSetAttributes
    BOOLEAN HasContext;
    NDIS_FILTER_PARTIAL_CHARACTERISTICS Data; // handlers of the data path
    COMPLETION PauseDone, RestartDone;
    DRAIN_COUNT Life;    // status and device events that run; open while attached
    DRAIN_COUNT Running; // sends and receives that run; open from restart to pause
} FILTER;

FILTER *NTAPI SimFilterCheck(NDIS_HANDLE Handle, const char *Function);

// filter.c: under Transition
void SimFiltersAttach(ADAPTER *Adapter); // all that are registered; the adapter is paused
void SimFiltersDetach(ADAPTER *Adapter); // all; likewise
// FALSE: the module is not a filter's.
BOOLEAN SimFilterDrop(ADAPTER *Adapter, MODULE *Module);
void SimFiltersForget(ADAPTER *Adapter); // the dead ones
// From the module below `Above` on: the first filter that wants it, else the miniport.
void SimFilterDeviceEvent(ADAPTER *Adapter, MODULE *Above, PNET_DEVICE_PNP_EVENT Event);

// The first filter above `Below` that wants net PnP events, with Life entered, which the caller
// leaves; NULL: none.
FILTER *SimFilterNetEventTaker(ADAPTER *Adapter, MODULE *Below);

// filterdata.c, filteroid.c
void SimFilterDataEntries(FILTER *Filter);
void SimFilterOidEntries(FILTER *Filter);
void SimFilterOidsCreate(ADAPTER *Adapter);
