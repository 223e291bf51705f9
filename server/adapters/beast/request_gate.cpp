#include "server/adapters/beast/request_gate.hpp"

#include <algorithm>
#include <array>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"

namespace syncstore::adapters {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};
// Twice what any of our own screens asks for: RFC 9112 3 wants 8,000 octets of everybody.
constexpr std::size_t kTargetBytes = 2 * limits::kHttpTargetBytes;

bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
    return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_text(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

GateRefusal refuse(int status, ErrorCode code, std::string detail) {
  return GateRefusal{status, code, std::move(detail)};
}
GateRefusal bad(std::string detail) { return refuse(400, ErrorCode::malformed, std::move(detail)); }

// One pass over a header; the first fault wins.
class Gate {
 public:
  GateAnswer run(std::string_view block) {
    const std::size_t line_end = block.find("\r\n");
    if (request_line(block.substr(0, line_end)) &&
        header_lines(block.substr(line_end + 2, block.size() - line_end - 4)) && host() &&
        framing() && connection() && target()) {
      return {std::move(head_), {}};
    }
    return {std::nullopt, std::move(refusal_)};
  }

 private:
  bool fault(GateRefusal refusal) {
    refusal_ = std::move(refusal);
    return false;
  }

  bool request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first)
      return fault(bad("The request line is not valid."));
    const std::string_view method = line.substr(0, first);
    target_ = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method))
      return fault(bad("The method is not valid."));
    if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || version[6] != '.' ||
        version[5] < '0' || version[5] > '9' || version[7] < '0' || version[7] > '9') {
      return fault(bad("The HTTP version is not valid."));
    }
    if (version[5] != '1' || version[7] > '1') {
      return fault(
          refuse(505, ErrorCode::not_implemented, "Only HTTP/1.0 and HTTP/1.1 are spoken here."));
    }
    head_.minor = version[7] - '0';
    if (method == "TRACE" || method == "CONNECT") {
      return fault(refuse(405, ErrorCode::method_not_allowed, "This method is not offered."));
    }
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
      return fault(refuse(501, ErrorCode::not_implemented, "This method is not known."));
    }
    head_.request.method = method;
    if (target_.size() > kTargetBytes) {
      return fault(refuse(414, ErrorCode::too_large, "The address is too long."));
    }
    for (const char c : target_) {
      if (c <= ' ' || c == 0x7F || static_cast<unsigned char>(c) >= 0x80) {
        return fault(bad("The address has a character that must be percent-encoded."));
      }
    }
    return !target_.empty() || fault(bad("The address is empty."));
  }

  bool header_lines(std::string_view block) {
    while (!block.empty()) {
      const std::size_t end = std::min(block.find("\r\n"), block.size());
      if (!header_line(block.substr(0, end)))
        return false;
      block.remove_prefix(std::min(end + 2, block.size()));
    }
    return true;
  }

  bool header_line(std::string_view line) {
    if (head_.request.headers.size() == limits::kHttpHeaderLines) {
      return fault(
          refuse(431, ErrorCode::headers_too_large, "The request has too many header lines."));
    }
    // A line that begins with a blank continues the one before: readers disagree about it, so
    // nobody may send it.
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return fault(bad("A header line is not valid."));
    }
    std::string name = lower_text(line.substr(0, colon));
    // Programs that hand headers on as variables read these as the names with a dash.
    if (name == "content_length" || name == "transfer_encoding")
      return fault(bad("A header that says where the body ends is misspelt."));
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\t') || byte == 0x7F)
        return fault(bad("A header has a control character."));
    }
    head_.request.headers.emplace_back(std::move(name), value);
    return true;
  }

  std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(head_.request.headers.begin(), head_.request.headers.end(),
                      [&](const auto& header) { return header.first == name; }));
  }

  bool host() {
    for (const std::string_view name :
         {"host", "content-length", "transfer-encoding", "content-type", "origin", "authorization",
          "expect", "idempotency-key", "base-version"}) {
      if (count(name) > 1)
        return fault(bad("The header " + std::string(name) + " stands twice."));
    }
    const std::string* host = head_.request.header("host");
    if (host == nullptr) {
      return head_.minor == 0 || fault(bad("The header Host is missing."));
    }
    const bool valid = !host->empty() && host->size() <= 255 &&
                       std::all_of(host->begin(), host->end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') ||
                                std::string_view("-._~:[]").find(c) != std::string_view::npos;
                       });
    return valid || fault(bad("The header Host is not valid."));
  }

  bool framing() {
    const std::string* encoding = head_.request.header("transfer-encoding");
    const std::string* length = head_.request.header("content-length");
    if (encoding != nullptr) {
      if (length != nullptr)
        return fault(bad("Content-Length and Transfer-Encoding exclude each other."));
      if (head_.minor == 0)
        return fault(bad("HTTP/1.0 knows no Transfer-Encoding."));
      if (!transfer_encoding(lower_text(*encoding)))
        return false;
    }
    if (length != nullptr) {
      const bool digits =
          !length->empty() && length->size() <= 18 &&
          std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; });
      // Behind a zero some read octal digits.
      if (!digits || (length->size() > 1 && length->front() == '0'))
        return fault(bad("Content-Length is not a number."));
      std::uint64_t value = 0;
      for (const char c : *length)
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
      head_.content_length = value;
    }
    if (const std::string* expect = head_.request.header("expect")) {
      if (lower_text(*expect) != "100-continue") {
        return fault(refuse(417, ErrorCode::expectation_failed, "Only 100-continue is known."));
      }
      head_.expects_continue = head_.minor == 1 && head_.has_body();
    }
    return true;
  }

  // A body whose end is not told by "chunked" in the last place has none that is certain (RFC 9112
  // 6.3: 400); another encoding before it could be right, but is not known here (501).
  bool transfer_encoding(std::string_view list) {
    if (list == "chunked")
      return head_.chunked = true;
    if (list.empty() || list.front() == ',' || list.back() == ',')
      return fault(bad("Transfer-Encoding names nothing."));
    while (!list.empty()) {
      const std::size_t comma = std::min(list.find(','), list.size());
      const bool last = comma == list.size();
      const std::string_view name = trim_blanks(list.substr(0, std::min(list.find(';'), comma)));
      list.remove_prefix(std::min(comma + 1, list.size()));
      if (name == "chunked" && !last)
        return fault(bad("Transfer-Encoding has \"chunked\" before the last place."));
    }
    return fault(refuse(501, ErrorCode::not_implemented,
                        "Only the transfer encoding \"chunked\" is known."));
  }

  bool connection() {
    bool close = head_.minor == 0;
    bool upgrade = false;
    for (const auto& [name, value] : head_.request.headers) {
      // The parser behind this gate reads the second name as the first.
      if (name != "connection" && name != "proxy-connection")
        continue;
      std::string_view rest = value;
      while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string option = lower_text(trim_blanks(rest.substr(0, comma)));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        if (!option.empty() && !is_token(option))
          return fault(bad("Connection is a list of words."));
        if (name != "connection")
          continue;
        if (option == "close")
          close = true;
        if (option == "upgrade")
          upgrade = true;
      }
    }
    head_.keep_alive = !close;
    const std::string* protocol = head_.request.header("upgrade");
    head_.upgrade_websocket =
        upgrade && protocol != nullptr && lower_text(*protocol) == "websocket";
    if (head_.upgrade_websocket && (head_.has_body() || head_.minor == 0)) {
      return fault(bad("An upgrade is asked for by HTTP/1.1 and without a body."));
    }
    return true;
  }

  bool target() {
    std::string_view rest = target_;
    if (rest == "*" && head_.request.method == "OPTIONS") {
      head_.request.target = head_.request.path = target_;
      return true;
    }
    if (rest.front() != '/') {
      // Absolute form is for proxies; it may only repeat what Host says.
      const std::size_t scheme = lower_text(rest.substr(0, 8)) == "https://"  ? 8
                                 : lower_text(rest.substr(0, 7)) == "http://" ? 7
                                                                              : 0;
      const std::string* host = head_.request.header("host");
      if (scheme == 0 || host == nullptr)
        return fault(bad("The address must begin with a slash."));
      const std::size_t slash = std::min(rest.find_first_of("/?", scheme), rest.size());
      if (lower_text(rest.substr(scheme, slash - scheme)) != lower_text(*host)) {
        return fault(bad("The address and the header Host name different hosts."));
      }
      rest.remove_prefix(slash);
    }
    if (rest.find('#') != std::string_view::npos)
      return fault(bad("The address must not have a fragment."));
    const std::size_t mark = std::min(rest.find('?'), rest.size());
    const std::string_view raw_path = mark == 0 ? std::string_view("/") : rest.substr(0, mark);
    head_.request.target = mark == 0 ? "/" + std::string(rest) : std::string(rest);
    auto path = percent_decode(raw_path, false);
    if (!path || !valid_path(raw_path, *path))
      return fault(bad("The path of the address is not valid."));
    head_.request.path = std::move(*path);
    return mark >= rest.size() || query(rest.substr(mark + 1));
  }

  static bool valid_path(std::string_view raw, std::string_view path) {
    // An encoded slash would make one segment look like two to whoever comes later.
    const std::string raw_lower = lower_text(raw);
    if (raw_lower.find("%2f") != std::string::npos || path.find('\\') != std::string_view::npos)
      return false;
    if (path.find('\0') != std::string_view::npos || !is_valid_utf8(path))
      return false;
    std::size_t begin = 1;
    while (begin <= path.size()) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string_view segment = path.substr(begin, end - begin);
      if (segment == "." || segment == "..")
        return false;
      begin = end + 1;
    }
    return std::none_of(path.begin(), path.end(),
                        [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
  }

  bool query(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('&'), text.size());
      const std::string_view pair = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (pair.empty())
        continue;
      const std::size_t equals = std::min(pair.find('='), pair.size());
      auto name = percent_decode(pair.substr(0, equals), true);
      auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
      if (!name || !value || !is_valid_utf8(*name) || !is_valid_utf8(*value)) {
        return fault(bad("The query of the address is not valid."));
      }
      head_.request.query.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
  }

  RequestHead head_;
  std::string_view target_;
  GateRefusal refusal_;
};

}  // namespace

HeadScan scan_head(std::string_view bytes) {
  HeadScan scan;
  // RFC 9112 2.2: empty lines before a request line are ignored; two are more than any client
  // sends.
  while (scan.skip < 4 && bytes.substr(scan.skip, 2) == "\r\n")
    scan.skip += 2;
  bytes.remove_prefix(scan.skip);
  const auto refused = [&](GateRefusal refusal) {
    scan.progress = HeadProgress::refused;
    scan.refusal = std::move(refusal);
    return scan;
  };
  const std::size_t end = bytes.find("\r\n\r\n");
  const std::string_view block = bytes.substr(0, std::min(end, bytes.size()));
  for (std::size_t i = 0; i < block.size(); ++i) {
    const char c = block[i];
    if (c == '\0')
      return refused(bad("The header has a NUL byte."));
    if (c == '\n' && (i == 0 || block[i - 1] != '\r'))
      return refused(bad("Lines must end with CR LF."));
    // Also of the CR that stands right before the empty line.
    if (c == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n') {
      return refused(bad("Lines must end with CR LF."));
    }
  }
  if (block.size() > limits::kHttpHeaderBytes) {
    if (block.find(' ') >= limits::kHttpHeaderBytes)
      return refused(bad("The method is not valid."));
    const bool one_line = block.find("\r\n") == std::string_view::npos;
    return refused(
        one_line ? refuse(414, ErrorCode::too_large, "The address is too long.")
                 : refuse(431, ErrorCode::headers_too_large, "The request header is too large."));
  }
  if (end == std::string_view::npos)
    return scan;
  scan.progress = HeadProgress::complete;
  scan.length = end + 4;
  return scan;
}

GateAnswer pass_gate(std::string_view block) { return Gate().run(block); }

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

}  // namespace syncstore::adapters
