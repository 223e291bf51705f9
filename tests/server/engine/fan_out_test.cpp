// What many links share: bytes that are encoded once, whoever comes, goes or falls behind
// meanwhile.
#include "core/base/limits.hpp"
#include "tests/server/engine/engine_world.hpp"

namespace syncstore::testing {
namespace {

class HubFanOut : public EngineWorld {
 protected:
  HubFanOut() {
    create_store("gifts");
    for (int i = 0; i < 20; ++i)
      commit({product("P" + std::to_string(i), new_id())});
  }
  std::vector<OpenLink> follow_many(int count) {
    std::vector<OpenLink> links;
    for (int i = 0; i < count; ++i)
      links.push_back(follow(i % 2 == 0 ? "eve" : "vic"));
    return links;
  }
};

TEST_F(HubFanOut, AStormIsServedFromOneSnapshot) {
  const auto before = engine->hub().counters().snapshots;
  auto links = follow_many(200);
  EXPECT_EQ(engine->hub().counters().snapshots - before, 1u);
  // Welcome, begin, part, end, head: what is the same for all is the same bytes.
  for (OpenLink& open : links) {
    ASSERT_EQ(open.link->messages.size(), 5u);
    for (const std::size_t shared : {1u, 2u, 3u})
      EXPECT_EQ(open.link->messages[shared].get(), links[0].link->messages[shared].get());
  }
}

TEST_F(HubFanOut, ACollectionThatRestsIsNotEncodedAgainHoweverFarTheOthersWent) {
  const RecordId id = new_id();
  commit({product("Mug", id)});
  for (int i = 0; i < 1'100; ++i)
    commit({set(id, "title", sync::FromValue::anything(), "T" + std::to_string(i))});
  const auto before = engine->hub().counters().snapshots;
  for (int i = 0; i < 3; ++i)
    follow("eve", {model::kDashboard});
  EXPECT_EQ(engine->hub().counters().snapshots - before, 1u);
}

TEST_F(HubFanOut, AStormOfThoseWhoHaveTheDataNeedsNoSnapshot) {
  wire::Hello again = hello("eve");
  again.cursors.push_back({model::kProducts, state().epoch(),
                           wire::view_number(model::kProducts, model::Role::editor),
                           state().table(model::kProducts).last_sequence()});
  for (int i = 0; i < 20; ++i)
    commit({product("While away " + std::to_string(i), new_id())});
  const auto snapshots = engine->hub().counters().snapshots;
  const auto sections = engine->hub().counters().sections_encoded;
  for (int i = 0; i < 200; ++i) {
    OpenLink open = connect();
    send(open, again);
    EXPECT_EQ(open.link->messages.size(), 3u) << "welcome, one change and its digests";
  }
  EXPECT_EQ(engine->hub().counters().snapshots - snapshots, 0u);
  EXPECT_EQ(engine->hub().counters().sections_encoded - sections, 1u)
      << "all stand at the same cursor";
}

TEST_F(HubFanOut, DigestsAreEncodedOncePerSetOfCollections) {
  auto links = follow_many(10);
  links.push_back(follow("vic", {model::kProducts, model::kDashboard}));
  for (OpenLink& open : links)
    open.link->messages.clear();
  commit({product("Mug", new_id())});
  events.advance(limits::kCheckMs + 1);
  const auto first = links[0].link->messages.back();
  for (std::size_t i = 0; i < links.size(); ++i) {
    auto& messages = links[i].link->messages;
    ASSERT_EQ(messages.size(), 2u) << "a change and its check";
    const bool same = messages[1] == first;
    EXPECT_EQ(same, i < 10);
    const auto check = all_of<wire::Check>(links[i].link->take());
    ASSERT_EQ(check.size(), 1u);
    EXPECT_EQ(check[0].entries.size(), i < 10 ? 1u : 2u);
  }
}

// Takes so long to be served that the changes behind it wait as long as they may.
class SlowLink final : public ports::Link {
 public:
  explicit SlowLink(VirtualClock& clock) : clock_(clock) {}
  bool send(std::shared_ptr<const std::string>, bool) override {
    clock_.work_us += 5'000'000;
    return true;
  }
  void close(std::uint16_t, std::string) override {}
  std::size_t queued_bytes() const override { return 0; }
  void pause_reading(bool) override {}

 private:
  VirtualClock& clock_;
};

TEST_F(HubFanOut, AFullBatchDoesNotWaitForItsWindow) {
  OpenLink open = follow("eve");
  auto slow = std::make_shared<SlowLink>(clock);
  auto session = engine->hub().open(slow, engine::kBinaryProtocol, std::nullopt);
  session->received(wire::encode(wire::UpMessage(hello("vic"))), false);
  events.settle();
  commit({product("Opens the window", new_id())});
  open.link->messages.clear();
  const auto add = [&](std::size_t rows) {
    std::vector<sync::Mutation> some;
    while (some.size() < rows)
      some.push_back(product("P", new_id()));
    commit(std::move(some));
  };
  std::size_t waiting = 0;
  while (waiting < limits::kFanOutRows - 1) {
    const std::size_t some =
        std::min(limits::kMutationsPerMessage, limits::kFanOutRows - 1 - waiting);
    add(some);
    waiting += some;
  }
  EXPECT_TRUE(open.link->messages.empty()) << "one row less than a full batch waits";
  add(1);
  const auto changes = all_of<wire::Change>(open.link->take());
  ASSERT_EQ(changes.size(), 1u);
  ASSERT_EQ(changes[0].sections.size(), 1u);
  EXPECT_EQ(changes[0].sections[0].rows.size(), limits::kFanOutRows);
}

// Ends its session while it is served, as a link does whose backlog overflows.
class LeavingLink final : public ports::Link {
 public:
  bool send(std::shared_ptr<const std::string>, bool) override {
    ++sent;
    if (leave_at == sent) {
      for (const auto& session : leaving)
        session->closed();
    }
    return true;
  }
  void close(std::uint16_t, std::string) override {}
  std::size_t queued_bytes() const override { return 0; }
  void pause_reading(bool) override {}
  int sent = 0;
  int leave_at = 0;
  std::vector<std::shared_ptr<ports::LinkSession>> leaving;
};

TEST_F(HubFanOut, LinksThatLeaveWhileOthersAreServedAreLeftOut) {
  const auto before = engine->hub().links();
  auto early = follow("eve");
  auto leaver = std::make_shared<LeavingLink>();
  auto session = engine->hub().open(leaver, engine::kBinaryProtocol, std::nullopt);
  session->received(wire::encode(wire::UpMessage(hello("vic"))), false);
  events.settle();
  auto beside = follow("eve"), late = follow("eve");
  for (OpenLink* open : {&early, &beside, &late})
    open->link->messages.clear();
  leaver->leaving = {early.session, beside.session};
  leaver->leave_at = leaver->sent + 1;
  commit({product("Mug", new_id())});
  EXPECT_EQ(early.link->messages.size(), 1u) << "was served before";
  EXPECT_EQ(beside.link->messages.size(), 0u) << "had left";
  EXPECT_EQ(late.link->messages.size(), 1u);
  leaver->leave_at = 0;
  late.link->messages.clear();
  events.advance(100);
  commit({product("Cup", new_id())});
  EXPECT_EQ(late.link->messages.size(), 1u);
  EXPECT_EQ(engine->hub().links() - before, 2u);
}

}  // namespace
}  // namespace syncstore::testing
