#include "server/adapters/sqlite/writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "server/adapters/sqlite/store_rows.hpp"

namespace syncstore::adapters {
namespace {

constexpr std::size_t kQueue =
    4'096;  // batches that wait: each store has one in flight, documents a few
constexpr std::size_t kGroup =
    128;  // batches of one transaction: bounds the wait of the first of them
constexpr int kCheckpointPages = 1'000;      // 4 MB of log, when nothing comes
constexpr int kCheckpointPagesBusy = 8'000;  // 32 MB of log, even while work comes
// A busy store's next batch comes a moment after its last one: a checkpoint in between would make
// it wait for two more syncs, and write pages that the next batches change again.
constexpr std::chrono::milliseconds kQuiet{20};

bool harmless(ErrorCode code) {
  return code == ErrorCode::storage_full || code == ErrorCode::retry ||
         code == ErrorCode::precondition_failed || code == ErrorCode::unknown_store;
}

// Whether a file of so many bytes finds space beside the database.
Status has_room(const std::string& directory, std::size_t bytes) {
  const std::string path = directory + "/space-probe";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int failed = file < 0 ? errno : ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
  if (file >= 0)
    ::close(file);
  ::unlink(path.c_str());
  if (failed == ENOSPC || failed == EDQUOT || failed == EFBIG)
    return fail(ErrorCode::storage_full);
  return {};  // anything else the database itself will say
}

std::uint64_t now_us() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count());
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::string directory,
               ports::Scheduler& engine)
    : connection_(std::move(connection)), directory_(std::move(directory)), engine_(engine) {
  sqlite3_wal_hook(
      connection_->handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Writer::commit(ports::StorageBatch batch, Done done) {
  Job job;
  job.batch = std::move(batch);
  job.done = std::move(done);
  put(std::move(job));
}

void Writer::set_epoch(StoreId store, Epoch epoch, Done done) {
  Job job;
  job.epoch.emplace(std::move(store), epoch);
  job.done = std::move(done);
  put(std::move(job));
}

void Writer::probe(std::size_t bytes, Done done) {
  Job job;
  job.probe_bytes = bytes;
  job.done = std::move(done);
  put(std::move(job));
}

void Writer::backup(std::string path, Done done) {
  Job job;
  job.backup_path = std::move(path);
  job.done = std::move(done);
  put(std::move(job));
}

std::size_t Writer::depth() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Writer::put(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < kQueue) {
      queue_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  engine_.post([done = std::move(job.done)] {
    done(fail(ErrorCode::retry, "Too many transactions wait for the disk."));
  });
}

void Writer::run() {
  while (true) {
    std::deque<Job> group;
    {
      std::unique_lock lock(mutex_);
      if (backup_ == nullptr) {
        const auto has_work = [&] { return ending_ || !queue_.empty(); };
        if (wal_pages_ >= kCheckpointPages && !wake_.wait_for(lock, kQuiet, has_work)) {
          lock.unlock();
          checkpoint();
          lock.lock();
        }
        wake_.wait(lock, has_work);
      }
      if (queue_.empty() && ending_)
        break;
      while (!queue_.empty() && group.size() < kGroup) {
        const bool is_backup = !queue_.front().backup_path.empty();
        if (is_backup && !group.empty())
          break;
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
        if (is_backup)
          break;
      }
    }
    if (!group.empty() && !group.front().backup_path.empty()) {
      begin_backup(std::move(group.front()));
    } else if (!group.empty()) {
      write(group);
    }
    if (backup_ != nullptr)
      step_backup();
    if (wal_pages_ >= kCheckpointPagesBusy && backup_ == nullptr)
      checkpoint();
  }
  if (backup_ != nullptr) {
    backup_.reset();
    engine_.post([done = std::move(backup_done_)] {
      done(fail(ErrorCode::unavailable, "The server stops."));
    });
  }
  if (!failure_) {
    sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                              nullptr);
  }
  connection_.reset();
}

// One transaction for the group. A batch that may not be written is rolled back alone; a full disk
// rolls back all of them.
void Writer::write(std::deque<Job>& group) {
  std::vector<Status> statuses(group.size());
  Status whole = failure_
                     ? Status(fail(ErrorCode::unavailable, "Writing stopped: " + failure_->detail))
                     : connection_->run("BEGIN IMMEDIATE");
  for (std::size_t i = 0; i < group.size() && whole.ok(); ++i) {
    statuses[i] = write_job(group[i], group.size() == 1);
    if (!statuses[i].ok() && statuses[i].error().code != ErrorCode::precondition_failed &&
        statuses[i].error().code != ErrorCode::unknown_store) {
      whole = statuses[i];
    }
  }
  if (whole.ok()) {
    const std::uint64_t before = now_us();
    // Alone and refused, nothing was written and nothing needs to be made durable.
    whole = connection_->run(group.size() == 1 && !statuses[0].ok() ? "ROLLBACK" : "COMMIT");
    commit_us += now_us() - before;
    ++transactions;
    batches += group.size();
  }
  if (!whole.ok()) {
    if (connection_->in_transaction()) {
      const Status undone = connection_->run("ROLLBACK");
      if (!undone.ok() && !failure_)
        stop_for(undone.error());
    }
    if (!harmless(whole.error().code) && !failure_)
      stop_for(whole.error());
    for (Status& status : statuses)
      status = whole;
  }
  answer(group, std::move(statuses));
}

Status Writer::write_job(const Job& job, bool alone) {
  if (!alone)
    SS_TRY(connection_->run("SAVEPOINT batch"));
  Status status;
  if (job.probe_bytes > 0) {
    status = has_room(directory_, job.probe_bytes);
    if (status.ok())
      status = write_probe(*connection_);
  } else if (job.epoch) {
    status = write_epoch(*connection_, job.epoch->first, job.epoch->second);
  } else {
    status = write_batch(*connection_, job.batch);
  }
  if (alone)
    return status;
  if (!status.ok() && connection_->in_transaction())
    SS_TRY(connection_->run("ROLLBACK TO batch"));
  if (connection_->in_transaction())
    SS_TRY(connection_->run("RELEASE batch"));
  return status;
}

void Writer::answer(std::deque<Job>& group, std::vector<Status> statuses) {
  auto answers = std::make_shared<std::vector<std::pair<Done, Status>>>();
  for (std::size_t i = 0; i < group.size(); ++i)
    answers->emplace_back(std::move(group[i].done), std::move(statuses[i]));
  engine_.post([answers] {
    for (const auto& [done, status] : *answers)
      done(status);
  });
}

void Writer::begin_backup(Job job) {
  if (backup_ != nullptr) {
    engine_.post([done = std::move(job.done)] {
      done(fail(ErrorCode::in_progress, "Another backup is running."));
    });
    return;
  }
  auto begun = Backup::begin(*connection_, job.backup_path);
  if (!begun.ok()) {
    engine_.post([done = std::move(job.done), error = begun.error()] { done(error); });
    return;
  }
  backup_ = std::move(begun).value();
  backup_done_ = std::move(job.done);
}

void Writer::step_backup() {
  const Result<bool> finished = backup_->step();
  if (finished.ok() && !*finished)
    return;
  const Status status = finished.ok() ? backup_->finish() : Status(finished.error());
  backup_.reset();
  engine_.post([done = std::move(backup_done_), status] { done(status); });
  backup_done_ = nullptr;
}

void Writer::checkpoint() {
  if (failure_)
    return;
  const int status = sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr,
                                               SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  wal_pages_ =
      0;  // counted anew by the next commit, so that a failing checkpoint is not tried in a circle
  if (status == SQLITE_OK)
    return;
  // What a failed fsync left on disk is unknown (the kernel may have dropped the pages).
  const Error error = connection_->error("checkpoint");
  if (!harmless(error.code))
    stop_for(error);
}

void Writer::stop_for(const Error& error) {
  failure_ = error;
  stopped = true;
}

}  // namespace syncstore::adapters
