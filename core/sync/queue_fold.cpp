#include "core/sync/queue_fold.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/sync/intent.hpp"

namespace syncstore::sync {
namespace {

bool is_about(const Op& op, std::uint16_t collection, RecordId record) {
  return op.collection == collection && op.record == record;
}

void put_value(Op& insert, std::uint16_t field, const model::Value& value) {
  const auto known = std::find_if(insert.fields.begin(), insert.fields.end(),
                                  [field](const FieldValue& item) { return item.field == field; });
  if (model::is_absent(value)) {
    if (known != insert.fields.end())
      insert.fields.erase(known);
  } else if (known != insert.fields.end()) {
    known->value = value;
  } else {
    insert.fields.push_back(FieldValue{field, value});
  }
}

model::Value value_in(const Op& insert, std::uint16_t field) {
  for (const FieldValue& item : insert.fields) {
    if (item.field == field)
      return item.value;
  }
  return {};
}

enum class Folded : std::uint8_t { no, replaced, appended };

Folded fold_set(Mutation& into, const Op& edit) {
  for (auto op = into.ops.rbegin(); op != into.ops.rend(); ++op) {
    if (!is_about(*op, edit.collection, edit.record))
      continue;
    if (op->kind == OpKind::remove)
      return Folded::no;
    if (op->kind == OpKind::insert) {
      put_value(*op, edit.field, edit.to);
      return Folded::replaced;
    }
    if (op->field != edit.field)
      continue;
    if (op->kind != OpKind::set)
      return Folded::no;
    op->to = edit.to;
    return Folded::replaced;
  }
  if (into.mode == Mode::all || into.ops.size() >= limits::kOpsPerMutation)
    return Folded::no;
  into.ops.push_back(edit);
  return Folded::appended;
}

void fold_list(Op& insert, const Op& op) {
  const auto* item = std::get_if<std::string>(&op.to);
  if (item == nullptr)
    return;
  const model::Value current = value_in(insert, op.field);
  const auto* known = std::get_if<model::TextList>(&current);
  model::TextList list = known ? *known : model::TextList();
  change_list(list, op.kind == OpKind::list_add, *item);
  put_value(insert, op.field, list.empty() ? model::Value() : model::Value(std::move(list)));
}

void fold_op(Op& insert, const Op& op) {
  switch (op.kind) {
    case OpKind::set:
      put_value(insert, op.field, op.to);
      break;
    case OpKind::add: {
      const model::Value current = value_in(insert, op.field);
      const auto* number = std::get_if<std::int64_t>(&current);
      put_value(insert, op.field, saturated_sum(number ? *number : 0, op.amount));
      break;
    }
    case OpKind::list_add:
    case OpKind::list_remove:
      fold_list(insert, op);
      break;
    case OpKind::insert:
    case OpKind::remove:
      break;
  }
}

}  // namespace

bool is_plain_edit(const Mutation& mutation) {
  return mutation.mode == Mode::each &&
         std::all_of(mutation.ops.begin(), mutation.ops.end(),
                     [](const Op& op) { return op.kind == OpKind::set; });
}

bool is_edit_of(const Mutation& mutation, std::uint16_t collection, RecordId record) {
  return std::all_of(mutation.ops.begin(), mutation.ops.end(), [&](const Op& op) {
    return is_about(op, collection, record) && op.kind != OpKind::insert &&
           op.kind != OpKind::remove;
  });
}

bool has_insert(const Mutation& mutation, std::uint16_t collection, RecordId record) {
  return std::any_of(mutation.ops.begin(), mutation.ops.end(), [&](const Op& op) {
    return op.kind == OpKind::insert && is_about(op, collection, record);
  });
}

bool fold_sets(Mutation& into, const Mutation& edit) {
  Mutation folded = into;
  bool shares_a_lane = false;
  for (const Op& op : edit.ops) {
    const Folded how = fold_set(folded, op);
    if (how == Folded::no)
      return false;
    shares_a_lane = shares_a_lane || how == Folded::replaced;
  }
  if (!shares_a_lane)
    return false;
  into = std::move(folded);
  return true;
}

void fold_into_insert(Mutation& into, const Mutation& edit) {
  for (const Op& op : edit.ops) {
    for (Op& insert : into.ops) {
      if (insert.kind == OpKind::insert && is_about(insert, op.collection, op.record))
        fold_op(insert, op);
    }
  }
}

void for_each_reference(const Op& op, const std::function<void(RecordId)>& visit) {
  const model::CollectionDef* collection = model::find_collection(op.collection);
  if (collection == nullptr)
    return;
  const auto look = [&](std::uint16_t field, const model::Value& value) {
    if (field >= collection->fields.size() ||
        collection->fields[field].kind != model::FieldKind::record) {
      return;
    }
    const auto* text = std::get_if<std::string>(&value);
    const std::optional<RecordId> id = text ? RecordId::parse(*text) : std::nullopt;
    if (id)
      visit(*id);
  };
  if (op.kind == OpKind::set)
    look(op.field, op.to);
  for (const FieldValue& item : op.fields)
    look(item.field, item.value);
}

}  // namespace syncstore::sync
