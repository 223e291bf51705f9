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
void write_field(ByteWriter& out, const model::CollectionDef& collection,
                 std::uint16_t field_index);
// The index of the field whose number comes next. Errors: malformed, unknown_field.
Result<std::uint16_t> read_field(ByteReader& in, const model::CollectionDef& collection);

}  // namespace syncstore::sync
