#include "core/sync/batch.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

// Random change sets as a server would commit them: rows numbered once, ids coming back under new
// rows.
class Commits {
 public:
  explicit Commits(std::uint32_t seed)
      : random_(seed), table_(*model::find_collection(model::kProducts)) {}

  std::size_t below(std::size_t n) { return random_() % n; }

  ChangeSet next() {
    ChangeSet set;
    set.sequence = ++sequence_;
    set.time = 1000 + static_cast<TimeMs>(sequence_ * 10);
    set.author = static_cast<std::uint32_t>(1 + below(3));
    const std::size_t count = 1 + below(3);
    for (std::size_t i = 0; i < count; ++i) {
      ChangeSet one = set;
      one.changes = {change(RecordId{1 + below(8)})};
      if (one.changes[0].fields.empty() && one.changes[0].kind == ChangeKind::update)
        continue;
      apply_changes(table_, one);
      set.changes.push_back(one.changes[0]);
    }
    if (set.changes.empty())
      --sequence_;
    return set;
  }

  const model::Table& table() const { return table_; }

 private:
  Change change(RecordId id) {
    Change change;
    change.collection = model::kProducts;
    change.record = id;
    const model::Record* record = table_.find(id);
    if (record == nullptr) {
      change.kind = ChangeKind::insert;
      change.row = ++rows_;
      change.fields = {{product("title"), {}, text("t" + std::to_string(below(9)))}};
      if (below(2) == 0)
        change.fields.push_back(
            {product("price"), {}, number(static_cast<std::int64_t>(below(9)))});
      return change;
    }
    change.row = record->row;
    if (below(4) == 0) {
      change.kind = ChangeKind::remove;
      for (std::size_t i = 0; i < record->values.size(); ++i) {
        if (!model::is_absent(record->values[i])) {
          change.fields.push_back({static_cast<std::uint16_t>(i), record->values[i], {}});
        }
      }
      return change;
    }
    for (const std::string_view field : {"title", "sku", "price"}) {
      if (below(2) == 0)
        continue;
      model::Value to = field == "price" ? number(static_cast<std::int64_t>(below(9)))
                                         : text("v" + std::to_string(id.value * 10 + below(9)));
      if (field != "title" && below(3) == 0)
        to = {};
      const model::Value& from = record->values[product(field)];
      if (from != to)
        change.fields.push_back({product(field), from, to});
    }
    return change;
  }

  std::mt19937 random_;
  model::Table table_;
  Sequence sequence_ = 0;
  RowNumber rows_ = 0;
};

Sequence touched(void* context, std::uint16_t collection) {
  return (*static_cast<std::map<std::uint16_t, Sequence>*>(context))[collection];
}

void expect_same(const model::Table& a, const model::Table& b) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.digest(), b.digest());
  ASSERT_EQ(a.last_sequence(), b.last_sequence());
  a.for_each([&b](const model::Record& record) {
    const model::Record* other = b.find_row(record.row);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(other->id, record.id);
    EXPECT_EQ(other->version, record.version);
    EXPECT_EQ(other->changed_at, record.changed_at);
    EXPECT_EQ(other->changed_by, record.changed_by);
    EXPECT_EQ(other->values, record.values);
  });
}

TEST(Coalescer, ApplyingTheDeltaEqualsApplyingOneByOne) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    Commits commits(seed);
    model::Table copy(*model::find_collection(model::kProducts));
    std::map<std::uint16_t, Sequence> last;
    Sequence reached = 0;
    for (int round = 0; round < 20; ++round) {
      Coalescer coalescer;
      const std::size_t batch = 1 + commits.below(12);
      for (std::size_t i = 0; i < batch; ++i) {
        const ChangeSet set = commits.next();
        if (set.changes.empty())
          continue;
        coalescer.add(set, touched, &last);
        last[model::kProducts] = set.sequence;
      }
      const std::vector<Delta> deltas = coalescer.take();
      EXPECT_TRUE(coalescer.empty());
      for (const Delta& delta : deltas) {
        ASSERT_EQ(delta.base, reached);  // bases chain without a gap
        ASSERT_TRUE(apply_delta(copy, delta).ok()) << "seed " << seed;
        reached = delta.target;
      }
      ASSERT_EQ(reached, last[model::kProducts]);
      expect_same(commits.table(), copy);
      if (testing::Test::HasFatalFailure())
        return;
    }
  }
}

class CoalescerRules : public testing::Test {
 protected:
  void add(ChangeKind kind, RowNumber row, std::vector<FieldChange> fields, RecordId id = {}) {
    ChangeSet set;
    set.sequence = ++sequence_;
    set.time = static_cast<TimeMs>(sequence_);
    Change change;
    change.collection = model::kProducts;
    change.record = id ? id : RecordId{row};
    change.row = row;
    change.kind = kind;
    change.fields = std::move(fields);
    set.changes = {change};
    coalescer_.add(set, touched, &last_);
  }
  Coalescer coalescer_;
  std::map<std::uint16_t, Sequence> last_;
  Sequence sequence_ = 0;
};

TEST_F(CoalescerRules, LastValuePerFieldWins) {
  add(ChangeKind::update, 1, {{0, text("a"), text("b")}, {9, {}, number(1)}});
  add(ChangeKind::update, 1, {{0, text("b"), text("c")}});
  const std::vector<Delta> deltas = coalescer_.take();
  ASSERT_EQ(deltas[0].rows.size(), 1u);
  ASSERT_EQ(deltas[0].rows[0].fields.size(), 2u);
  EXPECT_EQ(deltas[0].rows[0].fields[0].value, text("c"));
  EXPECT_EQ(deltas[0].rows[0].version, 2u);
}

TEST_F(CoalescerRules, ARecordThatCameAndWentLeavesNoRowButMovesTheTarget) {
  add(ChangeKind::insert, 4, {{0, {}, text("a")}});
  add(ChangeKind::remove, 4, {{0, text("a"), {}}});
  const std::vector<Delta> deltas = coalescer_.take();
  ASSERT_EQ(deltas.size(), 1u);
  EXPECT_TRUE(deltas[0].rows.empty());
  EXPECT_EQ(deltas[0].target, 2u);
}

TEST_F(CoalescerRules, ARemovalDropsWhatCameBeforeAndAnInsertAfterItStands) {
  add(ChangeKind::update, 4, {{0, text("x"), text("y")}});
  add(ChangeKind::remove, 4, {{0, text("y"), {}}});
  add(ChangeKind::insert, 9, {{0, {}, text("z")}}, RecordId{4});
  const std::vector<Delta> deltas = coalescer_.take();
  ASSERT_EQ(deltas[0].rows.size(), 2u);
  EXPECT_EQ(deltas[0].rows[0].kind, ChangeKind::remove);
  EXPECT_EQ(deltas[0].rows[1].kind, ChangeKind::insert);
  EXPECT_EQ(deltas[0].rows[1].id, RecordId{4});
}

TEST_F(CoalescerRules, AClearedFieldOfANewRecordIsLeftOut) {
  add(ChangeKind::insert, 4, {{0, {}, text("a")}, {1, {}, text("s")}});
  add(ChangeKind::update, 4, {{1, text("s"), {}}});
  const std::vector<Delta> deltas = coalescer_.take();
  ASSERT_EQ(deltas[0].rows[0].fields.size(), 1u);
  add(ChangeKind::update, 4, {{1, text("s"), {}}});
  EXPECT_EQ(coalescer_.take()[0].rows[0].fields.size(), 1u);  // of a known record it is told
}

TEST_F(CoalescerRules, KeysThatSwapStayFindable) {
  model::Table table(*model::find_collection(model::kProducts));
  add(ChangeKind::insert, 1, {{product("sku"), {}, text("A")}});
  add(ChangeKind::insert, 2, {{product("sku"), {}, text("B")}});
  ASSERT_TRUE(apply_delta(table, coalescer_.take()[0]).ok());
  add(ChangeKind::update, 1, {{product("sku"), text("A"), text("B")}});
  add(ChangeKind::update, 2, {{product("sku"), text("B"), text("A")}});
  ASSERT_TRUE(apply_delta(table, coalescer_.take()[0]).ok());
  EXPECT_EQ(table.find_unique(product("sku"), "A"), RecordId{2});
  EXPECT_EQ(table.find_unique(product("sku"), "B"), RecordId{1});
}

class ApplyDelta : public testing::Test {
 protected:
  ApplyDelta() : table_(*model::find_collection(model::kProducts)) {
    Delta delta = of(ChangeKind::insert, 5, 50);
    delta.target = 3;
    EXPECT_TRUE(apply_delta(table_, delta).ok());
  }
  static Delta of(ChangeKind kind, RowNumber row, std::uint64_t id, std::uint16_t field = 0) {
    Delta delta;
    delta.collection = model::kProducts;
    delta.target = 9;
    RowDelta change;
    change.id = RecordId{id};
    change.row = row;
    change.kind = kind;
    change.version = 9;
    if (kind != ChangeKind::remove)
      change.fields = {{field, text("new")}};
    delta.rows = {change};
    return delta;
  }
  model::Table table_;
};

TEST_F(ApplyDelta, RefusesWhatCannotBe) {
  EXPECT_EQ(apply_delta(table_, of(ChangeKind::update, 6, 0)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(table_, of(ChangeKind::insert, 5, 51)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(table_, of(ChangeKind::insert, 0, 60)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(table_, of(ChangeKind::insert, 7, 0)).error().code, ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(table_, of(ChangeKind::update, 5, 0, 999)).error().code,
            ErrorCode::corrupt);
  EXPECT_EQ(apply_delta(table_, of(ChangeKind::insert, 7, 70, 999)).error().code,
            ErrorCode::corrupt);
  EXPECT_EQ(table_.size(), 1u);
  EXPECT_EQ(table_.last_sequence(), 3u);
}

TEST_F(ApplyDelta, WholeRowsReplaceAndUnknownRemovalsAreSkipped) {
  Delta whole = of(ChangeKind::insert, 5, 50, product("sku"));
  EXPECT_TRUE(apply_delta(table_, whole).ok());
  EXPECT_TRUE(model::is_absent(table_.find(RecordId{50})->values[0]));
  EXPECT_TRUE(apply_delta(table_, of(ChangeKind::remove, 99, 0)).ok());
  EXPECT_EQ(table_.size(), 1u);
  // Removed and inserted again since the cursor: the same id under a new number.
  EXPECT_TRUE(apply_delta(table_, of(ChangeKind::insert, 6, 50)).ok());
  EXPECT_EQ(table_.find_row(5), nullptr);
  EXPECT_EQ(table_.size(), 1u);
  EXPECT_EQ(table_.last_sequence(), 9u);
}

TEST_F(ApplyDelta, TellsTheRecordBefore) {
  std::vector<std::string> told;
  const auto before = [&told](RecordId id, const model::Record* record) {
    told.push_back(std::to_string(id.value) + (record ? " was" : " new"));
  };
  EXPECT_TRUE(apply_delta(table_, of(ChangeKind::update, 5, 0), before).ok());
  EXPECT_TRUE(apply_delta(table_, of(ChangeKind::insert, 8, 80), before).ok());
  EXPECT_TRUE(apply_delta(table_, of(ChangeKind::remove, 5, 0), before).ok());
  EXPECT_EQ(told, (std::vector<std::string>{"50 was", "80 new", "50 was"}));
}

}  // namespace
}  // namespace syncstore::sync
