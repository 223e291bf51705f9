// ChangeSet: what one mutation changed; reversible (old and new value of each touched field). One
// sequence, one author, one entry of the log. Its blob is the canonical log entry.
#pragma once

#include <vector>

#include "core/model/table.hpp"
#include "core/sync/mutation.hpp"

namespace syncstore::sync {

enum class ChangeKind : std::uint8_t { update = 1, insert = 2, remove = 3 };
enum class Origin : std::uint8_t {
  screen = 1,
  offline = 2,
  import = 3,
  platform = 4,
  rule = 5,
  rollback = 6,
  migration = 7,
  job = 8,
  api = 9
};
std::string_view origin_name(Origin origin);

struct FieldChange {
  std::uint16_t field = 0;  // index in the collection
  model::Value old_value;
  model::Value new_value;
};

struct Change {
  std::uint16_t collection = 0;
  RecordId record;
  RowNumber row = 0;  // 0 until commit numbers an insert
  ChangeKind kind = ChangeKind::update;
  std::vector<FieldChange>
      fields;  // ascending by field; insert: old absent; remove: new absent, every present field
};

struct ChangeSet {
  Sequence sequence = 0;
  TimeMs time = 0;
  std::uint32_t author = 0;  // author number in the store; 0 = the system
  Origin origin = Origin::screen;
  BatchId batch;
  MutationId mutation;
  std::vector<Change> changes;
};

void write_change_set(ByteWriter& out,
                      const ChangeSet& change_set);  // without sequence: the log's key carries it
Result<ChangeSet> read_change_set(
    ByteReader& in);  // errors: malformed, unknown_collection, unknown_field

// Operations that undo this change set, newest first; what rollback and undo send. Counters are
// undone by amount and lists by element, so later changes of others stay. Conflict records are
// consequences, not intents: they are left out. Re-inserting what was removed needs
// Origin::rollback.
std::vector<Op> inverse_ops(const ChangeSet& change_set);

// Applies the changes of this table's collection (server owner memory after commit, tests). `row`
// of inserts must be set; what is named must be there. Removals leave tombstones. last_sequence
// becomes the change set's when it touched the table.
void apply_changes(model::Table& table, const ChangeSet& change_set);

}  // namespace syncstore::sync
