// The storage contract, run against every adapter there is.
#include <stdlib.h>

#include <filesystem>

#include "server/adapters/memory/memory_storage.hpp"
#include "server/adapters/sqlite/sqlite_storage.hpp"
#include "server/adapters/system/clock.hpp"
#include "tests/contract/storage_contract.hpp"

namespace syncstore::test {
namespace {

class SqliteData : public StorageData {
 public:
  SqliteData() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncstore-contract-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~SqliteData() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  std::unique_ptr<ports::Storage> open(ports::Scheduler& engine) override {
    auto opened = adapters::SqliteStorage::open({.directory = directory_}, engine, clock_, crypto_);
    EXPECT_TRUE(opened.ok()) << opened.error().detail;
    return opened.ok() ? std::move(opened).value() : nullptr;
  }
  bool has_files() const override { return true; }

 private:
  std::string directory_;
  adapters::SystemClock clock_;
  adapters::NativeCrypto crypto_;
};

class MemoryData : public StorageData {
 public:
  std::unique_ptr<ports::Storage> open(ports::Scheduler& engine) override {
    return std::make_unique<memory::MemoryStorage>(engine, disk_);
  }
  bool has_files() const override { return false; }

 private:
  std::shared_ptr<memory::MemoryDisk> disk_ = std::make_shared<memory::MemoryDisk>();
};

INSTANTIATE_TEST_SUITE_P(
    Adapters, StorageContract,
    testing::Values(StorageKind{"Sqlite", [] { return std::make_unique<SqliteData>(); }},
                    StorageKind{"Memory", [] { return std::make_unique<MemoryData>(); }}),
    [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace syncstore::test
