#include "server/adapters/sqlite/verify.hpp"

#include <map>

#include "core/model/catalogue.hpp"
#include "core/model/table.hpp"
#include "core/sync/change_set.hpp"
#include "server/adapters/sqlite/record_rows.hpp"
#include "server/adapters/sqlite/store_rows.hpp"

namespace syncstore::adapters {
namespace {

Error broken_log(const StoreId& store, Sequence at, const std::string& how) {
  return fail(ErrorCode::corrupt, "store " + store + ": the log is broken at sequence " +
                                      std::to_string(at) + how + ".");
}

// A store made anew from its log.
class Replay {
 public:
  explicit Replay(StoreId store) : store_(std::move(store)) {
    for (const model::CollectionDef& collection : model::collections())
      tables_.emplace(collection.number, model::Table(collection));
  }

  Status take(Sequence sequence, std::string_view blob) {
    ByteReader reader(blob);
    auto changes = sync::read_change_set(reader);
    if (!changes.ok())
      return broken_log(store_, sequence, ": " + changes.error().detail);
    sync::ChangeSet one;
    one.sequence = sequence;
    one.time = changes->time;
    one.author = changes->author;
    for (sync::Change& change : changes->changes) {
      const auto found = tables_.find(change.collection);
      if (found == tables_.end())
        return broken_log(store_, sequence, " (an unknown data type)");
      const model::Table& table = found->second;
      const bool insert = change.kind == sync::ChangeKind::insert;
      const model::Record* there = table.find(change.record);
      if (insert ? there != nullptr || change.row == 0 || table.find_row(change.row) != nullptr
                 : there == nullptr) {
        return broken_log(store_, sequence, " (" + named(table, change.record) + ")");
      }
      one.changes.clear();
      one.changes.push_back(std::move(change));
      sync::apply_changes(found->second, one);
    }
    return {};
  }

  // Every stored record is what the log says, and none is missing.
  Status compare(Connection& connection) {
    for (auto& [number, table] : tables_) {
      Status same;
      std::size_t stored = 0;
      const auto look = [&](const model::Record& record) {
        ++stored;
        if (same.ok())
          same = compare(table, record);
      };
      SS_TRY(read_records(connection, store_, table.collection(), look));
      SS_TRY(same);
      if (stored != table.size()) {
        return fail(ErrorCode::corrupt,
                    "store " + store_ + ": of " + std::to_string(table.size()) + " records of " +
                        std::string(table.collection().name) + " in the log, " +
                        std::to_string(stored) + " are stored.");
      }
      records_ += stored;
    }
    return {};
  }

  std::size_t records() const { return records_; }

 private:
  static std::string named(const model::Table& table, RecordId id) {
    return std::string(table.collection().name) + " " + id.text();
  }

  Status compare(const model::Table& table, const model::Record& stored) const {
    const model::Record* logged = table.find(stored.id);
    std::string differs;
    if (logged == nullptr) {
      differs = "is not in the log";
    } else if (logged->row != stored.row || logged->version != stored.version ||
               logged->changed_at != stored.changed_at || logged->changed_by != stored.changed_by) {
      differs = "was last changed otherwise in the log";
    } else {
      for (std::size_t i = 0; i < stored.values.size() && differs.empty(); ++i) {
        if (!(logged->values[i] == stored.values[i]))
          differs = "has another " + std::string(table.collection().fields[i].name) + " in the log";
      }
    }
    if (differs.empty())
      return {};
    return fail(ErrorCode::corrupt,
                "store " + store_ + ": " + named(table, stored.id) + " " + differs + ".");
  }

  StoreId store_;
  std::map<std::uint16_t, model::Table> tables_;
  std::size_t records_ = 0;
};

Status verify_file(Connection& connection) {
  SS_ASSIGN_OR_RETURN(Statement check, connection.prepare("PRAGMA integrity_check(10)"));
  std::string faults;
  const auto note = [&](const Statement& row) -> Status {
    if (row.text(0) != "ok")
      faults += (faults.empty() ? "" : "; ") + row.text(0);
    return {};
  };
  SS_TRY(each_row(connection, check, note));
  return faults.empty()
             ? Status()
             : Status(fail(ErrorCode::corrupt, "The database file is damaged: " + faults));
}

Result<std::string> verify_store(Connection& connection, const ports::StoreHead& head,
                                 const ports::Crypto& crypto) {
  Replay replay(head.store);
  Sequence expected = 1;
  std::string previous;
  SS_ASSIGN_OR_RETURN(Statement rows,
                      connection.prepare("SELECT sequence, hash, blob FROM log WHERE store = ?1 "
                                         "ORDER BY sequence"));
  rows.bind_text(1, head.store);
  const auto follow = [&](const Statement& row) -> Status {
    const std::string hash = row.blob(1);
    const std::string blob = row.blob(2);
    if (row.unsigned_integer(0) != expected || hash != crypto.sha256_pair(previous, blob))
      return broken_log(head.store, expected, "");
    SS_TRY(replay.take(expected, blob));
    previous = hash;
    ++expected;
    return {};
  };
  SS_TRY(each_row(connection, rows, follow));
  if (expected != head.sequence + 1) {
    return broken_log(head.store, expected,
                      ", the store stands at " + std::to_string(head.sequence));
  }
  SS_TRY(replay.compare(connection));
  return "store " + head.store + ": " + std::to_string(head.sequence) +
         " log entries, chain intact, " + std::to_string(replay.records()) + " records as logged";
}

Result<std::vector<std::string>> verify_all(Connection& connection, const ports::Crypto& crypto) {
  SS_TRY(verify_file(connection));
  std::vector<std::string> lines{"database file: intact"};
  SS_ASSIGN_OR_RETURN(const std::vector<ports::StoreHead> heads, read_heads(connection));
  for (const ports::StoreHead& head : heads) {
    SS_ASSIGN_OR_RETURN(std::string line, verify_store(connection, head, crypto));
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

Result<std::vector<std::string>> verify_database(Connection& connection,
                                                 const ports::Crypto& crypto) {
  // One moment of the database, whatever is committed meanwhile.
  SS_TRY(connection.run("BEGIN"));
  auto lines = verify_all(connection, crypto);
  static_cast<void>(connection.run("COMMIT"));
  return lines;
}

}  // namespace syncstore::adapters
