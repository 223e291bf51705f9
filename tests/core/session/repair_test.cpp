// A base that differs from the server's is noticed and mended with what differs; rows that do not
// live any more go; a snapshot that breaks goes on. The queue stays.
#include <algorithm>

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::contains;
using testing::Storage;

constexpr RowNumber kRows = 1'000;  // four blocks

// The server's side of a repair, as the protocol describes it.
class RepairBench {
 public:
  RepairBench() : bench(storage), truth(*model::find_collection(model::kProducts)) {
    bench.go_live(kRows, kRows);
    for (RowNumber row = 1; row <= kRows; ++row) {
      truth.put(
          ClientBench::product(row, "Product " + std::to_string(row), std::int64_t{row} * 10'000));
    }
    truth.set_last_sequence(kRows);
    EXPECT_EQ(bench->cursor(model::kProducts), kRows);
    bench.take_sent();
  }

  // The browser's copy, to be damaged.
  model::Table& base() {
    return const_cast<model::Table&>(bench->replica().base(model::kProducts));
  }
  void check() {
    wire::Check::Entry entry;
    entry.collection = model::kProducts;
    entry.sequence = truth.last_sequence();
    entry.digest = truth.digest();
    bench.receive(wire::Check{{entry}});
  }
  wire::Repair answer(const wire::Ranges& ranges) const {
    std::map<std::uint32_t, std::uint64_t> theirs;
    for (const model::BlockSum& block : ranges.blocks)
      theirs[block.block] = block.sum;
    for (const model::BlockSum& block : truth.block_sums())
      theirs[block.block] -= block.sum;
    wire::Repair repair;
    repair.collection = model::kProducts;
    repair.view = ranges.view;
    repair.target = truth.last_sequence();
    repair.digest = truth.digest();
    for (const auto& [block, difference] : theirs) {
      if (difference == 0)
        continue;
      repair.blocks.push_back(block);
      truth.for_each_in_block(block, [&](const model::Record& row) { repair.rows.push_back(row); });
    }
    return repair;
  }
  // The one frame that was sent.
  wire::Ranges asked() {
    const auto sent = bench.take_sent();
    EXPECT_EQ(sent.size(), 1u);
    if (sent.size() != 1 || !std::holds_alternative<wire::Ranges>(sent[0])) {
      ADD_FAILURE() << "nothing was compared";
      return {};
    }
    return std::get<wire::Ranges>(sent[0]);
  }
  void expect_whole() {
    EXPECT_TRUE(base().digest().agrees_with(truth.digest()));
    EXPECT_EQ(base().size(), truth.size());
    truth.for_each([&](const model::Record& record) {
      const model::Record* mine = base().find_row(record.row);
      ASSERT_NE(mine, nullptr) << record.row;
      EXPECT_EQ(mine->id, record.id);
      EXPECT_EQ(mine->version, record.version);
      EXPECT_EQ(mine->values, record.values);
    });
  }

  Storage storage;
  ClientBench bench;
  model::Table truth;
};

const std::vector<std::pair<std::string, void (*)(model::Table&)>>& damages() {
  static const std::uint16_t title = ClientBench::field(model::kProducts, "title");
  static const std::vector<std::pair<std::string, void (*)(model::Table&)>> all = {
      {"a value",
       [](model::Table& base) {
         base.set_value(ClientBench::id(300), title,
                        std::string("Pr\xC3\xB8"
                                    "duct"));
       }},
      {"a value that is gone",
       [](model::Table& base) { base.set_value(ClientBench::id(300), title, {}); }},
      {"a row that is gone", [](model::Table& base) { base.erase(ClientBench::id(300)); }},
      {"a row too many",
       [](model::Table& base) {
         model::Record more = ClientBench::product(400, "Nobody's", 1);
         more.id = RecordId{77};
         base.erase(ClientBench::id(400));
         base.put(ClientBench::product(400, "Product 400", 4'000'000));
         more.row = kRows + 5;
         base.put(std::move(more));
       }},
      {"two records under each other's number",
       [](model::Table& base) {
         model::Record a = *base.find_row(300), b = *base.find_row(301);
         base.erase(a.id);
         base.erase(b.id);
         std::swap(a.row, b.row);
         base.put(std::move(a));
         base.put(std::move(b));
       }},
      {"two records with each other's values",
       [](model::Table& base) {
         model::Record a = *base.find_row(300), b = *base.find_row(900);
         std::swap(a.values, b.values);
         base.put(std::move(a));
         base.put(std::move(b));
       }},
      {"another author", [](model::Table& base) { base.touch(ClientBench::id(300), 300, 0, 9); }},
      {"another version", [](model::Table& base) { base.touch(ClientBench::id(300), 299, 0, 0); }},
  };
  return all;
}

TEST(Repair, EveryDamageOfABaseIsNoticedByTheNextCheckAndMendedAlone) {
  for (const auto& [what, damage] : damages()) {
    SCOPED_TRACE(what);
    RepairBench at;
    at.bench.set_price(300, "7", 1);  // an edit of the damaged row waits for its answer
    at.bench.take_sent();
    damage(at.base());
    EXPECT_FALSE(at.base().digest().agrees_with(at.truth.digest()));
    at.check();
    const wire::Ranges ranges = at.asked();
    EXPECT_EQ(ranges.sequence, at.truth.last_sequence());
    EXPECT_EQ(at.bench->resyncs(), 1u);
    EXPECT_EQ(at.bench->cursor(model::kProducts), kRows) << "the old base stays on screen";
    const wire::Repair repair = at.answer(ranges);
    EXPECT_GE(repair.blocks.size(), 1u);
    EXPECT_LE(repair.blocks.size(), 2u);
    at.bench.receive(repair);
    at.expect_whole();
    EXPECT_EQ(at.bench->repairs(), 1u);
    EXPECT_EQ(at.bench->repaired_rows(), repair.rows.size());
    EXPECT_EQ(at.bench.status_json().find("repairs")->integer(), 1);
    // The queue and what it shows are untouched.
    EXPECT_EQ(at.bench.shown_price(300), 70'000);
    EXPECT_EQ(at.bench->queue().counts().waiting, 1u);
    // Nothing is asked for any more.
    at.check();
    at.bench.tick(15'000);
    for (const wire::UpMessage& message : at.bench.take_sent()) {
      EXPECT_FALSE(std::holds_alternative<wire::Ranges>(message));
      EXPECT_FALSE(std::holds_alternative<wire::Subscribe>(message));
    }
    EXPECT_EQ(at.bench->resyncs(), 1u);
  }
}

TEST(Repair, SurvivesTheTabWithWhatWasStored) {
  RepairBench at;
  damages()[0].second(at.base());
  at.check();
  at.bench.receive(at.answer(at.asked()));
  at.bench.tick(1'500);
  at.bench.tick(1'500);
  ClientBench next(at.storage);
  EXPECT_EQ(next->cursor(model::kProducts), kRows);
  EXPECT_TRUE(next->replica().base(model::kProducts).digest().agrees_with(at.truth.digest()));
}

// A change that cannot be applied is stored with the repair that mends it; without the repair the
// stored base is not believed.
TEST(Repair, IsReadBackBehindTheChangeThatItMends) {
  RepairBench at;
  sync::Delta impossible = ClientBench::price(2, 55'000, kRows, kRows + 1);
  ASSERT_TRUE(sync::apply_delta(at.truth, impossible).ok());
  impossible.rows[0].row = 7'777;
  at.bench.receive(wire::Change{kRows + 1, {}, {impossible}});
  const wire::Ranges ranges = at.asked();
  at.bench.tick(1'500);
  at.bench.tick(1'500);
  {
    ClientBench next(at.storage);
    EXPECT_EQ(next->cursor(model::kProducts), 0u);
    next.start();
    next.open_socket();
    const auto sent = next.take_sent();
    ASSERT_EQ(sent.size(), 1u);
    for (const wire::Cursor& cursor : std::get<wire::Hello>(sent[0]).cursors)
      EXPECT_NE(cursor.collection, model::kProducts);
  }
  at.bench.receive(at.answer(ranges));
  at.expect_whole();
  at.bench.tick(1'500);
  at.bench.tick(1'500);
  ClientBench next(at.storage);
  EXPECT_EQ(next->cursor(model::kProducts), kRows + 1);
  EXPECT_TRUE(next->replica().base(model::kProducts).digest().agrees_with(at.truth.digest()));
}

TEST(Repair, ComesInSeveralFramesThatAreAppliedTogether) {
  RepairBench at;
  at.base().set_value(ClientBench::id(10), 0, std::string("x"));
  at.base().set_value(ClientBench::id(900), 0, std::string("y"));
  at.check();
  const wire::Repair whole = at.answer(at.asked());
  ASSERT_EQ(whole.blocks.size(), 2u);
  wire::Repair first = whole, second = whole;
  first.more = true;
  first.blocks.resize(1);
  second.blocks.erase(second.blocks.begin());
  const auto in_first = [&](const model::Record& row) {
    return row.row / limits::kBlockRows == first.blocks[0];
  };
  first.rows.erase(std::remove_if(first.rows.begin(), first.rows.end(),
                                  [&](const auto& row) { return !in_first(row); }),
                   first.rows.end());
  second.rows.erase(std::remove_if(second.rows.begin(), second.rows.end(), in_first),
                    second.rows.end());
  at.bench.receive(first);
  EXPECT_EQ(at.bench->repairs(), 0u);
  at.bench.receive(second);
  EXPECT_EQ(at.bench->repairs(), 1u);
  at.expect_whole();
}

TEST(Repair, WhatStillDiffersIsFetchedAsAWhole) {
  RepairBench at;
  damages()[0].second(at.base());
  at.check();
  wire::Repair repair = at.answer(at.asked());
  repair.rows.pop_back();
  at.bench.receive(repair);
  auto sent = at.bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(std::get<wire::Subscribe>(sent[0]).collection, model::kProducts);
  EXPECT_EQ(at.bench->repairs(), 0u);

  // Nor are rows taken that cannot be placed: one of another block, or twice the same.
  for (int way = 0; way < 2; ++way) {
    RepairBench other;
    damages()[0].second(other.base());
    other.check();
    wire::Repair wrong = other.answer(other.asked());
    if (way == 0) {
      wrong.rows.back().row = 5'000;
    } else {
      wrong.rows.push_back(wrong.rows.front());
    }
    other.bench.receive(wrong);
    sent = other.bench.take_sent();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<wire::Subscribe>(sent[0]));
  }
}

TEST(Repair, AServerThatSaysNothingIsAskedForTheWhole) {
  RepairBench at;
  damages()[0].second(at.base());
  at.check();
  at.asked();
  at.bench.tick(limits::kResyncMs - 1);
  EXPECT_TRUE(at.bench.take_sent().empty());
  at.bench.tick(2);
  const auto sent = at.bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<wire::Subscribe>(sent[0]));
}

TEST(Repair, ChangesOnTheirWayMeanwhileAreNotLost) {
  RepairBench at;
  damages()[0].second(at.base());
  at.check();
  const wire::Ranges ranges = at.asked();
  // Changes that the server had sent before it read the question, and one that it sends after.
  const Sequence before = kRows + 1;
  const auto change = [&](RowNumber row, Sequence base, Sequence target) {
    sync::Delta delta = ClientBench::price(row, 42, base, target);
    EXPECT_TRUE(sync::apply_delta(at.truth, delta).ok());
    return wire::Change{target, {}, {delta}};
  };
  at.bench.receive(change(900, kRows, before));
  at.bench.receive(at.answer(ranges));
  at.expect_whole();
  at.bench.receive(change(300, before, before + 1));
  at.expect_whole();
  EXPECT_EQ(at.bench->repairs(), 1u);
  EXPECT_EQ(at.bench->cursor(model::kProducts), before + 1);
}

TEST(Repair, AGapIsMendedToo) {
  RepairBench at;
  sync::Delta lost = ClientBench::price(2, 55'000, kRows, kRows + 1);
  sync::Delta seen = ClientBench::price(3, 66'000, kRows + 1, kRows + 2);
  ASSERT_TRUE(sync::apply_delta(at.truth, lost).ok());
  ASSERT_TRUE(sync::apply_delta(at.truth, seen).ok());
  at.bench.receive(wire::Change{kRows + 2, {}, {seen}});
  at.bench.receive(at.answer(at.asked()));
  at.expect_whole();
  EXPECT_EQ(at.bench.shown_price(2), 55'000);
}

TEST(Repair, ALinkThatBreaksMeanwhileAsksForASnapshot) {
  RepairBench at;
  damages()[0].second(at.base());
  at.check();
  at.asked();
  at.bench->socket_closed(1006, at.bench.now);
  at.bench.settle();
  at.bench.tick(2'000);
  at.bench.open_socket();
  const auto sent = at.bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  for (const wire::Cursor& cursor : std::get<wire::Hello>(sent[0]).cursors)
    EXPECT_NE(cursor.collection, model::kProducts);
}

// --- rows that live ---

TEST(LiveRows, WhatDoesNotLiveIsDroppedAndTheRestStays) {
  RepairBench at;
  at.bench.set_price(7, "9", 1);
  at.bench.take_sent();
  wire::Live live{model::kProducts, 7, kRows + 10, {}};
  for (RowNumber row = 1; row <= kRows; ++row) {
    if (row % 3 == 0)
      continue;
    live.bitmap.resize(row / 8 + 1);
    live.bitmap[row / 8] =
        static_cast<char>(static_cast<unsigned char>(live.bitmap[row / 8]) | 1u << (row % 8));
  }
  at.bench.receive(live);
  sync::Delta delta = ClientBench::price(8, 77, kRows, kRows + 10);
  at.bench.receive(wire::Change{kRows + 10, {}, {delta}});
  EXPECT_EQ(at.base().size(), kRows - kRows / 3);
  EXPECT_EQ(at.base().find_row(9), nullptr);
  EXPECT_EQ(at.bench.shown_price(8), 77);
  EXPECT_EQ(at.bench.shown_price(7), 90'000);
  EXPECT_EQ(at.bench->queue().counts().waiting, 1u);
  EXPECT_EQ(at.bench->cursor(model::kProducts), kRows + 10);
  // And it is stored like that.
  at.bench.tick(1'500);
  at.bench.tick(1'500);
  ClientBench next(at.storage);
  EXPECT_EQ(next->replica().base(model::kProducts).digest(), at.base().digest());
}

// --- snapshots that break ---

class Snapshot {
 public:
  Snapshot() : table(*model::find_collection(model::kProducts)) {
    for (RowNumber row = 1; row <= 50; ++row)
      table.put(ClientBench::product(row, "P" + std::to_string(row), row));
    table.set_last_sequence(60);
  }
  wire::Begin begin(std::uint32_t from = 0) const { return {model::kProducts, 7, 60, 50, 5, from}; }
  wire::Part part(std::uint32_t index) const {
    wire::Part part;
    part.collection = model::kProducts;
    part.index = index;
    for (RowNumber row = index * 10 + 1; row <= index * 10 + 10; ++row)
      part.rows.push_back(*table.find_row(row));
    return part;
  }
  wire::End end() const { return {model::kProducts, 60, table.digest()}; }
  model::Table table;
};

wire::Hello hello_of(ClientBench& bench) {  // the last one
  wire::Hello last;
  for (const wire::UpMessage& message : bench.take_sent()) {
    if (const auto* hello = std::get_if<wire::Hello>(&message))
      last = *hello;
  }
  return last;
}

TEST(BrokenSnapshot, GoesOnWhereItWasAfterTheLinkAndAfterTheTab) {
  const Snapshot snapshot;
  for (const bool new_tab : {false, true}) {
    Storage storage;
    auto bench = std::make_unique<ClientBench>(storage);
    bench->start();
    bench->open_socket();
    bench->receive(bench->welcome(60));
    bench->receive(snapshot.begin());
    for (std::uint32_t index = 0; index < 3; ++index)
      bench->receive(snapshot.part(index));
    EXPECT_EQ(bench->status_json().find("loadedRows")->integer(), 30);
    EXPECT_EQ(bench->status_json().find("rowsToLoad")->integer(), 50);
    bench->tick(1'500);
    bench->tick(1'500);
    if (new_tab) {
      bench = std::make_unique<ClientBench>(storage);
      bench->start();
    } else {
      (*bench)->socket_closed(1006, bench->now);
      bench->settle();
      bench->tick(2'000);
    }
    bench->open_socket();
    const wire::Hello hello = hello_of(*bench);
    EXPECT_NE(hello.abilities & wire::kReadsLive, 0u);
    ASSERT_EQ(hello.resumes.size(), 1u);
    EXPECT_EQ(hello.resumes[0].collection, model::kProducts);
    EXPECT_EQ(hello.resumes[0].epoch, bench->epoch);
    EXPECT_EQ(hello.resumes[0].start, 60u);
    EXPECT_EQ(hello.resumes[0].next_part, 3u);
    bench->receive(bench->welcome(60));
    bench->receive(snapshot.begin(3));
    EXPECT_EQ(bench->status_json().find("loadedRows")->integer(), 30);
    bench->receive(snapshot.part(3));
    bench->receive(snapshot.part(4));
    bench->receive(snapshot.end());
    EXPECT_EQ((*bench)->cursor(model::kProducts), 60u);
    EXPECT_TRUE(
        (*bench)->replica().base(model::kProducts).digest().agrees_with(snapshot.table.digest()));
    EXPECT_EQ((*bench)->resyncs(), 0u);
    // What is stored of both links is one snapshot.
    bench->tick(1'500);
    bench->tick(1'500);
    ClientBench again(storage);
    EXPECT_EQ(again->cursor(model::kProducts), 60u);
  }
}

TEST(BrokenSnapshot, BeginsAnewWhenTheServerHasItNoMore) {
  const Snapshot snapshot;
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.open_socket();
  bench.receive(bench.welcome(60));
  bench.receive(snapshot.begin());
  bench.receive(snapshot.part(0));
  bench->socket_closed(1006, bench.now);
  bench.settle();
  bench.tick(2'000);
  bench.open_socket();
  ASSERT_EQ(hello_of(bench).resumes.size(), 1u);
  bench.receive(bench.welcome(60));
  bench.receive(snapshot.begin());
  for (std::uint32_t index = 0; index < 5; ++index)
    bench.receive(snapshot.part(index));
  bench.receive(snapshot.end());
  EXPECT_EQ(bench->cursor(model::kProducts), 60u);
  EXPECT_EQ(bench->resyncs(), 0u);
}

TEST(BrokenSnapshot, IsNotContinuedWithSomethingElse) {
  const Snapshot snapshot;
  for (int way = 0; way < 3; ++way) {
    Storage storage;
    ClientBench bench(storage);
    bench.start();
    bench.open_socket();
    bench.receive(bench.welcome(60));
    bench.receive(snapshot.begin());
    bench.receive(snapshot.part(0));
    bench->socket_closed(1006, bench.now);
    bench.settle();
    bench.tick(2'000);
    bench.open_socket();
    bench.take_sent();
    if (way == 0)
      bench.epoch = 0xE2;  // another log: nothing of it is kept
    bench.receive(bench.welcome(60));
    wire::Begin begin = snapshot.begin(1);
    if (way == 1)
      begin.start = 59;
    if (way == 2)
      begin.from = 2;
    bench.receive(begin);
    const auto sent = bench.take_sent();
    ASSERT_EQ(sent.size(), 1u) << way;
    EXPECT_TRUE(std::holds_alternative<wire::Subscribe>(sent[0]));
    bench.receive(snapshot.part(begin.from));
    bench.receive(snapshot.end());
    EXPECT_EQ(bench->cursor(model::kProducts), 0u);
  }
}

}  // namespace
}  // namespace syncstore::session
