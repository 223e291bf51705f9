// Readings and writings of the sync protocol over plain HTTP, for clients without a socket.
// Stateless; engine executor only.
#pragma once

#include <functional>
#include <string>

#include "server/engine/engine.hpp"

namespace syncstore::engine {

// GET /api/sync/changes: messages as on the JSON socket.
struct ChangesRequest {
  StoreId store;
  model::Role role = model::Role::viewer;
  std::vector<std::uint16_t> collections;  // empty = all that the role may read
  Epoch epoch = 0;
  Sequence since = 0;
  std::size_t limit = 500;  // about how many rows; 1..kChangesLimitMax
};
struct ChangesAnswer {
  Epoch epoch = 0;
  Sequence from = 0;
  Sequence to = 0;
  bool more = false;
  std::string body;  // {"success":true,"epoch","from","to","more","messages":[...]}
};
// Error: epoch_changed (another epoch, or a sequence ahead of the store's).
Result<ChangesAnswer> changes_since(const StoreState& store, const ChangesRequest& request,
                                    TimeMs now);

// GET /api/sync/snapshot: {"success":true,"epoch","sequenceNumber","data":[records]}.
std::string snapshot_body(const StoreState& store, std::uint16_t collection);

// POST /api/sync/exchange: body = frames [hello, mutate...]; the answer is frames [welcome,
// receipts, begin/part/end, change]. `identity` is who the request authenticated as (hello's ticket
// is ignored). Errors: malformed, too_large, other_user.
void exchange(Engine& engine, const Identity& identity, std::string_view body,
              std::function<void(Result<Bytes>)> done);

// JSON of one record as HTTP shows it: {"id","storeId","version","updatedAt",fields...}.
Json record_json(const StoreState& store, std::uint16_t collection, const model::Record& record);

}  // namespace syncstore::engine
