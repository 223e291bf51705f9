// The time zones that the system knows (tzdata).
#pragma once

#include <string>

namespace syncstore::adapters {

// IANA name such as Europe/London. Any thread; looks at the disk.
bool time_zone_exists(const std::string& name);

}  // namespace syncstore::adapters
