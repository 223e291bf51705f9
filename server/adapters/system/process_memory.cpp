#include "server/adapters/system/process_memory.hpp"

#include <fstream>
#include <string>

namespace syncstore::adapters {

ProcessMemory process_memory() {
  ProcessMemory memory;
  // Lines such as "VmRSS:     15428 kB".
  std::ifstream file("/proc/self/status");
  std::string name;
  while (file >> name) {
    std::uint64_t kilobytes = 0;
    if (name == "VmRSS:" && file >> kilobytes)
      memory.resident_bytes = kilobytes * 1'024;
    else if (name == "VmHWM:" && file >> kilobytes)
      memory.largest_bytes = kilobytes * 1'024;
    file.clear();
    std::string rest;
    std::getline(file, rest);
  }
  return memory;
}

}  // namespace syncstore::adapters
