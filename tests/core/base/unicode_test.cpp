// NFC and case folding against a sample of the Unicode Character Database and against their own
// invariants.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/base/html_entities.hpp"
#include "core/base/text.hpp"
#include "tests/core/support/random_text.hpp"

namespace syncstore {
namespace {

using testing::random_text;

std::string from_hex(const std::string& codes) {
  std::istringstream in(codes);
  std::string out;
  for (std::uint32_t code = 0; in >> std::hex >> code;) {
    append_utf8(out, code);
  }
  return out;
}

TEST(Unicode, AgreesWithTheDatabaseSample) {
  std::ifstream file(std::string(SYNCSTORE_TESTS_DIR) + "/core/base/unicode_samples.txt");
  ASSERT_TRUE(file.is_open());
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) {
      continue;
    }
    const std::size_t first = line.find(';');
    const std::size_t second = line.find(';', first + 1);
    const std::string text = from_hex(line.substr(0, first));
    EXPECT_EQ(to_nfc(text), from_hex(line.substr(first + 1, second - first - 1))) << line;
    EXPECT_EQ(fold_case(text), from_hex(line.substr(second + 1))) << line;
    ++lines;
  }
  EXPECT_EQ(lines, 1500);
}

TEST(Nfc, ComposesDecomposesAndOrders) {
  EXPECT_EQ(to_nfc("A\xCC\x8A"), "\xC3\x85");                   // A + ring
  EXPECT_EQ(to_nfc("\xE2\x84\xAB"), "\xC3\x85");                // angstrom sign
  EXPECT_EQ(to_nfc("q\xCC\x87\xCC\xA3"), "q\xCC\xA3\xCC\x87");  // dot above, dot below
  EXPECT_EQ(to_nfc("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");  // jamo -> syllable
  EXPECT_EQ(to_nfc("\xE0\xA5\x98"), "\xE0\xA4\x95\xE0\xA4\xBC");              // excluded composite
  EXPECT_EQ(to_nfc(">\xCC\xB8"), "\xE2\x89\xAF");                             // not greater than
  EXPECT_EQ(to_nfc("a\xCD\x8F\xCC\x81"), "a\xCD\x8F\xCC\x81");                // joiner blocks
  EXPECT_EQ(to_nfc("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(to_nfc(""), "");
}

TEST(Nfc, IsIdempotentAndClosedUnderSubstring) {
  SS_RANDOM(random, 42);
  for (int round = 0; round < 3'000; ++round) {
    const std::string nfc = to_nfc(random_text(random, 12));
    ASSERT_EQ(to_nfc(nfc), nfc);
    std::size_t at = 0;
    while (at < nfc.size()) {
      next_code_point(nfc, at);
      ASSERT_EQ(to_nfc(nfc.substr(at)), nfc.substr(at));
      ASSERT_EQ(to_nfc(nfc.substr(0, at)), nfc.substr(0, at));
    }
  }
}

TEST(Nfc, TextsEqualAfterNormalisingAnyPart) {
  SS_RANDOM(random, 43);
  for (int round = 0; round < 2'000; ++round) {
    const std::string left = random_text(random, 6);
    const std::string right = random_text(random, 6);
    ASSERT_EQ(to_nfc(left + right), to_nfc(to_nfc(left) + right));
    ASSERT_EQ(to_nfc(left + right), to_nfc(left + to_nfc(right)));
  }
}

TEST(Nfc, LongRunsOfMarksStayCheap) {
  std::string text = "a";
  for (int i = 0; i < 30'000; ++i) {
    text += i % 2 == 0 ? "\xCC\x81" : "\xCC\xA3";
  }
  const std::string nfc = to_nfc(text);
  EXPECT_EQ(to_nfc(nfc), nfc);
  EXPECT_TRUE(nfc.starts_with("\xE1\xBA\xA1"));  // a with dot below
}

TEST(FoldCase, FoldsSimply) {
  EXPECT_EQ(fold_case("SKU-12 aZ"), "sku-12 az");
  EXPECT_EQ(fold_case("\xC3\x89\xC3\x9F"), "\xC3\xA9\xC3\x9F");  // sharp s stays one letter
  EXPECT_EQ(fold_case("\xE1\xBA\x9E"), "\xC3\x9F");              // capital sharp s
  EXPECT_EQ(fold_case("\xCE\xA3\xCF\x82"), "\xCF\x83\xCF\x83");  // both sigmas
  EXPECT_EQ(fold_case("\xC4\xB0"), "\xC4\xB0");                  // dotted I has no simple folding
  EXPECT_EQ(fold_case("\xE2\x84\xAA"), "k");                     // kelvin sign
  EXPECT_EQ(fold_case("\xF0\x90\x90\x80"), "\xF0\x90\x90\xA8");  // Deseret
  EXPECT_EQ(fold_case("\xE1\x8F\xB8"), "\xE1\x8F\xB0");          // Cherokee folds upwards
  EXPECT_EQ(fold_case("\xD0\x96\xD0\xB6"), "\xD0\xB6\xD0\xB6");
}

TEST(FoldCase, IsIdempotent) {
  SS_RANDOM(random, 44);
  for (int round = 0; round < 3'000; ++round) {
    const std::string folded = fold_case(random_text(random, 20));
    ASSERT_EQ(fold_case(folded), folded);
  }
}

TEST(HtmlEntities, AreThoseOfHtml4) {
  EXPECT_EQ(html_entity("amp"), U'&');
  EXPECT_EQ(html_entity("AElig"), char32_t{0xC6});
  EXPECT_EQ(html_entity("zwnj"), char32_t{0x200C});
  EXPECT_EQ(html_entity("thetasym"), char32_t{0x3D1});
  EXPECT_EQ(html_entity("Amp"), char32_t{0});
  EXPECT_EQ(html_entity("nonsense"), char32_t{0});
  EXPECT_EQ(html_entity(""), char32_t{0});
}

}  // namespace
}  // namespace syncstore
