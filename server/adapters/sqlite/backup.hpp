// A copy of the database while it is in use, made on the writer's own connection: pages that change
// meanwhile are carried into the copy, so it never starts over. The copy appears under its name
// only when complete, and says of itself that it is one: whoever serves it takes new epochs first.
// Writer thread only.
#pragma once

#include <memory>
#include <string>

#include "server/adapters/sqlite/connection.hpp"

namespace syncstore::adapters {

class Backup {
 public:
  // Errors: already_exists, read_only_directory.
  static Result<std::unique_ptr<Backup>> begin(Connection& source, const std::string& path);
  ~Backup();  // unfinished: removes what was written

  Result<bool>
  step();           // copies some pages; true when all are copied. Error: storage_full, internal.
  Status finish();  // checks the copy and gives it its name

 private:
  Backup(std::string path, std::unique_ptr<Connection> target, sqlite3_backup* backup);
  std::string partial() const { return path_ + ".partial"; }

  std::string path_;
  std::unique_ptr<Connection> target_;
  sqlite3_backup* backup_;
};

inline constexpr const char* kIsCopy = "is_copy";  // name in file_facts

}  // namespace syncstore::adapters
