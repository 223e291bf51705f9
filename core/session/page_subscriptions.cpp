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

std::uint32_t PageSubscriptions::free_number(const PageSpec& spec) const {
  std::uint32_t number = wire::page_number(question(spec));
  const auto is_number = [&](const auto& one) { return one->number == number; };
  while (std::any_of(subscriptions_.begin(), subscriptions_.end(), is_number) ||
         std::any_of(former_.begin(), former_.end(), is_number))
    ++number;
  return number;
}

void PageSubscriptions::begin() { former_.swap(subscriptions_); }

void PageSubscriptions::want(const PageSpec& spec) {
  if (find(spec) != nullptr || subscriptions_.size() >= limits::kPageSubscriptions)
    return;
  const auto known = std::find_if(former_.begin(), former_.end(),
                                  [&](const auto& one) { return one->spec == spec; });
  if (known != former_.end()) {
    subscriptions_.push_back(std::move(*known));
    former_.erase(known);
    return;
  }
  auto added = std::make_unique<Subscription>();
  added->spec = spec;
  added->number = free_number(spec);
  subscriptions_.push_back(std::move(added));
}

std::vector<Bytes> PageSubscriptions::reconcile(bool live, TimeMs now) {
  const List ended = std::move(former_);
  former_.clear();
  std::vector<Bytes> frames;
  if (!live)
    return frames;
  for (const auto& one : ended) {
    if (one->asked_at != 0 && !one->refused)
      frames.push_back(wire::encode(wire::Unsubscribe{one->number}));
  }
  auto asked = std::count_if(subscriptions_.begin(), subscriptions_.end(),
                             [](const auto& one) { return is_unanswered(*one); });
  for (const auto& one : subscriptions_) {
    if (!is_due(*one, now))
      continue;
    if (!is_unanswered(*one) && ++asked > kAskedAtOnce)
      continue;
    frames.push_back(ask(*one));
    one->asked_at = now;
    one->fresh = one->doubted = false;
  }
  return frames;
}

std::vector<Bytes> PageSubscriptions::ask_once(std::size_t most) const {
  std::vector<Bytes> frames;
  for (const auto& one : subscriptions_) {
    if (frames.size() < most)
      frames.push_back(ask(*one));
  }
  return frames;
}

void PageSubscriptions::lost() {
  for (const auto& one : subscriptions_) {
    one->asked_at = 0;
    one->fresh = one->refused = false;
  }
}

std::vector<Bytes> PageSubscriptions::end(std::uint16_t collection) const {
  std::vector<Bytes> frames;
  for (const auto& one : subscriptions_) {
    if (one->spec.collection == collection && one->asked_at != 0 && !one->refused)
      frames.push_back(wire::encode(wire::Unsubscribe{one->number}));
  }
  return frames;
}

void PageSubscriptions::Subscription::forget_answer() {
  fresh = false;
  page = 0;
  hash = total = 0;
  order.clear();
}

void PageSubscriptions::forget(std::uint16_t collection) {
  for (const auto& one : subscriptions_) {
    if (collection != 0 && one->spec.collection != collection)
      continue;
    one->asked_at = 0;
    one->forget_answer();
  }
}

void PageSubscriptions::doubt() {
  for (const auto& one : subscriptions_) {
    one->doubted = true;
    one->asked_at = 0;
  }
}

TimeMs PageSubscriptions::due() const {
  TimeMs due = 0;
  for (const auto& one : subscriptions_) {
    if (one->asked_at == 0 || !(one->doubted || is_unanswered(*one)))
      continue;
    const TimeMs at = one->asked_at + limits::kResyncMs;
    due = due == 0 ? at : std::min(due, at);
  }
  return due;
}

const PageSubscriptions::Subscription* PageSubscriptions::find(const PageSpec& spec) const {
  for (const auto& one : subscriptions_) {
    if (one->spec == spec)
      return one.get();
  }
  return nullptr;
}

PageSubscriptions::Subscription* PageSubscriptions::find(std::uint32_t number) {
  for (const auto& one : subscriptions_) {
    if (one->number == number)
      return one.get();
  }
  return nullptr;
}

PageSubscriptions::Subscription* PageSubscriptions::first_unanswered() {
  for (const auto& one : subscriptions_) {
    if (is_unanswered(*one))
      return one.get();
  }
  return nullptr;
}

}  // namespace syncstore::session
