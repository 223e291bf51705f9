#include "core/session/link_budget.hpp"

#include <algorithm>

namespace syncstore::session {

bool MessageRate::take(TimeMs now) {
  constexpr std::int64_t kFull = limits::kMessagesBurst * 1'000;
  if (!started_) {
    started_ = true;
    last_ = now;
  }
  if (now > last_) {
    // Capped before multiplying: a link may have been silent for weeks.
    const TimeMs passed = std::min<TimeMs>(now - last_, 60'000);
    thousandths_ = std::min(kFull, thousandths_ + passed * limits::kMessagesPerSecond);
  }
  last_ = now;
  if (thousandths_ < 1'000)
    return false;
  thousandths_ -= 1'000;
  return true;
}

bool MinuteBudget::spend(TimeMs now) {
  while (!spent_.empty() && spent_.front() <= now - 60'000)
    spent_.pop_front();
  if (spent_.size() >= most_)
    return false;
  spent_.push_back(now);
  return true;
}

void UnansweredWindow::add(std::size_t mutations, std::size_t bytes) {
  mutations_ += mutations;
  bytes_ += bytes;
}

void UnansweredWindow::remove(std::size_t mutations, std::size_t bytes) {
  mutations_ -= std::min(mutations, mutations_);
  bytes_ -= std::min(bytes, bytes_);
}

}  // namespace syncstore::session
