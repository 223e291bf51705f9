#include "server/http/openapi.hpp"

#include <map>

#include "core/base/json.hpp"
#include "server/http/routes.hpp"

namespace syncstore::http {
namespace {

Json text_schema(std::string_view type) {
  Json schema = Json::object();
  schema.set("type", type);
  return schema;
}

Json field_schema(const model::FieldDef& field) {
  using model::FieldKind;
  Json schema = Json::object();
  switch (field.kind) {
    case FieldKind::money:
    case FieldKind::decimal:
      schema = text_schema("string");
      schema.set("pattern", "^-?[0-9]+(\\.[0-9]{1,4})?$");
      break;
    case FieldKind::count:
      schema = text_schema("integer");
      break;
    case FieldKind::flag:
      schema = text_schema("boolean");
      break;
    case FieldKind::time:
      schema = text_schema("string");
      schema.set("format", "date-time");
      break;
    case FieldKind::list: {
      schema = text_schema("array");
      schema.set("items", text_schema("string"));
      break;
    }
    case FieldKind::choice: {
      schema = text_schema("string");
      Json choices = Json::array();
      for (std::string_view rest = field.choices;;) {
        const std::size_t bar = rest.find('|');
        choices.push(rest.substr(0, bar));
        if (bar == std::string_view::npos) {
          break;
        }
        rest = rest.substr(bar + 1);
      }
      schema.set("enum", std::move(choices));
      break;
    }
    case FieldKind::json:
      break;
    default:
      schema = text_schema("string");
  }
  schema.set("description", field.label);
  if (field.write == model::Role::system) {
    schema.set("readOnly", true);
  }
  return schema;
}

Json collection_schema(const model::CollectionDef& collection) {
  Json properties = Json::object();
  for (const std::string_view name : {"id", "storeId", "updatedAt"}) {
    Json schema = text_schema("string");
    schema.set("readOnly", true);
    properties.set(std::string(name), std::move(schema));
  }
  Json version = text_schema("integer");
  version.set("readOnly", true);
  properties.set("version", std::move(version));
  for (const model::FieldDef& field : collection.fields) {
    properties.set(std::string(field.name), field_schema(field));
  }
  Json schema = text_schema("object");
  schema.set("properties", std::move(properties));
  return schema;
}

Json problem_schema() {
  Json properties = Json::object();
  for (const std::string_view name : {"type", "title", "detail", "code"}) {
    properties.set(std::string(name), text_schema("string"));
  }
  properties.set("status", text_schema("integer"));
  properties.set("success", text_schema("boolean"));
  properties.set("errors", text_schema("array"));
  Json schema = text_schema("object");
  schema.set("properties", std::move(properties));
  return schema;
}

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

Json parameter(std::string_view name, std::string_view in, bool required) {
  Json json = Json::object();
  json.set("name", name);
  json.set("in", in);
  json.set("required", required);
  json.set("schema", text_schema("string"));
  return json;
}

Json parameters(const Route& route) {
  Json list = Json::array();
  std::string_view rest = route.pattern;
  bool names_store = false;
  for (std::size_t colon = rest.find(':'); colon != std::string_view::npos;
       colon = rest.find(':')) {
    rest = rest.substr(colon + 1);
    const std::string_view name = rest.substr(0, rest.find('/'));
    names_store = names_store || name == "store";
    list.push(parameter(name, "path", true));
  }
  if ((route.scope == Scope::store || route.scope == Scope::people) && !names_store) {
    list.push(parameter("storeId", "query", true));
  }
  if (route.idempotent) {
    list.push(parameter("Idempotency-Key", "header", false));
  }
  if (is_unsafe(route.method) && route.scope != Scope::open) {
    list.push(parameter("X-CSRF-Token", "header", false));
  }
  if (route.method == "PUT" || route.method == "PATCH") {
    list.push(parameter("Base-Version", "header", false));
    list.push(parameter("If-Match", "header", false));
  }
  return list;
}

Json responses(const Route& route) {
  const auto described = [](std::string_view text) {
    Json json = Json::object();
    json.set("description", text);
    return json;
  };
  Json all = Json::object();
  all.set("2XX", described("Done; of a write: durable."));
  Json problem = described("A problem (RFC 9457) with `code` of the error catalogue.");
  Json content = Json::object();
  Json media = Json::object();
  Json reference = Json::object();
  reference.set("$ref", "#/components/schemas/Problem");
  media.set("schema", std::move(reference));
  content.set("application/problem+json", std::move(media));
  problem.set("content", std::move(content));
  if (route.scope != Scope::open) {
    all.set("401", problem);
    all.set("403", problem);
  }
  all.set("4XX", problem);
  all.set("5XX", problem);
  return all;
}

Json operation(const Route& route) {
  Json json = Json::object();
  json.set("operationId", route.name);
  json.set("summary", route.summary);
  json.set("x-least-role", model::role_name(route.least));
  json.set("parameters", parameters(route));
  if (route.scope == Scope::open) {
    json.set("security", Json::array());
  }
  if (route.body != BodyKind::none) {
    const std::string_view type =
        route.body == BodyKind::json ? "application/json" : "application/octet-stream";
    Json media = Json::object();
    media.set("schema", route.body == BodyKind::json ? text_schema("object") : Json::object());
    Json content = Json::object();
    content.set(std::string(type), std::move(media));
    Json body = Json::object();
    body.set("required", true);
    body.set("content", std::move(content));
    json.set("requestBody", std::move(body));
  }
  json.set("responses", responses(route));
  return json;
}

std::string lower_case(std::string_view method) {
  std::string text;
  for (const char c : method) {
    text += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return text;
}

}  // namespace

std::string openapi_document(std::string_view version) {
  Json info = Json::object();
  info.set("title", "SyncStore");
  info.set("version", version);
  std::map<std::string, Json> by_path;
  for (const Route& route : routes()) {
    Json& path = by_path.try_emplace(openapi_path(route.pattern), Json::object()).first->second;
    path.set(lower_case(route.method), operation(route));
  }
  Json paths = Json::object();
  for (auto& [path, operations] : by_path) {
    paths.set(path, std::move(operations));
  }
  Json schemas = Json::object();
  schemas.set("Problem", problem_schema());
  for (const model::CollectionDef& collection : model::collections()) {
    schemas.set(std::string(collection.name), collection_schema(collection));
  }
  Json bearer = text_schema("http");
  bearer.set("scheme", "bearer");
  Json cookie = text_schema("apiKey");
  cookie.set("in", "cookie");
  cookie.set("name", "syncstore_session");
  Json schemes = Json::object();
  schemes.set("bearer", std::move(bearer));
  schemes.set("session", std::move(cookie));
  Json components = Json::object();
  components.set("schemas", std::move(schemas));
  components.set("securitySchemes", std::move(schemes));
  Json security = Json::array();
  for (const std::string_view scheme : {"bearer", "session"}) {
    Json entry = Json::object();
    entry.set(std::string(scheme), Json::array());
    security.push(std::move(entry));
  }
  Json document = Json::object();
  document.set("openapi", "3.1.0");
  document.set("info", std::move(info));
  document.set("paths", std::move(paths));
  document.set("components", std::move(components));
  document.set("security", std::move(security));
  return document.dump();
}

}  // namespace syncstore::http
