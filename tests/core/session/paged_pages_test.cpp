// What screens show of collections in page mode: the server's answers with own edits laid over.
#include <random>
#include <set>

#include "tests/core/session/paged_bench.hpp"

namespace syncstore::session {
namespace {

using namespace testing;

TEST_F(Paged, APageShowsTheServersRowsOrderAndTotal) {
  EXPECT_EQ(screen.state(), "ready");
  EXPECT_FALSE(screen.is_partial());
  EXPECT_EQ(screen.number("total"), 12);
  EXPECT_EQ(screen.number("pages"), 3);
  EXPECT_EQ(screen.order, texts(server.slice(by_price(1)).order));
  EXPECT_EQ(screen.price(id(12)), "12");
  EXPECT_EQ(bench.connection(), "live");
  EXPECT_EQ(bench.session().replica().base(model::kProducts).size(), 5u) << "only what was told";
}

TEST_F(Paged, APageTurnAsksForTheNewPageAndEndsTheOld) {
  server.mute = true;
  bench.command(open_page(2, 2));
  PagedScreen turned(bench.pages[2]);
  EXPECT_EQ(turned.look().state(), "loading") << "the old page stays on screen until the answer";
  server.serve();
  server.mute = false;
  server.tell();
  EXPECT_EQ(turned.look().order, texts(server.slice(by_price(2)).order));
  EXPECT_EQ(server.open(), 2u);
  bench.command(R"({"cmd":"closePage","page":1})");
  server.serve();
  EXPECT_EQ(server.open(), 1u);
  bench.command(open_page(2, 3));
  server.serve();
  EXPECT_EQ(server.open(), 1u);
  EXPECT_EQ(turned.look().order, texts(server.slice(by_price(3)).order));
}

TEST_F(Paged, APageThatIsGoneIsTheLastOne) {
  bench.command(open_page(1, 9));
  server.serve();
  screen.look();
  EXPECT_EQ(screen.number("page"), 3);
  EXPECT_TRUE(screen.facts.find("clamped")->boolean());
  EXPECT_EQ(screen.order, texts(server.slice(by_price(3)).order));
}

TEST_F(Paged, EqualPagesAndTheirScreensShareOneSubscription) {
  bench.command(open_page(2, 1));
  bench.command(open_page(3, 1));
  server.serve();
  EXPECT_EQ(server.open(), 1u);
  EXPECT_EQ(PagedScreen(bench.pages[3]).look().order, screen.order);
}

TEST_F(Paged, ForeignChangesArriveAndTheShownOrderStays) {
  server.set_price(ClientBench::id(11), 500'000);
  server.insert(ClientBench::product(13, "New", 400'000));
  server.tell();
  screen.look();
  EXPECT_EQ(screen.price(id(11)), "50");
  EXPECT_EQ(screen.number("total"), 13);
  EXPECT_EQ(screen.number("entered"), 1);
  EXPECT_EQ(screen.order[0], id(12)) << "held";
  EXPECT_TRUE(screen.rows.at(id(11)).find("foreign")->find("price") != nullptr);
  bench.command(R"({"cmd":"releasePage","page":1})");
  EXPECT_EQ(screen.look().order, texts(server.slice(by_price(1)).order));
  EXPECT_EQ(screen.number("entered"), 0);
}

TEST_F(Paged, ARowThatLeftThePageIsAskedForByItselfAndStaysExact) {
  server.set_price(ClientBench::id(12), 1'000);  // the last of all now
  server.tell();
  EXPECT_EQ(screen.look().price(id(12)), "0.1");
  EXPECT_EQ(screen.order[0], id(12));
  EXPECT_EQ(server.open(), 2u) << "the page and the row";
  server.set_price(ClientBench::id(12), 2'000);
  server.tell();
  EXPECT_EQ(screen.look().price(id(12)), "0.2");
  server.remove(ClientBench::id(12));
  server.tell();
  screen.look();
  EXPECT_TRUE(screen.rows.at(id(12)).find("removed")->is(Json::Kind::object));
  bench.command(R"({"cmd":"releasePage","page":1})");
  server.serve();
  EXPECT_EQ(server.open(), 1u);
}

TEST_F(Paged, OwnEditsPatchRowsAndLeaveTheOverlayWithTheHead) {
  bench.set_price(12, "99", 1);
  EXPECT_EQ(screen.look().price(id(12)), "99");
  EXPECT_EQ(screen.rows.at(id(12)).find("marks")->find("price")->text(), "saving");
  server.serve();
  ASSERT_EQ(server.mutations.size(), 1u);
  const Sequence sequence = server.set_price(ClientBench::id(12), 990'000);
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  EXPECT_TRUE(bench.session().replica().is_pending(model::kProducts, ClientBench::id(12)));
  server.tell();
  EXPECT_FALSE(bench.session().replica().is_pending(model::kProducts, ClientBench::id(12)));
  EXPECT_EQ(screen.look().price(id(12)), "99");
  bench.tick(3'000);
  EXPECT_TRUE(bench.session().queue().entries().empty());
}

TEST_F(Paged, AnAmountThatTheAnsweredPageHasIsNotAddedTwice) {
  bench.command(edit(bench, 3, 1, R"("op":"add","field":"price","amount":5)"));
  server.serve();
  const Sequence sequence = server.set_price(ClientBench::id(3), 80'000);
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  // The answer to a question is of this moment, the head of an earlier one.
  bench.command(watch(1, 3));
  server.serve();
  EXPECT_EQ(bench.shown_price(3), 80'000);
}

TEST_F(Paged, AnEditThatTakesItsRowOffThePageDoesNotGoBack) {
  bench.command(open_page(1, 1, "-price", "Active"));
  server.serve();
  bench.command(edit(bench, 12, 1, R"("op":"set","field":"status","to":"Inactive")"));
  server.serve();
  const Sequence sequence = server.set_status(ClientBench::id(12), "Inactive");
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  const auto status = [&] {
    return screen.look().rows.at(id(12)).find("fields")->find("status")->text();
  };
  EXPECT_EQ(status(), "Inactive");
  server.tell();
  EXPECT_EQ(status(), "Inactive");
  EXPECT_EQ(screen.number("total"), 11);
  EXPECT_FALSE(bench.session().replica().is_pending(model::kProducts, ClientBench::id(12)));
}

// Nothing that is stored shows an older value than what was acknowledged, whenever the tab dies.
TEST_F(Paged, AnAcknowledgedEditOfARowOnNoPageSurvivesItsEntry) {
  bench.command(open_page(1, 3));
  server.serve();
  bench.tick(5'000);  // what is known is stored
  bench.set_price(12, "99", 1);
  bench.command(edit(bench, 11, 2, R"("op":"remove")"));
  bench.command(insert_product(bench, 40, 3, "7"));
  server.serve();
  ASSERT_EQ(server.mutations.size(), 3u);
  Sequence sequence = server.set_price(ClientBench::id(12), 990'000);
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  sequence = server.remove(ClientBench::id(11));
  bench.receive(bench.receipt(mutation_id(bench, 2), sequence));
  sequence = server.insert(ClientBench::product(40, "Made here", 70'000));
  bench.receive(bench.receipt(mutation_id(bench, 3), sequence));
  const auto check = [&](const sync::Replica& replica) {
    const model::Record* record = replica.shown(model::kProducts, ClientBench::id(12));
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(std::get<std::int64_t>(record->values[ClientBench::field(model::kProducts, "price")]),
              990'000);
    EXPECT_EQ(replica.shown(model::kProducts, ClientBench::id(11)), nullptr);
    EXPECT_NE(replica.shown(model::kProducts, ClientBench::id(40)), nullptr);
  };
  bench.hold_cache_writes = true;
  for (int step = 0; step < 3; ++step) {
    check(bench.session().replica());
    Storage copy = storage;
    ClientBench again(copy);
    reopen(again);
    check(again.session().replica());
    if (step == 0)
      server.tell();
    if (step == 1) {
      bench.hold_cache_writes = false;
      bench.tick(5'000);
    }
  }
  // Written and gone from the queue.
  for (const std::uint64_t write : std::exchange(bench.held_cache_writes, {}))
    bench.session().cache_written(write, true, bench.now);
  bench.settle();
  bench.tick(5'000);
  EXPECT_TRUE(bench.session().queue().entries().empty());
  Storage copy = storage;
  EXPECT_TRUE(copy.entries.empty());
  ClientBench again(copy);
  reopen(again);
  check(again.session().replica());
}

TEST_F(Paged, AnInsertStandsAboveThePageUntilTheServerPlacesIt) {
  bench.command(insert_product(bench, 40, 1, "3.5"));
  EXPECT_EQ(screen.look().order[0], id(40));
  EXPECT_EQ(screen.rows.at(id(40)).find("placed")->boolean(), false);
  EXPECT_EQ(screen.number("total"), 12) << "the total is the server's";
  bench.command(R"({"cmd":"releasePage","page":1})");
  EXPECT_EQ(screen.look().order[0], id(40)) << "not placed yet";
  server.serve();
  const Sequence sequence = server.insert(ClientBench::product(40, "Made here", 35'000));
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  server.tell();
  EXPECT_EQ(screen.look().order[0], id(40)) << "nothing jumps";
  EXPECT_EQ(screen.number("total"), 13);
  bench.command(R"({"cmd":"releasePage","page":1})");
  server.serve();
  EXPECT_EQ(screen.look().order, texts(server.slice(by_price(1)).order));
}

TEST_F(Paged, ARemovalShowsItsRowAsGoingUntilTheServerTookIt) {
  bench.command(edit(bench, 11, 1, R"("op":"remove")"));
  screen.look();
  EXPECT_EQ(screen.order[1], id(11));
  EXPECT_TRUE(screen.rows.at(id(11)).find("removed")->find("going")->boolean());
  EXPECT_EQ(screen.price(id(11)), "11") << "as the server has it still";
  EXPECT_EQ(screen.number("total"), 12);
  bench.command(R"({"cmd":"releasePage","page":1})");
  screen.look();
  EXPECT_EQ(screen.order[1], id(11));
  EXPECT_TRUE(screen.rows.at(id(11)).find("removed")->find("going")->boolean());
  server.serve();
  const Sequence sequence = server.remove(ClientBench::id(11));
  bench.receive(bench.receipt(mutation_id(bench, 1), sequence));
  server.tell();
  screen.look();
  EXPECT_EQ(screen.rows.at(id(11)).find("removed")->find("going"), nullptr);
  EXPECT_EQ(screen.number("total"), 11);
}

TEST_F(Paged, AForeignRemovalOnThePageIsGreyedWhereItStood) {
  server.remove(ClientBench::id(10));
  server.tell();
  screen.look();
  EXPECT_EQ(screen.order[2], id(10));
  EXPECT_TRUE(screen.rows.at(id(10)).find("removed")->is(Json::Kind::object));
  EXPECT_EQ(screen.number("total"), 11);
}

// Any mix of foreign changes, own edits and their answers, turns and lost links, over thirty
// products and a page of six.
class Day {
 public:
  explicit Day(std::uint32_t seed) : random_(seed), active_(seed % 2 == 0) {
    server_.put_products(rows_);
    server_.go_live();
    spec_ = by_price(1, 6);
    if (active_) {
      spec_.filter.conditions.push_back({ClientBench::field(model::kProducts, "status"),
                                         view::Comparison::equal, std::string("Active")});
    }
    turn();
  }
  void step() {
    const RowNumber row = 1 + below(rows_);
    const RecordId target = ClientBench::id(row);
    const bool theirs = server_.find(target) != nullptr && wanted_.count(target) == 0;
    const std::uint32_t dice = below(100);
    if (dice < 25 && theirs) {
      server_.set_price(target, std::int64_t{below(40)} * 10'000);
    } else if (dice < 32 && theirs) {
      server_.set_status(target, below(2) == 0 ? "Active" : "Inactive");
    } else if (dice < 37) {
      server_.insert(ClientBench::product(++rows_, "Theirs", std::int64_t{below(40)} * 10'000));
    } else if (dice < 41 && theirs && server_.size() > 10) {
      server_.remove(target);
    } else if (dice < 58 && theirs) {
      if (bench_.session().replica().shown(model::kProducts, target) != nullptr)
        edit_price(row);
    } else if (dice < 62) {
      inserted_.insert(ClientBench::id(++rows_));
      wanted_[ClientBench::id(rows_)] = 70'000;
      bench_.command(insert_product(bench_, rows_, ++edits_, "7"));
    } else if (dice < 75) {
      answer();
    } else if (dice < 85) {
      turn();
    } else if (dice < 92) {
      bench_.tick(below(12'000));
    } else if (dice < 95) {
      lose();
    }
    server_.serve();
    server_.tell();
  }
  // A released page is the server's slice with own pending edits in its rows and own inserts above.
  void check(const std::string& where) {
    bench_.command(R"({"cmd":"releasePage","page":1})");
    server_.serve();
    screen_.look();
    const PagedServer::Slice slice = server_.slice(spec_);
    ASSERT_EQ(screen_.state(), "ready") << where;
    ASSERT_EQ(screen_.number("total"), static_cast<std::int64_t>(slice.total)) << where;
    ASSERT_EQ(screen_.number("page"), static_cast<std::int64_t>(slice.page)) << where;
    std::vector<std::string> order = screen_.order;
    ASSERT_GE(order.size(), inserted_.size()) << where;
    for (std::size_t i = 0; i < inserted_.size(); ++i)
      ASSERT_EQ(inserted_.count(*RecordId::parse(order[i])), 1u) << where;
    order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(inserted_.size()));
    ASSERT_EQ(order, texts(slice.order)) << where;
    for (const RecordId one : slice.order) {
      const auto mine = wanted_.find(one);
      const std::int64_t price =
          mine != wanted_.end() ? mine->second : price_of(*server_.find(one));
      ASSERT_EQ(screen_.price(one.text()), std::to_string(price / 10'000)) << where;
    }
    // No own value is ever seen to go back.
    const model::Record* shown = bench_.session().replica().shown(model::kProducts, answered_);
    if (shown != nullptr && server_.find(answered_) != nullptr && wanted_.count(answered_) == 0 &&
        answered_price_ != 0) {
      ASSERT_EQ(price_of(*shown), answered_price_) << where;
    }
    answered_price_ = 0;
  }

 private:
  static std::int64_t price_of(const model::Record& record) {
    return std::get<std::int64_t>(record.values[ClientBench::field(model::kProducts, "price")]);
  }
  RowNumber below(std::uint32_t bound) { return static_cast<RowNumber>(random_() % bound); }
  void turn() {
    spec_.page = 1 + below(6);
    bench_.command(
        open_page(1, static_cast<int>(spec_.page), "-price", active_ ? "Active" : "", 6));
  }
  void edit_price(RowNumber row) {
    const RowNumber price = below(40);
    wanted_[ClientBench::id(row)] = std::int64_t{price} * 10'000;
    bench_.set_price(row, std::to_string(price), ++edits_);
  }
  void answer() {
    server_.serve();
    if (server_.mutations.empty())
      return;
    const sync::Mutation mutation = server_.mutations.front();
    server_.mutations.erase(server_.mutations.begin());
    const RecordId about = mutation.ops[0].record;
    answered_ = about;
    answered_price_ = wanted_[about];
    if (mutation.ops[0].kind == sync::OpKind::insert) {
      server_.insert(ClientBench::product(static_cast<RowNumber>(about.value - 1'000), "Made here",
                                          answered_price_));
      inserted_.erase(about);
    } else {
      server_.set_price(about, answered_price_);
    }
    bench_.receive(bench_.receipt(mutation.id, server_.head()));
    wanted_.erase(about);
  }
  void lose() {
    server_.serve();
    server_.lose();
    bench_.command(R"({"cmd":"retryNow"})");
    bench_.open_socket();
    std::vector<wire::Answer> answers;
    for (const sync::Mutation& mutation : std::exchange(server_.mutations, {}))
      answers.push_back({mutation.id, false, {}});
    server_.welcome(std::move(answers));
  }

  Storage storage_;
  ClientBench bench_{storage_};
  PagedServer server_{bench_};
  PagedScreen screen_{bench_.pages[1]};
  std::mt19937 random_;
  bool active_;
  PageSpec spec_;
  RowNumber rows_ = 30;
  int edits_ = 0;
  std::map<RecordId, std::int64_t> wanted_;  // own prices that wait
  std::set<RecordId> inserted_;              // own inserts that wait
  RecordId answered_;
  std::int64_t answered_price_ = 0;
};

TEST(PageMode, APageIsTheServersSliceWithThePendingEditsLaidOver) {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    Day day(seed);
    for (int step = 0; step < 200; ++step) {
      day.step();
      day.check("seed " + std::to_string(seed) + " step " + std::to_string(step));
      if (HasFatalFailure())
        return;
    }
  }
}

}  // namespace
}  // namespace syncstore::session
