// SPDX-License-Identifier: MIT

// The registry's text form, one line after the other, UTF-8, `#` or `;` starts a comment line:
//
//   [Shuttle]                              the Parameters key of a driver's service
//   [\Registry\Machine\Software\Example]   any key
//   InFlightLimit = 1024                   REG_DWORD, decimal or 0x...
//   Label = "text"                         REG_SZ
//   Path = expand:"%SystemRoot%\x"         REG_EXPAND_SZ
//   List = multi:"a","b"                   REG_MULTI_SZ
//   Large = qword:0x100000000              REG_QWORD
//   Blob = hex:01 02 ff                    REG_BINARY
//
// There are no escapes inside quotes.

#include "registry.h"

#include "print.h"
#include "wide.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICES "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"
#define DATA_MAX 4096

typedef struct LOADER {
    unsigned Line;
    WCHAR Path[512];
    UNICODE_STRING Key; // Length 0: none yet
} LOADER;

typedef struct DATA {
    ULONG Type;
    ULONG Bytes;
    unsigned char Content[DATA_MAX] __attribute__((aligned(8)));
} DATA;

static char *Trim(char *Text)
{
    while (*Text == ' ' || *Text == '\t') {
        Text++;
    }
    size_t Length = strlen(Text);
    while (Length > 0 && strchr(" \t\r", Text[Length - 1]) != NULL) {
        Text[--Length] = 0;
    }
    return Text;
}

static const char *SetKey(LOADER *Loader, char *Line)
{
    size_t Length = strlen(Line);
    char Path[512];
    if (Length < 3 || Line[Length - 1] != ']') {
        return "a key is written [NAME]";
    }
    Line[Length - 1] = 0;
    const char *Format = Line[1] == '\\' ? "%s" : SERVICES "%s\\Parameters";
    int Written = __builtin_snprintf(Path, sizeof(Path), Format, Line + 1);
    if (Written < 0 || (size_t)Written >= sizeof(Path)) {
        return "the key's name is too long";
    }
    size_t Units = SimWideFromUtf8(Loader->Path, 512, Path, strlen(Path));
    Loader->Key = (UNICODE_STRING){.Length = (USHORT)(Units * sizeof(WCHAR)),
                                   .Buffer = Loader->Path};
    return NT_SUCCESS(SimRegistryMakeKey(&Loader->Key)) ? NULL : "the key cannot be made";
}

// Appends one quoted text and its terminator; returns what follows, or NULL.
static char *AppendQuoted(DATA *Data, char *Text)
{
    char *End = *Text == '"' ? strchr(Text + 1, '"') : NULL;
    if (End == NULL) {
        return NULL;
    }
    size_t Room = (DATA_MAX - Data->Bytes) / sizeof(WCHAR);
    WCHAR *To = (WCHAR *)(Data->Content + Data->Bytes);
    size_t Units = SimWideFromUtf8(To, Room, Text + 1, (size_t)(End - Text - 1));
    if (Units + 2 > Room) { // its own terminator, and that of a list
        return NULL;
    }
    To[Units] = 0;
    To[Units + 1] = 0;
    Data->Bytes += (ULONG)((Units + 1) * sizeof(WCHAR));
    return End + 1;
}

static BOOLEAN ParseText(DATA *Data, ULONG Type, char *Text)
{
    Data->Type = Type;
    char *Rest = AppendQuoted(Data, Text);
    while (Rest != NULL && Type == REG_MULTI_SZ && *(Rest = Trim(Rest)) == ',') {
        Rest = AppendQuoted(Data, Trim(Rest + 1));
    }
    if (Type == REG_MULTI_SZ) {
        Data->Bytes += sizeof(WCHAR);
    }
    return Rest != NULL && *Rest == 0;
}

static BOOLEAN ParseNumber(DATA *Data, ULONG Type, const char *Text)
{
    char *End;
    errno = 0;
    unsigned long long Value = strtoull(Text, &End, 0);
    BOOLEAN Fits = Type == REG_QWORD || Value <= UINT32_MAX;
    if (End == Text || *End != 0 || *Text == '-' || errno != 0 || !Fits) {
        return FALSE;
    }
    Data->Type = Type;
    Data->Bytes = Type == REG_QWORD ? 8 : 4;
    memcpy(Data->Content, &Value, Data->Bytes);
    return TRUE;
}

static BOOLEAN ParseBytes(DATA *Data, const char *Text)
{
    Data->Type = REG_BINARY;
    while (*Text != 0) {
        char *End;
        unsigned long Value = strtoul(Text, &End, 16);
        if (End == Text || Value > 0xFF || Data->Bytes == DATA_MAX) {
            return FALSE;
        }
        Data->Content[Data->Bytes++] = (unsigned char)Value;
        Text = Trim(End);
    }
    return TRUE;
}

static BOOLEAN ParseData(DATA *Data, char *Text)
{
    if (*Text == '"') {
        return ParseText(Data, REG_SZ, Text);
    }
    if (strncmp(Text, "expand:", 7) == 0) {
        return ParseText(Data, REG_EXPAND_SZ, Text + 7);
    }
    if (strncmp(Text, "multi:", 6) == 0) {
        return ParseText(Data, REG_MULTI_SZ, Text + 6);
    }
    if (strncmp(Text, "qword:", 6) == 0) {
        return ParseNumber(Data, REG_QWORD, Text + 6);
    }
    if (strncmp(Text, "hex:", 4) == 0) {
        return ParseBytes(Data, Trim(Text + 4));
    }
    return ParseNumber(Data, REG_DWORD, Text);
}

static const char *SetValue(LOADER *Loader, char *Line)
{
    DATA Data = {0};
    WCHAR Name[128];
    char *Equals = strchr(Line, '=');
    if (Loader->Key.Length == 0) {
        return "a value before the first key";
    }
    if (Equals == NULL) {
        return "neither a key nor NAME = VALUE";
    }
    *Equals = 0;
    char *Left = Trim(Line);
    size_t Units = SimWideFromUtf8(Name, 128, Left, strlen(Left));
    if (Units == 0 || Units > 128) {
        return "the value's name is empty or too long";
    }
    if (!ParseData(&Data, Trim(Equals + 1))) {
        return "the value is not understood";
    }
    UNICODE_STRING ValueName = {.Length = (USHORT)(Units * sizeof(WCHAR)), .Buffer = Name};
    NTSTATUS Status = SimRegistrySet(&Loader->Key, &ValueName, Data.Type, Data.Content, Data.Bytes);
    return NT_SUCCESS(Status) ? NULL : "the value cannot be set";
}

// The whole file, terminated; NULL on failure.
static char *ReadText(const char *File)
{
    int Descriptor = open(File, O_RDONLY | O_CLOEXEC);
    if (Descriptor < 0) {
        return NULL;
    }
    size_t Used = 0;
    size_t Size = 65536;
    char *Text = malloc(Size);
    while (Text != NULL) {
        ssize_t Count = read(Descriptor, Text + Used, Size - Used - 1);
        if (Count < 0) {
            free(Text);
            Text = NULL;
            break;
        }
        Used += (size_t)Count;
        Text[Used] = 0;
        if (Count == 0) {
            break;
        }
        if (Used + 1 == Size) {
            char *Larger = realloc(Text, Size *= 2);
            if (Larger == NULL) {
                free(Text);
            }
            Text = Larger;
        }
    }
    close(Descriptor);
    return Text;
}

BOOLEAN SimRegistryLoad(const char *File)
{
    char *Text = ReadText(File);
    if (Text == NULL) {
        SimPrint("ndishost: cannot read registry file %s: %s\n", File, strerror(errno));
        return FALSE;
    }
    LOADER Loader = {0};
    const char *Error = NULL;
    char *Next;
    for (char *Line = Text; Line != NULL && Error == NULL; Line = Next) {
        Next = strchr(Line, '\n');
        if (Next != NULL) {
            *Next++ = 0;
        }
        Loader.Line++;
        char *Content = Trim(Line);
        if (*Content == '[') {
            Error = SetKey(&Loader, Content);
        } else if (*Content != 0 && *Content != '#' && *Content != ';') {
            Error = SetValue(&Loader, Content);
        }
    }
    if (Error != NULL) {
        SimPrint("ndishost: registry file %s, line %u: %s\n", File, Loader.Line, Error);
    }
    free(Text);
    return Error == NULL;
}
