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

int PeDescribe(REPORT *Report, size_t Number, const void *Address)
{
    const PE_IMAGE *Image = PeImageOf(Address);
    char Text[2048];

    if (Image == NULL) {
        return 0;
    }
    ULONG Offset = (ULONG)((const UCHAR *)Address - Image->Base);
    const char *Gone = Image->IsGone ? ", which is unloaded" : "";
    char *Line = Symbolize(Image, Offset, Text, sizeof(Text)) ? strchr(Text, '\n') : NULL;
    if (Line == NULL) {
        ReportAdd(Report, "  %2zu (%s+0x%x%s)\n", Number, Image->Name, Offset, Gone);
        return 1;
    }
    *Line++ = 0;
    Line[strcspn(Line, "\n")] = 0;
    char *Column = strrchr(Line, ':');
    if (Column != NULL) {
        *Column = 0;
    }
    if (Line[0] == '?') {
        ReportAdd(Report, "  %2zu %s (%s+0x%x%s)\n", Number, Text, Image->Name, Offset, Gone);
    } else {
        ReportAdd(Report, "  %2zu %s %s%s\n", Number, Text, Line, Gone);
    }
    return 1;
}
