#include "core/sync/wire_parts.hpp"

#include <algorithm>

namespace syncstore::sync {
namespace {
constexpr std::uint64_t kNumberMax = 0xFFFF;
}

void write_uuid(ByteWriter& out, const Uuid& id) {
  out.raw(std::string_view(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()));
}

Uuid read_uuid(ByteReader& in) {
  Uuid id;
  const std::string_view bytes = in.raw(id.bytes.size());
  if (in.ok()) {
    std::transform(bytes.begin(), bytes.end(), id.bytes.begin(),
                   [](char byte) { return static_cast<std::uint8_t>(byte); });
  }
  return id;
}

Result<const model::CollectionDef*> read_collection(ByteReader& in) {
  const auto number = static_cast<std::uint16_t>(in.varint_max(kNumberMax));
  if (!in.ok())
    return malformed_bytes("collection number");
  const model::CollectionDef* collection = model::find_collection(number);
  if (collection == nullptr) {
    return fail(ErrorCode::unknown_collection,
                "There is no collection number " + std::to_string(number) + ".");
  }
  return collection;
}

void write_field(ByteWriter& out, const model::CollectionDef* collection,
                 std::uint16_t field_index) {
  if ((field_index & model::kUnknownField) != 0) {
    out.varint(field_index & model::kFieldNumberMax);
    return;
  }
  SS_ASSERT(collection != nullptr && field_index < collection->fields.size());
  out.varint(collection->fields[field_index].number);
}

std::uint16_t read_any_field(ByteReader& in, const model::CollectionDef* collection) {
  const auto number = static_cast<std::uint16_t>(in.varint_max(model::kFieldNumberMax));
  const int index = collection == nullptr ? -1 : collection->field_index(number);
  return index >= 0 ? static_cast<std::uint16_t>(index)
                    : static_cast<std::uint16_t>(number | model::kUnknownField);
}

Result<std::uint16_t> read_field(ByteReader& in, const model::CollectionDef& collection) {
  const auto number = static_cast<std::uint16_t>(in.varint_max(kNumberMax));
  if (!in.ok())
    return malformed_bytes("field number");
  const int index = collection.field_index(number);
  if (index < 0) {
    return fail(ErrorCode::unknown_field, "There is no field number " + std::to_string(number) +
                                              " in \"" + std::string(collection.name) + "\".");
  }
  return static_cast<std::uint16_t>(index);
}

}  // namespace syncstore::sync
