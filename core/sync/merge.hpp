// merge: the only place that decides what becomes of a mutation. Pure: reads a view of the store,
// returns outcomes and changes. Rules: README.md beside this file.
#pragma once

#include <string_view>

#include "core/sync/change_set.hpp"

namespace syncstore::sync {

// What merge may look at: committed memory plus what this batch already changed.
class MergeView {
 public:
  virtual ~MergeView() = default;
  virtual const model::Record* find(std::uint16_t collection, RecordId id) const = 0;
  virtual bool was_removed(std::uint16_t collection, RecordId id) const = 0;
  // Id of the record with this value in a unique field (compared by fold_case); 0 when none.
  virtual RecordId find_unique(std::uint16_t collection, std::uint16_t field,
                               std::string_view value) const = 0;
  // Ids of the open conflicts about (collection, record, field); usually empty.
  virtual std::vector<RecordId> open_conflicts(std::uint16_t collection, RecordId record,
                                               std::uint16_t field) const = 0;
  // Name of an author number, for conflict records ("" when unknown).
  virtual std::string author_name(std::uint32_t author) const = 0;

  // Who last changed a field (or removed the record) and when: shown in conflict records, decides
  // nothing. A view that knows no better answers with the record's last change.
  struct Touch {
    std::uint32_t author = 0;
    TimeMs at = 0;
  };
  virtual Touch last_touch(std::uint16_t collection, RecordId id, std::uint16_t field) const;
};

struct MergeContext {
  model::Role role =
      model::Role::viewer;  // of the author in this store; system passes every access check
  std::uint32_t author = 0;
  std::string author_name;
  std::string author_user;  // the author's user id; "" = the system
  TimeMs now = 0;  // log time
  Origin origin = Origin::screen;
};

struct MergeOutcome {
  std::vector<OpOutcome> ops;   // one per op, in order
  std::vector<Change> changes;  // empty = takes no sequence; conflict records included
};

// Mode each: ops stand alone, an op sees what the ops before it did; keys and rules are checked on
// the state after all of them, and the op that breaks one is refused without the others. Mode all:
// one op that is not applied or already, and the others answer held; conflict records are opened
// all the same. Requires field indexes of the catalogue only where the collection is known;
// anything else is refused. Time: bounded by a small multiple of the ops (<= 256).
MergeOutcome merge(const MergeView& view, const Mutation& mutation, const MergeContext& context);

// Derived id of the conflict about (collection, record, field) with this author; field = "" where a
// removal met a newer value.
RecordId conflict_id(std::uint16_t collection, RecordId record, std::string_view field,
                     std::string_view author_name);

}  // namespace syncstore::sync
