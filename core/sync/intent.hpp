// Intent: what an operation wants of a record, whatever merge would say: `to`, base + amount, the
// list with or without an element, there or gone. The overlay of pending edits is this, op by op.
// Pure functions.
#pragma once

#include <optional>

#include "core/sync/mutation.hpp"

namespace syncstore::sync {

std::int64_t saturated_sum(std::int64_t a, std::int64_t b);
// Keeps the list sorted, each element once.
void change_list(model::TextList& list, bool add, const std::string& item);

// Applies one op to a record that may be there or not. A `set` brings the record of a singleton
// into being; other edits of a record that is not there do nothing, nor does an insert of one that
// is.
void apply_intent(const model::CollectionDef& collection, std::optional<model::Record>& record,
                  const Op& op);

}  // namespace syncstore::sync
