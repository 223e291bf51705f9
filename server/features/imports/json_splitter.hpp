// JsonSplitter: cuts an array of records, or records one after the other (JSON lines), into the
// texts of the single records, with the line of each. Owns at most one record's text. What comes
// out does not depend on how the bytes were cut. The records themselves are parsed by whoever takes
// them. Single-threaded.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace syncstore::imports {

struct JsonPiece {
  std::uint64_t line = 0;  // where it begins, from 1
  std::uint64_t last_line = 0;
  std::string text;
};

class JsonSplitter {
 public:
  // Errors end the file: something that is neither an array of records nor records, a record above
  // the bound. Each names the line.
  Status feed(std::string_view bytes);
  Status finish();  // the end of the file; error when an array or a record is still open
  bool has_piece() const { return !pieces_.empty(); }
  JsonPiece take_piece();

 private:
  enum class Place : std::uint8_t { start, between, record, after };

  Status byte_outside(char byte);
  Status byte_inside(char byte);
  Error wrong(std::string what) const;

  Place place_ = Place::start;
  bool in_array_ = false;
  bool comma_due_ = false;   // in an array: a record has ended, a comma or the end must follow
  bool record_due_ = false;  // in an array: a comma stood last
  std::size_t depth_ = 0;    // open braces and brackets of the record
  bool in_string_ = false;
  bool escaped_ = false;
  std::uint64_t line_ = 1;
  JsonPiece piece_;
  std::deque<JsonPiece> pieces_;
};

}  // namespace syncstore::imports
