// The route table as data. Constant, readable from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/catalogue.hpp"

namespace syncstore::http {

enum class RouteId : std::uint8_t {
#define SS_ROUTE(id, ...) id,
#include "server/http/routes.def"
#undef SS_ROUTE
};

enum class Scope : std::uint8_t { open, session, store, own, all, people };
enum class RateClass : std::uint8_t { none, request, login };
enum class BodyKind : std::uint8_t { none, json, file, frames };

struct Route {
  RouteId id;
  std::string_view name;
  std::string_view method;
  std::string_view pattern;  // segments that start with ':' are parameters
  Scope scope;
  model::Role least;
  RateClass rate;
  BodyKind body;
  bool idempotent;
  bool inactive_ok;  // also answered for a deactivated store
  std::string_view summary;
};

std::span<const Route> routes();
inline const Route& route(RouteId id) { return routes()[static_cast<std::size_t>(id)]; }

bool is_unsafe(std::string_view method);

using Params = std::vector<std::pair<std::string_view, std::string>>;

struct RouteMatch {
  const Route* route = nullptr;  // nullptr: no such path, or not with this method
  Params params;
  std::string allow;  // methods of this path, when the path exists: for 405 and OPTIONS
};

// HEAD is matched as GET; a path without parameters goes before one with.
RouteMatch match_route(std::string_view method, std::string_view path);

}  // namespace syncstore::http
