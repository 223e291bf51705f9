#include "core/base/money.hpp"

#include <limits>

namespace syncstore {
namespace {

constexpr std::size_t kDecimals = 4;
constexpr std::uint64_t kMagnitudeMax = std::numeric_limits<std::int64_t>::max();

bool is_digit(char character) { return character >= '0' && character <= '9'; }
bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

Error not_a_number(std::string detail) { return fail(ErrorCode::wrong_type, std::move(detail)); }

Error complain_about(char character) {
  if (character == ',') {
    return not_a_number("Commas are not allowed in numbers. Write 1299.50.");
  }
  if (character == '.') {
    return not_a_number("Only one decimal point is allowed, with digits on both sides.");
  }
  if (character == '+' || character == '-') {
    return not_a_number("Only a leading minus is allowed as a sign.");
  }
  if (character == 'e' || character == 'E') {
    return not_a_number("Exponents are not allowed. Write the number out.");
  }
  if (is_letter(character) || static_cast<unsigned char>(character) >= 0x80 || character == '$') {
    return not_a_number("Only digits are allowed, without currency signs or letters.");
  }
  return not_a_number("Only digits and one decimal point are allowed.");
}

// Appends a decimal digit; false when the result leaves the range of a negative int64.
bool push_digit(std::uint64_t& magnitude, unsigned digit) {
  if (magnitude > (kMagnitudeMax + 1 - digit) / 10) {
    return false;
  }
  magnitude = magnitude * 10 + digit;
  return true;
}

// The blanks people type between groups and beside currency signs: ASCII, no-break and narrow
// no-break.
std::size_t blank_length(std::string_view text) {
  if (text.starts_with(' ') || text.starts_with('\t')) {
    return 1;
  }
  if (text.starts_with("\xC2\xA0")) {
    return 2;
  }
  if (text.starts_with("\xE2\x80\xAF") || text.starts_with("\xE2\x80\x89")) {
    return 3;
  }
  return 0;
}

void drop_leading_blanks(std::string_view& text) {
  while (const std::size_t length = blank_length(text)) {
    text.remove_prefix(length);
  }
}

void drop_trailing_blanks(std::string_view& text) {
  for (bool dropped = true; dropped;) {
    dropped = false;
    for (std::size_t length = 1; length <= 3 && length <= text.size(); ++length) {
      if (blank_length(text.substr(text.size() - length)) == length) {
        text.remove_suffix(length);
        dropped = true;
        break;
      }
    }
  }
}

constexpr std::string_view kCurrencySigns[] = {"$",
                                               "\xC2\xA3",
                                               "\xC2\xA5",
                                               "\xE2\x82\xAC",
                                               "\xE2\x82\xB9",
                                               "\xE2\x82\xA9",
                                               "\xE2\x82\xAB",
                                               "\xE0\xB8\xBF"};  // $ £ ¥ € ₹ ₩ ₫ ฿

bool drop_leading_currency(std::string_view& text) {
  for (const std::string_view sign : kCurrencySigns) {
    if (text.starts_with(sign)) {
      text.remove_prefix(sign.size());
      return true;
    }
  }
  if (text.size() > 3 && is_letter(text[0]) && is_letter(text[1]) && is_letter(text[2]) &&
      !is_letter(text[3])) {
    text.remove_prefix(3);
    return true;
  }
  return false;
}

bool drop_trailing_currency(std::string_view& text) {
  for (const std::string_view sign : kCurrencySigns) {
    if (text.ends_with(sign)) {
      text.remove_suffix(sign.size());
      return true;
    }
  }
  const std::size_t size = text.size();
  if (size > 3 && is_letter(text[size - 1]) && is_letter(text[size - 2]) &&
      is_letter(text[size - 3]) && !is_letter(text[size - 4])) {
    text.remove_suffix(3);
    return true;
  }
  return false;
}

bool take_minus(std::string_view& text) {
  for (const std::string_view minus : {std::string_view("-"), std::string_view("\xE2\x88\x92")}) {
    if (text.starts_with(minus)) {
      text.remove_prefix(minus.size());
      return true;
    }
  }
  return false;
}

// Takes the separators out of "1,299" or "1 299": groups of exactly three after a first one of one
// to three digits.
Result<std::string> join_groups(std::string_view whole) {
  std::string digits;
  std::string_view separator;
  std::size_t group = 0;
  while (!whole.empty()) {
    if (is_digit(whole[0])) {
      digits.push_back(whole[0]);
      ++group;
      whole.remove_prefix(1);
      continue;
    }
    const std::size_t length = whole[0] == ',' ? 1 : blank_length(whole);
    if (length == 0) {
      return complain_about(whole[0]);
    }
    const bool first = separator.empty();
    const bool well_placed = first ? group >= 1 && group <= 3 && digits[0] != '0' : group == 3;
    if (!well_placed || (!first && separator != whole.substr(0, length))) {
      return not_a_number("The separators are ambiguous. Write 1299.50.");
    }
    separator = whole.substr(0, length);
    group = 0;
    whole.remove_prefix(length);
  }
  if (!separator.empty() && group != 3) {
    return not_a_number("A comma is not a decimal point here. Write 1299.50.");
  }
  return digits;
}

}  // namespace

Result<std::int64_t> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view rest = negative ? text.substr(1) : text;
  if (rest.empty()) {
    return not_a_number("A number is needed, like 12 or 9.50.");
  }
  if (!is_digit(rest[0])) {
    return complain_about(rest[0]);
  }
  std::uint64_t magnitude = 0;
  std::size_t decimals = 0;
  bool after_point = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char character = rest[i];
    if (character == '.' && !after_point && i + 1 < rest.size()) {
      after_point = true;
      continue;
    }
    if (!is_digit(character)) {
      return complain_about(character);
    }
    if (after_point && ++decimals > kDecimals) {
      return not_a_number("At most 4 digits are allowed after the decimal point.");
    }
    if (!push_digit(magnitude, static_cast<unsigned>(character - '0'))) {
      return fail(ErrorCode::out_of_range, "The number is too large.");
    }
  }
  for (; decimals < kDecimals; ++decimals) {
    if (!push_digit(magnitude, 0)) {
      return fail(ErrorCode::out_of_range, "The number is too large.");
    }
  }
  if (magnitude > kMagnitudeMax + (negative ? 1 : 0)) {
    return fail(ErrorCode::out_of_range, "The number is too large.");
  }
  return static_cast<std::int64_t>(negative ? ~magnitude + 1 : magnitude);
}

Result<std::int64_t> parse_decimal_lenient(std::string_view text) {
  drop_leading_blanks(text);
  drop_trailing_blanks(text);
  // The sign may stand before or after the currency: "-£4" and "£-4".
  bool negative = take_minus(text);
  drop_leading_blanks(text);
  if (drop_leading_currency(text)) {
    drop_leading_blanks(text);
  } else if (drop_trailing_currency(text)) {
    drop_trailing_blanks(text);
  }
  if (!negative) {
    negative = take_minus(text);
    drop_leading_blanks(text);
  }
  if (text.empty()) {
    return not_a_number("A number is needed, like 12 or 9.50.");
  }
  const std::size_t point = text.find('.');
  const std::string_view decimals =
      point == std::string_view::npos ? std::string_view() : text.substr(point);
  if (decimals.find(',') != std::string_view::npos) {
    return not_a_number("The separators are ambiguous. Write 1299.50.");
  }
  SS_ASSIGN_OR_RETURN(std::string plain, join_groups(text.substr(0, point)));
  if (plain.empty()) {
    plain = "0";  // ".5"
  }
  if (negative) {
    plain.insert(plain.begin(), '-');
  }
  plain.append(decimals);
  return parse_decimal(plain);
}

std::string_view named_currency(std::string_view text) {
  drop_leading_blanks(text);
  drop_trailing_blanks(text);
  take_minus(text);
  drop_leading_blanks(text);
  std::string_view rest = text;
  if (drop_leading_currency(rest)) {
    return text.substr(0, text.size() - rest.size());
  }
  return drop_trailing_currency(rest) ? text.substr(rest.size()) : std::string_view();
}

std::string format_decimal(std::int64_t scaled) {
  const bool negative = scaled < 0;
  const auto bits = static_cast<std::uint64_t>(scaled);
  const std::uint64_t magnitude = negative ? ~bits + 1 : bits;
  constexpr auto kScale = static_cast<std::uint64_t>(kDecimalScale);
  std::string text = (negative ? "-" : "") + std::to_string(magnitude / kScale);
  if (const std::uint64_t fraction = magnitude % kScale; fraction != 0) {
    const std::string digits = std::to_string(fraction);
    text += '.' + std::string(kDecimals - digits.size(), '0') + digits;
    text.resize(text.find_last_not_of('0') + 1);
  }
  return text;
}

}  // namespace syncstore
