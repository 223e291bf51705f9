// Backoff: how long to wait before the next attempt to connect. 1 s x 1.5^failures, at most 30 s,
// with up to half of it taken off at random, so that browsers that lost one server do not come back
// together. Owns the count of failures. Single-threaded.
#pragma once

#include <cstdint>

namespace syncstore::session {

class Backoff {
 public:
  // Counts one more failure and answers the wait in ms; `random` is any 64 random bits.
  std::int64_t next_ms(std::uint64_t random);
  void reset() { failures_ = 0; }
  int failures() const { return failures_; }

 private:
  int failures_ = 0;
};

}  // namespace syncstore::session
