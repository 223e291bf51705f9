// The queue's way: into the overlay, to storage, to the server, and out again when the base has it.
#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/limits.hpp"
#include "core/session/client_session.hpp"
#include "core/wire/frame_codec.hpp"
#include "core/wire/json_dialect.hpp"

namespace syncstore::session {

bool ClientSession::restore_entry(std::string_view bytes) {
  auto entry = sync::read_entry(bytes);
  if (!entry.ok())
    return false;
  in_storage_.insert(entry->number);
  queue_.restore(std::move(*entry));
  return true;
}

Status ClientSession::edit(sync::Mutation mutation, std::string inverse, TimeMs now) {
  const MutationId id = mutation.id;
  const auto inserts = mutation.ops;
  mutation.base_sequence = stored_through();
  auto number = queue_.add(std::move(mutation), now, [&] { return ids_.next_uuid(now); });
  if (!number.ok()) {
    finish(now);
    return number.error();
  }
  Author& author = waiting_for_answer_[id];
  author.inverse = std::move(inverse);
  if (author.made_at == 0)
    author.made_at = now;
  author.told_queued = false;
  follow_queue();
  for (const sync::Op& op : inserts) {
    if (op.kind == sync::OpKind::insert)
      pages_.show_on_top({op.collection, op.record});
  }
  tell_queued(*number);
  finish(now);
  return {};
}

void ClientSession::reject(const std::string& mutation, const Error& error) {
  std::string text = "{\"mutation\":";
  append_json_string(text, mutation);
  text += ",\"code\":";
  append_json_string(text, error_name(error.code));
  text += ",\"field\":";
  append_json_string(text, error.field);
  text += ",\"message\":";
  append_json_string(
      text, error.detail.empty() ? error_sentence(error.code) : std::string_view(error.detail));
  emit(EffectKind::rejected, 0, text + '}');
}

Status ClientSession::discard(std::uint64_t number, TimeMs now) {
  const bool gone = queue_.discard(number);
  queue_changed_ = true;
  finish(now);
  if (!gone)
    return fail(ErrorCode::wrong_state, "This edit is on its way or answered already.");
  return {};
}

Status ClientSession::send_again(std::uint64_t number, std::vector<sync::Op> ops, TimeMs now) {
  const sync::QueueEntry* parked = queue_.find(number);
  if (parked == nullptr)
    return fail(ErrorCode::not_found, "This edit is not in the outbox any more.");
  sync::Mutation mutation = parked->mutation;
  if (!ops.empty())
    mutation.ops = std::move(ops);
  const auto joined =
      queue_.send_again(number, std::move(mutation), [&] { return ids_.next_uuid(now); });
  finish(now);
  if (!joined.ok())
    return joined.error();
  return {};
}

// --- overlay ---

bool ClientSession::is_reached(const sync::QueueEntry& entry) const {
  if (entry.result.sequence == 0)
    return true;
  // What another epoch answered stays shown until there is a base of this one to show instead;
  // while no epoch is known there is none.
  const bool same_epoch = entry.result.epoch == epoch_;
  return std::all_of(entry.mutation.ops.begin(), entry.mutation.ops.end(), [&](const sync::Op& op) {
    const auto found = places_.find(op.collection);
    if (found == places_.end() || !found->second.is_based())
      return false;
    if (!same_epoch || found->second.reached >= entry.result.sequence)
      return true;
    // A page tells of a later moment than the last head when it is the answer to a question.
    const model::Record* known =
        found->second.paged ? replica_.base(op.collection).find(op.record) : nullptr;
    return known != nullptr && known->version >= entry.result.sequence;
  });
}

void ClientSession::leave_overlay() {
  for (auto number = acked_shown_.begin(); number != acked_shown_.end();) {
    const sync::QueueEntry* entry = queue_.find(*number);
    if (entry != nullptr && !is_reached(*entry)) {
      ++number;
      continue;
    }
    replica_.remove_pending(*number);
    if (entry != nullptr)
      fold(*entry);
    number = acked_shown_.erase(number);
  }
}

void ClientSession::follow_queue() {
  for (const std::uint64_t number : queue_.take_changed()) {
    queue_changed_ = true;
    for (const RowKey& key : rows_of_entries_[number])
      pages_.decoration_changed(key);
    rows_of_entries_.erase(number);
    replica_.remove_pending(number);
    acked_shown_.erase(number);
    const sync::QueueEntry* entry = queue_.find(number);
    if (entry == nullptr) {
      stored_as_sent_.erase(number);
      continue;
    }
    std::vector<RowKey>& rows = rows_of_entries_[number];
    for (const sync::Op& op : entry->mutation.ops)
      rows.push_back({op.collection, op.record});
    for (const RowKey& key : rows)
      pages_.decoration_changed(key);
    if (entry->state == sync::EntryState::parked)
      continue;
    if (entry->state == sync::EntryState::acked) {
      if (is_reached(*entry)) {
        fold(*entry);
        continue;
      }
      acked_shown_.insert(number);
    }
    replica_.add_pending(number, entry->mutation);
  }
}

// --- storage ---

namespace {

// Room in a browser comes back when its person makes some: looked for as often as for the cache.
constexpr TimeMs kStoreAgainMs = 60'000;

std::vector<std::uint64_t> taken_from(std::map<std::uint64_t, std::vector<std::uint64_t>>& writes,
                                      std::uint64_t write) {
  auto found = writes.extract(write);
  return found.empty() ? std::vector<std::uint64_t>{} : std::move(found.mapped());
}

}  // namespace

// A clock that was set back does not put it off.
void ClientSession::store_again(TimeMs now) {
  if (store_again_at_ == 0 ||
      (now < store_again_at_ && store_again_at_ - now <= kStoreAgainMs))
    return;
  store_again_at_ = 0;
  take_missed_along();
}

void ClientSession::take_missed_along() {
  if (missed_writes_.empty() && missed_erases_.empty())
    return;
  made_up_by_ = next_write_;
  for (auto number = missed_writes_.begin(); number != missed_writes_.end();) {
    if (queue_.find(*number) == nullptr) {
      number = missed_writes_.erase(number);
      continue;
    }
    stored_as_sent_.erase(*number);
    queue_.write_again(*number++);
  }
  for (const std::uint64_t number : missed_erases_)
    queue_.erase_again(number);
}

std::uint64_t ClientSession::write_queue() {
  std::vector<std::uint64_t> erased = queue_.take_erased();
  // What leaves storage may have left something behind that is not stored yet: a refused part, what
  // it became part of. Nothing is erased ahead of what was to be written before.
  if (!erased.empty()) {
    take_missed_along();
    const std::vector<std::uint64_t> again = queue_.take_erased();
    erased.insert(erased.end(), again.begin(), again.end());
  }
  const std::vector<std::uint64_t> dirty = queue_.take_dirty();
  const std::uint64_t write = next_write_;
  bool any = !erased.empty();
  for (const std::uint64_t number : erased)
    emit(EffectKind::erase_entry, number);
  if (any)
    erases_[write] = erased;
  for (const std::uint64_t number : dirty) {
    const sync::QueueEntry* entry = queue_.find(number);
    if (entry == nullptr)
      continue;
    if (entry->state == sync::EntryState::sent && stored_as_sent_.count(number) > 0) {
      queue_.mark_durable(number);  // what is stored says so already
      continue;
    }
    sync::QueueEntry stored = *entry;
    // On a live connection it leaves as soon as it is durable: one write for both states. Found
    // after a crash, its fate is asked for, which answers the same whether it left or not.
    if (stored.state == sync::EntryState::waiting && is_live()) {
      stored.state = sync::EntryState::sent;
      stored.sent_once = true;
    }
    if (stored.state == sync::EntryState::sent) {
      stored_as_sent_.insert(number);
    } else {
      stored_as_sent_.erase(number);
    }
    emit(EffectKind::write_entry, number, {}, sync::write_entry(stored));
    writes_[write].push_back(number);
    any = true;
  }
  if (!any)
    return 0;
  ++next_write_;
  emit(EffectKind::commit_queue, write);
  return write;
}

void ClientSession::queue_written(std::uint64_t write, TimeMs now) { written(write, true, now); }
void ClientSession::queue_failed(std::uint64_t write, TimeMs now) { written(write, false, now); }

void ClientSession::written(std::uint64_t write, bool ok, TimeMs now) {
  for (const std::uint64_t number : taken_from(writes_, write)) {
    if (ok) {
      queue_.mark_durable(number);
      unstored_.erase(number);
      in_storage_.insert(number);
      missed_writes_.erase(number);
      tell_queued(number);
      continue;
    }
    // What may have left, or was answered, is asked for again by the next start.
    queue_.mark_unstored(number);
    stored_as_sent_.erase(number);
    unstored_.insert(number);
    missed_writes_.insert(number);
  }
  // Left in storage, what was discarded would come back with the next start.
  for (const std::uint64_t number : taken_from(erases_, write)) {
    if (ok) {
      in_storage_.erase(number);
      missed_erases_.erase(number);
    } else if (in_storage_.count(number) != 0) {
      missed_erases_.insert(number);
    }
  }
  if (missed_writes_.empty() && missed_erases_.empty()) {
    store_again_at_ = 0;
  } else if (ok && write > made_up_by_) {
    store_again_at_ = now;  // there is room
  } else if (!ok && store_again_at_ == 0) {
    store_again_at_ = now + kStoreAgainMs;
  }
  while (!held_sends_.empty() && held_sends_.front().write <= write) {
    HeldSend held = std::move(held_sends_.front());
    held_sends_.pop_front();
    if (held.link == link_ && is_live())
      emit(EffectKind::send, 0, {}, std::move(held.frame));
  }
  if (exchange_after_ != 0 && exchange_after_ <= write)
    launch_exchange();
  finish(now);
}

// Without a connection only storage could keep them: they are refused, as if they had not been
// made.
void ClientSession::give_back() {
  for (const std::uint64_t number : unstored_) {
    for (const MutationId& id : queue_.withdraw(number)) {
      if (waiting_for_answer_.erase(id) > 0) {
        reject(id.text(), fail(ErrorCode::queue_full,
                               "This browser has no room left to keep it until it can be sent. "
                               "Free some space, or save it again when connected."));
      }
    }
  }
  unstored_.clear();
}

void ClientSession::tell_queued(std::uint64_t number) {
  const sync::QueueEntry* entry = queue_.find(number);
  if (entry == nullptr || !entry->durable)
    return;
  queue_changed_ = true;
  const auto tell = [&](const MutationId& id) {
    const auto author = waiting_for_answer_.find(id);
    if (author == waiting_for_answer_.end() || author->second.told_queued)
      return;
    author->second.told_queued = true;
    emit(EffectKind::queued, 0,
         "{\"mutation\":\"" + id.text() + "\",\"inverse\":" +
             (author->second.inverse.empty() ? "[]" : author->second.inverse) + '}');
  };
  for (const MutationId& id : entry->replaced)
    tell(id);
  tell(entry->mutation.id);
}

// --- server ---

void ClientSession::send_waiting(TimeMs) {
  while (is_live() && send_again_at_ == 0) {
    const std::size_t under_way = queue_.counts().sent;
    if (under_way >= limits::kUnansweredMutations)
      return;
    const auto leaving =
        queue_.take_sendable(limits::kUnansweredMutations - under_way, limits::kMutateBytes);
    if (leaving.empty())
      return;
    queue_changed_ = true;
    wire::Mutate mutate;
    std::vector<MutationId> ids;
    bool stored = true;
    for (const sync::QueueEntry* entry : leaving) {
      mutate.mutations.push_back(entry->mutation);
      ids.push_back(entry->mutation.id);
      stored = stored && stored_as_sent_.count(entry->number) > 0;
    }
    Bytes frame = wire::encode(mutate);
    const std::uint64_t write = write_queue();
    if (stored || write == 0) {
      emit(EffectKind::send, 0, {}, std::move(frame));
    } else {
      held_sends_.push_back({write, link_, std::move(frame), std::move(ids)});
    }
  }
}

void ClientSession::take_answer(const sync::MutationResult& result, TimeMs now) {
  const sync::QueueEntry* found = queue_.find(result.id);
  if (found == nullptr)
    return;
  const sync::QueueEntry asked = *found;
  const sync::Answered answered = queue_.answer(result);
  if (answered.acked == 0 && answered.parked == 0)
    return;
  if (result.sequence != 0)
    own_sequences_.insert(result.sequence);
  mark_saved(asked, result, now);
  tell_answered(asked, result, now);
}

void ClientSession::tell_answered(const sync::QueueEntry& entry, const sync::MutationResult& result,
                                  TimeMs now) {
  const auto tell = [&](const MutationId& id) {
    const auto author = waiting_for_answer_.find(id);
    if (author == waiting_for_answer_.end())
      return;
    const std::int64_t took = now - author->second.made_at;
    if (samples_.size() < limits::kSaveSamples) {
      samples_.push_back(took);
    } else {
      samples_[next_sample_++ % limits::kSaveSamples] = took;
    }
    ++saves_;
    std::string text = "{\"mutation\":\"" + id.text() + "\",\"ops\":[";
    for (std::size_t i = 0; i < result.ops.size(); ++i) {
      if (i > 0)
        text += ',';
      wire::append_outcome(text, result.ops[i]);
    }
    emit(EffectKind::answered, 0, text + "]}");
    waiting_for_answer_.erase(author);
  };
  for (const MutationId& id : entry.replaced)
    tell(id);
  tell(entry.mutation.id);
}

void ClientSession::mark_saved(const sync::QueueEntry& entry, const sync::MutationResult& result,
                               TimeMs now) {
  const auto saved = [](sync::OpStatus status) {
    return status == sync::OpStatus::applied || status == sync::OpStatus::already;
  };
  for (std::size_t i = 0; i < entry.mutation.ops.size() && i < result.ops.size(); ++i) {
    const sync::Op& op = entry.mutation.ops[i];
    if (!saved(result.ops[i].status) || op.kind == sync::OpKind::remove)
      continue;
    const RowKey key{op.collection, op.record};
    const model::CollectionDef* collection = model::find_collection(op.collection);
    const auto note = [&](std::uint16_t field) {
      // What another version of the application queued here has no place on a screen of this one.
      if (collection != nullptr && collection->field_at(field) != nullptr)
        writer_.note_saved(key, field, now + limits::kSavedMarkMs);
    };
    if (op.kind == sync::OpKind::insert) {
      for (const sync::FieldValue& field : op.fields)
        note(field.field);
    } else {
      note(op.field);
    }
    pages_.decoration_changed(key);
  }
}

}  // namespace syncstore::session
