#include "core/base/digest.hpp"
#include "core/wire/messages.hpp"

namespace syncstore::wire {

std::uint32_t view_number(std::uint16_t collection_number, model::Role role) {
  const model::CollectionDef* collection = model::find_collection(collection_number);
  if (collection == nullptr || role < collection->read)
    return 1;
  // Everybody who may read a collection reads all of its fields, so the schema alone makes the
  // difference.
  ByteWriter out;
  out.varint(collection->number);
  for (const model::FieldDef& field : collection->fields) {
    if (field.retired)
      continue;
    out.varint(field.number);
    out.u8(static_cast<std::uint8_t>(field.kind));
  }
  const std::uint64_t hash = xxh64(out.bytes());
  return static_cast<std::uint32_t>(hash % 0xFFFF'FFFDu) + 2;  // 0 = none, 1 = "may not read"
}

}  // namespace syncstore::wire
