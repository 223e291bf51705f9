#include "core/session/page_subscriptions.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

// Questions of one link under way: few enough for a page turned fast or a link found again to stay
// below the server's rate, enough for a screen with its records to be asked in one go.
constexpr std::ptrdiff_t kAskedAtOnce = 8;

wire::Subscribe question(const PageSpec& spec) {
  wire::Subscribe subscribe;
  subscribe.collection = spec.collection;
  subscribe.filter = spec.filter;
  subscribe.sort = spec.sort;
  subscribe.page = spec.page;
  subscribe.page_size = spec.size;
  return subscribe;
}

Bytes ask(const PageSubscriptions::Subscription& one) {
  wire::Subscribe subscribe = question(one.spec);
  subscribe.subscription = one.number;
  subscribe.known = one.doubted ? 0 : one.hash;
  return wire::encode(subscribe);
}

bool is_unanswered(const PageSubscriptions::Subscription& one) {
  return one.asked_at != 0 && !one.fresh && !one.refused;
}

}  // namespace

PageSpec record_page(const RowKey& key) {
  PageSpec spec;
  spec.collection = key.collection;
  spec.filter.conditions.push_back(
      {view::kRecordId, view::Comparison::equal, static_cast<std::int64_t>(key.id.value)});
  spec.size = 1;
  return spec;
}

bool PageSubscriptions::Subscription::contains(RecordId id) const {
  return std::find(order.begin(), order.end(), id) != order.end();
}

bool PageSubscriptions::is_due(const Subscription& one, TimeMs now) const {
  if (one.asked_at == 0)
    return true;
  return (one.doubted || is_unanswered(one)) && now - one.asked_at >= limits::kResyncMs;
}

std::uint32_t PageSubscriptions::free_number(const PageSpec& spec,
                                             const std::vector<Subscription>& taken) const {
  std::uint32_t number = wire::page_number(question(spec));
  const auto is_taken = [&](const std::vector<Subscription>& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Subscription& one) { return one.number == number; });
  };
  while (is_taken(taken) || is_taken(subscriptions_))
    ++number;
  return number;
}

std::vector<Bytes> PageSubscriptions::reconcile(const std::vector<PageSpec>& wanted, bool live,
                                                TimeMs now) {
  std::vector<Subscription> kept;
  for (const PageSpec& spec : wanted) {
    const auto is_it = [&](const Subscription& one) { return one.spec == spec; };
    if (kept.size() >= limits::kPageSubscriptions || std::any_of(kept.begin(), kept.end(), is_it)) {
      continue;
    }
    const auto known = std::find_if(subscriptions_.begin(), subscriptions_.end(), is_it);
    if (known != subscriptions_.end()) {
      kept.push_back(std::move(*known));
      subscriptions_.erase(known);
    } else {
      Subscription added;
      added.spec = spec;
      added.number = free_number(spec, kept);
      kept.push_back(std::move(added));
    }
  }
  kept.swap(subscriptions_);
  std::vector<Bytes> frames;
  if (!live)
    return frames;
  for (const Subscription& one : kept) {
    if (one.asked_at != 0 && !one.refused)
      frames.push_back(wire::encode(wire::Unsubscribe{one.number}));
  }
  auto asked = std::count_if(subscriptions_.begin(), subscriptions_.end(), is_unanswered);
  for (Subscription& one : subscriptions_) {
    if (!is_due(one, now))
      continue;
    if (!is_unanswered(one) && ++asked > kAskedAtOnce)
      continue;
    frames.push_back(ask(one));
    one.asked_at = now;
    one.fresh = one.doubted = false;
  }
  return frames;
}

std::vector<Bytes> PageSubscriptions::ask_once(std::size_t most) const {
  std::vector<Bytes> frames;
  for (const Subscription& one : subscriptions_) {
    if (frames.size() < most)
      frames.push_back(ask(one));
  }
  return frames;
}

void PageSubscriptions::lost() {
  for (Subscription& one : subscriptions_) {
    one.asked_at = 0;
    one.fresh = one.refused = false;
  }
}

void PageSubscriptions::forget(std::uint16_t collection) {
  for (Subscription& one : subscriptions_) {
    if (collection != 0 && one.spec.collection != collection)
      continue;
    one.fresh = false;
    one.asked_at = 0;
    one.page = 0;
    one.hash = one.total = 0;
    one.order.clear();
  }
}

void PageSubscriptions::doubt() {
  for (Subscription& one : subscriptions_) {
    one.doubted = true;
    one.asked_at = 0;
  }
}

TimeMs PageSubscriptions::due() const {
  TimeMs due = 0;
  for (const Subscription& one : subscriptions_) {
    if (one.asked_at == 0 || !(one.doubted || is_unanswered(one)))
      continue;
    const TimeMs at = one.asked_at + limits::kResyncMs;
    due = due == 0 ? at : std::min(due, at);
  }
  return due;
}

const PageSubscriptions::Subscription* PageSubscriptions::find(const PageSpec& spec) const {
  for (const Subscription& one : subscriptions_) {
    if (one.spec == spec)
      return &one;
  }
  return nullptr;
}

PageSubscriptions::Subscription* PageSubscriptions::find(std::uint32_t number) {
  for (Subscription& one : subscriptions_) {
    if (one.number == number)
      return &one;
  }
  return nullptr;
}

PageSubscriptions::Subscription* PageSubscriptions::first_unanswered() {
  for (Subscription& one : subscriptions_) {
    if (is_unanswered(one))
      return &one;
  }
  return nullptr;
}

}  // namespace syncstore::session
