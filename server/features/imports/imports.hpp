// Imports: files of products on their way into a store. A file is read twice over at most: once into a plan (one mutation per record,
// kept in a file beside the upload), once the plan is carried out. Memory is bounded by one batch of records whatever the file's size.
// Owns the running imports and the folder DIR/imports. Engine executor only; files are touched on the worker pool.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/engine/engine.hpp"
#include "server/http/api.hpp"

namespace syncstore::imports {

struct Counts {
  std::uint64_t read = 0;       // products, not lines
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t rejected = 0;
  std::uint64_t warnings = 0;
};

struct ImportRequest {
  StoreId store;
  std::string file_name;        // as the person calls it
  bool dry_run = false;
  engine::Author author;
  std::uint64_t key = 0;        // same key, same import id; 0 = drawn
};

struct Outcome {
  RecordId id;
  std::string state;            // "done", "previewed", "failed", "cancelled"
  std::string message;
  Counts counts;
  std::string errors_csv;       // path of the file of rejected rows, "" when none
};

class Job;

class Imports {
 public:
  Imports(engine::Engine& engine, ports::Scheduler& scheduler, const ports::Crypto& crypto,
          const http::Gate& gate, std::string directory);
  ~Imports();

  // Makes the folder, drops leftovers older than a week, marks imports that a stop interrupted as failed.
  void load(std::function<void(Status)> done);
  void bind(http::Api& api);

  // The command line: reads a file in place; `done` when the import has ended.
  void import_file(const std::string& path, ImportRequest request, std::function<void(Result<Outcome>)> done);
  std::size_t running() const { return jobs_.size(); }
  // Stops all at the next batch; imports that were interrupted say so.
  void stop();

 private:
  friend class ImportRoutes;
  friend class Job;
  void start(std::shared_ptr<Job> job, std::function<void(Status)> recorded);
  std::string path_of(RecordId id, std::string_view suffix) const;

  engine::Engine& engine_;
  ports::Scheduler& scheduler_;
  const ports::Crypto& crypto_;
  const http::Gate& gate_;
  std::string directory_;
  std::map<RecordId, std::shared_ptr<Job>> jobs_;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::imports
