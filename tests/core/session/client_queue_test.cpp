// The outbox of a browser: what screens are told of thousands of waiting edits, when an edit counts
// as sent, and what becomes of edits that storage does not take.
#include <gtest/gtest.h>

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::contains;
using testing::mutation_id;
using testing::Storage;

Json read(const std::string& text) { return *Json::parse(text, 1 << 24); }
std::int64_t number_of(const Json& json, std::string_view key) { return json.find(key)->integer(); }

void open_queue(ClientBench& bench, int window, const std::string& state, int from, int size) {
  bench.command(R"({"cmd":"openQueue","window":)" + std::to_string(window) + R"(,"state":")" +
                state + R"(","from":)" + std::to_string(from) + R"(,"size":)" +
                std::to_string(size) + "}");
}

void add_stock(ClientBench& bench, RowNumber row, int number) {
  bench.command(R"({"cmd":"edit","mutation":")" + bench.uuid(number) +
                R"(","ops":[{"op":"add","collection":"products","id":")" +
                ClientBench::id(row).text() + R"(","field":"inventory","amount":1}]})");
}

// What a screen makes of the patches of a window.
struct Shown {
  std::int64_t from = 0, total = 0;
  std::vector<std::int64_t> order;
  std::map<std::int64_t, std::string> states;

  void take(const std::vector<std::string>& patches) {
    for (const std::string& text : patches) {
      const Json patch = read(text);
      from = number_of(patch, "from");
      total = number_of(patch, "total");
      if (const Json* numbers = patch.find("order")) {
        order.clear();
        for (const Json& number : numbers->items())
          order.push_back(number.integer());
      }
      if (const Json* entries = patch.find("entries")) {
        for (const Json& entry : entries->items())
          states[number_of(entry, "number")] = entry.find("state")->text();
      }
    }
  }
};

class Offline : public ::testing::Test {
 protected:
  void SetUp() override {
    bench.go_live();
    bench->network_hint(false, bench.now);
    bench.settle();
  }
  std::int64_t waiting() { return number_of(bench.status_json(), "waiting"); }

  Storage storage;
  ClientBench bench{storage};
};

TEST_F(Offline, AListIsToldAsDifferencesOfItsWindowWithAnExactTotal) {
  open_queue(bench, 7, "waiting", 0, 3);
  for (int n = 1; n <= 5; ++n)
    add_stock(bench, 1, n);
  Shown shown;
  shown.take(bench.windows[7]);
  EXPECT_EQ(shown.total, 5);
  EXPECT_EQ(shown.order, (std::vector<std::int64_t>{1, 2, 3}));
  bench.windows[7].clear();
  bench.command(R"({"cmd":"discard","number":2})");
  ASSERT_EQ(bench.windows[7].size(), 1u);
  const Json patch = read(bench.windows[7][0]);
  ASSERT_EQ(patch.find("entries")->items().size(), 1u)
      << "only the entry that came into the window";
  EXPECT_EQ(number_of(patch.find("entries")->items()[0], "number"), 4);
  shown.take(bench.windows[7]);
  EXPECT_EQ(shown.total, 4);
  EXPECT_EQ(shown.order, (std::vector<std::int64_t>{1, 3, 4}));
}

TEST_F(Offline, AWindowBehindTheEndShowsTheLastPiece) {
  for (int n = 1; n <= 5; ++n)
    add_stock(bench, 1, n);
  open_queue(bench, 7, "waiting", 4, 2);
  Shown shown;
  shown.take(bench.windows[7]);
  EXPECT_EQ(shown.order, (std::vector<std::int64_t>{5}));
  bench.command(R"({"cmd":"discard","number":5})");
  shown.take(bench.windows[7]);
  EXPECT_EQ(shown.from, 2);
  EXPECT_EQ(shown.order, (std::vector<std::int64_t>{3, 4}));
  bench.command(R"({"cmd":"closeQueue","window":7})");
  bench.windows[7].clear();
  bench.command(R"({"cmd":"discard","number":4})");
  EXPECT_TRUE(bench.windows[7].empty());
}

TEST_F(Offline, WindowsAreBounded) {
  open_queue(bench, 7, "waiting", 0, 100'000);
  for (int n = 1; n <= 300; ++n)
    add_stock(bench, 1, n);
  bench.tick(limits::kQueueTellMs);
  Shown shown;
  shown.take(bench.windows[7]);
  EXPECT_EQ(shown.total, 300);
  EXPECT_EQ(shown.order.size(), limits::kQueueWindow);
  EXPECT_FALSE(run_command(bench.session(),
                           R"({"cmd":"openQueue","window":1,"state":"lost","from":0,"size":1})",
                           bench.now)
                   .ok());
}

TEST_F(Offline, AFewEditsAreToldAtOnceAndThousandsAtIntervals) {
  add_stock(bench, 1, 1);
  EXPECT_EQ(waiting(), 1);
  add_stock(bench, 1, 2);
  EXPECT_EQ(waiting(), 2);
  bench.statuses_told = 0;
  for (int n = 3; n <= 3'000; ++n)
    add_stock(bench, 1 + static_cast<RowNumber>(n % 5), n);
  EXPECT_LT(bench.statuses_told, 20);
  EXPECT_LT(waiting(), 3'000);
  bench.tick(limits::kQueueTellMs);
  EXPECT_EQ(waiting(), 3'000) << "exact as soon as it is quiet";
  // What stands beside a field is never behind.
  bench.command(
      R"({"cmd":"openPage","page":1,"spec":{"collection":"products","page":1,"size":5,"sort":"title"}})");
  bench.pages[1].clear();
  for (int n = 3'001; n <= 3'100; ++n)
    add_stock(bench, 2, n);
  EXPECT_EQ(bench.pages[1].size(), 100u);
  EXPECT_TRUE(contains(bench.pages[1].back(), R"("inventory":"queued")"));
}

TEST_F(Offline, AnExportNamesEveryEntryOnce) {
  for (int n = 1; n <= 450; ++n)
    add_stock(bench, 1, n);
  std::vector<std::int64_t> numbers;
  std::uint64_t next = 0;
  int pieces = 0;
  do {
    bench->read_queue(3, next, bench.now);
    bench.settle();
    const Json piece = read(bench.read);
    for (const Json& entry : piece.find("entries")->items())
      numbers.push_back(number_of(entry, "number"));
    next = static_cast<std::uint64_t>(number_of(piece, "next"));
    ++pieces;
  } while (next != 0);
  EXPECT_EQ(pieces, 3);
  ASSERT_EQ(numbers.size(), 450u);
  for (std::size_t at = 0; at < numbers.size(); ++at)
    EXPECT_EQ(numbers[at], static_cast<std::int64_t>(at + 1));
}

TEST_F(Offline, ARowCarriesWhatWasRefusedOfIt) {
  bench.set_price(2, "7", 1);
  bench.command(R"({"cmd":"retryNow"})");
  bench.open_socket();
  bench.receive(bench.welcome(10));
  bench.receive(bench.receipt(mutation_id(bench, 1), 0, {sync::OpStatus::refused}));
  bench.command(R"({"cmd":"watch","watch":4,"collection":"products","id":")" +
                ClientBench::id(2).text() + R"("})");
  const Json row = read(bench.records[4].back());
  ASSERT_EQ(row.find("refused")->items().size(), 1u);
  const Json& entry = row.find("refused")->items()[0];
  EXPECT_EQ(entry.find("state")->text(), "parked");
  EXPECT_EQ(entry.find("ops")->items()[0].find("code")->text(), "duplicate_sku");
  bench.command(R"({"cmd":"discard","number":)" + std::to_string(number_of(entry, "number")) + "}");
  EXPECT_EQ(read(bench.records[4].back()).find("refused"), nullptr);
}

// --- sent means that somebody may have it ---

class Polling : public Offline {
 protected:
  // Fails until the first exchange is made.
  void fail_until_polling() {
    for (int failures = 0; bench.exchanges.empty() && failures < 20; ++failures) {
      bench.tick(31'000);
      bench->ticket_failed(0, bench.now);
      bench.settle();
      bench.tick(1);
    }
    ASSERT_EQ(bench.exchanges.size(), 1u);
  }
  std::size_t mutations_in(const Bytes& exchange) {
    std::size_t count = 0;
    const auto frames = wire::split_frames(exchange);
    EXPECT_TRUE(frames.ok());
    for (const std::string_view frame : *frames) {
      const auto message = wire::decode_up(frame);
      if (const auto* mutate = std::get_if<wire::Mutate>(&*message))
        count += mutate->mutations.size();
    }
    return count;
  }
  void answer(std::vector<wire::DownMessage> messages) {
    Bytes body;
    for (const wire::DownMessage& message : messages)
      wire::append_frame(body, wire::encode(message));
    bench->exchange_answered(body, bench.now);
    bench.settle();
  }
};

TEST_F(Polling, AnEditWaitsUntilSomebodyAnswered) {
  bench.set_price(1, "7", 1);
  fail_until_polling();
  EXPECT_EQ(mutations_in(bench.exchanges[0]), 0u);
  EXPECT_TRUE(contains(bench.queue(), R"("state":"waiting")")) << bench.queue();
  bench->exchange_failed(0, bench.now);
  bench.settle();
  EXPECT_EQ(bench.connection(), "offline");
  EXPECT_TRUE(contains(bench.queue(), R"("state":"waiting")")) << bench.queue();
  EXPECT_EQ(number_of(bench.status_json(), "sent"), 0);
  // Still one that may be squashed: nobody has seen it.
  bench.set_price(1, "8", 2);
  EXPECT_EQ(waiting(), 1);

  while (bench.exchanges.size() < 2) {
    bench.tick(limits::kPollMs);
    bench->ticket_failed(0, bench.now);
    bench.settle();
  }
  EXPECT_EQ(mutations_in(bench.exchanges[1]), 0u);
  answer({bench.welcome(10)});
  EXPECT_EQ(bench.connection(), "polling");
  ASSERT_EQ(bench.exchanges.size(), 3u) << "what waited for an answer goes at once";
  EXPECT_EQ(mutations_in(bench.exchanges[2]), 1u);
  EXPECT_TRUE(contains(bench.queue(), R"("state":"sent")"));
}

TEST_F(Polling, AnswersCallForMoreAndSilenceDoesNot) {
  for (int n = 1; n <= 1'000; ++n)
    add_stock(bench, 1 + static_cast<RowNumber>(n % 5), n);
  fail_until_polling();
  answer({bench.welcome(10)});
  ASSERT_EQ(bench.exchanges.size(), 2u);
  EXPECT_EQ(mutations_in(bench.exchanges[1]), limits::kUnansweredMutations);
  answer({bench.welcome(10)});  // of the edits it says nothing: the server could not store them
  EXPECT_EQ(bench.exchanges.size(), 2u) << "asked again when the next poll is due, not at once";
  const auto sent = bench->queue().unanswered();
  ASSERT_EQ(sent.size(), limits::kUnansweredMutations);
  bench.tick(limits::kPollMs);
  ASSERT_EQ(bench.exchanges.size(), 3u);
  wire::Receipt receipt;
  for (const MutationId& id : sent)
    receipt.results.push_back(bench.result(id, 11));
  answer({bench.welcome(11), receipt});
  ASSERT_EQ(bench.exchanges.size(), 4u);
  EXPECT_EQ(mutations_in(bench.exchanges[3]), 1'000 - limits::kUnansweredMutations);
}

TEST(ClientQueue, WhatDidNotLeaveBeforeTheLinkBrokeWaits) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->socket_closed(1006, bench.now);
  bench.settle();
  bench.set_price(1, "7", 1);
  bench.tick(2'000);
  bench.open_socket();
  bench.take_sent();
  bench.hold_queue_writes = true;  // the mark that it is sent has to be stored first
  bench.receive(bench.welcome(10));
  EXPECT_TRUE(bench.take_mutations().empty());
  bench->socket_closed(1006, bench.now);
  bench.settle();
  bench.commit_held();
  EXPECT_TRUE(bench.take_mutations().empty());
  EXPECT_TRUE(contains(bench.queue(), R"("state":"waiting")")) << bench.queue();
}

// --- storage that takes nothing ---

TEST_F(Offline, AnEditThatNobodyCanKeepIsGivenBack) {
  bench.fail_queue_writes = true;
  bench.set_price(1, "7", 1);
  ASSERT_EQ(bench.rejected.size(), 1u);
  const Json told = read(bench.rejected[0]);
  EXPECT_EQ(told.find("mutation")->text(), bench.uuid(1));
  EXPECT_EQ(told.find("code")->text(), "queue_full");
  EXPECT_TRUE(contains(told.find("message")->text(), "no room left"));
  EXPECT_TRUE(bench.queued.empty());
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(bench.shown_price(1), 10'000);
  EXPECT_TRUE(bench->queue().entries().empty());
  // Room again: the same person types it again.
  bench.fail_queue_writes = false;
  bench.set_price(1, "7", 2);
  EXPECT_EQ(bench.queued.size(), 1u);
  EXPECT_EQ(bench.shown_price(1), 70'000);
}

TEST_F(Offline, ALaterFormThatIsNotStoredLeavesTheStoredOne) {
  bench.set_price(1, "7", 1);
  ASSERT_EQ(bench.queued.size(), 1u);
  bench.fail_queue_writes = true;
  bench.set_price(1, "8", 2);
  ASSERT_EQ(bench.rejected.size(), 1u);
  EXPECT_EQ(read(bench.rejected[0]).find("mutation")->text(), bench.uuid(2));
  EXPECT_EQ(bench.shown_price(1), 70'000);
  EXPECT_EQ(waiting(), 1);
  bench.fail_queue_writes = false;
  bench.command(R"({"cmd":"retryNow"})");
  bench.open_socket();
  bench.take_sent();
  bench.receive(bench.welcome(10));
  const auto left = bench.take_mutations();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, mutation_id(bench, 1));
  EXPECT_EQ(left[0].ops[0].to, model::Value(std::int64_t{70'000}));
}

// Left where it is, it would be sent after all by the next start.
TEST_F(Offline, WhatStorageDidNotEraseIsErasedWhenThereIsRoom) {
  bench.set_price(1, "7", 1);
  ASSERT_EQ(storage.entries.size(), 1u);
  bench.fail_queue_writes = true;
  bench.command(R"({"cmd":"discard","number":)" + std::to_string(storage.entries.begin()->first) +
                "}");
  EXPECT_TRUE(bench->queue().entries().empty());
  EXPECT_EQ(storage.entries.size(), 1u);
  bench.tick(60'000);
  EXPECT_EQ(storage.entries.size(), 1u) << "still no room";
  bench.fail_queue_writes = false;
  bench.tick(60'000);
  EXPECT_TRUE(storage.entries.empty());
}

TEST_F(Offline, OnlyTheLastWriteOfAnEditDecides) {
  bench.hold_queue_writes = true;
  bench.set_price(1, "7", 1);
  bench.set_price(1, "8", 2);
  ASSERT_EQ(bench.held_queue_writes.size(), 2u);
  bench->queue_failed(bench.held_queue_writes[0], bench.now);
  bench.settle();
  EXPECT_TRUE(bench.rejected.empty());
  bench->queue_written(bench.held_queue_writes[1], bench.now);
  bench.settle();
  EXPECT_TRUE(bench.rejected.empty());
  EXPECT_EQ(bench.queued.size(), 2u);
  EXPECT_EQ(bench.shown_price(1), 80'000);
}

TEST(ClientQueue, WithAConnectionAnEditGoesWithoutStorageAndIsGivenBackWhenThatBreaksFirst) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.fail_queue_writes = true;
  bench.set_price(1, "7", 1);
  EXPECT_EQ(bench.take_mutations().size(), 1u);
  EXPECT_TRUE(bench.queued.empty()) << "nobody has it for sure yet";
  // The disk of the server is full as well: nothing more leaves.
  bench.receive(wire::Notice{ErrorCode::storage_full, "", 60'000});
  bench.set_price(2, "9", 2);
  EXPECT_TRUE(bench.rejected.empty());
  bench->socket_closed(1006, bench.now);
  bench.settle();
  ASSERT_EQ(bench.rejected.size(), 1u);
  EXPECT_EQ(read(bench.rejected[0]).find("mutation")->text(), bench.uuid(2));
  EXPECT_EQ(bench.shown_price(2), 20'000);
  EXPECT_EQ(bench.shown_price(1), 70'000) << "that one may have arrived: its fate is asked for";
}

// Whatever finds room next takes along what was missed: a tab that ends has then lost nothing.
TEST(ClientQueue, WhatStorageMissedGoesWithTheNextWriteThatSucceeds) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.fail_queue_writes = true;
  bench.set_price(1, "7", 1);
  bench.receive(bench.receipt(mutation_id(bench, 1), 0, {sync::OpStatus::refused}));
  EXPECT_TRUE(storage.entries.empty());
  bench.fail_queue_writes = false;
  bench.set_price(2, "8", 2);
  EXPECT_EQ(storage.entries.size(), 2u);
}

// It was told to be kept. That a change of its state finds no room does not take it away.
TEST(ClientQueue, AStoredEditStaysWhenItIsTriedAgainInVain) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench->network_hint(false, bench.now);
  bench.settle();
  bench.set_price(1, "7", 1);
  ASSERT_EQ(storage.entries.size(), 1u);
  bench.fail_queue_writes = true;
  bench.set_price(1, "8", 2);
  EXPECT_EQ(bench.shown_price(1), 70'000) << "given back, to what is stored";
  bench.tick(60'000);
  bench.tick(60'000);
  EXPECT_EQ(bench->queue().counts().waiting, 1u);
  EXPECT_EQ(bench.shown_price(1), 70'000);
}

TEST(ClientQueue, WhatStorageMissedIsWrittenWhenThereIsRoom) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live();
  bench.take_sent();
  bench.fail_queue_writes = true;
  bench.set_price(1, "7", 1);
  bench.receive(bench.receipt(mutation_id(bench, 1), 0, {sync::OpStatus::refused}));
  ASSERT_EQ(bench->queue().counts().parked, 1u);
  EXPECT_TRUE(storage.entries.empty());
  bench.fail_queue_writes = false;
  bench.tick(60'000);
  ASSERT_EQ(storage.entries.size(), 1u);
  const auto stored = sync::read_entry(storage.entries.begin()->second);
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->state, sync::EntryState::parked) << "its author decides, in this tab or later";
}

}  // namespace
}  // namespace syncstore::session
