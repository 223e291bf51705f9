// The browser's side of a store, its connection: signing in again, silence, polling, a full server
// disk, renewal.
#include "core/session/client_session.hpp"

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::contains;
using testing::mutation_id;
using testing::Storage;

TEST(ClientSession, NeedsSignInKeepsQueueAndComesBack) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->socket_closed(4401, bench.now);
  bench.settle();
  bench.tick(0);
  bench.tick(1);
  EXPECT_EQ(bench.tickets_asked, 2);
  bench->ticket_failed(401, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "sign-in");
  bench.set_price(1, "7", 1);
  EXPECT_EQ(storage.entries.size(), 1u);
  bench->signed_in(bench.now);
  bench.settle();
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10));
  EXPECT_EQ(bench.take_mutations().size(), 1u);
  EXPECT_EQ(bench.connection(), "live");
}

TEST(ClientSession, SomebodyElsesSessionIsRefusedBeforeAnythingIsRead) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.open_socket();
  bench.receive(wire::Notice{ErrorCode::other_user, {}, 0});
  EXPECT_EQ(bench.connection(), "sign-in");
  EXPECT_TRUE(contains(bench.status, "other_user"));
}

TEST(ClientSession, AWelcomeForSomebodyElseIsRefused) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.open_socket();
  wire::Welcome welcome = bench.welcome(10);
  welcome.user = "u-2";
  bench.receive(welcome);
  EXPECT_EQ(bench.connection(), "sign-in");
}

TEST(ClientSession, AnOldBuildAsksForAnUpdate) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.receive(wire::Notice{ErrorCode::needs_update, {}, 0});
  EXPECT_EQ(bench.connection(), "update");
  bench->retry_now(bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "update");
}

TEST(ClientSession, SilenceIsAskedAndThenTakenForLost) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.tick(limits::kSilenceMs);
  auto sent = bench.take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<wire::Ping>(sent[0]));
  bench.receive(wire::Pong{1});
  bench.tick(limits::kSilenceMs);
  bench.take_sent();
  bench.tick(limits::kPongMs);
  EXPECT_EQ(bench.connection(), "reconnecting");
  EXPECT_FALSE(bench.closed.empty());
}

TEST(ClientSession, PollsAfterFiveFailuresAndGoesOnTryingTheSocket) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  bench->socket_closed(1006, bench.now);
  bench.settle();
  int failures = 1;
  while (bench.exchanges.empty() && failures < 10) {
    const int asked = bench.tickets_asked;
    bench.tick(31'000);
    if (bench.tickets_asked == asked)
      continue;
    bench->ticket_failed(0, bench.now);
    bench.settle();
    bench.tick(1);
    ++failures;
  }
  EXPECT_EQ(failures, limits::kFailuresBeforePolling);
  ASSERT_EQ(bench.exchanges.size(), 1u);
  const auto frames = wire::split_frames(bench.exchanges[0]);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 2u);
  EXPECT_TRUE(std::holds_alternative<wire::Hello>(*wire::decode_up((*frames)[0])));
  EXPECT_TRUE(std::holds_alternative<wire::Mutate>(*wire::decode_up((*frames)[1])));

  Bytes answer;
  wire::append_frame(answer, wire::encode(bench.welcome(10)));
  wire::append_frame(answer, wire::encode(bench.receipt(mutation_id(bench, 1), 11)));
  wire::append_frame(
      answer, wire::encode(wire::Change{11, {}, {ClientBench::price(1, 70'000, 10, 11, 1)}}));
  bench->exchange_answered(answer, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "polling");
  EXPECT_EQ(bench.answered.size(), 1u);
  EXPECT_EQ(bench->cursor(model::kProducts), 11u);
  const int asked = bench.tickets_asked;
  bench.tick(limits::kPollMs);
  EXPECT_EQ(bench.exchanges.size(), 2u);
  EXPECT_GT(bench.tickets_asked, asked);
  bench->exchange_failed(0, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "offline");
  bench.open_socket();
  bench.receive(bench.welcome(11));
  EXPECT_EQ(bench.connection(), "live");
}

void lose_the_socket_until_it_polls(ClientBench& bench) {
  bench->socket_closed(1006, bench.now);
  bench.settle();
  for (int i = 0; i < 20 && bench.exchanges.empty(); ++i) {
    bench.tick(31'000);
    bench->ticket_failed(0, bench.now);
    bench.settle();
    bench.tick(1);
  }
}

TEST(ClientSession, OnePollIsUnderWayAtATime) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  lose_the_socket_until_it_polls(bench);
  ASSERT_EQ(bench.exchanges.size(), 1u);
  for (int i = 0; i < 5; ++i) {
    bench.tick(limits::kBackoffMaxMs + 1'000);
    bench->ticket_failed(0, bench.now);
    bench.settle();
    bench.tick(1);
  }
  EXPECT_EQ(bench.exchanges.size(), 1u) << "the first is not answered";
  Bytes answer;
  wire::append_frame(answer, wire::encode(bench.welcome(10)));
  bench->exchange_answered(answer, bench.now);
  bench.settle();
  bench.tick(limits::kPollMs);
  EXPECT_EQ(bench.exchanges.size(), 2u);
}

// The socket told everything, and later.
TEST(ClientSession, APollThatIsAnsweredBehindTheSocketsWelcomeChangesNothing) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  lose_the_socket_until_it_polls(bench);
  ASSERT_EQ(bench.exchanges.size(), 1u);
  bench.tick(limits::kBackoffMaxMs + 1'000);
  bench.open_socket();
  bench.receive(bench.welcome(11));
  bench.receive(wire::Change{11, {}, {ClientBench::price(1, 70'000, 10, 11)}});
  ASSERT_EQ(bench.connection(), "live");
  Bytes answer;
  wire::append_frame(answer, wire::encode(bench.welcome(10)));
  wire::append_frame(answer, wire::encode(wire::Notice{ErrorCode::storage_full, {}, 5'000}));
  bench->exchange_answered(answer, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "live");
  EXPECT_TRUE(bench.status_json().find("lastError")->is(Json::Kind::null));
  EXPECT_EQ(bench->cursor(model::kProducts), 11u);
  EXPECT_EQ(bench.shown_price(1), 70'000);
}

TEST(ClientSession, PollsSayThatTheServersDiskIsFullWhileItIs) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  lose_the_socket_until_it_polls(bench);
  const auto poll = [&](bool full) {
    Bytes answer;
    wire::append_frame(answer, wire::encode(bench.welcome(10)));
    if (full)
      wire::append_frame(answer, wire::encode(wire::Notice{ErrorCode::storage_full, {}, 5'000}));
    const std::size_t before = bench.exchanges.size();
    bench->exchange_answered(answer, bench.now);
    bench.settle();
    EXPECT_EQ(bench.connection(), "polling");
    for (int i = 0; i < 20 && bench.exchanges.size() == before; ++i) {
      bench.tick(5'000);
      bench->ticket_failed(0, bench.now);
      bench.settle();
    }
    ASSERT_GT(bench.exchanges.size(), before);
  };
  ASSERT_FALSE(bench.exchanges.empty());
  for (int i = 0; i < 2; ++i) {
    poll(true);
    EXPECT_EQ(bench.status_json().find("lastError")->find("code")->text(), "storage_full");
  }
  poll(false);
  EXPECT_TRUE(bench.status_json().find("lastError")->is(Json::Kind::null));
}

TEST(ClientSession, APollThatIsToldToUpdateSaysSo) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  lose_the_socket_until_it_polls(bench);
  ASSERT_FALSE(bench.exchanges.empty());
  Bytes answer;
  wire::Notice notice;
  notice.code = ErrorCode::needs_update;
  wire::append_frame(answer, wire::encode(notice));
  bench->exchange_answered(answer, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "update");
  EXPECT_EQ(bench->queue().counts().waiting, 1u);
}

TEST(ClientSession, RetryNoticesKeepTheEditAndSendItAgain) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  bench.receive(wire::Notice{ErrorCode::retry, {}, 1'000});
  EXPECT_EQ(bench.status_json().find("waiting")->integer(), 1);
  EXPECT_EQ(bench.status_json().find("parked")->integer(), 0);
  bench.tick(1'600);
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10, {{mutation_id(bench, 1), false, {}}}));
  EXPECT_EQ(bench.take_mutations().size(), 1u);
}

TEST(ClientSession, WhatTheScreenShowedIsSentEvenBeforeTheBaseIsHere) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();  // a tab that takes the lead while its person goes on editing
  bench.command(R"({"cmd":"edit","mutation":")" + bench.uuid(1) +
                R"(","ops":[{"op":"set","collection":"products","id":")" + bench.id(1).text() +
                R"(","field":"price","from":"9.5","to":"12.25"}]})");
  bench.open_socket();
  bench.receive(bench.welcome(10));
  bench.send_store(5, 10);
  const auto sent = bench.take_mutations();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].ops[0].from, sync::FromValue::seen(model::Value(std::int64_t{95'000})));
}

TEST(ClientSession, AFullServerDiskKeepsLinkAndEditsAndGoesOnWhenItSaysSo) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.set_price(1, "7", 1);
  bench.take_sent();
  bench.receive(wire::Notice{ErrorCode::storage_full, {}, 5'000});
  EXPECT_EQ(bench.connection(), "live");
  EXPECT_EQ(bench.status_json().find("lastError")->find("code")->text(), "storage_full");
  EXPECT_EQ(bench.status_json().find("waiting")->integer(), 1);
  bench.set_price(2, "8", 2);
  EXPECT_TRUE(bench.take_mutations().empty()) << "nothing is sent into a full disk";
  EXPECT_EQ(bench.shown_price(2), 80'000);
  bench.receive(wire::Change{11, {}, {ClientBench::price(3, 90'000, 10, 11)}});
  EXPECT_EQ(bench.shown_price(3), 90'000) << "reading goes on";

  bench.receive(wire::Notice{});
  EXPECT_EQ(bench.take_mutations().size(), 2u);
  EXPECT_TRUE(bench.status_json().find("lastError")->is(Json::Kind::null));

  bench.receive(wire::Notice{ErrorCode::storage_full, {}, 5'000});
  EXPECT_TRUE(bench.take_mutations().empty());
  bench.tick(5'000);
  const auto again = bench.take_mutations();
  ASSERT_EQ(again.size(), 2u) << "tried again by itself when the word never comes";
  EXPECT_EQ(again[0].id, mutation_id(bench, 1));
  bench.receive(bench.receipt(mutation_id(bench, 1), 12));
  bench.receive(bench.receipt(mutation_id(bench, 2), 13));
  EXPECT_EQ(bench.status_json().find("waiting")->integer(), 0);
}

TEST(ClientSession, CredentialsAreRenewedInPlace) {
  Storage storage;
  ClientBench bench(storage);
  bench.start();
  bench.open_socket();
  wire::Welcome welcome = bench.welcome(10);
  welcome.expires_in_s = 100;
  bench.receive(welcome);
  bench.send_store(1, 10);
  bench.take_sent();
  for (int i = 0; i < 8; ++i) {
    bench.tick(10'000);
    bench.receive(wire::Pong{1});
  }
  EXPECT_EQ(bench.tickets_asked, 2);
  bench->ticket("renewed", bench.now);
  bench.settle();
  bool renewed = false;
  for (const auto& message : bench.take_sent()) {
    const auto* credentials = std::get_if<wire::Credentials>(&message);
    renewed = renewed || (credentials != nullptr && credentials->ticket == "renewed");
  }
  EXPECT_TRUE(renewed);
  EXPECT_EQ(bench.connection(), "live");
}

}  // namespace
}  // namespace syncstore::session
