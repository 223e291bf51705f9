// The JSON reader against an independent one: the same texts accepted, the same values read.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "tests/core/support/random.hpp"

namespace syncstore {
namespace {

std::string random_json(testing::Random& random, int depth) {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return "null";
    case 1:
      return random.chance(50) ? "true" : " false";
    case 2:
      return std::to_string(random.any_i64());
    case 3:
      return std::to_string(random.between(-99, 99)) + "." + std::to_string(random.below(1'000)) +
             (random.chance(30) ? "e-3" : "");
    case 4: {
      static const std::vector<std::string> kTexts = {"\"\"",
                                                      "\"a b\"",
                                                      "\"\\u00e9\\n\\\\\\\"\"",
                                                      "\"\\ud83d\\ude00\"",
                                                      "\"\xC3\xA9\"",
                                                      "\"\\/\\b\\f\\r\\t\""};
      return random.pick(kTexts);
    }
    case 5:
      return "\"" + random.ascii(6) + "\"";
    case 6: {
      std::string out = "[ ";
      for (std::uint64_t i = random.below(4); i > 0; --i)
        out += random_json(random, depth - 1) + (i > 1 ? "," : "");
      return out + "\n]";
    }
    default: {
      std::string out = "{";
      const std::uint64_t count = random.below(4);
      for (std::uint64_t i = 0; i < count; ++i) {
        out += (i > 0 ? ", \"k" : "\"k") + std::to_string(i) +
               "\" : " + random_json(random, depth - 1);
      }
      return out + "}";
    }
  }
}

// Where both read it, the values are the same; numbers that are not int64 keep their text and are
// compared as such elsewhere.
void expect_same(const Json& own, const nlohmann::json& other, const std::string& text) {
  switch (own.kind()) {
    case Json::Kind::null:
      EXPECT_TRUE(other.is_null()) << text;
      break;
    case Json::Kind::boolean:
      EXPECT_EQ(own.boolean(), other.get<bool>()) << text;
      break;
    case Json::Kind::integer:
      EXPECT_EQ(own.integer(), other.get<std::int64_t>()) << text;
      break;
    case Json::Kind::number:
      EXPECT_TRUE(other.is_number()) << text;
      break;
    case Json::Kind::string:
      EXPECT_EQ(own.text(), other.get<std::string>()) << text;
      break;
    case Json::Kind::array:
      ASSERT_EQ(own.size(), other.size()) << text;
      for (std::size_t i = 0; i < own.size(); ++i)
        expect_same(own.items()[i], other[i], text);
      break;
    case Json::Kind::object:
      ASSERT_EQ(own.size(), other.size()) << text;
      for (const auto& [key, value] : own.members()) {
        ASSERT_TRUE(other.contains(key)) << text;
        expect_same(value, other[key], text);
      }
      break;
  }
}

void compare(const std::string& text) {
  const auto own = Json::parse(text, 1'000'000);
  const auto other = nlohmann::json::parse(text, nullptr, false);
  if (own.ok()) {
    ASSERT_FALSE(other.is_discarded()) << text;
    expect_same(*own, other, text);
    return;
  }
  if (other.is_discarded())
    return;
  // What only we refuse: doubled keys, depth, a zero byte behind the end.
  const std::string& why = own.error().detail;
  EXPECT_TRUE(why.find("twice") != std::string::npos || why.find("deeper") != std::string::npos ||
              text.find('\0') != std::string::npos)
      << text << ": " << why;
}

TEST(JsonOracle, RandomDocuments) {
  SS_RANDOM(random, 20'261'121);
  for (int i = 0; i < 5'000; ++i)
    compare(random_json(random, 4));
}

TEST(JsonOracle, DamagedDocuments) {
  SS_RANDOM(random, 77);
  static const std::string kBytes = "{}[]\",:\\0123456789-+.eEutrfalsn \n\x01\xC3\xA9";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_json(random, 3);
    for (std::uint64_t changes = 1 + random.below(3); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random.index(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = kBytes[random.index(kBytes.size())];
          break;
        case 1:
          text.erase(at, 1 + random.index(3));
          break;
        default:
          text.insert(at, 1, kBytes[random.index(kBytes.size())]);
          break;
      }
    }
    compare(text);
  }
}

}  // namespace
}  // namespace syncstore
