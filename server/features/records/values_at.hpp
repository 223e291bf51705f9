// What a record held at an earlier sequence, reconstructed from the change log.
#pragma once

#include <functional>
#include <vector>

#include "server/engine/engine.hpp"

namespace syncstore::records {

// `done` with the record's values at `version` (every field absent when it did not exist yet),
// together with the state of now. From memory when the newest change sets reach back that far, else
// from the log. Errors: out_of_range (`version` is ahead of the store), unknown_record, too_large
// (more changes since than may be read).
void values_at(engine::Engine& engine, ports::Storage& storage, const StoreId& store,
               std::uint16_t collection, RecordId record, Sequence version,
               std::function<void(Result<std::vector<model::Value>>)> done);

}  // namespace syncstore::records
