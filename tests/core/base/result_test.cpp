#include "core/base/result.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <memory>
#include <set>

namespace syncstore {
namespace {

constexpr std::uint16_t kRows = []() {
  std::uint16_t rows = 0;
#define SS_ERROR(number, name, http_status, retryable, sentence) ++rows;
#include "core/base/error_codes.def"
#undef SS_ERROR
  return rows;
}();

TEST(ErrorCatalogue, EveryRowIsWhole) {
  std::set<std::string_view> names;
  for (std::uint16_t number = 1; number <= kRows; ++number) {
    const ErrorCode code = error_from_number(number);
    EXPECT_EQ(static_cast<std::uint16_t>(code), number);
    EXPECT_TRUE(names.insert(error_name(code)).second) << error_name(code);
    EXPECT_EQ(error_from_name(error_name(code)), code);
    EXPECT_GE(error_http_status(code), 400);
    EXPECT_LT(error_http_status(code), 600);
    const std::string_view sentence = error_sentence(code);
    ASSERT_FALSE(sentence.empty());
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(sentence.front()))) << sentence;
    EXPECT_EQ(sentence.back(), '.') << sentence;
  }
}

TEST(ErrorCatalogue, UnknownNumbersAndNamesAreNone) {
  EXPECT_EQ(error_from_number(0), ErrorCode::none);
  EXPECT_EQ(error_from_number(kRows + 1), ErrorCode::none);
  EXPECT_EQ(error_from_name("nonsense"), ErrorCode::none);
  EXPECT_EQ(error_from_name(""), ErrorCode::none);
  EXPECT_EQ(error_from_name("none"), ErrorCode::none);
}

TEST(ErrorCatalogue, NoneAnswersAsInternal) {
  EXPECT_EQ(error_name(ErrorCode::none), "internal");
  EXPECT_EQ(error_http_status(static_cast<ErrorCode>(60'000)), 500);
}

TEST(ErrorCatalogue, PermanentNumbersStayWhatTheyAre) {
  EXPECT_EQ(static_cast<int>(ErrorCode::internal), 1);
  EXPECT_EQ(static_cast<int>(ErrorCode::conflict), 13);
  EXPECT_EQ(static_cast<int>(ErrorCode::retry), 37);
  EXPECT_EQ(static_cast<int>(ErrorCode::last_admin), 66);
  EXPECT_EQ(error_http_status(ErrorCode::key_reused), 422);
  EXPECT_TRUE(error_retryable(ErrorCode::retry));
  EXPECT_FALSE(error_retryable(ErrorCode::conflict));
}

Result<int> half(int value) {
  if (value % 2 != 0) {
    return fail(ErrorCode::invalid, "odd", "value");
  }
  return value / 2;
}

Result<int> quarter(int value) {
  SS_ASSIGN_OR_RETURN(const int once, half(value));
  SS_ASSIGN_OR_RETURN(const int twice, half(once));
  return twice;
}

Status check(int value) {
  SS_TRY(half(value));
  return {};
}

TEST(Result, MacrosPassValuesAndErrorsOn) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().field, "value");
  EXPECT_TRUE(check(2).ok());
  EXPECT_EQ(check(3).error().code, ErrorCode::invalid);
}

TEST(Result, CarriesMoveOnlyValues) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

#ifdef GTEST_HAS_DEATH_TEST
TEST(ResultDeathTest, BrokenInvariantsEndTheProcess) {
  EXPECT_DEATH(SS_ASSERT(1 + 1 == 3), "broken invariant: 1 \\+ 1 == 3");
}
#endif

}  // namespace
}  // namespace syncstore
