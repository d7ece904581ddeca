// SPDX-License-Identifier: MIT

// A test of any protocol driver, as its author would write it:
//
//   test_a_driver FILE.sys [REGISTRY.txt]
//
// The driver is bound to a NIC whose network is this program. It receives a frame, lives through a
// pause, a sleep, an unbind and a NIC that is pulled out, and is unloaded. All that happens in a
// child process, so that a bug check is a report to be read and not the end.

#include <ndishost.h>

#include <stdio.h>

#define TIMEOUT_MS 60000

enum { D0 = 1, D3 = 4 }; // device power: on and off

struct test {
    const char *driver;
    const char *registry;
};

// 1, and a line about it, when the step did not succeed.
static int failed(const char *step, ndishost_status status)
{
    const char *name = ndishost_status_name(status);
    if (status != 0) {
        printf("%s: 0x%08X %s\n", step, status, name == NULL ? "" : name);
    }
    return status != 0;
}

static int pass_frames(struct ndishost_nic *nic)
{
    static const uint8_t arp[60] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0, 1, 8, 6};
    uint8_t sent[1518];
    size_t length;
    // When this returns, the driver's receive handler has.
    if (failed("inject a frame", ndishost_inject(nic, arp, sizeof(arp)))) {
        return 1;
    }
    while (ndishost_take_sent(nic, sent, sizeof(sent), &length, 0) == 0) {
        printf("sent: %zu bytes, type 0x%02X%02X\n", length, sent[12], sent[13]);
    }
    return 0;
}

static int use(struct ndishost_driver *driver, struct ndishost_nic *nic)
{
    struct ndishost_binding_info binding;
    if (failed("wait for the binding", ndishost_wait_bound(nic, NULL, TIMEOUT_MS)) ||
        ndishost_list_bindings(&binding, 1) != 1) {
        return 1;
    }
    printf("bound: %s\n", binding.protocol);
    return pass_frames(nic) || failed("pause", ndishost_pause_nic(nic)) ||
           failed("restart", ndishost_restart_nic(nic)) || pass_frames(nic) ||
           failed("sleep", ndishost_set_power(nic, D3)) ||
           failed("wake", ndishost_set_power(nic, D0)) || pass_frames(nic) ||
           failed("unbind", ndishost_unbind(nic, binding.protocol)) ||
           failed("bind", ndishost_bind(nic, binding.protocol)) || pass_frames(nic) ||
           failed("pull out", ndishost_remove_nic(nic, NDISHOST_REMOVE_SURPRISE)) ||
           failed("unload", ndishost_unload(driver));
}

static int run(void *context)
{
    const struct test *test = context;
    const struct ndishost_options options = {
        .verify = NDISHOST_VERIFY_ON, .registry_file = test->registry, .seed = 1};
    struct ndishost_driver *driver;
    struct ndishost_nic *nic;
    char message[1000] = "";
    int result = 1;
    if (failed("start", ndishost_start(&options))) {
        return 1;
    }
    if (ndishost_load(test->driver, &driver, message, sizeof(message)) != 0 ||
        ndishost_add_nic("test:1500", &nic, message, sizeof(message)) != 0) {
        printf("%s\n", message);
    } else {
        result = use(driver, nic);
    }
    unsigned leaked = ndishost_stop(); // stderr has the list
    printf("%u things leaked\n", leaked);
    return result != 0 || leaked != 0;
}

int main(int argc, char **argv)
{
    static struct ndishost_outcome outcome; // its report is too large for a stack
    struct test test = {argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : NULL};
    if (failed("child process", ndishost_run_apart(run, &test, 5 * TIMEOUT_MS, &outcome))) {
        return 1;
    }
    if (outcome.end == NDISHOST_END_BUG_CHECK) {
        const struct ndishost_report *report = &outcome.report;
        printf("%s: %s\n%s", report->rule == NULL ? "bug check" : report->rule,
               report->rule == NULL ? report->name : report->fix, report->text);
    }
    return outcome.end != NDISHOST_END_RETURNED || outcome.value != 0;
}
