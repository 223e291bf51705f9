// Json::parse in the browser's module: a reader of RFC 8259 without extensions. The native build
// reads with nlohmann's tokeniser (json_parse.cpp), which costs a sixth of the module's size here;
// tests/core/base/json_oracle_test.cpp holds the two equal.
#include <algorithm>
#include <charconv>

#include "core/base/json_tree_builder.hpp"
#include "core/base/text.hpp"

namespace syncstore {
namespace {

// Reads one document from text that is valid UTF-8. Recursion is as deep as the builder allows.
class Reader {
 public:
  Reader(std::string_view text, TreeBuilder& builder) : text_(text), builder_(builder) {}

  bool document() {
    if (!value())
      return false;
    skip_blanks();
    return at_ == text_.size();
  }
  std::size_t position() const { return at_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char wanted) {
    if (peek() != wanted || at_ == text_.size())
      return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')
      ++at_;
  }
  bool word(std::string_view wanted, Json meaning) {
    if (text_.substr(at_, wanted.size()) != wanted)
      return false;
    at_ += wanted.size();
    return builder_.add(std::move(meaning));
  }

  bool value() {
    skip_blanks();
    switch (peek()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"': {
        std::string text;
        return string(text) && builder_.add(Json(std::move(text)));
      }
      case 't':
        return word("true", Json(true));
      case 'f':
        return word("false", Json(false));
      case 'n':
        return word("null", Json());
      default:
        return number();
    }
  }

  bool object() {
    ++at_;
    if (!builder_.start(Json::object()))
      return false;
    skip_blanks();
    if (take('}'))
      return builder_.end_object();
    for (;;) {
      skip_blanks();
      std::string key;
      if (!string(key))
        return false;
      builder_.key(std::move(key));
      skip_blanks();
      if (!take(':') || !value())
        return false;
      skip_blanks();
      if (take('}'))
        return builder_.end_object();
      if (!take(','))
        return false;
    }
  }

  bool array() {
    ++at_;
    if (!builder_.start(Json::array()))
      return false;
    skip_blanks();
    if (take(']'))
      return builder_.end_array();
    for (;;) {
      if (!value())
        return false;
      skip_blanks();
      if (take(']'))
        return builder_.end_array();
      if (!take(','))
        return false;
    }
  }

  bool digits() {
    const std::size_t first = at_;
    while (peek() >= '0' && peek() <= '9')
      ++at_;
    return at_ > first;
  }

  bool number() {
    const std::size_t first = at_;
    take('-');
    if (!take('0') && !digits())
      return false;
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (!digits())
        return false;
    }
    std::size_t exponent_digits = 0;
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+'))
        take('-');
      const std::size_t start = at_;
      if (!digits())
        return false;
      exponent_digits = at_ - start;
    }
    const std::string_view text = text_.substr(first, at_ - first);
    std::int64_t integer = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (whole && read.ec == std::errc())
      return builder_.add(Json(integer));
    // What no reader with floating point could hold is not a number that anybody sends on purpose.
    if (exponent_digits > 2 && !small_exponent(text))
      return false;
    return builder_.add(Json::number_text(std::string(text)));
  }

  // Whether the exponent keeps the number within what a double can hold, about.
  static bool small_exponent(std::string_view text) {
    const std::size_t mark = text.find_first_of("eE");
    std::string_view digits_of = text.substr(mark + 1);
    const bool negative = digits_of.front() == '-';
    if (digits_of.front() == '-' || digits_of.front() == '+')
      digits_of.remove_prefix(1);
    int exponent = 0;
    const auto read =
        std::from_chars(digits_of.data(), digits_of.data() + digits_of.size(), exponent);
    return negative || (read.ec == std::errc() && exponent <= 300);
  }

  bool string(std::string& out) {
    if (!take('"'))
      return false;
    for (;;) {
      const std::size_t plain = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20) {
        ++at_;
      }
      out.append(text_.substr(plain, at_ - plain));
      if (take('"'))
        return true;
      if (!take('\\') || !escape(out))
        return false;  // the end, or a control character
    }
  }

  bool escape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (take('u'))
      return unicode(out);
    const std::size_t found = at_ < text_.size() ? kNames.find(peek()) : std::string_view::npos;
    if (found == std::string_view::npos)
      return false;
    ++at_;
    out += kMeanings[found];
    return true;
  }

  bool four_digits(std::uint32_t& unit) {
    const std::string_view text = text_.substr(std::min(at_, text_.size()), 4);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), unit, 16);
    if (text.size() != 4 || read.ec != std::errc() || read.ptr != text.data() + 4 || text[0] == '-')
      return false;
    at_ += 4;
    return true;
  }

  // A pair of surrogates is one character; a lone one is none.
  bool unicode(std::string& out) {
    std::uint32_t point = 0;
    if (!four_digits(point))
      return false;
    if (point >= 0xDC00 && point <= 0xDFFF)
      return false;
    if (point >= 0xD800 && point <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!take('\\') || !take('u') || !four_digits(low) || low < 0xDC00 || low > 0xDFFF)
        return false;
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, point);
    return true;
  }

  static void append_utf8(std::string& out, std::uint32_t point) {
    const auto tail = [&](int shift) {
      out += static_cast<char>(0x80 | ((point >> shift) & 0x3F));
    };
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x800) {
      out += static_cast<char>(0xC0 | (point >> 6));
      tail(0);
    } else if (point < 0x10000) {
      out += static_cast<char>(0xE0 | (point >> 12));
      tail(6);
      tail(0);
    } else {
      out += static_cast<char>(0xF0 | (point >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }

  std::string_view text_;
  TreeBuilder& builder_;
  std::size_t at_ = 0;
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
  TreeBuilder builder;
  Reader reader(text, builder);
  if (!reader.document()) {
    return fail(ErrorCode::malformed,
                !builder.complaint().empty()
                    ? builder.complaint()
                    : "The text is not JSON: it cannot be read on from byte " +
                          std::to_string(reader.position() + 1) + ".");
  }
  return builder.take_root();
}

}  // namespace syncstore
