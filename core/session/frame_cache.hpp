// FrameCache: when received bytes become durable. Owns frames that are not handed out yet and what
// each write will have reached. At most one write a second, one at a time; the platform joins them
// into pieces of kCacheBlobBytes. Single-threaded.
#pragma once

#include <map>
#include <vector>

#include "core/base/ids.hpp"
#include "core/session/client_effects.hpp"

namespace syncstore::session {

class FrameCache {
 public:
  // Each frame is stored with 8 bytes that depend on it and on all before it.
  void add(std::string_view frame, bool snapshot);
  // At start: whether this frame, with these 8 bytes, is what was stored behind the one before.
  bool follows(std::string_view frame, std::uint64_t seal);
  // All stored bytes go, for what is added from now on (compaction, another epoch, lost access).
  void replace();
  void restored(std::size_t bytes);  // at start: what storage had
  // A snapshot is whole: the next write does not wait its second, so that a tab closed right after
  // its first start starts without network the next time.
  void hurry() { hurried_ = true; }
  // Time of the next write, 0 = nothing to write.
  TimeMs due() const;
  // Hands out what is waiting; `epoch` and `sequence` are what the base has reached with these
  // bytes.
  void flush(Epoch epoch, Sequence sequence, TimeMs now, std::vector<Effect>& effects);
  // Answers whether this was the write under way; epoch and sequence are then what storage has now.
  // A write that failed leaves a hole that nothing behind it is read across: nothing more is taken
  // until everything is written anew.
  bool written(std::uint64_t write, bool ok, TimeMs now, Epoch& epoch, Sequence& sequence);
  // The tail behind the last snapshot has grown beyond a quarter of it, or a write has failed.
  bool wants_compaction(TimeMs now) const;

 private:
  struct Write {
    std::uint64_t number = 0;
    Epoch epoch = 0;
    Sequence sequence = 0;
  };
  Bytes waiting_;
  std::uint64_t chain_ = 0;  // XXH64 of the last frame, its seed the one before
  bool replaces_ = false;
  bool hurried_ = false;
  bool writing_ = false;
  bool broken_ = false;
  TimeMs failed_at_ = 0;
  Write write_;
  std::uint64_t next_write_ = 1;
  TimeMs last_write_ = 0;
  std::size_t snapshot_bytes_ = 0;
  std::size_t tail_bytes_ = 0;
};

}  // namespace syncstore::session
