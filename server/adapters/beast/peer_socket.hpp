// One accepted socket, plain or TLS, with the only queue of outgoing bytes. Loop thread only; held
// by shared_ptr and alive until its last asynchronous operation ended. At most one read and one
// write operation of the stream interface at a time; items of the queue leave in order and whole,
// as many as fit in each write.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "core/base/limits.hpp"

namespace syncstore::adapters {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using SharedBytes = std::shared_ptr<const std::string>;

// Continues an operation of unknown type; called once, or destroyed uncalled when the socket dies.
class Continuation {
 public:
  virtual ~Continuation() = default;
  virtual void run(error_code error, std::size_t bytes) = 0;
};

class PeerSocket : public std::enable_shared_from_this<PeerSocket> {
 public:
  PeerSocket(TcpSocket socket, SSL_CTX* tls);
  ~PeerSocket();

  Executor executor() { return socket_.get_executor(); }
  bool secure() const { return tls_ != nullptr; }
  // TLS only: completes the handshake.
  void handshake(std::unique_ptr<Continuation> done);
  // Bytes that were read too far and belong to whoever reads next.
  void give_back(std::string bytes) { given_back_ += bytes; }
  void read_some(asio::mutable_buffer buffer, std::unique_ptr<Continuation> done);

  // Queues header + payload as one unit; `done` (may be empty) runs when its last byte has left, or
  // with the error that ended it.
  void push(std::string_view header, SharedBytes payload,
            std::unique_ptr<Continuation> done = nullptr);
  void flush();  // sends what is queued as far as the socket takes it; push alone sends nothing
  // Memory that the queue holds: what each message occupies until its last byte has left.
  std::size_t held_bytes() const { return held_bytes_; }
  static std::size_t cost_of(const std::string& message) {
    return message.capacity() + limits::kLinkMessageCost;
  }
  // Told of bytes that left, so that others can account for them.
  std::function<void(std::size_t)> on_sent;
  // Sees every byte read from the peer after TLS, before its reader.
  std::function<void(std::string_view)> on_received;

  void shutdown_send();
  // Ends the connection after what was written: says so to the peer and reads on for a moment,
  // because closing a socket with unread bytes in it would reset it and could take the last answer
  // away. Closes at once when something is still queued.
  void end();
  void close();  // pending operations end with operation_aborted
  bool is_open() const { return socket_.is_open(); }

 private:
  struct Item {
    std::array<char, 14> header{};
    std::uint8_t header_size = 0;
    SharedBytes payload;
    std::unique_ptr<Continuation> done;
    std::size_t size() const { return header_size + (payload ? payload->size() : 0); }
    std::size_t cost() const { return payload ? cost_of(*payload) : limits::kLinkMessageCost; }
  };
  enum class Step { done, wait_read, wait_write, failed };
  class InHand;

  void discard(std::size_t so_far);
  void complete_read(error_code error, std::size_t bytes);
  void try_tls_read();
  void try_handshake();
  Step tls_step(int result);
  void wait_then(Step step, void (PeerSocket::*next)());
  std::size_t write_plain(error_code& error);
  std::size_t write_tls(error_code& error);
  void sent(std::size_t bytes);
  void fail_writes(error_code error);
  void drop_continuations();

  TcpSocket socket_;
  SSL* tls_ = nullptr;
  std::string given_back_;
  asio::mutable_buffer read_buffer_;
  std::unique_ptr<Continuation> read_done_;
  std::unique_ptr<Continuation> handshake_done_;
  std::deque<Item> queue_;
  std::size_t front_sent_ = 0;  // bytes of the first item that have left
  std::size_t queued_bytes_ = 0;
  std::size_t held_bytes_ = 0;
  bool waiting_to_write_ = false;
  std::unique_ptr<std::array<char, 4'096>> discarded_;
  asio::steady_timer end_timer_;
  error_code write_error_;
};

}  // namespace syncstore::adapters
