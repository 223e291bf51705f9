// Static files port: the built web application. The adapter holds the files in memory (read at
// start, with a precompressed form where it is smaller); find() is called on the engine executor
// and never touches the disk.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace syncstore::ports {

struct StaticFile {
  std::shared_ptr<const std::string> body;
  std::string content_type;      // with charset where it is text
  std::string content_encoding;  // "" or "gzip", "br"
  std::string etag;              // strong, quoted
  bool immutable = false;        // content-hashed name: may be cached for a year
};

class StaticFiles {
 public:
  virtual ~StaticFiles() = default;
  // `path` starts with '/', is decoded and has no ".." segments; "/" and directories are not
  // resolved here: the router asks for
  // "/index.html". nullopt when there is no such file. `accept_encoding` is the request's header,
  // "" when absent.
  virtual std::optional<StaticFile> find(std::string_view path,
                                         std::string_view accept_encoding) const = 0;
};

}  // namespace syncstore::ports
