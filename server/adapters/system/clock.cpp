#include "server/adapters/system/clock.hpp"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "core/base/result.hpp"

namespace syncstore::adapters {

TimeMs SystemClock::now() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t SystemClock::monotonic_us() const {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string SystemRandom::bytes(std::size_t count) {
  std::string out(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::getrandom(out.data() + filled, count - filled, 0);
    if (got < 0) {
      SS_ASSERT(errno == EINTR);
      continue;
    }
    filled += static_cast<std::size_t>(got);
  }
  return out;
}

}  // namespace syncstore::adapters
