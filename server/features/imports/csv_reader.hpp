// CsvReader: CSV (RFC 4180) piece by piece, with the line of every row. Owns the row that is being
// read, at most kImportRecordBytes of it. What comes out does not depend on how the bytes were cut.
// Lenient where spreadsheets are: LF, CR LF or CR, blank lines, a quote inside an unquoted cell
// (kept as it is). Bytes are taken as UTF-8. Single-threaded.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace syncstore::imports {

struct CsvRow {
  std::uint64_t line = 0;       // where it begins, from 1
  std::uint64_t last_line = 0;  // where it ends: cells may hold line breaks
  std::vector<std::string> cells;
  std::optional<Error> error;  // the row cannot be read; its cells are what came before
};

class CsvReader {
 public:
  explicit CsvReader(char delimiter = ',') : delimiter_(delimiter) {}

  // Errors end the file: a quote that is opened and never closed within a record's bound.
  Status feed(std::string_view bytes);
  Status finish();  // the end of the file
  bool has_row() const { return !rows_.empty(); }
  CsvRow take_row();
  std::size_t waiting_rows() const { return rows_.size(); }

 private:
  enum class State : std::uint8_t { cell_start, bare, quoted, quote, skipping };

  Status quoted_byte(char byte);
  void plain_byte(char byte);
  void append(char byte);
  void end_cell();
  void end_row();
  void spoil(std::string detail);
  bool is_line_end(char byte) const { return byte == '\n' || byte == '\r'; }

  char delimiter_;
  State state_ = State::cell_start;
  std::uint64_t line_ = 1;
  std::uint64_t quote_line_ = 0;  // where the open quote stands
  std::size_t row_bytes_ = 0;
  bool after_return_ =
      false;  // a CR ended a row or stood in a quote: an LF after it is the same break
  bool row_begun_ = false;
  CsvRow row_;
  std::string cell_;
  std::deque<CsvRow> rows_;
};

// The character that parts the cells of this first line: the most frequent of , ; tab outside
// quotes.
char guess_delimiter(std::string_view start_of_file);

}  // namespace syncstore::imports
