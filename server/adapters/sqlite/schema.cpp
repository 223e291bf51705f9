#include "server/adapters/sqlite/schema.hpp"

#include <map>

#include "server/adapters/sqlite/record_rows.hpp"

namespace syncstore::adapters {
namespace {

constexpr const char* kMakeVersionTable =
    "CREATE TABLE IF NOT EXISTS schema_version ("
    " number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at "
    "INTEGER NOT NULL"
    ") STRICT";

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

Status check_recorded(Connection& connection, std::span<const Migration> list,
                      const ports::Crypto& crypto, int& newest) {
  SS_ASSIGN_OR_RETURN(
      Statement rows,
      connection.prepare("SELECT number, checksum FROM schema_version ORDER BY number"));
  int status = SQLITE_ROW;
  while ((status = rows.step()) == SQLITE_ROW) {
    newest = static_cast<int>(rows.integer(0));
    if (newest > list.back().number) {
      return fail(ErrorCode::newer_schema,
                  "The data has the newer schema " + std::to_string(newest) +
                      "; this program knows up to " + std::to_string(list.back().number) + ".");
    }
    const Migration& migration = list[static_cast<std::size_t>(newest - 1)];
    if (rows.text(1) != hex(crypto.sha256(migration.sql))) {
      return fail(ErrorCode::corrupt, "Migration " + std::to_string(newest) +
                                          " of the data differs from this program's.");
    }
  }
  return status == SQLITE_DONE ? Status() : Status(connection.error("reading schema_version"));
}

Status apply_one(Connection& connection, const Migration& migration, const ports::Crypto& crypto,
                 TimeMs now) {
  SS_TRY(connection.run("BEGIN IMMEDIATE"));
  Status status = connection.run(std::string(migration.sql));
  if (status.ok()) {
    auto insert = connection.prepare(
        "INSERT INTO schema_version (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)");
    if (!insert.ok()) {
      status = insert.error();
    } else {
      const std::string checksum = hex(crypto.sha256(migration.sql));
      insert->bind(1, migration.number)
          .bind_text(2, migration.name)
          .bind_text(3, checksum)
          .bind(4, now);
      status = connection.expect_done(*insert, "recording a migration");
    }
  }
  if (status.ok())
    status = connection.run("COMMIT");
  if (!status.ok() && connection.in_transaction())
    static_cast<void>(connection.run("ROLLBACK"));
  return status;
}

}  // namespace

Status migrate(Connection& connection, std::span<const Migration> list, const ports::Crypto& crypto,
               TimeMs now, const std::string& copy_prefix) {
  SS_TRY(connection.run(kMakeVersionTable));
  int newest = 0;
  SS_TRY(check_recorded(connection, list, crypto, newest));
  if (newest > 0 && newest < list.back().number) {
    const std::string copy = copy_prefix + std::to_string(newest) + ".db";
    SS_ASSIGN_OR_RETURN(Statement vacuum, connection.prepare("VACUUM INTO ?1"));
    vacuum.bind_text(1, copy);
    SS_TRY(connection.expect_done(vacuum, "copying the database before migrating"));
  }
  for (const Migration& migration : list) {
    if (migration.number > newest)
      SS_TRY(apply_one(connection, migration, crypto, now));
  }
  return {};
}

Status check_known_schema(Connection& connection, const ports::Crypto& crypto) {
  int newest = 0;
  SS_TRY(check_recorded(connection, migrations(), crypto, newest));
  return newest > 0 ? Status() : Status(fail(ErrorCode::corrupt, "It has no schema."));
}

Status check_against_catalogue(Connection& connection) {
  for (const model::CollectionDef& collection : model::collections()) {
    std::map<std::string, std::string> columns;
    SS_ASSIGN_OR_RETURN(Statement info,
                        connection.prepare("SELECT name, type FROM pragma_table_info(?1)"));
    info.bind_text(1, collection.name);
    while (info.step() == SQLITE_ROW)
      columns[info.text(0)] = info.text(1);
    for (const model::FieldDef& field : collection.fields) {
      const auto found = columns.find(std::string(field.name));
      if (found == columns.end() || found->second != column_type(field.kind)) {
        return fail(ErrorCode::corrupt, "The table " + std::string(collection.name) +
                                            " lacks the column " + std::string(field.name) +
                                            " of type " + std::string(column_type(field.kind)) +
                                            ": a migration is missing.");
      }
    }
  }
  return {};
}

}  // namespace syncstore::adapters
