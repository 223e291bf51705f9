// What a file is, decided from its bytes and never from its name: CSV or JSON, UTF-8 or the western
// code page of spreadsheets, or something that is refused in words. Owns 64 KiB of the file's
// start. Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace syncstore::imports {

struct FileKind {
  enum class Form : std::uint8_t { csv, json };
  Form form = Form::csv;
  bool windows_1252 = false;  // else UTF-8
  bool has_bom = false;
  char delimiter = ',';  // of CSV
};

// Sees the whole file once, in any pieces.
class FileSniffer {
 public:
  void feed(std::string_view bytes);
  // Errors: unsupported_file, with what the file seems to be and what to do.
  Result<FileKind> finish() const;
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::string start_;
  std::string tail_;  // an unfinished UTF-8 sequence at the end of the last piece
  std::uint64_t bytes_ = 0;
  std::uint64_t zeros_ = 0;
  std::uint64_t controls_ = 0;  // that no text contains
  bool valid_utf8_ = true;
};

}  // namespace syncstore::imports
