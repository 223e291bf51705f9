// The stream that Beast's websocket runs on: reads from the peer's socket, and writes through the
// socket's one queue, so that Beast's own frames (handshake, pong, close) and the application's
// frames never interleave. A write is reported done only when its bytes left: Beast shuts the
// socket down after the close frame it believes sent.
#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <string>
#include <utility>

#include "server/adapters/beast/peer_socket.hpp"

namespace syncstore::adapters {

class SocketStream {
 public:
  using executor_type = Executor;

  explicit SocketStream(std::shared_ptr<PeerSocket> socket) : socket_(std::move(socket)) {}
  executor_type get_executor() const { return socket_->executor(); }
  PeerSocket& socket() const { return *socket_; }
  // The close frame has been queued: application frames behind it would break the protocol.
  bool close_sent() const { return close_sent_; }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [](auto&& done, PeerSocket* socket, asio::mutable_buffer buffer) {
          socket->read_some(buffer, wrap(std::forward<decltype(done)>(done)));
        },
        handler, socket_.get(), first_buffer(buffers));
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    auto bytes = std::make_shared<const std::string>(asio::buffers_begin(buffers),
                                                     asio::buffers_end(buffers));
    if (upgraded_ && !bytes->empty() && (static_cast<unsigned char>((*bytes)[0]) & 0x0Fu) == 0x8u)
      close_sent_ = true;
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [](auto&& done, PeerSocket* socket, SharedBytes unit) {
          socket->push("", std::move(unit), wrap(std::forward<decltype(done)>(done)));
          socket->flush();
        },
        handler, socket_.get(), std::move(bytes));
  }
  // From here on what Beast writes are frames, before it was the answer to the handshake.
  void set_upgraded() { upgraded_ = true; }

 private:
  template <class Handler>
  static std::unique_ptr<Continuation> wrap(Handler&& handler) {
    struct Holder : Continuation {
      explicit Holder(std::decay_t<Handler>&& held) : handler(std::move(held)) {}
      void run(error_code error, std::size_t bytes) override {
        auto taken = std::move(handler);
        std::move(taken)(error, bytes);
      }
      std::decay_t<Handler> handler;
    };
    return std::make_unique<Holder>(std::forward<Handler>(handler));
  }

  template <class Buffers>
  static asio::mutable_buffer first_buffer(const Buffers& buffers) {
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers);
         ++it) {
      const asio::mutable_buffer buffer(*it);
      if (buffer.size() > 0)
        return buffer;
    }
    return {};
  }

  std::shared_ptr<PeerSocket> socket_;
  bool close_sent_ = false;
  bool upgraded_ = false;
};

// Found by Beast through argument-dependent lookup.
inline void beast_close_socket(SocketStream& stream) { stream.socket().close(); }
inline void teardown(boost::beast::role_type, SocketStream& stream, error_code& error) {
  error = {};
  stream.socket().close();
}
template <class Handler>
void async_teardown(boost::beast::role_type, SocketStream& stream, Handler&& handler) {
  stream.socket().shutdown_send();
  asio::post(stream.get_executor(),
             [done = std::forward<Handler>(handler)]() mutable { std::move(done)(error_code()); });
}

}  // namespace syncstore::adapters
