// Conflict records: what they hold, which place they are about, and how one is opened, replaced and
// closed. Pure functions over records of the `conflicts` collection; values travel in them as
// canonical JSON text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/sync/mutation.hpp"

namespace syncstore::sync {

// Stands for "the record as a whole": removals.
inline constexpr std::uint16_t kWholeRecord = 0xFFFF;

enum class ConflictKind : std::uint8_t { same_field, removed, changed_since };

// Everything a conflict record says beside its state. Texts are JSON; empty = not known.
struct Disagreement {
  ConflictKind kind = ConflictKind::same_field;
  std::uint16_t collection = 0;
  RecordId record;
  std::string field;  // name; "" = the record as a whole
  std::string base;
  std::string mine;
  std::string theirs;
  std::string payload;
  std::string mine_by;
  TimeMs mine_at = 0;
  std::string theirs_by;
  TimeMs theirs_at = 0;
  std::string origin;
};

// A new open conflict record, or `known` made into one that says this (its author's newer value
// replaces the older one).
model::Record conflict_record(const Disagreement& about, const model::Record* known);

bool is_open_conflict(const model::Record& conflict);
// The field as index in the collection, or kWholeRecord.
bool is_conflict_about(const model::Record& conflict, std::uint16_t collection, RecordId record,
                       std::uint16_t field);

// Place of a conflict record; nullopt when it names something that this build does not know.
struct ConflictPlace {
  std::uint16_t collection = 0;
  RecordId record;
  std::uint16_t field = kWholeRecord;
};
std::optional<ConflictPlace> conflict_place(const model::Record& conflict);

// Indexes of fields of the conflicts collection.
struct ConflictFields {
  std::uint16_t kind, status, data_type, record, field, base, mine, theirs, mine_by, mine_at,
      theirs_by, theirs_at, origin, resolution, payload;
};
const ConflictFields& conflict_fields();

std::string value_text(const model::FieldDef& field, const model::Value& value);  // JSON of a value
std::string op_text(const Op& op);  // JSON of an operation as the socket's JSON dialect writes it

}  // namespace syncstore::sync
