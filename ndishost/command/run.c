// SPDX-License-Identifier: MIT

// ndishost run: drivers and NICs, what comes of them, and what they leave behind.

#include "command.h"

#include <ndishost.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DRIVERS_MAX 32
#define NICS_MAX 64
#define KEYWORDS_MAX 32
#define LIST_MAX 4096
#define MESSAGE_BYTES 8192 // there is room for many missing imports
#define SERVICE_BYTES 80
#define MINIPORT_PREFIX "miniport:"

static const char Help[] =
    "usage: ndishost run --driver FILE.sys [--driver FILE.sys ...] [--nic SPEC ...] [OPTIONS]\n"
    "\n"
    "Loads the drivers in order, adds the NICs, waits until every binding stands, prints what\n"
    "there is, removes and unloads all of it, and tells what was left behind.\n"
    "\n"
    "  --driver FILE.sys  a protocol, miniport or any other driver for Windows x64\n"
    "  --nic SPEC         null, loop, test, pcap:FILE, packet:INTERFACE; chaos+SPEC makes it\n"
    "                     hostile; miniport:SERVICE[,KEYWORD=VALUE...] is an adapter of a\n"
    "                     miniport driver that --driver names, with keywords of its registry\n"
    "                     key (SERVICE is the file's name without .sys)\n"
    "  --registry FILE    values that drivers read; docs/ndishost.md has the format\n"
    "  --verify LEVEL     off, on or strict: how much of the NDIS contract is enforced\n"
    "                     (default: NDISHOST_VERIFY, else on)\n"
    "  --processors N     virtual processors, 1 to 64 (default 4)\n"
    "  --seed N           of the verifier and of chaos NICs (default: NDISHOST_SEED, else the\n"
    "                     clock)\n"
    "  --wait-ms N        the longest wait for bindings (default 10000)\n"
    "  --quiet            what drivers print with DbgPrint goes nowhere; else to stderr\n"
    "  --keep             goes on until Ctrl-C or SIGTERM before it removes and unloads\n"
    "\n"
    "Exit status: 0 fine, 1 something was left behind, 2 wrong usage, 3 a driver could not be\n"
    "loaded, a NIC not be added or a binding not be waited for, 4 a driver broke a rule\n";

struct driver {
    const char *path;
    char service[SERVICE_BYTES];
    struct ndishost_driver *handle; // NULL: not loaded
};

struct nic {
    const char *spec;
    struct ndishost_nic *handle; // NULL: not there
};

struct plan {
    struct ndishost_options options;
    struct driver drivers[DRIVERS_MAX];
    unsigned driver_count;
    struct nic nics[NICS_MAX];
    unsigned nic_count;
    unsigned wait_ms;
    bool keep;
};

static void complain_status(const char *what, const char *name, ndishost_status status)
{
    const char *word = ndishost_status_name(status);
    complain("%s: %s: 0x%08X%s%s", name, what, status, word == NULL ? "" : " ",
             word == NULL ? "" : word);
}

// ---- arguments

static bool set_verify(struct plan *plan, const char *word)
{
    static const char *const Words[] = {"off", "on", "strict"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, Words[i]) == 0) {
            plan->options.verify = (enum ndishost_verify)(NDISHOST_VERIFY_OFF + i);
            return true;
        }
    }
    usage_error("--verify: '%s' is none of off, on, strict", word);
    return false;
}

// "dir/foo.sys" is the service foo, as for ndishost_load.
static bool add_driver(struct plan *plan, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t length = strlen(name);
    if (length > 4 && strcasecmp(name + length - 4, ".sys") == 0) {
        length -= 4;
    }
    if (plan->driver_count == DRIVERS_MAX || length == 0 || length >= SERVICE_BYTES) {
        usage_error(plan->driver_count == DRIVERS_MAX ? "too many drivers before '%s'"
                                                      : "--driver: '%s' does not name a file",
                    path);
        return false;
    }
    struct driver *driver = &plan->drivers[plan->driver_count++];
    driver->path = path;
    memcpy(driver->service, name, length);
    return true;
}

static bool add_nic(struct plan *plan, const char *spec)
{
    if (plan->nic_count == NICS_MAX) {
        usage_error("too many NICs before '%s'", spec);
        return false;
    }
    plan->nics[plan->nic_count++].spec = spec;
    return true;
}

static bool set_number(struct plan *plan, int option, const char *text)
{
    uint64_t value;
    switch (option) {
    case 'p':
        if (!parse_number("--processors", text, 1, 64, &value)) {
            return false;
        }
        plan->options.processors = (unsigned)value;
        return true;
    case 's':
        return parse_number("--seed", text, 1, UINT64_MAX, &plan->options.seed);
    default:
        if (!parse_number("--wait-ms", text, 0, 3600000, &value)) {
            return false;
        }
        plan->wait_ms = (unsigned)value;
        return true;
    }
}

static bool set_option(struct plan *plan, int option, char **argv)
{
    switch (option) {
    case 'd':
        return add_driver(plan, optarg);
    case 'n':
        return add_nic(plan, optarg);
    case 'r':
        plan->options.registry_file = optarg;
        return true;
    case 'v':
        return set_verify(plan, optarg);
    case 'p':
    case 's':
    case 'w':
        return set_number(plan, option, optarg);
    case 'q':
        plan->options.quiet = 1;
        return true;
    case 'k':
        plan->keep = true;
        return true;
    default:
        option_error(option, argv);
        return false;
    }
}

static struct driver *find_driver(struct plan *plan, const char *service, size_t length)
{
    for (unsigned i = 0; i < plan->driver_count; i++) {
        struct driver *driver = &plan->drivers[i];
        if (strlen(driver->service) == length &&
            strncasecmp(driver->service, service, length) == 0) {
            return driver;
        }
    }
    return NULL;
}

// NULL: the NIC is no adapter of a driver. Else what follows "miniport:".
static const char *miniport_of(const struct nic *nic)
{
    size_t length = strlen(MINIPORT_PREFIX);
    return strncmp(nic->spec, MINIPORT_PREFIX, length) == 0 ? nic->spec + length : NULL;
}

static bool check_plan(struct plan *plan)
{
    if (plan->driver_count == 0) {
        usage_error("--driver is missing");
        return false;
    }
    for (unsigned i = 0; i < plan->nic_count; i++) {
        const char *service = miniport_of(&plan->nics[i]);
        if (service != NULL && find_driver(plan, service, strcspn(service, ",")) == NULL) {
            usage_error("--nic %s: no --driver has that name", plan->nics[i].spec);
            return false;
        }
    }
    return true;
}

static bool parse_arguments(struct plan *plan, int argc, char **argv)
{
    static const struct option Options[] = {
        {"driver", required_argument, NULL, 'd'},
        {"nic", required_argument, NULL, 'n'},
        {"registry", required_argument, NULL, 'r'},
        {"verify", required_argument, NULL, 'v'},
        {"processors", required_argument, NULL, 'p'},
        {"seed", required_argument, NULL, 's'},
        {"wait-ms", required_argument, NULL, 'w'},
        {"quiet", no_argument, NULL, 'q'},
        {"keep", no_argument, NULL, 'k'},
        {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", Options, NULL)) != -1) {
        if (!set_option(plan, option, argv)) {
            return false;
        }
    }
    if (optind < argc) {
        usage_error("'%s' is not expected", argv[optind]);
        return false;
    }
    return check_plan(plan);
}

// ---- set-up

static bool load_drivers(struct plan *plan)
{
    static char message[MESSAGE_BYTES];
    for (unsigned i = 0; i < plan->driver_count; i++) {
        struct driver *driver = &plan->drivers[i];
        message[0] = '\0';
        if (ndishost_load(driver->path, &driver->handle, message, sizeof(message)) != 0) {
            complain("%s", message);
            return false;
        }
        printf("driver   %s  %s\n", driver->service, driver->path);
    }
    return true;
}

// `text` is "SERVICE,KEYWORD=VALUE,..." and is cut into pieces.
static bool add_miniport(struct plan *plan, struct nic *nic, char *text, char *message, size_t size)
{
    struct ndishost_keyword keywords[KEYWORDS_MAX];
    unsigned count = 0;
    char *place;
    char *service = strtok_r(text, ",", &place);
    for (char *word; (word = strtok_r(NULL, ",", &place)) != NULL; count++) {
        char *equals = strchr(word, '=');
        if (equals == NULL || equals == word || count == KEYWORDS_MAX) {
            snprintf(message, size, "'%s' is not KEYWORD=VALUE, or one too many", word);
            return false;
        }
        *equals = '\0';
        keywords[count] = (struct ndishost_keyword){word, equals + 1};
    }
    struct driver *driver = find_driver(plan, service, strlen(service));
    return ndishost_add_device(driver->handle, keywords, count, &nic->handle, message, size) == 0;
}

static bool add_nics(struct plan *plan)
{
    for (unsigned i = 0; i < plan->nic_count; i++) {
        struct nic *nic = &plan->nics[i];
        const char *miniport = miniport_of(nic);
        char message[500] = "";
        bool added;
        if (miniport == NULL) {
            added = ndishost_add_nic(nic->spec, &nic->handle, message, sizeof(message)) == 0;
        } else {
            char *text = strdup(miniport);
            added = text != NULL && add_miniport(plan, nic, text, message, sizeof(message));
            free(text);
        }
        if (!added) {
            complain("--nic %s: %s", nic->spec, message);
            return false;
        }
        printf("nic      %s  %s\n", ndishost_nic_name(nic->handle), nic->spec);
    }
    return true;
}

static bool wait_for_bindings(const struct plan *plan)
{
    if (ndishost_wait_idle(plan->wait_ms) != 0) {
        complain("after %u ms a bind, restart or work item still runs (--wait-ms)", plan->wait_ms);
        return false;
    }
    return true;
}

// ---- what there is

static void print_adapters(void)
{
    static struct ndishost_adapter_info adapters[NICS_MAX];
    size_t count = ndishost_list_adapters(adapters, NICS_MAX);
    for (size_t i = 0; i < count && i < NICS_MAX; i++) {
        printf("adapter  %s  %s  %s\n", adapters[i].name, adapters[i].service, adapters[i].state);
    }
}

static void print_bindings(void)
{
    static struct ndishost_binding_info bindings[LIST_MAX];
    size_t count = ndishost_list_bindings(bindings, LIST_MAX);
    for (size_t i = 0; i < count && i < LIST_MAX; i++) {
        printf("binding  %s  %s  %s\n", bindings[i].adapter, bindings[i].protocol,
               bindings[i].state);
    }
    if (count == 0) {
        printf("binding  none\n");
    }
}

static void print_devices(struct plan *plan)
{
    static struct ndishost_device_info devices[LIST_MAX];
    size_t count = ndishost_list_devices(devices, LIST_MAX);
    for (size_t i = 0; i < count && i < LIST_MAX; i++) {
        const char *service = devices[i].service;
        if (find_driver(plan, service, strlen(service)) != NULL) {
            printf("device   %s  %s  %s\n", devices[i].name,
                   devices[i].dos_name[0] == '\0' ? "-" : devices[i].dos_name, service);
        }
    }
}

// ---- the end

static bool remove_nics(struct plan *plan)
{
    bool fine = true;
    for (unsigned i = plan->nic_count; i-- > 0;) {
        struct nic *nic = &plan->nics[i];
        if (nic->handle == NULL) {
            continue;
        }
        ndishost_status status = ndishost_remove_nic(nic->handle, NDISHOST_REMOVE_ORDERLY);
        if (status != 0) {
            complain_status("a driver does not let it go", nic->spec, status);
            fine = false;
        }
    }
    return fine;
}

static bool unload_drivers(struct plan *plan)
{
    bool fine = true;
    for (unsigned i = plan->driver_count; i-- > 0;) {
        struct driver *driver = &plan->drivers[i];
        if (driver->handle == NULL) {
            continue;
        }
        ndishost_status status = ndishost_unload(driver->handle);
        if (status != 0) {
            complain_status("it could not be unloaded", driver->service, status);
            fine = false;
        }
    }
    return fine;
}

// Whatever was set up goes, also after a failure.
static int take_down(struct plan *plan, bool set_up)
{
    bool fine = remove_nics(plan);
    fine = unload_drivers(plan) && fine;
    unsigned left = ndishost_stop();
    if (left != 0) {
        complain("%u thing%s left behind", left, left == 1 ? " was" : "s were");
    } else if (fine && set_up) {
        printf("nothing was left behind\n");
    }
    if (!set_up) {
        return EXIT_SET_UP;
    }
    return fine && left == 0 ? EXIT_FINE : EXIT_LEFT_BEHIND;
}

// On any thread. Lines that were printed are out already.
static void on_bug_check(uint32_t code, const char *report)
{
    (void)code;
    fputs(report, stderr);
    _exit(EXIT_BUG_CHECK);
}

static void block_stop_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, signals, NULL); // threads that start later inherit it
}

static void wait_for_signal(const sigset_t *signals)
{
    int number;
    printf("running until Ctrl-C or SIGTERM\n");
    sigwait(signals, &number);
}

static int run_plan(struct plan *plan)
{
    sigset_t signals;
    if (plan->keep) {
        block_stop_signals(&signals);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    ndishost_status status = ndishost_start(&plan->options);
    if (status != 0) {
        complain_status("it could not be started", "the simulated system", status);
        return EXIT_SET_UP;
    }
    bool set_up = load_drivers(plan) && add_nics(plan) && wait_for_bindings(plan);
    if (set_up) {
        print_adapters();
        print_bindings();
        print_devices(plan);
    }
    if (set_up && plan->keep) {
        wait_for_signal(&signals);
    }
    return take_down(plan, set_up);
}

static int run_run(int argc, char **argv)
{
    static struct plan plan = {.options.on_bug_check = on_bug_check, .wait_ms = 10000};
    if (getenv("NDISHOST_VERIFY") == NULL) {
        plan.options.verify = NDISHOST_VERIFY_ON;
    }
    if (!parse_arguments(&plan, argc, argv)) {
        return EXIT_USAGE;
    }
    return run_plan(&plan);
}

const struct command RunCommand = {
    .name = "run",
    .summary = "loads drivers, adds NICs, tells what comes of them",
    .help = Help,
    .run = run_run,
};
