#include <algorithm>

#include "core/base/limits.hpp"
#include "core/model/catalogue.hpp"
#include "server/adapters/sqlite/record_rows.hpp"
#include "server/adapters/sqlite/store_rows.hpp"

namespace syncstore::adapters {
namespace {

std::int64_t stored(std::uint64_t value) { return static_cast<std::int64_t>(value); }

ports::LogEntry log_entry(const Statement& row) {  // sequence, time, author, hash, blob
  return {row.unsigned_integer(0), row.integer(1), static_cast<std::uint32_t>(row.integer(2)),
          row.blob(4), row.blob(3)};
}

Result<ports::StoredReceipt> receipt(const Statement& row) {  // body_hash, at, result
  const std::string bytes = row.blob(2);
  ByteReader reader(bytes);
  SS_ASSIGN_OR_RETURN(sync::MutationResult result, sync::read_result(reader));
  return ports::StoredReceipt{std::move(result), row.blob(0), row.integer(1)};
}

Status read_tombstones(Connection& connection, ports::StoreImage& image) {
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT collection, id, row_number, version, removed_at, removed_by "
                         "FROM tombstones WHERE store = ?1 ORDER BY collection, id"));
  rows.bind_text(1, image.store);
  SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
    model::Tombstone tombstone;
    tombstone.id = RecordId{row.unsigned_integer(1)};
    tombstone.row = static_cast<RowNumber>(row.integer(2));
    tombstone.version = row.unsigned_integer(3);
    tombstone.at = row.integer(4);
    tombstone.by = static_cast<std::uint32_t>(row.integer(5));
    image.tombstones.push_back({static_cast<std::uint16_t>(row.integer(0)), tombstone});
    return {};
  }));
  SS_ASSIGN_OR_RETURN(Statement floors,
                      connection.prepare("SELECT collection, sequence FROM tombstone_floors "
                                         "WHERE store = ?1"));
  floors.bind_text(1, image.store);
  return each_row(connection, floors, [&](const Statement& row) -> Status {
    image.tombstone_floors[static_cast<std::uint16_t>(row.integer(0))] = row.unsigned_integer(1);
    return {};
  });
}

Status read_newest_receipts(Connection& connection, ports::StoreImage& image, std::size_t most) {
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT body_hash, at, result FROM receipts WHERE store = ?1 "
                         "ORDER BY number DESC LIMIT ?2"));
  rows.bind_text(1, image.store).bind(2, stored(most + 1));
  SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
    SS_ASSIGN_OR_RETURN(ports::StoredReceipt read, receipt(row));
    image.receipts.push_back(std::move(read));
    return {};
  }));
  image.all_receipts = image.receipts.size() <= most;
  if (!image.all_receipts)
    image.receipts.pop_back();
  std::reverse(image.receipts.begin(), image.receipts.end());  // in order of commit
  return {};
}

Status read_head(Connection& connection, ports::StoreImage& image) {
  SS_ASSIGN_OR_RETURN(Statement head,
                      connection.prepare("SELECT epoch, sequence FROM stores WHERE store = ?1"));
  head.bind_text(1, image.store);
  const int found = head.step();
  if (found == SQLITE_DONE)
    return fail(ErrorCode::unknown_store);
  if (found != SQLITE_ROW)
    return connection.error("reading a store");
  image.epoch = head.unsigned_integer(0);
  image.sequence = head.unsigned_integer(1);
  SS_ASSIGN_OR_RETURN(Statement last,
                      connection.prepare("SELECT sequence, hash, time FROM log WHERE store = ?1 "
                                         "ORDER BY sequence DESC LIMIT 1"));
  last.bind_text(1, image.store);
  return each_row(connection, last, [&](const Statement& row) -> Status {
    if (row.unsigned_integer(0) != image.sequence) {
      return fail(ErrorCode::corrupt,
                  "The log of " + image.store + " ends at " + std::to_string(row.integer(0)) +
                      ", the store stands at " + std::to_string(image.sequence) + ".");
    }
    image.log_hash = row.blob(1);
    image.log_time = row.integer(2);
    return {};
  });
}

Status read_image(Connection& connection, ports::StoreImage& image,
                  std::size_t receipts_in_memory) {
  SS_TRY(read_head(connection, image));
  for (const model::CollectionDef& collection : model::collections()) {
    SS_TRY(read_records(connection, image.store, collection, [&](model::Record record) {
      image.rows.push_back({collection.number, std::move(record)});
    }));
  }
  SS_TRY(read_tombstones(connection, image));
  SS_ASSIGN_OR_RETURN(Statement authors,
                      connection.prepare("SELECT number, user, name FROM authors WHERE store = ?1 "
                                         "ORDER BY number"));
  authors.bind_text(1, image.store);
  SS_TRY(each_row(connection, authors, [&](const Statement& row) -> Status {
    image.authors.push_back({static_cast<std::uint32_t>(row.integer(0)), row.text(1), row.text(2)});
    return {};
  }));
  return read_newest_receipts(connection, image, receipts_in_memory);
}

}  // namespace

Result<std::vector<ports::StoreHead>> read_heads(Connection& connection) {
  std::vector<ports::StoreHead> heads;
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT store, epoch, sequence FROM stores ORDER BY store"));
  SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
    heads.push_back({row.text(0), row.unsigned_integer(1), row.unsigned_integer(2)});
    return {};
  }));
  return heads;
}

Result<std::shared_ptr<ports::StoreImage>> read_store(Connection& connection, const StoreId& store,
                                                      std::size_t receipts_in_memory) {
  auto image = std::make_shared<ports::StoreImage>();
  image->store = store;
  // One moment of the database, whatever is committed meanwhile.
  SS_TRY(connection.run("BEGIN"));
  Status status = read_image(connection, *image, receipts_in_memory);
  static_cast<void>(connection.run("COMMIT"));
  if (!status.ok())
    return status.error();
  return image;
}

Result<std::vector<ports::StoredReceipt>> read_receipts(Connection& connection,
                                                        const StoreId& store,
                                                        const std::vector<MutationId>& ids) {
  std::vector<ports::StoredReceipt> found;
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT body_hash, at, result FROM receipts WHERE store = ?1 AND "
                         "mutation = ?2"));
  for (const MutationId& id : ids) {
    rows.reset();
    rows.bind_text(1, store).bind_blob(
        2, {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
    SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
      SS_ASSIGN_OR_RETURN(ports::StoredReceipt read, receipt(row));
      found.push_back(std::move(read));
      return {};
    }));
  }
  return found;
}

Result<std::vector<ports::LogEntry>> read_log_range(Connection& connection, const StoreId& store,
                                                    Sequence from, Sequence to, std::size_t limit) {
  std::vector<ports::LogEntry> entries;
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT sequence, time, author, hash, blob FROM log WHERE store = ?1 "
                         "AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence LIMIT ?4"));
  const auto most = static_cast<Sequence>(INT64_MAX);
  rows.bind_text(1, store)
      .bind(2, stored(std::min(from, most)))
      .bind(3, stored(std::min(to, most)))
      .bind(4, stored(limit));
  SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
    entries.push_back(log_entry(row));
    return {};
  }));
  return entries;
}

Result<std::vector<ports::LogEntry>> read_log_of_record(Connection& connection,
                                                        const StoreId& store,
                                                        std::uint16_t collection, RecordId record,
                                                        Sequence before, std::size_t limit) {
  SS_ASSIGN_OR_RETURN(Statement ends,
                      connection.prepare("SELECT min(sequence), max(sequence) FROM log WHERE "
                                         "store = ?1"));
  ends.bind_text(1, store);
  Sequence first = 0, newest = 0;
  SS_TRY(each_row(connection, ends, [&](const Statement& row) -> Status {
    first = row.unsigned_integer(0);
    newest = row.unsigned_integer(1);
    return {};
  }));
  if (before != 0)
    newest = std::min(newest, before - 1);
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare(
          "SELECT log.sequence, log.time, log.author, log.hash, log.blob FROM log_touch JOIN log "
          "ON log.store = log_touch.store AND log.sequence = log_touch.sequence "
          "WHERE log_touch.store = ?1 AND log_touch.block = ?2 AND log_touch.collection = ?3 AND "
          "log_touch.record = ?4 AND log_touch.sequence <= ?5 "
          "ORDER BY log_touch.sequence DESC LIMIT ?6"));
  std::vector<ports::LogEntry> entries;
  // Bounded by the log: one look per block, about 3 microseconds each where it has nothing.
  for (Sequence end = newest; end >= first && end != 0 && entries.size() < limit;) {
    const Sequence block = end / kLogTouchBlock;
    rows.reset();
    rows.bind_text(1, store)
        .bind(2, stored(block))
        .bind(3, collection)
        .bind(4, stored(record.value))
        .bind(5, stored(end))
        .bind(6, stored(limit - entries.size()));
    SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
      entries.push_back(log_entry(row));
      return {};
    }));
    if (block == 0)
      break;
    end = block * kLogTouchBlock - 1;
  }
  return entries;
}

Result<std::vector<ports::Document>> read_documents(Connection& connection, const std::string& kind,
                                                    TimeMs now) {
  std::vector<ports::Document> documents;
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT key, body, expires_at FROM documents WHERE kind = ?1 AND "
                         "(expires_at = 0 OR expires_at > ?2) ORDER BY key"));
  rows.bind_text(1, kind).bind(2, now);
  SS_TRY(each_row(connection, rows, [&](const Statement& row) -> Status {
    documents.push_back({kind, row.text(0), row.text(1), row.integer(2)});
    return {};
  }));
  return documents;
}

}  // namespace syncstore::adapters
