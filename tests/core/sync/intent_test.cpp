// What an operation makes of one record, as screens show it before the server has answered.
#include "core/sync/intent.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

const model::CollectionDef& stores() { return *model::find_collection(model::kStoreInfo); }

class Intent : public testing::Test {
 protected:
  Intent() : record_(model::make_record(stores(), model::singleton_id(stores()))) {}
  void apply(const Op& op) { apply_intent(stores(), record_, op); }
  Op list(bool add, std::string_view item) {
    return list_op(record_->id, "figure_sources", add, item, model::kStoreInfo);
  }
  const model::Value& sources() {
    return record_->values[field_of(model::kStoreInfo, "figure_sources")];
  }

  std::optional<model::Record> record_;
};

TEST_F(Intent, ListsAreSetsOfTheirElements) {
  std::set<std::string> oracle;
  std::uint32_t state = 7;
  for (int turn = 0; turn < 300; ++turn) {
    state = state * 1'664'525u + 1'013'904'223u;
    const std::string item(1, static_cast<char>('a' + (state >> 24) % 5));
    const bool add = (state >> 16) % 2 == 0;
    apply(list(add, item));
    if (add)
      oracle.insert(item);
    else
      oracle.erase(item);
    const model::Value expected =
        oracle.empty() ? model::Value() : model::TextList(oracle.begin(), oracle.end());
    ASSERT_EQ(sources(), expected) << turn;
  }
}

TEST(Amounts, StopAtTheLimitsInsteadOfTurningTheirSign) {
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(saturated_sum(kHighest - 1, 1), kHighest);
  EXPECT_EQ(saturated_sum(kHighest, 1), kHighest);
  EXPECT_EQ(saturated_sum(kHighest, kHighest), kHighest);
  EXPECT_EQ(saturated_sum(kLowest + 1, -1), kLowest);
  EXPECT_EQ(saturated_sum(kLowest, -1), kLowest);
  EXPECT_EQ(saturated_sum(kLowest, kLowest), kLowest);
  EXPECT_EQ(saturated_sum(kLowest, kHighest), -1);
  EXPECT_EQ(saturated_sum(kHighest, 0), kHighest);
  EXPECT_EQ(saturated_sum(kLowest, 0), kLowest);
}

// Stored by another version, or damaged: nothing is made of it, and nothing breaks.
TEST_F(Intent, WhatDoesNotFitIsLeftAlone) {
  apply(list(true, "kept"));
  Op wrong = list(true, "");
  wrong.to = std::int64_t{5};
  apply(wrong);
  for (const OpKind kind : {OpKind::set, OpKind::add, OpKind::list_add, OpKind::list_remove}) {
    Op beyond = list(true, "kept");
    beyond.kind = kind;
    beyond.field = static_cast<std::uint16_t>(stores().fields.size());
    apply(beyond);
  }
  model::Record expected = model::make_record(stores(), record_->id);
  expected.values[field_of(model::kStoreInfo, "figure_sources")] = model::TextList{"kept"};
  EXPECT_EQ(record_->values, expected.values);
}

}  // namespace
}  // namespace syncstore::sync
