#include "core/base/byte_io.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/core/support/random.hpp"

namespace syncstore {
namespace {

TEST(ByteIo, WritesLittleEndianAndLeb128) {
  ByteWriter out;
  out.u8(0xAB);
  out.u32(0x01020304);
  out.u64(0x0102030405060708);
  out.varint(300);
  out.zigzag(-1);
  out.zigzag(1);
  out.text("hi");
  EXPECT_EQ(out.bytes(), std::string("\xAB\x04\x03\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01"
                                     "\xAC\x02\x01\x02\x02hi",
                                     20));
}

TEST(ByteIo, RoundTripsEdgeValues) {
  const std::vector<std::uint64_t> unsigned_edges = {
      0, 1, 127, 128, 16383, 16384, std::uint64_t{1} << 63, ~std::uint64_t{0}};
  const std::vector<std::int64_t> signed_edges = {0,
                                                  -1,
                                                  1,
                                                  63,
                                                  -64,
                                                  64,
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  std::numeric_limits<std::int64_t>::max()};
  ByteWriter out;
  for (const std::uint64_t value : unsigned_edges) {
    out.varint(value);
  }
  for (const std::int64_t value : signed_edges) {
    out.zigzag(value);
  }
  ByteReader in(out.bytes());
  for (const std::uint64_t value : unsigned_edges) {
    EXPECT_EQ(in.varint(), value);
  }
  for (const std::int64_t value : signed_edges) {
    EXPECT_EQ(in.zigzag(), value);
  }
  EXPECT_TRUE(in.done());
}

TEST(ByteIo, RoundTripsRandomStructures) {
  SS_RANDOM(random, 11);
  for (int round = 0; round < 500; ++round) {
    const std::uint64_t a = random.any_u64();
    const std::int64_t b = random.any_i64();
    const std::string c = random.bytes(300);
    const auto d = static_cast<std::uint32_t>(random.next());
    ByteWriter out;
    out.varint(a);
    out.zigzag(b);
    out.text(c);
    out.u32(d);
    out.u64(a);
    ByteReader in(out.bytes());
    EXPECT_EQ(in.varint(), a);
    EXPECT_EQ(in.zigzag(), b);
    EXPECT_EQ(in.text(300), c);
    EXPECT_EQ(in.u32(), d);
    EXPECT_EQ(in.u64(), a);
    EXPECT_TRUE(in.done());
    // Every shorter prefix fails, and never reads past its end.
    for (std::size_t cut = 0; cut < out.size(); ++cut) {
      ByteReader shorter(std::string_view(out.bytes()).substr(0, cut));
      shorter.varint();
      shorter.zigzag();
      shorter.text(300);
      shorter.u32();
      shorter.u64();
      EXPECT_FALSE(shorter.ok());
    }
  }
}

TEST(ByteIo, RefusesOverlongAndOverflowingVarints) {
  for (const std::string_view bytes :
       {std::string_view("\x80\x00", 2), std::string_view("\xFF\x80\x00", 3),
        std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"),
        std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01")}) {
    ByteReader in(bytes);
    EXPECT_EQ(in.varint(), 0u);
    EXPECT_FALSE(in.ok());
  }
  ByteReader zero(std::string_view("\0", 1));
  EXPECT_EQ(zero.varint(), 0u);
  EXPECT_TRUE(zero.done());
}

TEST(ByteIo, AnswersZeroAndEmptyAfterTheFirstFailure) {
  ByteReader in(
      "\x05"
      "abcd");
  EXPECT_EQ(in.text(100), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0);
  EXPECT_EQ(in.rest(), "");
  EXPECT_FALSE(in.done());
}

TEST(ByteIo, HoldsTextsAndNumbersToTheirBounds) {
  ByteWriter out;
  out.text("abcd");
  ByteReader tight(out.bytes());
  EXPECT_EQ(tight.text(3), "");
  EXPECT_FALSE(tight.ok());
  ByteReader exact(out.bytes());
  EXPECT_EQ(exact.text(4), "abcd");
  ByteReader number("\x0A");
  EXPECT_EQ(number.varint_max(9), 0u);
  EXPECT_FALSE(number.ok());
}

TEST(ByteIo, GivesTheRest) {
  ByteReader in("abc");
  EXPECT_EQ(in.raw(1), "a");
  EXPECT_EQ(in.rest(), "bc");
  EXPECT_TRUE(in.done());
}

}  // namespace
}  // namespace syncstore
