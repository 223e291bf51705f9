// The machine's clock and randomness. Both thread-safe.
#pragma once

#include "server/ports/scheduler.hpp"

namespace syncstore::adapters {

class SystemClock : public ports::Clock {
 public:
  TimeMs now() const override;
  std::int64_t monotonic_us() const override;
};

// The kernel's generator (getrandom): ends the process when it cannot answer, because weak keys
// would be worse.
class SystemRandom : public ports::Random {
 public:
  std::string bytes(std::size_t count) override;
};

}  // namespace syncstore::adapters
