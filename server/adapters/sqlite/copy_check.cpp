#include "server/adapters/sqlite/copy_check.hpp"

#include "server/adapters/sqlite/verify.hpp"

namespace syncstore::adapters {

Result<std::vector<std::string>> check_copy(const std::string& path, const ports::Crypto& crypto) {
  SS_ASSIGN_OR_RETURN(auto connection,
                      Connection::open(path, Connection::Access::read_only, nullptr));
  SS_TRY(connection->run("PRAGMA mmap_size = 0; PRAGMA cell_size_check = 1;"));
  return verify_database(*connection, crypto);
}

}  // namespace syncstore::adapters
