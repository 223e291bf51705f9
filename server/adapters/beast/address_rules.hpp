// Addresses of peers: who is a trusted proxy, and whom it speaks for. Immutable after construction,
// any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "server/ports/http.hpp"

namespace syncstore::adapters {

class ProxyRules {
 public:
  static Result<ProxyRules> parse(
      const std::vector<std::string>& cidrs);  // "10.0.0.0/8", "::1/128", "192.0.2.7"

  bool trusted(std::string_view address) const;
  // Sets remote_address and secure of a request that came from `peer`, by X-Forwarded-For and
  // X-Forwarded-Proto when the peer is trusted: the last address in the list that is not itself a
  // trusted proxy.
  void apply(ports::HttpRequest& request, std::string_view peer, bool tls) const;

 private:
  struct Network {
    std::array<unsigned char, 16> bytes{};  // IPv4 as mapped IPv6
    unsigned prefix = 128;
  };
  static std::optional<Network> parse_network(std::string_view text);
  std::vector<Network> networks_;
};

bool is_loopback(std::string_view address);

}  // namespace syncstore::adapters
