// Several event loops behind one port: who lives where, how messages reach them, and what happens
// to those who find no place.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "server/adapters/beast/connection_places.hpp"
#include "tests/server/adapters/network_fixture.hpp"
#include "tests/server/adapters/socket_client.hpp"

namespace syncstore::test {
namespace {

class SocketLoops : public NetworkTest {
 protected:
  void start_with(std::size_t loops) {
    adapters::NetworkOptions options;
    options.loops = loops;
    start(std::move(options));
  }
  std::vector<std::unique_ptr<SocketClient>> open(int count) {
    std::vector<std::unique_ptr<SocketClient>> clients;
    for (int i = 0; i < count; ++i)
      clients.push_back(std::make_unique<SocketClient>(port(), "syncstore.v1"));
    EXPECT_TRUE(eventually([&] { return links_.open == count; }));
    return clients;
  }
};

TEST_F(SocketLoops, EachTakesItsShareOfTheConnections) {
  start_with(3);
  const auto clients = open(12);
  EXPECT_EQ(server_->connections_by_loop(), (std::vector<std::size_t>{4, 4, 4}));
}

TEST_F(SocketLoops, ThereIsAtLeastOneAndAtMostSoMany) {
  start_with(1'000);
  EXPECT_EQ(server_->connections_by_loop().size(), limits::kSocketLoops);
}

TEST_F(SocketLoops, WhatOnePieceOfWorkSendsIsHandedOverOncePerLoop) {
  start_with(2);
  const auto clients = open(20);
  const auto shared = std::make_shared<const std::string>("to everybody");
  const std::uint64_t before = server_->hand_overs();
  engine_->run_and_wait([&] {
    for (const auto& link : links_.links) {
      EXPECT_TRUE(link->send(shared, false));
      EXPECT_TRUE(link->send(std::make_shared<const std::string>("and more"), false));
    }
    EXPECT_EQ(server_->hand_overs(), before) << "not while the work runs";
  });
  for (const auto& client : clients) {
    EXPECT_EQ(client->read_frame()->payload, "to everybody");
    EXPECT_EQ(client->read_frame()->payload, "and more");
  }
  EXPECT_EQ(server_->hand_overs() - before, 2u);
}

TEST_F(SocketLoops, ACloseStaysBehindWhatTheSamePieceOfWorkSent) {
  start_with(2);
  const auto clients = open(4);
  engine_->run_and_wait([&] {
    for (const auto& link : links_.links) {
      link->send(std::make_shared<const std::string>("last words"), false);
      link->close(4'403, "gone");
      link->send(std::make_shared<const std::string>("too late"), false);
    }
  });
  for (const auto& client : clients) {
    EXPECT_EQ(client->read_frame()->payload, "last words");
    EXPECT_EQ(client->read_close(), 4'403);
  }
}

TEST_F(SocketLoops, AllOfThemDrain) {
  start_with(3);
  const auto clients = open(9);
  server_->begin_drain(100);
  for (const auto& client : clients) {
    EXPECT_EQ(client->read_close(), 1'001);
    client->raw().send(make_frame(8, std::string("\x03\xe9", 2)));
  }
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

// Links are watched instead of asked: a sanitizer sees what is never freed, this says what it was.
class EndedServer : public SocketLoops {
 protected:
  static constexpr int kLinks = 6;
  void SetUp() override {
    start_with(2);
    clients_ = open(kLinks);
    half_a_request_ = std::make_unique<RawClient>(port());
    half_a_request_->send("GET /echo HTTP/1.1\r\nHost: x\r\n");
    EXPECT_TRUE(eventually([&] { return server_->open_connections() == kLinks + 1; }));
    const std::lock_guard lock(links_.mutex);
    watched_.assign(links_.links.begin(), links_.links.end());
    links_.links.clear();
  }
  void end_both_and_look() {
    server_->stop();
    engine_->stop();
    server_.reset();
    for (const auto& link : watched_)
      EXPECT_TRUE(link.expired());
  }

  std::vector<std::unique_ptr<SocketClient>> clients_;
  std::unique_ptr<RawClient> half_a_request_;
  std::vector<std::weak_ptr<ports::Link>> watched_;
};

TEST_F(EndedServer, TellsItsSessionsAndHoldsNothing) {
  server_->stop();
  EXPECT_TRUE(eventually([&] { return links_.closed == kLinks; }));
  end_both_and_look();
}

TEST_F(EndedServer, HoldsNothingThoughTheEngineEndedFirst) {
  engine_->stop();
  end_both_and_look();
  EXPECT_EQ(links_.closed, 0);
}

TEST_F(SocketLoops, TheBoundOfAQueueIsOneOfMemoryNotOfBytes) {
  start_with(1);
  const auto clients = open(2);
  const auto small = std::make_shared<const std::string>(20, 'x');
  std::size_t taken = 0;
  engine_->run_and_wait([&] {
    while (links_.links.front()->send(small, false))
      ++taken;
    EXPECT_LE(links_.links.front()->queued_bytes(), limits::kLinkQueueBytes);
  });
  // Small messages cost more than their bytes: the bound is one of memory.
  EXPECT_LE(taken, limits::kLinkQueueBytes / (20 + limits::kLinkMessageCost));
  EXPECT_GT(taken, limits::kLinkQueueBytes / (20 + limits::kLinkMessageCost) / 2);
  engine_->run_and_wait(
      [&] { links_.links.back()->send(std::make_shared<const std::string>("at once"), false); });
  EXPECT_EQ(clients.back()->read_frame()->payload, "at once");
}

constexpr std::string_view kAsk = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

class ConnectionCap : public NetworkTest {
 protected:
  void expect_turned_away() {
    const RawAnswer answer = ask(kAsk);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("retry-after"), "5");
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_NE(answer.body.find("\"code\":\"unavailable\""), std::string::npos) << answer.body;
  }
};

TEST_F(ConnectionCap, HoldsOneAddressToItsShareAndFreesIt) {
  adapters::NetworkOptions options;
  options.connections_per_address = 2;
  options.count_loopback = true;
  start(std::move(options));
  RawClient first(port());
  first.send(kAsk);
  EXPECT_EQ(first.read_answer().status, 200);
  {
    RawClient second(port());
    second.send(kAsk);
    EXPECT_EQ(second.read_answer().status, 200);
    expect_turned_away();
    EXPECT_EQ(server_->counters().turned_away, 1u);
  }
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 1; }));
  EXPECT_EQ(ask(kAsk).status, 200);
}

TEST_F(ConnectionCap, LoopbackAndTrustedProxiesAreNotHeldToIt) {
  adapters::NetworkOptions options;
  options.connections_per_address = 1;
  start(std::move(options));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    clients.back()->send(kAsk);
    EXPECT_EQ(clients.back()->read_answer().status, 200);
  }
}

TEST_F(ConnectionCap, HoldsAllTogether) {
  adapters::NetworkOptions options;
  options.connections = 1;
  start(std::move(options));
  RawClient only(port());
  only.send(kAsk);
  EXPECT_EQ(only.read_answer().status, 200);
  expect_turned_away();
  expect_turned_away();
}

TEST(ConnectionPlaces, CountsEachAddressAndForgetsTheEmptyOnes) {
  adapters::ConnectionPlaces places(4, 2);
  EXPECT_TRUE(places.take("a", true));
  EXPECT_TRUE(places.take("a", true));
  EXPECT_FALSE(places.take("a", true));
  EXPECT_TRUE(places.take("a", false)) << "not held to the cap of an address";
  EXPECT_TRUE(places.take("b", true));
  EXPECT_FALSE(places.take("c", true)) << "all are taken";
  EXPECT_EQ(places.taken(), 4u);
  places.give_back("a");
  EXPECT_TRUE(places.take("c", true));
  places.give_back("nobody");
  EXPECT_EQ(places.taken(), 4u);
}

// A descriptor that can connect when none is left to be opened.
class ReadySocket {
 public:
  ReadySocket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{5, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~ReadySocket() { ::close(descriptor_); }
  std::string ask(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return "<no connection>";
    ::send(descriptor_, kAsk.data(), kAsk.size(), MSG_NOSIGNAL);
    char buffer[2'048];
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos) {
      const ssize_t bytes = ::recv(descriptor_, buffer, sizeof buffer, 0);
      if (bytes <= 0)
        break;
      answer.append(buffer, static_cast<std::size_t>(bytes));
    }
    return answer;
  }

 private:
  int descriptor_;
};

// Every descriptor of the process is taken while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    int highest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    low.rlim_cur = static_cast<rlim_t>(highest) + 16;
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (; highest >= 0; highest = ::open("/dev/null", O_RDONLY | O_CLOEXEC))
      taken_.push_back(highest);
  }
  ~NoDescriptors() {
    for (const int descriptor : taken_)
      ::close(descriptor);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST_F(ConnectionCap, WithoutDescriptorsEveryPeerIsToldAndAcceptingGoesOnLater) {
  std::atomic<int> told{0};
  adapters::NetworkOptions options;
  options.on_descriptors_short = [&] { ++told; };
  start(std::move(options));
  EXPECT_EQ(ask(kAsk).status, 200);
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
  std::vector<std::unique_ptr<ReadySocket>> peers;
  for (int i = 0; i < 3; ++i)
    peers.push_back(std::make_unique<ReadySocket>());
  {
    const NoDescriptors none;
    EXPECT_TRUE(peers[0]->ask(port()).starts_with("HTTP/1.1 503 ")) << "the first";
    EXPECT_TRUE(peers[1]->ask(port()).starts_with("HTTP/1.1 503 ")) << "and the next";
    EXPECT_EQ(server_->open_connections(), 0u);
  }
  peers[0].reset();
  peers[1].reset();
  EXPECT_TRUE(peers[2]->ask(port()).starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(server_->counters().turned_away, 2u);
  EXPECT_EQ(told, 1) << "whoever reads the log is told once a minute";
}

}  // namespace
}  // namespace syncstore::test
