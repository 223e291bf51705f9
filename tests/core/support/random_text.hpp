// Text that hits the rules of Unicode: combining marks, Hangul, blanks of every kind, controls,
// letters with cases.
#pragma once

#include "core/base/utf8.hpp"
#include "tests/core/support/random.hpp"

namespace syncstore::testing {

inline char32_t random_code_point(Random& random) {
  static const std::vector<char32_t> kEdges = {
      0x00,   0x09,   0x0A,   0x0D,   0x20,   0x3C,    0x3D,    0x3E,    0x26,    0x7F,
      0x85,   0xA0,   0xC5,   0xE9,   0x130,  0x1C5,   0x300,   0x301,   0x323,   0x327,
      0x338,  0x344,  0x345,  0x3A3,  0x3C2,  0x958,   0x1100,  0x1161,  0x11A8,  0x1E9E,
      0x1F88, 0x2000, 0x200D, 0x2028, 0x2126, 0x212B,  0x3000,  0x3099,  0xAC00,  0xAC01,
      0xD7A3, 0xF900, 0xFB1D, 0xFEFF, 0xFFFD, 0x1D15E, 0x1F600, 0x2F800, 0x10FFFF};
  switch (random.below(5)) {
    case 0:
      return static_cast<char32_t>(random.between(0x20, 0x7E));
    case 1:
      return static_cast<char32_t>(random.between(0x300, 0x36F));
    case 2:
      return static_cast<char32_t>(random.between(0xA0, 0x24F));
    case 3: {
      const auto code = static_cast<char32_t>(random.between(0, 0x10FFFF));
      return code >= 0xD800 && code <= 0xDFFF ? 0x41 : code;
    }
    default:
      return random.pick(kEdges);
  }
}

inline std::string random_text(Random& random, std::size_t max_codes) {
  std::string out;
  for (std::size_t left = random.index(max_codes + 1); left > 0; --left) {
    append_utf8(out, random_code_point(random));
  }
  return out;
}

}  // namespace syncstore::testing
