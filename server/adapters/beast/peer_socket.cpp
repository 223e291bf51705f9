#include "server/adapters/beast/peer_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstring>
#include <span>
#include <utility>

namespace syncstore::adapters {
namespace {

constexpr std::size_t kBuffersPerWrite = 64;  // IOV_MAX is 1024; more gains nothing measurable
constexpr auto kEndTime = std::chrono::seconds(2);
constexpr std::size_t kEndBytes = 4'194'304;     // what a peer may still send after the last answer
constexpr std::size_t kTlsRecordBytes = 16'384;  // the largest TLS record

}  // namespace

// What the event loop has in hand for a socket. A loop that ends destroys it without running it;
// the continuations must go then too: they keep their connection alive, and that keeps this socket.
class PeerSocket::InHand {
 public:
  explicit InHand(std::shared_ptr<PeerSocket> socket) : socket_(std::move(socket)) {}
  InHand(InHand&&) noexcept = default;
  InHand(const InHand&) = delete;
  InHand& operator=(InHand&&) = delete;
  InHand& operator=(const InHand&) = delete;
  ~InHand() {
    if (socket_ != nullptr)
      socket_->drop_continuations();
  }
  std::shared_ptr<PeerSocket> run() { return std::move(socket_); }

 private:
  std::shared_ptr<PeerSocket> socket_;
};

PeerSocket::PeerSocket(TcpSocket socket, SSL_CTX* tls)
    : socket_(std::move(socket)), end_timer_(socket_.get_executor()) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  // A reader that stops is noticed while its messages are still ours to replace. It bounds what
  // was not sent yet, never what is on its way: a long line stays full.
  const int unsent = limits::kSocketUnsentBytes;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  if (tls != nullptr) {
    tls_ = SSL_new(tls);
    SSL_set_fd(tls_, static_cast<int>(socket_.native_handle()));
    SSL_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                           SSL_MODE_RELEASE_BUFFERS);
    SSL_set_accept_state(tls_);
  }
}

PeerSocket::~PeerSocket() {
  if (tls_ != nullptr)
    SSL_free(tls_);
}

void PeerSocket::handshake(std::unique_ptr<Continuation> done) {
  handshake_done_ = std::move(done);
  try_handshake();
}

void PeerSocket::try_handshake() {
  if (handshake_done_ == nullptr)
    return;
  if (!socket_.is_open())
    return std::exchange(handshake_done_, nullptr)->run(asio::error::operation_aborted, 0);
  ERR_clear_error();
  const Step step = tls_step(SSL_do_handshake(tls_));
  if (step == Step::wait_read || step == Step::wait_write)
    return wait_then(step, &PeerSocket::try_handshake);
  const error_code error =
      step == Step::done ? error_code() : error_code(asio::error::connection_aborted);
  std::exchange(handshake_done_, nullptr)->run(error, 0);
}

PeerSocket::Step PeerSocket::tls_step(int result) {
  if (result > 0)
    return Step::done;
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ:
      return Step::wait_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::wait_write;
    default:
      return Step::failed;
  }
}

void PeerSocket::wait_then(Step step, void (PeerSocket::*next)()) {
  const auto kind = step == Step::wait_read ? TcpSocket::wait_read : TcpSocket::wait_write;
  socket_.async_wait(kind, [in_hand = InHand(shared_from_this()), next](error_code) mutable {
    const auto self = in_hand.run();
    (self.get()->*next)();
  });
}

void PeerSocket::read_some(asio::mutable_buffer buffer, std::unique_ptr<Continuation> done) {
  read_buffer_ = buffer;
  read_done_ = std::move(done);
  if (!given_back_.empty()) {
    const std::size_t count = std::min(buffer.size(), given_back_.size());
    std::memcpy(buffer.data(), given_back_.data(), count);
    given_back_.erase(0, count);
    asio::post(executor(), [in_hand = InHand(shared_from_this()), count]() mutable {
      in_hand.run()->complete_read({}, count);
    });
    return;
  }
  if (tls_ != nullptr) {
    asio::post(executor(),
               [in_hand = InHand(shared_from_this())]() mutable { in_hand.run()->try_tls_read(); });
    return;
  }
  socket_.async_read_some(
      buffer, [in_hand = InHand(shared_from_this())](error_code error, std::size_t bytes) mutable {
        in_hand.run()->complete_read(error, bytes);
      });
}

void PeerSocket::complete_read(error_code error, std::size_t bytes) {
  if (read_done_ == nullptr)
    return;
  const auto done = std::exchange(read_done_, nullptr);
  if (bytes > 0 && on_received)
    on_received({static_cast<const char*>(read_buffer_.data()), bytes});
  done->run(error, bytes);
}

void PeerSocket::try_tls_read() {
  if (read_done_ == nullptr)
    return;
  if (!socket_.is_open())
    return complete_read(asio::error::operation_aborted, 0);
  ERR_clear_error();
  const int wanted = static_cast<int>(std::min<std::size_t>(read_buffer_.size(), kTlsRecordBytes));
  const int result = SSL_read(tls_, read_buffer_.data(), wanted);
  const Step step = tls_step(result);
  if (step == Step::done)
    return complete_read({}, static_cast<std::size_t>(result));
  if (step == Step::failed)
    return complete_read(asio::error::eof, 0);
  wait_then(step, &PeerSocket::try_tls_read);
}

void PeerSocket::push(std::string_view header, SharedBytes payload,
                      std::unique_ptr<Continuation> done) {
  Item item;
  item.header_size = static_cast<std::uint8_t>(header.size());
  std::memcpy(item.header.data(), header.data(), header.size());
  item.payload = std::move(payload);
  item.done = std::move(done);
  queued_bytes_ += item.size();
  held_bytes_ += item.cost();
  queue_.push_back(std::move(item));
}

void PeerSocket::flush() {
  if (waiting_to_write_)
    return;
  while (!queue_.empty()) {
    if (!write_error_ && !socket_.is_open())
      write_error_ = asio::error::operation_aborted;
    if (write_error_)
      return fail_writes(write_error_);
    error_code error;
    const std::size_t bytes = tls_ != nullptr ? write_tls(error) : write_plain(error);
    if (!error)
      sent(bytes);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      waiting_to_write_ = true;
      socket_.async_wait(TcpSocket::wait_write,
                         [in_hand = InHand(shared_from_this())](error_code) mutable {
                           const auto self = in_hand.run();
                           self->waiting_to_write_ = false;
                           self->flush();
                         });
      return;
    }
    if (error)
      write_error_ = error;
  }
}

std::size_t PeerSocket::write_plain(error_code& error) {
  std::array<asio::const_buffer, kBuffersPerWrite> buffers;
  std::size_t count = 0;
  std::size_t skip = front_sent_;
  const auto add = [&](const char* data, std::size_t size) {
    const std::size_t left_out = std::min(skip, size);
    skip -= left_out;
    if (size > left_out)
      buffers[count++] = asio::const_buffer(data + left_out, size - left_out);
  };
  for (const Item& item : queue_) {
    if (count + 2 > kBuffersPerWrite)
      break;
    add(item.header.data(), item.header_size);
    if (item.payload)
      add(item.payload->data(), item.payload->size());
  }
  if (count == 0)
    return 0;
  return socket_.write_some(std::span<const asio::const_buffer>(buffers.data(), count), error);
}

std::size_t PeerSocket::write_tls(error_code& error) {
  // Joined into one record: a record per frame would cost more than the frames. The same bytes
  // stand at the front of the queue when a write is tried again, which is what OpenSSL asks for.
  std::array<char, kTlsRecordBytes> record;
  std::size_t filled = 0;
  std::size_t skip = front_sent_;
  const auto add = [&](const char* data, std::size_t size) {
    const std::size_t left_out = std::min(skip, size);
    skip -= left_out;
    const std::size_t taken = std::min(size - left_out, record.size() - filled);
    if (taken > 0)
      std::memcpy(record.data() + filled, data + left_out, taken);
    filled += taken;
  };
  for (const Item& item : queue_) {
    if (filled == record.size())
      break;
    add(item.header.data(), item.header_size);
    if (item.payload)
      add(item.payload->data(), item.payload->size());
  }
  if (filled == 0)
    return 0;
  ERR_clear_error();
  const int result = SSL_write(tls_, record.data(), static_cast<int>(filled));
  switch (tls_step(result)) {
    case Step::done:
      return static_cast<std::size_t>(result);
    case Step::wait_read:  // renegotiation is off, so this is not expected; waiting for room is
                           // right for both
    case Step::wait_write:
      error = asio::error::would_block;
      return 0;
    case Step::failed:
      error = asio::error::connection_reset;
      return 0;
  }
  return 0;
}

void PeerSocket::sent(std::size_t bytes) {
  queued_bytes_ -= bytes;
  front_sent_ += bytes;
  while (!queue_.empty() && front_sent_ >= queue_.front().size()) {
    Item item = std::move(queue_.front());
    front_sent_ -= item.size();
    held_bytes_ -= item.cost();
    queue_.pop_front();
    if (item.done) {
      asio::post(executor(), [done = std::shared_ptr<Continuation>(std::move(item.done)),
                              size = item.size()] { done->run({}, size); });
    }
  }
  if (on_sent)
    on_sent(bytes);
}

void PeerSocket::fail_writes(error_code error) {
  auto dropped = std::move(queue_);
  queue_.clear();
  const std::size_t bytes = std::exchange(queued_bytes_, 0);
  held_bytes_ = 0;
  front_sent_ = 0;
  for (Item& item : dropped) {
    if (!item.done)
      continue;
    asio::post(executor(), [done = std::shared_ptr<Continuation>(std::move(item.done)), error] {
      done->run(error, 0);
    });
  }
  if (on_sent && bytes > 0)
    on_sent(bytes);
}

void PeerSocket::drop_continuations() {
  // Out of the members first: each may hold the last connection that holds this.
  const auto read = std::move(read_done_);
  const auto handshake = std::move(handshake_done_);
  const auto queue = std::exchange(queue_, {});
}

void PeerSocket::shutdown_send() {
  if (!socket_.is_open())
    return;
  if (tls_ != nullptr && SSL_is_init_finished(tls_) == 1) {
    ERR_clear_error();
    SSL_shutdown(tls_);
  }
  error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void PeerSocket::end() {
  if (!socket_.is_open() || discarded_ != nullptr)
    return;
  if (!queue_.empty())
    return close();
  shutdown_send();
  discarded_ = std::make_unique<std::array<char, 4'096>>();
  end_timer_.expires_after(kEndTime);
  end_timer_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (!error && self != nullptr)
      self->close();
  });
  discard(0);
}

void PeerSocket::discard(std::size_t so_far) {
  if (so_far > kEndBytes)
    return close();
  socket_.async_read_some(asio::buffer(*discarded_),
                          [self = shared_from_this(), so_far](error_code error, std::size_t bytes) {
                            error ? self->close() : self->discard(so_far + bytes);
                          });
}

void PeerSocket::close() {
  if (!socket_.is_open())
    return;
  error_code ignored;
  end_timer_.cancel();
  socket_.close(ignored);
  write_error_ = asio::error::operation_aborted;
  if (!waiting_to_write_)
    fail_writes(write_error_);
}

}  // namespace syncstore::adapters
