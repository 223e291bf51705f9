#include "server/features/imports/currency_check.hpp"

#include <algorithm>
#include <array>

#include "core/base/money.hpp"
#include "core/base/text.hpp"

namespace syncstore::imports {
namespace {

// What a sign may stand for, among the currencies that use it alone in front of a price (CLDR's
// narrow symbols).
struct Sign {
  std::string_view text;
  std::string_view codes;
};
constexpr std::array kSigns{
    Sign{"$", "USD AUD CAD NZD SGD HKD TWD MXN BRL ARS CLP COP"},
    Sign{"\xC2\xA3", "GBP"},
    Sign{"\xC2\xA5", "JPY CNY"},
    Sign{"\xE2\x82\xAC", "EUR"},
    Sign{"\xE2\x82\xB9", "INR"},
    Sign{"\xE2\x82\xA9", "KRW"},
    Sign{"\xE2\x82\xAB", "VND"},
    Sign{"\xE0\xB8\xBF", "THB"},
};

bool may_mean(std::string_view named, std::string_view currency) {
  const auto* const sign = std::find_if(kSigns.begin(), kSigns.end(),
                                        [&](const Sign& each) { return each.text == named; });
  if (sign != kSigns.end()) {
    return sign->codes.find(currency) != std::string_view::npos;
  }
  return fold_case(named) == fold_case(currency);
}

}  // namespace

Status check_currency(const model::FieldDef& field, std::string_view input,
                      std::string_view currency) {
  if (field.kind != model::FieldKind::money || currency.empty()) {
    return {};
  }
  const std::string_view named = named_currency(input);
  if (named.empty() || may_mean(named, currency)) {
    return {};
  }
  return fail(ErrorCode::invalid,
              "The file says " + std::string(named) + ", the store's currency is " +
                  std::string(currency) + ". Convert the amounts, or leave the sign out.",
              std::string(field.name));
}

}  // namespace syncstore::imports
