// The schema of the database file: numbered forward migrations, each one transaction, recorded with
// the checksum of its text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/ids.hpp"
#include "server/adapters/sqlite/connection.hpp"
#include "server/ports/crypto.hpp"

namespace syncstore::adapters {

struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};
std::span<const Migration> migrations();  // ascending; made at build time from migrations/*.sql

// Brings the database to the newest schema. Before the first migration of a database that already
// has one, its content is copied to `copy_path` (with the number in it). Errors: newer_schema,
// corrupt (a recorded migration is not ours), storage_full.
Status migrate(Connection& connection, std::span<const Migration> list, const ports::Crypto& crypto,
               TimeMs now, const std::string& copy_prefix);

// The recorded migrations are this program's, or the first of them. Errors: newer_schema, corrupt
// (none is recorded, or one is not ours).
Status check_known_schema(Connection& connection, const ports::Crypto& crypto);

// Every collection has its table with the catalogue's fields and the right column types. Error:
// corrupt, naming the difference.
Status check_against_catalogue(Connection& connection);

}  // namespace syncstore::adapters
