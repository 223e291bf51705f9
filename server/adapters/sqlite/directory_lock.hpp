// The right to use a data directory: one process at a time, released by the kernel when the process
// ends however it ends.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.hpp"

namespace syncstore::adapters {

class DirectoryLock {
 public:
  // Makes the directory (0700) when it does not exist. Errors: read_only_directory,
  // directory_locked.
  static Result<std::unique_ptr<DirectoryLock>> take(const std::string& directory);
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace syncstore::adapters
