#include "core/sync/mutation.hpp"

#include "core/base/digest.hpp"
#include "core/base/limits.hpp"
#include "core/sync/wire_parts.hpp"

namespace syncstore::sync {
namespace {

using model::CollectionDef;

constexpr std::size_t kOpBytesMin =
    11;  // kind, collection, record id and a count of nothing (a removal that saw nothing)

void write_from(ByteWriter& out, const FromValue& from) {
  out.u8(static_cast<std::uint8_t>(from.kind));
  if (from.kind == FromValue::Kind::value)
    model::write_value(out, from.value);
  if (from.kind == FromValue::Kind::hash)
    out.u64(from.hash);
}

FromValue read_from(ByteReader& in) {
  FromValue from;
  switch (in.u8()) {
    case 0:
      break;
    case 1:
      from.kind = FromValue::Kind::value;
      from.value = model::read_value(in);
      break;
    case 2:
      from.kind = FromValue::Kind::hash;
      from.hash = in.u64();
      break;
    default:
      in.fail();
  }
  return from;
}

void write_op(ByteWriter& out, const Op& op) {
  const CollectionDef* collection = model::find_collection(op.collection);
  out.u8(static_cast<std::uint8_t>(op.kind));
  out.varint(op.collection);
  out.u64(op.record.value);
  switch (op.kind) {
    case OpKind::set:
      write_field(out, collection, op.field);
      write_from(out, op.from);
      model::write_value(out, op.to);
      break;
    case OpKind::add:
      write_field(out, collection, op.field);
      out.zigzag(op.amount);
      out.u8(op.min ? 1 : 0);
      if (op.min)
        out.zigzag(*op.min);
      break;
    case OpKind::insert:
      out.varint(op.fields.size());
      for (const FieldValue& field : op.fields) {
        write_field(out, collection, field.field);
        model::write_value(out, field.value);
      }
      break;
    case OpKind::remove:
      out.varint(op.seen.size());
      for (const SeenField& seen : op.seen) {
        write_field(out, collection, seen.field);
        write_from(out, seen.from);
      }
      break;
    case OpKind::list_add:
    case OpKind::list_remove:
      write_field(out, collection, op.field);
      model::write_value(out, op.to);
      break;
  }
}

// A field may be named once per op.
template <class Item>
Status refuse_twice(const std::vector<Item>& items, std::uint16_t field) {
  for (const Item& item : items) {
    if (item.field == field)
      return fail(ErrorCode::malformed, "A field is named twice in one operation.");
  }
  return {};
}

Status read_insert(ByteReader& in, const CollectionDef* collection, Op& op) {
  const std::uint64_t count = in.varint_max(limits::kFieldsOfFrameRow);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    FieldValue field;
    field.field = read_any_field(in, collection);
    field.value = model::read_value(in);
    SS_TRY(refuse_twice(op.fields, field.field));
    op.fields.push_back(std::move(field));
  }
  return {};
}

Status read_remove(ByteReader& in, const CollectionDef* collection, Op& op) {
  const std::uint64_t count = in.varint_max(limits::kFieldsOfFrameRow);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    SeenField seen;
    seen.field = read_any_field(in, collection);
    seen.from = read_from(in);
    SS_TRY(refuse_twice(op.seen, seen.field));
    op.seen.push_back(std::move(seen));
  }
  return {};
}

Result<Op> read_op(ByteReader& in) {
  Op op;
  const std::uint8_t kind = in.u8();
  if (kind < 1 || kind > 6)
    return malformed_bytes("operation");
  op.kind = static_cast<OpKind>(kind);
  op.collection = static_cast<std::uint16_t>(in.varint_max(UINT16_MAX));
  const CollectionDef* collection = model::find_collection(op.collection);
  op.record.value = in.u64();
  if (op.kind == OpKind::insert) {
    SS_TRY(read_insert(in, collection, op));
  } else if (op.kind == OpKind::remove) {
    SS_TRY(read_remove(in, collection, op));
  } else {
    op.field = read_any_field(in, collection);
    if (op.kind == OpKind::add) {
      op.amount = in.zigzag();
      const std::uint64_t has_min = in.varint_max(1);
      if (has_min != 0)
        op.min = in.zigzag();
    } else {
      if (op.kind == OpKind::set)
        op.from = read_from(in);
      op.to = model::read_value(in);
    }
  }
  if (!in.ok())
    return malformed_bytes("operation");
  return op;
}

void write_body(ByteWriter& out, const Mutation& mutation) {
  out.u8(static_cast<std::uint8_t>(mutation.mode));
  out.varint(mutation.ops.size());
  for (const Op& op : mutation.ops)
    write_op(out, op);
}

}  // namespace

FromValue FromValue::seen(const model::Value& value) {
  FromValue from;
  ByteWriter bytes;
  model::write_value(bytes, value);
  if (bytes.size() > limits::kFromHashThreshold) {
    from.kind = Kind::hash;
    from.hash = xxh64(bytes.bytes());
  } else {
    from.kind = Kind::value;
    from.value = value;
  }
  return from;
}

FromValue FromValue::exactly(model::Value value) {
  FromValue from;
  from.kind = Kind::value;
  from.value = std::move(value);
  return from;
}

bool FromValue::equals(const model::Value& current) const {
  if (kind == Kind::any)
    return true;
  if (kind == Kind::value)
    return value == current;
  ByteWriter bytes;
  model::write_value(bytes, current);
  return xxh64(bytes.bytes()) == hash;
}

void write_mutation(ByteWriter& out, const Mutation& mutation) {
  write_uuid(out, mutation.id);
  out.varint(mutation.base_sequence);
  write_body(out, mutation);
}

Result<Mutation> read_mutation(ByteReader& in) {
  Mutation mutation;
  mutation.id = read_uuid(in);
  mutation.base_sequence = in.varint();
  mutation.mode = static_cast<Mode>(in.varint_max(1));
  const std::uint64_t count = in.varint();
  if (!in.ok() || count == 0)
    return malformed_bytes("mutation");
  if (count > limits::kOpsPerMutation) {
    return fail(ErrorCode::too_large, "A mutation has at most 256 operations.");
  }
  if (count > in.remaining() / kOpBytesMin)
    return malformed_bytes("mutation");
  mutation.ops.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    SS_ASSIGN_OR_RETURN(Op op, read_op(in));
    mutation.ops.push_back(std::move(op));
  }
  return mutation;
}

std::uint64_t mutation_body_hash(const Mutation& mutation) {
  ByteWriter out;
  write_body(out, mutation);
  return xxh64(out.bytes());
}

std::size_t mutation_bytes(const Mutation& mutation) {
  ByteWriter out;
  write_mutation(out, mutation);
  return out.size();
}

Result<RecordId> natural_record(const model::CollectionDef& collection,
                                const std::vector<FieldValue>& fields) {
  model::Record made = model::make_record(collection, RecordId{});
  for (const FieldValue& item : fields) {
    if (item.field < made.values.size())
      made.values[item.field] = item.value;
  }
  if (const std::optional<RecordId> id = model::natural_id(collection, made.values))
    return *id;
  const std::string_view keys = collection.key_fields;
  return fail(ErrorCode::required, {}, std::string(keys.substr(0, keys.find('|'))));
}

}  // namespace syncstore::sync
