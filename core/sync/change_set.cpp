#include "core/sync/change_set.hpp"

#include <algorithm>

#include "core/sync/wire_parts.hpp"

namespace syncstore::sync {
namespace {

using model::CollectionDef;

constexpr std::size_t kChangeBytesMin = 12;

void write_change(ByteWriter& out, const Change& change) {
  const CollectionDef* collection = model::find_collection(change.collection);
  SS_ASSERT(collection != nullptr);
  out.u8(static_cast<std::uint8_t>(change.kind));
  out.varint(change.collection);
  out.u64(change.record.value);
  out.varint(change.row);
  out.varint(change.fields.size());
  for (const FieldChange& field : change.fields) {
    write_field(out, collection, field.field);
    if (change.kind != ChangeKind::insert)
      model::write_value(out, field.old_value);
    if (change.kind != ChangeKind::remove)
      model::write_value(out, field.new_value);
  }
}

Result<Change> read_change(ByteReader& in) {
  Change change;
  const std::uint8_t kind = in.u8();
  if (kind < 1 || kind > 3)
    return malformed_bytes("change");
  change.kind = static_cast<ChangeKind>(kind);
  SS_ASSIGN_OR_RETURN(const CollectionDef* collection, read_collection(in));
  change.collection = collection->number;
  change.record.value = in.u64();
  change.row = static_cast<RowNumber>(in.varint_max(0xFFFFFFFF));
  const std::uint64_t count = in.varint_max(collection->fields.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    FieldChange field;
    SS_ASSIGN_OR_RETURN(field.field, read_field(in, *collection));
    if (!change.fields.empty() && field.field <= change.fields.back().field)
      return malformed_bytes("change");
    if (change.kind != ChangeKind::insert)
      field.old_value = model::read_value(in);
    if (change.kind != ChangeKind::remove)
      field.new_value = model::read_value(in);
    change.fields.push_back(std::move(field));
  }
  if (!in.ok())
    return malformed_bytes("change");
  return change;
}

void undo_list(const Change& change, const FieldChange& field, std::vector<Op>& ops) {
  const auto* before = std::get_if<model::TextList>(&field.old_value);
  const auto* after = std::get_if<model::TextList>(&field.new_value);
  const model::TextList none;
  const auto add = [&](OpKind kind, const model::TextList& from, const model::TextList& without) {
    for (const std::string& item : from) {
      if (std::binary_search(without.begin(), without.end(), item))
        continue;
      Op op;
      op.kind = kind;
      op.collection = change.collection;
      op.record = change.record;
      op.field = field.field;
      op.to = item;
      ops.push_back(std::move(op));
    }
  };
  add(OpKind::list_remove, after ? *after : none, before ? *before : none);
  add(OpKind::list_add, before ? *before : none, after ? *after : none);
}

void undo_update(const Change& change, const CollectionDef& collection, std::vector<Op>& ops) {
  for (auto field = change.fields.rbegin(); field != change.fields.rend(); ++field) {
    const model::FieldDef& def = collection.fields[field->field];
    if (def.kind == model::FieldKind::list) {
      undo_list(change, *field, ops);
      continue;
    }
    Op op;
    op.collection = change.collection;
    op.record = change.record;
    op.field = field->field;
    const auto* before = std::get_if<std::int64_t>(&field->old_value);
    const auto* after = std::get_if<std::int64_t>(&field->new_value);
    if (def.policy == model::MergePolicy::counter && before && after) {
      op.kind = OpKind::add;
      op.amount = *before - *after;
    } else {
      op.kind = OpKind::set;
      op.from = FromValue::seen(field->new_value);
      op.to = field->old_value;
    }
    ops.push_back(std::move(op));
  }
}

Op undo_insert(const Change& change, const CollectionDef& collection) {
  Op op;
  op.kind = OpKind::remove;
  op.collection = change.collection;
  op.record = change.record;
  for (const FieldChange& field : change.fields) {
    const model::FieldDef& def = collection.fields[field.field];
    if (def.policy != model::MergePolicy::review || def.retired)
      continue;
    op.seen.push_back(SeenField{field.field, FromValue::seen(field.new_value)});
  }
  return op;
}

Op undo_remove(const Change& change) {
  Op op;
  op.kind = OpKind::insert;
  op.collection = change.collection;
  op.record = change.record;
  for (const FieldChange& field : change.fields)
    op.fields.push_back(FieldValue{field.field, field.old_value});
  return op;
}

void apply_change(model::Table& table, const Change& change, const ChangeSet& set) {
  switch (change.kind) {
    case ChangeKind::insert: {
      SS_ASSERT(change.row != 0 && table.find(change.record) == nullptr);
      model::Record record;
      record.id = change.record;
      record.row = change.row;
      record.version = set.sequence;
      record.changed_at = set.time;
      record.changed_by = set.author;
      record.values.resize(table.collection().fields.size());
      for (const FieldChange& field : change.fields)
        record.values[field.field] = field.new_value;
      table.put(std::move(record));
      break;
    }
    case ChangeKind::update:
      for (const FieldChange& field : change.fields)
        table.set_value(change.record, field.field, field.new_value);
      table.touch(change.record, set.sequence, set.time, set.author);
      break;
    case ChangeKind::remove: {
      const model::Record* record = table.find(change.record);
      SS_ASSERT(record != nullptr);
      table.bury(model::Tombstone{change.record, record->row, set.sequence, set.time, set.author});
      break;
    }
  }
}

}  // namespace

std::string_view origin_name(Origin origin) {
  switch (origin) {
    case Origin::screen:
      return "screen";
    case Origin::offline:
      return "offline";
    case Origin::import:
      return "import";
    case Origin::platform:
      return "platform";
    case Origin::rule:
      return "rule";
    case Origin::rollback:
      return "rollback";
    case Origin::migration:
      return "migration";
    case Origin::job:
      return "job";
    case Origin::api:
      return "api";
  }
  return "screen";
}

void write_change_set(ByteWriter& out, const ChangeSet& change_set) {
  out.zigzag(change_set.time);
  out.varint(change_set.author);
  out.u8(static_cast<std::uint8_t>(change_set.origin));
  write_uuid(out, change_set.batch);
  write_uuid(out, change_set.mutation);
  out.varint(change_set.changes.size());
  for (const Change& change : change_set.changes)
    write_change(out, change);
}

Result<ChangeSet> read_change_set(ByteReader& in) {
  ChangeSet set;
  set.time = in.zigzag();
  set.author = static_cast<std::uint32_t>(in.varint_max(0xFFFFFFFF));
  const std::uint8_t origin = in.u8();
  set.origin = static_cast<Origin>(origin);
  set.batch = read_uuid(in);
  set.mutation = read_uuid(in);
  const std::uint64_t count = in.varint();
  if (!in.ok() || origin < 1 || origin > 9 || count > in.remaining() / kChangeBytesMin) {
    return malformed_bytes("change set");
  }
  set.changes.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    SS_ASSIGN_OR_RETURN(Change change, read_change(in));
    set.changes.push_back(std::move(change));
  }
  return set;
}

std::vector<Op> inverse_ops(const ChangeSet& change_set) {
  std::vector<Op> ops;
  for (auto change = change_set.changes.rbegin(); change != change_set.changes.rend(); ++change) {
    if (change->collection == model::kConflicts)
      continue;
    const CollectionDef* collection = model::find_collection(change->collection);
    SS_ASSERT(collection != nullptr);
    switch (change->kind) {
      case ChangeKind::update:
        undo_update(*change, *collection, ops);
        break;
      case ChangeKind::insert:
        ops.push_back(undo_insert(*change, *collection));
        break;
      case ChangeKind::remove:
        ops.push_back(undo_remove(*change));
        break;
    }
  }
  return ops;
}

void apply_changes(model::Table& table, const ChangeSet& change_set) {
  bool touched = false;
  for (const Change& change : change_set.changes) {
    if (change.collection != table.collection().number)
      continue;
    apply_change(table, change, change_set);
    touched = true;
  }
  if (touched)
    table.set_last_sequence(change_set.sequence);
}

}  // namespace syncstore::sync
