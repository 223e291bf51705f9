// The listening socket: accepts for all loops, one after the other, and keeps its head when the
// process runs out of file descriptors. It holds one descriptor in reserve: given up for a moment,
// it lets the next peer in to be told 503. Without that the kernel would report the same waiting
// peer again and again. Thread rule: open() before the loop starts, then on the loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "server/adapters/beast/event_loop.hpp"
#include "server/adapters/beast/peer_socket.hpp"

namespace syncstore::adapters {

class Listener {
 public:
  struct Calls {
    std::function<std::size_t()> choose;  // the loop of the next connection
    std::function<void(TcpSocket, std::size_t)> accepted;
    // There is no descriptor for what this one needs: tell it so and run `done` when it is gone.
    std::function<void(TcpSocket, std::size_t, std::function<void()> done)> no_descriptor;
    std::function<void()> descriptors_short;  // at most once a minute
  };
  // Accepts on the first of the loops.
  Listener(std::vector<EventLoop*> loops, Calls calls);
  ~Listener();

  // Errors: address_in_use, invalid.
  Status open(const std::string& address, std::uint16_t port);
  std::uint16_t port() const { return port_; }
  void accept();
  void close();

 private:
  void on_accepted(error_code error, TcpSocket socket, std::size_t target);
  void out_of_descriptors();
  void pause();
  void hold_reserve();
  void drop_reserve();

  std::vector<EventLoop*> loops_;
  Calls calls_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  asio::steady_timer pause_;
  int reserve_ = -1;
  bool last_place_ = false;  // the reserve was given up for the peer that is accepted next
  std::int64_t told_ms_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace syncstore::adapters
