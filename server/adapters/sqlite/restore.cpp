#include "server/adapters/sqlite/restore.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "server/adapters/sqlite/directory_lock.hpp"
#include "server/adapters/sqlite/schema.hpp"
#include "server/adapters/sqlite/store_rows.hpp"
#include "server/adapters/sqlite/verify.hpp"

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;

fs::path mark_of(const fs::path& directory) { return directory / "restore-unfinished"; }

Status system_error(const std::string& doing, const std::error_code& error) {
  const bool full = error == std::errc::no_space_on_device;
  return fail(full ? ErrorCode::storage_full : ErrorCode::read_only_directory,
              doing + ": " + error.message() + ".");
}

Status sync_path(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
  const std::error_code error(errno, std::generic_category());
  if (descriptor >= 0)
    ::close(descriptor);
  return done ? Status() : system_error(path.string(), error);
}

// Not a file of ours, whatever it is: the person named the wrong one.
Error unusable(const std::string& file, const Error& error) {
  if (error.code == ErrorCode::newer_schema)
    return error;
  return fail(ErrorCode::invalid,
              file + " is not a sound copy of SyncStore's data: " + error.detail, "file");
}

Status copy_pages(const std::string& file, Connection& target) {
  auto source = Connection::open(file, Connection::Access::read_only, nullptr);
  if (!source.ok())
    return unusable(file, source.error());
  sqlite3_backup* const backup =
      sqlite3_backup_init(target.handle(), "main", (*source)->handle(), "main");
  if (backup == nullptr)
    return target.error("copying " + file);
  const int status = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (status == SQLITE_DONE)
    return {};
  const Error error = target.error("copying " + file);
  return error.code == ErrorCode::storage_full ? error : unusable(file, error);
}

// The copy under its preliminary name: whole, sound, and known to be a copy.
Result<std::vector<std::string>> lay_in(const std::string& file, const fs::path& partial,
                                        const ports::Crypto& crypto) {
  std::vector<std::string> checked;
  {
    SS_ASSIGN_OR_RETURN(auto target, Connection::open(partial.string(),
                                                      Connection::Access::read_write, nullptr));
    ::chmod(partial.c_str(), 0600);
    SS_TRY(copy_pages(file, *target));
    SS_TRY(target->run("PRAGMA journal_mode = DELETE"));
    if (Status known = check_known_schema(*target, crypto); !known.ok())
      return unusable(file, known.error());
    auto sound = verify_database(*target, crypto);
    if (!sound.ok())
      return unusable(file, sound.error());
    checked = std::move(sound).value();
    SS_TRY(target->run("INSERT OR REPLACE INTO file_facts (name, value) VALUES ('is_copy', '1')"));
  }
  SS_TRY(sync_path(partial));
  return checked;
}

// A name that is new, after the moment: what a restore replaced is never replaced itself.
fs::path new_place(const fs::path& directory, TimeMs now) {
  const std::time_t seconds = now / 1'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "replaced-%Y%m%d-%H%M%S", &parts);
  fs::path place = directory / text.data();
  std::error_code ignored;
  for (int i = 2; fs::exists(place, ignored); ++i)
    place = directory / (std::string(text.data()) + "-" + std::to_string(i));
  return place;
}

// Where an earlier try, cut short, was moving things to; else a new place.
Result<fs::path> begin_moving(const fs::path& directory, TimeMs now) {
  std::string name;
  if (std::ifstream mark(mark_of(directory)); mark)
    std::getline(mark, name);
  const fs::path place = name.empty() ? new_place(directory, now) : directory / name;
  std::error_code error;
  fs::create_directory(place, error);
  if (error)
    return system_error(place.string(), error).error();
  ::chmod(place.c_str(), 0700);
  {
    std::ofstream mark(mark_of(directory), std::ios::trunc);
    mark << place.filename().string() << "\n";
    if (!mark.flush())
      return fail(ErrorCode::storage_full, mark_of(directory).string());
  }
  SS_TRY(sync_path(mark_of(directory)));
  SS_TRY(sync_path(directory));
  return place;
}

Status move_old(const fs::path& directory, const fs::path& place) {
  std::error_code error;
  // The index is built anew from the log; beside another database it would lie.
  fs::remove(directory / "syncstore.db-shm", error);
  for (const char* name : {"syncstore.db", "syncstore.db-wal", "syncstore.db-journal"}) {
    if (!fs::exists(directory / name, error))
      continue;
    fs::rename(directory / name, place / name, error);
    if (error)
      return system_error((directory / name).string(), error);
  }
  return sync_path(place);
}

Status put_in_place(const fs::path& directory, const fs::path& partial) {
  std::error_code error;
  fs::rename(partial, directory / "syncstore.db", error);
  if (error)
    return system_error(partial.string(), error);
  SS_TRY(sync_path(directory));
  fs::remove(mark_of(directory), error);
  return sync_path(directory);
}

}  // namespace

Status check_restored(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(mark_of(directory), error))
    return {};
  return fail(ErrorCode::corrupt, "A restore of " + directory +
                                      " was cut short. Run syncstore restore again; what was there "
                                      "before is kept in a folder named replaced-... in it.");
}

Result<Restored> restore(const std::string& file, const std::string& directory,
                         const ports::Crypto& crypto, TimeMs now) {
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    return fail(ErrorCode::invalid, "There is no file " + file + ".", "file");
  SS_ASSIGN_OR_RETURN(const auto lock, DirectoryLock::take(directory));
  const fs::path partial = fs::path(directory) / "restore.partial";
  fs::remove(partial, error);
  auto checked = lay_in(file, partial, crypto);
  if (!checked.ok()) {
    fs::remove(partial, error);
    return checked.error();
  }
  SS_ASSIGN_OR_RETURN(const fs::path place, begin_moving(directory, now));
  SS_TRY(move_old(directory, place));
  SS_TRY(put_in_place(directory, partial));
  Restored restored;
  restored.checked = std::move(checked).value();
  if (fs::is_empty(place, error)) {
    fs::remove(place, error);
  } else {
    restored.replaced = place.string();
  }
  return restored;
}

}  // namespace syncstore::adapters
