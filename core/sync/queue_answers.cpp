// What receipts and people do to waiting edits.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/sync/offline_queue.hpp"
#include "core/sync/queue_fold.hpp"

namespace syncstore::sync {
namespace {

bool took_effect(const OpOutcome& outcome) {
  return outcome.status != OpStatus::refused && outcome.status != OpStatus::held;
}

}  // namespace

// --- answers ---

Answered OfflineQueue::answer(const MutationResult& result) {
  const auto place = by_id_.find(result.id);
  QueueEntry* entry = place == by_id_.end() ? nullptr : find_entry(place->second);
  if (entry == nullptr || !is_unanswered(*entry) || entry->mutation.id != result.id)
    return {};
  entry->result = result;
  // An answer of another length than the question cannot be read: what it does not speak of counts
  // as refused.
  OpOutcome unclear;
  unclear.status = OpStatus::refused;
  unclear.code = ErrorCode::internal;
  entry->result.ops.resize(entry->mutation.ops.size(), unclear);
  const std::uint64_t number = entry->number;
  const Mutation asked = entry->mutation;
  const std::vector<OpOutcome> outcomes = entry->result.ops;

  Answered answered;
  const auto taken_ops = std::count_if(outcomes.begin(), outcomes.end(), took_effect);
  if (taken_ops == static_cast<std::ptrdiff_t>(outcomes.size())) {
    set_state(*entry, EntryState::acked);
    answered.acked = number;
  } else if (taken_ops == 0 || asked.mode == Mode::all) {
    set_state(*entry, EntryState::parked);
    answered.parked = number;
  } else {
    split(*entry, answered);
  }
  dirty(*entry);
  changed(number);
  release(asked);
  follow_up(answered.parked != 0 ? answered.parked : number, asked, outcomes);
  return answered;
}

void OfflineQueue::split(QueueEntry& entry, Answered& answered) {
  QueueEntry parked;
  parked.state = EntryState::parked;
  parked.sent_once = true;
  parked.made_at = entry.made_at;
  parked.mutation = entry.mutation;
  parked.mutation.ops.clear();
  parked.result = entry.result;
  parked.result.ops.clear();
  Mutation acked = parked.mutation;
  std::vector<OpOutcome> acked_ops;
  for (std::size_t i = 0; i < entry.mutation.ops.size(); ++i) {
    const OpOutcome& outcome = entry.result.ops[i];
    if (took_effect(outcome)) {
      acked.ops.push_back(entry.mutation.ops[i]);
      acked_ops.push_back(outcome);
    } else {
      parked.mutation.ops.push_back(entry.mutation.ops[i]);
      parked.result.ops.push_back(outcome);
    }
  }
  entry.result.ops = std::move(acked_ops);
  set_state(entry, EntryState::acked);
  answered.acked = entry.number;
  replace_mutation(entry, std::move(acked));
  parked.bytes = mutation_bytes(parked.mutation);
  answered.parked = push(std::move(parked));
  dirty(*find_entry(answered.parked));
}

void OfflineQueue::follow_up(std::uint64_t number, const Mutation& asked,
                             const std::vector<OpOutcome>& outcomes) {
  for (std::size_t i = 0; i < asked.ops.size(); ++i) {
    const Op& op = asked.ops[i];
    if (op.kind == OpKind::set)
      correct_from(op, outcomes[i].status);
    if (op.kind == OpKind::insert && !took_effect(outcomes[i]))
      fold_edits_into(number, op);
  }
}

// The next edit of the lane saw the value that this op wanted; now it is known what the server has.
// After a conflict the next edit replaces what was offered, so it keeps its `from`.
void OfflineQueue::correct_from(const Op& asked, OpStatus status) {
  if (status == OpStatus::conflict)
    return;
  const FromValue from = status == OpStatus::refused || status == OpStatus::held
                             ? asked.from
                             : FromValue::seen(asked.to);
  const std::vector<std::uint64_t> numbers = entries_of(asked.collection, asked.record);
  for (const std::uint64_t number : numbers) {
    QueueEntry* entry = find_entry(number);
    if (!is_unsent(*entry))
      continue;
    for (Op& op : entry->mutation.ops) {
      if (op.kind != OpKind::set || op.field != asked.field || op.collection != asked.collection ||
          op.record != asked.record || op.from.kind == FromValue::Kind::any) {
        continue;
      }
      if (op.from == from)
        return;
      Mutation corrected = entry->mutation;
      corrected.ops[static_cast<std::size_t>(&op - entry->mutation.ops.data())].from = from;
      keep_stored(*entry);
      replace_mutation(*entry, std::move(corrected));
      return;
    }
  }
}

void OfflineQueue::fold_edits_into(std::uint64_t parked, const Op& insert) {
  const std::vector<std::uint64_t> numbers = entries_of(insert.collection, insert.record);
  for (const std::uint64_t number : numbers) {
    QueueEntry* entry = find_entry(number);
    if (!is_unsent(*entry))
      continue;
    if (!is_edit_of(entry->mutation, insert.collection, insert.record))
      continue;
    QueueEntry* keeper = find_entry(parked);
    Mutation folded = keeper->mutation;
    fold_into_insert(folded, entry->mutation);
    replace_mutation(*keeper, std::move(folded));
    keeper->stored.reset();  // the edits that go into it are gone from the queue
    std::vector<MutationId> ids = entry->replaced;
    ids.push_back(entry->mutation.id);
    erase(number);
    keep_ids(*find_entry(parked), ids);
  }
}

void OfflineQueue::settle(Epoch epoch, Sequence persisted_sequence) {
  std::vector<std::uint64_t> gone;
  for (const std::uint64_t number : in_state(EntryState::acked)) {
    const MutationResult& result = find(number)->result;
    const bool other_epoch = result.epoch != epoch && persisted_sequence != 0;
    if (other_epoch || result.sequence <= persisted_sequence)
      gone.push_back(number);
  }
  for (const std::uint64_t number : gone)
    erase(number);
}

// --- what people do with the outbox ---

void OfflineQueue::drop_edits_of(std::uint64_t after, const Op& insert) {
  const std::vector<std::uint64_t> numbers = entries_of(insert.collection, insert.record);
  for (const std::uint64_t number : numbers) {
    if (number <= after || !is_unsent(*find_entry(number)))
      continue;
    const Mutation& mutation = find_entry(number)->mutation;
    const bool all_of_it = std::all_of(mutation.ops.begin(), mutation.ops.end(), [&](const Op& op) {
      return op.collection == insert.collection && op.record == insert.record;
    });
    if (all_of_it)
      erase(number);
  }
}

bool OfflineQueue::discard(std::uint64_t number) {
  const QueueEntry* entry = find(number);
  if (entry == nullptr || (entry->state != EntryState::parked && !is_unsent(*entry)))
    return false;
  const bool waits = entry->state == EntryState::waiting;
  const Mutation mutation = entry->mutation;
  erase(number);
  if (!waits)
    return true;
  for (const Op& op : mutation.ops) {
    if (op.kind == OpKind::set)
      correct_from(op, OpStatus::refused);
    if (op.kind == OpKind::insert)
      drop_edits_of(number, op);
  }
  return true;
}

Result<std::uint64_t> OfflineQueue::send_again(std::uint64_t number, Mutation changed_mutation,
                                               const std::function<MutationId()>& new_id) {
  const QueueEntry* parked = find(number);
  if (parked == nullptr)
    return fail(ErrorCode::not_found, "This edit is not in the outbox any more.");
  if (parked->state != EntryState::parked)
    return fail(ErrorCode::wrong_state, "This edit is not parked.");
  if (changed_mutation.ops.empty())
    return fail(ErrorCode::invalid, "An edit without operations.");
  QueueEntry entry;
  entry.made_at = parked->made_at;
  entry.mutation = std::move(changed_mutation);
  entry.mutation.id = new_id();
  entry.bytes = mutation_bytes(entry.mutation);
  if (!fits(entry.bytes))
    return fail(ErrorCode::queue_full, "Too many changes wait in this browser.");
  erase(number);
  const std::uint64_t joined = push(std::move(entry));
  dirty(*find_entry(joined));
  return joined;
}

}  // namespace syncstore::sync
