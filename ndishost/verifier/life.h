// SPDX-License-Identifier: MIT
#pragma once

// The checks of a binding's life: states, drain, receives, OIDs, bind and unbind, PnP events,
// locks. Each function is the hook of ndis/control.h or nt/hooks.h whose name it has; verifier.c
// puts them into its tables, beside those of sends and MDLs.

#include <ntddk.h>

#include <ndis.h>

#include "../ndis/control.h"

void LifeStop(void); // forgets everything; the hooks are off

// life_state.c: PV-12, and what the other files know of this thread
void NTAPI LifeSending(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls);
void NTAPI LifeHandleMisused(NDIS_HANDLE Binding, const char *Function, BOOLEAN Closed);
void NTAPI LifeCallbackBegins(NDIS_HANDLE Binding, SIM_NDIS_CALLBACK Callback, ULONG Nbls);
void NTAPI LifeCallbackEnds(NDIS_HANDLE Binding, SIM_NDIS_CALLBACK Callback);

// life_event.c: PV-13, PV-20
void NTAPI LifePnpEventCalling(NDIS_HANDLE Binding, NET_PNP_EVENT_CODE Event);
void NTAPI LifePnpEventReturned(NDIS_HANDLE Binding, NET_PNP_EVENT_CODE Event, NDIS_STATUS Status);
void NTAPI LifePnpEventCompleting(NDIS_HANDLE Binding, NET_PNP_EVENT_CODE Event,
                                  NDIS_STATUS Status);
void NTAPI LifeWaiting(void *Object, const LARGE_INTEGER *Timeout);

// life_receive.c: PV-14
void NTAPI LifeIndicating(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags);
void NTAPI LifeIndicated(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReceiveFlags);
void NTAPI LifeReturning(NDIS_HANDLE Binding, NET_BUFFER_LIST *Nbls, ULONG ReturnFlags);

// life_oid.c: PV-18
void NTAPI LifeOidRequesting(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request);
void NTAPI LifeOidRequested(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request, NDIS_STATUS Status);
void NTAPI LifeOidCompleted(NDIS_HANDLE Binding, NDIS_OID_REQUEST *Request, NDIS_STATUS Status);

// life_bind.c: PV-19
void NTAPI LifeOpenRefused(NDIS_HANDLE ProtocolHandle, NDIS_HANDLE BindContext);
void NTAPI LifeOpening(NDIS_HANDLE Binding, const NDIS_OPEN_PARAMETERS *Parameters,
                       const NDIS_HANDLE *HandleTo);
void NTAPI LifeOpenReturned(NDIS_HANDLE Binding, NDIS_STATUS Status);
void NTAPI LifeClosed(NDIS_HANDLE Binding);

// all of them, and PV-18 and PV-19 on the stack
void LifePoolFreeing(void *Address, SIZE_T Bytes, void *Caller);
void NTAPI LifeDispatched(void);

// life_lock.c: PV-23
void NTAPI LifeLockInitialized(const volatile void *Lock);
void NTAPI LifeLockTaken(const volatile void *Lock);
void NTAPI LifeLockRecursing(const volatile void *Lock);
