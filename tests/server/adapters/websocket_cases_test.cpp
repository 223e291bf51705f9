#include "tests/server/adapters/websocket_cases.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/server/adapters/network_fixture.hpp"

namespace syncstore::test {
namespace {

class WebSocketCases : public NetworkTest {
 protected:
  void run(const WebSocketCase& each) {
    SocketClient client(port(), each.binary ? "syncstore.v1" : "syncstore.v1.json");
    ASSERT_EQ(client.answer().status, 101);
    for (int round = 1; round < each.rounds; ++round) {
      client.raw().send(each.bytes);
      ASSERT_TRUE(read_frames(client, each, nullptr));
    }
    // In a thread of its own: what a case sends may be more than both ends buffer.
    std::thread writer([&] {
      std::string_view left = each.bytes;
      while (!left.empty()) {
        const std::size_t size = each.chop == 0 ? left.size() : std::min(each.chop, left.size());
        client.raw().send(left.substr(0, size));
        left.remove_prefix(size);
      }
    });
    read(client, each);
    writer.join();
  }

  // False: what came was not as the case says. A close that comes early is left in `early`.
  static bool read_frames(SocketClient& client, const WebSocketCase& each,
                          std::optional<Frame>* early) {
    for (const Frame& wanted : each.frames) {
      auto got = client.read_frame();
      if (got && got->opcode == 8 && each.close != kOpen && early != nullptr) {
        *early = std::move(got);
        return true;
      }
      if (!got || got->opcode != wanted.opcode || got->masked || got->payload != wanted.payload)
        return false;
    }
    return true;
  }

  static void read(SocketClient& client, const WebSocketCase& each) {
    std::optional<Frame> got;
    ASSERT_TRUE(read_frames(client, each, &got));
    if (each.close == kOpen) {
      client.raw().send(make_frame(9, "still there"));
      got = client.read_frame();
      ASSERT_TRUE(got.has_value());
      EXPECT_EQ(got->opcode, 10);
      EXPECT_EQ(got->payload, "still there");
      return;
    }
    if (!got)
      got = client.read_frame();
    ASSERT_TRUE(got.has_value());
    ASSERT_EQ(got->opcode, 8);
    // A close without a code is answered without one or with "normal".
    const int code = got->close_code();
    EXPECT_TRUE(code == each.close || (each.close == 1005 && code == 1000)) << code;
    EXPECT_FALSE(client.read_frame().has_value()) << "nothing follows a close";
  }
};

// One test per category of the suite; each failing case names itself.
class WebSocketCategory : public WebSocketCases,
                          public testing::WithParamInterface<const char*> {};

TEST_P(WebSocketCategory, BehavesAsTheSuiteAsks) {
  adapters::NetworkOptions options;
  options.connections_per_address = 1'000;
  start(std::move(options));
  const std::string prefix = std::string(GetParam()) + ".";
  int ran = 0;
  for (const WebSocketCase& each : websocket_cases()) {
    if (!each.id.starts_with(prefix))
      continue;
    SCOPED_TRACE(each.id);
    run(each);
    ++ran;
  }
  EXPECT_GT(ran, 0);
}

std::string category_name(const testing::TestParamInfo<const char*>& info) {
  const std::map<std::string, std::string> names = {
      {"1", "Framing"},       {"2", "Pings"}, {"3", "ReservedBits"}, {"4", "Opcodes"},
      {"5", "Fragmentation"}, {"6", "Utf8"},  {"7", "Closing"},      {"9", "Limits"},
      {"10", "Joining"}};
  return names.at(info.param);
}

INSTANTIATE_TEST_SUITE_P(Autobahn, WebSocketCategory,
                         testing::Values("1", "2", "3", "4", "5", "6", "7", "9", "10"),
                         category_name);

TEST(WebSocketCaseList, HasTheCasesOfTheSuite) {
  std::map<std::string, int> counts;
  std::map<std::string, int> ids;
  for (const WebSocketCase& each : websocket_cases()) {
    ++counts[each.id.substr(0, each.id.find('.'))];
    EXPECT_EQ(++ids[each.id], 1) << each.id;
  }
  const std::map<std::string, int> expected = {{"1", 16},  {"2", 11}, {"3", 7},
                                               {"4", 10},  {"5", 20}, {"6", 145},
                                               {"7", 37},  {"9", 54}, {"10", 1}};
  EXPECT_EQ(counts, expected);
}

// Categories 12 and 13: the offers of compression of that suite are declined, and what is sent
// compressed all the same is refused.
TEST_F(WebSocketCases, CompressionIsDeclinedWhateverIsOffered) {
  start();
  const char* const offers[] = {
      "permessage-deflate",
      "permessage-deflate; client_no_context_takeover",
      "permessage-deflate; client_max_window_bits",
      "permessage-deflate; client_max_window_bits; server_no_context_takeover",
      "permessage-deflate; client_max_window_bits; server_max_window_bits=9",
      "permessage-deflate; client_max_window_bits; server_max_window_bits=15",
      "permessage-deflate; client_max_window_bits; server_no_context_takeover; "
      "server_max_window_bits=9",
      "permessage-deflate; server_no_context_takeover; server_max_window_bits=15, "
      "permessage-deflate"};
  for (const char* offer : offers) {
    SCOPED_TRACE(offer);
    SocketClient client(port(), "syncstore.v1.json",
                        "Sec-WebSocket-Extensions: " + std::string(offer) + "\r\n");
    ASSERT_EQ(client.answer().status, 101);
    EXPECT_EQ(client.answer().header("sec-websocket-extensions"), "");
    client.send_text("plain");
    EXPECT_EQ(client.read_frame()->payload, "plain");
    client.raw().send(make_frame(1, "\xf2\x48\xcd\xc9\xc9\x07", true, 4));
    EXPECT_EQ(client.read_close(), 1002);
  }
}

}  // namespace
}  // namespace syncstore::test
