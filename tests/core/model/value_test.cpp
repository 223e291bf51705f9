#include "core/model/value.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "tests/core/support/random_values.hpp"

namespace syncstore::model {
namespace {

Bytes bytes_of(const Value& value) {
  ByteWriter out;
  write_value(out, value);
  return out.take();
}

TEST(Value, CanonicalBytesAreFixed) {
  // On the wire, in logs and in digests: these bytes may never change.
  EXPECT_EQ(bytes_of({}), std::string("\0", 1));
  EXPECT_EQ(bytes_of(false), "\x01");
  EXPECT_EQ(bytes_of(true), "\x02");
  EXPECT_EQ(bytes_of(std::int64_t{-1}), "\x03\x01");
  EXPECT_EQ(bytes_of(std::int64_t{95'000}), "\x03\xB0\xCC\x0B");
  EXPECT_EQ(bytes_of(std::string("hi")), "\x04\x02hi");
  EXPECT_EQ(bytes_of(TextList{"a", "bc"}),
            "\x05\x02\x01"
            "a\x02"
            "bc");
}

TEST(Value, RoundTripsWhateverAFieldHolds) {
  SS_RANDOM(random, 71);
  for (int round = 0; round < 200; ++round) {
    for (const CollectionDef& collection : collections()) {
      for (const FieldDef& field : collection.fields) {
        const Value value = testing::random_value(random, field);
        const Bytes bytes = bytes_of(value);
        ByteReader in(bytes);
        ASSERT_EQ(read_value(in), value) << field.name;
        ASSERT_TRUE(in.done());
      }
    }
  }
}

TEST(Value, ReadingRefusesWhatNobodyWrites) {
  for (const std::string& bytes :
       {std::string(), std::string("\x06"), std::string("\xFF"), std::string("\x03"),
        std::string("\x04\x05"
                    "ab"),
        std::string("\x05\x02\x01"
                    "a"),
        std::string("\x05\xFF\xFF\x03")}) {
    ByteReader in(bytes);
    read_value(in);
    EXPECT_FALSE(in.ok());
  }
  ByteWriter large;
  large.u8(4);
  large.text(std::string(limits::kValueBytes + 1, 'x'));
  ByteReader in(large.bytes());
  read_value(in);
  EXPECT_FALSE(in.ok());
}

TEST(Value, ReadingRandomBytesEnds) {
  SS_RANDOM(random, 72);
  for (int round = 0; round < 5'000; ++round) {
    const std::string bytes = random.bytes(40);
    ByteReader in(bytes);
    const Value value = read_value(in);
    if (in.ok()) {
      // What could be read is written in no more bytes: there is one form only.
      EXPECT_EQ(bytes_of(value), bytes.substr(0, in.position()));
    }
  }
}

}  // namespace
}  // namespace syncstore::model
