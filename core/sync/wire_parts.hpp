// Small parts that the codecs of this room share: ids, collections and fields by number. Stateless.
#pragma once

#include <string>

#include "core/base/byte_io.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/model/catalogue.hpp"

namespace syncstore::sync {

inline Error malformed_bytes(std::string_view what) {
  return fail(ErrorCode::malformed, "The bytes of a " + std::string(what) + " cannot be read.");
}

void write_uuid(ByteWriter& out, const Uuid& id);
Uuid read_uuid(ByteReader& in);

// Errors: malformed, unknown_collection.
Result<const model::CollectionDef*> read_collection(ByteReader& in);
// The number of a field by its index; of one that this version does not know (model::kUnknownField)
// the number that came. `collection` may be null then.
void write_field(ByteWriter& out, const model::CollectionDef* collection,
                 std::uint16_t field_index);
// The index of the field whose number comes next. Errors: malformed, unknown_field.
Result<std::uint16_t> read_field(ByteReader& in, const model::CollectionDef& collection);
// The same for what a peer of another version may say: an unknown number keeps its place.
std::uint16_t read_any_field(ByteReader& in, const model::CollectionDef* collection);

}  // namespace syncstore::sync
