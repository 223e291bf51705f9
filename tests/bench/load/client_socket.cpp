#include "tests/bench/load/client_socket.hpp"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

namespace syncstore::bench {
namespace {

constexpr std::size_t kReadBytes = 262'144;

// The value of "name":"..." in a small answer of the server's.
std::string text_member(std::string_view json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos)
    return {};
  const std::size_t begin = at + key.size();
  return std::string(json.substr(begin, json.find('"', begin) - begin));
}

// Where the answer ends, npos while it is not complete.
std::size_t answer_end(std::string_view bytes) {
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos)
    return head;
  const std::string_view name = "Content-Length: ";
  const std::size_t length = bytes.substr(0, head).find(name);
  const std::size_t body = length == std::string_view::npos
                               ? 0
                               : std::strtoull(bytes.data() + length + name.size(), nullptr, 10);
  const std::size_t end = head + 4 + body;
  return bytes.size() < end ? std::string_view::npos : end;
}

}  // namespace

ClientSocket::ClientSocket(const Target& target, Calls calls)
    : target_(target), calls_(std::move(calls)) {}

ClientSocket::~ClientSocket() {
  if (fd_ >= 0)
    ::close(fd_);
}

void ClientSocket::open_descriptor() {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (small_) {
    const int bytes = 4'096;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target_.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = false;
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    connected_ = true;
  calls_.watch(fd_, true);
}

void ClientSocket::connect() {
  phase_ = Phase::asking_ticket;
  http_.clear();
  header_have_ = 0;
  in_payload_ = false;
  unsent_ =
      "POST /api/session/ticket HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nCookie: " +
      target_.cookie + "\r\nX-CSRF-Token: " + target_.csrf + "\r\n\r\n";
  open_descriptor();
}

void ClientSocket::drop() {
  if (fd_ < 0)
    return;
  calls_.watch(fd_, false);
  ::close(std::exchange(fd_, -1));
}

void ClientSocket::close() {
  phase_ = Phase::closed;
  drop();
}

void ClientSocket::send_all(std::string_view bytes) {
  unsent_ += bytes;
  if (!connected_)
    return;
  while (!unsent_.empty()) {
    const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
}

void ClientSocket::on_ready() {
  static std::vector<char> buffer(kReadBytes);
  if (!connected_) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      close();
      return calls_.closed();
    }
    sockaddr_in peer{};
    size = sizeof peer;
    if (::getpeername(fd_, reinterpret_cast<sockaddr*>(&peer), &size) != 0)
      return;  // not yet
    connected_ = true;
  }
  if (!unsent_.empty())
    send_all({});
  while (fd_ >= 0) {
    const int reading = fd_;
    const ssize_t bytes = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (bytes <= 0) {
      close();
      return calls_.closed();
    }
    received_ += static_cast<std::uint64_t>(bytes);
    const std::string_view got(buffer.data(), static_cast<std::size_t>(bytes));
    if (phase_ == Phase::open) {
      take_frames(got);
    } else {
      take_http(got);
    }
    if (fd_ != reading || static_cast<std::size_t>(bytes) < buffer.size())
      return;
  }
}

void ClientSocket::take_http(std::string_view bytes) {
  http_ += bytes;
  const std::size_t end = answer_end(http_);
  if (end == std::string::npos)
    return;
  const bool good = http_.compare(9, 3, phase_ == Phase::upgrading ? "101" : "200") == 0 ||
                    (phase_ == Phase::asking_ticket && http_.compare(9, 3, "201") == 0);
  if (!good) {
    close();
    return calls_.closed();
  }
  if (phase_ == Phase::asking_ticket) {
    // As a browser: the request's connection is not the socket's.
    ticket_ = text_member(http_, "ticket");
    drop();
    http_.clear();
    phase_ = Phase::upgrading;
    unsent_ =
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Protocol: syncstore.v1\r\n\r\n";
    return open_descriptor();
  }
  phase_ = Phase::open;
  const std::string rest = http_.substr(end);
  http_.clear();
  http_.shrink_to_fit();
  send_frame(2, calls_.hello(ticket_));
  if (!rest.empty())
    take_frames(rest);
}

void ClientSocket::take_frames(std::string_view bytes) {
  while (!bytes.empty() && phase_ == Phase::open) {
    if (in_payload_) {
      const std::size_t count = static_cast<std::size_t>(
          std::min<std::uint64_t>(bytes.size(), payload_size_ - payload_have_));
      if (payload_size_ <= keep_)
        payload_ += bytes.substr(0, count);
      payload_have_ += count;
      bytes.remove_prefix(count);
      if (payload_have_ == payload_size_)
        frame_ended();
      continue;
    }
    header_[header_have_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (header_have_ < 2)
      continue;
    const unsigned marker = header_[1] & 0x7Fu;
    const std::size_t needed = marker < 126 ? 2 : marker == 126 ? 4 : 10;
    if (header_have_ < needed)
      continue;
    payload_size_ = marker < 126 ? marker : 0;
    for (std::size_t i = 2; i < needed; ++i)
      payload_size_ = payload_size_ << 8 | header_[i];
    payload_have_ = 0;
    payload_.clear();
    in_payload_ = true;
    if (payload_size_ == 0)
      frame_ended();
  }
}

void ClientSocket::frame_ended() {
  in_payload_ = false;
  header_have_ = 0;
  switch (header_[0] & 15) {
    case 2:
      if (payload_size_ <= keep_)
        calls_.frame(payload_);
      return;
    case 8:
      close();
      return calls_.closed();
    case 9:
      return send_frame(10, payload_);
    default:
      return;
  }
}

void ClientSocket::send_message(std::string_view payload) { send_frame(2, payload); }

void ClientSocket::send_frame(int opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | payload.size()));
  } else {
    const bool wide = payload.size() > 0xFFFF;
    frame.push_back(static_cast<char>(0x80 | (wide ? 127 : 126)));
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
      frame.push_back(static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift));
  }
  frame.append(4, '\0');  // a mask of zeros is one, and costs nothing
  frame += payload;
  send_all(frame);
}

void ClientSocket::stop_reading() { calls_.watch(fd_, false); }

Traffic ClientSocket::traffic() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (fd_ < 0 || ::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return {};
  return {info.tcpi_bytes_received + info.tcpi_bytes_sent,
          std::uint64_t{info.tcpi_segs_in} + info.tcpi_segs_out};
}

}  // namespace syncstore::bench
