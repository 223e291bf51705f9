// The fates of an import on disk: NAME.rows holds them one after the other, NAME.index the place
// and kind of each, so that any page of a million is found without reading the rest. Each object is
// used by one thread at a time (the worker pool).
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "server/features/imports/fate.hpp"

namespace syncstore::imports {

// Writes NAME.rows and NAME.index under other names until publish(): what has the right name is
// whole.
class SpoolWriter {
 public:
  explicit SpoolWriter(std::string name);
  ~SpoolWriter();  // drops what was not published
  SpoolWriter(const SpoolWriter&) = delete;
  SpoolWriter& operator=(const SpoolWriter&) = delete;

  Status open();
  Status append(const Fate& fate);  // error: storage_full
  Status publish();
  std::uint64_t count() const { return count_; }

 private:
  std::string name_;
  std::ofstream rows_;
  std::ofstream index_;
  std::uint64_t offset_ = 0;
  std::uint64_t count_ = 0;
  bool published_ = false;
};

class SpoolReader {
 public:
  explicit SpoolReader(std::string name) : name_(std::move(name)) {}

  Status open();  // error: not_found (there is none: dropped, or never finished)
  std::uint64_t count() const { return count_; }
  // In order; nullopt at the end.
  Result<std::optional<Fate>> next();
  struct Page {
    std::vector<Fate> fates;
    std::uint64_t total = 0;
    std::uint64_t page = 1;  // clamped
  };
  // Of those of one kind, or of all.
  Result<Page> page(std::uint64_t page, std::uint64_t size, std::optional<FateKind> kind);

 private:
  Result<std::vector<std::uint64_t>> offsets(std::uint64_t first, std::uint64_t size,
                                             std::optional<FateKind> kind, std::uint64_t& total);
  Result<Fate> read_at(std::uint64_t offset);
  Result<std::optional<Fate>> read_here();

  std::string name_;
  std::ifstream rows_;
  std::uint64_t count_ = 0;
};

// Removes both files of a spool, those of an unfinished one too.
void remove_spool(const std::string& name);

// NAME: a file of at most kImportErrorRows rejected products.
class ErrorsFile {
 public:
  explicit ErrorsFile(std::string path) : path_(std::move(path)) {}
  // Begins the file with the first rejected row; says at the bound that there are more.
  Status add(const Fate& fate);
  Status flush();
  bool empty() const { return rows_ == 0; }

 private:
  std::string path_;
  std::ofstream file_;
  std::size_t rows_ = 0;
};

}  // namespace syncstore::imports
