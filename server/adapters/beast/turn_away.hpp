// Connections that find no place are told so, 503 and when to come back, instead of being left to
// guess. Owns nothing but their number: each ends itself within a second. One loop's thread only.
#pragma once

#include <cstddef>
#include <functional>

#include "server/adapters/beast/peer_socket.hpp"

namespace syncstore::adapters {

class TurnAway {
 public:
  // Waits for the peer's request (closing earlier could take the answer away), answers and closes;
  // `done` runs then. Closes at once, without an answer, when too many are being told already.
  void tell(TcpSocket socket, std::function<void()> done = {});
  // Both ends encrypt: an answer in clear would be noise.
  void set_silent() { silent_ = true; }

 private:
  class Farewell;
  bool silent_ = false;
  std::size_t under_way_ = 0;
};

}  // namespace syncstore::adapters
