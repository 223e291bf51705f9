// The SQL of stores, log, receipts, authors and documents: writing one batch inside a transaction,
// and the readings of the storage port. Functions over a connection; whoever owns the connection
// decides about threads and transactions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/adapters/sqlite/connection.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::adapters {

// The history of records is indexed in blocks of so many entries of the log. It is a fact of the
// file: another number needs a migration (0002 made it).
constexpr Sequence kLogTouchBlock = 1024;

// Inside a transaction of the caller. precondition_failed: nothing may be kept of this batch.
Status write_batch(Connection& connection, const ports::StorageBatch& batch);
Status write_probe(Connection& connection);  // something that nobody reads
Status write_epoch(Connection& connection, const StoreId& store, Epoch epoch);

Result<std::vector<ports::StoreHead>> read_heads(Connection& connection);
Result<std::shared_ptr<ports::StoreImage>> read_store(Connection& connection, const StoreId& store,
                                                      std::size_t receipts_in_memory);
Result<std::vector<ports::StoredReceipt>> read_receipts(Connection& connection,
                                                        const StoreId& store,
                                                        const std::vector<MutationId>& ids);
Result<std::vector<ports::LogEntry>> read_log_range(Connection& connection, const StoreId& store,
                                                    Sequence from, Sequence to, std::size_t limit);
Result<std::vector<ports::LogEntry>> read_log_of_record(Connection& connection,
                                                        const StoreId& store,
                                                        std::uint16_t collection, RecordId record,
                                                        Sequence before, std::size_t limit);
Result<std::vector<ports::Document>> read_documents(Connection& connection, const std::string& kind,
                                                    TimeMs now);

}  // namespace syncstore::adapters
