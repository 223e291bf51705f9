// In-memory storage: an adapter like any other, for simulation and tests. MemoryDisk is what
// survives a crash; MemoryStorage is one process's access to it. Faults: a full disk, a busy disk,
// an error with unknown outcome, a crash (the owner drops the storage between the moment a batch is
// durable and the moment that is told). Engine executor only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/ports/scheduler.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::memory {

struct MemoryStore {
  Epoch epoch = 0;
  Sequence sequence = 0;
  TimeMs log_time = 0;
  std::map<std::pair<std::uint16_t, RecordId>, model::Record> rows;
  std::map<std::pair<std::uint16_t, RecordId>, model::Tombstone> tombstones;
  std::map<std::uint16_t, Sequence> tombstone_floors;
  std::vector<ports::StoredAuthor> authors;
  std::vector<ports::LogEntry> log;            // index = sequence - 1
  std::vector<ports::StoredReceipt> receipts;  // in order of commit
  std::map<MutationId, std::size_t> receipt_index;
};

struct MemoryDisk {
  std::map<StoreId, MemoryStore> stores;
  std::map<std::pair<std::string, std::string>, ports::Document> documents;

  Status apply(const ports::StorageBatch& batch);  // all or nothing
};

class MemoryStorage final : public ports::Storage {
 public:
  MemoryStorage(ports::Scheduler& scheduler, std::shared_ptr<MemoryDisk> disk);
  ~MemoryStorage() override;

  // Every next commit answers with this until it is cleared; with `unknown_outcome` the batch is
  // durable all the same.
  void set_fault(std::optional<ErrorCode> code, bool unknown_outcome = false);
  // Time from the call to durability and from there to the answer.
  void set_delays(std::int64_t durable_ms, std::int64_t answer_ms);
  void set_receipts_in_memory(std::size_t count) { receipts_in_memory_ = count; }
  // Reads find no entry of the log before the newest so many, as if they had been cut off; 0 = all.
  void set_log_kept(std::size_t entries) { log_kept_ = entries; }
  std::uint64_t commits() const { return commits_; }

  void commit(ports::StorageBatch batch, std::function<void(Status)> done) override;
  void list_stores(std::function<void(Result<std::vector<ports::StoreHead>>)> done) override;
  void load_store(StoreId store,
                  std::function<void(Result<std::shared_ptr<ports::StoreImage>>)> done) override;
  void find_receipts(StoreId store, std::vector<MutationId> ids,
                     std::function<void(Result<std::vector<ports::StoredReceipt>>)> done) override;
  void read_log(StoreId store, Sequence from, Sequence to, std::size_t limit,
                std::function<void(Result<std::vector<ports::LogEntry>>)> done) override;
  void read_record_log(StoreId store, std::uint16_t collection, RecordId record, Sequence before,
                       std::size_t limit,
                       std::function<void(Result<std::vector<ports::LogEntry>>)> done) override;
  void load_documents(std::string kind,
                      std::function<void(Result<std::vector<ports::Document>>)> done) override;
  void set_epoch(StoreId store, Epoch epoch, std::function<void(Status)> done) override;
  void probe(std::size_t bytes, std::function<void(Status)> done) override;
  void backup(std::string path, std::function<void(Status)> done)
      override;  // answers not_implemented: there is no file
  void verify(std::function<void(Result<std::vector<std::string>>)> done) override;

 private:
  void post(std::function<void()> work);
  MemoryStore* find(const StoreId& store);

  ports::Scheduler& scheduler_;
  std::shared_ptr<MemoryDisk> disk_;
  std::optional<ErrorCode> fault_;
  bool unknown_outcome_ = false;
  bool broken_ = false;  // after an unknown outcome nothing is written any more
  std::int64_t durable_ms_ = 0;
  std::int64_t answer_ms_ = 0;
  std::size_t receipts_in_memory_;
  std::size_t log_kept_ = 0;
  std::uint64_t commits_ = 0;
  std::shared_ptr<bool> alive_;
};

}  // namespace syncstore::memory
