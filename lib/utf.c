// SPDX-License-Identifier: MIT

#include "utf.h"

#include <string.h>

// One code point from `*text`, which it moves on; -1 when it is not well-formed (overlong forms,
// surrogates and values above U+10FFFF included).
static int32_t take_utf8(const unsigned char **text)
{
    static const int32_t Smallest[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = *text;
    int following = *p < 0x80 ? 0 : *p < 0xC0 ? -1 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
    if (following < 0 || *p > 0xF4) {
        return -1;
    }
    int32_t point = following == 0 ? *p : *p & (0x3F >> following);
    for (int i = 1; i <= following; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return -1;
        }
        point = point << 6 | (p[i] & 0x3F);
    }
    if (point < Smallest[following] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
        return -1;
    }
    *text = p + following + 1;
    return point;
}

int utf8_to_utf16(const char *text, uint16_t *units, size_t capacity)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t count = 0;
    while (*p != '\0') {
        int32_t point = take_utf8(&p);
        if (point < 0 || count + (point >= 0x10000 ? 2 : 1) > capacity) {
            return -1;
        }
        if (point >= 0x10000) {
            units[count++] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
            units[count++] = (uint16_t)(0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            units[count++] = (uint16_t)point;
        }
    }
    return (int)count;
}

static size_t put_utf8(uint32_t point, char *bytes)
{
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    bytes[0] = (char)((0xF00 >> length) | point);
    return length;
}

int utf16_to_utf8(const uint16_t *units, size_t count, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t point = units[i];
        if (point >= 0xD800 && point < 0xDC00 && i + 1 < count && units[i + 1] >= 0xDC00 &&
            units[i + 1] < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10) + (units[++i] - 0xDC00u);
        } else if (point >= 0xD800 && point < 0xE000) {
            point = 0xFFFD;
        }
        char bytes[4];
        size_t length = put_utf8(point, bytes);
        if (used + length >= size) {
            return -1;
        }
        memcpy(text + used, bytes, length);
        used += length;
    }
    if (used >= size) {
        return -1;
    }
    text[used] = '\0';
    return (int)used;
}
