// The folder of pictures: FOLDER/ab/HASH-SIZE.webp, where HASH is the SHA-256 of the largest copy
// and ab are its first two digits. A file with such a name is whole. When a picture was last in use
// is the time of its largest copy. Any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_set>

#include "server/ports/crypto.hpp"
#include "server/ports/pictures.hpp"

namespace syncstore::adapters {

class PictureFolder {
 public:
  PictureFolder(std::filesystem::path folder, const ports::Crypto& crypto)
      : folder_(std::move(folder)), crypto_(crypto) {}

  // Makes the folder and drops what a stop left on its way in. Error: read_only_directory.
  Status open();
  std::string incoming(std::string_view name) const;
  // Durable when it answers. Error: storage_full.
  Result<ports::KeptPicture> keep(const ports::MadePicture& made);
  Result<std::string> read(const std::string& hash, int size) const;  // error: not_found
  std::size_t sweep(const std::unordered_set<std::string>& used,
                    std::filesystem::file_time_type now);

 private:
  std::filesystem::path path_of(const std::string& hash, int size) const;
  Status write(const std::filesystem::path& path, const std::string& bytes) const;
  void remove(const std::string& hash) const;

  std::filesystem::path folder_;
  const ports::Crypto& crypto_;
  std::mutex mutex_;  // a picture is not removed while it is being kept again
};

}  // namespace syncstore::adapters
