// The browser's side of a store, from first contact to the way back after everything that can go
// wrong.
#include "core/session/client_session.hpp"

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::contains;
using testing::mutation_id;
using testing::Storage;

// The server answers the one edit that left with not knowing its record.
void expect_product_3_lost(ClientBench& bench) {
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  wire::Receipt receipt = bench.receipt(mutations[0].id, 0, {sync::OpStatus::refused});
  receipt.results[0].ops[0].code = ErrorCode::unknown_record;
  bench.receive(receipt);
  EXPECT_TRUE(contains(bench.queue(), "record_lost")) << bench.queue();
  EXPECT_TRUE(contains(bench.queue(), "Product 3")) << bench.queue();
}

TEST(ClientSession, FirstContactAsksForEverything) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  EXPECT_EQ(bench.connection(), "starting");
  EXPECT_EQ(bench.tickets_asked, 1);
  bench.open_socket();
  EXPECT_EQ(bench.connects, 1);
  const auto sent = bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  const auto& hello = std::get<wire::Hello>(sent[0]);
  EXPECT_EQ(hello.user, "u-1");
  EXPECT_EQ(hello.store, "gifts");
  EXPECT_EQ(hello.ticket, "ticket");
  EXPECT_TRUE(hello.cursors.empty());
  bench.receive(bench.welcome(10));
  bench.send_store(5, 10);
  EXPECT_EQ(bench.connection(), "live");
  EXPECT_TRUE(bench->caught_up());
  EXPECT_EQ(bench->cursor(model::kProducts), 10u);
  EXPECT_EQ(bench->replica().shown_size(model::kProducts), 5u);
}

TEST(ClientSession, AnEditIsShownStoredSentAnsweredAndSettled) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.hold_queue_writes = true;
  bench.set_price(1, "7", 1);
  EXPECT_EQ(bench.shown_price(1), 70'000);
  EXPECT_TRUE(bench.take_mutations().empty());  // not before it is durable
  EXPECT_TRUE(bench.queued.empty());
  bench.commit_held();
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  EXPECT_EQ(mutations[0].id, mutation_id(bench, 1));
  ASSERT_EQ(bench.queued.size(), 1u);
  EXPECT_EQ(storage.entries.size(), 1u);
  // What is stored says that it may have left.
  EXPECT_EQ(sync::read_entry(storage.entries.begin()->second)->state, sync::EntryState::sent);

  bench.receive(bench.receipt(mutation_id(bench, 1), 11));
  ASSERT_EQ(bench.answered.size(), 1u);
  EXPECT_TRUE(contains(bench.answered[0], "applied"));
  EXPECT_EQ(bench.shown_price(1), 70'000);
  EXPECT_EQ(bench->replica().pending_entries(model::kProducts, ClientBench::id(1), -1).size(), 1u);

  bench.receive(wire::Change{11, {}, {ClientBench::price(1, 70'000, 10, 11, 1)}});
  EXPECT_EQ(bench.shown_price(1), 70'000);
  EXPECT_TRUE(bench->replica().pending_entries(model::kProducts, ClientBench::id(1), -1).empty());
  EXPECT_EQ(bench->queue().entries().size(), 1u);  // until the stored base has it
  bench.commit_held();
  bench.tick(1'500);
  bench.commit_held();
  EXPECT_TRUE(bench->queue().entries().empty());
  EXPECT_TRUE(storage.entries.empty());
  EXPECT_EQ(bench.queue(), "{\"entries\":[],\"next\":0}");
}

TEST(ClientSession, AForeignChangeArrivesAndIsNamed) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.command(
      R"({"cmd":"openPage","page":1,"spec":{"collection":"products","page":1,"size":25,"sort":"-price","filter":{},"query":""}})");
  ASSERT_EQ(bench.pages[1].size(), 1u);
  EXPECT_TRUE(contains(bench.pages[1][0], "\"total\":5"));
  bench.receive(wire::Change{11, {}, {ClientBench::price(2, 55'000, 10, 11)}});
  ASSERT_EQ(bench.pages[1].size(), 2u);
  const std::string& patch = bench.pages[1][1];
  EXPECT_TRUE(contains(patch, "\"5.5\"")) << patch;
  EXPECT_TRUE(contains(patch, "Grace")) << patch;
  EXPECT_TRUE(contains(patch, "\"moved\":1")) << patch;
  EXPECT_FALSE(contains(patch, "\"order\"")) << patch;
  const auto json = *Json::parse(patch, 100'000);
  EXPECT_EQ(json.find("rows")->items().size(), 1u);  // only the row that changed
  bench.command(R"({"cmd":"releasePage","page":1})");
  EXPECT_TRUE(contains(bench.pages[1].back(), "\"order\""));
}

TEST(ClientSession, ReconnectsWithCursorsAndAsksForUnanswered) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  bench.take_sent();
  bench->socket_closed(1006, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "reconnecting");
  EXPECT_TRUE(contains(bench.queue(), "\"state\":\"sent\""));
  bench.tick(1'600);
  bench.open_socket();
  const auto sent = bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  const auto& hello = std::get<wire::Hello>(sent[0]);
  const auto all = model::collections();
  const auto readable = std::count_if(all.begin(), all.end(), [](const auto& collection) {
    return collection.read <= model::Role::editor;
  });
  EXPECT_EQ(hello.cursors.size(), static_cast<std::size_t>(readable));
  EXPECT_EQ(hello.head, 10u);
  EXPECT_EQ(hello.head_hash, 10'000u);
  ASSERT_EQ(hello.unanswered.size(), 1u);
  // The server has it: nothing is sent again.
  bench.receive(
      bench.welcome(11, {{mutation_id(bench, 1), true, bench.result(mutation_id(bench, 1), 11)}}));
  EXPECT_TRUE(bench.take_mutations().empty());
  EXPECT_EQ(bench.answered.size(), 1u);
  bench.receive(wire::Change{11, {}, {ClientBench::price(1, 70'000, 10, 11, 1)}});
  EXPECT_EQ(bench.shown_price(1), 70'000);
}

TEST(ClientSession, WhatTheServerNeverSawGoesAgainUnderItsId) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  bench.take_sent();
  bench->socket_closed(1006, bench.now);
  bench.settle();
  bench.tick(1'600);
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10, {{mutation_id(bench, 1), false, {}}}));
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  EXPECT_EQ(mutations[0].id, mutation_id(bench, 1));
}

TEST(ClientSession, OfflineEditsWaitSurviveTheTabAndDrain) {
  Storage storage;
  {
    ClientBench bench(storage);
    bench.go_live();
    bench.tick(1'500);
    bench->network_hint(false, bench.now);
    bench.settle();
    EXPECT_EQ(bench.connection(), "offline");
    for (int i = 1; i <= 5; ++i)
      bench.set_price(static_cast<RowNumber>(i), "50", i);
    EXPECT_EQ(bench.queued.size(), 5u);
    EXPECT_EQ(bench.status_json().find("waiting")->integer(), 5);
  }
  ASSERT_EQ(storage.entries.size(), 5u);
  ClientBench bench(storage);
  bench.now += 3'600'000;
  bench->network_hint(false, bench.now);
  bench.start();
  EXPECT_EQ(bench.connection(), "offline");
  EXPECT_EQ(bench->replica().shown_size(model::kProducts), 5u);  // from the cache
  EXPECT_EQ(bench.shown_price(3), 500'000);
  EXPECT_FALSE(bench.status_json().find("cachedAsOf")->is(Json::Kind::null));
  bench->network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10));
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 5u);
  for (int i = 1; i <= 5; ++i) {
    bench.receive(bench.receipt(mutation_id(bench, i), 10 + static_cast<Sequence>(i)));
    bench.receive(wire::Change{
        10 + static_cast<Sequence>(i),
        {},
        {ClientBench::price(static_cast<RowNumber>(i), 500'000, 9 + static_cast<Sequence>(i),
                            10 + static_cast<Sequence>(i), 1)}});
  }
  bench.tick(1'500);
  EXPECT_EQ(bench.status_json().find("waiting")->integer(), 0);
  EXPECT_TRUE(storage.entries.empty());
}

TEST(ClientSession, OfflineEditsAreDurablyMarkedBeforeTheyLeave) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->network_hint(false, bench.now);
  bench.settle();
  bench.set_price(1, "50", 1);
  EXPECT_EQ(sync::read_entry(storage.entries.begin()->second)->state, sync::EntryState::waiting);
  bench.hold_queue_writes = true;
  bench->network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10));
  EXPECT_TRUE(bench.take_mutations().empty());
  bench.commit_held();
  EXPECT_EQ(sync::read_entry(storage.entries.begin()->second)->state, sync::EntryState::sent);
  EXPECT_EQ(bench.take_mutations().size(), 1u);
}

TEST(ClientSession, OfflineEditsOfOneFieldAreSquashed) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->network_hint(false, bench.now);
  bench.settle();
  for (int i = 1; i <= 3; ++i)
    bench.set_price(1, std::to_string(20 + i), i);
  EXPECT_EQ(storage.entries.size(), 1u);
  EXPECT_EQ(bench.queued.size(), 3u);
  bench->network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10));
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  EXPECT_EQ(std::get<std::int64_t>(mutations[0].ops[0].to), 230'000);
  EXPECT_EQ(std::get<std::int64_t>(mutations[0].ops[0].from.value), 10'000);
  bench.receive(bench.receipt(mutations[0].id, 11));
  EXPECT_EQ(bench.answered.size(), 3u);  // every author hears of it
}

TEST(ClientSession, ARefusedEditParksAndShowsTheServersValue) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.command(R"({"cmd":"watch","watch":3,"collection":"products","id":")" +
                ClientBench::id(1).text() + R"("})");
  bench.set_price(1, "7", 1);
  EXPECT_TRUE(contains(bench.records[3].back(), "\"price\":\"saving\"")) << bench.records[3].back();
  bench.receive(bench.receipt(mutation_id(bench, 1), 0, {sync::OpStatus::refused}));
  EXPECT_EQ(bench.shown_price(1), 10'000);
  EXPECT_TRUE(contains(bench.records[3].back(), "\"price\":\"refused\""))
      << bench.records[3].back();
  EXPECT_EQ(bench.status_json().find("parked")->integer(), 1);
  EXPECT_TRUE(contains(bench.queue(), "duplicate_sku"));
  bench.take_sent();
  bench.command(R"({"cmd":"sendAgain","number":)" +
                std::to_string(bench->queue().entries().front().number) + "}");
  const auto again = bench.take_mutations();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_NE(again[0].id, mutation_id(bench, 1));  // another body needs another id
  bench.receive(bench.receipt(again[0].id, 0, {sync::OpStatus::refused}));
  bench.command(R"({"cmd":"discard","number":)" +
                std::to_string(bench->queue().entries().front().number) + "}");
  EXPECT_EQ(bench.status_json().find("parked")->integer(), 0);
  EXPECT_TRUE(storage.entries.empty());
  EXPECT_TRUE(contains(bench.records[3].back(), "\"marks\":{}")) << bench.records[3].back();
}

TEST(ClientSession, SavedStandsForTwoSeconds) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.command(R"({"cmd":"watch","watch":3,"collection":"products","id":")" +
                ClientBench::id(1).text() + R"("})");
  bench.set_price(1, "7", 1);
  bench.receive(bench.receipt(mutation_id(bench, 1), 11));
  EXPECT_TRUE(contains(bench.records[3].back(), "\"price\":\"saved\"")) << bench.records[3].back();
  bench.receive(wire::Change{11, {}, {ClientBench::price(1, 70'000, 10, 11, 1)}});
  EXPECT_FALSE(contains(bench.records[3].back(), "\"foreign\":{\"price\""))
      << "own edits do not flash";
  bench.tick(2'100);
  EXPECT_TRUE(contains(bench.records[3].back(), "\"marks\":{}")) << bench.records[3].back();
}

TEST(ClientSession, MarksSayWaitingWhenTheConnectionIsLost) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.command(R"({"cmd":"watch","watch":3,"collection":"products","id":")" +
                ClientBench::id(1).text() + R"("})");
  bench.set_price(1, "7", 1);
  bench->socket_closed(1006, bench.now);
  bench.settle();
  EXPECT_TRUE(contains(bench.records[3].back(), "\"price\":\"queued\"")) << bench.records[3].back();
}

TEST(ClientSession, OpenConflictsStandBesideTheirField) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.command(R"({"cmd":"watch","watch":3,"collection":"products","id":")" +
                ClientBench::id(1).text() + R"("})");
  const auto& conflicts = *model::find_collection(model::kConflicts);
  model::Record conflict = model::make_record(conflicts, RecordId{77});
  sync::Delta delta;
  delta.collection = model::kConflicts;
  delta.base = 10;
  delta.target = 11;
  sync::RowDelta row;
  row.kind = sync::ChangeKind::insert;
  row.id = conflict.id;
  row.row = 1;
  row.version = 11;
  const auto set = [&](std::string_view name, model::Value value) {
    row.fields.push_back({ClientBench::field(model::kConflicts, name), std::move(value)});
  };
  set("kind", std::string("same_field"));
  set("status", std::string("open"));
  set("data_type", std::string("products"));
  set("record", ClientBench::id(1).text());
  set("field", std::string("price"));
  set("mine", std::string("\"7\""));
  set("theirs", std::string("\"8\""));
  set("mine_by", std::string("Ada"));
  delta.rows = {row};
  bench.receive(wire::Change{11, {}, {delta}});
  EXPECT_EQ(bench.status_json().find("conflicts")->integer(), 1);
  const Json shown = *Json::parse(bench.records[3].back(), 100'000);
  EXPECT_EQ(shown.find("marks")->find("price")->text(), "conflict");
  EXPECT_EQ(shown.find("conflicts")->find("price")->find("mine")->text(), "7");
  EXPECT_EQ(shown.find("conflicts")->find("price")->find("mineBy")->text(), "Ada");
  delta.base = 11;
  delta.target = 12;
  row.kind = sync::ChangeKind::update;
  row.version = 12;
  row.fields = {{ClientBench::field(model::kConflicts, "status"), std::string("resolved")}};
  delta.rows = {row};
  bench.receive(wire::Change{12, {}, {delta}});
  EXPECT_EQ(bench.status_json().find("conflicts")->integer(), 0);
  EXPECT_TRUE(contains(bench.records[3].back(), "\"conflicts\":{}"));
}

TEST(ClientSession, ASectionThatIsKnownAlreadyChangesNothing) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  const sync::Delta first = ClientBench::price(2, 55'000, 10, 11);
  const sync::Delta second = ClientBench::price(2, 66'000, 11, 12);
  bench.receive(wire::Change{11, {}, {first}});
  bench.receive(wire::Change{12, {}, {second}});
  bench.take_sent();
  bench.receive(wire::Change{11, {}, {first}});
  EXPECT_EQ(bench.shown_price(2), 66'000);
  // It stands where it stood: what follows fits and nothing is asked for.
  bench.receive(wire::Change{13, {}, {ClientBench::price(3, 77'000, 12, 13)}});
  EXPECT_EQ(bench.shown_price(3), 77'000);
  EXPECT_TRUE(bench.take_sent().empty());
  EXPECT_EQ(bench->resyncs(), 0u);
}

TEST(ClientSession, AGapOrADifferentDigestIsAskedForAtMostEveryTenSeconds) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.receive(wire::Change{13, {}, {ClientBench::price(2, 55'000, 12, 13)}});
  auto sent = bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(std::get<wire::Ranges>(sent[0]).collection, model::kProducts);
  EXPECT_EQ(bench->resyncs(), 1u);
  EXPECT_EQ(bench.shown_price(2), 20'000);  // the old base stays on screen
  bench.send_snapshot(model::kProducts, {ClientBench::product(2, "Two", 55'000)}, 13);
  EXPECT_EQ(bench.shown_price(2), 55'000);

  wire::Check::Entry entry;
  entry.collection = model::kProducts;
  entry.sequence = 13;
  entry.digest = bench->replica().base(model::kProducts).digest();
  bench.receive(wire::Check{{entry}});
  EXPECT_TRUE(bench.take_sent().empty());
  entry.digest.records += 1;
  bench.receive(wire::Check{{entry}});
  EXPECT_TRUE(bench.take_sent().empty());  // at most one every ten seconds
  bench.tick(10'000);
  sent = bench.take_sent();
  ASSERT_FALSE(sent.empty());
  EXPECT_TRUE(std::holds_alternative<wire::Ranges>(sent[0]));
  EXPECT_EQ(bench->resyncs(), 2u);
}

TEST(ClientSession, WhatChangedWhileASnapshotCameIsShownWithItAndNothingIsAskedAgain) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.open_socket();
  bench.receive(bench.welcome(10));
  bench.take_sent();
  wire::Part part;
  part.collection = model::kProducts;
  part.rows = {ClientBench::product(1, "One", 10'000), ClientBench::product(2, "Two", 20'000)};
  model::Table table(*model::find_collection(model::kProducts));
  for (const model::Record& row : part.rows)
    table.put(row);
  bench.receive(wire::Begin{model::kProducts, 7, 10, 2, 1});
  bench.receive(part);
  bench.receive(wire::Change{11, {}, {ClientBench::price(2, 55'000, 10, 11)}});
  bench.receive(wire::Change{12, {}, {ClientBench::price(1, 44'000, 11, 12)}});
  bench.receive(wire::End{model::kProducts, 10, table.digest()});
  EXPECT_EQ(bench.shown_price(2), 55'000);
  EXPECT_EQ(bench.shown_price(1), 44'000);
  EXPECT_EQ(bench->cursor(model::kProducts), 12u);
  // What comes next fits.
  bench.receive(wire::Change{13, {}, {ClientBench::price(2, 66'000, 12, 13)}});
  EXPECT_EQ(bench.shown_price(2), 66'000);
  EXPECT_TRUE(bench.take_sent().empty());
  EXPECT_EQ(bench->resyncs(), 0u);
}

TEST(ClientSession, ASnapshotWithAWrongDigestIsNotTrusted) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.open_socket();
  bench.receive(bench.welcome(10));
  bench.take_sent();
  bench.receive(wire::Begin{model::kProducts, 7, 10, 1, 1});
  wire::Part part;
  part.collection = model::kProducts;
  part.rows = {ClientBench::product(1, "One", 1)};
  bench.receive(part);
  bench.receive(wire::End{model::kProducts, 10, model::Digest{1, std::vector<std::uint64_t>(13)}});
  EXPECT_EQ(bench->cursor(model::kProducts), 0u);
  EXPECT_EQ(bench.take_sent().size(), 1u);
}

// The server must not go on from a base that is nobody's state, or that differs from its own.
TEST(ClientSession, ABaseThatIsNotTrustedIsNotNamedToTheServer) {
  for (const bool doubted : {false, true}) {
    Storage storage;
    ClientBench bench(storage);
    bench.go_live();
    if (doubted) {
      wire::Check::Entry entry;
      entry.collection = model::kProducts;
      entry.sequence = 10;
      entry.digest = bench->replica().base(model::kProducts).digest();
      entry.digest.records += 1;
      bench.receive(wire::Check{{entry}});
    } else {
      bench.receive(wire::Begin{model::kProducts, 7, 11, 1, 1});
      wire::Part part;
      part.collection = model::kProducts;
      part.rows = {ClientBench::product(1, "One", 1)};
      bench.receive(part);
      bench.receive(
          wire::End{model::kProducts, 11, model::Digest{1, std::vector<std::uint64_t>(13)}});
    }
    bench->socket_closed(1006, bench.now);
    bench.settle();
    bench.tick(1'600);
    bench.take_sent();
    bench.open_socket();
    const auto sent = bench.take_sent();
    ASSERT_EQ(sent.size(), 1u);
    const auto& cursors = std::get<wire::Hello>(sent[0]).cursors;
    EXPECT_FALSE(cursors.empty()) << "of the other collections";
    for (const wire::Cursor& cursor : cursors)
      EXPECT_NE(cursor.collection, model::kProducts);
  }
}

TEST(ClientSession, WhatWasReadWithAnAccessThatEndedIsGoneAndTheQueueStays) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.hold_queue_writes = true;  // the edit waits
  bench.set_price(2, "7", 1);
  bench.command(R"({"cmd":"watch","watch":3,"collection":"products","id":")" +
                ClientBench::id(1).text() + R"("})");
  EXPECT_TRUE(contains(bench.records[3].back(), "Product 1"));
  bench.receive(wire::Cancel{model::kProducts, ErrorCode::forbidden});
  EXPECT_EQ(bench.records[3].back(), "\"loading\"");
  EXPECT_EQ(bench->replica().base(model::kProducts).size(), 0u);
  EXPECT_EQ(bench.shown_price(1), -1);
  EXPECT_EQ(bench->queue().entries().size(), 1u);
}

TEST(ClientSession, AnotherEpochKeepsTheQueueAndTheRecordsItTouches) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->network_hint(false, bench.now);
  bench.settle();
  bench.set_price(3, "50", 1);
  bench.epoch = 0xE2;
  bench->network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(4));
  EXPECT_FALSE(storage.kept.empty());
  bench.send_store(1, 4);  // product 3 is not known there
  expect_product_3_lost(bench);
}

// The old base is still on screen then: without the edit it would go back to what was before it.
TEST(ClientSession, AnAnsweredEditStaysShownUntilAnotherEpochsBaseIsThere) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(3, "50", 1);
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  bench.receive(bench.receipt(mutations[0].id, 11));
  bench->network_hint(false, bench.now);
  bench.epoch = 0xE2;
  bench->network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  bench.receive(bench.welcome(4));
  EXPECT_EQ(bench.shown_price(3), 500'000);
  bench.tick(2'000);  // the new epoch is stored, its base is not
  bench.tick(2'000);
  EXPECT_EQ(storage.entries.size(), 1u);
  EXPECT_EQ(bench.shown_price(3), 500'000);
  bench.hold_cache_writes = true;
  bench.send_store(5, 4);
  EXPECT_EQ(bench.shown_price(3), 30'000);  // although 4 is before 11, and before it is stored
  EXPECT_EQ(storage.entries.size(), 1u);
  bench.hold_cache_writes = false;
  for (const std::uint64_t write : std::exchange(bench.held_cache_writes, {}))
    bench->cache_written(write, true, bench.now);
  bench.settle();
  bench.tick(2'000);
  bench.tick(2'000);
  EXPECT_TRUE(storage.entries.empty());
}

// A copied directory that was not noticed in time, or whose epoch may not change again so soon.
TEST(ClientSession, WhatTheServerLostUnderItsEpochIsKeptForItsEdit) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->network_hint(false, bench.now);
  bench.settle();
  bench.set_price(3, "50", 1);
  bench->network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10));
  bench.send_snapshot(model::kProducts, {ClientBench::product(1, "One", 1)}, 10);
  EXPECT_FALSE(storage.kept.empty());
  expect_product_3_lost(bench);
}

}  // namespace
}  // namespace syncstore::session
