// The overlay of a replica: pending entries come, are answered and leave.
#include <algorithm>

#include "core/sync/intent.hpp"
#include "core/sync/replica_part.hpp"

namespace syncstore::sync {

void Replica::recompute(Part& part, RecordId id) {
  const auto place = part.overlay.find(id);
  if (place == part.overlay.end())
    return;
  Part::Overlay& overlay = place->second;
  if (overlay.entries.empty()) {
    part.overlay.erase(place);
    return;
  }
  const model::Record* base = part.base->find(id);
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

// --- a base of single records ---

void Replica::put_known(std::uint16_t collection, std::vector<model::Record> rows) {
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
  for (model::Record& record : rows) {
    if (!record.id || record.values.size() != part->collection->fields.size())
      continue;
    // A number never goes to another record: the one that was known before is of a history that the
    // server lost.
    const model::Record* in_row = part->base->find_row(record.row);
    if (in_row != nullptr && in_row->id != record.id) {
      const RecordId lost = in_row->id;
      note(*part, lost);
      part->base->erase(lost);
    }
    note(*part, record.id);
    part->base->put(std::move(record));
  }
  finish();
}

void Replica::forget_known(std::uint16_t collection, const std::vector<RecordId>& ids) {
  Part* part = find_part(collection);
  if (part == nullptr)
    return;
  for (const RecordId id : ids) {
    note(*part, id);
    part->base->erase(id);
  }
  finish();
}

std::vector<RecordId> Replica::fold_answered(std::uint16_t collection, const Mutation& mutation,
                                             const MutationResult& result,
                                             const std::function<bool(RecordId)>& is_told) {
  std::vector<RecordId> folded;
  Part* part = find_part(collection);
  if (part == nullptr)
    return folded;
  const auto is_of = [&](std::size_t i, RecordId id) {
    const Op& op = mutation.ops[i];
    if (op.collection != collection || op.record != id || i >= result.ops.size())
      return false;
    // An amount that the server found nothing to do for says nothing of the number there.
    const bool is_amount = op.field < part->collection->fields.size() &&
                           part->collection->fields[op.field].policy == model::MergePolicy::counter;
    return result.ops[i].status == OpStatus::applied ||
           (result.ops[i].status == OpStatus::already &&
            !(is_amount && (op.kind == OpKind::add || op.kind == OpKind::set)));
  };
  for (std::size_t first = 0; first < mutation.ops.size(); ++first) {
    const RecordId id = mutation.ops[first].record;
    if (!is_of(first, id) || is_told(id) ||
        std::find(folded.begin(), folded.end(), id) != folded.end())
      continue;
    const model::Record* known = part->base->find(id);
    if (known != nullptr && result.sequence != 0 && known->version >= result.sequence)
      continue;
    std::optional<model::Record> record;
    if (known != nullptr)
      record = *known;
    for (std::size_t i = first; i < mutation.ops.size(); ++i) {
      if (!is_of(i, id))
        continue;
      apply_intent(*part->collection, record, mutation.ops[i]);
      // What the server found done already it did not change: its version is an older one.
      if (record && result.ops[i].status == OpStatus::applied)
        record->version = result.sequence;
    }
    if (!record && known == nullptr)
      continue;
    note(*part, id);
    folded.push_back(id);
    if (record) {
      part->base->put(std::move(*record));
    } else {
      part->base->erase(id);
    }
  }
  finish();
  return folded;
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
