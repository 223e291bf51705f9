#include "tests/server/adapters/http_cases.hpp"

#include <cstdint>

namespace syncstore::test {
namespace {

const std::string kHost = "Host: a\r\n";
const std::string kGet = "GET / HTTP/1.1\r\n" + kHost + "\r\n";
const std::string kChunked = "Transfer-Encoding: chunked\r\n";
const std::string kHello = "5\r\nhello\r\n0\r\n\r\n";

std::string length(std::size_t bytes) {
  return "Content-Length: " + std::to_string(bytes) + "\r\n";
}
std::string get_with(const std::string& lines) {
  return "GET / HTTP/1.1\r\n" + kHost + lines + "\r\n";
}
std::string post(const std::string& lines, const std::string& body = {},
                 const std::string& method = "POST") {
  return method + " / HTTP/1.1\r\n" + kHost + lines + "\r\n" + body;
}
std::string line(const std::string& request_line) { return request_line + "\r\n" + kHost + "\r\n"; }
std::string upgrade(const std::string& request_line, const std::string& connection,
                    const std::string& version) {
  return request_line + "\r\n" + kHost + connection +
         "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: " +
         version + "\r\n\r\n";
}
std::string bytes(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts)
    out += part;
  return out;
}
constexpr std::string_view kNul("\0", 1);

class Cases {
 public:
  std::vector<HttpCase> all;

  HttpCase& add(std::string id, std::string sent, std::vector<int> answers, After after) {
    HttpCase made;
    made.id = std::move(id);
    made.bytes = std::move(sent);
    made.answers = std::move(answers);
    made.after = after;
    all.push_back(std::move(made));
    return all.back();
  }
  HttpCase& refused(std::string id, std::string sent, int status = 400) {
    return add(std::move(id), std::move(sent), {status}, After::closed);
  }
  HttpCase& taken(std::string id, std::string sent, std::string body = {}) {
    HttpCase& made = add(std::move(id), std::move(sent), {200}, After::open);
    made.body = std::move(body);
    return made;
  }
  HttpCase& waits(std::string id, std::string sent) {
    return add(std::move(id), std::move(sent), {}, After::waits);
  }
};

void line_endings(Cases& cases) {
  cases.refused("RFC9112-2.2-BARE-LF-REQUEST-LINE", "GET / HTTP/1.1\n" + kHost + "\r\n");
  cases.refused("RFC9112-2.2-BARE-LF-HEADER", "GET / HTTP/1.1\r\nHost: a\nX-Test: value\r\n\r\n");
  cases.refused("RFC9112-3-CR-ONLY-LINE-ENDING", "GET / HTTP/1.1\r" + kHost + "\r\n");
  // RFC 9112 2.2 asks servers to skip an empty line before a request.
  cases.taken("COMP-LEADING-CRLF", "\r\n\r\n" + kGet).tolerated = true;
  cases.refused("COMP-WHITESPACE-BEFORE-HEADERS", "GET / HTTP/1.1\r\n \r\n" + kHost + "\r\n");
}

void request_lines(Cases& cases) {
  cases.taken("COMP-BASELINE", kGet, "GET / from 127.0.0.1");
  cases.refused("RFC9112-3-MULTI-SP-REQUEST-LINE", line("GET  / HTTP/1.1"));
  cases.refused("COMP-REQUEST-LINE-TAB", line("GET\t/ HTTP/1.1"));
  cases.refused("RFC9112-3-MISSING-TARGET", line("GET HTTP/1.1"));
  cases.refused("RFC9112-3.2-FRAGMENT-IN-TARGET", line("GET /path#frag HTTP/1.1"));
  cases.refused("COMP-SPACE-IN-TARGET", line("GET /pa th HTTP/1.1"));
  cases.taken("COMP-LONG-URL-OK", line("GET /" + std::string(7'900, 'a') + " HTTP/1.1"));
  cases.refused("COMP-ASTERISK-WITH-GET", line("GET * HTTP/1.1"));
  cases.add("COMP-OPTIONS-STAR", line("OPTIONS * HTTP/1.1"), {204}, After::open);
  cases.taken("COMP-ABSOLUTE-FORM", line("GET http://a/ HTTP/1.1")).scored = false;
  cases.waits("RFC9112-2.3-HTTP09-REQUEST", "GET /\r\n");
  cases.refused("RFC9112-2.3-INVALID-VERSION", line("GET / HTTP/9.9"), 505);
  cases.refused("COMP-VERSION-MISSING-MINOR", line("GET / HTTP/1"));
  cases.refused("COMP-VERSION-LEADING-ZEROS", line("GET / HTTP/01.01"));
  cases.refused("COMP-VERSION-WHITESPACE", line("GET / HTTP/ 1.1"));
  cases.refused("COMP-VERSION-CASE", line("GET / http/1.1"));
  // Nobody speaks it; to answer as 1.1 would be a guess.
  HttpCase& newer = cases.refused("COMP-HTTP12-VERSION", line("GET / HTTP/1.2"), 505);
  newer.tolerated = true;
  newer.scored = false;
  cases.refused("COMP-METHOD-CASE", line("get / HTTP/1.1"), 501);
  cases.refused("COMP-UNKNOWN-METHOD", line("FOOBAR / HTTP/1.1"), 501);
  cases.refused("COMP-METHOD-CONNECT",
                "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 405);
  cases.refused("COMP-METHOD-TRACE", line("TRACE / HTTP/1.1"), 405).scored = false;
  cases.refused("COMP-TRACE-WITH-BODY", post(length(5), "hello", "TRACE"), 405).scored = false;
  cases
      .refused("COMP-TRACE-SENSITIVE",
               post("Authorization: Bearer secret-token-123\r\n", "", "TRACE"), 405)
      .scored = false;
  cases.taken("COMP-HEAD-NO-BODY", line("HEAD / HTTP/1.1"));
}

void header_lines(Cases& cases) {
  cases.refused("RFC9112-5.1-OBS-FOLD", get_with("X-Test: value\r\n continued\r\n"));
  cases.refused("RFC9110-5.6.2-SP-BEFORE-COLON", get_with("X-Test : value\r\n"));
  cases.refused("RFC9112-5-EMPTY-HEADER-NAME", get_with(": empty-name\r\n"));
  cases.refused("RFC9112-5-INVALID-HEADER-NAME", get_with("Bad[Name: value\r\n"));
  cases.refused("RFC9112-5-HEADER-NO-COLON", get_with("NoColonHere\r\n"));
  cases.refused(
      "COMP-DUPLICATE-CT",
      post(length(5) + "Content-Type: text/plain\r\nContent-Type: text/html\r\n", "hello"));
  cases.refused("COMP-EXPECT-UNKNOWN", get_with("Expect: 200-ok\r\n"), 417);
  cases.add("COMP-CONNECTION-CLOSE", get_with("Connection: close\r\n"), {200}, After::closed);
  cases.add("COMP-HTTP10-DEFAULT-CLOSE", line("GET / HTTP/1.0"), {200}, After::closed);
  cases.add("COMP-NO-1XX-HTTP10",
            "POST / HTTP/1.0\r\n" + kHost + "Expect: 100-continue\r\n" + length(5) + "\r\nhello",
            {200}, After::closed);

  cases.refused("RFC9112-7.1-MISSING-HOST", "GET / HTTP/1.1\r\n\r\n");
  cases.refused("RFC9110-5.4-DUPLICATE-HOST", get_with("Host: other.example.com\r\n"));
  cases.refused("COMP-DUPLICATE-HOST-SAME", get_with(kHost));
  cases.refused("COMP-HOST-EMPTY-VALUE", "GET / HTTP/1.1\r\nHost: \r\n\r\n");
  cases.refused("COMP-HOST-WITH-USERINFO", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n");
  cases.refused("COMP-HOST-WITH-PATH", "GET / HTTP/1.1\r\nHost: a/path\r\n\r\n");
  // HTTP/1.0 has no Host.
  HttpCase& old = cases.add("COMP-HTTP10-NO-HOST", "GET / HTTP/1.0\r\n\r\n", {200}, After::closed);
  old.tolerated = true;
  old.scored = false;
}

void bodies(Cases& cases) {
  cases.taken("COMP-POST-CL-BODY", post(length(5), "hello"), "hello");
  cases.taken("COMP-POST-CL-ZERO", post(length(0)), "POST / from 127.0.0.1");
  cases.taken("COMP-POST-NO-CL-NO-TE", post(""), "POST / from 127.0.0.1");
  cases.waits("COMP-POST-CL-UNDERSEND", post(length(10), "hello"));
  cases.taken("COMP-CHUNKED-BODY", post(kChunked, kHello), "hello");
  cases.taken("COMP-CHUNKED-MULTI", post(kChunked, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
              "hello world");
  cases.taken("COMP-CHUNKED-EMPTY", post(kChunked, "0\r\n\r\n"), "POST / from 127.0.0.1");
  cases.waits("COMP-CHUNKED-NO-FINAL", post(kChunked, "5\r\nhello\r\n"));
  cases.taken("COMP-CHUNKED-EXTENSION", post(kChunked, "5;ext=value\r\nhello\r\n0\r\n\r\n"),
              "hello");
  cases.taken("COMP-CHUNKED-TRAILER-VALID",
              post(kChunked, "5\r\nhello\r\n0\r\nX-Checksum: abc\r\n\r\n"), "hello");
  cases.taken("COMP-CHUNKED-HEX-UPPERCASE", post(kChunked, "A\r\nhelloworld\r\n0\r\n\r\n"),
              "helloworld");
  cases.refused("COMP-UNKNOWN-TE-501", post("Transfer-Encoding: gzip\r\n"), 501);
  cases.refused("RFC9112-6.1-CL-NON-NUMERIC", post("Content-Length: abc\r\n"));
  cases.refused("RFC9112-6.1-CL-PLUS-SIGN", post("Content-Length: +5\r\n", "hello"));
  // A body of a GET is read and left to the handler.
  HttpCase& odd = cases.taken("COMP-GET-WITH-CL-BODY", post(length(5), "hello", "GET"), "hello");
  odd.tolerated = true;
  odd.scored = false;
  cases.taken("COMP-RANGE-POST", post(length(5) + "Range: bytes=0-10\r\n", "hello"), "hello");
  cases.taken("COMP-RANGE-INVALID", get_with("Range: bytes=abc-xyz\r\n")).scored = false;
}

void upgrades(Cases& cases) {
  const std::string connection = "Connection: Upgrade\r\n";
  cases.add("COMP-UPGRADE-POST", upgrade("POST /ws HTTP/1.1", connection, "13"), {200},
            After::open);
  cases.refused("COMP-UPGRADE-MISSING-CONN", upgrade("GET /ws HTTP/1.1", "", "13"), 426);
  cases.refused(
      "COMP-UPGRADE-UNKNOWN",
      "GET /ws HTTP/1.1\r\n" + kHost + connection + "Upgrade: totally-made-up/1.0\r\n\r\n", 426);
  cases.refused("COMP-UPGRADE-INVALID-VER", upgrade("GET /ws HTTP/1.1", connection, "99"), 426);
  cases.refused("COMP-UPGRADE-HTTP10", upgrade("GET /ws HTTP/1.0", connection, "13"));
}

void content_lengths(Cases& cases) {
  cases.refused("SMUG-DUPLICATE-CL", post(length(5) + length(10), "helloworld"));
  cases.refused("SMUG-CL-LEADING-ZEROS", post("Content-Length: 005\r\n", "hello"));
  cases.refused("SMUG-CL-DOUBLE-ZERO", post("Content-Length: 00\r\n"));
  cases.refused("SMUG-CL-LEADING-ZEROS-OCTAL",
                post("Content-Length: 0200\r\n", std::string(200, 'A')));
  cases.refused("SMUG-CL-NEGATIVE", post("Content-Length: -1\r\n"));
  cases.refused("SMUG-CL-NEGATIVE-ZERO", post("Content-Length: -0\r\n"));
  cases.refused("SMUG-CL-UNDERSCORE", post("Content-Length: 1_0\r\n", "helloworld"));
  cases.refused("SMUG-CL-OCTAL", post("Content-Length: 0o5\r\n", "hello"));
  cases.refused("SMUG-CL-HEX-PREFIX", post("Content-Length: 0x5\r\n", "hello"));
  cases.refused("SMUG-CL-INTERNAL-SPACE", post("Content-Length: 1 0\r\n", "hello12345"));
  // RFC 9110 5.5: blanks around a value are no part of it.
  cases.taken("SMUG-CL-TRAILING-SPACE", post("Content-Length: 5 \r\n", "hello"), "hello")
      .tolerated = true;
  cases.taken("SMUG-CL-EXTRA-LEADING-SP", post("Content-Length:  5\r\n", "hello"), "hello")
      .tolerated = true;
  cases.refused("SMUG-CL-COMMA-DIFFERENT", post("Content-Length: 5, 10\r\n", "hello"));
  cases.refused("SMUG-CL-COMMA-SAME", post("Content-Length: 5, 5\r\n", "hello")).scored = false;
  cases.refused("SMUG-CL-COMMA-TRIPLE", post("Content-Length: 5, 5, 5\r\n", "hello")).scored =
      false;
}

void transfer_encodings(Cases& cases) {
  const auto encoded = [&](const std::string& id, std::string_view value) -> HttpCase& {
    return cases.refused(id,
                         post(bytes({"Transfer-Encoding: ", value, "\r\n"}) + length(5), "hello"));
  };
  encoded("SMUG-TE-XCHUNKED", "xchunked");
  encoded("SMUG-TE-TRAILING-SPACE", "chunked ");
  encoded("SMUG-TE-DOUBLE-CHUNKED", "chunked, chunked");
  encoded("SMUG-TE-CASE-MISMATCH", "Chunked");
  encoded("SMUG-TE-EMPTY-VALUE", "");
  encoded("SMUG-TE-LEADING-COMMA", ", chunked");
  encoded("SMUG-TE-TRAILING-COMMA", "chunked,");
  encoded("SMUG-TE-VTAB", "\vchunked");
  encoded("SMUG-TE-FORMFEED", "\fchunked");
  encoded("SMUG-TE-NULL", bytes({"chunked", kNul}));
  encoded("SMUG-TE-IDENTITY", "identity");
  encoded("SMUG-TE-OBS-FOLD", "\r\n chunked");
  encoded("SMUG-CHUNKED-WITH-PARAMS", "chunked;ext=val").scored = false;
  encoded("SMUG-TE-DUPLICATE-HEADERS", "chunked\r\nTransfer-Encoding: identity");
  cases.refused("SMUG-TE-SP-BEFORE-COLON",
                post("Transfer-Encoding : chunked\r\n" + length(5), "hello"));
  cases
      .refused("SMUG-TE-TAB-BEFORE-VALUE",
               post("Transfer-Encoding:\tchunked\r\n" + length(5), "hello"))
      .scored = false;
  cases
      .refused("SMUG-TRANSFER_ENCODING",
               post("Transfer_Encoding: chunked\r\n" + length(5), "hello"))
      .scored = false;
  cases.refused("SMUG-TE-NOT-FINAL-CHUNKED",
                post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"));
  cases.refused("SMUG-TE-HTTP10",
                "POST / HTTP/1.0\r\n" + kHost + kChunked + length(5) + "\r\nhello");
  cases
      .refused("SMUG-OPTIONS-TE-OBS-FOLD",
               post("Transfer-Encoding:\r\n chunked\r\n" + length(5), "hello", "OPTIONS"))
      .then = kGet;
}

void both_framings(Cases& cases) {
  const std::string whole = "D\r\nhello-bananas\r\n0\r\n\r\n";
  cases.refused("SMUG-CL-TE-BOTH", post(length(whole.size()) + kChunked, whole));
  cases.refused("SMUG-CLTE-PIPELINE", post(length(4) + kChunked, "0\r\n\r\n"));
  cases.refused("SMUG-TECL-PIPELINE", post(kChunked + length(30), "0\r\n\r\n"));
  cases.refused("SMUG-CLTE-CONN-CLOSE", post(length(5) + kChunked, "0\r\n\r\n")).then = kGet;
  cases.refused("SMUG-TECL-CONN-CLOSE", post(kChunked + length(5), "0\r\n\r\n")).then = kGet;
  cases.refused("SMUG-CLTE-DESYNC", post(length(6) + kChunked, "0\r\n\r\nX")).then = kGet;
  cases.refused("SMUG-TECL-DESYNC", post(kChunked + length(30), "0\r\n\r\nX")).then = kGet;

  const auto smuggled = [&](const std::string& id, const std::string& encoding,
                            const std::string& before = {}, const std::string& behind = {},
                            const std::string& method = "GET") {
    const std::string hidden = "0\r\n\r\n" + method + " / HTTP/1.1\r\n" + kHost + "\r\n";
    cases.refused(id, post("Content-Length: " + before + std::to_string(hidden.size()) + behind +
                               "\r\n" + encoding,
                           hidden));
  };
  smuggled("SMUG-CLTE-SMUGGLED-GET", kChunked);
  smuggled("SMUG-CLTE-SMUGGLED-HEAD", kChunked, "", "", "HEAD");
  smuggled("SMUG-CLTE-SMUGGLED-GET-CL-PLUS", kChunked, "+");
  smuggled("SMUG-CLTE-SMUGGLED-GET-CL-NON-NUMERIC", kChunked, "", "x");
  smuggled("SMUG-CLTE-SMUGGLED-GET-TE-OBS-FOLD", "Transfer-Encoding:\r\n chunked\r\n");
  smuggled("SMUG-CLTE-SMUGGLED-GET-TE-TRAILING-SPACE", "Transfer-Encoding: chunked \r\n");
  smuggled("SMUG-CLTE-SMUGGLED-GET-TE-LEADING-COMMA", "Transfer-Encoding: , chunked\r\n");
  smuggled("SMUG-CLTE-SMUGGLED-GET-TE-CASE-MISMATCH", "Transfer-Encoding: Chunked\r\n");
  smuggled("SMUG-TE-DUPLICATE-HEADERS-SMUGGLED-GET", kChunked + "Transfer-Encoding: identity\r\n");
  const std::string inner = get_with(length(7));
  const std::string size = "2f\r\n";
  cases.refused("SMUG-TECL-SMUGGLED-GET",
                post(kChunked + length(size.size()), size + inner + "\r\n0\r\n\r\n"));
  cases.refused("SMUG-DUPLICATE-CL-SMUGGLED-GET",
                post(length(4) + length(4 + kGet.size()), "PING" + kGet));
}

void chunks(Cases& cases) {
  const auto chunk = [&](const std::string& id, const std::string& body) -> HttpCase& {
    return cases.refused(id, post(kChunked, body));
  };
  const std::string rest = "\r\nhello\r\n0\r\n\r\n";
  chunk("SMUG-CHUNK-BARE-SEMICOLON", "5;" + rest);
  chunk("SMUG-CHUNK-EXT-INVALID-TOKEN", "5;bad[=x" + rest);
  chunk("SMUG-CHUNK-EXT-LF", "5;\nhello\r\n0\r\n\r\n");
  chunk("SMUG-CHUNK-EXT-CTRL", bytes({"5;", kNul, "ext"}) + rest);
  chunk("SMUG-CHUNK-EXT-CR", "5;a\rX" + rest);
  chunk("SMUG-CHUNK-UNDERSCORE", "1_0\r\nhello world!!!!!\r\n0\r\n\r\n");
  chunk("SMUG-CHUNK-HEX-PREFIX", "0x5" + rest);
  chunk("SMUG-CHUNK-SIZE-PLUS", "+5" + rest);
  chunk("SMUG-CHUNK-SIZE-TRAILING-OWS", "5 " + rest);
  chunk("SMUG-CHUNK-LEADING-SP", " 5" + rest);
  chunk("SMUG-CHUNK-NEGATIVE", "-1" + rest);
  chunk("SMUG-CHUNK-MISSING-TRAILING-CRLF", "5\r\nhello0\r\n\r\n");
  chunk("SMUG-CHUNK-SPILL", "5\r\nhello!!\r\n0\r\n\r\n");
  chunk("SMUG-CHUNK-LF-TERM", "5\r\nhello\n0\r\n\r\n");
  chunk("SMUG-CHUNK-LF-TRAILER", "5\r\nhello\r\n0\r\n\n");
  chunk("SMUG-CHUNK-BARE-CR-TERM", "5\rhello\r\n0\r\n\r\n");
  chunk("SMUG-CHUNK-INVALID-SIZE-DESYNC", "+0\r\n\r\nX").then = kGet;
  // Trailers are read and dropped: none of them can route, frame or authorise anything.
  for (const char* trailer :
       {"SMUG-TRAILER-HOST|Host: evil.example.com", "SMUG-TRAILER-AUTH|Authorization: Bearer evil",
        "SMUG-TRAILER-CONTENT-TYPE|Content-Type: text/evil"}) {
    const std::string text = trailer;
    const std::size_t bar = text.find('|');
    HttpCase& made = cases.taken(
        text.substr(0, bar),
        post(kChunked, "5\r\nhello\r\n0\r\n" + text.substr(bar + 1) + "\r\n\r\n"), "hello");
    made.tolerated = true;
    made.scored = false;
  }
  chunk("SMUG-TRAILER-CL", "5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n").scored = false;
  chunk("SMUG-TRAILER-TE", "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n").scored = false;
}

void requests_behind_requests(Cases& cases) {
  cases.refused("SMUG-BARE-CR-HEADER-VALUE", post(length(5) + "X-Test: val\rue\r\n", "hello"));
  cases.refused("SMUG-MULTIPLE-HOST-COMMA", "GET / HTTP/1.1\r\nHost: a, other.example.com\r\n\r\n");
  cases.refused("SMUG-ABSOLUTE-URI-HOST-MISMATCH", line("GET http://other.example.com/ HTTP/1.1"))
      .scored = false;
  const auto both = [&](const std::string& id, const std::string& sent, const std::string& then,
                        const std::string& body) -> HttpCase& {
    HttpCase& made = cases.add(id, sent, {200, 200}, After::open);
    made.then = then;
    made.body = body;
    made.scored = false;
    return made;
  };
  both("SMUG-PIPELINE-SAFE", kGet, kGet, "GET / from 127.0.0.1");
  // Bodies of every method are read to their end, so nothing of them is left for the next request.
  both("SMUG-GET-CL-BODY-DESYNC", post(length(5), "hello", "GET"), kGet, "hello");
  both("SMUG-OPTIONS-CL-BODY-DESYNC", post(length(5), "hello", "OPTIONS"), kGet, "hello");
  both("SMUG-EXPECT-100-CL-DESYNC", post(length(5) + "Expect: 100-continue\r\n", "hello"), kGet,
       "hello");
  const std::string prefix = "GET / HTTP/1.1\r\n" + kHost;
  both("SMUG-GET-CL-PREFIX-DESYNC", post(length(prefix.size()), prefix, "GET"), "\r\n" + kGet,
       prefix);
  // The byte behind an empty body belongs to the next request, which is then none.
  HttpCase& poisoned =
      cases.add("SMUG-CL0-BODY-POISON", post(length(0), "X"), {200, 501}, After::closed);
  poisoned.then = kGet;
  poisoned.tolerated = true;
  poisoned.scored = false;
  for (const char* method : {"HEAD", "OPTIONS"}) {
    HttpCase& made =
        cases.taken("SMUG-" + std::string(method) + "-CL-BODY", post(length(5), "hello", method));
    made.tolerated = true;
    made.scored = false;
  }
  HttpCase& expects = cases.taken("SMUG-EXPECT-100-CL",
                                  post(length(5) + "Expect: 100-continue\r\n", "hello"), "hello");
  expects.tolerated = true;
  expects.scored = false;
}

void malformed(Cases& cases) {
  std::string garbage;
  for (std::uint32_t i = 0, state = 42; i < 256; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    garbage.push_back(static_cast<char>(state >> 24));
  }
  cases.refused("MAL-BINARY-GARBAGE", garbage);
  const std::string much(100'000, 'A');
  cases.refused("MAL-LONG-URL", line("GET /" + much + " HTTP/1.1"), 414);
  cases.refused("MAL-LONG-HEADER-NAME", get_with(much + ": val\r\n"), 431);
  cases.refused("MAL-LONG-HEADER-VALUE", get_with("X-Big: " + much + "\r\n"), 431);
  cases.refused("MAL-LONG-METHOD", line(much + " / HTTP/1.1"));
  std::string many;
  for (int i = 0; i < 10'000; ++i)
    many += "X-H-" + std::to_string(i) + ": value\r\n";
  cases.refused("MAL-MANY-HEADERS", get_with(many), 431);
  cases.refused("MAL-NUL-IN-URL", bytes({"GET /", kNul, "test HTTP/1.1\r\nHost: a\r\n\r\n"}));
  cases.refused("MAL-NUL-IN-HEADER-VALUE", get_with(bytes({"X-Test: val", kNul, "ue\r\n"})));
  cases.refused("MAL-CONTROL-CHARS-HEADER", get_with("X-Test: abc\a\b\vdef\r\n"));
  cases.refused("MAL-NON-ASCII-HEADER-NAME", get_with("X-T\xC3\xABst: value\r\n"));
  cases.refused("MAL-NON-ASCII-URL", line("GET /caf\xC3\xA9 HTTP/1.1"));
  cases.waits("MAL-INCOMPLETE-REQUEST", "GET / HTTP/1.1\r\n" + kHost + "X-Test: value");
  cases.waits("MAL-EMPTY-REQUEST", "");
  cases.refused("MAL-WHITESPACE-ONLY-LINE", "   \r\n\r\n");
  cases.refused("MAL-H2-PREFACE", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
  cases.refused("MAL-CL-OVERFLOW", post("Content-Length: 99999999999999999999\r\n"));
  cases.refused("MAL-CL-EMPTY", post("Content-Length:\r\n", "hello"));
  // A tab before a value is a blank as any other.
  cases.taken("MAL-CL-TAB-BEFORE-VALUE", post("Content-Length:\t5\r\n", "hello"), "hello")
      .tolerated = true;
  cases.refused("MAL-POST-CL-HUGE-NO-BODY", post(length(999'999'999)), 413);
  cases.refused("MAL-CHUNK-SIZE-OVERFLOW",
                post(kChunked, "FFFFFFFFFFFFFFFF0\r\nhello\r\n0\r\n\r\n"));
  cases.refused("MAL-CHUNK-EXT-64K", post(kChunked, "5;ext=" + much + "\r\nhello\r\n0\r\n\r\n"));
  cases.refused("MAL-URL-BACKSLASH", line("GET \\path HTTP/1.1"));
  cases.refused("MAL-URL-OVERLONG-UTF8", line("GET /%C0%AF HTTP/1.1"));
  cases.refused("MAL-URL-PERCENT-NULL", line("GET /path%00.html HTTP/1.1"));
  cases.refused("MAL-URL-PERCENT-CRLF", line("GET /path%0d%0aX-Injected:%20true HTTP/1.1"));
  std::string ranges = "0-";
  for (int i = 1; i < 1'000; ++i)
    ranges += ",0-";
  HttpCase& overlapping = cases.taken(
      "MAL-RANGE-OVERLAPPING", get_with("Range: bytes=" + ranges + "\r\n"), "GET / from 127.0.0.1");
  overlapping.tolerated = true;
  overlapping.scored = false;
}

void normalisation(Cases& cases) {
  cases.refused("NORM-UNDERSCORE-CL", post(length(11) + "Content_Length: 99\r\n", "hello world"));
  cases.refused("NORM-SP-BEFORE-COLON-CL",
                post(length(11) + "Content-Length : 5\r\n", "hello world"));
  cases.refused("NORM-TAB-IN-NAME", post(length(11) + "Content\tLength: 99\r\n", "hello world"));
  cases.refused("NORM-UNDERSCORE-TE",
                post("Transfer_Encoding: chunked\r\n", "B\r\nhello world\r\n0\r\n\r\n"));
  // Names have no case; the body proves that this one was understood.
  HttpCase& upper = cases.taken(
      "NORM-CASE-TE", post("TRANSFER-ENCODING: chunked\r\n", "B\r\nhello world\r\n0\r\n\r\n"),
      "hello world");
  upper.tolerated = true;
  upper.scored = false;
}

}  // namespace

std::vector<HttpCase> http_cases() {
  Cases cases;
  line_endings(cases);
  request_lines(cases);
  header_lines(cases);
  bodies(cases);
  upgrades(cases);
  content_lengths(cases);
  transfer_encodings(cases);
  both_framings(cases);
  chunks(cases);
  requests_behind_requests(cases);
  malformed(cases);
  normalisation(cases);
  return std::move(cases.all);
}

}  // namespace syncstore::test
