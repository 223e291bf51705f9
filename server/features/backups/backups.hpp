// Backups on schedule: copies the database while it is in use, reads each copy back (file and
// every store's log), keeps those of the last days and always the newest. The copy is made by
// storage between its transactions, everything else on the worker pool: commits never wait. A
// backup that fails is tried again and stands in log, metrics and status until one succeeds.
// Engine executor only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/base/log.hpp"
#include "server/features/backups/schedule.hpp"
#include "server/features/backups/shelf.hpp"
#include "server/ports/scheduler.hpp"

namespace syncstore::backups {

struct BackupPorts {
  const ports::Clock& clock;
  ports::Scheduler& scheduler;
  // Copies the database to a file that does not exist yet, durable before it answers.
  std::function<void(const std::string& path, std::function<void(Status)>)> copy;
  // Reads a copy back: integrity of the file and of every log. Worker pool.
  std::function<Status(const std::string& path)> check;
};

struct BackupOptions {
  Schedule schedule;
  std::string folder;
  std::string database;     // its size says what a copy needs
  std::string config_file;  // copied along when it exists
  Log* log = nullptr;
};

struct BackupState {
  std::optional<BackupFile> newest;  // good
  std::size_t kept = 0;
  TimeMs next_at = 0;  // 0 = none planned
  bool running = false;
  std::string fault;  // of the last try; "" = it was good
  std::uint64_t made = 0;
  std::uint64_t failed = 0;
};

class Backups {
 public:
  Backups(BackupPorts ports, BackupOptions options);

  // Begins the schedule; without it nothing is ever made. A backup that is overdue is made soon.
  void start();
  void stop();
  const BackupState& state() const { return state_; }
  const Schedule& schedule() const { return options_.schedule; }
  // What an operator should act on; "" when all is well.
  std::string alert() const;
  std::string metrics_text() const;
  // What stands in the folder, newest first.
  void list(std::function<void(std::vector<BackupFile>)> done);

 private:
  void plan();
  void look();
  void begin();
  void copied(const Status& status);
  void finish(Status status);
  // Work on the pool, then its answer on the engine executor.
  template <class Work, class Then>
  void aside(Work work, Then then);

  BackupPorts ports_;
  BackupOptions options_;
  BackupState state_;
  std::string unchecked_;  // path of the copy being made
  TimeMs began_at_ = 0;
  TimeMs started_at_ = 0;
  bool ended_ = true;
  ports::TimerId timer_ = 0;
};

}  // namespace syncstore::backups
