// SPDX-License-Identifier: MIT

#include "format.h"

#include <string.h>

#include "wide.h"

typedef struct OUTPUT {
    char *Text;
    size_t Room;
    size_t Used; // may be more than Room
} OUTPUT;

typedef struct SPEC {
    BOOLEAN Left, Plus, Blank, Alternate, Zero;
    int Width;
    int Precision; // -1: none
    enum { SizeInt, SizeChar, SizeShort, SizeLong, Size64 } Size;
    BOOLEAN Wide; // l or w
    char Type;
} SPEC;

static void Put(OUTPUT *Output, char Character)
{
    if (Output->Used < Output->Room) {
        Output->Text[Output->Used] = Character;
    }
    Output->Used++;
}

static void PutPadded(OUTPUT *Output, const SPEC *Spec, const char *Text, size_t Length)
{
    size_t Padding = (size_t)Spec->Width > Length ? (size_t)Spec->Width - Length : 0;
    for (size_t i = 0; !Spec->Left && i < Padding; i++) {
        Put(Output, ' ');
    }
    for (size_t i = 0; i < Length; i++) {
        Put(Output, Text[i]);
    }
    for (size_t i = 0; Spec->Left && i < Padding; i++) {
        Put(Output, ' ');
    }
}

static void PutNarrow(OUTPUT *Output, const SPEC *Spec, const char *Text, size_t Limit)
{
    if (Text == NULL) {
        Text = "(null)";
        Limit = SIZE_MAX;
    }
    if (Spec->Precision >= 0 && (size_t)Spec->Precision < Limit) {
        Limit = (size_t)Spec->Precision;
    }
    PutPadded(Output, Spec, Text, Limit == SIZE_MAX ? strlen(Text) : strnlen(Text, Limit));
}

// `Units` of UTF-16, or up to the terminator when that comes first.
static void PutWide(OUTPUT *Output, const SPEC *Spec, const WCHAR *Text, size_t Units)
{
    if (Text == NULL) {
        PutNarrow(Output, Spec, NULL, 0);
        return;
    }
    if (Spec->Precision >= 0 && (size_t)Spec->Precision < Units) {
        Units = (size_t)Spec->Precision;
    }
    size_t Length = 0;
    while (Length < Units && Text[Length] != 0) {
        Length++;
    }
    size_t Padding = (size_t)Spec->Width > Length ? (size_t)Spec->Width - Length : 0;
    SPEC Blanks = {.Width = (int)Padding};
    if (!Spec->Left) {
        PutPadded(Output, &Blanks, "", 0);
    }
    size_t Room = Output->Used < Output->Room ? Output->Room - Output->Used : 0;
    Output->Used += SimUtf8FromWide(Output->Text + (Room > 0 ? Output->Used : 0), Room, Text,
                                    Length);
    if (Spec->Left) {
        PutPadded(Output, &Blanks, "", 0);
    }
}

static void PutNumber(OUTPUT *Output, SPEC *Spec, uint64_t Value, BOOLEAN Negative)
{
    const char *Digits = Spec->Type == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    unsigned Base = Spec->Type == 'x' || Spec->Type == 'X' ? 16 : Spec->Type == 'o' ? 8 : 10;
    char Reversed[24];
    size_t Count = 0;
    for (uint64_t Rest = Value; Rest != 0 || (Count == 0 && Spec->Precision != 0); Rest /= Base) {
        Reversed[Count++] = Digits[Rest % Base];
    }
    char Prefix[2];
    size_t PrefixLength = 0;
    if (Base == 10 && (Negative || Spec->Plus || Spec->Blank)) {
        Prefix[PrefixLength++] = Negative ? '-' : Spec->Plus ? '+' : ' ';
    } else if (Spec->Alternate && Base == 16 && Value != 0) {
        Prefix[PrefixLength++] = '0';
        Prefix[PrefixLength++] = Spec->Type;
    } else if (Spec->Alternate && Base == 8 && Value != 0) {
        Prefix[PrefixLength++] = '0';
    }
    size_t Zeros = Spec->Precision > (int)Count ? (size_t)Spec->Precision - Count : 0;
    size_t Length = PrefixLength + Zeros + Count;
    size_t Padding = (size_t)Spec->Width > Length ? (size_t)Spec->Width - Length : 0;
    if (Spec->Zero && !Spec->Left && Spec->Precision < 0) {
        Zeros += Padding;
        Padding = 0;
    }
    SPEC Blanks = {.Width = (int)Padding};
    if (!Spec->Left) {
        PutPadded(Output, &Blanks, "", 0);
    }
    for (size_t i = 0; i < PrefixLength; i++) {
        Put(Output, Prefix[i]);
    }
    while (Zeros-- > 0) {
        Put(Output, '0');
    }
    while (Count > 0) {
        Put(Output, Reversed[--Count]);
    }
    if (Spec->Left) {
        PutPadded(Output, &Blanks, "", 0);
    }
}

static int ParseNumber(const char **Format)
{
    int Number = 0;
    while (**Format >= '0' && **Format <= '9') {
        Number = Number < 100000 ? Number * 10 + (**Format - '0') : Number;
        (*Format)++;
    }
    return Number;
}

static void ParseFlags(const char **Format, SPEC *Spec)
{
    for (;; (*Format)++) {
        switch (**Format) {
        case '-':
            Spec->Left = TRUE;
            break;
        case '+':
            Spec->Plus = TRUE;
            break;
        case ' ':
            Spec->Blank = TRUE;
            break;
        case '#':
            Spec->Alternate = TRUE;
            break;
        case '0':
            Spec->Zero = TRUE;
            break;
        default:
            return;
        }
    }
}

static void ParseSize(const char **Format, SPEC *Spec, SIM_FORMAT_KIND Kind)
{
    // %s and %c follow the function, %S and %C are the other width; h, l and w decide either.
    static const struct {
        const char *Text;
        int Size;
        int Width; // 0 as the type says, 1 narrow, 2 wide
    } Sizes[] = {{"I64", Size64, 0}, {"I32", SizeInt, 0}, {"ll", Size64, 2}, {"hh", SizeChar, 1},
                 {"I", Size64, 0},   {"z", Size64, 0},    {"j", Size64, 0},  {"t", Size64, 0},
                 {"l", SizeLong, 2}, {"h", SizeShort, 1}, {"w", SizeInt, 2}};
    int Width = 0;
    for (size_t i = 0; i < RTL_NUMBER_OF(Sizes); i++) {
        size_t Length = strlen(Sizes[i].Text);
        if (strncmp(*Format, Sizes[i].Text, Length) == 0) {
            *Format += Length;
            Spec->Size = Sizes[i].Size;
            Width = Sizes[i].Width;
            break;
        }
    }
    Spec->Type = **Format;
    BOOLEAN Other = Spec->Type == 'S' || Spec->Type == 'C';
    Spec->Wide = Width != 0 ? Width == 2 : (Kind == SimFormatWide) != Other;
    if (Spec->Type == 'Z') {
        Spec->Wide = Width == 2; // %Z is an ANSI_STRING in either function
    }
}

static void PutString(OUTPUT *Output, const SPEC *Spec, const void *Text)
{
    if (Spec->Type == 'Z') {
        const UNICODE_STRING *String = Text; // ANSI_STRING has the same layout
        size_t Bytes = String == NULL ? 0 : String->Length;
        const void *Buffer = String == NULL ? NULL : String->Buffer;
        if (Spec->Wide) {
            PutWide(Output, Spec, Buffer, Bytes / sizeof(WCHAR));
        } else {
            PutNarrow(Output, Spec, Buffer, Bytes);
        }
    } else if (Spec->Wide) {
        PutWide(Output, Spec, Text, SIZE_MAX);
    } else {
        PutNarrow(Output, Spec, Text, SIZE_MAX);
    }
}

static void PutCharacter(OUTPUT *Output, const SPEC *Spec, int Character)
{
    if (Spec->Wide) {
        WCHAR Wide = (WCHAR)Character;
        PutWide(Output, Spec, &Wide, 1);
    } else {
        char Narrow = (char)Character;
        PutPadded(Output, Spec, &Narrow, 1);
    }
}

static void PutSigned(OUTPUT *Output, SPEC *Spec, int64_t Value)
{
    Value = Spec->Size == SizeShort  ? (int16_t)Value
            : Spec->Size == SizeChar ? (int8_t)Value
                                     : Value;
    PutNumber(Output, Spec, Value < 0 ? 0 - (uint64_t)Value : (uint64_t)Value, Value < 0);
}

static void PutUnsigned(OUTPUT *Output, SPEC *Spec, uint64_t Value)
{
    Value = Spec->Size == SizeShort  ? (uint16_t)Value
            : Spec->Size == SizeChar ? (uint8_t)Value
                                     : Value;
    PutNumber(Output, Spec, Value, FALSE);
}

// A precision or width that is given by an argument.
static int ParseStar(const char **Format, int *Argument)
{
    if (**Format == '*') {
        (*Format)++;
        return *Argument;
    }
    return ParseNumber(Format);
}

static BOOLEAN IsSpecifier(char Type)
{
    return Type != '\0' && strchr("diuxXopsSZcC", Type) != NULL;
}

// One argument, which is 64 bits wide in a Windows argument list whatever its type.
static void PutArgument(OUTPUT *Output, SPEC *Spec, uint64_t Argument)
{
    switch (Spec->Type) {
    case 'd':
    case 'i':
        PutSigned(Output, Spec, Spec->Size == Size64 ? (int64_t)Argument : (int32_t)Argument);
        break;
    case 'p':
        Spec->Type = 'X';
        Spec->Precision = 16;
        PutNumber(Output, Spec, Argument, FALSE);
        break;
    case 's':
    case 'S':
    case 'Z':
        PutString(Output, Spec, (const void *)Argument);
        break;
    case 'c':
    case 'C':
        PutCharacter(Output, Spec, (int)Argument);
        break;
    default:
        PutUnsigned(Output, Spec, Spec->Size == Size64 ? Argument : (uint32_t)Argument);
        break;
    }
}

size_t SimFormat(char *Text, size_t Bytes, SIM_FORMAT_KIND Kind, const char *Format,
                 SIM_VA_LIST Arguments)
{
    OUTPUT Output = {Text, Bytes == 0 ? 0 : Bytes - 1, 0};
    while (*Format != '\0') {
        if (*Format != '%') {
            Put(&Output, *Format++);
            continue;
        }
        SPEC Spec = {.Precision = -1};
        Format++;
        ParseFlags(&Format, &Spec);
        int Star = *Format == '*' ? __builtin_va_arg(Arguments, int) : 0;
        Spec.Width = ParseStar(&Format, &Star);
        if (Spec.Width < 0) {
            Spec.Left = TRUE;
            Spec.Width = Spec.Width == INT32_MIN ? 0 : -Spec.Width;
        }
        if (*Format == '.') {
            Format++;
            Star = *Format == '*' ? __builtin_va_arg(Arguments, int) : 0;
            Spec.Precision = ParseStar(&Format, &Star);
        }
        ParseSize(&Format, &Spec, Kind);
        if (IsSpecifier(Spec.Type)) {
            PutArgument(&Output, &Spec, __builtin_va_arg(Arguments, uint64_t));
        } else if (Spec.Type != '\0') {
            Put(&Output, Spec.Type); // %%, and what is not known stands for itself
        }
        Format += Spec.Type != '\0';
    }
    if (Bytes > 0) {
        Text[min(Output.Used, Output.Room)] = '\0';
    }
    return Output.Used;
}
