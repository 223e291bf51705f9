// Value: what one field of one record holds. Absent is monostate. Money and decimals are int64 in
// 1/10,000; counts and times (ms) int64; text is normal (see text.hpp); lists are sorted and
// without duplicates, so equal sets are equal bytes.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/byte_io.hpp"

namespace syncstore::model {

using TextList = std::vector<std::string>;
using Value = std::variant<std::monostate, bool, std::int64_t, std::string, TextList>;

inline bool is_absent(const Value& value) { return value.index() == 0; }

// Canonical bytes: one tag (0 absent, 1 false, 2 true, 3 integer zigzag, 4 text, 5 list), then the
// payload. The same bytes are used on the wire, in the log, in digests and for `from` hashes.
// Reading: unknown tags and oversized texts fail the reader.
void write_value(ByteWriter& out, const Value& value);
Value read_value(ByteReader& in);

}  // namespace syncstore::model
