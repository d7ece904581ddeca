// SPDX-License-Identifier: MIT

// Names for addresses in images, as their PDBs say. llvm-symbolizer reads them: it is started once
// for a report, asked for one address after the other, and without it there are offsets.

#define _GNU_SOURCE

#include "symbol.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"

extern char **environ;

typedef struct SYMBOLIZER {
    const PE_IMAGE *Image; // that it was started for
    pid_t Child;           // 0: it can't be started, or has ended
    int Socket;
    char Text[2048]; // its last answer
} SYMBOLIZER;

// Runs the program with the socket for input and output. 0: it can't be started.
static pid_t Spawn(char *const *Arguments, int Socket)
{
    posix_spawn_file_actions_t Actions;
    pid_t Child = 0;

    if (posix_spawn_file_actions_init(&Actions) != 0) {
        return 0;
    }
    if (posix_spawn_file_actions_adddup2(&Actions, Socket, STDIN_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&Actions, Socket, STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_addopen(&Actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawnp(&Child, Arguments[0], &Actions, NULL, Arguments, environ) != 0) {
        Child = 0;
    }
    posix_spawn_file_actions_destroy(&Actions);
    return Child;
}

static void Start(SYMBOLIZER *Symbolizer, const PE_IMAGE *Image)
{
    char Object[4096];
    char *Arguments[] = {"llvm-symbolizer",   Object, "--relative-address", "--no-inlines",
                         "--functions=short", NULL};
    int Sockets[2];

    Symbolizer->Image = Image;
    if (snprintf(Object, sizeof(Object), "--obj=%s", Image->Path) >= (int)sizeof(Object) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, Sockets) != 0) {
        return;
    }
    Symbolizer->Child = Spawn(Arguments, Sockets[1]);
    close(Sockets[1]);
    if (Symbolizer->Child != 0) {
        Symbolizer->Socket = Sockets[0];
    } else {
        close(Sockets[0]);
    }
}

static void Stop(SYMBOLIZER *Symbolizer)
{
    if (Symbolizer->Child != 0) {
        close(Symbolizer->Socket);
        (void)waitpid(Symbolizer->Child, NULL, 0);
        Symbolizer->Child = 0;
    }
}

// The answer is two lines and an empty one: function, file:line:column.
static BOOLEAN Ask(SYMBOLIZER *Symbolizer, ULONG Offset)
{
    char *Text = Symbolizer->Text;
    size_t Used = 0;
    ssize_t Count;
    int Length = snprintf(Text, sizeof(Symbolizer->Text), "0x%x\n", Offset);

    if (Symbolizer->Child == 0 ||
        send(Symbolizer->Socket, Text, (size_t)Length, MSG_NOSIGNAL) != Length) {
        return FALSE;
    }
    while (Used < 2 || memcmp(Text + Used - 2, "\n\n", 2) != 0) {
        Count = read(Symbolizer->Socket, Text + Used, sizeof(Symbolizer->Text) - 1 - Used);
        if (Count <= 0) { // it has ended, or the names are too long
            Stop(Symbolizer);
            return FALSE;
        }
        Used += (size_t)Count;
    }
    Text[Used] = 0;
    return Text[0] != '?';
}

static void Split(char *Text, STACK_NAME *Name)
{
    char *File = strchr(Text, '\n');

    Name->Function = Text;
    Name->FunctionLength = (int)(File - Text);
    File++;
    File[strcspn(File, "\n")] = 0;
    char *Column = strrchr(File, ':');
    if (File[0] == '?' || Column == NULL) {
        return;
    }
    *Column = 0;
    char *Line = strrchr(File, ':');
    if (Line != NULL) {
        *Line = 0;
        Name->File = File;
        Name->Line = atoi(Line + 1);
    }
}

int PeName(void **Session, const void *Address, STACK_NAME *Name)
{
    const PE_IMAGE *Image = PeImageOf(Address);
    SYMBOLIZER *Symbolizer = *Session;

    if (Image == NULL) {
        return 0;
    }
    Name->Module = Image->Name;
    Name->Offset = (size_t)((const UCHAR *)Address - Image->Base);
    Name->IsImage = 1;
    Name->IsGone = Image->IsGone;
    if (Symbolizer == NULL) {
        *Session = Symbolizer = calloc(1, sizeof(*Symbolizer));
    }
    if (Symbolizer == NULL) {
        return 1;
    }
    if (Symbolizer->Image != Image) {
        Stop(Symbolizer);
        Start(Symbolizer, Image);
    }
    if (Ask(Symbolizer, (ULONG)Name->Offset)) {
        Split(Symbolizer->Text, Name);
    }
    return 1;
}

void PeNameEnd(void *Session)
{
    SYMBOLIZER *Symbolizer = Session;

    if (Symbolizer != NULL) {
        Stop(Symbolizer);
        free(Symbolizer);
    }
}
