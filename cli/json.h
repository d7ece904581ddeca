// SPDX-License-Identifier: MIT
#pragma once

// Writes JSON to stdout. `key` is NULL inside an array.

#include <stdbool.h>
#include <stdint.h>

void json_open(const char *key, char bracket);        // '{' or '['
void json_close(char bracket);                        // '}' or ']'
void json_string(const char *key, const char *value); // NULL: null
void json_integer(const char *key, uint64_t value);
void json_real(const char *key, double value);
void json_boolean(const char *key, bool value);
void json_null(const char *key);
