// Json::parse: nlohmann's tokeniser drives a builder of our own, which sets the limits.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"

namespace syncstore {
namespace {

// Receives the events of one document. Open containers wait on a stack and move into their parent
// when they close, so nothing here holds a pointer into a growing vector. Returning false ends the
// parse.
class TreeBuilder {
 public:
  using Source = nlohmann::json;
  using number_integer_t = Source::number_integer_t;
  using number_unsigned_t = Source::number_unsigned_t;
  using number_float_t = Source::number_float_t;
  using string_t = Source::string_t;
  using binary_t = Source::binary_t;

  Json take_root() { return std::move(root_); }
  const std::string& complaint() const { return complaint_; }

  // The names below are those that the tokeniser calls.
  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(number_integer_t value) { return add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) { return add(Json(value)); }
  bool number_float(number_float_t, const string_t& text) { return add(Json::number_text(text)); }
  bool string(string_t& text) { return add(Json(std::move(text))); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool key(string_t& text) {
    open_.back().key = std::move(text);
    return true;
  }
  bool end_object() { return no_duplicate_keys(open_.back()) && close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    complaint_ =
        "The text is not JSON: it cannot be read on from byte " + std::to_string(position) + ".";
    return false;
  }

 private:
  struct Open {
    Json container;
    std::string key;  // of the member that is being read
    std::vector<Json::Member> members;
  };

  bool open(Json container) {
    if (open_.size() == limits::kJsonDepth) {
      complaint_ = "The JSON nests deeper than " + std::to_string(limits::kJsonDepth) + " levels.";
      return false;
    }
    open_.push_back(Open{std::move(container), {}, {}});
    return true;
  }

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().container.is(Json::Kind::array)) {
      open_.back().container.push(std::move(value));
    } else {
      open_.back().members.emplace_back(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  bool no_duplicate_keys(const Open& object) {
    std::vector<std::string_view> keys;
    keys.reserve(object.members.size());
    for (const Json::Member& member : object.members) {
      keys.push_back(member.first);
    }
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice == keys.end()) {
      return true;
    }
    complaint_ = "The field \"" + std::string(*twice) + "\" stands twice in one object.";
    return false;
  }

  bool close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.container.is(Json::Kind::object)) {
      done.container = Json::object(std::move(done.members));
    }
    return add(std::move(done.container));
  }

  Json root_;
  std::vector<Open> open_;
  std::string complaint_;
};

}  // namespace

Result<Json> Json::parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return fail(ErrorCode::too_large,
                "The JSON has more than " + std::to_string(max_bytes) + " bytes.");
  }
  if (!is_valid_utf8(text)) {
    return fail(ErrorCode::invalid_utf8);
  }
  // The tokeniser takes a zero byte for the end of the input and would not see what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return fail(ErrorCode::malformed,
                "The text is not JSON: byte " + std::to_string(zero + 1) + " is a zero byte.");
  }
  TreeBuilder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return fail(ErrorCode::malformed, builder.complaint());
  }
  return builder.take_root();
}

}  // namespace syncstore
