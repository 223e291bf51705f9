// JsonStep: what takes a JSON reader of one collection from a sequence to a later one, and the
// messages that say it. Used for catch-up on the socket and for GET /api/sync/changes.
#pragma once

#include <string>
#include <vector>

#include "core/sync/batch.hpp"
#include "core/wire/json_dialect.hpp"
#include "server/engine/store_state.hpp"

namespace syncstore::engine {

struct JsonStep {
  std::uint16_t collection = 0;
  Sequence base = 0;  // last sequence of the collection that the reader has
  Sequence target = 0;
  sync::Delta exact;                          // field changes, while memory reaches back
  std::vector<const model::Record*> records;  // else whole records and removals
  std::vector<model::Tombstone> removals;

  bool empty() const { return exact.rows.empty() && records.empty() && removals.empty(); }
};

// From `since` (any sequence of the store) to now. Pointers are good as long as the store does not
// change.
JsonStep json_step(const StoreState& store, std::uint16_t collection, Sequence since);
// At least one message, each of at most kJsonBulkRows rows; all but the last say "more", the last
// says what `head.more` says. Fills in the store, epoch and total of the head.
std::vector<std::string> render_step(const StoreState& store, const JsonStep& step,
                                     wire::DataHead head);

}  // namespace syncstore::engine
