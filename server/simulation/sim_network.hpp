// A faulty network between clients and the server of the simulated world: latency, cut connections,
// half-open ones, full queues. Messages of one direction of one socket keep their order; sockets
// are independent of each other.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "server/adapters/memory/virtual_time.hpp"
#include "server/ports/link.hpp"

namespace syncstore::simulation {

using memory::EventQueue;
using memory::SeededRandom;

// One socket. The server's end is a ports::Link; the client's end are callbacks. Lives as long as
// somebody holds it.
class SimSocket final : public ports::Link, public std::enable_shared_from_this<SimSocket> {
 public:
  struct ClientEnd {
    std::function<void(const std::string&)> leaving;  // as the server hands it over
    std::function<void(const std::string&)> message;
    std::function<void(std::uint16_t)> closed;
  };

  SimSocket(EventQueue& events, SeededRandom& random, std::size_t queue_bytes, ClientEnd client)
      : events_(events), random_(random), queue_bytes_(queue_bytes), client_(std::move(client)) {}

  void attach(std::shared_ptr<ports::LinkSession> session) { session_ = std::move(session); }

  // --- server's end ---
  bool send(std::shared_ptr<const std::string> message, bool) override {
    if (closed_by_server_)
      return true;
    if (queued_ > 0 && queued_ + message->size() > queue_bytes_) {
      refused_ = true;
      return false;
    }
    client_.leaving(*message);
    queued_ += message->size();
    down_at_ = std::max(down_at_ + 1, events_.now() + latency());
    events_.at(down_at_, [self = shared_from_this(), message] { self->arrive_down(*message); });
    return true;
  }
  void close(std::uint16_t code, std::string) override {
    if (std::exchange(closed_by_server_, true))
      return;
    down_at_ = std::max(down_at_ + 1, events_.now() + latency());
    events_.at(down_at_, [self = shared_from_this(), code] {
      if (!self->half_open)
        self->end_client(code);
    });
    events_.at(events_.now(), [self = shared_from_this()] { self->end_server(); });
  }
  std::size_t queued_bytes() const override { return queued_; }
  void pause_reading(bool paused) override {
    paused_ = paused;
    if (!paused)
      events_.at(events_.now(), [self = shared_from_this()] { self->read_inbox(); });
  }

  // --- client's end ---
  void send_up(std::string message) {
    if (client_ended_)
      return;
    up_at_ = std::max(up_at_ + 1, events_.now() + latency());
    events_.at(up_at_, [self = shared_from_this(), message = std::move(message)]() mutable {
      if (self->half_open || self->cut_)
        return;
      self->inbox_.push_back(std::move(message));
      self->read_inbox();
    });
  }
  void close_by_client() {
    client_ended_ = true;
    up_at_ = std::max(up_at_ + 1, events_.now() + latency());
    events_.at(up_at_, [self = shared_from_this()] {
      if (!self->half_open)
        self->end_server();
    });
  }

  // --- faults ---
  // Both ends learn of it sooner or later; what is on its way is lost.
  void cut() {
    if (std::exchange(cut_, true))
      return;
    events_.at(events_.now() + latency(), [self = shared_from_this()] { self->end_client(1006); });
    events_.at(events_.now() + latency(), [self = shared_from_this()] { self->end_server(); });
  }
  // Nobody learns of it: the client by its silence, the server by unanswered pings.
  void go_half_open() {
    half_open = true;
    events_.at(events_.now() + 75'000, [self = shared_from_this()] { self->end_server(); });
  }
  // The server's process is gone: no call into it any more.
  void server_died() {
    session_.reset();
    cut();
  }
  bool ended() const { return client_ended_ || cut_; }

  bool half_open = false;

 private:
  TimeMs latency() { return static_cast<TimeMs>(1 + random_.below(random_.chance(5) ? 900 : 40)); }

  void arrive_down(const std::string& message) {
    queued_ -= message.size();
    if (!half_open && !cut_ && !client_ended_)
      client_.message(message);
    // A half-open peer acknowledges nothing: the queue stays full.
    if (half_open)
      queued_ += message.size();
    if (refused_ && queued_ < queue_bytes_ / 4 && session_ != nullptr) {
      refused_ = false;
      const auto session = session_;
      session->drained();
    }
  }
  void read_inbox() {
    while (!paused_ && !inbox_.empty() && session_ != nullptr) {
      std::string message = std::move(inbox_.front());
      inbox_.pop_front();
      const auto session = session_;
      session->received(std::move(message), false);
    }
  }
  void end_client(std::uint16_t code) {
    if (std::exchange(client_ended_, true))
      return;
    client_.closed(code);
  }
  void end_server() {
    const auto session = std::exchange(session_, nullptr);
    if (session != nullptr)
      session->closed();
  }

  EventQueue& events_;
  SeededRandom& random_;
  std::size_t queue_bytes_;
  ClientEnd client_;
  std::shared_ptr<ports::LinkSession> session_;
  std::deque<std::string> inbox_;
  std::size_t queued_ = 0;
  TimeMs down_at_ = 0, up_at_ = 0;
  bool refused_ = false, paused_ = false, cut_ = false;
  bool closed_by_server_ = false, client_ended_ = false;
};

}  // namespace syncstore::simulation
