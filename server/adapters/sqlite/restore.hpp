// Putting a copy of the database in the place of a directory's data. The copy is checked before
// anything is touched; what it replaces is kept beside it. A restore that was cut short leaves a
// mark: nothing opens the directory until restore() has run through. Blocking; no other thread may
// use the directory.
#pragma once

#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "server/ports/crypto.hpp"

namespace syncstore::adapters {

struct Restored {
  std::string replaced;              // directory that holds what was there before; "" = nothing was
  std::vector<std::string> checked;  // what is sound about the copy, one line each
};

// `file`: a backup, or the syncstore.db of another directory (with what its log holds). Serving it
// begins new epochs. Errors: invalid (not a database of ours, or damaged), newer_schema,
// directory_locked, read_only_directory, storage_full.
Result<Restored> restore(const std::string& file, const std::string& directory,
                         const ports::Crypto& crypto, TimeMs now);

// corrupt while a restore of this directory is unfinished.
Status check_restored(const std::string& directory);

}  // namespace syncstore::adapters
