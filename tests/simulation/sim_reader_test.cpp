// When what a browser was told of pages may be held against the server.
#include <gtest/gtest.h>

#include <memory>

#include "core/wire/frame_codec.hpp"
#include "server/simulation/sim_network.hpp"
#include "server/simulation/sim_reader.hpp"

namespace syncstore::simulation {
namespace {

constexpr std::uint32_t kPage = 7;

wire::Subscribe question(std::uint64_t known) {
  wire::Subscribe subscribe;
  subscribe.subscription = kPage;
  subscribe.collection = model::kProducts;
  subscribe.page = 1;
  subscribe.page_size = 5;
  subscribe.known = known;
  return subscribe;
}

model::Record row(std::uint64_t id) {
  model::Record record;
  record.id = RecordId{id};
  return record;
}

wire::Page page(std::vector<RecordId> order, std::vector<model::Record> entered,
                std::uint64_t hash = 1) {
  wire::Page told;
  told.subscription = kPage;
  told.collection = model::kProducts;
  told.total = 2;
  told.page = 1;
  told.hash = hash;
  told.order = std::move(order);
  told.entered = std::move(entered);
  return told;
}

class SimReaderTest : public ::testing::Test {
 protected:
  void ask(std::uint64_t known) {
    reader.said(wire::encode(question(known)));
    EXPECT_EQ(reader.waiting(), 1u);
  }
  SimReader reader;
  const std::vector<RecordId> both{RecordId{1}, RecordId{2}};
};

TEST_F(SimReaderTest, AFrameOfBeforeAQuestionIsNotItsAnswer) {
  ask(0);
  reader.heard(page({}, {row(1)}));  // the order as before
  EXPECT_EQ(reader.waiting(), 1u);
  ask(0);
  reader.heard(page(both, {row(1)}));  // a row was known
  EXPECT_EQ(reader.waiting(), 1u);
  ask(0);
  reader.heard(page(both, {row(2), row(1)}));
  EXPECT_EQ(reader.waiting(), 0u);
}

TEST_F(SimReaderTest, AnAnswerMayComeInSeveralFrames) {
  ask(0);
  reader.heard(page({}, {row(1)}, 0));
  EXPECT_EQ(reader.waiting(), 1u);
  reader.heard(page(both, {row(2)}));
  EXPECT_EQ(reader.waiting(), 0u);
}

TEST_F(SimReaderTest, WhatIsKnownMayBeAsBefore) {
  ask(99);
  reader.heard(page({}, {}));
  EXPECT_EQ(reader.waiting(), 0u);
}

class Nobody final : public ports::LinkSession {
 public:
  void received(std::string, bool) override {}
  void drained() override {}
  void closed() override {}
};

TEST(SimSocketTest, IsServedUntilAnEndOfItIsGone) {
  EventQueue events;
  SeededRandom random{7};
  const auto made = [&] {
    SimSocket::ClientEnd client;
    client.leaving = [](const SimSocket::Message&) { return ReadMessage(); };
    client.message = [](const SimSocket::Message&, const ReadMessage&) {};
    client.closed = [](std::uint16_t) {};
    return std::make_shared<SimSocket>(events, random, 1'000, std::move(client));
  };
  const auto socket = [&] {
    auto attached = made();
    attached->attach(std::make_shared<Nobody>());
    return attached;
  };
  EXPECT_FALSE(made()->is_served());
  const auto died = socket(), closed = socket(), left = socket(), cut = socket();
  EXPECT_TRUE(died->is_served());
  died->server_died();
  closed->close(1000, "");
  left->close_by_client();
  cut->cut();
  for (const auto& each : {died, closed, left, cut})
    EXPECT_FALSE(each->is_served());
}

}  // namespace
}  // namespace syncstore::simulation
