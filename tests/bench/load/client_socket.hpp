// One connection of the load generator: sign-in by ticket over HTTP, upgrade, hello, and then
// frames, of which only what a measurement asks for is kept. Cheap enough that a thousand of them
// leave the machine to the server. Owns its descriptor; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace syncstore::bench {

struct Target {
  std::uint16_t port = 0;  // on loopback
  std::string cookie;      // of a session; its tickets authenticate the sockets
  std::string csrf;
};

// Bytes and segments of a connection as TCP counts them.
struct Traffic {
  std::uint64_t bytes = 0;
  std::uint64_t segments = 0;
};

class ClientSocket {
 public:
  enum class Phase { closed, asking_ticket, upgrading, open };

  struct Calls {
    // The upgrade is answered: what to say first. `ticket` is fresh.
    std::function<std::string(std::string_view ticket)> hello;
    std::function<void(std::string_view frame)> frame;  // whole message, payload
    std::function<void()> closed;                       // by the server, or refused
    std::function<void(int fd, bool add)> watch;        // readiness to read and write
  };

  ClientSocket(const Target& target, Calls calls);
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  // Messages longer than this are counted and not kept.
  void keep_at_most(std::size_t bytes) { keep_ = bytes; }
  void small_receive_buffer() { small_ = true; }

  void connect();
  void send_message(std::string_view payload);  // binary
  void on_ready();                              // epoll says so
  void stop_reading();
  void close();

  Phase phase() const { return phase_; }
  int fd() const { return fd_; }
  std::uint64_t received_bytes() const { return received_; }
  Traffic traffic() const;

 private:
  void open_descriptor();
  void drop();
  void send_all(std::string_view bytes);
  void take_http(std::string_view bytes);
  void take_frames(std::string_view bytes);
  void frame_ended();
  void send_frame(int opcode, std::string_view payload);

  const Target& target_;
  Calls calls_;
  Phase phase_ = Phase::closed;
  int fd_ = -1;
  bool connected_ = false;
  bool small_ = false;
  std::size_t keep_ = 4'096;
  std::string unsent_;
  std::string http_;
  std::string ticket_;
  unsigned char header_[10]{};
  std::size_t header_have_ = 0;
  std::uint64_t payload_size_ = 0;
  std::uint64_t payload_have_ = 0;
  bool in_payload_ = false;
  std::string payload_;
  std::uint64_t received_ = 0;
};

}  // namespace syncstore::bench
