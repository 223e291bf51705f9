// Raw-socket conformance of the HTTP door: what may pass, what is refused and that every framing
// fault ends the connection.
#include <gtest/gtest.h>

#include "server/adapters/beast/address_rules.hpp"
#include "tests/server/adapters/network_fixture.hpp"

namespace syncstore::test {
namespace {

struct GateCase {
  const char* name;
  std::string bytes;
  int status;
};
std::ostream& operator<<(std::ostream& out, const GateCase& each) { return out << each.name; }

std::string with_header(const std::string& lines, const std::string& body = {}) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + body;
}
std::string many_headers(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += "X-" + std::to_string(i) + ": y\r\n";
  return lines;
}

class HttpGateRefusal : public NetworkTest, public testing::WithParamInterface<GateCase> {};

// A second, good request stands behind each bad one: it must never be answered.
TEST_P(HttpGateRefusal, AnswersAndCloses) {
  start();
  RawClient client(port());
  client.send(GetParam().bytes);
  client.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, GetParam().status) << answer.head << answer.body;
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_NE(answer.body.find("\"success\":false"), std::string::npos);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_EQ(handler_.handled, 0);
}

const std::string kChunked = "0\r\n\r\n";
const GateCase kRefusals[] = {
    {"ConnectionIsNoList", with_header("Connection: a:b\r\nContent-Length: 3\r\n", "abc"), 400},
    {"ProxyConnectionIsNoList",
     with_header("Proxy-Connection: a b\r\nContent-Length: 3\r\n", "abc"), 400},
    {"CrBeforeTheEmptyLine", with_header("X: y\r\r\n"), 400},
    {"TransferEncodingUnknown", with_header("Transfer-Encoding: xchunked\r\n", kChunked), 501},
    {"TransferEncodingChunkedIdentity",
     with_header("Transfer-Encoding: chunked, identity\r\n", kChunked), 400},
    {"TransferEncodingChunkedTwice",
     with_header("Transfer-Encoding: chunked, chunked\r\n", kChunked), 400},
    {"TransferEncodingQuoted", with_header("Transfer-Encoding: \"chunked\"\r\n", kChunked), 501},
    {"TransferEncodingIdentityChunked",
     with_header("Transfer-Encoding: identity, chunked\r\n", kChunked), 501},
    {"TransferEncodingGzipChunked", with_header("Transfer-Encoding: gzip, chunked\r\n", kChunked),
     501},
    {"TransferEncodingIdentity", with_header("Transfer-Encoding: identity\r\n"), 501},
    {"TransferEncodingEmpty", with_header("Transfer-Encoding:\r\n"), 400},
    {"TransferEncodingTwoLines",
     with_header("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", kChunked), 400},
    {"TransferEncodingTwoLinesSame",
     with_header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", kChunked), 400},
    {"TransferEncodingOnHttp10",
     "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"TransferEncodingFolded", with_header("Transfer-Encoding:\r\n chunked\r\n", kChunked), 400},
    {"TransferEncodingBlankBeforeColon", with_header("Transfer-Encoding : chunked\r\n", kChunked),
     400},
    {"TransferEncodingVerticalTab", with_header("Transfer-Encoding: \vchunked\r\n", kChunked), 400},
    {"LengthAndTransferEncoding",
     with_header("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", kChunked), 400},
    {"LengthTwiceDifferent", with_header("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 400},
    {"LengthTwiceSame", with_header("Content-Length: 1\r\nContent-Length: 1\r\n", "a"), 400},
    {"LengthList", with_header("Content-Length: 2, 2\r\n", "ab"), 400},
    {"LengthPlus", with_header("Content-Length: +2\r\n", "ab"), 400},
    {"LengthMinus", with_header("Content-Length: -2\r\n", "ab"), 400},
    {"LengthHex", with_header("Content-Length: 0x2\r\n", "ab"), 400},
    {"LengthEmpty", with_header("Content-Length:\r\n"), 400},
    {"LengthOverflow", with_header("Content-Length: 99999999999999999999\r\n"), 400},
    {"LengthBlankInside", with_header("Content-Length: 1 0\r\n"), 400},
    {"LengthTooLarge", with_header("Content-Length: 1048577\r\n"), 413},
    {"HostMissing", "GET / HTTP/1.1\r\n\r\n", 400},
    {"HostTwice", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"HostTwiceSame", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"HostEmpty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
    {"AbsoluteFormOtherHost", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AuthorityForm", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AsteriskOfAnotherMethod", "POST * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TargetNotAscii", "GET /caf\xC3\xA9 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TargetEmpty", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TargetFragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TargetTab", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TargetTooLong", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    {"PathBadEscape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathShortEscape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathNul", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathDotDot", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathDotDotEncoded", "GET /%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathDotDotAtEnd", "GET /a/%2E. HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathEncodedSlash", "GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathEncodedBackslash", "GET /a%5cb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathBackslash", "GET /a\\..\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathOverlongUtf8", "GET /%c0%ae%c0%ae/b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"PathLineBreak", "GET /a%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"QueryBadUtf8", "GET /a?q=%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"QueryBadEscape", "GET /a?q=%g1 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"Trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"Connect", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"MethodUnknown", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"MethodLowerCase", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"MethodNotToken", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"NoVersion", "GET /\r\nHost: a\r\n\r\n", 400},
    {"VersionText", "GET / HTTP/x.y\r\nHost: a\r\n\r\n", 400},
    {"Version2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"Version12", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
    {"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"BareCarriageReturn", "GET / HTTP/1.1\rHost: a\r\r", 400},
    {"HeaderNul", std::string("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 35), 400},
    {"HeaderControl",
     "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01"
     "b\r\n\r\n",
     400},
    {"HeaderNoColon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", 400},
    {"HeaderEmptyName", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400},
    {"HeaderBlankInName", "GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", 400},
    {"HeaderFolded", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
    {"HeaderFoldedFirst", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"HeaderLinesTooMany", "GET / HTTP/1.1\r\nHost: a\r\n" + many_headers(100) + "\r\n", 431},
    {"HeaderTooLarge", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
     431},
    {"ExpectUnknown", with_header("Expect: a-miracle\r\nContent-Length: 1\r\n", "a"), 417},
    {"UpgradeWithBody",
     "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: "
     "2\r\n\r\nab",
     400},
    {"ChunkSizeNotHex", with_header("Transfer-Encoding: chunked\r\n", "zz\r\nab\r\n0\r\n\r\n"),
     400},
    {"ChunkSizeMinus", with_header("Transfer-Encoding: chunked\r\n", "-2\r\nab\r\n0\r\n\r\n"), 400},
    {"ChunkSizeOverflow",
     with_header("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nab\r\n"), 400},
    {"ChunkTerminator", with_header("Transfer-Encoding: chunked\r\n", "2\r\nabXX0\r\n\r\n"), 400},
    {"ChunkBareLineFeed", with_header("Transfer-Encoding: chunked\r\n", "2\nab\n0\n\n"), 400},
};

INSTANTIATE_TEST_SUITE_P(Cases, HttpGateRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& each) { return std::string(each.param.name); });

class HttpDoor : public NetworkTest {};

TEST_F(HttpDoor, AnswersPlainRequestsInOrderOnOneConnection) {
  start();
  RawClient client(port());
  client.send("GET /a?x=1&y=a+b%21 HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "GET /a x=1 y=a b! from 127.0.0.1");
  EXPECT_EQ(client.read_answer().body, "GET /b from 127.0.0.1");
  client.send("\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const RawAnswer last = client.read_answer();
  EXPECT_EQ(last.body, "GET /c from 127.0.0.1");
  EXPECT_EQ(last.header("connection"), "close");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpDoor, DecodesThePathOnce) {
  start();
  EXPECT_EQ(ask("GET /a%2525b%20c HTTP/1.1\r\nHost: a\r\n\r\n").body,
            "GET /a%25b c from 127.0.0.1");
}

TEST_F(HttpDoor, TakesAbsoluteFormOfItsOwnHost) {
  start();
  EXPECT_EQ(ask("GET http://A:80/x?y=1 HTTP/1.1\r\nHost: a:80\r\n\r\n").body,
            "GET /x y=1 from 127.0.0.1");
}

TEST_F(HttpDoor, ReadsBodiesByLengthAndChunked) {
  start();
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").body, "hello");
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n");
  client.send("2;ext=1\r\nlo\r\n0\r\nTrailer: x\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "hello");
  EXPECT_EQ(client.read_answer().body, "GET /next from 127.0.0.1");
}

TEST_F(HttpDoor, ReadsABodyThatArrivesByteByByte) {
  start();
  RawClient client(port());
  for (const char c : std::string("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                  "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")) {
    client.send({&c, 1});
  }
  EXPECT_EQ(client.read_answer().body, "hello");
}

TEST_F(HttpDoor, RefusesAChunkedBodyThatGrowsTooLarge) {
  start();
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string piece = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 17; ++i)
    client.send(piece);
  EXPECT_EQ(client.read_answer().status, 413);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpDoor, RefusesAChunkHeaderWithoutEnd) {
  start();
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  client.send(std::string(40'000, 'x'));
  EXPECT_EQ(client.read_answer().status, 400);
}

TEST_F(HttpDoor, StreamsLargeBodiesToTheirSink) {
  start();
  RawClient client(port());
  const std::size_t size = 5'000'000;
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
              "\r\n\r\n");
  client.send(std::string(size, 'x'));
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, std::to_string(size));
}

TEST_F(HttpDoor, TellsTheSinkWhenTheBodyBreaksOff) {
  start();
  {
    RawClient client(port());
    client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
    EXPECT_TRUE(eventually([&] { return handler_.uploaded == 3; }));
  }
  EXPECT_TRUE(eventually([&] { return handler_.aborted == 1; }));
}

TEST_F(HttpDoor, ASinkMayRefuseInTheMiddle) {
  start();
  RawClient client(port());
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nstop here");
  EXPECT_EQ(client.read_answer().status, 507);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpDoor, AHandlerMayRefuseBeforeTheBody) {
  start();
  RawClient client(port());
  client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.header("connection"), "close");
}

TEST_F(HttpDoor, SaysContinueWhenAsked) {
  start();
  RawClient client(port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_some(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.read_answer().body, "ok");
}

TEST_F(HttpDoor, HeadHasTheLengthButNoBody) {
  start();
  RawClient client(port());
  client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer(true).header("content-length"), "22");
  const RawAnswer gone = client.read_answer();
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.header("content-length"), "");
}

TEST_F(HttpDoor, Http10ClosesUnlessAsked) {
  start();
  RawClient client(port());
  client.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpDoor, ASlowHeaderIsAnswered408AndAnIdleConnectionJustClosed) {
  adapters::NetworkOptions options;
  options.header_seconds = 1;
  options.keep_alive_seconds = 1;
  start(std::move(options));
  RawClient slow(port());
  slow.send("GET / HTTP/1.1\r\nHos");
  RawClient idle(port());
  idle.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(idle.read_answer().status, 200);
  EXPECT_EQ(slow.read_answer().status, 408);
  EXPECT_TRUE(slow.closed_by_peer());
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(HttpDoor, ClosesAfterAThousandRequests) {
  start();
  RawClient client(port());
  RawAnswer answer;
  for (std::size_t i = 0; i < limits::kHttpRequestsPerConnection; ++i) {
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = client.read_answer();
  }
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(HttpDoor, TurnsConnectionsAwayOverTheCap) {
  adapters::NetworkOptions options;
  options.connections = 2;
  start(std::move(options));
  RawClient first(port());
  RawClient second(port());
  first.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(first.read_answer().status, 200);
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 2; }));
  RawClient third(port());
  EXPECT_TRUE(third.closed_by_peer());
}

TEST_F(HttpDoor, SurvivesAPeerThatResets) {
  start();
  for (int i = 0; i < 20; ++i) {
    RawClient client(port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc");
    client.reset();
  }
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(HttpDoor, BelievesForwardedHeadersOfTrustedProxiesOnly) {
  const std::string request =
      "GET /a HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.7, "
      "10.0.0.3\r\nX-Forwarded-Proto: https\r\n\r\n";
  start();
  EXPECT_EQ(ask(request).body, "GET /a from 127.0.0.1");
  TearDown();
  adapters::NetworkOptions options;
  options.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"};
  start(std::move(options));
  EXPECT_EQ(ask(request).body, "GET /a from 198.51.100.7 secure");
}

TEST_F(HttpDoor, SaysWhichAddressIsInUse) {
  start();
  adapters::NetworkOptions options;
  options.port = port();
  const auto second =
      adapters::NetworkServer::start(std::move(options), *engine_, handler_, links_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::address_in_use);
  EXPECT_NE(second.error().detail.find(std::to_string(port())), std::string::npos);
}

TEST_F(HttpDoor, DrainingEndsIdleConnectionsAndStopsListening) {
  start();
  RawClient idle(port());
  idle.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(idle.read_answer().status, 200);
  server_->begin_drain(0);
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
  RawClient late(port());
  late.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(late.read_answer().status, 0);
}

TEST(ProxyRules, RefusesWhatIsNoNetwork) {
  for (const char* text :
       {"", "nonsense", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/a", "::1/129", "10.0.0/8"}) {
    EXPECT_FALSE(adapters::ProxyRules::parse({text}).ok()) << text;
  }
}

}  // namespace
}  // namespace syncstore::test
