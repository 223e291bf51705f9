// Bringing a directory's data to this program's schema without serving it, and trying out on a copy
// what that comes to. Blocking.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/storage.hpp"

namespace syncstore::adapters {

struct Upgraded {
  int from = 0;                         // the schema that was found
  int to = 0;                           // this program's
  std::vector<std::string> migrations;  // names of those between, in order
  std::string kept;                     // the copy from before; "" = nothing had to change
  std::vector<std::string> verified;    // what `verify` says of the result, one line each
};

// In place, as the next start of the server would do it: the content is copied beside the database
// first, when anything changes. Errors: directory_locked, newer_schema, corrupt, storage_full,
// read_only_directory, not_found (there is no database).
Result<Upgraded> upgrade(const std::string& directory, const ports::Crypto& crypto, TimeMs now);

// The same on a copy that is removed again; the directory's own data is only read, so a server may
// be using it. `visit` sees every store as this program would load it; one store in memory at a
// time. Errors: as above but directory_locked, and what `visit` answers.
Result<Upgraded> rehearse_upgrade(const std::string& directory, const ports::Crypto& crypto,
                                  TimeMs now,
                                  const std::function<Status(const ports::StoreImage&)>& visit);

}  // namespace syncstore::adapters
