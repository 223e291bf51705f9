#include <gtest/gtest.h>

#include "core/model/validate.hpp"
#include "tests/core/support/random.hpp"

namespace syncstore::model {
namespace {

TEST(TimeText, WritesMilliseconds) {
  EXPECT_EQ(format_iso8601(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_iso8601(1'795'262'400'123), "2026-11-21T12:00:00.123Z");
  EXPECT_EQ(format_iso8601(951'782'400'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(format_iso8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_iso8601(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
}

TEST(TimeText, ReadsTheUsualForms) {
  constexpr TimeMs kNoon = 1'795'262'400'000;
  EXPECT_EQ(*parse_iso8601("2026-11-21T12:00:00Z"), kNoon);
  EXPECT_EQ(*parse_iso8601("2026-11-21T12:00Z"), kNoon);
  EXPECT_EQ(*parse_iso8601("2026-11-21 12:00:00.5Z"), kNoon + 500);
  EXPECT_EQ(*parse_iso8601("2026-11-21t12:00:00.123456789z"), kNoon + 123);
  EXPECT_EQ(*parse_iso8601("2026-11-21T13:00:00+01:00"), kNoon);
  EXPECT_EQ(*parse_iso8601("2026-11-21T06:30:00-05:30"), kNoon);
  EXPECT_EQ(*parse_iso8601("2026-11-21"), kNoon - 12 * 3'600'000);
  EXPECT_EQ(*parse_iso8601("2024-02-29"), 1'709'164'800'000);
}

TEST(TimeText, RefusesTheRest) {
  for (const std::string_view bad : {"",
                                     "2026",
                                     "2026-11",
                                     "2026-13-01",
                                     "2026-00-01",
                                     "2026-02-29",
                                     "2026-04-31",
                                     "2026-11-21T",
                                     "2026-11-21T12:00:00",
                                     "2026-11-21T24:00:00Z",
                                     "2026-11-21T12:60:00Z",
                                     "2026-11-21T12:00:60Z",
                                     "2026-11-21T12:00:00.Z",
                                     "2026-11-21T12:00:00+1:00",
                                     "2026-11-21T12:00:00Zx",
                                     "21.11.2026",
                                     "11/21/2026",
                                     "2026-1-1",
                                     " 2026-11-21",
                                     "+2026-11-21",
                                     "1795262400000"}) {
    const Result<TimeMs> time = parse_iso8601(bad);
    ASSERT_FALSE(time.ok()) << bad;
    EXPECT_EQ(time.error().code, ErrorCode::wrong_type);
  }
}

TEST(TimeText, RoundTripsEveryDay) {
  for (TimeMs day = -719'162ll * 86'400'000; day < 253'402'300'799'999;
       day += 86'400'000ll * 13 + 7'654'321) {
    ASSERT_EQ(*parse_iso8601(format_iso8601(day)), day);
  }
}

}  // namespace
}  // namespace syncstore::model
