// Json::parse: nlohmann's tokeniser drives our own builder, which sets the limits. The browser's
// module reads with json_reader.cpp instead.
#include <nlohmann/json.hpp>

#include "core/base/json_tree_builder.hpp"
#include "core/base/text.hpp"

namespace syncstore {
namespace {

// The names are those that the tokeniser calls.
class Events {
 public:
  using Source = nlohmann::json;
  using number_integer_t = Source::number_integer_t;
  using number_unsigned_t = Source::number_unsigned_t;
  using number_float_t = Source::number_float_t;
  using string_t = Source::string_t;
  using binary_t = Source::binary_t;

  explicit Events(TreeBuilder& builder) : builder_(builder) {}
  bool null() { return builder_.add(Json()); }
  bool boolean(bool value) { return builder_.add(Json(value)); }
  bool number_integer(number_integer_t value) { return builder_.add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) { return builder_.add(Json(value)); }
  bool number_float(number_float_t, const string_t& text) {
    return builder_.add(Json::number_text(text));
  }
  bool string(string_t& text) { return builder_.add(Json(std::move(text))); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return builder_.start(Json::object()); }
  bool start_array(std::size_t) { return builder_.start(Json::array()); }
  bool key(string_t& text) { return builder_.key(std::move(text)), true; }
  bool end_object() { return builder_.end_object(); }
  bool end_array() { return builder_.end_array(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& why) {
    constexpr int kNumberOverflow = 406;  // well-formed, but no double holds it
    overflow_ = why.id == kNumberOverflow;
    builder_.complain("The text is not JSON: it cannot be read on from byte " +
                      std::to_string(position) + ".");
    return false;
  }
  bool overflow() const { return overflow_; }

 private:
  TreeBuilder& builder_;
  bool overflow_ = false;
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
  Events events(builder);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &events)) {
    if (events.overflow())
      return fail(ErrorCode::out_of_range, "A number in the JSON is too large.");
    return fail(ErrorCode::malformed, builder.complaint());
  }
  return builder.take_root();
}

}  // namespace syncstore
