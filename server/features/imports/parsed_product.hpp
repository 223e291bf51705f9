// ParsedProduct: one product as a file tells it, before the store is looked at. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/catalogue.hpp"
#include "core/sync/mutation.hpp"

namespace syncstore::imports {

// What is wrong, or worth knowing, about one place of the file.
struct Problem {
  std::uint64_t line = 0;
  std::string field;                 // "" = the whole row
  ErrorCode code = ErrorCode::none;  // none = a warning
  std::string message;
  std::string value;  // what stands there, shortened
};

struct ParsedProduct {
  std::uint64_t line = 0;
  std::uint64_t last_line = 0;
  RecordId id;                           // of an export's own column; 0 = none
  std::vector<sync::FieldValue> fields;  // what the file names; absent = an empty cell or null
  bool clears = false;                   // empty means: take the value away (of optional fields)
  bool handle_made = false;              // the handle was made from the title
  std::vector<Problem> problems;         // any: the product is rejected
  std::vector<Problem> warnings;
  std::string folded;     // JSON of all its rows when there were several, else ""
  std::size_t bytes = 0;  // about what it took in the file

  const model::Value* find(std::size_t field) const;
  std::string text(std::size_t field) const;  // "" when not named or absent
};

const model::CollectionDef& products();
// Indexes of the fields of products that imports treat in a way of their own.
struct ProductFields {
  std::size_t title = 0, sku = 0, handle = 0, status = 0, inventory = 0, category = 0;
};
const ProductFields& product_fields();

// At most kImportShownBytes of it, on one line, cut between characters.
std::string shortened(std::string_view text);
// A handle from a title: lower case, letters and digits, everything else a hyphen. "" when nothing
// is left.
std::string slug(std::string_view title);
// Gives a product that has neither SKU nor handle one made from its title, with a warning.
void complete_key(ParsedProduct& product);

// A cell of a spreadsheet that begins like a formula is written with an apostrophe in front, so
// that opening a file runs nothing; reading takes it off again. unguarded(guarded(x)) == x.
std::string guarded(std::string_view text);
std::string_view unguarded(std::string_view cell);
// A cell of a CSV file, in quotes where it needs them.
void append_cell(std::string& out, std::string_view text);

}  // namespace syncstore::imports
