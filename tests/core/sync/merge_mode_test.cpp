// Whole mutations: modes, keys on the state after all operations, and properties of any stream.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

std::vector<std::string> texts(const std::vector<OpOutcome>& ops) {
  std::vector<std::string> all;
  for (const OpOutcome& op : ops)
    all.push_back(status_text(op));
  return all;
}
using Texts = std::vector<std::string>;

class MergeMode : public testing::Test {
 protected:
  MergeMode() {
    a_ = store_.add_product(1,
                            {{"title", text("A")}, {"sku", text("SA")}, {"inventory", number(5)}});
    b_ = store_.add_product(2, {{"title", text("B")}, {"sku", text("SB")}});
  }
  TestStore store_;
  RecordId a_;
  RecordId b_;
};

TEST_F(MergeMode, EachLetsOpsStandAloneInOneSequence) {
  const Sequence before = store_.sequence();
  const MutationResult result = store_.run(mutation_of(
      {set_op(a_, "title", text("A"), text("A2")), set_op(a_, "title", text("A2"), number(1)),
       add_op(a_, "inventory", -9), set_op(b_, "title", text("x"), text("B2"))}));
  EXPECT_EQ(texts(result.ops),
            (Texts{"applied", "refused wrong_type title", "refused below_minimum inventory",
                   "conflict conflict title"}));
  EXPECT_EQ(result.sequence, before + 1);
  EXPECT_EQ(store_.value(a_, "title"), text("A2"));
}

TEST_F(MergeMode, AllHoldsTheOthersWhenOneIsBad) {
  const MutationResult result = store_.run(
      mutation_of({set_op(a_, "title", text("A"), text("A2")),
                   set_op(b_, "title", text("B"), text("B")), add_op(a_, "inventory", -9)},
                  Mode::all));
  EXPECT_EQ(texts(result.ops),
            (Texts{"held held", "held held", "refused below_minimum inventory"}));
  EXPECT_EQ(result.sequence, 0u);
  EXPECT_EQ(store_.value(a_, "title"), text("A"));
}

TEST_F(MergeMode, AllOpensItsConflictsAndChangesNothingElse) {
  const MutationResult result = store_.run(mutation_of(
      {set_op(a_, "title", text("A"), text("A2")), set_op(b_, "title", text("x"), text("B2"))},
      Mode::all));
  EXPECT_EQ(texts(result.ops), (Texts{"held held", "conflict conflict title"}));
  EXPECT_NE(result.sequence, 0u);
  EXPECT_EQ(store_.open_count(), 1u);
  EXPECT_EQ(store_.log().back().changes.size(), 1u);
  EXPECT_EQ(store_.value(a_, "title"), text("A"));
}

TEST_F(MergeMode, AllAppliesTogether) {
  const MutationResult result = store_.run(mutation_of(
      {set_op(a_, "title", text("A"), text("A2")), set_op(b_, "title", text("B"), text("B"))},
      Mode::all));
  EXPECT_EQ(texts(result.ops), (Texts{"applied", "already"}));
}

TEST_F(MergeMode, KeysMaySwapInBothModes) {
  for (const Mode mode : {Mode::all, Mode::each}) {
    const auto sku_a = store_.value(a_, "sku");
    const auto sku_b = store_.value(b_, "sku");
    const MutationResult result = store_.run(
        mutation_of({set_op(a_, "sku", sku_a, sku_b), set_op(b_, "sku", sku_b, sku_a)}, mode));
    EXPECT_EQ(texts(result.ops), (Texts{"applied", "applied"}));
    EXPECT_EQ(
        store_.table(model::kProducts).find_unique(product("sku"), std::get<std::string>(sku_a)),
        b_);
    EXPECT_EQ(
        store_.table(model::kProducts).find_unique(product("sku"), std::get<std::string>(sku_b)),
        a_);
  }
}

TEST_F(MergeMode, AKeyTakenTwiceInOneMutationIsRefusedOnce) {
  const Mutation mutation =
      mutation_of({insert_op(RecordId{10}, {{"title", text("x")}, {"sku", text("N")}}),
                   insert_op(RecordId{11}, {{"title", text("y")}, {"sku", text("n")}})});
  EXPECT_EQ(texts(store_.try_merge(mutation).ops), (Texts{"applied", "refused duplicate_sku sku"}));
  Mutation all = mutation;
  all.mode = Mode::all;
  EXPECT_EQ(texts(store_.try_merge(all).ops), (Texts{"held held", "refused duplicate_sku sku"}));
}

TEST_F(MergeMode, ARefusedOpDoesNotMakeRoomForAnother) {
  // B gives up SB for a key that A holds: refused, so A cannot have SB either.
  const RecordId c = store_.add_product(3, {{"title", text("C")}, {"sku", text("SC")}});
  const MutationResult result = store_.run(mutation_of(
      {set_op(a_, "sku", text("SA"), text("SB")), set_op(b_, "sku", text("SB"), text("SC"))}));
  EXPECT_EQ(texts(result.ops), (Texts{"refused duplicate_sku sku", "refused duplicate_sku sku"}));
  EXPECT_EQ(store_.value(c, "sku"), text("SC"));
}

TEST_F(MergeMode, ALongChainOfKeysEndsAndLeavesNoDoubles) {
  std::vector<Op> ops;
  for (std::uint64_t i = 0; i < 200; ++i) {
    store_.add_product(100 + i, {{"title", text("x")}, {"sku", text("K" + std::to_string(i))}});
  }
  for (std::uint64_t i = 0; i + 1 < 200; ++i) {
    ops.push_back(set_op(RecordId{100 + i}, "sku", text("K" + std::to_string(i)),
                         text("K" + std::to_string(i + 1))));
  }
  const MutationResult result = store_.run(mutation_of(ops));
  EXPECT_TRUE(std::all_of(result.ops.begin(), result.ops.end(),
                          [](const OpOutcome& op) { return op.status == OpStatus::refused; }));
  EXPECT_EQ(result.sequence, 0u);
}

TEST_F(MergeMode, LaterOpsSeeWhatEarlierOnesDid) {
  const MutationResult result = store_.run(mutation_of(
      {insert_op(RecordId{10}, {{"title", text("x")}}),
       set_op(RecordId{10}, "title", text("x"), text("y")), add_op(RecordId{10}, "inventory", 3),
       remove_op(a_), remove_op(a_), set_op(a_, "title", text("A"), text("Z"))}));
  EXPECT_EQ(texts(result.ops), (Texts{"applied", "applied", "applied", "applied", "already",
                                      "conflict record_removed title"}));
  EXPECT_EQ(store_.value(RecordId{10}, "title"), text("y"));
}

TEST_F(MergeMode, WhatCancelsOutTakesNoSequence) {
  const MutationResult result = store_.run(mutation_of(
      {set_op(a_, "title", text("A"), text("B")), set_op(a_, "title", text("B"), text("A"))}));
  EXPECT_EQ(texts(result.ops), (Texts{"applied", "applied"}));
  EXPECT_EQ(result.sequence, 0u);
}

TEST_F(MergeMode, InverseUndoesAChangeSetButNotWhatCameAfter) {
  store_.run(mutation_of({set_op(a_, "title", text("A"), text("A2")), add_op(a_, "inventory", 10),
                          remove_op(b_), insert_op(RecordId{20}, {{"title", text("new")}})}));
  const ChangeSet done = store_.log().back();
  store_.run_op(add_op(a_, "inventory", -1), kBen);
  Person rollback = kAda;
  rollback.origin = Origin::rollback;
  const MutationResult result = store_.run(mutation_of(inverse_ops(done), Mode::all, 77), rollback);
  for (const OpOutcome& op : result.ops)
    EXPECT_EQ(status_text(op), "applied");
  EXPECT_EQ(store_.value(a_, "title"), text("A"));
  EXPECT_EQ(store_.value(a_, "inventory"), number(4));
  EXPECT_EQ(store_.value(b_, "sku"), text("SB"));
  EXPECT_EQ(store_.find(model::kProducts, RecordId{20}), nullptr);
}

TEST_F(MergeMode, InverseUndoesElementsOfListsAndLeavesLaterOnes) {
  const std::uint16_t c = model::kStoreInfo;
  const RecordId info = model::singleton_id(*model::find_collection(c));
  const auto list = [&](bool add, std::string_view item) {
    return list_op(info, "figure_sources", add, item, c);
  };
  store_.run_op(insert_op(info, {{"name", text("Gifts")}, {"currency", text("GBP")}}, c), kSystem);
  store_.run_op(list(true, "old"), kSystem);
  store_.run(mutation_of({list(true, "new"), list(false, "old")}), kSystem);
  const ChangeSet done = store_.log().back();
  store_.run_op(list(true, "later"), kSystem);
  Person rollback = kSystem;
  rollback.origin = Origin::rollback;
  store_.run(mutation_of(inverse_ops(done), Mode::all, 77), rollback);
  EXPECT_EQ(store_.value(info, "figure_sources", c), model::Value(model::TextList{"later", "old"}));
}

// --- properties ---

class Stream {
 public:
  explicit Stream(std::uint32_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }

  Op op(const TestStore& store) {
    const RecordId id{1 + below(6)};
    const model::Record* record = store.find(model::kProducts, id);
    static const std::vector<std::string_view> fields{"title", "sku", "category", "status",
                                                      "price"};
    const std::string_view field = fields[below(fields.size())];
    const model::Value seen =
        record && below(3) != 0 ? record->values[product(field)] : value(field);
    switch (below(8)) {
      case 0:
        return insert_op(id, {{"title", value("title")}, {"sku", value("sku")}});
      case 1:
        return remove_op(id,
                         {{"title", record && below(2) == 0 ? record->values[0] : value("title")}});
      case 2:
      case 3:
        return add_op(id, "inventory", static_cast<std::int64_t>(below(9)) - 4);
      case 4:
        return set_any(id, field, value(field));
      default:
        return set_op(id, field, seen, value(field));
    }
  }

  model::Value value(std::string_view field) {
    if (field == "status")
      return text(below(2) == 0 ? "Active" : "Inactive");
    if (field == "price")
      return number(static_cast<std::int64_t>(below(3)));
    if (below(8) == 0)
      return {};
    return text(std::string(1, static_cast<char>('a' + below(4))));
  }

  Mutation mutation(const TestStore& store, std::uint64_t id) {
    std::vector<Op> ops;
    for (std::size_t i = 0; i <= below(4); ++i)
      ops.push_back(op(store));
    return mutation_of(std::move(ops), below(3) == 0 ? Mode::all : Mode::each, id);
  }

 private:
  std::mt19937 random_;
};

bool same_tables(const TestStore& a, const TestStore& b) {
  return std::all_of(
      model::collections().begin(), model::collections().end(), [&](const auto& collection) {
        return a.table(collection.number).digest() == b.table(collection.number).digest();
      });
}

TEST(MergeProperty, ReplayingTheMutationsGivesTheSameStore) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    Stream stream(seed);
    TestStore first;
    TestStore second;
    for (std::uint64_t i = 1; i <= 120; ++i) {
      const Mutation mutation = stream.mutation(first, i);
      const Person& person = stream.below(2) == 0 ? kAda : kBen;
      const MutationResult a = first.run(mutation, person);
      const MutationResult b = second.run(mutation, person);
      ASSERT_EQ(texts(a.ops), texts(b.ops)) << seed << ":" << i;
    }
    ASSERT_TRUE(same_tables(first, second));
  }
}

TEST(MergeProperty, NothingIsWrittenThatNoOpNamed) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Stream stream(seed);
    TestStore store;
    for (std::uint64_t i = 1; i <= 120; ++i) {
      const Mutation mutation = stream.mutation(store, i);
      const MergeOutcome outcome = store.try_merge(mutation);
      ASSERT_EQ(outcome.ops.size(), mutation.ops.size());
      for (const Change& change : outcome.changes) {
        if (change.collection == model::kConflicts)
          continue;
        for (const FieldChange& field : change.fields) {
          const bool named =
              std::any_of(mutation.ops.begin(), mutation.ops.end(), [&](const Op& op) {
                if (op.record != change.record)
                  return false;
                return op.kind == OpKind::insert || op.kind == OpKind::remove ||
                       op.field == field.field;
              });
          ASSERT_TRUE(named) << "seed " << seed << " step " << i;
          ASSERT_NE(field.old_value, field.new_value);
        }
        if (mutation.mode == Mode::all) {
          for (const OpOutcome& op : outcome.ops) {
            ASSERT_TRUE(op.status == OpStatus::applied || op.status == OpStatus::already);
          }
        }
      }
      store.run(mutation);
    }
  }
}

TEST(MergeProperty, UniqueKeysHoldAfterEveryMutation) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Stream stream(seed);
    TestStore store;
    for (std::uint64_t i = 1; i <= 150; ++i) {
      store.run(stream.mutation(store, i));
      std::vector<std::string> skus;
      store.table(model::kProducts).for_each([&](const model::Record& record) {
        if (const auto* sku = std::get_if<std::string>(&record.values[product("sku")]))
          skus.push_back(*sku);
      });
      std::sort(skus.begin(), skus.end());
      ASSERT_EQ(std::adjacent_find(skus.begin(), skus.end()), skus.end()) << seed << ":" << i;
    }
  }
}

TEST(MergeProperty, DifferentFieldsCommute) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    Stream stream(seed);
    TestStore one;
    one.add_product(1, {{"title", text("a")}, {"inventory", number(50)}});
    TestStore two;
    two.add_product(1, {{"title", text("a")}, {"inventory", number(50)}});
    const RecordId id{1};
    std::vector<Mutation> edits;
    edits.push_back(mutation_of({set_op(id, "title", text("a"), text("b"))}, Mode::each, 1));
    edits.push_back(mutation_of({set_op(id, "category", {}, stream.value("x"))}, Mode::each, 2));
    edits.push_back(mutation_of({set_op(id, "price", {}, stream.value("price"))}, Mode::each, 3));
    edits.push_back(
        mutation_of({set_op(id, "status", text("Active"), stream.value("status"))}, Mode::each, 4));
    edits.push_back(mutation_of(
        {add_op(id, "inventory", static_cast<std::int64_t>(stream.below(9)))}, Mode::each, 5));
    edits.push_back(mutation_of(
        {add_op(id, "inventory", -static_cast<std::int64_t>(stream.below(9)))}, Mode::each, 6));
    for (const Mutation& edit : edits)
      one.run(edit, edit.id == mutation_id(1) ? kAda : kBen);
    for (std::size_t i = edits.size(); i > 1; --i)
      std::swap(edits[i - 1], edits[stream.below(i)]);
    for (const Mutation& edit : edits)
      two.run(edit, edit.id == mutation_id(1) ? kAda : kBen);
    ASSERT_EQ(one.find(model::kProducts, id)->values, two.find(model::kProducts, id)->values)
        << seed;
    ASSERT_EQ(two.open_count(), 0u);
  }
}

}  // namespace
}  // namespace syncstore::sync
