#include "core/sync/merge.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/base/text.hpp"
#include "core/model/validate.hpp"
#include "core/sync/merge_ops.hpp"
#include "core/sync/merge_stage.hpp"

namespace syncstore::sync {
namespace {

using model::CollectionDef;

// An op that is refused may have made room for another one (a chain of keys): the rest is merged
// again without it. Chains of people are swaps; a longer one gives up rather than spend the owner's
// time.
constexpr int kPassesMax = 8;

struct Violation {
  std::size_t op = 0;
  OpOutcome refusal;
};

// Unique keys and rules of records, on the state after all ops.
class Rules {
 public:
  Rules(const MergeStage& stage, const MergeContext& context) : stage_(stage), context_(context) {}

  std::vector<Violation> check() {
    for (const MergeStage::Item& item : stage_.items()) {
      // Conflict records are written by merge itself, or have had their two writable fields
      // validated.
      if (item.collection == model::kConflicts)
        continue;
      const CollectionDef* collection = model::find_collection(item.collection);
      check_owner(*collection, item);
      if (!item.after)
        continue;
      check_record(*collection, item);
      for (std::size_t field = 0; field < collection->fields.size(); ++field) {
        const model::FieldDef& definition = collection->fields[field];
        if (definition.retired)
          continue;
        if (definition.unique)
          check_unique(*collection, item, static_cast<std::uint16_t>(field));
        if (definition.refers != 0)
          check_reference(definition, item, field);
      }
    }
    return std::move(violations_);
  }

 private:
  void check_record(const CollectionDef& collection, const MergeStage::Item& item) {
    const Status status = model::validate_record(collection, *item.after);
    if (status.ok())
      return;
    const Error& error = status.error();
    const int field = collection.field_index(error.field);
    // A record that broke the rule before (older rules, facts) stays editable in its other fields.
    const bool untouched = item.before && field >= 0 &&
                           item.before->values[static_cast<std::size_t>(field)] ==
                               item.after->values[static_cast<std::size_t>(field)];
    if (untouched && !model::validate_record(collection, *item.before).ok())
      return;
    violations_.push_back(
        {stage_.blame(item, field), refuse(error.code, error.field, error.detail)});
  }

  // What one person keeps is made, changed and removed by that person; an admin may tidy up.
  void check_owner(const CollectionDef& collection, const MergeStage::Item& item) {
    if (collection.owner_field.empty() || context_.role == model::Role::system)
      return;
    const auto field = static_cast<std::size_t>(collection.field_index(collection.owner_field));
    const bool tidies = !item.after && context_.role == model::Role::admin;
    const auto is_author = [&](const model::Record& record) {
      const auto* owner = std::get_if<std::string>(&record.values[field]);
      return owner != nullptr && *owner == context_.author_user;
    };
    if ((item.before && !tidies && !is_author(*item.before)) ||
        (item.after && !is_author(*item.after))) {
      violations_.push_back({item.last_op, refuse(ErrorCode::not_owner, collection.owner_field)});
    }
  }

  // The record that a changed value names must be there once the mutation is done.
  void check_reference(const model::FieldDef& definition, const MergeStage::Item& item,
                       std::size_t field) {
    const auto* text = std::get_if<std::string>(&item.after->values[field]);
    if (text == nullptr || (item.before && item.before->values[field] == item.after->values[field]))
      return;
    const std::optional<RecordId> id = RecordId::parse(*text);
    if (id && stage_.find(definition.refers, *id) != nullptr)
      return;
    violations_.push_back({stage_.blame(item, static_cast<int>(field)),
                           refuse(ErrorCode::reference_missing, definition.name)});
  }

  void check_unique(const CollectionDef& collection, const MergeStage::Item& item,
                    std::uint16_t field) {
    const auto* value = std::get_if<std::string>(&item.after->values[field]);
    if (value == nullptr || value->empty())
      return;
    if (item.before && item.before->values[field] == item.after->values[field])
      return;
    const std::string folded = fold_case(*value);
    if (!taken(collection.number, item.id, field, *value, folded))
      return;
    const std::string_view name = collection.fields[field].name;
    violations_.push_back(
        {stage_.blame(item, field),
         refuse(name == "sku" ? ErrorCode::duplicate_sku : ErrorCode::duplicate_value, name)});
  }

  bool taken(std::uint16_t collection, RecordId id, std::uint16_t field, const std::string& value,
             const std::string& folded) {
    const auto [first, is_new] = staged_.try_emplace(
        std::to_string(collection) + ":" + std::to_string(field) + ":" + folded, id);
    if (!is_new && first->second != id)
      return true;
    const RecordId holder = stage_.view().find_unique(collection, field, value);
    if (!holder || holder == id)
      return false;
    // The holder may have given the value up, or have gone, in this mutation.
    const model::Record* record = stage_.find(collection, holder);
    const auto* held = record ? std::get_if<std::string>(&record->values[field]) : nullptr;
    return held != nullptr && fold_case(*held) == folded;
  }

  const MergeStage& stage_;
  const MergeContext& context_;
  std::vector<Violation> violations_;
  std::unordered_map<std::string, RecordId>
      staged_;  // changed unique values -> first record that takes them
};

bool took_effect(const OpOutcome& outcome) {
  return outcome.status == OpStatus::applied || outcome.status == OpStatus::already;
}

MergeOutcome merge_each(const MergeView& view, const Mutation& mutation,
                        const MergeContext& context) {
  std::vector<std::optional<OpOutcome>> refused(mutation.ops.size());
  for (int pass = 1;; ++pass) {
    MergeStage stage(view);
    OpMerger merger(stage, context);
    MergeOutcome made;
    made.ops.reserve(mutation.ops.size());
    for (std::size_t i = 0; i < mutation.ops.size(); ++i) {
      made.ops.push_back(refused[i] ? *refused[i] : merger.run(mutation.ops[i], i));
    }
    const std::vector<Violation> violations = Rules(stage, context).check();
    if (violations.empty()) {
      made.changes = stage.changes();
      return made;
    }
    for (const Violation& violation : violations)
      refused[violation.op] = violation.refusal;
    if (pass < kPassesMax)
      continue;
    for (std::size_t i = 0; i < refused.size(); ++i) {
      if (!refused[i] && took_effect(made.ops[i]))
        refused[i] = refuse(ErrorCode::held);
    }
  }
}

MergeOutcome merge_all(const MergeView& view, const Mutation& mutation,
                       const MergeContext& context) {
  MergeStage stage(view);
  OpMerger merger(stage, context);
  MergeOutcome made;
  for (std::size_t i = 0; i < mutation.ops.size(); ++i)
    made.ops.push_back(merger.run(mutation.ops[i], i));
  for (Violation& violation : Rules(stage, context).check())
    made.ops[violation.op] = std::move(violation.refusal);
  if (std::all_of(made.ops.begin(), made.ops.end(), took_effect)) {
    made.changes = stage.changes();
    return made;
  }
  for (OpOutcome& outcome : made.ops) {
    if (!took_effect(outcome))
      continue;
    outcome = OpOutcome{};
    outcome.status = OpStatus::held;
    outcome.code = ErrorCode::held;
  }
  MergeStage conflicts(view);
  for (const Disagreement& about : merger.disagreements())
    OpMerger::open(conflicts, about, 0);
  made.changes = conflicts.changes();
  return made;
}

}  // namespace

MergeView::Touch MergeView::last_touch(std::uint16_t collection, RecordId id, std::uint16_t) const {
  const model::Record* record = find(collection, id);
  return record ? Touch{record->changed_by, record->changed_at} : Touch{};
}

MergeOutcome merge(const MergeView& view, const Mutation& mutation, const MergeContext& context) {
  return mutation.mode == Mode::all ? merge_all(view, mutation, context)
                                    : merge_each(view, mutation, context);
}

RecordId conflict_id(std::uint16_t collection, RecordId record, std::string_view field,
                     std::string_view author_name) {
  // Under its first name: a rename does not open a second conflict beside the one that is there.
  const CollectionDef* known = model::find_collection(collection);
  const int index = known == nullptr ? -1 : known->field_index(field);
  if (index >= 0)
    field = known->fields[static_cast<std::size_t>(index)].first_name();
  std::string key = std::to_string(collection) + ":" + record.text() + ":";
  key.append(field).append(":").append(author_name);
  return derive_record_id(model::kConflicts, key);
}

}  // namespace syncstore::sync
