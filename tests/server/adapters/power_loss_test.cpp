// The whole storage over a disk that loses power in the middle of commits of several stores: what
// was acknowledged is there afterwards, nothing is there by half, every mutation once. The same
// world with weaker settings must report losses: a check that cannot fail proves nothing.
//
// SYNCSTORE_POWER_SEEDS chooses how many power failures are tried (300 unless told).
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "tests/contract/storage_contract.hpp"
#include "tests/server/adapters/fault_disk.hpp"

namespace syncstore::test {
namespace {

constexpr RecordId kMug{101};
constexpr std::size_t kStores = 3;

// --- settings that the storage does not choose -------------------------------------------------

std::string forced_synchronous;

int leave_synchronous_alone(void*, int action, const char* name, const char*, const char*,
                            const char*) {
  const bool chosen = action == SQLITE_PRAGMA && std::string_view(name) == "synchronous";
  return chosen ? SQLITE_IGNORE : SQLITE_OK;
}

int force_synchronous(sqlite3* connection, const char**, const struct sqlite3_api_routines*) {
  const std::string pragma = "PRAGMA synchronous = " + forced_synchronous;
  const int status = sqlite3_exec(connection, pragma.c_str(), nullptr, nullptr, nullptr);
  sqlite3_set_authorizer(connection, leave_synchronous_alone, nullptr);
  return status;
}

// While it lives every connection keeps this setting, whatever it asks for.
class ForcedSynchronous {
 public:
  explicit ForcedSynchronous(const char* setting) {
    forced_synchronous = setting;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(force_synchronous));
  }
  ~ForcedSynchronous() { sqlite3_reset_auto_extension(); }
};

// --- one power failure -------------------------------------------------------------------------

struct Findings {
  bool cut = false;         // the power failed while commits were under way
  std::uint64_t acked = 0;  // commits that were acknowledged
  std::uint64_t lost = 0;   // acknowledged ones that are gone
  std::vector<std::string> damage;
};

class PowerLoss : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-power-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    engine_ = std::make_unique<adapters::EngineThread>(1, 4);
  }
  void TearDown() override {
    engine_->stop();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::unique_ptr<adapters::SqliteStorage> open(const FaultDisk& disk, Findings& findings) {
    auto opened = adapters::SqliteStorage::open({.directory = directory_, .vfs = disk.name()},
                                                *engine_, clock_, crypto_);
    if (opened.ok())
      return std::move(opened).value();
    findings.damage.push_back("it does not open: " + opened.error().detail);
    return nullptr;
  }

  // Each commit writes a row that carries its own number, a log entry, a receipt and a document.
  static ports::StorageBatch next_commit(StoreScript& store, std::uint64_t seed) {
    const std::string title(seed % 3 == 0 ? 3'000 : 30, 'x');
    const auto number = static_cast<std::int64_t>(store.sequence() + 1);
    ports::StorageBatch batch = batch_of(store.set_product(kMug, 1, title, number));
    batch.documents.push_back(
        {"outbox", store.store() + ":" + std::to_string(number), "{}", 0, false});
    return batch;
  }

  // Commits in bursts of several stores, which the writer joins, until the disk is gone; answers
  // the last acknowledged sequence of each.
  static std::vector<Sequence> commit_until_failure(adapters::SqliteStorage& storage,
                                                    std::vector<StoreScript>& stores,
                                                    std::uint64_t seed, int bursts) {
    struct Shared {
      std::mutex mutex;
      std::condition_variable wake;
      std::vector<Sequence> acked;
      std::size_t open = 0;
      bool failed = false;
    };
    const auto shared = std::make_shared<Shared>();
    shared->acked.resize(stores.size());
    for (int burst = 0; burst < bursts; ++burst) {
      std::unique_lock lock(shared->mutex);
      const std::uint64_t size = 1 + (seed + static_cast<std::uint64_t>(burst)) % 7;
      shared->open = static_cast<std::size_t>(size);
      for (std::uint64_t i = 0; i < size; ++i) {
        const std::size_t which = static_cast<std::size_t>(seed / 7 + i) % stores.size();
        ports::StorageBatch batch = next_commit(stores[which], seed);
        storage.commit(std::move(batch), [shared, which, sequence = stores[which].sequence()](
                                             const Status& status) {
          const std::lock_guard answered(shared->mutex);
          --shared->open;
          if (status.ok())
            shared->acked[which] = sequence;
          else
            shared->failed = true;
          shared->wake.notify_one();
        });
      }
      shared->wake.wait(lock, [&] { return shared->open == 0; });
      if (shared->failed)
        break;
    }
    return shared->acked;
  }

  static void check_store(adapters::SqliteStorage& storage, const StoreScript& script,
                          Sequence acked, const std::vector<ports::Document>& documents,
                          Findings& findings) {
    const StoreId& store = script.store();
    const auto damaged = [&](const std::string& what) {
      findings.damage.push_back(store + ": " + what);
    };
    const auto image = await<Result<std::shared_ptr<ports::StoreImage>>>(
        [&](auto done) { storage.load_store(store, std::move(done)); });
    if (!image.ok()) {
      findings.lost += acked;
      if (image.error().code != ErrorCode::unknown_store)
        damaged(image.error().detail);
      return;
    }
    const ports::StoreImage& found = **image;
    if (found.sequence < acked)
      findings.lost += acked - found.sequence;
    const auto stock = model::find_collection(model::kProducts)->field_index("inventory");
    if (found.rows.size() != 1 || found.rows[0].record.version != found.sequence ||
        std::get<std::int64_t>(found.rows[0].record.values[static_cast<std::size_t>(stock)]) !=
            static_cast<std::int64_t>(found.sequence)) {
      damaged("the row is not that of the last commit");
    }
    std::set<MutationId> receipts;
    for (const ports::StoredReceipt& receipt : found.receipts)
      receipts.insert(receipt.result.id);
    bool once = found.receipts.size() == found.sequence && receipts.size() == found.sequence;
    for (Sequence sequence = 1; sequence <= found.sequence; ++sequence)
      once = once && receipts.count(script.mutation_of(sequence)) == 1;
    if (!once)
      damaged("not one receipt for each commit");
    const auto written =
        std::count_if(documents.begin(), documents.end(), [&](const ports::Document& document) {
          return document.key.starts_with(store + ":");
        });
    if (static_cast<Sequence>(written) != found.sequence)
      damaged("a commit is there by half");
  }

  void check(const FaultDisk& disk, const std::vector<StoreScript>& stores,
             const std::vector<Sequence>& acked, Findings& findings) {
    const auto storage = open(disk, findings);
    for (const Sequence each : acked)
      findings.acked += each;
    if (storage == nullptr) {
      findings.lost += findings.acked;
      return;
    }
    const auto documents = await<Result<std::vector<ports::Document>>>(
        [&](auto done) { storage->load_documents("outbox", std::move(done)); });
    if (!documents.ok()) {
      findings.damage.push_back(documents.error().detail);
    } else {
      for (std::size_t i = 0; i < stores.size(); ++i)
        check_store(*storage, stores[i], acked[i], *documents, findings);
    }
    // The file, and every store's hash chain.
    const auto lines = await<Result<std::vector<std::string>>>(
        [&](auto done) { storage->verify(std::move(done)); });
    if (!lines.ok())
      findings.damage.push_back(lines.error().detail);
  }

  Findings fail_power(std::uint64_t seed, bool lying_disk = false) {
    Findings findings;
    FaultDisk disk(seed);
    if (lying_disk)
      disk.ignore_syncs();
    std::vector<StoreScript> stores;
    for (std::size_t i = 0; i < kStores; ++i)
      stores.emplace_back("store-" + std::to_string(i));
    auto storage = open(disk, findings);
    if (storage == nullptr)
      return findings;
    disk.cut_power_at(disk.operations() + 1 + seed * 7 % 400);
    const auto acked = commit_until_failure(*storage, stores, seed, 40);
    storage.reset();
    findings.cut = disk.power_is_off();
    disk.power_on();
    check(disk, stores, acked, findings);
    return findings;
  }

  std::string directory_;
  adapters::SystemClock clock_;
  adapters::NativeCrypto crypto_;
  std::unique_ptr<adapters::EngineThread> engine_;
};

std::uint64_t seeds_wanted() {
  const char* const told = std::getenv("SYNCSTORE_POWER_SEEDS");
  return told != nullptr ? std::strtoull(told, nullptr, 10) : 300;
}

TEST_F(PowerLoss, LosesNothingAcknowledged) {
  const std::uint64_t seeds = seeds_wanted();
  std::uint64_t cut = 0;
  std::uint64_t acked = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Findings findings = fail_power(seed);
    cut += findings.cut ? 1 : 0;
    acked += findings.acked;
    EXPECT_EQ(findings.lost, 0u) << "seed " << seed;
    EXPECT_TRUE(findings.damage.empty()) << "seed " << seed << ": " << findings.damage.front();
    if (HasFailure())
      return;
  }
  RecordProperty("seeds", std::to_string(seeds));
  RecordProperty("acknowledged", std::to_string(acked));
  std::printf("%llu power failures, %llu acknowledged commits, 0 lost, 0 damaged\n",
              static_cast<unsigned long long>(cut), static_cast<unsigned long long>(acked));
  EXPECT_GT(cut, seeds * 4 / 5);  // else the test tests little
  EXPECT_GT(acked, seeds * 10);
}

TEST_F(PowerLoss, WithoutSyncingItIsSeenToLoseAndDamage) {
  const ForcedSynchronous off("OFF");
  std::uint64_t lost = 0;
  std::uint64_t damaged = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Findings findings = fail_power(seed);
    lost += findings.lost;
    damaged += findings.damage.empty() ? 0u : 1u;
  }
  EXPECT_GT(lost, 100u);
  EXPECT_GT(damaged, 5u);
}

TEST_F(PowerLoss, WithSyncsAtCheckpointsOnlyItIsSeenToLose) {
  const ForcedSynchronous normal("NORMAL");
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    lost += fail_power(seed).lost;
  EXPECT_GT(lost, 10u);
}

TEST_F(PowerLoss, ADiskThatLiesAboutSyncsIsSeenToLose) {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    lost += fail_power(seed, true).lost;
  EXPECT_GT(lost, 100u);
}

}  // namespace
}  // namespace syncstore::test
