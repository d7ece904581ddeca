// SPDX-License-Identifier: MIT
#pragma once

// What left_behind.sys does wrong: the value "What" of its service.
enum left_behind {
    LEFT_NOTHING,
    LEFT_PROTOCOL,        // registered, when it is unloaded
    LEFT_MINIPORT,        // likewise
    LEFT_DEVICE,          // and a link to it
    LEFT_POOL,            // 100 bytes
    LEFT_FAILED_ENTRY,    // a protocol, and DriverEntry fails
    LEFT_FAILED_QUIETLY,  // nothing, and DriverEntry fails
    LEFT_NO_UNLOAD,       // there is no DriverUnload
    LEFT_NBL_FREED_TWICE, // by DriverEntry, with a pool that is left, too
    LEFT_LOCK_NOT_HELD    // by DriverEntry, which releases it
};
