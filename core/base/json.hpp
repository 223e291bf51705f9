// JSON in and out: our own small tree (RFC 8259 without extensions), so that nlohmann/json is
// compiled in one translation unit only. Reading enforces: valid UTF-8, depth <= 64, no duplicate
// keys, integers within int64 (others keep their text as `number`), at most the byte limit given.
// Object members keep their order. Single-threaded values, no sharing.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/result.hpp"

namespace syncstore {

template <class T>
concept JsonInteger = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>;

class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, number, string, array, object };
  using Member = std::pair<std::string, Json>;

  Json() = default;
  Json(std::nullptr_t) {}                                              // NOLINT
  Json(bool value) : kind_(Kind::boolean), integer_(value ? 1 : 0) {}  // NOLINT
  // Every other integer type: they differ between the platforms. Above int64 the digits are kept as
  // `number`.
  template <JsonInteger T>
  Json(T value) {  // NOLINT
    if (std::is_unsigned_v<T> && static_cast<std::uint64_t>(value) > kIntegerMax) {
      *this = number_text(std::to_string(value));
      return;
    }
    kind_ = Kind::integer;
    integer_ = static_cast<std::int64_t>(value);
  }
  Json(std::string value) : kind_(Kind::string), text_(std::move(value)) {}  // NOLINT
  Json(std::string_view value) : kind_(Kind::string), text_(value) {}        // NOLINT
  Json(const char* value) : kind_(Kind::string), text_(value) {}             // NOLINT
  static Json array();
  static Json object();
  static Json object(std::vector<Member> members);  // the keys must differ
  static Json number_text(std::string text);  // a number that is not an int64, kept as written

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool boolean() const { return integer_ != 0; }
  std::int64_t integer() const { return integer_; }
  const std::string& text() const { return text_; }  // of a string, or the digits of a `number`

  // array
  std::size_t size() const { return is(Kind::object) ? members_.size() : items_.size(); }
  const std::vector<Json>& items() const { return items_; }
  Json& push(Json item);
  // object
  const std::vector<Member>& members() const { return members_; }
  const Json* find(std::string_view key) const;  // nullptr when absent or not an object
  Json& set(std::string key, Json value);        // appends or replaces; returns *this for chaining

  static Result<Json> parse(std::string_view text,
                            std::size_t max_bytes);  // errors: malformed, invalid_utf8, too_large
  std::string dump() const;

 private:
  static constexpr std::uint64_t kIntegerMax = 0x7FFF'FFFF'FFFF'FFFF;

  Kind kind_ = Kind::null;
  std::int64_t integer_ = 0;
  std::string text_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

// Checked reads of an object's members; each error names the path.
Result<std::string> read_string(const Json& object, std::string_view key);
Result<std::int64_t> read_integer(const Json& object, std::string_view key);
Result<bool> read_boolean(const Json& object, std::string_view key,
                          std::optional<bool> fallback = {});
// Errors with unknown_field naming the first member that is not in `known`.
Status only_known_members(const Json& object, std::initializer_list<std::string_view> known);

void append_json_string(std::string& out, std::string_view text);  // quoted and escaped

}  // namespace syncstore
