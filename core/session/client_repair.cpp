// A base that differs from the server's: found by digests, mended by what differs, or fetched anew.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/session/told_digest.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {

void ClientSession::on_check(const wire::Check& check, TimeMs now) {
  for (const wire::Check::Entry& entry : check.entries) {
    const auto found = places_.find(entry.collection);
    if (found == places_.end() || !found->second.valid || found->second.incoming)
      continue;
    if (found->second.cursor.sequence != entry.sequence)
      continue;  // of another moment
    if (!agrees_as_told(replica_.base(entry.collection), entry.digest))
      resync(entry.collection, now);
  }
}

// A base that cannot be trusted is mended, or else fetched anew; it stays on screen until then.
void ClientSession::resync(std::uint16_t collection, TimeMs now) {
  Place& place = places_[collection];
  place.doubted = true;
  if (restoring_)
    return;  // its repair may be stored too
  if (!is_live())
    place.valid = false;  // a hello without this cursor asks for it
  if (place.resync_at != 0 && now - place.resync_at < limits::kResyncMs) {
    to_resync_.insert(collection);
    return;
  }
  place.resync_at = now;
  if (!place.compared)
    ++resyncs_;
  if (!is_live())
    return;
  if (place.valid && !place.compared) {
    wire::Ranges ranges{collection, place.cursor.view, place.cursor.sequence,
                        replica_.base(collection).block_sums()};
    place.compared = true;
    if (ranges.blocks.size() <= limits::kRangeBlocks) {
      to_resync_.insert(collection);  // a server that says nothing does not know the question
      emit(EffectKind::send, 0, {}, wire::encode(ranges));
      return;
    }
  }
  place.valid = false;
  wire::Subscribe subscribe;
  subscribe.subscription = collection;
  subscribe.collection = collection;
  emit(EffectKind::send, 0, {}, wire::encode(subscribe));
}

void ClientSession::refresh(TimeMs now) {
  for (auto& [collection, place] : places_) {
    if (place.paged) {
      subscriptions_.doubt();
      ask_pages_ = true;
    }
    if (!place.valid && !place.incoming)
      continue;
    place.resync_at = 0;
    place.compared = true;  // all of it
    resync(collection, now);
  }
  if (!is_live())
    step(ConnectionEvent::retry_now, now);
  finish(now);
}

void ClientSession::on_repair(wire::Repair repair, TimeMs now) {
  const std::uint16_t collection = repair.collection;
  const auto found = places_.find(collection);
  if (found == places_.end() || !found->second.valid || found->second.incoming)
    return;
  Place& place = found->second;
  const bool more = repair.more;
  place.repair.push_back(std::move(repair));
  if (more && place.repair.size() < limits::kSnapshotParts)
    return;
  const std::vector<wire::Repair> frames = std::move(place.repair);
  place.repair.clear();
  const wire::Repair& last = frames.back();
  std::vector<std::uint32_t> blocks;
  std::vector<model::Record> rows;
  for (const wire::Repair& frame : frames) {
    blocks.insert(blocks.end(), frame.blocks.begin(), frame.blocks.end());
    rows.insert(rows.end(), frame.rows.begin(), frame.rows.end());
  }
  const std::size_t count = rows.size();
  if (!restoring_)
    keep_records();
  const bool mended =
      !more && last.view == place.cursor.view && last.target >= place.cursor.sequence &&
      replica_.replace_blocks(collection, blocks, std::move(rows), last.target).ok() &&
      agrees_as_told(replica_.base(collection), last.digest);
  if (!mended) {
    place.resync_at = 0;
    return resync(collection, now);
  }
  place.cursor.sequence = last.target;
  place.reached = std::max(place.reached, last.target);
  trust(collection, place);
  ++repairs_;
  repaired_rows_ += count;
  leave_overlay();
}

// The base is the server's state at its cursor.
void ClientSession::trust(std::uint16_t collection, Place& place) {
  place.doubted = place.compared = false;
  to_resync_.erase(collection);
}

bool ClientSession::is_doubted() const {
  return std::any_of(places_.begin(), places_.end(),
                     [](const auto& entry) { return entry.second.valid && entry.second.doubted; });
}

// Removals that the server does not remember one by one any more. Newer rows follow: with them it
// is the server's state, and not before.
void ClientSession::on_live(wire::Live live) {
  const auto found = places_.find(live.collection);
  if (found != places_.end())
    found->second.live = std::move(live);
}

void ClientSession::drop_dead_rows(Place& place) {
  if (!place.live)
    return;
  const wire::Live live = std::move(*place.live);
  place.live.reset();
  if (place.cursor.view == live.view && place.cursor.sequence <= live.sequence)
    replica_.keep_rows(live.collection, [&](RowNumber row) { return live.contains(row); });
}

}  // namespace syncstore::session
