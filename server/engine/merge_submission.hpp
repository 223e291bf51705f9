// Merging one submission into the batch of its store: exactly once by receipts, refused while the
// store is closed, decided by sync::merge. Engine executor only.
#pragma once

#include <vector>

#include "server/engine/staging.hpp"
#include "server/engine/store_queue.hpp"

namespace syncstore::engine {

struct MergeCounts {
  std::uint64_t mutations = 0;
  std::uint64_t change_sets = 0;
  std::uint64_t replays = 0;  // answered from a stored receipt
};

// One result per mutation, or what the submission's guard answered (nothing was staged then).
// Documents of the submission are added to `documents`.
Result<std::vector<sync::MutationResult>> merge_submission(
    const Waiting& waiting, Staging& staging, std::vector<ports::DocumentWrite>& documents,
    MergeCounts& counts);

}  // namespace syncstore::engine
