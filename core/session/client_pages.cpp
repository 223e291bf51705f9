// Collections in page mode: what is known of them, how it stays bounded, and what is asked for.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

// Of a snapshot with so many rows the screen does not wait for the end: on a slow line that takes
// seconds, and what is on screen a moment.
constexpr std::uint64_t kPreviewRows = 10'000;

}  // namespace

// --- into page mode and out of it ---

void ClientSession::begin_pages(std::uint16_t collection) {
  if (!replica_.has(collection))
    return;
  Place& place = places_[collection];
  const bool previewed = std::exchange(place.preview, false);
  drop_snapshot(collection, place);
  if (!place.paged) {
    // What was here as a whole is known still; what is nobody's state is not.
    if (!place.valid || place.doubted || place.cursor.epoch != epoch_) {
      if (!restoring_)
        keep_records();
      replica_.reset(collection);
      place.reached = 0;
    }
    place.valid = false;
    trust(collection, place);
    place.paged = true;
    pages_.set_paged(collection, true);
    pages_.set_ready(collection, false);
    keep_known_bounded(collection);
    compaction_wanted_ = !restoring_;
  }
  if (previewed)
    compaction_wanted_ = true;  // its rows were not stored
}

void ClientSession::leave_pages(std::uint16_t collection, Place& place) {
  place.paged = place.preview = false;
  pages_.set_paged(collection, false);
  subscriptions_.forget(collection);
  place.seen.clear();
}

// Rows on screen come first: a large first snapshot begins with page subscriptions.
void ClientSession::preview(Place& place) {
  const wire::Begin& begin = place.incoming->begin;
  if (restoring_ || !is_live() || pages_unknown_ || place.valid || place.paged ||
      begin.rows < kPreviewRows || replica_.base(begin.collection).size() > 0)
    return;
  place.paged = place.preview = true;
  place.reached = 0;
  pages_.set_paged(begin.collection, true);
}

// --- answers ---

void ClientSession::on_page(wire::Page page, TimeMs now) {
  PageSubscriptions::Subscription* subscription = subscriptions_.find(page.subscription);
  const auto found = places_.find(page.collection);
  if (subscription == nullptr || found == places_.end() || !found->second.paged ||
      subscription->spec.collection != page.collection) {
    ++skipped_frames_;
    return;
  }
  note_rows(*subscription, page);
  std::vector<RecordId> told;
  for (const model::Record& row : page.entered) {
    told.push_back(row.id);
    see(page.collection, row.id);
  }
  if (subscription->fresh && !told.empty())
    last_change_at_ = now;
  replica_.put_known(page.collection, std::move(page.entered));
  const bool is_record = !subscription->spec.filter.conditions.empty() &&
                         subscription->spec.filter.conditions[0].field == view::kRecordId;
  if (is_record && page.hash != 0 && page.total == 0) {
    const auto id = std::get<std::int64_t>(subscription->spec.filter.conditions[0].value);
    told.push_back(RecordId{static_cast<std::uint64_t>(id)});
    found->second.seen.erase(told.back());
    replica_.forget_known(page.collection, {told.back()});
  }
  if (page.hash != 0)
    take_order(*subscription, page);  // else more frames of this page follow
  if (!told.empty() && !found->second.preview)
    store_known(page.collection, told, false);
  keep_known_bounded(page.collection);
  ask_pages_ = true;
  leave_overlay();
}

// The facts of the answer, once everything that it speaks of is here.
void ClientSession::take_order(PageSubscriptions::Subscription& subscription, wire::Page& page) {
  const bool as_before = page.order.empty() && page.total > 0;
  if (as_before && subscription.page == 0)
    return;
  const std::vector<RecordId>& order = as_before ? subscription.order : page.order;
  std::vector<wire::PageRow> rows;
  for (const RecordId id : order) {
    const model::Record* known = replica_.base(page.collection).find(id);
    rows.push_back({id, known == nullptr ? 0 : known->version});
  }
  const std::uint64_t first = std::uint64_t{std::max(page.page, 1U) - 1} * subscription.spec.size;
  if (wire::page_hash(page.total, first, rows) != page.hash) {
    // While an answer is awaited, a frame of before it may speak of rows that were not told.
    if (std::exchange(subscription.fresh, false))
      ++resyncs_;
    subscription.doubted = true;
    subscription.hash = 0;
    return;
  }
  for (const RecordId id : subscription.order)
    see(page.collection, id);  // seen until now, also those that leave
  subscription.fresh = true;
  subscription.doubted = false;
  subscription.page = std::max(page.page, 1U);
  subscription.total = page.total;
  subscription.hash = page.hash;
  if (!as_before)
    subscription.order = std::move(page.order);
  if (subscription.spec.filter.empty())
    pages_.set_total(page.collection, page.total);
  pages_.answered(subscription.spec);
}

// Who changed what, for screens: of rows that stood on them and were changed by others.
void ClientSession::note_rows(const PageSubscriptions::Subscription& subscription,
                              const wire::Page& page) {
  if (!subscription.fresh)
    return;
  for (const model::Record& row : page.entered) {
    const model::Record* known = replica_.base(page.collection).find(row.id);
    if (known == nullptr || known->version >= row.version || !subscription.contains(row.id) ||
        own_sequences_.count(row.version) > 0 || known->values.size() != row.values.size())
      continue;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (!(known->values[i] == row.values[i])) {
        writer_.note_foreign({page.collection, row.id}, static_cast<std::uint16_t>(i),
                             row.changed_at, row.changed_by);
      }
    }
  }
}

void ClientSession::refuse_page(const wire::Notice& notice) {
  last_error_ = fail(notice.code, notice.message);
  if (PageSubscriptions::Subscription* one = subscriptions_.find(notice.subscription)) {
    // A former answer, of before the server was another version, is not kept up any more: it would
    // look exact.
    one->refused = true;
    one->forget_answer();
    pages_.answered(one->spec);
    ask_pages_ = true;
    return;
  }
  if (notice.subscription != 0)
    return;  // of a page that nobody looks at any more
  // A server of before pages: the screen waits for the end of the snapshot.
  pages_unknown_ = true;
  for (auto& [collection, place] : places_) {
    if (!place.preview)
      continue;
    leave_pages(collection, place);
    replica_.forget_base(collection);
    last_error_.reset();
  }
}

void ClientSession::ask_pages(TimeMs now) {
  const bool changed = pages_.take_wanted_changed();
  if (!changed && !ask_pages_)
    return;
  ask_pages_ = false;
  subscriptions_.begin();
  pages_.for_each_wanted([&](const PageSpec& spec) { subscriptions_.want(spec); });
  for (Bytes& frame : subscriptions_.reconcile(is_live(), now))
    emit(EffectKind::send, 0, {}, std::move(frame));
}

// --- what is known ---

// See the class: nothing goes back behind what was acknowledged.
void ClientSession::fold(const sync::QueueEntry& entry) {
  if (entry.result.epoch != epoch_)
    return;
  for (const auto& [collection, place] : places_) {
    if (!place.paged || place.preview)
      continue;
    // Rows of an answered page are the server's own, as of the head or later.
    const std::uint16_t number = collection;
    const auto is_told = [&](RecordId id) {
      const auto& all = subscriptions_.all();
      return std::any_of(all.begin(), all.end(), [&](const auto& one) {
        return one->fresh && one->spec.collection == number && one->contains(id);
      });
    };
    const std::vector<RecordId> folded =
        replica_.fold_answered(collection, entry.mutation, entry.result, is_told);
    for (const RecordId id : folded)
      see(collection, id);
    if (!folded.empty())
      store_known(collection, folded, false);
  }
}

void ClientSession::keep_known_bounded(std::uint16_t collection) {
  const model::Table& base = replica_.base(collection);
  if (base.size() <= limits::kPagedRows)
    return;
  for (const auto& one : subscriptions_.all()) {
    for (const RecordId id : one->order) {
      if (one->spec.collection == collection)
        see(collection, id);
    }
  }
  pages_.for_each_held(collection, [&](RecordId id) { see(collection, id); });
  // A tenth more than needed, so that this is not done for every row.
  const std::size_t most = base.size() - limits::kPagedRows / 10 * 9;
  const std::uint64_t longest = sightings_of(collection)[most - 1];
  std::vector<RecordId> gone;
  base.for_each([&](const model::Record& record) {
    // What waits for the server keeps what it was made from.
    if (gone.size() < most && last_seen(collection, record.id) <= longest &&
        !replica_.is_pending(collection, record.id))
      gone.push_back(record.id);
  });
  for (const RecordId id : gone)
    places_[collection].seen.erase(id);
  replica_.forget_known(collection, gone);
}

std::uint32_t ClientSession::last_seen(std::uint16_t collection, RecordId id) const {
  const auto& seen = places_.at(collection).seen;
  const auto found = seen.find(id);
  return found == seen.end() ? 0 : found->second;
}

std::vector<std::uint64_t> ClientSession::sightings_of(std::uint16_t collection) const {
  std::vector<std::uint64_t> all;
  replica_.base(collection).for_each([&](const model::Record& record) {
    all.push_back(last_seen(collection, record.id));
  });
  std::sort(all.begin(), all.end());
  return all;
}

TimeMs ClientSession::known_as_of() const { return std::max(as_of_, in_step_at_); }

// --- storage: page frames of our own. `order` names the records that one speaks of: those that are
// not among its rows are gone. `hash` is the time, `total` what the collection has. ---

void ClientSession::store_known(std::uint16_t collection, const std::vector<RecordId>& ids,
                                bool snapshot) {
  wire::Page stored;
  stored.collection = collection;
  stored.total = pages_.total(collection);
  stored.hash = static_cast<std::uint64_t>(known_as_of());
  stored.order = ids;
  for (const RecordId id : ids) {
    if (const model::Record* known = replica_.base(collection).find(id))
      stored.entered.push_back(*known);
  }
  cache_.add(wire::encode(stored), snapshot);
}

void ClientSession::restore_known(wire::Page page) {
  const auto found = places_.find(page.collection);
  if (found == places_.end() || !found->second.paged)
    return;
  std::vector<RecordId> gone = std::move(page.order);
  for (const model::Record& row : page.entered) {
    see(page.collection, row.id);
    gone.erase(std::remove(gone.begin(), gone.end(), row.id), gone.end());
  }
  replica_.put_known(page.collection, std::move(page.entered));
  replica_.forget_known(page.collection, gone);
  pages_.set_total(page.collection, page.total);
  as_of_ = std::max(as_of_, static_cast<TimeMs>(page.hash));
  keep_known_bounded(page.collection);
}

// All that is known, in eighths by when it was last seen, the longest ago first: that is how it is
// restored.
void ClientSession::compact_known(std::uint16_t collection) {
  cache_.add(wire::encode(wire::Cancel{collection, ErrorCode::page_only}), true);
  const std::vector<std::uint64_t> sightings = sightings_of(collection);
  std::vector<RecordId> ids;
  std::size_t bytes = 0;
  std::uint64_t from = 0;
  for (std::size_t eighth = 1; eighth <= 8 && !sightings.empty(); ++eighth) {
    const std::uint64_t to = sightings[(sightings.size() * eighth - 1) / 8] + 1;
    replica_.base(collection).for_each([&](const model::Record& record) {
      const std::uint32_t seen = last_seen(collection, record.id);
      if (seen < from || seen >= to)
        return;
      ids.push_back(record.id);
      bytes += wire::approximate_row_bytes(record);
      if (ids.size() < limits::kPageSizeMax && bytes < limits::kPartOutputBytes / 2)
        return;
      store_known(collection, ids, true);
      ids.clear();
      bytes = 0;
    });
    from = to;
  }
  store_known(collection, ids, true);
}

}  // namespace syncstore::session
