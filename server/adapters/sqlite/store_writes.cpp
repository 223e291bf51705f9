#include <algorithm>
#include <map>

#include "core/model/catalogue.hpp"
#include "core/sync/change_set.hpp"
#include "server/adapters/sqlite/record_rows.hpp"
#include "server/adapters/sqlite/store_rows.hpp"

namespace syncstore::adapters {
namespace {

std::int64_t stored(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::string_view bytes_of(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

Status write_head(Connection& connection, const ports::StoreCommit& commit) {
  if (commit.create_store) {
    SS_ASSIGN_OR_RETURN(Statement insert,
                        connection.prepare("INSERT INTO stores (store, epoch, sequence) "
                                           "VALUES (?1, ?2, ?3) ON CONFLICT (store) DO NOTHING"));
    insert.bind_text(1, commit.store)
        .bind(2, stored(commit.epoch))
        .bind(3, stored(commit.new_sequence));
    SS_TRY(connection.expect_done(insert, "creating a store"));
  } else {
    SS_ASSIGN_OR_RETURN(Statement update,
                        connection.prepare("UPDATE stores SET epoch = ?2, sequence = ?3 "
                                           "WHERE store = ?1 AND sequence = ?4"));
    update.bind_text(1, commit.store)
        .bind(2, stored(commit.epoch))
        .bind(3, stored(commit.new_sequence))
        .bind(4, stored(commit.expected_sequence));
    SS_TRY(connection.expect_done(update, "moving a store"));
  }
  if (sqlite3_changes(connection.handle()) == 1)
    return {};
  return fail(ErrorCode::precondition_failed,
              "The store " + commit.store + " was moved by somebody else.");
}

Status write_rows(Connection& connection, const ports::StoreCommit& commit) {
  SS_ASSIGN_OR_RETURN(
      Statement lift,
      connection.prepare("DELETE FROM tombstones WHERE store = ?1 AND collection = ?2 "
                         "AND id = ?3"));
  for (const auto& write : commit.rows) {
    const auto* collection = model::find_collection(write.collection);
    SS_ASSERT(collection != nullptr);
    SS_TRY(write_record(connection, commit.store, *collection, write.record));
    lift.reset();
    lift.bind_text(1, commit.store)
        .bind(2, write.collection)
        .bind(3, stored(write.record.id.value));
    SS_TRY(connection.expect_done(lift, "lifting a tombstone"));
  }
  SS_ASSIGN_OR_RETURN(
      Statement bury,
      connection.prepare(
          "INSERT OR REPLACE INTO tombstones (store, collection, id, row_number, version, "
          "removed_at, removed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  for (const auto& removal : commit.removals) {
    const auto* collection = model::find_collection(removal.collection);
    SS_ASSERT(collection != nullptr);
    const model::Tombstone& tombstone = removal.tombstone;
    SS_TRY(remove_record(connection, commit.store, *collection, tombstone.id));
    bury.reset();
    bury.bind_text(1, commit.store)
        .bind(2, removal.collection)
        .bind(3, stored(tombstone.id.value))
        .bind(4, tombstone.row)
        .bind(5, stored(tombstone.version))
        .bind(6, tombstone.at)
        .bind(7, tombstone.by);
    SS_TRY(connection.expect_done(bury, "writing a tombstone"));
  }
  return {};
}

Status forget_removals(Connection& connection, const ports::StoreCommit& commit) {
  if (commit.forgotten.empty())
    return {};
  SS_ASSIGN_OR_RETURN(
      Statement forget,
      connection.prepare("DELETE FROM tombstones WHERE store = ?1 AND collection = ?2 "
                         "AND id = ?3 AND version = ?4"));
  std::map<std::uint16_t, Sequence> floors;
  for (const auto& removal : commit.forgotten) {
    forget.reset();
    forget.bind_text(1, commit.store)
        .bind(2, removal.collection)
        .bind(3, stored(removal.tombstone.id.value))
        .bind(4, stored(removal.tombstone.version));
    SS_TRY(connection.expect_done(forget, "forgetting a tombstone"));
    Sequence& floor = floors[removal.collection];
    floor = std::max(floor, removal.tombstone.version);
  }
  SS_ASSIGN_OR_RETURN(
      Statement raise,
      connection.prepare("INSERT INTO tombstone_floors (store, collection, sequence) "
                         "VALUES (?1, ?2, ?3) ON CONFLICT (store, collection) "
                         "DO UPDATE SET sequence = max(sequence, excluded.sequence)"));
  for (const auto& [collection, floor] : floors) {
    raise.reset();
    raise.bind_text(1, commit.store).bind(2, collection).bind(3, stored(floor));
    SS_TRY(connection.expect_done(raise, "raising a floor of the tombstones"));
  }
  return {};
}

Status write_log(Connection& connection, const ports::StoreCommit& commit) {
  SS_ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT INTO log (store, sequence, time, author, hash, blob) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  SS_ASSIGN_OR_RETURN(
      Statement touch,
      connection.prepare("INSERT OR IGNORE INTO log_touch (store, block, collection, record, "
                         "sequence) VALUES (?1, ?2, ?3, ?4, ?5)"));
  for (const ports::LogEntry& entry : commit.log) {
    insert.reset();
    insert.bind_text(1, commit.store)
        .bind(2, stored(entry.sequence))
        .bind(3, entry.time)
        .bind(4, entry.author)
        .bind_blob(5, entry.hash)
        .bind_blob(6, entry.blob);
    SS_TRY(connection.expect_done(insert, "writing the log"));
    ByteReader reader(entry.blob);
    SS_ASSIGN_OR_RETURN(const sync::ChangeSet changes, sync::read_change_set(reader));
    for (const sync::Change& change : changes.changes) {
      touch.reset();
      touch.bind_text(1, commit.store)
          .bind(2, stored(entry.sequence / kLogTouchBlock))
          .bind(3, change.collection)
          .bind(4, stored(change.record.value))
          .bind(5, stored(entry.sequence));
      SS_TRY(connection.expect_done(touch, "writing the log's index"));
    }
  }
  return {};
}

Status write_receipts(Connection& connection, const ports::StoreCommit& commit) {
  SS_ASSIGN_OR_RETURN(
      Statement insert,
      connection.prepare("INSERT INTO receipts (store, mutation, body_hash, at, result) "
                         "VALUES (?1, ?2, ?3, ?4, ?5)"));
  for (const ports::StoredReceipt& receipt : commit.receipts) {
    ByteWriter result;
    sync::write_result(result, receipt.result);
    insert.reset();
    insert.bind_text(1, commit.store)
        .bind_blob(2, bytes_of(receipt.result.id))
        .bind_blob(3, receipt.body_hash)
        .bind(4, receipt.at)
        .bind_blob(5, result.bytes());
    SS_TRY(connection.expect_done(insert, "writing a receipt"));
  }
  SS_ASSIGN_OR_RETURN(
      Statement author,
      connection.prepare("INSERT OR REPLACE INTO authors (store, number, user, name) "
                         "VALUES (?1, ?2, ?3, ?4)"));
  for (const ports::StoredAuthor& each : commit.authors) {
    author.reset();
    author.bind_text(1, commit.store)
        .bind(2, each.number)
        .bind_text(3, each.user)
        .bind_text(4, each.name);
    SS_TRY(connection.expect_done(author, "writing an author"));
  }
  return {};
}

Status write_documents(Connection& connection, const std::vector<ports::DocumentWrite>& documents) {
  SS_ASSIGN_OR_RETURN(
      Statement upsert,
      connection.prepare("INSERT OR REPLACE INTO documents (kind, key, body, expires_at) "
                         "VALUES (?1, ?2, ?3, ?4)"));
  SS_ASSIGN_OR_RETURN(Statement erase,
                      connection.prepare("DELETE FROM documents WHERE kind = ?1 AND key = ?2"));
  for (const ports::DocumentWrite& write : documents) {
    Statement& statement = write.erase ? erase : upsert;
    statement.reset();
    statement.bind_text(1, write.kind).bind_text(2, write.key);
    if (!write.erase)
      statement.bind_text(3, write.body).bind(4, write.expires_at);
    SS_TRY(connection.expect_done(statement, "writing a document"));
  }
  return {};
}

}  // namespace

Status write_batch(Connection& connection, const ports::StorageBatch& batch) {
  for (const ports::StoreCommit& commit : batch.stores) {
    SS_TRY(write_head(connection, commit));
    SS_TRY(write_rows(connection, commit));
    SS_TRY(forget_removals(connection, commit));
    SS_TRY(write_log(connection, commit));
    SS_TRY(write_receipts(connection, commit));
  }
  return batch.documents.empty() ? Status() : write_documents(connection, batch.documents);
}

Status write_probe(Connection& connection) {
  return connection.run(
      "INSERT OR REPLACE INTO file_facts (name, value) "
      "VALUES ('probed_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))");
}

Status write_epoch(Connection& connection, const StoreId& store, Epoch epoch) {
  SS_ASSIGN_OR_RETURN(Statement update,
                      connection.prepare("UPDATE stores SET epoch = ?2 WHERE store = ?1"));
  update.bind_text(1, store).bind(2, stored(epoch));
  SS_TRY(connection.expect_done(update, "renewing an epoch"));
  return sqlite3_changes(connection.handle()) == 1 ? Status()
                                                   : Status(fail(ErrorCode::unknown_store));
}

}  // namespace syncstore::adapters
