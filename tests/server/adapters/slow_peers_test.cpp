// Peers that send or read too slowly, and too much at once: each is ended in its time and by its
// bound, and nobody beside it waits.
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/server/adapters/network_fixture.hpp"
#include "tests/server/adapters/socket_client.hpp"

namespace syncstore::test {
namespace {

class SlowPeers : public NetworkTest {
 protected:
  static adapters::NetworkOptions impatient() {
    adapters::NetworkOptions options;
    options.header_seconds = 1;
    options.body_grace_ms = 500;
    options.answer_grace_ms = 500;
    options.message_ms = 500;
    return options;
  }
  static std::string body_head(std::size_t bytes) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) +
           "\r\n\r\n";
  }
};

TEST_F(SlowPeers, ABodyThatStopsIsAnswered408) {
  start(impatient());
  RawClient client(port());
  client.send(body_head(1'000) + "a");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_EQ(handler_.handled, 0);
}

TEST_F(SlowPeers, AnUploadThatStopsIsAnswered408AndItsSinkTold) {
  start(impatient());
  RawClient client(port());
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_TRUE(eventually([&] { return handler_.aborted == 1; }));
}

TEST_F(SlowPeers, AMessageThatStopsIsClosed) {
  start(impatient());
  SocketClient client(port());
  const std::string frame = make_frame(1, "a message of some length");
  client.raw().send(std::string_view(frame).substr(0, frame.size() - 1));
  EXPECT_EQ(client.read_close(), 1008);
}

TEST_F(SlowPeers, AFrameThatStopsInItsHeaderIsClosed) {
  start(impatient());
  for (const char* const begun : {"\x81", "\x81\xfe\x01", "\x89\x85xxxx1"}) {
    SocketClient client(port());
    client.send_text("a whole one before it");
    EXPECT_EQ(client.read_frame()->payload, "a whole one before it");
    client.raw().send(begun);
    EXPECT_EQ(client.read_close(), 1008);
  }
}

TEST_F(SlowPeers, ASocketThatSaysNothingStays) {
  adapters::NetworkOptions options = impatient();
  options.ping_seconds = 1;
  start(std::move(options));
  SocketClient client(port());
  client.send_text("hello");
  EXPECT_EQ(client.read_frame()->payload, "hello");
  // Three pings later much more than the time of a message has passed.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.read_frame()->opcode, 9);
    client.raw().send(make_frame(10, ""));
  }
  client.send_text("again");
  EXPECT_EQ(client.read_frame()->payload, "again");
}

TEST_F(SlowPeers, FragmentsThatNeverEndAreClosed) {
  start(impatient());
  SocketClient client(port());
  client.raw().send(make_frame(1, "a", false) + make_frame(0, "b", false));
  EXPECT_EQ(client.read_close(), 1008);
}

TEST_F(SlowPeers, AnAnswerThatNobodyReadsEnds) {
  start(impatient());
  RawClient client(port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return server_->counters().connections == 1; }));
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
  EXPECT_LT(client.read_exactly(kLargeBytes).size(), kLargeBytes);
}

TEST_F(SlowPeers, AnAnswerThatIsReadBelowTheLeastRateEnds) {
  adapters::NetworkOptions options = impatient();
  options.answer_grace_ms = 1'000;
  // Whatever this machine manages is less: what keeps the connection is that something moves, and
  // that is not enough.
  options.least_bytes_per_second = 1'000'000'000'000;
  start(std::move(options));
  RawClient client(port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t read = 0;
  for (std::string piece = client.read_some(); !piece.empty() && read < kLargeBytes;
       piece = client.read_some()) {
    read += piece.size();
    eventually([] { return false; }, 20);
  }
  EXPECT_LT(read, kLargeBytes);
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(SlowPeers, AReaderThatReadsGetsAllOfALargeAnswer) {
  start();
  RawClient client(port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body.size(), kLargeBytes);
}

TEST_F(SlowPeers, HundredsOfThemDelayNobodyAndAreAllEnded) {
  start(impatient());
  std::vector<std::unique_ptr<RawClient>> slow;
  const std::string half_a_frame = "\x81\xfe";
  for (int i = 0; i < 100; ++i) {
    for (const std::string& sent :
         {std::string("GET / HTTP/1.1\r\nHos"), body_head(1'000'000) + "a",
          std::string("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9"),
          std::string("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"),
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Protocol: syncstore.v1.json\r\n\r\n" +
              half_a_frame}) {
      slow.push_back(std::make_unique<RawClient>(port()));
      slow.back()->send(sent);
    }
  }
  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(ask("GET /good HTTP/1.1\r\nHost: a\r\n\r\n").status, 200) << i;
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

// A thousand requests are answered on one connection, however many were sent behind each other.
TEST_F(SlowPeers, AFloodOfPipelinedRequestsIsAnsweredUpToItsBound) {
  start();
  RawClient client(port());
  std::string flood;
  for (int i = 0; i < 20'000; ++i)
    flood += "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  std::thread writer([&] { client.send(flood); });
  EXPECT_EQ(ask("GET /good HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  for (std::size_t i = 0; i < limits::kHttpRequestsPerConnection; ++i)
    ASSERT_EQ(client.read_answer().status, 200) << i;
  EXPECT_EQ(client.read_exactly(1), "");
  EXPECT_TRUE(client.closed_by_peer());
  writer.join();
  EXPECT_EQ(handler_.handled, static_cast<int>(limits::kHttpRequestsPerConnection) + 1);
}

// Nobody reads the answers: the requests behind the first that cannot be written stay in the
// kernel.
TEST_F(SlowPeers, AFloodOfRequestsForLargeAnswersHoldsOneAnswer) {
  start(impatient());
  RawClient client(port());
  std::string flood;
  for (int i = 0; i < 500; ++i)
    flood += "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(flood);
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
  EXPECT_EQ(handler_.handled, 1);
}

TEST_F(SlowPeers, FloodsOfPingsAndFragmentsAreClosedAndOthersAnswered) {
  start();
  std::string pings, fragments = make_frame(1, "", false);
  for (int i = 0; i < 200'000; ++i)
    pings += make_frame(9, "x");
  for (int i = 0; i < 100'000; ++i)
    fragments += make_frame(0, "", false);
  for (const std::string* flood : {&pings, &fragments}) {
    SocketClient client(port());
    SocketClient other(port());
    std::thread writer([&] { client.raw().send(*flood); });
    other.send_text("still here");
    EXPECT_EQ(other.read_frame()->payload, "still here");
    EXPECT_EQ(client.read_close(), 1008);
    client.raw().shutdown_send();
    writer.join();
  }
}

}  // namespace
}  // namespace syncstore::test
