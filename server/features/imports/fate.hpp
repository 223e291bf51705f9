// Fate: what becomes, or became, of one product of a file. Plain values, kept in a spool file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/byte_io.hpp"
#include "core/base/json.hpp"
#include "server/features/imports/parsed_product.hpp"

namespace syncstore::imports {

enum class FateKind : std::uint8_t { insert = 1, update = 2, unchanged = 3, rejected = 4 };
std::string_view fate_name(FateKind kind);
// nullopt when it is no fate's name.
std::optional<FateKind> fate_from_name(std::string_view name);

struct FieldDifference {
  std::string field;
  std::string from;  // shortened; "" = nothing there
  std::string to;
};

struct Fate {
  std::uint64_t number = 0;  // of the product in the file, from 1
  std::uint64_t line = 0;
  std::uint64_t last_line = 0;
  FateKind kind = FateKind::rejected;
  RecordId record;
  std::string key;  // SKU, handle or title: how people know it
  std::string title;
  std::vector<FieldDifference> changes;
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
  Bytes mutation;      // what carries it out; "" when there is nothing to do
  std::string folded;  // JSON of the rows that were folded into it
};

void write_fate(ByteWriter& out, const Fate& fate);
Result<Fate> read_fate(std::string_view bytes);  // error: corrupt
Json fate_json(const Fate& fate);

// The file of rejected rows: one line per problem, cells guarded against being run as formulas.
std::string_view errors_csv_header();
void append_error_lines(std::string& out, const Fate& fate);

}  // namespace syncstore::imports
