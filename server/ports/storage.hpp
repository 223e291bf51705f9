// Storage port. One writer thread per data directory; every call is asynchronous and answers on the
// engine executor. Guarantees an adapter gives (held by tests/contract/storage_contract.hpp):
//  - commit() is one transaction for all stores and documents in the batch; `done(ok)` only after
//  it is durable (fsync);
//    batches commit in the order of calls.
//  - storage_full / retry: rolled back, nothing changed, later calls may work. Any other error:
//  outcome unknown; the adapter
//    refuses every later commit and the process must restart from storage.
//  - A store whose stored sequence differs from expected_sequence fails the batch with
//  `precondition_failed`, nothing changed.
//  - load_store() and load_documents() see every commit answered before.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/sync/change_set.hpp"

namespace syncstore::ports {

struct StoredReceipt {
  sync::MutationResult result;
  std::string body_hash;  // 8 bytes: xxh64 of (mutation_body_hash, author), see merge_submission
  TimeMs at = 0;
};

struct LogEntry {
  Sequence sequence = 0;
  TimeMs time = 0;
  std::uint32_t author = 0;
  Bytes blob;        // canonical change set
  std::string hash;  // 32 bytes: SHA-256(previous hash, blob)
};

struct StoredAuthor {
  std::uint32_t number = 0;
  std::string user;  // user id text, "" = not a person
  std::string name;
};

// Everything one store changes in one transaction.
struct StoreCommit {
  StoreId store;
  Sequence expected_sequence = 0;
  Sequence new_sequence = 0;
  Epoch epoch = 0;            // written with the store's head
  bool create_store = false;  // first commit of a store
  struct RowWrite {
    std::uint16_t collection = 0;
    model::Record record;  // whole row, with row number, version, changed_at, changed_by
  };
  struct RowRemoval {
    std::uint16_t collection = 0;
    model::Tombstone tombstone;
  };
  std::vector<RowWrite> rows;
  std::vector<RowRemoval> removals;
  // Removals that are not remembered any more; they raise their collection's floor to the newest of
  // them.
  std::vector<RowRemoval> forgotten;
  std::vector<LogEntry> log;
  std::vector<StoredReceipt> receipts;
  std::vector<StoredAuthor> authors;
};

// Small durable documents beside the stores: users, sessions, tokens, grants, idempotency keys.
// Written in the same transactions.
struct DocumentWrite {
  std::string kind;
  std::string key;
  std::string body;       // JSON; ignored when erase
  TimeMs expires_at = 0;  // 0 = never; expired ones are dropped at load
  bool erase = false;
};
struct Document {
  std::string kind, key, body;
  TimeMs expires_at = 0;
};

struct StorageBatch {
  std::vector<StoreCommit> stores;
  std::vector<DocumentWrite> documents;
};

struct StoreImage {
  StoreId store;
  Epoch epoch = 0;
  Sequence sequence = 0;
  std::string log_hash;  // 32 bytes, hash of the entry at `sequence` ("" when none)
  TimeMs log_time = 0;
  std::vector<StoreCommit::RowWrite> rows;
  std::vector<StoreCommit::RowRemoval> tombstones;
  std::map<std::uint16_t, Sequence> tombstone_floors;  // removals up to here may be forgotten
  std::vector<StoredAuthor> authors;
  std::vector<StoredReceipt> receipts;  // the newest kReceiptsInMemory
  bool all_receipts = true;             // false: older ones must be asked with find_receipts
};

struct StoreHead {
  StoreId store;
  Epoch epoch = 0;
  Sequence sequence = 0;
};

class Storage {
 public:
  virtual ~Storage() = default;
  virtual void commit(StorageBatch batch, std::function<void(Status)> done) = 0;
  virtual void list_stores(std::function<void(Result<std::vector<StoreHead>>)> done) = 0;
  virtual void load_store(StoreId store,
                          std::function<void(Result<std::shared_ptr<StoreImage>>)> done) = 0;
  virtual void find_receipts(StoreId store, std::vector<MutationId> ids,
                             std::function<void(Result<std::vector<StoredReceipt>>)> done) = 0;
  // Log entries with sequence in [from, to], ascending, at most `limit`.
  virtual void read_log(StoreId store, Sequence from, Sequence to, std::size_t limit,
                        std::function<void(Result<std::vector<LogEntry>>)> done) = 0;
  // Log entries that touched this record, newest first, at most `limit`, with sequence < before (0
  // = newest).
  virtual void read_record_log(StoreId store, std::uint16_t collection, RecordId record,
                               Sequence before, std::size_t limit,
                               std::function<void(Result<std::vector<LogEntry>>)> done) = 0;
  virtual void load_documents(std::string kind,
                              std::function<void(Result<std::vector<Document>>)> done) = 0;
  virtual void set_epoch(StoreId store, Epoch epoch, std::function<void(Status)> done) = 0;
  // Whether so many bytes could be written now; changes nothing that anybody reads. Errors as of
  // commit().
  virtual void probe(std::size_t bytes, std::function<void(Status)> done) = 0;
  // Copies the whole database to a file while it is in use.
  virtual void backup(std::string path, std::function<void(Status)> done) = 0;
  // Integrity of the file and of every store's hash chain; the answer lists what was checked and
  // what is wrong.
  virtual void verify(std::function<void(Result<std::vector<std::string>>)> done) = 0;
};

}  // namespace syncstore::ports
