// SPDX-License-Identifier: MIT
#include "path.h"

void SimPathConnect(LIST_ENTRY *Modules)
{
    MODULE *Above = NULL;
    for (LIST_ENTRY *Entry = Modules->Flink; Entry != Modules; Entry = Entry->Flink) {
        MODULE *Module = CONTAINING_RECORD(Entry, MODULE, Link);
        if (Above != NULL) {
            Above->Below = Module->Down;
            Module->Above = Above->Up;
        }
        Above = Module;
    }
}
