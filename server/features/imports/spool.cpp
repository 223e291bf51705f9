#include "server/features/imports/spool.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/base/limits.hpp"

namespace syncstore::imports {
namespace {

constexpr std::size_t kIndexEntry = 8;
constexpr std::size_t kIndexPiece = 4'096;  // entries read at once
constexpr std::uint64_t kKindMask = 7;      // the low bits of an entry are the fate's kind
constexpr int kKindBits = 3;
constexpr std::uint32_t kFateBytesMax = 64u * 1'048'576u;

Error no_room() {
  return fail(ErrorCode::storage_full,
              "The disk of the data directory is full or cannot be written.");
}

Error damaged() {
  return fail(ErrorCode::corrupt, "The import's file of rows is damaged. Import again.");
}

std::uint64_t read_entry(const char* bytes) {
  return ByteReader(std::string_view(bytes, kIndexEntry)).u64();
}

}  // namespace

SpoolWriter::SpoolWriter(std::string name) : name_(std::move(name)) {}

SpoolWriter::~SpoolWriter() {
  if (!published_) {
    rows_.close();
    index_.close();
    std::error_code ignored;
    std::filesystem::remove(name_ + ".rows.new", ignored);
    std::filesystem::remove(name_ + ".index.new", ignored);
  }
}

Status SpoolWriter::open() {
  rows_.open(name_ + ".rows.new", std::ios::binary | std::ios::trunc);
  index_.open(name_ + ".index.new", std::ios::binary | std::ios::trunc);
  return rows_ && index_ ? Status() : Status(no_room());
}

Status SpoolWriter::append(const Fate& fate) {
  ByteWriter body;
  write_fate(body, fate);
  ByteWriter head;
  head.u32(static_cast<std::uint32_t>(body.size()));
  ByteWriter entry;
  entry.u64(offset_ << kKindBits | static_cast<std::uint64_t>(fate.kind));
  rows_.write(head.bytes().data(), static_cast<std::streamsize>(head.size()));
  rows_.write(body.bytes().data(), static_cast<std::streamsize>(body.size()));
  index_.write(entry.bytes().data(), static_cast<std::streamsize>(entry.size()));
  offset_ += head.size() + body.size();
  ++count_;
  return rows_ && index_ ? Status() : Status(no_room());
}

Status SpoolWriter::publish() {
  rows_.close();
  index_.close();
  if (!rows_ || !index_) {
    return no_room();
  }
  // The rows first: an index that is there has its rows.
  std::error_code error;
  std::filesystem::remove(name_ + ".index", error);
  std::filesystem::rename(name_ + ".rows.new", name_ + ".rows", error);
  if (!error) {
    std::filesystem::rename(name_ + ".index.new", name_ + ".index", error);
  }
  published_ = !error;
  return published_ ? Status() : Status(no_room());
}

Status SpoolReader::open() {
  std::error_code error;
  const auto size = std::filesystem::file_size(name_ + ".index", error);
  rows_.open(name_ + ".rows", std::ios::binary);
  if (error || !rows_) {
    return fail(
        ErrorCode::not_found,
        "The rows of this import are not kept: it failed early, or it is older than a week.");
  }
  count_ = size / kIndexEntry;
  return {};
}

Result<std::optional<Fate>> SpoolReader::read_here() {
  std::array<char, 4> head{};
  rows_.read(head.data(), head.size());
  if (rows_.gcount() == 0) {
    return std::optional<Fate>();
  }
  const std::uint32_t size = ByteReader(std::string_view(head.data(), head.size())).u32();
  if (!rows_ || size > kFateBytesMax) {
    return damaged();
  }
  std::string body(size, '\0');
  rows_.read(body.data(), static_cast<std::streamsize>(size));
  if (!rows_) {
    return damaged();
  }
  SS_ASSIGN_OR_RETURN(Fate fate, read_fate(body));
  return std::optional<Fate>(std::move(fate));
}

Result<std::optional<Fate>> SpoolReader::next() { return read_here(); }

Result<Fate> SpoolReader::read_at(std::uint64_t offset) {
  rows_.clear();
  rows_.seekg(static_cast<std::streamoff>(offset));
  SS_ASSIGN_OR_RETURN(std::optional<Fate> fate, read_here());
  if (!fate) {
    return damaged();
  }
  return std::move(*fate);
}

Result<std::vector<std::uint64_t>> SpoolReader::offsets(std::uint64_t first, std::uint64_t size,
                                                        std::optional<FateKind> kind,
                                                        std::uint64_t& total) {
  std::ifstream index(name_ + ".index", std::ios::binary);
  std::vector<std::uint64_t> found;
  std::string piece(kIndexEntry * kIndexPiece, '\0');
  total = 0;
  while (index.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
         index.gcount() > 0) {
    const auto entries = static_cast<std::size_t>(index.gcount()) / kIndexEntry;
    for (std::size_t i = 0; i < entries; ++i) {
      const std::uint64_t entry = read_entry(piece.data() + i * kIndexEntry);
      if (kind && (entry & kKindMask) != static_cast<std::uint64_t>(*kind)) {
        continue;
      }
      if (total >= first && found.size() < size) {
        found.push_back(entry >> kKindBits);
      }
      ++total;
    }
  }
  return found;
}

Result<SpoolReader::Page> SpoolReader::page(std::uint64_t page, std::uint64_t size,
                                            std::optional<FateKind> kind) {
  Page result;
  result.page = std::max<std::uint64_t>(1, page);
  SS_ASSIGN_OR_RETURN(std::vector<std::uint64_t> places,
                      offsets((result.page - 1) * size, size, kind, result.total));
  if (places.empty() && result.total > 0) {
    result.page = (result.total + size - 1) / size;
    SS_ASSIGN_OR_RETURN(places, offsets((result.page - 1) * size, size, kind, result.total));
  }
  if (result.total == 0) {
    result.page = 1;
  }
  for (const std::uint64_t place : places) {
    SS_ASSIGN_OR_RETURN(Fate fate, read_at(place));
    result.fates.push_back(std::move(fate));
  }
  return result;
}

void remove_spool(const std::string& name) {
  std::error_code ignored;
  for (const char* suffix : {".rows", ".index", ".rows.new", ".index.new"}) {
    std::filesystem::remove(name + suffix, ignored);
  }
}

Status ErrorsFile::add(const Fate& fate) {
  if (rows_ == 0) {
    file_.open(path_, std::ios::binary | std::ios::trunc);
    file_ << errors_csv_header();
  }
  ++rows_;
  if (rows_ > limits::kImportErrorRows) {
    if (rows_ == limits::kImportErrorRows + 1) {
      file_ << fate.line << ",,,,More rows were rejected than this file lists.,\r\n";
    }
    return {};
  }
  std::string lines;
  append_error_lines(lines, fate);
  file_ << lines;
  return file_ ? Status() : Status(no_room());
}

Status ErrorsFile::flush() {
  if (rows_ == 0) {
    return {};
  }
  file_.flush();
  return file_ ? Status() : Status(no_room());
}

}  // namespace syncstore::imports
