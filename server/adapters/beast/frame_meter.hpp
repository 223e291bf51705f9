// Counts what a peer sends on a WebSocket, frame by frame, from the raw bytes: the library below
// joins fragments and answers pings without telling how many there were. Loop thread only; knows
// nothing of content and refuses nothing that the library refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace syncstore::adapters {

class FrameMeter {
 public:
  // Returns false once a budget is spent; the link is then closed with 1008.
  bool feed(std::string_view bytes, std::int64_t now_ms);
  // A message, or a frame between messages, has begun and not ended since this time; 0 when nothing
  // has.
  std::int64_t message_since_ms() const { return message_since_ms_; }

 private:
  bool header_complete();
  void begin_frame(std::int64_t now_ms);

  unsigned char header_[10]{};
  std::size_t header_have_ = 0;
  std::uint64_t payload_left_ = 0;  // with the mask
  std::size_t fragments_ = 0;       // of the message that is under way
  bool final_ = true;               // of the current data frame
  bool control_ = false;
  std::int64_t message_since_ms_ = 0;
  double control_tokens_ = 20;  // budget of control frames
  std::int64_t control_filled_ms_ = 0;
  bool spent_ = false;
};

}  // namespace syncstore::adapters
