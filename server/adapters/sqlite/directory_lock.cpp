#include "server/adapters/sqlite/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace syncstore::adapters {

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::string& directory) {
  std::error_code made;
  const bool existed = std::filesystem::is_directory(directory, made);
  if (!existed) {
    std::filesystem::create_directories(directory, made);
    if (made) {
      return fail(ErrorCode::read_only_directory,
                  "The data directory " + directory + " cannot be made: " + made.message());
    }
    ::chmod(directory.c_str(), 0700);
  }
  const std::string path = directory + "/lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return fail(ErrorCode::read_only_directory,
                "The data directory " + directory + " cannot be written: " + std::strerror(errno));
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return fail(ErrorCode::directory_locked,
                "Another server holds the data directory " + directory + ".");
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(descriptor));
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

}  // namespace syncstore::adapters
