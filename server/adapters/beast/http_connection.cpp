#include "server/adapters/beast/http_connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

#include "core/base/limits.hpp"
#include "server/adapters/beast/response_text.hpp"
#include "server/adapters/beast/socket_link.hpp"

namespace syncstore::adapters {
namespace {

constexpr std::string_view kSocketPath = "/ws";
constexpr std::int64_t kHandlerMs = 120'000;  // longer work answers 202 and reports through records
constexpr std::int64_t kHandshakeMs = 10'000;

// What the server as a whole offers (OPTIONS *); a body that came along is not read.
ports::HttpResponse server_wide_options(bool with_body) {
  ports::HttpResponse response;
  response.status = 204;
  response.headers = {{"Allow", std::string(kAllowedMethods)}};
  response.close = with_body;
  return response;
}

std::int64_t steady_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

HttpConnection::HttpConnection(ConnectionContext& context, std::shared_ptr<PeerSocket> socket,
                               std::string peer)
    : context_(context), socket_(std::move(socket)), peer_(std::move(peer)) {
  context_.loop->add(this);
}

HttpConnection::~HttpConnection() {
  context_.loop->remove(this);
  if (phase_ != Phase::upgrading)
    socket_->on_sent = nullptr;
  // An upgraded connection has handed its place to the link.
  if (phase_ != Phase::upgrading)
    context_.on_closed(peer_);
}

void HttpConnection::start() {
  if (!socket_->secure()) {
    enter(Phase::head);
    return read();
  }
  enter(Phase::handshake);
  socket_->handshake(continuation([self = shared_from_this()](error_code error, std::size_t) {
    if (error || self->phase_ == Phase::closed)
      return self->close();
    self->enter(Phase::head);
    self->read();
  }));
}

void HttpConnection::enter(Phase phase) {
  phase_ = phase;
  phase_since_ms_ = context_.loop->now_ms();
}

void HttpConnection::tick(std::int64_t now_ms) {
  const auto self = weak_from_this().lock();
  if (self == nullptr)
    return;  // on its way out
  const std::int64_t age = now_ms - phase_since_ms_;
  switch (phase_) {
    case Phase::handshake:
      if (age > kHandshakeMs)
        close();
      return;
    case Phase::head: {
      const bool idle = input_.empty() && request_number_ > 0;
      const std::int64_t limit =
          1'000LL * (idle ? context_.options.keep_alive_seconds : context_.options.header_seconds);
      if (age <= limit)
        return;
      if (input_.empty())
        return close();
      return refuse({408, ErrorCode::malformed, "The request header took too long."});
    }
    case Phase::body:
      if (body_bytes_ >= due_bytes(age, context_.options.body_grace_ms))
        return;
      abort_sink();
      return refuse({408, ErrorCode::malformed, "The request body came too slowly."});
    case Phase::handler:
      if (age > kHandlerMs)
        respond(refusal_response({503, ErrorCode::unavailable, {}}));
      return;
    case Phase::writing:
      if (now_ms - last_write_ms_ > context_.options.answer_grace_ms ||
          sent_bytes_ < due_bytes(age, context_.options.answer_grace_ms)) {
        close();
      }
      return;
    case Phase::upgrading:
    case Phase::closed:
      return;
  }
}

std::uint64_t HttpConnection::due_bytes(std::int64_t age_ms, std::int64_t grace_ms) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(age_ms - grace_ms, 0) *
                                    context_.options.least_bytes_per_second / 1'000);
}

void HttpConnection::leave(std::int64_t) {
  const auto self = weak_from_this().lock();
  if (self == nullptr)
    return;
  if (phase_ == Phase::handshake || (phase_ == Phase::head && input_.empty()))
    return close();
  close_after_ = true;
}

void HttpConnection::read() {
  if (reading_ || phase_ == Phase::closed)
    return;
  reading_ = true;
  socket_->read_some(asio::buffer(buffer_),
                     continuation([self = shared_from_this()](error_code error, std::size_t bytes) {
                       self->reading_ = false;
                       self->on_read(error, bytes);
                     }));
}

void HttpConnection::on_read(error_code error, std::size_t bytes) {
  if (phase_ == Phase::closed)
    return;
  if (error) {
    return close();
  }
  // The time of a header counts from its first byte, an idle wait before it does not.
  if (phase_ == Phase::head && input_.empty())
    phase_since_ms_ = context_.loop->now_ms();
  input_.append(buffer_.data(), bytes);
  if (phase_ == Phase::head)
    return on_input();
  if (phase_ == Phase::body)
    return continue_body();
}

void HttpConnection::on_input() {
  const HeadScan scan = scan_head(input_);
  if (scan.progress == HeadProgress::refused)
    return refuse(scan.refusal);
  if (scan.progress == HeadProgress::incomplete)
    return read();
  head_bytes_ = input_.substr(scan.skip, scan.length);
  input_.erase(0, scan.skip + scan.length);
  began_us_ = steady_us();
  ++request_number_;
  GateAnswer answer = pass_gate(head_bytes_);
  if (!answer.head)
    return refuse(answer.refusal);
  head_ = std::move(answer.head);
  context_.proxies.apply(head_->request, peer_, socket_->secure());
  method_ = head_->request.method;
  path_ = head_->request.path;
  remote_ = head_->request.remote_address;
  on_head();
}

void HttpConnection::on_head() {
  if (!head_->keep_alive || request_number_ >= limits::kHttpRequestsPerConnection ||
      context_.draining) {
    close_after_ = true;
  }
  if (head_->request.path == kSocketPath && head_->request.method == "GET")
    return ask_upgrade();
  if (head_->request.path == "*")
    return respond(server_wide_options(head_->has_body()));
  if (!head_->has_body())
    return call_handler();
  begin_body();
}

void HttpConnection::call_handler() {
  enter(Phase::handler);
  auto request = std::make_shared<ports::HttpRequest>(std::move(head_->request));
  context_.engine.post([&http = context_.http, request, reply = make_reply()]() mutable {
    http.handle(std::move(*request), std::move(reply));
  });
}

ports::HttpReply HttpConnection::make_reply() {
  return [self = shared_from_this(), number = request_number_](ports::HttpResponse response) {
    self->context_.loop->post([self, number, response = std::move(response)]() mutable {
      if (self->phase_ != Phase::handler || self->request_number_ != number)
        return;
      self->respond(std::move(response));
    });
  };
}

void HttpConnection::refuse(const GateRefusal& refusal) {
  ++context_.counters.gate_refusals;
  if (!head_) {
    method_ = "-";
    path_ = "-";
    remote_ = peer_;
    began_us_ = steady_us();
  }
  respond(refusal_response(refusal));
}

void HttpConnection::respond(ports::HttpResponse response) {
  close_after_ = close_after_ || response.close;
  const AfterResponse after = close_after_                 ? AfterResponse::close
                              : head_ && head_->minor == 0 ? AfterResponse::keep_old
                                                           : AfterResponse::keep;
  std::string head = response_head(response, after);
  const std::size_t size = body_size(response);
  const bool with_body = !bodiless(response.status) && method_ != "HEAD" && size > 0;
  status_ = response.status;
  response_bytes_ = head.size() + (with_body ? size : 0);
  enter(Phase::writing);
  last_write_ms_ = phase_since_ms_;
  sent_bytes_ = 0;
  socket_->on_sent = [this](std::size_t bytes) {
    sent_bytes_ += bytes;
    last_write_ms_ = context_.loop->now_ms();
  };
  auto done = continuation([self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ != Phase::writing)
      return;
    if (error)
      return self->close();
    self->on_written();
  });
  auto head_part = std::make_shared<const std::string>(std::move(head));
  if (with_body) {
    socket_->push("", std::move(head_part));
    socket_->push("",
                  response.shared_body
                      ? response.shared_body
                      : std::make_shared<const std::string>(std::move(response.body)),
                  std::move(done));
  } else {
    socket_->push("", std::move(head_part), std::move(done));
  }
  socket_->flush();
}

void HttpConnection::on_written() {
  report(status_, response_bytes_);
  head_.reset();
  sink_.reset();
  decoder_.reset();
  if (close_after_) {
    enter(Phase::closed);
    return socket_->end();
  }
  enter(Phase::head);
  if (input_.empty())
    return read();
  on_input();
}

void HttpConnection::report(int status, std::size_t bytes) {
  ++context_.counters.requests;
  if (!context_.options.on_request)
    return;
  context_.options.on_request({method_, path_, remote_, status, bytes, steady_us() - began_us_});
}

void HttpConnection::ask_upgrade() {
  const ports::HttpRequest& request = head_->request;
  const std::string* version = request.header("sec-websocket-version");
  if (!head_->upgrade_websocket || (version != nullptr && *version != "13")) {
    auto response = refusal_response(
        {426, ErrorCode::malformed, "This address speaks the WebSocket protocol, version 13."});
    response.headers.emplace_back("Upgrade", "websocket");
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return respond(std::move(response));
  }
  const std::string* key = request.header("sec-websocket-key");
  if (version == nullptr || key == nullptr || !valid_websocket_key(*key)) {
    return refuse({400, ErrorCode::malformed, "The WebSocket handshake is not valid."});
  }
  enter(Phase::handler);
  const auto number = request_number_;
  auto shared = std::make_shared<const ports::HttpRequest>(request);
  context_.engine.post([self = shared_from_this(), shared, number] {
    self->context_.links.upgrade(*shared, [self, number](ports::LinkAcceptor::Verdict verdict) {
      self->context_.loop->post([self, number, verdict = std::move(verdict)]() mutable {
        if (self->phase_ != Phase::handler || self->request_number_ != number)
          return;
        self->do_upgrade(std::move(verdict));
      });
    });
  });
}

void HttpConnection::do_upgrade(ports::LinkAcceptor::Verdict verdict) {
  if (verdict.status != 101 || context_.draining) {
    if (verdict.status == 101)
      verdict.response = refusal_response({503, ErrorCode::unavailable, {}});
    verdict.response.close = true;
    return respond(std::move(verdict.response));
  }
  enter(Phase::upgrading);
  socket_->on_sent = nullptr;
  socket_->give_back(std::move(input_));
  report(101, 0);
  open_socket_link(context_, socket_, peer_, std::move(head_->request), head_bytes_,
                   verdict.subprotocol);
}

void HttpConnection::close() {
  if (phase_ == Phase::closed || phase_ == Phase::upgrading)
    return;
  abort_sink();
  enter(Phase::closed);
  socket_->on_sent = nullptr;
  socket_->close();
}

}  // namespace syncstore::adapters
