// The confirmed base: snapshots and changes.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/session/told_digest.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {

Sequence ClientSession::cursor(std::uint16_t collection) const {
  const auto found = places_.find(collection);
  if (found == places_.end() || !found->second.valid || (found->second.doubted && !is_live()))
    return 0;
  return found->second.cursor.sequence;
}

bool ClientSession::caught_up() const {
  for (const model::CollectionDef& collection : model::collections()) {
    if (role_ < collection.read)
      continue;
    const auto found = places_.find(collection.number);
    if (found == places_.end() || !found->second.is_based())
      return false;
  }
  return true;
}

bool ClientSession::take_data(wire::DownMessage& message, TimeMs now) {
  if (const auto* change = std::get_if<wire::Change>(&message)) {
    on_change(*change, now);
  } else if (const auto* begin = std::get_if<wire::Begin>(&message)) {
    on_begin(*begin, now);
  } else if (auto* part = std::get_if<wire::Part>(&message)) {
    on_part(std::move(*part), now);
  } else if (const auto* end = std::get_if<wire::End>(&message)) {
    on_end(*end, now);
  } else if (const auto* cancel = std::get_if<wire::Cancel>(&message)) {
    on_cancel(*cancel);
  } else if (auto* repair = std::get_if<wire::Repair>(&message)) {
    on_repair(std::move(*repair), now);
  } else if (auto* live = std::get_if<wire::Live>(&message)) {
    on_live(std::move(*live));
  } else if (auto* page = std::get_if<wire::Page>(&message); page != nullptr && restoring_) {
    restore_known(std::move(*page));
  } else {
    return false;
  }
  return true;
}

bool ClientSession::receive(std::string_view frame, wire::DownMessage& message, TimeMs now) {
  if (take_data(message, now)) {
    const bool ends = std::holds_alternative<wire::End>(message);
    cache_.add(frame, ends || std::holds_alternative<wire::Begin>(message) ||
                          std::holds_alternative<wire::Part>(message));
    if (ends)
      cache_.hurry();
  } else if (auto* page = std::get_if<wire::Page>(&message)) {
    on_page(std::move(*page), now);
  } else if (const auto* receipt = std::get_if<wire::Receipt>(&message)) {
    for (const sync::MutationResult& result : receipt->results)
      take_answer(result, now);
  } else if (const auto* check = std::get_if<wire::Check>(&message)) {
    on_check(*check, now);
  } else if (const auto* keepalive = std::get_if<wire::Keepalive>(&message)) {
    on_keepalive(*keepalive, now);
  } else {
    return std::holds_alternative<wire::Pong>(message);
  }
  return true;
}

// --- snapshots ---

void ClientSession::on_begin(const wire::Begin& begin, TimeMs now) {
  if (model::find_collection(begin.collection) == nullptr)
    return;
  Place& place = places_[begin.collection];
  pause_snapshot(begin.collection, place);
  // Not emplace(): clang with libstdc++ holds a nested class to be unconstructible there.
  Place::Incoming incoming{begin, begin.from, 0, {}, {}};
  if (begin.from == 0) {
    place.paused.reset();
    replica_.begin_snapshot(begin.collection);
  } else if (place.paused && place.paused->begin.start == begin.start &&
             place.paused->begin.view == begin.view && place.paused->next_part == begin.from) {
    incoming.rows = place.paused->rows;
    place.paused.reset();
    replica_.resume_snapshot(begin.collection);
  } else {
    drop_snapshot(begin.collection, place);  // goes on behind something that is not here
    return resync(begin.collection, now);
  }
  place.incoming = std::move(incoming);
  preview(place);
}

void ClientSession::on_part(wire::Part part, TimeMs now) {
  const auto found = places_.find(part.collection);
  if (found == places_.end() || !found->second.incoming)
    return;
  Place::Incoming& incoming = *found->second.incoming;
  const std::uint16_t collection = part.collection;
  const bool in_order = part.index == incoming.next_part++;
  incoming.rows += part.rows.size();
  if (!in_order || !replica_.add_snapshot_rows(collection, std::move(part.rows)).ok()) {
    drop_snapshot(collection, found->second);
    resync(collection, now);
  }
}

void ClientSession::on_end(const wire::End& end, TimeMs now) {
  const auto found = places_.find(end.collection);
  if (found == places_.end() || !found->second.incoming)
    return;
  if (has_shown_after(found->second, end)) {
    found->second.incoming->end = end;
  } else {
    take_in(found->second, end, now);
  }
}

// Pages told newer rows than the snapshot has: it would take them back until the changes behind it
// are there.
bool ClientSession::has_shown_after(const Place& place, const wire::End& end) const {
  bool newer = false;
  if (place.paged) {
    replica_.base(end.collection).for_each([&](const model::Record& record) {
      newer = newer || record.version > end.target;
    });
  }
  return newer;
}

void ClientSession::take_in(Place& place, const wire::End& end, TimeMs now) {
  Place::Incoming incoming = std::move(*place.incoming);
  place.incoming.reset();
  const bool previewed = place.preview;
  if (incoming.end && is_live()) {
    for (Bytes& frame : subscriptions_.end(end.collection))  // asked since then
      emit(EffectKind::send, 0, {}, std::move(frame));
  }
  leave_pages(end.collection, place);  // the server ended its side too
  if (!restoring_)
    keep_records();
  const bool complete = incoming.next_part == incoming.begin.parts &&
                        replica_.end_snapshot(end.collection, end.target).ok();
  if (!complete || !agrees_as_told(replica_.base(end.collection), end.digest)) {
    if (!complete)
      replica_.cancel_snapshot(end.collection);
    if (previewed && !complete)
      replica_.forget_base(end.collection);
    place.valid = false;  // what is there now is nobody's state
    resync(end.collection, now);
    return;
  }
  trust(end.collection, place);
  // Stored bytes hold an older base of this collection too: worth writing anew.
  if (place.valid && !restoring_)
    compaction_wanted_ = true;
  place.valid = true;
  place.cursor = {end.collection, epoch_, incoming.begin.view, end.target};
  place.reached = end.target;
  pages_.set_ready(end.collection, true);
  for (const sync::Delta& section : incoming.waiting)
    apply_section(place, section, now);
  leave_overlay();
}

void ClientSession::on_cancel(const wire::Cancel& cancel) {
  if (cancel.code == ErrorCode::page_only)
    return begin_pages(cancel.collection);
  const auto found = places_.find(cancel.collection);
  if (found == places_.end())
    return;
  drop_snapshot(cancel.collection, found->second);
  if (cancel.code != ErrorCode::forbidden)
    return;
  // Access is gone: so is what was read with it. The queue stays.
  found->second.valid = false;
  leave_pages(cancel.collection, found->second);
  trust(cancel.collection, found->second);
  replica_.reset(cancel.collection);
  pages_.set_ready(cancel.collection, false);
  compaction_wanted_ = !restoring_;
}

void ClientSession::pause_incoming() {
  for (auto& [collection, place] : places_) {
    pause_snapshot(collection, place);
    place.repair.clear();
    place.live.reset();
  }
  leave_overlay();  // what was answered while one was loading
}

void ClientSession::pause_snapshot(std::uint16_t collection, Place& place) {
  if (!place.incoming)
    return;
  if (place.incoming->next_part == 0)
    return give_up_snapshot(collection, place);
  place.incoming->waiting.clear();
  place.incoming->end.reset();
  place.paused = std::move(place.incoming);
  place.incoming.reset();
  replica_.pause_snapshot(collection);
}

void ClientSession::drop_snapshot(std::uint16_t collection, Place& place) {
  if (!place.incoming && !place.paused)
    return;
  place.incoming.reset();
  place.paused.reset();
  replica_.cancel_snapshot(collection);
  if (place.preview) {
    leave_pages(collection, place);
    replica_.forget_base(collection);
  }
}

// Stored bytes do not tell where a link broke: read again, what follows this snapshot would wait
// for its end.
void ClientSession::give_up_snapshot(std::uint16_t collection, Place& place) {
  drop_snapshot(collection, place);
  if (!restoring_)
    cache_.add(wire::encode(wire::Cancel{collection, ErrorCode::none}), false);
}

// --- changes ---

void ClientSession::on_change(const wire::Change& change, TimeMs now) {
  for (const wire::AuthorName& author : change.new_authors)
    writer_.set_author(author);
  for (const sync::Delta& section : change.sections) {
    const auto found = places_.find(section.collection);
    if (found == places_.end())
      continue;
    Place& place = found->second;
    if (place.incoming) {
      if (place.incoming->waiting.size() < limits::kBufferedSections) {
        place.incoming->waiting.push_back(section);
      } else {
        drop_snapshot(section.collection, place);
        resync(section.collection, now);
      }
      continue;
    }
    apply_section(place, section, now);
  }
  for (auto& [collection, place] : places_) {
    if (place.incoming && place.incoming->end)
      take_in(place, wire::End(*place.incoming->end), now);
  }
  // Snapshots come before changes: one that has not gone on by now will not.
  for (auto& [collection, place] : places_) {
    if (place.paused)
      give_up_snapshot(collection, place);
  }
  advance(change.head);
}

void ClientSession::apply_section(Place& place, const sync::Delta& section, TimeMs now) {
  if (!place.valid || place.cursor.epoch != epoch_)
    return;  // its snapshot is on its way
  if (section.target <= place.cursor.sequence)
    return;  // known already
  if (section.base > place.cursor.sequence)
    return resync(section.collection, now);
  note_changes(section);
  drop_dead_rows(place);
  if (!replica_.apply(section).ok())
    return resync(section.collection, now);
  place.cursor.sequence = section.target;
  place.reached = std::max(place.reached, section.target);
  if (!section.rows.empty())
    as_of_ = std::max(as_of_, section.rows.back().time);
  if (!restoring_)
    last_change_at_ = now;
}

// Who changed what, for screens: only what others did while somebody may be looking.
void ClientSession::note_changes(const sync::Delta& section) {
  if (restoring_)
    return;
  const model::Table& base = replica_.base(section.collection);
  for (const sync::RowDelta& row : section.rows) {
    const model::Record* record = base.find_row(row.row);
    const RowKey key{section.collection, record != nullptr ? record->id : row.id};
    if (row.kind == sync::ChangeKind::remove) {
      writer_.note_removed(key, row.time, row.author);
    } else if (row.kind == sync::ChangeKind::update && own_sequences_.count(row.version) == 0) {
      for (const sync::FieldValue& field : row.fields) {
        writer_.note_foreign(key, field.field, row.time, row.author);
      }
    }
  }
}

void ClientSession::advance(Sequence head) {
  for (auto& [collection, place] : places_) {
    if (place.is_based() && !place.doubted)
      place.reached = std::max(place.reached, head);
  }
  leave_overlay();
}

void ClientSession::change_epoch(Epoch epoch) {
  if (epoch_ != 0 && !restoring_) {
    keep_records();
    cache_.replace();
    cached_facts_.clear();
  }
  for (auto& [collection, place] : places_) {
    place.valid = false;
    drop_snapshot(collection, place);
    place.repair.clear();
    place.live.reset();
    if (place.paged) {
      leave_pages(collection, place);
      replica_.reset(collection);  // what was known of the other epoch says nothing about this one
      pages_.set_ready(collection, false);
    }
  }
  subscriptions_.forget();
  own_sequences_.clear();
  head_ = 0;
  epoch_ = epoch;
}

// --- what is shown ---

void ClientSession::on_shown_changed(std::uint16_t collection, RecordId id,
                                     const model::Record* before, const model::Record* after) {
  pages_.shown_changed(collection, id, before, after);
  // The outbox tells what it can of records that are not there any more.
  if (after == nullptr && (!id || kept_.count({collection, id}) != 0))
    queue_changed_ = true;
  if (collection != model::kConflicts)
    return;
  std::vector<RowKey> touched;
  if (id) {
    touched = writer_.conflict_changed(before, after);
  } else {
    touched = writer_.forget_conflicts();
    replica_.for_each_shown(collection, [&](const model::Record& conflict) {
      const std::vector<RowKey> added = writer_.conflict_changed(nullptr, &conflict);
      touched.insert(touched.end(), added.begin(), added.end());
    });
  }
  for (const RowKey& key : touched)
    pages_.decoration_changed(key);
}

}  // namespace syncstore::session
