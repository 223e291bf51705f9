#include "core/sync/merge_stage.hpp"

#include <algorithm>

#include "core/sync/conflict_record.hpp"

namespace syncstore::sync {
namespace {

// The fields that differ, as a change; nullopt when the record is what it was.
std::optional<Change> difference(const MergeStage::Item& item) {
  if (!item.before && !item.after)
    return std::nullopt;
  Change change;
  change.collection = item.collection;
  change.record = item.id;
  change.row = item.before ? item.before->row : 0;
  change.kind = !item.before ? ChangeKind::insert
                : item.after ? ChangeKind::update
                             : ChangeKind::remove;
  const std::size_t count = item.before ? item.before->values.size() : item.after->values.size();
  for (std::size_t i = 0; i < count; ++i) {
    FieldChange field;
    field.field = static_cast<std::uint16_t>(i);
    if (item.before)
      field.old_value = item.before->values[i];
    if (item.after)
      field.new_value = item.after->values[i];
    if (field.old_value != field.new_value)
      change.fields.push_back(std::move(field));
  }
  if (change.kind == ChangeKind::update && change.fields.empty())
    return std::nullopt;
  return change;
}

}  // namespace

const MergeStage::Item* MergeStage::find_item(std::uint16_t collection, RecordId id) const {
  const auto place = places_.find({collection, id.value});
  return place == places_.end() ? nullptr : &items_[place->second];
}

MergeStage::Item& MergeStage::item(std::uint16_t collection, RecordId id) {
  const auto [place, is_new] = places_.try_emplace({collection, id.value}, items_.size());
  if (is_new) {
    Item made;
    made.collection = collection;
    made.id = id;
    made.before = view_.find(collection, id);
    if (made.before)
      made.after = *made.before;
    items_.push_back(std::move(made));
  }
  return items_[place->second];
}

const model::Record* MergeStage::find(std::uint16_t collection, RecordId id) const {
  if (const Item* staged = find_item(collection, id))
    return staged->after ? &*staged->after : nullptr;
  return view_.find(collection, id);
}

bool MergeStage::was_removed(std::uint16_t collection, RecordId id) const {
  if (const Item* staged = find_item(collection, id)) {
    if (staged->after)
      return false;
    if (staged->before)
      return true;
  }
  return view_.was_removed(collection, id);
}

std::vector<RecordId> MergeStage::open_conflicts(std::uint16_t collection, RecordId record,
                                                 std::uint16_t field) const {
  std::vector<RecordId> open = view_.open_conflicts(collection, record, field);
  for (const Item& staged : items_) {
    if (staged.collection == model::kConflicts && staged.after &&
        is_conflict_about(*staged.after, collection, record, field)) {
      open.push_back(staged.id);
    }
  }
  std::sort(open.begin(), open.end());
  open.erase(std::unique(open.begin(), open.end()), open.end());
  open.erase(std::remove_if(open.begin(), open.end(),
                            [this](RecordId id) {
                              const model::Record* conflict = find(model::kConflicts, id);
                              return conflict == nullptr || !is_open_conflict(*conflict);
                            }),
             open.end());
  return open;
}

void MergeStage::set(std::uint16_t collection, RecordId id, std::uint16_t field, model::Value value,
                     std::size_t op) {
  Item& staged = item(collection, id);
  SS_ASSERT(staged.after && field < staged.after->values.size());
  staged.after->values[field] = std::move(value);
  staged.last_op = op;
  const auto known = std::find_if(staged.field_ops.begin(), staged.field_ops.end(),
                                  [field](const auto& entry) { return entry.first == field; });
  if (known != staged.field_ops.end()) {
    known->second = op;
  } else {
    staged.field_ops.emplace_back(field, op);
  }
}

void MergeStage::insert(std::uint16_t collection, model::Record record, std::size_t op) {
  Item& staged = item(collection, record.id);
  SS_ASSERT(!staged.after);
  staged.after = std::move(record);
  staged.last_op = op;
  staged.field_ops.clear();
}

void MergeStage::remove(std::uint16_t collection, RecordId id, std::size_t op) {
  Item& staged = item(collection, id);
  SS_ASSERT(staged.after);
  staged.after.reset();
  staged.last_op = op;
  staged.field_ops.clear();
}

std::size_t MergeStage::blame(const Item& item, int field) const {
  for (const auto& [written, op] : item.field_ops) {
    if (field >= 0 && written == field)
      return op;
  }
  return item.last_op;
}

std::vector<Change> MergeStage::changes() const {
  std::vector<Change> changes;
  for (const Item& staged : items_) {
    if (std::optional<Change> change = difference(staged))
      changes.push_back(std::move(*change));
  }
  return changes;
}

}  // namespace syncstore::sync
