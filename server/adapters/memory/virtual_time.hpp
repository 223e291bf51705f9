// A deterministic machine for the engine: virtual clock, event queue, seeded randomness, a plain
// hash. No thread, no real time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/base/byte_io.hpp"
#include "core/base/digest.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::memory {

// Events in order of (time, order of posting).
class EventQueue {
 public:
  TimeMs now() const { return now_; }
  std::uint64_t at(TimeMs time, std::function<void()> work) {
    const std::uint64_t id = ++next_;
    events_.emplace(std::make_pair(std::max(time, now_), id), std::move(work));
    times_[id] = std::max(time, now_);
    return id;
  }
  void cancel(std::uint64_t id) {
    const auto time = times_.find(id);
    if (time == times_.end())
      return;
    events_.erase({time->second, id});
    times_.erase(time);
  }
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }
  TimeMs next_time() const { return events_.begin()->first.first; }
  void step() {
    auto first = events_.begin();
    now_ = first->first.first;
    auto work = std::move(first->second);
    times_.erase(first->first.second);
    events_.erase(first);
    work();
  }
  // Everything that is due now, and what it causes now.
  void settle() {
    while (!empty() && next_time() <= now_)
      step();
  }
  void advance(TimeMs ms) {
    const TimeMs until = now_ + ms;
    while (!empty() && next_time() <= until)
      step();
    now_ = until;
  }

 private:
  TimeMs now_ = 1'800'000'000'000;
  std::uint64_t next_ = 0;
  std::map<std::pair<TimeMs, std::uint64_t>, std::function<void()>> events_;
  std::map<std::uint64_t, TimeMs> times_;
};

// One process's executor; what it posted dies with it.
class VirtualScheduler final : public ports::Scheduler {
 public:
  explicit VirtualScheduler(EventQueue& events)
      : events_(events), alive_(std::make_shared<bool>(true)) {}
  void post(std::function<void()> work) override {
    events_.at(events_.now(), guard(std::move(work)));
  }
  ports::TimerId after(std::int64_t delay_ms, std::function<void()> work) override {
    return events_.at(events_.now() + delay_ms, guard(std::move(work)));
  }
  void cancel(ports::TimerId id) override { events_.cancel(id); }
  bool background(std::function<void()> work) override {
    post(std::move(work));
    return true;
  }

 private:
  std::function<void()> guard(std::function<void()> work) {
    return [alive = std::weak_ptr<bool>(alive_), work = std::move(work)] {
      if (!alive.expired())
        work();
    };
  }
  EventQueue& events_;
  std::shared_ptr<bool> alive_;
};

class VirtualClock final : public ports::Clock {
 public:
  explicit VirtualClock(EventQueue& events) : events_(events) {}
  TimeMs now() const override { return events_.now() + skew; }
  std::int64_t monotonic_us() const override { return events_.now() * 1'000 + work_us; }
  TimeMs skew = 0;                   // the wall clock may jump
  mutable std::int64_t work_us = 0;  // time that work is said to have taken

 private:
  EventQueue& events_;
};

class SeededRandom final : public ports::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::string bytes(std::size_t count) override {
    std::string out;
    while (out.size() < count) {
      ByteWriter writer;
      writer.u64(next());
      out += writer.bytes();
    }
    out.resize(count);
    return out;
  }
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  bool chance(unsigned percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

// Stands in for the crypto adapter where only equality of hashes matters: 32 bytes of XXH64 under
// four seeds.
class PlainCrypto final : public ports::Crypto {
 public:
  std::string sha256(std::string_view bytes) const override {
    ByteWriter out;
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
      out.u64(xxh64(bytes, seed));
    return out.take();
  }
  std::string sha256_pair(std::string_view first, std::string_view second) const override {
    return sha256(std::string(first) + std::string(second));
  }
  std::string hash_password(std::string_view password) const override {
    return std::string(password);
  }
  bool verify_password(std::string_view password, std::string_view encoded) const override {
    return password == encoded;
  }
  bool equal(std::string_view a, std::string_view b) const override { return a == b; }
};

}  // namespace syncstore::memory
