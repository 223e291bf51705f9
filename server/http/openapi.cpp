#include "server/http/openapi.hpp"

#include <array>
#include <map>

#include "server/http/openapi_schemas.hpp"
#include "server/http/routes.hpp"

namespace syncstore::http {
namespace {

struct RouteAnswer {
  RouteId route;
  int status;
  std::string_view media;
  std::string_view answer;
  std::string_view body;
  std::string_view query;
};

constexpr std::array kAnswers{
#define SS_SHAPE(...)
#define SS_ANSWER(route, status, media, answer, body, query) \
  RouteAnswer{RouteId::route, status, media, answer, body, query},
#include "server/http/route_answers.def"
#undef SS_SHAPE
#undef SS_ANSWER
};

constexpr bool every_route_is_answered() {
  std::size_t at = 0;
#define SS_ROUTE(id, ...)                                           \
  if (at >= kAnswers.size() || kAnswers[at++].route != RouteId::id) \
    return false;
#include "server/http/routes.def"
#undef SS_ROUTE
  return at == kAnswers.size();
}
static_assert(every_route_is_answered(),
              "route_answers.def names the routes of routes.def in order");

std::string openapi_path(std::string_view pattern) {
  std::string path;
  bool inside = false;
  for (const char c : pattern) {
    if (c == ':') {
      path += '{';
      inside = true;
      continue;
    }
    if (inside && (c == '/' || c == '.')) {
      path += '}';
      inside = false;
    }
    path += c;
  }
  return inside ? path + "}" : path;
}

// The word after /api, by which people look for a route.
std::string tag_of(const Route& route) {
  std::string_view rest = route.pattern;
  if (!rest.starts_with("/api/"))
    return "operation";
  rest.remove_prefix(5);
  const std::string_view word = rest.substr(0, rest.find_first_of("/."));
  return word == "openapi" || word == "docs" || word == "status" ? "operation" : std::string(word);
}

Json parameter(std::string_view name, std::string_view in, bool required, std::string_view type,
               std::string_view description = {}) {
  Json json = Json::object();
  json.set("name", name).set("in", in).set("required", required).set("schema", type_schema(type));
  if (!description.empty())
    json.set("description", description);
  return json;
}

Json parameters(const Route& route, const RouteAnswer& answer) {
  Json list = Json::array();
  std::string_view rest = route.pattern;
  bool names_store = false;
  for (std::size_t colon = rest.find(':'); colon != std::string_view::npos;
       colon = rest.find(':')) {
    rest = rest.substr(colon + 1);
    const std::string_view name = rest.substr(0, rest.find('/'));
    names_store = names_store || name == "store";
    list.push(parameter(name, "path", true, "text"));
  }
  if ((route.scope == Scope::store || route.scope == Scope::people) && !names_store)
    list.push(parameter("storeId", "query", true, "text"));
  std::string_view query = answer.query;
  while (!query.empty()) {
    const Member member = next_member(query);
    list.push(parameter(member.name, "query", member.mark == '!', member.type));
  }
  if (route.idempotent) {
    list.push(parameter("Idempotency-Key", "header", false, "text",
                        "The same request under the same key has one effect."));
  }
  if (is_unsafe(route.method) && route.scope != Scope::open) {
    list.push(parameter("X-CSRF-Token", "header", false, "text",
                        "Needed with a session's cookie, not with a bearer token."));
  }
  if (route.method == "PUT" || route.method == "PATCH") {
    if (route.scope != Scope::people) {
      list.push(parameter("Base-Version", "header", false, "integer",
                          "The version that the author saw."));
    }
    list.push(parameter("If-Match", "header", false, "text",
                        "Refused with 412 unless the record is exactly at this version."));
  }
  return list;
}

Json with_media(std::string_view media, Json schema) {
  Json type = Json::object();
  type.set("schema", std::move(schema));
  return std::move(Json::object().set(std::string(media), std::move(type)));
}

Json responses(const Route& route, const RouteAnswer& answer) {
  Json good = Json::object();
  good.set("description", is_unsafe(route.method) ? "Done, and on disk." : "The answer.");
  if (!answer.media.empty()) {
    Json schema = answer.media == "application/json"
                      ? object_schema(answer.answer)
                      : std::move(Json::object().set("type", "string"));
    good.set("content", with_media(answer.media, std::move(schema)));
  }
  Json all = Json::object();
  all.set(std::to_string(answer.status), std::move(good));
  Json problem = Json::object();
  problem.set("description", "A problem (RFC 9457) with `code` of the error catalogue.");
  problem.set("content", with_media("application/problem+json", type_schema("Problem")));
  if (route.scope != Scope::open)
    all.set("401", problem).set("403", problem);
  all.set("4XX", problem).set("5XX", problem);
  return all;
}

Json operation(const Route& route, const RouteAnswer& answer) {
  Json json = Json::object();
  Json tags = Json::array();
  tags.push(tag_of(route));
  json.set("operationId", route.name).set("summary", route.summary).set("tags", std::move(tags));
  json.set("x-least-role", model::role_name(route.least));
  json.set("parameters", parameters(route, answer));
  if (route.scope == Scope::open)
    json.set("security", Json::array());
  if (route.body != BodyKind::none) {
    const bool is_json = route.body == BodyKind::json;
    Json body = Json::object();
    body.set("required", true)
        .set("content", with_media(is_json ? "application/json" : "application/octet-stream",
                                   is_json ? type_schema(answer.body) : Json::object()));
    json.set("requestBody", std::move(body));
  }
  json.set("responses", responses(route, answer));
  return json;
}

std::string lower_case(std::string_view method) {
  std::string text;
  for (const char c : method)
    text += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

Json about(std::string_view version) {
  Json license = Json::object();
  license.set("name", "Apache-2.0").set("identifier", "Apache-2.0");
  Json info = Json::object();
  info.set("title", "SyncStore")
      .set("version", version)
      .set("summary", "The HTTP interface of SyncStore.")
      .set("description",
           "JSON in and out; money is a decimal string, times are ISO-8601 UTC. A 2xx to a write "
           "means "
           "that it is on disk. A failure is a problem (RFC 9457) whose `code` says which.")
      .set("license", std::move(license));
  return info;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kTags{{
    {"account_health", "How the marketplace judges the seller account."},
    {"categories", "The tree that products are sorted into."},
    {"collections", "Groups of products."},
    {"conflicts", "What two people changed at once, and how it was decided."},
    {"dashboard", "The figures of a store."},
    {"exports", "Data out."},
    {"images", "Pictures of products."},
    {"layouts", "How people arranged their screens."},
    {"legal_entity", "Who the seller is by law."},
    {"platform_overrides", "What a marketplace is told instead of the master data."},
    {"product_variants", "What products are sold as."},
    {"sales", "Sales by day."},
    {"saved_views", "Filters and sorts that people keep."},
    {"voc_data", "Voice of the customer: what buyers say of products."},
    {"history", "Who changed what, and when."},
    {"imports", "Files of products in: preview, carry out, what became of each row."},
    {"operation", "The server about itself."},
    {"people", "Who may do what in a store."},
    {"products", "The catalogue of a store."},
    {"session", "Signing in and out."},
    {"setup", "The first account."},
    {"stores", "The stores."},
    {"sync", "Following changes without a socket."},
    {"tokens", "Access for programs."},
}};

std::string_view about_tag(std::string_view name) {
  for (const auto& [tag, text] : kTags) {
    if (tag == name)
      return text;
  }
  return {};
}

Json tags() {
  std::map<std::string, Json> named;
  for (const Route& route : routes()) {
    const std::string tag = tag_of(route);
    named[tag] = std::move(Json::object().set("name", tag).set("description", about_tag(tag)));
  }
  Json list = Json::array();
  for (auto& [name, tag] : named)
    list.push(std::move(tag));
  return list;
}

Json components() {
  Json bearer = Json::object();
  bearer.set("type", "http").set("scheme", "bearer");
  Json cookie = Json::object();
  cookie.set("type", "apiKey").set("in", "cookie").set("name", "syncstore_session");
  Json schemes = Json::object();
  schemes.set("bearer", std::move(bearer)).set("session", std::move(cookie));
  Json all = Json::object();
  all.set("schemas", all_schemas()).set("securitySchemes", std::move(schemes));
  return all;
}

}  // namespace

Json openapi_json(std::string_view version) {
  std::map<std::string, Json> by_path;
  for (const RouteAnswer& answer : kAnswers) {
    const Route& described = route(answer.route);
    Json& path = by_path.try_emplace(openapi_path(described.pattern), Json::object()).first->second;
    path.set(lower_case(described.method), operation(described, answer));
  }
  Json paths = Json::object();
  for (auto& [path, operations] : by_path)
    paths.set(path, std::move(operations));
  Json security = Json::array();
  for (const std::string_view scheme : {"bearer", "session"})
    security.push(std::move(Json::object().set(std::string(scheme), Json::array())));
  Json servers = Json::array();
  servers.push(std::move(Json::object().set("url", "/")));
  Json document = Json::object();
  document.set("openapi", "3.1.0")
      .set("info", about(version))
      .set("servers", std::move(servers))
      .set("tags", tags())
      .set("paths", std::move(paths))
      .set("components", components())
      .set("security", std::move(security));
  return document;
}

}  // namespace syncstore::http
