// ProductReader: a file on disk read as products, chunk by chunk, whatever its format. Owns the
// open file and at most one chunk. Used by one thread at a time (the worker pool).
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "server/features/imports/csv_products.hpp"
#include "server/features/imports/file_kind.hpp"
#include "server/features/imports/json_splitter.hpp"
#include "server/features/imports/parsed_product.hpp"

namespace syncstore::imports {

class ProductReader {
 public:
  // `currency` is the store's (ISO 4217).
  ProductReader(std::string path, std::string currency);

  // Looks through the whole file once. Errors: not_found (cannot be opened), unsupported_file.
  Status open();
  // The next products, at most kImportChunkRows or kImportChunkBytes; empty = the end. Errors:
  // unsupported_file (the file's structure is broken, with the line).
  Result<std::vector<ParsedProduct>> next_chunk();

  std::uint64_t bytes_total() const { return bytes_total_; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::string format() const;              // for people: "Shopify CSV (2017 columns)"
  std::vector<std::string> notes() const;  // about the file as a whole; after the first chunk

 private:
  Status read_piece();
  Status feed(std::string_view bytes);
  Status finish();
  void collect(std::vector<ParsedProduct>& chunk, std::size_t& bytes);

  std::string path_;
  std::string currency_;
  std::ifstream file_;
  std::string piece_;
  FileKind kind_;
  CsvReader csv_;
  CsvProducts csv_products_;
  JsonSplitter json_;
  std::uint64_t bytes_total_ = 0;
  std::uint64_t bytes_read_ = 0;
  bool finished_ = false;
};

}  // namespace syncstore::imports
