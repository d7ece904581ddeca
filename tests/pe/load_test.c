// SPDX-License-Identifier: MIT

// Files that are no drivers, drivers that can't be loaded, and drivers that leave badly.

#define _GNU_SOURCE

#include "pe_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../ndishost/pe/map.h"
#include "../../ndishost/pe/runtime.h"
#include "drivers/alive.h"
#include "drivers/discard.h"
#include "drivers/mistake.h"

#define INVALID_IMAGE 0xC000007Bu
#define CHECKSUM_MISMATCH 0xC0000221u
#define ENTRYPOINT_NOT_FOUND 0xC0000263u
#define NAME_NOT_FOUND 0xC0000034u
#define NOT_SUPPORTED 0xC00000BBu
#define DEVICE_BUSY 0x80000011u

int LLVMFuzzerTestOneInput(const uint8_t *File, size_t Size);

struct file {
    uint8_t *bytes;
    size_t size;
};

static struct file read_file(const char *path)
{
    struct file file;
    struct stat status;
    int handle = open(path, O_RDONLY);

    assert_true(handle >= 0 && fstat(handle, &status) == 0);
    file.size = (size_t)status.st_size;
    file.bytes = malloc(file.size);
    assert_non_null(file.bytes);
    assert_int_equal(read(handle, file.bytes, file.size), file.size);
    close(handle);
    return file;
}

static struct file read_driver(const char *name)
{
    return read_file(pe_path(name));
}

// Loads bytes; the status, and the message in `message`.
static ndishost_status load_bytes(const void *bytes, size_t size, char message[1000])
{
    struct ndishost_options options = {.quiet = 1};
    struct ndishost_driver *driver = NULL;
    char path[64];
    int handle = memfd_create("driver", 0);

    assert_true(handle >= 0);
    assert_int_equal(write(handle, bytes, size), size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", handle);
    message[0] = 0;
    assert_int_equal(ndishost_start(&options), 0);
    ndishost_status status = ndishost_load(path, &driver, message, 1000);
    assert_true(status == 0 || driver == NULL);
    assert_int_equal(ndishost_stop(), 0);
    close(handle);
    return status;
}

static void expect_refusal(const void *bytes, size_t size, ndishost_status status, const char *text)
{
    char message[1000];

    assert_int_equal(load_bytes(bytes, size, message), status);
    if (strstr(message, text) == NULL) {
        fail_msg("'%s' is not in: %s", text, message);
    }
}

// The whole message, after the name of the file.
static void expect_message(const void *bytes, size_t size, ndishost_status status, const char *text)
{
    char message[1000];

    assert_int_equal(load_bytes(bytes, size, message), status);
    const char *colon = strstr(message, ": ");
    assert_non_null(colon);
    assert_string_equal(colon + 2, text);
}

static void expect_refusal_of(const char *name, ndishost_status status, const char *text)
{
    struct file file = read_driver(name);

    expect_refusal(file.bytes, file.size, status, text);
    free(file.bytes);
}

static void expect_message_of(const char *name, ndishost_status status, const char *text)
{
    struct file file = read_driver(name);

    expect_message(file.bytes, file.size, status, text);
    free(file.bytes);
}

static void Load_NoDriver_TellsWhatItIs(void **state)
{
    char page[4096] = "MZ";
    (void)state;
    expect_message("#!/bin/sh\n", 10, INVALID_IMAGE,
                   "it is no PE file: it does not begin with MZ and a header");
    expect_message(page, sizeof(page), INVALID_IMAGE,
                   "it is no PE file: there is no PE signature at 0x0");
    expect_message_of("program", INVALID_IMAGE,
                      "its subsystem is 3, not native (1): it is a program and no driver");
    expect_message_of("fixed", INVALID_IMAGE, "it has no relocations: link it without /fixed");
    expect_message_of("writable", INVALID_IMAGE, "section .text is both writable and executable");
    expect_message_of("ordinal", ENTRYPOINT_NOT_FOUND,
                      "it imports ntoskrnl.exe by ordinal 5; only imports by name are possible");
    expect_message_of("failing", NOT_SUPPORTED,
                      "it was not started: 0xC00000BB STATUS_NOT_SUPPORTED");
}

// The header alone, as it is cut off in a download.
static void Load_CutOff_TellsWhere(void **state)
{
    struct file file = read_driver("seh");
    (void)state;
    expect_message(file.bytes, 100, INVALID_IMAGE,
                   "the file is cut off: its headers end after byte 100");
    expect_refusal(file.bytes, 0x400, INVALID_IMAGE, "the file is cut off: section .text ends at");
    free(file.bytes);
}

static void set_checksum(struct file *file)
{
    PE_MESSAGE message = {0};
    PE_LAYOUT layout;

    assert_true(PeLayoutRead(&layout, file->bytes, file->size, &message));
    uint32_t sum = PeChecksum(&layout, file->bytes, file->size);
    memcpy(file->bytes + layout.CheckSumOffset, &sum, sizeof(sum));
}

// A module that ndishost does not play, such as the frameworks'.
static void Load_OtherModule_EachImportIsNamed(void **state)
{
    struct file file = read_driver("seh");
    char *name = memmem(file.bytes, file.size, "ntoskrnl.exe", 12);
    (void)state;
    assert_non_null(name);
    memcpy(name, "wdfldr01.sys", 12);
    set_checksum(&file);
    expect_refusal(file.bytes, file.size, ENTRYPOINT_NOT_FOUND,
                   "ndishost has not: wdfldr01.sys!ExRaiseAccessViolation, ");
    expect_refusal(file.bytes, file.size, ENTRYPOINT_NOT_FOUND,
                   "wdfldr01.sys!ObfDereferenceObject, ");
    free(file.bytes);
}

// The end of the list is what counts, as on Windows, not the size that the header gives.
static void Load_ImportDirectorySize_IsNotTheEnd(void **state)
{
    struct file file = read_driver("seh");
    PE_MESSAGE message = {0};
    char text[1000];
    PE_LAYOUT layout;
    uint32_t headers, one = 1;
    (void)state;
    memcpy(&headers, file.bytes + 0x3C, 4);
    memcpy(file.bytes + headers + 24 + 112 + 8 + 4, &one, 4);
    set_checksum(&file);
    assert_int_equal(load_bytes(file.bytes, file.size, text), 0);
    assert_true(PeLayoutRead(&layout, file.bytes, file.size, &message));
    const PE_SECTION *section = PeSectionOf(&layout, layout.Directories[1].Address);
    assert_non_null(section);
    // The empty descriptor behind that of ntoskrnl.exe.
    uint8_t *last = file.bytes + section->FileOffset + layout.Directories[1].Address -
                    section->Address + 20;
    memset(last, 0x7F, 20);
    set_checksum(&file);
    expect_message(file.bytes, file.size, ENTRYPOINT_NOT_FOUND,
                   "the name of an imported module is not inside the image");
    free(file.bytes);
}

// The cookie gets 48 bits of the seed and never the linker's value; the guard's calls lead to
// ndishost.
static void Config_Seed_IsWritten(void **state)
{
    static const uint64_t Seeds[] = {0x123456789ABCDEF0, PE_DEFAULT_COOKIE, 0};
    struct file file = read_file(SHUTTLE_SYS);
    PE_MESSAGE message = {0};
    PE_LAYOUT layout;
    (void)state;
    assert_true(PeLayoutRead(&layout, file.bytes, file.size, &message));
    for (size_t i = 0; i < sizeof(Seeds) / sizeof(Seeds[0]); i++) {
        uint8_t *base = PeMap(&layout, file.bytes, &message);
        uint64_t *config = (uint64_t *)(base + layout.Directories[10].Address);
        uint64_t *cookie = (uint64_t *)config[PE_CONFIG_SECURITY_COOKIE / 8];
        assert_non_null(base);
        assert_int_equal(*cookie, PE_DEFAULT_COOKIE);
        assert_true(PeConfigure(base, &layout, Seeds[i], &message));
        assert_true(*cookie != PE_DEFAULT_COOKIE && *cookie != 0 && *cookie >> 48 == 0);
        assert_true(i != 0 || *cookie == 0x56789ABCDEF0);
        assert_ptr_equal(*(void **)config[PE_CONFIG_GUARD_CHECK / 8], PeGuardCheck);
        assert_ptr_equal(*(void **)config[PE_CONFIG_GUARD_DISPATCH / 8], PeGuardDispatch);
        PeUnmap(base, &layout);
    }
    free(file.bytes);
}

static void Load_NoFile_TellsWhy(void **state)
{
    struct ndishost_driver *driver;
    char message[200] = "";
    (void)state;
    assert_int_equal(ndishost_load("/absent.sys", &driver, message, sizeof(message)), 0xC0000184u);
    assert_int_equal(ndishost_start(NULL), 0);
    assert_int_equal(ndishost_load("/absent.sys", &driver, message, sizeof(message)),
                     NAME_NOT_FOUND);
    assert_string_equal(message, "/absent.sys: No such file or directory");
    assert_int_equal(ndishost_load("/tmp", &driver, NULL, 0), NAME_NOT_FOUND);
    assert_int_equal(ndishost_load("/dev/zero", &driver, NULL, 0), NAME_NOT_FOUND);
    assert_int_equal(ndishost_stop(), 0);
}

static void Load_MissingImports_AreAllNamed(void **state)
{
    (void)state;
    expect_refusal_of("missing", ENTRYPOINT_NOT_FOUND, "ntoskrnl.exe!KeNotThere");
    expect_refusal_of("missing", ENTRYPOINT_NOT_FOUND, "ntoskrnl.exe!ZwNotThereEither");
    expect_refusal_of("missing", ENTRYPOINT_NOT_FOUND, "NDIS.SYS!NdisNotThere");
    expect_refusal_of("missing", ENTRYPOINT_NOT_FOUND, "ntoskrnl.exe!NdisFreeMdl"); // NDIS has it
}

static void Load_Truncated_IsRefusedAtEveryLength(void **state)
{
    struct file file = read_driver("seh");
    char message[1000];
    (void)state;
    for (size_t size = 1; size < file.size; size += size < 1024 ? 1 : 97) {
        assert_int_not_equal(load_bytes(file.bytes, size, message), 0);
        assert_true(message[0] != 0);
    }
    free(file.bytes);
}

static void Load_ChangedByte_IsRefused(void **state)
{
    struct file file = read_driver("seh");
    (void)state;
    file.bytes[file.size / 2] ^= 1;
    expect_refusal(file.bytes, file.size, CHECKSUM_MISMATCH, "checksum");
    free(file.bytes);
}

struct field {
    const char *name;
    int header; // 0: of the file header, 1: optional, 2: first section's
    unsigned offset;
    unsigned bytes;
    uint64_t value;
    const char *text;
};

static const struct field Fields[] = {
    {"Machine", 0, 0, 2, 0xAA64, "(ARM64)"},
    {"Machine", 0, 0, 2, 0x14C, "(32-bit x86)"},
    {"NumberOfSections", 0, 2, 2, 0, "0 sections"},
    {"NumberOfSections", 0, 2, 2, 97, "97 sections"},
    {"SizeOfOptionalHeader", 0, 16, 2, 8, "only 8 bytes"},
    {"Characteristics", 0, 18, 2, 0, "not linked"},
    {"Magic", 1, 0, 2, 0x10B, "not PE32+"},
    {"AddressOfEntryPoint", 1, 16, 4, 0, "entry point"},
    {"AddressOfEntryPoint", 1, 16, 4, 0xFFFFFFF0, "entry point"},
    {"ImageBase", 1, 24, 8, 0x140001000, "multiple of 64 KB"},
    {"SectionAlignment", 1, 32, 4, 512, "section alignment"},
    {"SectionAlignment", 1, 32, 4, 0x3000, "section alignment"},
    {"FileAlignment", 1, 36, 4, 0, "file alignment"},
    {"SizeOfImage", 1, 56, 4, 0x1000, "reaches beyond the image"},
    {"SizeOfImage", 1, 56, 4, 0xFFFFF000, "image size"},
    {"SizeOfHeaders", 1, 60, 4, 0xFFFFFFFF, "header size"},
    {"SizeOfHeaders", 1, 60, 4, 16, "header size"},
    {"Subsystem", 1, 68, 2, 2, "subsystem is 2"},
    {"NumberOfRvaAndSizes", 1, 108, 4, 0x10000000, "data directories"},
    {"Import.Address", 1, 112 + 8 * 1, 4, 0xFFFFFF00, "data directory 1"},
    {"Exception.Size", 1, 112 + 8 * 3 + 4, 4, 0x7FFFFFFF, "data directory 3"},
    {"Relocation.Address", 1, 112 + 8 * 5, 4, 16, "data directory 5"},
    {"Tls.Size", 1, 112 + 8 * 9 + 4, 4, 40, "thread-local"},
    {"DelayImport.Size", 1, 112 + 8 * 13 + 4, 4, 40, "delay-loaded"},
    {"Clr.Size", 1, 112 + 8 * 14 + 4, 4, 40, "managed code"},
    {"VirtualSize", 2, 8, 4, 0xFFFFFFFF, "section"},
    {"VirtualAddress", 2, 12, 4, 0x5000, "section 0"},
    {"SizeOfRawData", 2, 16, 4, 0xFFFFFFFF, "cut off"},
    {"PointerToRawData", 2, 20, 4, 0xFFFFFE00, "cut off"},
};

static void Load_WrongField_IsNamed(void **state)
{
    struct file file = read_driver("seh");
    uint32_t headers;
    (void)state;
    memcpy(&headers, file.bytes + 0x3C, 4);
    for (size_t i = 0; i < sizeof(Fields) / sizeof(Fields[0]); i++) {
        const struct field *field = &Fields[i];
        size_t bases[] = {headers + 4, headers + 24, headers + 24 + 240};
        uint8_t *at = file.bytes + bases[field->header] + field->offset;
        uint64_t before = 0;
        memcpy(&before, at, field->bytes);
        memcpy(at, &field->value, field->bytes);
        print_message("%s = 0x%llx\n", field->name, (unsigned long long)field->value);
        expect_refusal(file.bytes, file.size, INVALID_IMAGE, field->text);
        memcpy(at, &before, field->bytes);
    }
    free(file.bytes);
}

// Every byte of the headers and many of the rest, with values that tend to break sums.
static void Load_AnyByteChanged_NeverCrashes(void **state)
{
    struct file file = read_driver("seh");
    (void)state;
    for (size_t i = 0; i < file.size; i += i < 0x400 ? 1 : 127) {
        uint8_t before = file.bytes[i];
        const uint8_t values[] = {0, 0x80, 0xFF, (uint8_t)(before + 1)};
        for (size_t j = 0; j < sizeof(values); j++) {
            file.bytes[i] = values[j];
            assert_int_equal(LLVMFuzzerTestOneInput(file.bytes, file.size), 0);
        }
        file.bytes[i] = before;
    }
    free(file.bytes);
}

static void Load_SameNameTwice_IsRefused(void **state)
{
    struct ndishost_driver *again;
    char message[200] = "";
    (void)state;
    pe_start("seh");
    assert_int_equal(ndishost_load(pe_path("seh"), &again, message, sizeof(message)), 0xC0000035u);
    assert_non_null(strstr(message, "seh.sys"));
    pe_stop();
}

static void Sections_HaveTheirAccess(void **state)
{
    (void)state;
    pe_expect_bug_check("discard", DiscardCallEarly, 1, 0x50, "executes address",
                        "discard.c:", NULL);
    pe_expect_bug_check("discard", DiscardWriteConstant, 1, 0x50, "writes to", "discard.c:", NULL);
    pe_expect_bug_check("discard", DiscardWriteCode, 1, 0x50, "writes to", "discard.c:", NULL);
}

// Memory and a device that the driver has forgotten: told when the system stops.
static void Unload_ThingsLeft_AreLeaks(void **state)
{
    static const char Device[] = "\\Device\\PeForgotten";
    struct ndishost_driver *driver;
    struct ndishost_process *process;
    struct ndishost_file *file;
    uint64_t argument = 0, answer;
    (void)state;
    assert_int_equal(ndishost_start(&(struct ndishost_options){.quiet = 1}), 0);
    assert_int_equal(ndishost_load(pe_path("alive"), &driver, NULL, 0), 0);
    assert_int_equal(ndishost_process_create(&process), 0);
    assert_int_equal(ndishost_open(process, CASE_PATH, NDISHOST_READ | NDISHOST_WRITE, &file), 0);
    assert_int_equal(ndishost_ioctl(file, CASE_CODE(AliveForgotten), &argument, sizeof(argument),
                                    &answer, sizeof(answer), NULL),
                     0);
    assert_int_equal(answer, 1);
    assert_int_equal(ndishost_unload(driver), DEVICE_BUSY); // the handle
    ndishost_close(file);
    assert_int_equal(ndishost_unload(driver), 0);
    assert_int_not_equal(ndishost_open(process, Device, NDISHOST_READ, &file), 0);
    ndishost_process_exit(process);
    assert_int_equal(ndishost_stop(), 3); // the device holds its driver, too
}

static void Unload_TimerSet_IsBugCheck(void **state)
{
    (void)state;
    pe_expect_bug_check_at_unload("alive", AliveTimer, 0, 0xC7, "timer", NULL);
}

static void Unload_ThreadComesBack_NamesTheDriver(void **state)
{
    (void)state;
    pe_expect_bug_check_at_unload("alive", AliveThread, 1, 0x50, "executes address",
                                  "alive.c:", "which is unloaded", NULL);
}

// The history names the functions of the driver, a caller's caller too.
static void Violation_HistoryHasPlacesInTheDriver(void **state)
{
    (void)state;
    pe_expect_bug_check("mistake", MistakeFreeTwice, 0, 0xC4,
                        "the first was by MistakeFree (mistake.c:", "CaseRun (mistake.c:",
                        "MistakeFirst (mistake.c:", "MistakeSecond /", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Load_NoDriver_TellsWhatItIs),
        cmocka_unit_test(Load_NoFile_TellsWhy),
        cmocka_unit_test(Load_MissingImports_AreAllNamed),
        cmocka_unit_test(Load_CutOff_TellsWhere),
        cmocka_unit_test(Load_OtherModule_EachImportIsNamed),
        cmocka_unit_test(Load_ImportDirectorySize_IsNotTheEnd),
        cmocka_unit_test(Config_Seed_IsWritten),
        cmocka_unit_test(Load_Truncated_IsRefusedAtEveryLength),
        cmocka_unit_test(Load_ChangedByte_IsRefused),
        cmocka_unit_test(Load_WrongField_IsNamed),
        cmocka_unit_test(Load_AnyByteChanged_NeverCrashes),
        cmocka_unit_test(Load_SameNameTwice_IsRefused),
        cmocka_unit_test(Sections_HaveTheirAccess),
        cmocka_unit_test(Violation_HistoryHasPlacesInTheDriver),
        cmocka_unit_test(Unload_ThingsLeft_AreLeaks),
        cmocka_unit_test(Unload_TimerSet_IsBugCheck),
        cmocka_unit_test(Unload_ThreadComesBack_NamesTheDriver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
