// SPDX-License-Identifier: MIT

// Names for addresses in images.

#define _GNU_SOURCE

#include "symbol.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../nt/sim.h"
#include "image.h"

extern char **environ;

// Runs the program with its output into the pipe. 0: it can't be started.
static pid_t Spawn(char *const *Arguments, const int *Pipe)
{
    posix_spawn_file_actions_t Actions;
    pid_t Child = 0;

    if (posix_spawn_file_actions_init(&Actions) != 0) {
        return 0;
    }
    if (posix_spawn_file_actions_adddup2(&Actions, Pipe[1], STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_addopen(&Actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&Actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawnp(&Child, Arguments[0], &Actions, NULL, Arguments, environ) != 0) {
        Child = 0;
    }
    posix_spawn_file_actions_destroy(&Actions);
    return Child;
}

static void ReadText(int File, char *Text, size_t Size)
{
    size_t Used = 0;
    ssize_t Count;

    while (Used + 1 < Size && (Count = read(File, Text + Used, Size - 1 - Used)) > 0) {
        Used += (size_t)Count;
    }
    Text[Used] = 0;
}

// Two lines: function, file:line:column.
static int Symbolize(const PE_IMAGE *Image, ULONG Offset, char *Text, size_t Size)
{
    char Object[4096], Address[32];
    char *Arguments[] = {
        "llvm-symbolizer", Object, "--relative-address", "--no-inlines", "--functions=short",
        Address,           NULL};
    int Pipe[2];

    if (snprintf(Object, sizeof(Object), "--obj=%s", Image->Path) >= (int)sizeof(Object) ||
        pipe2(Pipe, O_CLOEXEC) != 0) {
        return 0;
    }
    snprintf(Address, sizeof(Address), "0x%x", Offset);
    pid_t Child = Spawn(Arguments, Pipe);
    close(Pipe[1]);
    Text[0] = 0;
    if (Child != 0) {
        ReadText(Pipe[0], Text, Size);
        (void)waitpid(Child, NULL, 0);
    }
    close(Pipe[0]);
    return Text[0] != 0 && Text[0] != '?';
}

typedef struct SYMBOL {
    char Text[2048];
    const char *Function; // NULL: there is none
    const char *Place;    // file:line; NULL: the PDB has none
} SYMBOL;

static void SymbolFind(const PE_IMAGE *Image, ULONG Offset, SYMBOL *Symbol)
{
    char *Line = Symbolize(Image, Offset, Symbol->Text, sizeof(Symbol->Text))
                     ? strchr(Symbol->Text, '\n')
                     : NULL;

    Symbol->Function = Symbol->Place = NULL;
    if (Line == NULL) {
        return;
    }
    *Line++ = 0;
    Line[strcspn(Line, "\n")] = 0;
    char *Column = strrchr(Line, ':');
    if (Column != NULL) {
        *Column = 0;
    }
    Symbol->Function = Symbol->Text;
    Symbol->Place = Line[0] == '?' ? NULL : Line;
}

static ULONG OffsetIn(const PE_IMAGE *Image, const void *Address)
{
    return (ULONG)((const UCHAR *)Address - Image->Base);
}

int PeDescribe(REPORT *Report, size_t Number, const void *Address)
{
    const PE_IMAGE *Image = PeImageOf(Address);
    SYMBOL Symbol;

    if (Image == NULL) {
        return 0;
    }
    const char *Gone = Image->IsGone ? ", which is unloaded" : "";
    ULONG Offset = OffsetIn(Image, Address);
    SymbolFind(Image, Offset, &Symbol);
    if (Symbol.Place != NULL) {
        ReportAdd(Report, "  %2zu %s %s%s\n", Number, Symbol.Function, Symbol.Place, Gone);
    } else {
        ReportAdd(Report, "  %2zu %s%s(%s+0x%x%s)\n", Number,
                  Symbol.Function == NULL ? "" : Symbol.Function,
                  Symbol.Function == NULL ? "" : " ", Image->Name, Offset, Gone);
    }
    return 1;
}

static void NameFind(const PE_IMAGE *Image, ULONG Offset, char *Text, size_t Bytes)
{
    SYMBOL Symbol;
    const char *Base;

    SymbolFind(Image, Offset, &Symbol);
    if (Symbol.Place == NULL) {
        snprintf(Text, Bytes, "%s+0x%x", Image->Name, Offset);
        return;
    }
    Base = Symbol.Place + strlen(Symbol.Place);
    while (Base > Symbol.Place && Base[-1] != '/' && Base[-1] != '\\') {
        Base--;
    }
    snprintf(Text, Bytes, "%s (%s)", Symbol.Function, Base);
}

// The histories of a report name the same few places again and again, and each costs a process.
static struct {
    const PE_IMAGE *Image;
    ULONG Offset;
    char Text[128];
} Known[32];
static unsigned NextKnown;
static SIM_LOCK KnownLock; // guards them

void PeForgetNames(void)
{
    SimLock(&KnownLock);
    memset(Known, 0, sizeof(Known));
    SimUnlock(&KnownLock);
}

int PeName(const void *Address, char *Text, size_t Bytes)
{
    const PE_IMAGE *Image = PeImageOf(Address);
    unsigned i;

    if (Image == NULL) {
        return 0;
    }
    ULONG Offset = OffsetIn(Image, Address);
    SimLock(&KnownLock);
    for (i = 0; i < RTL_NUMBER_OF(Known); i++) {
        if (Known[i].Image == Image && Known[i].Offset == Offset) {
            break;
        }
    }
    if (i == RTL_NUMBER_OF(Known)) {
        i = NextKnown++ % RTL_NUMBER_OF(Known);
        NameFind(Image, Offset, Known[i].Text, sizeof(Known[i].Text));
        Known[i].Image = Image;
        Known[i].Offset = Offset;
    }
    snprintf(Text, Bytes, "%s", Known[i].Text);
    SimUnlock(&KnownLock);
    return 1;
}
