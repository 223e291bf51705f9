// Job: one import from its first byte to its last receipt. Alternates between the worker pool
// (files) and the engine executor (store), one step at a time, so that at most one chunk is in
// memory. Owned by Imports and by the step that is under way.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "server/features/imports/apply_slice.hpp"
#include "server/features/imports/imports.hpp"
#include "server/features/imports/planner.hpp"
#include "server/features/imports/product_reader.hpp"
#include "server/features/imports/spool.hpp"

namespace syncstore::imports {

class Job : public std::enable_shared_from_this<Job> {
 public:
  // `source` is removed at the end when it is the import's own.
  Job(Imports& imports, RecordId id, ImportRequest request, std::string source, bool owns_source);
  // A previewed import that is carried out now.
  Job(Imports& imports, RecordId id, ImportRequest request, ImportView previewed);

  RecordId id() const { return id_; }
  const ImportView& view() const { return view_; }
  void set_done(Imports::Done done) { done_ = std::move(done); }
  // Puts the import on record, then reads the file.
  void begin(std::function<void(Status)> recorded);
  // Carries out the plan that is on disk.
  void begin_apply(std::function<void(Status)> begun);
  void stop(ImportState as);  // cancelled or failed, at the next step

 private:
  // Runs `work` on the pool, then `next` on the executor with its result; an error ends the import.
  void step(std::function<Status()> work, std::function<void()> next);
  bool halted();  // ends the import when it was told to stop
  void open_file();
  Status write_fates();

  void plan_next();
  void plan_chunk();
  void planned();
  void apply_next();
  void apply_slice();
  void applied();

  void report();
  void end(ImportState state, const Error& why);
  void finish();
  std::string stored_so_far() const;
  void submit_record(std::vector<sync::Op> ops, std::vector<ports::DocumentWrite> documents,
                     std::function<void(Status)> done);
  UnderWay under_way() const;
  TimeMs document_expiry() const;

  Imports& imports_;
  engine::Engine& engine_;
  ports::Scheduler& scheduler_;
  std::weak_ptr<bool> alive_;  // of imports_
  RecordId id_;
  BatchId batch_;
  ImportRequest request_;
  std::string source_;
  bool owns_source_ = false;
  Imports::Done done_;

  ImportView view_;
  ImportView reported_;
  TimeMs reported_at_ = 0;
  bool reporting_ = false;
  bool finished_ = false;
  std::optional<ImportState> told_to_stop_;
  Error why_;

  std::unique_ptr<ProductReader> reader_;
  std::unique_ptr<Planner> planner_;
  std::unique_ptr<SpoolWriter> writer_;
  std::unique_ptr<SpoolReader> plan_;
  std::unique_ptr<ErrorsFile> errors_;
  std::vector<ParsedProduct> chunk_;  // read, not planned
  std::vector<Fate> fates_;           // planned or applied, not written
  // Lives by what it waits for. Its end comes back to this job, which must not hold it in turn.
  std::weak_ptr<ApplySlice> slice_;
  std::uint64_t plan_rows_done_ = 0;
};

// The batch id of an import: the same for every run of it.
BatchId batch_of(const ports::Crypto& crypto, RecordId id);
std::uint64_t percent(std::uint64_t part, std::uint64_t whole);  // 100 when there is nothing

}  // namespace syncstore::imports
