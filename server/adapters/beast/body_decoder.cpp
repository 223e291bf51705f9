#include "server/adapters/beast/body_decoder.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>

#include "core/base/limits.hpp"

namespace syncstore::adapters {
namespace http = boost::beast::http;
namespace {

// What waits for its end is the line of a chunk or a trailer. Behind one that ended wrongly the
// parser would wait for a proper one.
bool has_bare_line_break(std::string_view waiting) {
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i] == '\n' && (i == 0 || waiting[i - 1] != '\r'))
      return true;
    if (waiting[i] == '\r' && i + 1 < waiting.size() && waiting[i + 1] != '\n')
      return true;
  }
  return false;
}

}  // namespace

// "0" with its line break, and the empty trailer: the parser asserts that it is asked about a last
// chunk again only when there is as much.
constexpr std::size_t kLastChunkBytes = 5;

struct BodyDecoder::Parser {
  http::request_parser<http::buffer_body> http;
  bool in_last_chunk = false;  // its line is whole and waits for the trailer
  bool refused = false;  // the head: the gate should have, but nobody's bytes may end the program
};

BodyDecoder::BodyDecoder(std::string_view head) : parser_(std::make_unique<Parser>()) {
  auto& http = parser_->http;
  http.header_limit(limits::kHttpHeaderBytes + 4);
  http.body_limit(std::numeric_limits<std::uint64_t>::max());  // the connection counts, by what
                                                               // each address may take
  boost::system::error_code error;
  http.put(boost::asio::buffer(head.data(), head.size()), error);
  parser_->refused = error.failed() || !http.is_header_done();
}

BodyDecoder::~BodyDecoder() = default;

BodyDecoder::State BodyDecoder::feed(std::string& input, std::string& out, std::size_t most) {
  if (parser_->refused)
    return State::bad;
  auto& http = parser_->http;
  std::size_t taken = 0;
  std::size_t produced = 0;
  State state = State::more;
  std::array<char, 16'384> piece;
  while (true) {
    if (http.is_done()) {
      state = State::done;
      break;
    }
    if (taken == input.size() || produced >= most)
      break;
    const std::string_view waiting = std::string_view(input).substr(taken);
    if (parser_->in_last_chunk && waiting.size() < kLastChunkBytes) {
      state = has_bare_line_break(waiting) ? State::bad : State::more;
      break;
    }
    auto& body = http.get().body();
    body.data = piece.data();
    body.size = piece.size();
    body.more = true;
    boost::system::error_code error;
    taken += http.put(boost::asio::buffer(input.data() + taken, input.size() - taken), error);
    const std::size_t got = piece.size() - body.size;
    out.append(piece.data(), got);
    produced += got;
    if (error == http::error::need_more) {
      const std::string_view left = std::string_view(input).substr(taken);
      parser_->in_last_chunk = left.find("\r\n", 1) != std::string_view::npos;
      if (has_bare_line_break(left))
        state = State::bad;
      break;
    }
    if (error && error != http::error::need_buffer) {
      state = State::bad;
      break;
    }
  }
  input.erase(0, taken);
  return state;
}

}  // namespace syncstore::adapters
