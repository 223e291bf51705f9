// Storage port on one SQLite database in a data directory (syncstore.db, write-ahead log,
// synchronous=FULL). Owns the directory's lock, the writer thread with the only connection that
// writes and checkpoints, and a reader thread. What waits while a transaction is being made durable
// is joined into the next one. Any error that is not a full or busy disk stops all writing: the
// outcome on disk is unknown and the process must start again from storage.
#pragma once

#include <memory>
#include <string>

#include "server/ports/crypto.hpp"
#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::adapters {

struct SqliteOptions {
  std::string directory;
  std::string vfs;                           // "" = the system's
  std::size_t receipts_in_memory = 200'000;  // of load_store; limits::kReceiptsInMemory
};

// For /metrics; read from any thread.
struct StorageFigures {
  std::uint64_t transactions = 0;
  std::uint64_t batches = 0;
  std::uint64_t commit_us = 0;  // spent in COMMIT, the fsync included
  std::uint64_t queue_depth = 0;
  bool stopped = false;
};

class SqliteStorage : public ports::Storage {
 public:
  // Takes the lock, opens or creates, migrates. Errors: directory_locked, read_only_directory,
  // newer_schema, corrupt, storage_full.
  static Result<std::unique_ptr<SqliteStorage>> open(SqliteOptions options,
                                                     ports::Scheduler& engine,
                                                     const ports::Clock& clock,
                                                     const ports::Crypto& crypto);
  // Finishes what was committed, checkpoints, releases the lock. Answers that are still due are
  // posted all the same.
  ~SqliteStorage() override;

  void commit(ports::StorageBatch batch, std::function<void(Status)> done) override;
  void list_stores(std::function<void(Result<std::vector<ports::StoreHead>>)> done) override;
  void load_store(StoreId store,
                  std::function<void(Result<std::shared_ptr<ports::StoreImage>>)> done) override;
  void find_receipts(StoreId store, std::vector<MutationId> ids,
                     std::function<void(Result<std::vector<ports::StoredReceipt>>)> done) override;
  void read_log(StoreId store, Sequence from, Sequence to, std::size_t limit,
                std::function<void(Result<std::vector<ports::LogEntry>>)> done) override;
  void read_record_log(StoreId store, std::uint16_t collection, RecordId record, Sequence before,
                       std::size_t limit,
                       std::function<void(Result<std::vector<ports::LogEntry>>)> done) override;
  void load_documents(std::string kind,
                      std::function<void(Result<std::vector<ports::Document>>)> done) override;
  void set_epoch(StoreId store, Epoch epoch, std::function<void(Status)> done) override;
  void probe(std::size_t bytes, std::function<void(Status)> done) override;
  void backup(std::string path, std::function<void(Status)> done) override;
  void verify(std::function<void(Result<std::vector<std::string>>)> done) override;

  StorageFigures figures() const;

 private:
  struct Parts;
  explicit SqliteStorage(std::unique_ptr<Parts> parts);
  template <class T>
  void read(std::function<Result<T>(class Connection&)> work, std::function<void(Result<T>)> done);
  std::unique_ptr<Parts> parts_;
};

}  // namespace syncstore::adapters
