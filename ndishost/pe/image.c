// SPDX-License-Identifier: MIT

// Loads images, and keeps the list of them.

#define _GNU_SOURCE

#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../nt/sim.h"
#include "map.h"
#include "trap.h"

static SIM_LOCK ImagesLock; // for writers
static PE_IMAGE *_Atomic Images;

// ---- the file

static uint8_t *ReadAll(int File, size_t Size)
{
    uint8_t *Bytes = malloc(Size);
    size_t Done = 0;

    while (Bytes != NULL && Done < Size) {
        ssize_t Count = read(File, Bytes + Done, Size - Done);
        if (Count < 0 && errno == EINTR) {
            continue;
        }
        if (Count <= 0) {
            free(Bytes);
            return NULL;
        }
        Done += (size_t)Count;
    }
    return Bytes;
}

static uint8_t *ReadFile(const char *Path, size_t *Size, PE_MESSAGE *Message)
{
    struct stat Status;
    uint8_t *Bytes = NULL;
    int File = open(Path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (File < 0 || fstat(File, &Status) != 0) {
        PeSay(Message, "%s", strerror(errno));
    } else if (!S_ISREG(Status.st_mode) || Status.st_size == 0 ||
               Status.st_size > PE_IMAGE_BYTES_MAX) {
        PeSay(Message, "it is not a file of at most %u bytes", PE_IMAGE_BYTES_MAX);
    } else {
        *Size = (size_t)Status.st_size;
        Bytes = ReadAll(File, *Size);
        if (Bytes == NULL) {
            PeSay(Message, "reading failed: %s", strerror(errno));
        }
    }
    if (File >= 0) {
        close(File);
    }
    return Bytes;
}

// ---- images

static NTSTATUS MapFile(PE_IMAGE *Image, const uint8_t *File, size_t Size, PE_MESSAGE *Message)
{
    uint64_t Seed = (uint64_t)(uintptr_t)Image;

    if (!PeLayoutRead(&Image->Layout, File, Size, Message)) {
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    if (!PeChecksumIsRight(&Image->Layout, File, Size)) {
        PeSay(Message, "its checksum is 0x%x instead of 0x%x: Windows would not load it",
              Image->Layout.CheckSum, PeChecksum(&Image->Layout, File, Size));
        return STATUS_IMAGE_CHECKSUM_MISMATCH;
    }
    Image->Base = PeMap(&Image->Layout, File, Message);
    if (Image->Base == NULL) {
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    if (!PeResolveImports(Image->Base, &Image->Layout, Message)) {
        return STATUS_DRIVER_ENTRYPOINT_NOT_FOUND;
    }
    (void)getrandom(&Seed, sizeof(Seed), 0);
    if (!PeFindFunctions(Image->Base, &Image->Layout, &Image->Functions, &Image->FunctionCount,
                         Message) ||
        !PeConfigure(Image->Base, &Image->Layout, Seed, Message) ||
        !PeProtect(Image->Base, &Image->Layout, Message)) {
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    return STATUS_SUCCESS;
}

static void ImageFree(PE_IMAGE *Image)
{
    if (Image->Base != NULL) {
        PeUnmap(Image->Base, &Image->Layout);
    }
    free(Image->Path);
    free(Image);
}

static PE_IMAGE *ImageCreate(const char *Path)
{
    PE_IMAGE *Image = calloc(1, sizeof(*Image));
    const char *Slash;

    if (Image == NULL) {
        return NULL;
    }
    Image->Path = strdup(Path);
    if (Image->Path == NULL) {
        free(Image);
        return NULL;
    }
    Slash = strrchr(Image->Path, '/');
    Image->Name = Slash == NULL ? Image->Path : Slash + 1;
    return Image;
}

NTSTATUS PeLoad(const char *Path, PE_IMAGE **Image, PE_MESSAGE *Message)
{
    NTSTATUS Status = STATUS_OBJECT_NAME_NOT_FOUND;
    PE_IMAGE *New = ImageCreate(Path);
    size_t Size = 0;
    uint8_t *File;

    *Image = NULL;
    if (New == NULL) {
        PeSay(Message, "there is no memory");
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    File = ReadFile(Path, &Size, Message);
    if (File != NULL) {
        Status = MapFile(New, File, Size, Message);
        free(File);
    }
    if (!NT_SUCCESS(Status)) {
        ImageFree(New);
        return Status;
    }
    SimLock(&ImagesLock);
    New->Next = atomic_load(&Images);
    atomic_store(&Images, New);
    PeTrapStart();
    SimUnlock(&ImagesLock);
    *Image = New;
    return STATUS_SUCCESS;
}

bool PeListImports(const char *Path, PE_IMPORT_VISIT *Visit, void *Context, PE_MESSAGE *Message)
{
    PE_LAYOUT Layout;
    size_t Size = 0;
    uint8_t *File = ReadFile(Path, &Size, Message);
    uint8_t *Base = NULL;
    bool Listed = false;

    if (File != NULL && PeLayoutRead(&Layout, File, Size, Message)) {
        Base = PeMap(&Layout, File, Message);
    }
    if (Base != NULL) {
        Listed = PeVisitImports(Base, &Layout, Visit, Context, Message);
        PeUnmap(Base, &Layout);
    }
    free(File);
    return Listed;
}

PDRIVER_INITIALIZE PeEntry(const PE_IMAGE *Image)
{
    return (PDRIVER_INITIALIZE)(ULONG_PTR)(Image->Base + Image->Layout.EntryPoint);
}

void PeEntered(PE_IMAGE *Image)
{
    PeDiscard(Image->Base, &Image->Layout);
}

void PeUnload(PE_IMAGE *Image)
{
    SimCheckFreeing(Image->Base, Image->Layout.SizeOfImage); // timers, DPCs, work items in its data
    atomic_store(&Image->IsGone, TRUE);
    PeBar(Image->Base, &Image->Layout);
}

void PeStop(void)
{
    SimLock(&ImagesLock);
    PeTrapStop();
    PE_IMAGE *Image = atomic_exchange(&Images, NULL);
    SimUnlock(&ImagesLock);
    while (Image != NULL) {
        PE_IMAGE *Next = Image->Next;
        ImageFree(Image);
        Image = Next;
    }
}

PE_IMAGE *PeImageOf(const volatile void *Address)
{
    for (PE_IMAGE *Image = atomic_load(&Images); Image != NULL; Image = Image->Next) {
        if ((ULONG_PTR)Address - (ULONG_PTR)Image->Base < Image->Layout.SizeOfImage) {
            return Image;
        }
    }
    return NULL;
}
