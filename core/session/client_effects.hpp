// Effects: what a client session asks its platform to do, in order. The platform interprets them
// and answers with events; it decides nothing itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/byte_io.hpp"

namespace syncstore::session {

enum class EffectKind : std::uint8_t {
  fetch_ticket = 1,  // answer: ticket or ticket_failed
  connect = 2,       // open the socket; answer: socket_opened or socket_closed
  send = 3,          // bytes: one binary message
  close = 4,         // number: close code
  exchange = 5,  // POST /api/sync/exchange with bytes; answer: exchange_answered or exchange_failed
  set_timer = 6,    // number: absolute ms of the one timer, 0 = none; replaces the former
  write_entry = 7,  // number: key, bytes: entry; part of the transaction that commit_queue ends
  erase_entry = 8,  // number: key; likewise
  commit_queue =
      9,  // number: write; do the transaction with strict durability, answer queue_written
  append_cache = 10,   // number: write, bytes: frames behind those stored; answer cache_written
  replace_cache = 11,  // number: write, bytes: frames instead of those stored (empty = forget);
                       // answer cache_written
  write_kept = 12,     // bytes: records kept beside the queue
  status = 13,         // text: JSON of the session's part of SyncStatus
  page = 14,           // number: page, text: JSON patch
  record = 15,         // number: watch, text: JSON row, "null" or "loading"
  queue = 16,          // number: window, text: JSON patch of its entries
  queued = 17,         // text: JSON {mutation, inverse}: the edit is durable here
  answered = 18,       // text: JSON {mutation, ops}
  rejected =
      19,  // text: JSON {mutation, code, field, message}: the edit was not taken into the queue
  queue_read = 20,  // number: request, text: JSON {entries, next}
};

struct Effect {
  EffectKind kind;
  std::uint64_t number = 0;
  std::string text;
  Bytes bytes;
};

// One buffer for crossing a language border: per effect u8 kind, u64 number, u32 length + text, u32
// length + bytes.
Bytes pack_effects(const std::vector<Effect>& effects);

}  // namespace syncstore::session
