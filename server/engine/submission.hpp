// What is asked of the Committer: mutations of one author for one store, with what must happen in
// the same transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/sync/merge.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

enum class Priority : std::uint8_t { interactive, bulk };

struct Author {
  std::string user;  // user id text; "" = the system
  std::string name;
  model::Role role = model::Role::viewer;  // in that store, now; system passes every access check
};

// Mutations that are merged together (not split over batches) and answered together.
struct Submission {
  StoreId store;
  Author author;
  sync::Origin origin = sync::Origin::screen;
  BatchId batch;  // nil = none
  Priority priority = Priority::interactive;
  std::uint64_t lane = 0;                 // who waits in turn: a link's number; 0 = everybody else
  std::vector<sync::Mutation> mutations;  // <= kMutationsPerMessage

  // Checked at merge time, before anything of this submission is merged; an error answers the
  // submission (If-Match).
  std::function<Status(const sync::MergeView&)> guard;
  // Documents for the same transaction, made from the outcome (Idempotency-Key answers). `after`
  // shows the state with this submission.
  std::function<std::vector<ports::DocumentWrite>(const std::vector<sync::MutationResult>& results,
                                                  const sync::MergeView& after)>
      documents;
  // One result per mutation, in order, all durable. Errors: retry (nothing was changed; send
  // again), storage_full (the same, while the disk is full), unknown_store, unavailable (draining
  // or stopped), queue_full, too_large, or what `guard` answered. Sequence order of calls is commit
  // order.
  std::function<void(Result<std::vector<sync::MutationResult>>)> done;
};

}  // namespace syncstore::engine
