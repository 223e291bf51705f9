#include "core/base/html_tokens.hpp"

#include <algorithm>

#include "core/base/html_entities.hpp"
#include "core/base/utf8.hpp"

namespace syncstore {
namespace {

constexpr std::size_t kEntityNameMax = 8;  // the longest of HTML 4.01
constexpr std::size_t kEntityDigitsMax =
    10;  // more digits than any code point needs, leading zeros included

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character + 0x20) : character;
}

bool is_letter(char character) { return lower(character) >= 'a' && lower(character) <= 'z'; }
bool is_digit(char character) { return character >= '0' && character <= '9'; }
bool is_blank(char character) { return character == ' ' || character == '\n'; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

// Value of a digit in this base, or -1.
int digit_value(char character, int base) {
  if (is_digit(character)) {
    return character - '0';
  }
  const char letter = lower(character);
  return base == 16 && letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// The code of "#38" or "#x26"; nothing when it is no number.
std::optional<char32_t> numeric_entity(std::string_view body) {
  body.remove_prefix(1);
  const int base = !body.empty() && lower(body[0]) == 'x' ? 16 : 10;
  if (base == 16) {
    body.remove_prefix(1);
  }
  if (body.empty() || body.size() > kEntityDigitsMax) {
    return std::nullopt;
  }
  std::uint64_t code = 0;
  for (const char character : body) {
    const int digit = digit_value(character, base);
    if (digit < 0) {
      return std::nullopt;
    }
    code = code * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
  }
  const bool valid = code != 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
  return valid ? static_cast<char32_t>(code) : kReplacementCharacter;
}

std::optional<char32_t> entity(std::string_view body) {
  if (body.starts_with('#')) {
    return numeric_entity(body);
  }
  if (body.empty() || body.size() > kEntityNameMax) {
    return std::nullopt;
  }
  if (body == "apos") {
    return U'\'';
  }
  const char32_t code = html_entity(body);
  return code == 0 ? std::nullopt : std::optional<char32_t>(code);
}

}  // namespace

std::string decode_entities(std::string_view text) {
  constexpr std::size_t kBodyMax = kEntityDigitsMax + 2;  // with "#x"
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t ampersand = std::min(text.find('&', at), text.size());
    out.append(text.substr(at, ampersand - at));
    at = ampersand;
    if (at == text.size()) {
      break;
    }
    const std::size_t length = text.substr(at + 1, kBodyMax + 1).find(';');
    const std::optional<char32_t> code =
        length == std::string_view::npos ? std::nullopt : entity(text.substr(at + 1, length));
    if (!code) {
      out.push_back(text[at++]);
      continue;
    }
    std::string character;
    append_utf8(character, *code);
    out += without_controls(character, LineBreaks::kept);
    at += length + 2;
  }
  return out;
}

HtmlTokens::HtmlTokens(std::string_view html)
    : html_(html), last_close_(html.rfind('>') + 1) {}  // npos + 1 == 0

bool HtmlTokens::starts_markup() const {
  if (html_[at_] != '<' || at_ + 1 >= html_.size()) {
    return false;
  }
  if (html_.substr(at_).starts_with("<!--")) {
    return true;  // swallows the rest even when it is never closed
  }
  const char next = html_[at_ + 1];
  return at_ < last_close_ && (is_letter(next) || next == '/' || next == '!' || next == '?');
}

bool HtmlTokens::next(HtmlToken& token) {
  token = HtmlToken{};
  if (at_end()) {
    return false;
  }
  if (!starts_markup()) {
    const std::size_t start = at_;
    do {
      at_ = std::min(html_.find('<', at_ + 1), html_.size());
    } while (!at_end() && !starts_markup());
    token.text = html_.substr(start, at_ - start);
    return true;
  }
  const std::string_view rest = html_.substr(at_);
  if (rest.starts_with("<!-->") || rest.starts_with("<!--->")) {
    token.kind = HtmlToken::Kind::dropped;
    skip_past(">");
  } else if (rest.starts_with("<!--")) {
    token.kind = HtmlToken::Kind::dropped;
    at_ += 4;
    const std::size_t plain = html_.find("-->", at_);
    const std::size_t bang = html_.substr(0, std::min(plain, html_.size())).find("--!>", at_);
    at_ = std::min(plain, bang);
    skip_past(">");
  } else if (is_letter(rest[1]) || (rest[1] == '/' && rest.size() > 2 && is_letter(rest[2]))) {
    read_tag(token);
  } else {
    token.kind = HtmlToken::Kind::dropped;  // <!doctype>, <?xml?>, </>
    skip_past(">");
  }
  return true;
}

void HtmlTokens::read_tag(HtmlToken& token) {
  ++at_;
  token.kind = HtmlToken::Kind::start_tag;
  if (html_[at_] == '/') {
    token.kind = HtmlToken::Kind::end_tag;
    ++at_;
  }
  const std::size_t start = at_;
  while (!at_end() && !is_blank(html_[at_]) && html_[at_] != '/' && html_[at_] != '>') {
    ++at_;
  }
  token.name = lower_case(html_.substr(start, at_ - start));
  std::string name;
  std::string_view value;
  while (read_attribute(name, value)) {
    if (name == "href" && !token.href) {
      token.href = decode_entities(value);
    }
  }
  if (at_end()) {
    token = HtmlToken{};
    token.kind = HtmlToken::Kind::dropped;  // a tag that never closes is no tag
    return;
  }
  ++at_;
}

// False at '>' or at the end.
bool HtmlTokens::read_attribute(std::string& name, std::string_view& value) {
  while (!at_end() && (is_blank(html_[at_]) || html_[at_] == '/')) {
    ++at_;
  }
  if (at_end() || html_[at_] == '>') {
    return false;
  }
  const std::size_t start = at_++;  // a leading '=' belongs to the name
  while (!at_end() && !is_blank(html_[at_]) && html_[at_] != '/' && html_[at_] != '>' &&
         html_[at_] != '=') {
    ++at_;
  }
  name = lower_case(html_.substr(start, at_ - start));
  value = {};
  skip_blanks();
  if (at_end() || html_[at_] != '=') {
    return true;
  }
  ++at_;
  skip_blanks();
  if (at_end()) {
    return false;
  }
  const char quote = html_[at_];
  if (quote == '"' || quote == '\'') {
    const std::size_t end = std::min(html_.find(quote, at_ + 1), html_.size());
    value = html_.substr(at_ + 1, end - at_ - 1);
    at_ = std::min(end + 1, html_.size());
    return true;
  }
  const std::size_t value_start = at_;
  while (!at_end() && !is_blank(html_[at_]) && html_[at_] != '>') {
    ++at_;
  }
  value = html_.substr(value_start, at_ - value_start);
  return true;
}

void HtmlTokens::skip_content(std::string_view name) {
  while (!at_end()) {
    at_ = html_.find("</", at_);
    if (at_ == std::string_view::npos) {
      break;
    }
    at_ += 2;
    const std::string_view found = html_.substr(at_, name.size());
    const std::size_t behind = at_ + found.size();
    const bool ends = behind >= html_.size() || is_blank(html_[behind]) || html_[behind] == '/' ||
                      html_[behind] == '>';
    if (ends && lower_case(found) == name) {
      skip_past(">");
      return;
    }
  }
  at_ = html_.size();
}

void HtmlTokens::skip_blanks() {
  while (!at_end() && is_blank(html_[at_])) {
    ++at_;
  }
}

void HtmlTokens::skip_past(std::string_view end) {
  const std::size_t found = at_end() ? std::string_view::npos : html_.find(end, at_);
  at_ = found == std::string_view::npos ? html_.size() : found + end.size();
}

}  // namespace syncstore
