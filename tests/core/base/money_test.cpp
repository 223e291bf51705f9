#include "core/base/money.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/core/support/random.hpp"

namespace syncstore {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

void expect_refused(const Result<std::int64_t>& result, ErrorCode code, std::string_view input) {
  ASSERT_FALSE(result.ok()) << input;
  EXPECT_EQ(result.error().code, code) << input;
  EXPECT_FALSE(result.error().detail.empty()) << input;
}

TEST(Money, ReadsStrictDecimals) {
  EXPECT_EQ(*parse_decimal("0"), 0);
  EXPECT_EQ(*parse_decimal("-0"), 0);
  EXPECT_EQ(*parse_decimal("9.5"), 95'000);
  EXPECT_EQ(*parse_decimal("9.50"), 95'000);
  EXPECT_EQ(*parse_decimal("-0.0001"), -1);
  EXPECT_EQ(*parse_decimal("007.1"), 71'000);
  EXPECT_EQ(*parse_decimal("922337203685477.5807"), kMax);
  EXPECT_EQ(*parse_decimal("-922337203685477.5808"), kMin);
}

TEST(Money, RefusesEverythingElseStrictly) {
  for (const std::string_view bad : {"",
                                     "-",
                                     "+1",
                                     "1,299.00",
                                     "1,5",
                                     ".5",
                                     "5.",
                                     "1..2",
                                     "1.2.3",
                                     "1.23456",
                                     "1e3",
                                     "1E3",
                                     "$4",
                                     "\xC2\xA3"
                                     "4",
                                     "4 ",
                                     " 4",
                                     "4-",
                                     "--4",
                                     "0x10",
                                     "NaN",
                                     "inf",
                                     "1 299",
                                     "12a",
                                     "\xD9\xA1"}) {
    expect_refused(parse_decimal(bad), ErrorCode::wrong_type, bad);
  }
  for (const std::string_view bad :
       {"922337203685477.5808", "-922337203685477.5809", "922337203685478", "99999999999999999999",
        "-99999999999999999999999999999999999999"}) {
    expect_refused(parse_decimal(bad), ErrorCode::out_of_range, bad);
  }
}

TEST(Money, SaysWhatIsWrong) {
  EXPECT_NE(parse_decimal("1,299.00").error().detail.find("Commas"), std::string::npos);
  EXPECT_NE(parse_decimal("\xC2\xA3"
                          "4")
                .error()
                .detail.find("currency"),
            std::string::npos);
  EXPECT_NE(parse_decimal("1.23456").error().detail.find("4 digits"), std::string::npos);
  EXPECT_NE(parse_decimal("1e3").error().detail.find("Exponents"), std::string::npos);
  EXPECT_NE(parse_decimal_lenient("1.299,00").error().detail.find("1299.50"), std::string::npos);
}

TEST(Money, ReadsWhatPeopleType) {
  EXPECT_EQ(*parse_decimal_lenient("1,299.00"), 12'990'000);
  EXPECT_EQ(*parse_decimal_lenient("\xC2\xA3"
                                   "4"),
            40'000);
  EXPECT_EQ(*parse_decimal_lenient("$ 1 299.5"), 12'995'000);
  EXPECT_EQ(*parse_decimal_lenient("GBP 4"), 40'000);
  EXPECT_EQ(*parse_decimal_lenient("4 GBP"), 40'000);
  EXPECT_EQ(*parse_decimal_lenient("4.20\xC2\xA0\xE2\x82\xAC"), 42'000);
  EXPECT_EQ(*parse_decimal_lenient("-$4"), -40'000);
  EXPECT_EQ(*parse_decimal_lenient("$-4"), -40'000);
  EXPECT_EQ(*parse_decimal_lenient("\xE2\x88\x92"
                                   "4.5"),
            -45'000);
  EXPECT_EQ(*parse_decimal_lenient("  7  "), 70'000);
  EXPECT_EQ(*parse_decimal_lenient(".5"), 5'000);
  EXPECT_EQ(*parse_decimal_lenient("1,234,567"), 12'345'670'000);
  EXPECT_EQ(*parse_decimal_lenient("1\xE2\x80\xAF"
                                   "234"),
            12'340'000);
  EXPECT_EQ(*parse_decimal_lenient("12.3456"), 123'456);
}

TEST(Money, RefusesWhatIsAmbiguous) {
  for (const std::string_view bad :
       {"",      "   ",       "$",  "GBP",    "1.299,00", "1,5",       "1,50",     "12,3456",
        "0,125", "1,2345.00", ",5", "1,,000", "1 299,50", "1,299 000", "1234,567", "--4",
        "-$-4",  "(4)",       "4%", "four",   "1.2.3",    "1.23456",   "$$4",      "4 GB"}) {
    expect_refused(parse_decimal_lenient(bad), ErrorCode::wrong_type, bad);
  }
  expect_refused(parse_decimal_lenient("999,999,999,999,999,999"), ErrorCode::out_of_range, "big");
}

TEST(Money, WritesTheShortestForm) {
  EXPECT_EQ(format_decimal(95'000), "9.5");
  EXPECT_EQ(format_decimal(-1), "-0.0001");
  EXPECT_EQ(format_decimal(120'000), "12");
  EXPECT_EQ(format_decimal(0), "0");
  EXPECT_EQ(format_decimal(10'100), "1.01");
  EXPECT_EQ(format_decimal(kMax), "922337203685477.5807");
  EXPECT_EQ(format_decimal(kMin), "-922337203685477.5808");
}

TEST(Money, RoundTripsEveryValue) {
  SS_RANDOM(random, 31);
  for (int round = 0; round < 5'000; ++round) {
    const std::int64_t value = random.any_i64();
    const std::string text = format_decimal(value);
    ASSERT_TRUE(parse_decimal(text).ok()) << text;
    EXPECT_EQ(*parse_decimal(text), value);
    EXPECT_EQ(*parse_decimal_lenient(text), value);
  }
}

TEST(Money, NeverFailsOnRandomText) {
  SS_RANDOM(random, 32);
  for (int round = 0; round < 5'000; ++round) {
    const std::string text = random.chance(50) ? random.bytes(12) : random.ascii(12);
    const Result<std::int64_t> strict = parse_decimal(text);
    const Result<std::int64_t> lenient = parse_decimal_lenient(text);
    if (strict.ok()) {
      ASSERT_TRUE(lenient.ok()) << text;
      EXPECT_EQ(*strict, *lenient);
    }
  }
}

}  // namespace
}  // namespace syncstore
