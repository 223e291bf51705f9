// What the fuzzers call and what the suite replays over the committed corpus: any bytes in, no
// crash, and whatever is accepted encodes to bytes that are accepted again as the same message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/sync/offline_queue.hpp"
#include "core/wire/frame_codec.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::fuzz {

inline void check_down_frame(std::string_view bytes) {
  const auto first = wire::decode_down(bytes);
  if (!first.ok())
    return;
  const Bytes again = wire::encode(*first);
  const auto second = wire::decode_down(again);
  SS_ASSERT(second.ok());
  SS_ASSERT(wire::encode(*second) == again);
}

inline void check_up_frame(std::string_view bytes) {
  const auto first = wire::decode_up(bytes);
  if (!first.ok())
    return;
  if (const auto* hello = std::get_if<wire::Hello>(&*first);
      hello != nullptr && hello->protocol != wire::kProtocol) {
    return;  // only the number of another protocol is read
  }
  const Bytes again = wire::encode(*first);
  const auto second = wire::decode_up(again);
  SS_ASSERT(second.ok());
  SS_ASSERT(wire::encode(*second) == again);
}

inline void check_client_message(std::string_view text) { (void)wire::parse_client_message(text); }

inline void check_queue_entry(std::string_view bytes) {
  const auto entry = sync::read_entry(bytes);
  if (entry.ok())
    SS_ASSERT(sync::read_entry(sync::write_entry(*entry)).ok());
}

inline void check_frames(std::string_view bytes) {
  const auto frames = wire::split_frames(bytes);
  if (!frames.ok())
    return;
  for (const std::string_view frame : *frames)
    check_down_frame(frame);
}

}  // namespace syncstore::fuzz
