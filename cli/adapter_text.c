// SPDX-License-Identifier: MIT

#include "adapter_text.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

void address_text(const uint8_t address[6], char text[18])
{
    snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", address[0], address[1], address[2],
             address[3], address[4], address[5]);
}

const char *state_text(uint8_t state)
{
    switch (state) {
    case SHUTTLE_STATE_PAUSED:
        return "paused";
    case SHUTTLE_STATE_RUNNING:
        return "running";
    case SHUTTLE_STATE_SLEEPING:
        return "sleeping";
    case SHUTTLE_STATE_REMOVED:
        return "removed";
    default:
        return "not bound";
    }
}

static void integer_or_null(const char *key, uint64_t value)
{
    if (value == 0) {
        json_null(key);
    } else {
        json_integer(key, value);
    }
}

void adapter_json(const struct shuttle_adapter *adapter)
{
    static const uint8_t None[6];
    char address[18];
    address_text(adapter->address, address);
    json_string("name", adapter->name);
    json_string("description", adapter->description);
    json_string("address", memcmp(adapter->address, None, sizeof(None)) == 0 ? NULL : address);
    json_boolean("link_up", adapter->link_up);
    json_string("state", adapter->state == 0 ? NULL : state_text(adapter->state));
    integer_or_null("maximum_frame_bytes", adapter->maximum_frame_size);
    integer_or_null("in_flight_limit", adapter->in_flight_limit);
    integer_or_null("link_speed_bit_per_s", adapter->link_speed);
}
