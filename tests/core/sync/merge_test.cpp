// One test per rule of merging a single operation. Whole mutations: merge_mode_test; conflicts:
// merge_conflict_test.
#include "core/sync/merge.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/base/limits.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

class Merge : public testing::Test {
 protected:
  Merge() {
    mug_ = store_.add_product(1, {{"title", text("Mug")},
                                  {"sku", text("M-1")},
                                  {"price", number(95000)},
                                  {"inventory", number(100)},
                                  {"category", text("Kitchen")}});
  }

  std::string run(Op op, const Person& person = kAda) {
    return status_text(store_.run_op(std::move(op), person));
  }

  TestStore store_;
  RecordId mug_;
};

TEST_F(Merge, SetTakesTheValueWhenTheAuthorSawTheCurrentOne) {
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text("Cup"))), "applied");
  EXPECT_EQ(store_.value(mug_, "title"), text("Cup"));
}

TEST_F(Merge, SetOfTheCurrentValueIsAlreadyAndTakesNoSequence) {
  const Sequence before = store_.sequence();
  EXPECT_EQ(run(set_op(mug_, "title", text("Old"), text("Mug"))), "already");
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text("Mug"))), "already");
  EXPECT_EQ(run(set_any(mug_, "title", text("Mug"))), "already");
  EXPECT_EQ(store_.sequence(), before);
}

TEST_F(Merge, ReviewFieldThatMovedKeepsItsValueAndOpensAConflict) {
  EXPECT_EQ(run(set_op(mug_, "price", number(90000), number(80000))), "conflict conflict price");
  EXPECT_EQ(store_.value(mug_, "price"), number(95000));
  EXPECT_EQ(store_.open_count(), 1u);
}

TEST_F(Merge, LastArrivalFieldThatMovedTakesTheLaterValue) {
  EXPECT_EQ(run(set_op(mug_, "category", text("Garden"), text("Home"))), "applied");
  EXPECT_EQ(store_.value(mug_, "category"), text("Home"));
  EXPECT_EQ(store_.log().back().changes.front().fields.front().old_value, text("Kitchen"));
}

TEST_F(Merge, ComparisonIsByValueNotByHistory) {
  run(set_op(mug_, "title", text("Mug"), text("Cup")), kBen);
  run(set_op(mug_, "title", text("Cup"), text("Mug")), kBen);
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text("Beaker"))), "applied");
}

TEST_F(Merge, LongValuesAreComparedByHash) {
  const std::string before(200, 'a');
  const std::string after(200, 'b');
  run(set_op(mug_, "description", {}, before));
  Op op = set_op(mug_, "description", before, after);
  ASSERT_EQ(op.from.kind, FromValue::Kind::hash);
  EXPECT_EQ(run(op), "applied");
  EXPECT_EQ(run(set_op(mug_, "description", before, text("c"))), "conflict conflict description");
  op = set_op(mug_, "description", {}, text("d"));
  op.from = FromValue::exactly(after);
  EXPECT_EQ(run(op), "applied");
}

TEST_F(Merge, AnyIsTakenAndLogged) {
  EXPECT_EQ(run(set_any(mug_, "title", text("Cup"))), "applied");
  EXPECT_EQ(store_.log().back().changes.front().fields.front().old_value, text("Mug"));
}

TEST_F(Merge, ClearingAFieldIsAValueLikeAnyOther) {
  EXPECT_EQ(run(set_op(mug_, "sku", text("M-1"), {})), "applied");
  EXPECT_TRUE(model::is_absent(store_.value(mug_, "sku")));
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), {})), "refused required title");
}

TEST_F(Merge, SavingOneFieldNeverWritesAnother) {
  run(set_op(mug_, "title", text("Mug"), text("Cup")));
  const ChangeSet& set = store_.log().back();
  ASSERT_EQ(set.changes.size(), 1u);
  ASSERT_EQ(set.changes[0].fields.size(), 1u);
  EXPECT_EQ(set.changes[0].fields[0].field, product("title"));
}

// --- counters ---

TEST_F(Merge, AddCommutesAndCountsFromNothing) {
  EXPECT_EQ(run(add_op(mug_, "inventory", -5)), "applied");
  EXPECT_EQ(run(add_op(mug_, "inventory", 2), kBen), "applied");
  EXPECT_EQ(store_.value(mug_, "inventory"), number(97));
  const RecordId bowl = store_.add_product(2, {{"title", text("Bowl")}});
  EXPECT_EQ(run(add_op(bowl, "inventory", 4)), "applied");
  EXPECT_EQ(store_.value(bowl, "inventory"), number(4));
  EXPECT_EQ(run(add_op(bowl, "inventory", 0)), "already");
}

TEST_F(Merge, SetOnACounterMergesAsAddition) {
  run(add_op(mug_, "inventory", -10), kBen);
  EXPECT_EQ(run(set_op(mug_, "inventory", number(100), number(95))), "applied");
  EXPECT_EQ(store_.value(mug_, "inventory"), number(85));
  EXPECT_EQ(run(set_op(mug_, "inventory", number(90), number(90))), "already");
}

TEST_F(Merge, SetOnACounterNeedsTheValueThatWasSeen) {
  EXPECT_EQ(run(set_any(mug_, "inventory", number(5))), "refused needs_base inventory");
}

TEST_F(Merge, AnUnknownCountIsNoAmount) {
  const RecordId bowl = store_.add_product(2, {{"title", text("Bowl")}});
  EXPECT_EQ(run(set_op(bowl, "inventory", {}, number(100))), "applied");
  EXPECT_EQ(run(set_op(bowl, "inventory", {}, number(100)), kBen), "already");
  EXPECT_EQ(run(set_op(bowl, "inventory", {}, number(90)), kBen), "conflict conflict inventory");
  EXPECT_EQ(store_.value(bowl, "inventory"), number(100));
  EXPECT_EQ(run(set_op(bowl, "inventory", number(100), {})), "applied");
  EXPECT_TRUE(model::is_absent(store_.value(bowl, "inventory")));
}

TEST_F(Merge, FloorIsTheLargerOfTheOpsAndTheCatalogues) {
  EXPECT_EQ(run(add_op(mug_, "inventory", -101)), "refused below_minimum inventory");
  EXPECT_EQ(run(add_op(mug_, "inventory", -60, 50)), "refused below_minimum inventory");
  EXPECT_EQ(run(add_op(mug_, "inventory", -50, 50)), "applied");
  EXPECT_EQ(run(add_op(mug_, "inventory", -51, -1000)), "refused below_minimum inventory");
  EXPECT_EQ(run(set_op(mug_, "inventory", number(60), number(0))),
            "refused below_minimum inventory");
  EXPECT_EQ(store_.value(mug_, "inventory"), number(50));
  EXPECT_EQ(run(add_op(mug_, "inventory", -50)), "applied");
}

TEST_F(Merge, OnlyFactsPassBelowTheFloorAndTheRecordStaysEditable) {
  EXPECT_EQ(run(add_op(mug_, "inventory", -103), kPlatform), "applied");
  EXPECT_EQ(store_.value(mug_, "inventory"), number(-3));
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text("Cup"))), "applied");
  EXPECT_EQ(run(add_op(mug_, "inventory", 1)), "applied");  // growing never breaks a floor
  EXPECT_EQ(run(add_op(mug_, "inventory", -1)), "refused below_minimum inventory");
  EXPECT_EQ(run(add_op(mug_, "inventory", -1), kSystem), "applied");
}

TEST_F(Merge, CountersStayInRange) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(run(add_op(mug_, "inventory", Limits::max())), "refused out_of_range inventory");
  EXPECT_EQ(run(add_op(mug_, "inventory", limits::kCountMax)), "refused out_of_range inventory");
  EXPECT_EQ(run(add_op(mug_, "inventory", Limits::min())), "refused below_minimum inventory");
  EXPECT_EQ(run(set_op(mug_, "inventory", number(Limits::min()), number(5))),
            "refused out_of_range inventory");
  EXPECT_EQ(store_.value(mug_, "inventory"), number(100));
}

TEST_F(Merge, AddIsForCountersOnly) {
  EXPECT_EQ(run(add_op(mug_, "price", 5)), "refused wrong_type price");
}

// --- inserts ---

TEST_F(Merge, InsertFillsDefaultsAndIsWholeInTheLog) {
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("Bowl")}})), "applied");
  EXPECT_EQ(store_.value(RecordId{5}, "status"), text("Active"));
  const Change& change = store_.log().back().changes.front();
  EXPECT_EQ(change.kind, ChangeKind::insert);
  ASSERT_EQ(change.fields.size(), 2u);
  EXPECT_TRUE(model::is_absent(change.fields[0].old_value));
}

TEST_F(Merge, InsertOfAnIdThatExistsOrExistedIsRefused) {
  EXPECT_EQ(run(insert_op(mug_, {{"title", text("Other")}})), "refused id_taken");
  run(remove_op(mug_));
  EXPECT_EQ(run(insert_op(mug_, {{"title", text("Mug")}})), "refused id_taken");
  Person rollback = kAda;
  rollback.origin = Origin::rollback;
  EXPECT_EQ(run(insert_op(mug_, {{"title", text("Mug")}}), rollback), "applied");
}

TEST_F(Merge, InsertNeedsItsRequiredFieldsAndValidValues) {
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"sku", text("X")}})), "refused required title");
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("Bowl")}, {"price", text("9")}})),
            "refused wrong_type price");
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("Bowl")}, {"inventory", number(-1)}})),
            "refused out_of_range inventory");
  EXPECT_EQ(run(insert_op(RecordId{}, {{"title", text("Bowl")}})), "refused invalid id");
  EXPECT_EQ(store_.find(model::kProducts, RecordId{5}), nullptr);
}

// --- removals ---

TEST_F(Merge, RemoveTakesEveryFieldIntoTheLog) {
  EXPECT_EQ(run(remove_op(mug_, {{"title", text("Mug")}})), "applied");
  EXPECT_EQ(store_.find(model::kProducts, mug_), nullptr);
  EXPECT_EQ(store_.log().back().changes.front().fields.size(), 6u);
}

TEST_F(Merge, RemoveOfARemovedRecordIsAlready) {
  run(remove_op(mug_));
  EXPECT_EQ(run(remove_op(mug_)), "already");
}

TEST_F(Merge, RemoveOfARecordThatNeverWasIsRefused) {
  EXPECT_EQ(run(remove_op(RecordId{77})), "refused unknown_record");
}

TEST_F(Merge, EditOfARecordThatNeverWasIsRefused) {
  EXPECT_EQ(run(set_op(RecordId{77}, "title", text("a"), text("b"))), "refused unknown_record");
  EXPECT_EQ(run(add_op(RecordId{77}, "inventory", 1)), "refused unknown_record");
}

TEST_F(Merge, ARecordThatBreaksARuleStaysEditableInItsOtherFields) {
  model::Record old = *store_.find(model::kProducts, mug_);
  old.values[product("title")] = model::Value();
  store_.put_unchecked(model::kProducts, old);
  EXPECT_EQ(run(set_any(mug_, "category", text("Bath"))), "applied");
  EXPECT_EQ(run(set_any(mug_, "title", text("Mug"))), "applied");
  EXPECT_EQ(run(set_any(mug_, "title", {})), "refused required title");
}

// --- lists ---

TEST_F(Merge, ListsStaySortedAndEachElementStandsOnce) {
  const RecordId info = model::singleton_id(*model::find_collection(model::kStoreInfo));
  const std::uint16_t c = model::kStoreInfo;
  store_.run_op(insert_op(info, {{"name", text("Gifts")}, {"currency", text("GBP")}}, c), kSystem);
  for (const char* item : {"b", "a", "c"}) {
    EXPECT_EQ(run(list_op(info, "figure_sources", true, item, c), kSystem), "applied");
  }
  EXPECT_EQ(run(list_op(info, "figure_sources", true, "b", c), kSystem), "already");
  EXPECT_EQ(store_.value(info, "figure_sources", c), model::Value(model::TextList{"a", "b", "c"}));
  EXPECT_EQ(run(list_op(info, "figure_sources", false, "x", c), kSystem), "already");
  for (const char* item : {"b", "a", "c"}) {
    EXPECT_EQ(run(list_op(info, "figure_sources", false, item, c), kSystem), "applied");
  }
  EXPECT_TRUE(model::is_absent(store_.value(info, "figure_sources", c)));
  EXPECT_EQ(run(list_op(info, "figure_sources", true, " b", c), kSystem),
            "refused not_normal figure_sources");
}

TEST_F(Merge, ListOpsAreForLists) {
  EXPECT_EQ(run(list_op(mug_, "title", true, "a", model::kProducts)), "refused wrong_type title");
}

// --- singletons ---

TEST_F(Merge, SetFromAbsentCreatesTheRecordOfASingleton) {
  const RecordId id = model::singleton_id(*model::find_collection(model::kDashboard));
  EXPECT_EQ(run(set_op(id, "open_orders", number(3), number(4), model::kDashboard)),
            "refused unknown_record");
  EXPECT_EQ(run(set_op(id, "open_orders", {}, {}, model::kDashboard)), "already");
  EXPECT_EQ(run(set_op(id, "open_orders", {}, number(4), model::kDashboard)), "applied");
  EXPECT_EQ(store_.value(id, "open_orders", model::kDashboard), number(4));
  EXPECT_EQ(store_.log().back().changes.front().kind, ChangeKind::insert);
  EXPECT_EQ(run(set_op(id, "fbm_pending", {}, number(1), model::kDashboard), kBen), "applied");
  EXPECT_EQ(run(set_op(id, "open_orders", {}, number(9), model::kDashboard), kBen),
            "conflict conflict open_orders");
}

TEST_F(Merge, ASingletonHasOneId) {
  EXPECT_EQ(run(set_op(RecordId{9}, "open_orders", {}, number(4), model::kDashboard)),
            "refused unknown_record");
  EXPECT_EQ(run(insert_op(RecordId{9}, {{"open_orders", number(1)}}, model::kDashboard)),
            "refused invalid id");
}

// --- keys ---

TEST_F(Merge, UniqueKeysAreComparedFoldedAndMayBeEmpty) {
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("Bowl")}, {"sku", text("m-1")}})),
            "refused duplicate_sku sku");
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("Bowl")}})), "applied");
  EXPECT_EQ(run(insert_op(RecordId{6}, {{"title", text("Cup")}})), "applied");
  EXPECT_EQ(run(set_op(RecordId{5}, "sku", {}, text("M-1"))), "refused duplicate_sku sku");
  EXPECT_EQ(run(set_op(mug_, "sku", text("M-1"), text("m-1"))),
            "applied");  // its own key, other case
  EXPECT_EQ(run(set_op(RecordId{5}, "handle", {}, text("mug"))), "applied");
  EXPECT_EQ(run(set_op(RecordId{6}, "handle", {}, text("MUG"))), "refused duplicate_value handle");
}

TEST_F(Merge, AKeyIsFreeAgainAfterItsRecordIsRemoved) {
  run(remove_op(mug_));
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("Bowl")}, {"sku", text("M-1")}})),
            "applied");
}

// --- access and form ---

TEST_F(Merge, RolesGuardFieldsRecordsAndCollections) {
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text("Cup")), kViewer),
            "refused forbidden title");
  EXPECT_EQ(run(add_op(mug_, "inventory", 1), kViewer), "refused forbidden inventory");
  EXPECT_EQ(run(insert_op(RecordId{5}, {{"title", text("a")}}), kViewer), "refused forbidden");
  EXPECT_EQ(run(remove_op(mug_), kViewer), "refused forbidden");
  const RecordId info = model::singleton_id(*model::find_collection(model::kStoreInfo));
  store_.run_op(
      insert_op(info, {{"name", text("Gifts")}, {"currency", text("GBP")}}, model::kStoreInfo),
      kSystem);
  EXPECT_EQ(run(set_op(info, "name", text("Gifts"), text("Shop"), model::kStoreInfo), kAda),
            "refused forbidden name");
  EXPECT_EQ(run(set_op(info, "name", text("Gifts"), text("Shop"), model::kStoreInfo), kAdmin),
            "applied");
  EXPECT_EQ(run(set_op(info, "currency", text("GBP"), text("USD"), model::kStoreInfo), kAdmin),
            "refused forbidden currency");
  EXPECT_EQ(run(set_op(info, "currency", text("GBP"), text("USD"), model::kStoreInfo), kSystem),
            "applied");
  EXPECT_EQ(run(insert_op(RecordId{8}, {{"name", text("x")}}, model::kMembers), kAda),
            "refused forbidden");
  EXPECT_EQ(run(insert_op(RecordId{8}, {{"kind", text("removed")}}, model::kConflicts), kAdmin),
            "refused forbidden");
}

TEST_F(Merge, WhatIsNotValidOrNotNormalIsRefusedAndNeverAltered) {
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text(" Cup "))), "refused not_normal title");
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text(""))), "refused not_normal title");
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), number(4))), "refused wrong_type title");
  EXPECT_EQ(run(set_op(mug_, "status", text("Active"), text("Gone"))),
            "refused out_of_range status");
  EXPECT_EQ(run(set_op(mug_, "price", number(95000), number(-1))), "refused out_of_range price");
  EXPECT_EQ(run(set_op(mug_, "title", text("Mug"), text(std::string(1001, 'x')))),
            "refused too_long title");
  EXPECT_EQ(run(set_op(mug_, "image_url", {}, text("javascript:x"))), "refused invalid image_url");
  const OpOutcome outcome = store_.run_op(set_op(mug_, "title", text("Mug"), number(4)));
  EXPECT_FALSE(outcome.message.empty());
}

TEST_F(Merge, UnknownCollectionsAndFieldsAreRefused) {
  Op op = set_op(mug_, "title", text("Mug"), text("Cup"));
  op.field = 999;
  EXPECT_EQ(run(op), "refused unknown_field");
  op.collection = 999;
  EXPECT_EQ(run(op), "refused unknown_collection");
  op = insert_op(RecordId{5}, {{"title", text("a")}, {"title", text("b")}});
  EXPECT_EQ(run(op), "refused malformed title");
  op.fields[1].field = 999;
  EXPECT_EQ(run(op), "refused unknown_field");
  op = remove_op(mug_);
  op.seen.push_back({999, FromValue::seen(text("a value"))});
  EXPECT_EQ(run(op), "refused unknown_field");
}

}  // namespace
}  // namespace syncstore::sync
