#include "server/features/imports/json_splitter.hpp"

#include <utility>

#include "core/base/limits.hpp"

namespace syncstore::imports {

Error JsonSplitter::wrong(std::string what) const {
  const std::string line = "line " + std::to_string(line_);
  return fail(ErrorCode::unsupported_file, "In " + line + ": " + what, line);
}

Status JsonSplitter::feed(std::string_view bytes) {
  for (const char byte : bytes) {
    SS_TRY(place_ == Place::record ? byte_inside(byte) : byte_outside(byte));
    if (byte == '\n') {
      ++line_;
    }
  }
  return {};
}

Status JsonSplitter::byte_outside(char byte) {
  if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
    return {};
  }
  if (place_ == Place::after) {
    return wrong("something follows the end of the list.");
  }
  if (place_ == Place::start && byte == '[') {
    in_array_ = true;
    place_ = Place::between;
    return {};
  }
  if (in_array_ && byte == ',' && comma_due_) {
    comma_due_ = false;
    record_due_ = true;
    return {};
  }
  if (in_array_ && byte == ']' && !record_due_) {
    place_ = Place::after;
    return {};
  }
  // Between JSON lines a comma is a common slip that changes nothing.
  if (!in_array_ && byte == ',' && place_ == Place::between) {
    return {};
  }
  if (byte != '{' || comma_due_) {
    return wrong(comma_due_ ? "a comma is missing between two records."
                            : "a record in braces { } is expected. A file is a list of records, or "
                              "one record after the other.");
  }
  place_ = Place::record;
  record_due_ = false;
  piece_ = {};
  piece_.line = line_;
  piece_.text.push_back(byte);
  depth_ = 1;
  in_string_ = false;
  escaped_ = false;
  return {};
}

Status JsonSplitter::byte_inside(char byte) {
  piece_.text.push_back(byte);
  if (piece_.text.size() > limits::kImportRecordBytes) {
    return wrong("the record that begins in line " + std::to_string(piece_.line) +
                 " has more than " + std::to_string(limits::kImportRecordBytes) +
                 " bytes, or its quotes or braces are not closed.");
  }
  if (in_string_) {
    if (escaped_) {
      escaped_ = false;
    } else if (byte == '\\') {
      escaped_ = true;
    } else if (byte == '"') {
      in_string_ = false;
    }
    return {};
  }
  if (byte == '"') {
    in_string_ = true;
  } else if (byte == '{' || byte == '[') {
    ++depth_;
  } else if (byte == '}' || byte == ']') {
    if (--depth_ == 0) {
      piece_.last_line = line_;
      pieces_.push_back(std::exchange(piece_, {}));
      place_ = Place::between;
      comma_due_ = in_array_;
    }
  }
  return {};
}

Status JsonSplitter::finish() {
  if (place_ == Place::record) {
    return wrong("the record that begins in line " + std::to_string(piece_.line) +
                 " is not closed. The file seems to be cut off.");
  }
  if (in_array_ && place_ != Place::after) {
    return wrong("the list is not closed with ]. The file seems to be cut off.");
  }
  return {};
}

JsonPiece JsonSplitter::take_piece() {
  JsonPiece piece = std::move(pieces_.front());
  pieces_.pop_front();
  return piece;
}

}  // namespace syncstore::imports
