#include "core/base/text.hpp"

#include <gtest/gtest.h>

#include "tests/core/support/random.hpp"
#include "tests/core/support/random_text.hpp"

namespace syncstore {
namespace {

using testing::random_text;

TEST(Utf8, AcceptsWellFormedText) {
  for (const std::string_view good :
       {"", "plain", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid_utf8(good));
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, RefusesOverlongSurrogatesAndTruncation) {
  for (const std::string_view bad : {"\x80",
                                     "\xBF",
                                     "\xC0\x80",
                                     "\xC1\xBF",
                                     "\xE0\x80\x80",
                                     "\xE0\x9F\xBF",
                                     "\xF0\x80\x80\x80",
                                     "\xF0\x8F\xBF\xBF",
                                     "\xED\xA0\x80",
                                     "\xED\xBF\xBF",
                                     "\xF4\x90\x80\x80",
                                     "\xF5\x80\x80\x80",
                                     "\xF8\x88\x80\x80\x80",
                                     "\xFE",
                                     "\xFF",
                                     "\xC3",
                                     "\xE2\x82",
                                     "\xF0\x9F\x98",
                                     "a\xC3z",
                                     "\xC3\xC3\xA9"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
}

TEST(Latin1, ReadsWhatSpreadsheetsWrite) {
  EXPECT_EQ(latin1_to_utf8("caf\xE9 \x80 \x93q\x94"),
            "caf\xC3\xA9 \xE2\x82\xAC \xE2\x80\x9Cq\xE2\x80\x9D");
  EXPECT_EQ(latin1_to_utf8("plain"), "plain");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
  }
  EXPECT_TRUE(is_valid_utf8(latin1_to_utf8(all)));
}

TEST(NormaliseLine, TrimsDropsAndComposes) {
  EXPECT_EQ(normalise_line("  a b \t"), "a b");
  EXPECT_EQ(normalise_line("\xC2\xA0\xE3\x80\x80x\xE2\x80\x83"), "x");
  EXPECT_EQ(normalise_line("a\r\nb\nc\rd"), "a b c d");
  EXPECT_EQ(normalise_line("a\tb"), "a b");
  EXPECT_EQ(normalise_line(std::string_view("a\0b\x1B\x7F\xC2\x9F"
                                            "c",
                                            8)),
            "abc");
  EXPECT_EQ(normalise_line("e\xCC\x81"), "\xC3\xA9");
  EXPECT_EQ(normalise_line("e\x01\xCC\x81"), "\xC3\xA9");
  EXPECT_EQ(normalise_line("a\xE2\x80\xA8"
                           "b\xC2\x85"
                           "c"),
            "a b c");
  EXPECT_EQ(normalise_line(" \n\t "), "");
  // Joiners inside words and emoji stay.
  EXPECT_EQ(normalise_line("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"),
            "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB");
}

TEST(NormaliseText, KeepsLineBreaks) {
  EXPECT_EQ(normalise_text("\n a\r\n\r\nb\xE2\x80\xA9"
                           "c\x0B"
                           "d \n"),
            "a\n\nb\nc\nd");
}

TEST(Normalise, IsIdempotentAndGivesValidText) {
  SS_RANDOM(random, 41);
  for (int round = 0; round < 4'000; ++round) {
    const std::string text = random.chance(80) ? random_text(random, 30) : random.bytes(30);
    const std::string line = normalise_line(text);
    const std::string lines = normalise_text(text);
    ASSERT_TRUE(is_valid_utf8(line));
    ASSERT_EQ(normalise_line(line), line);
    ASSERT_EQ(normalise_text(lines), lines);
    ASSERT_EQ(normalise_line(lines), line);
    ASSERT_EQ(line.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace syncstore
