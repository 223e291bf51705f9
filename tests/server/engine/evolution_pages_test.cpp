// Pages between versions: a collection that is told page by page is filtered and sorted by number,
// so a renamed field is the same page at both ends; what one end does not have is refused for that
// page alone, which shows what is known.
#include "tests/core/session/paged_bench.hpp"
#include "tests/server/engine/evolution_world.hpp"
#include "tests/server/engine/page_oracle.hpp"

namespace syncstore::testing {
namespace {

using session::testing::PagedScreen;

constexpr int kMugs = 30;

// A browser with lists on its screen.
class PageBrowser : public Browser {
 public:
  using Browser::Browser;
  void open(int number, const std::string& sort, const std::string& filter = "") {
    in([&](auto& bench) {
      bench.command(R"({"cmd":"openPage","page":)" + std::to_string(number) +
                    R"(,"spec":{"collection":"products","page":1,"size":5,"sort":")" + sort +
                    R"(","filter":{)" + filter + R"(},"query":""}})");
    });
  }
  // What the list shows now.
  PagedScreen& look(int number) {
    const auto place = static_cast<std::uint64_t>(number);
    auto* patches = in([&](auto& bench) { return &bench.pages[place]; });
    return screens_.try_emplace(number, *patches).first->second.look();
  }

 private:
  std::map<int, PagedScreen> screens_;
};

class EvolutionPagesTest : public EvolutionWorld {
 protected:
  EvolutionPagesTest() {
    tell_by_pages();
    std::vector<sync::Mutation> mutations;
    for (int i = 0; i < kMugs; ++i) {
      ids_.push_back(new_id());
      sync::Mutation made = product("Mug " + std::to_string(i), ids_.back());
      auto& fields = made.ops[0].fields;
      fields.push_back({field("asin"), "B" + std::to_string(i % 3)});
      fields.push_back({field("handle"), "mug-" + std::to_string(i)});
      fields.push_back({field("units_sold"), std::int64_t{i * 7 % kMugs}});
      fields.push_back({field("page_views"), std::int64_t{i * 11 % kMugs}});
      std::sort(fields.begin(), fields.end(),
                [](const auto& a, const auto& b) { return a.field < b.field; });
      mutations.push_back(std::move(made));
    }
    commit(std::move(mutations));
    events.advance(1'000);
  }
  void upgrade() {
    upgrade_server();
    tell_by_pages();
  }
  void tell_by_pages() { engine->hub().set_replica_limits({.records = 20, .back = 18}); }

  void settle(Browser& browser, OpenLink& open) {
    events.advance(2'000);
    talk(browser, open);
  }
  // The rows of a page as the server's records say, filtered, sorted and cut here.
  std::vector<std::string> expected(const std::string& sort, const std::string& name = "",
                                    const std::string& value = "") {
    const model::Table& table = state().table(model::kProducts);
    PageSpec spec;
    spec.sort = view::parse_sort(table.collection(), sort).value();
    if (!name.empty())
      spec.filter.conditions.push_back({field(name), view::Comparison::equal, text(value)});
    spec.size = 5;
    std::vector<std::string> order;
    for (const wire::PageRow& row : plain_page(table, spec).rows)
      order.push_back(row.id.text());
    return order;
  }
  // What the server answers to a subscription in the words of another version.
  wire::Notice answer_to(OpenLink& open, Catalogue words, std::string_view filter,
                         std::string_view sort) {
    Bytes asked;
    {
      const CatalogueScope scope(words);
      wire::Subscribe subscribe;
      subscribe.subscription = 7;
      subscribe.collection = model::kProducts;
      subscribe.page_size = 5;
      if (!filter.empty())
        subscribe.filter.conditions.push_back(
            {field(filter), view::Comparison::equal, text("B1")});
      if (!sort.empty())
        subscribe.sort.field = field(sort);
      asked = wire::encode(subscribe);
    }
    open.session->received(asked, false);
    events.settle();
    const auto notices = all_of<wire::Notice>(open.link->take());
    return notices.empty() ? wire::Notice{} : notices.back();
  }

  std::vector<RecordId> ids_;
};

TEST_F(EvolutionPagesTest, AnOlderBrowserKeepsItsPagesOfARenamedFieldAndEditsOnThem) {
  PageBrowser browser(storage_, today_);
  OpenLink before = go_online(browser);
  browser.open(1, "-units_sold");
  browser.open(2, "title", R"("handle":"mug-3")");
  settle(browser, before);
  EXPECT_EQ(browser.look(1).order, expected("-units_sold"));
  go_offline(browser, before);
  upgrade();
  OpenLink later = go_online(browser);
  settle(browser, later);
  EXPECT_EQ(browser.look(1).order, expected("-sold"));
  EXPECT_FALSE(browser.look(1).is_partial());
  EXPECT_EQ(browser.look(2).order, std::vector<std::string>{ids_[3].text()});

  // Changes under the new name move its rows, its own edits arrive under the old one.
  commit({set(ids_[5], "sold", FromValue::anything(), model::Value(std::int64_t{900}))});
  settle(browser, later);
  browser.open(3, "-units_sold");  // the first one holds its order
  settle(browser, later);
  EXPECT_EQ(browser.look(3).order.at(0), ids_[5].text());
  browser.edit(ids_[9], "units_sold", 950);
  browser.edit(ids_[3], "handle", "cup-3");
  settle(browser, later);
  EXPECT_EQ(stored(ids_[9], "sold"), model::Value(std::int64_t{950}));
  browser.open(4, "-units_sold");
  settle(browser, later);
  EXPECT_EQ(browser.look(4).order, expected("-sold"));
  EXPECT_EQ(expected("-sold").at(0), ids_[9].text());
  EXPECT_EQ(stored(ids_[3], "slug"), text("cup-3"));
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 0);
  EXPECT_EQ(browser.status("resyncs"), 0);
}

TEST_F(EvolutionPagesTest, AnOlderBrowsersPageOfARetiredFieldShowsWhatIsKnownAndTheOthersGoOn) {
  PageBrowser browser(storage_, today_);
  OpenLink before = go_online(browser);
  browser.open(1, "-page_views");
  browser.open(2, "title", R"("asin":"B1")");
  browser.open(3, "title");
  settle(browser, before);
  EXPECT_EQ(browser.look(1).order, expected("-page_views"));
  EXPECT_EQ(browser.look(2).order, expected("title", "asin", "B1"));
  EXPECT_FALSE(browser.look(2).is_partial());
  go_offline(browser, before);
  browser.edit(ids_[10], "price", "12.5");
  upgrade();
  OpenLink later = go_online(browser);
  settle(browser, later);
  EXPECT_TRUE(browser.look(1).is_partial());
  EXPECT_TRUE(browser.look(2).is_partial());
  EXPECT_FALSE(browser.look(3).is_partial());
  EXPECT_EQ(browser.look(1).state(), "ready");
  EXPECT_EQ(browser.connection(), "live");
  EXPECT_EQ(stored(ids_[10], "price"), model::Value(std::int64_t{125'000}));
  EXPECT_EQ(browser.look(3).order, expected("title"));
  // It asks once, not in a circle, and a page that can be served is served at once.
  settle(browser, later);
  EXPECT_EQ(browser.in([](auto& bench) { return bench.sent.size(); }), 0u);
  browser.open(1, "-units_sold");
  settle(browser, later);
  EXPECT_FALSE(browser.look(1).is_partial());
  EXPECT_EQ(browser.look(1).order, expected("-sold"));
  EXPECT_EQ(browser.status("waiting"), 0);
}

TEST_F(EvolutionPagesTest, ANewerBrowsersPageOfAFieldThatTheServerLacksIsServedOnceItHasIt) {
  PageBrowser browser(storage_, next_catalogue());
  OpenLink open_link = go_online(browser);
  browser.open(1, "-sold");
  browser.open(2, "brand");
  browser.open(3, "title", R"("slug":"mug-3")");
  settle(browser, open_link);
  EXPECT_EQ(browser.look(1).order, expected("-units_sold"));
  EXPECT_TRUE(browser.look(2).is_partial());
  EXPECT_EQ(browser.look(3).order, std::vector<std::string>{ids_[3].text()});
  EXPECT_EQ(browser.connection(), "live");
  browser.edit(ids_[3], "slug", "cup-3");
  settle(browser, open_link);
  EXPECT_EQ(stored(ids_[3], "handle"), text("cup-3"));

  go_offline(browser, open_link);
  upgrade();
  commit({set(ids_[7], "brand", FromValue::anything(), text("Zeta")),
          set(ids_[8], "brand", FromValue::anything(), text("Acme"))});
  OpenLink later = go_online(browser);
  browser.open(2, "-brand");
  settle(browser, later);
  EXPECT_FALSE(browser.look(2).is_partial());
  EXPECT_EQ(browser.look(2).order, expected("-brand"));
  EXPECT_EQ(expected("-brand").at(0), ids_[7].text());
  EXPECT_EQ(browser.shown(ids_[7], "brand"), text("Zeta"));
}

TEST_F(EvolutionPagesTest, ANewerBrowserShowsNothingOfAFieldThatItRetired) {
  PageBrowser browser(storage_, next_catalogue());
  OpenLink open_link = go_online(browser);
  browser.open(1, "-sold");
  settle(browser, open_link);
  const std::string top = browser.look(1).order.at(0);
  const Json& fields = *browser.look(1).rows.at(top).find("fields");
  EXPECT_NE(fields.find("slug"), nullptr);
  EXPECT_EQ(fields.find("asin"), nullptr);
  EXPECT_EQ(fields.find("page_views"), nullptr);
  browser.in([](auto& bench) {
    const auto refused = session::run_command(
        bench.session(),
        R"({"cmd":"openPage","page":2,"spec":{"collection":"products","page":1,"size":5,"sort":"page_views","filter":{},"query":""}})",
        bench.now);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::retired);
    EXPECT_EQ(refused.error().detail,
              "The field \"page_views\" is retired. Sort by another one.");
  });
}

TEST_F(EvolutionPagesTest, RowsThatAnOlderBrowserStoredAreWholeOnceTheNewerOneIsAnswered) {
  upgrade();
  commit({set(ids_[5], "brand", FromValue::anything(), text("Acme")),
          set(ids_[5], "sold", FromValue::anything(), model::Value(std::int64_t{900}))});
  {
    PageBrowser old(storage_, today_);
    OpenLink link = go_online(old);
    old.open(1, "-units_sold");
    settle(old, link);
    EXPECT_EQ(old.look(1).order.at(0), ids_[5].text());
    go_offline(old, link);
  }
  PageBrowser browser(storage_, next_catalogue());
  browser.in([](auto& bench) { bench.start(); });
  EXPECT_EQ(browser.shown(ids_[5], "title"), text("Mug 5")) << "without a network what was stored";
  EXPECT_EQ(browser.shown(ids_[5], "sold"), model::Value(std::int64_t{900}));
  OpenLink link = go_online(browser);
  browser.open(1, "-sold");
  settle(browser, link);
  EXPECT_EQ(browser.shown(ids_[5], "brand"), text("Acme"));
  EXPECT_EQ(browser.look(1).order, expected("-sold"));
}

TEST_F(EvolutionPagesTest, AnApplicationThatWasSetBackKeepsItsPagesAndWhatTheNewerOneQueued) {
  upgrade();
  const RecordId best = ids_[17];  // sold most: on the first page
  {
    PageBrowser newer(storage_, next_catalogue());
    OpenLink link = go_online(newer);
    newer.open(1, "-sold");
    settle(newer, link);
    go_offline(newer, link);
    newer.edit(best, "brand", "Acme");
    newer.edit(best, "sold", 900);
  }
  PageBrowser browser(storage_, today_);
  browser.number_edits_from(10);
  browser.in([](auto& bench) { bench.start(); });
  browser.open(1, "-units_sold");
  EXPECT_EQ(browser.shown(best, "units_sold"), model::Value(std::int64_t{900}));
  EXPECT_EQ(browser.status("waiting"), 2);
  OpenLink link = go_online(browser);
  settle(browser, link);
  EXPECT_EQ(stored(best, "brand"), text("Acme"));
  EXPECT_EQ(browser.look(1).order.at(0), best.text());
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 0);
}

TEST_F(EvolutionPagesTest, WhatARetiredFieldHoldsCannotBeFoundOutByAskingForPages) {
  upgrade();
  OpenLink link = connect();
  wire::Hello asked = hello("eve");
  asked.abilities = wire::kReadsLive | wire::kReadsPages;
  send(link, asked);
  link.link->take();
  for (const auto& [filter, sort] : std::vector<std::pair<std::string, std::string>>{
           {"asin", ""}, {"", "page_views"}, {"asin", "units_sold"}, {"handle", "page_views"}}) {
    const wire::Notice notice = answer_to(link, today_, filter, sort);
    EXPECT_EQ(notice.code, ErrorCode::retired) << filter << " " << sort;
    EXPECT_EQ(notice.subscription, 7u);
  }
  EXPECT_EQ(answer_to(link, today_, "handle", "units_sold").code, ErrorCode::none);
  EXPECT_EQ(link.link->close_code, 0);
}

}  // namespace
}  // namespace syncstore::testing
