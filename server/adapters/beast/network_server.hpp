// HTTP and WebSocket on one port. Owns the socket loops' threads and every connection; a connection
// lives on one loop from the first byte to the last. Handlers run on the engine executor; the
// server outlives none of the ports it is given. Thread rule: start, begin_drain and stop from one
// controlling thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/base/result.hpp"
#include "server/ports/http.hpp"
#include "server/ports/link.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::adapters {

// One finished request, for the access log.
struct RequestRecord {
  std::string method;  // "-" when the gate could not read it
  std::string path;
  std::string remote_address;
  int status = 0;
  std::size_t sent_bytes = 0;
  std::int64_t micros = 0;  // from the complete header to the last byte handed to the kernel
};

struct NetworkOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;         // 0 = any free port
  std::string tls_certificate_file;  // PEM; empty = plain HTTP
  std::string tls_key_file;
  std::vector<std::string> trusted_proxies;  // CIDR
  std::size_t connections = limits::kConnections;
  std::size_t connections_per_address =
      limits::kConnectionsPerAddress;  // loopback and trusted proxies are not counted
  bool count_loopback = false;         // tests: loopback is held to the cap as well
  std::size_t loops = 0;               // threads of sockets; 0 = one for each core
  int header_seconds = limits::kHttpHeaderSeconds;
  int keep_alive_seconds = limits::kHttpKeepAliveSeconds;
  int ping_seconds = limits::kPingSeconds;
  // A body that is sent or an answer that is read may rest so long, and is then held to this rate.
  int body_grace_ms = 10'000;
  int answer_grace_ms = 30'000;
  std::int64_t least_bytes_per_second = limits::kHttpBodyBytesPerSecondMin;
  int message_ms = 30'000;  // 64 KiB of edits over the slowest mobile network
  std::function<void(const RequestRecord&)> on_request;  // called on the loops' threads
  // There are no descriptors left for connections; on a loop's thread, at most once a minute.
  std::function<void()> on_descriptors_short;
};

// Read by /metrics from any thread.
struct NetworkCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> turned_away{0};  // over a cap, or no descriptor left
  std::atomic<std::uint64_t> gate_refusals{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> messages_in{0};
  std::atomic<std::uint64_t> messages_out{0};
  std::atomic<std::uint64_t> bytes_out{0};      // of messages, as queued
  std::atomic<std::uint64_t> sends_refused{0};  // link queue full
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> links{0};
};

class NetworkServer {
 public:
  // Errors: address_in_use, invalid (address or certificate cannot be used).
  static Result<std::unique_ptr<NetworkServer>> start(NetworkOptions options,
                                                      ports::Scheduler& engine,
                                                      ports::HttpHandler& http,
                                                      ports::LinkAcceptor& links);
  ~NetworkServer();

  std::uint16_t port() const;
  // Stops accepting, ends idle connections, and closes the links with 1001 spread over `spread_ms`.
  void begin_drain(int spread_ms);
  std::size_t open_connections() const;
  std::vector<std::size_t> connections_by_loop() const;
  std::uint64_t hand_overs() const;  // of messages, from the engine to the loops
  void stop();
  const NetworkCounters& counters() const;
  // Takes certificate and key again from their files; connections that are open keep the old ones.
  Status reload_certificate();

 private:
  struct Parts;
  explicit NetworkServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace syncstore::adapters
