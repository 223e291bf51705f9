#include "server/adapters/pictures/address_check.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace syncstore::adapters {
namespace {

struct Network4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0,
                           std::uint32_t d = 0) {
  return a << 24u | b << 16u | c << 8u | d;
}

// The special-purpose registry of IPv4.
constexpr std::array kNotPublic4{
    Network4{v4(0, 0), 8},           // this network
    Network4{v4(10, 0), 8},          // private
    Network4{v4(100, 64), 10},       // shared, behind carriers
    Network4{v4(127, 0), 8},         // this machine
    Network4{v4(169, 254), 16},      // link-local, with the clouds' metadata
    Network4{v4(172, 16), 12},       // private
    Network4{v4(192, 0, 0), 24},     // protocol assignments
    Network4{v4(192, 0, 2), 24},     // documentation
    Network4{v4(192, 31, 196), 24},  // AS112
    Network4{v4(192, 52, 193), 24},  // AMT
    Network4{v4(192, 88, 99), 24},   // 6to4 relays
    Network4{v4(192, 168), 16},      // private
    Network4{v4(192, 175, 48), 24},  // AS112
    Network4{v4(198, 18), 15},       // benchmarks
    Network4{v4(198, 51, 100), 24},  // documentation
    Network4{v4(203, 0, 113), 24},   // documentation
    Network4{v4(224, 0), 4},         // multicast
    Network4{v4(240, 0), 4},         // reserved, broadcast
};

struct Network6 {
  std::array<std::uint8_t, 6> first;
  int bits;
};

// Within 2000::/3, the only part of IPv6 that is given out.
constexpr std::array kNotPublic6{
    Network6{{0x20, 0x01, 0x00}, 23},              // Teredo and other protocols
    Network6{{0x20, 0x01, 0x0d, 0xb8}, 32},        // documentation
    Network6{{0x20, 0x02}, 16},                    // 6to4: any IPv4 address
    Network6{{0x26, 0x20, 0x00, 0x4f, 0x80}, 48},  // AS112
    Network6{{0x3f, 0xff, 0x00}, 20},              // documentation
};

bool is_public4(std::uint32_t address) {
  return std::none_of(kNotPublic4.begin(), kNotPublic4.end(), [address](const Network4& network) {
    return (address ^ network.first) >> (32 - network.bits) == 0;
  });
}

bool is_within(const std::uint8_t* address, const Network6& network) {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((address[byte] ^ network.first[byte]) & mask) != 0)
      return false;
  }
  return true;
}

bool is_public6(const std::uint8_t* address) {
  if ((address[0] & 0xe0) != 0x20)
    return false;
  return std::none_of(kNotPublic6.begin(), kNotPublic6.end(),
                      [address](const Network6& network) { return is_within(address, network); });
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_public4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return is_public6(v6.sin6_addr.s6_addr);
  }
  return false;
}

bool is_public_address(std::string_view text) {
  const std::string copy(text);
  in_addr v4{};
  if (::inet_pton(AF_INET, copy.c_str(), &v4) == 1)
    return is_public4(ntohl(v4.s_addr));
  in6_addr v6{};
  return ::inet_pton(AF_INET6, copy.c_str(), &v6) == 1 && is_public6(v6.s6_addr);
}

}  // namespace syncstore::adapters
