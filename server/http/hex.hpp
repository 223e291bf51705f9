// Bytes as lower-case hexadecimal: names of secrets, never the secrets themselves.
#pragma once

#include <string>
#include <string_view>

namespace syncstore::http {

inline std::string hex_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4u];
    out += kDigits[byte & 15u];
  }
  return out;
}

}  // namespace syncstore::http
