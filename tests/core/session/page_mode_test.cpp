// Page mode and the link: what is asked for and when, what stays while the server is away, and the
// ways into it and out of it.
#include "tests/core/session/paged_bench.hpp"

namespace syncstore::session {
namespace {

using namespace testing;

TEST_F(Paged, AfterALostLinkEverythingIsAskedAgainWithWhatIsKnown) {
  bench.command(watch(1, 2));
  server.serve();
  const int asked = server.asked;
  server.lose();
  EXPECT_FALSE(screen.look().is_partial()) << "a short break is no news";
  bench.command(R"({"cmd":"retryNow"})");
  bench.open_socket();
  server.welcome();
  server.mute = true;
  server.serve();
  EXPECT_EQ(server.asked, asked + 2);
  EXPECT_NE(server.asked_known, 0u);
  server.set_price(ClientBench::id(12), 770'000);
  server.mute = false;
  server.tell();
  EXPECT_EQ(screen.look().price(id(12)), "77");
}

TEST_F(Paged, AnAnswerThatDiffersIsAskedAgainAndCounted) {
  const int asked = server.asked;
  bench.tick(limits::kResyncMs + 1);
  server.spoil_hash = true;
  server.set_price(ClientBench::id(12), 770'000);
  server.tell();
  EXPECT_EQ(bench.session().resyncs(), 1u);
  EXPECT_EQ(server.asked, asked + 1) << "at once, the last question was long ago";
  EXPECT_EQ(server.asked_known, 0u) << "all of it";
  server.spoil_hash = true;
  server.set_price(ClientBench::id(12), 780'000);
  server.tell();
  EXPECT_EQ(server.asked, asked + 1) << "not more often than every 10 s";
  bench.tick(limits::kResyncMs + 1);
  server.serve();
  EXPECT_EQ(server.asked, asked + 2);
  EXPECT_EQ(screen.look().price(id(12)), "78");
}

TEST_F(Paged, AQuestionWithoutAnAnswerIsAskedAgain) {
  server.mute = true;
  bench.command(open_page(2, 2));
  server.serve();
  const int asked = server.asked;
  server.mute = false;
  bench.tick(limits::kResyncMs + 1);
  server.serve();
  EXPECT_EQ(server.asked, asked + 1);
  EXPECT_EQ(PagedScreen(bench.pages[2]).look().state(), "ready");
}

TEST_F(Paged, FewQuestionsAreUnderWayAtOnce) {
  server.mute = true;
  const int asked = server.asked;
  for (int page = 2; page <= 30; ++page)
    bench.command(open_page(page, page, "-price", "", 1));
  server.serve();
  EXPECT_EQ(server.asked, asked + 8);
  server.mute = false;
  server.tell();
  EXPECT_EQ(server.asked, asked + 29);
  EXPECT_EQ(server.open(), 30u);
}

TEST_F(Paged, ARefusedPageShowsWhatIsKnown) {
  server.mute = true;
  bench.command(open_page(2, 1, "title"));
  for (const wire::UpMessage& message : bench.take_sent()) {
    if (const auto* subscribe = std::get_if<wire::Subscribe>(&message)) {
      wire::Notice notice;
      notice.code = ErrorCode::unknown_field;
      notice.subscription = subscribe->subscription;
      bench.receive(notice);
    }
  }
  PagedScreen refused(bench.pages[2]);
  EXPECT_EQ(refused.look().state(), "ready");
  EXPECT_TRUE(refused.is_partial());
  EXPECT_EQ(refused.number("total"), 5);
  EXPECT_EQ(bench.connection(), "live");
}

TEST_F(Paged, WithoutANetworkTheKnownRowsAreShownAndSaySo) {
  bench.command(open_page(2, 2));
  server.serve();
  bench.command(R"({"cmd":"closePage","page":2})");
  server.serve();
  const auto held = screen.look().order;
  bench.session().network_hint(false, bench.now);
  bench.settle();
  screen.look();
  EXPECT_EQ(screen.order, held) << "what is on screen stays";
  ASSERT_TRUE(screen.is_partial());
  EXPECT_EQ(screen.facts.find("partial")->find("known")->integer(), 10);
  EXPECT_EQ(screen.facts.find("partial")->find("total")->integer(), 12);
  EXPECT_GT(screen.facts.find("partial")->find("asOf")->integer(), 0);
  // Another sort: of what is known.
  bench.command(open_page(3, 1, "price"));
  PagedScreen local(bench.pages[3]);
  EXPECT_EQ(local.look().order[0], id(3)) << "the cheapest of the ten dearest";
  EXPECT_EQ(local.number("total"), 10);
  EXPECT_TRUE(local.is_partial());
  bench.command(watch(1, 4));
  bench.command(watch(2, 1));
  EXPECT_TRUE(contains(bench.records[1].back(), "Product 4"));
  EXPECT_EQ(bench.records[2].back(), "\"unknown\"");
  // Edits go on, and the way back shows the server's pages.
  bench.set_price(4, "55", 1);
  EXPECT_EQ(local.look().price(id(4)), "55");
  bench.session().network_hint(true, bench.now);
  bench.settle();
  bench.open_socket();
  server.welcome();
  server.serve();
  EXPECT_FALSE(local.look().is_partial());
  EXPECT_EQ(local.number("total"), 12);
  EXPECT_EQ(local.order[0], id(1));
  EXPECT_TRUE(contains(bench.records[2].back(), "Product 1"));
}

TEST_F(Paged, AStartWithoutANetworkShowsWhatWasStored) {
  bench.tick(5'000);
  ClientBench again(storage);
  reopen(again);
  again.command(open_page(1, 1, "price"));
  PagedScreen shown(again.pages[1]);
  EXPECT_EQ(shown.look().state(), "ready");
  EXPECT_TRUE(shown.is_partial());
  EXPECT_EQ(shown.facts.find("partial")->find("known")->integer(), 5);
  EXPECT_EQ(shown.facts.find("partial")->find("total")->integer(), 12);
  EXPECT_GE(shown.facts.find("partial")->find("asOf")->integer(), 1'795'000'000'000);
  EXPECT_EQ(shown.order[0], id(8));
  // Found again: the server's.
  again.session().network_hint(true, again.now);
  again.settle();
  PagedServer back(again, 300);
  back.put_products(12);
  again.open_socket();
  back.welcome();
  back.serve();
  EXPECT_EQ(shown.look().order[0], id(1));
  EXPECT_FALSE(shown.is_partial());
}

TEST_F(Paged, AnotherEpochForgetsWhatWasKnownAndKeepsTheQueue) {
  bench.set_price(12, "99", 1);
  server.serve();
  server.lose();
  bench.command(R"({"cmd":"retryNow"})");
  bench.open_socket();
  bench.epoch = 0xE2;
  server.remove(ClientBench::id(12));
  server.welcome({{mutation_id(bench, 1), false, {}}});
  server.serve();
  EXPECT_EQ(bench.session().replica().base(model::kProducts).find(ClientBench::id(12)), nullptr);
  EXPECT_EQ(screen.look().order, texts(server.slice(by_price(1)).order));
  EXPECT_EQ(bench.session().queue().counts().waiting, 1u);
}

TEST_F(Paged, TheServerMayReplicateAgain) {
  bench.set_price(12, "99", 1);
  std::vector<model::Record> rows;
  for (RowNumber row = 1; row <= 12; ++row)
    rows.push_back(*server.find(ClientBench::id(row)));
  server.serve();
  const int asked = server.asked;
  bench.send_snapshot(model::kProducts, rows, server.head());
  server.serve();
  screen.look();
  EXPECT_EQ(screen.number("total"), 12);
  EXPECT_EQ(screen.order[0], id(12));
  EXPECT_FALSE(screen.is_partial());
  EXPECT_EQ(bench.session().cursor(model::kProducts), server.head());
  bench.receive(wire::Change{
      server.head() + 1, {}, {ClientBench::price(2, 880'000, server.head(), server.head() + 1)}});
  EXPECT_EQ(bench.shown_price(2), 880'000);
  EXPECT_EQ(screen.look().number("entered"), 1);
  EXPECT_EQ(server.asked, asked);
}

TEST_F(Paged, ASnapshotOlderThanItsPagesTakesNothingBack) {
  const Sequence start = server.head();
  std::vector<model::Record> rows;
  for (RowNumber row = 1; row <= 12; ++row)
    rows.push_back(*server.find(ClientBench::id(row)));
  bench.set_price(12, "99", 1);
  server.serve();
  const Sequence own = server.set_price(ClientBench::id(12), 990'000);
  bench.receive(bench.receipt(mutation_id(bench, 1), own));
  const Sequence foreign = server.set_price(ClientBench::id(11), 880'000);
  server.tell();
  ASSERT_FALSE(bench.session().replica().is_pending(model::kProducts, ClientBench::id(12)));
  bench.send_snapshot(model::kProducts, rows, start);
  EXPECT_EQ(bench.shown_price(12), 990'000) << "an edit of one's own went back";
  EXPECT_EQ(bench.shown_price(11), 880'000) << "a change of somebody else went back";
  EXPECT_EQ(bench.session().cursor(model::kProducts), 0u);
  // Until the change comes the screen may be turned.
  bench.command(open_page(2, 2));
  server.serve();
  EXPECT_GT(server.open(), 0u);
  bench.receive(wire::Change{foreign,
                             {},
                             {ClientBench::price(12, 990'000, start, own, 1),
                              ClientBench::price(11, 880'000, own, foreign)}});
  EXPECT_EQ(bench.shown_price(12), 990'000);
  EXPECT_EQ(bench.shown_price(11), 880'000);
  EXPECT_EQ(bench.session().cursor(model::kProducts), foreign);
  EXPECT_EQ(screen.look().number("total"), 12);
  server.serve();
  EXPECT_EQ(server.open(), 0u);
}

// The link breaks behind `end`: the next one goes on there.
TEST_F(Paged, ASnapshotWhoseChangeNeverCameGoesOn) {
  const Sequence start = server.head();
  std::vector<model::Record> rows;
  for (RowNumber row = 1; row <= 12; ++row)
    rows.push_back(*server.find(ClientBench::id(row)));
  const Sequence foreign = server.set_price(ClientBench::id(11), 880'000);
  server.tell();
  bench.send_snapshot(model::kProducts, rows, start);
  server.lose();
  EXPECT_EQ(bench.shown_price(11), 880'000);
  bench.command(R"({"cmd":"retryNow"})");
  bench.take_sent();
  bench.open_socket();
  const std::vector<wire::UpMessage> sent = bench.take_sent();
  ASSERT_FALSE(sent.empty());
  const auto* hello = std::get_if<wire::Hello>(&sent[0]);
  ASSERT_NE(hello, nullptr);
  ASSERT_EQ(hello->resumes.size(), 1u);
  EXPECT_EQ(hello->resumes[0].next_part, 1u);
  bench.receive(bench.welcome(foreign));
  model::Table table(*model::find_collection(model::kProducts));
  for (const model::Record& row : rows)
    table.put(row);
  bench.receive(wire::Begin{model::kProducts, 7, start, 12, 1, 1});
  bench.receive(wire::End{model::kProducts, start, table.digest()});
  EXPECT_EQ(bench.shown_price(11), 880'000);
  bench.receive(wire::Change{foreign, {}, {ClientBench::price(11, 880'000, start, foreign)}});
  EXPECT_EQ(bench.shown_price(11), 880'000);
  EXPECT_EQ(bench.session().cursor(model::kProducts), foreign);
}

// A server that lost the end of its log gives the same row number to another record.
TEST_F(Paged, ARowNumberThatIsAnothersNowEndsWhatWasKnownUnderIt) {
  for (const int page : {2, 1}) {  // what was known is not on the screen any more
    bench.command(open_page(1, page));
    server.serve();
  }
  ASSERT_NE(bench.session().replica().shown(model::kProducts, ClientBench::id(7)), nullptr);
  server.remove(ClientBench::id(7));
  model::Record other = ClientBench::product(40, "Another", 120'000);
  other.row = 7;
  server.insert(other);
  server.tell();
  bench.command(R"({"cmd":"releasePage","page":1})");
  screen.look();
  ASSERT_EQ(screen.order, texts(server.slice(by_price(1)).order));
  EXPECT_EQ(screen.order[0], id(40));
  EXPECT_FALSE(screen.is_partial());
  EXPECT_EQ(bench.shown_price(40), 120'000);
  EXPECT_EQ(bench.session().replica().shown(model::kProducts, ClientBench::id(7)), nullptr);
  const int asked = server.asked;
  bench.tick(11'000);
  server.serve();
  EXPECT_EQ(server.asked, asked) << "it agrees";
}

TEST(PageMode, AReplicaThatGrewKeepsItsRowsAndTheScreenItsPage) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live(12, 100);
  bench.command(open_page(1, 1));
  PagedScreen screen(bench.pages[1]);
  const auto before = screen.look().order;
  PagedServer server(bench);
  server.put_products(12);
  bench.take_sent();
  bench.receive(wire::Cancel{model::kProducts, ErrorCode::page_only});
  EXPECT_EQ(screen.look().order, before);
  EXPECT_FALSE(screen.is_partial());
  EXPECT_EQ(bench.session().replica().base(model::kProducts).size(), 12u);
  server.insert(ClientBench::product(13, "New", 900'000));
  server.serve();
  screen.look();
  EXPECT_EQ(screen.order, texts(server.slice(by_price(1)).order));
  EXPECT_EQ(bench.connection(), "live");
  // What is stored now is of single records.
  bench.receive(wire::Change{server.head(), {}, {}});
  bench.tick(5'000);
  ClientBench again(storage);
  again.session().network_hint(false, again.now);
  again.start();
  EXPECT_EQ(again.session().replica().base(model::kProducts).size(), 13u);
  EXPECT_EQ(again.session().cursor(model::kProducts), 0u);
}

TEST(PageMode, ALargeFirstSnapshotBeginsWithTheRowsOnScreen) {
  Storage storage;
  ClientBench bench(storage);
  PagedServer server(bench);
  server.put_products(12);
  bench.command(open_page(1, 1));
  PagedScreen screen(bench.pages[1]);
  bench.start();
  bench.open_socket();
  bench.receive(bench.welcome(server.head()));
  bench.receive(wire::Begin{model::kProducts, 7, server.head(), 12'000, 2});
  server.serve();
  EXPECT_EQ(screen.look().state(), "ready");
  EXPECT_EQ(screen.order, texts(server.slice(by_price(1)).order));
  EXPECT_EQ(bench.connection(), "starting");
  EXPECT_EQ(bench.status_json().find("rowsToLoad")->integer(), 12'000);
  bench.set_price(12, "99", 1);
  server.serve();
  const Sequence sequence = server.set_price(ClientBench::id(12), 990'000);
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  server.tell();
  EXPECT_EQ(screen.look().price(id(12)), "99");
  // The snapshot, as of its beginning, and what came since.
  model::Table table(*model::find_collection(model::kProducts));
  for (std::uint32_t index = 0; index < 2; ++index) {
    wire::Part part;
    part.collection = model::kProducts;
    part.index = index;
    for (RowNumber row = 1 + index * 6; row <= 6 + index * 6; ++row) {
      part.rows.push_back(
          ClientBench::product(row, "Product " + std::to_string(row), std::int64_t{row} * 10'000));
      table.put(part.rows.back());
    }
    bench.receive(part);
  }
  EXPECT_EQ(bench.shown_price(12), 990'000);
  bench.receive(wire::End{model::kProducts, 100, table.digest()});
  EXPECT_EQ(bench.shown_price(12), 990'000) << "not yet in the base, still in the overlay";
  EXPECT_EQ(screen.look().number("total"), 12);
  bench.receive(wire::Change{sequence, {}, {ClientBench::price(12, 990'000, 100, sequence, 1)}});
  EXPECT_EQ(bench.shown_price(12), 990'000);
  EXPECT_FALSE(bench.session().replica().is_pending(model::kProducts, ClientBench::id(12)));
  EXPECT_GT(bench.session().cursor(model::kProducts), 0u);
}

TEST(PageMode, AServerThatKnowsNoPagesLoadsAsEver) {
  Storage storage;
  ClientBench bench(storage);
  bench.command(open_page(1, 1));
  bench.start();
  bench.open_socket();
  bench.receive(bench.welcome(50));
  bench.receive(wire::Begin{model::kProducts, 7, 50, 12'000, 1});
  EXPECT_FALSE(bench.take_sent().empty());
  bench.receive(wire::Notice{ErrorCode::not_implemented, "", 0});
  EXPECT_TRUE(bench.status_json().find("lastError")->is(Json::Kind::null));
  EXPECT_EQ(PagedScreen(bench.pages[1]).look().state(), "loading");
  bench.receive(wire::Begin{model::kProducts, 7, 50, 12'000, 1});
  EXPECT_TRUE(bench.take_sent().empty());
}

TEST(PageMode, WhatIsKnownStaysBoundedAndWhatIsOnScreenStays) {
  Storage storage;
  ClientBench bench(storage);
  PagedServer server(bench);
  const RowNumber count = limits::kPagedRows + 1'000;
  server.put_products(count);
  server.go_live();
  bench.command(open_page(1, 1, "price", "", 200));
  server.serve();
  for (int page = 2; page <= 105; ++page) {
    bench.command(open_page(2, page, "price", "", 200));
    server.serve();
    ASSERT_LE(bench.session().replica().base(model::kProducts).size(), limits::kPagedRows);
  }
  const model::Table& base = bench.session().replica().base(model::kProducts);
  for (const RowNumber row : {RowNumber{1}, RowNumber{200}, count})
    EXPECT_NE(base.find(ClientBench::id(row)), nullptr) << row;
  EXPECT_EQ(base.find(ClientBench::id(300)), nullptr) << "longest unseen";
  bench.tick(5'000);
  ClientBench again(storage);
  EXPECT_EQ(again.session().replica().base(model::kProducts).size(), base.size());
  EXPECT_NE(again.session().replica().base(model::kProducts).find(ClientBench::id(count)), nullptr);
}

}  // namespace
}  // namespace syncstore::session
