// ApplySlice: some planned products on their way through the commit, a few submissions at once. A
// full or busy disk is waited for; the ids of the mutations are fixed, so sending again is safe.
// Kept alive by what it waits for. Engine executor only.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/features/imports/fate.hpp"
#include "server/features/imports/import_record.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::imports {

class ApplySlice : public std::enable_shared_from_this<ApplySlice> {
 public:
  struct Setting {
    engine::Engine& engine;
    ports::Scheduler& scheduler;
    std::weak_ptr<bool> alive;
    engine::Author author;
    BatchId batch;
    UnderWay stored;        // before this slice
    TimeMs expires_at = 0;  // of the document that says what was stored
  };
  ApplySlice(Setting setting, std::vector<Fate> fates);

  // `done` with an error when some of it could not be stored; fates() and counts() tell what was.
  void run(std::function<void(Status)> done);
  std::vector<Fate>& fates() { return fates_; }
  struct Tally {
    std::uint64_t inserted = 0, updated = 0, unchanged = 0, rejected = 0;
  };
  Tally tally() const;
  void give_up() { gave_up_ = true; }  // no further tries

 private:
  struct Part {
    std::vector<std::size_t> fates;         // indexes
    std::vector<sync::Mutation> mutations;  // one for each
    Tally tally;
    int tries = 0;
  };
  void cut();
  void submit(std::size_t part);
  void write_folded_rows();  // of products that need no mutation
  std::vector<ports::DocumentWrite> documents(std::size_t part,
                                              const std::vector<sync::MutationResult>& results);
  void answered(std::size_t part, const Result<std::vector<sync::MutationResult>>& results);
  void settle(const Status& status);

  Setting setting_;
  std::vector<Fate> fates_;
  std::vector<Part> parts_;
  std::size_t waiting_ = 0;
  Status worst_;
  bool gave_up_ = false;
  std::function<void(Status)> done_;
};

}  // namespace syncstore::imports
