#include "core/session/frame_cache.hpp"

#include <algorithm>

#include "core/base/byte_io.hpp"
#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

// Storage that refuses is full, and the whole base is what it is asked for next.
constexpr TimeMs kWriteAnewMs = 60'000;

}  // namespace

void FrameCache::add(std::string_view frame, bool snapshot) {
  if (broken_)
    return;
  const std::size_t before = waiting_.size();
  chain_ = xxh64(frame, chain_);
  ByteWriter seal;
  seal.u64(chain_);
  wire::append_frame(waiting_, frame);
  waiting_ += seal.bytes();
  (snapshot ? snapshot_bytes_ : tail_bytes_) += waiting_.size() - before;
}

bool FrameCache::follows(std::string_view frame, std::uint64_t seal) {
  const std::uint64_t chain = xxh64(frame, chain_);
  if (chain != seal)
    return false;
  chain_ = chain;
  return true;
}

void FrameCache::replace() {
  waiting_.clear();
  chain_ = 0;
  replaces_ = true;
  broken_ = false;
  snapshot_bytes_ = 0;
  tail_bytes_ = 0;
}

void FrameCache::restored(std::size_t bytes) { snapshot_bytes_ += bytes; }

TimeMs FrameCache::due() const {
  if (writing_ || (waiting_.empty() && !replaces_))
    return 0;
  if (hurried_ || (waiting_.size() >= limits::kCacheBlobBytes && last_write_ == 0))
    return 1;
  return last_write_ + limits::kCacheWriteMs;
}

void FrameCache::flush(Epoch epoch, Sequence sequence, TimeMs now, std::vector<Effect>& effects) {
  if (writing_ || (waiting_.empty() && !replaces_))
    return;
  write_ = {next_write_++, epoch, sequence};
  effects.push_back({replaces_ ? EffectKind::replace_cache : EffectKind::append_cache,
                     write_.number,
                     {},
                     std::move(waiting_)});
  waiting_.clear();
  replaces_ = false;
  hurried_ = false;
  writing_ = true;
  last_write_ = now;
}

bool FrameCache::written(std::uint64_t write, bool ok, TimeMs now, Epoch& epoch,
                         Sequence& sequence) {
  if (!writing_ || write != write_.number)
    return false;
  writing_ = false;
  epoch = write_.epoch;
  sequence = write_.sequence;
  // One that begins anew is waiting already when `replaces_` is set.
  if (!ok && !replaces_) {
    broken_ = true;
    failed_at_ = now;
    waiting_.clear();
  }
  return true;
}

bool FrameCache::wants_compaction(TimeMs now) const {
  if (writing_)
    return false;
  if (broken_)
    return now - failed_at_ >= kWriteAnewMs || now < failed_at_;
  return tail_bytes_ > std::max(snapshot_bytes_ / 4, limits::kCacheBlobBytes);
}

}  // namespace syncstore::session
