#include "core/sync/offline_queue.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/sync/queue_fold.hpp"

namespace syncstore::sync {
namespace {

void add_once(std::vector<std::uint64_t>& numbers, std::uint64_t number) {
  if (std::find(numbers.rbegin(), numbers.rend(), number) == numbers.rend())
    numbers.push_back(number);
}

std::vector<std::uint64_t> taken(std::vector<std::uint64_t>& numbers) {
  std::vector<std::uint64_t> all = std::move(numbers);
  numbers.clear();
  return all;
}

}  // namespace

// --- finding and indexing ---

QueueEntry* OfflineQueue::find_entry(std::uint64_t number) {
  const auto place =
      std::lower_bound(entries_.begin(), entries_.end(), number,
                       [](const QueueEntry& entry, std::uint64_t n) { return entry.number < n; });
  return place != entries_.end() && place->number == number ? &*place : nullptr;
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
  }
}

void OfflineQueue::dirty(std::uint64_t number) { add_once(dirty_, number); }
void OfflineQueue::changed(std::uint64_t number) { add_once(changed_, number); }
std::vector<std::uint64_t> OfflineQueue::take_erased() { return taken(erased_); }
std::vector<std::uint64_t> OfflineQueue::take_changed() { return taken(changed_); }

std::vector<std::uint64_t> OfflineQueue::take_dirty() {
  std::vector<std::uint64_t> numbers = taken(dirty_);
  for (const std::uint64_t number : numbers)
    ++find_entry(number)->writes;
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
  changed_.push_back(entry.number);
  entries_.push_back(std::move(entry));
  return entries_.back().number;
}

void OfflineQueue::erase(std::uint64_t number) {
  const auto place =
      std::lower_bound(entries_.begin(), entries_.end(), number,
                       [](const QueueEntry& entry, std::uint64_t n) { return entry.number < n; });
  SS_ASSERT(place != entries_.end() && place->number == number);
  index(*place, false);
  bytes_ -= place->bytes;
  const auto forget = [this, number](const MutationId& id) {
    const auto known = by_id_.find(id);
    // The parked part of a split entry shares its id with the acked part.
    if (known != by_id_.end() && known->second == number)
      by_id_.erase(known);
  };
  forget(place->mutation.id);
  for (const MutationId& id : place->replaced)
    forget(id);
  entries_.erase(place);
  dirty_.erase(std::remove(dirty_.begin(), dirty_.end(), number), dirty_.end());
  erased_.push_back(number);
  changed(number);
}

void OfflineQueue::replace_mutation(QueueEntry& entry, Mutation mutation) {
  index(entry, false);
  bytes_ -= entry.bytes;
  entry.mutation = std::move(mutation);
  entry.bytes = mutation_bytes(entry.mutation);
  bytes_ += entry.bytes;
  entry.durable = false;
  index(entry, true);
  dirty(entry.number);
  changed(entry.number);
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
  for (const std::uint64_t number : entries_of(first.collection, first.record)) {
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
    replace_mutation(*parked, std::move(folded));
    rename(*parked, mutation.id, new_id());
    return parked->number;
  }
  if (QueueEntry* target = squash_target(mutation)) {
    Mutation folded = target->mutation;
    if (fold_sets(folded, mutation)) {
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
  dirty(number);
  return number;
}

void OfflineQueue::restore(QueueEntry entry) {
  if (entry.number == 0 || (!entries_.empty() && entry.number <= entries_.back().number))
    return;
  entry.durable = true;
  entry.writes = 0;
  entry.bytes = mutation_bytes(entry.mutation);
  push(std::move(entry));
}

void OfflineQueue::mark_durable(std::uint64_t number) {
  QueueEntry* entry = find_entry(number);
  if (entry == nullptr)
    return;
  const bool was_handed_out = entry->writes > 0;
  if (was_handed_out)
    --entry->writes;
  const bool is_dirty = std::find(dirty_.begin(), dirty_.end(), number) != dirty_.end();
  if (entry->writes == 0 && !(was_handed_out && is_dirty))
    entry->durable = true;
}

void OfflineQueue::write_failed(std::uint64_t number) {
  QueueEntry* entry = find_entry(number);
  if (entry == nullptr)
    return;
  if (entry->writes > 0)
    --entry->writes;
  dirty(number);
}

// --- edits go out ---

std::vector<const QueueEntry*> OfflineQueue::take_sendable(std::size_t max_mutations,
                                                           std::size_t max_bytes) {
  std::vector<const QueueEntry*> leaving;
  Lanes lanes;
  std::size_t bytes = 0;
  for (QueueEntry& entry : entries_) {
    if (leaving.size() >= max_mutations)
      break;
    if (!is_unanswered(entry))
      continue;
    if (entry.state == EntryState::waiting && entry.durable && lanes.free(entry.mutation)) {
      if (!leaving.empty() && bytes + entry.bytes > max_bytes)
        break;
      bytes += entry.bytes;
      entry.state = EntryState::sent;
      entry.sent_once = true;
      dirty(entry.number);
      leaving.push_back(&entry);
    }
    lanes.hold(entry.mutation);
  }
  return leaving;
}

std::vector<MutationId> OfflineQueue::unanswered() const {
  std::vector<MutationId> ids;
  for (const QueueEntry& entry : entries_) {
    if (entry.state == EntryState::sent)
      ids.push_back(entry.mutation.id);
  }
  return ids;
}

void OfflineQueue::not_received(const MutationId& id) {
  const auto place = by_id_.find(id);
  QueueEntry* entry = place == by_id_.end() ? nullptr : find_entry(place->second);
  if (entry == nullptr || entry->state != EntryState::sent || entry->mutation.id != id)
    return;
  entry->state = EntryState::waiting;
  dirty(entry->number);
}

QueueCounts OfflineQueue::counts() const {
  QueueCounts counts;
  for (const QueueEntry& entry : entries_) {
    if (is_unanswered(entry))
      ++counts.waiting;
    if (entry.state == EntryState::parked)
      ++counts.parked;
  }
  return counts;
}

}  // namespace syncstore::sync
