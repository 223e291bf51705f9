// The writer thread: the only place that changes the database. Takes everything that waits into one
// transaction, answers after COMMIT returned, checkpoints when idle, steps a backup between
// transactions. Public functions from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "server/adapters/sqlite/backup.hpp"
#include "server/adapters/sqlite/connection.hpp"
#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::adapters {

class Writer {
 public:
  using Done = std::function<void(Status)>;
  Writer(std::unique_ptr<Connection> connection, std::string directory, ports::Scheduler& engine);
  ~Writer();  // finishes the queue, checkpoints

  void commit(ports::StorageBatch batch, Done done);
  void set_epoch(StoreId store, Epoch epoch, Done done);
  void probe(std::size_t bytes, Done done);
  void backup(std::string path, Done done);

  std::atomic<std::uint64_t> transactions{0};
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> commit_us{0};
  std::atomic<bool> stopped{false};  // after an error of unknown outcome
  std::size_t depth() const;

 private:
  struct Job {
    ports::StorageBatch batch;
    std::optional<std::pair<StoreId, Epoch>> epoch;  // instead of the batch
    std::size_t probe_bytes = 0;                     // instead of the batch
    std::string backup_path;                         // instead of the batch
    Done done;
  };
  void put(Job job);
  void run();
  void write(std::deque<Job>& group);
  Status write_job(const Job& job, bool alone);
  void answer(std::deque<Job>& group, std::vector<Status> statuses);
  void begin_backup(Job job);
  void step_backup();
  void checkpoint();
  void stop_for(const Error& error);

  std::unique_ptr<Connection> connection_;
  const std::string directory_;
  ports::Scheduler& engine_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool ending_ = false;
  int wal_pages_ = 0;             // writer thread, told by SQLite after each commit
  std::optional<Error> failure_;  // writer thread
  std::unique_ptr<Backup> backup_;
  Done backup_done_;
  std::thread thread_;
};

}  // namespace syncstore::adapters
