// Code points in and out of UTF-8, for the text rules of this room. Reading never fails: each byte
// that belongs to no valid sequence reads as U+FFFD, so loops always advance and what is written is
// always valid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace syncstore {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Length of the valid sequence at `at` (at < text.size()), or 0. `code` is set when it is not 0.
std::size_t utf8_sequence(std::string_view text, std::size_t at, char32_t& code);

// The code point at `at`, which is moved behind it.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    ++at;
    return byte;
  }
  char32_t code = kReplacementCharacter;
  const std::size_t length = utf8_sequence(text, at, code);
  at += length == 0 ? 1 : length;
  return code;
}

void append_utf8(std::string& out, char32_t code);

inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char byte : text) {
    all = static_cast<unsigned char>(all | static_cast<unsigned char>(byte));
  }
  return all < 0x80;
}

// White_Space of the Unicode Character Database.
bool is_white_space(char32_t code);
std::string_view trim_white_space(std::string_view text);

enum class LineBreaks : std::uint8_t { blanks, kept };
// Drops control characters; tabs become blanks, line breaks of every kind blanks or "\n". No NFC,
// no trimming.
std::string without_controls(std::string_view text, LineBreaks line_breaks);

}  // namespace syncstore
