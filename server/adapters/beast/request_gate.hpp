// The strict gate in front of the HTTP parser: decides from the bytes of a request's header whether
// it may pass, and turns it into plain values. Pure functions, any thread. Everything that could
// make two programs in a row read different requests out of the same bytes is refused, and every
// refusal ends the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "server/ports/http.hpp"

namespace syncstore::adapters {

struct GateRefusal {
  int status = 400;
  ErrorCode code = ErrorCode::malformed;
  std::string detail;
};

struct RequestHead {
  ports::HttpRequest request;  // without body, remote_address and secure
  int minor = 1;               // HTTP/1.minor
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  bool upgrade_websocket = false;
  std::optional<std::uint64_t> content_length;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

enum class HeadProgress : std::uint8_t { incomplete, complete, refused };
struct HeadScan {
  HeadProgress progress = HeadProgress::incomplete;
  std::size_t skip = 0;    // empty lines before the request line, to be dropped
  std::size_t length = 0;  // of the header with its empty line, after `skip`; when complete
  GateRefusal refusal;     // when refused
};

// Looks for the end of the header in what has arrived; refuses at once what can never become valid
// (bare LF, NUL, too long).
HeadScan scan_head(std::string_view bytes);

// `block` is a whole header as scan_head measured it.
struct GateAnswer {
  std::optional<RequestHead> head;
  GateRefusal refusal;  // when there is no head
};
GateAnswer pass_gate(std::string_view block);

// Percent decoding, once; none on bad escapes. `plus_is_blank` for query strings.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank);

}  // namespace syncstore::adapters
