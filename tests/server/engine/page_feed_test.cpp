// Page subscriptions over links, case by case.
#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "server/engine/sync_api.hpp"
#include "tests/server/engine/page_world.hpp"

namespace syncstore::testing {
namespace {

using sync::FromValue;

class PageFeedTest : public PageWorld {};

TEST_F(PageFeedTest, ALargeCollectionIsToldByPagesToWhoCan) {
  const auto made = fill(30);
  OpenLink open = follow_pages("eve");
  PageReader reader;
  reader.take(open.link->take());
  ASSERT_EQ(reader.cancels.size(), 1u);
  EXPECT_EQ(reader.cancels[0].collection, model::kProducts);
  EXPECT_EQ(reader.cancels[0].code, ErrorCode::page_only);
  EXPECT_TRUE(reader.snapshots.empty());
  EXPECT_EQ(reader.head, state().sequence()) << "and it knows how far it is";
  subscribe(open, reader, 7, by_title(2));
  reader.take(open.link->take());
  expect_exact(reader);
  EXPECT_EQ(reader.pages[7].shown.rows.size(), 5u);

  // One that reads no pages gets the copy, as ever.
  OpenLink old = follow("vic");
  EXPECT_EQ(all_of<wire::Begin>(old.link->take()).size(), 1u);

  const RecordId shown = reader.pages[7].shown.rows[2].id;
  commit({set(shown, "price", FromValue::anything(), std::int64_t{7})});
  auto messages = open.link->take();
  const auto pages = all_of<wire::Page>(messages);
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_TRUE(pages[0].order.empty()) << "the order is as it was";
  ASSERT_EQ(pages[0].entered.size(), 1u) << "only the row that changed";
  EXPECT_TRUE(std::holds_alternative<wire::Page>(messages.front())) << "before the head";
  reader.take(messages);
  EXPECT_EQ(reader.head, state().sequence());
  expect_exact(reader);
  EXPECT_TRUE(reader.sections.empty()) << "no changes of the collection besides";
  EXPECT_EQ(all_of<wire::Change>(old.link->take()).at(0).sections.size(), 1u);

  // Somewhere else, without a change of the total: nothing.
  events.advance(1'000);
  open.link->take();
  commit({set(made[29], "price", FromValue::anything(), std::int64_t{8})});
  messages = open.link->take();
  EXPECT_TRUE(all_of<wire::Page>(messages).empty());
  EXPECT_EQ(all_of<wire::Change>(messages).size(), 1u);

  send(open, wire::Unsubscribe{7});
  EXPECT_EQ(counters().page_subscriptions, 0u);
  events.advance(1'000);
  open.link->take();
  commit({remove(shown)});
  EXPECT_TRUE(all_of<wire::Page>(open.link->take()).empty());
}

TEST_F(PageFeedTest, EqualPagesOfManyLinksAreTheSameBytes) {
  fill(30);
  std::vector<OpenLink> links;
  std::vector<PageReader> readers(20);
  for (PageReader& reader : readers) {
    links.push_back(follow_pages("eve:" + std::to_string(links.size())));
    subscribe(links.back(), reader, 9, by_title());
  }
  EXPECT_EQ(counters().page_frames_encoded, 1u);
  EXPECT_EQ(counters().page_frames_sent, 20u);
  EXPECT_EQ(counters().page_subscriptions, 20u);
  for (OpenLink& open : links)
    open.link->take();
  const std::uint64_t frames = counters().frames_encoded;
  commit({set(plain_page(products(), by_title()).rows[0].id, "price", FromValue::anything(),
              std::int64_t{7})});
  EXPECT_EQ(counters().page_frames_encoded, 2u);
  EXPECT_EQ(counters().page_frames_sent, 40u);
  EXPECT_EQ(counters().frames_encoded - frames, 1u) << "one head for all";
  for (OpenLink& open : links)
    EXPECT_EQ(open.link->messages.at(0), links[0].link->messages.at(0));
}

TEST_F(PageFeedTest, WhatCannotBeServedIsRefusedByItsNumberAndTheLinkGoesOn) {
  fill(30);
  OpenLink open = follow_pages("vic");
  PageReader reader;
  subscribe(open, reader, 1, by_title());
  reader.take(open.link->take());
  wire::Subscribe wrong = subscription(1, by_title());
  wrong.collection = model::kConflicts;  // not for viewers
  wrong.sort = {};
  send(open, wrong);
  reader.take(open.link->take());
  ASSERT_EQ(reader.notices.size(), 1u);
  EXPECT_EQ(reader.notices[0].code, ErrorCode::forbidden);
  EXPECT_EQ(reader.notices[0].subscription, 1u);
  EXPECT_EQ(counters().page_subscriptions, 0u) << "and the one of that number ended";
  PageSpec unsorted;
  for (std::size_t i = 0; i < products().collection().fields.size(); ++i) {
    if (!products().collection().fields[i].sortable)
      unsorted.sort.field = static_cast<int>(i);
  }
  if (view::sort_text(products().collection(), unsorted.sort) !=
      products().collection().default_sort) {
    send(open, subscription(2, unsorted));
    reader.take(open.link->take());
    EXPECT_EQ(reader.notices.back().code, ErrorCode::invalid);
    EXPECT_EQ(reader.notices.back().subscription, 2u);
  }
  for (std::uint32_t number = 1; number <= limits::kPageSubscriptions; ++number) {
    events.advance(100);
    subscribe(open, reader, number, by_title(number, 2));
  }
  reader.take(open.link->take());
  expect_exact(reader);
  events.advance(1'000);
  send(open, subscription(200, by_title()));
  reader.take(open.link->take());
  EXPECT_EQ(reader.notices.back().code, ErrorCode::queue_full);
  EXPECT_EQ(reader.notices.back().subscription, 200u);
  events.advance(1'000);
  subscribe(open, reader, 64, by_title(1, 3));  // another page under a number is no more pages
  reader.take(open.link->take());
  expect_exact(reader);
  EXPECT_EQ(counters().page_subscriptions, limits::kPageSubscriptions);
  EXPECT_EQ(open.link->close_code, 0);
  open.session->closed();
  EXPECT_EQ(counters().page_subscriptions, 0u);
}

TEST_F(PageFeedTest, WhatTheReaderHasIsNotSentAgain) {
  fill(30);
  OpenLink open = follow_pages("eve");
  PageReader reader;
  subscribe(open, reader, 3, by_title());
  const auto first = all_of<wire::Page>(open.link->take()).at(0);
  OpenLink again = follow_pages("eve:again");
  again.link->take();
  wire::Subscribe same = subscription(3, by_title());
  same.known = first.hash;
  send(again, same);
  const auto known = all_of<wire::Page>(again.link->take()).at(0);
  EXPECT_EQ(known.hash, first.hash);
  EXPECT_TRUE(known.order.empty());
  EXPECT_TRUE(known.entered.empty());
  same.known = first.hash + 1;
  send(again, same);
  EXPECT_EQ(all_of<wire::Page>(again.link->take()).at(0).entered.size(), 5u);
}

TEST_F(PageFeedTest, ASlowReaderGetsOnlyTheNewestState) {
  fill(30);
  OpenLink open = follow_pages("eve");
  PageReader reader;
  subscribe(open, reader, 1, by_title());
  reader.take(open.link->take());
  const RecordId first = reader.pages[1].shown.rows[0].id;
  open.link->full = true;
  for (int i = 1; i <= 10; ++i) {
    commit({set(first, "price", FromValue::anything(), std::int64_t{i})});
    events.advance(600);
  }
  open.link->full = false;
  open.session->drained();
  const auto messages = open.link->take();
  EXPECT_EQ(all_of<wire::Page>(messages).size(), 1u);
  EXPECT_EQ(all_of<wire::Change>(messages).size(), 1u);
  reader.take(messages);
  expect_exact(reader);
  EXPECT_EQ(reader.head, state().sequence());
  commit({set(first, "price", FromValue::anything(), std::int64_t{99})});
  EXPECT_EQ(all_of<wire::Page>(open.link->take()).at(0).entered.size(), 1u) << "live again";
}

// A page of long texts comes in several frames, also to a reader who takes one at a time.
TEST_F(PageFeedTest, PagesOfLongTextsComeInSeveralFrames) {
  const auto made = fill(25);
  for (const RecordId id : made)
    commit({set(id, "description", FromValue::anything(), std::string(120'000, 'x'))});
  events.advance(1'000);
  OpenLink open = follow_pages("eve");
  PageReader reader;
  reader.take(open.link->take());
  open.link->room = 1;
  subscribe(open, reader, 1, by_title(1, 25));
  for (int i = 0; i < 5 && !reader.pages[1].answered; ++i) {
    EXPECT_LE(open.link->messages.size(), 1u);
    reader.take(open.link->take());
    open.link->room = 1;
    open.session->drained();
  }
  open.link->room.reset();
  open.session->drained();
  reader.take(open.link->take());
  EXPECT_GT(reader.pages[1].frames, 1);
  expect_exact(reader);
}

TEST_F(PageFeedTest, ACollectionGoesToPagesAndBackWithHysteresis) {
  auto made = fill(20);
  OpenLink open = follow_pages("eve"), old = follow("vic");
  PageReader reader;
  reader.take(open.link->take());
  EXPECT_EQ(reader.snapshots.size(), 1u);
  subscribe(open, reader, 1, by_title());
  reader.take(open.link->take());
  EXPECT_TRUE(reader.cancels.empty());
  old.link->take();
  made.push_back(new_id());
  commit({product("One too many", made.back())});
  events.advance(1'000);
  reader.take(open.link->take());
  ASSERT_EQ(reader.cancels.size(), 1u);
  EXPECT_EQ(reader.cancels[0].code, ErrorCode::page_only);
  expect_exact(reader);
  EXPECT_TRUE(all_of<wire::Cancel>(old.link->take()).empty()) << "it reads no pages";
  // Asking for the whole says the same again.
  send(open, wire::Subscribe{0, model::kProducts, {}, {}, 1, 0});
  reader.take(open.link->take());
  EXPECT_EQ(reader.cancels.size(), 2u);
  for (int i = 0; i < 3; ++i) {
    commit({remove(made.back())});
    made.pop_back();
    events.advance(1'000);
  }
  reader.take(open.link->take());
  EXPECT_EQ(products().size(), 18u);
  EXPECT_EQ(reader.snapshots.size(), 1u) << "18 is not yet below the limit back";
  EXPECT_EQ(counters().page_subscriptions, 1u);
  commit({remove(made.back())});
  events.advance(1'000);
  reader.take(open.link->take());
  EXPECT_EQ(reader.snapshots.size(), 2u) << "the copy comes by itself";
  EXPECT_EQ(counters().page_subscriptions, 0u) << "and ends the pages";
  reader.sections.clear();
  commit({set(made[0], "price", FromValue::anything(), std::int64_t{7})});
  events.advance(1'000);
  reader.take(open.link->take());
  EXPECT_EQ(reader.sections[model::kProducts], 1) << "changes come again";
}

TEST_F(PageFeedTest, RowsOnScreenComeBeforeTheRestOfASnapshot) {
  fill(15);
  OpenLink open = connect();
  open.link->room = 2;  // welcome and the beginning
  wire::Hello asked = hello("eve");
  asked.abilities = wire::kReadsPages;
  send(open, asked);
  PageReader reader;
  reader.take(open.link->take());
  EXPECT_EQ(reader.snapshots.size(), 1u);
  subscribe(open, reader, 1, by_title());
  open.link->room.reset();
  open.session->drained();
  const auto messages = open.link->take();
  ASSERT_FALSE(messages.empty());
  EXPECT_TRUE(std::holds_alternative<wire::Page>(messages.front()));
  EXPECT_EQ(all_of<wire::End>(messages).size(), 1u);
  reader.take(messages);
  expect_exact(reader);
  EXPECT_EQ(counters().page_subscriptions, 0u) << "the snapshot is in: the page ends";
}

TEST_F(PageFeedTest, AnotherStoreOrAClosedLinkLeavesThePages) {
  fill(30);
  create_store("books");
  OpenLink open = follow_pages("ann");
  PageReader reader;
  subscribe(open, reader, 1, by_title());
  EXPECT_EQ(counters().page_subscriptions, 1u);
  wire::Hello other = hello("ann");
  other.store = "books";
  other.abilities = wire::kReadsPages;
  send(open, other);
  EXPECT_EQ(counters().page_subscriptions, 0u);
  OpenLink second = follow_pages("eve");
  subscribe(second, reader, 1, by_title());
  identities.revoke({engine::Revocation::Kind::role_changed, "u-eve", {}, "gifts"});
  EXPECT_EQ(second.link->close_code, 4403);
  EXPECT_EQ(counters().page_subscriptions, 0u);
  OpenLink third = follow_pages("vic");
  subscribe(third, reader, 1, by_title());
  engine->hub().shut_down(1'000);
  EXPECT_EQ(third.link->close_code, 1001);
  EXPECT_EQ(counters().page_subscriptions, 0u);
}

TEST_F(PageFeedTest, AnExchangeAnswersEverySubscription) {
  fill(30);
  wire::Hello asked = hello("eve");
  asked.ticket.clear();
  asked.abilities = wire::kReadsPages;
  Bytes body;
  wire::append_frame(body, wire::encode(asked));
  wire::append_frame(body, wire::encode(subscription(1, by_title())));
  wire::append_frame(body, wire::encode(subscription(2, by_title(3))));
  Bytes answer;
  engine::exchange(*engine, {"u-eve", "eve", "eve", 0}, body, [&](Result<Bytes> bytes) {
    ASSERT_TRUE(bytes.ok());
    answer = std::move(*bytes);
  });
  events.advance(10);
  PageReader reader;
  reader.pages[1].spec = by_title();
  reader.pages[2].spec = by_title(3);
  std::vector<wire::DownMessage> messages;
  const auto frames = wire::split_frames(answer);
  ASSERT_TRUE(frames.ok());
  for (const std::string_view frame : *frames)
    messages.push_back(*wire::decode_down(frame));
  reader.take(messages);
  expect_exact(reader);
  EXPECT_EQ(reader.head, state().sequence());
  EXPECT_EQ(counters().page_subscriptions, 0u);
}

TEST_F(PageFeedTest, ARecordIsWatchedAsAPageOfItsOwn) {
  const auto made = fill(30);
  OpenLink open = follow_pages("eve");
  PageReader reader;
  PageSpec one;
  one.filter.conditions = {
      {view::kRecordId, view::Comparison::equal, static_cast<std::int64_t>(made[7].value)}};
  one.size = 1;
  subscribe(open, reader, 1, one);
  reader.take(open.link->take());
  expect_exact(reader);
  EXPECT_EQ(reader.pages[1].shown.total, 1u);
  commit({set(made[8], "price", FromValue::anything(), std::int64_t{7})});
  events.advance(1'000);
  EXPECT_TRUE(all_of<wire::Page>(open.link->take()).empty());
  commit({set(made[7], "price", FromValue::anything(), std::int64_t{7})});
  events.advance(1'000);
  reader.take(open.link->take());
  expect_exact(reader);
  commit({remove(made[7])});
  events.advance(1'000);
  reader.take(open.link->take());
  expect_exact(reader);
  EXPECT_EQ(reader.pages[1].shown.total, 0u);
}

// A page without a counted tree waits for its scan; somebody else who opens it has it read at once.
TEST_F(PageFeedTest, AHeadWaitsForAPageThatWasReadForSomebodyElse) {
  const auto made = fill(30);
  state().page_trees().set_bounds({.bytes = 0, .unwatched = 0, .tested = 0});
  OpenLink first = follow_pages("eve");
  PageReader reader;
  subscribe(first, reader, 1, by_title(1, 30));
  events.advance(1'000);
  commit({set(made[3], "price", FromValue::anything(), std::int64_t{7})});
  reader.take(first.link->take());
  expect_exact(reader);
  const Sequence told = reader.head;
  ASSERT_EQ(told, state().sequence());

  commit({set(made[4], "price", FromValue::anything(), std::int64_t{8})});
  OpenLink second = follow_pages("ann");
  PageReader other;
  subscribe(second, other, 1, by_title(1, 30));
  other.take(second.link->take());
  expect_exact(other);
  // Whatever tells the first one a head now has to tell its page before.
  send(first, wire::Credentials{"eve"});
  const auto keepalives = all_of<wire::Keepalive>(first.link->take());
  ASSERT_EQ(keepalives.size(), 1u);
  EXPECT_EQ(keepalives[0].head, 0u);

  events.advance(limits::kPageScanMs);
  reader.take(first.link->take());
  expect_exact(reader);
  EXPECT_EQ(reader.head, state().sequence());
  send(first, wire::Credentials{"eve"});
  const auto later = all_of<wire::Keepalive>(first.link->take());
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].head, state().sequence());
}

}  // namespace
}  // namespace syncstore::testing
