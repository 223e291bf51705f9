#include "server/adapters/beast/frame_meter.hpp"

#include <algorithm>

namespace syncstore::adapters {
namespace {

constexpr std::size_t kFragmentsPerMessage = 1'024;  // a message of 1 MiB in kilobytes
constexpr double kControlPerSecond = 10;             // browsers answer one ping in 30 s
constexpr double kControlBurst = 20;

std::size_t header_size(unsigned char second) {
  const unsigned length = second & 0x7Fu;
  return length == 126 ? 4 : length == 127 ? 10 : 2;
}

}  // namespace

bool FrameMeter::feed(std::string_view bytes, std::int64_t now_ms) {
  while (!bytes.empty() && !spent_) {
    if (payload_left_ > 0) {
      const std::uint64_t skip = std::min<std::uint64_t>(payload_left_, bytes.size());
      payload_left_ -= skip;
      bytes.remove_prefix(static_cast<std::size_t>(skip));
    } else {
      if (message_since_ms_ == 0)
        message_since_ms_ = now_ms;
      header_[header_have_++] = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      if (!header_complete())
        continue;
      begin_frame(now_ms);
    }
    if (payload_left_ == 0 && header_have_ == 0 && final_)
      message_since_ms_ = 0;
  }
  return !spent_;
}

bool FrameMeter::header_complete() {
  return header_have_ >= 2 && header_have_ == header_size(header_[1]);
}

void FrameMeter::begin_frame(std::int64_t now_ms) {
  std::uint64_t length = header_[1] & 0x7Fu;
  if (length >= 126) {
    const std::size_t size = header_have_;
    length = 0;
    for (std::size_t i = 2; i < size; ++i)
      length = length << 8 | header_[i];
  }
  payload_left_ = length + ((header_[1] & 0x80u) != 0 ? 4 : 0);
  header_have_ = 0;
  control_ = (header_[0] & 0x08u) != 0;
  if (control_) {
    control_tokens_ =
        std::min(kControlBurst, control_tokens_ + static_cast<double>(now_ms - control_filled_ms_) *
                                                      kControlPerSecond / 1'000);
    control_filled_ms_ = now_ms;
    control_tokens_ -= 1;
    spent_ = control_tokens_ < 0;
    return;
  }
  if (final_)  // the frame before ended a message: this one begins the next
    fragments_ = 0;
  final_ = (header_[0] & 0x80u) != 0;
  spent_ = ++fragments_ > kFragmentsPerMessage;
}

}  // namespace syncstore::adapters
