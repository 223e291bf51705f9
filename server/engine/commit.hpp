// Committer: the one door for changes. Merges waiting submissions against memory, makes them
// durable in one storage transaction for all stores and only then changes memory, answers the
// authors and tells the listeners, in that order. Invariants: one transaction in flight; a batch of
// a store has at most kCommitBatchMutations mutations and stops after kCommitBatchMergeMs of
// merging (a submission is never split); interactive before bulk; round robin by lane. A full disk
// turns ReadOnlyMode on: everything is refused with storage_full until it ends. Engine executor
// only; `done` is always called from the executor, never from inside submit().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/engine/merge_submission.hpp"
#include "server/engine/read_only_mode.hpp"
#include "server/engine/store_state.hpp"
#include "server/engine/submission.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::engine {

// What one transaction changed in one store; handed to listeners after memory changed and the
// authors were answered.
struct Committed {
  StoreState* store = nullptr;
  Sequence before = 0;                       // the store's sequence before
  std::vector<SharedChangeSet> change_sets;  // ascending
};

struct CommitCounters : MergeCounts {
  std::uint64_t transactions = 0;
  std::uint64_t retries = 0;  // transactions rolled back (full or busy disk)
  std::uint64_t merge_us = 0;
  std::uint64_t waiting = 0;  // mutations in queues now
};

class Stores;

class Committer {
 public:
  Committer(ports::Clock& clock, ports::Scheduler& scheduler, ports::Storage& storage,
            const ports::Crypto& crypto, Stores& stores);
  ~Committer();

  void submit(Submission submission);
  // Documents alone; ride in the next transaction. Errors as above.
  void write_documents(std::vector<ports::DocumentWrite> documents,
                       std::function<void(Status)> done);
  // Forgets what waits (not what is in flight) of a lane; those submissions are not answered.
  void drop_lane(const StoreId& store, std::uint64_t lane);
  // Calls back as soon as no transaction that could contain this store's mutations is in flight (at
  // once when none is).
  void when_settled(const StoreId& store, std::function<void()> then);
  bool is_busy(const StoreId& store) const;  // something waits or is in flight

  void add_listener(std::function<void(const Committed&)> listener);
  // Somebody else changed this store in storage: its memory was dropped and is loaded again by the
  // next use.
  void set_moved_listener(std::function<void(const StoreId&)> listener) {
    moved_ = std::move(listener);
  }
  // A storage error with unknown outcome: nothing is written any more, the process must restart
  // from storage.
  void set_fatal_listener(std::function<void(const Error&)> listener);
  // While it is on, everything is answered with storage_full and nothing is merged.
  ReadOnlyMode& read_only() { return read_only_; }
  const ReadOnlyMode& read_only() const { return read_only_; }
  // Refuses new submissions; `done` when everything accepted before is answered.
  void drain(std::function<void()> done);
  bool stopped() const { return stopped_; }
  const CommitCounters& counters() const { return counters_; }

 private:
  struct Flight;
  void prepare(std::shared_ptr<Waiting> waiting);
  void look_up_older(std::shared_ptr<Waiting> waiting, std::vector<MutationId> ids);
  void schedule();
  void turn();
  void merge_store(const StoreId& store, StoreQueue& queue, Flight& flight);
  void committed(std::shared_ptr<Flight> flight, const Status& status);
  void roll_back(Flight& flight, const Status& status);
  void finish(const Flight& flight);
  void refuse_waiting(ErrorCode code);
  void stop(const Error& error);
  void check_drained();

  ports::Clock& clock_;
  ports::Scheduler& scheduler_;
  ports::Storage& storage_;
  const ports::Crypto& crypto_;
  Stores& stores_;
  ReadOnlyMode read_only_;
  std::map<StoreId, StoreQueue> queues_;
  std::vector<std::pair<std::vector<ports::DocumentWrite>, std::function<void(Status)>>> documents_;
  std::shared_ptr<Flight> flight_;
  std::vector<std::pair<StoreId, std::function<void()>>> settled_;
  std::vector<std::function<void(const Committed&)>> listeners_;
  std::function<void(const Error&)> fatal_;
  std::function<void(const StoreId&)> moved_;
  std::vector<std::function<void()>> drained_;
  CommitCounters counters_;
  bool scheduled_ = false;
  bool draining_ = false;
  bool stopped_ = false;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::engine
