#include "core/sync/conflict_record.hpp"

#include "core/base/json.hpp"
#include "core/model/validate.hpp"

namespace syncstore::sync {
namespace {

const model::CollectionDef& conflicts() {
  const model::CollectionDef* collection = model::find_collection(model::kConflicts);
  SS_ASSERT(collection != nullptr);
  return *collection;
}

std::uint16_t index_of(std::string_view name) {
  const int index = conflicts().field_index(name);
  SS_ASSERT(index >= 0);
  return static_cast<std::uint16_t>(index);
}

std::string_view kind_name(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::same_field:
      return "same_field";
    case ConflictKind::removed:
      return "removed";
    case ConflictKind::changed_since:
      return "changed_since";
  }
  return "same_field";
}

std::string_view text_of(const model::Record& record, std::uint16_t field) {
  if (field >= record.values.size())
    return {};
  const auto* text = std::get_if<std::string>(&record.values[field]);
  return text ? std::string_view(*text) : std::string_view();
}

model::Value text_or_absent(const std::string& text) {
  return text.empty() ? model::Value() : model::Value(text);
}

model::Value time_or_absent(TimeMs time) { return time == 0 ? model::Value() : model::Value(time); }

Json json_of(const model::FieldDef& field, const model::Value& value) {
  return model::value_to_json(field, value, model::TimeForm::iso8601);
}

std::string_view op_name(OpKind kind) {
  switch (kind) {
    case OpKind::set:
      return "set";
    case OpKind::add:
      return "add";
    case OpKind::insert:
      return "insert";
    case OpKind::remove:
      return "remove";
    case OpKind::list_add:
      return "list_add";
    case OpKind::list_remove:
      return "list_remove";
  }
  return "set";
}

}  // namespace

const ConflictFields& conflict_fields() {
  static const ConflictFields fields{
      index_of("kind"),    index_of("status"),     index_of("data_type"), index_of("record"),
      index_of("field"),   index_of("base"),       index_of("mine"),      index_of("theirs"),
      index_of("mine_by"), index_of("mine_at"),    index_of("theirs_by"), index_of("theirs_at"),
      index_of("origin"),  index_of("resolution"), index_of("payload")};
  return fields;
}

model::Record conflict_record(const Disagreement& about, const model::Record* known) {
  const ConflictFields& f = conflict_fields();
  const model::CollectionDef* collection = model::find_collection(about.collection);
  SS_ASSERT(collection != nullptr);
  model::Record record = known ? *known : model::make_record(conflicts(), RecordId{});
  const auto set = [&record](std::uint16_t field, model::Value value) {
    record.values[field] = std::move(value);
  };
  set(f.kind, std::string(kind_name(about.kind)));
  set(f.status, std::string("open"));
  set(f.data_type, std::string(collection->name));
  set(f.record, about.record.text());
  set(f.field, text_or_absent(about.field));
  set(f.base, text_or_absent(about.base));
  set(f.mine, text_or_absent(about.mine));
  set(f.theirs, text_or_absent(about.theirs));
  set(f.mine_by, text_or_absent(about.mine_by));
  set(f.mine_at, time_or_absent(about.mine_at));
  set(f.theirs_by, text_or_absent(about.theirs_by));
  set(f.theirs_at, time_or_absent(about.theirs_at));
  set(f.origin, text_or_absent(about.origin));
  set(f.resolution, {});
  set(f.payload, text_or_absent(about.payload));
  return record;
}

bool is_open_conflict(const model::Record& conflict) {
  return text_of(conflict, conflict_fields().status) == "open";
}

bool is_conflict_about(const model::Record& conflict, std::uint16_t collection, RecordId record,
                       std::uint16_t field) {
  const std::optional<ConflictPlace> place = conflict_place(conflict);
  return place && place->collection == collection && place->record == record &&
         place->field == field;
}

std::optional<ConflictPlace> conflict_place(const model::Record& conflict) {
  const ConflictFields& f = conflict_fields();
  const model::CollectionDef* collection = model::find_collection(text_of(conflict, f.data_type));
  const std::optional<RecordId> record = RecordId::parse(text_of(conflict, f.record));
  if (collection == nullptr || !record)
    return std::nullopt;
  ConflictPlace place{collection->number, *record, kWholeRecord};
  const std::string_view field = text_of(conflict, f.field);
  if (!field.empty()) {
    const int index = collection->field_index(field);
    if (index < 0)
      return std::nullopt;
    place.field = static_cast<std::uint16_t>(index);
  }
  return place;
}

std::string value_text(const model::FieldDef& field, const model::Value& value) {
  return json_of(field, value).dump();
}

std::string op_text(const Op& op) {
  const model::CollectionDef* collection = model::find_collection(op.collection);
  SS_ASSERT(collection != nullptr);
  Json json = Json::object();
  json.set("op", op_name(op.kind)).set("dataType", collection->name).set("id", op.record.text());
  if (op.kind == OpKind::insert) {
    Json fields = Json::object();
    for (const FieldValue& field : op.fields) {
      if (collection->field_at(field.field) == nullptr)
        continue;
      const model::FieldDef& def = collection->fields[field.field];
      fields.set(std::string(def.name), json_of(def, field.value));
    }
    return json.set("fields", std::move(fields)).dump();
  }
  if (op.kind == OpKind::remove) {
    Json seen = Json::object();
    for (const SeenField& field : op.seen) {
      if (collection->field_at(field.field) == nullptr)
        continue;  // of a newer version: nothing was seen in it
      const model::FieldDef& def = collection->fields[field.field];
      if (field.from.kind == FromValue::Kind::value)
        seen.set(std::string(def.name), json_of(def, field.from.value));
    }
    return json.set("seen", std::move(seen)).dump();
  }
  const model::FieldDef& def = collection->fields[op.field];
  json.set("field", def.name);
  if (op.kind == OpKind::add) {
    json.set("amount", op.amount);
    if (op.min)
      json.set("min", *op.min);
  } else if (op.kind == OpKind::set) {
    if (op.from.kind == FromValue::Kind::value)
      json.set("from", json_of(def, op.from.value));
    json.set("to", json_of(def, op.to));
  } else if (const auto* item = std::get_if<std::string>(&op.to)) {
    json.set("value", *item);
  }
  return json.dump();
}

}  // namespace syncstore::sync
