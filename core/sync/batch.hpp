// Batching: many change sets become one delta per collection. Last value per field wins; a removal
// drops what came before it in the batch, an insert after it stands (property: applying the delta
// equals applying the change sets one by one).
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "core/sync/change_set.hpp"

namespace syncstore::sync {

struct RowDelta {
  RecordId id;  // on the wire only with inserts and removals (others are named by row)
  RowNumber row = 0;
  ChangeKind kind = ChangeKind::update;
  Sequence version = 0;
  TimeMs time = 0;
  std::uint32_t author = 0;
  std::vector<FieldValue>
      fields;  // update: changed fields only (absent value = cleared); insert: all present fields
};

// One collection's part of a frame: takes the collection from `base` (the last sequence that
// touched it before) to `target`.
struct Delta {
  std::uint16_t collection = 0;
  Sequence base = 0;
  Sequence target = 0;         // last sequence in this delta that touched the collection
  std::vector<RowDelta> rows;  // removals first, then by row
};

// Collects change sets of one store in ascending order of sequence. Owns copies of the newest
// values. A record that came and went inside the batch leaves no row, but moves its collection's
// target all the same. Single-threaded.
class Coalescer {
 public:
  // `last_touched`: the collection's last sequence before the first change set of this batch that
  // touches it.
  void add(const ChangeSet& change_set, Sequence (*last_touched)(void*, std::uint16_t),
           void* context);
  bool empty() const { return by_collection_.empty(); }
  std::size_t change_sets() const { return change_sets_; }
  std::vector<Delta> take();  // ascending by collection; empties this

 private:
  struct Section {
    Sequence base = 0;
    Sequence target = 0;
    std::map<RowNumber, RowDelta> rows;
    std::vector<RowDelta> removals;
  };
  static void add_change(Section& section, const Change& change, const ChangeSet& change_set);

  std::map<std::uint16_t, Section> by_collection_;
  std::size_t change_sets_ = 0;
};

// Applies a delta in place. Errors (nothing half-applied is promised only per row; the caller
// resynchronises): epoch/base mismatch is the caller's check; here `corrupt` when an update names
// an unknown row or when a row or id belongs to another record. Whole rows since a cursor come as
// inserts: one of a record that is there (same id) replaces it; the removal of a row that
// is not there is skipped. `before_change` is called per row that changes with the id and the
// record before (nullptr when inserted). The table's last sequence becomes the delta's target.
Status apply_delta(model::Table& table, const Delta& delta,
                   const std::function<void(RecordId, const model::Record*)>& before_change = {});

}  // namespace syncstore::sync
