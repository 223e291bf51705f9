#include "server/adapters/sqlite/upgrade.hpp"

#include <unistd.h>

#include <filesystem>

#include "server/adapters/sqlite/directory_lock.hpp"
#include "server/adapters/sqlite/restore.hpp"
#include "server/adapters/sqlite/schema.hpp"
#include "server/adapters/sqlite/store_rows.hpp"
#include "server/adapters/sqlite/verify.hpp"

namespace syncstore::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScratchName = "rehearsal-";
constexpr std::string_view kCopyName = "before-migration-from-";

// A folder of its own beside the data, so that the copy has the same disk's room; gone at the end.
class Scratch {
 public:
  explicit Scratch(const fs::path& directory)
      : path_(directory / (std::string(kScratchName) + std::to_string(::getpid()))) {
    std::error_code error;
    drop_left_behind(directory);
    fs::create_directory(path_, error);
    if (!error)
      fs::permissions(path_, fs::perms::owner_all, error);
    auto lock = DirectoryLock::take(path_.string());
    made_ = !error && lock.ok();
    if (made_)
      lock_ = std::move(*lock);
  }
  ~Scratch() {
    std::error_code ignored;
    if (made_)
      fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  bool made() const { return made_; }
  fs::path path() const { return path_; }

 private:
  // Of rehearsals whose process was killed; one that runs holds the lock of its own.
  static void drop_left_behind(const fs::path& directory) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.compare(0, kScratchName.size(), kScratchName) != 0 ||
          name.find_first_not_of("0123456789", kScratchName.size()) != std::string::npos)
        continue;
      std::error_code ignored;
      if (DirectoryLock::take(entry->path().string()).ok())
        fs::remove_all(entry->path(), ignored);
    }
  }

  fs::path path_;
  std::unique_ptr<DirectoryLock> lock_;
  bool made_ = false;
};

Status there_is_a_database(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error))
    return {};
  return fail(ErrorCode::not_found, "There is no data in " + file.parent_path().string() + ".");
}

// Migrates an open database, checks it, and says what was done.
Result<Upgraded> bring_up(Connection& connection, const ports::Crypto& crypto, TimeMs now,
                          const std::string& copy_prefix) {
  SS_TRY(check_known_schema(connection, crypto));
  Upgraded done;
  SS_ASSIGN_OR_RETURN(const std::int64_t from,
                      connection.query_integer("SELECT MAX(number) FROM schema_version"));
  done.from = static_cast<int>(from);
  done.to = migrations().back().number;
  for (const Migration& migration : migrations()) {
    if (migration.number > done.from)
      done.migrations.emplace_back(migration.name);
  }
  SS_TRY(migrate(connection, migrations(), crypto, now, copy_prefix));
  SS_TRY(check_against_catalogue(connection));
  SS_ASSIGN_OR_RETURN(done.verified, verify_database(connection, crypto));
  if (done.from < done.to)
    done.kept = copy_prefix + std::to_string(done.from) + ".db";
  return done;
}

}  // namespace

Result<Upgraded> upgrade(const std::string& directory, const ports::Crypto& crypto, TimeMs now) {
  const fs::path file = fs::path(directory) / "syncstore.db";
  SS_TRY(there_is_a_database(file));
  SS_ASSIGN_OR_RETURN(const auto lock, DirectoryLock::take(directory));
  SS_TRY(check_restored(directory));
  SS_ASSIGN_OR_RETURN(auto connection,
                      Connection::open(file.string(), Connection::Access::read_write, nullptr));
  SS_TRY(connection->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  return bring_up(*connection, crypto, now, directory + "/" + std::string(kCopyName));
}

Result<Upgraded> rehearse_upgrade(const std::string& directory, const ports::Crypto& crypto,
                                  TimeMs now,
                                  const std::function<Status(const ports::StoreImage&)>& visit) {
  const fs::path file = fs::path(directory) / "syncstore.db";
  SS_TRY(there_is_a_database(file));
  const Scratch scratch(directory);
  if (!scratch.made())
    return fail(ErrorCode::read_only_directory, "No copy can be made in " + directory + ".");
  const std::string copy = (scratch.path() / "syncstore.db").string();
  {
    SS_ASSIGN_OR_RETURN(auto source,
                        Connection::open(file.string(), Connection::Access::read_only, nullptr));
    SS_ASSIGN_OR_RETURN(Statement vacuum, source->prepare("VACUUM INTO ?1"));
    vacuum.bind_text(1, copy);
    SS_TRY(source->expect_done(vacuum, "copying the database"));
  }
  SS_ASSIGN_OR_RETURN(auto connection,
                      Connection::open(copy, Connection::Access::read_write, nullptr));
  SS_ASSIGN_OR_RETURN(Upgraded done, bring_up(*connection, crypto, now,
                                              (scratch.path() / std::string(kCopyName)).string()));
  if (!done.kept.empty())
    done.kept = directory + "/" + fs::path(done.kept).filename().string();
  SS_ASSIGN_OR_RETURN(const std::vector<ports::StoreHead> heads, read_heads(*connection));
  for (const ports::StoreHead& head : heads) {
    SS_ASSIGN_OR_RETURN(const auto image, read_store(*connection, head.store, 0));
    SS_TRY(visit(*image));
  }
  return done;
}

}  // namespace syncstore::adapters
