#include "server/engine/commit.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "server/engine/staging.hpp"
#include "server/engine/stores.hpp"

namespace syncstore::engine {

// One transaction on its way to storage.
struct Committer::Flight {
  struct Answer {
    Submission submission;
    Result<std::vector<sync::MutationResult>> result;
  };
  struct Part {
    StoreId store;
    std::unique_ptr<Staging> staging;
    std::vector<Answer> answers;
  };
  std::vector<Part> parts;
  std::vector<ports::DocumentWrite> documents;
  std::vector<std::function<void(Status)>> document_answers;
};

Committer::Committer(ports::Clock& clock, ports::Scheduler& scheduler, ports::Storage& storage,
                     const ports::Crypto& crypto, Stores& stores)
    : clock_(clock),
      scheduler_(scheduler),
      storage_(storage),
      crypto_(crypto),
      stores_(stores),
      read_only_(clock, scheduler, storage, [this](const Error& error) { stop(error); }),
      alive_(std::make_shared<bool>(true)) {}

Committer::~Committer() = default;

void Committer::submit(Submission submission) {
  const auto answer_later = [this, &submission](Error error) {
    if (!submission.done)
      return;
    scheduler_.post([done = std::move(submission.done), error = std::move(error)] { done(error); });
  };
  if (draining_ || stopped_)
    return answer_later(fail(ErrorCode::unavailable));
  if (submission.mutations.size() > limits::kMutationsPerMessage) {
    return answer_later(fail(ErrorCode::too_large, "At most 512 mutations at once."));
  }
  if (!stores_.exists(submission.store) && stores_.loaded(submission.store) == nullptr) {
    return answer_later(fail(ErrorCode::unknown_store));
  }
  if (read_only_.on())
    return answer_later(fail(ErrorCode::storage_full));
  StoreQueue& queue = queues_[submission.store];
  if (queue.mutations() + submission.mutations.size() > limits::kSubmissionsPerStore) {
    return answer_later(fail(ErrorCode::queue_full));
  }
  counters_.waiting += submission.mutations.size();
  stores_.pin(submission.store);
  auto waiting = std::make_shared<Waiting>();
  waiting->submission = std::move(submission);
  queue.push(waiting);
  prepare(std::move(waiting));
}

void Committer::prepare(std::shared_ptr<Waiting> waiting) {
  const StoreId store = waiting->submission.store;
  stores_.with_store(
      store, [this, alive = std::weak_ptr<bool>(alive_), waiting](Result<StoreState*> state) {
        if (alive.expired())
          return;
        if (!state.ok()) {
          waiting->failure = state.error();
        } else if (!(*state)->all_receipts()) {
          std::vector<MutationId> unknown;
          for (const sync::Mutation& mutation : waiting->submission.mutations) {
            if ((*state)->receipt(mutation.id) == nullptr)
              unknown.push_back(mutation.id);
          }
          if (!unknown.empty())
            return look_up_older(waiting, std::move(unknown));
        }
        waiting->ready = true;
        schedule();
      });
}

void Committer::look_up_older(std::shared_ptr<Waiting> waiting, std::vector<MutationId> ids) {
  const StoreId store = waiting->submission.store;
  storage_.find_receipts(store, std::move(ids),
                         [this, alive = std::weak_ptr<bool>(alive_),
                          waiting](Result<std::vector<ports::StoredReceipt>> found) {
                           if (alive.expired())
                             return;
                           if (found.ok()) {
                             waiting->older = std::move(*found);
                           } else {
                             waiting->failure = fail(ErrorCode::retry);
                           }
                           waiting->ready = true;
                           schedule();
                         });
}

void Committer::write_documents(std::vector<ports::DocumentWrite> documents,
                                std::function<void(Status)> done) {
  if (!done)
    done = [](Status) {};
  if (draining_ || stopped_ || read_only_.on()) {
    const ErrorCode code =
        draining_ || stopped_ ? ErrorCode::unavailable : ErrorCode::storage_full;
    scheduler_.post([done = std::move(done), code] { done(fail(code)); });
    return;
  }
  documents_.emplace_back(std::move(documents), std::move(done));
  schedule();
}

void Committer::drop_lane(const StoreId& store, std::uint64_t lane) {
  const auto found = queues_.find(store);
  if (found == queues_.end())
    return;
  for (const auto& waiting : found->second.drop(lane)) {
    counters_.waiting -= waiting->submission.mutations.size();
    stores_.unpin(store);
  }
  if (found->second.empty())
    queues_.erase(found);
  check_drained();
}

void Committer::when_settled(const StoreId& store, std::function<void()> then) {
  const bool flying = flight_ != nullptr &&
                      std::any_of(flight_->parts.begin(), flight_->parts.end(),
                                  [&](const Flight::Part& part) { return part.store == store; });
  if (flying) {
    settled_.emplace_back(store, std::move(then));
  } else {
    then();
  }
}

bool Committer::is_busy(const StoreId& store) const {
  if (queues_.count(store) != 0)
    return true;
  return flight_ != nullptr &&
         std::any_of(flight_->parts.begin(), flight_->parts.end(),
                     [&](const Flight::Part& part) { return part.store == store; });
}

void Committer::add_listener(std::function<void(const Committed&)> listener) {
  listeners_.push_back(std::move(listener));
}

void Committer::set_fatal_listener(std::function<void(const Error&)> listener) {
  fatal_ = std::move(listener);
}

void Committer::drain(std::function<void()> done) {
  draining_ = true;
  drained_.push_back(std::move(done));
  check_drained();
}

void Committer::check_drained() {
  if (drained_.empty() || flight_ != nullptr || !queues_.empty() || !documents_.empty())
    return;
  for (auto& done : std::exchange(drained_, {}))
    scheduler_.post(std::move(done));
}

void Committer::schedule() {
  if (scheduled_ || flight_ != nullptr || stopped_)
    return;
  scheduled_ = true;
  scheduler_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired())
      return;
    scheduled_ = false;
    turn();
  });
}

void Committer::turn() {
  if (flight_ != nullptr || stopped_)
    return;
  auto flight = std::make_shared<Flight>();
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    merge_store(queue->first, queue->second, *flight);
    queue = queue->second.empty() ? queues_.erase(queue) : std::next(queue);
  }
  for (auto& [documents, done] : std::exchange(documents_, {})) {
    std::move(documents.begin(), documents.end(), std::back_inserter(flight->documents));
    flight->document_answers.push_back(std::move(done));
  }
  if (flight->parts.empty() && flight->document_answers.empty())
    return check_drained();
  flight_ = flight;
  ports::StorageBatch batch;
  for (const Flight::Part& part : flight->parts) {
    if (part.staging != nullptr && !part.staging->empty())
      batch.stores.push_back(part.staging->commit());
  }
  batch.documents = flight->documents;
  if (batch.stores.empty() && batch.documents.empty()) {
    // Only answers that were stored before: nothing to write, but still never from inside submit().
    return committed(std::move(flight), {});
  }
  ++counters_.transactions;
  storage_.commit(std::move(batch),
                  [this, alive = std::weak_ptr<bool>(alive_), flight](Status status) {
                    if (!alive.expired())
                      committed(flight, status);
                  });
}

void Committer::merge_store(const StoreId& store, StoreQueue& queue, Flight& flight) {
  const std::int64_t started = clock_.monotonic_us();
  std::size_t mutations = 0;
  Flight::Part* part = nullptr;
  while (const std::shared_ptr<Waiting> next = queue.peek()) {
    const std::size_t count = next->submission.mutations.size();
    if (part != nullptr &&
        (mutations + count > limits::kCommitBatchMutations ||
         (part->staging != nullptr && part->staging->bytes() > limits::kCommitBatchBytes) ||
         clock_.monotonic_us() - started >= limits::kCommitBatchMergeMs * 1'000)) {
      break;
    }
    queue.pop();
    if (part == nullptr) {
      part = &flight.parts.emplace_back();
      part->store = store;
      if (StoreState* state = stores_.loaded(store)) {
        part->staging = std::make_unique<Staging>(*state, crypto_, clock_.now());
      }
    }
    mutations += count;
    counters_.waiting -= count;
    Result<std::vector<sync::MutationResult>> result = std::vector<sync::MutationResult>{};
    if (next->failure) {
      result = *next->failure;
    } else if (part->staging == nullptr) {
      result = fail(ErrorCode::retry);
    } else {
      result = merge_submission(*next, *part->staging, flight.documents, counters_);
    }
    part->answers.push_back({std::move(next->submission), std::move(result)});
  }
  counters_.merge_us += static_cast<std::uint64_t>(clock_.monotonic_us() - started);
}

void Committer::committed(std::shared_ptr<Flight> flight, const Status& status) {
  if (!status.ok())
    return roll_back(*flight, status);
  std::vector<Committed> changes;
  for (Flight::Part& part : flight->parts) {
    StoreState* state = stores_.loaded(part.store);
    if (state != nullptr && part.staging != nullptr && !part.staging->empty()) {
      Committed change;
      change.store = state;
      change.before = state->sequence();
      change.change_sets = part.staging->change_sets();
      state->apply(std::move(*part.staging));
      if (!change.change_sets.empty())
        changes.push_back(std::move(change));
    }
    part.staging.reset();
  }
  flight_.reset();
  // Authors first: a receipt reaches its link before the frame that it names.
  for (Flight::Part& part : flight->parts) {
    for (Flight::Answer& answer : part.answers) {
      if (answer.submission.done)
        answer.submission.done(std::move(answer.result));
    }
  }
  for (auto& done : flight->document_answers)
    done({});
  for (const Committed& change : changes) {
    for (const auto& listener : listeners_)
      listener(change);
  }
  finish(*flight);
}

void Committer::finish(const Flight& flight) {
  for (const Flight::Part& part : flight.parts) {
    for (std::size_t i = 0; i < part.answers.size(); ++i)
      stores_.unpin(part.store);
  }
  for (auto& [store, then] : std::exchange(settled_, {}))
    then();
  if (stopped_)
    return;
  if (!queues_.empty() || !documents_.empty())
    schedule();
  check_drained();
}

void Committer::roll_back(Flight& flight, const Status& status) {
  const ErrorCode code = status.error().code;
  const bool nothing_changed = code == ErrorCode::storage_full || code == ErrorCode::retry ||
                               code == ErrorCode::precondition_failed;
  flight_.reset();
  ++counters_.retries;
  if (code == ErrorCode::precondition_failed) {
    // Somebody else moved a store: what memory says is no longer what is stored.
    for (const Flight::Part& part : flight.parts) {
      stores_.unload(part.store);
      if (moved_)
        moved_(part.store);
    }
  }
  // First of all, so that what the answers below set going is refused as well.
  if (code == ErrorCode::storage_full)
    read_only_.enter();
  if (!nothing_changed)
    stop(status.error());
  Error answer = fail(ErrorCode::retry, status.error().detail);
  if (code == ErrorCode::storage_full)
    answer = fail(ErrorCode::storage_full);
  if (!nothing_changed)
    answer = fail(ErrorCode::unavailable, "It is not known whether this was stored.");
  for (Flight::Part& part : flight.parts) {
    part.staging.reset();
    for (Flight::Answer& waiting : part.answers) {
      if (waiting.submission.done)
        waiting.submission.done(answer);
    }
  }
  for (auto& done : flight.document_answers)
    done(answer);
  // Behind what did not fit nothing may pass: a later edit often stands on an earlier one.
  if (code == ErrorCode::storage_full)
    refuse_waiting(code);
  finish(flight);
}

void Committer::refuse_waiting(ErrorCode code) {
  for (auto& [store, queue] : std::exchange(queues_, {})) {
    for (const auto& waiting : queue.drop_all()) {
      counters_.waiting -= waiting->submission.mutations.size();
      stores_.unpin(store);
      if (waiting->submission.done)
        waiting->submission.done(fail(code));
    }
  }
  for (auto& [documents, done] : std::exchange(documents_, {}))
    done(fail(code));
}

void Committer::stop(const Error& error) {
  stopped_ = true;
  refuse_waiting(ErrorCode::unavailable);
  if (fatal_)
    fatal_(error);
}

}  // namespace syncstore::engine
