// CsvProducts: rows of a CSV file become products. The first row names the columns; in Shopify's
// layouts neighbouring rows of one handle fold into one product. Owns the product that may still
// grow. Single-threaded.
#pragma once

#include <deque>
#include <optional>

#include "server/features/imports/columns.hpp"
#include "server/features/imports/csv_reader.hpp"
#include "server/features/imports/parsed_product.hpp"

namespace syncstore::imports {

class CsvProducts {
 public:
  // `currency` is the store's; prices that name another one are problems. Empty = any.
  explicit CsvProducts(std::string currency = {}) : currency_(std::move(currency)) {}

  // Errors: what map_columns refuses.
  Status add(CsvRow row);
  void finish();
  bool has_product() const { return !ready_.empty(); }
  ParsedProduct take_product();
  // After the first row; nullopt before.
  const std::optional<Columns>& columns() const { return columns_; }

 private:
  void read_row(const CsvRow& row);
  ParsedProduct product_of(const CsvRow& row) const;
  void read_field(const CsvRow& row, std::size_t field, ParsedProduct& product) const;
  void check_width(const CsvRow& row, ParsedProduct& product) const;
  void fold(const CsvRow& row);
  void remember_row(const CsvRow& row);
  void flush();
  std::string_view cell(const CsvRow& row, int column) const;

  std::string currency_;
  std::optional<Columns> columns_;
  std::optional<ParsedProduct> open_;  // Shopify: the product whose rows are being read
  std::string open_handle_;            // folded
  std::size_t open_rows_ = 0;
  std::string open_json_;  // its rows
  std::deque<ParsedProduct> ready_;
};

}  // namespace syncstore::imports
