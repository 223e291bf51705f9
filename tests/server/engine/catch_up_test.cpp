// How a reader that was away, was cut off or holds something wrong comes to the present state.
#include "core/base/limits.hpp"
#include "server/engine/sync_api.hpp"
#include "tests/server/engine/binary_reader.hpp"
#include "tests/server/engine/engine_world.hpp"

namespace syncstore::testing {
namespace {

using sync::FromValue;

constexpr TimeMs kDayMs = 24 * 3'600'000;

class CatchUpTest : public EngineWorld {
 protected:
  CatchUpTest() { create_store("gifts"); }

  std::vector<RecordId> insert(std::size_t count, const std::string& title = "P") {
    std::vector<RecordId> inserted;
    while (inserted.size() < count) {
      std::vector<sync::Mutation> batch;
      for (std::size_t i = 0; i < 500 && inserted.size() < count; ++i) {
        inserted.push_back(new_id());
        batch.push_back(product(title + std::to_string(inserted.size()), inserted.back()));
      }
      commit(std::move(batch));
    }
    return inserted;
  }
  static std::uint32_t view() { return wire::view_number(model::kProducts, model::Role::editor); }
  wire::Ranges ranges(BinaryReader& reader) {
    return {model::kProducts, view(), reader.table().last_sequence(), reader.table().block_sums()};
  }
  void compare(OpenLink& open, BinaryReader& reader) {
    send(open, ranges(reader));
    reader.take(open.link->take());
  }
  void expect_same(BinaryReader& reader) {
    const model::Table& truth = state().table(model::kProducts);
    EXPECT_TRUE(reader.table().digest().agrees_with(truth.digest()));
    EXPECT_EQ(reader.table().digest().places, truth.digest().places);
    EXPECT_EQ(reader.table().last_sequence(), truth.last_sequence());
  }
  wire::Hello returning(BinaryReader& reader, std::uint32_t abilities = wire::kReadsLive) {
    wire::Hello again = hello("eve");
    again.cursors.push_back(
        {model::kProducts, state().epoch(), view(), reader.table().last_sequence()});
    again.abilities = abilities;
    return again;
  }
  // The log's tail in memory ends before what happened so far.
  void outrun_tail(RecordId id) {
    std::vector<sync::Mutation> batch;
    for (std::size_t i = 0; i < limits::kTailPrimed + 10; ++i)
      batch.push_back(set(id, "title", FromValue::anything(), "T" + std::to_string(i)));
    while (!batch.empty()) {
      const std::size_t some = std::min<std::size_t>(batch.size(), 200);
      commit({batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(some)});
      batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(some));
    }
  }
  // As if nobody had been here for so long.
  void let_days_pass(int days) {
    events.advance(days * kDayMs);
    boot();
  }
};

// --- repair ---

TEST_F(CatchUpTest, ARepairCarriesTheBlocksThatDifferAndNothingElse) {
  const auto made = insert(2'000);
  OpenLink open = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(open.link->take());
  expect_same(reader);
  // What went out is counted from here.
  const auto before = engine->hub().counters();
  reader.table().set_value(made[700], field("title"), std::string("wrong"));
  compare(open, reader);
  EXPECT_EQ(reader.repairs, 1);
  EXPECT_LE(reader.repaired_rows, limits::kBlockRows);
  EXPECT_EQ(reader.snapshots, 1);
  expect_same(reader);
  const auto& after = engine->hub().counters();
  EXPECT_EQ(after.repairs, 1u);
  EXPECT_EQ(after.repaired_rows, reader.repaired_rows);
  EXPECT_EQ(after.resyncs, 1u);
  EXPECT_EQ(after.snapshots, before.snapshots);
  const std::uint64_t sent = after.bytes_sent - before.bytes_sent;
  EXPECT_LT(sent, 12'000u) << "of 2,000 products one block";

  // Live changes go on where the repair ended, and make their blocks stale.
  commit({set(made[700], "title", FromValue::anything(), std::string("new"))});
  reader.take(open.link->take());
  expect_same(reader);
  events.advance(limits::kRepairEveryMs);
  reader.take(open.link->take());
  reader.table().erase(made[3]);
  reader.table().set_value(made[1'999], field("title"), {});
  compare(open, reader);
  EXPECT_EQ(reader.repairs, 2);
  expect_same(reader);
}

TEST_F(CatchUpTest, NothingThatDiffersIsAnsweredWithNothingButTheDigest) {
  insert(600);
  OpenLink open = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(open.link->take());
  compare(open, reader);
  EXPECT_EQ(reader.repairs, 1);
  EXPECT_EQ(reader.repaired_rows, 0u);
  expect_same(reader);
}

TEST_F(CatchUpTest, ChangesThatWaitForTheFanOutAreInTheRepair) {
  const auto made = insert(2'000);
  OpenLink open = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(open.link->take());
  reader.table().set_value(made[0], field("title"), std::string("wrong"));
  const wire::Ranges question = ranges(reader);
  commit({set(made[500], "title", FromValue::anything(), std::string("later"))});
  commit({remove(made[0])});
  send(open, question);
  events.advance(1'000);
  reader.take(open.link->take());
  expect_same(reader);
  EXPECT_EQ(reader.repairs, 1);
}

TEST_F(CatchUpTest, WhatDiffersTooMuchComesTooOftenOrIsOfAnotherViewIsASnapshot) {
  const auto made = insert(2'000);
  OpenLink open = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(open.link->take());
  for (std::size_t i = 0; i < made.size(); i += 100)
    reader.table().set_value(made[i], field("title"), std::string("wrong"));
  compare(open, reader);
  EXPECT_EQ(reader.repairs, 0);
  EXPECT_EQ(reader.snapshots, 2);
  expect_same(reader);

  events.advance(limits::kRepairEveryMs);
  reader.take(open.link->take());
  for (int i = 0; i < 2; ++i) {
    reader.table().set_value(made[5], field("title"), std::string("wrong again"));
    compare(open, reader);
    expect_same(reader);
  }
  EXPECT_EQ(reader.repairs, 1);
  EXPECT_EQ(reader.snapshots, 3);

  events.advance(limits::kRepairEveryMs);
  reader.take(open.link->take());
  wire::Ranges other = ranges(reader);
  other.view += 1;
  send(open, other);
  reader.take(open.link->take());
  EXPECT_EQ(reader.repairs, 1);
  EXPECT_EQ(reader.snapshots, 4);
  expect_same(reader);
}

TEST_F(CatchUpTest, NobodyComparesWhatTheyMayNotRead) {
  OpenLink open = follow("vic");
  open.link->take();
  send(open, wire::Ranges{model::kMembers, 1, 1, {}});
  const auto notices = all_of<wire::Notice>(open.link->take());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].code, ErrorCode::forbidden);
  EXPECT_EQ(engine->hub().counters().repairs, 0u);
}

TEST_F(CatchUpTest, WhoeverReturnsWithABaseIsToldItsDigest) {
  const auto made = insert(10);
  OpenLink first = follow("eve");
  BinaryReader reader({model::kProducts});
  reader.take(first.link->take());
  EXPECT_EQ(reader.checks, 0) << "the snapshot's end says it";
  first.session->closed();
  commit({set(made[0], "title", FromValue::anything(), std::string("later"))});
  OpenLink second = connect();
  send(second, returning(reader));
  reader.take(second.link->take());
  EXPECT_EQ(reader.checks, 1);
  expect_same(reader);
}

// --- broken snapshots ---

class BrokenSnapshotTest : public CatchUpTest {
 protected:
  // A link that breaks after so many messages.
  void load_some(BinaryReader& reader, int messages) {
    OpenLink open = connect();
    open.link->room = messages;
    send(open, hello("eve"));
    const auto got = open.link->take();
    for (const auto& begin : all_of<wire::Begin>(got))
      start = begin.start;
    reader.take(got);
    open.session->closed();
    events.settle();
  }
  wire::Hello resuming(BinaryReader& reader) {
    wire::Hello again = hello("eve");
    again.abilities = wire::kReadsLive;
    again.resumes.push_back(
        {model::kProducts, state().epoch(), start, static_cast<std::uint32_t>(reader.parts)});
    return again;
  }
  Sequence start = 0;
};

TEST_F(BrokenSnapshotTest, GoesOnForWhoeverReturnsInTime) {
  const auto made = insert(3 * limits::kSnapshotPartRows);
  BinaryReader reader({model::kProducts});
  load_some(reader, 4);  // welcome, begin and two parts
  ASSERT_EQ(reader.parts, 2);
  const auto before = engine->hub().counters().snapshots;
  events.advance(60'000);
  // Changes meanwhile come behind it.
  commit({set(made[1], "title", FromValue::anything(), std::string("later"))});
  OpenLink again = connect();
  send(again, resuming(reader));
  reader.take(again.link->take());
  EXPECT_EQ(reader.resumed, 1);
  EXPECT_EQ(reader.snapshots, 1);
  EXPECT_EQ(reader.parts, 3);
  EXPECT_EQ(engine->hub().counters().snapshots, before);
  EXPECT_EQ(engine->hub().counters().snapshots_resumed, 1u);
  expect_same(reader);
}

TEST_F(BrokenSnapshotTest, BeginsAnewWhenItIsHereNoMore) {
  insert(2 * limits::kSnapshotPartRows);
  for (int way = 0; way < 3; ++way) {
    BinaryReader reader({model::kProducts});
    load_some(reader, 3);
    ASSERT_EQ(reader.parts, 1);
    wire::Hello again = resuming(reader);
    if (way == 0)
      again.resumes[0].start -= 1;
    if (way == 1)
      again.resumes[0].epoch += 1;
    if (way == 2)
      events.advance(limits::kSnapshotKeepMinutes * 60'000 + 1'000);
    OpenLink open = connect();
    send(open, again);
    reader.take(open.link->take());
    EXPECT_EQ(reader.resumed, 0) << way;
    EXPECT_EQ(reader.snapshots, 2) << way;
    expect_same(reader);
    open.session->closed();
    events.settle();
  }
}

// --- removals that are not remembered any more ---

TEST_F(CatchUpTest, OldRemovalsAreForgottenAndTheFloorStays) {
  const auto made = insert(30);
  for (int i = 0; i < 20; ++i)
    commit({remove(made[static_cast<std::size_t>(i)])});
  let_days_pass(limits::kTombstoneDays + 1);
  commit({remove(made[25])});
  const RowNumber next = state().table(model::kProducts).next_row();
  const Sequence last = state().table(model::kProducts).last_sequence();
  engine->tombstones().look();
  events.settle();
  EXPECT_EQ(engine->tombstones().forgotten(), 20u);
  EXPECT_NE(state().table(model::kProducts).find_tombstone(made[25]), nullptr);
  EXPECT_EQ(state().table(model::kProducts).find_tombstone(made[3]), nullptr);
  const Sequence floor = state().tombstone_floor(model::kProducts);
  EXPECT_GT(floor, 0u);
  EXPECT_LT(floor, last);
  boot();
  EXPECT_EQ(state().tombstone_floor(model::kProducts), floor);
  EXPECT_EQ(state().table(model::kProducts).next_row(), next) << "numbers are never reused";
  EXPECT_EQ(state().table(model::kProducts).last_sequence(), last);
  EXPECT_EQ(state().table(model::kProducts).size(), 9u);
}

TEST_F(CatchUpTest, TheNewestRemovalAndTheHighestNumberAreKept) {
  const auto made = insert(3);
  commit({remove(made[2])});  // the highest number
  commit({remove(made[1])});  // the newest
  commit({remove(made[0])});
  const RowNumber next = state().table(model::kProducts).next_row();
  const Sequence last = state().table(model::kProducts).last_sequence();
  let_days_pass(limits::kTombstoneDays + 1);
  state();
  engine->tombstones().look();
  events.settle();
  EXPECT_EQ(engine->tombstones().forgotten(), 1u);
  boot();
  EXPECT_EQ(state().table(model::kProducts).next_row(), next);
  EXPECT_EQ(state().table(model::kProducts).last_sequence(), last);
}

TEST_F(CatchUpTest, ManyRemovalsAreForgottenInSteps) {
  const auto made = insert(2 * limits::kTombstonesPerStep + 500);
  std::vector<sync::Mutation> removals;
  for (const RecordId id : made) {
    removals.push_back(remove(id));
    if (removals.size() == 500)
      commit(std::exchange(removals, {}));
  }
  insert(1);
  let_days_pass(limits::kTombstoneDays + 1);
  state();
  const std::uint64_t before = storage->commits();
  engine->tombstones().look();
  events.settle();
  EXPECT_EQ(engine->tombstones().forgotten(), made.size());
  EXPECT_EQ(storage->commits() - before, 3u);
}

TEST_F(CatchUpTest, AFullDiskForgetsNothing) {
  const auto made = insert(5);
  for (int i = 0; i < 4; ++i)
    commit({remove(made[static_cast<std::size_t>(i)])});
  let_days_pass(limits::kTombstoneDays + 1);
  state();
  storage->set_fault(ErrorCode::storage_full);
  engine->tombstones().look();
  events.settle();
  EXPECT_EQ(engine->tombstones().forgotten(), 0u);
  EXPECT_EQ(state().tombstone_floor(model::kProducts), 0u);
  EXPECT_NE(state().table(model::kProducts).find_tombstone(made[0]), nullptr);
  storage->set_fault(std::nullopt);
  engine->tombstones().look();
  events.settle();
  EXPECT_EQ(engine->tombstones().forgotten(), 3u);
}

class FloorTest : public CatchUpTest {
 protected:
  // A reader with 700 products whose cursor is older than removals that were forgotten.
  FloorTest() {
    made = insert(700);
    OpenLink first = follow("eve");
    reader.take(first.link->take());
    first.session->closed();
    events.settle();
    for (int i = 100; i < 150; ++i)
      commit({remove(made[static_cast<std::size_t>(i)])});
    outrun_tail(made[0]);
    let_days_pass(limits::kTombstoneDays + 1);
    late = insert(1, "Late")[0];
    commit({set(made[1], "title", FromValue::anything(), std::string("Changed"))});
    engine->tombstones().look();
    events.settle();
    EXPECT_EQ(engine->tombstones().forgotten(), 50u);
    boot();
    EXPECT_FALSE(
        state().remembers_removals_since(model::kProducts, reader.table().last_sequence()));
  }
  std::vector<RecordId> made;
  RecordId late;
  BinaryReader reader{{model::kProducts}};
};

TEST_F(FloorTest, AReaderBelowItIsToldWhatLivesAndTheNewerRows) {
  OpenLink open = connect();
  send(open, returning(reader));
  const auto before = engine->hub().counters();
  reader.take(open.link->take());
  EXPECT_EQ(reader.lives, 1);
  EXPECT_EQ(reader.snapshots, 1) << "none but the first";
  EXPECT_NE(reader.table().find(late), nullptr);
  EXPECT_EQ(reader.table().find(made[120]), nullptr);
  expect_same(reader);
  EXPECT_EQ(reader.checks, 1);
  // From there on it is a reader like any other.
  commit({set(made[2], "title", FromValue::anything(), std::string("Now"))});
  reader.take(open.link->take());
  expect_same(reader);
  EXPECT_EQ(reader.lives, 1);
  EXPECT_EQ(engine->hub().counters().snapshots, before.snapshots);
}

// The bitmap ends with the byte of the highest row that lives, wherever in its byte that row is.
TEST_F(FloorTest, WhatLivesIsToldInNoMoreBytesThanItsRowsNeed) {
  for (int more = 0; more < 4; ++more) {
    OpenLink open = connect();
    send(open, returning(reader));
    const auto lives = all_of<wire::Live>(open.link->take());
    ASSERT_EQ(lives.size(), 1u);
    RowNumber highest = 0;
    std::size_t told = 0;
    state().table(model::kProducts).for_each([&](const model::Record& record) {
      highest = std::max(highest, record.row);
      told += lives[0].contains(record.row) ? 1u : 0u;
    });
    EXPECT_EQ(told, state().table(model::kProducts).size());
    EXPECT_EQ(lives[0].bitmap.size(), highest / 8 + 1);
    insert(5);
  }
}

// A link that takes one message at a time is not filled with the same one again and again.
TEST_F(FloorTest, ASlowReaderIsToldOnceWhatLives) {
  OpenLink open = connect();
  open.link->room = 0;
  send(open, returning(reader));
  for (int i = 0; i < 10; ++i) {
    open.link->room = 1;
    open.session->drained();
    reader.take(open.link->take());
  }
  EXPECT_EQ(reader.lives, 1);
  expect_same(reader);
}

TEST_F(FloorTest, AReaderThatDoesNotKnowOfItGetsASnapshot) {
  OpenLink open = connect();
  send(open, returning(reader, 0));
  reader.take(open.link->take());
  EXPECT_EQ(reader.lives, 0);
  EXPECT_EQ(reader.snapshots, 2);
  expect_same(reader);
}

TEST_F(FloorTest, ProgramsAreSentToASnapshot) {
  engine::ChangesRequest request;
  request.store = "gifts";
  request.role = model::Role::editor;
  request.collections = {model::kProducts};
  request.epoch = state().epoch();
  request.since = reader.table().last_sequence();
  const auto refused = engine::changes_since(state(), request, events.now());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::epoch_changed);
  // From the beginning everything is there, page by page.
  request.since = 0;
  request.limit = 100;
  std::size_t upserts = 0;
  int pages = 0;
  for (bool more = true; more && pages < 50; ++pages) {
    const auto page = engine::changes_since(state(), request, events.now());
    ASSERT_TRUE(page.ok()) << request.since;
    for (std::size_t at = 0; (at = page->body.find("\"upsert\"", at)) != std::string::npos; ++at)
      ++upserts;
    ASSERT_GT(page->to, request.since);
    request.since = page->to;
    more = page->more;
  }
  EXPECT_GE(upserts, 651u);

  OpenLink open = connect(engine::kJsonProtocol);
  send_json(open, R"({"type":"auth","data":{"token":"eve"}})");
  open.link->take_json();
  send_json(open, R"({"type":"selectStore","storeId":"gifts","data":{"dataTypes":["products"],)"
                  R"("since":{"epoch":")" +
                      base32_text(state().epoch()) + R"(","sequenceNumber":)" +
                      std::to_string(reader.table().last_sequence()) + "}}}");
  bool switched = false;
  for (const Json& message : open.link->take_json()) {
    if (message.find("type")->text() != "store_switch")
      continue;
    switched = true;
    EXPECT_EQ(message.find("data")->find("mode")->text(), "snapshot");
  }
  EXPECT_TRUE(switched);
}

}  // namespace
}  // namespace syncstore::testing
