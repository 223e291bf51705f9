#include "server/adapters/system/time_zones.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace syncstore::adapters {

bool time_zone_exists(const std::string& name) {
  const bool well_formed = !name.empty() && name.size() <= 64 && name.front() != '/' &&
                           std::all_of(name.begin(), name.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                    (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' ||
                                    c == '+';
                           });
  if (!well_formed)
    return false;
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  std::array<char, 4> magic{};
  return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), 4) == "TZif";
}

}  // namespace syncstore::adapters
