// What the process that reads pictures gives up before it looks at the first byte of one.
#pragma once

#include "core/base/result.hpp"

namespace syncstore::adapters {

// From here on this process has bounded memory and time, opens nothing, writes to no file, starts
// no process and speaks to nobody: what it has are the descriptors it holds. For good, for all its
// threads. Error: internal; then nothing may be read.
Status confine_process();

}  // namespace syncstore::adapters
