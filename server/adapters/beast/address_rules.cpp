#include "server/adapters/beast/address_rules.hpp"

#include <arpa/inet.h>

#include <cstring>

namespace syncstore::adapters {
namespace {

constexpr std::size_t kForwardedAddresses = 32;  // more hops than any real chain of proxies

std::optional<std::array<unsigned char, 16>> parse_address(std::string_view text) {
  const std::string terminated(text);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
    return bytes;
  in_addr v4{};
  if (inet_pton(AF_INET, terminated.c_str(), &v4) != 1)
    return std::nullopt;
  bytes = {};
  bytes[10] = bytes[11] = 0xFF;
  std::memcpy(bytes.data() + 12, &v4, 4);
  return bytes;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

}  // namespace

Result<ProxyRules> ProxyRules::parse(const std::vector<std::string>& cidrs) {
  ProxyRules rules;
  for (const std::string& cidr : cidrs) {
    const auto network = parse_network(cidr);
    if (!network)
      return fail(ErrorCode::invalid,
                  "\"" + cidr + "\" is not an address or a network like 10.0.0.0/8.");
    rules.networks_.push_back(*network);
  }
  return rules;
}

std::optional<ProxyRules::Network> ProxyRules::parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto bytes = parse_address(text.substr(0, slash));
  if (!bytes)
    return std::nullopt;
  Network network{*bytes, 128};
  if (slash == std::string_view::npos)
    return network;
  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3)
    return std::nullopt;
  unsigned prefix = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9')
      return std::nullopt;
    prefix = prefix * 10 + static_cast<unsigned>(c - '0');
  }
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (prefix > (v4 ? 32u : 128u))
    return std::nullopt;
  network.prefix = v4 ? prefix + 96 : prefix;
  return network;
}

bool ProxyRules::trusted(std::string_view address) const {
  const auto bytes = parse_address(address);
  if (!bytes)
    return false;
  for (const Network& network : networks_) {
    bool same = true;
    for (unsigned bit = 0; bit < network.prefix && same; ++bit) {
      const unsigned mask = 0x80u >> (bit % 8);
      same = ((*bytes)[bit / 8] & mask) == (network.bytes[bit / 8] & mask);
    }
    if (same)
      return true;
  }
  return false;
}

void ProxyRules::apply(ports::HttpRequest& request, std::string_view peer, bool tls) const {
  request.remote_address = peer;
  request.secure = tls;
  if (networks_.empty() || !trusted(peer))
    return;
  if (const std::string* proto = request.header("x-forwarded-proto"))
    request.secure = *proto == "https";
  std::string all;
  for (const auto& [name, value] : request.headers) {
    if (name == "x-forwarded-for")
      all += (all.empty() ? "" : ",") + value;
  }
  std::string_view rest = all;
  for (std::size_t hops = 0; !rest.empty() && hops < kForwardedAddresses; ++hops) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view address =
        trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    if (!parse_address(address))
      return;  // the proxy before it wrote nonsense: what was found so far stands
    request.remote_address = address;
    if (!trusted(address))
      return;
  }
}

bool is_loopback(std::string_view address) {
  return address.substr(0, 4) == "127." || address == "::1";
}

}  // namespace syncstore::adapters
