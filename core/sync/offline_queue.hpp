// OfflineQueue: the edits of one browser user in one store that the server has not answered for
// good. Owns entries and their states
//   waiting -> sent -> acked(epoch, sequence) -> gone        (receipt: all ops applied or already
//   or conflict) waiting|sent -> parked                                   (some op refused or held:
//   stays visible, blocks nobody else)
// A receipt that took some ops of a mutation and refused others splits the entry: the taken ops are
// acked, the others parked under a new number. Invariants: entries keep their order; one unanswered
// mutation per (record, field) lane; an insert or remove holds its whole record and what refers to
// it; add and list ops hold nothing; only never-sent entries are squashed; a squashed or edited
// entry gets a new id. Pure: durable writes are asked for through the dirty and erased lists, the
// caller persists. What one edit, answer or write costs does not grow with the number of entries,
// only with those of the same record. Single-threaded.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/sync/mutation.hpp"

namespace syncstore::sync {

enum class EntryState : std::uint8_t { waiting = 1, sent = 2, acked = 3, parked = 4 };

struct QueueEntry {
  std::uint64_t number = 0;  // order and key in durable storage; never reused
  EntryState state = EntryState::waiting;
  bool durable =
      false;  // written by the platform; only then may it be sent or called "waiting to send"
  bool sent_once = false;  // bytes may have left: never squash
  TimeMs made_at = 0;      // client's clock, for display only
  Mutation mutation;
  MutationResult result;             // of acked and parked
  std::vector<MutationId> replaced;  // ids whose edits were squashed into this one, oldest first
  std::size_t bytes = 0;             // of the mutation's canonical form
  std::uint32_t writes = 0;  // writes of this entry handed to the platform and not confirmed yet
  bool dirty = false;        // waits to be written
  bool unstored = false;     // storage does not take its last form
  // What storage has of it while a never-sent later form of it is not stored.
  std::shared_ptr<const QueueEntry> stored;
};

inline bool is_unanswered(const QueueEntry& entry) {
  return entry.state == EntryState::waiting || entry.state == EntryState::sent;
}
inline bool is_unsent(const QueueEntry& entry) {
  return entry.state == EntryState::waiting && !entry.sent_once;
}

// Bytes of one entry with an XXH64 checksum; what durable storage keeps. read fails with `corrupt`
// on any damage; what it returns is durable.
Bytes write_entry(const QueueEntry& entry);
Result<QueueEntry> read_entry(std::string_view bytes);

struct QueueCounts {
  std::size_t waiting = 0;  // waiting + sent: not yet answered
  std::size_t sent = 0;     // of them
  std::size_t parked = 0;
};

// What a receipt did. Numbers are 0 where there is no such entry.
struct Answered {
  std::uint64_t acked = 0;   // entry that now waits for the base to reach the receipt's sequence
  std::uint64_t parked = 0;  // entry that keeps what was refused
};

class OfflineQueue {
 public:
  // Adds a mutation, or squashes it into a waiting, never-sent entry of the same lane, or folds it
  // into a parked insert of its record; returns the number of the entry that holds it. A mutation
  // id that the queue has (also squashed) is answered with its entry and changes nothing. Errors:
  // queue_full, invalid (no ops).
  Result<std::uint64_t> add(Mutation mutation, TimeMs now,
                            const std::function<MutationId()>& new_id);
  // At start, in order of number. A never-sent edit that also stands as a part of another entry
  // was folded into that one when storage had no room to erase it: it is erased now.
  void restore(QueueEntry entry);
  // The oldest unconfirmed write of an entry reached durable storage. The entry is durable when
  // nothing newer of it waits for a write.
  void mark_durable(std::uint64_t number);
  // Storage takes it no more: it may leave all the same, once no newer write of it is under way.
  void mark_unstored(std::uint64_t number);
  // Storage missed it: it is to be written, or erased, once more.
  void write_again(std::uint64_t number);
  void erase_again(std::uint64_t number);
  // Its last form cannot be stored: the entry goes back to what is stored, or away. Answers the ids
  // that it no longer holds; none unless it is unstored and was never sent.
  std::vector<MutationId> withdraw(std::uint64_t number);
  // Mutations that may leave now (lanes free, durable or unstored), within the budgets; marks them
  // sent (dirty: to be written before the bytes leave). A single mutation above the byte budget
  // leaves alone. The pointers are good until the queue changes.
  std::vector<const QueueEntry*> take_sendable(std::size_t max_mutations, std::size_t max_bytes);
  // Connection lost: sent entries stay sent (their fate is asked by `hello`).
  std::vector<MutationId> unanswered() const;  // sent, oldest first
  void not_received(const MutationId& id);     // server does not know it: sent -> waiting
  // A receipt; one for an unknown or already answered id does nothing. Later waiting edits of the
  // same lanes get `from` from the outcome; edits of a record whose insert was refused fold into
  // that insert.
  Answered answer(const MutationResult& result);
  // The persisted base has reached (epoch, sequence): acked entries up to there go, and those of
  // another epoch. Sequence 0: no base of this epoch is stored yet, so only what changed nothing
  // goes.
  void settle(Epoch epoch, Sequence persisted_sequence);
  bool discard(
      std::uint64_t number);  // parked or never-sent; with an insert go the edits of its record
  // A parked entry leaves, the changed mutation joins at the end under a new id. Errors: not_found,
  // wrong_state, queue_full, invalid.
  Result<std::uint64_t> send_again(std::uint64_t number, Mutation changed,
                                   const std::function<MutationId()>& new_id);

  const std::list<QueueEntry>& entries() const { return entries_; }
  const std::set<std::uint64_t>& in_state(EntryState state) const {
    return in_state_[static_cast<std::size_t>(state)];
  }
  const QueueEntry* find(std::uint64_t number) const;
  const QueueEntry* find(const MutationId& id) const;  // also by an id that was squashed into it
  // Entries with an op on this record, oldest first, whatever their state.
  const std::vector<std::uint64_t>& entries_of(std::uint16_t collection, RecordId record) const;
  QueueCounts counts() const;
  std::size_t bytes() const { return bytes_; }

  std::vector<std::uint64_t>
  take_dirty();  // to write; each counts as a write until mark_durable or mark_unstored
  std::vector<std::uint64_t> take_erased();  // to erase
  // Entries that joined, changed their ops or state, or left since the last call: what the overlay
  // has to follow.
  std::vector<std::uint64_t> take_changed();

 private:
  struct RecordKey {
    std::uint16_t collection = 0;
    RecordId record;
    friend bool operator==(const RecordKey& a, const RecordKey& b) {
      return a.collection == b.collection && a.record == b.record;
    }
  };
  struct RecordKeyHash {
    std::size_t operator()(const RecordKey& key) const noexcept {
      return RecordIdHash{}(key.record) + key.collection;
    }
  };

  using Numbers = std::set<std::uint64_t>;

  QueueEntry* find_entry(std::uint64_t number);
  std::uint64_t push(QueueEntry entry);
  void set_state(QueueEntry& entry, EntryState state);
  void replace_mutation(
      QueueEntry& entry,
      Mutation mutation);               // keeps indexes and sizes true; not durable until written
  void keep_stored(QueueEntry& entry);  // before it is squashed into
  void keep_ids(QueueEntry& entry, const std::vector<MutationId>& absorbed);
  void rename(QueueEntry& entry, const MutationId& absorbed, const MutationId& id);
  void erase(std::uint64_t number);
  void forget(const MutationId& id, std::uint64_t number);
  void index(const QueueEntry& entry, bool add);
  void dirty(QueueEntry& entry);
  void changed(std::uint64_t number) { changed_.push_back(number); }
  bool fits(std::size_t bytes) const;
  QueueEntry* squash_target(const Mutation& mutation);
  QueueEntry* parked_insert(const Mutation& mutation);

  // Lanes: what may leave, and what waits behind something else.
  bool is_before(std::uint64_t earlier, const QueueEntry& entry) const;  // and unanswered
  bool is_free(const QueueEntry& entry) const;
  void offer(const QueueEntry& entry);
  void block(const QueueEntry& entry);
  void release(const Mutation& mutation);

  void split(QueueEntry& entry, Answered& answered);
  void follow_up(std::uint64_t number, const Mutation& answered,
                 const std::vector<OpOutcome>& outcomes);
  void correct_from(const Op& answered, OpStatus status);
  void fold_edits_into(std::uint64_t insert_entry, const Op& insert);
  void drop_edits_of(std::uint64_t after, const Op& insert);

  std::list<QueueEntry> entries_;  // ascending by number
  std::unordered_map<std::uint64_t, std::list<QueueEntry>::iterator> by_number_;
  std::array<Numbers, 5> in_state_;
  std::unordered_map<Uuid, std::uint64_t, UuidHash> by_id_;
  std::unordered_map<RecordKey, std::vector<std::uint64_t>, RecordKeyHash> by_record_;
  std::map<std::uint64_t, Numbers> whole_;    // inserts and removes by id of their record
  Numbers ready_;                             // all that may leave now, and some that may not
  std::map<std::uint64_t, Numbers> blocked_;  // by ids of records that they wait for
  std::vector<std::uint64_t> dirty_;
  std::vector<std::uint64_t> erased_;
  std::vector<std::uint64_t> changed_;
  std::uint64_t next_number_ = 1;
  std::size_t bytes_ = 0;
};

}  // namespace syncstore::sync
