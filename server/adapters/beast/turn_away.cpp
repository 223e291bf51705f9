#include "server/adapters/beast/turn_away.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "core/base/limits.hpp"
#include "server/adapters/beast/response_text.hpp"

namespace syncstore::adapters {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(500);  // for a request, and for its reader
constexpr std::string_view kComeBackSeconds = "5";

std::string answer() {
  ports::HttpResponse response = refusal_response(
      {503, ErrorCode::unavailable, "All places for connections are taken. Try again shortly."});
  response.headers.emplace_back("Retry-After", kComeBackSeconds);
  return response_head(response, AfterResponse::close) + response.body;
}

}  // namespace

class TurnAway::Farewell : public std::enable_shared_from_this<Farewell> {
 public:
  Farewell(TurnAway& owner, TcpSocket socket, std::function<void()> done)
      : owner_(owner),
        socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        done_(std::move(done)) {
    ++owner_.under_way_;
  }

  void begin() {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    wait();
    socket_.async_read_some(
        asio::buffer(buffer_),
        [self = shared_from_this()](error_code error, std::size_t) { self->on_request(error); });
  }

 private:
  void wait() {
    timer_.expires_after(kPatience);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error)
        self->end();
    });
  }

  void on_request(error_code error) {
    if (error)
      return end();
    // Some hundred bytes fit any fresh socket's buffer; a peer without room gets what fits.
    const std::string text = answer();
    socket_.write_some(asio::buffer(text), error);
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    read_on();
  }

  // Until the peer has read it and left.
  void read_on() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              error ? self->end() : self->read_on();
                            });
  }

  void end() {
    if (std::exchange(ended_, true))
      return;
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
    --owner_.under_way_;
    if (done_)
      done_();
  }

  TurnAway& owner_;
  TcpSocket socket_;
  asio::steady_timer timer_;
  std::function<void()> done_;
  std::array<char, 1'024> buffer_;
  bool ended_ = false;
};

void TurnAway::tell(TcpSocket socket, std::function<void()> done) {
  if (silent_ || under_way_ >= limits::kTurnedAwayAtOnce) {
    error_code ignored;
    socket.close(ignored);
    if (done)
      done();
    return;
  }
  std::make_shared<Farewell>(*this, std::move(socket), std::move(done))->begin();
}

}  // namespace syncstore::adapters
