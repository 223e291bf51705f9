// Browsers and servers of different versions of the catalogue, the real ones at both ends: whoever
// is older skips what it does not know and stays in step, what cannot be taken is answered and
// parked, and nothing that waits is lost over an upgrade of either end.
#include "tests/server/engine/evolution_world.hpp"

namespace syncstore::testing {
namespace {

class EvolutionTest : public EvolutionWorld {};

TEST_F(EvolutionTest, AnOlderBrowserStaysInStepWithANewerServerAndItsEditsWork) {
  const RecordId mug = insert_mug();
  Browser browser(storage_, today_);
  OpenLink before = go_online(browser);
  EXPECT_EQ(browser.shown(mug, "asin"), text("B01"));
  go_offline(browser, before);
  browser.edit(mug, "price", "12.5");

  upgrade_server();
  commit({set(mug, "brand", FromValue::anything(), text("Acme")),
          set(mug, "slug", FromValue::anything(), text("the-mug"))});
  OpenLink open = go_online(browser);
  EXPECT_EQ(stored(mug, "price"), model::Value(std::int64_t{125'000}));
  EXPECT_EQ(browser.shown(mug, "handle"), text("the-mug"));
  EXPECT_EQ(browser.shown(mug, "asin"), model::Value());
  browser.edit(mug, "title", "Cup");
  browser.edit(mug, "handle", "cup");
  talk(browser, open);
  EXPECT_EQ(stored(mug, "title"), text("Cup"));
  EXPECT_EQ(stored(mug, "slug"), text("cup"));

  // Changes of what it does not know pass it by, in one frame with what it does.
  commit({set(mug, "brand", FromValue::anything(), text("Best"))});
  commit({set(mug, "sku", FromValue::anything(), text("M-2"))});
  events.advance(2'000);
  talk(browser, open);
  EXPECT_EQ(browser.shown(mug, "sku"), text("M-2"));
  EXPECT_EQ(browser.status("resyncs"), 0);
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 0);
  // What the retired field held stays where it was.
  EXPECT_EQ(stored(mug, "asin"), text("B01"));
}

TEST_F(EvolutionTest, AnEditOfARetiredFieldParksWithWordsAndBlocksNobody) {
  const RecordId mug = insert_mug();
  Browser browser(storage_, today_);
  OpenLink before = go_online(browser);
  go_offline(browser, before);
  browser.edit(mug, "asin", "B02");
  browser.edit(mug, "title", "Cup");
  upgrade_server();
  OpenLink open = go_online(browser);
  EXPECT_EQ(stored(mug, "title"), text("Cup"));
  EXPECT_EQ(stored(mug, "asin"), text("B01"));
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 1);
  EXPECT_NE(browser.queue().find(R"("code":"retired")"), std::string::npos);
  EXPECT_NE(browser.queue().find("is not kept any more"), std::string::npos);
  EXPECT_NE(browser.queue().find("B02"), std::string::npos) << "what was wanted can still be read";
}

TEST_F(EvolutionTest, TheQueueOfAnOlderApplicationIsReadByTheNewerOneAndDrains) {
  const RecordId mug = insert_mug();
  {
    Browser old(storage_, today_);
    OpenLink before = go_online(old);
    go_offline(old, before);
    old.edit(mug, "title", "Cup");
    old.edit(mug, "asin", "B02");
    old.edit(mug, "handle", "cup");
  }
  upgrade_server();
  commit({set(mug, "brand", FromValue::anything(), text("Acme"))});
  Browser browser(storage_, next_catalogue());
  browser.number_edits_from(10);
  browser.in([](auto& bench) { bench.start(); });
  EXPECT_EQ(browser.shown(mug, "title"), text("Cup")) << "the older cache and queue are shown";
  EXPECT_EQ(browser.shown(mug, "slug"), text("cup"));
  OpenLink open = go_online(browser);
  EXPECT_EQ(stored(mug, "title"), text("Cup"));
  EXPECT_EQ(stored(mug, "slug"), text("cup"));
  EXPECT_EQ(browser.shown(mug, "brand"), text("Acme"));
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 1);
  EXPECT_NE(browser.queue().find("B02"), std::string::npos);
}

TEST_F(EvolutionTest, WhatAnOlderApplicationStoredOfANewerServerIsNotTakenForAllOfIt) {
  const RecordId mug = insert_mug();
  upgrade_server();
  commit({set(mug, "brand", FromValue::anything(), text("Acme"))});
  {
    Browser old(storage_, today_);
    OpenLink open = go_online(old);  // its base, without the brand, is stored as one snapshot
    go_offline(old, open);
  }
  {
    Browser still_old(storage_, today_);
    EXPECT_EQ(still_old.shown(mug, "title"), text("Mug")) << "an offline start shows it";
    OpenLink open = go_online(still_old);
    EXPECT_EQ(still_old.status("resyncs"), 0);
    go_offline(still_old, open);
  }
  Browser browser(storage_, next_catalogue());
  EXPECT_EQ(browser.shown(mug, "title"), text("Mug"));
  OpenLink open = go_online(browser);
  EXPECT_EQ(browser.shown(mug, "brand"), text("Acme"));
  EXPECT_EQ(browser.status("resyncs"), 0);
}

TEST_F(EvolutionTest, ANewerBrowsersEditOfAFieldThatTheServerDoesNotKnowIsAnsweredAndKept) {
  const RecordId mug = insert_mug();
  Browser browser(storage_, next_catalogue());
  OpenLink open = go_online(browser);
  browser.edit(mug, "brand", "Acme");
  browser.edit(mug, "title", "Cup");
  browser.edit(mug, "slug", "cup");
  talk(browser, open);
  EXPECT_EQ(stored(mug, "title"), text("Cup"));
  EXPECT_EQ(stored(mug, "handle"), text("cup"));
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 1);
  EXPECT_EQ(browser.connection(), "live");
  EXPECT_NE(browser.queue().find("older version"), std::string::npos);
  EXPECT_NE(browser.queue().find("Acme"), std::string::npos);

  // The server follows: sent again it is taken.
  go_offline(browser, open);
  upgrade_server();
  OpenLink later = go_online(browser);
  const std::int64_t number = browser.in([](auto& bench) {
    return Json::parse(bench.queue(), 100'000)
        ->find("entries")
        ->items()
        .at(0)
        .find("number")
        ->integer();
  });
  browser.in([&](auto& bench) {
    bench.command(R"({"cmd":"sendAgain","number":)" + std::to_string(number) + "}");
  });
  talk(browser, later);
  EXPECT_EQ(stored(mug, "brand"), text("Acme"));
  EXPECT_EQ(browser.status("parked"), 0);
}

TEST_F(EvolutionTest, AnApplicationThatWasSetBackKeepsWhatTheNewerOneQueued) {
  const RecordId mug = insert_mug();
  {
    Browser newer(storage_, next_catalogue());
    OpenLink open = go_online(newer);
    go_offline(newer, open);
    newer.edit(mug, "brand", "Acme");
    newer.edit(mug, "title", "Cup");
  }
  upgrade_server();
  Browser browser(storage_, today_);
  browser.number_edits_from(10);
  browser.in([](auto& bench) { bench.start(); });
  EXPECT_EQ(browser.shown(mug, "title"), text("Cup"));
  EXPECT_EQ(browser.status("waiting"), 2);
  // The server is the next version here: its last number is the one that the browser lacks.
  const int unknown = model::find_collection(model::kProducts)->fields.back().number;
  EXPECT_NE(browser.queue().find("\"#" + std::to_string(unknown) + "\""), std::string::npos)
      << browser.queue();
  OpenLink open = go_online(browser);
  EXPECT_EQ(stored(mug, "brand"), text("Acme"));
  EXPECT_EQ(stored(mug, "title"), text("Cup"));
  EXPECT_EQ(browser.status("waiting"), 0);
  EXPECT_EQ(browser.status("parked"), 0);
}

TEST_F(EvolutionTest, ProgramsMayUseAFormerNameAndAreToldOfARetiredField) {
  const RecordId mug = insert_mug();
  upgrade_server();
  OpenLink open = connect(engine::kJsonProtocol);
  send_json(open, R"({"type":"auth","data":{"token":"eve"}})");
  send_json(open, R"({"type":"selectStore","storeId":"gifts","data":{}})");
  std::string all;
  for (const auto& message : open.link->messages)
    all += *message;
  EXPECT_EQ(all.find("asin"), std::string::npos);
  EXPECT_NE(all.find(R"("slug":"mug")"), std::string::npos);
  open.link->messages.clear();
  const auto ask = [&](int number, const std::string& name, const std::string& from,
                       const std::string& to) {
    send_json(
        open,
        R"({"type":"mutate","storeId":"gifts","data":{"mutations":[{"id":"018f2a10-0000-7000-8000-00000000000)" +
            std::to_string(number) + R"(","ops":[{"op":"set","dataType":"products","id":")" +
            mug.text() + R"(","field":")" + name + R"(","from":)" + from + R"(,"to":")" + to +
            R"("}]}]}})");
    std::string answer;
    for (const auto& message : open.link->messages)
      answer += *message;
    open.link->messages.clear();
    return answer;
  };
  EXPECT_NE(ask(1, "handle", R"("mug")", "cup").find(R"("status":"applied")"), std::string::npos);
  EXPECT_EQ(stored(mug, "slug"), text("cup"));
  const std::string refused = ask(2, "asin", R"("B01")", "B02");
  EXPECT_NE(refused.find(R"("code":"retired")"), std::string::npos) << refused;
  EXPECT_NE(refused.find(R"("field":"asin")"), std::string::npos);
}

}  // namespace
}  // namespace syncstore::testing
