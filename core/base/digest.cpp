#include "core/base/digest.hpp"

#include <bit>
#include <cstring>

namespace syncstore {
namespace {

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87ull;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Full;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9ull;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63ull;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5ull;
constexpr std::size_t kStripeBytes = 32;

std::uint64_t rotate(std::uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

std::uint64_t load_byte_by_byte(const char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  }
  return value;
}

std::uint64_t load64(const char* bytes) {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  return load_byte_by_byte(bytes, 8);
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) {
  return rotate(lane + input * kPrime2, 31) * kPrime1;
}

std::uint64_t merge_lane(std::uint64_t hash, std::uint64_t lane) {
  return (hash ^ round(0, lane)) * kPrime1 + kPrime4;
}

// Consumes whole stripes and leaves the remainder in `bytes`.
std::uint64_t hash_stripes(std::string_view& bytes, std::uint64_t seed) {
  std::uint64_t lanes[4] = {seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1};
  const char* at = bytes.data();
  const char* const end = at + bytes.size() / kStripeBytes * kStripeBytes;
  for (; at != end; at += kStripeBytes) {
    for (int i = 0; i < 4; ++i) {
      lanes[i] = round(lanes[i], load64(at + 8 * i));
    }
  }
  bytes.remove_prefix(bytes.size() / kStripeBytes * kStripeBytes);
  std::uint64_t hash =
      rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
  for (const std::uint64_t lane : lanes) {
    hash = merge_lane(hash, lane);
  }
  return hash;
}

}  // namespace

std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed) {
  const std::uint64_t length = bytes.size();
  std::uint64_t hash = length >= kStripeBytes ? hash_stripes(bytes, seed) : seed + kPrime5;
  hash += length;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  for (; end - at >= 8; at += 8) {
    hash = rotate(hash ^ round(0, load64(at)), 27) * kPrime1 + kPrime4;
  }
  if (end - at >= 4) {
    hash = rotate(hash ^ load_byte_by_byte(at, 4) * kPrime1, 23) * kPrime2 + kPrime3;
    at += 4;
  }
  for (; at != end; ++at) {
    hash = rotate(hash ^ load_byte_by_byte(at, 1) * kPrime5, 11) * kPrime1;
  }
  hash = (hash ^ hash >> 33) * kPrime2;
  hash = (hash ^ hash >> 29) * kPrime3;
  return hash ^ hash >> 32;
}

}  // namespace syncstore
