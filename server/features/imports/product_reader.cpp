#include "server/features/imports/product_reader.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "server/features/imports/json_products.hpp"

namespace syncstore::imports {

ProductReader::ProductReader(std::string path, std::string currency)
    : path_(std::move(path)), currency_(currency), csv_products_(std::move(currency)) {}

Status ProductReader::open() {
  file_.open(path_, std::ios::binary);
  if (!file_) {
    return fail(ErrorCode::not_found, "The file " + path_ + " cannot be opened.");
  }
  piece_.resize(limits::kImportPieceBytes);
  FileSniffer sniffer;
  while (file_.read(piece_.data(), static_cast<std::streamsize>(piece_.size())) ||
         file_.gcount() > 0) {
    sniffer.feed(std::string_view(piece_).substr(0, static_cast<std::size_t>(file_.gcount())));
  }
  if (file_.bad()) {
    return fail(ErrorCode::not_found, "The file " + path_ + " cannot be read.");
  }
  bytes_total_ = sniffer.bytes();
  SS_ASSIGN_OR_RETURN(kind_, sniffer.finish());
  csv_ = CsvReader(kind_.delimiter);
  file_.clear();
  file_.seekg(kind_.has_bom ? 3 : 0);
  return {};
}

Status ProductReader::read_piece() {
  file_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
  const auto count = static_cast<std::size_t>(file_.gcount());
  bytes_read_ += count;
  if (count > 0) {
    return feed(std::string_view(piece_).substr(0, count));
  }
  finished_ = true;
  return finish();
}

Status ProductReader::feed(std::string_view bytes) {
  if (kind_.form == FileKind::Form::json) {
    return json_.feed(bytes);
  }
  if (kind_.windows_1252) {
    SS_TRY(csv_.feed(latin1_to_utf8(bytes)));
  } else {
    SS_TRY(csv_.feed(bytes));
  }
  while (csv_.has_row()) {
    SS_TRY(csv_products_.add(csv_.take_row()));
  }
  return {};
}

Status ProductReader::finish() {
  if (kind_.form == FileKind::Form::json) {
    return json_.finish();
  }
  SS_TRY(csv_.finish());
  while (csv_.has_row()) {
    SS_TRY(csv_products_.add(csv_.take_row()));
  }
  csv_products_.finish();
  return {};
}

void ProductReader::collect(std::vector<ParsedProduct>& chunk, std::size_t& bytes) {
  const auto full = [&] {
    return chunk.size() >= limits::kImportChunkRows || bytes >= limits::kImportChunkBytes;
  };
  while (!full() && (json_.has_piece() || csv_products_.has_product())) {
    chunk.push_back(json_.has_piece() ? product_of_json(json_.take_piece(), currency_)
                                      : csv_products_.take_product());
    bytes += chunk.back().bytes;
  }
}

Result<std::vector<ParsedProduct>> ProductReader::next_chunk() {
  std::vector<ParsedProduct> chunk;
  std::size_t bytes = 0;
  collect(chunk, bytes);
  while (!finished_ && chunk.size() < limits::kImportChunkRows &&
         bytes < limits::kImportChunkBytes) {
    SS_TRY(read_piece());
    collect(chunk, bytes);
  }
  return chunk;
}

std::string ProductReader::format() const {
  if (kind_.form == FileKind::Form::json) {
    return "JSON";
  }
  return std::string(csv_products_.columns() ? layout_name(csv_products_.columns()->layout)
                                             : "CSV");
}

std::vector<std::string> ProductReader::notes() const {
  std::vector<std::string> notes;
  if (kind_.windows_1252) {
    notes.push_back("The file is not UTF-8; it was read as Windows-1252 (Latin-1).");
  }
  if (csv_products_.columns() && !csv_products_.columns()->ignored.empty()) {
    const std::vector<std::string>& ignored = csv_products_.columns()->ignored;
    // Shopify's own columns are many and no surprise.
    const std::size_t named = csv_products_.columns()->is_shopify() ? 6 : 40;
    std::string names;
    for (std::size_t i = 0; i < std::min(named, ignored.size()); ++i) {
      names += (i == 0 ? "" : ", ") + ignored[i];
    }
    if (ignored.size() > named) {
      names += " and " + std::to_string(ignored.size() - named) + " more";
    }
    notes.push_back("Columns that products have no field for were ignored: " + names + ".");
  }
  return notes;
}

}  // namespace syncstore::imports
