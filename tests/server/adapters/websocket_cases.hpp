// The cases of the Autobahn test suite for WebSocket servers, by its numbers, against an echoing
// link of this server: what a client sends and what must come back. Categories: 1 framing, 2 pings,
// 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing, 9 limits, 10 joining of
// fragments. Where that suite sends more than this server takes in one message (kMessageBytes) the
// case says so: 1009. Categories 12 and 13 are about compression, which this server does not offer.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/server/adapters/socket_client.hpp"

namespace syncstore::test {

struct WebSocketCase {
  std::string id;
  std::string bytes;          // sent behind the handshake
  std::size_t chop = 0;       // in pieces of so many bytes; 0 = at once
  std::vector<Frame> frames;  // come back in this order
  int rounds = 1;             // so often, each after the answer to the one before
  // The close code that follows. kOpen: none, the socket still answers. Links answer from a thread
  // of their own: of what was to come before a close not everything need have left.
  int close = 0;
  bool binary = false;
};
inline constexpr int kOpen = 0;

inline std::ostream& operator<<(std::ostream& out, const WebSocketCase& each) {
  return out << each.id;
}

std::vector<WebSocketCase> websocket_cases();

}  // namespace syncstore::test
