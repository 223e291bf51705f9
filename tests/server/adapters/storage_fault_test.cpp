// The storage on a disk that loses power, fills up or breaks at any operation: what was
// acknowledged is there afterwards, whole, and what was not is there whole or not at all.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "tests/contract/storage_contract.hpp"
#include "tests/server/adapters/fault_disk.hpp"

namespace syncstore::test {
namespace {

constexpr RecordId kMug{101};

class StorageFaults : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-faults-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    engine_ = std::make_unique<adapters::EngineThread>(1, 4);
  }
  void TearDown() override {
    storage_.reset();
    engine_->stop();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  Status open(FaultDisk& disk) {
    auto opened = adapters::SqliteStorage::open({.directory = directory_, .vfs = disk.name()},
                                                *engine_, clock_, crypto_);
    if (!opened.ok())
      return opened.error();
    storage_ = std::move(opened).value();
    return {};
  }

  Status commit(ports::StorageBatch batch) {
    return await<Status>([&](auto done) { storage_->commit(std::move(batch), std::move(done)); });
  }
  Status commit(ports::StoreCommit of_store) { return commit(batch_of(std::move(of_store))); }

  // Commits in bursts (which the writer joins) until the disk fails; answers the last acknowledged
  // sequence of each store.
  std::pair<Sequence, Sequence> run_until_failure(std::uint64_t seed, int bursts) {
    StoreScript gifts("gifts");
    StoreScript games("games");
    struct Acked {
      std::mutex mutex;
      std::condition_variable wake;
      Sequence gifts = 0, games = 0;
      int open = 0;
      bool failed = false;
    };
    const auto acked = std::make_shared<Acked>();
    const auto put = [&](StoreScript& store, Sequence Acked::*place) {
      ports::StorageBatch batch =
          batch_of(store.set_product(kMug, 1, std::string(seed % 3 == 0 ? 3'000 : 30, 'x'), 1));
      batch.documents.push_back(
          {"outbox", store.store() + std::to_string(store.sequence()), "{}", 0, false});
      const Sequence sequence = store.sequence();
      ++acked->open;
      storage_->commit(std::move(batch), [acked, sequence, place](Status status) {
        const std::lock_guard lock(acked->mutex);
        --acked->open;
        if (status.ok()) {
          (*acked).*place = sequence;
        } else {
          acked->failed = true;
        }
        acked->wake.notify_one();
      });
    };
    for (int burst = 0; burst < bursts; ++burst) {
      std::unique_lock lock(acked->mutex);
      for (std::uint64_t i = 0; i <= (seed + static_cast<std::uint64_t>(burst)) % 4; ++i) {
        put(gifts, &Acked::gifts);
        if (i % 2 == 0)
          put(games, &Acked::games);
      }
      acked->wake.wait(lock, [&] { return acked->open == 0; });
      if (acked->failed)
        break;
    }
    return {acked->gifts, acked->games};
  }

  // Everything that must hold of a store after any failure.
  void check_store(const StoreId& store, Sequence acknowledged) {
    const auto image = await<Result<std::shared_ptr<ports::StoreImage>>>(
        [&](auto done) { storage_->load_store(store, std::move(done)); });
    if (!image.ok()) {
      EXPECT_EQ(image.error().code, ErrorCode::unknown_store) << image.error().detail;
      EXPECT_EQ(acknowledged, 0u) << store;
      return;
    }
    const ports::StoreImage& found = **image;
    EXPECT_GE(found.sequence, acknowledged) << store;
    ASSERT_EQ(found.rows.size(), 1u);
    EXPECT_EQ(found.rows[0].record.version, found.sequence);
    EXPECT_EQ(found.receipts.size(), found.sequence);  // each mutation once, none half
    const auto documents = await<Result<std::vector<ports::Document>>>(
        [&](auto done) { storage_->load_documents("outbox", std::move(done)); });
    const auto of_store = std::count_if(
        documents->begin(), documents->end(),
        [&](const ports::Document& document) { return document.key.starts_with(store); });
    EXPECT_EQ(static_cast<Sequence>(of_store), found.sequence);
  }

  void check_file() {
    const auto lines = await<Result<std::vector<std::string>>>(
        [&](auto done) { storage_->verify(std::move(done)); });
    EXPECT_TRUE(lines.ok()) << lines.error().detail;
  }

  std::string directory_;
  adapters::SystemClock clock_;
  adapters::NativeCrypto crypto_;
  std::unique_ptr<adapters::EngineThread> engine_;
  std::unique_ptr<adapters::SqliteStorage> storage_;
};

TEST_F(StorageFaults, APowerFailureWhileStartingIsRecoveredFrom) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FaultDisk disk(seed);
    disk.cut_power_at(seed * 2);  // in the middle of the migrations, at first
    if (open(disk).ok())
      storage_.reset();
    disk.power_on();
    ASSERT_TRUE(open(disk).ok());
    const auto [gifts, games] = run_until_failure(seed, 5);
    disk.cut_power_at(disk.operations());
    storage_.reset();
    disk.power_on();
    disk.cut_power_at(disk.operations() + seed % 6);  // and again while recovering
    if (open(disk).ok())
      storage_.reset();
    disk.power_on();
    ASSERT_TRUE(open(disk).ok());
    check_store("gifts", gifts);
    check_store("games", games);
    check_file();
    storage_.reset();
    if (HasFailure())
      return;
  }
}

TEST_F(StorageFaults, AFullDiskRollsBackAndWritingGoesOnWhenThereIsSpace) {
  std::uint64_t refused_in_all = 0;
  std::uint64_t refused_probes = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FaultDisk disk(seed);
    ASSERT_TRUE(open(disk).ok());
    const std::uint64_t from = disk.operations() + seed % 97;
    disk.fill_between(from, from + 60);
    StoreScript gifts("gifts");
    ports::StoreCommit next = gifts.set_product(kMug, 1, std::string(2'000, 'x'), 1);
    Sequence acknowledged = 0;
    for (int tries = 0; tries < 400 && acknowledged < 60; ++tries) {
      const Status status = commit(next);
      if (status.ok()) {
        acknowledged = gifts.sequence();
        next = gifts.set_product(kMug, 1, std::string(2'000, 'y'), 1);
        continue;
      }
      ASSERT_EQ(status.error().code, ErrorCode::storage_full) << status.error().detail;
      ++refused_in_all;
      const Status probed = await<Status>([&](auto done) { storage_->probe(4'096, done); });
      EXPECT_TRUE(probed.ok() || probed.error().code == ErrorCode::storage_full);
      refused_probes += probed.ok() ? 0u : 1u;
    }
    EXPECT_EQ(acknowledged, 60u);
    EXPECT_FALSE(storage_->figures().stopped);
    check_file();
    storage_.reset();
    if (HasFailure())
      return;
  }
  EXPECT_GT(refused_in_all, 100u);
  EXPECT_GT(refused_probes, 50u);
}

TEST_F(StorageFaults, AnErrorOfUnknownOutcomeStopsWritingUntilTheNextStart) {
  std::uint64_t stopped = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FaultDisk disk(seed);
    ASSERT_TRUE(open(disk).ok());
    disk.fail_once_at(disk.operations() + 1 + seed * 3 % 100);
    const auto [gifts, games] = run_until_failure(seed, 40);
    if (storage_->figures().stopped) {
      ++stopped;
      StoreScript late("late");
      EXPECT_EQ(commit(late.set_product(kMug, 1, "x", 1)).error().code, ErrorCode::unavailable);
    }
    storage_.reset();
    ASSERT_TRUE(open(disk).ok());
    check_store("gifts", gifts);
    check_store("games", games);
    check_store("late", 0);
    check_file();
    storage_.reset();
    if (HasFailure())
      return;
  }
  EXPECT_GT(stopped, 80u);
}

}  // namespace
}  // namespace syncstore::test
