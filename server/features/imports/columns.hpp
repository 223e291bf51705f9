// Columns: which column of a CSV file means which field of a product. Names are compared without
// case, blanks and punctuation; common synonyms count; what is left over is ignored and named.
// Plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace syncstore::imports {

// Shopify's product CSV changed its column names twice; in all three a product is several rows of
// one handle, and an empty cell says nothing (only the first row of a product carries its values).
// In plain CSV a row is a product, and an empty cell empties the field.
enum class Layout : std::uint8_t { plain, shopify_2017, shopify_2023, shopify_2025 };
std::string_view layout_name(Layout layout);

struct Columns {
  Layout layout = Layout::plain;
  std::vector<std::string> header;
  std::vector<int> of_field;  // per field of products: its column, or -1
  int id = -1;
  int category_fallback = -1;        // Shopify's type, where the category is empty
  int published = -1;                // Shopify before there was a status
  std::vector<std::string> ignored;  // names of columns that mean nothing here

  bool is_shopify() const { return layout != Layout::plain; }
};

// Errors: unsupported_file (no column of products at all, too many columns).
Result<Columns> map_columns(const std::vector<std::string>& header);

}  // namespace syncstore::imports
