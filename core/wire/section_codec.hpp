// Rows of changes and columns of snapshots as bytes: the two parts of the codec that carry records.
// Internal to core/wire.
#pragma once

#include "core/base/byte_io.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::wire {

// Tags of values beside their field number. The canonical form of model::write_value has the same
// numbers.
enum class ValueTag : std::uint8_t {
  absent = 0,
  no = 1,
  yes = 2,
  integer = 3,
  text = 4,
  list = 5,
  opaque = 6
};

ValueTag tag_of(const model::Value& value);
void write_payload(ByteWriter& out, const model::Value& value);  // what follows the tag
model::Value read_payload(ByteReader& in, std::uint64_t tag);    // opaque: skipped, answers absent

// One collection's section without its length.
void write_section(ByteWriter& out, const sync::Delta& delta);
Result<sync::Delta> read_section(std::string_view bytes);
// The target sequence of an encoded section, without decoding its rows.
Sequence section_target(std::string_view bytes);

void write_columns(ByteWriter& out, const model::CollectionDef& collection,
                   const std::vector<model::Record>& rows);
std::vector<model::Record> read_columns(ByteReader& in, const model::CollectionDef& collection);

}  // namespace syncstore::wire
