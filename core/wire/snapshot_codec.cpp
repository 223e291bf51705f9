#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/section_codec.hpp"

// A snapshot part is columns: what a column's values have in common (their type, that all are
// present) is said once, equal kinds of bytes stand together for zstd, and the reader writes
// straight into the records.
namespace syncstore::wire {
namespace {

using model::Record;
using model::Value;

constexpr unsigned kAllPresent = 8;  // bit 3 of a column's type byte: no bitmap
constexpr std::uint64_t kMixed = 7;  // values of several types: a tag before each
constexpr std::uint64_t kFlags = 1;  // booleans: a bitmap

std::uint64_t column_type(const std::vector<Record>& rows, std::size_t field,
                          std::size_t& present) {
  std::uint64_t type = 0;
  present = 0;
  for (const Record& row : rows) {
    const ValueTag tag = tag_of(row.values[field]);
    if (tag == ValueTag::absent)
      continue;
    ++present;
    const std::uint64_t own = tag == ValueTag::yes ? kFlags : static_cast<std::uint64_t>(tag);
    if (type == 0)
      type = own;
    if (type != own)
      type = kMixed;
  }
  return type;
}

// Bits of a predicate over the rows, eight to a byte, lowest bit first.
template <class Predicate>
void write_bitmap(ByteWriter& out, const std::vector<Record>& rows, Predicate&& predicate) {
  for (std::size_t start = 0; start < rows.size(); start += 8) {
    unsigned byte = 0;
    for (std::size_t bit = 0; bit < 8 && start + bit < rows.size(); ++bit) {
      if (predicate(rows[start + bit]))
        byte |= 1u << bit;
    }
    out.u8(static_cast<std::uint8_t>(byte));
  }
}

bool bit_at(std::string_view bitmap, std::size_t index) {
  return (static_cast<unsigned char>(bitmap[index / 8]) >> (index % 8) & 1) != 0;
}

void write_column(ByteWriter& out, const std::vector<Record>& rows, std::size_t field,
                  std::uint64_t type, bool all_present) {
  const auto present = [&](const Record& row) { return !model::is_absent(row.values[field]); };
  if (!all_present)
    write_bitmap(out, rows, present);
  if (type == kFlags) {
    write_bitmap(out, rows, [&](const Record& row) {
      const bool* flag = std::get_if<bool>(&row.values[field]);
      return flag != nullptr && *flag;
    });
    return;
  }
  if (type == static_cast<std::uint64_t>(ValueTag::text)) {
    // Lengths together, then the texts without anything between them.
    for (const Record& row : rows) {
      if (present(row))
        out.varint(std::get<std::string>(row.values[field]).size());
    }
    for (const Record& row : rows) {
      if (present(row))
        out.raw(std::get<std::string>(row.values[field]));
    }
    return;
  }
  for (const Record& row : rows) {
    if (!present(row))
      continue;
    if (type == kMixed)
      out.u8(static_cast<std::uint8_t>(tag_of(row.values[field])));
    write_payload(out, row.values[field]);
  }
}

void read_texts(ByteReader& in, std::vector<Record>& rows, std::size_t field,
                std::string_view bitmap) {
  std::vector<std::uint32_t> lengths;
  lengths.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!bitmap.empty() && !bit_at(bitmap, i))
      continue;
    lengths.push_back(static_cast<std::uint32_t>(in.varint_max(limits::kTextBytes)));
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < rows.size() && in.ok(); ++i) {
    if (!bitmap.empty() && !bit_at(bitmap, i))
      continue;
    rows[i].values[field].emplace<std::string>(in.raw(lengths[next++]));
  }
}

void read_column(ByteReader& in, std::vector<Record>& rows, std::size_t field, unsigned type_byte) {
  const std::uint64_t type = type_byte & 7;
  const std::size_t bitmap_bytes = (rows.size() + 7) / 8;
  std::string_view bitmap;
  if ((type_byte & kAllPresent) == 0)
    bitmap = in.raw(bitmap_bytes);
  if (!in.ok())
    return;
  if (type == kFlags) {
    const std::string_view flags = in.raw(bitmap_bytes);
    for (std::size_t i = 0; i < rows.size() && in.ok(); ++i) {
      if (bitmap.empty() || bit_at(bitmap, i))
        rows[i].values[field] = bit_at(flags, i);
    }
    return;
  }
  if (type == static_cast<std::uint64_t>(ValueTag::text)) {
    read_texts(in, rows, field, bitmap);
    return;
  }
  for (std::size_t i = 0; i < rows.size() && in.ok(); ++i) {
    if (!bitmap.empty() && !bit_at(bitmap, i))
      continue;
    rows[i].values[field] = read_payload(in, type == kMixed ? in.u8() : type);
  }
}

// A column of numbers as differences from row to row.
template <class Get>
void write_differences(ByteWriter& out, const std::vector<Record>& rows, Get&& get) {
  std::uint64_t previous = 0;
  for (const Record& row : rows) {
    const auto value = static_cast<std::uint64_t>(get(row));
    out.zigzag(static_cast<std::int64_t>(value - previous));
    previous = value;
  }
}

template <class Set>
void read_differences(ByteReader& in, std::vector<Record>& rows, Set&& set) {
  std::uint64_t value = 0;
  for (Record& row : rows) {
    value += static_cast<std::uint64_t>(in.zigzag());
    set(row, value);
  }
}

}  // namespace

void write_columns(ByteWriter& out, const model::CollectionDef& collection,
                   const std::vector<Record>& rows) {
  out.varint(rows.size());
  write_differences(out, rows, [](const Record& row) { return row.row; });
  write_differences(out, rows, [](const Record& row) { return row.id.value; });
  write_differences(out, rows, [](const Record& row) { return row.version; });
  write_differences(out, rows, [](const Record& row) { return row.changed_at; });
  write_differences(out, rows, [](const Record& row) { return row.changed_by; });
  for (std::size_t field = 0; field < collection.fields.size(); ++field) {
    if (collection.fields[field].retired)
      continue;
    std::size_t present = 0;
    const std::uint64_t type = column_type(rows, field, present);
    if (present == 0)
      continue;
    ByteWriter column;
    write_column(column, rows, field, type, present == rows.size());
    out.varint(collection.fields[field].number);
    out.u8(static_cast<std::uint8_t>(type | (present == rows.size() ? kAllPresent : 0u)));
    out.text(column.bytes());
  }
}

std::vector<Record> read_columns(ByteReader& in, const model::CollectionDef& collection) {
  const auto count = static_cast<std::size_t>(in.varint_max(limits::kSnapshotPartRows));
  // Five numbers per row follow: what is not there is not allocated for.
  if (count * 5 > in.remaining())
    in.fail();
  std::vector<Record> rows;
  if (!in.ok())
    return rows;
  rows.resize(count);
  for (Record& row : rows)
    row.values.resize(collection.fields.size());
  read_differences(
      in, rows, [](Record& row, std::uint64_t value) { row.row = static_cast<RowNumber>(value); });
  read_differences(in, rows, [](Record& row, std::uint64_t value) { row.id.value = value; });
  read_differences(in, rows, [](Record& row, std::uint64_t value) { row.version = value; });
  read_differences(in, rows, [](Record& row, std::uint64_t value) {
    row.changed_at = static_cast<TimeMs>(value);
  });
  read_differences(in, rows, [](Record& row, std::uint64_t value) {
    row.changed_by = static_cast<std::uint32_t>(value);
  });
  while (in.ok() && in.remaining() > 0) {
    const int field = collection.field_index(static_cast<std::uint16_t>(in.varint_max(UINT16_MAX)));
    const unsigned type = in.u8();
    ByteReader column(in.text(limits::kPartOutputBytes));
    if (field < 0)
      continue;  // a column of a newer schema
    read_column(column, rows, static_cast<std::size_t>(field), type);
    if (!column.done())
      in.fail();
  }
  if (!in.ok())
    rows.clear();
  return rows;
}

}  // namespace syncstore::wire
