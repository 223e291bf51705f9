// The simulation reads what screens are told in place; core's reader says what JSON is.
#include "server/simulation/sim_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/base/json.hpp"
#include "server/adapters/memory/virtual_time.hpp"

namespace syncstore::simulation {
namespace {

// What was read, written again.
std::string written(JsonText::Value value) {
  using Kind = JsonText::Kind;
  std::string out;
  if (value.is(Kind::text)) {
    append_json_string(out, value.text());
    return out;
  }
  if (!value.is(Kind::list) && !value.is(Kind::object))
    return std::string(value.raw());
  const bool object = value.is(Kind::object);
  for (auto part = value.first(); part; part = part.next()) {
    out += out.empty() ? "" : ",";
    if (object)
      out += '"' + std::string(part.key()) + "\":";
    out += written(part);
  }
  return object ? '{' + out + '}' : '[' + out + ']';
}

void expect_same(const std::string& text) {
  const auto known = Json::parse(text, 1 << 20);
  JsonText read;
  ASSERT_EQ(read.read(text), known.ok()) << text;
  if (known.ok()) {
    EXPECT_EQ(written(read.root()), known->dump()) << text;
  }
}

TEST(SimulationText, ReadsWhatTheReaderOfCoreReads) {
  for (const char* text :
       {"{}", "[]", " [ 1 , -20 , 0 ] ", "{\"a\":{\"b\":[true,false,null]},\"c\":\"\"}",
        "\"caf\xC3\xA9 \\u00e9 \\ud83d\\ude00 \\\\ \\\" \\n\"", "[1.5,-0.25,1e3,2E-7]",
        "9223372036854775807", "-9223372036854775808"})
    expect_same(text);
}

TEST(SimulationText, RefusesWhatTheReaderOfCoreRefuses) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "01",
                           "-",
                           "1.",
                           ".5",
                           "+1",
                           "tru",
                           "nulls",
                           "\"open",
                           "\"tab\there\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\xC3\"",
                           "\"\xED\xA0\x80\"",
                           "{} {}",
                           "{\"a\":1,\"b\":2,\"a\":3}",
                           "[\"a\"]]"})
    expect_same(text);
  expect_same(std::string(64, '[') + std::string(64, ']'));
  expect_same(std::string(65, '[') + std::string(65, ']'));
}

TEST(SimulationText, ChangedTextsAreReadOrRefusedAlike) {
  const std::string whole =
      "{\"state\":\"ready\",\"total\":12,\"order\":[\"00A\",\"00B\"],\"rows\":[{\"id\":\"00A\","
      "\"fields\":{\"title\":\"T\xC3\xBC "
      "\\\"x\\\"\",\"price\":\"12.5\",\"sku\":null},\"removed\":null}]}";
  memory::SeededRandom random(17);
  for (int i = 0; i < 4'000; ++i) {
    std::string text = whole;
    for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes) {
      const auto at = static_cast<std::size_t>(random.below(text.size()));
      if (random.chance(50)) {
        text.erase(at, 1 + static_cast<std::size_t>(random.below(3)));
      } else {
        text.insert(at, 1, "{}[]\",:0n1-.eu \xC3"[random.below(17)]);
      }
    }
    expect_same(text);
  }
}

TEST(SimulationText, AnswersNothingForWhatIsNotThere) {
  JsonText read;
  ASSERT_TRUE(read.read("{\"a\":[],\"n\":7,\"b\":true}"));
  EXPECT_EQ(read.root()["n"].integer(), 7);
  EXPECT_TRUE(read.root()["b"].boolean());
  EXPECT_FALSE(read.root()["a"].first());
  EXPECT_FALSE(read.root()["x"]);
  EXPECT_FALSE(read.root()["x"]["y"].first());
  EXPECT_EQ(read.root()["x"].text(), "");
}

}  // namespace
}  // namespace syncstore::simulation
