// What every adapter of the storage port must hold. A suite is run by handing StorageContract a way
// to open the same data again and again (INSTANTIATE_TEST_SUITE_P in the adapter's test file).
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "server/adapters/crypto/crypto.hpp"
#include "server/adapters/system/engine_thread.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::test {

// Data that outlives the storage object: a directory, or an image in memory.
class StorageData {
 public:
  virtual ~StorageData() = default;
  virtual std::unique_ptr<ports::Storage> open(ports::Scheduler& engine) = 0;
  virtual bool has_files() const = 0;  // backup() works
};
struct StorageKind {
  std::string name;
  std::function<std::unique_ptr<StorageData>()> make;
};
inline std::ostream& operator<<(std::ostream& out, const StorageKind& kind) {
  return out << kind.name;
}

// Calls an operation of the port and waits for its answer.
template <class T>
T await(const std::function<void(std::function<void(T)>)>& operation) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<T> answer;
  };
  const auto shared = std::make_shared<Shared>();
  operation([shared](T answer) {
    const std::lock_guard lock(shared->mutex);
    shared->answer.emplace(std::move(answer));
    shared->wake.notify_one();
  });
  std::unique_lock lock(shared->mutex);
  shared->wake.wait(lock, [&] { return shared->answer.has_value(); });
  return std::move(*shared->answer);
}

// Far ahead, so that nothing of a script is ever too old to keep.
inline constexpr TimeMs kScriptTime = 4'000'000'000'000;

// Makes commits of one store whose rows, log, receipts and hashes agree, as the engine does.
class StoreScript {
 public:
  explicit StoreScript(StoreId store, Epoch epoch = 77) : store_(std::move(store)), epoch_(epoch) {}

  Sequence sequence() const { return sequence_; }
  const std::string& log_hash() const { return log_hash_; }
  const StoreId& store() const { return store_; }
  MutationId mutation_of(Sequence sequence) const;

  // The next change set: sets title and stock of product `id` (inserting it when `row` is new).
  ports::StoreCommit set_product(RecordId id, RowNumber row, const std::string& title,
                                 std::int64_t stock);
  ports::StoreCommit remove_product(RecordId id, RowNumber row);
  // Joins what follows into one commit.
  static ports::StoreCommit join(ports::StoreCommit first, ports::StoreCommit second);

 private:
  ports::StoreCommit next(sync::ChangeSet change_set);
  StoreId store_;
  Epoch epoch_;
  Sequence sequence_ = 0;
  std::string log_hash_;
  std::set<std::uint64_t> present_;  // products that were set and not removed
  adapters::NativeCrypto crypto_;
};

ports::StorageBatch batch_of(ports::StoreCommit commit);
model::Record product(RecordId id, RowNumber row, Sequence version, const std::string& title,
                      std::int64_t stock);

class StorageContract : public testing::TestWithParam<StorageKind> {
 protected:
  void SetUp() override;
  void TearDown() override;
  void reopen();
  Status commit(ports::StorageBatch batch);
  Status commit(ports::StoreCommit commit_of_store) {
    return commit(batch_of(std::move(commit_of_store)));
  }
  std::shared_ptr<ports::StoreImage> load(const StoreId& store);

  std::unique_ptr<StorageData> data_;
  std::unique_ptr<adapters::EngineThread> engine_;
  std::unique_ptr<ports::Storage> storage_;
};

}  // namespace syncstore::test
