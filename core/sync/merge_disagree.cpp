// Values that are taken close conflicts; values that are not open them.
#include "core/base/json.hpp"
#include "core/sync/intent.hpp"
#include "core/sync/merge_ops.hpp"

namespace syncstore::sync {

using model::CollectionDef;
using model::FieldDef;
using model::Record;
using model::Value;

namespace {

// The amount that an open conflict about a removed record already keeps.
std::int64_t waiting_amount(const Record& conflict) {
  const auto* payload = std::get_if<std::string>(&conflict.values[conflict_fields().payload]);
  if (payload == nullptr || !is_open_conflict(conflict))
    return 0;
  const Result<Json> op = Json::parse(*payload, payload->size());
  const Json* amount = op.ok() ? op->find("amount") : nullptr;
  return amount != nullptr && amount->is(Json::Kind::integer) ? amount->integer() : 0;
}

}  // namespace

OpOutcome OpMerger::take(const CollectionDef& collection, const Op& op, Value value) {
  close_conflicts(collection, op, value);
  stage_.set(collection.number, op.record, op.field, std::move(value), index_);
  return outcome(OpStatus::applied);
}

// The field gets a value: whoever offered the same is content, and what this author offered before
// is replaced by it.
void OpMerger::close_conflicts(const CollectionDef& collection, const Op& op, const Value& value) {
  if (collection.number == model::kConflicts)
    return;
  const std::vector<RecordId> open = stage_.open_conflicts(collection.number, op.record, op.field);
  if (open.empty())
    return;
  const std::string text = value_text(collection.fields[op.field], value);
  const ConflictFields& f = conflict_fields();
  for (const RecordId id : open) {
    const Record* conflict = stage_.find(model::kConflicts, id);
    const bool same = conflict->values[f.mine] == Value(text);
    const auto* author = std::get_if<std::string>(&conflict->values[f.mine_by]);
    const bool own =
        (author ? std::string_view(*author) : std::string_view()) == context_.author_name;
    if (!same && !own)
      continue;
    stage_.set(model::kConflicts, id, f.status, std::string("resolved"), index_);
    stage_.set(model::kConflicts, id, f.resolution, std::string(same ? "same" : "value"), index_);
  }
}

// An operation on a record that is not there: gone (its payload is kept in a conflict) or never
// known.
OpOutcome OpMerger::missing(const CollectionDef& collection, const Op& op) {
  if (!stage_.was_removed(collection.number, op.record))
    return refuse(ErrorCode::unknown_record);
  const FieldDef& field = collection.fields[op.field];
  Op kept = op;
  if (op.kind == OpKind::add) {
    // Amounts of one author that wait already count on: replacing them would lose goods.
    const RecordId id = conflict_id(collection.number, op.record, field.name, context_.author_name);
    const Record* known = stage_.find(model::kConflicts, id);
    if (known != nullptr)
      kept.amount = saturated_sum(op.amount, waiting_amount(*known));
  }
  Disagreement about;
  about.kind = ConflictKind::removed;
  about.field = field.name;
  if (op.kind == OpKind::set) {
    about.mine = value_text(field, op.to);
    if (op.from.kind == FromValue::Kind::value)
      about.base = value_text(field, op.from.value);
  }
  about.payload = op_text(kept);
  return disagree(std::move(about), op, kWholeRecord, ErrorCode::record_removed);
}

OpOutcome OpMerger::same_field(const CollectionDef& collection, const Op& op,
                               const Record& record) {
  const FieldDef& field = collection.fields[op.field];
  Disagreement about;
  about.kind = ConflictKind::same_field;
  about.field = field.name;
  if (op.from.kind == FromValue::Kind::value)
    about.base = value_text(field, op.from.value);
  about.mine = value_text(field, op.to);
  about.theirs = value_text(field, record.values[op.field]);
  return disagree(std::move(about), op, op.field, ErrorCode::conflict);
}

OpOutcome OpMerger::disagree(Disagreement about, const Op& op, std::uint16_t touched_field,
                             ErrorCode code) {
  about.collection = op.collection;
  about.record = op.record;
  about.mine_by = context_.author_name;
  about.mine_at = context_.now;
  about.origin = origin_name(context_.origin);
  const MergeView::Touch touch = stage_.view().last_touch(op.collection, op.record, touched_field);
  about.theirs_by = stage_.view().author_name(touch.author);
  about.theirs_at = touch.at;
  OpOutcome made = outcome(OpStatus::conflict);
  made.code = code;
  made.field = about.field;
  made.conflict = open(stage_, about, index_);
  disagreements_.push_back(std::move(about));
  return made;
}

RecordId OpMerger::open(MergeStage& stage, const Disagreement& about, std::size_t index) {
  const RecordId id = conflict_id(about.collection, about.record, about.field, about.mine_by);
  const Record* known = stage.find(model::kConflicts, id);
  Record record = conflict_record(about, known);
  record.id = id;
  if (known == nullptr) {
    stage.insert(model::kConflicts, std::move(record), index);
    return id;
  }
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    stage.set(model::kConflicts, id, static_cast<std::uint16_t>(i), record.values[i], index);
  }
  return id;
}

}  // namespace syncstore::sync
