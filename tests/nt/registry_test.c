// SPDX-License-Identifier: MIT

// The registry: keys and values through handles, its text form, driver keys.

#include "io_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wide.h"

static HANDLE OpenKey(const WCHAR *Path, HANDLE Root, NTSTATUS Expected)
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name = SimWideString(Path);
    HANDLE Key = NULL;
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, Root,
                               NULL);
    assert_int_equal(ZwOpenKey(&Key, KEY_READ, &Attributes), Expected);
    return Key;
}

static HANDLE CreateKey(const WCHAR *Path, ULONG ExpectedDisposition)
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name = SimWideString(Path);
    HANDLE Key;
    ULONG Disposition;
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwCreateKey(&Key, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, &Disposition), 0);
    assert_int_equal(Disposition, ExpectedDisposition);
    return Key;
}

static ULONG QueryNumber(HANDLE Key, const WCHAR *Value)
{
    struct {
        KEY_VALUE_PARTIAL_INFORMATION Head;
        ULONG Room;
    } Information;
    UNICODE_STRING Name = SimWideString(Value);
    ULONG Length;
    assert_int_equal(ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, &Information,
                                     sizeof(Information), &Length),
                     0);
    assert_int_equal(Information.Head.Type, REG_DWORD);
    assert_int_equal(Information.Head.DataLength, 4);
    ULONG Number;
    memcpy(&Number, Information.Head.Data, 4);
    return Number;
}

static void Registry_SetAndQuery_SameData(void **State)
{
    (void)State;
    HANDLE Key = CreateKey(L"\\Registry\\Machine\\Software\\Test", REG_CREATED_NEW_KEY);
    UNICODE_STRING Name = SimWideString(L"Number");
    UNICODE_STRING Other = SimWideString(L"NUMBER");
    ULONG Number = 42;
    assert_int_equal(ZwSetValueKey(Key, &Name, 0, REG_DWORD, &Number, 4), 0);
    assert_int_equal(QueryNumber(Key, L"nUMBER"), 42);
    Number = 43;
    assert_int_equal(ZwSetValueKey(Key, &Other, 0, REG_DWORD, &Number, 4), 0);
    HANDLE Again = CreateKey(L"\\REGISTRY\\machine\\SOFTWARE\\test", REG_OPENED_EXISTING_KEY);
    assert_int_equal(QueryNumber(Again, L"Number"), 43);
    assert_int_equal(ZwDeleteValueKey(Key, &Name), 0);
    assert_int_equal(ZwDeleteValueKey(Key, &Name), STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(Again);
    ZwClose(Key);
}

static void Registry_BufferTooSmall_SaysHowMuch(void **State)
{
    (void)State;
    unsigned char Buffer[64];
    UNICODE_STRING Name = SimWideString(L"Blob");
    ULONG Length = 0;
    HANDLE Key = CreateKey(L"\\Registry\\Machine\\Software\\Test", REG_CREATED_NEW_KEY);
    assert_int_equal(ZwSetValueKey(Key, &Name, 0, REG_BINARY, "0123456789", 10), 0);
    assert_int_equal(ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Buffer, 4, &Length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(Length, 22);
    memset(Buffer, 'x', sizeof(Buffer));
    assert_int_equal(ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Buffer, 16, &Length),
                     STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(Buffer + 12, "0123xxx", 7);
    assert_int_equal(
        ZwQueryValueKey(Key, &Name, KeyValueFullInformation, Buffer, sizeof(Buffer), &Length), 0);
    const KEY_VALUE_FULL_INFORMATION *Full = (void *)Buffer;
    assert_int_equal(Full->NameLength, 8);
    assert_memory_equal(Buffer + Full->DataOffset, "0123456789", 10);
    assert_int_equal(Length, Full->DataOffset + 10);
    ZwClose(Key);
}

static void Registry_Enumerate_InOrder(void **State)
{
    (void)State;
    unsigned char Buffer[128];
    ULONG Length;
    HANDLE Key = CreateKey(L"\\Registry\\Machine\\Software\\Test", REG_CREATED_NEW_KEY);
    ZwClose(CreateKey(L"\\Registry\\Machine\\Software\\Test\\B", REG_CREATED_NEW_KEY));
    ZwClose(CreateKey(L"\\Registry\\Machine\\Software\\Test\\A", REG_CREATED_NEW_KEY));
    const KEY_BASIC_INFORMATION *Basic = (void *)Buffer;
    assert_int_equal(ZwEnumerateKey(Key, 1, KeyBasicInformation, Buffer, sizeof(Buffer), &Length),
                     0);
    assert_int_equal(Basic->NameLength, 2);
    assert_int_equal(Basic->Name[0], 'A');
    assert_int_equal(ZwEnumerateKey(Key, 2, KeyBasicInformation, Buffer, sizeof(Buffer), &Length),
                     STATUS_NO_MORE_ENTRIES);
    const KEY_FULL_INFORMATION *Full = (void *)Buffer;
    assert_int_equal(ZwQueryKey(Key, KeyFullInformation, Buffer, sizeof(Buffer), &Length), 0);
    assert_int_equal(Full->SubKeys, 2);
    assert_int_equal(Full->Values, 0);
    const KEY_NAME_INFORMATION *Name = (void *)Buffer;
    assert_int_equal(ZwQueryKey(Key, KeyNameInformation, Buffer, sizeof(Buffer), &Length), 0);
    UNICODE_STRING Path = SimWideString(L"\\Registry\\Machine\\Software\\Test");
    assert_int_equal(Name->NameLength, Path.Length);
    assert_memory_equal(Name->Name, Path.Buffer, Path.Length);
    ZwClose(Key);
}

static void Registry_DeletedKey_HandleSaysSo(void **State)
{
    (void)State;
    UNICODE_STRING Name = SimWideString(L"X");
    HANDLE Parent = CreateKey(L"\\Registry\\Machine\\Software\\Test", REG_CREATED_NEW_KEY);
    HANDLE Child = CreateKey(L"\\Registry\\Machine\\Software\\Test\\Child", REG_CREATED_NEW_KEY);
    assert_int_equal(ZwDeleteKey(Parent), STATUS_CANNOT_DELETE);
    assert_int_equal(ZwDeleteKey(Child), 0);
    assert_int_equal(ZwSetValueKey(Child, &Name, 0, REG_NONE, NULL, 0), STATUS_KEY_DELETED);
    OpenKey(L"Child", Parent, STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(ZwDeleteKey(Parent), 0);
    ZwClose(Child);
    ZwClose(Parent);
}

static void Registry_HandleLeak_Counted(void **State)
{
    (void)State;
    OpenKey(L"\\Registry\\Machine\\Software", NULL, 0);

    assert_int_equal(IoTestStop(), 0);
    assert_int_equal(NtTestStop(), 1);
    NtTestStart(4);
    IoTestStart();
}

static void WriteFile(char *Path, const char *Text)
{
    int Descriptor = mkstemp(Path);
    assert_true(Descriptor >= 0);
    assert_int_equal(write(Descriptor, Text, strlen(Text)), (ssize_t)strlen(Text));
    close(Descriptor);
}

static void Registry_TextFile_AllTypes(void **State)
{
    (void)State;
    char Path[] = "/tmp/registry_test_XXXXXX";
    unsigned char Buffer[128];
    ULONG Length;
    UNICODE_STRING List = SimWideString(L"List");
    UNICODE_STRING Blob = SimWideString(L"Blob");
    const KEY_VALUE_PARTIAL_INFORMATION *Partial = (void *)Buffer;
    WriteFile(Path, "# comment\n\n[Shuttle]\nInFlightLimit = 0x10\nText=\"a = b\"\n"
                    "List = multi:\"x\", \"yz\"\n"
                    "[\\Registry\\Machine\\Software\\Other]\nBlob = hex:01 fF 3\n");
    assert_true(SimRegistryLoad(Path));
    HANDLE Key = OpenKey(
        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\Shuttle\\Parameters", NULL, 0);
    assert_int_equal(QueryNumber(Key, L"InFlightLimit"), 16);
    assert_int_equal(
        ZwQueryValueKey(Key, &List, KeyValuePartialInformation, Buffer, sizeof(Buffer), &Length),
        0);
    assert_int_equal(Partial->Type, REG_MULTI_SZ);
    assert_int_equal(Partial->DataLength, 12);
    assert_memory_equal(Partial->Data, L"x\0yz\0", 12);
    ZwClose(Key);
    Key = OpenKey(L"\\Registry\\Machine\\Software\\Other", NULL, 0);
    assert_int_equal(
        ZwQueryValueKey(Key, &Blob, KeyValuePartialInformation, Buffer, sizeof(Buffer), &Length),
        0);
    assert_int_equal(Partial->DataLength, 3);
    assert_memory_equal(Partial->Data, "\x01\xff\x03", 3);
    ZwClose(Key);
    unlink(Path);
}

static void Registry_BadTextFile_Refused(void **State)
{
    (void)State;
    static const char *const Bad[] = {"A = 1\n",
                                      "[Key\nA = 1\n",
                                      "[K]\nA\n",
                                      "[K]\nA = 12x\n",
                                      "[K]\nA = \"b\n",
                                      "[K]\nA = hex:100\n",
                                      "[K]\n = 1\n",
                                      "[K]\nA = 5000000000\n",
                                      "[]\n",
                                      "[K] x\n",
                                      "[K]\nA=-1\n",
                                      "[K]\nA = qword:\n",
                                      "[K]\nA = multi:\"a\",\n"};
    for (unsigned i = 0; i < sizeof(Bad) / sizeof(Bad[0]); i++) {
        char Path[] = "/tmp/registry_test_XXXXXX";
        WriteFile(Path, Bad[i]);
        assert_false(SimRegistryLoad(Path));
        unlink(Path);
    }
    assert_false(SimRegistryLoad("/nonexistent/registry"));
}

static void Registry_SetParameter_SeenByDriver(void **State)
{
    (void)State;
    HANDLE Key;
    assert_int_equal(SimRegistrySetParameter("Test", "Limit", 7), 0);
    TestDriverLoad();
    assert_int_equal(
        IoOpenDriverRegistryKey(Test.Driver, DriverRegKeyParameters, KEY_READ, 0, &Key), 0);
    assert_int_equal(QueryNumber(Key, L"Limit"), 7);
    ZwClose(Key);
    TestDriverUnload();
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        IO_TEST(Registry_SetAndQuery_SameData), IO_TEST(Registry_BufferTooSmall_SaysHowMuch),
        IO_TEST(Registry_Enumerate_InOrder),    IO_TEST(Registry_DeletedKey_HandleSaysSo),
        IO_TEST(Registry_HandleLeak_Counted),   IO_TEST(Registry_TextFile_AllTypes),
        IO_TEST(Registry_BadTextFile_Refused),  IO_TEST(Registry_SetParameter_SeenByDriver),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
