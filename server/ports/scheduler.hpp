// Ports of time, randomness and execution. The engine runs on one "engine" executor: everything
// that owns store memory, links' sessions, accounts and HTTP handlers runs there and needs no lock.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "core/base/ids.hpp"

namespace syncstore::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeMs now() const = 0;                 // wall clock, ms UTC
  virtual std::int64_t monotonic_us() const = 0;  // never goes back
};

class Random {
 public:
  virtual ~Random() = default;
  virtual std::string bytes(std::size_t count) = 0;  // cryptographic strength; thread-safe
  std::uint64_t u64() {
    std::uint64_t value = 0;
    for (const char byte : bytes(8))
      value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
};

using TimerId = std::uint64_t;

class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // Runs on the engine executor, in order of posting; callable from any thread.
  virtual void post(std::function<void()> work) = 0;
  // Runs on the engine executor when the piece of work that is running now has ended, before any
  // other: what it gave to others can then be handed over together. From outside of the executor
  // the same as post().
  virtual void after_this(std::function<void()> work) { post(std::move(work)); }
  // Runs on the engine executor not earlier than delay_ms; engine executor only.
  virtual TimerId after(std::int64_t delay_ms, std::function<void()> work) = 0;
  virtual void cancel(TimerId id) = 0;
  // Runs on the bounded worker pool (Argon2, import parsing, large zstd); false when its queue is
  // full.
  virtual bool background(std::function<void()> work) = 0;
};

}  // namespace syncstore::ports
