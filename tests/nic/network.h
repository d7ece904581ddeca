// SPDX-License-Identifier: MIT
#pragma once

// A network of the test's own: the process leaves for a new network namespace, so that nothing of
// the machine is touched and nothing disturbs the test. Call before the process has a second
// thread.

#define NETWORK_NEAR "near0"
#define NETWORK_FAR "far0"

// FALSE when the process has not the right to (it prints what is missing); the test then skips.
int NetworkEnter(void);

// A veth pair NETWORK_NEAR, NETWORK_FAR, both up, without IPv6.
void NetworkMakePair(void);
void NetworkRemovePair(void);

// Runs a shell command and fails the test when it fails.
void NetworkRun(const char *Command);

// A number of /proc/net/dev: frames that came in at an interface, discarded ones included.
unsigned long long NetworkFramesIn(const char *Interface);

// A packet socket with a large buffer, for whole frames of one EtherType.
int NetworkOpenSocket(const char *Interface, unsigned short EtherType);
