#include "core/sync/merge_ops.hpp"

#include <algorithm>
#include <limits>

#include "core/base/json.hpp"
#include "core/model/validate.hpp"

namespace syncstore::sync {
namespace {

using model::CollectionDef;
using model::FieldDef;
using model::MergePolicy;
using model::Record;
using model::Value;

bool add_overflows(std::int64_t a, std::int64_t b, std::int64_t& sum) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (b > 0 ? a > Limits::max() - b : a < Limits::min() - b)
    return true;
  sum = a + b;
  return false;
}

std::int64_t number_or_zero(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number ? *number : 0;
}

// Records with a derived id come into being by their first `set`; drawn ones only by insert.
bool created_by_set(const CollectionDef& collection, RecordId id) {
  return collection.key == model::KeyRule::singleton && id == model::singleton_id(collection);
}

}  // namespace

OpOutcome OpMerger::run(const Op& op, std::size_t index) {
  index_ = index;
  const CollectionDef* collection = model::find_collection(op.collection);
  if (collection == nullptr)
    return refuse(ErrorCode::unknown_collection);
  if (!may(collection->read))
    return refuse(ErrorCode::forbidden);
  if (!op.record)
    return refuse(ErrorCode::invalid, "id", "An operation needs the id of a record.");
  switch (op.kind) {
    case OpKind::set:
      return set(*collection, op);
    case OpKind::add:
      return add(*collection, op);
    case OpKind::insert:
      return insert(*collection, op);
    case OpKind::remove:
      return remove(*collection, op);
    case OpKind::list_add:
    case OpKind::list_remove:
      return change_list(*collection, op);
  }
  return refuse(ErrorCode::malformed);
}

Error OpMerger::writable(const CollectionDef& collection, std::uint16_t index) const {
  const FieldDef* field = collection.field_at(index);
  if (field == nullptr) {
    return fail(ErrorCode::unknown_field,
                "The server does not know this field yet: it runs an older version.");
  }
  // What a retired field held may come back only where history is put back.
  if (field->retired && context_.origin != Origin::rollback) {
    return fail(ErrorCode::retired, std::string(field->label) + " is not kept any more.",
                std::string(field->name));
  }
  if (!may(field->write))
    return fail(ErrorCode::forbidden, {}, std::string(field->name));
  return fail(ErrorCode::none);
}

// Facts are what happened in the world (sales, platform counts): they may be worse than what people
// are allowed to enter.
bool OpMerger::is_fact() const {
  return context_.origin == Origin::platform ||
         (context_.role == model::Role::system && context_.origin != Origin::import);
}

OpOutcome OpMerger::set(const CollectionDef& collection, const Op& op) {
  if (const Error error = writable(collection, op.field); error.code != ErrorCode::none)
    return refuse(error);
  const FieldDef& field = collection.fields[op.field];
  if (const Status valid = model::validate_value(field, op.to); !valid.ok())
    return refuse(valid.error());
  const Record* record = stage_.find(collection.number, op.record);
  if (record == nullptr) {
    const bool removed = stage_.was_removed(collection.number, op.record);
    return !removed && created_by_set(collection, op.record) ? create_by_set(collection, op)
                                                             : missing(collection, op);
  }
  if (field.policy == MergePolicy::counter)
    return set_counter(collection, op, *record);

  const Value& current = record->values[op.field];
  if (current == op.to)
    return outcome(OpStatus::already);
  if (op.from.kind == FromValue::Kind::any) {
    if (field.policy == MergePolicy::review) {
      const std::vector<RecordId> open =
          stage_.open_conflicts(collection.number, op.record, op.field);
      if (!open.empty()) {
        // Without a base nothing can be laid beside the two values that already wait: the author
        // decides there.
        OpOutcome made = outcome(OpStatus::conflict);
        made.code = ErrorCode::conflict;
        made.field = field.name;
        made.conflict = open.front();
        return made;
      }
    }
    return take(collection, op, op.to);
  }
  if (op.from.equals(current) || field.policy != MergePolicy::review)
    return take(collection, op, op.to);
  return same_field(collection, op, *record);
}

OpOutcome OpMerger::set_counter(const CollectionDef& collection, const Op& op,
                                const Record& record) {
  const FieldDef& field = collection.fields[op.field];
  const Value& current = record.values[op.field];
  if (op.from.kind != FromValue::Kind::value)
    return refuse(ErrorCode::needs_base, field.name);
  const bool from_number = std::holds_alternative<std::int64_t>(op.from.value);
  if (!from_number && !model::is_absent(op.from.value))
    return refuse(ErrorCode::wrong_type, field.name);
  // "Not known" is no amount: filling it in or clearing it is a plain value, which two authors can
  // disagree about.
  if (!from_number || model::is_absent(op.to)) {
    if (current == op.to)
      return outcome(OpStatus::already);
    if (op.from.value == current)
      return take(collection, op, op.to);
    return same_field(collection, op, record);
  }
  std::int64_t amount = 0;
  const std::int64_t from = std::get<std::int64_t>(op.from.value);
  if (from == std::numeric_limits<std::int64_t>::min() ||
      add_overflows(std::get<std::int64_t>(op.to), -from, amount)) {
    return refuse(ErrorCode::out_of_range, field.name);
  }
  return add_amount(collection, op, record, amount);
}

OpOutcome OpMerger::create_by_set(const CollectionDef& collection, const Op& op) {
  if (!may(collection.create))
    return refuse(ErrorCode::forbidden);
  if (!op.from.equals(Value{}))
    return refuse(ErrorCode::unknown_record);
  if (model::is_absent(op.to))
    return outcome(OpStatus::already);
  Record made = model::make_record(collection, op.record);
  made.values[op.field] = op.to;
  stage_.insert(collection.number, std::move(made), index_);
  return outcome(OpStatus::applied);
}

OpOutcome OpMerger::add(const CollectionDef& collection, const Op& op) {
  if (const Error error = writable(collection, op.field); error.code != ErrorCode::none)
    return refuse(error);
  const FieldDef& field = collection.fields[op.field];
  if (field.policy != MergePolicy::counter) {
    return refuse(ErrorCode::wrong_type, field.name,
                  std::string(field.label) + " is not a counter: set it instead.");
  }
  const Record* record = stage_.find(collection.number, op.record);
  if (record == nullptr)
    return missing(collection, op);
  return add_amount(collection, op, *record, op.amount);
}

OpOutcome OpMerger::add_amount(const CollectionDef& collection, const Op& op, const Record& record,
                               std::int64_t amount) {
  const FieldDef& field = collection.fields[op.field];
  if (amount == 0)
    return outcome(OpStatus::already);
  std::int64_t sum = 0;
  if (add_overflows(number_or_zero(record.values[op.field]), amount, sum)) {
    return refuse(ErrorCode::out_of_range, field.name);
  }
  // A floor asked for by the op binds everybody; the catalogue's does not bind facts. Growing never
  // breaks a floor.
  if (amount < 0) {
    std::int64_t floor = is_fact() ? std::numeric_limits<std::int64_t>::min() : field.min;
    if (op.kind == OpKind::add && op.min)
      floor = std::max(floor, *op.min);
    if (sum < floor) {
      return refuse(ErrorCode::below_minimum, field.name,
                    std::string(field.label) + " would fall to " + std::to_string(sum) +
                        ", below " + std::to_string(floor) + ".");
    }
  }
  if (sum >= field.min) {
    if (const Status valid = model::validate_value(field, Value(sum)); !valid.ok())
      return refuse(valid.error());
  }
  return take(collection, op, Value(sum));
}

OpOutcome OpMerger::change_list(const CollectionDef& collection, const Op& op) {
  if (const Error error = writable(collection, op.field); error.code != ErrorCode::none)
    return refuse(error);
  const FieldDef& field = collection.fields[op.field];
  const auto* item = std::get_if<std::string>(&op.to);
  if (field.kind != model::FieldKind::list || item == nullptr) {
    return refuse(ErrorCode::wrong_type, field.name,
                  std::string(field.label) + " is not a list of texts.");
  }
  if (const Status valid = model::validate_value(field, model::TextList{*item}); !valid.ok()) {
    return refuse(valid.error());
  }
  const Record* record = stage_.find(collection.number, op.record);
  if (record == nullptr)
    return missing(collection, op);
  const auto* current = std::get_if<model::TextList>(&record->values[op.field]);
  model::TextList list = current ? *current : model::TextList();
  const auto place = std::lower_bound(list.begin(), list.end(), *item);
  const bool there = place != list.end() && *place == *item;
  if (there == (op.kind == OpKind::list_add))
    return outcome(OpStatus::already);
  if (there) {
    list.erase(place);
    if (list.empty())
      return take(collection, op, Value());
  } else {
    list.insert(place, *item);
    if (const Status valid = model::validate_value(field, list); !valid.ok())
      return refuse(valid.error());
  }
  return take(collection, op, std::move(list));
}

OpOutcome OpMerger::insert(const CollectionDef& collection, const Op& op) {
  if (!may(collection.create))
    return refuse(ErrorCode::forbidden);
  if (collection.key == model::KeyRule::singleton && op.record != model::singleton_id(collection)) {
    return refuse(ErrorCode::invalid, "id", "This collection has one record; its id is derived.");
  }
  const bool natural = !collection.key_fields.empty();
  if (stage_.find(collection.number, op.record) != nullptr)
    return natural ? insert_into(collection, op) : refuse(ErrorCode::id_taken);
  // Only rollback brings a removed id back, and whoever makes the record of the same key again.
  if (!natural && context_.origin != Origin::rollback &&
      stage_.was_removed(collection.number, op.record)) {
    return refuse(ErrorCode::id_taken);
  }
  Record made = model::make_record(collection, op.record);
  std::vector<bool> named(collection.fields.size(), false);
  for (const FieldValue& field_value : op.fields) {
    if (const Error error = writable(collection, field_value.field); error.code != ErrorCode::none)
      return refuse(error);
    const FieldDef& field = collection.fields[field_value.field];
    if (named[field_value.field])
      return refuse(ErrorCode::malformed, field.name);
    named[field_value.field] = true;
    const bool below =
        field.policy == MergePolicy::counter && number_or_zero(field_value.value) < field.min;
    const Status valid = model::validate_value(field, field_value.value);
    if (!valid.ok() && !(below && is_fact()))
      return refuse(valid.error());
    made.values[field_value.field] = field_value.value;
  }
  stage_.insert(collection.number, std::move(made), index_);
  return outcome(OpStatus::applied);
}

OpOutcome OpMerger::insert_into(const CollectionDef& collection, const Op& op) {
  OpOutcome whole = outcome(OpStatus::already);
  for (const FieldValue& field_value : op.fields) {
    Op part;
    part.kind = OpKind::set;
    part.collection = op.collection;
    part.record = op.record;
    part.field = field_value.field;
    part.from = FromValue::exactly(Value());
    part.to = field_value.value;
    OpOutcome made = set(collection, part);
    if (made.status == OpStatus::refused)
      return made;
    // One conflict is told, the others are open all the same.
    if (made.status == OpStatus::conflict
            ? whole.status != OpStatus::conflict
            : made.status == OpStatus::applied && whole.status == OpStatus::already)
      whole = std::move(made);
  }
  return whole;
}

OpOutcome OpMerger::remove(const CollectionDef& collection, const Op& op) {
  if (!may(collection.remove))
    return refuse(ErrorCode::forbidden);
  const Record* record = stage_.find(collection.number, op.record);
  if (record == nullptr) {
    return stage_.was_removed(collection.number, op.record) ? outcome(OpStatus::already)
                                                            : refuse(ErrorCode::unknown_record);
  }
  Json seen = Json::object();
  Json now = Json::object();
  std::uint16_t first_moved = kWholeRecord;
  for (const SeenField& item : op.seen) {
    // A field of a newer version holds nothing here; a retired one is nobody's concern.
    const FieldDef* known = collection.field_at(item.field);
    if (known == nullptr ? item.from.equals(Value()) : known->retired)
      continue;
    if (known == nullptr)
      return refuse(writable(collection, item.field));
    const Value& current = record->values[item.field];
    if (item.from.equals(current))
      continue;
    const FieldDef& field = *known;
    if (first_moved == kWholeRecord)
      first_moved = item.field;
    if (item.from.kind == FromValue::Kind::value) {
      seen.set(std::string(field.name),
               model::value_to_json(field, item.from.value, model::TimeForm::iso8601));
    }
    now.set(std::string(field.name),
            model::value_to_json(field, current, model::TimeForm::iso8601));
  }
  if (first_moved != kWholeRecord) {
    Disagreement about;
    about.kind = ConflictKind::changed_since;
    about.base = seen.dump();
    about.theirs = now.dump();
    about.payload = op_text(op);
    return disagree(std::move(about), op, first_moved, ErrorCode::conflict);
  }
  stage_.remove(collection.number, op.record, index_);
  return outcome(OpStatus::applied);
}

}  // namespace syncstore::sync
