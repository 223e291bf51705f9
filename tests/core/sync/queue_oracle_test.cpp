// The offline queue against oracles that do everything the slow and plain way, over thousands of
// entries: what may leave, what is counted, and that squashed edits come to the same as one after
// the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/base/limits.hpp"
#include "core/sync/intent.hpp"
#include "core/sync/offline_queue.hpp"
#include "tests/core/support/random.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

using syncstore::testing::Random;
using Numbers = std::vector<std::uint64_t>;

bool is_whole(const Op& op) { return op.kind == OpKind::insert || op.kind == OpKind::remove; }

// The record that a conflict's `record` field names; id 0 = none.
RecordId named_record(const Op& op) {
  if (op.collection != model::kConflicts)
    return {};
  for (const FieldValue& item : op.fields) {
    const auto* value = std::get_if<std::string>(&item.value);
    if (item.field == field_of(model::kConflicts, "record") && value != nullptr)
      return RecordId::parse(*value).value_or(RecordId{});
  }
  return {};
}

// Walks the whole queue: what waits holds its lanes for everything behind it.
Numbers may_leave(const OfflineQueue& queue, std::size_t max_mutations, std::size_t max_bytes) {
  std::set<std::tuple<std::uint16_t, std::uint64_t, int>> fields;
  std::set<std::pair<std::uint16_t, std::uint64_t>> touched, whole;
  std::set<std::uint64_t> coming;
  Numbers leaving;
  std::size_t bytes = 0;
  for (const QueueEntry& entry : queue.entries()) {
    if (leaving.size() >= max_mutations)
      break;
    if (!is_unanswered(entry))
      continue;
    const auto& ops = entry.mutation.ops;
    const bool held = std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
      const std::pair record{op.collection, op.record.value};
      return whole.count(record) != 0 || coming.count(named_record(op).value) != 0 ||
             (is_whole(op) && touched.count(record) != 0) ||
             (op.kind == OpKind::set &&
              fields.count({op.collection, op.record.value, op.field}) != 0);
    });
    if (entry.state == EntryState::waiting && (entry.durable || entry.unstored) && !held) {
      if (!leaving.empty() && bytes + entry.bytes > max_bytes)
        break;
      bytes += entry.bytes;
      leaving.push_back(entry.number);
    }
    for (const Op& op : ops) {
      touched.insert({op.collection, op.record.value});
      if (op.kind == OpKind::set)
        fields.insert({op.collection, op.record.value, op.field});
      if (is_whole(op))
        whole.insert({op.collection, op.record.value});
      if (op.kind == OpKind::insert)
        coming.insert(op.record.value);
    }
  }
  return leaving;
}

class World {
 public:
  explicit World(std::uint64_t seed, std::uint64_t records) : random_(seed), records_(records) {}

  Op some_op() {
    const RecordId record{1 + random_.below(records_)};
    switch (random_.below(12)) {
      case 0:
        return add_op(record, "inventory", random_.between(-3, 3));
      case 1:
        return insert_op(record, {{"title", text("N" + std::to_string(random_.below(9)))}});
      case 2:
        return remove_op(record);
      case 3:
        return insert_op(RecordId{1'000'000 + random_.below(records_)},
                         {{"record", text(record.text())}}, model::kConflicts);
      case 4:
      case 5:
        return set_op(record, "price", {}, number(random_.between(1, 99)));
      default:
        return set_op(record, "title", text("A"), text("T" + std::to_string(random_.below(99))));
    }
  }

  Mutation some_mutation() {
    std::vector<Op> ops;
    do {
      ops.push_back(some_op());
    } while (random_.chance(25) && ops.size() < 4);
    const Mode mode = random_.chance(15) ? Mode::all : Mode::each;
    return mutation_of(std::move(ops), mode, ++ids_);
  }

  void add() {
    if (queue_.add(some_mutation(), 5, new_id()).ok())
      ++added_;
  }

  void store() {
    for (const std::uint64_t number : queue_.take_dirty()) {
      if (random_.chance(90)) {
        queue_.mark_durable(number);
      } else {
        queue_.mark_unstored(number);
        if (random_.chance(50))
          queue_.withdraw(number);
      }
    }
  }

  void send() {
    const std::size_t mutations = 1 + random_.index(40);
    const std::size_t bytes = 200 + random_.index(4'000);
    const Numbers expected = may_leave(queue_, mutations, bytes);
    Numbers left;
    for (const QueueEntry* entry : queue_.take_sendable(mutations, bytes)) {
      EXPECT_EQ(entry->state, EntryState::sent);
      left.push_back(entry->number);
    }
    EXPECT_EQ(left, expected);
    sent_ += left.size();
  }

  void answer() {
    const auto ids = queue_.unanswered();
    if (ids.empty())
      return;
    const MutationId id = ids[random_.index(ids.size())];
    if (random_.chance(20))
      return queue_.not_received(id);
    MutationResult result;
    result.id = id;
    result.epoch = 7;
    result.sequence = ++sequence_;
    for (std::size_t i = 0; i < queue_.find(id)->mutation.ops.size(); ++i) {
      OpOutcome outcome;
      if (random_.chance(20)) {
        outcome.status = random_.chance(50) ? OpStatus::refused : OpStatus::conflict;
        outcome.code = ErrorCode::too_long;
      }
      result.ops.push_back(outcome);
    }
    queue_.answer(result);
  }

  void decide() {
    const auto& entries = queue_.entries();
    if (entries.empty())
      return;
    const auto chosen =
        std::next(entries.begin(), static_cast<std::ptrdiff_t>(random_.index(entries.size())));
    const std::uint64_t number = chosen->number;
    if (random_.chance(50)) {
      queue_.discard(number);
    } else {
      const Mutation mutation = chosen->mutation;
      static_cast<void>(queue_.send_again(number, mutation, new_id()).ok());
    }
  }

  void check_counts() const {
    std::map<EntryState, std::set<std::uint64_t>> by_state;
    std::size_t bytes = 0;
    std::uint64_t before = 0;
    for (const QueueEntry& entry : queue_.entries()) {
      EXPECT_LT(before, entry.number);
      before = entry.number;
      by_state[entry.state].insert(entry.number);
      bytes += mutation_bytes(entry.mutation);
      EXPECT_EQ(queue_.find(entry.number), &entry);
      if (is_unanswered(entry)) {
        EXPECT_EQ(queue_.find(entry.mutation.id), &entry);
      }
      for (const Op& op : entry.mutation.ops) {
        const auto& of = queue_.entries_of(op.collection, op.record);
        EXPECT_TRUE(std::binary_search(of.begin(), of.end(), entry.number));
      }
    }
    EXPECT_EQ(queue_.bytes(), bytes);
    for (const EntryState state :
         {EntryState::waiting, EntryState::sent, EntryState::acked, EntryState::parked})
      EXPECT_EQ(queue_.in_state(state), by_state[state]);
    EXPECT_EQ(queue_.counts().waiting,
              by_state[EntryState::waiting].size() + by_state[EntryState::sent].size());
    EXPECT_EQ(queue_.counts().parked, by_state[EntryState::parked].size());
  }

  // Everything that can leave and is answered leaves: nothing is held for ever.
  void drain() {
    for (const std::uint64_t number : queue_.take_dirty())
      queue_.mark_durable(number);
    while (queue_.counts().waiting > 0) {
      const auto leaving = queue_.take_sendable(100'000, 100'000'000);
      const auto ids = queue_.unanswered();
      ASSERT_FALSE(ids.empty()) << queue_.counts().waiting << " wait for ever";
      EXPECT_LE(leaving.size(), ids.size());
      for (const MutationId& id : ids) {
        MutationResult result;
        result.id = id;
        result.epoch = 7;
        result.sequence = ++sequence_;
        result.ops.resize(queue_.find(id)->mutation.ops.size());
        queue_.answer(result);
      }
      for (const std::uint64_t number : queue_.take_dirty())
        queue_.mark_durable(number);
    }
    queue_.settle(7, sequence_);
    EXPECT_EQ(queue_.entries().size(), queue_.counts().parked);
  }

  std::function<MutationId()> new_id() {
    return [this] { return mutation_id(0xF00000000 + ++ids_); };
  }

  Random random_;
  std::uint64_t records_;
  OfflineQueue queue_;
  std::uint64_t ids_ = 0;
  Sequence sequence_ = 0;
  std::size_t added_ = 0, sent_ = 0;
};

class QueueOracle : public ::testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, QueueOracle, ::testing::Range<std::uint64_t>(1, 7));

TEST_P(QueueOracle, WhatLeavesIsWhatAWalkOverAllLanesWouldLetLeave) {
  // Few records crowd the lanes, many make a long queue.
  World world(GetParam(), GetParam() % 2 == 0 ? 20 : 2'000);
  for (int step = 0; step < 6'000; ++step) {
    const std::uint64_t what = world.random_.below(100);
    if (what < 70)
      world.add();
    else if (what < 80)
      world.store();
    else if (what < 84)
      world.send();
    else if (what < 97)
      world.answer();
    else
      world.decide();
    if (step % 97 == 0) {
      world.queue_.settle(7, world.sequence_ > 50 ? world.sequence_ - 50 : 0);
      world.check_counts();
    }
    if (::testing::Test::HasFailure())
      FAIL() << "seed " << GetParam() << ", step " << step;
  }
  EXPECT_GT(world.added_, 4'000u);
  EXPECT_GT(world.sent_, 500u);
  world.drain();
  world.check_counts();
}

TEST_P(QueueOracle, SquashedEditsComeToTheSameAsOneAfterTheOther) {
  World world(GetParam() + 100, GetParam() % 2 == 0 ? 15 : 1'500);
  const model::CollectionDef& products = *model::find_collection(model::kProducts);
  std::map<RecordId, std::optional<model::Record>> plain, folded;
  for (std::uint64_t n = 1; n <= world.records_; n += 2) {
    model::Record record = model::make_record(products, RecordId{n});
    record.values[product("title")] = text("A");
    plain[record.id] = folded[record.id] = record;
  }
  const auto apply = [&](auto& records, const Mutation& mutation) {
    for (const Op& op : mutation.ops)
      apply_intent(products, records[op.record], op);
  };
  // As people do: what is shown is edited or removed, what never was is inserted.
  const auto some_op = [&] {
    for (;;) {
      const RecordId id{1 + world.random_.below(world.records_)};
      const auto known = plain.find(id);
      Op op = known == plain.end() ? insert_op(id, {{"title", text("New")}}) : world.some_op();
      if (known == plain.end())
        return op;
      const bool edits = op.collection == model::kProducts && op.kind != OpKind::insert;
      op.record = id;
      if (known->second && edits && (op.kind != OpKind::remove || world.random_.chance(10)))
        return op;
      if (!known->second && world.random_.chance(5))
        return insert_op(RecordId{++world.records_}, {{"title", text("More")}});
    }
  };
  for (int n = 0; n < 5'000; ++n) {
    std::vector<Op> ops;
    do {
      ops.push_back(some_op());
      apply_intent(products, plain[ops.back().record], ops.back());
    } while (world.random_.chance(25) && ops.size() < 4);
    const Mutation mutation = mutation_of(
        std::move(ops), world.random_.chance(15) ? Mode::all : Mode::each, ++world.ids_);
    ASSERT_TRUE(world.queue_.add(mutation, 5, world.new_id()).ok());
    // Some have left meanwhile: they are bound to their bytes.
    if (world.random_.chance(5)) {
      for (const std::uint64_t number : world.queue_.take_dirty())
        world.queue_.mark_durable(number);
      world.queue_.take_sendable(20, 2'000);
    }
    ASSERT_NE(world.queue_.find(mutation.id), nullptr);
  }
  EXPECT_LT(world.queue_.entries().size(), 5'000u) << "nothing was squashed";
  for (const QueueEntry& entry : world.queue_.entries())
    apply(folded, entry.mutation);
  for (const auto& [id, record] : plain) {
    ASSERT_EQ(record.has_value(), folded[id].has_value()) << id.text();
    if (record) {
      ASSERT_EQ(record->values, folded[id]->values) << id.text();
    }
  }
}

TEST(QueueCost, TwentyThousandEditsOfOneRecordAreTakenAndAnsweredOneByOne) {
  OfflineQueue queue;
  std::uint64_t ids = 0;
  const auto new_id = [&] { return mutation_id(0xF00000000 + ++ids); };
  for (std::uint64_t n = 1; n <= 20'000; ++n)
    ASSERT_TRUE(
        queue.add(mutation_of({add_op(RecordId{1}, "inventory", 1)}, Mode::each, n), 5, new_id)
            .ok());
  for (const std::uint64_t number : queue.take_dirty())
    queue.mark_durable(number);
  std::size_t answered = 0;
  while (queue.counts().waiting > 0) {
    for (const QueueEntry* entry : queue.take_sendable(512, 1 << 20)) {
      MutationResult result;
      result.id = entry->mutation.id;
      result.epoch = 7;
      result.sequence = 1;
      result.ops.resize(1);
      queue.answer(result);
      ++answered;
    }
  }
  EXPECT_EQ(answered, 20'000u);
  queue.settle(7, 1);
  EXPECT_TRUE(queue.entries().empty());
  EXPECT_EQ(queue.bytes(), 0u);
}

}  // namespace
}  // namespace syncstore::sync
