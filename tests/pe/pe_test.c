// SPDX-License-Identifier: MIT

#include "pe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((ms_abi)) int32_t KeSetEvent(void *event, int32_t increment, uint8_t wait);

static struct ndishost_driver *Driver;
static struct ndishost_process *Process;
static struct ndishost_file *File;

static struct {
    uint32_t code;
    const char *const *strings;
} Expected; // in the child

const char *pe_path(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s.sys", PE_DRIVERS, name);
    return path;
}

static int try_start(const char *name, const struct ndishost_options *options)
{
    char message[1000] = "";
    int started = ndishost_start(options) == 0 &&
                  ndishost_load(pe_path(name), &Driver, message, sizeof(message)) == 0 &&
                  ndishost_process_create(&Process) == 0 &&
                  ndishost_open(Process, CASE_PATH, NDISHOST_READ | NDISHOST_WRITE, &File) == 0;

    if (!started) {
        fprintf(stderr, "%s does not start: %s\n", name, message);
        ndishost_stop();
    }
    return started;
}

void pe_start(const char *name)
{
    struct ndishost_options options = {.processors = 4, .quiet = 1};

    assert_true(try_start(name, &options));
}

uint64_t pe_case(unsigned number, uint64_t argument)
{
    uint64_t answer = 0;

    assert_int_equal(ndishost_ioctl(File, CASE_CODE(number), &argument, sizeof(argument), &answer,
                                    sizeof(answer), NULL),
                     0);
    return answer;
}

void pe_stop(void)
{
    ndishost_close(File);
    ndishost_process_exit(Process);
    assert_int_equal(ndishost_unload(Driver), 0);
    assert_int_equal(ndishost_stop(), 0);
}

static void check_report(uint32_t code, const char *report)
{
    int wrong = code != Expected.code;

    for (const char *const *string = Expected.strings; *string != NULL; string++) {
        if (strstr(report, *string) == NULL) {
            fprintf(stderr, "not in the report: %s\n", *string);
            wrong = 1;
        }
    }
    if (wrong) {
        fprintf(stderr, "%s", report);
    }
    _exit(wrong ? 1 : 42);
}

__attribute__((noinline)) static void child(const char *name, unsigned number, uint64_t argument,
                                            int unload)
{
    struct ndishost_options options = {.processors = 4, .quiet = 1, .on_bug_check = check_report};
    uint64_t answer;

    // An assertion here would go on with the parent's tests.
    if (!try_start(name, &options) ||
        ndishost_ioctl(File, CASE_CODE(number), &argument, sizeof(argument), &answer,
                       sizeof(answer), NULL) != 0) {
        _exit(3);
    }
    if (unload) {
        ndishost_close(File);
        ndishost_unload(Driver);
        if (answer > 1) {
            KeSetEvent((void *)answer, 0, 0);
        }
        ndishost_stop();
    }
    _exit(2); // no bug check
}

static void expect(const char *name, unsigned number, uint64_t argument, int unload, uint32_t code,
                   va_list arguments)
{
    const char *strings[16] = {NULL};
    int status = 0;

    for (unsigned i = 0; i < 15 && (strings[i] = va_arg(arguments, const char *)) != NULL; i++) {
    }
    Expected.code = code;
    Expected.strings = strings;
    fflush(NULL);
    pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        child(name, number, argument, unload);
    }
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

void pe_expect_bug_check(const char *name, unsigned number, uint64_t argument, uint32_t code, ...)
{
    va_list arguments;

    va_start(arguments, code);
    expect(name, number, argument, 0, code, arguments);
    va_end(arguments);
}

void pe_expect_bug_check_at_unload(const char *name, unsigned number, uint64_t argument,
                                   uint32_t code, ...)
{
    va_list arguments;

    va_start(arguments, code);
    expect(name, number, argument, 1, code, arguments);
    va_end(arguments);
}
