#include "core/base/digest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncstore {
namespace {

constexpr std::uint64_t kPrime32 = 2654435761u;

// The buffer of the reference implementation's own sanity check.
std::string sanity_buffer(std::size_t size) {
  std::string out;
  std::uint64_t state = kPrime32;
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(static_cast<char>(state >> 56));
    state *= 11400714785074694797ull;
  }
  return out;
}

TEST(Digest, MatchesTheOfficialVectors) {
  const std::string buffer = sanity_buffer(222);
  struct Vector {
    std::size_t length;
    std::uint64_t seed;
    std::uint64_t hash;
  };
  for (const Vector& vector :
       {Vector{0, 0, 0xEF46DB3751D8E999ull}, Vector{0, kPrime32, 0xAC75FDA2929B17EFull},
        Vector{1, 0, 0xE934A84ADB052768ull}, Vector{1, kPrime32, 0x5014607643A9B4C3ull},
        Vector{4, 0, 0x9136A0DCA57457EEull}, Vector{14, 0, 0x8282DCC4994E35C8ull},
        Vector{14, kPrime32, 0xC3BD6BF63DEB6DF0ull}, Vector{222, 0, 0xB641AE8CB691C174ull},
        Vector{222, kPrime32, 0x20CB8AB7AE10C14Aull}}) {
    EXPECT_EQ(xxh64(std::string_view(buffer).substr(0, vector.length), vector.seed), vector.hash)
        << vector.length << " bytes, seed " << vector.seed;
  }
  EXPECT_EQ(xxh64("abc"), 0x44BC2CF5AD770999ull);
}

TEST(Digest, DependsOnEveryByteAndOnTheLength) {
  std::string bytes(100, 'x');
  const std::uint64_t before = xxh64(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = 'y';
    EXPECT_NE(xxh64(bytes), before);
    bytes[i] = 'x';
    EXPECT_NE(xxh64(std::string_view(bytes).substr(0, i)), before);
  }
}

}  // namespace
}  // namespace syncstore
