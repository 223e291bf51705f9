// Random values for property tests: xoshiro256** from a seed, so that a failure is repeated by its
// seed. SYNCSTORE_SEED=N in the environment chooses another seed than the test's own.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace syncstore::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed) {
    // SplitMix64 fills the state, as the authors of xoshiro advise.
    for (std::uint64_t& word : state_) {
      seed += 0x9E3779B97F4A7C15ull;
      std::uint64_t mixed = seed;
      mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9ull;
      mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBull;
      word = mixed ^ mixed >> 31;
    }
  }

  std::uint64_t seed() const { return seed_; }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // 0 <= result < bound; the bias of the remainder does not matter to tests.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::size_t index(std::size_t size) { return static_cast<std::size_t>(below(size)); }
  // Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    const std::uint64_t offset = span == 0 ? next() : below(span);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
  }
  bool chance(int percent) { return below(100) < static_cast<std::uint64_t>(percent); }

  // Numbers of every magnitude: edges are as likely as the middle.
  std::uint64_t any_u64() { return next() >> below(64); }
  std::int64_t any_i64() {
    const auto value = static_cast<std::int64_t>(any_u64());
    return chance(50) ? value : static_cast<std::int64_t>(~static_cast<std::uint64_t>(value) + 1);
  }

  std::string bytes(std::size_t max_size) {
    std::string out(index(max_size + 1), '\0');
    for (char& byte : out) {
      byte = static_cast<char>(next());
    }
    return out;
  }
  std::string ascii(std::size_t max_size) {
    std::string out(index(max_size + 1), ' ');
    for (char& byte : out) {
      byte = static_cast<char>(between(0x20, 0x7E));
    }
    return out;
  }
  template <class T>
  const T& pick(const std::vector<T>& choices) {
    return choices[index(choices.size())];
  }

 private:
  static std::uint64_t rotate(std::uint64_t value, int bits) {
    return value << bits | value >> (64 - bits);
  }

  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

inline std::uint64_t chosen_seed(std::uint64_t own) {
  const char* text = std::getenv("SYNCSTORE_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : own;
}

}  // namespace syncstore::testing

// First line of a property test: declares `random` and puts its seed into every failure of the
// test.
#define SS_RANDOM(random, own_seed)                                                 \
  ::syncstore::testing::Random random(::syncstore::testing::chosen_seed(own_seed)); \
  const ::testing::ScopedTrace ss_seed_trace(__FILE__, __LINE__,                    \
                                             "SYNCSTORE_SEED=" + std::to_string((random).seed()))
