// What the browser keeps of a store: received bytes, and the records that waiting edits need.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"

namespace syncstore::session {
namespace {

constexpr std::size_t kOwnSequences =
    4'096;  // enough for every edit whose frame may still be on its way
// Answered edits that wait for a base which cannot be stored: a person's work of hours.
constexpr std::size_t kAnsweredKept = 1'000;

}  // namespace

// Stored bytes begin with a welcome that names epoch, role and authors; it is stored again when
// they change.
void ClientSession::cache_welcome(TimeMs) {
  wire::Welcome facts;
  facts.epoch = epoch_;
  facts.user = config_.user;
  facts.user_name = user_name_;
  facts.role = role_;
  facts.store = config_.store;
  for (const auto& [number, author] : writer_.authors())
    facts.authors.push_back(author);
  Bytes same = wire::encode(facts);
  if (same == cached_facts_)
    return;
  cached_facts_ = std::move(same);
  facts.head = head_;
  facts.head_hash = head_hash_;
  facts.now = as_of_;
  cache_.add(wire::encode(facts), true);
}

void ClientSession::restore_cache(std::string_view piece) {
  if (cache_damaged_)
    return;
  restoring_ = true;
  from_cache_ = true;
  cache_.restored(piece.size());
  restore_rest_ += piece;
  std::size_t used = 0;
  for (;;) {
    ByteReader in(std::string_view(restore_rest_).substr(used));
    const std::string_view frame = in.text(limits::kFrameOutputBytes);
    const std::uint64_t seal = in.u64();
    if (!in.ok())
      break;  // the rest of it is in the next piece
    used += in.position();
    // Whatever was flipped, cut out or put elsewhere breaks the chain there.
    if (!cache_.follows(frame, seal) || !restore_frame(frame)) {
      cache_damaged_ = true;
      break;
    }
  }
  restore_rest_.erase(0, used);
  restoring_ = false;
}

bool ClientSession::restore_frame(std::string_view frame) {
  auto message = wire::decode_down(frame);
  if (!message.ok())
    return false;
  if (const auto* welcome = std::get_if<wire::Welcome>(&*message)) {
    if (welcome->user != config_.user || welcome->store != config_.store)
      return false;
    if (welcome->epoch != epoch_)
      change_epoch(welcome->epoch);
    head_ = welcome->head;
    head_hash_ = welcome->head_hash;
    role_ = welcome->role;
    user_name_ = welcome->user_name;
    as_of_ = std::max(as_of_, welcome->now);
    for (const wire::AuthorName& author : welcome->authors)
      writer_.set_author(author);
  } else {
    take_data(*message, 0);
  }
  return true;
}

// Nothing while a collection that this user reads is missing: what it has to show is stored
// nowhere.
Sequence ClientSession::stored_through() const {
  if (!caught_up())
    return 0;
  Sequence through = 0;
  bool first = true;
  for (const auto& [collection, place] : places_) {
    if (!place.paged && (!place.valid || place.cursor.epoch != epoch_))
      continue;
    through = first ? place.reached : std::min(through, place.reached);
    first = false;
  }
  return through;
}

// The base as one snapshot in place of all that was stored.
void ClientSession::compact() {
  compaction_wanted_ = false;
  cached_facts_.clear();
  cache_.replace();
  cache_welcome(0);
  for (auto& entry : places_) {
    const std::uint16_t collection = entry.first;
    Place& place = entry.second;
    if (place.paused)
      drop_snapshot(collection, place);  // its stored parts go
    if (place.paged)
      compact_known(collection);
    if (!place.valid || place.cursor.epoch != epoch_)
      continue;
    const model::Table& base = replica_.base(collection);
    std::vector<wire::Part> parts;
    std::size_t bytes = 0;
    base.for_each([&](const model::Record& record) {
      const std::size_t own = wire::approximate_row_bytes(record);
      if (parts.empty() || parts.back().rows.size() >= limits::kSnapshotPartRows ||
          bytes + own > limits::kPartOutputBytes / 2) {
        wire::Part part;
        part.collection = collection;
        part.index = static_cast<std::uint32_t>(parts.size());
        parts.push_back(std::move(part));
        bytes = 0;
      }
      bytes += own;
      parts.back().rows.push_back(record);
    });
    wire::Begin begin;
    begin.collection = collection;
    // What a newer server said of fields that this build does not know is not in the base: a later
    // build must not take these bytes for all of it.
    const bool whole = place.cursor.view == wire::view_number(collection, role_);
    begin.view = whole ? place.cursor.view : 0;
    begin.start = place.cursor.sequence;
    begin.rows = base.size();
    begin.parts = static_cast<std::uint32_t>(parts.size());
    cache_.add(wire::encode(begin), true);
    for (const wire::Part& part : parts)
      cache_.add(wire::encode(part), true);
    cache_.add(wire::encode(wire::End{collection, place.cursor.sequence, base.digest()}), true);
  }
  cache_.add(wire::encode_change(stored_through(), {}, {}), true);
}

void ClientSession::cache_written(std::uint64_t write, bool ok, TimeMs now) {
  Epoch epoch = 0;
  Sequence sequence = 0;
  // Until the server names its epoch nothing is known of what the answers stand for: what is stored
  // here may be older than those of another one. Where nothing can be stored, answered edits do not
  // fill the queue: the next start fetches what they said.
  if (cache_.written(write, ok, now, epoch, sequence) && epoch == epoch_ && epoch_heard_ &&
      (ok || queue_.entries().size() - queue_.counts().waiting > kAnsweredKept))
    queue_.settle(epoch, sequence);
  while (own_sequences_.size() > kOwnSequences)
    own_sequences_.erase(own_sequences_.begin());
  finish(now);
}

// Edits of records that the server may not know any more must stay readable and repeatable: another
// epoch, or one that went back without taking a new one.
void ClientSession::keep_records() {
  std::map<RowKey, model::Record> kept;
  for (const sync::QueueEntry& entry : queue_.entries()) {
    if (entry.state == sync::EntryState::acked)
      continue;
    for (const sync::Op& op : entry.mutation.ops) {
      if (!replica_.has(op.collection))
        continue;
      const RowKey key{op.collection, op.record};
      if (const model::Record* record = replica_.base(op.collection).find(op.record)) {
        kept[key] = *record;
      } else if (const auto known = kept_.find(key); known != kept_.end()) {
        kept[key] = known->second;
      }
    }
  }
  if (kept.empty() && kept_.empty())
    return;
  kept_ = std::move(kept);
  ByteWriter out;
  out.varint(kept_.size());
  for (const auto& [key, record] : kept_) {
    out.varint(key.collection);
    out.u64(key.id.value);
    model::write_fields(out, *model::find_collection(key.collection), record.values);
  }
  emit(EffectKind::write_kept, 0, {}, out.take());
}

void ClientSession::restore_kept(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t count = in.varint_max(limits::kQueueEntries);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto number = static_cast<std::uint16_t>(in.varint_max(UINT16_MAX));
    const model::CollectionDef* collection = model::find_collection(number);
    if (collection == nullptr)
      return;
    model::Record record;
    record.id = RecordId{in.u64()};
    record.values = model::read_fields(in, *collection);
    if (in.ok())
      kept_[{number, record.id}] = std::move(record);
  }
}

}  // namespace syncstore::session
