// Reads a finished copy of the database back, as nobody writes to it. Blocking; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "server/ports/crypto.hpp"

namespace syncstore::adapters {

// As verify_database. Errors: corrupt, read_only_directory when it cannot be opened.
Result<std::vector<std::string>> check_copy(const std::string& path, const ports::Crypto& crypto);

}  // namespace syncstore::adapters
