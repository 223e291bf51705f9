// What screens are told bit by bit, held against what a screen is told that opens at that moment.
#include "core/session/live_pages.hpp"

#include <random>

#include "tests/core/session/client_bench.hpp"

namespace syncstore::session {
namespace {

using testing::ClientBench;
using testing::Storage;

// A table on a screen: patches applied one after the other.
struct Screen {
  Json facts;
  std::vector<std::string> order;
  std::map<std::string, std::string> rows;  // as told, by id

  void take(std::vector<std::string>& patches) {
    for (const std::string& text : patches) {
      const Json patch = Json::parse(text, 1 << 22).value();
      if (const Json* told = patch.find("order")) {
        order.clear();
        for (const Json& id : told->items())
          order.push_back(id.text());
      }
      if (const Json* told = patch.find("rows")) {
        for (const Json& row : told->items())
          rows[row.find("id")->text()] = row.dump();
      }
      facts = patch;
    }
    patches.clear();
  }
  std::int64_t number(const char* name) const { return facts.find(name)->integer(); }
};

// A stream of what others do to forty products and what the person here does to them.
class Stream {
 public:
  Stream(ClientBench& bench, std::uint32_t seed) : bench_(bench), random_(seed) {
    bench.go_live(40, sequence_);
  }
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(random_() % bound);
  }

  void step() {
    const RowNumber row = 1 + below(next_row_);
    const std::uint32_t dice = below(100);
    if (dice < 45) {
      receive(row, "price", std::int64_t{below(30)} * 10'000, 2);
    } else if (dice < 60) {
      receive(row, "title", "Title " + std::to_string(below(9)), 2);
    } else if (dice < 66) {
      sync::RowDelta inserted = change(++next_row_, sync::ChangeKind::insert);
      inserted.fields = {{ClientBench::field(model::kProducts, "title"), std::string("New")}};
      receive({std::move(inserted)});
    } else if (dice < 72) {
      receive({change(row, sync::ChangeKind::remove)});
    } else if (dice < 84) {
      if (bench_.session().replica().shown(model::kProducts, ClientBench::id(row)) == nullptr)
        return;
      bench_.set_price(row, std::to_string(below(30)), ++edits_);
    } else if (dice < 94) {
      answer();
    } else {
      bench_.tick(below(4'000));
    }
  }

 private:
  void answer() {
    for (const sync::Mutation& mutation : bench_.take_mutations())
      unanswered_.push_back(mutation);
    if (unanswered_.empty())
      return;
    const sync::Mutation mutation = unanswered_.front();
    unanswered_.erase(unanswered_.begin());
    const sync::Op& op = mutation.ops[0];
    const auto row = static_cast<RowNumber>(op.record.value - 1'000);
    const bool there = bench_.session().replica().base(model::kProducts).find(op.record) != nullptr;
    if (!there || below(5) == 0) {
      bench_.receive(bench_.receipt(mutation.id, 0, {sync::OpStatus::refused}));
      return;
    }
    bench_.receive(bench_.receipt(mutation.id, sequence_ + 1));
    receive(row, "price", op.to, 1);
  }
  sync::RowDelta change(RowNumber row, sync::ChangeKind kind) const {
    sync::RowDelta delta;
    delta.id = ClientBench::id(row);
    delta.row = row;
    delta.kind = kind;
    delta.version = sequence_ + 1;
    delta.time = bench_.now;
    delta.author = 2;
    return delta;
  }
  void receive(RowNumber row, std::string_view field, model::Value value, std::uint32_t author) {
    sync::RowDelta delta = change(row, sync::ChangeKind::update);
    delta.author = author;
    delta.fields = {{ClientBench::field(model::kProducts, field), std::move(value)}};
    receive({std::move(delta)});
  }
  void receive(std::vector<sync::RowDelta> rows) {
    const bool there =
        bench_.session().replica().base(model::kProducts).find(rows[0].id) != nullptr;
    if (there == (rows[0].kind == sync::ChangeKind::insert))
      return;
    sync::Delta delta;
    delta.collection = model::kProducts;
    delta.base = sequence_;
    delta.target = ++sequence_;
    delta.rows = std::move(rows);
    bench_.receive(wire::Change{sequence_, {}, {delta}});
  }

  ClientBench& bench_;
  std::mt19937 random_;
  Sequence sequence_ = 50;
  RowNumber next_row_ = 40;
  int edits_ = 0;
  std::vector<sync::Mutation> unanswered_;
};

std::string open_page(int number, int page, bool active) {
  return R"({"cmd":"openPage","page":)" + std::to_string(number) +
         R"(,"spec":{"collection":"products","page":)" + std::to_string(page) +
         R"(,"size":7,"sort":"-price","filter":)" + (active ? R"({"status":"Active"})" : "{}") +
         R"(,"query":""}})";
}

TEST(LivePages, WhatIsToldBitByBitIsWhatAScreenIsToldThatOpensNow) {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    Storage storage;
    ClientBench bench(storage);
    Stream stream(bench, seed);
    Screen held;
    int page = 2;
    bench.command(open_page(1, page, seed % 2 == 0));
    for (int step = 0; step < 150; ++step) {
      if (stream.below(20) == 0) {
        page = static_cast<int>(1 + stream.below(4));
        bench.command(open_page(1, page, seed % 2 == 0));
      } else {
        stream.step();
      }
      const bool released = stream.below(3) == 0;
      if (released)
        bench.command(R"({"cmd":"releasePage","page":1})");
      held.take(bench.pages[1]);
      Screen fresh;
      bench.command(open_page(2, page, seed % 2 == 0));
      fresh.take(bench.pages[2]);
      bench.command(R"({"cmd":"closePage","page":2})");
      const std::string where = "seed " + std::to_string(seed) + " step " + std::to_string(step);
      for (const char* fact : {"total", "page", "pages", "size"})
        ASSERT_EQ(held.number(fact), fresh.number(fact)) << fact << ", " << where;
      if (released) {
        ASSERT_EQ(held.order, fresh.order) << where;
      }
      for (const std::string& id : held.order) {
        ASSERT_EQ(held.rows.count(id), 1u) << where;
        if (fresh.rows.count(id) != 0) {
          ASSERT_EQ(held.rows[id], fresh.rows[id]) << where;
        }
      }
    }
  }
}

TEST(LivePages, AFrameTellsWhatItChangesAndNothingElse) {
  Storage storage;
  ClientBench bench(storage);
  bench.go_live(40, 50);
  bench.command(open_page(1, 1, false));
  bench.tick(1'500);
  const auto effects_of = [&](RowNumber row, std::int64_t price, Sequence target) {
    const wire::Change change{target, {}, {ClientBench::price(row, price, target - 1, target)}};
    bench.session().socket_message(wire::encode(change), ++bench.now);
    std::vector<Effect> told;
    for (Effect& effect : bench.session().take_effects()) {
      if (effect.kind == EffectKind::append_cache) {
        bench.session().cache_written(effect.number, true, bench.now);
      } else {
        told.push_back(std::move(effect));
      }
    }
    return told;
  };
  // The first ones say when the last change came, and that stored bytes wait for their second.
  (void)effects_of(2, 30'000, 51);
  (void)effects_of(2, 20'000, 52);
  EXPECT_TRUE(effects_of(2, 30'000, 53).empty()) << "not on the page";
  const auto told = effects_of(40, 4'000'000, 54);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, EffectKind::page);
  const Json patch = Json::parse(told[0].text, 1 << 20).value();
  EXPECT_EQ(patch.find("order"), nullptr);
  ASSERT_EQ(patch.find("rows")->items().size(), 1u);
  EXPECT_EQ(patch.find("rows")->items()[0].find("id")->text(), ClientBench::id(40).text());
}

}  // namespace
}  // namespace syncstore::session
