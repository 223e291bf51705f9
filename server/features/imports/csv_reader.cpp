#include "server/features/imports/csv_reader.hpp"

#include <array>
#include <utility>

#include "core/base/limits.hpp"

namespace syncstore::imports {
namespace {

std::string never_closed(std::uint64_t line) {
  return "A quote is opened in line " + std::to_string(line) +
         " and never closed. Close it, or write a quote inside a cell twice (\"\").";
}

}  // namespace

Status CsvReader::feed(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte == '\n' && after_return_) {
      // The second half of a CR LF: outside quotes the row has ended, inside the LF is content.
      after_return_ = false;
      if (state_ != State::quoted) {
        continue;
      }
      append(byte);
      continue;
    }
    after_return_ = false;
    if (state_ == State::quoted) {
      SS_TRY(quoted_byte(byte));
    } else {
      plain_byte(byte);
    }
  }
  return {};
}

Status CsvReader::quoted_byte(char byte) {
  if (byte == '"') {
    state_ = State::quote;
    return {};
  }
  if (is_line_end(byte)) {
    ++line_;
    after_return_ = byte == '\r';
  }
  append(byte);
  if (row_bytes_ > limits::kImportRecordBytes) {
    return fail(ErrorCode::unsupported_file, never_closed(quote_line_),
                "line " + std::to_string(quote_line_));
  }
  return {};
}

void CsvReader::plain_byte(char byte) {
  if (!row_begun_) {
    row_begun_ = true;
    row_.line = line_;
  }
  if (is_line_end(byte)) {
    end_row();
    ++line_;
    after_return_ = byte == '\r';
    return;
  }
  switch (state_) {
    case State::skipping:
      return;
    case State::cell_start:
      if (byte == '"') {
        quote_line_ = line_;
        state_ = State::quoted;
        ++row_bytes_;
        return;
      }
      break;
    case State::quote:
      if (byte == '"') {
        append(byte);
        state_ = State::quoted;
        return;
      }
      if (byte != delimiter_) {
        // Blanks between a closing quote and the delimiter do no harm.
        if (byte != ' ') {
          spoil("Text follows a closing quote; the quote was opened in line " +
                std::to_string(quote_line_) +
                ". Put the whole cell in quotes and write quotes inside it twice (\"\").");
        }
        return;
      }
      break;
    case State::bare:
    case State::quoted:
      break;
  }
  if (byte == delimiter_) {
    end_cell();
    return;
  }
  state_ = State::bare;
  append(byte);
  if (row_bytes_ > limits::kImportRecordBytes) {
    spoil("The row has more than " + std::to_string(limits::kImportRecordBytes) + " bytes.");
  }
}

void CsvReader::append(char byte) {
  cell_.push_back(byte);
  ++row_bytes_;
}

void CsvReader::end_cell() {
  if (row_.cells.size() >= limits::kImportColumns) {
    spoil("The row has more than " + std::to_string(limits::kImportColumns) + " columns.");
    return;
  }
  row_.cells.push_back(std::move(cell_));
  cell_.clear();
  ++row_bytes_;
  state_ = State::cell_start;
}

void CsvReader::spoil(std::string detail) {
  row_.error = fail(ErrorCode::malformed, std::move(detail), "line " + std::to_string(row_.line));
  cell_.clear();
  state_ = State::skipping;
}

void CsvReader::end_row() {
  if (!row_.error) {
    const bool quoted_empty = state_ == State::quote;
    const bool blank = row_.cells.empty() && cell_.empty() && !quoted_empty;
    if (!blank) {
      end_cell();
    }
  }
  row_.last_line = line_;
  if (!row_.cells.empty() || row_.error) {
    rows_.push_back(std::exchange(row_, {}));
  }
  row_ = {};
  cell_.clear();
  row_bytes_ = 0;
  row_begun_ = false;
  state_ = State::cell_start;
}

Status CsvReader::finish() {
  if (state_ == State::quoted) {
    return fail(ErrorCode::unsupported_file, never_closed(quote_line_),
                "line " + std::to_string(quote_line_));
  }
  if (row_begun_) {
    end_row();
  }
  return {};
}

CsvRow CsvReader::take_row() {
  CsvRow row = std::move(rows_.front());
  rows_.pop_front();
  return row;
}

char guess_delimiter(std::string_view start_of_file) {
  constexpr std::array kDelimiters{',', ';', '\t'};
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool quoted = false;
  for (const char byte : start_of_file) {
    if (byte == '"') {
      quoted = !quoted;
    }
    if (quoted) {
      continue;
    }
    if (byte == '\n' || byte == '\r') {
      break;
    }
    for (std::size_t i = 0; i < kDelimiters.size(); ++i) {
      counts[i] += byte == kDelimiters[i] ? 1u : 0u;
    }
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < kDelimiters.size(); ++i) {
    if (counts[i] > counts[best]) {
      best = i;
    }
  }
  return kDelimiters[best];
}

}  // namespace syncstore::imports
