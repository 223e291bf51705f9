#include "server/adapters/sqlite/sqlite_storage.hpp"

#include <sys/stat.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/base/limits.hpp"
#include "server/adapters/sqlite/backup.hpp"
#include "server/adapters/sqlite/directory_lock.hpp"
#include "server/adapters/sqlite/restore.hpp"
#include "server/adapters/sqlite/schema.hpp"
#include "server/adapters/sqlite/store_rows.hpp"
#include "server/adapters/sqlite/verify.hpp"
#include "server/adapters/sqlite/writer.hpp"

namespace syncstore::adapters {
namespace {

constexpr TimeMs kDayMs = 24LL * 3'600 * 1'000;

// Settings of every connection. mmap stays off: a failing disk would be a signal instead of an
// error.
constexpr const char* kPragmas =
    "PRAGMA mmap_size = 0; PRAGMA secure_delete = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size "
    "= -16384;"
    "PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1;";
constexpr const char* kWriterPragmas =
    "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;";
constexpr const char* kReaderPragmas = "PRAGMA query_only = 1; PRAGMA busy_timeout = 2000;";

// Runs readings one after the other on its own connection, which never writes and never
// checkpoints.
class Reader {
 public:
  explicit Reader(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {
    thread_ = std::thread([this] { run(); });
  }
  ~Reader() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  void put(std::function<void(Connection&)> work) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

 private:
  void run() {
    while (true) {
      std::function<void(Connection&)> work;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return ending_ || !queue_.empty(); });
        if (queue_.empty())
          return;
        work = std::move(queue_.front());
        queue_.pop_front();
      }
      work(*connection_);
    }
  }

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void(Connection&)>> queue_;
  bool ending_ = false;
  std::thread thread_;
};

Status drop_older(Connection& connection, const char* sql, TimeMs before) {
  SS_ASSIGN_OR_RETURN(Statement statement, connection.prepare(sql));
  statement.bind(1, before);
  return connection.expect_done(statement, "dropping what is too old");
}

Status in_transaction(Connection& connection, const std::function<Status()>& work) {
  SS_TRY(connection.run("BEGIN IMMEDIATE"));
  Status status = work();
  if (status.ok())
    status = connection.run("COMMIT");
  if (!status.ok() && connection.in_transaction())
    static_cast<void>(connection.run("ROLLBACK"));
  return status;
}

// A copy that is put to use begins another incarnation of every log.
Status renew_copy(Connection& connection) {
  return in_transaction(connection, [&] {
    return connection.run(
        "UPDATE stores SET epoch = (random() | 1) & 9223372036854775807 "
        "WHERE EXISTS (SELECT 1 FROM file_facts WHERE name = 'is_copy');"
        "DELETE FROM file_facts WHERE name = 'is_copy'");
  });
}

// What has outlived its time goes. On a full disk it stays until the next start: what can be read
// is served.
Status drop_outlived(Connection& connection, TimeMs now) {
  const Status status = in_transaction(connection, [&]() -> Status {
    SS_TRY(drop_older(connection, "DELETE FROM documents WHERE expires_at <> 0 AND expires_at < ?1",
                      now));
    return drop_older(connection, "DELETE FROM receipts WHERE at < ?1",
                      now - limits::kReceiptDays * kDayMs);
  });
  return !status.ok() && status.error().code == ErrorCode::storage_full ? Status() : status;
}

// The index of the write-ahead log gets its room before anything is written. Growing it later could
// fail on a full disk after a transaction reached the log: told as not stored, there after a
// restart.
void reserve_log_index(Connection& connection) {
  constexpr int kRegions = 32;  // of 4,096 pages: a log of 512 MB
  constexpr int kRegionBytes = 32'768;
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) !=
          SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) {
    return;
  }
  void volatile* memory = nullptr;
  for (int region = 0; region < kRegions; ++region) {
    if (file->pMethods->xShmMap(file, region, kRegionBytes, 1, &memory) != SQLITE_OK)
      return;  // a full disk: what is there must do
  }
}

Result<std::unique_ptr<Connection>> open_writer(const std::string& directory, const char* vfs,
                                                const ports::Clock& clock,
                                                const ports::Crypto& crypto) {
  const std::string path = directory + "/syncstore.db";
  SS_ASSIGN_OR_RETURN(auto connection, Connection::open(path, Connection::Access::read_write, vfs));
  ::chmod(path.c_str(), 0600);
  SS_TRY(connection->run("PRAGMA journal_mode = WAL"));
  SS_TRY(connection->run(std::string(kPragmas) + kWriterPragmas));
  SS_TRY(migrate(*connection, migrations(), crypto, clock.now(),
                 directory + "/before-migration-from-"));
  SS_TRY(check_against_catalogue(*connection));
  SS_TRY(renew_copy(*connection));
  reserve_log_index(*connection);
  SS_TRY(drop_outlived(*connection, clock.now()));
  return connection;
}

}  // namespace

// Order matters: the reader goes first, so that the writer closes the last connection; the lock is
// released at the very end.
struct SqliteStorage::Parts {
  SqliteOptions options;
  ports::Scheduler& engine;
  const ports::Clock& clock;
  const ports::Crypto& crypto;
  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Reader> reader;
};

SqliteStorage::SqliteStorage(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteStorage::~SqliteStorage() = default;

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(SqliteOptions options,
                                                           ports::Scheduler& engine,
                                                           const ports::Clock& clock,
                                                           const ports::Crypto& crypto) {
  SS_ASSIGN_OR_RETURN(auto lock, DirectoryLock::take(options.directory));
  SS_TRY(check_restored(options.directory));
  const char* const vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  SS_ASSIGN_OR_RETURN(auto writing, open_writer(options.directory, vfs, clock, crypto));
  SS_ASSIGN_OR_RETURN(auto reading, Connection::open(options.directory + "/syncstore.db",
                                                     Connection::Access::read_write, vfs));
  SS_TRY(reading->run(std::string(kPragmas) + kReaderPragmas));
  auto parts = std::unique_ptr<Parts>(
      new Parts{std::move(options), engine, clock, crypto, std::move(lock), nullptr, nullptr});
  parts->writer =
      std::make_unique<Writer>(std::move(writing), parts->options.directory, engine);
  parts->reader = std::make_unique<Reader>(std::move(reading));
  return std::unique_ptr<SqliteStorage>(new SqliteStorage(std::move(parts)));
}

void SqliteStorage::commit(ports::StorageBatch batch, std::function<void(Status)> done) {
  parts_->writer->commit(std::move(batch), std::move(done));
}

void SqliteStorage::set_epoch(StoreId store, Epoch epoch, std::function<void(Status)> done) {
  parts_->writer->set_epoch(std::move(store), epoch, std::move(done));
}

void SqliteStorage::probe(std::size_t bytes, std::function<void(Status)> done) {
  parts_->writer->probe(bytes, std::move(done));
}

void SqliteStorage::backup(std::string path, std::function<void(Status)> done) {
  parts_->writer->backup(std::move(path), std::move(done));
}

template <class T>
void SqliteStorage::read(std::function<Result<T>(Connection&)> work,
                         std::function<void(Result<T>)> done) {
  parts_->reader->put([&engine = parts_->engine, work = std::move(work),
                       done = std::move(done)](Connection& connection) {
    auto answer = std::make_shared<Result<T>>(work(connection));
    engine.post([done, answer] { done(std::move(*answer)); });
  });
}

void SqliteStorage::list_stores(std::function<void(Result<std::vector<ports::StoreHead>>)> done) {
  read<std::vector<ports::StoreHead>>(read_heads, std::move(done));
}

void SqliteStorage::load_store(
    StoreId store, std::function<void(Result<std::shared_ptr<ports::StoreImage>>)> done) {
  read<std::shared_ptr<ports::StoreImage>>(
      [store = std::move(store), most = parts_->options.receipts_in_memory](
          Connection& connection) { return read_store(connection, store, most); },
      std::move(done));
}

void SqliteStorage::find_receipts(
    StoreId store, std::vector<MutationId> ids,
    std::function<void(Result<std::vector<ports::StoredReceipt>>)> done) {
  read<std::vector<ports::StoredReceipt>>(
      [store = std::move(store), ids = std::move(ids)](Connection& connection) {
        return read_receipts(connection, store, ids);
      },
      std::move(done));
}

void SqliteStorage::read_log(StoreId store, Sequence from, Sequence to, std::size_t limit,
                             std::function<void(Result<std::vector<ports::LogEntry>>)> done) {
  read<std::vector<ports::LogEntry>>(
      [store = std::move(store), from, to, limit](Connection& connection) {
        return read_log_range(connection, store, from, to, limit);
      },
      std::move(done));
}

void SqliteStorage::read_record_log(
    StoreId store, std::uint16_t collection, RecordId record, Sequence before, std::size_t limit,
    std::function<void(Result<std::vector<ports::LogEntry>>)> done) {
  read<std::vector<ports::LogEntry>>(
      [store = std::move(store), collection, record, before, limit](Connection& connection) {
        return read_log_of_record(connection, store, collection, record, before, limit);
      },
      std::move(done));
}

void SqliteStorage::load_documents(std::string kind,
                                   std::function<void(Result<std::vector<ports::Document>>)> done) {
  read<std::vector<ports::Document>>(
      [kind = std::move(kind), now = parts_->clock.now()](Connection& connection) {
        return read_documents(connection, kind, now);
      },
      std::move(done));
}

void SqliteStorage::verify(std::function<void(Result<std::vector<std::string>>)> done) {
  read<std::vector<std::string>>(
      [&crypto = parts_->crypto](Connection& connection) {
        return verify_database(connection, crypto);
      },
      std::move(done));
}

StorageFigures SqliteStorage::figures() const {
  const Writer& writer = *parts_->writer;
  return {writer.transactions, writer.batches, writer.commit_us, writer.depth(), writer.stopped};
}

}  // namespace syncstore::adapters
