#include "tests/server/adapters/websocket_cases.hpp"

#include "core/base/limits.hpp"

namespace syncstore::test {
namespace {

constexpr int kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
constexpr int kProtocolError = 1002, kNotUtf8 = 1007, kTooLarge = 1009;

class Cases {
 public:
  std::vector<WebSocketCase> all;

  WebSocketCase& add(std::string id, std::string bytes, int close = kOpen) {
    WebSocketCase made;
    made.id = std::move(id);
    made.bytes = std::move(bytes);
    made.close = close;
    all.push_back(std::move(made));
    return all.back();
  }
  // The same bytes frame by frame, as one write, and octet by octet: numbers first, first + 1, ...
  void in_pieces(const std::string& group, int first, const std::string& bytes,
                 const std::vector<Frame>& frames, int close,
                 std::initializer_list<std::size_t> chops) {
    for (const std::size_t chop : chops) {
      WebSocketCase& made = add(group + std::to_string(first++), bytes, close);
      made.frames = frames;
      made.chop = chop;
    }
  }
};

Frame frame(int opcode, std::string payload) {
  return {opcode, true, 0, false, std::move(payload)};
}
std::string part(int opcode, std::string_view payload, bool final) {
  return make_frame(opcode, payload, final);
}
std::string code_bytes(int code, const std::string& reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 255)} + reason;
}
std::string utf8(char32_t point) {
  std::string out;
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
    return out;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : point < 0x200000 ? 3 : 4;
  const int heads[] = {0, 0xC0, 0xE0, 0xF0, 0xF8};
  out.push_back(static_cast<char>(heads[more] | static_cast<int>(point >> (6 * more))));
  for (int i = more - 1; i >= 0; --i)
    out.push_back(static_cast<char>(0x80 | static_cast<int>(point >> (6 * i) & 0x3F)));
  return out;
}

void framing(Cases& cases) {
  const std::size_t sizes[] = {0, 125, 126, 127, 128, 65'535, 65'536, 65'536};
  for (const int opcode : {kText, kBinary}) {
    for (int i = 0; i < 8; ++i) {
      const std::string payload(sizes[i], opcode == kText ? '*' : '\xfe');
      WebSocketCase& made =
          cases.add("1." + std::to_string(opcode) + "." + std::to_string(i + 1),
                    make_frame(opcode, payload));
      made.binary = opcode == kBinary;
      made.frames = {frame(opcode, payload)};
      made.chop = i == 7 ? 997 : 0;
    }
  }
}

void pings(Cases& cases) {
  const auto ping = [&](int number, const std::string& payload, std::size_t chop = 0) {
    WebSocketCase& made = cases.add("2." + std::to_string(number), make_frame(kPing, payload));
    made.frames = {frame(kPong, payload)};
    made.chop = chop;
  };
  ping(1, "");
  ping(2, "a payload of text");
  ping(3, std::string("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8));
  ping(4, std::string(125, '\xfe'));
  cases.add("2.5", make_frame(kPing, std::string(126, '\xfe')), kProtocolError);
  ping(6, std::string(125, '\xfe'), 1);
  cases.add("2.7", make_frame(kPong, ""));
  cases.add("2.8", make_frame(kPong, "nobody asked"));
  cases.add("2.9", make_frame(kPong, "nobody asked") + make_frame(kPing, "a ping")).frames = {
      frame(kPong, "a ping")};
  std::string ten;
  std::vector<Frame> pongs;
  for (int i = 0; i < 10; ++i) {
    ten += make_frame(kPing, "payload-" + std::to_string(i));
    pongs.push_back(frame(kPong, "payload-" + std::to_string(i)));
  }
  cases.in_pieces("2.", 10, ten, pongs, kOpen, {0, 1});
}

void reserved_bits(Cases& cases) {
  const std::string good = make_frame(kText, "good");
  const std::vector<Frame> echo = {frame(kText, "good")};
  const std::string ping = make_frame(kPing, "");
  cases.add("3.1", make_frame(kText, "bad", true, 1), kProtocolError);
  cases.add("3.2", good + make_frame(kText, "bad", true, 2) + ping, kProtocolError).frames = echo;
  WebSocketCase& chopped =
      cases.add("3.3", good + make_frame(kText, "bad", true, 3) + ping, kProtocolError);
  chopped.frames = echo;
  chopped.chop = good.size();
  WebSocketCase& octets =
      cases.add("3.4", good + make_frame(kText, "bad", true, 4) + ping, kProtocolError);
  octets.frames = echo;
  octets.chop = 1;
  cases.add("3.5", make_frame(kBinary, "bad", true, 5), kProtocolError).binary = true;
  cases.add("3.6", make_frame(kPing, "bad", true, 6), kProtocolError);
  cases.add("3.7", make_frame(kClose, "", true, 7), kProtocolError);
}

void opcodes(Cases& cases) {
  const std::string good = make_frame(kText, "good");
  const std::string ping = make_frame(kPing, "");
  for (const int first : {3, 11}) {
    const std::string group = first == 3 ? "4.1." : "4.2.";
    cases.add(group + "1", make_frame(first, ""), kProtocolError);
    cases.add(group + "2", make_frame(first + 1, "reserved"), kProtocolError);
    for (int i = 3; i <= 5; ++i) {
      WebSocketCase& made = cases.add(
          group + std::to_string(i),
          good + make_frame(first + i - 1, i == 3 ? "" : "reserved") + ping, kProtocolError);
      made.frames = {frame(kText, "good")};
      made.chop = i == 5 ? 1 : 0;
    }
  }
}

void fragments(Cases& cases) {
  cases.add("5.1", part(kPing, "first ", false) + part(0, "second", true), kProtocolError);
  cases.add("5.2", part(kPong, "first ", false) + part(0, "second", true), kProtocolError);
  const std::string first = part(kText, "fragment1", false);
  const std::string last = part(0, "fragment2", true);
  const std::vector<Frame> joined = {frame(kText, "fragment1fragment2")};
  cases.in_pieces("5.", 3, first + last, joined, kOpen, {0, first.size(), 1});
  const std::string ping = make_frame(kPing, "ping");
  std::vector<Frame> with_pong = {frame(kPong, "ping"), joined[0]};
  cases.in_pieces("5.", 6, first + ping + last, with_pong, kOpen, {0, first.size(), 1});
  const std::string alone = part(0, "non-continuation", true) + make_frame(kText, "Hello");
  cases.in_pieces("5.", 9, alone, {}, kProtocolError, {0, 22, 1});
  const std::string begun = part(0, "non-continuation", false) + make_frame(kText, "Hello");
  cases.in_pieces("5.", 12, begun, {}, kProtocolError, {0, 22, 1});
  cases.add("5.15",
            first + last + part(0, "fragment3", false) + part(kText, "fragment4", true),
            kProtocolError)
      .frames = joined;
  for (const bool final : {false, true}) {
    const std::string round =
        part(0, "fragment1", final) + part(kText, "fragment2", false) + part(0, "fragment3", true);
    cases.add(final ? "5.17" : "5.16", round + round, kProtocolError);
  }
  cases.add("5.18", first + part(kText, "fragment2", true), kProtocolError);
  const std::string many = part(kText, "fragment1", false) + part(0, "fragment2", false) +
                           make_frame(kPing, "ping one") + part(0, "fragment3", false) +
                           part(0, "fragment4", false) + make_frame(kPing, "ping two") +
                           part(0, "fragment5", true);
  cases.in_pieces("5.", 19, many,
                  {frame(kPong, "ping one"), frame(kPong, "ping two"),
                   frame(kText, "fragment1fragment2fragment3fragment4fragment5")},
                  kOpen, {0, 1});
}

// A text as a message of its own: echoed when it is UTF-8, else 1007.
void text_case(Cases& cases, const std::string& id, const std::string& text, bool valid) {
  WebSocketCase& made = cases.add(id, make_frame(kText, text), valid ? kOpen : kNotUtf8);
  if (valid)
    made.frames = {frame(kText, text)};
}
void text_cases(Cases& cases, const std::string& group, const std::vector<std::string>& texts,
                bool valid) {
  int number = 0;
  for (const std::string& text : texts)
    text_case(cases, group + std::to_string(++number), text, valid);
}

void utf8_in_fragments(Cases& cases) {
  cases.add("6.1.1", make_frame(kText, "")).frames = {frame(kText, "")};
  cases.add("6.1.2", part(kText, "", false) + part(0, "", false) + part(0, "", true)).frames = {
      frame(kText, "")};
  cases.add("6.1.3", part(kText, "", false) + part(0, "middle", false) + part(0, "", true))
      .frames = {frame(kText, "middle")};
  const std::string text =
      "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!";
  const auto split = [](const std::string& whole, std::size_t size) {
    std::string frames;
    for (std::size_t at = 0; at < whole.size(); at += size)
      frames += part(at == 0 ? kText : 0, whole.substr(at, size), at + size >= whole.size());
    return frames;
  };
  const std::string greek = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
  const std::vector<std::string> sent = {make_frame(kText, text),
                                         part(kText, text.substr(0, 9), false) +
                                             part(0, text.substr(9), true),
                                         split(text, 1), split(greek, 1)};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    cases.add("6.2." + std::to_string(i + 1), sent[i]).frames = {
        frame(kText, i == 3 ? greek : text)};
  }
  const std::string broken = greek + "\xed\xa0\x80" + "edited";
  cases.add("6.3.1", make_frame(kText, broken), kNotUtf8);
  cases.add("6.3.2", split(broken, 1), kNotUtf8);
  // What can no longer become UTF-8 is refused before the message ends.
  const std::string impossible = "\xf4\x90\x80\x80";
  cases.add("6.4.1", part(kText, greek, false) + part(0, impossible, false), kNotUtf8);
  cases.add("6.4.2", part(kText, greek + "\xf4", false) + part(0, "\x90", false), kNotUtf8);
  cases.add("6.4.3", part(kText, greek, false) + part(0, impossible, false), kNotUtf8).chop = 7;
  cases.add("6.4.4", part(kText, greek + "\xf4", false) + part(0, "\x90", false), kNotUtf8).chop =
      1;
}

void utf8_boundaries(Cases& cases) {
  const std::string greek = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
  text_cases(cases, "6.5.", {"\x7f", "\xc2\x80", "\xdf\xbf", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"},
             true);
  // Beginnings of one word, cut inside and between its letters.
  for (std::size_t length = 1; length <= greek.size(); ++length) {
    const bool cut = length == 1 || length == 3 || length == 4 || length == 6 || length == 8 ||
                     length == 10;
    text_case(cases, "6.6." + std::to_string(length), greek.substr(0, length), !cut);
  }
  text_cases(cases, "6.7.", {std::string(1, '\0'), "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"},
             true);
  text_cases(cases, "6.8.", {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"}, false);
  text_cases(cases, "6.9.", {"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}, true);
  text_cases(cases, "6.10.",
             {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"}, false);
  text_cases(cases, "6.11.",
             {utf8(0xD7FF), utf8(0xE000), utf8(0xFFFD), utf8(0x10FFFF)}, true);
  text_case(cases, "6.11.5", utf8(0x110000), false);
}

void utf8_malformed(Cases& cases) {
  std::vector<std::string> continuations = {"\x80", "\xbf"};
  for (std::size_t length = 2; length <= 6; ++length) {
    std::string run;
    for (std::size_t i = 0; i < length; ++i)
      run += i % 2 == 0 ? '\x80' : '\xbf';
    continuations.push_back(run);
  }
  std::string every;
  for (int byte = 0x80; byte <= 0xBF; ++byte)
    every += static_cast<char>(byte);
  continuations.push_back(every);
  text_cases(cases, "6.12.", continuations, false);

  const std::pair<int, int> heads[] = {
      {0xC0, 0xDF}, {0xE0, 0xEF}, {0xF0, 0xF7}, {0xF8, 0xFB}, {0xFC, 0xFD}};
  std::vector<std::string> lonely;
  for (const auto& [from, to] : heads) {
    std::string run;
    for (int byte = from; byte <= to; ++byte)
      run += std::string{static_cast<char>(byte), ' '};
    lonely.push_back(run);
  }
  text_cases(cases, "6.13.", lonely, false);

  const std::vector<std::string> cut = {"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80",
                                        "\xfc\x80\x80\x80\x80", "\xdf", "\xef\xbf",
                                        "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf"};
  text_cases(cases, "6.14.", cut, false);
  std::string joined;
  for (const std::string& each : cut)
    joined += each;
  text_case(cases, "6.15.1", joined, false);
  text_cases(cases, "6.16.", {"\xfe", "\xff", "\xfe\xfe\xff\xff"}, false);
  text_cases(cases, "6.17.",
             {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf",
              "\xfc\x80\x80\x80\x80\xaf"},
             false);
  text_cases(cases, "6.18.",
             {"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf",
              "\xfc\x83\xbf\xbf\xbf\xbf"},
             false);
  text_cases(cases, "6.19.",
             {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80",
              "\xfc\x80\x80\x80\x80\x80"},
             false);
}

void utf8_points(Cases& cases) {
  const char32_t singles[] = {0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF};
  std::vector<std::string> surrogates, pairs;
  for (const char32_t point : singles)
    surrogates.push_back(utf8(point));
  for (const char32_t high : {0xD800U, 0xDB7FU, 0xDB80U, 0xDBFFU}) {
    for (const char32_t low : {0xDC00U, 0xDFFFU})
      pairs.push_back(utf8(high) + utf8(low));
  }
  text_cases(cases, "6.20.", surrogates, false);
  text_cases(cases, "6.21.", pairs, false);
  std::vector<std::string> non_characters;
  for (char32_t plane = 0; plane <= 16; ++plane) {
    non_characters.push_back(utf8(plane << 16 | 0xFFFE));
    non_characters.push_back(utf8(plane << 16 | 0xFFFF));
  }
  text_cases(cases, "6.22.", non_characters, true);
  text_cases(cases, "6.23.",
             {utf8(0xFFF9), utf8(0xFFFA), utf8(0xFFFB), utf8(0xFFFC), utf8(0xFFFD), utf8(0xFFFE),
              utf8(0xFFFF)},
             true);
}

void closing(Cases& cases) {
  const std::string close = make_frame(kClose, code_bytes(1000));
  cases.add("7.1.1", make_frame(kText, "Hello") + close, 1000).frames = {frame(kText, "Hello")};
  cases.add("7.1.2", close + close, 1000);
  cases.add("7.1.3", close + make_frame(kPing, "late"), 1000);
  cases.add("7.1.4", close + make_frame(kText, "late"), 1000);
  cases.add("7.1.5", part(kText, "begun ", false) + close + part(0, "late", true), 1000);
  const std::string large(262'144, 'B');
  cases.add("7.1.6", make_frame(kText, large) + make_frame(kText, "Hello") + close +
                         make_frame(kPing, "late"),
            1000)
      .frames = {frame(kText, large), frame(kText, "Hello")};
  cases.add("7.3.1", make_frame(kClose, ""), 1005);
  cases.add("7.3.2", make_frame(kClose, "a"), kProtocolError);
  cases.add("7.3.3", close, 1000);
  cases.add("7.3.4", make_frame(kClose, code_bytes(1000, "Hello")), 1000);
  cases.add("7.3.5", make_frame(kClose, code_bytes(1000, std::string(123, '*'))), 1000);
  cases.add("7.3.6", make_frame(kClose, code_bytes(1000, std::string(124, '*'))), kProtocolError);
  // The suite wants the peer failed; Beast names the frame at fault, not its text.
  cases.add("7.5.1", make_frame(kClose, code_bytes(1000, "\xed\xa0\x80")), kProtocolError);
  int number = 0;
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    cases.add("7.7." + std::to_string(++number), make_frame(kClose, code_bytes(code)), code);
  }
  number = 0;
  for (const int code : {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999}) {
    cases.add("7.9." + std::to_string(++number), make_frame(kClose, code_bytes(code)),
              kProtocolError);
  }
  // Outside every range that has a meaning; the suite takes any answer.
  cases.add("7.13.1", make_frame(kClose, code_bytes(5000)), 5000);
  cases.add("7.13.2", make_frame(kClose, code_bytes(65'535)), 65'535);
}

void limits_of_size(Cases& cases) {
  const std::size_t kilobyte = 1'024;
  for (const int opcode : {kText, kBinary}) {
    const auto numbered = [&](const std::string& group, int number, std::string bytes,
                              const std::string& payload) -> WebSocketCase& {
      const bool fits = payload.size() <= limits::kMessageBytes;
      WebSocketCase& made = cases.add(group + std::to_string(number), std::move(bytes),
                                      fits ? kOpen : kTooLarge);
      made.binary = opcode == kBinary;
      if (fits)
        made.frames = {frame(opcode, payload)};
      return made;
    };
    int number = 0;
    for (const std::size_t size : {64u, 256u, 1'024u, 4'096u, 8'192u, 16'384u}) {
      const std::string payload(size * kilobyte, '*');
      numbered("9." + std::to_string(opcode) + ".", ++number, make_frame(opcode, payload), payload);
    }
    // One message in frames of 64 bytes to all of it. That suite sends 4 MiB; here it is what 1,024
    // frames carry, and at most what the server takes.
    number = 0;
    for (std::size_t size = 64; size <= 4'096 * kilobyte; size *= 4) {
      const std::size_t whole = std::min(size * 1'000, limits::kMessageBytes);
      const std::string payload(whole, '*');
      std::string frames;
      for (std::size_t at = 0; at < whole; at += size) {
        frames += part(at == 0 ? opcode : 0, std::string_view(payload).substr(at, size),
                       at + size >= whole);
      }
      numbered("9." + std::to_string(opcode + 2) + ".", ++number, std::move(frames), payload);
    }
    number = 0;
    for (const std::size_t chop : {64u, 128u, 256u, 512u, 1'024u, 2'048u}) {
      const std::string payload(limits::kMessageBytes, '*');
      numbered("9." + std::to_string(opcode + 4) + ".", ++number, make_frame(opcode, payload),
               payload)
          .chop = chop;
    }
    number = 0;
    for (const std::size_t size : {0u, 16u, 64u, 256u, 1'024u, 4'096u}) {
      const std::string payload(size, '*');
      WebSocketCase& made =
          cases.add("9." + std::to_string(opcode + 6) + "." + std::to_string(++number),
                    make_frame(opcode, payload));
      made.binary = opcode == kBinary;
      made.frames = {frame(opcode, payload)};
      made.rounds = 1'000;
    }
  }
  std::string payload(65'536, '*'), frames;
  for (std::size_t at = 0; at < payload.size(); at += 1'300)
    frames += part(at == 0 ? kText : 0, payload.substr(at, 1'300), at + 1'300 >= payload.size());
  cases.add("10.1.1", frames).frames = {frame(kText, payload)};
}

}  // namespace

std::vector<WebSocketCase> websocket_cases() {
  Cases cases;
  framing(cases);
  pings(cases);
  reserved_bits(cases);
  opcodes(cases);
  fragments(cases);
  utf8_in_fragments(cases);
  utf8_boundaries(cases);
  utf8_malformed(cases);
  utf8_points(cases);
  closing(cases);
  limits_of_size(cases);
  return cases.all;
}

}  // namespace syncstore::test
