// Values in JSON, and values as people type them.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/money.hpp"
#include "core/base/text.hpp"
#include "core/model/validate.hpp"

namespace syncstore::model {
namespace {

Error wrong_type(const FieldDef& field, std::string_view what) {
  return fail(ErrorCode::wrong_type, std::string(field.label) + " " + std::string(what),
              std::string(field.name));
}

// Names the field in an error of the layer below, which knows the text only.
Error about(const FieldDef& field, const Error& error) {
  return fail(error.code, std::string(field.label) + ": " + error.detail, std::string(field.name));
}

Result<Value> decimal_from_json(const FieldDef& field, const Json& json) {
  if (!json.is(Json::Kind::string)) {
    return wrong_type(field, "must be a decimal in a string, like \"9.50\".");
  }
  const Result<std::int64_t> number = parse_decimal(json.text());
  if (!number.ok()) {
    return about(field, number.error());
  }
  return Value(*number);
}

Result<Value> time_from_json(const FieldDef& field, const Json& json) {
  if (json.is(Json::Kind::integer)) {
    return Value(json.integer());
  }
  if (!json.is(Json::Kind::string)) {
    return wrong_type(field, "must be a time like \"2026-11-21T12:00:00Z\" or milliseconds.");
  }
  const Result<TimeMs> time = parse_iso8601(json.text());
  if (!time.ok()) {
    return about(field, time.error());
  }
  return Value(*time);
}

Result<Value> list_from_json(const FieldDef& field, const Json& json) {
  if (!json.is(Json::Kind::array)) {
    return wrong_type(field, "must be an array of strings.");
  }
  TextList list;
  for (const Json& item : json.items()) {
    if (!item.is(Json::Kind::string)) {
      return wrong_type(field, "must be an array of strings.");
    }
    list.push_back(item.text());
  }
  // A set has no order of its own: the array's is taken as it comes.
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list.empty() ? Value() : Value(std::move(list));
}

Result<Value> flag_from_input(const FieldDef& field, const std::string& folded) {
  for (const std::string_view yes : {"true", "yes", "y", "1", "on"}) {
    if (folded == yes) {
      return Value(true);
    }
  }
  for (const std::string_view no : {"false", "no", "n", "0", "off"}) {
    if (folded == no) {
      return Value(false);
    }
  }
  return wrong_type(field, "must be yes or no.");
}

Result<Value> number_from_input(const FieldDef& field, const std::string& line) {
  const Result<std::int64_t> number = parse_decimal_lenient(line);
  if (!number.ok()) {
    return about(field, number.error());
  }
  if (field.kind != FieldKind::count) {
    return Value(*number);
  }
  if (*number % kDecimalScale != 0) {
    return wrong_type(field, "must be a whole number.");
  }
  return Value(*number / kDecimalScale);
}

Value choice_from_input(const FieldDef& field, const std::string& line) {
  const std::string wanted = fold_case(line);
  std::string_view rest = field.choices;
  while (!rest.empty()) {
    const std::string_view choice = rest.substr(0, rest.find('|'));
    if (fold_case(choice) == wanted) {
      return std::string(choice);
    }
    rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
  }
  return line;  // validation names the choices
}

Value list_from_input(const std::string& text) {
  TextList list;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(",\n"), rest.size());
    list.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return list;
}

Result<Value> value_of_line(const FieldDef& field, std::string_view input) {
  const std::string line = normalise_line(input);
  if (line.empty()) {
    return Value();
  }
  switch (field.kind) {
    case FieldKind::money:
    case FieldKind::decimal:
    case FieldKind::count:
      return number_from_input(field, line);
    case FieldKind::flag:
      return flag_from_input(field, fold_case(line));
    case FieldKind::time: {
      const Result<TimeMs> time = parse_iso8601(line);
      return time.ok() ? Result<Value>(Value(*time)) : Result<Value>(about(field, time.error()));
    }
    case FieldKind::choice:
      return choice_from_input(field, line);
    default:
      return Value(line);
  }
}

}  // namespace

Json value_to_json(const FieldDef& field, const Value& value, TimeForm time_form) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    return Json(*flag);
  }
  if (const std::int64_t* number = std::get_if<std::int64_t>(&value)) {
    if (field.kind == FieldKind::money || field.kind == FieldKind::decimal) {
      return Json(format_decimal(*number));
    }
    if (field.kind == FieldKind::time && time_form == TimeForm::iso8601) {
      return Json(format_iso8601(*number));
    }
    return Json(*number);
  }
  if (const std::string* text = std::get_if<std::string>(&value)) {
    if (field.kind == FieldKind::json) {
      Result<Json> json = Json::parse(*text, limits::kValueBytes);
      return json.ok() ? std::move(json).value() : Json(*text);
    }
    return Json(*text);
  }
  if (const TextList* list = std::get_if<TextList>(&value)) {
    Json array = Json::array();
    for (const std::string& item : *list) {
      array.push(item);
    }
    return array;
  }
  return Json();
}

Result<Value> value_from_json(const FieldDef& field, const Json& json) {
  if (json.is(Json::Kind::null)) {
    return Value();
  }
  switch (field.kind) {
    case FieldKind::money:
    case FieldKind::decimal:
      return decimal_from_json(field, json);
    case FieldKind::count:
      if (!json.is(Json::Kind::integer)) {
        return wrong_type(field, "must be a whole number, without quotes.");
      }
      return Value(json.integer());
    case FieldKind::flag:
      if (!json.is(Json::Kind::boolean)) {
        return wrong_type(field, "must be true or false.");
      }
      return Value(json.boolean());
    case FieldKind::time:
      return time_from_json(field, json);
    case FieldKind::list:
      return list_from_json(field, json);
    case FieldKind::json:
      return Value(json.dump());
    default:
      if (!json.is(Json::Kind::string)) {
        return wrong_type(field, "must be a string.");
      }
      return json.text().empty() ? Value() : Value(json.text());
  }
}

Result<Value> value_from_input(const FieldDef& field, std::string_view input) {
  if (!is_valid_utf8(input)) {
    return fail(ErrorCode::invalid_utf8, std::string(field.label) + " is not valid UTF-8.",
                std::string(field.name));
  }
  Value value;
  if (field.kind == FieldKind::text || field.kind == FieldKind::rich_text ||
      field.kind == FieldKind::json) {
    value = std::string(input);
  } else if (field.kind == FieldKind::list) {
    value = list_from_input(std::string(input));
  } else {
    SS_ASSIGN_OR_RETURN(value, value_of_line(field, input));
  }
  value = normalise_value(field, std::move(value));
  // What is missing is a matter of the whole record; a form may fill it in later.
  if (!is_absent(value)) {
    SS_TRY(validate_value(field, value));
  }
  return value;
}

}  // namespace syncstore::model
