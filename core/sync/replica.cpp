#include "core/sync/replica.hpp"

#include <algorithm>

#include "core/sync/replica_part.hpp"

namespace syncstore::sync {

using model::Record;

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
  for (const Record* record : pending_inserts(collection))
    visit(*record);
}

std::vector<const Record*> Replica::pending_inserts(std::uint16_t collection) const {
  std::vector<const Record*> inserts;
  const Part* part = find_part(collection);
  if (part == nullptr)
    return inserts;
  for (const auto& [id, overlay] : part->overlay) {
    if (overlay.shown && part->base->find(id) == nullptr)
      inserts.push_back(&*overlay.shown);
  }
  std::sort(inserts.begin(), inserts.end(),
            [](const Record* a, const Record* b) { return a->id < b->id; });
  return inserts;
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
    // Only what this change touched: behind it stand records of former ones.
    for (std::size_t i = 0; i < touched_count_; ++i)
      find_part(touched_[i].collection)->noted.insert(touched_[i].id);
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
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
  part->paused.reset();
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
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
  part->building.reset();
  part->paused.reset();
}

void Replica::pause_snapshot(std::uint16_t collection) {
  if (Part* part = find_part(collection))
    part->paused = std::move(part->building);
}

void Replica::resume_snapshot(std::uint16_t collection) {
  if (Part* part = find_part(collection))
    part->building = std::move(part->paused);
}

Status Replica::replace_blocks(std::uint16_t collection, const std::vector<std::uint32_t>& blocks,
                               std::vector<Record> rows, Sequence sequence) {
  Part* part = find_part(collection);
  if (part == nullptr || part->building)
    return fail(ErrorCode::wrong_state, "Nothing to repair.");
  model::Table& base = *part->base;
  const auto drop = [&](const Record& record) {
    const RecordId id = record.id;
    note(*part, id);
    base.erase(id);
  };
  for (const std::uint32_t block : blocks)
    base.for_each_in_block(block, drop);
  Status status;
  for (Record& record : rows) {
    const auto block = static_cast<std::uint32_t>(record.row / limits::kBlockRows);
    if (!record.id || record.row == 0 || base.find(record.id) != nullptr ||
        base.find_row(record.row) != nullptr ||
        !std::binary_search(blocks.begin(), blocks.end(), block)) {
      status = fail(ErrorCode::corrupt,
                    "A repaired row " + std::to_string(record.row) + " cannot be placed.");
      break;
    }
    note(*part, record.id);
    base.put(std::move(record));
  }
  if (status.ok()) {
    base.set_last_sequence(sequence);
    part->position = std::max(part->position, sequence);
    leave(*part);
  }
  finish();
  return status;
}

void Replica::keep_rows(std::uint16_t collection, const std::function<bool(RowNumber)>& lives) {
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
  std::vector<RecordId> gone;
  part->base->for_each([&](const Record& record) {
    if (!lives(record.row))
      gone.push_back(record.id);
  });
  for (const RecordId id : gone) {
    note(*part, id);
    part->base->erase(id);
  }
  finish();
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
  part->paused.reset();
  forget_base(collection);
}

void Replica::forget_base(std::uint16_t collection) {
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
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

}  // namespace syncstore::sync
