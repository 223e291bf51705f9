#include "tests/server/adapters/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace syncstore::test {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

std::string RawAnswer::header(std::string_view name) const {
  const std::string all = lower(head);
  const std::size_t found = all.find("\r\n" + lower(name) + ":");
  if (found == std::string::npos)
    return {};
  std::size_t begin = found + 3 + name.size();
  while (begin < head.size() && head[begin] == ' ')
    ++begin;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

RawClient::RawClient(std::uint16_t port)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
    return;
  }
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient::~RawClient() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawClient::read_some(int timeout_ms) {
  if (!buffer_.empty())
    return std::exchange(buffer_, {});
  if (descriptor_ < 0)
    return {};
  pollfd wait{descriptor_, POLLIN, 0};
  if (::poll(&wait, 1, timeout_ms) <= 0)
    return {};
  std::array<char, 65'536> piece;
  const ssize_t got = ::recv(descriptor_, piece.data(), piece.size(), 0);
  return got <= 0 ? std::string() : std::string(piece.data(), static_cast<std::size_t>(got));
}

std::string RawClient::read_exactly(std::size_t count) {
  // What is left of the last piece stays left, also when nothing is asked for.
  std::string out = std::exchange(buffer_, {});
  while (out.size() < count) {
    std::string piece = read_some();
    if (piece.empty())
      return out;
    out += piece;
  }
  buffer_ = out.substr(count);
  out.resize(count);
  return out;
}

bool RawClient::readable(int timeout_ms) {
  if (!buffer_.empty())
    return true;
  pollfd wait{descriptor_, POLLIN, 0};
  return ::poll(&wait, 1, timeout_ms) > 0;
}

RawAnswer RawClient::read_answer(bool to_head) {
  RawAnswer answer;
  std::string bytes;
  while (bytes.find("\r\n\r\n") == std::string::npos) {
    std::string piece = read_some();
    if (piece.empty())
      return answer;
    bytes += piece;
  }
  const std::size_t end = bytes.find("\r\n\r\n");
  answer.head = bytes.substr(0, end + 2);
  buffer_ = bytes.substr(end + 4);
  if (answer.head.size() > 12)
    answer.status = std::atoi(answer.head.c_str() + 9);
  const std::string length = answer.header("content-length");
  if (!to_head && !length.empty())
    answer.body = read_exactly(static_cast<std::size_t>(std::stoul(length)));
  return answer;
}

bool RawClient::closed_by_peer(int timeout_ms) {
  buffer_.clear();
  if (descriptor_ < 0)
    return true;
  while (true) {
    pollfd wait{descriptor_, POLLIN, 0};
    if (::poll(&wait, 1, timeout_ms) <= 0)
      return false;
    std::array<char, 65'536> piece;
    if (::recv(descriptor_, piece.data(), piece.size(), 0) <= 0)
      return true;
  }
}

void RawClient::shutdown_send() { ::shutdown(descriptor_, SHUT_WR); }

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace syncstore::test
