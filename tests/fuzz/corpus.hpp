// Replays the committed inputs of a fuzzer.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace syncstore::fuzz {

// How many inputs there were.
inline std::size_t replay(const std::string& target, void (*check)(std::string_view)) {
  std::size_t count = 0;
  const std::filesystem::path folder = std::string(SYNCSTORE_TESTS_DIR) + "/fuzz/corpus/" + target;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(file.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    check(bytes.str());
    ++count;
  }
  return count;
}

}  // namespace syncstore::fuzz
