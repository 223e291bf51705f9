#include "core/model/table.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/base/text.hpp"

namespace syncstore::model {
namespace {

std::uint64_t hash_of_record(RecordId id) {
  ByteWriter bytes;
  bytes.u64(id.value);
  return xxh64(bytes.bytes());
}

// XXH64 of: id (8 bytes), field number (2 bytes), canonical value. Absent values weigh nothing, nor
// do those of retired fields, which no reader has.
// `scratch` only saves allocations.
std::uint64_t hash_of_value(ByteWriter& scratch, RecordId id, const FieldDef& field,
                            const Value& value) {
  if (is_absent(value) || field.retired) {
    return 0;
  }
  scratch.clear();
  scratch.u64(id.value);
  scratch.u8(static_cast<std::uint8_t>(field.number));
  scratch.u8(static_cast<std::uint8_t>(field.number >> 8));
  write_value(scratch, value);
  return xxh64(scratch.bytes());
}

// Id, row number, version, time and author of the last change, 32 bytes.
void write_place(ByteWriter& out, const Record& record) {
  out.u64(record.id.value);
  out.u32(record.row);
  out.u64(record.version);
  out.u64(static_cast<std::uint64_t>(record.changed_at));
  out.u32(record.changed_by);
}

std::uint64_t hash_of_place(ByteWriter& scratch, const Record& record) {
  scratch.clear();
  write_place(scratch, record);
  return xxh64(scratch.bytes());
}

// XXH64 of the place and then, per present field, its number (2 bytes) and canonical value.
std::uint64_t hash_of_whole(ByteWriter& scratch, const CollectionDef& collection,
                            const Record& record) {
  scratch.clear();
  write_place(scratch, record);
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    if (is_absent(record.values[i]) || collection.fields[i].retired)
      continue;
    scratch.u8(static_cast<std::uint8_t>(collection.fields[i].number));
    scratch.u8(static_cast<std::uint8_t>(collection.fields[i].number >> 8));
    write_value(scratch, record.values[i]);
  }
  return xxh64(scratch.bytes());
}

// The key of a unique field's value; empty = takes no part.
std::string unique_key(const Value& value) {
  const std::string* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : fold_case(*text);
}

}  // namespace

std::uint64_t Digest::combined() const {
  // Eight bytes each, little-endian; asked for after every frame of every collection.
  Bytes bytes(8 * (1 + fields.size()), '\0');
  char* at = bytes.data();
  const auto put = [&at](std::uint64_t sum) {
    for (int i = 0; i < 8; ++i)
      *at++ = static_cast<char>(sum >> (8 * i));
  };
  put(records);
  for (const std::uint64_t field : fields)
    put(field);
  return xxh64(bytes);
}

bool Digest::agrees_with(const Digest& told) const {
  // Fields are added at the end and never taken out: what both know is a common beginning.
  const std::size_t common = std::min(fields.size(), told.fields.size());
  return records == told.records &&
         std::equal(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(common),
                    told.fields.begin()) &&
         (told.places == 0 || told.places == places);
}

Table::Table(const CollectionDef& collection)
    : collection_(&collection), unique_slot_(collection.fields.size(), -1) {
  digest_.fields.resize(collection.fields.size());
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (collection.fields[i].unique && !collection.fields[i].retired) {
      unique_slot_[i] = static_cast<int>(unique_.size());
      unique_.emplace_back();
    }
  }
}

const Record* Table::find(RecordId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : rows_[found->second].get();
}

const Record* Table::find_row(RowNumber row) const {
  const auto found = by_row_.find(row);
  return found == by_row_.end() ? nullptr : rows_[found->second].get();
}

const Tombstone* Table::find_tombstone(RecordId id) const {
  const auto found = tombstones_.find(id);
  return found == tombstones_.end() ? nullptr : &found->second;
}

const Tombstone* Table::find_tombstone_row(RowNumber row) const {
  const auto found = tombstone_rows_.find(row);
  return found == tombstone_rows_.end() ? nullptr : find_tombstone(found->second);
}

RecordId Table::find_unique(std::size_t field_index, std::string_view value) const {
  SS_ASSERT(field_index < unique_slot_.size());
  const int slot = unique_slot_[field_index];
  if (slot < 0 || value.empty()) {
    return {};
  }
  const auto& index = unique_[static_cast<std::size_t>(slot)];
  const auto found = index.find(fold_case(value));
  return found == index.end() ? RecordId{} : found->second;
}

const Record& Table::put(Record record) {
  SS_ASSERT(record.id && record.values.size() == collection_->fields.size());
  forget_tombstone(record.id);
  std::uint32_t slot = 0;
  const auto found = by_id_.find(record.id);
  const bool replaces = found != by_id_.end();
  if (replaces) {
    slot = found->second;
    Record& old = *rows_[slot];
    add_to_digest(old, false);
    index_unique(old, false);
    if (old.row != 0 && old.row != record.row) {
      by_row_.erase(old.row);
    }
    old = std::move(record);
  } else {
    slot = take_slot();
    by_id_.emplace(record.id, slot);
    rows_[slot] = std::make_unique<Record>(std::move(record));
  }
  const Record& stored = *rows_[slot];
  if (stored.row != 0) {
    const bool is_new_row = by_row_.insert_or_assign(stored.row, slot).second;
    SS_ASSERT(is_new_row || replaces);
    reserve_rows_through(stored.row);
  }
  add_to_digest(stored, true);
  index_unique(stored, true);
  last_sequence_ = std::max(last_sequence_, stored.version);
  return stored;
}

void Table::set_value(RecordId id, std::size_t field_index, Value value) {
  Record& record = existing(id);
  SS_ASSERT(field_index < record.values.size());
  const FieldDef& field = collection_->fields[field_index];
  Value& current = record.values[field_index];
  ByteWriter scratch;
  digest_.fields[field_index] +=
      hash_of_value(scratch, id, field, value) - hash_of_value(scratch, id, field, current);
  index_value(record, field_index, false);
  current = std::move(value);
  index_value(record, field_index, true);
}

void Table::touch(RecordId id, Sequence version, TimeMs at, std::uint32_t by) {
  Record& record = existing(id);
  ByteWriter scratch;
  digest_.places -= hash_of_place(scratch, record);
  record.version = version;
  record.changed_at = at;
  record.changed_by = by;
  digest_.places += hash_of_place(scratch, record);
  last_sequence_ = std::max(last_sequence_, version);
}

bool Table::erase(RecordId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) {
    return false;
  }
  const std::uint32_t slot = found->second;
  const Record& record = *rows_[slot];
  add_to_digest(record, false);
  index_unique(record, false);
  if (record.row != 0) {
    by_row_.erase(record.row);
  }
  by_id_.erase(found);
  rows_[slot].reset();
  free_slots_.push_back(slot);
  return true;
}

void Table::bury(const Tombstone& tombstone) {
  erase(tombstone.id);
  forget_tombstone(tombstone.id);
  tombstones_.emplace(tombstone.id, tombstone);
  if (tombstone.row != 0) {
    tombstone_rows_.insert_or_assign(tombstone.row, tombstone.id);
    reserve_rows_through(tombstone.row);
  }
  last_sequence_ = std::max(last_sequence_, tombstone.version);
}

void Table::clear() { *this = Table(*collection_); }

void Table::reserve_rows_through(RowNumber row) {
  SS_ASSERT(row < std::numeric_limits<RowNumber>::max());
  next_row_ = std::max(next_row_, row + 1);
}

Record& Table::existing(RecordId id) {
  const auto found = by_id_.find(id);
  SS_ASSERT(found != by_id_.end());
  return *rows_[found->second];
}

std::uint32_t Table::take_slot() {
  if (free_slots_.empty()) {
    rows_.emplace_back();
    return static_cast<std::uint32_t>(rows_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void Table::forget_tombstone(RecordId id) {
  const auto found = tombstones_.find(id);
  if (found == tombstones_.end()) {
    return;
  }
  const auto row = tombstone_rows_.find(found->second.row);
  if (row != tombstone_rows_.end() && row->second == id) {
    tombstone_rows_.erase(row);
  }
  tombstones_.erase(found);
}

void Table::add_to_digest(const Record& record, bool add) {
  // Sums are modulo 2^64: taking away is adding the complement.
  const std::uint64_t sign = add ? 1 : ~std::uint64_t{0};
  digest_.records += sign * hash_of_record(record.id);
  ByteWriter scratch;
  digest_.places += sign * hash_of_place(scratch, record);
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    digest_.fields[i] +=
        sign * hash_of_value(scratch, record.id, collection_->fields[i], record.values[i]);
  }
}

std::vector<BlockSum> Table::block_sums() const {
  std::map<std::uint32_t, std::uint64_t> sums;
  ByteWriter scratch;
  for_each([&](const Record& record) {
    sums[static_cast<std::uint32_t>(record.row / limits::kBlockRows)] +=
        hash_of_whole(scratch, *collection_, record);
  });
  std::vector<BlockSum> list;
  list.reserve(sums.size());
  for (const auto& [block, sum] : sums)
    list.push_back({block, sum});
  return list;
}

std::uint64_t Table::block_sum(std::uint32_t block) const {
  ByteWriter scratch;
  std::uint64_t sum = 0;
  for_each_in_block(
      block, [&](const Record& record) { sum += hash_of_whole(scratch, *collection_, record); });
  return sum;
}

void Table::index_unique(const Record& record, bool add) {
  for (std::size_t i = 0; i < unique_slot_.size(); ++i) {
    index_value(record, i, add);
  }
}

void Table::index_value(const Record& record, std::size_t field_index, bool add) {
  const int slot = unique_slot_[field_index];
  if (slot < 0) {
    return;
  }
  const std::string key = unique_key(record.values[field_index]);
  if (key.empty()) {
    return;
  }
  auto& index = unique_[static_cast<std::size_t>(slot)];
  if (add) {
    index.insert_or_assign(key, record.id);
    return;
  }
  // Inside one change set two records may swap keys: only the present holder gives a key up.
  const auto found = index.find(key);
  if (found != index.end() && found->second == record.id) {
    index.erase(found);
  }
}

}  // namespace syncstore::model
