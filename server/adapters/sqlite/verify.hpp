// What `syncstore verify`, every backup and every restore check in a database.
#pragma once

#include <string>
#include <vector>

#include "server/adapters/sqlite/connection.hpp"
#include "server/ports/crypto.hpp"

namespace syncstore::adapters {

// In one moment of the database: the file itself; per store the log's hash chain, and that its
// records are exactly what the log makes of an empty store. One line per check. Error corrupt names
// the first fault with store and sequence or record. Holds one store's records in memory at a time;
// may run beside a writer, on a connection of its own.
Result<std::vector<std::string>> verify_database(Connection& connection,
                                                 const ports::Crypto& crypto);

}  // namespace syncstore::adapters
