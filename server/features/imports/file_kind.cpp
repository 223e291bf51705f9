#include "server/features/imports/file_kind.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "server/features/imports/csv_reader.hpp"

namespace syncstore::imports {
namespace {

constexpr std::size_t kStartBytes = 65'536;     // more than any header line
constexpr std::uint64_t kControlShare = 1'000;  // one stray control character in so many bytes

struct Signature {
  std::string_view bytes;
  std::string_view sentence;
};

constexpr Signature kSignatures[] = {
    {"PK\x03\x04", "This is an Excel workbook or a zip file. Save the sheet as CSV (UTF-8)."},
    {"\xD0\xCF\x11\xE0", "This is an old Excel workbook. Save the sheet as CSV (UTF-8)."},
    {"\x1F\x8B", "This file is compressed (gzip). Unpack it first."},
    {"\x28\xB5\x2F\xFD", "This file is compressed (zstd). Unpack it first."},
    {"%PDF", "This is a PDF. Export the products as CSV or JSON."},
    {"\xFF\xFE", "This file is UTF-16. Save it as CSV UTF-8."},
    {"\xFE\xFF", "This file is UTF-16. Save it as CSV UTF-8."},
    {"<", "This is an HTML or XML page. Export the products as CSV or JSON."},
};

// Bytes at the end that may be the beginning of a UTF-8 sequence.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte < 0x80) {
      return 0;
    }
    if (byte >= 0xC0) {
      const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

}  // namespace

void FileSniffer::feed(std::string_view bytes) {
  bytes_ += bytes.size();
  if (start_.size() < kStartBytes) {
    start_.append(bytes.substr(0, kStartBytes - start_.size()));
  }
  for (const char character : bytes) {
    const auto byte = static_cast<unsigned char>(character);
    zeros_ += byte == 0 ? 1 : 0;
    controls_ += byte < 0x20 && (byte < 0x09 || byte > 0x0D) ? 1 : 0;
  }
  if (!valid_utf8_) {
    return;
  }
  tail_.append(bytes);
  const std::size_t open = unfinished(tail_);
  valid_utf8_ = is_valid_utf8(std::string_view(tail_).substr(0, tail_.size() - open));
  tail_.erase(0, tail_.size() - open);
}

Result<FileKind> FileSniffer::finish() const {
  if (bytes_ == 0) {
    return fail(ErrorCode::unsupported_file, "The file is empty.");
  }
  for (const Signature& signature : kSignatures) {
    if (std::string_view(start_).starts_with(signature.bytes)) {
      return fail(ErrorCode::unsupported_file, std::string(signature.sentence));
    }
  }
  if (zeros_ > 0 || controls_ > bytes_ / kControlShare + 8) {
    return fail(ErrorCode::unsupported_file,
                "The file is not text. Export the products as CSV (UTF-8) or JSON.");
  }
  FileKind kind;
  std::string_view text = start_;
  kind.has_bom = text.starts_with("\xEF\xBB\xBF");
  if (kind.has_bom) {
    text.remove_prefix(3);
  }
  kind.windows_1252 = !valid_utf8_ || !tail_.empty();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return fail(ErrorCode::unsupported_file, "The file holds only blanks.");
  }
  const bool json = text[first] == '[' || text[first] == '{';
  kind.form = json ? FileKind::Form::json : FileKind::Form::csv;
  if (json && kind.windows_1252) {
    return fail(ErrorCode::unsupported_file, "JSON is UTF-8; this file is not valid UTF-8.");
  }
  kind.delimiter = guess_delimiter(text.substr(first));
  return kind;
}

}  // namespace syncstore::imports
