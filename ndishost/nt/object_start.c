// SPDX-License-Identifier: MIT

// Start and stop of objects, names, IRPs: what SimObjectStart and SimObjectStop promise.

#include "object_header.h"

#include "print.h"
#include "thread.h"

unsigned SimIrpReportLive(void);
unsigned SimIrpReportBuffers(void);

void SimObjectStart(void)
{
    SimNamespaceStart();
}

unsigned SimObjectStop(void)
{
    unsigned Left = SimEtwStop() + SimShutdownStop();
    SimObjectWaitDeferred();
    unsigned Handles = SimHandleCloseAll(SimSystemProcess());
    if (Handles > 0) {
        SimPrint("ndishost: leak: %u kernel handle(s) not closed\n", Handles);
    }
    SimObjectWaitDeferred();
    SimNamespaceStop();
    SimThreadDropObjects();
    return Left + Handles + SimIrpReportLive() + SimIrpReportBuffers() + SimObjectReportLive();
}
