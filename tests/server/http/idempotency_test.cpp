// What is remembered of keyed requests: for how long, how much of it, and the same after a restart.
#include "server/http/idempotency.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "server/adapters/memory/memory_storage.hpp"
#include "tests/server/engine/virtual_time.hpp"

namespace syncstore::testing {
namespace {

constexpr TimeMs kDayMs = 86'400'000;

class IdempotencyTest : public ::testing::Test {
 protected:
  IdempotencyTest() { restart(); }

  void restart() {
    kept = std::make_unique<http::Idempotency>(storage, clock);
    kept->load([](const Status& status) { ASSERT_TRUE(status.ok()); });
    events.settle();
  }
  bool runs(const std::string& name) {
    return std::holds_alternative<http::Idempotency::Run>(kept->begin(name, "print"));
  }
  void answer(const std::string& name, const std::string& body) {
    ASSERT_TRUE(runs(name));
    http::HttpResponse response;
    response.status = 200;
    response.body = body;
    bool done = false;
    kept->finish(name, response, [&] { done = true; });
    events.settle();
    ASSERT_TRUE(done);
  }
  std::string replayed(const std::string& name) {
    const auto verdict = kept->begin(name, "print");
    const auto* replay = std::get_if<http::Idempotency::Replay>(&verdict);
    return replay == nullptr ? "none" : replay->response.body;
  }

  EventQueue events;
  VirtualClock clock{events};
  VirtualScheduler scheduler{events};
  memory::MemoryStorage storage{scheduler, std::make_shared<memory::MemoryDisk>()};
  std::unique_ptr<http::Idempotency> kept;
};

TEST_F(IdempotencyTest, WhatIsTooOldLeavesMemoryWithTheNextRequest) {
  for (int i = 0; i < 100; ++i)
    answer("edith:early" + std::to_string(i), "early");
  const std::size_t early = kept->bytes();
  events.advance(kDayMs);
  answer("edith:late", "late");
  const std::size_t late = kept->bytes() - early;
  events.advance((limits::kIdempotencyDays - 1) * kDayMs);
  EXPECT_EQ(replayed("edith:late"), "late");
  EXPECT_EQ(kept->size(), 1u);
  EXPECT_EQ(kept->bytes(), late);
  EXPECT_TRUE(runs("edith:early0"));
}

TEST_F(IdempotencyTest, TheOldestGoFirstWhereTheyAreTooMany) {
  for (std::size_t i = 0; i < limits::kIdempotencyEntries + 10; ++i)
    answer("edith:" + std::to_string(i), "answer");
  EXPECT_EQ(kept->size(), limits::kIdempotencyEntries);
  EXPECT_EQ(replayed("edith:10"), "answer");
  EXPECT_TRUE(runs("edith:9"));
  kept->forget("edith:9");
  const std::size_t bytes = kept->bytes();
  restart();
  EXPECT_EQ(kept->size(), limits::kIdempotencyEntries);
  EXPECT_EQ(kept->bytes(), bytes);
  EXPECT_TRUE(runs("edith:9"));
  EXPECT_EQ(replayed("edith:10"), "answer");
}

TEST_F(IdempotencyTest, TheOldestGoFirstWhereTheyAreTooLarge) {
  const std::string large(limits::kIdempotencyAnswerBytes, 'x');
  const std::size_t fitting = limits::kIdempotencyBytes / large.size();
  for (std::size_t i = 0; i < fitting + 10; ++i)
    answer("edith:" + std::to_string(i), large);
  EXPECT_LE(kept->bytes(), limits::kIdempotencyBytes);
  EXPECT_LT(kept->size(), fitting);
  EXPECT_GT(kept->size(), fitting - 50);
  EXPECT_TRUE(runs("edith:0"));
  EXPECT_EQ(replayed("edith:" + std::to_string(fitting)), large);
}

TEST_F(IdempotencyTest, AClockThatWasSetBackHoldsTheAnswersBehindIt) {
  answer("edith:ahead", "ahead");
  clock.skew = -10 * kDayMs;
  answer("edith:back", "back");
  events.advance((limits::kIdempotencyDays + 1) * kDayMs);
  EXPECT_EQ(replayed("edith:back"), "back");
  events.advance(10 * kDayMs);
  EXPECT_TRUE(runs("edith:back"));
  EXPECT_EQ(kept->size(), 1u);  // the one that runs
}

}  // namespace
}  // namespace syncstore::testing
