// Mutation: what a person or a program wants, with what they saw. Immutable once made: its id is
// bound to its bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/model/record.hpp"

namespace syncstore::sync {

enum class OpKind : std::uint8_t {
  set = 1,
  add = 2,
  insert = 3,
  remove = 4,
  list_add = 5,
  list_remove = 6
};
enum class Mode : std::uint8_t { each = 0, all = 1 };

// What the author saw in the field. `hash` = XXH64 of the canonical value bytes, for values of more
// than 32 bytes.
struct FromValue {
  enum class Kind : std::uint8_t { any = 0, value = 1, hash = 2 };
  Kind kind = Kind::any;
  model::Value value;
  std::uint64_t hash = 0;
  static FromValue anything() { return {}; }
  static FromValue seen(const model::Value& value);  // chooses value or hash by length
  static FromValue exactly(model::Value value);      // in full, whatever its length (JSON dialect)
  bool equals(const model::Value& current) const;    // any equals everything
  friend bool operator==(const FromValue& a, const FromValue& b) {
    return a.kind == b.kind && a.value == b.value && a.hash == b.hash;
  }
};

struct FieldValue {
  std::uint16_t field = 0;  // index in the collection
  model::Value value;
};
// The id of the record that an insert of these fields makes in a collection with key fields.
// Error: required, naming the first field of the key when one is missing.
Result<RecordId> natural_record(const model::CollectionDef& collection,
                                const std::vector<FieldValue>& fields);
struct SeenField {
  std::uint16_t field = 0;
  FromValue from;
};

struct Op {
  OpKind kind = OpKind::set;
  std::uint16_t collection = 0;  // catalogue number
  RecordId record;
  std::uint16_t field = 0;          // index, or unknown; set, add, list_*
  FromValue from;                   // set
  model::Value to;                  // set; the element (text) of list_*
  std::int64_t amount = 0;          // add
  std::optional<std::int64_t> min;  // add: floor asked for
  std::vector<FieldValue> fields;   // insert
  std::vector<SeenField> seen;      // remove: the visible `review` fields
};

struct Mutation {
  MutationId id;
  Sequence base_sequence = 0;  // evidence for log and screen; merge never reads it
  Mode mode = Mode::each;
  std::vector<Op> ops;
};

// Canonical bytes of a mutation (with its id); used on the wire, in the queue and for the body
// hash. Fields travel by number. What another version of the catalogue said is read too: a
// collection by its number, a field with model::kUnknownField; written again it is the same bytes,
// and merge refuses it. Reading never needs more memory than a small multiple of the bytes it was
// given. Errors of reading: malformed, too_large (more ops than allowed).
void write_mutation(ByteWriter& out, const Mutation& mutation);
Result<Mutation> read_mutation(ByteReader& in);
// XXH64 of mode and ops: what an id is bound to. Leaves out the id itself and base_sequence, which
// is evidence, not content.
std::uint64_t mutation_body_hash(const Mutation& mutation);
std::size_t mutation_bytes(const Mutation& mutation);  // length of its canonical bytes

enum class OpStatus : std::uint8_t {
  applied = 1,
  already = 2,
  conflict = 3,
  refused = 4,
  held = 5
};
std::string_view op_status_name(OpStatus status);

struct OpOutcome {
  OpStatus status = OpStatus::applied;
  ErrorCode code = ErrorCode::none;  // of refused, conflict (conflict, record_removed) and held
  std::string field;                 // the field a refusal is about
  std::string message;               // exact sentence; empty = the catalogue's
  RecordId conflict;                 // of conflict
};

// The stored answer to one mutation. sequence 0 = nothing changed.
struct MutationResult {
  MutationId id;
  Epoch epoch = 0;
  Sequence sequence = 0;
  std::vector<OpOutcome> ops;  // one per op, in order
};
void write_result(ByteWriter& out, const MutationResult& result);
Result<MutationResult> read_result(ByteReader& in);

}  // namespace syncstore::sync
