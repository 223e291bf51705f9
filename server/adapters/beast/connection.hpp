// What the connections of one loop need of their server. Loop thread only, except where said.
#pragma once

#include <string>
#include <vector>

#include "server/adapters/beast/address_rules.hpp"
#include "server/adapters/beast/event_loop.hpp"
#include "server/adapters/beast/network_server.hpp"

namespace syncstore::adapters {

struct ConnectionContext {
  EventLoop* loop;
  ports::Scheduler& engine;
  ports::HttpHandler& http;
  ports::LinkAcceptor& links;
  const NetworkOptions& options;
  NetworkCounters& counters;
  const ProxyRules& proxies;
  std::function<void(const std::string& address)> on_closed;  // frees the place of an address
  bool draining = false;
};

}  // namespace syncstore::adapters
