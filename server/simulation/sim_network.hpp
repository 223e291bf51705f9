// A faulty network between clients and the server of the simulated world: latency, cut connections,
// half-open ones, clogged ones, full queues. Messages of one direction of one socket keep their
// order; sockets are independent of each other, so what an older one carries may come late.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "core/wire/messages.hpp"
#include "server/adapters/memory/virtual_time.hpp"
#include "server/ports/link.hpp"
#include "server/simulation/sim_reader.hpp"

namespace syncstore::simulation {

using memory::EventQueue;
using memory::SeededRandom;

// A message of the server, read once for everybody who gets it; nullptr = it cannot be read.
using ReadMessage = std::shared_ptr<const wire::DownMessage>;

// One socket. The server's end is a ports::Link; the client's end are callbacks. Lives as long as
// somebody holds it.
class SimSocket final : public ports::Link, public std::enable_shared_from_this<SimSocket> {
 public:
  using Message = std::shared_ptr<const std::string>;
  struct ClientEnd {
    std::function<ReadMessage(const Message&)> leaving;  // as the server hands it over
    std::function<void(const Message&, const ReadMessage&)> message;
    std::function<void(std::uint16_t)> closed;
  };

  SimSocket(EventQueue& events, SeededRandom& random, std::size_t queue_bytes, ClientEnd client)
      : events_(events), random_(random), queue_bytes_(queue_bytes), client_(std::move(client)) {}

  void attach(std::shared_ptr<ports::LinkSession> session) { session_ = std::move(session); }

  // --- server's end ---
  bool send(Message message, bool text) override;
  void close(std::uint16_t code, std::string reason) override;
  std::size_t queued_bytes() const override { return queued_; }
  void pause_reading(bool paused) override;

  // --- client's end ---
  void send_up(std::string message);
  void close_by_client();

  // --- faults ---
  void cut();  // both ends learn of it sooner or later; what is on its way is lost
  // Nothing arrives in these directions any more, and nobody is told: the client learns by its
  // silence, the server by unanswered pings.
  void go_half_open(bool down, bool up);
  // For so long nothing is delivered in this direction, then everything in its order. Down: the
  // client has stopped reading, and the server's queue stays as full as it is.
  void clog(bool down, TimeMs for_ms);
  void server_died();  // the server's process is gone: no call into it any more
  bool ended() const { return client_ended_ || cut_; }
  // Both ends hold it: what the browser was told is the running server's.
  bool is_served() const { return session_ != nullptr && !closed_by_server_ && !ended(); }
  std::size_t inbox_messages() const { return inbox_.size(); }

  std::string user;  // whom the server welcomed here
  AskedPages asked;  // by what reached the server
 private:
  TimeMs latency() { return static_cast<TimeMs>(1 + random_.below(random_.chance(5) ? 900 : 40)); }
  void arrive_down(const Message& message, const ReadMessage& read);
  void read_inbox();
  void end_client(std::uint16_t code);
  void end_server();

  EventQueue& events_;
  SeededRandom& random_;
  std::size_t queue_bytes_;
  ClientEnd client_;
  std::shared_ptr<ports::LinkSession> session_;
  std::deque<std::string> inbox_;
  std::size_t queued_ = 0;
  TimeMs down_at_ = 0, up_at_ = 0;
  bool refused_ = false, paused_ = false, cut_ = false;
  bool lost_down_ = false, lost_up_ = false;
  bool closed_by_server_ = false, client_ended_ = false;
};

}  // namespace syncstore::simulation
