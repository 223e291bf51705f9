#include "server/adapters/sqlite/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace syncstore::adapters {
namespace {

constexpr int kPagesPerStep = 256;  // 1 MB between two transactions

void sync_path(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

Backup::Backup(std::string path, std::unique_ptr<Connection> target, sqlite3_backup* backup)
    : path_(std::move(path)), target_(std::move(target)), backup_(backup) {}

Backup::~Backup() {
  if (backup_ != nullptr)
    sqlite3_backup_finish(backup_);
  if (target_ == nullptr)
    return;
  target_.reset();
  std::remove(partial().c_str());
}

Result<std::unique_ptr<Backup>> Backup::begin(Connection& source, const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return fail(ErrorCode::already_exists,
                path + " exists already. Choose another name for the backup.");
  }
  std::remove((path + ".partial").c_str());
  SS_ASSIGN_OR_RETURN(auto target,
                      Connection::open(path + ".partial", Connection::Access::read_write, nullptr));
  ::chmod((path + ".partial").c_str(), 0600);
  sqlite3_backup* const backup =
      sqlite3_backup_init(target->handle(), "main", source.handle(), "main");
  if (backup == nullptr)
    return target->error("starting a backup");
  return std::unique_ptr<Backup>(new Backup(path, std::move(target), backup));
}

Result<bool> Backup::step() {
  const int status = sqlite3_backup_step(backup_, kPagesPerStep);
  if (status == SQLITE_DONE)
    return true;
  if (status == SQLITE_OK || status == SQLITE_BUSY || status == SQLITE_LOCKED)
    return false;
  if ((status & 0xFF) == SQLITE_FULL)
    return fail(ErrorCode::storage_full, "No space for the backup " + path_ + ".");
  return fail(ErrorCode::internal, "The backup failed: " + std::string(sqlite3_errstr(status)));
}

Status Backup::finish() {
  const int status = sqlite3_backup_finish(backup_);
  backup_ = nullptr;
  if (status != SQLITE_OK)
    return target_->error("finishing a backup");
  // One file without a write-ahead log beside it.
  SS_TRY(target_->run("PRAGMA journal_mode = DELETE"));
  SS_TRY(target_->run("INSERT OR REPLACE INTO file_facts (name, value) VALUES ('is_copy', '1')"));
  SS_ASSIGN_OR_RETURN(const std::int64_t faults,
                      target_->query_integer(
                          "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'"));
  if (faults != 0)
    return fail(ErrorCode::corrupt, "The backup was written but does not read back correctly.");
  target_.reset();
  sync_path(partial());
  if (std::rename(partial().c_str(), path_.c_str()) != 0) {
    std::remove(partial().c_str());
    return fail(ErrorCode::internal, "The backup could not be given its name " + path_ + ".");
  }
  sync_path(std::filesystem::path(path_).parent_path().string());
  return {};
}

}  // namespace syncstore::adapters
