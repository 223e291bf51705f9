// OfflineQueue: the edits of one browser user in one store that the server has not answered for good. Owns entries and their states
//   waiting -> sent -> acked(epoch, sequence) -> gone        (receipt: all ops applied or already or conflict)
//   waiting|sent -> parked                                   (some op refused: stays visible, blocks nobody else)
// Invariants: entries keep their order; one unanswered mutation per (record, field) lane; an insert or remove holds its whole
// record; add and list ops hold nothing; only never-sent entries are squashed; a changed entry gets a new id. Pure: durable
// writes are asked for through `dirty` lists, the caller persists. Single-threaded.
#pragma once

#include <deque>
#include <functional>
#include <unordered_map>

#include "core/sync/mutation.hpp"

namespace syncstore::sync {

enum class EntryState : std::uint8_t { waiting = 1, sent = 2, acked = 3, parked = 4 };

struct QueueEntry {
  std::uint64_t number = 0;     // order and key in durable storage; never reused
  EntryState state = EntryState::waiting;
  bool durable = false;         // written by the platform; only then may it be sent or called "waiting to send"
  bool sent_once = false;       // bytes may have left: never squash
  TimeMs made_at = 0;           // client's clock, for display only
  Mutation mutation;
  MutationResult result;        // of acked and parked
};

// Bytes of one entry with an XXH64 checksum; what durable storage keeps. read fails with `corrupt` on any damage.
Bytes write_entry(const QueueEntry& entry);
Result<QueueEntry> read_entry(std::string_view bytes);

struct QueueCounts {
  std::size_t waiting = 0;  // waiting + sent: not yet answered
  std::size_t parked = 0;
};

class OfflineQueue {
 public:
  // Adds a mutation (squashing it into a waiting, never-sent one of the same lane where that is allowed). Fails with queue_full.
  // The numbers of entries to write or erase durably are appended to the dirty lists.
  Result<std::uint64_t> add(Mutation mutation, TimeMs now, const std::function<MutationId()>& new_id);
  void restore(QueueEntry entry);                       // at start, in order of number
  void mark_durable(std::uint64_t number);
  // Mutations that may leave now (lanes free, durable), within the budgets; marks them sent (dirty).
  std::vector<const QueueEntry*> take_sendable(std::size_t max_mutations, std::size_t max_bytes);
  // Connection lost: sent entries stay sent (their fate is asked by `hello`).
  std::vector<MutationId> unanswered() const;           // sent, oldest first
  void not_received(const MutationId& id);              // server does not know it: sent -> waiting
  // A receipt. Parks when any op was refused; else acked. Lanes' later waiting edits get `from` from the outcome.
  void answer(const MutationResult& result);
  // The persisted base has reached (epoch, sequence): acked entries up to there go.
  void settle(Epoch epoch, Sequence persisted_sequence);
  bool discard(std::uint64_t number);                   // parked or never-sent
  Result<std::uint64_t> send_again(std::uint64_t number, Mutation changed,
                                   const std::function<MutationId()>& new_id);

  const std::deque<QueueEntry>& entries() const { return entries_; }
  const QueueEntry* find(std::uint64_t number) const;
  const QueueEntry* find(const MutationId& id) const;
  QueueCounts counts() const;
  std::size_t bytes() const { return bytes_; }

  std::vector<std::uint64_t> take_dirty();    // to write
  std::vector<std::uint64_t> take_erased();   // to erase

 private:
  std::deque<QueueEntry> entries_;
  std::vector<std::uint64_t> dirty_;
  std::vector<std::uint64_t> erased_;
  std::uint64_t next_number_ = 1;
  std::size_t bytes_ = 0;
};

}  // namespace syncstore::sync
