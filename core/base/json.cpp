#include "core/base/json.hpp"

#include <algorithm>

#include "core/base/utf8.hpp"

namespace syncstore {
namespace {

void append_escaped(std::string& out, char character) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out.push_back(kHex[static_cast<unsigned char>(character) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(character) & 15]);
  }
}

bool needs_escape(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == '"' || character == '\\';
}

void append_json(std::string& out, const Json& value) {
  switch (value.kind()) {
    case Json::Kind::null:
      out += "null";
      return;
    case Json::Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Json::Kind::integer:
      out += std::to_string(value.integer());
      return;
    case Json::Kind::number:
      out += value.text();
      return;
    case Json::Kind::string:
      append_json_string(out, value.text());
      return;
    case Json::Kind::array: {
      char separator = '[';
      for (const Json& item : value.items()) {
        out.push_back(separator);
        append_json(out, item);
        separator = ',';
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case Json::Kind::object: {
      char separator = '{';
      for (const auto& [key, member] : value.members()) {
        out.push_back(separator);
        append_json_string(out, key);
        out.push_back(':');
        append_json(out, member);
        separator = ',';
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
  }
}

Result<const Json*> required_member(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  if (member == nullptr) {
    return fail(ErrorCode::required, "\"" + std::string(key) + "\" is missing.", std::string(key));
  }
  return member;
}

Error wrong_type(std::string_view key, std::string_view wanted) {
  return fail(ErrorCode::wrong_type,
              "\"" + std::string(key) + "\" must be " + std::string(wanted) + ".",
              std::string(key));
}

}  // namespace

Json Json::array() {
  Json json;
  json.kind_ = Kind::array;
  return json;
}

Json Json::object() {
  Json json;
  json.kind_ = Kind::object;
  return json;
}

Json Json::object(std::vector<Member> members) {
  Json json = object();
  json.members_ = std::move(members);
  return json;
}

Json Json::number_text(std::string text) {
  Json json;
  json.kind_ = Kind::number;
  json.text_ = std::move(text);
  return json;
}

Json& Json::push(Json item) {
  SS_ASSERT(kind_ == Kind::array);
  return items_.emplace_back(std::move(item));
}

const Json* Json::find(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.first == key) {
      return &member.second;
    }
  }
  return nullptr;
}

Json& Json::set(std::string key, Json value) {
  SS_ASSERT(kind_ == Kind::object);
  for (Member& member : members_) {
    if (member.first == key) {
      member.second = std::move(value);
      return *this;
    }
  }
  members_.emplace_back(std::move(key), std::move(value));
  return *this;
}

std::string Json::dump() const {
  std::string out;
  append_json(out, *this);
  return out;
}

Result<std::string> read_string(const Json& object, std::string_view key) {
  SS_ASSIGN_OR_RETURN(const Json* member, required_member(object, key));
  if (!member->is(Json::Kind::string)) {
    return wrong_type(key, "a string");
  }
  return member->text();
}

Result<std::int64_t> read_integer(const Json& object, std::string_view key) {
  SS_ASSIGN_OR_RETURN(const Json* member, required_member(object, key));
  if (!member->is(Json::Kind::integer)) {
    return wrong_type(key, "a whole number");
  }
  return member->integer();
}

Result<bool> read_boolean(const Json& object, std::string_view key, std::optional<bool> fallback) {
  if (fallback && object.find(key) == nullptr) {
    return *fallback;
  }
  SS_ASSIGN_OR_RETURN(const Json* member, required_member(object, key));
  if (!member->is(Json::Kind::boolean)) {
    return wrong_type(key, "true or false");
  }
  return member->boolean();
}

Status only_known_members(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, member] : object.members()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return fail(ErrorCode::unknown_field, "There is no field \"" + key + "\" here.", key);
    }
  }
  return {};
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t clean = 0;  // what lies between here and `at` is copied in one piece
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (static_cast<unsigned char>(text[at]) < 0x80 && !needs_escape(text[at])) {
      ++at;
      continue;
    }
    const char32_t code = next_code_point(text, at);
    const bool broken = code == kReplacementCharacter && at == start + 1;
    if (!broken && !needs_escape(text[start])) {
      continue;
    }
    out.append(text.substr(clean, start - clean));
    if (broken) {
      append_utf8(out, code);
    } else {
      append_escaped(out, text[start]);
    }
    clean = at;
  }
  out.append(text.substr(clean));
  out.push_back('"');
}

}  // namespace syncstore
