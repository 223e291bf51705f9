#include "core/base/text.hpp"

#include "core/base/utf8.hpp"

namespace syncstore {
namespace {

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool is_line_break(char32_t code) {
  return (code >= 0x0A && code <= 0x0D) || code == 0x85 || code == 0x2028 || code == 0x2029;
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// What windows-1252 has where ISO 8859-1 has control characters; its five gaps stay controls, as in
// browsers.
constexpr char16_t kWindows1252[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::string normalised(std::string_view text, LineBreaks line_breaks) {
  return std::string(trim_white_space(to_nfc(without_controls(text, line_breaks))));
}

}  // namespace

std::size_t utf8_sequence(std::string_view text, std::size_t at, char32_t& code) {
  const auto byte = [&](std::size_t offset) -> unsigned char {
    return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0;
  };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length <= 1) {
    code = length == 1 ? lead : code;
    return length;
  }
  char32_t value = static_cast<char32_t>(lead & (0x7Fu >> length));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(byte(i))) {
      return 0;
    }
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t kLeast[5] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[length] || surrogate || value > 0x10FFFF) {
    return 0;
  }
  code = value;
  return length;
}

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

bool is_white_space(char32_t code) {
  return code == 0x20 || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

std::string_view trim_white_space(std::string_view text) {
  for (std::size_t at = 0; !text.empty(); at = 0) {
    if (!is_white_space(next_code_point(text, at))) {
      break;
    }
    text.remove_prefix(at);
  }
  while (!text.empty()) {
    std::size_t at = text.size() - 1;
    while (at > 0 && is_continuation(static_cast<unsigned char>(text[at]))) {
      --at;
    }
    const std::size_t start = at;
    if (!is_white_space(next_code_point(text, at)) || at != text.size()) {
      break;
    }
    text = text.substr(0, start);
  }
  return text;
}

std::string without_controls(std::string_view text, LineBreaks line_breaks) {
  const char line_break = line_breaks == LineBreaks::kept ? '\n' : ' ';
  std::string out;
  out.reserve(text.size());
  std::size_t clean = 0;  // what lies between here and `at` is copied in one piece
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t code = next_code_point(text, at);
    const bool broken = code == kReplacementCharacter && at == start + 1;
    if (!broken && !is_control(code) && !is_line_break(code)) {
      continue;
    }
    out.append(text.substr(clean, start - clean));
    if (broken) {
      append_utf8(out, code);
    } else if (code == '\t') {
      out.push_back(' ');
    } else if (is_line_break(code)) {
      const bool pair = code == '\r' && at < text.size() && text[at] == '\n';
      at += pair ? 1 : 0;
      out.push_back(line_break);
    }
    clean = at;
  }
  out.append(text.substr(clean));
  return out;
}

bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text)) {
    return true;
  }
  char32_t code = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence(text, at, code);
    if (length == 0) {
      return false;
    }
    at += length;
  }
  return true;
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char character : bytes) {
    const auto byte = static_cast<unsigned char>(character);
    append_utf8(out, byte >= 0x80 && byte < 0xA0 ? char32_t{kWindows1252[byte - 0x80]} : byte);
  }
  return out;
}

std::string normalise_line(std::string_view text) { return normalised(text, LineBreaks::blanks); }
std::string normalise_text(std::string_view text) { return normalised(text, LineBreaks::kept); }

}  // namespace syncstore
