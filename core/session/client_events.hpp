// Events of the platform by number: the way across a language border into a client session. Numbers
// are shared with the web's worker (web/src/sync/worker/core-module.ts).
#pragma once

#include <memory>
#include <string_view>

#include "core/session/client_session.hpp"

namespace syncstore::session {

enum class EventKind : std::uint8_t {
  restore_cache = 1,  // bytes
  restore_entry = 2,  // bytes; answers whether it could be read
  restore_kept = 3,   // bytes
  start = 4,
  stop = 5,
  ticket = 6,         // bytes: the ticket
  ticket_failed = 7,  // number: HTTP status, 0 = no answer
  socket_opened = 8,
  socket_message = 9,      // bytes
  socket_closed = 10,      // number: close code
  exchange_answered = 11,  // bytes
  exchange_failed = 12,    // number: HTTP status
  timer = 13,
  network_hint = 14,   // number: 1 online
  queue_written = 15,  // number: write
  queue_failed = 16,   // number: write
  cache_written = 17,  // number: write
  cache_failed = 18,   // number: write
};

// False when the event is unknown or its bytes could not be read.
bool run_event(ClientSession& session, std::uint32_t event, std::uint64_t number,
               std::string_view bytes, TimeMs now);

// {"store","user","client","generation","seed"}; seed = 16 hexadecimal digits. nullptr when
// something is missing.
std::unique_ptr<ClientSession> open_session(std::string_view config);
// {"code","field","message"}
std::string error_json(const Error& error);

}  // namespace syncstore::session
