#include "core/model/table.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/core/support/random_values.hpp"

namespace syncstore::model {
namespace {

const CollectionDef& products() { return *find_collection(kProducts); }
std::size_t field(std::string_view name) {
  return static_cast<std::size_t>(products().field_index(name));
}

Record product(std::uint64_t id, std::string sku, RowNumber row = 0) {
  Record record = make_record(products(), RecordId{id});
  record.values[field("title")] = std::string("Mug");
  if (!sku.empty()) {
    record.values[field("sku")] = std::move(sku);
  }
  record.row = row == 0 ? static_cast<RowNumber>(id) : row;
  return record;
}

TEST(Table, FindsByIdRowAndUniqueValue) {
  Table table(products());
  table.put(product(1, "M-1"));
  table.put(product(2, "M-2"));
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.find(RecordId{1})->row, 1u);
  EXPECT_EQ(table.find(RecordId{3}), nullptr);
  EXPECT_EQ(table.find_row(2)->id, RecordId{2});
  EXPECT_EQ(table.find_row(3), nullptr);
  EXPECT_EQ(table.find_unique(field("sku"), "m-1"), RecordId{1});
  EXPECT_EQ(table.find_unique(field("sku"), "M-2"), RecordId{2});
  EXPECT_FALSE(table.find_unique(field("sku"), ""));
  EXPECT_FALSE(table.find_unique(field("sku"), "M-3"));
  EXPECT_FALSE(table.find_unique(field("title"), "Mug"));  // not unique
  EXPECT_EQ(table.next_row(), 3u);
}

TEST(Table, AbsentUniqueValuesTakeNoPart) {
  Table table(products());
  table.put(product(1, ""));
  table.put(product(2, ""));
  EXPECT_EQ(table.size(), 2u);
}

TEST(Table, UniqueValuesFollowChangesAndSwaps) {
  Table table(products());
  table.put(product(1, "A"));
  table.put(product(2, "B"));
  // Inside a change set two records may swap keys, one after the other.
  table.set_value(RecordId{1}, field("sku"), std::string("B"));
  table.set_value(RecordId{2}, field("sku"), std::string("A"));
  EXPECT_EQ(table.find_unique(field("sku"), "A"), RecordId{2});
  EXPECT_EQ(table.find_unique(field("sku"), "B"), RecordId{1});
  table.set_value(RecordId{1}, field("sku"), {});
  EXPECT_FALSE(table.find_unique(field("sku"), "B"));
  table.erase(RecordId{2});
  EXPECT_FALSE(table.find_unique(field("sku"), "A"));
}

TEST(Table, PointersStayValidWhileOthersComeAndGo) {
  Table table(products());
  const Record& kept = table.put(product(1, "A"));
  for (std::uint64_t id = 2; id < 2'000; ++id) {
    table.put(product(id, ""));
  }
  for (std::uint64_t id = 2; id < 2'000; id += 2) {
    table.erase(RecordId{id});
  }
  EXPECT_EQ(&kept, table.find(RecordId{1}));
  table.set_value(RecordId{1}, field("title"), std::string("Cup"));
  EXPECT_EQ(kept.values[field("title")], Value(std::string("Cup")));
}

TEST(Table, BuriesAndLifts) {
  Table table(products());
  table.put(product(1, "A"));
  table.bury({.id = RecordId{1}, .row = 1, .version = 5, .at = 100, .by = 2});
  EXPECT_EQ(table.find(RecordId{1}), nullptr);
  EXPECT_EQ(table.find_tombstone(RecordId{1})->version, 5u);
  EXPECT_EQ(table.find_tombstone_row(1)->id, RecordId{1});
  EXPECT_FALSE(table.find_unique(field("sku"), "A"));
  EXPECT_EQ(table.last_sequence(), 5u);
  EXPECT_EQ(table.next_row(), 2u);  // rows of the dead are not given again
  table.put(product(1, "A", 7));
  EXPECT_EQ(table.find_tombstone(RecordId{1}), nullptr);
  EXPECT_EQ(table.find_tombstone_row(1), nullptr);
  EXPECT_EQ(table.find_row(7)->id, RecordId{1});
}

TEST(Table, DropsOldTombstones) {
  Table table(products());
  table.bury({.id = RecordId{1}, .row = 1, .version = 1, .at = 100});
  table.bury({.id = RecordId{2}, .row = 2, .version = 2, .at = 200});
  table.forget_tombstone(RecordId{1});
  EXPECT_EQ(table.find_tombstone(RecordId{1}), nullptr);
  EXPECT_EQ(table.find_tombstone_row(1), nullptr);
  EXPECT_NE(table.find_tombstone(RecordId{2}), nullptr);
  int count = 0;
  table.for_each_tombstone([&](const Tombstone&) { ++count; });
  EXPECT_EQ(count, 1);
}

TEST(Table, TouchRaisesVersionsOnly) {
  Table table(products());
  table.put(product(1, "A"));
  const Digest before = table.digest();
  table.touch(RecordId{1}, 9, 1'000, 3);
  EXPECT_EQ(table.find(RecordId{1})->version, 9u);
  EXPECT_EQ(table.find(RecordId{1})->changed_at, 1'000);
  EXPECT_EQ(table.find(RecordId{1})->changed_by, 3u);
  EXPECT_EQ(table.last_sequence(), 9u);
  EXPECT_EQ(table.digest(), before);
}

TEST(Table, ClearForgetsEverything) {
  Table table(products());
  table.put(product(1, "A"));
  table.bury({.id = RecordId{2}, .row = 2, .version = 2});
  table.clear();
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.digest(), Table(products()).digest());
  EXPECT_EQ(table.last_sequence(), 0u);
  EXPECT_EQ(table.next_row(), 1u);
  EXPECT_FALSE(table.find_unique(field("sku"), "A"));
}

TEST(Table, DigestIsFixed) {
  // Both ends and every version compare these numbers: they may never change.
  Table table(products());
  EXPECT_EQ(table.digest().records, 0u);
  table.put(product(1, "A"));
  EXPECT_EQ(table.digest().records, 0x9F29CB17A2A49995ull);
  EXPECT_EQ(table.digest().fields[field("title")], 0x2F6CD7C2E5692804ull);
  EXPECT_EQ(table.digest().fields[field("asin")], 0u);
}

// A table against a plain map, and its digest against one computed from nothing.
TEST(Table, EqualsItsOracleUnderRandomOperations) {
  SS_RANDOM(random, 74);
  Table table(products());
  std::map<RecordId, Record> oracle;
  RowNumber row = 0;
  for (int step = 0; step < 3'000; ++step) {
    const RecordId id{1 + random.below(60)};
    switch (random.below(4)) {
      case 0: {
        Record record = testing::random_record(random, products(), id);
        record.row = oracle.count(id) != 0 ? oracle[id].row : ++row;
        oracle[id] = record;
        table.put(record);
        break;
      }
      case 1:
        if (oracle.count(id) != 0) {
          const std::size_t which = random.index(products().fields.size());
          const Value value =
              random.chance(20) ? Value() : testing::random_value(random, products().fields[which]);
          oracle[id].values[which] = value;
          table.set_value(id, which, value);
        }
        break;
      case 2:
        EXPECT_EQ(table.erase(id), oracle.erase(id) == 1);
        break;
      default:
        if (oracle.count(id) != 0) {
          table.bury({.id = id, .row = oracle[id].row, .version = 1});
          oracle.erase(id);
        }
    }
    ASSERT_EQ(table.size(), oracle.size());
  }
  Table fresh(products());
  for (const auto& [id, record] : oracle) {
    fresh.put(record);
    ASSERT_EQ(table.find(id)->values, record.values);
    ASSERT_EQ(table.find_row(record.row), table.find(id));
  }
  EXPECT_EQ(table.digest(), fresh.digest());
  EXPECT_EQ(table.digest().combined(), fresh.digest().combined());
  std::size_t visited = 0;
  table.for_each([&](const Record& record) {
    EXPECT_EQ(oracle.count(record.id), 1u);
    ++visited;
  });
  EXPECT_EQ(visited, oracle.size());
}

TEST(Table, DigestSeesEveryDifference) {
  Table table(products());
  table.put(product(1, "A"));
  table.put(product(2, "B"));
  const std::uint64_t before = table.digest().combined();
  // The same values at other records are another state.
  table.set_value(RecordId{1}, field("sku"), std::string("B"));
  table.set_value(RecordId{2}, field("sku"), std::string("A"));
  EXPECT_NE(table.digest().combined(), before);
  table.set_value(RecordId{1}, field("sku"), std::string("A"));
  table.set_value(RecordId{2}, field("sku"), std::string("B"));
  EXPECT_EQ(table.digest().combined(), before);
  // The same text in another field too.
  table.set_value(RecordId{1}, field("asin"), std::string("Z"));
  const std::uint64_t in_asin = table.digest().combined();
  table.set_value(RecordId{1}, field("asin"), {});
  table.set_value(RecordId{1}, field("handle"), std::string("Z"));
  EXPECT_NE(table.digest().combined(), in_asin);
}

}  // namespace
}  // namespace syncstore::model
