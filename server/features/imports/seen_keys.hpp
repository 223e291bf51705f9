// SeenKeys: the keys a file has named so far and the line of each, to find the second row of a
// product. A flat table of 12 bytes a place, at most 85 % full, keys as 64-bit hashes: a million
// keys are 25 MB, and two of them meet by chance once in 40 million files. Single-threaded.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace syncstore::imports {

class SeenKeys {
 public:
  // The line that named this key before, or 0, after which `line` is remembered. `kind` keeps the
  // keys of different fields apart.
  std::uint64_t add(char kind, std::string_view key, std::uint64_t line);
  std::size_t size() const { return size_; }

 private:
  std::size_t place_of(std::uint64_t hash) const;
  void grow();

  std::vector<std::uint64_t> hashes_;  // 0 = free
  std::vector<std::uint32_t> lines_;
  std::size_t size_ = 0;
};

}  // namespace syncstore::imports
