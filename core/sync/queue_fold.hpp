// Folding: putting a later edit into an earlier mutation that the server has not seen. Pure
// functions, internal to the offline queue.
#pragma once

#include <functional>

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

// The records that an op's values name: they have to exist first.
void for_each_reference(const Op& op, const std::function<void(RecordId)>& visit);

}  // namespace syncstore::sync
