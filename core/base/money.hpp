// Money and other decimals: int64 in 1/10,000 of the unit; a decimal string in JSON; never a
// double.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace syncstore {

inline constexpr std::int64_t kDecimalScale = 10'000;

// Strict: -?digits[.1-4 digits], no separators, no currency signs, no exponent, no leading '+';
// range of int64. Errors: wrong_type (says what is wrong: comma, sign, too many decimals),
// out_of_range.
Result<std::int64_t> parse_decimal(std::string_view text);

// Lenient, for people's input in forms and spreadsheets: accepts "1,299.00", "£4", "$ 1 299.5",
// "GBP 4". Refuses what is ambiguous ("1.299,00" is refused with a sentence that says how to write
// it).
Result<std::int64_t> parse_decimal_lenient(std::string_view text);

// The currency that such an input names: its sign ("£") or its three letters ("GBP"), before or
// after the number; empty = none. A view into `text`.
std::string_view named_currency(std::string_view text);

// Shortest form: "9.5", "-0.0001", "12".
std::string format_decimal(std::int64_t scaled);

}  // namespace syncstore
