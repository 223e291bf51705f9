// Replica: the browser's copy of a store. Confirmed base (the server's state at the cursor) +
// overlay (pending mutations applied by intent: `to`, base + amount, gone). What screens show is
// base + overlay. Owns both. Invariants: the base only changes by deltas and snapshots; an op
// leaves the overlay in the same apply in which the base reaches its receipt's sequence; a frame
// re-evaluates only the pending ops of records it touched. Parked entries are not in the overlay.
// Single-threaded; not to be changed from inside its listener.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/model/table.hpp"
#include "core/sync/batch.hpp"
#include "core/sync/offline_queue.hpp"

namespace syncstore::sync {

class Replica {
 public:
  // Called after what is shown of a record changed, once per record and call of this class;
  // before/after as shown, nullptr = not there. Everything that shown() answers is final by then.
  // Id 0 (both nullptr) = everything of the collection may differ.
  using Listener = std::function<void(std::uint16_t collection, RecordId id,
                                      const model::Record* before, const model::Record* after)>;

  explicit Replica(std::vector<std::uint16_t> collections);
  ~Replica();
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  const model::Table& base(std::uint16_t collection) const;  // has(collection) is required
  bool has(std::uint16_t collection) const;
  // The store's sequence up to which the collection's base is known to be complete.
  Sequence position(std::uint16_t collection) const;
  // As shown (base + overlay); nullptr when not there or removed by a pending op. Good until the
  // next change.
  const model::Record* shown(std::uint16_t collection, RecordId id) const;
  // Base records as they are shown, then pending inserts by id.
  void for_each_shown(std::uint16_t collection,
                      const std::function<void(const model::Record&)>& visit) const;
  std::size_t shown_size(std::uint16_t collection) const;

  // Base. A snapshot is built beside the base and swapped in by end_snapshot (listener: id 0).
  // Meanwhile deltas of the collection go to the snapshot and the old base stays as it was; a later
  // row of the same id replaces an earlier one. Errors: wrong_state (no snapshot begun), corrupt (a
  // row without id or number, or a number of two records): reset or begin anew.
  void begin_snapshot(std::uint16_t collection);
  Status add_snapshot_rows(std::uint16_t collection, std::vector<model::Record> rows);
  Status end_snapshot(std::uint16_t collection, Sequence sequence);
  void cancel_snapshot(std::uint16_t collection);
  bool is_loading(std::uint16_t collection) const;
  // A snapshot whose source is gone for now: what is there of it is kept beside the base, deltas go
  // to the base again. begin_snapshot() drops it.
  void pause_snapshot(std::uint16_t collection);
  void resume_snapshot(std::uint16_t collection);  // one was paused
  // These blocks (of kBlockRows row numbers) as they are at `sequence`: rows in them that are not
  // among `rows` go. Error: corrupt (a row outside the blocks, or that cannot be placed): begin a
  // snapshot.
  Status replace_blocks(std::uint16_t collection, const std::vector<std::uint32_t>& blocks,
                        std::vector<model::Record> rows, Sequence sequence);
  // Drops what does not live any more; the base stays where it is.
  void keep_rows(std::uint16_t collection, const std::function<bool(RowNumber)>& lives);
  // One frame: all its sections, then the store's sequence it reaches. Answered ops up to there
  // leave the overlay in this call. Error: the caller resynchronises that collection with a
  // snapshot.
  Status apply(const std::vector<Delta>& sections, Sequence head);
  Status apply(const Delta& delta);  // a section alone: its collection reaches the delta's target
  // Every collection that is not loading is complete up to here (end of catch-up, keepalive).
  void reach(Sequence head);
  void reset(std::uint16_t collection);  // forgets base and snapshot, keeps the overlay
  void forget_base(std::uint16_t collection);  // a snapshot in progress goes on
  // A base of single records, for a collection that is not here as a whole: each as the server last
  // told it, or gone.
  void put_known(std::uint16_t collection, std::vector<model::Record> rows);
  void forget_known(std::uint16_t collection, const std::vector<RecordId>& ids);
  // An answered mutation becomes part of the known records that are older than `sequence`: what it
  // did to them is all that is known of them since; not of those that the server tells itself
  // (`is_told`). Answers the records that changed.
  std::vector<RecordId> fold_answered(std::uint16_t collection, const Mutation& mutation,
                                      const MutationResult& result,
                                      const std::function<bool(RecordId)>& is_told);
  // Records that only the overlay has, by id. Good until the next change.
  std::vector<const model::Record*> pending_inserts(std::uint16_t collection) const;

  // Overlay. Adding an entry that is there replaces its ops; entries apply in order of their
  // numbers.
  void add_pending(std::uint64_t entry_number, const Mutation& mutation);
  void remove_pending(std::uint64_t entry_number);
  // The server answered: the entry leaves a collection in the apply in which that collection
  // reaches `sequence` (at once when it has; sequence 0 = nothing changed = at once).
  void acknowledge(std::uint64_t entry_number, Sequence sequence);
  bool is_pending(std::uint16_t collection, RecordId id) const;
  // Entries in the overlay with an op on this field (inserts and removals count for every field),
  // or on the record at all when field < 0; oldest first.
  std::vector<std::uint64_t> pending_entries(std::uint16_t collection, RecordId id,
                                             int field) const;

 private:
  struct Part;  // base, snapshot in progress, overlay records, pending ops by record
  struct Pending {
    Mutation mutation;
    std::optional<Sequence> answered;
    std::set<std::uint16_t> waiting_in;  // collections of this replica whose overlay it is in
  };
  // A record that the change in progress touches. Kept between changes: copying into a used record
  // allocates nothing.
  struct Touched {
    std::uint16_t collection = 0;
    RecordId id;
    bool was_shown = false;
    model::Record before;
  };

  Part* find_part(std::uint16_t collection) const;
  void note(Part& part, RecordId id);  // remembers how the record is shown, once per change
  bool is_noted(const Part& part, RecordId id) const;
  void forget_noted();
  void detach(std::uint64_t number, const Mutation& mutation, Part& part);
  void leave(Part& part);  // answered entries whose sequence the part has reached
  void recompute(Part& part, RecordId id);
  void recompute_all(Part& part);
  void finish();  // recomputes and tells what was noted
  Status apply_section(const Delta& delta);
  void tell_all(std::uint16_t collection);

  std::map<std::uint16_t, std::unique_ptr<Part>> parts_;
  std::map<std::uint64_t, Pending> pending_;
  std::set<std::uint64_t> answered_;  // of pending_, waiting for the base
  std::vector<Touched> touched_;
  std::size_t touched_count_ = 0;  // of touched_, in the change in progress
  Listener listener_;
};

// Makes the overlay follow the queue: to be called after every change of the queue. Parked and
// discarded entries leave, answered ones wait for the base.
void follow_queue(Replica& replica, OfflineQueue& queue);

}  // namespace syncstore::sync
