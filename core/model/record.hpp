// Record: id, row number, version and one value per field of its collection, in the catalogue's
// order.
#pragma once

#include <vector>

#include "core/base/ids.hpp"
#include "core/model/catalogue.hpp"

namespace syncstore::model {

struct Record {
  RecordId id;
  RowNumber row = 0;             // given at commit; 0 in overlays and before
  Sequence version = 0;          // sequence of its last change
  TimeMs changed_at = 0;         // time of its last change (log time)
  std::uint32_t changed_by = 0;  // author number in the store, 0 = unknown
  std::vector<Value> values;     // size == collection.fields.size()
};

// Empty record of a collection with the catalogue's defaults (first choice; everything else absent;
// is_active true).
Record make_record(const CollectionDef& collection, RecordId id);

// Canonical bytes of the fields of a record: varint count of present fields, then (varint field
// number, value) ascending by number. Reading skips fields of numbers that the catalogue does not
// know; absent fields stay absent; a broken order fails the reader.
void write_fields(ByteWriter& out, const CollectionDef& collection,
                  const std::vector<Value>& values);
std::vector<Value> read_fields(ByteReader& in, const CollectionDef& collection);

}  // namespace syncstore::model
