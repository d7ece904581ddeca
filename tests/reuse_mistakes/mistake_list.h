// SPDX-License-Identifier: MIT
#pragma once

#include "mistake.h"

const MISTAKE *MistakeAt(unsigned Index); // NULL behind the last
