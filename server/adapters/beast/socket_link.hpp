// A connection after the upgrade: one WebSocket and the Link the engine holds of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/adapters/beast/connection.hpp"
#include "server/adapters/beast/peer_socket.hpp"

namespace syncstore::adapters {

bool valid_websocket_key(std::string_view key);  // 16 bytes in base64

// Answers the handshake and runs the link until it closes. `head` is the request's header as it
// arrived. Loop thread.
void open_socket_link(ConnectionContext& context, std::shared_ptr<PeerSocket> socket,
                      std::string peer, ports::HttpRequest request, std::string_view head,
                      const std::string& subprotocol);

}  // namespace syncstore::adapters
