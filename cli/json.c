// SPDX-License-Identifier: MIT

#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

// There is one stdout, and one document on it.
static bool NeedsComma;
static int Depth;

// Bytes that are not ASCII are passed on: names are UTF-8.
static void put_quoted(const char *text)
{
    putchar('"');
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            printf("\\%c", *p);
        } else if (*p < 0x20) {
            printf("\\u%04x", *p);
        } else {
            putchar(*p);
        }
    }
    putchar('"');
}

static void begin_value(const char *key)
{
    if (NeedsComma) {
        putchar(',');
    }
    if (Depth > 0) {
        printf("\n%*s", 2 * Depth, "");
    }
    if (key != NULL) {
        put_quoted(key);
        fputs(": ", stdout);
    }
    NeedsComma = true;
}

void json_open(const char *key, char bracket)
{
    begin_value(key);
    putchar(bracket);
    NeedsComma = false;
    Depth++;
}

void json_close(char bracket)
{
    bool is_empty = !NeedsComma;
    Depth--;
    if (!is_empty) {
        printf("\n%*s", 2 * Depth, "");
    }
    putchar(bracket);
    NeedsComma = true;
    if (Depth == 0) {
        putchar('\n');
        NeedsComma = false;
    }
}

void json_string(const char *key, const char *value)
{
    begin_value(key);
    if (value == NULL) {
        fputs("null", stdout);
    } else {
        put_quoted(value);
    }
}

void json_integer(const char *key, uint64_t value)
{
    begin_value(key);
    printf("%" PRIu64, value);
}

void json_real(const char *key, double value)
{
    begin_value(key);
    if (isfinite(value)) {
        printf("%.6f", value);
    } else {
        fputs("null", stdout);
    }
}

void json_boolean(const char *key, bool value)
{
    begin_value(key);
    fputs(value ? "true" : "false", stdout);
}

void json_null(const char *key)
{
    begin_value(key);
    fputs("null", stdout);
}
