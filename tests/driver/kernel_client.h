// SPDX-License-Identifier: MIT
#pragma once

// A client of the control device that is itself kernel code: its requests come with KernelMode.

#include <stddef.h>
#include <stdint.h>

struct kernel_client;

// Results are NTSTATUS values.
uint32_t kernel_client_open(struct kernel_client **client);
uint32_t kernel_client_ioctl(struct kernel_client *client, uint32_t code, const void *first,
                             size_t first_length, const void *second, size_t second_length,
                             uint64_t *information);
void kernel_client_close(struct kernel_client *client);
