// What screens see of a client session, and what the browser stores for it.
#include "core/session/client_session.hpp"

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::contains;
using testing::mutation_id;
using testing::Storage;

TEST(ClientSession, FullStorageDoesNotStopWork) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.fail_queue_writes = true;
  bench.set_price(1, "7", 1);
  EXPECT_EQ(bench.take_mutations().size(), 1u);
  EXPECT_FALSE(contains(bench.status, "storage_full")) << "that is said of the server's disk";
}

TEST(ClientSession, TheCacheComesBackInPiecesCutAnywhere) {
  Storage storage;
  {
    ClientBench bench(storage);
    bench.go_live(50, 10);
    bench.receive(wire::Change{11, {}, {ClientBench::price(7, 123, 10, 11)}});
    bench.tick(1'500);
    bench.tick(1'500);
  }
  ClientConfig config;
  config.store = "gifts";
  config.user = "u-1";
  ClientSession session(config);
  for (std::size_t at = 0; at < storage.cache.size(); at += 100) {
    session.restore_cache(std::string_view(storage.cache).substr(at, 100));
  }
  EXPECT_EQ(session.cursor(model::kProducts), 11u);
  EXPECT_EQ(session.replica().shown_size(model::kProducts), 50u);

  config.user = "u-2";  // somebody else's bytes are not read
  ClientSession other(config);
  other.restore_cache(storage.cache);
  EXPECT_EQ(other.cursor(model::kProducts), 0u);
}

TEST(ClientSession, ADamagedCacheIsDroppedNotGuessed) {
  Storage storage;
  {
    ClientBench bench(storage);
    bench.go_live(50, 10);
    bench.tick(1'500);
    bench.tick(1'500);
  }
  for (std::size_t at = 0; at < storage.cache.size(); at += 7) {
    Bytes damaged = storage.cache;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    ClientConfig config;
    config.store = "gifts";
    config.user = "u-1";
    ClientSession session(config);
    session.restore_cache(damaged);
    if (session.cursor(model::kProducts) != 0) {
      // What passed its digest is what was stored.
      EXPECT_EQ(session.replica().shown_size(model::kProducts), 50u);
    }
  }
}

TEST(ClientSession, StoredBytesAreWrittenAnewWhenTheirTailHasGrown) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live(100, 10);
  Sequence sequence = 10;
  for (int i = 0; i < 200; ++i) {
    sync::Delta delta = ClientBench::price(1, i, sequence, sequence + 1);
    // A long text makes the tail grow without thousands of frames.
    delta.rows[0].fields = {{ClientBench::field(model::kProducts, "description"),
                             std::string(3'000, static_cast<char>('a' + i % 26))}};
    ++sequence;
    bench.receive(wire::Change{sequence, {}, {delta}});
  }
  for (int i = 0; i < 3; ++i)
    bench.tick(1'500);
  EXPECT_LT(storage.cache.size(), 200'000u);
  ClientBench next(storage);
  EXPECT_EQ(next->cursor(model::kProducts), sequence);
  EXPECT_EQ(next->replica().base(model::kProducts).digest(),
            bench->replica().base(model::kProducts).digest());
}

TEST(ClientSession, EditsThatCannotBeMadeAreRejectedWithTheirField) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "1,299", 1);
  ASSERT_EQ(bench.rejected.size(), 1u);
  EXPECT_TRUE(contains(bench.rejected[0], "wrong_type")) << bench.rejected[0];
  EXPECT_TRUE(contains(bench.rejected[0], "\"field\":\"price\"")) << bench.rejected[0];
  EXPECT_EQ(bench.queue(), "{\"entries\":[],\"next\":0}");
}

TEST(ClientSession, UndoIsANewMutationFromWhatWasWritten) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  ASSERT_EQ(bench.queued.size(), 1u);
  const Json told = *Json::parse(bench.queued[0], 10'000);
  const std::string inverse = told.find("inverse")->dump();
  bench.receive(bench.receipt(mutation_id(bench, 1), 11));
  bench.receive(wire::Change{11, {}, {ClientBench::price(1, 70'000, 10, 11, 1)}});
  bench.take_sent();
  bench.command(R"({"cmd":"edit","mutation":")" + bench.uuid(2) + R"(","ops":)" + inverse + "}");
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  EXPECT_EQ(std::get<std::int64_t>(mutations[0].ops[0].from.value), 70'000);
  EXPECT_EQ(std::get<std::int64_t>(mutations[0].ops[0].to), 10'000);
}

TEST(ClientSession, InsertsStandOnTopUntilTheyArePlaced) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.command(
      R"({"cmd":"openPage","page":1,"spec":{"collection":"products","page":1,"size":25,"sort":"-price","filter":{},"query":""}})");
  const std::string id = RecordId{9'999}.text();
  bench.command(R"({"cmd":"edit","mutation":")" + bench.uuid(1) +
                R"(","ops":[{"op":"insert","collection":"products","id":")" + id +
                R"(","fields":{"title":"New","status":"Active","price":"0.5"}}]})");
  const Json patch = *Json::parse(bench.pages[1].back(), 100'000);
  EXPECT_EQ(patch.find("order")->items()[0].text(), id);
  EXPECT_EQ(patch.find("total")->integer(), 6);
  EXPECT_FALSE(patch.find("rows")->items()[0].find("placed")->boolean());
}

TEST(ClientSession, LatePagesAndWatchesStartLoadingAndBecomeReady) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.command(
      R"({"cmd":"openPage","page":1,"spec":{"collection":"products","page":1,"size":2,"sort":"","filter":{},"query":""}})");
  bench.command(R"({"cmd":"watch","watch":2,"collection":"dashboard","id":""})");
  EXPECT_TRUE(contains(bench.pages[1].back(), "loading"));
  EXPECT_EQ(bench.records[2].back(), "\"loading\"");
  bench.open_socket();
  bench.receive(bench.welcome(10));
  bench.send_store(5, 10);
  EXPECT_TRUE(
      contains(bench.pages[1].back(), "\"state\":\"ready\",\"total\":5,\"page\":1,\"pages\":3"));
  EXPECT_EQ(bench.records[2].back(), "null");
}

TEST(ClientSession, APageThatIsGoneShowsTheLastOne) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live(5, 10);
  bench.command(
      R"({"cmd":"openPage","page":1,"spec":{"collection":"products","page":3,"size":2,"sort":"price","filter":{},"query":""}})");
  EXPECT_TRUE(contains(bench.pages[1].back(), "\"page\":3,\"pages\":3"));
  sync::Delta delta;
  delta.collection = model::kProducts;
  delta.base = 10;
  delta.target = 11;
  sync::RowDelta row;
  row.kind = sync::ChangeKind::remove;
  row.row = 5;
  row.id = ClientBench::id(5);
  row.version = 11;
  row.author = 2;
  delta.rows = {row};
  bench.receive(wire::Change{11, {}, {delta}});
  const Json patch = *Json::parse(bench.pages[1].back(), 100'000);
  EXPECT_EQ(patch.find("page")->integer(), 2);
  EXPECT_EQ(patch.find("pages")->integer(), 2);
  EXPECT_TRUE(patch.find("clamped")->boolean());
  EXPECT_EQ(patch.find("order")->items().size(), 2u);
}

TEST(ClientSession, EqualPagesShareOneIndex) {
  sync::Replica replica({model::kProducts});
  sync::OfflineQueue queue;
  const std::map<RowKey, model::Record> kept;
  const EntryWriter entries(replica, kept);
  RowWriter writer(replica, queue, entries);
  const PageSubscriptions subscriptions;
  LivePages pages(replica, writer, subscriptions);
  PageSpec spec;
  spec.collection = model::kProducts;
  ASSERT_TRUE(pages.open(1, spec).ok());
  spec.page = 4;
  ASSERT_TRUE(pages.open(2, spec).ok());
  EXPECT_EQ(pages.index_count(), 1u);
  spec.sort.descending = true;
  ASSERT_TRUE(pages.open(2, spec).ok());
  EXPECT_EQ(pages.index_count(), 2u);
  pages.close(1);
  EXPECT_EQ(pages.index_count(), 1u);
  for (std::uint64_t i = 0; i < limits::kOpenPages; ++i)
    (void)pages.open(100 + i, spec);
  EXPECT_EQ(pages.open(999, spec).error().code, ErrorCode::queue_full);
}

TEST(ClientSession, APageAsksForRangesAndForWhatIsThere) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  const auto total = [&](std::uint64_t page, const std::string& filter) {
    bench.command(
        R"({"cmd":"openPage","page":)" + std::to_string(page) +
        R"(,"spec":{"collection":"products","page":1,"size":25,"sort":"title","filter":)" + filter +
        R"(,"query":""}})");
    return bench.pages[page].empty()
               ? -1
               : Json::parse(bench.pages[page].back(), 100'000)->find("total")->integer();
  };
  const std::int64_t all = total(1, "{}");
  const std::int64_t cheap = total(2, R"({"price":{"max":"2"}})");
  const std::int64_t dear = total(3, R"({"price":{"min":"2.0001"}})");
  EXPECT_GT(cheap, 0);
  EXPECT_GT(dear, 0);
  EXPECT_EQ(cheap + dear, all);
  EXPECT_EQ(total(4, R"({"price":{"present":true}})"), all);
  EXPECT_EQ(total(5, R"({"shopify_id":{"present":true}})"), 0);
  EXPECT_EQ(total(6, R"({"shopify_id":""})"), all);
}

TEST(ClientSession, AnInsertWithoutAnIdGetsTheIdOfItsKey) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.command(R"({"cmd":"edit","mutation":")" + bench.uuid(1) +
                R"(","ops":[{"op":"insert","collection":"sales","fields":{"day":"2026-11-22"}}]})");
  const auto mutations = bench.take_mutations();
  ASSERT_EQ(mutations.size(), 1u);
  model::Record made = model::make_record(*model::find_collection(model::kSales), RecordId{});
  made.values[0] = std::string("2026-11-22");
  EXPECT_EQ(mutations[0].ops[0].record,
            model::natural_id(*model::find_collection(model::kSales), made.values));
}

}  // namespace
}  // namespace syncstore::session
