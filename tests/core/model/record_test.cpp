#include "core/model/record.hpp"

#include <gtest/gtest.h>

#include "tests/core/support/random_values.hpp"

namespace syncstore::model {
namespace {

const CollectionDef& products() { return *find_collection(kProducts); }

TEST(Record, StartsWithTheCataloguesDefaults) {
  const Record product = make_record(products(), RecordId{7});
  EXPECT_EQ(product.id, RecordId{7});
  ASSERT_EQ(product.values.size(), products().fields.size());
  for (std::size_t i = 0; i < product.values.size(); ++i) {
    if (products().fields[i].name == "status") {
      EXPECT_EQ(product.values[i], Value(std::string("Active")));
    } else {
      EXPECT_TRUE(is_absent(product.values[i])) << products().fields[i].name;
    }
  }
  const CollectionDef& info = *find_collection(kStoreInfo);
  const Record store = make_record(info, singleton_id(info));
  EXPECT_EQ(store.values[static_cast<std::size_t>(info.field_index("is_active"))], Value(true));
  // A choice whose first word is empty begins absent.
  const CollectionDef& conflicts = *find_collection(kConflicts);
  const Record conflict = make_record(conflicts, RecordId{1});
  EXPECT_TRUE(
      is_absent(conflict.values[static_cast<std::size_t>(conflicts.field_index("resolution"))]));
}

TEST(Record, FieldsRoundTrip) {
  SS_RANDOM(random, 73);
  for (int round = 0; round < 300; ++round) {
    for (const CollectionDef& collection : collections()) {
      const Record record = testing::random_record(random, collection, RecordId{1});
      ByteWriter out;
      write_fields(out, collection, record.values);
      ByteReader in(out.bytes());
      ASSERT_EQ(read_fields(in, collection), record.values);
      ASSERT_TRUE(in.done());
      ByteReader shorter(std::string_view(out.bytes()).substr(0, random.index(out.size())));
      read_fields(shorter, collection);
      EXPECT_FALSE(shorter.ok());
    }
  }
}

TEST(Record, UnknownFieldsAreSkipped) {
  ByteWriter out;
  out.varint(3);
  out.varint(1);
  write_value(out, std::string("Mug"));
  out.varint(2);
  write_value(out, std::string("M-1"));
  out.varint(900);
  write_value(out, std::int64_t{5});
  out.u8(0xAA);
  ByteReader in(out.bytes());
  const std::vector<Value> values = read_fields(in, products());
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 1u);
  EXPECT_EQ(values[0], Value(std::string("Mug")));
  EXPECT_EQ(values[1], Value(std::string("M-1")));
}

TEST(Record, FieldsOutOfOrderAndAbsentValuesFail) {
  const auto reads = [](std::vector<std::pair<int, Value>> fields) {
    ByteWriter out;
    out.varint(fields.size());
    for (const auto& [number, value] : fields) {
      out.varint(static_cast<std::uint64_t>(number));
      write_value(out, value);
    }
    ByteReader in(out.bytes());
    read_fields(in, products());
    return in.ok();
  };
  const Value text = std::string("x");
  EXPECT_TRUE(reads({{1, text}, {2, text}}));
  EXPECT_FALSE(reads({{2, text}, {1, text}}));
  EXPECT_FALSE(reads({{1, text}, {1, text}}));
  EXPECT_FALSE(reads({{0, text}}));
  EXPECT_FALSE(reads({{70'000, text}}));
  EXPECT_FALSE(reads({{1, Value()}}));
}

}  // namespace
}  // namespace syncstore::model
