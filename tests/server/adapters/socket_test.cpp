// WebSocket conformance over real sockets, after the case lists of the protocol's well-known test
// suite, and the bounds that are ours.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/server/adapters/network_fixture.hpp"
#include "tests/server/adapters/socket_client.hpp"

namespace syncstore::test {
namespace {

class Socket : public NetworkTest {
 protected:
  // What the server does with these bytes: the close code it sends, 0 when it just ends.
  int close_after(const std::string& bytes, const std::string& protocol = "syncstore.v1.json") {
    SocketClient client(port(), protocol);
    client.raw().send(bytes);
    return client.read_close();
  }
  std::string echo(const std::string& bytes, const std::string& protocol = "syncstore.v1.json") {
    SocketClient client(port(), protocol);
    client.raw().send(bytes);
    const auto frame = client.read_frame();
    if (!frame)
      return "<end>";
    if (frame->opcode == 8)
      return "<close " + std::to_string(frame->close_code()) + ">";
    EXPECT_FALSE(frame->masked);
    EXPECT_EQ(frame->reserved, 0);
    return frame->payload;
  }
};

TEST_F(Socket, HandshakeAnswersKeyAndProtocol) {
  start();
  SocketClient client(port(), "syncstore.v1");
  EXPECT_EQ(client.answer().status, 101);
  EXPECT_EQ(client.answer().header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(client.answer().header("sec-websocket-protocol"), "syncstore.v1");
  EXPECT_EQ(client.answer().header("sec-websocket-extensions"), "");
}

TEST_F(Socket, HandshakeIsRefusedWithTheRightStatus) {
  start();
  const std::string base = "GET /ws HTTP/1.1\r\nHost: a\r\n";
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  EXPECT_EQ(ask(base + "\r\n").status, 426);
  EXPECT_EQ(ask(base + "\r\n").header("upgrade"), "websocket");
  const RawAnswer old = ask(base + upgrade + key + "Sec-WebSocket-Version: 8\r\n\r\n");
  EXPECT_EQ(old.status, 426);
  EXPECT_EQ(old.header("sec-websocket-version"), "13");
  EXPECT_EQ(ask(base + upgrade + "Sec-WebSocket-Version: 13\r\n\r\n").status, 400);
  EXPECT_EQ(
      ask(base + upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n").status,
      400);
  EXPECT_EQ(ask(base + upgrade + key + "\r\n").status, 400);
  EXPECT_EQ(
      ask(base + upgrade + key + "Sec-WebSocket-Version: 13\r\nOrigin: http://evil\r\n\r\n").status,
      403);
  EXPECT_EQ(links_.open, 0);
}

TEST_F(Socket, BytesBehindTheHandshakeBelongToTheSocket) {
  start();
  SocketClient client(port(), "x.json", {}, make_frame(1, "early"));
  EXPECT_EQ(client.read_frame()->payload, "early");
}

TEST_F(Socket, EchoesAllSizesOfTextAndBinary) {
  start();
  SocketClient text(port());
  SocketClient binary(port(), "syncstore.v1");
  for (const std::size_t size :
       {0u, 1u, 125u, 126u, 127u, 128u, 65'535u, 65'536u, 65'537u, 1'000'000u, 1'048'576u}) {
    const std::string payload(size, 'x');
    text.send_text(payload);
    const auto back = text.read_frame();
    ASSERT_TRUE(back.has_value()) << size;
    EXPECT_EQ(back->opcode, 1);
    EXPECT_EQ(back->payload, payload);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
      bytes[i] = static_cast<char>(i * 7);
    binary.send_binary(bytes);
    const auto bytes_back = binary.read_frame();
    ASSERT_TRUE(bytes_back.has_value()) << size;
    EXPECT_EQ(bytes_back->opcode, 2);
    EXPECT_EQ(bytes_back->payload, bytes);
  }
}

TEST_F(Socket, ReadsFramesChoppedIntoSingleBytes) {
  start();
  SocketClient client(port());
  for (const char c : make_frame(1, "chopped"))
    client.raw().send({&c, 1});
  EXPECT_EQ(client.read_frame()->payload, "chopped");
}

TEST_F(Socket, AnswersPings) {
  start();
  SocketClient client(port());
  client.raw().send(make_frame(9, "") + make_frame(9, "payload") +
                    make_frame(9, std::string(125, '\xfe')));
  const auto pong = client.read_frame();
  ASSERT_TRUE(pong.has_value());
  EXPECT_EQ(pong->opcode, 10);
  EXPECT_EQ(client.read_frame()->payload, "payload");
  EXPECT_EQ(client.read_frame()->payload, std::string(125, '\xfe'));
  client.raw().send(make_frame(10, "unsolicited"));
  client.send_text("still here");
  EXPECT_EQ(client.read_frame()->payload, "still here");
}

TEST_F(Socket, RefusesMalformedFrames) {
  start();
  EXPECT_EQ(close_after(make_frame(9, std::string(126, 'x'))), 1002);
  for (int bits = 1; bits <= 7; ++bits) {
    EXPECT_EQ(close_after(make_frame(1, "x", true, bits)), 1002) << bits;
    EXPECT_EQ(close_after(make_frame(9, "x", true, bits)), 1002) << bits;
  }
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_EQ(close_after(make_frame(opcode, "")), 1002) << opcode;
    EXPECT_EQ(close_after(make_frame(opcode, "x")), 1002) << opcode;
  }
  EXPECT_EQ(close_after(make_frame(1, "unmasked", true, 0, false)), 1002);
  EXPECT_EQ(close_after(make_frame(9, "fragment", false)), 1002);
  EXPECT_EQ(close_after(make_frame(10, "fragment", false)), 1002);
  // A length that is longer than it needs to be.
  EXPECT_EQ(close_after(std::string("\x81\xfe\x00\x01\x00\x00\x00\x00x", 9)), 1002);
}

TEST_F(Socket, JoinsFragmentsWithControlFramesBetweenThem) {
  start();
  EXPECT_EQ(echo(make_frame(1, "a", false) + make_frame(0, "b", false) + make_frame(0, "c")),
            "abc");
  EXPECT_EQ(echo(make_frame(1, "", false) + make_frame(0, "", false) + make_frame(0, "")), "");
  SocketClient client(port());
  client.raw().send(make_frame(1, "a", false) + make_frame(9, "ping") + make_frame(0, "b"));
  EXPECT_EQ(client.read_frame()->payload, "ping");
  EXPECT_EQ(client.read_frame()->payload, "ab");
}

TEST_F(Socket, RefusesFragmentsOutOfPlace) {
  start();
  EXPECT_EQ(close_after(make_frame(0, "nothing to continue")), 1002);
  EXPECT_EQ(close_after(make_frame(0, "nothing", false)), 1002);
  EXPECT_EQ(close_after(make_frame(1, "a", false) + make_frame(1, "b")), 1002);
  EXPECT_EQ(close_after(make_frame(1, "a", false) + make_frame(2, "b", false)), 1002);
  EXPECT_EQ(close_after(make_frame(1, "a") + make_frame(0, "b")), 1002);
}

TEST_F(Socket, RefusesTextThatIsNotUtf8) {
  start();
  const char* const bad[] = {"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80",
                             "\xf4\x90\x80\x80",
                             "\xc0\x80",
                             "\xe0\x80\x80",
                             "\xf0\x80\x80\x80",
                             "\xf8\x88\x80\x80\x80",
                             "\xfe",
                             "\xff",
                             "\x80",
                             "\xbf",
                             "\xc3\x28",
                             "\xed\xbf\xbf",
                             "\xf7\xbf\xbf\xbf",
                             "ab\xe2\x82",
                             "\xc1\xbf"};
  for (const char* const text : bad)
    EXPECT_EQ(close_after(make_frame(1, text)), 1007) << text;
  EXPECT_EQ(close_after(make_frame(1, "\xce\xba", false) + make_frame(0, "\xf4\x90")), 1007);
}

TEST_F(Socket, TakesUtf8CutAnywhereBetweenFragments) {
  start();
  const std::string text =
      "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5 \xf0\x9f\x98\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf "
      "\xef\xbb\xbf";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(echo(make_frame(1, text.substr(0, cut), false) + make_frame(0, text.substr(cut))),
              text)
        << cut;
  }
  EXPECT_EQ(echo(make_frame(1, std::string("a\0b", 3))), std::string("a\0b", 3));
}

std::string close_payload(int code, const std::string& reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 255)} + reason;
}

TEST_F(Socket, AnswersCloseFrames) {
  start();
  const int without_code = close_after(make_frame(8, ""));
  EXPECT_TRUE(without_code == 1000 || without_code == 1005) << without_code;
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    EXPECT_EQ(close_after(make_frame(8, close_payload(code))), code);
  }
  EXPECT_EQ(close_after(make_frame(8, close_payload(1000, std::string(123, 'r')))), 1000);
  EXPECT_TRUE(eventually([&] { return links_.closed == links_.open && links_.open == 15; }));
}

TEST_F(Socket, RefusesBadCloseFrames) {
  start();
  EXPECT_EQ(close_after(make_frame(8, "x")), 1002);
  EXPECT_EQ(close_after(make_frame(8, close_payload(1000, std::string(124, 'r')))), 1002);
  for (const int code : {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999}) {
    EXPECT_EQ(close_after(make_frame(8, close_payload(code))), 1002) << code;
  }
  const int invalid = close_after(make_frame(8, close_payload(1000, "\xff\xfe")));
  EXPECT_TRUE(invalid == 1007 || invalid == 1002) << invalid;
}

TEST_F(Socket, NothingIsEchoedBehindAClose) {
  start();
  SocketClient client(port());
  client.raw().send(make_frame(8, close_payload(1000)) + make_frame(1, "late"));
  const auto frame = client.read_frame();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->opcode, 8);
  EXPECT_FALSE(client.read_frame().has_value());
}

TEST_F(Socket, ClosesWhatIsTooLargeOrOfTheWrongKind) {
  start();
  EXPECT_EQ(close_after(make_frame(1, std::string(limits::kMessageBytes + 1, 'x'))), 1009);
  EXPECT_EQ(
      close_after(std::string("\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", 14)),
      1009);
  EXPECT_EQ(close_after(make_frame(2, "binary on a text socket")), 1003);
  EXPECT_EQ(close_after(make_frame(1, "text on a binary socket"), "syncstore.v1"), 1003);
}

TEST_F(Socket, ClosesPeersThatFloodFrames) {
  start();
  std::string pings;
  for (int i = 0; i < 1'000; ++i)
    pings += make_frame(9, "x");
  EXPECT_EQ(close_after(pings), 1008);
  std::string fragments = make_frame(1, "", false);
  for (int i = 0; i < 2'000; ++i)
    fragments += make_frame(0, "", false);
  EXPECT_EQ(close_after(fragments), 1008);
}

TEST_F(Socket, ClosesWithTheCodeTheSessionNamesBehindWhatWasQueued) {
  start();
  for (const int code : {1001, 4401, 4403, 4408, 4429}) {
    SocketClient client(port());
    client.send_text("close " + std::to_string(code));
    EXPECT_EQ(client.read_frame()->payload, "bye");
    const auto frame = client.read_frame();
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->close_code(), code);
    EXPECT_EQ(frame->payload.substr(2), "as asked");
    client.raw().send(make_frame(8, close_payload(code)));
    EXPECT_TRUE(client.raw().closed_by_peer());
  }
}

TEST_F(Socket, CutsOffAPeerThatDoesNotAnswerAClose) {
  start();
  SocketClient client(port());
  client.send_text("close 4401");
  EXPECT_EQ(client.read_frame()->payload, "bye");
  EXPECT_EQ(client.read_close(), 4401);
  EXPECT_TRUE(client.raw().closed_by_peer(10'000));
  EXPECT_TRUE(eventually([&] { return links_.closed == 1; }));
}

TEST_F(Socket, ClosesAPeerThatAnswersNoPings) {
  adapters::NetworkOptions options;
  options.ping_seconds = 1;
  start(std::move(options));
  SocketClient silent(port());
  int pings = 0;
  int code = 0;
  while (const auto frame = silent.read_frame()) {
    if (frame->opcode == 9)
      ++pings;
    if (frame->opcode == 8) {
      code = frame->close_code();
      break;
    }
  }
  EXPECT_EQ(pings, limits::kMissedPings);
  EXPECT_EQ(code, 4408);
}

TEST_F(Socket, KeepsAPeerThatAnswersPings) {
  adapters::NetworkOptions options;
  options.ping_seconds = 1;
  start(std::move(options));
  SocketClient client(port());
  for (int i = 0; i < 4; ++i) {
    const auto frame = client.read_frame();
    ASSERT_TRUE(frame.has_value());
    ASSERT_EQ(frame->opcode, 9);
    client.raw().send(make_frame(10, frame->payload));
  }
}

TEST_F(Socket, BoundsTheQueueOfAStoppedReaderAndTellsWhenItDrained) {
  start();
  SocketClient client(port());
  // The kernel takes some megabytes first: the flood goes on until the queue stays full.
  do {
    const int before = links_.refused;
    client.send_text("flood 30000");
    ASSERT_TRUE(eventually([&] { return links_.refused > before; }));
  } while (eventually([&] { return links_.drained == links_.refused; }, 2'000));
  std::shared_ptr<ports::Link> link;
  {
    const std::lock_guard lock(links_.mutex);
    link = links_.links.front();
  }
  EXPECT_LE(link->queued_bytes(), limits::kLinkQueueBytes);
  // Never waits for a further frame: the kernel may have taken the rest, and the engine tells of it
  // only after the last one was read.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (links_.drained != links_.refused) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    if (!client.raw().readable(10))
      continue;
    const auto frame = client.read_frame();
    ASSERT_TRUE(frame.has_value());
    // A ping, where all this took half a minute.
    ASSERT_EQ(frame->payload.size(), frame->opcode == 9 ? 0u : 1'000u);
  }
  EXPECT_TRUE(link->send(std::make_shared<const std::string>("after"), true));
  std::optional<Frame> frame;
  do {
    frame = client.read_frame();
  } while (frame && frame->payload != "after");
  EXPECT_TRUE(frame.has_value());
}

TEST_F(Socket, APausedLinkReadsNoMoreUntilItIsResumed) {
  start();
  SocketClient client(port());
  client.send_text("pause");
  client.send_text("one");
  std::shared_ptr<ports::Link> link;
  EXPECT_TRUE(eventually([&] { return links_.open == 1; }));
  {
    const std::lock_guard lock(links_.mutex);
    link = links_.links.front();
  }
  link->pause_reading(false);
  EXPECT_EQ(client.read_frame()->payload, "one");
}

TEST_F(Socket, ManySendersAndAbortsLeaveNothingBehind) {
  start();
  std::vector<std::unique_ptr<SocketClient>> clients;
  for (int i = 0; i < 50; ++i)
    clients.push_back(std::make_unique<SocketClient>(port()));
  for (auto& client : clients)
    client->send_text("flood 200");
  for (std::size_t i = 0; i < clients.size(); i += 2)
    clients[i]->raw().reset();
  for (std::size_t i = 1; i < clients.size(); i += 2) {
    for (int message = 0; message < 200; ++message) {
      const auto frame = clients[i]->read_frame();
      ASSERT_TRUE(frame.has_value());
      ASSERT_EQ(frame->payload, std::string(1'000, static_cast<char>('a' + message % 26)));
    }
  }
  clients.clear();
  EXPECT_TRUE(eventually([&] { return links_.closed == 50 && server_->open_connections() == 0; }));
}

TEST_F(Socket, DrainingSendsEveryLinkOffWith1001) {
  start();
  std::vector<std::unique_ptr<SocketClient>> clients;
  for (int i = 0; i < 20; ++i)
    clients.push_back(std::make_unique<SocketClient>(port()));
  EXPECT_TRUE(eventually([&] { return links_.open == 20; }));
  server_->begin_drain(1'000);
  for (auto& client : clients) {
    EXPECT_EQ(client->read_close(), 1001);
    client->raw().send(make_frame(8, close_payload(1001)));
  }
  EXPECT_TRUE(eventually([&] { return links_.closed == 20 && server_->open_connections() == 0; }));
}

}  // namespace
}  // namespace syncstore::test
