// The JSON dialect of the socket (`syncstore.v1.json`): text <-> the same structs that the binary
// frames carry. Pure functions, no behaviour. Reading is strict: a member that is not named in
// README.md is unknown_field, a wrong JSON type wrong_type, and each error's `field` is the path
// inside the message ("data.mutations[0].ops[2].to"). Ids, epochs and money are strings, times ms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/json.hpp"
#include "core/model/validate.hpp"
#include "core/sync/batch.hpp"
#include "core/sync/mutation.hpp"

namespace syncstore::wire {

// --- client to server
// ----------------------------------------------------------------------------------------------
struct JsonAuth {  // exactly one of the two is not empty
  std::string token;
  std::string ticket;
};
struct JsonSince {
  Epoch epoch = 0;
  Sequence sequence = 0;
};
struct JsonSelectStore {
  StoreId store;
  std::vector<std::uint16_t>
      collections;  // without repetition, in the asked order; empty = all that the reader may read
  std::optional<JsonSince> since;
};
struct JsonMutate {
  StoreId store;
  std::vector<sync::Mutation> mutations;  // 1 to kMutationsPerMessage
};
struct JsonPing {
  Json data;  // comes back unchanged
};
using JsonClientMessage = std::variant<JsonAuth, JsonSelectStore, JsonMutate, JsonPing>;

// Errors: malformed, invalid_utf8, too_large, unknown_type, unknown_field, wrong_type, required,
// unknown_collection, invalid.
Result<JsonClientMessage> parse_client_message(std::string_view text);
// One mutation as in {"type":"mutate"}; `path` is put before the paths of errors.
Result<sync::Mutation> mutation_from_json(const Json& json, const std::string& path);

// --- server to client
// ----------------------------------------------------------------------------------------------
// What every data message carries beside its operations.
struct DataHead {
  StoreId store;
  Epoch epoch = 0;
  std::uint64_t total = 0;  // records of the collection after this message, as this reader sees it
  std::string user;         // who changed it, when the message has one author; "" = left out
  std::optional<BatchId> batch;
  bool more = false;  // another message of the same step follows
  bool bulk = false;  // bulk_update instead of data_update
  bool snapshot =
      false;       // bulk only: the first message replaces what the reader has of this data type
  TimeMs now = 0;  // `timestamp`
};
// Changed rows: upserts carry the changed fields only (a cleared field is null), inserts all
// present ones, removals the id. `delta.rows[].id` must be set. baseSequence = delta.base,
// sequenceNumber = delta.target.
std::string render_delta(const DataHead& head, const sync::Delta& delta);
// Whole records (snapshots, catch-up by rows) and removals.
std::string render_rows(const DataHead& head, std::uint16_t collection, Sequence base,
                        Sequence target, const std::vector<const model::Record*>& records,
                        const std::vector<model::Tombstone>& removals = {});

struct ConnectedInfo {
  bool authenticated = false;
  std::string connection_id;
  std::string user_id;  // "" = left out
};
std::string render_connected(const ConnectedInfo& info, TimeMs now);

enum class CatchUp : std::uint8_t { snapshot, rows, tail };
// `store_info` and `dashboard` may be nullptr: {} then. `sequence` = the store's head.
std::string render_store_switch(const StoreId& store, Epoch epoch, Sequence sequence,
                                const model::Record* store_info, const model::Record* dashboard,
                                model::Role role, CatchUp mode, TimeMs now);
std::string render_receipt(const StoreId& store, const std::vector<sync::MutationResult>& results,
                           TimeMs now);
std::string render_pong(const Json& data, TimeMs now);
// status: "connected", "degraded" or "shutting_down".
std::string render_connection_status(std::string_view status,
                                     std::optional<std::int64_t> retry_after_ms, TimeMs now);
std::string render_error(const Error& error, TimeMs now);

// --- shared pieces
// -------------------------------------------------------------------------------------------------
// Appends one value as JSON text without building a tree; the same text as
// value_to_json(...).dump().
void append_value(std::string& out, const model::FieldDef& field, const model::Value& value,
                  model::TimeForm time_form);
// Appends `"name":value` of all present fields (absent ones as null when `with_absent`),
// comma-separated, no braces.
void append_fields(std::string& out, const model::CollectionDef& collection,
                   const std::vector<model::Value>& values, model::TimeForm time_form,
                   bool with_absent);
// {"status","conflictId"?,"code"?,"field"?,"message"?}
void append_outcome(std::string& out, const sync::OpOutcome& outcome);

}  // namespace syncstore::wire
