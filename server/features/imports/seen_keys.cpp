#include "server/features/imports/seen_keys.hpp"

#include <algorithm>
#include <limits>

#include "core/base/digest.hpp"

namespace syncstore::imports {

std::size_t SeenKeys::place_of(std::uint64_t hash) const {
  const std::size_t mask = hashes_.size() - 1;
  std::size_t place = static_cast<std::size_t>(hash) & mask;
  while (hashes_[place] != 0 && hashes_[place] != hash) {
    place = (place + 1) & mask;
  }
  return place;
}

void SeenKeys::grow() {
  std::vector<std::uint64_t> hashes(std::max<std::size_t>(1'024, hashes_.size() * 2), 0);
  std::vector<std::uint32_t> lines(hashes.size(), 0);
  hashes_.swap(hashes);
  lines_.swap(lines);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (hashes[i] != 0) {
      const std::size_t place = place_of(hashes[i]);
      hashes_[place] = hashes[i];
      lines_[place] = lines[i];
    }
  }
}

std::uint64_t SeenKeys::add(char kind, std::string_view key, std::uint64_t line) {
  if (size_ * 20 >= hashes_.size() * 17) {  // 85 % full
    grow();
  }
  const std::uint64_t hash = xxh64(key, static_cast<unsigned char>(kind)) | 1;
  const std::size_t place = place_of(hash);
  if (hashes_[place] != 0) {
    return lines_[place];
  }
  hashes_[place] = hash;
  lines_[place] = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(line, std::numeric_limits<std::uint32_t>::max()));
  ++size_;
  return 0;
}

}  // namespace syncstore::imports
