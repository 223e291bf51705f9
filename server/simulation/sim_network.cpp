#include "server/simulation/sim_network.hpp"

#include <algorithm>
#include <utility>

namespace syncstore::simulation {
namespace {

constexpr TimeMs kDeadPeerMs = 75'000;  // so long a silent peer keeps its socket

}  // namespace

bool SimSocket::send(Message message, bool) {
  if (closed_by_server_)
    return true;
  if (queued_ > 0 && queued_ + message->size() > queue_bytes_) {
    refused_ = true;
    return false;
  }
  ReadMessage read = client_.leaving(message);
  queued_ += message->size();
  down_at_ = std::max(down_at_ + 1, events_.now() + latency());
  events_.at(down_at_, [self = shared_from_this(), message = std::move(message),
                        read = std::move(read)] { self->arrive_down(message, read); });
  return true;
}

void SimSocket::close(std::uint16_t code, std::string) {
  if (std::exchange(closed_by_server_, true))
    return;
  down_at_ = std::max(down_at_ + 1, events_.now() + latency());
  events_.at(down_at_, [self = shared_from_this(), code] {
    if (!self->lost_down_)
      self->end_client(code);
  });
  events_.at(events_.now(), [self = shared_from_this()] { self->end_server(); });
}

void SimSocket::pause_reading(bool paused) {
  paused_ = paused;
  if (!paused)
    events_.at(events_.now(), [self = shared_from_this()] { self->read_inbox(); });
}

void SimSocket::send_up(std::string message) {
  if (client_ended_)
    return;
  up_at_ = std::max(up_at_ + 1, events_.now() + latency());
  events_.at(up_at_, [self = shared_from_this(), message = std::move(message)]() mutable {
    if (self->lost_up_ || self->cut_)
      return;
    self->inbox_.push_back(std::move(message));
    self->read_inbox();
  });
}

void SimSocket::close_by_client() {
  client_ended_ = true;
  up_at_ = std::max(up_at_ + 1, events_.now() + latency());
  events_.at(up_at_, [self = shared_from_this()] {
    if (!self->lost_up_)
      self->end_server();
  });
}

void SimSocket::cut() {
  if (std::exchange(cut_, true))
    return;
  events_.at(events_.now() + latency(), [self = shared_from_this()] { self->end_client(1006); });
  events_.at(events_.now() + latency(), [self = shared_from_this()] { self->end_server(); });
}

void SimSocket::go_half_open(bool down, bool up) {
  lost_down_ = lost_down_ || down;
  lost_up_ = lost_up_ || up;
  events_.at(events_.now() + kDeadPeerMs, [self = shared_from_this()] {
    self->end_server();
    if (!self->lost_down_)
      self->end_client(1006);
  });
}

void SimSocket::clog(bool down, TimeMs for_ms) {
  TimeMs& at = down ? down_at_ : up_at_;
  at = std::max(at, events_.now() + for_ms);
}

void SimSocket::server_died() {
  session_.reset();
  cut();
}

void SimSocket::arrive_down(const Message& message, const ReadMessage& read) {
  // A half-open peer acknowledges nothing: the queue stays full.
  if (lost_down_)
    return;
  queued_ -= message->size();
  if (!cut_ && !client_ended_)
    client_.message(message, read);
  if (refused_ && queued_ < queue_bytes_ / 4 && session_ != nullptr) {
    refused_ = false;
    const auto session = session_;
    session->drained();
  }
}

void SimSocket::read_inbox() {
  while (!paused_ && !inbox_.empty() && session_ != nullptr) {
    std::string message = std::move(inbox_.front());
    inbox_.pop_front();
    note_asked(asked, message);
    const auto session = session_;
    session->received(std::move(message), false);
  }
}

void SimSocket::end_client(std::uint16_t code) {
  if (std::exchange(client_ended_, true))
    return;
  client_.closed(code);
}

void SimSocket::end_server() {
  const auto session = std::exchange(session_, nullptr);
  if (session != nullptr)
    session->closed();
}

}  // namespace syncstore::simulation
