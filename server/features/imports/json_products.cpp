#include "server/features/imports/json_products.hpp"

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/model/validate.hpp"
#include "server/features/imports/currency_check.hpp"

namespace syncstore::imports {
namespace {

// What the program itself says about a record beside its fields.
bool is_bookkeeping(std::string_view name) {
  return name == "storeId" || name == "version" || name == "updatedAt";
}

bool is_number_kind(model::FieldKind kind) {
  return kind == model::FieldKind::money || kind == model::FieldKind::decimal ||
         kind == model::FieldKind::count;
}

Result<model::Value> value_of(const model::FieldDef& field, const Json& json,
                              std::string_view currency) {
  switch (json.kind()) {
    case Json::Kind::null:
      return model::Value();
    case Json::Kind::string:
      SS_TRY(check_currency(field, json.text(), currency));
      return model::value_from_input(field, json.text());
    case Json::Kind::integer:
      if (is_number_kind(field.kind) || field.kind == model::FieldKind::line) {
        return model::value_from_input(field, std::to_string(json.integer()));
      }
      break;
    case Json::Kind::number:
      if (is_number_kind(field.kind) || field.kind == model::FieldKind::line) {
        return model::value_from_input(field, json.text());
      }
      break;
    case Json::Kind::array:
      if (field.kind == model::FieldKind::list) {
        SS_ASSIGN_OR_RETURN(model::Value list, model::value_from_json(field, json));
        list = model::normalise_value(field, std::move(list));
        if (!model::is_absent(list)) {
          SS_TRY(model::validate_value(field, list));
        }
        return list;
      }
      break;
    default:
      break;
  }
  return fail(ErrorCode::wrong_type,
              std::string(field.label) + (is_number_kind(field.kind)
                                              ? " must be a number or a text like \"9.50\"."
                                              : " must be a text in quotes."),
              std::string(field.name));
}

void read_member(const JsonPiece& piece, const std::string& name, const Json& json,
                 std::string_view currency, ParsedProduct& product) {
  if (name == "id") {
    const bool text = json.is(Json::Kind::string);
    product.id = text ? RecordId::parse(json.text()).value_or(RecordId{}) : RecordId{};
    return;
  }
  if (is_bookkeeping(name)) {
    return;
  }
  const int index = products().field_index(name);
  if (index < 0) {
    product.problems.push_back({piece.line, shortened(name), ErrorCode::unknown_field,
                                "Products have no field \"" + shortened(name) + "\".",
                                shortened(json.dump())});
    return;
  }
  // An export says these too; the server finds them out by itself.
  if (products().fields[static_cast<std::size_t>(index)].write == model::Role::system) {
    return;
  }
  if (products().fields[static_cast<std::size_t>(index)].retired) {
    product.problems.push_back({piece.line, shortened(name), ErrorCode::retired,
                                std::string(error_sentence(ErrorCode::retired)),
                                shortened(json.dump())});
    return;
  }
  Result<model::Value> value =
      value_of(products().fields[static_cast<std::size_t>(index)], json, currency);
  if (!value.ok()) {
    const Error& error = value.error();
    product.problems.push_back(
        {piece.line, error.field, error.code,
         error.detail.empty() ? std::string(error_sentence(error.code)) : error.detail,
         shortened(json.is(Json::Kind::string) ? json.text() : json.dump())});
    return;
  }
  product.fields.push_back({static_cast<std::uint16_t>(index), std::move(*value)});
}

}  // namespace

ParsedProduct product_of_json(const JsonPiece& piece, std::string_view currency) {
  ParsedProduct product;
  product.line = piece.line;
  product.last_line = piece.last_line;
  product.clears = true;
  product.bytes = piece.text.size() + 64;
  const Result<Json> json = Json::parse(piece.text, limits::kImportRecordBytes);
  if (!json.ok() || !json->is(Json::Kind::object)) {
    const std::string detail = json.ok() ? "A record in braces is expected." : json.error().detail;
    product.problems.push_back({piece.line,
                                {},
                                ErrorCode::malformed,
                                "The record is not valid JSON. " + detail,
                                shortened(piece.text)});
    return product;
  }
  for (const auto& [name, value] : json->members()) {
    read_member(piece, name, value, currency, product);
  }
  complete_key(product);
  return product;
}

}  // namespace syncstore::imports
