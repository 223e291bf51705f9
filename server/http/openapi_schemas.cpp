#include "server/http/openapi_schemas.hpp"

#include <algorithm>
#include <array>

#include "core/model/catalogue.hpp"

namespace syncstore::http {
namespace {

struct Shape {
  std::string_view name;
  std::string_view base;
  std::string_view members;
};

constexpr std::array kShapes{
#define SS_SHAPE(name, base, members) Shape{#name, base, members},
#define SS_ANSWER(...)
#include "server/http/route_answers.def"
#undef SS_SHAPE
#undef SS_ANSWER
};

Json schema_of(std::string_view type) { return std::move(Json::object().set("type", type)); }

Json or_null(Json schema) {
  if (const Json* const type = schema.find("type")) {
    Json both = Json::array();
    both.push(*type);
    both.push("null");
    if (const Json* const words = schema.find("enum")) {
      Json more = *words;
      more.push(Json());
      schema.set("enum", std::move(more));
    }
    schema.set("type", std::move(both));
    return schema;
  }
  Json either = Json::array();
  either.push(std::move(schema));
  either.push(schema_of("null"));
  return std::move(Json::object().set("oneOf", std::move(either)));
}

Json one_of_words(std::string_view words) {
  Json list = Json::array();
  while (!words.empty()) {
    const std::size_t bar = words.find('|');
    list.push(words.substr(0, bar));
    words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 1);
  }
  return std::move(schema_of("string").set("enum", std::move(list)));
}

Json field_schema(const model::FieldDef& field) {
  using model::FieldKind;
  switch (field.kind) {
    case FieldKind::money:
    case FieldKind::decimal:
      return std::move(schema_of("string").set("pattern", "^-?[0-9]+(\\.[0-9]{1,4})?$"));
    case FieldKind::count:
      return schema_of("integer");
    case FieldKind::flag:
      return schema_of("boolean");
    case FieldKind::time:
      return std::move(schema_of("string").set("format", "date-time"));
    case FieldKind::day:
      return std::move(schema_of("string").set("format", "date"));
    case FieldKind::list:
      return std::move(schema_of("array").set("items", schema_of("string")));
    case FieldKind::choice:
      return one_of_words(field.choices);
    case FieldKind::json:
      return Json::object();
    default:
      return schema_of("string");
  }
}

Json object_of(Json properties, Json required) {
  Json schema = schema_of("object");
  schema.set("properties", std::move(properties));
  if (!required.items().empty())
    schema.set("required", std::move(required));
  return schema;
}

// A record as it is answered: every field is there, null when it has no value.
Json record_schema(const model::CollectionDef& collection) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const std::string_view name : {"id", "storeId", "updatedAt"}) {
    properties.set(std::string(name), schema_of("string"));
    required.push(name);
  }
  properties.set("version", std::move(schema_of("integer").set(
                                "description", "Sequence of the last change of this record.")));
  required.push("version");
  for (const model::FieldDef& field : collection.fields) {
    if (field.retired)
      continue;
    Json schema =
        field.kind == model::FieldKind::json ? Json::object() : or_null(field_schema(field));
    properties.set(std::string(field.name), std::move(schema.set("description", field.label)));
    required.push(field.name);
  }
  return object_of(std::move(properties), std::move(required));
}

// What people may write of a record: some of the fields.
Json edit_schema(const model::CollectionDef& collection) {
  Json properties = Json::object();
  for (const model::FieldDef& field : collection.fields) {
    if (field.write == model::Role::system || field.retired)
      continue;
    Json schema =
        field.kind == model::FieldKind::json ? Json::object() : or_null(field_schema(field));
    properties.set(std::string(field.name), std::move(schema.set("description", field.label)));
  }
  return object_of(std::move(properties), Json::array());
}

Json shape_schema(const Shape& shape) {
  // A shape without members is a choice of words, such as Role.
  if (shape.members.find(':') == std::string_view::npos)
    return one_of_words(shape.members);
  Json own = object_schema(shape.members);
  if (shape.base.empty())
    return own;
  Json all = Json::array();
  all.push(type_schema(shape.base));
  all.push(std::move(own));
  return std::move(Json::object().set("allOf", std::move(all)));
}

// A record of one collection or another.
Json any_record() {
  Json either = Json::array();
  for (const model::CollectionDef& collection : model::collections())
    either.push(type_schema(collection.name));
  // Two collections may have the same fields.
  return std::move(Json::object().set("anyOf", std::move(either)));
}

// Conflicts are decided by a route of their own.
bool is_editable(const model::CollectionDef& collection) {
  return collection.number != model::kConflicts &&
         std::any_of(collection.fields.begin(), collection.fields.end(),
                     [](const model::FieldDef& field) {
                       return field.write != model::Role::system && !field.retired;
                     });
}

}  // namespace

Json type_schema(std::string_view type) {
  if (type.ends_with('?'))
    return or_null(type_schema(type.substr(0, type.size() - 1)));
  if (type.starts_with('['))
    return std::move(schema_of("array").set("items", type_schema(type.substr(1, type.size() - 2))));
  if (type == "text")
    return schema_of("string");
  if (type == "integer")
    return schema_of("integer");
  if (type == "flag")
    return schema_of("boolean");
  if (type == "true")
    return std::move(schema_of("boolean").set("const", true));
  if (type == "time")
    return std::move(schema_of("string").set("format", "date-time"));
  if (type == "any")
    return Json::object();
  if (type == "record")
    return any_record();
  for (const Shape& shape : kShapes) {
    if (shape.name == type)
      return std::move(Json::object().set("$ref", "#/components/schemas/" + std::string(type)));
  }
  const std::string_view collection =
      type.ends_with("_edit") ? type.substr(0, type.size() - 5) : type;
  if (model::find_collection(collection) != nullptr)
    return std::move(Json::object().set("$ref", "#/components/schemas/" + std::string(type)));
  return one_of_words(type);
}

Member next_member(std::string_view& rest) {
  const std::string_view entry = rest.substr(0, rest.find(' '));
  rest = entry.size() == rest.size() ? std::string_view() : rest.substr(entry.size() + 1);
  const std::size_t colon = entry.find(':');
  if (colon == std::string_view::npos)
    return {};
  Member member{entry.substr(0, colon), 0, entry.substr(colon + 1)};
  if (member.name.ends_with('*') || member.name.ends_with('!')) {
    member.mark = member.name.back();
    member.name.remove_suffix(1);
  }
  return member;
}

Json object_schema(std::string_view members) {
  Json properties = Json::object();
  Json required = Json::array();
  while (!members.empty()) {
    const Member member = next_member(members);
    properties.set(std::string(member.name), type_schema(member.type));
    if (member.mark != '*')
      required.push(member.name);
  }
  return object_of(std::move(properties), std::move(required));
}

Json all_schemas() {
  Json schemas = Json::object();
  for (const Shape& shape : kShapes)
    schemas.set(std::string(shape.name), shape_schema(shape));
  for (const model::CollectionDef& collection : model::collections())
    schemas.set(std::string(collection.name), record_schema(collection));
  for (const model::CollectionDef& collection : model::collections()) {
    if (is_editable(collection))
      schemas.set(std::string(collection.name) + "_edit", edit_schema(collection));
  }
  return schemas;
}

}  // namespace syncstore::http
