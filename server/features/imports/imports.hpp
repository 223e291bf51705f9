// Imports: files of products on their way into a store. A file is read once, into a plan on disk
// (the fate of every product and the mutation that carries it out); then, at once or when somebody
// says so, the plan is carried out. Nothing of a file is stored before the whole of it has been
// read. Memory is bounded by a chunk of products whatever the file's size. Owns the running imports
// and the folder DIR/imports. Engine executor only; files are touched on the worker pool.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/engine/engine.hpp"
#include "server/features/imports/import_record.hpp"
#include "server/http/api.hpp"

namespace syncstore::imports {

struct ImportRequest {
  StoreId store;
  std::string file_name;  // as the person calls it
  bool dry_run = false;
  engine::Author author;
  std::uint64_t key = 0;  // same key, same import id; 0 = drawn
};

struct Outcome {
  RecordId id;
  std::string state;    // "done", "previewed", "cancelled"
  std::string message;  // counts in words, and what is worth knowing about the file
  Counts counts;
  std::string errors_csv;  // path of the file of rejected rows, "" when none
};

class Job;

class Imports {
 public:
  // `directory`: the folder of the imports' files.
  Imports(engine::Engine& engine, ports::Scheduler& scheduler, const ports::Crypto& crypto,
          const http::Gate& gate, std::string directory);
  ~Imports();

  // Makes the folder, drops files older than a week, marks imports that a stop interrupted as
  // failed (saying what they stored). `storage` is asked for the documents that tell.
  void load(ports::Storage& storage, std::function<void(Status)> done);
  void bind(http::Api& api);

  // The command line: reads a file in place; `done` when the import has ended. Errors:
  // unknown_store, not_found (the file), queue_full (too many at once), unsupported_file,
  // storage_full, unavailable (stopped); the detail says what was stored before it failed.
  using Done = std::function<void(Result<Outcome>)>;
  void import_file(const std::string& path, ImportRequest request, Done done);

  // As import_file, for a file that belongs to the import and is removed with it; `recorded` as
  // soon as the import is on record.
  using Recorded = std::function<void(Result<RecordId>)>;
  void import_upload(const std::string& path, ImportRequest request, Recorded recorded);
  // Carries out a previewed import as this author; `begun` when it is on its way. Errors:
  // wrong_state, queue_full.
  void apply(const StoreId& store, RecordId id, const engine::Author& author,
             std::function<void(Status)> begun);
  // Ends a running import at its next batch, or drops a preview. Error: wrong_state (ended
  // already).
  void cancel(const StoreId& store, RecordId id, std::function<void(Status)> done);

  std::size_t running() const { return jobs_.size(); }
  // Room for one more upload? Taken until given back; import_upload takes its own.
  bool take_upload();
  void give_upload_back();
  // Stops all at the next batch; imports that were interrupted say so.
  void stop();

  engine::Engine& engine() { return engine_; }
  ports::Scheduler& scheduler() { return scheduler_; }
  const ports::Crypto& crypto() const { return crypto_; }
  const http::Gate& gate() const { return gate_; }
  std::weak_ptr<bool> alive() const { return alive_; }
  std::string path_of(RecordId id, std::string_view suffix = {}) const;
  RecordId id_of_key(std::uint64_t key);  // drawn when 0

 private:
  friend class Job;
  Status check_room(const StoreId& store) const;
  void start(std::shared_ptr<Job> job, Recorded recorded);
  void fail_interrupted(std::shared_ptr<std::vector<UnderWay>> left,
                        std::function<void(Status)> done);
  void sweep();  // files older than a week
  void ended(RecordId id) { jobs_.erase(id); }

  engine::Engine& engine_;
  ports::Scheduler& scheduler_;
  const ports::Crypto& crypto_;
  const http::Gate& gate_;
  std::string directory_;
  std::map<RecordId, std::shared_ptr<Job>> jobs_;
  std::size_t uploads_ = 0;
  bool stopping_ = false;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::imports
