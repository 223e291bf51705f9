// Validation and normalisation of values, the same on both ends. Normalising is idempotent and
// happens before a mutation is made; the server refuses what is not normal and never alters it.
// Never applied to base data that arrives from the server.
#pragma once

#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/model/catalogue.hpp"
#include "core/model/record.hpp"

namespace syncstore::model {

// "Nothing" has one form, absent: empty texts and empty lists are not normal (normalising and
// reading make them absent). Errors carry the field's name: wrong_type, out_of_range, too_long,
// required, not_normal, invalid_utf8.
Status validate_value(const FieldDef& field, const Value& value);
// The bounds that it holds a field to: the field's own or its kind's.
std::size_t largest_bytes(const FieldDef& field);    // of texts, and of each entry of a list
std::int64_t largest_number(const FieldDef& field);  // of money, decimals, counts and times
Value normalise_value(const FieldDef& field, Value value);

// Required fields, formats of single fields (currency, e-mail, image address) and rules across
// fields of one record, checked on the state after all operations of a mutation (none of them needs
// other records).
Status validate_record(const CollectionDef& collection, const Record& record);

// JSON forms. Money and decimals: decimal string; counts: number; times: ISO-8601 text (socket: ms
// number); absent: null; lists: array of strings; json: the value itself. Strict: another JSON type
// is wrong_type with a sentence that says what to send.
enum class TimeForm : std::uint8_t { iso8601, milliseconds };
Json value_to_json(const FieldDef& field, const Value& value, TimeForm time_form);
Result<Value> value_from_json(const FieldDef& field, const Json& json);

// A day alone means its midnight UTC; a clock time needs its zone. Years 0000 to 9999.
std::string format_iso8601(TimeMs time);  // "2026-11-21T12:00:00.000Z"
Result<TimeMs> parse_iso8601(std::string_view text);

// What a person typed into a form or a spreadsheet cell; lenient for numbers, flags and choices'
// case; lists part at commas and line breaks; normalises and validates what is present; empty =
// absent (also of a required field).
Result<Value> value_from_input(const FieldDef& field, std::string_view input);

}  // namespace syncstore::model
