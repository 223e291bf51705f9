#include "core/session/backoff.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace syncstore::session {

std::int64_t Backoff::next_ms(std::uint64_t random) {
  std::int64_t wait = limits::kBackoffFirstMs;
  for (int i = 0; i < failures_ && wait < limits::kBackoffMaxMs; ++i)
    wait = wait * 3 / 2;
  wait = std::min<std::int64_t>(wait, limits::kBackoffMaxMs);
  if (failures_ < 1'000'000)
    ++failures_;
  const std::int64_t half = wait / 2;
  return wait - static_cast<std::int64_t>(random % static_cast<std::uint64_t>(half + 1));
}

}  // namespace syncstore::session
