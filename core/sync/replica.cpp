#include "core/sync/replica.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "core/sync/intent.hpp"

namespace syncstore::sync {

using model::Record;

struct Replica::Part {
  struct Overlay {
    std::vector<std::uint64_t> entries;  // ascending
    std::optional<Record> shown;
  };

  explicit Part(const model::CollectionDef& definition)
      : collection(&definition), base(std::make_unique<model::Table>(definition)) {}

  const Record* shown(RecordId id) const {
    const auto place = overlay.find(id);
    if (place == overlay.end())
      return base->find(id);
    return place->second.shown ? &*place->second.shown : nullptr;
  }

  const model::CollectionDef* collection;
  std::unique_ptr<model::Table> base;
  std::unique_ptr<model::Table> building;  // a snapshot in progress
  Sequence position = 0;
  std::unordered_map<RecordId, Overlay, RecordIdHash> overlay;
  std::unordered_set<RecordId, RecordIdHash> noted;  // in touched_, once there are many
};

namespace {

// Up to so many touched records are looked through; beyond that a set answers.
constexpr std::size_t kScanned = 16;
constexpr std::size_t kTouchedKept = 64;

bool same_record(const Record& a, const Record& b) {
  return a.version == b.version && a.row == b.row && a.changed_at == b.changed_at &&
         a.changed_by == b.changed_by && a.values == b.values;
}

bool concerns(const Op& op, int field) {
  return field < 0 || op.kind == OpKind::insert || op.kind == OpKind::remove || op.field == field;
}

}  // namespace

Replica::Replica(std::vector<std::uint16_t> collections) {
  for (const std::uint16_t number : collections) {
    const model::CollectionDef* collection = model::find_collection(number);
    SS_ASSERT(collection != nullptr);
    parts_.emplace(number, std::make_unique<Part>(*collection));
  }
}

Replica::~Replica() = default;

// --- reading ---

Replica::Part* Replica::find_part(std::uint16_t collection) const {
  const auto place = parts_.find(collection);
  return place == parts_.end() ? nullptr : place->second.get();
}

const model::Table& Replica::base(std::uint16_t collection) const {
  const Part* part = find_part(collection);
  SS_ASSERT(part != nullptr);
  return *part->base;
}

bool Replica::has(std::uint16_t collection) const { return find_part(collection) != nullptr; }

Sequence Replica::position(std::uint16_t collection) const {
  const Part* part = find_part(collection);
  return part ? part->position : 0;
}

const Record* Replica::shown(std::uint16_t collection, RecordId id) const {
  const Part* part = find_part(collection);
  return part ? part->shown(id) : nullptr;
}

void Replica::for_each_shown(std::uint16_t collection,
                             const std::function<void(const Record&)>& visit) const {
  const Part* part = find_part(collection);
  if (part == nullptr)
    return;
  part->base->for_each([&](const Record& record) {
    const Record* shown = part->overlay.empty() ? &record : part->shown(record.id);
    if (shown != nullptr)
      visit(*shown);
  });
  std::vector<const Record*> inserts;
  for (const auto& [id, overlay] : part->overlay) {
    if (overlay.shown && part->base->find(id) == nullptr)
      inserts.push_back(&*overlay.shown);
  }
  std::sort(inserts.begin(), inserts.end(),
            [](const Record* a, const Record* b) { return a->id < b->id; });
  for (const Record* record : inserts)
    visit(*record);
}

std::size_t Replica::shown_size(std::uint16_t collection) const {
  const Part* part = find_part(collection);
  if (part == nullptr)
    return 0;
  std::size_t size = part->base->size();
  for (const auto& [id, overlay] : part->overlay) {
    const bool in_base = part->base->find(id) != nullptr;
    if (overlay.shown && !in_base)
      ++size;
    if (!overlay.shown && in_base)
      --size;
  }
  return size;
}

bool Replica::is_pending(std::uint16_t collection, RecordId id) const {
  const Part* part = find_part(collection);
  return part != nullptr && part->overlay.count(id) != 0;
}

std::vector<std::uint64_t> Replica::pending_entries(std::uint16_t collection, RecordId id,
                                                    int field) const {
  std::vector<std::uint64_t> numbers;
  const Part* part = find_part(collection);
  if (part == nullptr)
    return numbers;
  const auto place = part->overlay.find(id);
  if (place == part->overlay.end())
    return numbers;
  for (const std::uint64_t number : place->second.entries) {
    const std::vector<Op>& ops = pending_.at(number).mutation.ops;
    const bool on_it = std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
      return op.collection == collection && op.record == id && concerns(op, field);
    });
    if (on_it)
      numbers.push_back(number);
  }
  return numbers;
}

// --- one change: note what is shown, change, recompute, tell ---

bool Replica::is_noted(const Part& part, RecordId id) const {
  if (touched_count_ > kScanned)
    return part.noted.count(id) != 0;
  for (std::size_t i = 0; i < touched_count_; ++i) {
    if (touched_[i].id == id && touched_[i].collection == part.collection->number)
      return true;
  }
  return false;
}

void Replica::note(Part& part, RecordId id) {
  if (is_noted(part, id))
    return;
  if (touched_count_ == touched_.size())
    touched_.emplace_back();
  Touched& touched = touched_[touched_count_++];
  touched.collection = part.collection->number;
  touched.id = id;
  const Record* shown = listener_ ? part.shown(id) : nullptr;
  touched.was_shown = shown != nullptr;
  if (shown != nullptr)
    touched.before = *shown;
  if (touched_count_ == kScanned + 1) {
    for (const Touched& item : touched_)
      find_part(item.collection)->noted.insert(item.id);
  } else if (touched_count_ > kScanned) {
    part.noted.insert(id);
  }
}

void Replica::forget_noted() {
  if (touched_count_ > kScanned) {
    for (const auto& [collection, part] : parts_)
      part->noted.clear();
  }
  touched_count_ = 0;
  if (touched_.size() > kTouchedKept)
    touched_.resize(kTouchedKept);
}

void Replica::recompute(Part& part, RecordId id) {
  const auto place = part.overlay.find(id);
  if (place == part.overlay.end())
    return;
  Part::Overlay& overlay = place->second;
  if (overlay.entries.empty()) {
    part.overlay.erase(place);
    return;
  }
  const Record* base = part.base->find(id);
  overlay.shown.reset();
  if (base != nullptr)
    overlay.shown = *base;
  for (const std::uint64_t number : overlay.entries) {
    for (const Op& op : pending_.at(number).mutation.ops) {
      if (op.collection == part.collection->number && op.record == id) {
        apply_intent(*part.collection, overlay.shown, op);
      }
    }
  }
}

void Replica::recompute_all(Part& part) {
  std::vector<RecordId> ids;
  ids.reserve(part.overlay.size());
  for (const auto& [id, overlay] : part.overlay)
    ids.push_back(id);
  for (const RecordId id : ids)
    recompute(part, id);
}

void Replica::finish() {
  for (std::size_t i = 0; i < touched_count_; ++i) {
    recompute(*find_part(touched_[i].collection), touched_[i].id);
  }
  for (std::size_t i = 0; listener_ && i < touched_count_; ++i) {
    const Touched& item = touched_[i];
    const Record* before = item.was_shown ? &item.before : nullptr;
    const Record* after = shown(item.collection, item.id);
    if (before == nullptr && after == nullptr)
      continue;
    if (before != nullptr && after != nullptr && same_record(*before, *after))
      continue;
    listener_(item.collection, item.id, before, after);
  }
  forget_noted();
}

void Replica::tell_all(std::uint16_t collection) {
  if (listener_)
    listener_(collection, RecordId{}, nullptr, nullptr);
}

// --- base ---

void Replica::begin_snapshot(std::uint16_t collection) {
  if (Part* part = find_part(collection))
    part->building = std::make_unique<model::Table>(*part->collection);
}

Status Replica::add_snapshot_rows(std::uint16_t collection, std::vector<Record> rows) {
  Part* part = find_part(collection);
  if (part == nullptr || !part->building)
    return fail(ErrorCode::wrong_state, "No snapshot is being loaded.");
  for (Record& record : rows) {
    const Record* in_row = part->building->find_row(record.row);
    if (!record.id || record.row == 0 || record.values.size() != part->collection->fields.size() ||
        (in_row != nullptr && in_row->id != record.id)) {
      return fail(ErrorCode::corrupt,
                  "A snapshot's row " + std::to_string(record.row) + " cannot be placed.");
    }
    part->building->put(std::move(record));
  }
  return {};
}

Status Replica::end_snapshot(std::uint16_t collection, Sequence sequence) {
  Part* part = find_part(collection);
  if (part == nullptr || !part->building)
    return fail(ErrorCode::wrong_state, "No snapshot is being loaded.");
  part->base = std::move(part->building);
  part->base->set_last_sequence(sequence);
  part->position = sequence;
  leave(*part);
  forget_noted();
  recompute_all(*part);
  tell_all(collection);
  return {};
}

void Replica::cancel_snapshot(std::uint16_t collection) {
  if (Part* part = find_part(collection))
    part->building.reset();
}

bool Replica::is_loading(std::uint16_t collection) const {
  const Part* part = find_part(collection);
  return part != nullptr && part->building != nullptr;
}

void Replica::reset(std::uint16_t collection) {
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
  part->building.reset();
  part->base = std::make_unique<model::Table>(*part->collection);
  part->position = 0;
  recompute_all(*part);
  tell_all(collection);
}

Status Replica::apply_section(const Delta& delta) {
  Part* part = find_part(delta.collection);
  if (part == nullptr)
    return {};  // not replicated here
  if (part->building)
    return apply_delta(*part->building, delta);
  const Status status =
      apply_delta(*part->base, delta, [&](RecordId id, const Record*) { note(*part, id); });
  if (status.ok()) {
    part->position = std::max(part->position, delta.target);
    leave(*part);
  }
  return status;
}

Status Replica::apply(const std::vector<Delta>& sections, Sequence head) {
  Status first;
  for (const Delta& section : sections) {
    Status status = apply_section(section);
    if (!status.ok() && first.ok())
      first = std::move(status);
  }
  if (first.ok()) {
    for (const auto& [number, part] : parts_) {
      if (part->building)
        continue;
      part->position = std::max(part->position, head);
      leave(*part);
    }
  }
  finish();
  return first;
}

Status Replica::apply(const Delta& delta) {
  Status status = apply_section(delta);
  finish();
  return status;
}

void Replica::reach(Sequence head) { static_cast<void>(apply(std::vector<Delta>{}, head)); }

// --- overlay ---

void Replica::detach(std::uint64_t number, const Mutation& mutation, Part& part) {
  for (const Op& op : mutation.ops) {
    if (op.collection != part.collection->number)
      continue;
    const auto place = part.overlay.find(op.record);
    if (place == part.overlay.end())
      continue;
    std::vector<std::uint64_t>& entries = place->second.entries;
    const auto entry = std::lower_bound(entries.begin(), entries.end(), number);
    if (entry == entries.end() || *entry != number)
      continue;
    note(part, op.record);
    entries.erase(entry);
  }
}

void Replica::leave(Part& part) {
  if (answered_.empty())
    return;
  const std::uint16_t collection = part.collection->number;
  std::vector<std::uint64_t> gone;
  for (const std::uint64_t number : answered_) {
    Pending& pending = pending_.at(number);
    if (*pending.answered > part.position || part.building)
      continue;
    detach(number, pending.mutation, part);
    pending.waiting_in.erase(collection);
    if (pending.waiting_in.empty())
      gone.push_back(number);
  }
  for (const std::uint64_t number : gone) {
    answered_.erase(number);
    pending_.erase(number);
  }
}

void Replica::add_pending(std::uint64_t entry_number, const Mutation& mutation) {
  if (const auto known = pending_.find(entry_number); known != pending_.end()) {
    for (const auto& [collection, part] : parts_)
      detach(entry_number, known->second.mutation, *part);
  }
  Pending& pending = pending_[entry_number];
  pending.mutation = mutation;
  pending.answered.reset();
  pending.waiting_in.clear();
  answered_.erase(entry_number);
  for (const Op& op : mutation.ops) {
    Part* part = find_part(op.collection);
    if (part == nullptr)
      continue;
    pending.waiting_in.insert(op.collection);
    note(*part, op.record);
    std::vector<std::uint64_t>& entries = part->overlay[op.record].entries;
    const auto place = std::lower_bound(entries.begin(), entries.end(), entry_number);
    if (place == entries.end() || *place != entry_number)
      entries.insert(place, entry_number);
  }
  finish();
}

void Replica::remove_pending(std::uint64_t entry_number) {
  const auto known = pending_.find(entry_number);
  if (known == pending_.end())
    return;
  for (const auto& [collection, part] : parts_)
    detach(entry_number, known->second.mutation, *part);
  answered_.erase(entry_number);
  pending_.erase(known);
  finish();
}

void Replica::acknowledge(std::uint64_t entry_number, Sequence sequence) {
  const auto known = pending_.find(entry_number);
  if (known == pending_.end())
    return;
  if (sequence == 0 || known->second.waiting_in.empty())
    return remove_pending(entry_number);
  known->second.answered = sequence;
  answered_.insert(entry_number);
  for (const auto& [collection, part] : parts_)
    leave(*part);
  finish();
}

void follow_queue(Replica& replica, OfflineQueue& queue) {
  for (const std::uint64_t number : queue.take_changed()) {
    const QueueEntry* entry = queue.find(number);
    if (entry == nullptr || entry->state == EntryState::parked) {
      replica.remove_pending(number);
      continue;
    }
    replica.add_pending(number, entry->mutation);
    if (entry->state == EntryState::acked)
      replica.acknowledge(number, entry->result.sequence);
  }
}

}  // namespace syncstore::sync
