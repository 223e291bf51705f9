#include "server/simulation/sim_text.hpp"

#include <charconv>

#include "core/base/limits.hpp"
#include "core/base/utf8.hpp"

namespace syncstore::simulation {
namespace {

bool is_digit(char character) { return character >= '0' && character <= '9'; }

int hex_digit(char character) {
  if (is_digit(character))
    return character - '0';
  const char lower = static_cast<char>(character | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Four hexadecimal digits at `at`, or -1.
int code_unit(std::string_view text, std::size_t at) {
  if (text.size() < at + 4)
    return -1;
  int unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0)
      return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

bool is_high(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

// The length of a valid escape at `at`, which is behind the backslash; 0 when it is none.
std::size_t escape_length(std::string_view text, std::size_t at) {
  if (at >= text.size())
    return 0;
  if (std::string_view("\"\\/bfnrt").find(text[at]) != std::string_view::npos)
    return 1;
  const int unit = text[at] == 'u' ? code_unit(text, at + 1) : -1;
  if (unit < 0 || is_low(unit))
    return 0;
  if (!is_high(unit))
    return 5;
  const bool pair = text.substr(at + 5, 2) == "\\u" && is_low(code_unit(text, at + 7));
  return pair ? 11 : 0;
}

char plain_escape(char character) {
  switch (character) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return character;
  }
}

std::string unescape(std::string_view raw) {
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      out += raw[at++];
      continue;
    }
    const std::size_t length = escape_length(raw, ++at);
    if (length == 1) {
      out += plain_escape(raw[at]);
    } else {
      const auto high = static_cast<char32_t>(code_unit(raw, at + 1));
      const char32_t low = length == 5 ? 0 : static_cast<char32_t>(code_unit(raw, at + 7));
      append_utf8(out, length == 5 ? high : 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    }
    at += length;
  }
  return out;
}

}  // namespace

// --- values ---

JsonText::Value JsonText::Value::operator[](std::string_view key) const {
  if (!is(Kind::object))
    return {};
  for (Value member = first(); member; member = member.next()) {
    if (member.key() == key)
      return member;
  }
  return {};
}

JsonText::Value JsonText::Value::first() const {
  if (!is(Kind::list) && !is(Kind::object))
    return {};
  const std::uint32_t end = of_->nodes_[at_].after;
  return at_ + 1 < end ? Value(of_, at_ + 1, end) : Value();
}

JsonText::Value JsonText::Value::next() const {
  const std::uint32_t beside = of_->nodes_[at_].after;
  return beside < end_ ? Value(of_, beside, end_) : Value();
}

std::string_view JsonText::Value::key() const {
  const Node& node = of_->nodes_[at_];
  return of_->text_.substr(node.key_begin, node.key_size);
}

std::string_view JsonText::Value::raw() const {
  if (of_ == nullptr)
    return {};
  const Node& node = of_->nodes_[at_];
  return of_->text_.substr(node.begin, node.size);
}

std::string JsonText::Value::text() const {
  if (!is(Kind::text))
    return {};
  return of_->nodes_[at_].escaped ? unescape(raw()) : std::string(raw());
}

std::int64_t JsonText::Value::integer() const {
  std::int64_t number = 0;
  if (is(Kind::integer))
    (void)std::from_chars(raw().data(), raw().data() + raw().size(), number);
  return number;
}

// --- reading ---

bool JsonText::read(std::string_view text) {
  text_ = text;
  at_ = 0;
  nodes_.clear();
  keys_.clear();
  if (!value(0))
    return false;
  blanks();
  return at_ == text_.size();
}

void JsonText::blanks() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
}

bool JsonText::take(char character) {
  if (at_ >= text_.size() || text_[at_] != character)
    return false;
  ++at_;
  return true;
}

bool JsonText::value(int depth) {
  blanks();
  if (at_ >= text_.size())
    return false;
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.emplace_back();
  std::size_t begin = at_;
  bool good = false;
  Kind kind = Kind::null;
  bool escaped = false;
  switch (text_[at_]) {
    case '"':
      kind = Kind::text;
      good = string(escaped);
      break;
    case '{':
      kind = Kind::object;
      good = depth < static_cast<int>(limits::kJsonDepth) && members(depth + 1);
      break;
    case '[':
      kind = Kind::list;
      good = depth < static_cast<int>(limits::kJsonDepth) && items(depth + 1);
      break;
    case 't':
    case 'f':
      kind = Kind::boolean;
      good = word(text_[at_] == 't' ? "true" : "false");
      break;
    case 'n':
      good = word("null");
      break;
    default:
      good = number(kind);
  }
  const std::size_t quote = kind == Kind::text ? 1 : 0;
  Node& made = nodes_[node];
  made.kind = kind;
  made.escaped = escaped;
  made.begin = static_cast<std::uint32_t>(begin + quote);
  made.size = static_cast<std::uint32_t>(good ? at_ - begin - 2 * quote : 0);
  made.after = static_cast<std::uint32_t>(nodes_.size());
  return good;
}

// From quote to quote.
bool JsonText::string(bool& escaped) {
  for (++at_; at_ < text_.size();) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '"') {
      ++at_;
      return true;
    }
    if (byte < 0x20)
      return false;
    if (byte == '\\') {
      const std::size_t length = escape_length(text_, at_ + 1);
      if (length == 0)
        return false;
      escaped = true;
      at_ += 1 + length;
    } else if (byte < 0x80) {
      ++at_;
    } else {
      char32_t code = 0;
      const std::size_t length = utf8_sequence(text_, at_, code);
      if (length == 0)
        return false;
      at_ += length;
    }
  }
  return false;
}

bool JsonText::number(Kind& kind) {
  const auto digits = [this] {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_digit(text_[at_]))
      ++at_;
    return at_ - from;
  };
  const std::size_t begin = at_;
  (void)take('-');
  const bool zero = at_ < text_.size() && text_[at_] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1))
    return false;
  kind = Kind::integer;
  if (take('.')) {
    kind = Kind::number;
    if (digits() == 0)
      return false;
  }
  if (take('e') || take('E')) {
    kind = Kind::number;
    if (!take('-'))
      (void)take('+');
    if (digits() == 0)
      return false;
  }
  std::int64_t fits = 0;
  const auto read = std::from_chars(text_.data() + begin, text_.data() + at_, fits);
  if (read.ec != std::errc())
    kind = Kind::number;
  return true;
}

bool JsonText::word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word)
    return false;
  at_ += word.size();
  return true;
}

bool JsonText::is_new_key(std::size_t first_key, std::string_view key) {
  for (std::size_t i = first_key; i < keys_.size(); ++i) {
    if (keys_[i] == key)
      return false;
  }
  keys_.push_back(key);
  return true;
}

bool JsonText::members(int depth) {
  ++at_;
  blanks();
  if (take('}'))
    return true;
  const std::size_t first_key = keys_.size();
  for (;;) {
    blanks();
    const std::size_t begin = at_ + 1;
    bool escaped = false;
    if (at_ >= text_.size() || text_[at_] != '"' || !string(escaped))
      return false;
    const std::string_view key = text_.substr(begin, at_ - begin - 1);
    // Nothing of ours is named with an escape.
    if (escaped || !is_new_key(first_key, key))
      return false;
    blanks();
    const auto node = nodes_.size();
    if (!take(':') || !value(depth))
      return false;
    nodes_[node].key_begin = static_cast<std::uint32_t>(begin);
    nodes_[node].key_size = static_cast<std::uint32_t>(key.size());
    blanks();
    if (take(','))
      continue;
    keys_.resize(first_key);
    return take('}');
  }
}

bool JsonText::items(int depth) {
  ++at_;
  blanks();
  if (take(']'))
    return true;
  for (;;) {
    if (!value(depth))
      return false;
    blanks();
    if (take(','))
      continue;
    return take(']');
  }
}

}  // namespace syncstore::simulation
