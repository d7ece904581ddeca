// SPDX-License-Identifier: MIT

// driver/windows/wdmsec.c, which stands in for the WDK's library in shuttle.sys, on ndishost's
// kernel. It is compiled under another name here: ndishost has an IoCreateDeviceSecure of its own
// for drivers that are linked into the program.

#include "io_test.h"

#include <wdmsec.h>

#include <string.h>

#include "wide.h"

NTSTATUS NTAPI TestedIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
                                          PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
                                          ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                                          PCUNICODE_STRING DefaultSDDLString,
                                          LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject);

static NTSTATUS Create(const WCHAR *Sddl, PDEVICE_OBJECT *Device)
{
    UNICODE_STRING Name = SimWideString(L"\\Device\\Secure");
    UNICODE_STRING Text = SimWideString(Sddl);

    return TestedIoCreateDeviceSecure(Test.Driver, 0, &Name, 0x8001, 0, FALSE, &Text, NULL, Device);
}

// Its DACL is exactly these bytes.
static void ExpectDacl(const WCHAR *Sddl, const UCHAR *Expected, USHORT Bytes)
{
    PDEVICE_OBJECT Device;

    assert_int_equal(Create(Sddl, &Device), 0);
    assert_non_null(SimDeviceDacl(Device));
    assert_int_equal(SimDeviceDacl(Device)->AclSize, Bytes);
    assert_memory_equal(SimDeviceDacl(Device), Expected, Bytes);
    IoDeleteDevice(Device);
}

// List: revision 2, size, entries. Entry: type 0, flags 0, size, mask, SID.
static void Secure_EachAccountAndRight_IsInTheList(void **State)
{
    static const UCHAR Administrators[] = {
        2, 0, 52, 0, 2,    0,    0,    0,                                      // two entries
        0, 0, 20, 0, 0xFF, 0x01, 0x1F, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, //
        0, 0, 24, 0, 0xFF, 0x01, 0x1F, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};
    static const UCHAR World[] = {
        2, 0, 48, 0, 2,    0,    0,    0,                                      // two entries
        0, 0, 20, 0, 0xBF, 0x01, 0x12, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0,  0, 0, 0, //
        0, 0, 20, 0, 0x89, 0x00, 0x12, 0, 1, 1, 0, 0, 0, 0, 0, 5, 12, 0, 0, 0};
    static const UCHAR Nobody[] = {2, 0, 8, 0, 0, 0, 0, 0};

    (void)State;
    TestDriverLoad();
    ExpectDacl(L"D:P(A;;GA;;;SY)(A;;GA;;;BA)", Administrators, sizeof(Administrators));
    ExpectDacl(L"D:P(A;;GRGWGX;;;WD)(A;;GR;;;RC)", World, sizeof(World));
    ExpectDacl(L"D:", Nobody, sizeof(Nobody));
    TestDriverUnload();
}

static void Secure_TextNotUnderstood_IsRefused(void **State)
{
    static const WCHAR *const Bad[] = {
        L"",
        L"D",
        L"P(A;;GA;;;SY)",
        L"D:P(A;;GA;;;SY",
        L"D:P(A;;GA;;SY)",
        L"D:P(A;;;;;SY)",
        L"D:P(D;;GA;;;SY)",
        L"D:P(A;CI;GA;;;SY)",
        L"D:P(A;;0x1F;;;SY)",
        L"D:P(A;;GA;;;S-1-5-18)",
        L"D:P(A;;GA;;;SY)x",
        L"O:BAD:P(A;;GA;;;SY)",
    };
    PDEVICE_OBJECT Device;

    (void)State;
    TestDriverLoad();
    for (unsigned Index = 0; Index < ARRAYSIZE(Bad); Index++) {
        assert_int_equal(Create(Bad[Index], &Device), STATUS_INVALID_PARAMETER);
        assert_null(Device);
    }
    TestDriverUnload();
}

static void Secure_NameTaken_LeavesNothing(void **State)
{
    PDEVICE_OBJECT First, Second;

    (void)State;
    TestDriverLoad();
    assert_int_equal(Create(L"D:P(A;;GA;;;SY)", &First), 0);
    assert_int_equal(Create(L"D:P(A;;GA;;;SY)", &Second), STATUS_OBJECT_NAME_COLLISION);
    assert_null(Second);
    IoDeleteDevice(First);
    TestDriverUnload();
}

// What ZwSetSecurityObject accepts.
static void SetSecurity_BrokenDescriptor_IsRefused(void **State)
{
    static const UCHAR Good[] = {1,    0,    4,    0x80, 0, 0, 0,  0, 0, 0, 0, 0, 0,  0, 0,  0,
                                 20,   0,    0,    0,    2, 0, 28, 0, 1, 0, 0, 0, 0,  0, 20, 0,
                                 0xFF, 0x01, 0x1F, 0,    1, 1, 0,  0, 0, 0, 0, 5, 18, 0, 0,  0};
    // Offset, and a value that is wrong there.
    static const UCHAR Wrong[][2] = {{0, 2},  {2, 0},  {16, 19}, {20, 9},  {22, 27}, {22, 7},
                                     {24, 2}, {28, 9}, {30, 24}, {30, 16}, {36, 2},  {37, 15}};
    HANDLE Handle;

    (void)State;
    TestDriverLoad();
    assert_int_equal(ObOpenObjectByPointer(Test.Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL,
                                           KernelMode, &Handle),
                     0);
    assert_int_equal(ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, (PVOID)Good), 0);
    for (unsigned Index = 0; Index < ARRAYSIZE(Wrong); Index++) {
        _Alignas(8) UCHAR Bad[sizeof(Good)];

        memcpy(Bad, Good, sizeof(Good));
        Bad[Wrong[Index][0]] = Wrong[Index][1];
        assert_int_equal(ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, Bad),
                         STATUS_INVALID_SECURITY_DESCR);
    }
    assert_int_equal(ZwSetSecurityObject(Handle, OWNER_SECURITY_INFORMATION, (PVOID)Good),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(ZwClose(Handle), 0);
    assert_int_equal(ObOpenObjectByPointer(Test.Device, OBJ_KERNEL_HANDLE, NULL, READ_CONTROL, NULL,
                                           KernelMode, &Handle),
                     0);
    assert_int_equal(ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, (PVOID)Good),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(ZwClose(Handle), 0);
    TestDriverUnload();
}

int main(void)
{
    static const struct CMUnitTest Tests[] = {
        IO_TEST(Secure_EachAccountAndRight_IsInTheList),
        IO_TEST(Secure_TextNotUnderstood_IsRefused),
        IO_TEST(Secure_NameTaken_LeavesNothing),
        IO_TEST(SetSecurity_BrokenDescriptor_IsRefused),
    };

    return cmocka_run_group_tests(Tests, NULL, NULL);
}
