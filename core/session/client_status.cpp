// How every event ends: screens, status and outbox are told what differs, the timer is set.
#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"

namespace syncstore::session {
namespace {

// Changes told at once before what follows waits for kQueueTellMs: more than one edit and its way
// through the queue.
constexpr int kTellsAtOnce = 16;
// Of the status: waiting, parked, saves, sent. They move with every edit.
constexpr std::size_t kCounts[] = {3, 4, 7, 15};

std::string number_or_null(TimeMs value) { return value == 0 ? "null" : std::to_string(value); }

std::string_view screen_state(ConnectionState state, bool loading) {
  switch (state) {
    case ConnectionState::idle:
    case ConnectionState::connecting:
      return "starting";
    case ConnectionState::connected:
      return loading ? "starting" : "live";
    case ConnectionState::reconnecting:
      return "reconnecting";
    case ConnectionState::polling:
      return "polling";
    case ConnectionState::offline:
      return "offline";
    case ConnectionState::needs_sign_in:
      return "sign-in";
    case ConnectionState::needs_update:
      return "update";
  }
  return "starting";
}

}  // namespace

ClientSession::ClientSession(ClientConfig config)
    : config_(std::move(config)),
      ids_(config_.seed),
      replica_([] {
        std::vector<std::uint16_t> numbers;
        for (const model::CollectionDef& collection : model::collections())
          numbers.push_back(collection.number);
        return numbers;
      }()),
      entry_writer_(replica_, kept_),
      writer_(replica_, queue_, entry_writer_),
      pages_(replica_, writer_, subscriptions_) {
  replica_.set_listener(
      [this](std::uint16_t collection, RecordId id, const model::Record* before,
             const model::Record* after) { on_shown_changed(collection, id, before, after); });
}

Status ClientSession::open_page(std::uint64_t page, PageSpec spec, TimeMs now) {
  Status status = pages_.open(page, std::move(spec));
  finish(now);
  return status;
}

void ClientSession::close_page(std::uint64_t page, TimeMs now) {
  pages_.close(page);
  finish(now);
}

void ClientSession::release_page(std::uint64_t page, TimeMs now) {
  pages_.release(page);
  finish(now);
}

void ClientSession::watch(std::uint64_t watch, RowKey key, TimeMs now) {
  pages_.watch(watch, key);
  finish(now);
}

void ClientSession::unwatch(std::uint64_t watch, TimeMs now) {
  pages_.unwatch(watch);
  finish(now);
}

std::vector<Effect> ClientSession::take_effects() {
  std::vector<Effect> effects = std::move(effects_);
  effects_.clear();
  return effects;
}

void ClientSession::emit(EffectKind kind, std::uint64_t number, std::string text, Bytes bytes) {
  effects_.push_back({kind, number, std::move(text), std::move(bytes)});
}

void ClientSession::finish(TimeMs now) {
  if (!is_live() && !unstored_.empty())
    give_back();
  store_again(now);
  follow_queue();
  write_queue();
  send_waiting(now);
  follow_queue();
  if ((compaction_wanted_ || cache_.wants_compaction(now)) && caught_up() && !is_doubted())
    compact();
  if (cache_.due() != 0 && cache_.due() <= now)
    cache_.flush(epoch_, stored_through(), now, effects_);
  if (is_live())
    in_step_at_ = now;
  pages_.set_reach(
      is_live()                            ? LivePages::Reach::live
      : state_ == ConnectionState::polling ? LivePages::Reach::polling
      : state_ == ConnectionState::connecting || state_ == ConnectionState::reconnecting
          ? LivePages::Reach::connecting
          : LivePages::Reach::away,
      known_as_of());
  if (marks_live_ != is_live()) {
    // "Saving" becomes "Waiting to send", or the other way round.
    marks_live_ = is_live();
    writer_.set_live(marks_live_);
    for (const auto& [number, rows] : rows_of_entries_) {
      for (const RowKey& key : rows)
        pages_.decoration_changed(key);
    }
  }
  pages_.flush(effects_);
  ask_pages(now);
  tell_at_ = 0;
  tell_status(now);
  tell_queue(now);
  arrange_timer(now);
}

// Told when a number of it differs; the times of saves differ with their count.
void ClientSession::tell_status(TimeMs now) {
  const sync::QueueCounts counts = queue_.counts();
  const bool loading = !caught_up();
  const TimeMs offline_since = is_live() ? 0 : offline_since_;
  // People read an age in seconds: a stream of changes is not worth a status each.
  const TimeMs last_change_at = last_change_at_ - last_change_at_ % 1'000;
  const TimeMs cached_as_of = from_cache_ && !is_live() ? as_of_ : 0;
  std::int64_t loaded = 0, to_load = 0;  // of snapshots under way or broken
  for (const auto& [collection, place] : places_) {
    if (const auto& snapshot = place.incoming ? place.incoming : place.paused) {
      loaded += static_cast<std::int64_t>(snapshot->rows);
      to_load += static_cast<std::int64_t>(snapshot->begin.rows);
    }
  }
  const decltype(told_status_) facts = {
      static_cast<std::int64_t>(state_),
      loading ? 1 : 0,
      offline_since,
      static_cast<std::int64_t>(counts.waiting),
      static_cast<std::int64_t>(counts.parked),
      static_cast<std::int64_t>(writer_.open_conflicts()),
      last_change_at,
      static_cast<std::int64_t>(saves_),
      retry_at_,
      cached_as_of,
      static_cast<std::int64_t>(role_) << 32 | resyncs_,
      static_cast<std::int64_t>(repairs_),
      loaded,
      to_load,
      last_error_ ? static_cast<std::int64_t>(last_error_->code) : -1,
      static_cast<std::int64_t>(counts.sent)};
  const std::string_view error = last_error_ ? std::string_view(last_error_->detail) : "";
  if (facts == told_status_ && error == told_error_)
    return;
  auto only_counts = facts;
  for (const std::size_t count : kCounts) {
    // Whether anything waits at all is told at once.
    if ((facts[count] == 0) == (told_status_[count] == 0))
      only_counts[count] = told_status_[count];
  }
  if (!may_tell(status_pace_, now) && only_counts == told_status_ && error == told_error_)
    return;
  told_status_ = facts;
  told_error_ = error;
  std::string text = "{\"connection\":\"";
  text += screen_state(state_, loading);
  text += "\",\"offlineSince\":" + number_or_null(offline_since);
  text += ",\"waiting\":" + std::to_string(counts.waiting) +
          ",\"sent\":" + std::to_string(counts.sent) +
          ",\"parked\":" + std::to_string(counts.parked);
  text += ",\"conflicts\":" + std::to_string(writer_.open_conflicts());
  text += ",\"lastChangeAt\":" + number_or_null(last_change_at);
  std::vector<std::int64_t> sorted = samples_;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](std::size_t percent) {
    return sorted.empty() ? std::string("null")
                          : std::to_string(sorted[(sorted.size() - 1) * percent / 100]);
  };
  text += ",\"saveP50Ms\":" + percentile(50) + ",\"saveP95Ms\":" + percentile(95);
  text += ",\"saves\":" + std::to_string(saves_) + ",\"nextRetryAt\":" + number_or_null(retry_at_);
  text += ",\"cachedAsOf\":" + number_or_null(cached_as_of);
  text += ",\"role\":\"";
  text += model::role_name(role_);
  text += "\",\"resyncs\":" + std::to_string(resyncs_);
  text += ",\"repairs\":" + std::to_string(repairs_) +
          ",\"repairedRows\":" + std::to_string(repaired_rows_);
  text += ",\"loadedRows\":" + std::to_string(loaded) +
          ",\"rowsToLoad\":" + std::to_string(to_load) + ",\"lastError\":";
  if (last_error_) {
    text += "{\"code\":\"";
    text += error_name(last_error_->code);
    text += "\",\"message\":";
    append_json_string(text, error.empty() ? error_sentence(last_error_->code) : error);
    text += '}';
  } else {
    text += "null";
  }
  text += '}';
  emit(EffectKind::status, 0, std::move(text));
}

// A person's few steps are told one by one; what changes faster is told kQueueTellMs later.
bool ClientSession::may_tell(Pace& pace, TimeMs now) {
  if (now >= pace.since + limits::kQueueTellMs || now < pace.since)
    pace = {now, 0};
  if (++pace.told <= kTellsAtOnce)
    return true;
  tell_at_ = pace.since + limits::kQueueTellMs;
  return false;
}

void ClientSession::tell_queue(TimeMs now) {
  if (!queue_changed_ || windows_.empty() || !may_tell(queue_pace_, now))
    return;
  queue_changed_ = false;
  windows_.tell(queue_, entry_writer_, effects_);
}

Status ClientSession::open_queue(std::uint64_t window, sync::EntryState state, std::size_t from,
                                 std::size_t size, TimeMs now) {
  Status status = windows_.open(window, state, from, size);
  windows_.tell(queue_, entry_writer_, effects_);
  finish(now);
  return status;
}

void ClientSession::close_queue(std::uint64_t window, TimeMs now) {
  windows_.close(window);
  finish(now);
}

void ClientSession::read_queue(std::uint64_t request, std::uint64_t after, TimeMs now) {
  emit(EffectKind::queue_read, request, entry_writer_.after(queue_, after));
  finish(now);
}

}  // namespace syncstore::session
