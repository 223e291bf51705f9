// Replica: the browser's copy of a store. Confirmed base (the server's state at the cursor) + overlay (pending mutations applied by
// intent: `to`, base + amount, gone). What screens show is base + overlay. Owns both. Invariants: the base only changes by deltas
// and snapshots; an op leaves the overlay in the same apply in which the base reaches its receipt's sequence; a frame re-evaluates
// only the pending ops of records it touched. Parked entries are not in the overlay. Single-threaded.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "core/model/table.hpp"
#include "core/sync/batch.hpp"
#include "core/sync/offline_queue.hpp"

namespace syncstore::sync {

// What a screen says beside a field; the worst of the ops on it wins.
enum class FieldMark : std::uint8_t { clean = 0, saving = 1, queued = 2, conflict = 3, refused = 4 };

class Replica {
 public:
  // Called after what is shown of a record changed; before/after as shown, nullptr = not there. `foreign`: by somebody else.
  using Listener = std::function<void(std::uint16_t collection, RecordId id, const model::Record* before,
                                      const model::Record* after)>;

  explicit Replica(std::vector<std::uint16_t> collections);
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  const model::Table& base(std::uint16_t collection) const;
  bool has(std::uint16_t collection) const;
  // As shown (base + overlay); nullptr when not there or removed by a pending op.
  const model::Record* shown(std::uint16_t collection, RecordId id) const;
  void for_each_shown(std::uint16_t collection,
                      const std::function<void(const model::Record&)>& visit) const;
  std::size_t shown_size(std::uint16_t collection) const;

  // Base. A snapshot is built beside the base and swapped at end_snapshot (listener: one call with id 0 = "everything may differ").
  void begin_snapshot(std::uint16_t collection);
  Status add_snapshot_rows(std::uint16_t collection, std::vector<model::Record> rows);
  Status end_snapshot(std::uint16_t collection, Sequence sequence);
  Status apply(const Delta& delta);             // error: the caller resynchronises with a snapshot
  void reset(std::uint16_t collection);

  // Overlay; `saving` = on its way on a live connection, else `queued`.
  void add_pending(std::uint64_t entry_number, const Mutation& mutation);
  void remove_pending(std::uint64_t entry_number);
  bool is_pending(std::uint16_t collection, RecordId id) const;
  // Entries with an op on this field (or on the whole record when field < 0), oldest first.
  std::vector<std::uint64_t> pending_entries(std::uint16_t collection, RecordId id, int field) const;

 private:
  struct Part;                       // base, snapshot in progress, overlay records, pending ops by record
  std::map<std::uint16_t, std::unique_ptr<Part>> parts_;
  Listener listener_;

 public:
  ~Replica();
};

}  // namespace syncstore::sync
