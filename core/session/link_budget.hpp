// Budgets of one link, common to both dialects: messages per second with a burst, refused messages,
// bad messages, unanswered mutations. Pure counting over the times handed in. Single-threaded.
#pragma once

#include <cstdint>
#include <deque>

#include "core/base/ids.hpp"
#include "core/base/limits.hpp"

namespace syncstore::session {

// Token bucket: kMessagesPerSecond, kMessagesBurst.
class MessageRate {
 public:
  bool take(TimeMs now);  // false: over the rate
  // Until the next message is within the rate.
  TimeMs wait_ms() const {
    return thousandths_ >= 1'000 ? 0 : (1'000 - thousandths_) / limits::kMessagesPerSecond + 1;
  }

 private:
  std::int64_t thousandths_ = limits::kMessagesBurst * 1'000;
  TimeMs last_ = 0;
  bool started_ = false;
};

// Events within the last minute, at most `most`.
class MinuteBudget {
 public:
  explicit MinuteBudget(int most) : most_(static_cast<std::size_t>(most)) {}
  bool spend(TimeMs now);  // false: the budget is used up

 private:
  std::size_t most_;
  std::deque<TimeMs> spent_;
};

// Mutations sent and not yet answered. Above the window the link is not read until half of it is
// answered.
class UnansweredWindow {
 public:
  void add(std::size_t mutations, std::size_t bytes);
  void remove(std::size_t mutations, std::size_t bytes);
  bool full() const {
    return mutations_ > limits::kUnansweredMutations || bytes_ > limits::kUnansweredBytes;
  }
  bool relaxed() const {
    return mutations_ <= limits::kUnansweredMutations / 2 && bytes_ <= limits::kUnansweredBytes / 2;
  }
  std::size_t mutations() const { return mutations_; }

 private:
  std::size_t mutations_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace syncstore::session
