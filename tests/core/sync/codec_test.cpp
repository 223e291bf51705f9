// Bytes of mutations, results, change sets and queue entries: round trips, and readers that survive
// anything.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/base/limits.hpp"
#include "core/sync/offline_queue.hpp"
#include "tests/core/sync/test_store.hpp"

namespace syncstore::sync {
namespace {

Bytes bytes_of(const Mutation& mutation) {
  ByteWriter out;
  write_mutation(out, mutation);
  return out.take();
}

Bytes bytes_of(const ChangeSet& set) {
  ByteWriter out;
  write_change_set(out, set);
  return out.take();
}

Bytes bytes_of(const MutationResult& result) {
  ByteWriter out;
  write_result(out, result);
  return out.take();
}

Mutation every_kind() {
  Op exact = set_op(RecordId{3}, "description", {}, text("<p>x</p>"));
  exact.from = FromValue::exactly(text(std::string(300, 'q')));
  Mutation mutation = mutation_of(
      {set_op(RecordId{1}, "title", text("a"), text("b")),
       set_op(RecordId{1}, "description", std::string(99, 'x'), {}), exact,
       set_any(RecordId{2}, "status", text("Active")), add_op(RecordId{1}, "inventory", -5, 0),
       add_op(RecordId{1}, "inventory", 7),
       insert_op(RecordId{9}, {{"title", text("t")}, {"price", number(-1)}}),
       remove_op(RecordId{1}, {{"title", text("a")}, {"description", std::string(40, 'y')}}),
       remove_op(RecordId{4}),
       list_op(RecordId{1}, "figure_sources", true, "x", model::kStoreInfo)},
      Mode::all, 0xABCDEF);
  mutation.base_sequence = 1234;
  return mutation;
}

TEST(MutationCodec, RoundTripsEveryKind) {
  const Bytes bytes = bytes_of(every_kind());
  ByteReader in(bytes);
  const Result<Mutation> read = read_mutation(in);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(in.done());
  EXPECT_EQ(bytes_of(*read), bytes);
  EXPECT_EQ(read->base_sequence, 1234u);
  EXPECT_EQ(read->mode, Mode::all);
  EXPECT_EQ(read->ops[4].min, 0);
  EXPECT_FALSE(read->ops[5].min.has_value());
  EXPECT_EQ(mutation_bytes(*read), bytes.size());
}

TEST(MutationCodec, BodyHashIsOfWhatIsWantedOnly) {
  const Mutation mutation = every_kind();
  Mutation other = mutation;
  other.id = mutation_id(5);
  other.base_sequence = 9;
  EXPECT_EQ(mutation_body_hash(other), mutation_body_hash(mutation));
  other.ops[0].to = text("c");
  EXPECT_NE(mutation_body_hash(other), mutation_body_hash(mutation));
  other = mutation;
  other.mode = Mode::each;
  EXPECT_NE(mutation_body_hash(other), mutation_body_hash(mutation));
}

TEST(MutationCodec, EveryTruncationIsAnError) {
  const Bytes bytes = bytes_of(every_kind());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ByteReader in(std::string_view(bytes).substr(0, length));
    EXPECT_FALSE(read_mutation(in).ok()) << length;
  }
}

TEST(MutationCodec, BoundsTheNumberOfOps) {
  Mutation mutation =
      mutation_of(std::vector<Op>(limits::kOpsPerMutation, add_op(RecordId{1}, "inventory", 1)));
  Bytes bytes = bytes_of(mutation);
  ByteReader most(bytes);
  EXPECT_TRUE(read_mutation(most).ok());
  mutation.ops.push_back(mutation.ops.front());
  bytes = bytes_of(mutation);
  ByteReader more(bytes);
  EXPECT_EQ(read_mutation(more).error().code, ErrorCode::too_large);
  bytes = bytes_of(mutation_of({}));
  ByteReader none(bytes);
  EXPECT_EQ(read_mutation(none).error().code, ErrorCode::malformed);
}

TEST(MutationCodec, AFieldNamedTwiceInOneOpIsRefused) {
  const Bytes bytes =
      bytes_of(mutation_of({insert_op(RecordId{1}, {{"title", text("a")}, {"title", text("b")}})}));
  ByteReader in(bytes);
  EXPECT_EQ(read_mutation(in).error().code, ErrorCode::malformed);
}

// What a reader accepts it writes back the same; whatever it is given, it ends.
template <class Read, class Write>
void survive_damage(const Bytes& original, Read&& read, Write&& write) {
  std::mt19937 random(42);
  for (int i = 0; i < 20000; ++i) {
    Bytes bytes = original;
    const std::size_t edits = 1 + random() % 4;
    for (std::size_t k = 0; k < edits; ++k) {
      const std::size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, 1 + random() % 5);
          break;
        default:
          bytes.insert(at, 1, static_cast<char>(random()));
          break;
      }
      if (bytes.empty())
        bytes = "x";
    }
    ByteReader in(bytes);
    const auto value = read(in);
    if (!value.ok())
      continue;
    const Bytes again = write(*value);
    ByteReader second(again);
    const auto reread = read(second);
    ASSERT_TRUE(reread.ok());
    ASSERT_EQ(write(*reread), again);
  }
}

TEST(MutationCodec, SurvivesDamage) {
  survive_damage(
      bytes_of(every_kind()), [](ByteReader& in) { return read_mutation(in); },
      [](const Mutation& mutation) { return bytes_of(mutation); });
}

MutationResult every_outcome() {
  MutationResult result;
  result.id = mutation_id(77);
  result.epoch = 0x0123456789ABCDEFull;
  result.sequence = 300;
  result.ops.resize(5);
  result.ops[1].status = OpStatus::already;
  result.ops[2] = {OpStatus::conflict, ErrorCode::conflict, "title", "", RecordId{55}};
  result.ops[3] = {
      OpStatus::refused, ErrorCode::too_long, "title", "Title may have at most 1000 bytes.", {}};
  result.ops[4].status = OpStatus::held;
  return result;
}

TEST(ResultCodec, RoundTripsAndSurvivesDamage) {
  const Bytes bytes = bytes_of(every_outcome());
  ByteReader in(bytes);
  const Result<MutationResult> read = read_result(in);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(in.done());
  EXPECT_EQ(bytes_of(*read), bytes);
  EXPECT_EQ(read->ops[2].conflict, RecordId{55});
  EXPECT_EQ(read->ops[3].message, "Title may have at most 1000 bytes.");
  survive_damage(
      bytes, [](ByteReader& r) { return read_result(r); },
      [](const MutationResult& result) { return bytes_of(result); });
}

TEST(ResultCodec, ACodeOfANewerServerIsStillAFailure) {
  MutationResult result = every_outcome();
  result.ops[3].code = static_cast<ErrorCode>(60000);
  const Bytes bytes = bytes_of(result);
  ByteReader in(bytes);
  EXPECT_EQ(read_result(in)->ops[3].code, ErrorCode::internal);
}

TEST(ChangeSetCodec, RoundTripsAndSurvivesDamage) {
  TestStore store;
  store.add_product(1, {{"title", text("A")}, {"sku", text("S")}});
  store.run(mutation_of({set_op(RecordId{1}, "title", text("A"), text("B")),
                         add_op(RecordId{1}, "inventory", 4),
                         insert_op(RecordId{2}, {{"title", text("C")}}),
                         set_op(RecordId{2}, "title", text("x"), text("D"))}));
  store.run(mutation_of({remove_op(RecordId{1})}));
  for (const ChangeSet& set : store.log()) {
    const Bytes bytes = bytes_of(set);
    ByteReader in(bytes);
    const Result<ChangeSet> read = read_change_set(in);
    ASSERT_TRUE(read.ok());
    EXPECT_TRUE(in.done());
    EXPECT_EQ(bytes_of(*read), bytes);
    survive_damage(
        bytes, [](ByteReader& r) { return read_change_set(r); },
        [](const ChangeSet& s) { return bytes_of(s); });
  }
}

TEST(EntryCodec, RoundTripsEveryState) {
  for (const EntryState state :
       {EntryState::waiting, EntryState::sent, EntryState::acked, EntryState::parked}) {
    QueueEntry entry;
    entry.number = 300;
    entry.state = state;
    entry.sent_once = state != EntryState::waiting;
    entry.made_at = -5;
    entry.mutation = every_kind();
    entry.replaced = {mutation_id(1), mutation_id(2)};
    if (state == EntryState::acked || state == EntryState::parked)
      entry.result = every_outcome();
    const Bytes bytes = write_entry(entry);
    const Result<QueueEntry> read = read_entry(bytes);
    ASSERT_TRUE(read.ok());
    EXPECT_TRUE(read->durable);
    EXPECT_EQ(read->bytes, mutation_bytes(entry.mutation));
    EXPECT_EQ(write_entry(*read), bytes);
  }
}

TEST(EntryCodec, EveryDamagedByteAndTruncationIsNoticed) {
  QueueEntry entry;
  entry.number = 1;
  entry.mutation = every_kind();
  const Bytes bytes = write_entry(entry);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_EQ(read_entry(damaged).error().code, ErrorCode::corrupt) << i;
    EXPECT_FALSE(read_entry(std::string_view(bytes).substr(0, i)).ok());
  }
}

}  // namespace
}  // namespace syncstore::sync
