// The built web application in memory: read once at start, with the precompressed forms that stand
// beside the files (.br, .gz). Immutable after load, any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "server/ports/crypto.hpp"
#include "server/ports/static_files.hpp"

namespace syncstore::adapters {

class FileCache : public ports::StaticFiles {
 public:
  // An empty cache when the folder does not exist; files that cannot be read are left out.
  static std::unique_ptr<FileCache> load(const std::string& folder, const ports::Crypto& crypto);

  std::optional<ports::StaticFile> find(std::string_view path,
                                        std::string_view accept_encoding) const override;
  std::size_t size() const { return files_.size(); }

 private:
  struct Forms {
    ports::StaticFile plain;
    std::optional<ports::StaticFile> brotli;
    std::optional<ports::StaticFile> gzip;
  };
  std::map<std::string, Forms, std::less<>> files_;  // by path from '/'
};

}  // namespace syncstore::adapters
