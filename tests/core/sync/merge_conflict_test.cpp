// Conflicts: records that keep both values until somebody decides.
#include <gtest/gtest.h>

#include "core/base/json.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

class MergeConflict : public testing::Test {
 protected:
  MergeConflict() {
    mug_ = store_.add_product(1, {{"title", text("Mug")}, {"inventory", number(10)}});
  }

  // Ada's title moved on while Ben still saw the first one.
  OpOutcome collide(std::string_view offered, const Person& person = kBen) {
    return store_.run_op(set_op(mug_, "title", text("long ago"), text(offered)), person);
  }

  TestStore store_;
  RecordId mug_;
};

TEST_F(MergeConflict, KeepsBothValuesAuthorsAndTimes) {
  store_.run_op(set_op(mug_, "title", text("Mug"), text("Cup")), kAda);
  const OpOutcome outcome = store_.run_op(set_op(mug_, "title", text("Mug"), text("Beaker")), kBen);
  EXPECT_EQ(status_text(outcome), "conflict conflict title");
  const RecordId id = outcome.conflict;
  EXPECT_EQ(id, conflict_id(model::kProducts, mug_, "title", "ben"));
  EXPECT_EQ(store_.conflict_value(id, "kind"), text("same_field"));
  EXPECT_EQ(store_.conflict_value(id, "status"), text("open"));
  EXPECT_EQ(store_.conflict_value(id, "data_type"), text("products"));
  EXPECT_EQ(store_.conflict_value(id, "record"), text(mug_.text()));
  EXPECT_EQ(store_.conflict_value(id, "field"), text("title"));
  EXPECT_EQ(store_.conflict_value(id, "base"), text("\"Mug\""));
  EXPECT_EQ(store_.conflict_value(id, "mine"), text("\"Beaker\""));
  EXPECT_EQ(store_.conflict_value(id, "theirs"), text("\"Cup\""));
  EXPECT_EQ(store_.conflict_value(id, "mine_by"), text("ben"));
  EXPECT_EQ(store_.conflict_value(id, "theirs_by"), text("ada"));
  EXPECT_EQ(store_.conflict_value(id, "origin"), text("screen"));
  EXPECT_LT(std::get<std::int64_t>(store_.conflict_value(id, "theirs_at")),
            std::get<std::int64_t>(store_.conflict_value(id, "mine_at")));
  EXPECT_EQ(store_.value(mug_, "title"), text("Cup"));
}

TEST_F(MergeConflict, TakesASequenceForItsRecord) {
  const Sequence before = store_.sequence();
  collide("Beaker");
  EXPECT_EQ(store_.sequence(), before + 1);
  EXPECT_EQ(store_.log().back().changes.front().collection, model::kConflicts);
}

TEST_F(MergeConflict, ANewerValueOfTheSameAuthorReplacesTheOlder) {
  const RecordId first = collide("Beaker").conflict;
  EXPECT_EQ(collide("Glass").conflict, first);
  EXPECT_EQ(store_.open_count(), 1u);
  EXPECT_EQ(store_.conflict_value(first, "mine"), text("\"Glass\""));
  EXPECT_EQ(store_.log().back().changes.front().kind, ChangeKind::update);
}

TEST_F(MergeConflict, EachAuthorAndFieldHasItsOwn) {
  collide("Beaker", kBen);
  collide("Glass", kAda);
  store_.run_op(set_op(mug_, "price", number(1), number(2)), kBen);
  EXPECT_EQ(store_.open_count(), 3u);
}

TEST_F(MergeConflict, ClosesItselfWhenAnybodySetsTheOfferedValue) {
  const RecordId id = collide("Beaker", kBen).conflict;
  EXPECT_EQ(store_.run_op(set_op(mug_, "title", text("Mug"), text("Beaker")), kAda).status,
            OpStatus::applied);
  EXPECT_EQ(store_.conflict_value(id, "status"), text("resolved"));
  EXPECT_EQ(store_.conflict_value(id, "resolution"), text("same"));
  EXPECT_EQ(store_.log().back().changes.size(), 2u);  // one change set, one sequence
}

TEST_F(MergeConflict, StaysOpenWhenSomebodySetsAnotherValue) {
  const RecordId id = collide("Beaker", kBen).conflict;
  store_.run_op(set_op(mug_, "title", text("Mug"), text("Bowl")), kAda);
  EXPECT_EQ(store_.conflict_value(id, "status"), text("open"));
}

TEST_F(MergeConflict, TheAuthorsNextTakenValueReplacesWhatWasOffered) {
  const RecordId id = collide("Beaker", kBen).conflict;
  store_.run_op(set_op(mug_, "title", text("Mug"), text("Bowl")), kBen);
  EXPECT_EQ(store_.conflict_value(id, "status"), text("resolved"));
  EXPECT_EQ(store_.conflict_value(id, "resolution"), text("value"));
}

TEST_F(MergeConflict, AnyIsNeverTakenWhileAConflictIsOpen) {
  const RecordId id = collide("Beaker", kBen).conflict;
  const Sequence before = store_.sequence();
  const OpOutcome outcome = store_.run_op(set_any(mug_, "title", text("Bowl")), kAda);
  EXPECT_EQ(status_text(outcome), "conflict conflict title");
  EXPECT_EQ(outcome.conflict, id);
  EXPECT_EQ(store_.sequence(), before);
  EXPECT_EQ(store_.run_op(set_any(mug_, "category", text("Home")), kAda).status, OpStatus::applied);
}

TEST_F(MergeConflict, KeepingTheirsIsAnOrdinaryMutation) {
  const RecordId id = collide("Beaker", kBen).conflict;
  const MutationResult result = store_.run(
      mutation_of({set_op(id, "status", text("open"), text("resolved"), model::kConflicts),
                   set_op(id, "resolution", {}, text("theirs"), model::kConflicts)},
                  Mode::all),
      kAda);
  EXPECT_EQ(status_text(result.ops[0]), "applied");
  EXPECT_EQ(status_text(result.ops[1]), "applied");
  EXPECT_EQ(store_.conflict_value(id, "resolution"), text("theirs"));
  EXPECT_EQ(store_.open_count(), 0u);
}

TEST_F(MergeConflict, KeepingMineSetsTheFieldAndTheConflict) {
  const RecordId id = collide("Beaker", kBen).conflict;
  const MutationResult result = store_.run(
      mutation_of({set_op(mug_, "title", text("Mug"), text("Beaker")),
                   set_op(id, "status", text("open"), text("resolved"), model::kConflicts),
                   set_op(id, "resolution", {}, text("mine"), model::kConflicts)},
                  Mode::all),
      kAda);
  EXPECT_EQ(status_text(result.ops[0]), "applied");
  EXPECT_EQ(status_text(result.ops[1]), "already");  // the value closed it
  EXPECT_EQ(status_text(result.ops[2]), "applied");
  EXPECT_EQ(store_.value(mug_, "title"), text("Beaker"));
  EXPECT_EQ(store_.conflict_value(id, "resolution"), text("mine"));
}

TEST_F(MergeConflict, OnlyStateAndResolutionAreWritable) {
  const RecordId id = collide("Beaker", kBen).conflict;
  for (const char* field : {"mine", "theirs", "kind", "record", "payload", "mine_by"}) {
    EXPECT_EQ(store_.run_op(set_op(id, field, {}, text("x"), model::kConflicts), kAdmin).code,
              ErrorCode::forbidden);
  }
  EXPECT_EQ(
      store_
          .run_op(set_op(id, "status", text("open"), text("resolved"), model::kConflicts), kViewer)
          .code,
      ErrorCode::forbidden);
  Op remove;
  remove.kind = OpKind::remove;
  remove.collection = model::kConflicts;
  remove.record = id;
  EXPECT_EQ(store_.run_op(remove, kAdmin).code, ErrorCode::forbidden);
}

TEST_F(MergeConflict, AResolvedConflictOpensAgainForANewDisagreement) {
  const RecordId id = collide("Beaker", kBen).conflict;
  store_.run_op(set_op(id, "status", text("open"), text("resolved"), model::kConflicts), kAda);
  store_.run_op(set_op(id, "resolution", {}, text("theirs"), model::kConflicts), kAda);
  EXPECT_EQ(collide("Glass", kBen).conflict, id);
  EXPECT_EQ(store_.conflict_value(id, "status"), text("open"));
  EXPECT_TRUE(model::is_absent(store_.conflict_value(id, "resolution")));
}

TEST_F(MergeConflict, EditsOfARemovedRecordKeepTheirPayload) {
  store_.run_op(remove_op(mug_), kAda);
  const OpOutcome outcome = store_.run_op(set_op(mug_, "title", text("Mug"), text("Cup")), kBen);
  EXPECT_EQ(status_text(outcome), "conflict record_removed title");
  EXPECT_EQ(store_.conflict_value(outcome.conflict, "kind"), text("removed"));
  // What an author without a base had before is not known; it is not "absent".
  const OpOutcome blind = store_.run_op(set_any(mug_, "category", text("Bath")), kBen);
  EXPECT_EQ(status_text(blind), "conflict record_removed category");
  EXPECT_TRUE(model::is_absent(store_.conflict_value(blind.conflict, "base")));
  EXPECT_EQ(store_.conflict_value(outcome.conflict, "mine"), text("\"Cup\""));
  const auto payload = std::get<std::string>(store_.conflict_value(outcome.conflict, "payload"));
  const Result<Json> json = Json::parse(payload, 4096);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->find("op")->text(), "set");
  EXPECT_EQ(json->find("dataType")->text(), "products");
  EXPECT_EQ(json->find("id")->text(), mug_.text());
  EXPECT_EQ(json->find("field")->text(), "title");
  EXPECT_EQ(json->find("to")->text(), "Cup");
  EXPECT_EQ(store_.find(model::kProducts, mug_), nullptr);
}

TEST_F(MergeConflict, AmountsForARemovedRecordAddUp) {
  store_.run_op(remove_op(mug_), kAda);
  store_.run_op(add_op(mug_, "inventory", -2), kBen);
  const OpOutcome outcome = store_.run_op(add_op(mug_, "inventory", -3), kBen);
  EXPECT_EQ(status_text(outcome), "conflict record_removed inventory");
  const auto payload = std::get<std::string>(store_.conflict_value(outcome.conflict, "payload"));
  EXPECT_EQ(Json::parse(payload, 4096)->find("amount")->integer(), -5);
}

// What somebody decided is over: only what is offered after it waits.
TEST_F(MergeConflict, AnAmountThatWasDecidedDoesNotCountAgain) {
  store_.run_op(remove_op(mug_), kAda);
  const RecordId id = store_.run_op(add_op(mug_, "inventory", -2), kBen).conflict;
  store_.run_op(set_op(id, "status", text("open"), text("resolved"), model::kConflicts), kAda);
  const OpOutcome outcome = store_.run_op(add_op(mug_, "inventory", -3), kBen);
  EXPECT_EQ(outcome.conflict, id);
  const auto payload = std::get<std::string>(store_.conflict_value(id, "payload"));
  EXPECT_EQ(Json::parse(payload, 4096)->find("amount")->integer(), -3);
}

TEST_F(MergeConflict, RemovalThatMeetsANewerValueWaits) {
  store_.run_op(set_op(mug_, "title", text("Mug"), text("Cup")), kAda);
  const OpOutcome outcome =
      store_.run_op(remove_op(mug_, {{"title", text("Mug")}, {"status", text("Active")}}), kBen);
  EXPECT_EQ(status_text(outcome), "conflict conflict");
  EXPECT_EQ(outcome.conflict, conflict_id(model::kProducts, mug_, "", "ben"));
  EXPECT_EQ(store_.conflict_value(outcome.conflict, "kind"), text("changed_since"));
  EXPECT_EQ(store_.conflict_value(outcome.conflict, "base"), text("{\"title\":\"Mug\"}"));
  EXPECT_EQ(store_.conflict_value(outcome.conflict, "theirs"), text("{\"title\":\"Cup\"}"));
  EXPECT_EQ(store_.conflict_value(outcome.conflict, "theirs_by"), text("ada"));
  EXPECT_NE(store_.find(model::kProducts, mug_), nullptr);
}

TEST(ConflictIds, DifferByPlaceAndAuthor) {
  const RecordId id = conflict_id(model::kProducts, RecordId{1}, "title", "ben");
  EXPECT_NE(id, conflict_id(model::kProducts, RecordId{2}, "title", "ben"));
  EXPECT_NE(id, conflict_id(model::kProducts, RecordId{1}, "sku", "ben"));
  EXPECT_NE(id, conflict_id(model::kProducts, RecordId{1}, "title", "ada"));
  EXPECT_NE(id, conflict_id(model::kDashboard, RecordId{1}, "title", "ben"));
}

}  // namespace
}  // namespace syncstore::sync
