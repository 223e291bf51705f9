#include "core/sync/offline_queue.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

using Numbers = std::vector<std::uint64_t>;

class Queue : public testing::Test {
 protected:
  std::uint64_t add(std::vector<Op> ops, Mode mode = Mode::each) {
    const Result<std::uint64_t> number =
        queue_.add(mutation_of(std::move(ops), mode, ++ids_), 5, new_id());
    EXPECT_TRUE(number.ok());
    return number.ok() ? *number : 0;
  }
  std::function<MutationId()> new_id() {
    return [this] { return mutation_id(0xF0000 + ++ids_); };
  }
  void make_durable() {
    for (const std::uint64_t number : queue_.take_dirty())
      queue_.mark_durable(number);
  }
  Numbers send(std::size_t mutations = 100, std::size_t bytes = 100'000) {
    make_durable();
    Numbers numbers;
    for (const QueueEntry* entry : queue_.take_sendable(mutations, bytes))
      numbers.push_back(entry->number);
    return numbers;
  }
  Answered answer(std::uint64_t number, const std::vector<OpStatus>& statuses,
                  Sequence sequence = 10, Epoch epoch = 7) {
    MutationResult result;
    result.id = queue_.find(number)->mutation.id;
    result.epoch = epoch;
    result.sequence = sequence;
    for (const OpStatus status : statuses) {
      OpOutcome outcome;
      outcome.status = status;
      if (status == OpStatus::refused)
        outcome.code = ErrorCode::too_long;
      result.ops.push_back(outcome);
    }
    return queue_.answer(result);
  }
  const QueueEntry& entry(std::uint64_t number) { return *queue_.find(number); }

  OfflineQueue queue_;
  RecordId a_{1};
  RecordId b_{2};
  std::uint64_t ids_ = 0;
};

constexpr OpStatus kApplied = OpStatus::applied;
constexpr OpStatus kRefused = OpStatus::refused;
constexpr OpStatus kConflict = OpStatus::conflict;

// --- durability ---

TEST_F(Queue, NothingLeavesBeforeItIsDurable) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  EXPECT_TRUE(queue_.take_sendable(10, 1000).empty());
  EXPECT_EQ(queue_.take_dirty(), Numbers{n});
  EXPECT_TRUE(queue_.take_sendable(10, 1000).empty());
  queue_.mark_durable(n);
  EXPECT_EQ(queue_.take_sendable(10, 1000).size(), 1u);
  EXPECT_EQ(queue_.take_dirty(), Numbers{n});  // marked sent before the first byte leaves
  EXPECT_TRUE(queue_.take_sendable(10, 1000).empty());
}

TEST_F(Queue, AnOlderWriteDoesNotMakeANewerEditDurable) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  queue_.take_dirty();
  EXPECT_EQ(add({set_op(a_, "title", text("B"), text("C"))}), n);
  queue_.mark_durable(n);
  EXPECT_FALSE(entry(n).durable);
  EXPECT_EQ(queue_.take_dirty(), Numbers{n});
  queue_.mark_durable(n);
  EXPECT_TRUE(entry(n).durable);
}

TEST_F(Queue, AFailedWriteIsAskedForAgain) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  queue_.take_dirty();
  queue_.mark_unstored(n);
  queue_.write_again(n);
  EXPECT_FALSE(entry(n).durable);
  EXPECT_EQ(queue_.take_dirty(), Numbers{n});
  queue_.mark_durable(n);
  EXPECT_TRUE(entry(n).durable);
}

// --- lanes ---

TEST_F(Queue, OneUnansweredSetPerField) {
  const std::uint64_t first = add({set_op(a_, "title", text("A"), text("B"))});
  EXPECT_EQ(send(), Numbers{first});
  const std::uint64_t second = add({set_op(a_, "title", text("B"), text("C"))});
  EXPECT_NE(second, first);
  EXPECT_TRUE(send().empty());
  const std::uint64_t other = add({set_op(a_, "price", {}, number(1))});
  EXPECT_EQ(send(), Numbers{other});
  answer(first, {kApplied});
  EXPECT_EQ(send(), Numbers{second});
}

TEST_F(Queue, AnInsertHoldsItsWholeRecord) {
  const std::uint64_t insert = add({insert_op(a_, {{"title", text("A")}})});
  EXPECT_EQ(send(), Numbers{insert});
  const std::uint64_t set = add({set_op(a_, "price", {}, number(1))});
  const std::uint64_t plus = add({add_op(a_, "inventory", 1)});
  const std::uint64_t other = add({set_op(b_, "price", {}, number(1))});
  EXPECT_EQ(send(), Numbers{other});
  answer(insert, {kApplied});
  EXPECT_EQ(send(), (Numbers{set, plus}));
}

TEST_F(Queue, ARemoveWaitsForTheRecordAndHoldsIt) {
  const std::uint64_t plus = add({add_op(a_, "inventory", 1)});
  EXPECT_EQ(send(), Numbers{plus});
  const std::uint64_t remove = add({remove_op(a_)});
  const std::uint64_t after = add({add_op(a_, "inventory", 2)});
  EXPECT_TRUE(send().empty());
  answer(plus, {kApplied});
  EXPECT_EQ(send(), Numbers{remove});
  answer(remove, {kApplied});
  EXPECT_EQ(send(), Numbers{after});
}

TEST_F(Queue, AddsHoldNothing) {
  const std::uint64_t one = add({add_op(a_, "inventory", 1)});
  const std::uint64_t two = add({add_op(a_, "inventory", 1)});
  const std::uint64_t set = add({set_op(a_, "inventory", number(5), number(6))});
  EXPECT_EQ(send(), (Numbers{one, two, set}));
}

TEST_F(Queue, AMutationWaitsForEveryLaneItNeeds) {
  const std::uint64_t title = add({set_op(a_, "title", text("A"), text("B"))});
  const std::uint64_t price = add({set_op(b_, "price", {}, number(1))});
  EXPECT_EQ(send(), (Numbers{title, price}));
  const std::uint64_t both =
      add({set_op(a_, "title", text("B"), text("C")), set_op(b_, "price", number(1), number(2))},
          Mode::all);
  EXPECT_TRUE(send().empty());
  answer(title, {kApplied});
  EXPECT_TRUE(send().empty());
  answer(price, {kApplied});
  EXPECT_EQ(send(), Numbers{both});
}

TEST_F(Queue, ARecordThatRefersToAnInsertWaitsForIt) {
  const std::uint64_t insert = add({insert_op(a_, {{"title", text("A")}})});
  const std::uint64_t refers =
      add({insert_op(RecordId{9}, {{"record", text(a_.text())}}, model::kConflicts)});
  const std::uint64_t refers_not =
      add({insert_op(RecordId{8}, {{"record", text(b_.text())}}, model::kConflicts)});
  EXPECT_EQ(send(), (Numbers{insert, refers_not}));
  answer(insert, {kApplied});
  EXPECT_EQ(send(), Numbers{refers});
}

TEST_F(Queue, BudgetsBoundWhatLeavesButOneAlwaysMay) {
  for (std::uint64_t i = 1; i <= 5; ++i)
    add({set_op(RecordId{i}, "title", text("A"), text("B"))});
  EXPECT_EQ(send(2, 100'000).size(), 2u);
  EXPECT_EQ(send(100, 1).size(), 1u);
  EXPECT_EQ(send(100, 100'000).size(), 2u);
}

// --- squashing ---

TEST_F(Queue, NeverSentEditsOfALaneAreSquashedUnderANewId) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  const MutationId old_id = entry(n).mutation.id;
  const Mutation second = mutation_of({set_op(a_, "title", text("B"), text("C"))}, Mode::each, 500);
  EXPECT_EQ(*queue_.add(second, 5, new_id()), n);
  ASSERT_EQ(entry(n).mutation.ops.size(), 1u);
  EXPECT_TRUE(entry(n).mutation.ops[0].from.equals(text("A")));
  EXPECT_EQ(entry(n).mutation.ops[0].to, text("C"));
  EXPECT_NE(entry(n).mutation.id, old_id);
  EXPECT_NE(entry(n).mutation.id, second.id);
  // A tab that was not told asks again under the old ids: the same entry, changed by nothing.
  EXPECT_EQ(*queue_.add(second, 5, new_id()), n);
  EXPECT_EQ(queue_.find(old_id)->number, n);
  EXPECT_EQ(queue_.entries().size(), 1u);
}

TEST_F(Queue, AFormThatSharesALaneJoinsWithItsOtherFields) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  EXPECT_EQ(add({set_op(a_, "title", text("B"), text("C")), set_op(a_, "price", {}, number(2))}),
            n);
  EXPECT_EQ(entry(n).mutation.ops.size(), 2u);
  EXPECT_NE(add({set_op(b_, "title", text("x"), text("y"))}), n);
}

TEST_F(Queue, EditsFoldIntoANeverSentInsert) {
  const std::uint64_t n = add({insert_op(a_, {{"title", text("A")}, {"sku", text("S")}})});
  EXPECT_EQ(add({set_op(a_, "title", text("A"), text("B")), set_op(a_, "sku", text("S"), {})}), n);
  ASSERT_EQ(entry(n).mutation.ops.size(), 1u);
  ASSERT_EQ(entry(n).mutation.ops[0].fields.size(), 1u);
  EXPECT_EQ(entry(n).mutation.ops[0].fields[0].value, text("B"));
}

TEST_F(Queue, WhatWasSentIsNeverSquashed) {
  const std::uint64_t first = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  EXPECT_NE(add({set_op(a_, "title", text("B"), text("C"))}), first);
  queue_.not_received(entry(first).mutation.id);
  EXPECT_EQ(entry(first).state, EntryState::waiting);
  answer(first, {kApplied});
}

TEST_F(Queue, ASentAndReturnedEntryKeepsItsBytes) {
  const std::uint64_t first = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  queue_.not_received(entry(first).mutation.id);
  const std::uint64_t second = add({set_op(a_, "title", text("B"), text("C"))});
  EXPECT_NE(second, first);
  EXPECT_EQ(entry(first).mutation.ops[0].to, text("B"));
  EXPECT_EQ(send(), Numbers{first});
}

TEST_F(Queue, ALaterRemovalIsNotJumpedOver) {
  const std::uint64_t set = add({set_op(a_, "title", text("A"), text("B"))});
  add({remove_op(a_)});
  EXPECT_NE(add({set_op(a_, "title", text("B"), text("C"))}), set);
}

TEST_F(Queue, AddsAreNeverSquashed) {
  add({add_op(a_, "inventory", 1)});
  add({add_op(a_, "inventory", 1)});
  EXPECT_EQ(queue_.entries().size(), 2u);
}

TEST_F(Queue, TheSameIdIsTakenOnce) {
  const Mutation mutation = mutation_of({add_op(a_, "inventory", 1)}, Mode::each, 77);
  const std::uint64_t n = *queue_.add(mutation, 1, new_id());
  EXPECT_EQ(*queue_.add(mutation, 2, new_id()), n);
  EXPECT_EQ(queue_.entries().size(), 1u);
}

TEST_F(Queue, ReplacedIdsAreBounded) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(add({set_op(a_, "title", text("A"), text("v" + std::to_string(i)))}), n);
  EXPECT_EQ(entry(n).replaced.size(), limits::kQueueReplacedIds);
  EXPECT_TRUE(read_entry(write_entry(entry(n))).ok());
}

// --- answers ---

TEST_F(Queue, AnAnsweredEntryStaysUntilTheBaseIsPersisted) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  EXPECT_EQ(queue_.unanswered().size(), 1u);
  EXPECT_EQ(queue_.counts().waiting, 1u);
  EXPECT_EQ(queue_.counts().parked, 0u);
  EXPECT_EQ(answer(n, {kApplied}, 20).acked, n);
  EXPECT_TRUE(queue_.unanswered().empty());
  EXPECT_EQ(queue_.counts().waiting, 0u);
  queue_.settle(7, 19);
  EXPECT_NE(queue_.find(n), nullptr);
  queue_.settle(7, 20);
  EXPECT_EQ(queue_.find(n), nullptr);
  EXPECT_EQ(queue_.take_erased(), Numbers{n});
}

// It was folded into the other, and then there was room to write that one but not to erase this.
TEST_F(Queue, WhatIsAPartOfAnotherEntryIsErasedAtStart) {
  for (const bool part_first : {false, true}) {
    OfflineQueue queue;
    QueueEntry part;
    part.number = part_first ? 1 : 2;
    part.mutation = mutation_of({set_op(a_, "title", text("A"), text("B"))}, Mode::each, 1);
    QueueEntry whole;
    whole.number = part_first ? 2 : 1;
    whole.state = EntryState::parked;
    whole.sent_once = true;
    whole.mutation = mutation_of({set_op(a_, "title", text("A"), text("C"))}, Mode::each, 2);
    whole.replaced = {part.mutation.id};
    queue.restore(part_first ? part : whole);
    queue.restore(part_first ? whole : part);
    EXPECT_EQ(queue.find(part.number), nullptr);
    EXPECT_NE(queue.find(whole.number), nullptr);
    EXPECT_EQ(queue.take_erased(), Numbers{part.number});
    EXPECT_EQ(queue.find(part.mutation.id), queue.find(whole.number));
  }
}

TEST_F(Queue, AnotherEpochSettlesWhatTheOldOneAcknowledged) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  answer(n, {kApplied}, 20, 7);
  queue_.settle(8, 1);
  EXPECT_EQ(queue_.find(n), nullptr);
}

TEST_F(Queue, ARefusedEntryParksAndBlocksNobody) {
  const std::uint64_t first = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  const std::uint64_t second = add({set_op(a_, "title", text("B"), text("C"))});
  const Answered answered = answer(first, {kRefused});
  EXPECT_EQ(answered.parked, first);
  EXPECT_EQ(answered.acked, 0u);
  EXPECT_EQ(entry(first).state, EntryState::parked);
  EXPECT_EQ(entry(first).result.ops[0].code, ErrorCode::too_long);
  EXPECT_EQ(queue_.counts().parked, 1u);
  // The server still has A: that is what the later edit replaces.
  EXPECT_TRUE(entry(second).mutation.ops[0].from == FromValue::seen(text("A")));
  EXPECT_FALSE(entry(second).durable);
  EXPECT_EQ(send(), Numbers{second});
}

TEST_F(Queue, AfterAConflictTheLaterEditReplacesTheOffer) {
  const std::uint64_t first = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  const std::uint64_t second = add({set_op(a_, "title", text("B"), text("C"))});
  EXPECT_EQ(answer(first, {kConflict}).acked, first);
  EXPECT_TRUE(entry(second).mutation.ops[0].from == FromValue::seen(text("B")));
}

TEST_F(Queue, AMixedAnswerSplitsTheEntry) {
  const std::uint64_t n =
      add({add_op(a_, "inventory", 5), set_op(a_, "title", text("A"), text("B")),
           set_op(a_, "price", number(1), number(2))});
  send();
  queue_.take_changed();
  const Answered answered = answer(n, {kApplied, kRefused, kConflict}, 30);
  EXPECT_EQ(answered.acked, n);
  ASSERT_NE(answered.parked, 0u);
  EXPECT_EQ(entry(n).state, EntryState::acked);
  EXPECT_EQ(entry(n).mutation.ops.size(), 2u);
  EXPECT_EQ(entry(answered.parked).state, EntryState::parked);
  ASSERT_EQ(entry(answered.parked).mutation.ops.size(), 1u);
  EXPECT_EQ(entry(answered.parked).mutation.ops[0].to, text("B"));
  EXPECT_EQ(entry(answered.parked).result.ops[0].code, ErrorCode::too_long);
  EXPECT_EQ(queue_.take_changed().size(), 2u);
  // Sent again, the part that was taken (an amount!) is not taken twice.
  const std::uint64_t again =
      *queue_.send_again(answered.parked, entry(answered.parked).mutation, new_id());
  EXPECT_EQ(entry(again).mutation.ops.size(), 1u);
}

TEST_F(Queue, AllOrNothingParksAsAWhole) {
  const std::uint64_t n =
      add({set_op(a_, "title", text("A"), text("B")), set_op(a_, "price", number(1), number(2))},
          Mode::all);
  send();
  const Answered answered = answer(n, {OpStatus::held, kConflict});
  EXPECT_EQ(answered.parked, n);
  EXPECT_EQ(entry(n).mutation.ops.size(), 2u);
}

TEST_F(Queue, AnswersToUnknownOrAnsweredIdsDoNothing) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  answer(n, {kApplied}, 20);
  const MutationResult late{
      entry(n).mutation.id, 7, 99, {OpOutcome{OpStatus::refused, {}, {}, {}, {}}}};
  EXPECT_EQ(queue_.answer(late).parked, 0u);
  EXPECT_EQ(entry(n).result.sequence, 20u);
  EXPECT_EQ(queue_.answer(MutationResult{mutation_id(987), 7, 1, {}}).acked, 0u);
}

TEST_F(Queue, AnAnswerOfTheWrongLengthParksWhatItDoesNotSpeakOf) {
  const std::uint64_t n =
      add({set_op(a_, "title", text("A"), text("B")), set_op(a_, "price", {}, number(2))});
  send();
  const Answered answered = answer(n, {kApplied});
  ASSERT_NE(answered.parked, 0u);
  EXPECT_EQ(entry(answered.parked).result.ops[0].code, ErrorCode::internal);
}

TEST_F(Queue, EditsOfARefusedInsertFoldIntoIt) {
  const std::uint64_t insert = add({insert_op(a_, {{"title", text("A")}, {"sku", text("S")}})});
  send();
  add({set_op(a_, "sku", text("S"), text("T"))});
  add({add_op(a_, "inventory", 4)});
  add({add_op(a_, "inventory", 3)});
  EXPECT_EQ(answer(insert, {kRefused}).parked, insert);
  EXPECT_EQ(queue_.entries().size(), 1u);
  const Op& op = entry(insert).mutation.ops[0];
  ASSERT_EQ(op.fields.size(), 3u);
  EXPECT_EQ(op.fields[1].value, text("T"));
  EXPECT_EQ(op.fields[2].value, number(7));
  // And so does what is typed later.
  EXPECT_EQ(add({set_op(a_, "title", text("A"), text("Z"))}), insert);
  EXPECT_EQ(queue_.counts().waiting, 0u);
}

// --- the outbox ---

TEST_F(Queue, SendAgainTakesANewIdAndNumber) {
  const std::uint64_t n = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  const MutationId old_id = entry(n).mutation.id;
  EXPECT_EQ(queue_.send_again(n, entry(n).mutation, new_id()).error().code, ErrorCode::wrong_state);
  answer(n, {kRefused});
  Mutation changed = entry(n).mutation;
  changed.ops[0].to = text("Good");
  const std::uint64_t again = *queue_.send_again(n, changed, new_id());
  EXPECT_NE(again, n);
  EXPECT_EQ(queue_.find(n), nullptr);
  EXPECT_NE(entry(again).mutation.id, old_id);
  EXPECT_EQ(send(), Numbers{again});
  EXPECT_EQ(queue_.send_again(12345, changed, new_id()).error().code, ErrorCode::not_found);
}

TEST_F(Queue, DiscardIsForWhatWasNotSentOrIsParked) {
  const std::uint64_t sent = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  EXPECT_FALSE(queue_.discard(sent));
  const std::uint64_t waiting = add({set_op(b_, "title", text("A"), text("B"))});
  EXPECT_TRUE(queue_.discard(waiting));
  answer(sent, {kRefused});
  EXPECT_TRUE(queue_.discard(sent));
  EXPECT_FALSE(queue_.discard(sent));
  EXPECT_TRUE(queue_.entries().empty());
  EXPECT_EQ(queue_.bytes(), 0u);
}

TEST_F(Queue, DiscardingAnUnsentInsertTakesItsEditsAlong) {
  const std::uint64_t insert = add({insert_op(a_, {{"title", text("A")}})});
  add({add_op(a_, "inventory", 4)});
  const std::uint64_t other = add({add_op(b_, "inventory", 4)});
  EXPECT_TRUE(queue_.discard(insert));
  ASSERT_EQ(queue_.entries().size(), 1u);
  EXPECT_EQ(queue_.entries().front().number, other);
}

// --- bounds, restart ---

TEST_F(Queue, EntriesAndBytesAreBounded) {
  for (std::uint64_t i = 0; i < limits::kQueueEntries; ++i)
    add({add_op(RecordId{i + 1}, "inventory", 1)});
  const Result<std::uint64_t> full =
      queue_.add(mutation_of({add_op(a_, "inventory", 1)}, Mode::each, 1'000'000), 0, new_id());
  EXPECT_EQ(full.error().code, ErrorCode::queue_full);

  OfflineQueue big;
  const auto fits = [&](std::uint64_t id) {
    const Op text = set_op(RecordId{id}, "description", {}, std::string(100'000, 'x'));
    return big.add(mutation_of({text}, Mode::each, id), 0, new_id()).ok();
  };
  std::uint64_t id = 1;
  while (fits(id)) {
    ++id;
  }
  EXPECT_LE(big.bytes(), limits::kQueueBytes);
  EXPECT_GT(big.bytes(), limits::kQueueBytes - 200'000);
}

TEST_F(Queue, RestoreKeepsOrderStatesAndNumbers) {
  const std::uint64_t sent = add({set_op(a_, "title", text("A"), text("B"))});
  send();
  const std::uint64_t waiting = add({set_op(a_, "title", text("B"), text("C"))});
  make_durable();
  OfflineQueue later;
  for (const QueueEntry& stored : queue_.entries())
    later.restore(*read_entry(write_entry(stored)));
  later.restore(*read_entry(write_entry(entry(sent))));  // a double is ignored
  EXPECT_EQ(later.entries().size(), 2u);
  EXPECT_EQ(later.unanswered(), (std::vector<MutationId>{entry(sent).mutation.id}));
  EXPECT_EQ(later.take_changed(), (Numbers{sent, waiting}));
  EXPECT_TRUE(later.take_dirty().empty());
  EXPECT_EQ(later.bytes(), queue_.bytes());
  EXPECT_TRUE(later.take_sendable(10, 1000).empty());
  const std::uint64_t next =
      *later.add(mutation_of({add_op(b_, "inventory", 1)}, Mode::each, 900), 0, new_id());
  EXPECT_GT(next, waiting);
}

}  // namespace
}  // namespace syncstore::sync
