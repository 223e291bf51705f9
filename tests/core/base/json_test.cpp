#include "core/base/json.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "tests/core/support/random_text.hpp"

namespace syncstore {
namespace {

using testing::Random;
using testing::random_text;

constexpr std::size_t kEnough = 1'000'000;

Json parsed(std::string_view text) {
  Result<Json> json = Json::parse(text, kEnough);
  EXPECT_TRUE(json.ok()) << text << ": " << (json.ok() ? "" : json.error().detail);
  return json.ok() ? std::move(json).value() : Json();
}

ErrorCode refusal(std::string_view text) {
  const Result<Json> json = Json::parse(text, kEnough);
  return json.ok() ? ErrorCode::none : json.error().code;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, ReadsEveryKind) {
  const Json json = parsed(
      R"( {"n":null,"t":true,"f":false,"i":-12,"d":1.50,"s":"a\u00e9\ud83d\ude00",
          "a":[1,[]],"o":{}} )");
  EXPECT_TRUE(json.find("n")->is(Json::Kind::null));
  EXPECT_TRUE(json.find("t")->boolean());
  EXPECT_FALSE(json.find("f")->boolean());
  EXPECT_EQ(json.find("i")->integer(), -12);
  EXPECT_TRUE(json.find("d")->is(Json::Kind::number));
  EXPECT_EQ(json.find("d")->text(), "1.50");
  EXPECT_EQ(json.find("s")->text(), "a\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(json.find("a")->size(), 2u);
  EXPECT_TRUE(json.find("o")->is(Json::Kind::object));
  EXPECT_EQ(json.size(), 8u);
  EXPECT_EQ(json.find("missing"), nullptr);
  EXPECT_EQ(Json(1).find("x"), nullptr);
  EXPECT_EQ(parsed("7").integer(), 7);
}

TEST(Json, KeepsNumbersExactly) {
  EXPECT_EQ(parsed("9223372036854775807").integer(), 9223372036854775807);
  EXPECT_EQ(parsed("-9223372036854775808").integer(), -9223372036854775807 - 1);
  for (const std::string_view text :
       {"9223372036854775808", "18446744073709551616", "-9223372036854775809", "1e2", "1.0", "0.1",
        "123456789012345678901234567890"}) {
    const Json json = parsed(text);
    EXPECT_TRUE(json.is(Json::Kind::number)) << text;
    EXPECT_EQ(json.text(), text);
    EXPECT_EQ(json.dump(), text);
  }
  EXPECT_EQ(Json(~std::uint64_t{0}).dump(), "18446744073709551615");
  EXPECT_EQ(Json(std::size_t{5}).integer(), 5);
  EXPECT_EQ(Json(std::int16_t{-3}).integer(), -3);
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const std::string_view bad :
       {"",           " ",           "{",       "}",           "[1,]",
        "{\"a\":1,}", "{a:1}",       "{'a':1}", "01",          "+1",
        "1.",         ".5",          "0x1",     "NaN",         "Infinity",
        "\"",         "\"\n\"",      "\"\\x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "tru",        "null null",   "[1 2]",   "{\"a\" 1}",   "// c\n1",
        "[1]x",       "{\"a\":1}{}", "\"\t\""}) {
    EXPECT_EQ(refusal(bad), ErrorCode::malformed) << bad;
    EXPECT_FALSE(Json::parse(bad, kEnough).error().detail.empty());
  }
  // Well formed, but more than a number can be. (The module's reader has one word for both.)
  EXPECT_TRUE(refusal("1e999") == ErrorCode::out_of_range ||
              refusal("1e999") == ErrorCode::malformed);
  EXPECT_EQ(refusal(std::string_view("1\0", 2)), ErrorCode::malformed);
  EXPECT_EQ(refusal(std::string_view("{}\0garbage", 10)), ErrorCode::malformed);
  EXPECT_EQ(refusal("\"a\\u0000b\""), ErrorCode::none);
}

TEST(Json, RefusesBrokenUtf8) {
  for (const std::string_view bad :
       {"\"\xFF\"", "\"\xC3\"", "\"\xED\xA0\x80\"", "\"\xC0\xAF\"", "\xC3"}) {
    EXPECT_EQ(refusal(bad), ErrorCode::invalid_utf8);
  }
}

TEST(Json, RefusesDepthBeyondTheLimit) {
  EXPECT_EQ(refusal(nested(limits::kJsonDepth)), ErrorCode::none);
  EXPECT_EQ(refusal(nested(limits::kJsonDepth + 1)), ErrorCode::malformed);
  EXPECT_EQ(refusal(std::string(500'000, '[')), ErrorCode::malformed);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) {
    objects += "{\"a\":";
  }
  EXPECT_EQ(refusal(objects), ErrorCode::malformed);
}

TEST(Json, RefusesDuplicateKeys) {
  EXPECT_EQ(refusal(R"({"a":1,"a":1})"), ErrorCode::malformed);
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), ErrorCode::malformed);
  EXPECT_EQ(refusal(R"([{"b":{"a":1,"c":2,"a":3}}])"), ErrorCode::malformed);
  EXPECT_EQ(refusal(R"({"a":{"a":{"a":1}}})"), ErrorCode::none);
  EXPECT_NE(Json::parse(R"({"price":1,"price":2})", kEnough).error().detail.find("price"),
            std::string::npos);
  std::string many = "{";
  for (int i = 0; i < 50'000; ++i) {
    many += "\"k" + std::to_string(i) + "\":0,";
  }
  EXPECT_EQ(refusal(many + "\"z\":0}"), ErrorCode::none);
  EXPECT_EQ(refusal(many + "\"k7\":0}"), ErrorCode::malformed);
}

TEST(Json, RefusesTooManyBytesBeforeReading) {
  EXPECT_TRUE(Json::parse("[1]", 3).ok());
  EXPECT_EQ(Json::parse("[1]", 2).error().code, ErrorCode::too_large);
}

TEST(Json, WritesMinimalText) {
  Json json = Json::object();
  json.set("b", 1).set("a", Json::array()).set("s", "q\"\\\n\x01/\xC3\xA9").set("n", nullptr);
  json.set("b", 2);
  EXPECT_EQ(json.dump(), "{\"b\":2,\"a\":[],\"s\":\"q\\\"\\\\\\n\\u0001/\xC3\xA9\",\"n\":null}");
  EXPECT_EQ(Json::object().dump(), "{}");
}

TEST(Json, WritesValidTextWhateverItIsGiven) {
  std::string out;
  append_json_string(out,
                     "a\xFF"
                     "b\xC3");
  EXPECT_EQ(out,
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
  SS_RANDOM(random, 61);
  for (int round = 0; round < 2'000; ++round) {
    std::string quoted;
    append_json_string(quoted, random.bytes(40));
    ASSERT_EQ(refusal(quoted), ErrorCode::none);
  }
}

Json random_json(Random& random, int depth) {
  switch (random.below(depth > 0 ? 7 : 5)) {
    case 0:
      return Json();
    case 1:
      return Json(random.chance(50));
    case 2:
      return Json(random.any_i64());
    case 3:
      return Json::number_text(std::to_string(random.below(1'000)) + ".25");
    case 4:
      return Json(random_text(random, 10));
    case 5: {
      Json array = Json::array();
      for (std::size_t left = random.index(5); left > 0; --left) {
        array.push(random_json(random, depth - 1));
      }
      return array;
    }
    default: {
      Json object = Json::object();
      for (std::size_t left = random.index(5); left > 0; --left) {
        object.set(random_text(random, 4), random_json(random, depth - 1));
      }
      return object;
    }
  }
}

TEST(Json, RoundTripsRandomTrees) {
  SS_RANDOM(random, 62);
  for (int round = 0; round < 2'000; ++round) {
    const std::string text = random_json(random, 6).dump();
    ASSERT_EQ(parsed(text).dump(), text);
    // A cut or changed text is refused or read; it never breaks the reader.
    std::string broken = text.substr(0, random.index(text.size() + 1));
    if (!broken.empty()) {
      broken[random.index(broken.size())] = static_cast<char>(random.next());
    }
    const Result<Json> result = Json::parse(broken, kEnough);
    if (result.ok()) {
      ASSERT_EQ(parsed(result->dump()).dump(), result->dump());
    }
  }
}

TEST(JsonReads, NameTheMember) {
  const Json json = parsed(R"({"s":"x","i":3,"b":true,"d":1.5})");
  EXPECT_EQ(*read_string(json, "s"), "x");
  EXPECT_EQ(*read_integer(json, "i"), 3);
  EXPECT_TRUE(*read_boolean(json, "b"));
  EXPECT_TRUE(*read_boolean(json, "x", true));
  EXPECT_EQ(read_boolean(json, "x").error().code, ErrorCode::required);
  EXPECT_EQ(read_string(json, "x").error().code, ErrorCode::required);
  EXPECT_EQ(read_string(json, "x").error().field, "x");
  EXPECT_EQ(read_string(json, "i").error().code, ErrorCode::wrong_type);
  EXPECT_EQ(read_integer(json, "d").error().code, ErrorCode::wrong_type);
  EXPECT_EQ(read_integer(json, "s").error().field, "s");
  EXPECT_EQ(read_boolean(json, "i", true).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(read_string(Json(1), "x").error().code, ErrorCode::required);
}

TEST(JsonReads, RefuseUnknownMembers) {
  const Json json = parsed(R"({"a":1,"b":2})");
  EXPECT_TRUE(only_known_members(json, {"a", "b", "c"}).ok());
  const Status status = only_known_members(json, {"a"});
  EXPECT_EQ(status.error().code, ErrorCode::unknown_field);
  EXPECT_EQ(status.error().field, "b");
}

}  // namespace
}  // namespace syncstore
