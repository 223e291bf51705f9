// Stored bytes that are not what was stored are noticed wherever the damage is: what is shown is a
// state that there was, or nothing, and the queue stays.
#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::Storage;

// A small store with a tail, as a browser stored it; with an edit that waits.
struct Stored {
  Stored() {
    ClientBench bench(storage);
    bench.go_live(8, 10);
    for (Sequence at = 10; at < 14; ++at) {
      bench.receive(
          wire::Change{at + 1, {}, {ClientBench::price(3, static_cast<int>(at), at, at + 1)}});
    }
    bench.tick(1'500);
    bench.tick(1'500);
    bench->network_hint(false, bench.now);
    bench.settle();
    bench.set_price(5, "12", 1);
    EXPECT_EQ(storage.entries.size(), 1u);
    // Every state that the browser was in.
    for (Sequence at = 10; at <= 14; ++at)
      states[at] = at == 10 ? 30'000 : static_cast<std::int64_t>(at) - 1;
  }
  // Whatever the bytes became: the session shows a state that there was, or nothing; the queue is
  // there; and with the server it comes to the truth.
  void expect_noticed(const Bytes& cache, const std::string& what) const {
    Storage damaged = storage;
    damaged.cache = cache;
    ClientBench bench(damaged);
    ASSERT_EQ(bench->queue().counts().waiting, 1u) << what;
    const Sequence cursor = bench->cursor(model::kProducts);
    if (cursor != 0) {
      const auto state = states.find(cursor);
      ASSERT_NE(state, states.end()) << what << ": a cursor that never was, " << cursor;
      ASSERT_EQ(bench->replica().base(model::kProducts).size(), 8u) << what;
      ASSERT_EQ(bench.shown_price(3), state->second) << what;
    }
    ASSERT_EQ(bench->epoch() == 0 || bench->epoch() == bench.epoch, true) << what;
  }
  Storage storage;
  std::map<Sequence, std::int64_t> states;
};

TEST(StoredBytes, EveryFlippedBitIsNoticed) {
  const Stored stored;
  const Bytes& cache = stored.storage.cache;
  ASSERT_GT(cache.size(), 500u);
  for (std::size_t at = 0; at < cache.size(); ++at) {
    Bytes damaged = cache;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    stored.expect_noticed(damaged, "byte " + std::to_string(at));
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

TEST(StoredBytes, EveryCutIsAnEarlierStateOrNone) {
  const Stored stored;
  const Bytes& cache = stored.storage.cache;
  for (std::size_t length = 0; length < cache.size(); ++length) {
    stored.expect_noticed(cache.substr(0, length), "cut to " + std::to_string(length));
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

TEST(StoredBytes, SwappedLostAndDoubledPiecesAreNoticed) {
  const Stored stored;
  const Bytes& cache = stored.storage.cache;
  std::uint64_t state = 11;
  const auto below = [&state](std::size_t bound) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<std::size_t>(state >> 33) % bound;
  };
  for (int round = 0; round < 600; ++round) {
    const std::size_t a = below(cache.size()), b = a + below(cache.size() - a);
    const std::size_t c = b + below(cache.size() - b + 1);
    const Bytes first = cache.substr(0, a), second = cache.substr(a, b - a),
                third = cache.substr(b, c - b), rest = cache.substr(c);
    const std::string where = std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c);
    stored.expect_noticed(first + third + second + rest, "swapped " + where);
    stored.expect_noticed(first + third + rest, "lost " + where);
    stored.expect_noticed(first + second + second + third + rest, "doubled " + where);
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

TEST(StoredBytes, WholeFramesInAnotherOrderAreNoticed) {
  const Stored stored;
  // Frames with their seals, cut where they begin.
  std::vector<Bytes> pieces;
  ByteReader in(stored.storage.cache);
  while (in.remaining() > 0) {
    const std::size_t from = in.position();
    in.text(limits::kFrameOutputBytes);
    in.u64();
    ASSERT_TRUE(in.ok());
    pieces.push_back(stored.storage.cache.substr(from, in.position() - from));
  }
  ASSERT_GT(pieces.size(), 8u);
  for (std::size_t a = 0; a < pieces.size(); ++a) {
    for (std::size_t b = a; b < pieces.size(); ++b) {
      std::vector<Bytes> order = pieces;
      if (a == b) {
        order.erase(order.begin() + static_cast<std::ptrdiff_t>(a));
      } else {
        std::swap(order[a], order[b]);
      }
      Bytes cache;
      for (const Bytes& piece : order)
        cache += piece;
      stored.expect_noticed(cache, std::to_string(a) + " and " + std::to_string(b));
      if (::testing::Test::HasFatalFailure())
        return;
    }
  }
}

TEST(StoredBytes, OfAnotherEpochOrUserAreDropped) {
  const Stored stored;
  {
    Storage storage = stored.storage;
    ClientBench bench(storage);
    bench.epoch = 0xE2;
    bench.start();
    bench.open_socket();
    bench.receive(bench.welcome(4));
    EXPECT_EQ(bench->cursor(model::kProducts), 0u);
    EXPECT_EQ(bench->queue().counts().waiting + bench->queue().counts().parked, 1u);
    bench.send_store(3, 4);
    EXPECT_EQ(bench->cursor(model::kProducts), 4u);
  }
  ClientConfig config;
  config.store = "gifts";
  config.user = "u-2";
  ClientSession other(config);
  other.restore_cache(stored.storage.cache);
  EXPECT_EQ(other.cursor(model::kProducts), 0u);
  EXPECT_EQ(other.replica().shown_size(model::kProducts), 0u);
}

TEST(StoredBytes, DamageIsWrittenOverSoThatTheNextStartReadsEverything) {
  const Stored stored;
  Storage storage = stored.storage;
  const std::size_t half = storage.cache.size() / 2;
  storage.cache[half] = static_cast<char>(storage.cache[half] ^ 4);
  {
    ClientBench bench(storage);
    bench.start();
    bench.open_socket();
    bench.receive(bench.welcome(20));
    bench.send_store(8, 20);
    bench.tick(1'500);
    bench.tick(1'500);
  }
  ClientBench next(storage);
  EXPECT_EQ(next->cursor(model::kProducts), 20u);
  EXPECT_EQ(next->queue().counts().waiting, 1u);
}

// Nothing behind a hole is read: what was answered stays in the queue until it is stored all anew.
TEST(StoredBytes, AWriteThatFailedIsMadeGoodBeforeAnAnsweredEditIsLetGo) {
  Storage storage;
  {
    ClientBench bench(storage);
    bench.go_live();
    bench.tick(2'000);
    bench.tick(2'000);
    bench.fail_cache_writes = true;
    bench.set_price(3, "50", 1);
    const auto mutations = bench.take_mutations();
    ASSERT_EQ(mutations.size(), 1u);
    bench.receive(bench.receipt(mutations[0].id, 11));
    bench.receive(wire::Change{11, {}, {ClientBench::price(3, 500'000, 10, 11, 1)}});
    bench.tick(2'000);
    bench.fail_cache_writes = false;
    bench.receive(wire::Change{12, {}, {ClientBench::price(2, 70'000, 11, 12)}});
    bench.tick(2'000);
    bench.tick(2'000);
    EXPECT_EQ(storage.entries.size(), 1u);
    for (int i = 0; i < 7; ++i) {
      bench.tick(10'000);
      bench.receive(wire::Keepalive{12, 12'000, 0});
    }
    bench.tick(2'000);
    EXPECT_TRUE(storage.entries.empty());
  }
  ClientBench next(storage);
  EXPECT_EQ(next->cursor(model::kProducts), 12u);
  EXPECT_EQ(next.shown_price(3), 500'000);
  EXPECT_EQ(next.shown_price(2), 70'000);
}

// Read again, what followed a snapshot that broke must not wait for its end.
TEST(StoredBytes, WhatFollowsASnapshotThatBrokeIsReadAgain) {
  for (const bool began : {false, true}) {
    Storage storage;
    {
      ClientBench bench(storage);
      bench.go_live();
      bench.tick(2'000);
      bench.receive(wire::Begin{model::kProducts, 7, 10, 5, 2});
      if (began) {
        wire::Part part;
        part.collection = model::kProducts;
        part.rows = {ClientBench::product(1, "Product 1", 10'000)};
        bench.receive(part);
      }
      bench.tick(2'000);
      bench->socket_closed(1006, bench.now);
      bench.settle();
      bench.tick(5'000);
      bench.open_socket();
      bench.receive(bench.welcome(11));
      bench.receive(wire::Change{11, {}, {ClientBench::price(3, 500'000, 10, 11)}});
      EXPECT_EQ(bench.shown_price(3), 500'000);
      bench.tick(2'000);
      bench.tick(2'000);
    }
    ClientBench next(storage);
    EXPECT_EQ(next->cursor(model::kProducts), 11u) << began;
    EXPECT_EQ(next.shown_price(3), 500'000) << began;
  }
}

// The base of an older epoch is all that there was room for. That it is written anew, because it
// was damaged, does not settle what the newer epoch answered.
TEST(StoredBytes, AnswersOfANewerEpochStayUntilTheServerNamesItAgain) {
  Storage storage;
  {
    ClientBench bench(storage);
    bench.go_live();
    bench.tick(2'000);
    bench.tick(2'000);
    bench.fail_cache_writes = true;
    bench->socket_closed(1006, bench.now);
    bench.settle();
    bench.tick(5'000);
    bench.epoch = 0xE2;
    bench.open_socket();
    bench.receive(bench.welcome(10));
    bench.send_store(5, 10);
    bench.set_price(3, "50", 1);
    bench.receive(bench.receipt(testing::mutation_id(bench, 1), 11));
    bench.tick(2'000);
  }
  ASSERT_EQ(storage.entries.size(), 1u);
  storage.cache.pop_back();
  ClientBench next(storage);
  next.start();
  next.tick(2'000);
  next.tick(2'000);
  EXPECT_EQ(storage.entries.size(), 1u);
}

TEST(StoredBytes, StorageThatTakesNothingDoesNotFillTheQueue) {
  Storage storage;
  ClientBench bench(storage);
  bench.fail_cache_writes = true;
  bench.go_live(1);
  Sequence head = 10;
  for (int i = 1; i <= 1'100; ++i) {
    bench.set_price(1, std::to_string(i), i);
    const auto mutations = bench.take_mutations();
    ASSERT_EQ(mutations.size(), 1u);
    bench.receive(bench.receipt(mutations[0].id, head + 1));
    bench.receive(
        wire::Change{head + 1, {}, {ClientBench::price(1, i * 10'000, head, head + 1, 1)}});
    ++head;
    if (i % 10 == 0) {
      bench.tick(15'000);
      bench.take_sent();
    }
  }
  EXPECT_LE(bench->queue().entries().size(), 1'100u);
  bench.tick(15'000);
  bench.receive(wire::Keepalive{head, head * 1'000, 0});
  EXPECT_LT(bench->queue().entries().size(), 200u);
}

}  // namespace
}  // namespace syncstore::session
