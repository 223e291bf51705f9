#include "core/sync/replica.hpp"

#include <gtest/gtest.h>

#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

class ReplicaTest : public testing::Test {
 protected:
  ReplicaTest() : replica_({model::kProducts, model::kDashboard, model::kConflicts}) {
    mug_ = server_.add_product(1, {{"title", text("Mug")}, {"inventory", number(10)}});
    load();
    replica_.set_listener([this](std::uint16_t, RecordId id, const model::Record* before,
                                 const model::Record* after) {
      told_.push_back((id ? std::to_string(id.value) : std::string("all")) + ":" + title(before) +
                      ">" + title(after));
    });
  }
  static std::string title(const model::Record* record) {
    if (record == nullptr)
      return "-";
    const auto* text = std::get_if<std::string>(&record->values[0]);
    return text ? *text : "";
  }
  void load() {
    for (const std::uint16_t collection :
         {model::kProducts, model::kDashboard, model::kConflicts}) {
      std::vector<model::Record> rows;
      server_.table(collection).for_each([&rows](const model::Record& record) {
        rows.push_back(record);
      });
      replica_.begin_snapshot(collection);
      EXPECT_TRUE(replica_.add_snapshot_rows(collection, std::move(rows)).ok());
      EXPECT_TRUE(
          replica_.end_snapshot(collection, server_.table(collection).last_sequence()).ok());
    }
    replica_.reach(server_.sequence());
    reached_ = server_.sequence();
  }
  static Sequence touched(void* context, std::uint16_t collection) {
    return static_cast<Replica*>(context)->base(collection).last_sequence();
  }
  Status pull() {
    Coalescer coalescer;
    for (const ChangeSet& set : server_.log()) {
      if (set.sequence > reached_)
        coalescer.add(set, touched, &replica_);
    }
    reached_ = server_.sequence();
    return replica_.apply(coalescer.take(), reached_);
  }
  model::Value shown(RecordId id, std::string_view field) {
    const model::Record* record = replica_.shown(model::kProducts, id);
    return record ? record->values[product(field)] : model::Value(text("(none)"));
  }
  std::vector<std::string> told() { return std::move(told_); }
  using Told = std::vector<std::string>;

  TestStore server_;
  Replica replica_;
  RecordId mug_;
  Sequence reached_ = 0;
  std::vector<std::string> told_;
};

TEST_F(ReplicaTest, ARecordThatIsTouchedTwiceAmongManyIsToldOnce) {
  std::vector<model::Record> rows;
  Told expected;
  for (std::uint64_t i = 100; i < 200; ++i) {
    const RecordId id = server_.add_product(i, {{"title", text("T" + std::to_string(i))}});
    rows.push_back(*server_.table(model::kProducts).find(id));
    expected.push_back(std::to_string(i) + ":->T" + std::to_string(i));
  }
  for (const std::size_t again : {std::size_t{0}, std::size_t{99}}) {
    rows.push_back(rows[again]);
    rows.back().values[product("title")] = text("Newer");
    expected[again] = std::to_string(100 + again) + ":->Newer";
  }
  told();
  replica_.put_known(model::kProducts, rows);
  EXPECT_EQ(told(), expected);
}

TEST_F(ReplicaTest, AnAnsweredAmountThatChangedNothingLeavesTheKnownNumber) {
  const auto nobody = [](RecordId) { return false; };
  const RecordId bowl =
      server_.add_product(2, {{"title", text("Bowl")}});  // its stock is not known
  std::vector<model::Record> rows = {*server_.table(model::kProducts).find(bowl)};
  replica_.put_known(model::kProducts, rows);
  Mutation nothing;
  nothing.ops.push_back(add_op(bowl, "inventory", 0));
  // While the server has 10.
  nothing.ops.push_back(set_op(mug_, "inventory", number(12), number(12)));
  nothing.ops.push_back(add_op(mug_, "inventory", 3));
  MutationResult result;
  result.sequence = server_.sequence() + 1;
  result.ops.resize(3);
  result.ops[0].status = result.ops[1].status = OpStatus::already;
  result.ops[2].status = OpStatus::applied;
  const auto folded = replica_.fold_answered(model::kProducts, nothing, result, nobody);
  EXPECT_EQ(folded, std::vector<RecordId>{mug_});
  EXPECT_TRUE(model::is_absent(shown(bowl, "inventory")));
  EXPECT_EQ(shown(mug_, "inventory"), number(13));
}

TEST_F(ReplicaTest, ShowsTheBaseWithPendingIntentOnTop) {
  replica_.add_pending(1, mutation_of({set_op(mug_, "title", text("Mug"), text("Cup")),
                                       add_op(mug_, "inventory", -3)}));
  EXPECT_EQ(shown(mug_, "title"), text("Cup"));
  EXPECT_EQ(shown(mug_, "inventory"), number(7));
  EXPECT_EQ(replica_.base(model::kProducts).find(mug_)->values[0], text("Mug"));
  EXPECT_EQ(told(), Told{"1:Mug>Cup"});
  server_.run_op(add_op(mug_, "inventory", 100), kBen);
  ASSERT_TRUE(pull().ok());
  EXPECT_EQ(shown(mug_, "inventory"), number(107));
  EXPECT_EQ(shown(mug_, "title"), text("Cup"));
  replica_.remove_pending(1);
  EXPECT_EQ(shown(mug_, "title"), text("Mug"));
  EXPECT_FALSE(replica_.is_pending(model::kProducts, mug_));
}

TEST_F(ReplicaTest, InsertsAndRemovalsAreShown) {
  replica_.add_pending(1, mutation_of({insert_op(RecordId{5}, {{"title", text("Bowl")}})}));
  replica_.add_pending(2, mutation_of({remove_op(mug_)}));
  EXPECT_EQ(told(), (Told{"5:->Bowl", "1:Mug>-"}));
  EXPECT_EQ(replica_.shown_size(model::kProducts), 1u);
  EXPECT_EQ(replica_.shown(model::kProducts, mug_), nullptr);
  EXPECT_EQ(shown(RecordId{5}, "status"), text("Active"));
  std::vector<std::uint64_t> ids;
  replica_.for_each_shown(model::kProducts,
                          [&ids](const model::Record& r) { ids.push_back(r.id.value); });
  EXPECT_EQ(ids, std::vector<std::uint64_t>{5});
}

TEST_F(ReplicaTest, AnEditOfASingletonThatIsNotThereShowsIt) {
  const RecordId id = model::singleton_id(*model::find_collection(model::kDashboard));
  replica_.add_pending(1,
                       mutation_of({set_op(id, "open_orders", {}, number(4), model::kDashboard)}));
  ASSERT_NE(replica_.shown(model::kDashboard, id), nullptr);
  replica_.add_pending(2, mutation_of({set_op(RecordId{77}, "title", {}, text("x"))}));
  EXPECT_EQ(replica_.shown(model::kProducts, RecordId{77}), nullptr);
}

TEST_F(ReplicaTest, AnAnsweredOpLeavesInTheApplyThatReachesItsSequence) {
  const Mutation mutation =
      mutation_of({add_op(mug_, "inventory", -3), set_op(mug_, "title", text("Mug"), text("Cup"))});
  replica_.add_pending(1, mutation);
  const MutationResult result = server_.run(mutation);
  told();
  replica_.acknowledge(1, result.sequence);
  EXPECT_EQ(shown(mug_, "inventory"), number(7));
  EXPECT_TRUE(replica_.is_pending(model::kProducts, mug_));
  EXPECT_EQ(told(), Told{});
  ASSERT_TRUE(pull().ok());
  EXPECT_EQ(shown(mug_, "inventory"), number(7));  // never 4: base and overlay changed together
  EXPECT_FALSE(replica_.is_pending(model::kProducts, mug_));
  EXPECT_EQ(told(), Told{"1:Cup>Cup"});  // the version moved, the values did not
}

TEST_F(ReplicaTest, AnAnswerThatTheBaseHasReachedLeavesAtOnce) {
  const Mutation mutation = mutation_of({add_op(mug_, "inventory", -3)});
  replica_.add_pending(1, mutation);
  const MutationResult result = server_.run(mutation);
  ASSERT_TRUE(pull().ok());
  EXPECT_EQ(shown(mug_, "inventory"),
            number(4));  // unanswered: the client cannot know that this was its own
  replica_.acknowledge(1, result.sequence);
  EXPECT_EQ(shown(mug_, "inventory"), number(7));
  replica_.add_pending(2, mutation_of({set_op(mug_, "title", text("x"), text("Mug"))}));
  replica_.acknowledge(2, 0);
  EXPECT_FALSE(replica_.is_pending(model::kProducts, mug_));
}

TEST_F(ReplicaTest, OpsOnAnUntouchedCollectionLeaveWithTheFrameToo) {
  const RecordId id = model::singleton_id(*model::find_collection(model::kDashboard));
  server_.run_op(set_op(id, "open_orders", {}, number(4), model::kDashboard), kBen);
  ASSERT_TRUE(pull().ok());
  // `already` on the dashboard, a change on products: the frame has no dashboard section.
  const Mutation mutation =
      mutation_of({set_op(id, "open_orders", {}, number(4), model::kDashboard),
                   set_op(mug_, "title", text("Mug"), text("Cup"))});
  replica_.add_pending(1, mutation);
  replica_.acknowledge(1, server_.run(mutation).sequence);
  EXPECT_TRUE(replica_.is_pending(model::kDashboard, id));
  ASSERT_TRUE(pull().ok());
  EXPECT_FALSE(replica_.is_pending(model::kDashboard, id));
  EXPECT_FALSE(replica_.is_pending(model::kProducts, mug_));
}

TEST_F(ReplicaTest, EntriesApplyInOrderAndAreReplacedInPlace) {
  replica_.add_pending(5, mutation_of({set_op(mug_, "title", text("Mug"), text("B"))}));
  replica_.add_pending(3, mutation_of({set_op(mug_, "title", text("Mug"), text("A"))}));
  EXPECT_EQ(shown(mug_, "title"), text("B"));
  replica_.add_pending(5, mutation_of({set_op(mug_, "price", {}, number(9))}));
  EXPECT_EQ(shown(mug_, "title"), text("A"));
  EXPECT_EQ(shown(mug_, "price"), number(9));
  using Numbers = std::vector<std::uint64_t>;
  EXPECT_EQ(replica_.pending_entries(model::kProducts, mug_, -1), (Numbers{3, 5}));
  EXPECT_EQ(replica_.pending_entries(model::kProducts, mug_, product("price")), Numbers{5});
  EXPECT_EQ(replica_.pending_entries(model::kProducts, mug_, product("sku")), Numbers{});
}

TEST_F(ReplicaTest, ASnapshotIsBuiltBesideAndSwapped) {
  replica_.add_pending(1, mutation_of({add_op(mug_, "inventory", 1)}));
  told();
  server_.run_op(set_op(mug_, "title", text("Mug"), text("Cup")), kBen);
  server_.add_product(2, {{"title", text("Bowl")}});
  replica_.begin_snapshot(model::kProducts);
  std::vector<model::Record> rows;
  server_.table(model::kProducts).for_each([&rows](const model::Record& record) {
    rows.push_back(record);
  });
  ASSERT_TRUE(replica_.add_snapshot_rows(model::kProducts, rows).ok());
  EXPECT_TRUE(replica_.is_loading(model::kProducts));
  EXPECT_EQ(shown(mug_, "title"), text("Mug"));
  EXPECT_EQ(told(), Told{});
  ASSERT_TRUE(replica_.end_snapshot(model::kProducts, server_.sequence()).ok());
  EXPECT_EQ(told(), Told{"all:->-"});
  EXPECT_EQ(shown(mug_, "title"), text("Cup"));
  EXPECT_EQ(shown(mug_, "inventory"), number(11));
  EXPECT_EQ(replica_.base(model::kProducts).digest(), server_.table(model::kProducts).digest());
}

TEST_F(ReplicaTest, DeltasDuringASnapshotGoToTheSnapshot) {
  replica_.begin_snapshot(model::kProducts);
  std::vector<model::Record> rows;
  server_.table(model::kProducts).for_each([&rows](const model::Record& record) {
    rows.push_back(record);
  });
  ASSERT_TRUE(replica_.add_snapshot_rows(model::kProducts, rows).ok());
  server_.run_op(set_op(mug_, "title", text("Mug"), text("Cup")), kBen);
  ASSERT_TRUE(pull().ok());
  EXPECT_EQ(shown(mug_, "title"), text("Mug"));
  ASSERT_TRUE(replica_.end_snapshot(model::kProducts, server_.sequence()).ok());
  EXPECT_EQ(shown(mug_, "title"), text("Cup"));
}

TEST_F(ReplicaTest, BrokenSnapshotsAndDeltasAreErrors) {
  EXPECT_EQ(replica_.add_snapshot_rows(model::kProducts, {}).error().code, ErrorCode::wrong_state);
  EXPECT_EQ(replica_.end_snapshot(model::kProducts, 1).error().code, ErrorCode::wrong_state);
  replica_.begin_snapshot(model::kProducts);
  model::Record row = model::make_record(*model::find_collection(model::kProducts), RecordId{3});
  EXPECT_EQ(replica_.add_snapshot_rows(model::kProducts, {row}).error().code, ErrorCode::corrupt);
  row.row = 4;
  model::Record other = row;
  other.id = RecordId{8};
  EXPECT_EQ(replica_.add_snapshot_rows(model::kProducts, {row, other}).error().code,
            ErrorCode::corrupt);
  replica_.cancel_snapshot(model::kProducts);
  EXPECT_EQ(shown(mug_, "title"), text("Mug"));
  Delta delta;
  delta.collection = model::kProducts;
  delta.target = 99;
  delta.rows.push_back(RowDelta{RecordId{}, 1234, ChangeKind::update, 99, 0, 0, {}});
  EXPECT_EQ(replica_.apply({delta}, 99).error().code, ErrorCode::corrupt);
  EXPECT_LT(replica_.position(model::kProducts), 99u);
}

TEST_F(ReplicaTest, ResetForgetsTheBaseAndKeepsTheOverlay) {
  replica_.add_pending(1, mutation_of({insert_op(RecordId{5}, {{"title", text("Bowl")}})}));
  replica_.add_pending(2, mutation_of({set_op(mug_, "title", text("Mug"), text("Cup"))}));
  replica_.reset(model::kProducts);
  EXPECT_EQ(replica_.shown(model::kProducts, mug_), nullptr);
  EXPECT_EQ(shown(RecordId{5}, "title"), text("Bowl"));
  load();
  EXPECT_EQ(shown(mug_, "title"), text("Cup"));
}

TEST_F(ReplicaTest, SectionsOfOtherCollectionsAreIgnored) {
  Delta delta;
  delta.collection = model::kMembers;
  delta.target = 5;
  EXPECT_TRUE(replica_.apply({delta}, server_.sequence()).ok());
  EXPECT_EQ(replica_.shown(model::kMembers, RecordId{1}), nullptr);
  EXPECT_FALSE(replica_.has(model::kMembers));
}

}  // namespace
}  // namespace syncstore::sync
