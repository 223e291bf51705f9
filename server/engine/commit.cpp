#include "server/engine/commit.hpp"

#include <algorithm>
#include <deque>

#include "core/base/limits.hpp"
#include "server/engine/staging.hpp"
#include "server/engine/stores.hpp"

namespace syncstore::engine {
namespace {

std::string body_hash_bytes(const sync::Mutation& mutation) {
  ByteWriter out;
  out.u64(sync::mutation_body_hash(mutation));
  return out.take();
}

sync::MutationResult refuse_all(const sync::Mutation& mutation, Epoch epoch, ErrorCode code) {
  sync::MutationResult result;
  result.id = mutation.id;
  result.epoch = epoch;
  sync::OpOutcome refused;
  refused.status = sync::OpStatus::refused;
  refused.code = code;
  result.ops.assign(mutation.ops.size(), refused);
  return result;
}

// Turning a deactivated store on again must stay possible.
bool allowed_while_inactive(const sync::Mutation& mutation, model::Role role) {
  if (role == model::Role::system)
    return true;
  if (role != model::Role::admin)
    return false;
  return std::all_of(mutation.ops.begin(), mutation.ops.end(),
                     [](const sync::Op& op) { return op.collection == model::kStoreInfo; });
}

}  // namespace

struct Committer::Waiting {
  Submission submission;
  std::vector<ports::StoredReceipt>
      older;                     // receipts of these mutations that only storage remembers
  std::optional<Error> failure;  // the store could not be loaded, or storage could not be asked
  bool ready = false;            // false while the store is loaded or storage is asked
};

// What waits for one store: per priority the lanes in turn, per lane first come first served.
struct Committer::StoreQueue {
  struct Line {
    std::map<std::uint64_t, std::deque<std::shared_ptr<Waiting>>> lanes;
    std::deque<std::uint64_t> turns;

    void push(std::shared_ptr<Waiting> waiting) {
      const std::uint64_t lane = waiting->submission.lane;
      auto& queue = lanes[lane];
      if (queue.empty())
        turns.push_back(lane);
      queue.push_back(std::move(waiting));
    }
    // The next submission in turn that is ready; nullptr when none is.
    std::shared_ptr<Waiting> peek() {
      for (std::size_t i = 0; i < turns.size(); ++i) {
        const auto& front = lanes[turns.front()].front();
        if (front->ready)
          return front;
        turns.push_back(turns.front());
        turns.pop_front();
      }
      return nullptr;
    }
    void pop() {  // what peek() answered
      const std::uint64_t lane = turns.front();
      turns.pop_front();
      auto& queue = lanes[lane];
      queue.pop_front();
      if (queue.empty()) {
        lanes.erase(lane);
      } else {
        turns.push_back(lane);
      }
    }
    std::size_t drop(std::uint64_t lane) {
      const auto found = lanes.find(lane);
      if (found == lanes.end())
        return 0;
      std::size_t mutations = 0;
      for (const auto& waiting : found->second)
        mutations += waiting->submission.mutations.size();
      lanes.erase(found);
      turns.erase(std::find(turns.begin(), turns.end(), lane));
      return mutations;
    }
  };
  StoreId id;
  Line interactive;
  Line bulk;
  std::size_t mutations = 0;

  bool empty() const { return interactive.lanes.empty() && bulk.lanes.empty(); }
};

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
  auto& queue = queues_[submission.store];
  if (!queue) {
    queue = std::make_unique<StoreQueue>();
    queue->id = submission.store;
  }
  if (queue->mutations + submission.mutations.size() > limits::kSubmissionsPerStore) {
    return answer_later(fail(ErrorCode::queue_full));
  }
  queue->mutations += submission.mutations.size();
  counters_.waiting += submission.mutations.size();
  stores_.pin(submission.store);
  auto waiting = std::make_shared<Waiting>();
  waiting->submission = std::move(submission);
  auto& line =
      waiting->submission.priority == Priority::interactive ? queue->interactive : queue->bulk;
  line.push(waiting);
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
  if (draining_ || stopped_) {
    scheduler_.post([done = std::move(done)] { done(fail(ErrorCode::unavailable)); });
    return;
  }
  documents_.emplace_back(std::move(documents), std::move(done));
  schedule();
}

void Committer::drop_lane(const StoreId& store, std::uint64_t lane) {
  const auto found = queues_.find(store);
  if (found == queues_.end())
    return;
  StoreQueue& queue = *found->second;
  for (StoreQueue::Line* line : {&queue.interactive, &queue.bulk}) {
    const auto waiting = line->lanes.find(lane);
    if (waiting == line->lanes.end())
      continue;
    for (std::size_t i = 0; i < waiting->second.size(); ++i)
      stores_.unpin(store);
    const std::size_t dropped = line->drop(lane);
    queue.mutations -= dropped;
    counters_.waiting -= dropped;
  }
  if (queue.empty())
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
    merge_store(*queue->second, *flight);
    queue = queue->second->empty() ? queues_.erase(queue) : std::next(queue);
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

void Committer::merge_store(StoreQueue& queue, Flight& flight) {
  const std::int64_t started = clock_.monotonic_us();
  std::size_t mutations = 0;
  Flight::Part* part = nullptr;
  while (true) {
    StoreQueue::Line* line = &queue.interactive;
    std::shared_ptr<Waiting> next = line->peek();
    if (next == nullptr) {
      line = &queue.bulk;
      next = line->peek();
    }
    if (next == nullptr)
      break;
    const std::size_t count = next->submission.mutations.size();
    if (part != nullptr &&
        (mutations + count > limits::kCommitBatchMutations ||
         (part->staging != nullptr && part->staging->bytes() > limits::kCommitBatchBytes) ||
         clock_.monotonic_us() - started >= limits::kCommitBatchMergeMs * 1'000)) {
      break;
    }
    line->pop();
    if (part == nullptr) {
      part = &flight.parts.emplace_back();
      part->store = queue.id;
      if (StoreState* state = stores_.loaded(queue.id)) {
        part->staging = std::make_unique<Staging>(*state, crypto_, clock_.now());
      }
    }
    mutations += count;
    queue.mutations -= count;
    counters_.waiting -= count;
    Result<std::vector<sync::MutationResult>> result = std::vector<sync::MutationResult>{};
    if (next->failure) {
      result = *next->failure;
    } else if (part->staging == nullptr) {
      result = fail(ErrorCode::retry);
    } else {
      result = merge_submission(*next, *part->staging, flight.documents);
    }
    part->answers.push_back({std::move(next->submission), std::move(result)});
  }
  counters_.merge_us += static_cast<std::uint64_t>(clock_.monotonic_us() - started);
}

Result<std::vector<sync::MutationResult>> Committer::merge_submission(
    const Waiting& waiting, Staging& staging, std::vector<ports::DocumentWrite>& documents) {
  const Submission& submission = waiting.submission;
  if (submission.guard) {
    if (Status status = submission.guard(staging); !status.ok())
      return status.error();
  }
  std::vector<sync::MutationResult> results;
  results.reserve(submission.mutations.size());
  for (const sync::Mutation& mutation : submission.mutations) {
    results.push_back(merge_one(waiting, mutation, staging));
  }
  if (submission.documents) {
    for (ports::DocumentWrite& document : submission.documents(results, staging)) {
      documents.push_back(std::move(document));
    }
  }
  return results;
}

sync::MutationResult Committer::merge_one(const Waiting& waiting, const sync::Mutation& mutation,
                                          Staging& staging) {
  ++counters_.mutations;
  const Submission& submission = waiting.submission;
  const Epoch epoch = staging.store().epoch();
  const std::string body_hash = body_hash_bytes(mutation);
  const ports::StoredReceipt* stored = staging.receipt(mutation.id);
  if (stored == nullptr)
    stored = staging.store().receipt(mutation.id);
  if (stored == nullptr) {
    const auto older =
        std::find_if(waiting.older.begin(), waiting.older.end(),
                     [&](const auto& receipt) { return receipt.result.id == mutation.id; });
    if (older != waiting.older.end())
      stored = &*older;
  }
  if (stored != nullptr) {
    ++counters_.replays;
    if (stored->body_hash == body_hash)
      return stored->result;
    return refuse_all(mutation, epoch, ErrorCode::id_reused);
  }

  sync::MutationResult result;
  if (!staging.is_active() && !allowed_while_inactive(mutation, submission.author.role)) {
    result = refuse_all(mutation, epoch, ErrorCode::inactive_store);
  } else {
    sync::MergeContext context;
    context.role = submission.author.role;
    context.author = staging.author_number(submission.author.user, submission.author.name);
    context.author_name = submission.author.name;
    context.now = staging.log_time();
    context.origin = submission.origin;
    sync::MergeOutcome outcome = sync::merge(staging, mutation, context);
    result.id = mutation.id;
    result.epoch = epoch;
    result.ops = std::move(outcome.ops);
    if (!outcome.changes.empty()) {
      ++counters_.change_sets;
      sync::ChangeSet change_set;
      change_set.author = context.author;
      change_set.origin = submission.origin;
      change_set.batch = submission.batch;
      change_set.mutation = mutation.id;
      change_set.changes = std::move(outcome.changes);
      result.sequence = staging.add(std::move(change_set));
    }
  }
  staging.add_receipt({result, body_hash, 0});
  return result;
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
  if (!nothing_changed)
    stop(status.error());
  const Error answer =
      nothing_changed
          ? fail(code == ErrorCode::storage_full ? code : ErrorCode::retry, status.error().detail)
          : fail(ErrorCode::unavailable, "It is not known whether this was stored.");
  for (Flight::Part& part : flight.parts) {
    part.staging.reset();
    for (Flight::Answer& waiting : part.answers) {
      if (waiting.submission.done)
        waiting.submission.done(answer);
    }
  }
  for (auto& done : flight.document_answers)
    done(answer);
  finish(flight);
}

void Committer::stop(const Error& error) {
  stopped_ = true;
  for (auto& [id, queue] : std::exchange(queues_, {})) {
    for (StoreQueue::Line* line : {&queue->interactive, &queue->bulk}) {
      for (auto& [lane, waiting] : line->lanes) {
        for (auto& one : waiting) {
          stores_.unpin(id);
          if (one->submission.done)
            one->submission.done(fail(ErrorCode::unavailable));
        }
      }
    }
  }
  for (auto& [documents, done] : std::exchange(documents_, {}))
    done(fail(ErrorCode::unavailable));
  counters_.waiting = 0;
  if (fatal_)
    fatal_(error);
}

}  // namespace syncstore::engine
