// How a request's body reaches its handler: collected when it is small, piece by piece into a sink
// when the handler asked for that.
#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "server/adapters/beast/http_connection.hpp"

namespace syncstore::adapters {
namespace {

constexpr std::size_t kBodyPiece =
    65'536;  // decoded at a time, so that a large upload stays small in memory
constexpr std::size_t kUndecodedMax = 16'384;  // a chunk header or trailer that never ends

GateRefusal too_large() { return {413, ErrorCode::too_large, {}}; }

}  // namespace

void HttpConnection::begin_body() {
  enter(Phase::handler);
  const auto number = request_number_;
  auto request = std::make_shared<const ports::HttpRequest>(head_->request);
  context_.engine.post([self = shared_from_this(), request, number] {
    self->context_.http.begin_body(
        *request, [self, number](std::shared_ptr<ports::BodySink> sink, bool refused,
                                 ports::HttpResponse response) {
          self->context_.loop->post([self, number, sink = std::move(sink), refused,
                                     response = std::move(response)]() mutable {
            if (self->phase_ != Phase::handler || self->request_number_ != number)
              return;
            self->on_body_verdict(std::move(sink), refused, std::move(response));
          });
        });
  });
}

void HttpConnection::on_body_verdict(std::shared_ptr<ports::BodySink> sink, bool refused,
                                     ports::HttpResponse response) {
  if (refused) {
    response.close = true;
    return respond(std::move(response));
  }
  sink_ = std::move(sink);
  body_limit_ = sink_ != nullptr ? limits::kImportBytes : limits::kMessageBytes;
  if (head_->content_length.value_or(0) > body_limit_) {
    abort_sink();
    return refuse(too_large());
  }
  body_.clear();
  body_bytes_ = 0;
  decoder_ = std::make_unique<BodyDecoder>(head_bytes_);
  enter(Phase::body);
  if (head_->expects_continue && input_.empty()) {
    socket_->push("", std::make_shared<const std::string>("HTTP/1.1 100 Continue\r\n\r\n"));
    socket_->flush();
  }
  continue_body();
}

void HttpConnection::continue_body() {
  std::string piece;
  while (true) {
    piece.clear();
    const std::size_t before = input_.size();
    const BodyDecoder::State state = decoder_->feed(input_, piece, kBodyPiece);
    if (state == BodyDecoder::State::bad) {
      abort_sink();
      return refuse({400, ErrorCode::malformed, "The request body is not framed correctly."});
    }
    if (!take_body_piece(piece))
      return;
    if (state == BodyDecoder::State::done)
      return body_complete();
    if (input_.empty() || input_.size() == before)
      break;
  }
  if (input_.size() > kUndecodedMax) {
    abort_sink();
    return refuse({400, ErrorCode::malformed, "The request body is not framed correctly."});
  }
  read();
}

bool HttpConnection::take_body_piece(const std::string& piece) {
  body_bytes_ += piece.size();
  if (body_bytes_ > body_limit_) {
    abort_sink();
    refuse(too_large());
    return false;
  }
  if (sink_ == nullptr) {
    body_ += piece;
    return true;
  }
  if (piece.empty() || sink_->write(piece))
    return true;
  ports::HttpResponse response = std::exchange(sink_, nullptr)->refusal();
  response.close = true;
  respond(std::move(response));
  return false;
}

void HttpConnection::abort_sink() {
  if (sink_ != nullptr)
    std::exchange(sink_, nullptr)->aborted();
}

void HttpConnection::body_complete() {
  decoder_.reset();
  if (sink_ == nullptr) {
    head_->request.body = std::move(body_);
    body_.clear();
    return call_handler();
  }
  enter(Phase::handler);
  context_.engine.post([sink = std::move(sink_), reply = make_reply()]() mutable {
    sink->complete(std::move(reply));
  });
  sink_.reset();
}

}  // namespace syncstore::adapters
