// Random edits under random pages on several links, some of them slow, with and without memory for
// trees. Whatever a frame shows equals the plain answer at its sequence, and whatever a reader
// shows when it is told a head equals the plain answer at that head.
#include <gtest/gtest.h>

#include <random>

#include "tests/server/engine/page_world.hpp"

namespace syncstore::testing {
namespace {

using sync::FromValue;

class PageOracleTest : public PageWorld, public ::testing::WithParamInterface<int> {
 protected:
  struct Peer {
    OpenLink open;
    PageReader reader;
  };

  bool without_memory() const { return GetParam() % 2 == 1; }
  std::size_t draw(std::size_t bound) { return dice_() % bound; }
  const std::string& any_status() { return statuses_[draw(2)]; }

  void begin() {
    made_ = fill(40);
    if (without_memory())
      state().page_trees().set_bounds({.bytes = 4'000, .unwatched = 1, .tested = 1});
    for (std::uint32_t i = 0; i < 14; ++i)
      specs_.push_back(spec(i));
    remember();
    for (int i = 0; i < 4; ++i) {
      peers_.push_back(std::make_unique<Peer>());
      peers_.back()->open = follow_pages("eve:" + std::to_string(i));
      check_always(*peers_.back());
    }
  }
  PageSpec spec(std::uint32_t i) const {
    PageSpec spec;
    if (i % 3 == 1)
      spec.filter.conditions = {{field("status"), view::Comparison::equal, statuses_[i % 2]}};
    if (i % 4 == 2)
      spec.filter.query = std::to_string(i % 10);
    if (i % 5 == 3)
      spec.filter.conditions.push_back(
          {field("price"), view::Comparison::at_least, std::int64_t{10}});
    if (i % 7 == 4)
      spec.filter.conditions = {{field("price"), view::Comparison::equal, std::int64_t{i % 3}}};
    spec.sort.field = i % 2 == 0 ? field("price") : field("title");
    spec.sort.descending = i % 3 == 0;
    spec.page = 1 + i % 4;
    spec.size = 3 + i % 6;
    return spec;
  }
  // What every spec shows at the present sequence.
  void remember() {
    auto& now = history_[state().sequence()];
    now.clear();
    for (const PageSpec& spec : specs_)
      now.push_back(plain_page(products(), spec));
  }
  // The number of a subscription is the place of its spec, from 1.
  void check_always(Peer& peer) {
    peer.reader.at_head = [this, &peer](Sequence head) {
      for (const auto& [number, open] : peer.reader.pages) {
        if (open.answered && open.sequence <= head) {
          EXPECT_EQ(open.shown, history_.at(head)[number - 1]) << "at head " << head;
        }
      }
    };
    peer.reader.at_page = [this, &peer](const PageReader::Open& told) {
      for (const auto& [number, open] : peer.reader.pages) {
        if (&open == &told) {
          EXPECT_EQ(open.shown, history_.at(open.sequence)[number - 1]) << open.sequence;
        }
      }
    };
  }
  sync::Mutation any_mutation() {
    const std::size_t kind = draw(10);
    if (kind == 0 || made_.size() < 25) {
      made_.push_back(new_id());
      return product("Mug " + std::to_string(draw(30)), made_.back());
    }
    const std::size_t place = draw(made_.size());
    const RecordId id = made_[place];
    if (kind == 1) {
      made_.erase(made_.begin() + static_cast<std::ptrdiff_t>(place));
      return remove(id);
    }
    if (kind < 6)
      return set(id, "price", FromValue::anything(), static_cast<std::int64_t>(draw(20)));
    if (kind < 8)
      return set(id, "title", FromValue::anything(), "Mug " + std::to_string(draw(30)));
    return set(id, "status", FromValue::anything(), any_status());
  }
  // A reader opens or closes a page, stops or goes on reading, or looks at what came.
  void any_step() {
    Peer& peer = *peers_[draw(peers_.size())];
    const auto number = static_cast<std::uint32_t>(1 + draw(specs_.size()));
    const std::size_t kind = draw(6);
    if (kind == 0) {
      // What was on its way for a former page of that number is taken first.
      peer.reader.take(peer.open.link->take());
      if (peer.reader.pages.count(number) == 0)
        subscribe(peer.open, peer.reader, number, specs_[number - 1]);
    } else if (kind == 1) {
      if (peer.reader.pages.erase(number) != 0)
        send(peer.open, wire::Unsubscribe{number});
    } else if (kind == 2) {
      peer.open.link->full = draw(2) == 0;
      if (!peer.open.link->full)
        peer.open.session->drained();
    } else if (kind == 3) {
      peer.reader.take(peer.open.link->take());
    }
  }
  void settle() {
    for (const auto& peer : peers_) {
      peer->open.link->full = false;
      peer->open.session->drained();
    }
    events.advance(5'000);
  }

  std::vector<std::unique_ptr<Peer>> peers_;

 private:
  std::mt19937 dice_{static_cast<std::mt19937::result_type>(GetParam())};
  const std::vector<std::string> statuses_ = {"Active", "Draft"};
  std::vector<RecordId> made_;
  std::vector<PageSpec> specs_;
  std::map<Sequence, std::vector<ShownPage>> history_;
};

TEST_P(PageOracleTest, EveryFrameAndEveryHeadIsExact) {
  begin();
  for (int round = 0; round < 250; ++round) {
    any_step();
    for (std::size_t commits = draw(3); commits > 0; --commits) {
      commit({any_mutation()});
      remember();
    }
    events.advance(static_cast<std::int64_t>(draw(400)));
  }
  settle();
  for (const auto& peer : peers_) {
    peer->reader.take(peer->open.link->take());
    expect_exact(peer->reader);
    EXPECT_EQ(peer->reader.head, state().sequence());
    EXPECT_TRUE(peer->reader.notices.empty());
    EXPECT_EQ(peer->open.link->close_code, 0);
  }
  EXPECT_EQ(counters().page_scans > 10, without_memory());
}

INSTANTIATE_TEST_SUITE_P(Seeds, PageOracleTest, ::testing::Range(1, 25));

}  // namespace
}  // namespace syncstore::testing
