#include "core/sync/intent.hpp"

#include <algorithm>
#include <limits>

namespace syncstore::sync {
namespace {

using model::Record;

void put(Record& record, std::uint16_t field, model::Value value) {
  if (field < record.values.size())
    record.values[field] = std::move(value);
}

void apply_add(Record& record, const Op& op) {
  if (op.field >= record.values.size())
    return;
  const auto* number = std::get_if<std::int64_t>(&record.values[op.field]);
  record.values[op.field] = saturated_sum(number ? *number : 0, op.amount);
}

void apply_list(Record& record, const Op& op) {
  const auto* item = std::get_if<std::string>(&op.to);
  if (item == nullptr || op.field >= record.values.size())
    return;
  const auto* current = std::get_if<model::TextList>(&record.values[op.field]);
  model::TextList list = current ? *current : model::TextList();
  change_list(list, op.kind == OpKind::list_add, *item);
  put(record, op.field, list.empty() ? model::Value() : model::Value(std::move(list)));
}

}  // namespace

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (b > 0 && a > Limits::max() - b)
    return Limits::max();
  if (b < 0 && a < Limits::min() - b)
    return Limits::min();
  return a + b;
}

void change_list(model::TextList& list, bool add, const std::string& item) {
  const auto place = std::lower_bound(list.begin(), list.end(), item);
  const bool there = place != list.end() && *place == item;
  if (add && !there)
    list.insert(place, item);
  if (!add && there)
    list.erase(place);
}

void apply_intent(const model::CollectionDef& collection, std::optional<Record>& record,
                  const Op& op) {
  switch (op.kind) {
    case OpKind::set:
      if (!record && collection.key == model::KeyRule::singleton &&
          op.record == model::singleton_id(collection)) {
        record = model::make_record(collection, op.record);
      }
      if (record)
        put(*record, op.field, op.to);
      break;
    case OpKind::add:
      if (record)
        apply_add(*record, op);
      break;
    case OpKind::list_add:
    case OpKind::list_remove:
      if (record)
        apply_list(*record, op);
      break;
    case OpKind::insert:
      if (record)
        break;
      record = model::make_record(collection, op.record);
      for (const FieldValue& field : op.fields)
        put(*record, field.field, field.value);
      break;
    case OpKind::remove:
      record.reset();
      break;
  }
}

}  // namespace syncstore::sync
