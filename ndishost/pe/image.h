// SPDX-License-Identifier: MIT
#pragma once

// The images of drivers that are loaded, and the functions of the loader for host/.

#include <ntddk.h>

#include "layout.h"

// Never changes once it is in the list, except for State; stays there until PeStop, so that the
// list can be read at any time, also by the handler of a fault.
typedef struct PE_IMAGE {
    struct PE_IMAGE *Next; // older
    UCHAR *Base;
    PE_LAYOUT Layout;
    const PE_FUNCTION *Functions; // of the exception directory, in the image
    uint32_t FunctionCount;
    _Atomic BOOLEAN IsGone; // no page of it may be touched
    char *Path;
    const char *Name; // of the file, in Path
} PE_IMAGE;

// Maps a driver's file and makes it ready to be called. On failure `Message` says why.
NTSTATUS PeLoad(const char *Path, PE_IMAGE **Image, PE_MESSAGE *Message);
PDRIVER_INITIALIZE PeEntry(const PE_IMAGE *Image);
// DriverEntry has succeeded: what was for it alone goes.
void PeEntered(PE_IMAGE *Image);
// The driver is gone. Whoever still calls into it gets a report that names it.
void PeUnload(PE_IMAGE *Image);
// The system has stopped: gives all memory back.
void PeStop(void);

// The image, loaded or gone, that an address lies in; NULL: none. At any time, on any thread.
PE_IMAGE *PeImageOf(const volatile void *Address);
