#include "core/model/record.hpp"

#include <limits>

#include "core/base/result.hpp"

namespace syncstore::model {

Record make_record(const CollectionDef& collection, RecordId id) {
  Record record;
  record.id = id;
  record.values.resize(collection.fields.size());
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const FieldDef& field = collection.fields[i];
    if (field.retired) {
      continue;
    }
    if (field.kind == FieldKind::choice) {
      const std::string_view first = field.choices.substr(0, field.choices.find('|'));
      if (!first.empty()) {
        record.values[i] = std::string(first);
      }
    } else if (field.kind == FieldKind::flag && field.name == "is_active") {
      record.values[i] = true;
    }
  }
  return record;
}

void write_fields(ByteWriter& out, const CollectionDef& collection,
                  const std::vector<Value>& values) {
  SS_ASSERT(values.size() == collection.fields.size());
  std::uint64_t present = 0;
  for (const Value& value : values) {
    present += is_absent(value) ? 0u : 1u;
  }
  out.varint(present);
  // The catalogue keeps its fields ascending by number (tested).
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_absent(values[i])) {
      out.varint(collection.fields[i].number);
      write_value(out, values[i]);
    }
  }
}

std::vector<Value> read_fields(ByteReader& in, const CollectionDef& collection) {
  constexpr std::uint64_t kNumberMax = std::numeric_limits<std::uint16_t>::max();
  std::vector<Value> values(collection.fields.size());
  const std::uint64_t count = in.varint_max(kNumberMax);
  std::uint64_t last_number = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t number = in.varint_max(kNumberMax);
    Value value = read_value(in);
    if (number <= last_number || is_absent(value)) {
      in.fail();
      break;
    }
    last_number = number;
    const int index = collection.field_index(static_cast<std::uint16_t>(number));
    if (index >= 0) {
      values[static_cast<std::size_t>(index)] = std::move(value);
    }
  }
  return values;
}

}  // namespace syncstore::model
