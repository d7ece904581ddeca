// SPDX-License-Identifier: MIT
#pragma once

// What a sender did, as a table for people or as part of a JSON object.

#include "sender.h"

// `source`: what was offered, "read" or "given".
void report_text(const struct sender *sender, const char *source);

// Into the object that is open.
void report_json(const struct sender *sender, const char *source);

// "too_long": the key of a reason in the JSON object.
const char *refusal_key(enum refusal reason);

// "NDIS_STATUS_SUCCESS", or "0x12345678" written into `buffer` of at least 11 bytes.
const char *status_text(uint32_t status, char *buffer);
