// What this process holds of the machine's memory.
#pragma once

#include <cstdint>

namespace syncstore::adapters {

struct ProcessMemory {
  std::uint64_t resident_bytes = 0;
  std::uint64_t largest_bytes = 0;  // resident, since the process started
};

// As the kernel counts it; zeros where it does not tell. Any thread.
ProcessMemory process_memory();

}  // namespace syncstore::adapters
