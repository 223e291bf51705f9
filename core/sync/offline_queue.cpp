#include "core/sync/offline_queue.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "core/sync/queue_fold.hpp"

namespace syncstore::sync {
namespace {

// Each once, in order.
std::vector<std::uint64_t> taken(std::vector<std::uint64_t>& numbers) {
  std::vector<std::uint64_t> all = std::move(numbers);
  numbers.clear();
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool is_whole(const Op& op) { return op.kind == OpKind::insert || op.kind == OpKind::remove; }

}  // namespace

// --- finding and indexing ---

QueueEntry* OfflineQueue::find_entry(std::uint64_t number) {
  const auto place = by_number_.find(number);
  return place == by_number_.end() ? nullptr : &*place->second;
}

const QueueEntry* OfflineQueue::find(std::uint64_t number) const {
  return const_cast<OfflineQueue*>(this)->find_entry(number);
}

const QueueEntry* OfflineQueue::find(const MutationId& id) const {
  const auto place = by_id_.find(id);
  return place == by_id_.end() ? nullptr : find(place->second);
}

const std::vector<std::uint64_t>& OfflineQueue::entries_of(std::uint16_t collection,
                                                           RecordId record) const {
  static const std::vector<std::uint64_t> none;
  const auto place = by_record_.find(RecordKey{collection, record});
  return place == by_record_.end() ? none : place->second;
}

void OfflineQueue::index(const QueueEntry& entry, bool add) {
  for (const Op& op : entry.mutation.ops) {
    std::vector<std::uint64_t>& numbers = by_record_[RecordKey{op.collection, op.record}];
    const auto place = std::lower_bound(numbers.begin(), numbers.end(), entry.number);
    const bool there = place != numbers.end() && *place == entry.number;
    if (add && !there)
      numbers.insert(place, entry.number);
    if (!add && there)
      numbers.erase(place);
    if (numbers.empty())
      by_record_.erase(RecordKey{op.collection, op.record});
    if (!is_whole(op))
      continue;
    Numbers& whole = whole_[op.record.value];
    if (add) {
      whole.insert(entry.number);
    } else {
      whole.erase(entry.number);
    }
    if (whole.empty())
      whole_.erase(op.record.value);
  }
}

void OfflineQueue::set_state(QueueEntry& entry, EntryState state) {
  in_state_[static_cast<std::size_t>(entry.state)].erase(entry.number);
  entry.state = state;
  in_state_[static_cast<std::size_t>(state)].insert(entry.number);
}

void OfflineQueue::dirty(QueueEntry& entry) {
  if (!std::exchange(entry.dirty, true))
    dirty_.push_back(entry.number);
}

std::vector<std::uint64_t> OfflineQueue::take_erased() { return taken(erased_); }
std::vector<std::uint64_t> OfflineQueue::take_changed() { return taken(changed_); }

std::vector<std::uint64_t> OfflineQueue::take_dirty() {
  std::vector<std::uint64_t> numbers = taken(dirty_);
  const auto is_gone = [this](std::uint64_t number) { return find(number) == nullptr; };
  numbers.erase(std::remove_if(numbers.begin(), numbers.end(), is_gone), numbers.end());
  for (const std::uint64_t number : numbers) {
    QueueEntry& entry = *find_entry(number);
    ++entry.writes;
    entry.dirty = false;
  }
  return numbers;
}

bool OfflineQueue::fits(std::size_t bytes) const { return bytes_ + bytes <= limits::kQueueBytes; }

std::uint64_t OfflineQueue::push(QueueEntry entry) {
  if (entry.number == 0)
    entry.number = next_number_;
  next_number_ = std::max(next_number_, entry.number + 1);
  bytes_ += entry.bytes;
  by_id_.emplace(entry.mutation.id, entry.number);
  for (const MutationId& id : entry.replaced)
    by_id_.emplace(id, entry.number);
  index(entry, true);
  changed(entry.number);
  in_state_[static_cast<std::size_t>(entry.state)].insert(entry.number);
  entries_.push_back(std::move(entry));
  by_number_.emplace(entries_.back().number, std::prev(entries_.end()));
  offer(entries_.back());
  return entries_.back().number;
}

// The parked part of a split entry shares its id with the acked part.
void OfflineQueue::forget(const MutationId& id, std::uint64_t number) {
  const auto held = by_id_.find(id);
  if (held != by_id_.end() && held->second == number)
    by_id_.erase(held);
}

void OfflineQueue::erase(std::uint64_t number) {
  const auto known = by_number_.find(number);
  SS_ASSERT(known != by_number_.end());
  const auto place = known->second;
  index(*place, false);
  bytes_ -= place->bytes;
  forget(place->mutation.id, number);
  for (const MutationId& id : place->replaced)
    forget(id, number);
  in_state_[static_cast<std::size_t>(place->state)].erase(number);
  ready_.erase(number);
  const Mutation gone = std::move(place->mutation);
  const bool held_lanes = is_unanswered(*place);
  entries_.erase(place);
  by_number_.erase(known);
  if (held_lanes)
    release(gone);
  erased_.push_back(number);
  changed(number);
}

void OfflineQueue::replace_mutation(QueueEntry& entry, Mutation mutation) {
  index(entry, false);
  bytes_ -= entry.bytes;
  const Mutation before = std::exchange(entry.mutation, std::move(mutation));
  entry.bytes = mutation_bytes(entry.mutation);
  bytes_ += entry.bytes;
  entry.durable = entry.unstored = false;
  index(entry, true);
  release(before);
  dirty(entry);
  changed(entry.number);
}

void OfflineQueue::keep_stored(QueueEntry& entry) {
  if (entry.durable)
    entry.stored = std::make_shared<const QueueEntry>(entry);
}

// Whoever posts one of these again is told that the entry has it.
void OfflineQueue::keep_ids(QueueEntry& entry, const std::vector<MutationId>& absorbed) {
  for (const MutationId& id : absorbed) {
    entry.replaced.push_back(id);
    by_id_.emplace(id, entry.number);
  }
  while (entry.replaced.size() > limits::kQueueReplacedIds) {
    by_id_.erase(entry.replaced.front());
    entry.replaced.erase(entry.replaced.begin());
  }
}

void OfflineQueue::rename(QueueEntry& entry, const MutationId& absorbed, const MutationId& id) {
  keep_ids(entry, {entry.mutation.id, absorbed});
  entry.mutation.id = id;
  by_id_.emplace(id, entry.number);
}

// --- edits come in ---

QueueEntry* OfflineQueue::squash_target(const Mutation& mutation) {
  if (!is_plain_edit(mutation))
    return nullptr;
  // The last unanswered entry of every record it touches must be the same one, or lie before it.
  QueueEntry* target = nullptr;
  for (const Op& op : mutation.ops) {
    const std::vector<std::uint64_t>& numbers = entries_of(op.collection, op.record);
    for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
      QueueEntry* entry = find_entry(*number);
      if (!is_unanswered(*entry))
        continue;
      if (target == nullptr || entry->number > target->number)
        target = entry;
      break;
    }
  }
  return target != nullptr && is_unsent(*target) ? target : nullptr;
}

QueueEntry* OfflineQueue::parked_insert(const Mutation& mutation) {
  const Op& first = mutation.ops.front();
  if (!is_edit_of(mutation, first.collection, first.record))
    return nullptr;
  const auto whole = whole_.find(first.record.value);
  if (whole == whole_.end())
    return nullptr;
  for (const std::uint64_t number : whole->second) {
    QueueEntry* entry = find_entry(number);
    if (entry->state == EntryState::parked &&
        has_insert(entry->mutation, first.collection, first.record))
      return entry;
  }
  return nullptr;
}

Result<std::uint64_t> OfflineQueue::add(Mutation mutation, TimeMs now,
                                        const std::function<MutationId()>& new_id) {
  if (mutation.ops.empty())
    return fail(ErrorCode::invalid, "An edit without operations.");
  if (const QueueEntry* known = find(mutation.id))
    return known->number;
  const std::size_t bytes = mutation_bytes(mutation);
  if (!fits(bytes))
    return fail(ErrorCode::queue_full,
                "Too many changes wait in this browser. Send or export them first.");

  if (QueueEntry* parked = parked_insert(mutation)) {
    Mutation folded = parked->mutation;
    fold_into_insert(folded, mutation);
    keep_stored(*parked);
    replace_mutation(*parked, std::move(folded));
    rename(*parked, mutation.id, new_id());
    return parked->number;
  }
  if (QueueEntry* target = squash_target(mutation)) {
    Mutation folded = target->mutation;
    if (fold_sets(folded, mutation)) {
      keep_stored(*target);
      replace_mutation(*target, std::move(folded));
      rename(*target, mutation.id, new_id());
      target->made_at = now;
      return target->number;
    }
  }
  if (entries_.size() >= limits::kQueueEntries) {
    return fail(ErrorCode::queue_full,
                "Too many changes wait in this browser. Send or export them first.");
  }
  QueueEntry entry;
  entry.made_at = now;
  entry.mutation = std::move(mutation);
  entry.bytes = bytes;
  const std::uint64_t number = push(std::move(entry));
  dirty(*find_entry(number));
  return number;
}

void OfflineQueue::restore(QueueEntry entry) {
  if (entry.number == 0 || (!entries_.empty() && entry.number <= entries_.back().number))
    return;
  entry.durable = true;
  entry.writes = 0;
  entry.bytes = mutation_bytes(entry.mutation);
  // What became part of another entry, which is stored while its own end found no room.
  const QueueEntry* part_of = find(entry.mutation.id);
  if (part_of != nullptr && part_of->mutation.id != entry.mutation.id && is_unsent(entry)) {
    next_number_ = entry.number + 1;
    erased_.push_back(entry.number);
    return;
  }
  for (const MutationId& id : entry.replaced) {
    const QueueEntry* part = find(id);
    if (part != nullptr && part->mutation.id == id && is_unsent(*part))
      erase(part->number);
  }
  push(std::move(entry));
}

void OfflineQueue::mark_durable(std::uint64_t number) {
  QueueEntry* entry = find_entry(number);
  if (entry == nullptr)
    return;
  const bool was_handed_out = entry->writes > 0;
  if (was_handed_out)
    --entry->writes;
  if (entry->writes > 0 || (was_handed_out && entry->dirty))
    return;
  entry->durable = true;
  entry->unstored = false;
  entry->stored.reset();
  offer(*entry);
}

void OfflineQueue::write_again(std::uint64_t number) {
  if (QueueEntry* entry = find_entry(number))
    dirty(*entry);
}

void OfflineQueue::erase_again(std::uint64_t number) {
  if (find(number) == nullptr)
    erased_.push_back(number);
}

void OfflineQueue::mark_unstored(std::uint64_t number) {
  QueueEntry* entry = find_entry(number);
  if (entry == nullptr)
    return;
  if (entry->writes > 0)
    --entry->writes;
  if (entry->writes > 0 || entry->dirty)
    return;
  entry->unstored = true;
  offer(*entry);
}

std::vector<MutationId> OfflineQueue::withdraw(std::uint64_t number) {
  QueueEntry* entry = find_entry(number);
  // One that is durable has been stored like this: what storage does not take is its state.
  if (entry == nullptr || !entry->unstored || entry->durable ||
      !(is_unsent(*entry) || entry->state == EntryState::parked)) {
    return {};
  }
  std::vector<MutationId> ids = entry->replaced;
  ids.push_back(entry->mutation.id);
  if (entry->stored == nullptr) {
    if (entry->state == EntryState::parked)
      return {};
    erase(number);
    return ids;
  }
  const std::shared_ptr<const QueueEntry> stored = std::move(entry->stored);
  for (const MutationId& id : ids)
    forget(id, number);
  replace_mutation(*entry, stored->mutation);
  entry->replaced = stored->replaced;
  entry->made_at = stored->made_at;
  entry->durable = true;
  entry->unstored = false;
  entry->dirty = false;
  dirty_.erase(std::remove(dirty_.begin(), dirty_.end(), number), dirty_.end());
  if (entry->writes > 0)  // the form that is given up may yet be stored
    dirty(*entry);
  std::vector<MutationId> kept = entry->replaced;
  kept.push_back(entry->mutation.id);
  for (const MutationId& id : kept) {
    by_id_.emplace(id, number);
    ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
  }
  offer(*entry);
  return ids;
}

// --- lanes ---

bool OfflineQueue::is_before(std::uint64_t earlier, const QueueEntry& entry) const {
  return earlier < entry.number && is_unanswered(*find(earlier));
}

bool OfflineQueue::is_free(const QueueEntry& entry) const {
  for (const Op& op : entry.mutation.ops) {
    const auto holds = [&](std::uint64_t number, auto&& concerns) {
      if (!is_before(number, entry))
        return false;
      const std::vector<Op>& ops = find(number)->mutation.ops;
      return std::any_of(ops.begin(), ops.end(), concerns);
    };
    const auto held_whole = [&](RecordId record, auto&& concerns) {
      const auto whole = whole_.find(record.value);
      return whole != whole_.end() &&
             std::any_of(whole->second.begin(), whole->second.end(),
                         [&](std::uint64_t number) { return holds(number, concerns); });
    };
    if (held_whole(op.record, [&](const Op& other) {
          return is_whole(other) && other.record == op.record && other.collection == op.collection;
        })) {
      return false;
    }
    bool refers = false;
    for_each_reference(op, [&](RecordId record) {
      refers = refers || held_whole(record, [&](const Op& other) {
                 return other.kind == OpKind::insert && other.record == record;
               });
    });
    if (refers)
      return false;
    if (!is_whole(op) && op.kind != OpKind::set)
      continue;
    for (const std::uint64_t number : entries_of(op.collection, op.record)) {
      if (number >= entry.number)
        break;
      if (holds(number, [&](const Op& other) {
            return other.record == op.record && other.collection == op.collection &&
                   (is_whole(op) || (other.kind == OpKind::set && other.field == op.field));
          })) {
        return false;
      }
    }
  }
  return true;
}

void OfflineQueue::offer(const QueueEntry& entry) {
  if (entry.state == EntryState::waiting && (entry.durable || entry.unstored))
    ready_.insert(entry.number);
}

void OfflineQueue::block(const QueueEntry& entry) {
  for (const Op& op : entry.mutation.ops) {
    const auto wait_for = [&](RecordId record) { blocked_[record.value].insert(entry.number); };
    wait_for(op.record);
    for_each_reference(op, wait_for);
  }
}

// What waited behind these operations is looked at again.
void OfflineQueue::release(const Mutation& mutation) {
  for (const Op& op : mutation.ops) {
    const auto place = blocked_.find(op.record.value);
    if (place == blocked_.end())
      continue;
    const Numbers waiting = std::move(place->second);
    blocked_.erase(place);
    for (const std::uint64_t number : waiting) {
      if (const QueueEntry* entry = find(number))
        offer(*entry);
    }
  }
}

// --- edits go out ---

std::vector<const QueueEntry*> OfflineQueue::take_sendable(std::size_t max_mutations,
                                                           std::size_t max_bytes) {
  std::vector<const QueueEntry*> leaving;
  std::size_t bytes = 0;
  for (auto next = ready_.begin(); next != ready_.end() && leaving.size() < max_mutations;) {
    QueueEntry* entry = find_entry(*next);
    if (entry != nullptr && entry->state == EntryState::waiting &&
        (entry->durable || entry->unstored)) {
      if (is_free(*entry)) {
        if (!leaving.empty() && bytes + entry->bytes > max_bytes)
          break;
        bytes += entry->bytes;
        set_state(*entry, EntryState::sent);
        entry->sent_once = true;
        dirty(*entry);
        leaving.push_back(entry);
      } else {
        block(*entry);
      }
    }
    next = ready_.erase(next);
  }
  return leaving;
}

std::vector<MutationId> OfflineQueue::unanswered() const {
  std::vector<MutationId> ids;
  for (const std::uint64_t number : in_state(EntryState::sent))
    ids.push_back(find(number)->mutation.id);
  return ids;
}

void OfflineQueue::not_received(const MutationId& id) {
  const auto place = by_id_.find(id);
  QueueEntry* entry = place == by_id_.end() ? nullptr : find_entry(place->second);
  if (entry == nullptr || entry->state != EntryState::sent || entry->mutation.id != id)
    return;
  set_state(*entry, EntryState::waiting);
  dirty(*entry);
  offer(*entry);
}

QueueCounts OfflineQueue::counts() const {
  QueueCounts counts;
  counts.sent = in_state(EntryState::sent).size();
  counts.waiting = in_state(EntryState::waiting).size() + counts.sent;
  counts.parked = in_state(EntryState::parked).size();
  return counts;
}

}  // namespace syncstore::sync
