// Folding: putting a later edit into an earlier mutation that the server has not seen, and the
// lanes that decide what may leave. Pure functions and one small set. Internal to the offline
// queue.
#pragma once

#include <unordered_set>

#include "core/sync/mutation.hpp"

namespace syncstore::sync {

// Whether every op is a `set` that stands alone: what may be squashed.
bool is_plain_edit(const Mutation& mutation);
// Whether every op is about this record and can become part of its insert.
bool is_edit_of(const Mutation& mutation, std::uint16_t collection, RecordId record);
bool has_insert(const Mutation& mutation, std::uint16_t collection, RecordId record);

// `into` with the set ops of `edit` folded in: the newer `to` under the older `from`, or a new
// value of an inserted record, or one op more. False (and `into` untouched) when they share no
// lane, or when the result would not be the same as one after the other.
bool fold_sets(Mutation& into, const Mutation& edit);
// Folds set, add and list ops into the insert ops of their records.
void fold_into_insert(Mutation& into, const Mutation& edit);

// Lanes held by mutations that wait for an answer.
class Lanes {
 public:
  bool free(const Mutation& mutation) const;
  void hold(const Mutation& mutation);

 private:
  struct Lane {
    std::uint16_t collection = 0;
    std::uint16_t field = 0;
    std::uint64_t record = 0;
    friend bool operator==(const Lane& a, const Lane& b) {
      return a.collection == b.collection && a.field == b.field && a.record == b.record;
    }
  };
  struct LaneHash {
    std::size_t operator()(const Lane& lane) const noexcept {
      return RecordIdHash{}(RecordId{lane.record}) * 31 + lane.collection * 1031u + lane.field;
    }
  };
  bool refers_to_held(const Op& op) const;

  std::unordered_set<Lane, LaneHash> fields_;   // set ops
  std::unordered_set<Lane, LaneHash> touched_;  // records with any op; field is 0
  std::unordered_set<Lane, LaneHash> whole_;    // records with an insert or remove
  std::unordered_set<std::uint64_t> coming_;    // ids of records whose insert is held
};

}  // namespace syncstore::sync
