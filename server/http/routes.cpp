#include "server/http/routes.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace syncstore::http {
namespace {

constexpr Route kRoutes[] = {
#define SS_ROUTE(id, method, pattern, scope, least, rate, body, idempotent, inactive_ok, summary) \
  Route{RouteId::id,     #id,                                                                     \
        method,          pattern,                                                                 \
        Scope::scope,    model::Role::least,                                                      \
        RateClass::rate, BodyKind::body,                                                          \
        idempotent,      inactive_ok,                                                             \
        summary},
#include "server/http/routes.def"
#undef SS_ROUTE
};

// The next segment of a path; both paths start with '/'.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = path.find('/');
  std::string_view segment = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  return segment;
}

bool match_pattern(std::string_view pattern, std::string_view path, Params& params) {
  params.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (expected.starts_with(':')) {
      if (given.empty()) {
        return false;
      }
      params.emplace_back(expected.substr(1), std::string(given));
    } else if (expected != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

bool is_unsafe(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch result;
  if (!path.starts_with('/')) {
    return result;
  }
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  // A path that a route has as its own is not an id of another.
  const bool own = std::any_of(std::begin(kRoutes), std::end(kRoutes),
                               [path](const Route& each) { return each.pattern == path; });
  Params params;
  for (const Route& candidate : kRoutes) {
    if ((own && candidate.pattern != path) || !match_pattern(candidate.pattern, path, params)) {
      continue;
    }
    if (!result.allow.empty()) {
      result.allow += ", ";
    }
    result.allow += candidate.method;
    if (candidate.method == "GET") {
      result.allow += ", HEAD";
    }
    if (candidate.method == wanted && result.route == nullptr) {
      result.route = &candidate;
      result.params = params;
    }
  }
  return result;
}

}  // namespace syncstore::http
