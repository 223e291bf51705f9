// What is particular to the SQLite adapter: its files, schema, lock, backup and damage.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "server/adapters/sqlite/schema.hpp"
#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "tests/contract/storage_contract.hpp"

namespace syncstore::test {
namespace {

constexpr RecordId kMug{101};

class SqliteFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-sqlite-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    engine_ = std::make_unique<adapters::EngineThread>(1, 4);
  }
  void TearDown() override {
    storage_.reset();
    engine_->stop();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Status open(const std::string& directory) {
    auto opened =
        adapters::SqliteStorage::open({.directory = directory}, *engine_, clock_, crypto_);
    if (!opened.ok())
      return opened.error();
    storage_ = std::move(opened).value();
    return {};
  }
  Status open() { return open(directory_); }
  ErrorCode code_of_open() {
    const Status status = open();
    return status.ok() ? ErrorCode::none : status.error().code;
  }
  Status commit(ports::StoreCommit of_store) {
    return await<Status>(
        [&](auto done) { storage_->commit(batch_of(std::move(of_store)), std::move(done)); });
  }
  Status backup(const std::string& path) {
    return await<Status>([&](auto done) { storage_->backup(path, std::move(done)); });
  }
  std::shared_ptr<ports::StoreImage> load(const StoreId& store) {
    auto image = await<Result<std::shared_ptr<ports::StoreImage>>>(
        [&](auto done) { storage_->load_store(store, std::move(done)); });
    return image.ok() ? *image : nullptr;
  }
  // Behind the adapter's back, while it is closed.
  void tamper(const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((directory_ + "/syncstore.db").c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  void fill(int count) {
    ASSERT_TRUE(open().ok());
    StoreScript gifts("gifts");
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(commit(gifts.set_product(kMug, 1, std::to_string(i), i)).ok());
  }

  std::string directory_;
  adapters::SystemClock clock_;
  adapters::NativeCrypto crypto_;
  std::unique_ptr<adapters::EngineThread> engine_;
  std::unique_ptr<adapters::SqliteStorage> storage_;
};

TEST_F(SqliteFile, MakesItsDirectoryForTheOwnerAlone) {
  directory_ += "/deeper/still";
  ASSERT_TRUE(open().ok());
  const auto rights = std::filesystem::status(directory_).permissions();
  EXPECT_EQ(rights & std::filesystem::perms::mask, std::filesystem::perms::owner_all);
  const auto file = std::filesystem::status(directory_ + "/syncstore.db").permissions();
  EXPECT_EQ(file & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SqliteFile, TheIndexOfTheLogHasItsRoomFromTheStart) {
  ASSERT_TRUE(open().ok());
  EXPECT_GE(std::filesystem::file_size(directory_ + "/syncstore.db-shm"), 1'048'576u);
}

TEST_F(SqliteFile, AProbeLeavesNothingBehindAndRefusesWhatCannotFit) {
  ASSERT_TRUE(open().ok());
  const auto probe = [&](std::size_t bytes) {
    return await<Status>([&](auto done) { storage_->probe(bytes, done); });
  };
  EXPECT_TRUE(probe(4'096).ok());
  EXPECT_EQ(probe(std::size_t{1} << 60).error().code, ErrorCode::storage_full);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/space-probe"));
  EXPECT_FALSE(storage_->figures().stopped);
  StoreScript gifts("gifts");
  EXPECT_TRUE(commit(gifts.set_product(kMug, 1, "x", 1)).ok());
}

TEST_F(SqliteFile, TheDirectoryIsForOneAtATime) {
  ASSERT_TRUE(open().ok());
  auto second = adapters::SqliteStorage::open({.directory = directory_}, *engine_, clock_, crypto_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::directory_locked);
  EXPECT_NE(second.error().detail.find(directory_), std::string::npos);
  storage_.reset();
  EXPECT_TRUE(open().ok());
}

TEST_F(SqliteFile, AFileInTheDirectorysPlaceIsRefused) {
  std::ofstream(directory_ + "/file") << "x";
  directory_ += "/file";
  EXPECT_EQ(code_of_open(), ErrorCode::read_only_directory);
  directory_.resize(directory_.size() - 5);
}

TEST_F(SqliteFile, RefusesANewerSchemaAndAnAlteredMigration) {
  fill(1);
  storage_.reset();
  tamper("INSERT INTO schema_version VALUES (9999, 'later', '', 0)");
  EXPECT_EQ(code_of_open(), ErrorCode::newer_schema);
  tamper(
      "DELETE FROM schema_version WHERE number = 9999; UPDATE schema_version SET checksum = 'x'");
  EXPECT_EQ(code_of_open(), ErrorCode::corrupt);
}

TEST_F(SqliteFile, RefusesWhatIsNoDatabase) {
  std::ofstream(directory_ + "/syncstore.db") << std::string(10'000, 'x');
  EXPECT_EQ(code_of_open(), ErrorCode::corrupt);
}

TEST_F(SqliteFile, RefusesATableThatDiffersFromTheCatalogue) {
  fill(1);
  storage_.reset();
  tamper("ALTER TABLE products DROP COLUMN title");
  EXPECT_EQ(code_of_open(), ErrorCode::corrupt);
}

TEST_F(SqliteFile, MigratesForwardOnceAfterACopy) {
  fill(3);
  storage_.reset();
  auto opened = adapters::Connection::open(directory_ + "/syncstore.db",
                                           adapters::Connection::Access::read_write, nullptr);
  ASSERT_TRUE(opened.ok());
  const auto connection = std::move(opened).value();
  std::vector<adapters::Migration> list(adapters::migrations().begin(),
                                        adapters::migrations().end());
  const int next = list.back().number + 1;
  list.push_back(
      {next, "more", "CREATE TABLE more (a TEXT) STRICT; INSERT INTO more VALUES ('x');"});
  const std::string copy = directory_ + "/copy-";
  ASSERT_TRUE(adapters::migrate(*connection, list, crypto_, 1, copy).ok());
  EXPECT_EQ(*connection->query_integer("SELECT count(*) FROM more"), 1);
  EXPECT_TRUE(std::filesystem::exists(copy + std::to_string(next - 1) + ".db"));
  ASSERT_TRUE(adapters::migrate(*connection, list, crypto_, 1, copy).ok());  // nothing left to do
  EXPECT_EQ(*connection->query_integer("SELECT count(*) FROM more"), 1);
  // One that fails leaves everything as it was.
  list.push_back({next + 1, "broken", "CREATE TABLE half (a TEXT) STRICT; SELECT nonsense;"});
  EXPECT_FALSE(adapters::migrate(*connection, list, crypto_, 1, copy).ok());
  EXPECT_EQ(*connection->query_integer("SELECT count(*) FROM sqlite_master WHERE name = 'half'"),
            0);
  EXPECT_EQ(*connection->query_integer("SELECT max(number) FROM schema_version"), next);
}

TEST_F(SqliteFile, ABackupServesAndBeginsAnotherEpoch) {
  fill(5);
  const Epoch epoch = load("gifts")->epoch;
  const std::string fresh = directory_ + "/fresh";
  std::filesystem::create_directory(fresh);
  ASSERT_TRUE(backup(fresh + "/syncstore.db").ok());
  EXPECT_FALSE(std::filesystem::exists(fresh + "/syncstore.db.partial"));
  EXPECT_FALSE(std::filesystem::exists(fresh + "/syncstore.db-wal"));
  const Status again = backup(fresh + "/syncstore.db");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
  storage_.reset();
  ASSERT_TRUE(open(fresh).ok());
  const auto image = load("gifts");
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->sequence, 5u);
  EXPECT_NE(image->epoch, epoch);
  EXPECT_NE(image->epoch, 0u);
  const Epoch renewed = image->epoch;
  storage_.reset();
  ASSERT_TRUE(open(fresh).ok());
  EXPECT_EQ(load("gifts")->epoch, renewed);  // once
}

TEST_F(SqliteFile, ABackupUnderWritesIsOneMomentOfTheDatabase) {
  ASSERT_TRUE(open().ok());
  StoreScript gifts("gifts");
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(
        commit(gifts.set_product(RecordId{100u + static_cast<unsigned>(i)},
                                 static_cast<RowNumber>(i + 1), std::string(20'000, 'x'), i))
            .ok());
  }
  const std::string fresh = directory_ + "/fresh";
  std::filesystem::create_directory(fresh);
  bool done = false;
  Status status;
  std::mutex mutex;
  storage_->backup(fresh + "/syncstore.db", [&](Status answer) {
    const std::lock_guard lock(mutex);
    status = answer;
    done = true;
  });
  while (true) {
    const auto which = static_cast<unsigned>(gifts.sequence() % 300);
    ASSERT_TRUE(commit(gifts.set_product(RecordId{100u + which}, which + 1,
                                         std::string(20'000, 'y'), 1))
                    .ok());
    const std::lock_guard lock(mutex);
    if (done)
      break;
  }
  ASSERT_TRUE(status.ok()) << status.error().detail;
  EXPECT_GT(gifts.sequence(), 300u) << "writing goes on meanwhile";
  storage_.reset();
  ASSERT_TRUE(open(fresh).ok());
  const auto lines = await<Result<std::vector<std::string>>>(
      [&](auto answer) { storage_->verify(std::move(answer)); });
  EXPECT_TRUE(lines.ok()) << lines.error().detail;
}

TEST_F(SqliteFile, VerifyNamesTheFirstBadSequence) {
  fill(20);
  storage_.reset();
  const auto fault_after = [&](const std::string& sql) {
    tamper(sql);
    EXPECT_TRUE(open().ok());
    const auto lines = await<Result<std::vector<std::string>>>(
        [&](auto done) { storage_->verify(std::move(done)); });
    storage_.reset();
    return lines.ok() ? std::string() : lines.error().detail;
  };
  tamper("CREATE TABLE kept AS SELECT * FROM log");
  const std::string restore = "DELETE FROM log; INSERT INTO log SELECT * FROM kept;";
  EXPECT_NE(fault_after("UPDATE log SET blob = CAST(blob || x'00' AS BLOB) WHERE sequence = 7")
                .find("gifts: the log is broken at sequence 7"),
            std::string::npos);
  EXPECT_NE(fault_after(restore + "DELETE FROM log WHERE sequence = 12").find("sequence 12"),
            std::string::npos);
  EXPECT_NE(fault_after(restore + "DELETE FROM log WHERE sequence = 20").find("sequence 20"),
            std::string::npos);
  EXPECT_NE(fault_after(restore + "UPDATE log SET hash = zeroblob(32) WHERE sequence = 1")
                .find("sequence 1"),
            std::string::npos);
  EXPECT_EQ(fault_after(restore), "");
}

TEST_F(SqliteFile, LoadsTheNewestReceiptsAndFindsTheOthers) {
  fill(10);
  storage_.reset();
  auto opened = adapters::SqliteStorage::open({.directory = directory_, .receipts_in_memory = 4},
                                              *engine_, clock_, crypto_);
  ASSERT_TRUE(opened.ok());
  storage_ = std::move(opened).value();
  const auto image = load("gifts");
  ASSERT_EQ(image->receipts.size(), 4u);
  EXPECT_FALSE(image->all_receipts);
  EXPECT_EQ(image->receipts.front().result.sequence, 7u);
  EXPECT_EQ(image->receipts.back().result.sequence, 10u);
  StoreScript names("gifts");
  const auto found = await<Result<std::vector<ports::StoredReceipt>>>([&](auto done) {
    storage_->find_receipts("gifts", {names.mutation_of(2)}, std::move(done));
  });
  EXPECT_EQ(found->size(), 1u);
}

TEST_F(SqliteFile, DropsExpiredDocuments) {
  ASSERT_TRUE(open().ok());
  ports::StorageBatch batch;
  batch.documents.push_back({"ticket", "old", "{}", 1, false});
  batch.documents.push_back({"ticket", "good", "{}", clock_.now() + 60'000, false});
  batch.documents.push_back({"ticket", "forever", "{}", 0, false});
  ASSERT_TRUE(
      await<Status>([&](auto done) { storage_->commit(std::move(batch), std::move(done)); }).ok());
  const auto tickets = await<Result<std::vector<ports::Document>>>(
      [&](auto done) { storage_->load_documents("ticket", std::move(done)); });
  ASSERT_EQ(tickets->size(), 2u);
  EXPECT_EQ((*tickets)[0].key, "forever");
}

TEST_F(SqliteFile, KeepsTheLogFileSmallUnderManyCommits) {
  ASSERT_TRUE(open().ok());
  StoreScript gifts("gifts");
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(commit(gifts.set_product(kMug, 1, std::string(30'000, 'x'), i)).ok());
  EXPECT_LT(std::filesystem::file_size(directory_ + "/syncstore.db-wal"), 48u * 1024 * 1024);
}

}  // namespace
}  // namespace syncstore::test
